"""HKDF-SHA-256 of the installed library, under which HPKE derives its keys, against Wycheproof."""

import json

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared_data import shared


def test_every_published_case_is_judged_as_published() -> None:
    """86 cases, of which 3 ask for more than 255 blocks and must be refused (RFC 5869, section 2.3)."""
    groups = json.loads(shared("vectors", "wycheproof", "hkdf_sha256_test.json").read_text())["testGroups"]
    judged = []
    for test in (test for group in groups for test in group["tests"]):
        ikm, salt, info = (bytes.fromhex(test[name]) for name in ("ikm", "salt", "info"))
        try:
            derived = HKDF(SHA256(), length=test["size"], salt=salt, info=info).derive(ikm)
            judged.append("valid")
            assert derived.hex() == test["okm"], test["comment"]
        except ValueError:
            judged.append("invalid")
        assert judged[-1] == test["result"], test["comment"]
    assert (judged.count("valid"), judged.count("invalid")) == (83, 3)
