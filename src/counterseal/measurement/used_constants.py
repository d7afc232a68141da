"""Which public neutron constants a result rests on, so that it can be shown with where they are from."""

from counterseal.measurement.assay import AssayMethod
from counterseal.measurement.counted_item import CountedItem
from counterseal.measurement.simulate_pulses import SimulatedItem
from counterseal.reference import neutron_data
from counterseal.reference.neutron_data import CONSTANTS, FissionMoments, NeutronConstant


def constants_of_assay(item: CountedItem, *, method: AssayMethod) -> tuple[NeutronConstant, ...]:
    """Return the public constants that an item's mass rests on.

    A figure that its file gives, and that is another than the public one, is not among them.

    Args:
        item: The item.
        method: How it was assayed.
    """
    names: list[str] = []
    if method is AssayMethod.POINT_MODEL:
        names += _of_point_model(item)
    if item.composition is not None:
        names.append("pu240_effective")
        if method is AssayMethod.KNOWN_ALPHA:
            names.append("oxide_alpha")
        if item.decayed:
            names.append("incc_half_lives")
    return tuple(CONSTANTS[name] for name in names)


def constants_of_simulation(item: SimulatedItem) -> tuple[NeutronConstant, ...]:
    """Return the public constants that a made-up train rests on."""
    names: list[str] = []
    if item.fission_rate_per_s_g == neutron_data.PU240_FISSION_RATE_PER_S_G:
        names.append("pu240_fission_rate")
    if item.spontaneous_chances == neutron_data.PU240_CHANCES:
        names.append("pu240_chances")
    if item.multiplication > 1.0 and item.induced_chances == neutron_data.PU239_CHANCES:
        names.append("pu239_chances")
    return tuple(CONSTANTS[name] for name in names)


def _of_point_model(item: CountedItem) -> list[str]:
    counter = item.counter
    public = {
        "pu240_fission_rate": counter.fission_rate_per_s_g == neutron_data.PU240_FISSION_RATE_PER_S_G,
        "pu240_spontaneous": _same(counter.spontaneous, neutron_data.PU240_SPONTANEOUS),
        "pu239_induced": _same(counter.induced, neutron_data.PU239_INDUCED),
    }
    return [name for name, used in public.items() if used]


def _same(one: FissionMoments, other: FissionMoments) -> bool:
    return (one.first, one.second, one.third) == (other.first, other.second, other.third)
