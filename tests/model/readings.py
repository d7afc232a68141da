"""What files say, read in the plainest way: no tree, no table, none of the parsers that are being tested."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

HEADER_TYPE = b"application/vnd.counterseal.header.v1+json"
Rows = dict[str, tuple[bytes, ...]]
"""Payloads of trust files, oldest first, under ``trust``; and of each party's key files under its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a stick holds.

    Attributes:
        manifest: What the sender signed.
        logs: Entries of each party's log.
        texts: Of each party's log, the texts of its heads by size.
        rows: Trust files and key files.
        public: Ids of records whose bodies stand open in it.
        sealed: Ids of records whose bodies it carries sealed.
    """

    sender: str
    to: str
    sequence: int
    manifest: bytes
    logs: dict[str, tuple[bytes, ...]]
    texts: dict[str, dict[int, str]]
    rows: Rows
    public: frozenset[str]
    sealed: frozenset[str]


def document(envelope: bytes) -> tuple[Any, bytes, str]:
    """What an envelope holds, its payload's bytes, and by which key it is signed first."""
    outer = json.loads(envelope)
    payload = b64decode(outer["payload"])
    return json.loads(payload), payload, outer["signatures"][0]["keyid"]


def record_id(entry: bytes) -> str:
    """The id of a record, from its payload alone."""
    payload = document(entry)[1]
    signed = b"DSSEv1 %d %s %d %s" % (len(HEADER_TYPE), HEADER_TYPE, len(payload), payload)
    return sha256(b"counterseal/record/v1\0" + signed).hexdigest()


def statement(opening: bytes) -> dict[str, Any]:
    """What an opening says."""
    return {name: json.loads(value) for name, value, _ in json.loads(opening)["parts"] if name}


def rows_of(files: Mapping[str, bytes]) -> Rows:
    """Trust files and key files of a bundle in order of their versions."""
    found: dict[str, dict[int, bytes]] = {"trust": {}}
    for path, data in files.items():
        place = path.removesuffix(".json").split("/")
        if place[0] != "trust":
            continue
        whose = place[2].upper() if place[1] == "keys" else "trust"
        number = 10**6 if place[1] == "trust" else int(place[-1])
        found.setdefault(whose, {})[number] = document(data)[1]
    return {whose: tuple(row[number] for number in sorted(row)) for whose, row in sorted(found.items())}


def keys_of(payload: bytes, role: str) -> dict[str, str]:
    """Ids and algorithms of the keys of one role in a key file."""
    return {key["id"]: key["alg"] for key in json.loads(payload)["keys"] if key["role"] == role}


def read_bundle(files: Mapping[str, bytes], origins: Mapping[str, str]) -> Reading:
    """Read a bundle of which no log has 256 entries.

    Args:
        files: Its files.
        origins: The log of each party.
    """
    manifest, signed, _ = document(files["bundle.json"])
    logs = {code: tuple(_tile(files, origin)) for code, origin in origins.items()}
    ids = {code: [record_id(entry) for entry in entries] for code, entries in logs.items()}
    return Reading(
        sender=manifest["from"],
        to=",".join(manifest["to"]),
        sequence=manifest["sequence"],
        manifest=signed,
        logs=logs,
        texts={code: _texts(files, origin) for code, origin in origins.items()},
        rows=rows_of(files),
        public=_carried(files, "bodies", origins, ids),
        sealed=_carried(files, "sealed", origins, ids),
    )


def _folder(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


def _pieces(data: bytes, width: int) -> list[bytes]:
    """Bytes behind lengths of ``width`` bytes, one after the other."""
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + width], "big")
        found.append(data[at + width : at + width + size])
        at += width + size
    return found


def _under(files: Mapping[str, bytes], folder: str) -> bytes:
    """The only file below a folder, or nothing."""
    found = [data for path, data in files.items() if path.startswith(folder)]
    assert len(found) <= 1, f"{folder}: a log of the model became too long to be read so plainly"
    return found[0] if found else b""


def _tile(files: Mapping[str, bytes], origin: str) -> list[bytes]:
    return _pieces(_under(files, f"logs/{_folder(origin)}/tile/entries/"), 2)


def _texts(files: Mapping[str, bytes], origin: str) -> dict[int, str]:
    base = f"logs/{_folder(origin)}/checkpoint"
    texts = [
        data.decode().partition("\n\n")[0] + "\n" for path, data in files.items() if path.startswith(base)
    ]
    return {int(text.split("\n")[1]): text for text in texts}


def _carried(
    files: Mapping[str, bytes], kind: str, origins: Mapping[str, str], ids: Mapping[str, list[str]]
) -> frozenset[str]:
    found = set()
    for code, origin in origins.items():
        bodies = _pieces(_under(files, f"{kind}/{_folder(origin)}/"), 4)
        found |= {record for record, body in zip(ids[code], bodies, strict=False) if body}
    return frozenset(found)
