"""Treaty: the agreement as data, and the calendar that follows from it.

What lives here: the pack format (YAML with a versioned JSON Schema in ``schema/``), its strict
loader, the types that a pack becomes, due dates and year windows, the difference of two packs,
and the packs themselves (``packs/<treaty>/``), each with its situations.

What does not: any judgement (``assessment/``), any record (``records/``), and any number or date
in Python: no line of code here knows a treaty.

Read first: ``pack.py``, then ``packs/new-start/pack.yaml``. It follows the order of treaties
themselves: parties, definitions, limits, counting rules, notifications, inspections, consultation.
"""
