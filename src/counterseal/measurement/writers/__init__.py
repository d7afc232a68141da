"""Writers of instrument files: what is read back is what was written, to the last count and digit.

What lives here: N42 in its edition of 2012, SPE, and the native list of pulses. A writer returns bytes,
the same ones for the same data; what a form cannot say is refused, never left out in silence.

What does not: disk, dates that nobody gave, and forms that only one maker's programs read.

Read first: `n42_2012.py`, then `list_mode.py`.
"""
