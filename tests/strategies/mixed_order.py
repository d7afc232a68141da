"""A key of mixed order, and signatures by it that libraries judge differently: what the strict rule is for.

Arithmetic on the curve of RFC 8032, section 5.1, slow and plain, for tests alone.
"""

from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P


def times(number: int, point: Point) -> Point:
    result = IDENTITY
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def on_curve(y: int) -> Point:
    """The point of that y with even x."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square
    return (x, y) if x % 2 == 0 else (P - x, y)


BASE = on_curve(4 * pow(5, -1, P) % P)
ORDER_8 = on_curve(2707385501144840649318225287225658788936804267575313519463743609750303402022)
TORSION = tuple(times(number, ORDER_8) for number in range(8))
"""The eight points of small order."""


class MixedKey:
    """A secret scalar, and a public key that is the honest one plus a point of order 8."""

    def __init__(self, scalar: int) -> None:
        self._scalar = scalar
        self.public = encode(add(times(scalar, BASE), ORDER_8))

    def sign_with(self, point: bytes, message: bytes) -> bytes | None:
        """Return a signature whose R is ``point``, or None: with one message in eight it can be made.

        The equation ``[S]B = R + [h]A`` holds exactly when R takes away what h leaves of the point of order 8.
        """
        h = int.from_bytes(sha512(point + self.public + message).digest(), "little") % L
        if encode(TORSION[-h % 8]) != point:
            return None
        return point + (h * self._scalar % L).to_bytes(32, "little")
