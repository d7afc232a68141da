"""Plutonium and uranium exactly at a threshold, with systematic parts at their limits; all of it made up."""

import math
from typing import Any

from counterseal.measurement.attributes.decision import Side
from strategies.operating_curves import items
from strategies.stated_rates import (
    BACKGROUND,
    CI_RUNS,
    Document,
    StatedCase,
    asking,
    decimal,
    germanium,
    of_material,
    only,
    quiet_place,
    threshold,
)


def ratio(name: str, *, holds: Side, held: bool = False, runs: int = CI_RUNS) -> StatedCase:
    """Return plutonium whose ratio is 0.2, the threshold, as far as 8 % that are not counting let it be seen."""
    floor = 0.08
    settings = {
        "threshold": threshold("0.2", holds=holds),
        "window_kev": [632, 650],
        "method": {
            "scale_lines_kev": ["413.713", "645.94"],
            "fwhm_kev": "1.5",
            "reach_kev": "1.5",
            "width_growth": "0.7",
            "gain_unc": "0.001",
            "bend_unc": "0.00005",
            "slope_unc": 1,
            "model_unc": "0.01",
            "background_degree": 1,
            "shape_turns": 2,
            "turns": 3,
            "worst_offset_kev": "0.3",
        },
        "least_significance": 5,
        "most_americium": 150,
        "most_chi2_per_degree": 4,
        "most_pull": 5,
        "systematic_floor": decimal(floor),
        "americium_floor": "0.15",
        "americium_from": 30,
    }
    wrong_side = -1 if holds is Side.BELOW else 1
    shown: Any = (
        decimal(0.2 * (1 + wrong_side * floor)) if held else {"normal": ["0.2", decimal(0.2 * floor)]}
    )
    parts = {"Pu-239": 1, "Pu-240": shown, "Pu-241": "0.005", "Am-241": "0.005"}
    detector = germanium(
        channels=1750,
        scale_kev=["0.1", "0.4"],
        fwhm=["1.125", "0.0017", "0"],
        lowest_kev=300,
        peak_to_total="0.2",
    )
    return StatedCase(
        name=name,
        item="an item at the ratio of the threshold",
        protocol=asking("plutonium-ratio", settings, time_s=1000),
        items=items(
            detector=detector,
            place=quiet_place(),
            populations=only("it", gamma=of_material(parts, mass_g="60")),
        ),
        held=held,
        runs=runs,
    )


REGIONS = (
    ("143.765", ["137.5", "139.2"], ["142", "145.6"], ["146.5", "149"], False),
    ("163.357", ["157.5", "161"], ["161.5", "165.2"], ["166", "170"], False),
    ("185.713", ["178", "181"], ["183.9", "187.6"], ["188.5", "192.5"], True),
    ("258.227", ["251.5", "255.5"], ["256.2", "260.3"], ["261.2", "265"], True),
    ("766.42", ["757", "763"], ["763.7", "769.2"], ["770", "777"], False),
    ("1001.03", ["988", "994.5"], ["998", "1004.2"], ["1005.5", "1015"], True),
)
RATIO_FLOOR = 0.03


def _uranium_method() -> Document:
    regions = [
        {
            "energy_kev": energy,
            "nuclide": "U-235" if float(energy) < 210 else "U-238",
            "low_band_kev": low,
            "peak_kev": peak,
            "high_band_kev": high,
            "required": required,
        }
        for energy, low, peak, high, required in REGIONS
    ]
    return {
        "regions": regions,
        "fwhm_kev": "1.5",
        "fwhm_at_kev": 662,
        "width_growth": "0.6",
        "least_significance": 4,
        "most_chi2_per_degree": 6,
        "systematic_floor": decimal(RATIO_FLOOR),
        "least_age_days": 300,
    }


def of_uranium(enrichment: float, *, shown: Any, mass_g: str = "600", **changes: Any) -> Document:
    """Return items of uranium; ``shown`` is the mass of U-238 that the spectrum shows."""
    detector = germanium(
        channels=4240, scale_kev=["0.1", "0.25"], fwhm=["0.9", "0.00204", "0"], lowest_kev=110
    )
    found = of_material({"U-235": decimal(enrichment), "U-238": shown}, mass_g=mass_g)
    return items(detector=detector, place=quiet_place(), populations=only("it", gamma=found)) | changes


def shown_depleted(enrichment: float, *, held: int = 0) -> Any:
    """Return the mass of U-238 as the systematic part of the ratio lets it be seen."""
    depleted = 1 - enrichment
    if held:
        return decimal(depleted * math.exp(-held * RATIO_FLOOR))
    return {"lognormal": [decimal(depleted), decimal(RATIO_FLOOR)]}


def enrichment(name: str, agreed: Document, *, at: float, held: int = 0, runs: int = CI_RUNS) -> StatedCase:
    settings = {"enrichment": agreed, "method": _uranium_method()}
    return StatedCase(
        name=name,
        item="uranium at an enrichment of the threshold",
        protocol=asking("uranium-enrichment", settings, time_s=1000),
        items=of_uranium(at, shown=shown_depleted(at, held=held)),
        held=bool(held),
        runs=runs,
    )


def highly_enriched(
    name: str, item: str, *, against: str, on: Document, runs: int, **more: Any
) -> StatedCase:
    _, low, peak, high, _ = REGIONS[2]
    line = {
        "energy_kev": "185.713",
        "low_band_kev": low,
        "peak_kev": peak,
        "high_band_kev": high,
        "fwhm_kev": "1.13",
        "centre_gate_kev": "0.5",
        "width_gate": None,
    }
    settings = {
        "present_lines": [line],
        "detection_factor": "1.645",
        "drift_kev": "0.3",
        "least_net_counts": 30,
        "least_rate_per_s": None,
        "enrichment": threshold(against),
        "method": _uranium_method(),
        "indicator": more.pop("indicator", None),
    }
    agreed = asking("uranium-presence", settings, time_s=1000, **more)
    return StatedCase(name=name, item=item, protocol=agreed, items=on, runs=runs)


THALLIUM = {"low_band_kev": [2585, 2605], "peak_kev": [2608, 2621], "high_band_kev": [2624, 2644]}
ACTINIUM = {
    "low_band_kev": ["900.5", "902.4"],
    "peak_kev": ["907.5", 915],
    "high_band_kev": ["916.5", "919.6"],
}
"""Clear of the lines of Pa-234m from 921 keV on: in a side band they would hide the thorium."""
THORIUM = 0.358515876 / 0.258
"""Tl-208 at 2614.5 keV for each Ac-228 at 911.2 keV, in equilibrium, where all energies are seen alike."""


def thorium_alone(name: str, *, runs: int) -> StatedCase:
    """Return enriched uranium with thorium and no U-232: its indicator is exactly at its limit."""
    on = of_uranium(0.9, shown="0.1", mass_g="3000")
    on["detector"] = {**on["detector"], "channels": 10_800}
    on["populations"][0]["gamma"]["sources"] = [{"nuclide": "Th-232", "activity_bq": 30_000}]
    indicator = {"thallium": THALLIUM, "actinium": ACTINIUM, "most_thorium": decimal(THORIUM)}
    return highly_enriched(
        name,
        "enriched uranium with thorium alone",
        against="0.2",
        on=on,
        runs=runs,
        indicator=indicator,
        background=BACKGROUND,
    )


# --- mass, from neutrons ---

UNC = {"efficiency": 0.005, "gate_fractions": 0.005, "effective_percent": 0.01, "model": 0.02}
DIE_AWAY_US, GATE_POWER = 50.0, 0.8
"""How fast the share of triplets in the gate falls with the die-away time: -d ln f / d ln tau."""


def plutonium_mass(
    name: str, *, cycles: int, time_s: int = 5, held: int = 0, runs: int = CI_RUNS
) -> StatedCase:
    """Return 10 g of plutonium, the threshold, in a counter whose calibration is off as stated."""
    counter = {
        "predelay_ns": 4_500,
        "gate_ns": 64_000,
        "delay_ns": 4_000_000,
        "cycles": cycles,
        "efficiency": "0.5",
        "doubles_gate_fraction": "0.65978",
        "triples_gate_fraction": "0.43531",
        "dead_time_a_us": 0,
        "dead_time_b_us_per_mcps": 0,
        "multiplicity_dead_time_ns": 0,
        "efficiency_unc": decimal(UNC["efficiency"]),
        "gate_fractions_unc": decimal(UNC["gate_fractions"]),
    }
    settings = {
        "mass_g": threshold("10"),
        "counter": counter,
        "effective_percent": 20,
        "effective_percent_unc": decimal(UNC["effective_percent"]),
        "model_unc": decimal(UNC["model"]),
    }
    spread = math.hypot(UNC["effective_percent"], UNC["model"])
    m240_g: Any = decimal(2 * (1 + held * spread)) if held else _spread(2.0, spread)
    seen = {
        "efficiency": "0.5" if held else _spread(0.5, UNC["efficiency"]),
        "die_away_us": decimal(DIE_AWAY_US)
        if held
        else _spread(DIE_AWAY_US, UNC["gate_fractions"] / GATE_POWER),
        "dead_time_ns": 0,
        "tick_ps": 10_000,
    }
    item = {"m240_g": m240_g, "alpha": "0.7", "multiplication": 1}
    return StatedCase(
        name=name,
        item="an item at the mass of the threshold",
        protocol=asking("plutonium-mass", settings, form="pulses", time_s=time_s, background=BACKGROUND),
        items=items(
            counter=seen,
            place=quiet_place(neutrons_per_s=20, time_s=time_s),
            populations=only("it", neutrons=item),
        ),
        held=bool(held),
        runs=runs,
    )


def _spread(value: float, unc: float) -> Document:
    return {"normal": [decimal(value), decimal(value * unc)]}
