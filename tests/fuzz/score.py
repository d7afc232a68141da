"""A bundle as what was said in it, which can be played again after something was changed.

Every id that changes is followed: where a record, a checkpoint or a trust file is another after a change, whatever
named it names the new one. So a change deep in a bundle reaches the check that is about it, signed by real keys.
"""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from fuzz.choices import text_of
from verifier.builder import (
    HEADER,
    MANIFEST,
    TRUST,
    World,
    b64,
    body_of,
    canon,
    checkpoint_id,
    chunks,
    leaf,
    note_text,
    opening_of,
    pae,
    record_id,
    root_of,
    sha,
    tile_files,
)
from verifier.chains import KEYS, TRUST2, ChainWorld

Files = dict[str, bytes]
Edit = Callable[[bytes], bytes]


@dataclass(slots=True, kw_only=True)
class Paper:
    """A trust file or key file.

    Attributes:
        name: Its id, which others name; empty under version 1 of the format.
        signers: Root keys that sign it, in order.
    """

    path: str
    kind: str
    domain: str
    document: dict[str, Any]
    signers: list[Any]
    name: str = ""
    edits: list[Edit] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Said:
    """A record: its header, the parts of its body, who signs it, and what of its body is in the bundle.

    Attributes:
        parts: Name, value and salt of each part; a value is a document, or bytes that stand as they are.
        binds: Whether the header's commitment follows the parts.
    """

    name: str
    header: dict[str, Any]
    parts: list[list[Any]]
    signer: Any
    opened: bool
    sealed: bytes = b""
    binds: bool = True
    on_header: list[Edit] = field(default_factory=list)
    on_entry: list[Edit] = field(default_factory=list)
    on_opening: list[Edit] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Log:
    """A log: what is in it, and at which sizes there are earlier checkpoints."""

    code: str
    origin: str
    said: list[Said]
    sizes: list[int]
    on_note: dict[int, list[Callable[[bytes, bytes], bytes]]] = field(default_factory=dict)
    entries: list[bytes] = field(default_factory=list)
    openings: list[bytes] = field(default_factory=list)

    @property
    def folder(self) -> str:
        return sha(self.origin.encode()).hex()


@dataclass(slots=True, kw_only=True)
class Score:
    """All that a bundle is made of; `play` makes it, `world` has the keys."""

    world: World
    papers: list[Paper]
    logs: list[Log]
    heads: dict[str, tuple[str, int]]
    on_manifest: list[Callable[[dict[str, Any]], None]] = field(default_factory=list)
    on_files: list[Callable[[Files], None]] = field(default_factory=list)
    sender: Any = None
    ids: dict[str, str] = field(default_factory=dict)

    def play(self) -> Files:
        """Return the bundle."""
        files: Files = {"view/index.html": b"<p>for people</p>\n"}
        for paper in self.papers:
            files[paper.path] = self._paper(paper)
        self._records()
        for log in self.logs:
            files |= self._log_files(log)
        for change in self.on_files:
            change(files)
        document = self.world.manifest_doc(files)
        for edit in self.on_manifest:
            edit(document)
        sender = self.sender or next(iter(self.world.parties.values())).author
        return files | {"bundle.json": signed(MANIFEST, text_of(document), [sender])}

    def _paper(self, paper: Paper) -> bytes:
        payload = text_of(followed(paper.document, self.ids))
        data = signed(paper.kind, payload, paper.signers)
        if paper.name:
            name = sha(paper.domain.encode() + b"\x00" + pae(paper.kind, payload)).hex()
            self.ids[paper.name] = name
        return played(data, paper.edits)

    def _records(self) -> None:
        """Make all records, each behind those that it names, as far as that can be."""
        waiting = {log.code: list(log.said) for log in self.logs}
        by_code = {log.code: log for log in self.logs}
        for log in self.logs:
            log.entries, log.openings = [], []
            self._reached(log)
        while any(waiting.values()):
            ready = [code for code, queue in waiting.items() if queue and self._ready(queue[0], waiting)]
            code = (ready or [code for code, queue in waiting.items() if queue])[0]
            log = by_code[code]
            self._record(log, waiting[code].pop(0))
            self._reached(log)

    def _ready(self, said: Said, waiting: dict[str, list[Said]]) -> bool:
        names = set(_texts([said.header.get("refs"), said.header.get("not_before")]))
        later = {other.name for queue in waiting.values() for other in queue}
        heads = {name for name in names & self.heads.keys() if name not in self.ids}
        sizes = [self.heads[name] for name in heads]
        due = any(size <= len(self._log(code).said) for code, size in sizes)
        return not names & (later - {said.name}) and not due

    def _log(self, code: str) -> Log:
        return next(log for log in self.logs if log.code == code)

    def _record(self, log: Log, said: Said) -> None:
        parts = [
            [
                name,
                value.decode("utf-8", "replace") if isinstance(value, bytes) else _text(value, self.ids),
                salt,
            ]
            for name, value, salt in said.parts
        ]
        header = followed(said.header, self.ids)
        if said.binds and isinstance(header.get("body"), dict):
            header["body"] = header["body"] | {"commit": body_of(parts)["commit"]}
        payload = played(text_of(header), said.on_header)
        self.ids[said.name] = record_id(payload)
        log.entries.append(played(signed(HEADER, payload, [said.signer]), said.on_entry))
        log.openings.append(played(opening_of(parts), said.on_opening) if said.opened else b"")

    def _reached(self, log: Log) -> None:
        size = len(log.entries)
        text = note_text(log.origin, size, root_of([leaf(entry) for entry in log.entries]))
        for name, place in self.heads.items():
            if place == (log.code, size):
                self.ids[name] = checkpoint_id(text)

    def _log_files(self, log: Log) -> Files:
        place, files = f"logs/{log.folder}", Files()
        size = len(log.entries)
        for at in {*log.sizes, size}:
            if at <= size:
                name = "checkpoint" if at == size else f"checkpoints/{at}"
                files[f"{place}/{name}"] = self.note(log, at)
        files |= {f"{place}/tile/{name}": data for name, data in tile_files(log.entries).items()}
        for top, items in (("bodies", log.openings), ("sealed", [said.sealed for said in log.said])):
            for name, pack in chunks(items):
                if any(pack):
                    data = b"".join(len(item).to_bytes(4, "big") + item for item in pack)
                    files[f"{top}/{log.folder}/{name}"] = data
        return files

    def note(self, log: Log, size: int) -> bytes:
        """Return a checkpoint, cosigned by all witnesses."""
        text = note_text(log.origin, size, root_of([leaf(entry) for entry in log.entries[:size]]))
        note = settled(self.world, log.code, text)
        for edit in log.on_note.get(size, ()):
            note = edit(text, note)
        return note


def settled(world: World, code: str, text: bytes) -> bytes:
    """Return any text as a checkpoint of a log, signed by it and cosigned by all others."""
    from verifier.builder import cosign_line, log_line  # noqa: PLC0415

    others = [other for other in world.parties if other != code]
    if isinstance(world, ChainWorld):
        own = chain_lines(world, code, text)
        return text + b"\n" + own + b"".join(cosigned(world, other, text) for other in others)
    lines = [log_line(world.parties[code].log, text)]
    lines += [cosign_line(world.parties[other].witness, text, world.time) for other in others]
    return text + b"\n" + b"".join(lines)


def chain_lines(world: ChainWorld, code: str, text: bytes) -> bytes:
    """Return the log's own two lines, whatever its text says of a size."""
    try:
        return world.log_lines(code, text)
    except (ValueError, IndexError, OverflowError):
        return b""


def cosigned(world: ChainWorld, code: str, text: bytes, time: int | None = None) -> bytes:
    """Return the two lines of a witness, or nothing where a text has no form that it could sign."""
    try:
        return world.cosign_lines(code, text, world.time if time is None else time)
    except (ValueError, IndexError, OverflowError):
        return b""


def signed(kind: str, payload: bytes, signers: Iterable[Any]) -> bytes:
    """Return an envelope."""
    message = pae(kind, payload)
    signatures = [{"keyid": signer.id, "sig": b64(signer.sign(message))} for signer in signers]
    return canon({"payload": b64(payload), "payloadType": kind, "signatures": signatures})


def played(data: bytes, edits: Iterable[Edit]) -> bytes:
    for edit in edits:
        data = edit(data)
    return data


def _text(value: Any, ids: dict[str, str]) -> str:
    return text_of(followed(value, ids)).decode("utf-8", "replace")


def _texts(node: Any) -> Iterable[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _texts(item)


def followed(node: Any, ids: dict[str, str]) -> Any:
    """Return a document in which every old id is the new one."""
    if isinstance(node, str):
        return ids.get(node, node)
    if isinstance(node, dict):
        return {key: followed(value, ids) for key, value in node.items()}
    if isinstance(node, list):
        return [followed(value, ids) for value in node]
    return node


# ---- from a world ----


def score_of(world: World) -> Score:
    """Take a world apart: a new score, which may be changed."""
    logs = [_log_of(world, code) for code in world.parties]
    heads = {
        checkpoint_id(world.text(log.code, size)): (log.code, size)
        for log in logs
        for size in {*log.sizes, len(log.said)}
    }
    papers = _chain(world) if isinstance(world, ChainWorld) else _trust(world)
    return Score(world=world, papers=papers, logs=logs, heads=heads)


def _trust(world: World) -> list[Paper]:
    roots = sorted((party.root for party in world.parties.values()), key=lambda root: root.id)
    document = _copy(world.trust_doc())
    return [Paper(path="trust/trust.json", kind=TRUST, domain="", document=document, signers=list(roots))]


def _copy(document: Any) -> Any:
    return json.loads(json.dumps(document))


def _chain(world: ChainWorld) -> list[Paper]:
    every = {root.id: root for roots in world.roots.values() for root in roots}
    every |= {root.id: root for file in world.trusts for roots in file.roots.values() for root in roots}
    papers = []
    for code, files in world.key_files.items():
        for number, file in enumerate(files, 1):
            path = f"trust/keys/{code.lower()}/{number}.json"
            papers.append(_signed_paper(path, KEYS, "counterseal/key-file/v1", file, every))
    for number, file in enumerate(world.trusts, 1):
        newest = number == len(world.trusts)
        path = "trust/trust.json" if newest else f"trust/history/{number}.json"
        papers.append(_signed_paper(path, TRUST2, "counterseal/trust-file/v2", file, every))
    return papers


def _signed_paper(path: str, kind: str, domain: str, file: Any, every: dict[str, Any]) -> Paper:
    signers = [every[one["keyid"]] for one in json.loads(file.data)["signatures"]]
    document = _copy(file.doc)
    return Paper(path=path, kind=kind, domain=domain, document=document, signers=signers, name=file.id)


def _log_of(world: World, code: str) -> Log:
    party = world.parties[code]
    signers = {key.id: key for owner, role, key in world.trust_keys if (owner, role) == (party, "author")}
    signers[party.author.id] = party.author
    if isinstance(world, ChainWorld):
        keys = [key for file in world.key_files[code] for key in file.keys if key.role == "author"]
        signers |= {key.id: key.signer for key in keys}
    sealed = world.sealed[code] if isinstance(world, ChainWorld) else {}
    said = []
    for index, entry in enumerate(party.entries):
        document = json.loads(entry)
        opening = party.openings[index]
        said.append(
            Said(
                name=party.ids[index],
                header=json.loads(base64.b64decode(document["payload"])),
                parts=[
                    [name, json.loads(value) if value else b"", salt]
                    for name, value, salt in (json.loads(opening)["parts"] if opening else [])
                ],
                signer=signers[document["signatures"][0]["keyid"]],
                opened=bool(opening),
                sealed=sealed.get(index, b""),
                binds=bool(opening),
            )
        )
    origin = f"{world.base(code)}/log" if isinstance(world, ChainWorld) else party.log.name
    return Log(code=code, origin=origin, said=said, sizes=[size for size, _ in party.earlier])
