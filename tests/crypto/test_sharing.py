"""Shared secrets: any k people join them, fewer learn nothing, and an altered share is found."""

import os
from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.errors import ShareError
from counterseal.crypto.sharing import (
    Share,
    interpolate,
    join_shares,
    multiply,
    parse_share,
    split_secret,
    values_at,
)

SECRET = bytes(range(32))


def _split(
    secret: bytes = SECRET, *, shares: int = 5, threshold: int = 3, seed: int = 1
) -> tuple[Share, ...]:
    return split_secret(secret, shares=shares, threshold=threshold, randomness=Random(seed).randbytes)


def _slow_product(left: int, right: int) -> int:
    """Multiplication of polynomials modulo x⁸+x⁴+x³+x+1 (FIPS 197, section 4.2), bit by bit."""
    result = 0
    for bit in range(8):
        if right >> bit & 1:
            result ^= left << bit
    for bit in range(14, 7, -1):
        if result >> bit & 1:
            result ^= 0x11B << (bit - 8)
    return result


def test_the_field_is_that_of_aes() -> None:
    """Every product, and the worked examples of FIPS 197: 57·83 = c1, 57·13 = fe."""
    assert (multiply(0x57, 0x83), multiply(0x57, 0x13)) == (0xC1, 0xFE)
    assert all(multiply(a, b) == _slow_product(a, b) for a in range(256) for b in range(256))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), secret=st.binary(min_size=16, max_size=40).filter(lambda s: len(s) % 2 == 0))
def test_any_k_of_n_shares_give_the_secret_back(data: st.DataObject, secret: bytes) -> None:
    shares = data.draw(st.integers(2, 9))
    threshold = data.draw(st.integers(2, shares))
    made = split_secret(secret, shares=shares, threshold=threshold, randomness=os.urandom)
    assert [share.number for share in made] == list(range(1, shares + 1))
    some = data.draw(st.permutations(made))[: data.draw(st.integers(threshold, shares))]
    assert join_shares(some) == secret


def test_every_choice_of_three_of_five_and_the_largest_number_of_shares() -> None:
    made = _split()
    assert all(join_shares(some) == SECRET for some in combinations(made, 3))
    many = _split(shares=255, threshold=255)
    assert join_shares(many) == SECRET
    with pytest.raises(ShareError, match="254 shares of 255 that are needed"):
        join_shares(many[1:])


def test_one_share_of_two_is_independent_of_the_secret() -> None:
    """Exhaustively, for a secret of one byte: each value of a share comes from each secret once."""
    for number in (1, 2, 255):
        for secret in range(256):
            seen = {values_at(number, coefficients=[bytes([secret]), bytes([c])]) for c in range(256)}
            assert len(seen) == 256


def test_two_shares_of_three_are_independent_of_the_secret() -> None:
    """Every pair of values comes equally often, once, from each of several secrets."""
    for secret in (0, 1, 0xA7):
        pairs: Counter[tuple[bytes, bytes]] = Counter()
        for one, two in product(range(256), range(256)):
            columns = [bytes([secret]), bytes([one]), bytes([two])]
            pairs[values_at(1, coefficients=columns), values_at(2, coefficients=columns)] += 1
        assert len(pairs) == 256 * 256
        assert set(pairs.values()) == {1}


def test_interpolation_gives_back_every_point_and_the_secret() -> None:
    columns = [b"\x07\x09", b"\x00\xff", b"\x80\x01"]
    points = [(n, values_at(n, coefficients=columns)) for n in range(256)]
    for at in (0, 1, 77, 255):
        assert interpolate(points[5:8], at=at) == points[at][1]


def test_fewer_shares_than_needed_are_refused() -> None:
    for count in (0, 1, 2):
        with pytest.raises(ShareError, match="no share was given" if not count else f"{count} shares of 3"):
            join_shares(_split()[:count])


def test_an_altered_share_is_refused_whether_all_are_there_or_only_enough() -> None:
    made = list(_split())
    for number in range(5):
        changed = bytes([made[number].data[0] ^ 1]) + made[number].data[1:]
        altered = [*made[:number], replace(made[number], data=changed), *made[number + 1 :]]
        with pytest.raises(ShareError, match="at least one was altered"):
            join_shares(altered)
        with pytest.raises(ShareError, match="at least one was altered"):
            join_shares([altered[number], *(altered[:number] + altered[number + 1 :])[:2]])


def test_shares_of_two_secrets_or_two_sharings_are_not_mixed_silently() -> None:
    made, other_secret = _split(), _split(bytes(32))
    with pytest.raises(ShareError, match="shares 2 and 3 are not of one secret"):
        join_shares([*made[:2], other_secret[2]])
    with pytest.raises(ShareError, match="are not of one secret"):
        join_shares([*made[:2], _split(threshold=4)[3]])
    with pytest.raises(ShareError, match="shares 2 and 3 are not of one secret"):
        join_shares([*made[:2], replace(made[2], data=made[2].data + b"00")])
    with pytest.raises(ShareError, match="at least one was altered"):
        join_shares([*made[:2], _split(seed=2)[2]])
    with pytest.raises(ShareError, match="share 2 was given twice"):
        join_shares([*made[:3], made[1]])


@pytest.mark.parametrize(("shares", "threshold"), [(5, 1), (5, 0), (2, 3), (256, 3), (1, 1), (5, -1)])
def test_numbers_of_shares_out_of_range_are_refused(shares: int, threshold: int) -> None:
    with pytest.raises(ShareError, match=f"any {threshold} of {shares} shares"):
        _split(shares=shares, threshold=threshold)


def test_a_secret_that_could_be_guessed_from_its_id_is_refused() -> None:
    for secret in (b"", b"p" * 14, b"p" * 15, b"p" * 17):
        with pytest.raises(
            ShareError, match=f"secret of {len(secret)} bytes, must be an even number from 16"
        ):
            _split(secret)


def test_a_printed_share_is_read_back_with_any_white_space_and_case() -> None:
    for share in _split():
        text = share.text()
        assert parse_share(text) == share
        assert parse_share("  ".join(text.upper().split())) == share
        assert max(map(len, text.splitlines())) <= 39
    assert text.splitlines()[0] == "counterseal-share/v1 5 3"


def test_a_printed_share_of_the_first_release_is_read_for_ever() -> None:
    text = (
        "counterseal-share/v1 2 3\n"
        "c098 05cb f0a8 eda9 0601 b5a4 9b12 661b\n"
        "1790 b777 f331 7575 ef61 1020 c345 e0a8\n"
        "3844 0b90 a182 8af7 3389 bd4f\n"
    )
    assert _split()[1].text() == text
    assert join_shares([parse_share(text), *_split()[2:4]]) == SECRET


def test_every_mistyped_digit_is_found() -> None:
    text = _split()[0].text()
    for at, letter in enumerate(text):
        if letter in "0123456789abcdef" and at >= text.index("\n"):
            wrong = text[:at] + ("0" if letter != "0" else "1") + text[at + 1 :]
            with pytest.raises(ShareError, match="share 1: the checksum does not agree"):
                parse_share(wrong)
    for head in ("2 3", "1 4"):
        with pytest.raises(ShareError, match="the checksum does not agree"):
            parse_share(text.replace("v1 1 3", f"v1 {head}"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a share: it begins ''"),
        ("counterseal-share/v2 1 3 00", "must begin 'counterseal-share/v1'"),
        ("counterseal-share/v1 1 3", "not a share"),
        ("counterseal-share/v1 x 3 00", "'x' of '3', must be two decimal numbers"),
        ("counterseal-share/v1 1 ٣ 00", "must be two decimal numbers"),
        ("counterseal-share/v1 1 3 0", "share 1: a digit is missing"),
        ("counterseal-share/v1 1 3 zz", "share 1: a digit is missing, or is not hexadecimal"),
        ("counterseal-share/v1 0 3 " + "00" * 44, "share number 0, must be 1 to 255"),
        ("counterseal-share/v1 256 3 " + "00" * 44, "share number 256"),
        ("counterseal-share/v1 1 1 " + "00" * 44, "share 1: threshold 1, must be 2 to 255"),
        ("counterseal-share/v1 1 3 " + "00" * 8, "share 1: id of 4 bytes, must be 8"),
        ("counterseal-share/v1 1 3 " + "00" * 26, "share 1: 14 bytes, must be an even number from 16"),
        ("counterseal-share/v1 1 3 " + "00" * 29, "share 1: 17 bytes, must be an even number from 16"),
    ],
)
def test_what_is_no_share_is_refused(text: str, message: str) -> None:
    with pytest.raises(ShareError, match=message):
        parse_share(text)


def test_a_share_is_never_printed_by_accident() -> None:
    share = _split()[0]
    assert share.data.hex() not in repr(share)
    assert repr(share) == f"Share(1, any 3 of {share.secret_id.hex()})"
