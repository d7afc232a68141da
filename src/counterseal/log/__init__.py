"""Log: append-only trees of opaque bytes, their signed heads, and what others vouch for.

What lives here: the hash tree with its proofs, C2SP tiles, signed notes, checkpoints,
cosignatures, witness requests, policy files, and the single-record proof file. Entries are
bytes; nothing here opens one.

What does not: who may sign what (``records/trust.py``), storage (``app/storage``), and the
meaning of an entry.

Read first: ``checkpoint.py``. It follows C2SP signed-note, tlog-checkpoint, tlog-cosignature,
tlog-witness, tlog-policy, tlog-tiles and tlog-proof as they stand.
"""
