"""Crypto: bytes that mean one thing only, hashes, signatures, and salted commitments.

What lives here: the restricted canonical JSON, strict base64, domain-separated hashing,
Ed25519 under one written rule, RFC 6962 tree hashing with its proofs, the salted tree that
binds a body to its header, and the self-test of pinned vectors against the installed libraries.

What does not: files, clocks, keys at rest, and any notion of a party or a treaty. Randomness
comes in as an argument.

Read first: ``canonical.py``, then ``ed25519.py``. The bytes are fixed in
``docs/reference/formats.md``; each file is pinned to published vectors.
"""
