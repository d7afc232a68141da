"""Declarations: what a party states about its own holdings on a date, and how two such statements differ.

What lives here: aggregate and itemised declarations with their invariants, the working and locked
states and supplements, the strict readers and the writers of their files (CSV and JSON, schemas in
``schema/``), arithmetic closure of a breakdown, notifications, and the difference of two
declarations with the notifications that explain it.

What does not: signing and storing (``records/``, ``services/``), and any judgement about a limit
(``assessment/``). No file is opened here: readers take bytes, writers give bytes.

Read first: ``aggregate.py``, then ``table.py``. It follows A/78/120, paragraph 36 (declarations as a
measure), and the practice of six-monthly data exchanges: nil is stated, never left out.
"""
