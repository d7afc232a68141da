"""The limits: the same work done by the library or a tight loop alone, nothing else around it."""

import os
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.measure import Stopwatch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

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


class DurableFile:
    """The system's own append to a file and ``fdatasync`` after each, of one size [bytes]."""

    def __init__(self, path: Path, size: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._data = os.urandom(size)
        self._sync = getattr(os, "fdatasync", os.fsync)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def run(self) -> Stopwatch:
        """Append once; return the time of it: a disk's now and then is far from its usual."""
        watch = Stopwatch()
        with watch.span(1):
            os.write(self._file, self._data)
            self._sync(self._file)
        return watch


class BareMlDsaSign:
    """The library's own signing with ML-DSA-44, over messages of one size [bytes]."""

    def __init__(self, size: int) -> None:
        self.watch = Stopwatch()
        self._sign = MLDSA44PrivateKey.generate().sign
        self._message = os.urandom(size)

    def run(self, count: int) -> None:
        with self.watch.span(count):
            for _ in range(count):
                self._sign(self._message)


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
