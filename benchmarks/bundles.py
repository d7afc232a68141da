"""Large bundles, made quickly with the program's own parts: keys, headers, bodies, trees, notes."""

import os
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from counterseal.app.bootstrap import SystemRandomness
from counterseal.app.storage.node_folder import NodeContent, create_node
from counterseal.crypto.merkle import leaf_hash
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import cosign, cosign_mldsa
from counterseal.log.note import Note, NoteLine
from counterseal.log.tiles import TILE_WIDTH, TileAddress, entry_tile_path, write_entries
from counterseal.log.tree import HashTree
from counterseal.records.body import seal_body
from counterseal.records.envelope import HEADER_TYPE, MANIFEST_TYPE, seal_envelope, seal_record
from counterseal.records.header import Header, feed_id, record_id
from counterseal.records.manifest import MANIFEST_NAME, Head, ListedFile, Manifest, log_folder
from counterseal.records.trusted import ED25519, WITNESS, TrustedKey
from counterseal.records.verification.packs import write_pack
from counterseal.services.found import Founding, found
from counterseal.services.keys import NodeKeys, sign_head
from counterseal.services.node import Node
from counterseal.terms.parties import PartyCode
from counterseal.treaty.load import packaged_pack, packaged_pack_text
from counterseal.treaty.pack import Pack, Party
from counterseal.treaty.packaged import packaged_names

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
GROUP = 1_000
"""Records between two checkpoints of a log."""

READER = Party(code=PartyCode("READER"), name="Reader", kind="observer")
"""A third party, which says nothing, cosigns, and takes the bundle over."""

Record = tuple[bytes, bytes]
"""An envelope and its opening; an empty opening is not disclosed."""


class FixedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The parties of a benchmark, with keys of their own: those who speak, and the reader."""

    pack: Pack
    founding: Founding

    @property
    def codes(self) -> tuple[PartyCode, ...]:
        return tuple(party.code for party in self.founding.trust.parties)

    @property
    def speakers(self) -> tuple[PartyCode, ...]:
        return tuple(code for code in self.codes if code != READER.code)

    def keys(self, code: PartyCode) -> NodeKeys:
        return self.founding.keys[code].working


def new_world() -> World:
    pack = packaged_pack(packaged_names()[0])
    states = [party for party in pack.parties if party.code in pack.states]
    parties = [*states, READER]
    randomness = {party.code: SystemRandomness() for party in parties}
    return World(pack=pack, founding=found(pack, parties, randomness=randomness, clock=FixedClock()))


def new_node(folder: Path, world: World, *, code: PartyCode) -> Node:
    """Make the folder of a party's node, with nothing in it yet, and open it."""
    content = NodeContent(
        party=code,
        trust=world.founding.trust,
        pack_bytes=packaged_pack_text(world.pack.id),
        keys=world.founding.keys[code],
        first_heads=world.founding.first_heads,
    )
    return create_node(folder, content)


def reader_of(bundle: Path) -> Path:
    """Return where the node lies that belongs to the bundle's reader."""
    return bundle.with_name(f"{bundle.name}-reader")


@dataclass(slots=True, kw_only=True)
class Feed:
    """Where one party's feed and log stand while a bundle is made."""

    world: World
    code: PartyCode
    seen: tuple[str, ...] = ()
    seq: int = 0
    prev: str | None = None

    @property
    def feed_id(self) -> str:
        public = self.world.keys(self.code).author.public
        return feed_id(treaty=self.world.founding.trust.treaty, author=self.code, public=public)

    def header(self, *, commit: str, parts: int, size_class: int) -> bytes:
        return Header(
            treaty=self.world.founding.trust.treaty,
            author=self.code,
            feed=self.feed_id,
            seq=self.seq,
            prev=self.prev,
            kind="declaration.aggregate",
            claimed_time=NOW,
            commit=commit,
            parts=parts,
            size_class=size_class,
            not_before=self.seen,
        ).to_bytes()

    def advance(self, header: bytes) -> None:
        self.seq, self.prev = self.seq + 1, record_id(header)


def statement(number: int, parts: int) -> dict[str, object]:
    """A statement of so many members, with values as declarations have them."""
    values: tuple[object, ...] = (number, "2026-03-01", f"category {number % 7}", None)
    return {f"member_{index:02d}": values[index % len(values)] for index in range(parts)}


def signed_records(feed: Feed, count: int, *, parts: int, disclosed: bool) -> Iterator[Record]:
    """Records made and signed as the program makes them."""
    key = feed.world.keys(feed.code).author
    for _ in range(count):
        body = seal_body(statement(feed.seq, parts), salts=os.urandom)
        header = feed.header(commit=body.commit, parts=body.parts, size_class=body.size_class)
        feed.advance(header)
        entry = seal_record(header, key=key)
        yield entry, body.opening if disclosed else b""


def unsigned_records(feed: Feed, count: int) -> Iterator[Record]:
    """Records with true headers, chained by id, under one signature that belongs to none of them.

    Chain depth does not look at signatures of records, so it costs the same, and they are made in a tenth
    of the time. Their envelopes have the length that signed ones have.
    """
    frame = seal_envelope(HEADER_TYPE, b"", keys=(feed.world.keys(feed.code).author,)).to_bytes()
    cut = len(b'{"payload":"')
    before, between, after = _pattern(feed)
    for _ in range(count):
        if feed.prev is None:
            header = feed.header(commit="0" * 64, parts=1, size_class=1024)
        else:
            header = b"%b%b%b%d%b" % (before, feed.prev.encode(), between, feed.seq, after)
        feed.advance(header)
        yield frame[:cut] + b2a_base64(header, newline=False) + frame[cut:], b""


def _pattern(feed: Feed) -> tuple[bytes, bytes, bytes]:
    """The three pieces of a header around its ``prev`` and its ``seq``."""
    prev = "1" * 64
    sample = replace(feed, seq=7, prev=prev).header(commit="0" * 64, parts=1, size_class=1024)
    before, rest = sample.split(prev.encode())
    between, after = rest.split(b'"seq":7')
    return before, between + b'"seq":', after


@dataclass(slots=True, kw_only=True)
class LogWriter:
    """Writes one party's log into a bundle, tile by tile; only hashes stay in memory."""

    out: "BundleWriter"
    feed: Feed
    tree: HashTree = field(default_factory=HashTree)
    notes: list[tuple[int, bytes]] = field(default_factory=list)
    newest: Checkpoint | None = None
    _waiting: list[Record] = field(default_factory=list)
    _tiles: int = 0

    @property
    def origin(self) -> str:
        return self.feed.world.founding.trust.log_of(self.feed.code).origin

    def extend(self, records: Iterable[Record]) -> None:
        for record in records:
            self.tree.append(leaf_hash(record[0]))
            self._waiting.append(record)
            if len(self._waiting) == TILE_WIDTH:
                self._write_tile()

    def _write_tile(self) -> None:
        address = TileAddress(number=self._tiles, width=len(self._waiting))
        folder = log_folder(self.origin)
        entries = write_entries([envelope for envelope, _ in self._waiting])
        self.out.write(f"logs/{folder}/{entry_tile_path(address)}", entries)
        openings = [opening for _, opening in self._waiting]
        if any(openings):
            self.out.write(f"bodies/{folder}/{address.path()}", write_pack(openings))
        self._tiles += 1
        self._waiting.clear()

    def checkpoint(self) -> Checkpoint:
        """Sign a checkpoint and have every other party cosign it."""
        world, size = self.feed.world, self.tree.size
        self.newest = Checkpoint(origin=self.origin, size=size, root=self.tree.root())
        lines = sign_head(self.newest, world.keys(self.feed.code))
        lines += [
            _cosigned(self.newest, key, world.keys(key.party))
            for key in world.founding.trust.keys_of(WITNESS)
            if key.party != self.feed.code
        ]
        self.notes.append((size, Note(text=self.newest.text(), lines=tuple(lines)).to_bytes()))
        return self.newest

    def finish(self) -> Head:
        """Write what is left: the partial tile, the hash tiles and the checkpoints."""
        if self._waiting:
            self._write_tile()
        newest = self.newest or self.checkpoint()
        base = f"logs/{log_folder(self.origin)}"
        for path, tile in self.tree.tiles(newest.size):
            self.out.write(f"{base}/{path}", tile)
        for size, note in self.notes[:-1]:
            self.out.write(f"{base}/checkpoints/{size}", note)
        self.out.write(f"{base}/checkpoint", self.notes[-1][1])
        return Head(origin=self.origin, size=newest.size, root=newest.root.hex())


def _cosigned(head: Checkpoint, key: TrustedKey, keys: NodeKeys) -> NoteLine:
    """One of a witness's two lines under a head."""
    if key.algorithm == ED25519:
        return cosign(head.text(), keys.witness, name=key.name, at=NOW)
    assert keys.witness_pq is not None
    return cosign_mldsa(head, keys.witness_pq, name=key.name, at=NOW)


@dataclass(slots=True, kw_only=True)
class BundleWriter:
    """Writes the files of a bundle and lists them for its manifest."""

    folder: Path
    world: World
    files: list[ListedFile] = field(default_factory=list)

    def write(self, path: str, data: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.files.append(ListedFile(path=path, sha256=sha256(data).hexdigest(), size=len(data)))

    def finish(self, heads: Iterable[Head]) -> None:
        """Write the trust files and the signed manifest."""
        for path, data in self.world.founding.trust.files.items():
            self.write(path, data)
        sender = self.world.speakers[0]
        manifest = Manifest(
            treaty=self.world.founding.trust.treaty,
            sender=sender,
            to=("public",),
            created=NOW,
            sequence=0,
            heads=tuple(sorted(heads, key=lambda head: head.origin)),
            files=tuple(sorted(self.files, key=lambda item: item.path)),
        )
        author = self.world.keys(sender).author
        envelope = seal_envelope(MANIFEST_TYPE, manifest.payload(), keys=(author,))
        (self.folder / MANIFEST_NAME).write_bytes(envelope.to_bytes())


def write_bundle(folder: Path, count: int, *, make: Callable[[Feed, int], Iterator[Record]]) -> None:
    """Write a bundle of ``count`` records: two parties take turns, each turn ends in a cosigned checkpoint.

    Beside it, the node of a third party is made, which has none of it yet.

    Args:
        folder: Where the bundle goes.
        count: Number of records of all logs together.
        make: Gives so many next records of a feed.
    """
    world = new_world()
    out = BundleWriter(folder=folder, world=world)
    logs = [LogWriter(out=out, feed=Feed(world=world, code=code)) for code in world.codes]
    speaking = [log for log in logs if log.feed.code in world.speakers]
    turn, left = 0, count
    while left:
        log = speaking[turn % len(speaking)]
        taken = min(GROUP, left)
        log.extend(make(log.feed, taken))
        head = log.checkpoint()
        for other in logs:
            if other is not log:
                other.feed.seen = (head.checkpoint_id,)
        turn, left = turn + 1, left - taken
    out.finish([log.finish() for log in logs])
    new_node(reader_of(folder), world, code=READER.code).store.close()
