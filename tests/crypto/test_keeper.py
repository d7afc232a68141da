"""A root's signature holds only if both of its halves do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.ed25519 import require_signature
from counterseal.crypto.errors import SignatureRefusedError
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.keeper import KeeperKey, KeeperPublic, keeper_key, require_keeper_signature
from counterseal.crypto.mldsa import ML_DSA_65, require_mldsa_signature

KEY, OTHER = keeper_key(bytes(32)), keeper_key(b"\x01" * 32)


def test_a_signature_is_the_ed25519_one_followed_by_the_ml_dsa_65_one() -> None:
    signature = KEY.sign(b"m")
    assert len(signature) == 3373
    require_signature(KEY.public.ed25519, signature[:64], message=b"m")
    require_mldsa_signature(KEY.public.ml_dsa_65, signature[64:], b"m", algorithm=ML_DSA_65)
    require_keeper_signature(KEY.public, signature, message=b"m")


def test_the_root_id_is_over_both_halves() -> None:
    wanted = domain_hash("counterseal/root/v2", KEY.public.ed25519, KEY.public.ml_dsa_65).hex()
    assert KEY.root_id == KEY.public.root_id == wanted
    mixed = KeeperPublic(ed25519=KEY.public.ed25519, ml_dsa_65=OTHER.public.ml_dsa_65)
    assert len({KEY.root_id, OTHER.root_id, mixed.root_id}) == 3


@pytest.mark.parametrize(
    ("classical", "lattice", "message"),
    [
        (OTHER, KEY, r"^signature of root [0-9a-f]{16}…: Ed25519 half: the signature does not verify[^;]*$"),
        (KEY, OTHER, r"^signature of root [0-9a-f]{16}…: ML-DSA-65 half: the ml-dsa-65 signature[^;]*$"),
        (OTHER, OTHER, r"Ed25519 half: .*; ML-DSA-65 half: "),
    ],
)
def test_one_good_half_is_not_enough_and_the_refusal_names_the_bad_one(
    classical: KeeperKey, lattice: KeeperKey, message: str
) -> None:
    signature = classical.sign(b"m")[:64] + lattice.sign(b"m")[64:]
    with pytest.raises(SignatureRefusedError, match=message):
        require_keeper_signature(KEY.public, signature, message=b"m")


def test_halves_of_two_messages_do_not_join() -> None:
    signature = KEY.sign(b"m")[:64] + KEY.sign(b"n")[64:]
    for message in (b"m", b"n"):
        with pytest.raises(SignatureRefusedError, match="half"):
            require_keeper_signature(KEY.public, signature, message=message)


@settings(max_examples=40, deadline=None)
@given(at=st.integers(0, 3372), flip=st.integers(1, 255))
def test_no_changed_byte_passes(at: int, flip: int) -> None:
    changed = bytearray(KEY.sign(b"m"))
    changed[at] ^= flip
    with pytest.raises(SignatureRefusedError):
        require_keeper_signature(KEY.public, bytes(changed), message=b"m")


def test_wrong_lengths_and_forbidden_halves_are_refused() -> None:
    signature = KEY.sign(b"m")
    for wrong in (signature[:-1], signature + b"\x00", signature[:64]):
        with pytest.raises(
            SignatureRefusedError, match=f"root signature of {len(wrong)} bytes, must be 3373"
        ):
            require_keeper_signature(KEY.public, wrong, message=b"m")
    with pytest.raises(SignatureRefusedError, match="small order"):
        KeeperPublic(ed25519=bytes(32), ml_dsa_65=KEY.public.ml_dsa_65)
    with pytest.raises(SignatureRefusedError, match="ml-dsa-65 public key of 1951 bytes"):
        KeeperPublic(ed25519=KEY.public.ed25519, ml_dsa_65=KEY.public.ml_dsa_65[:-1])
    with pytest.raises(ValueError, match="root seed of 33 bytes, must be 32"):
        keeper_key(bytes(33))


def test_the_same_seed_gives_the_same_root_for_ever() -> None:
    """A printed seed must grow into its key again, in every later release."""
    assert keeper_key(bytes(32)).public == KEY.public
    assert KEY.root_id == "b914051f52f5656ea28b43878e50599741211f12d646a4d44c3a2b3db708c763"


def test_a_key_is_never_printed() -> None:
    assert repr(KEY) == f"KeeperKey({KEY.root_id[:16]}…)"
