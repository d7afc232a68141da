"""The words: parties, dates and times, outcomes, and how well a thing is known.

What lives here: the few value types that every other room speaks with. They hold
no rule of any agreement, read no file and ask no clock.

What does not: numbers from outside (``reference/`` or a treaty pack), and anything
that only one room needs.

Read first: ``outcomes.py``, the words in which an assessment answers. They follow
the usage of A/78/120 (the parties assess; the program shows evidence).
"""
