"""How the two open collections are read: lines per decay, half-lives, masses and daughters."""

import importlib
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nuclear_data_choices import CHOSEN, INCC_DAYS_PER_YEAR, INCC_YEARS, ISOMERS, MULTIPLY_PLACED

SECONDS = {
    "y": 31_556_925.2,
    "d": 86_400.0,
    "h": 3_600.0,
    "m": 60.0,
    "min": 60.0,
    "s": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
}
LOWEST_KEV = 20.0
STABLE_S = 1e30
MERGED_KEV = 0.015
LEAST_POSITRONS = 1e-3
ANNIHILATION_EV = 510_999.0


@dataclass(frozen=True, kw_only=True)
class Line:
    """An emission as one collection gives it, per decay of its parent."""

    energy_kev: float
    energy_unc_kev: float
    intensity: float
    intensity_unc: float
    kind: str = "gamma"


def _plain(name: str) -> str:
    return name.replace("-", "")


def hyphened(name: str) -> str:
    """Return a name as the table writes it."""
    letters = name.rstrip("m").rstrip("0123456789")
    return f"{letters}-{name[len(letters) :]}"


def ensdf_lines(folder: Path, name: str) -> tuple[list[Line], tuple[float, float] | None]:
    """Return the lines of a nuclide by the first collection, and its half-life [s] with its uncertainty."""
    lines: list[Line] = []
    half_life: tuple[float, float] | None = None
    beta_plus = [0.0, 0.0]
    for file in sorted((folder / "ENSDF_JSON").glob(f"j_input_{_plain(name).removesuffix('m')}_*keV.json")):
        data = json.loads(file.read_text())
        if data["decayIndex"] != int(name.endswith("m")):
            continue
        half_life = half_life or _half_life(data)
        norm = data["decaySchemeNormalization"][0]["normalizationRecord"][0]
        scale = _number(norm["multiplerPhotonIntensity"]) * (_number(norm["multiplerBranchingRatio"]) or 1.0)
        for level in data["levelScheme"]:
            for gamma in level["gammaDecay"]:
                lines += _ensdf_line(gamma, scale / 100, norm)
            for beta in level.get("betaPlusDecay") or ():
                share = _number(norm["multiplerLeptonIntensity"]) or 1.0
                beta_plus[0] += _number(beta["betaPlusIntensity"]) * share / 100
                beta_plus[1] = math.hypot(beta_plus[1], _number(beta["dBetaPlusIntensity"]) * share / 100)
        lines += _ensdf_x_rays(folder, file.name)
    lines = _merged(name, [_chosen(name, line) for line in lines])
    if beta_plus[0] > LEAST_POSITRONS:
        both = {"intensity": 2 * beta_plus[0], "intensity_unc": 2 * beta_plus[1]}
        lines.append(Line(energy_kev=510.999, energy_unc_kev=0.001, kind="annihilation", **both))
    return lines, half_life


def _chosen(name: str, line: Line) -> Line:
    """The line with the energy and the share of a common intensity that were decided for it."""
    energy, share = CHOSEN.get((name, line.energy_kev), (line.energy_kev, 1.0))
    return replace(line, energy_kev=energy, intensity=line.intensity * share)


def _merged(name: str, lines: list[Line]) -> list[Line]:
    """Add up what the scheme places at one energy, or keep one where each place has the whole of it."""
    kept: list[Line] = []
    for line in sorted(lines, key=lambda item: item.energy_kev):
        last = kept[-1] if kept else None
        if last and last.kind == line.kind and line.energy_kev - last.energy_kev < MERGED_KEV:
            strong, weak = sorted((last, line), key=lambda item: -item.intensity)
            if f"{name} {line.energy_kev:.2f}" in MULTIPLY_PLACED or weak.intensity == strong.intensity:
                kept[-1] = strong
                continue
            unc = math.hypot(strong.intensity_unc, weak.intensity_unc)
            kept[-1] = replace(strong, intensity=strong.intensity + weak.intensity, intensity_unc=unc)
        else:
            kept.append(line)
    return kept


def _ensdf_line(gamma: dict[str, Any], scale: float, norm: dict[str, Any]) -> list[Line]:
    intensity = _number(gamma["gammaIntensity"])
    if not intensity:
        return []
    relative = _number(gamma["dGammaIntensity"]) / intensity
    of_norm = _number(norm["dMultiplerPhotonIntensity"]) / (_number(norm["multiplerPhotonIntensity"]) or 1.0)
    return [
        Line(
            energy_kev=_number(gamma["gammaEnergy"]),
            energy_unc_kev=_number(gamma["dGammaEnergy"]),
            intensity=intensity * scale,
            intensity_unc=intensity * scale * math.hypot(relative, of_norm),
        )
    ]


def _ensdf_x_rays(folder: Path, file: str) -> list[Line]:
    found: list[Line] = []
    pattern = file.replace("j_input_", "").split("_")
    for path in (folder / "PACE_JSON").glob(f"j_gx_{pattern[0]}_*_{pattern[1]}_Z*.json"):
        data = json.loads(path.read_text())
        if (data["decayIndex"] > 0) != (pattern[-1] != "0keV.json"):
            continue
        for rays in data.get("totalProjectionXrays", ()):
            found += [
                Line(
                    energy_kev=rays[f"energyKalpha{k}"],
                    energy_unc_kev=0.01,
                    intensity=rays[f"intensityKalpha{k}"] / 100,
                    intensity_unc=rays[f"dIntensityKalpha{k}"] / 100,
                    kind="x-ray",
                )
                for k in (1, 2)
                if rays.get(f"intensityKalpha{k}")
            ]
    return found


def element_x_rays(element: str, folder: Path) -> dict[str, Any]:
    """Return the K X-rays of an element, as a row of the table."""
    for path in sorted((folder / "PACE_JSON").glob("j_gx_*.json")):
        if f"_{element}" not in path.name:
            continue
        for rays in json.loads(path.read_text()).get("XrayBranchingRatios", ()):
            if rays["elementID"] == element:
                names = ("Kalpha1", "Kalpha2", "Kbeta1", "Kbeta2", "Kbeta3")
                return {
                    "element": element,
                    "lines": [[name, rays[f"energy{name}"], digits(rays[f"{name}BR"], 4)] for name in names],
                }
    raise LookupError(element)


def _half_life(data: dict[str, Any]) -> tuple[float, float] | None:
    for item in data["parentDecay"][0]["halfLife"]:
        unit = SECONDS.get(str(item["unitHalfLifeBest"]))
        if unit and item["halfLifeBest"]:
            return float(item["halfLifeBest"]) * unit, _number(item["dHalfLifeBest"]) * unit
    return None


def _number(value: Any) -> float:
    return 0.0 if value is None else float(value)


def read_ukdd() -> dict[str, Any]:
    """Return the second collection."""
    folder = Path(str(importlib.import_module("actigamma").__file__)).parent
    table: dict[str, Any] = json.loads((folder / "data" / "lines_decay_2012.min.json").read_text())
    return table


def ukdd_lines(table: dict[str, Any], name: str) -> list[Line]:
    """Return the lines of a nuclide by the second collection."""
    lines = _ukdd_of(table.get(_plain(name)))
    if name in ISOMERS:
        isomer, share, _ = ISOMERS[name]
        lines += [
            replace(line, intensity=line.intensity * share, intensity_unc=line.intensity_unc * share)
            for line in _ukdd_of(table[isomer])
        ]
    return _merged("", lines)


def _ukdd_of(entry: dict[str, Any] | None) -> list[Line]:
    lines: list[Line] = []
    for kind in ("gamma", "x-ray"):
        part = (entry or {}).get(kind)
        if not part:
            continue
        norm, norm_unc = part["mean_normalisation"], part["mean_normalisation_unc"]
        data = part["lines"]
        for energy, energy_unc, intensity, unc in zip(
            data["energies"], data["energies_unc"], data["intensities"], data["intensities_unc"], strict=True
        ):
            if not intensity:
                continue
            annihilation = kind == "x-ray" and energy == ANNIHILATION_EV
            lines.append(
                Line(
                    energy_kev=round(energy / 1e3, 5),
                    energy_unc_kev=energy_unc / 1e3,
                    intensity=intensity * norm,
                    intensity_unc=intensity * norm * math.hypot(unc / intensity, norm_unc / norm),
                    kind="annihilation" if annihilation else kind,
                )
            )
    return [line for line in lines if line.kind != "x-ray" or line.energy_kev >= LOWEST_KEV]


def ukdd_half_life(table: dict[str, Any], name: str) -> tuple[float, float] | None:
    """Return the half-life of a nuclide by the second collection [s]; it states no uncertainty."""
    entry = table.get(_plain(name))
    return (float(entry["halflife"]), 0.0) if entry else None


def other_half_lives(name: str) -> dict[str, tuple[float, float]]:
    """Return the half-lives of a nuclide by further sources [s]."""
    found: dict[str, tuple[float, float]] = {}
    nuclide = _icrp(name)
    if nuclide is not None and nuclide.half_life("s") < STABLE_S:
        found["ICRP-107"] = (float(nuclide.half_life("s")), 0.0)
    if name in INCC_YEARS:
        found["INCC-5"] = (INCC_YEARS[name] * INCC_DAYS_PER_YEAR * 86_400, 0.0)
    return found


def _icrp(name: str) -> Any:
    library = importlib.import_module("radioactivedecay")
    try:
        return library.Nuclide(name)
    except ValueError:
        return None


def mass_and_daughters(name: str) -> tuple[float | None, list[list[Any]]]:
    """Return the atomic mass of a nuclide [u] and its daughters with their shares."""
    nuclide = _icrp(name)
    if nuclide is None:
        return None, []
    pairs = zip(nuclide.progeny(), nuclide.branching_fractions(), strict=True)
    return float(nuclide.atomic_mass), [[daughter, share] for daughter, share in pairs if daughter != "SF"]


def digits(value: float, count: int) -> float:
    """Return a value rounded to so many digits."""
    return float(f"{value:.{count}g}")
