"""Attributes: what an agreement may ask of an item, one file each, and the rule that decides.

What lives here: presence of plutonium, ratio of its isotopes, its mass; enrichment and presence of
uranium; symmetry; no radiation above a stated limit; presence of neutrons. Each takes measured data
and agreed settings and returns a judgement.

What does not: any threshold; the settings bring them. Nothing here prints, logs or keeps a state,
and nothing calls a library function whose last bit depends on the machine (`../arithmetic.py`).

Read first: `judgement.py`, then `plutonium_presence.py`.
"""
