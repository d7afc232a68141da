"""Sharing a secret among people, so that any ``threshold`` of them can join it and fewer cannot.

Shamir's scheme [SHAMIR-1979] over the field of 256 elements (the polynomial x⁸+x⁴+x³+x+1 of AES),
byte by byte: the secret is the value at 0 of a random polynomial of degree ``threshold - 1``, a share
its value at the share's number. Whoever holds fewer shares than the threshold learns nothing, whatever
their computers; the id tells them 64 bits of a hash of the secret, which is why secrets shorter than 16
bytes, or not random, must not be shared here.

This runs at a ceremony, offline, on a machine that nobody else uses. It is **not** constant-time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from counterseal.crypto.errors import ShareError
from counterseal.crypto.hashing import domain_hash

MAX_SHARES = 255
MIN_SECRET_BYTES = 16
SECRET_ID_BYTES = 8

_HEAD = "counterseal-share/v1"
_CHECK_BYTES = 4
_GROUP = 4
_GROUPS_IN_LINE = 8
_LEAST_WORDS = 4
_POLYNOMIAL = 0x11B
_ORDER = 255


def _tables() -> tuple[bytes, bytes]:
    """Powers of the generator 3, twice over, and logarithms to it."""
    powers, logarithms, value = bytearray(2 * _ORDER), bytearray(256), 1
    for exponent in range(_ORDER):
        powers[exponent] = powers[exponent + _ORDER] = value
        logarithms[value] = exponent
        value ^= value << 1
        if value > _ORDER:
            value ^= _POLYNOMIAL
    return bytes(powers), bytes(logarithms)


_POWERS, _LOGARITHMS = _tables()


def multiply(left: int, right: int) -> int:
    """Return the product of two elements of the field."""
    if not left or not right:
        return 0
    return _POWERS[_LOGARITHMS[left] + _LOGARITHMS[right]]


def _divide(left: int, right: int) -> int:
    return _POWERS[_LOGARITHMS[left] - _LOGARITHMS[right] + _ORDER] if left else 0


def values_at(number: int, *, coefficients: Sequence[bytes]) -> bytes:
    """Return the values of the polynomials at ``number``, one for each byte.

    Args:
        number: Where they are taken, 0 to 255.
        coefficients: For each power, lowest first, the coefficients of all polynomials.
    """
    values = bytes(len(coefficients[0]))
    for column in reversed(coefficients):
        values = bytes(multiply(value, number) ^ byte for value, byte in zip(values, column, strict=True))
    return values


def interpolate(points: Sequence[tuple[int, bytes]], *, at: int) -> bytes:
    """Return the values at ``at`` of the polynomials of least degree through ``points``.

    Args:
        points: Different numbers, each with its values.
        at: Where the values are wanted, 0 to 255.
    """
    values = bytes(len(points[0][1]))
    for number, bytes_there in points:
        weight = 1
        for other, _ in points:
            if other != number:
                weight = multiply(weight, _divide(at ^ other, number ^ other))
        values = bytes(
            value ^ multiply(weight, byte) for value, byte in zip(values, bytes_there, strict=True)
        )
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One person's share of a secret. It is never printed, but by ``text``.

    Attributes:
        number: Its number, 1 to 255.
        threshold: How many shares join, 2 to 255.
        secret_id: First 8 bytes of a hash of the secret, alike in all its shares.
        data: As many bytes as the secret has.
    """

    number: int
    threshold: int
    secret_id: bytes
    data: bytes

    def __post_init__(self) -> None:
        if not 1 <= self.number <= MAX_SHARES:
            raise ShareError(f"share number {self.number}, must be 1 to {MAX_SHARES}")
        if not 2 <= self.threshold <= MAX_SHARES:  # noqa: PLR2004 - one share alone would be the secret
            raise ShareError(f"share {self.number}: threshold {self.threshold}, must be 2 to {MAX_SHARES}")
        if len(self.secret_id) != SECRET_ID_BYTES:
            raise ShareError(
                f"share {self.number}: id of {len(self.secret_id)} bytes, must be {SECRET_ID_BYTES}"
            )
        if len(self.data) < MIN_SECRET_BYTES or len(self.data) % 2:
            raise ShareError(
                f"share {self.number}: {len(self.data)} bytes, must be an even number from {MIN_SECRET_BYTES}"
            )

    def __repr__(self) -> str:
        return f"Share({self.number}, any {self.threshold} of {self.secret_id.hex()})"

    def text(self) -> str:
        """Return the share to be printed: head, number, threshold, then groups of four digits.

        The groups are the id, the share and a checksum over all of it. ``parse_share`` reads it
        back, typed in by hand with any white space.
        """
        digits = (self.secret_id + self.data + _checksum(self)).hex()
        groups = [digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP)]
        lines = [" ".join(groups[at : at + _GROUPS_IN_LINE]) for at in range(0, len(groups), _GROUPS_IN_LINE)]
        return "\n".join([f"{_HEAD} {self.number} {self.threshold}", *lines]) + "\n"


def _checksum(share: Share) -> bytes:
    fields = (str(share.number), str(share.threshold), share.secret_id, share.data)
    return domain_hash(_HEAD, *fields)[:_CHECK_BYTES]


def _secret_id(secret: bytes) -> bytes:
    return domain_hash("counterseal/secret-id/v1", secret)[:SECRET_ID_BYTES]


def split_secret(
    secret: bytes, *, shares: int, threshold: int, randomness: Callable[[int], bytes]
) -> tuple[Share, ...]:
    """Return the shares of a secret, numbered from 1.

    Args:
        secret: Random bytes, such as the seed of a key [an even number, at least 16].
        shares: How many are made, ``threshold`` to 255.
        threshold: How many of them join, at least 2.
        randomness: Gives so many random bytes; called once. Who can foretell them knows the secret
            from a single share.

    Raises:
        ShareError: the secret is too short, or the numbers are not in these ranges.
    """
    if not 2 <= threshold <= shares <= MAX_SHARES:  # noqa: PLR2004 - one share alone would be the secret
        raise ShareError(f"any {threshold} of {shares} shares: must be 2 ≤ threshold ≤ shares ≤ {MAX_SHARES}")
    if len(secret) < MIN_SECRET_BYTES or len(secret) % 2:
        raise ShareError(
            f"secret of {len(secret)} bytes, must be an even number from {MIN_SECRET_BYTES}: "
            "a shorter one could be guessed from its id"
        )
    width = len(secret)
    pool = randomness((threshold - 1) * width)
    coefficients = [secret, *(pool[at : at + width] for at in range(0, len(pool), width))]
    secret_id = _secret_id(secret)
    return tuple(
        Share(
            number=number,
            threshold=threshold,
            secret_id=secret_id,
            data=values_at(number, coefficients=coefficients),
        )
        for number in range(1, shares + 1)
    )


def join_shares(shares: Sequence[Share]) -> bytes:
    """Return the secret that the shares are of.

    Args:
        shares: At least as many as their threshold asks for, in any order.

    Raises:
        ShareError: too few, one twice, of different secrets, or one of them was altered.
    """
    if not shares:
        raise ShareError("no share was given")
    for left, right in pairwise(sorted(shares, key=lambda share: share.number)):
        if left.number == right.number:
            raise ShareError(f"share {left.number} was given twice")
        if _kind(left) != _kind(right):
            raise ShareError(
                f"shares {left.number} and {right.number} are not of one secret: {left}, {right}"
            )
    threshold = shares[0].threshold
    if len(shares) < threshold:
        raise ShareError(f"{len(shares)} shares of {threshold} that are needed")
    points = [(share.number, share.data) for share in shares]
    secret = interpolate(points[:threshold], at=0)
    astray = [n for n, data in points[threshold:] if interpolate(points[:threshold], at=n) != data]
    if astray or _secret_id(secret) != shares[0].secret_id:
        raise ShareError("the shares do not join to the secret that they name: at least one was altered")
    return secret


def _kind(share: Share) -> tuple[int, bytes, int]:
    return share.threshold, share.secret_id, len(share.data)


def parse_share(text: str) -> Share:
    """Return the share that ``text`` holds, as ``Share.text`` wrote it.

    White space between groups, and the case of letters, do not matter.

    Raises:
        ShareError: another head, something that is no number or no hexadecimal digits, or a
            checksum that tells of a mistake in typing.
    """
    words = text.lower().split()
    if len(words) < _LEAST_WORDS or words[0] != _HEAD:
        raise ShareError(f"not a share: it begins {text[:24]!r}, must begin {_HEAD!r}")
    if not all(word.isascii() and word.isdigit() for word in words[1:3]):
        raise ShareError(f"share: {words[1]!r} of {words[2]!r}, must be two decimal numbers")
    number, threshold = int(words[1][:_GROUP]), int(words[2][:_GROUP])
    try:
        raw = bytes.fromhex("".join(words[3:]))
    except ValueError as error:
        raise ShareError(f"share {number}: a digit is missing, or is not hexadecimal") from error
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    share = Share(
        number=number, threshold=threshold, secret_id=body[:SECRET_ID_BYTES], data=body[SECRET_ID_BYTES:]
    )
    if check != _checksum(share):
        raise ShareError(f"share {number}: the checksum does not agree, so a digit was mistyped")
    return share
