"""Design: the power of a regime before it is agreed: how likely, how soon, at what cost it would see.

What lives here: the regime and the strategies as an effort file describes them, the games between
an inspectorate and a host (strata, sites, times), the best plan for a budget, completeness of a
declaration, pace of dismantlement, and campaigns of simulated years beside every closed form.

What does not: sample sizes and chances themselves (`stats/`), files, processes and pictures
(`app/`), and what happened (`assessment/`). Nothing here knows a weapon: items, amounts, places
and times are all that it takes, and utilities are the user's.

Read first: `regime.py` and `strategy.py`, then `power.py`. It follows Avenhaus and Canty,
Compliance Quantified (1996), and the literature on inspection games after it.
"""

_NAMES = {
    "Check": "regime",
    "Costs": "regime",
    "Monitor": "regime",
    "Regime": "regime",
    "Resolution": "regime",
    "Visit": "regime",
    "Part": "strategy",
    "Strategy": "strategy",
}


def __getattr__(name: str) -> object:
    """Return a name of this room's interface from the file that it lives in, loaded when first asked for."""
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
