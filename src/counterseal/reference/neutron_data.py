"""Public neutron data: factorial moments of fission, rates, and the coefficients of plutonium assay.

Each constant stands beside its entry in `CONSTANTS`, which says where it is from and how well it is known; a
result that rests on some of them shows these entries. What INCC prints was read in its reports [INCC-5],
what it works with in its source [INCC-6]; that names the guide [ENSSLIN-1998] and the handbook [PANDA-1991]
for the weights of effective Pu-240. The half-lives with which it decays a composition are with the other
half-lives, in `nuclear_data`, under their own source.
"""

from dataclasses import dataclass

from counterseal.terms.outcomes import KnownAs


@dataclass(frozen=True, slots=True, kw_only=True)
class FissionMoments:
    """How many prompt neutrons a fission gives: reduced to its first three factorial moments.

    Attributes:
        first: Mean number of neutrons, E[nu].
        second: E[nu (nu - 1)].
        third: E[nu (nu - 1) (nu - 2)].
        known_as: How well the figures are known.
    """

    first: float
    second: float
    third: float
    known_as: KnownAs


PU240_FISSION_RATE_PER_S_G = 473.5
"""Spontaneous fissions of Pu-240 [1/(s g)]; printed by INCC [INCC-5]."""

PU240_SPONTANEOUS = FissionMoments(first=2.154, second=3.789, third=5.211, known_as=KnownAs.CONFIRMED)
"""Spontaneous fission of Pu-240; printed by INCC [INCC-5]."""

PU239_INDUCED = FissionMoments(first=3.163, second=8.240, third=17.321, known_as=KnownAs.CONFIRMED)
"""Fission of Pu-239 by neutrons of 2 MeV; printed by INCC [INCC-5]."""

PU240_CHANCES = (0.0631852, 0.2319644, 0.3333230, 0.2528207, 0.0986461, 0.0180199, 0.0020406)
"""Chance of 0, 1, 2, ... neutrons from spontaneous fission of Pu-240.

The table of Holden and Zucker as a published program has it [LLNL-FISSION], but for the last digit of the
last chance, which is that of [SANTI-MILLER-2008]; INCC's printed moments follow from it.
"""

PU239_CHANCES = (
    0.0061555,
    0.0611921,
    0.2265608,
    0.3260637,
    0.2588354,
    0.0956070,
    0.0224705,
    0.0025946,
    0.0005205,
)
"""Chance of 0, 1, 2, ... neutrons from fission of Pu-239 at 2 MeV; after [ZUCKER-HOLDEN-1986].

Those of 1 to 7 are what a published program gives at 2 MeV [LLNL-FISSION]. For no neutron it gives 0.0062555,
for 8 whatever is missing; here the chance of 8 is recalled, and INCC's printed third moment follows with
no other, and the chance of none is what is left to make one of all.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class IsotopeWeights:
    """A coefficient for each isotope of plutonium, and for americium-241; 0 where it plays no part."""

    pu238: float = 0.0
    pu239: float = 0.0
    pu240: float = 0.0
    pu241: float = 0.0
    pu242: float = 0.0
    am241: float = 0.0


PU240_EFFECTIVE = IsotopeWeights(pu238=2.52, pu240=1.0, pu242=1.68)
"""Mass of Pu-240 that gives as many coincidences as a mass of each isotope [INCC-6]."""

OXIDE_ALPHA_NEUTRONS = IsotopeWeights(
    pu238=13_400.0, pu239=38.1, pu240=141.0, pu241=1.3, pu242=2.0, am241=2_690.0
)
"""Neutrons of (alpha, n) reactions in the dioxide [1/(s g)]; as INCC's formula of alpha has them [INCC-6]."""

FISSION_NEUTRONS_PER_S_G = 1_020.0
"""Spontaneous fission neutrons of Pu-240 in the formula of alpha [1/(s g)] [INCC-6]."""

FISSION_NEUTRON_WEIGHTS = IsotopeWeights(pu238=2.54, pu240=1.0, pu242=1.69)
"""Spontaneous fission neutrons of each isotope over those of Pu-240, in the formula of alpha [INCC-6]."""

INCC_HALF_LIVES = "INCC-5"
"""The source in `nuclear_data` whose half-lives decay what an INCC report declares; for no other use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutronConstant:
    """A constant of this table, as a result that rests on it shows it.

    Attributes:
        name: What it is, in words.
        citations: Keys of the texts that it is from.
        known_as: How well it is known.
    """

    name: str
    citations: tuple[str, ...]
    known_as: KnownAs


CONSTANTS = {
    "pu240_fission_rate": NeutronConstant(
        name="spontaneous fissions of Pu-240 per second and gram",
        citations=("INCC-5",),
        known_as=KnownAs.CONFIRMED,
    ),
    "pu240_spontaneous": NeutronConstant(
        name="moments of spontaneous fission of Pu-240",
        citations=("INCC-5",),
        known_as=PU240_SPONTANEOUS.known_as,
    ),
    "pu239_induced": NeutronConstant(
        name="moments of fission of Pu-239 at 2 MeV",
        citations=("INCC-5",),
        known_as=PU239_INDUCED.known_as,
    ),
    "pu240_chances": NeutronConstant(
        name="numbers of neutrons from spontaneous fission of Pu-240",
        citations=("LLNL-FISSION", "SANTI-MILLER-2008"),
        known_as=KnownAs.PARTLY,
    ),
    "pu239_chances": NeutronConstant(
        name="numbers of neutrons from fission of Pu-239 at 2 MeV",
        citations=("LLNL-FISSION", "ZUCKER-HOLDEN-1986"),
        known_as=KnownAs.PARTLY,
    ),
    "pu240_effective": NeutronConstant(
        name="weights of effective Pu-240", citations=("INCC-6",), known_as=KnownAs.CONFIRMED
    ),
    "oxide_alpha": NeutronConstant(
        name="weights of alpha of the pure dioxide", citations=("INCC-6",), known_as=KnownAs.CONFIRMED
    ),
    "incc_half_lives": NeutronConstant(
        name="half-lives with which INCC decays a composition",
        citations=("INCC-6",),
        known_as=KnownAs.CONFIRMED,
    ),
}
"""Every constant of this table by a short name, with where it is from."""
