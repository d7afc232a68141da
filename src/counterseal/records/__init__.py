"""Records: what parties sign, who may sign it, and how it travels.

What lives here: the signed header and its envelope, the salted body, its opening and its sealed
form, countersignatures, disclosures, escrow, draws, trust files and key files, the bundle's
manifest and its verification, fork proofs.

What does not: what a statement means (each room above lists its own kinds), files on disk
(``app/storage``), and the hash tree (``log/``).

Read first: ``header.py``, then ``trust.py``, then ``verification/``. Every byte is fixed in
``docs/reference/formats.md``; it follows DSSE and the practice of transparency logs.
"""
