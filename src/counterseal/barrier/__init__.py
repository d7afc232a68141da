"""Barrier: the information barrier, what may be asked and what comes out.

What lives here: the protocol of a measurement as two parties agreed it, the budget of bits that it
may disclose, one-time outcome tokens, the ledger of attempts, the dossier of the equipment, and
`sealed.py`, which is what the sealed process runs.

What does not: physics (`measurement/`), starting a process and closing it in (`app/sealed.py`),
records and stores (`services/`). Nobody imports `sealed.py`.

Read first: `protocol.py`, then `wire.py`, then `sealed.py`. It follows the published UK-Norway
information barrier [UKNI-SOFTWARE]: declared flow of information, one answer, nothing else.
"""
