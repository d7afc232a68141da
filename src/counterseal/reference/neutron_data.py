"""Public neutron data: factorial moments of fission, rates, and the coefficients of plutonium assay.

Sources, in plain words. INCC: the defaults printed in result files of INCC 5.1.2, the safeguards analysis
program of Los Alamos (read in five such files). Zucker and Holden: M. S. Zucker and N. E. Holden, Energy
dependence of the neutron multiplicity P(nu) in fast-neutron-induced fission, Brookhaven report
BNL-38491, 1986 (recalled; the printed moments of INCC follow from its chances, which a test holds).
Reilly: D. Reilly et al., Passive Nondestructive Assay of Nuclear Materials, NUREG/CR-5550, 1991,
chapters 11 and 16 (recalled, confirmed by reproducing results that INCC printed).
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
"""Spontaneous fissions of Pu-240 [1/(s g)]; INCC."""

PU240_SPONTANEOUS = FissionMoments(first=2.154, second=3.789, third=5.211, known_as=KnownAs.CONFIRMED)
"""Spontaneous fission of Pu-240; INCC."""

PU239_INDUCED = FissionMoments(first=3.163, second=8.240, third=17.321, known_as=KnownAs.CONFIRMED)
"""Fission of Pu-239 by neutrons of 2 MeV; INCC."""

CF252_SPONTANEOUS = FissionMoments(first=3.757, second=11.96, third=31.8, known_as=KnownAs.RECALLED)
"""Spontaneous fission of Cf-252; recalled: for exercises."""

PU240_CHANCES = (0.0631852, 0.2319644, 0.3333230, 0.2528207, 0.0986461, 0.0180199, 0.0020406)
"""Chance of 0, 1, 2, ... neutrons from spontaneous fission of Pu-240; Zucker and Holden, recalled."""

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
"""Chance of 0, 1, 2, ... neutrons from fission of Pu-239 at 2 MeV; Zucker and Holden, recalled."""


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
"""Mass of Pu-240 that gives as many coincidences as a mass of each isotope; INCC, Reilly."""

OXIDE_ALPHA_NEUTRONS = IsotopeWeights(
    pu238=13_400.0, pu239=38.1, pu240=141.0, pu241=1.3, pu242=2.0, am241=2_690.0
)
"""Neutrons of (alpha, n) reactions in the dioxide [1/(s g)]; Reilly, table 11-3; reproduces INCC's alpha."""

FISSION_NEUTRONS_PER_S_G = 1_020.0
"""Spontaneous fission neutrons of Pu-240 in the formula of alpha [1/(s g)]; Reilly."""

FISSION_NEUTRON_WEIGHTS = IsotopeWeights(pu238=2.54, pu240=1.0, pu242=1.69)
"""Spontaneous fission neutrons of each isotope over those of Pu-240, in the formula of alpha; Reilly."""

INCC_HALF_LIVES_Y = (
    ("Pu-238", 87.74),
    ("Pu-239", 24_119.0),
    ("Pu-240", 6_564.0),
    ("Pu-241", 14.348),
    ("Pu-242", 376_300.0),
    ("Am-241", 433.6),
)
"""Half-lives with which INCC decays compositions [years of 365.25 days]; recalled, confirmed by reproducing
all 24 shares that four of its reports print. For what such a report says, not for other use."""
