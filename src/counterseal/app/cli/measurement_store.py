"""What ``counterseal barrier`` reads and writes beside its papers: measured files, parts, ledgers."""

import json
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from counterseal.barrier.ledger import MAX_BYTES, Ledger, read_ledger
from counterseal.barrier.protocol_form import ProtocolError
from counterseal.barrier.template_file import template_commitment
from counterseal.barrier.tokens import MAX_FILE_BYTES, PartsFile, read_parts_file
from counterseal.barrier.wire import (
    MAX_INPUT_BYTES,
    MAX_INPUTS,
    MAX_PROTOCOL_BYTES,
    MAX_REQUEST_BYTES,
    Role,
    RoomInput,
)
from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.treaty.document import Document

LEDGER = "attempts.ledger"
"""Name of the ledger that lies beside the protocols of a folder."""
_SALT_BYTES = 32
MEASURED_BYTES = MAX_REQUEST_BYTES - MAX_PROTOCOL_BYTES - 2**16
"""What a request holds beside the protocol: the most that all files of a measurement are together [bytes]."""


@contextmanager
def refusals_of(document: Document) -> Iterator[None]:
    """Say of a refusal inside at which line of a document it is."""
    try:
        yield
    except ProtocolError as error:
        raise document.refusal(*error.path, text=error.rule) from error


@cache
def packaged_schema(name: str) -> dict[str, Any]:
    """Return a JSON Schema of the barrier room by its file name."""
    schema: dict[str, Any] = json.loads(files("counterseal.barrier").joinpath("schema", name).read_bytes())
    return schema


def read_capped(path: Path, *, most: int) -> bytes:
    """Return the bytes of a file of at most ``most`` bytes.

    Raises:
        RefusedInputError: it cannot be read, or is larger.
    """
    data = _read_up_to(path, most + 1)
    if len(data) > most:
        raise RefusedInputError(f"{path}: larger than {most} bytes, too large for what it should be")
    return data


def _read_up_to(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise RefusedInputError(f"{path}: cannot be read: {error.strerror or error}") from error


def read_inputs(named: Sequence[tuple[Role, Path]]) -> tuple[RoomInput, ...]:
    """Return files of measured data by their role, unread: only the closed room looks into them.

    One that is too large, or comes when the others have filled the request, goes in empty: a malfunction like
    any other, of an attempt that counts. A refusal would tell for nothing how much an instrument counted.

    Raises:
        RefusedInputError: one cannot be read, or there are too many.
    """
    if len(named) > MAX_INPUTS:
        raise RefusedInputError(f"{len(named)} files of measured data are given, at most {MAX_INPUTS} go in")
    inputs, left = [], MEASURED_BYTES
    for role, path in named:
        most = min(left, MAX_INPUT_BYTES)
        data = _read_up_to(path, most + 1)
        inputs.append(RoomInput(role=role, data=data if len(data) <= most else b""))
        left -= len(inputs[-1].data)
    return tuple(inputs)


def read_parts(path: Path) -> PartsFile:
    """Return the token parts in a file.

    Raises:
        RefusedInputError: it cannot be read, or holds none.
    """
    return read_parts_file(read_capped(path, most=MAX_FILE_BYTES), where=str(path))


def write_parts(path: Path, parts: PartsFile) -> None:
    """Write token parts to a new file that only its owner may read.

    Raises:
        WorkplaceError: it exists, or cannot be written; what was signed stands, and the parts are kept.
    """
    try:
        _write_secret(path, parts.to_bytes())
    except OSError as error:
        why = error.strerror or error
        raise WorkplaceError(
            f"{path}: the token parts cannot be written: {why}; the node keeps them, name another file"
        ) from error


def commit_template(data: bytes, *, out: Path, salt: Path, randomness: Callable[[int], bytes]) -> str:
    """Keep a template and a new salt in new files, and return the commitment to it [64 hexadecimal digits].

    Raises:
        WorkplaceError: one of them exists, or cannot be written.
    """
    made = randomness(_SALT_BYTES)
    for path, secret in ((out, data), (salt, made)):
        try:
            _write_secret(path, secret)
        except OSError as error:
            raise WorkplaceError(f"{path}: cannot be kept: {error.strerror or error}") from error
    return template_commitment(data, salt=made)


def _write_secret(path: Path, data: bytes) -> None:
    """Write a new file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


class LedgerFile:
    """A ledger on disk, held by one program at a time; a line is on disk before it counts."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path, self._descriptor = path, descriptor

    def read(self) -> Ledger:
        """Return what it says.

        Raises:
            BarrierError: a line is not in form or not bound to the one before it.
        """
        data = b""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        while len(data) <= MAX_BYTES and (piece := os.read(self._descriptor, 2**20)):
            data += piece
        return read_ledger(data, where=str(self._path))

    def append(self, line: bytes) -> None:
        """Add a line; when this returns it is on disk."""
        os.lseek(self._descriptor, 0, os.SEEK_END)
        written = os.write(self._descriptor, line)
        os.fsync(self._descriptor)
        if written != len(line):
            raise WorkplaceError(f"{self._path}: the disk took only a part of a line")


@contextmanager
def open_ledger(path: Path) -> Iterator[LedgerFile]:
    """Open a ledger, made where there is none, and keep other programs from it until it is closed.

    Raises:
        WorkplaceError: it cannot be opened or held.
    """
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o600)
    except OSError as error:
        why = error.strerror or error
        raise WorkplaceError(f"{path}: the ledger of attempts cannot be opened: {why}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise WorkplaceError(f"{path}: the ledger of attempts must be a file, which keeps its lines")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield LedgerFile(path, descriptor)
    finally:
        os.close(descriptor)
