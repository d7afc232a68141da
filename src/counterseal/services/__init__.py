"""Services: the use cases, one file each, and the ports that they reach the world through.

What lives here: making a node, submitting a declaration, countersigning, checkpointing and
cosigning, exchanging, exporting and verifying a bundle, assessing, explaining, replaying a
published record. Each is plain functions over ports (Store, Clock, Randomness).

What does not: disk, terminal, HTML (``app/``), and any rule of an agreement (``treaty/``).

Read first: ``ports.py``, then ``submit.py``.
"""
