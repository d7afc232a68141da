"""The attributes that a protocol can ask about, by name: their settings, what they are asked of, who decides.

A closed list: what is not in it cannot be asked. A new attribute is a line here and a file in
``measurement/attributes/``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from counterseal.barrier.integer_ratio import (
    IntegerFractions,
    IntegerRatioSettings,
    integer_plutonium_ratio,
)
from counterseal.barrier.protocol import TEMPLATE, Asked, Form, Protocol
from counterseal.barrier.protocol_form import Part, ProtocolError
from counterseal.barrier.settings import Derived, member_types, read_settings
from counterseal.measurement.attributes.judgement import Judgement
from counterseal.measurement.attributes.neutron_presence import (
    NeutronPresenceSettings,
    decide_neutron_presence,
)
from counterseal.measurement.attributes.no_radiation import NoRadiationSettings, decide_no_radiation
from counterseal.measurement.attributes.plutonium_mass import PlutoniumMassSettings, decide_plutonium_mass
from counterseal.measurement.attributes.plutonium_presence import (
    PlutoniumPresenceSettings,
    decide_plutonium_presence,
)
from counterseal.measurement.attributes.plutonium_ratio import (
    PlutoniumRatioSettings,
    decide_plutonium_ratio,
)
from counterseal.measurement.attributes.plutonium_window import plutonium_lines
from counterseal.measurement.attributes.symmetry import SymmetrySettings, decide_symmetry
from counterseal.measurement.attributes.uranium_enrichment import (
    UraniumEnrichmentSettings,
    decide_uranium_enrichment,
)
from counterseal.measurement.attributes.uranium_lines import uranium_lines
from counterseal.measurement.attributes.uranium_presence import (
    UraniumPresenceSettings,
    decide_uranium_presence,
)
from counterseal.measurement.spectrum import Spectrum
from counterseal.measurement.template import TemplateSettings, decide_template
from counterseal.reference.nuclear_data import load_nuclear_data

Decide = Callable[..., Judgement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to decide an attribute.

    Attributes:
        settings: Dataclass of what the parties agree on.
        decide: Takes what was measured, ``background`` and ``settings``.
        derived: Fields of the settings that follow from other members of the protocol.
        refuse: Says why settings that are in form cannot be agreed on, or None.
    """

    settings: type
    decide: Decide
    derived: Mapping[str, Derived] = field(default_factory=dict)
    refuse: Callable[[Any], str | None] = lambda _: None

    def members(self) -> dict[str, Any]:
        """Return what a protocol holds: the type of each member, by name."""
        return member_types(self.settings, derived=self.derived)

    def read(self, settings: Mapping[str, Any], *, path: tuple[str | int, ...]) -> Any:
        """Return the settings that a protocol states.

        Raises:
            ProtocolError: they are not in form, or cannot be agreed on.
        """
        found = read_settings(self.settings, Part(value=settings, path=path), derived=self.derived)
        if rule := self.refuse(found):
            raise ProtocolError(rule, path=path)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute that can be asked about.

    Attributes:
        method: How it is decided.
        forms: What it is asked of: files of any of these.
        several: Whether it is asked of all such files together, or of the one.
        cross_check: A second, independent implementation, or None where there is none.
    """

    method: Method
    forms: tuple[Form, ...] = (Form.SPECTRUM,)
    several: bool = False
    cross_check: Method | None = None


def _ratio_lines(members: Mapping[str, Any]) -> Any:
    return plutonium_lines(load_nuclear_data(), window_kev=members["window_kev"])


def _ratio_rule(settings: PlutoniumRatioSettings) -> str | None:
    """A ratio is above 0: against another threshold every item would answer alike."""
    value = settings.threshold.value
    return None if value > 0 else f"plutonium ratio: threshold {value} must be above 0"


def _integer_ratio_rule(settings: IntegerRatioSettings) -> str | None:
    """Without any systematic uncertainty, or a ratio of heights, the second implementation checks nothing."""
    if settings.systematic_per_mille < 1:
        return f"integer ratio: systematic_per_mille {settings.systematic_per_mille} must be at least 1"
    if settings.fraction_641_per_mille < 1:
        return f"integer ratio: fraction_641_per_mille {settings.fraction_641_per_mille} must be at least 1"
    least, name = min((getattr(settings.fractions, one.name), one.name) for one in fields(IntegerFractions))
    return None if least > 0 else f"integer ratio: fractions.{name} {least} must be at least 1"


def _uranium_lines(_: Mapping[str, Any]) -> Any:
    return uranium_lines(load_nuclear_data())


def _decide_integer_ratio(
    item: Spectrum, *, background: Spectrum | None, settings: IntegerRatioSettings
) -> Judgement:
    """Ask the second implementation, which works on counts as they are; its protocol has no background."""
    del background
    answer = integer_plutonium_ratio(item.counts.tolist(), settings=settings)
    return Judgement(outcome=answer.outcome, reason=answer.reason)


_URANIUM = {"lines": Derived(members={}, make=_uranium_lines)}

ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {
        "no-radiation": Attribute(method=Method(settings=NoRadiationSettings, decide=decide_no_radiation)),
        "neutron-presence": Attribute(
            method=Method(settings=NeutronPresenceSettings, decide=decide_neutron_presence),
            forms=(Form.PULSES,),
        ),
        "plutonium-mass": Attribute(
            method=Method(settings=PlutoniumMassSettings, decide=decide_plutonium_mass),
            forms=(Form.PULSES, Form.REPORT),
        ),
        "plutonium-presence": Attribute(
            method=Method(settings=PlutoniumPresenceSettings, decide=decide_plutonium_presence)
        ),
        "plutonium-ratio": Attribute(
            method=Method(
                settings=PlutoniumRatioSettings,
                decide=decide_plutonium_ratio,
                derived={
                    "lines": Derived(members={"window_kev": tuple[Fraction, Fraction]}, make=_ratio_lines)
                },
                refuse=_ratio_rule,
            ),
            cross_check=Method(
                settings=IntegerRatioSettings, decide=_decide_integer_ratio, refuse=_integer_ratio_rule
            ),
        ),
        "symmetry": Attribute(method=Method(settings=SymmetrySettings, decide=decide_symmetry), several=True),
        TEMPLATE: Attribute(method=Method(settings=TemplateSettings, decide=decide_template)),
        "uranium-enrichment": Attribute(
            method=Method(
                settings=UraniumEnrichmentSettings, decide=decide_uranium_enrichment, derived=_URANIUM
            )
        ),
        "uranium-presence": Attribute(
            method=Method(settings=UraniumPresenceSettings, decide=decide_uranium_presence, derived=_URANIUM)
        ),
    }
)
"""Every attribute, by the name that a protocol gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked, with its settings read.

    Attributes:
        asked: What the protocol says.
        attribute: How it is answered.
        settings: Its settings; ``cross_check`` those of the second implementation, or None.
    """

    asked: Asked
    attribute: Attribute
    settings: Any
    cross_check: Any = None


def questions_of(protocol: Protocol) -> tuple[Question, ...]:
    """Return what a protocol asks, with its settings read.

    Raises:
        ProtocolError: an attribute is not known, cannot be asked of these files, or its settings are
            not in form.
    """
    return tuple(_question(asked, protocol) for asked in protocol.asked)


def _question(asked: Asked, protocol: Protocol) -> Question:
    attribute = ATTRIBUTES.get(asked.name)
    at = asked.path[:-1]
    if attribute is None:
        raise ProtocolError(
            f"attribute {asked.name!r} is not known; there is {', '.join(ATTRIBUTES)}",
            path=(*at, "attribute"),
        )
    _require_files(asked, attribute, protocol)
    return Question(
        asked=asked,
        attribute=attribute,
        settings=attribute.method.read(asked.settings, path=asked.path),
        cross_check=_cross_check(asked, attribute),
    )


def _require_files(asked: Asked, attribute: Attribute, protocol: Protocol) -> None:
    count = sum(form in attribute.forms for form in protocol.measuring.files)
    if count == 0 or (count > 1 and not attribute.several):
        wanted = "at least one" if attribute.several else "exactly one"
        raise ProtocolError(
            f"{asked.name} is asked of {wanted} {' or '.join(attribute.forms)}; there are {count} of them",
            path=("measuring", "files"),
        )


def _cross_check(asked: Asked, attribute: Attribute) -> Any:
    if asked.cross_check is None:
        return None
    path = (*asked.path[:-1], "cross_check")
    if attribute.cross_check is None:
        raise ProtocolError(f"{asked.name} has no second implementation; must be null", path=path)
    return attribute.cross_check.read(asked.cross_check, path=path)
