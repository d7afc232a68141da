"""Crypto: bytes that mean one thing only, hashes, signatures, and salted commitments.

What lives here: canonical JSON, strict base64, domain-separated hashing, Ed25519 under one
written rule, ML-DSA, sealing, RFC 6962 tree hashing with its proofs, salted trees, keys under a
passphrase, shares of a secret, and the self-test of pinned vectors against the installed libraries.

What does not: files, clocks, and any notion of a party or a treaty. Randomness comes in as an
argument, but for what ML-DSA and sealing draw inside the library.

Read first: ``canonical.py``, then ``ed25519.py``. The bytes are fixed in
``docs/reference/formats.md``; each file is pinned to published vectors.
"""
