"""Reports: what the record of one agreement shows, and what a regime would see; each one self-contained file.

What lives here: the HTML page of a record, with the views that it shows (worked out in Python, so that
templates hold no arithmetic) and a small SVG writer; and the report of a regime before it is agreed
(``design_*.py``): its figures with a table and a reading each, its sections in fixed wording, check values,
and the JSON from which anybody can run it again, as HTML or, by the extra ``report``, as PDF.

What does not: assessing (``assessment/``), chances and plans (``stats/``, ``design/``), drawing a regime's
figures (``app/plots/``), reading a store or writing the file (the command does), any date, limit or name of
an agreement (those come with the treaty pack), and scripts: a page has none, asks for nothing outside
itself, and is the same bytes for the same input.

Read first: ``model.py``, then ``build.py`` and ``plot.py``; of a regime ``design_study.py``, then
``design_document.py``.
"""
