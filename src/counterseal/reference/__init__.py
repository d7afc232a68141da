"""Reference: the outside texts and numbers that the program rests on, each with its citation.

What lives here: the registry of every standard, paper and source document that a docstring
or a page of the documentation cites as ``[KEY]``, with how well each is known and when it
was read. A test holds that every ``[KEY]`` resolves, and that nothing unused is kept.

What does not: anything that belongs to one agreement. Its limits, dates, clauses and their
citations stand in its treaty pack, and nowhere else.

Read first: ``source.py``, then ``citations.py``.
"""
