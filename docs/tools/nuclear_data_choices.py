"""The choices behind the table of nuclear data: which nuclides, which lines, and what was decided where."""

from typing import Any

SOURCES: dict[str, str] = {
    "ENSDF": "Evaluated Nuclear Structure Data File, as read through paceENSDF 0.6.3 (2024)",
    "UKDD-12": "United Kingdom decay data library UKDD-12 (2012), as read through actigamma 0.1.5",
    "ICRP-107": "ICRP Publication 107 (2008), as read through radioactivedecay 0.6.1; masses AME2020",
    "INCC-5": "Half-lives of the coincidence counting program INCC, Los Alamos (read in the source of INCC6)",
}

DECISIONS: dict[str, str] = {
    "within": "first source kept: both agree within twice their combined uncertainty",
    "apart": "first source kept, by the rule of this table; they differ by more than their uncertainties:"
    " carry half the difference as a systematic uncertainty, and base no attribute on this line alone",
    "atomic": "first source kept: the other counts the vacancies of internal conversion alone; use the line"
    " to know an element, not to measure an amount",
    "Pu-240 642.35": "first source kept: it states the smaller uncertainty; the second is 11 % higher, and"
    " the whole difference belongs in the systematic uncertainty of a plutonium ratio",
    "Pu-242 103.50": "second source kept: the first is ten times as high, a slip of its scale",
    "Pa-234m 742.81": "first source kept; 14 % apart: not to be used for an enrichment, 766 and 1001 keV are",
}

SECOND_FIRST: frozenset[str] = frozenset({"Pu-242 103.50"})
"""Lines whose second source is kept: see the decision of each."""

ELEMENTS = ("W", "Pb", "Bi", "Th", "U", "Np", "Pu")
"""Elements of shields and of nuclear material, whose X-rays appear without a decay of their own."""

# Lines as the first source prints them: the energy to use, and the share of the printed intensity.
CHOSEN: dict[tuple[str, float], tuple[float, float]] = {
    ("Pu-240", 642.23): (642.35, 1.0),  # printed is a difference of two levels; this is the measured energy
    ("Pu-239", 637.7): (637.73, 0.75),  # 2.56e-8 is the whole of both lines, shared as in the second source
    ("Pu-239", 637.8): (637.84, 0.25),
}

_BY_CATEGORY = {
    "nuclear": """U-232 U-233 U-234 U-235 U-236 U-237 U-238 Np-237 Np-239 Pu-236 Pu-238 Pu-239 Pu-240 Pu-241
        Pu-242 Am-241 Am-243 Cm-244 Cf-252 Pa-233""",
    "natural": """K-40 Th-232 Ac-228 Th-228 Ra-224 Pb-212 Bi-212 Tl-208 Ra-226 Pb-214 Bi-214 Pb-210 Th-234
        Pa-234m Pa-234 Th-231 Th-229 Ac-225 Fr-221 Bi-213 Tl-209 Lu-176 Be-7""",
    "medical": """F-18 Ga-67 Ge-68 Ga-68 Sr-85 Mo-99 Tc-99m In-111 I-123 I-125 I-131 Xe-133 Sm-153 Lu-177
        Au-198 Tl-201 Cr-51""",
    "industrial": """Na-22 Mn-54 Co-57 Co-60 Zn-65 Se-75 Y-88 Cd-109 Sn-113 Ba-133 Cs-137 Ce-139 Eu-152 Eu-154
        Eu-155 Gd-153 Ho-166m Yb-169 Ta-182 Ir-192 Hg-203 Bi-207""",
    "fission product": "Zr-95 Nb-95 Ru-103 Ru-106 Rh-106 Sb-125 Cs-134 Ba-140 La-140 Ce-141 Ce-144 Pr-144",
    "activation": "Na-24 Sc-46 As-76 Br-82 Rb-86 Ag-108m Co-56 Co-58 Fe-59 Ag-110m Sb-124 Hf-181",
}
CATEGORIES: dict[str, str] = {
    name: category for category, names in _BY_CATEGORY.items() for name in names.split()
}

# Of nuclides with many weak lines that count: the least photons per decay that are kept.
FLOORS: dict[str, float] = {
    "Pu-239": 1.5e-8,
    "Pu-240": 1e-8,
    "Pu-241": 1e-8,
    "Pu-238": 1e-8,
    "Am-241": 2e-8,
    "U-235": 5e-5,
    "U-238": 1e-5,
    "U-233": 2e-7,
    "U-232": 1e-5,
    "Bi-214": 1.2e-3,
    "Ac-228": 1.5e-3,
    "Pa-234m": 4e-5,
    "Th-234": 5e-4,
    "U-237": 1e-4,
    "Pa-234": 0.015,
    "Th-229": 4e-3,
    "Ac-225": 2e-3,
}

WANTED: dict[str, tuple[float, ...]] = {
    "Pu-239": (637.73, 637.84, 640.64, 649.32),
    "Am-241": (632.93,),
    "Ho-166m": (80.57,),
}

# Where ENSDF has the lines of a short-lived isomer with its parent: the isomer, its share, its lines.
ISOMERS: dict[str, tuple[str, float, tuple[float, ...]]] = {
    "Cs-137": ("Ba137m", 0.94399, (661.66,)),
    "Cd-109": ("Ag109m", 1.0, (88.03,)),
    "Sn-113": ("In113m", 0.99998, (391.70,)),
}

# Lines whose whole intensity the scheme gives at each of their places.
MULTIPLY_PLACED: frozenset[str] = frozenset({"Pu-239 345.01"})

# What stands in equilibrium with a parent that is old, and how many decays of it there are a decay.
_TH228 = [["Ra-224", 1.0], ["Pb-212", 1.0], ["Bi-212", 1.0], ["Tl-208", 0.3594]]
WITH: dict[str, list[list[Any]]] = {
    "Ge-68": [["Ga-68", 1.0]],
    "Ru-106": [["Rh-106", 1.0]],
    "Ce-144": [["Pr-144", 0.9895]],
    "Ra-226": [["Pb-214", 0.9998], ["Bi-214", 0.9998]],
    "Th-228": _TH228,
    "Th-232": [["Ac-228", 1.0], ["Th-228", 1.0], *_TH228],
    "U-232": [["Th-228", 1.0], *_TH228],
    "Th-229": [["Ac-225", 1.0], ["Fr-221", 1.0], ["Bi-213", 1.0], ["Tl-209", 0.0214]],
    "U-235": [["Th-231", 1.0]],
    "U-238": [["Th-234", 1.0], ["Pa-234m", 1.0], ["Pa-234", 0.0016]],
    "Np-237": [["Pa-233", 1.0]],
    "Pu-241": [["U-237", 2.45e-5]],
    "Am-243": [["Np-239", 1.0]],
}

INCC_DAYS_PER_YEAR = 365.24219
INCC_YEARS: dict[str, float] = {
    "Pu-238": 87.74,
    "Pu-239": 24119.0,
    "Pu-240": 6564.0,
    "Pu-241": 14.348,
    "Pu-242": 376300.0,
    "Am-241": 433.6,
    "Cf-252": 2.645,
}
