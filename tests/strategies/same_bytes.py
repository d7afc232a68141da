"""What stays byte-equal for one seed: all of a bundle but the named exception.

Randomised are the ML-DSA halves of the keepers' signatures and the ML-DSA lines under heads, and the
ciphertexts of sealed bodies; of them the lengths, the signers and the times stay. The manifest states the
hashes of those files, so it differs in exactly these hashes and in its signature; and so does its id, where a
store keeps it.
"""

import json
import sqlite3
from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.ed25519 import SIGNATURE_BYTES
from counterseal.log.cosignature import ML_DSA_44_SIGNATURE_BYTES
from counterseal.log.note import Note, NoteLine, parse_note
from counterseal.records.manifest import MANIFEST_NAME

TIME_BYTES = 8


def repeatable(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a bundle with each randomised byte set to zero, by path."""
    kept = {path: _kept(path, data) for path, data in files.items() if path != MANIFEST_NAME}
    varied = {path for path, data in kept.items() if data != files[path]}
    if MANIFEST_NAME in files:
        kept[MANIFEST_NAME] = _manifest(files[MANIFEST_NAME], varied) if varied else files[MANIFEST_NAME]
    return kept


def _kept(path: str, data: bytes) -> bytes:
    if path.startswith("trust/"):
        return _signed(data)
    if path.startswith("sealed/"):
        return _lengths(data)
    if path.startswith("logs/") and "/tile/" not in path:
        return _note(data)
    return data


def _signed(data: bytes) -> bytes:
    """A trust file or key file: of each keeper's signature, the Ed25519 half."""
    document = decode_canonical(data)
    for item in document["signatures"]:
        signature = b64decode(item["sig"])
        item["sig"] = [signature[:SIGNATURE_BYTES].hex(), len(signature)]
    return encode_canonical(document)


def _note(data: bytes) -> bytes:
    """A head: of each ML-DSA line, the name, the key and the time."""
    note = parse_note(data)
    return Note(text=note.text, lines=tuple(_line(line) for line in note.lines)).to_bytes()


def _line(line: NoteLine) -> NoteLine:
    if len(line.signature) != TIME_BYTES + ML_DSA_44_SIGNATURE_BYTES:
        return line
    cleared = line.signature[:TIME_BYTES] + bytes(ML_DSA_44_SIGNATURE_BYTES)
    return NoteLine(name=line.name, key_hash=line.key_hash, signature=cleared)


def _lengths(pack: bytes) -> bytes:
    """A pack of sealed bodies: how long each of them is."""
    lengths, at = [], 0
    while at < len(pack):
        lengths.append(int.from_bytes(pack[at : at + 4], "big"))
        at += 4 + lengths[-1]
    assert at == len(pack)
    return encode_canonical(lengths)


def _manifest(data: bytes, varied: set[str]) -> bytes:
    """The manifest without its signature, and without the hashes of the files that vary."""
    envelope = json.loads(data)
    payload = decode_canonical(b64decode(envelope["payload"]))
    for item in payload["files"]:
        if item["path"] in varied:
            item["sha256"] = "0" * 64
    signers = [item["keyid"] for item in envelope["signatures"]]
    return encode_canonical({"payload": payload, "signers": signers, "type": envelope["payloadType"]})


def repeatable_store(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a closed node's store by table, with each randomised value emptied."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as store:
        tables = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: list(store.execute(f"SELECT * FROM {name} ORDER BY rowid")) for name in sorted(tables)}
    clear: dict[str, Callable[[tuple[Any, ...]], tuple[Any, ...]]] = {
        "line": lambda row: (*row[:-1], _line(NoteLine(name=row[3], key_hash=row[4], signature=row[5]))),
        "trust_document": lambda row: (row[0], _signed(row[1])),
        "sealed": lambda row: (row[0], len(row[1])),
        "received": lambda row: row[:-1],
        "exported_manifest": lambda row: row[:-1],
    }
    return {
        name: [clear[name](row) if name in clear else row for row in found] for name, found in rows.items()
    }
