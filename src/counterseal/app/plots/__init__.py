"""Plots: pictures of measured data as SVG and PNG files.

What lives here: figures that a command writes for a report, a slide or a phone, drawn by matplotlib without
a screen. The same data give the same bytes: no date, no random identifiers, the font that matplotlib
brings. They are right without colour: what must be told apart differs in line and in words.

What does not: figures of the web report (`app/report/`), and any arithmetic of the physics
(`measurement/`). Matplotlib takes a second to load, so only a command that draws imports these files.

Read first: `figure.py`, then `spectrum_plot.py`.
"""
