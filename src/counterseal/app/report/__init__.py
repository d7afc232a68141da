"""The report: one self-contained HTML file about what the record of one agreement shows.

What lives here: the views that the page shows (worked out in Python, so that templates hold no
arithmetic), a small SVG writer with the plot of a limit, the templates and the one style sheet.

What does not: assessing (``assessment/``), reading a store or writing the file (the command does),
any date, limit or name of an agreement (those come with the treaty pack), and scripts: the page
has none, asks for nothing outside itself, and is the same bytes for the same input.

Read first: ``model.py``, then ``build.py``. Plots: ``series.py`` (what to draw), ``plot.py`` (how).
"""
