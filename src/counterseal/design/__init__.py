"""Design: the power of a regime before it is agreed: how likely, how soon, at what cost it would see.

What lives here: the regime and the strategies as an effort file describes them, the games between
an inspectorate and a host (strata, sites, times), the best plan for a budget, completeness of a
declaration, pace of dismantlement, and campaigns of simulated years beside every closed form.

What does not: sample sizes and chances themselves (`stats/`), files, processes and pictures
(`app/`), and what happened (`assessment/`). Nothing here knows a weapon: items, amounts, places
and times are all that it takes, and utilities are the user's.

Read first: `regime.py` and `strategy.py`, then `regime_power.py`. It follows [AVENHAUS-CANTY-1996]
and the literature on inspection games that [AVENHAUS-2002] surveys.
"""

_NAMES = {
    "Arrivals": "stations",
    "Check": "regime",
    "Costs": "regime",
    "CountPrior": "completeness_evidence",
    "Design": "plan_result",
    "Effort": "effort",
    "Equilibrium": "equilibrium",
    "Evidence": "completeness_evidence",
    "ItemTest": "regime",
    "Limit": "plan_limits",
    "Monitor": "regime",
    "Pace": "pace",
    "Part": "strategy",
    "Placements": "placements",
    "Posterior": "undeclared_items",
    "Presence": "stations",
    "QuantMethod": "regime",
    "Regime": "regime",
    "RegimeOptions": "plan_options",
    "Region": "completeness_evidence",
    "Resolution": "regime",
    "SearchAllocation": "completeness_bounds",
    "Station": "stations",
    "Strategy": "strategy",
    "Stratum": "regime",
    "Visit": "regime",
    "balance_bound": "completeness_bounds",
    "campaign": "campaigns.campaign",
    "capacity_per_y": "pace_closed_forms",
    "compare": "comparison",
    "completeness": "undeclared_items",
    "completeness_from_sightings": "completeness_bounds",
    "completion_chance": "pace_closed_forms",
    "critical_time": "critical_times",
    "delay_game": "delay_games",
    "design": "best_plan",
    "deterrence_map": "deterrence",
    "deterring_chance": "deterrence",
    "deterring_quota": "quota_that_deters",
    "frontier": "frontiers",
    "goal_cost": "cost_of_goal",
    "inspection_recursion": "inspection_stages",
    "leadership": "announced_mix",
    "location_game": "location_games",
    "matrix_game": "matrix_games",
    "month_grid": "pace_closed_forms",
    "pipeline": "pace",
    "power": "regime_power",
    "race": "rebuilding",
    "rate_needed": "pace_closed_forms",
    "read_effort": "effort",
    "rebuild": "rebuilding",
    "search_allocation": "completeness_bounds",
    "stratified_plan": "stratified",
    "timeliness": "time_to_detection",
    "tornado_of": "tornado_input",
    "transport": "stations",
    "waiting_h": "pace_closed_forms",
    "waiting_one_place_h": "pace_closed_forms",
}
"""The interface: each name and the file that it lives in, which has another name."""

__all__ = tuple(_NAMES)


def __dir__() -> list[str]:
    """Return what the room has, the names of the interface among them, loaded or not."""
    return sorted({*globals(), *_NAMES})


def __getattr__(name: str) -> object:
    """Return a name of the interface from the file that it lives in, loaded when first asked for."""
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
