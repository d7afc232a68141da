"""Checks: one clause is one check is one function, pure over a treaty pack and facts.

What lives here: the functions that turn facts into findings. Each takes ``(pack, facts)`` and
returns findings for every party and every State's reading; none of them reads a file, asks a
clock or keeps a state.

What does not: any limit, date or party name (the pack brings them), how one reader counts
(``../readings.py``) and what order findings come in (``../assess.py``).

Read first: ``aggregate_within_limit.py``. It follows the order of treaties: limits, data and
notifications, inspections.
"""
