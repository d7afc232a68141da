"""Keys at rest: what opens a vault, what does not, and what a hostile file may ask for."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto import vault
from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.encoding import decode_base64
from counterseal.crypto.errors import VaultError
from counterseal.crypto.vault import DEFAULT_COST, Cost, lock, unlock
from counterseal.errors import RefusedInputError

CHEAP = Cost(memory_kib=8, iterations=1, lanes=1)
PINNED = (
    b'{"aead":"chacha20-poly1305","kdf":{"iterations":1,"lanes":1,"memory_kib":8,"name":"argon2id",'
    b'"salt":"AAAAAAAAAAAAAAAAAAAAAA=="},"nonce":"AAAAAAAAAAAAAAAA",'
    b'"sealed":"q9j1W4m7dPzopN9d33kVN+fBeg==","type":"counterseal/vault/v1"}'
)
"""Locked by the first release: "abc" under "passphrase"."""


def _bytes(count: int) -> bytes:
    return bytes(range(count))


def _locked(secret: bytes = b"a seed", passphrase: str = "horse") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(lock(secret, passphrase, randomness=_bytes, cost=CHEAP))
    return document


def test_argon2id_is_that_of_rfc_9106() -> None:
    """RFC 9106, section 5.3."""
    derivation = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=b"\x04" * 12,
        secret=b"\x03" * 8,
    )
    tag = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    assert derivation.derive(b"\x01" * 32).hex() == tag


def test_a_vault_is_argon2id_then_chacha20_poly1305_with_the_header_as_associated_data() -> None:
    """Opened here by hand, from the words of its own members."""
    document = _locked()
    kdf = document["kdf"]
    assert kdf == {"iterations": 1, "lanes": 1, "memory_kib": 8, "name": "argon2id", "salt": kdf["salt"]}
    sealed, nonce = decode_base64(str(document.pop("sealed"))), decode_base64(str(document["nonce"]))
    key = Argon2id(salt=decode_base64(kdf["salt"]), length=32, iterations=1, lanes=1, memory_cost=8).derive(
        b"horse"
    )
    assert ChaCha20Poly1305(key).decrypt(nonce, sealed, encode_canonical(document)) == b"a seed"
    assert (len(nonce), len(sealed), document["type"]) == (12, 6 + 16, "counterseal/vault/v1")


def test_a_vault_of_the_first_release_opens_for_ever() -> None:
    assert lock(b"abc", "passphrase", randomness=bytes, cost=CHEAP) == PINNED
    assert unlock(PINNED, "passphrase") == b"abc"


def test_the_default_cost_is_the_second_recommended_option_of_rfc_9106() -> None:
    assert Cost(memory_kib=64 * 1024, iterations=3, lanes=4) == DEFAULT_COST
    document = lock(b"a seed", "horse", randomness=_bytes)
    assert json.loads(document)["kdf"]["memory_kib"] == 65536
    assert unlock(document, "horse") == b"a seed"


@settings(max_examples=40, deadline=None)
@given(
    secret=st.binary(max_size=200), passphrase=st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
)
def test_what_is_locked_opens_with_its_passphrase(secret: bytes, passphrase: str) -> None:
    assert unlock(lock(secret, passphrase, randomness=_bytes, cost=CHEAP), passphrase) == secret


def test_the_composition_of_letters_does_not_matter_and_nothing_else_is_forgiven() -> None:
    document = lock(b"a seed", "caf\u00e9", randomness=_bytes, cost=CHEAP)
    assert unlock(document, "cafe\u0301") == b"a seed"
    for other in ("cafe", "Caf\u00e9", "caf\u00e9 ", "caf\u00e9\x00"):
        with pytest.raises(VaultError, match="does not open"):
            unlock(document, other)


def test_a_wrong_passphrase_and_an_altered_file_give_the_same_refusal() -> None:
    document = _locked()
    messages = set()
    for changed, passphrase in (
        (document, "Horse"),
        (document | {"sealed": "AAAA" + str(document["sealed"])[4:]}, "horse"),
        (document | {"nonce": "AAAAAAAAAAAAAAAA"}, "horse"),
        (document | {"kdf": document["kdf"] | {"salt": "AAAAAAAAAAAAAAAAAAAAAA=="}}, "horse"),
        (document | {"kdf": document["kdf"] | {"iterations": 2}}, "horse"),
    ):
        with pytest.raises(VaultError) as refusal:
            unlock(encode_canonical(changed), passphrase)
        messages.add(str(refusal.value))
    assert messages == {"vault does not open: the passphrase is another, or the file was altered"}
    assert issubclass(VaultError, RefusedInputError)


def test_the_header_is_bound_and_not_only_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A header that gives the same key and nonce, but other bytes, does not open what another one sealed."""
    document = _locked()
    monkeypatch.setattr(vault, "VAULT_TYPE", "counterseal/vault/v2")
    with pytest.raises(VaultError, match="does not open"):
        unlock(encode_canonical(document | {"type": "counterseal/vault/v2"}), "horse")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("memory_kib", 2**20 + 1, "memory_kib is 1048577, must be 8 to 1048576"),
        ("memory_kib", 2**40, "memory_kib is 1099511627776"),
        ("memory_kib", 7, "memory_kib is 7, must be 8"),
        ("memory_kib", "8", "memory_kib is '8'"),
        ("memory_kib", True, "memory_kib is True"),
        ("iterations", 17, "iterations is 17, must be 1 to 16"),
        ("iterations", 0, "iterations is 0"),
        ("iterations", None, "iterations is None"),
        ("lanes", 17, "lanes is 17, must be 1 to 16"),
        ("lanes", 0, "lanes is 0"),
        ("lanes", 2, "memory_kib is 8, must be 16"),
        ("name", "argon2i", "kdf.name is 'argon2i', must be 'argon2id'"),
        ("salt", "AAAA", "kdf.salt holds 3 bytes, must hold 16 to 16"),
        ("salt", 5, "kdf.salt is 5, must be base64"),
        ("salt", "AAAAAAAAAAAAAAAAAAAAAB==", "not the standard spelling"),
    ],
)
def test_a_file_cannot_make_its_reader_spend_what_it_likes(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object, message: str
) -> None:
    document = _locked()
    changed = encode_canonical(document | {"kdf": document["kdf"] | {name: value}})
    monkeypatch.delattr(vault, "Argon2id")  # refused before a single guess is computed
    with pytest.raises(VaultError, match=message):
        unlock(changed, "horse")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "counterseal/vault/v2"}, "type is 'counterseal/vault/v2', must be 'counterseal/vault/v1'"),
        ({"aead": "aes-256-gcm"}, "aead is 'aes-256-gcm', must be 'chacha20-poly1305'"),
        ({"nonce": "AAAA"}, "nonce holds 3 bytes, must hold 12"),
        ({"sealed": "AAAA"}, "sealed holds 3 bytes, must hold 16"),
        ({"sealed": None}, "sealed is None, must be base64"),
        ({"more": 1}, "vault: must be an object with exactly aead, kdf, nonce, sealed, type"),
        ({"kdf": []}, "vault's kdf: must be an object with exactly"),
        ({"kdf": {"name": "argon2id"}}, "vault's kdf: must be an object with exactly"),
    ],
)
def test_what_is_not_of_this_format_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(VaultError, match=message):
        unlock(encode_canonical(_locked() | change), "horse")


def test_what_is_not_canonical_or_too_large_is_refused() -> None:
    document = lock(b"a seed", "horse", randomness=_bytes, cost=CHEAP)
    for bad, message in (
        (b" " + document, "vault: not canonical"),
        (document[:-1], "vault: not JSON"),
        (b"[]", "vault: must be an object"),
        (bytes(2**20 + 1), "vault of 1048577 bytes, must be at most 1048576"),
    ):
        with pytest.raises(VaultError, match=message):
            unlock(bad, "horse")
    with pytest.raises(VaultError, match="vault for 1000000 bytes: would have"):
        lock(bytes(1_000_000), "horse", randomness=_bytes, cost=CHEAP)


def test_a_passphrase_must_be_a_text_of_at_least_one_character() -> None:
    for passphrase, message in (("", "empty"), ("\ud800", "half of a character")):
        with pytest.raises(VaultError, match=message):
            lock(b"a seed", passphrase, randomness=_bytes, cost=CHEAP)
        with pytest.raises(VaultError, match=message):
            unlock(PINNED, passphrase)


def test_salt_and_nonce_are_drawn_anew_each_time() -> None:
    drawn = iter([b"s" * 16, b"n" * 12, b"t" * 16, b"m" * 12])
    one, two = (lock(b"a seed", "horse", randomness=lambda count: next(drawn), cost=CHEAP) for _ in range(2))
    assert {json.loads(one)["nonce"], json.loads(two)["nonce"]} == {"bm5ubm5ubm5ubm5u", "bW1tbW1tbW1tbW1t"}
    assert json.loads(one)["kdf"]["salt"] != json.loads(two)["kdf"]["salt"]
