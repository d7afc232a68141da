"""A bundle taken apart, changed, and put together again by somebody who holds real keys."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.ed25519 import SigningKey
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import cosign
from counterseal.log.note import Note, NoteLine, parse_note, sign_note
from counterseal.log.tiles import entry_tile_path, read_entries, tiles_for, write_entries
from counterseal.log.tree import HashTree
from counterseal.records.body import seal_body
from counterseal.records.envelope import (
    HEADER_TYPE,
    MANIFEST_TYPE,
    TRUST_TYPE,
    parse_envelope,
    seal_envelope,
    split_record,
)
from counterseal.records.header import record_id
from counterseal.records.manifest import MANIFEST_NAME, TRUST_NAME, log_folder
from counterseal.records.trust import TrustFile
from counterseal.records.verification.entries import read_body_pack, write_body_pack
from counterseal.records.verification.pins import read_trust
from counterseal.services.found import PartyKeys
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.terms.parties import PartyCode

Keys = Mapping[PartyCode, PartyKeys]
Change = Callable[[dict[str, Any]], None]


@dataclass(slots=True, kw_only=True)
class LogCopy:
    """One log of a bundle: its entries, their openings, and its checkpoints by size."""

    origin: str
    entries: list[bytes]
    openings: list[bytes]
    notes: dict[int, Note]

    @property
    def newest(self) -> Note:
        return self.notes[max(self.notes)]

    def header(self, index: int) -> dict[str, Any]:
        return dict(decode_canonical(split_record(self.entries[index])[0]))

    def record_id(self, index: int) -> str:
        return record_id(split_record(self.entries[index])[0])

    def statement(self, index: int) -> dict[str, Any]:
        parts = json.loads(self.openings[index])["parts"]
        return {name: json.loads(value) for name, value, _ in parts if name}


@dataclass(slots=True, kw_only=True)
class Forgery:
    """The parts of a bundle, each free to be changed; ``build`` seals them again."""

    trust: TrustFile
    trust_bytes: bytes
    logs: dict[PartyCode, LogCopy]
    views: dict[str, bytes]
    manifest: dict[str, Any]
    extra: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, bundle: MemoryBundle) -> "Forgery":
        files = bundle.files
        trust = read_trust(files[TRUST_NAME])
        payload = parse_envelope(files[MANIFEST_NAME], payload_type=MANIFEST_TYPE, what="manifest").payload
        return cls(
            trust=trust,
            trust_bytes=files[TRUST_NAME],
            logs={log.party: _take_log(files, log.origin) for log in trust.logs},
            views={path[5:]: data for path, data in files.items() if path.startswith("view/")},
            manifest=decode_canonical(payload),
        )

    def log(self, party: PartyCode) -> LogCopy:
        return self.logs[party]

    def rehead(
        self,
        party: PartyCode,
        keys: Keys,
        *,
        cosigners: Iterable[PartyCode] = (),
        at: datetime | None = None,
        keep: bool = True,
    ) -> None:
        """Sign a new head over the entries as they are now.

        Args:
            party: Whose log it is.
            keys: The keys of the party and of the cosigners.
            cosigners: Parties that can be had to cosign the new head.
            at: When they cosign; noon of the first day by default.
            keep: Whether checkpoints that the entries still support stay.
        """
        log = self.logs[party]
        tree = HashTree(log.entries)
        kept = {
            size: note
            for size, note in log.notes.items()
            if keep and size < tree.size and parse_checkpoint(note.text).root == tree.root(size)
        }
        text = Checkpoint(origin=log.origin, size=tree.size, root=tree.root()).text()
        lines = [sign_note(text, keys[party].working.log, name=log.origin)]
        lines += [self.cosignature(code, text, keys, at=at) for code in cosigners if code != party]
        log.notes = {**kept, tree.size: Note(text=text, lines=tuple(lines))}

    def cosignature(self, party: PartyCode, text: str, keys: Keys, *, at: datetime | None = None) -> NoteLine:
        key = keys[party].working.witness
        trusted = self.trust.key(key.key_id)
        name = trusted.name if trusted else "unknown.example/witness"
        when = at or datetime.fromisoformat(self.manifest["created"])
        return cosign(text, key, name=name, at=when)

    def files(self) -> dict[str, bytes]:
        """Return every file but the manifest."""
        files = {TRUST_NAME: self.trust_bytes}
        for log in self.logs.values():
            files.update(_log_files(log))
        files.update({f"view/{name}": data for name, data in self.views.items()})
        files.update(self.extra)
        return files

    def heads(self) -> list[dict[str, Any]]:
        heads = []
        for log in self.logs.values():
            newest = parse_checkpoint(log.newest.text)
            heads.append({"origin": newest.origin, "root": newest.root.hex(), "size": newest.size})
        return sorted(heads, key=lambda head: str(head["origin"]))

    def build(
        self,
        sender: PartyCode,
        keys: Keys,
        *,
        change: Change | None = None,
        files: dict[str, bytes] | None = None,
    ) -> MemoryBundle:
        """Return the bundle as ``sender`` would sign it.

        Args:
            sender: Who signs the manifest.
            keys: Their keys.
            change: A last change of the manifest, before it is signed.
            files: The files, where they are not those of the parts.
        """
        return seal_bundle(
            files if files is not None else self.files(),
            {**self.manifest, "from": str(sender), "heads": self.heads()},
            key=keys[sender].working.author,
            change=change,
        )


def seal_bundle(
    files: Mapping[str, bytes], manifest: dict[str, Any], *, key: SigningKey, change: Change | None = None
) -> MemoryBundle:
    """List files in a manifest and sign it."""
    listed = [
        {"path": path, "sha256": sha256(data).hexdigest(), "size": len(data)}
        for path, data in sorted(files.items())
    ]
    document = {**manifest, "files": listed}
    if change is not None:
        change(document)
    envelope = seal_envelope(MANIFEST_TYPE, encode_canonical(document), keys=(key,))
    return MemoryBundle({**files, MANIFEST_NAME: envelope.to_bytes()})


def _take_log(files: Mapping[str, bytes], origin: str) -> LogCopy:
    folder = log_folder(origin)
    base = f"logs/{folder}"
    notes = [parse_note(files[f"{base}/checkpoint"])]
    notes += [parse_note(data) for path, data in files.items() if path.startswith(f"{base}/checkpoints/")]
    by_size = {parse_checkpoint(note.text).size: note for note in notes}
    entries: list[bytes] = []
    openings: list[bytes] = []
    for address in tiles_for(max(by_size)):
        entries += read_entries(files[f"{base}/{entry_tile_path(address)}"], width=address.width)
        pack = files.get(f"bodies/{folder}/{address.path()}", bytes(4 * address.width))
        openings += read_body_pack(pack, count=address.width)
    return LogCopy(origin=origin, entries=entries, openings=openings, notes=by_size)


def _log_files(log: LogCopy) -> dict[str, bytes]:
    folder = log_folder(log.origin)
    base = f"logs/{folder}"
    newest = max(log.notes)
    files = {
        f"{base}/checkpoints/{size}": note.to_bytes() for size, note in log.notes.items() if size != newest
    }
    files[f"{base}/checkpoint"] = log.newest.to_bytes()
    count = len(log.entries)
    files.update({f"{base}/{path}": tile for path, tile in HashTree(log.entries).tiles(count)})
    for address in tiles_for(count):
        place = slice(address.number * 256, address.number * 256 + address.width)
        files[f"{base}/{entry_tile_path(address)}"] = write_entries(log.entries[place])
        if any(log.openings[place]):
            files[f"bodies/{folder}/{address.path()}"] = write_body_pack(log.openings[place])
    return files


def sign_header(header: Mapping[str, Any] | bytes, key: SigningKey) -> bytes:
    """Return a record envelope over a header, however wrong the header is."""
    data = header if isinstance(header, bytes) else encode_canonical(dict(header))
    return seal_envelope(HEADER_TYPE, data, keys=(key,)).to_bytes()


def resign(log: LogCopy, index: int, key: SigningKey, **members: Any) -> None:
    """Sign one record of a log again, with other members in its header."""
    log.entries[index] = sign_header({**log.header(index), **members}, key)


def rechain(log: LogCopy, key: SigningKey) -> None:
    """Number and link all records of a log anew, and sign them again: what a liar with a key can do."""
    previous: str | None = None
    for index in range(len(log.entries)):
        resign(log, index, key, seq=index, prev=previous)
        previous = log.record_id(index)


def reword(log: LogCopy, index: int, key: SigningKey, statement: Mapping[str, Any]) -> None:
    """Put another statement under a record: new body, new commitment, signed again."""
    body = seal_body(statement, salts=bytes)
    log.openings[index] = body.opening
    sealed = {"commit": body.commit, "parts": body.parts, "size_class": body.size_class}
    resign(log, index, key, body=sealed)


def edit_opening(log: LogCopy, index: int, name: str, value: Any) -> None:
    """Write another value into an opening, and leave the commitment as it is."""
    opening = json.loads(log.openings[index])
    for part in opening["parts"]:
        if part[0] == name:
            part[1] = encode_canonical(value).decode()
    log.openings[index] = encode_canonical(opening)


def trust_document(forgery: Forgery) -> dict[str, Any]:
    payload = parse_envelope(forgery.trust_bytes, payload_type=TRUST_TYPE, what="trust file").payload
    return dict(decode_canonical(payload))


def sign_trust(document: Mapping[str, Any], roots: Sequence[SigningKey]) -> bytes:
    """Sign a trust file with whatever roots are at hand."""
    return seal_envelope(TRUST_TYPE, encode_canonical(dict(document)), keys=roots).to_bytes()


def put_bytes(data: bytes, at: int) -> bytes:
    """Change one bit of one byte."""
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def raw_envelope(payload: bytes, *, payload_type: str, signatures: Sequence[tuple[str, bytes]]) -> bytes:
    """Write an envelope by hand."""
    listed = ",".join(
        f'{{"keyid":"{key}","sig":"{base64.b64encode(sig).decode()}"}}' for key, sig in signatures
    )
    encoded = base64.b64encode(payload).decode()
    return f'{{"payload":"{encoded}","payloadType":"{payload_type}","signatures":[{listed}]}}'.encode()
