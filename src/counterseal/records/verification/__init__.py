"""Verification of a bundle: twenty-four named checks, each of which says what did not hold and why.

What lives here: the first of the two verifiers, as pure functions over a source of files.
What does not: reading a folder (``app/storage``), and the second verifier, which shares no code
with this one (``verifier/verify_bundle.py``).

Read first: ``verify.py``, the order of the checks; then ``tally.py``. The rules are those of
``docs/reference/formats.md``, section 9, in the same order and under the same names.
"""
