"""A bundle taken apart, changed, and put together again by somebody who holds real keys."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.ed25519 import SigningKey, key_id
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import cosign, cosign_mldsa
from counterseal.log.note import Note, NoteLine, parse_note, sign_note
from counterseal.log.tiles import entry_tile_path, read_entries, tiles_for, write_entries
from counterseal.log.tree import HashTree
from counterseal.records.body import seal_body
from counterseal.records.envelope import (
    HEADER_TYPE,
    KEYS_TYPE,
    MANIFEST_TYPE,
    TRUST_TYPE,
    TRUST_TYPE_V2,
    Signer,
    parse_envelope,
    seal_envelope,
    split_record,
)
from counterseal.records.header import record_id
from counterseal.records.key_file import key_file_id
from counterseal.records.manifest import MANIFEST_NAME, log_folder
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME, keys_path
from counterseal.records.trust_files import read_trust
from counterseal.records.verification.packs import read_pack, write_pack
from counterseal.services.keys import PartyKeys
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.terms.parties import PartyCode
from strategies.founding_v1 import root_v1

Keys = Mapping[PartyCode, PartyKeys]
Change = Callable[[dict[str, Any]], None]


@dataclass(slots=True, kw_only=True)
class LogCopy:
    """One log of a bundle: its entries, their openings and sealed bodies, and its checkpoints by size."""

    origin: str
    entries: list[bytes]
    openings: list[bytes]
    sealed: dict[int, bytes]
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

    trust: Trust
    trust_files: dict[str, bytes]
    logs: dict[PartyCode, LogCopy]
    views: dict[str, bytes]
    manifest: dict[str, Any]
    extra: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, bundle: MemoryBundle) -> "Forgery":
        files = bundle.files
        trust_files = {path: data for path, data in files.items() if path.startswith("trust/")}
        trust = read_trust(trust_files)
        payload = parse_envelope(files[MANIFEST_NAME], payload_type=MANIFEST_TYPE, what="manifest").payload
        return cls(
            trust=trust,
            trust_files=trust_files,
            logs={log.party: _take_log(files, log.origin) for log in trust.logs},
            views={path[5:]: data for path, data in files.items() if path.startswith("view/")},
            manifest=decode_canonical(payload),
        )

    @property
    def form(self) -> int:
        """Form of the trust files that the bundle came with."""
        return 1 if self.trust.chain is None else 2

    @property
    def trust_bytes(self) -> bytes:
        """The trust file, or the newest one of a chain."""
        return self.trust_files[TRUST_NAME]

    @trust_bytes.setter
    def trust_bytes(self, data: bytes) -> None:
        self.trust_files[TRUST_NAME] = data

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
        head = Checkpoint(origin=log.origin, size=tree.size, root=tree.root())
        lines = self.own_lines(party, head, keys)
        for code in cosigners:
            if code != party:
                lines += self.cosignatures(code, head, keys, at=at)
        log.notes = {**kept, tree.size: Note(text=head.text(), lines=tuple(lines))}

    def own_lines(self, party: PartyCode, head: Checkpoint, keys: Keys) -> list[NoteLine]:
        """What the log's own keys put under a head."""
        working = keys[party].working
        lines = [sign_note(head.text(), working.log, name=head.origin)]
        if self.form > 1 and working.log_pq is not None:
            lines.append(cosign_mldsa(head, working.log_pq, name=head.origin, at=None))
        return lines

    def cosignatures(
        self, party: PartyCode, head: Checkpoint, keys: Keys, *, at: datetime | None = None
    ) -> list[NoteLine]:
        """What a witness puts under a head: one line, or two under a chain of trust files."""
        working = keys[party].working
        trusted = self.trust.key(party, working.witness.key_id)
        name = trusted.name if trusted else "unknown.example/witness"
        when = at or datetime.fromisoformat(self.manifest["created"])
        lines = [cosign(head.text(), working.witness, name=name, at=when)]
        if self.form > 1 and working.witness_pq is not None:
            lines.append(cosign_mldsa(head, working.witness_pq, name=name, at=when))
        return lines

    def sign_trust(self, document: Mapping[str, Any], signers: Iterable[Signer]) -> None:
        """Put another trust file in the place of the newest one."""
        self.trust_bytes = sign_trust(document, list(signers), form=self.form)

    def rekey(self, party: PartyCode, keys: Keys, change: Change) -> None:
        """Change the first key file of a party, as if the treaty had been founded with it (second form)."""
        path = keys_path(party, 1)
        envelope = parse_envelope(self.trust_files[path], payload_type=KEYS_TYPE, what="key file")
        document = dict(decode_canonical(envelope.payload))
        change(document)
        payload = encode_canonical(document)
        self.trust_files[path] = seal_envelope(KEYS_TYPE, payload, keys=keys[party].keepers).to_bytes()
        trust = trust_document(self)
        for item in trust["parties"]:
            if item["code"] == party:
                item["keys"]["id"] = key_file_id(payload)
        self.sign_trust(trust, roots(keys, form=2))

    def add_key(self, party: PartyCode, keys: Keys, *, role: str, name: str, public: bytes) -> None:
        """Give a party one more Ed25519 key, as if the treaty had been founded with it."""
        key = {"alg": "ed25519", "id": key_id(public), "name": name, "public": public.hex(), "role": role}
        if self.form > 1:
            self.rekey(party, keys, lambda document: _add(document, key))
            return
        document = trust_document(self)
        _add(document, {**key, "party": str(party)})
        self.sign_trust(document, roots(keys, form=1))

    def files(self) -> dict[str, bytes]:
        """Return every file but the manifest."""
        files = dict(self.trust_files)
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


def _add(document: dict[str, Any], key: dict[str, Any]) -> None:
    document["keys"] = sorted([*document["keys"], key], key=lambda item: str(item["id"]))


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
    beside: dict[str, list[bytes]] = {"bodies": [], "sealed": []}
    for address in tiles_for(max(by_size)):
        entries += read_entries(files[f"{base}/{entry_tile_path(address)}"], width=address.width)
        for kind, items in beside.items():
            pack = files.get(f"{kind}/{folder}/{address.path()}", bytes(4 * address.width))
            items.extend(read_pack(pack, count=address.width))
    sealed = {index: body for index, body in enumerate(beside["sealed"]) if body}
    return LogCopy(origin=origin, entries=entries, openings=beside["bodies"], sealed=sealed, notes=by_size)


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
        sealed = [log.sealed.get(index, b"") for index in range(count)]
        for kind, items in (("bodies", log.openings), ("sealed", sealed)):
            if any(items[place]):
                files[f"{kind}/{folder}/{address.path()}"] = write_pack(items[place])
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


def roots(keys: Keys, *, form: int) -> list[Signer]:
    """Everybody who signs a trust file of that form, under a founding by one keeper for each party."""
    if form == 1:
        return [root_v1(own) for own in keys.values()]
    return [keeper for own in keys.values() for keeper in own.keepers]


def trust_document(forgery: Forgery) -> dict[str, Any]:
    """What the newest trust file says."""
    kind = {1: TRUST_TYPE, 2: TRUST_TYPE_V2}[forgery.form]
    payload = parse_envelope(forgery.trust_bytes, payload_type=kind, what="trust file").payload
    return dict(decode_canonical(payload))


def sign_trust(document: Mapping[str, Any], signers: Sequence[Signer], *, form: int = 1) -> bytes:
    """Sign a trust file with whatever roots are at hand."""
    kind = {1: TRUST_TYPE, 2: TRUST_TYPE_V2}[form]
    return seal_envelope(kind, encode_canonical(dict(document)), keys=signers).to_bytes()


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
