"""Make `reference/nuclear_data/lines-1.json` from two open collections, line by line, with every decision.

It is not needed to run the program: it is kept so that anyone can make the same table again, or the next
version of it. It needs actigamma (UKDD-12), radioactivedecay (ICRP-107, masses) and the unpacked files of
paceENSDF (ENSDF):

    python docs/tools/build_nuclear_data.py --ensdf .../paceENSDF --out lines-1.json
"""

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from nuclear_data_choices import (
    CATEGORIES,
    DECISIONS,
    ELEMENTS,
    FLOORS,
    ISOMERS,
    SECOND_FIRST,
    SOURCES,
    WANTED,
    WITH,
)
from nuclear_data_sources import (
    LOWEST_KEV,
    Line,
    digits,
    element_x_rays,
    ensdf_lines,
    hyphened,
    mass_and_daughters,
    other_half_lives,
    read_ukdd,
    ukdd_half_life,
    ukdd_lines,
)

DISAGREEMENT = 0.03
FLOOR = 0.01
STRONG = 0.2
X_RAY_UNC_KEV = 0.1
WANTED_WITHIN_KEV = 0.06
SAME_KEV = 0.1
LIKE = (0.4, 2.5)
"""Between these ratios of intensity, two lines of near energy are one."""
NEARLY = (0.6, 1.6)


def main() -> None:
    """Read both collections and write the table, one line of text for each emission."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ensdf", type=Path, required=True, help="unpacked folder of paceENSDF")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    ukdd = read_ukdd()
    rows = [_nuclide(name, ensdf=options.ensdf, ukdd=ukdd) for name in CATEGORIES]
    table = {
        "version": "1",
        "sources": SOURCES,
        "decisions": DECISIONS,
        "x_rays": [element_x_rays(element, options.ensdf) for element in ELEMENTS],
        "nuclides": rows,
    }
    options.out.write_text(_text(table), encoding="utf-8")
    lines = [line for row in rows for line in row["lines"]]
    decided = [line for line in lines if "decision" in line]
    print(f"{len(rows)} nuclides, {len(lines)} lines, {len(decided)} with a decision", file=sys.stderr)


def _text(table: dict[str, Any]) -> str:
    """One line of text a row, so that a change of one figure is a change of one line."""
    head = {key: value for key, value in table.items() if key not in {"nuclides", "x_rays"}}
    text = json.dumps(head, indent=1, ensure_ascii=False)[:-2] + ',\n "x_rays": [\n  '
    text += ",\n  ".join(json.dumps(row) for row in table["x_rays"]) + '\n ],\n "nuclides": [\n'
    blocks = []
    for row in table["nuclides"]:
        facts = json.dumps({key: value for key, value in row.items() if key != "lines"}, ensure_ascii=False)
        lines = ",\n    ".join(json.dumps(line) for line in row["lines"])
        blocks.append(
            f'  {facts[:-1]}, "lines": [\n    {lines}\n  ]}}' if lines else f'  {facts[:-1]}, "lines": []}}'
        )
    return text + ",\n".join(blocks) + "\n ]\n}\n"


def _nuclide(name: str, *, ensdf: Path, ukdd: dict[str, Any]) -> dict[str, Any]:
    first, first_half_life = ensdf_lines(ensdf, name)
    second = ukdd_lines(ukdd, name)
    pairs = _paired(first, second)
    lines = [_row(name, one, other) for one, other in pairs if _wanted(name, one or other, pairs)]
    half_lives = {"ENSDF": first_half_life, "UKDD-12": ukdd_half_life(ukdd, name), **other_half_lives(name)}
    mass, decays_to = mass_and_daughters(name)
    row = {
        "name": name,
        "category": CATEGORIES[name],
        "mass_u": mass,
        "half_lives": [
            {"source": source, "half_life_s": digits(value[0], 8), "half_life_unc_s": digits(value[1], 3)}
            for source, value in half_lives.items()
            if value
        ],
        "decays_to": decays_to,
        "lines": sorted(lines, key=lambda line: line["energy_kev"]),
    }
    if name in WITH:
        row["equilibrium"] = WITH[name]
    return row


def _row(name: str, one: Line | None, other: Line | None) -> dict[str, Any]:
    sources = ("ENSDF", "UKDD-12")
    if one and other and (one.kind == "x-ray" or f"{name} {one.energy_kev:.2f}" in SECOND_FIRST):
        one, other, sources = other, one, sources[::-1]
    kept = one or other
    if kept is None:
        raise ValueError(name)
    row: dict[str, Any] = {
        "energy_kev": kept.energy_kev,
        "energy_unc_kev": digits(
            min(kept.energy_unc_kev, X_RAY_UNC_KEV) if kept.kind == "x-ray" else kept.energy_unc_kev, 2
        ),
        "intensity": digits(kept.intensity, 5),
        "intensity_unc": digits(kept.intensity_unc, 3),
        "source": sources[0] if one else sources[1],
        "kind": kept.kind,
    }
    emitter = ISOMERS.get(name)
    if emitter and kept.kind == "gamma" and any(abs(kept.energy_kev - e) < 1 for e in emitter[2]):
        row["emitter"] = hyphened(emitter[0])
    if one and other:
        row |= {
            "other_intensity": digits(other.intensity, 5),
            "other_intensity_unc": digits(other.intensity_unc, 3),
            "other_source": sources[1],
        }
        if abs(row["other_intensity"] / row["intensity"] - 1) > DISAGREEMENT:
            row["decision"] = _decision(name, one, other)
    return row


def _decision(name: str, one: Line, other: Line) -> str:
    special = f"{name} {one.energy_kev:.2f}"
    if special in DECISIONS:
        return special
    if one.kind == "x-ray":
        return "atomic"
    apart = abs(one.intensity - other.intensity)
    return "within" if apart <= 2 * math.hypot(one.intensity_unc, other.intensity_unc) else "apart"


def _wanted(name: str, line: Line | None, pairs: list[tuple[Line | None, Line | None]]) -> bool:
    if line is None or line.energy_kev < LOWEST_KEV:
        return False
    if any(abs(line.energy_kev - energy) < WANTED_WITHIN_KEV for energy in WANTED.get(name, ())):
        return True
    kept = [one or other for one, other in pairs]
    strongest = max(item.intensity for item in kept if item and item.energy_kev >= LOWEST_KEV)
    return line.intensity >= FLOORS.get(name, FLOOR * strongest)


def _paired(first: list[Line], second: list[Line]) -> list[tuple[Line | None, Line | None]]:
    """Pair the lines of both collections, strongest first, each with the nearest of like intensity."""
    alone, left = sorted(first, key=lambda item: -item.intensity), list(second)
    pairs: list[tuple[Line | None, Line | None]] = []
    for same in (_alike, _at_one_energy, _moved):
        for line in tuple(alone):
            near = [other for other in left if line.kind == other.kind and same(line, other)]
            other = min(near, key=lambda item: abs(item.energy_kev - line.energy_kev), default=None)
            if other:
                alone.remove(line)
                left.remove(other)
                pairs.append((line, other))
    return pairs + [(line, None) for line in alone] + [(None, line) for line in left]


def _alike(one: Line, other: Line) -> bool:
    reach = 1.0 if one.kind == "x-ray" else max(0.35, 2 * (one.energy_unc_kev + other.energy_unc_kev))
    near = abs(one.energy_kev - other.energy_kev) <= min(reach, 1.5)
    return near and LIKE[0] < other.intensity / one.intensity < LIKE[1]


def _at_one_energy(one: Line, other: Line) -> bool:
    return abs(one.energy_kev - other.energy_kev) <= SAME_KEV


def _moved(one: Line, other: Line) -> bool:
    reach = 3.0 if one.intensity > STRONG else 1.0
    near = abs(one.energy_kev - other.energy_kev) <= reach
    return one.kind == "gamma" and near and NEARLY[0] < other.intensity / one.intensity < NEARLY[1]


if __name__ == "__main__":
    main()
