"""Plots: pictures of measured data, and the figures of a regime's report, as SVG and PNG files.

What lives here: figures that a command writes for a report, a slide or a phone, drawn by matplotlib without
a screen: a gamma spectrum, and what a regime would see, when, at what cost and how surely (``design_*.py``,
a file a figure). The same data give the same bytes: no date, no random identifiers, the font that
matplotlib brings. They are right without colour: what must be told apart differs in line and in words.

What does not: figures of the report of a record (`app/report/`), the numbers, tables and readings of a
regime's figures (there too), and any arithmetic of the physics or of chances (`measurement/`, `stats/`,
`design/`). Matplotlib takes a second to load, so only a command that draws imports these files.

Read first: `figure.py`, then `spectrum_plot.py`; for a regime `design_frame.py`, then `design_effort.py`.
"""
