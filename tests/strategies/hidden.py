"""What a bundle tells those who may not read a body: everything in it that is no hash, signature or ciphertext.

Two worlds that differ in a hidden body alone must tell the same. A body reaches the clear parts of a bundle only
through its commitment; the commitment reaches ids of records and roots of trees, and these reach signatures
over them. So ids are replaced by what they point to (a record by its place, a head by log and size), also in
open bodies; roots, signatures, and commitments of hidden bodies and of those that name records are left out;
of sealed bodies the lengths are kept. All else stays as it is: every path and size, every other byte of every
file.
"""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from counterseal.crypto.canonical import decode_canonical
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.note import NoteLine
from counterseal.records.envelope import MANIFEST_TYPE, parse_envelope
from counterseal.records.manifest import MANIFEST_NAME
from counterseal.services.memory_bundle import MemoryBundle
from strategies.forgery import Forgery, LogCopy
from strategies.same_bytes import repeatable

TIME_BYTES = 8


def told(bundle: MemoryBundle) -> dict[str, Any]:
    """All that a bundle tells a stranger."""
    forgery = Forgery.of(bundle)
    places = {
        log.record_id(index): (log.origin, index)
        for log in forgery.logs.values()
        for index in range(len(log.entries))
    }
    heads = {
        parse_checkpoint(note.text).checkpoint_id: (log.origin, size)
        for log in forgery.logs.values()
        for size, note in log.notes.items()
    }
    return {
        "sizes": {path: len(data) for path, data in sorted(bundle.files.items())},
        "trust": repeatable(forgery.trust_files),
        "views": forgery.views,
        "sealed": {
            path: data for path, data in repeatable(bundle.files).items() if path.startswith("sealed/")
        },
        "logs": {log.origin: _log(log, places, heads) for log in forgery.logs.values()},
        "manifest": _manifest(bundle.files),
    }


def _log(log: LogCopy, places: Mapping[str, Any], heads: Mapping[str, Any]) -> Any:
    openings = [_without_ids(opening, places) for opening in log.openings]
    headers = [
        _header(log.header(index), places, heads, open_whole=opening == log.openings[index] != b"")
        for index, opening in enumerate(openings)
    ]
    notes = {size: [_line(line) for line in note.lines] for size, note in log.notes.items()}
    return headers, openings, notes


def _without_ids(opening: bytes, places: Mapping[str, Any]) -> bytes:
    for record, place in places.items():
        opening = opening.replace(record.encode(), repr(place).encode())
    return opening


def _line(line: NoteLine) -> tuple[str, bytes, bytes]:
    """Who signed, with which key, and when: a witness's line begins with its time."""
    return line.name, line.key_hash, line.signature[:TIME_BYTES] if _timed(line.name) else b""


def _timed(name: str) -> bool:
    return name.endswith("/witness")


def _header(
    header: dict[str, Any], places: Mapping[str, Any], heads: Mapping[str, Any], *, open_whole: bool
) -> dict[str, Any]:
    shown = dict(header)
    if not open_whole:
        shown["body"] = {name: value for name, value in header["body"].items() if name != "commit"}
    shown["prev"] = places.get(header["prev"]) if header["prev"] else None
    shown["refs"] = [places[ref] for ref in header["refs"]]
    shown["not_before"] = [heads[checkpoint] for checkpoint in header["not_before"]]
    return shown


def _manifest(files: Mapping[str, bytes]) -> Any:
    envelope = parse_envelope(files[MANIFEST_NAME], payload_type=MANIFEST_TYPE, what="manifest")
    document = decode_canonical(envelope.payload)
    for item in document["files"]:
        del item["sha256"]
    for head in document["heads"]:
        del head["root"]
    lengths = [(one.key_id, len(one.signature)) for one in envelope.signatures]
    return document, lengths


def ciphertexts(bundle: MemoryBundle) -> bytes:
    """Everything in a bundle, run together: what a text must not be found in."""
    decoded = [b64decode(part) for part in _base64_parts(bundle)]
    return b"\n".join([*bundle.files.values(), *decoded])


def _base64_parts(bundle: MemoryBundle) -> list[bytes]:
    return [
        entry.split(b'"payload":"')[1].split(b'"')[0]
        for log in Forgery.of(bundle).logs.values()
        for entry in log.entries
    ]
