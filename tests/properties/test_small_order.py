"""A party may choose a key of mixed order and sign so that libraries differ; both verifiers refuse it alike."""

from hashlib import sha512
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assessment.fictional import ARD
from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.ed25519 import key_id, require_public_key, signing_key
from counterseal.records.envelope import HEADER_TYPE, pre_authentication
from counterseal.records.header import feed_id
from strategies.forgery import Forgery, raw_envelope
from strategies.mixed_order import BASE, IDENTITY, TORSION, L, MixedKey, encode, times
from strategies.verdicts import READ_BY_BOTH, both_refuse, common_refusals, write_folder
from strategies.worlds import PARTIES, settled_bundle, spoken

KEY = MixedKey(0x1234567890ABCDEF)
WORLD = spoken()


def test_the_arithmetic_is_that_of_the_curve() -> None:
    """RFC 8032, section 7.1, TEST 1, and the eight points of small order."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    digest = bytearray(sha512(seed).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    assert encode(times(int.from_bytes(digest, "little"), BASE)) == signing_key(seed).public
    assert times(L, BASE) == IDENTITY
    assert len(set(TORSION)) == 8
    assert all(times(8, point) == IDENTITY for point in TORSION)


def bundle_signed_with(point: bytes, folder: Path, *, form: int) -> tuple[Path, bool]:
    """A bundle with one more record of Ardania, by its second key, with that R; and what the library says."""
    forgery = Forgery.of(settled_bundle(form=form))
    forgery.add_key(ARD, WORLD.keys, role="author", name="lake.example/ard/second", public=KEY.public)
    log = forgery.log(ARD)
    feed = feed_id(treaty="lake-treaty", author="ARD", public=KEY.public)
    for second in range(60):
        claimed = f"2030-01-10T12:50:{second:02d}Z"
        header = encode_canonical(
            {**log.header(3), "seq": 0, "prev": None, "feed": feed, "claimed_time": claimed}
        )
        message = pre_authentication(HEADER_TYPE, header)
        signature = KEY.sign_with(point, message)
        if signature is not None:
            break
    else:
        pytest.fail("no message among sixty took this point")
    signed = raw_envelope(header, payload_type=HEADER_TYPE, signatures=[(key_id(KEY.public), signature)])
    log.entries.append(signed)
    log.openings.append(log.openings[3])
    forgery.rehead(ARD, WORLD.keys, cosigners=PARTIES)
    try:
        Ed25519PublicKey.from_public_bytes(KEY.public).verify(signature, message)
    except InvalidSignature:
        return write_folder(forgery.build(ARD, WORLD.keys), folder), False
    return write_folder(forgery.build(ARD, WORLD.keys), folder), True


@pytest.mark.parametrize("form", READ_BY_BOTH)
@pytest.mark.parametrize("number", range(8))
def test_a_signature_with_a_point_of_small_order_is_refused_by_both(
    number: int, form: int, tmp_path: Path
) -> None:
    """The library alone would accept it: the strict rule is what refuses, and it must be whole in both."""
    path, library_accepts = bundle_signed_with(encode(TORSION[number]), tmp_path / "bundle", form=form)
    assert library_accepts
    first, second = both_refuse(path)
    assert common_refusals(first, second) == {"signatures"}
    assert "small order" in first.rules("signatures")
    assert "small order" in second.rules("signatures")


def test_a_key_of_mixed_order_is_no_key_of_small_order() -> None:
    """The rule refuses points, not such keys: their honest signatures all libraries judge alike."""
    require_public_key(KEY.public)
