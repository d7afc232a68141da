"""The limits: the same work done by the library or a tight loop alone, nothing else around it."""

import os
from hashlib import sha256

from benchmarks.measure import Stopwatch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_DISTINCT = 2_000


class BareVerify:
    """The library's own verification of Ed25519, over distinct messages of one size [bytes]."""

    def __init__(self, size: int) -> None:
        self.watch = Stopwatch()
        key = Ed25519PrivateKey.generate()
        messages = [os.urandom(size) for _ in range(_DISTINCT)]
        self._verify = key.public_key().verify
        self._signed = [(key.sign(message), message) for message in messages]
        self._at = 0

    def run(self, count: int) -> None:
        signed = [self._signed[(self._at + number) % _DISTINCT] for number in range(count)]
        self._at += count
        verify = self._verify
        with self.watch.span(count):
            for signature, message in signed:
                verify(signature, message)


class BareSign:
    """The library's own signing with Ed25519, over messages of one size [bytes]."""

    def __init__(self, size: int) -> None:
        self.watch = Stopwatch()
        self._sign = Ed25519PrivateKey.generate().sign
        self._messages = [os.urandom(size) for _ in range(_DISTINCT)]

    def run(self, count: int) -> None:
        messages = self._messages[:count]
        sign = self._sign
        with self.watch.span(len(messages)):
            for message in messages:
                sign(message)


def compact_range(entries: list[bytes]) -> list[bytes]:
    """Hash entries into the peaks of a tree, in one tight loop that keeps nothing else."""
    peaks: list[bytes] = []
    for index, entry in enumerate(entries):
        digest = sha256(b"\x00" + entry).digest()
        position = index
        while position & 1:
            digest = sha256(b"\x01" + peaks.pop() + digest).digest()
            position >>= 1
        peaks.append(digest)
    return peaks
