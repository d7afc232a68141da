"""Assessment: what the record supports, clause by clause, in each party's reading.

What lives here: findings, the facts that they rest on, and the checks. One clause is
one check is one function. Every finding carries its reasons, its figure and the ids of
the records that it rests on; each party's reading of the same facts is kept beside the
other's, and a dispute joins them without choosing.

What does not: any limit, date or name of an agreement (those are in the treaty pack),
reading or storing records (``services/``), and verdicts: the parties judge.

Read first: ``finding.py``, then ``facts.py``, then ``assess.py``. It follows A/78/120,
paragraphs 17 and 24.
"""
