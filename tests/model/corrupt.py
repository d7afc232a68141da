"""What a corrupt party can do with a stick: it holds all its own keys, all that it was given, and a good tool."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.ed25519 import key_id
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import cosign
from counterseal.log.note import Note, NoteLine
from counterseal.records.change import KEYS_CHANGE, TRUST_CHANGE
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.envelope import KEYS_TYPE, parse_envelope, seal_envelope
from counterseal.records.key_file import key_file_id
from counterseal.records.trust_chain import TRUST_NAME, history_path, keys_path
from counterseal.services.checkpointing import publish_head
from counterseal.services.export_bundle import export_bundle
from counterseal.services.keys import PartyKeys
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from model.world import Seat, branch, founded
from strategies.forgery import Forgery, LogCopy, edit_opening, put_bytes, resign, seal_bundle

SOUND, REFUSED, ANY = "sound", "refused", "any"
"""What must become of a stick: what becomes of an honest one, a refusal, or either."""
MUST_BE_THERE = (COUNTERSIGNATURE, KEYS_CHANGE, TRUST_CHANGE)
"""Kinds, of those that the model has, whose bodies nobody may leave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    """A stick that a corrupt party made, what must become of it, and whose sealed bodies it spoilt."""

    bundle: MemoryBundle
    fate: str
    garbled: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Workshop:
    """One of the corrupt party's laptops, and the bundle that is on its bench.

    Attributes:
        pick: Which of several things is to be changed.
    """

    seat: Seat
    pick: int
    forgery: Forgery

    @classmethod
    def of(cls, seat: Seat, *, pick: int) -> "Workshop":
        publish_head(seat.node)
        bundle = MemoryBundle()
        export_bundle(seat.node, bundle, clock=seat.clock)
        return cls(seat=seat, pick=pick, forgery=Forgery.of(bundle))

    @property
    def keys(self) -> dict[PartyCode, PartyKeys]:
        """All keys of the treaty are not at hand: only its own, as they are now."""
        own = founded().keys[self.seat.code]
        return {self.seat.code: replace(own, working=self.seat.node.keys)}

    @property
    def mine(self) -> LogCopy:
        return self.forgery.log(self.seat.code)

    def theirs(self) -> Iterator[LogCopy]:
        """The logs of the others, another one first each time."""
        codes = [code for code in self.forgery.logs if code != self.seat.code]
        start = self.pick % len(codes)
        yield from (self.forgery.log(code) for code in codes[start:] + codes[:start])

    def build(self, **manifest: Any) -> MemoryBundle:
        return self.forgery.build(
            self.seat.code, self.keys, change=lambda document: document.update(manifest)
        )


Trick = Callable[[Workshop], Lie | None]
TRICKS: dict[str, Trick] = {}
"""By name, everything that it can do; None where there is nothing to do it with."""


def trick(tell: Trick) -> Trick:
    TRICKS[tell.__name__] = tell
    return tell


@trick
def plain(shop: Workshop) -> Lie:
    return Lie(bundle=shop.build(), fate=SOUND)


@trick
def strip_cosignatures(shop: Workshop) -> Lie:
    for log in shop.forgery.logs.values():
        log.notes = {size: _bare(note, log.origin) for size, note in log.notes.items()}
    return Lie(bundle=shop.build(), fate=SOUND)


def _bare(note: Note, origin: str) -> Note:
    return Note(text=note.text, lines=tuple(line for line in note.lines if line.name == origin))


@trick
def reuse_a_number(shop: Workshop) -> Lie:
    return Lie(bundle=shop.build(sequence=0), fate=SOUND)


@trick
def hide_bodies(shop: Workshop) -> Lie:
    for log in shop.forgery.logs.values():
        log.sealed = {}
        kept = [log.header(index)["kind"] in MUST_BE_THERE for index in range(len(log.entries))]
        log.openings = [opening if keep else b"" for opening, keep in zip(log.openings, kept, strict=True)]
    return Lie(bundle=shop.build(), fate=SOUND)


@trick
def hide_checkpoints(shop: Workshop) -> Lie:
    for log in shop.forgery.logs.values():
        log.notes = {max(log.notes): log.newest}
    return Lie(bundle=shop.build(), fate=ANY)


@trick
def hold_back_the_end_of_a_log(shop: Workshop) -> Lie | None:
    for log in shop.theirs():
        if len(log.notes) > 1:
            log.notes.pop(max(log.notes))
            _cut(log, max(log.notes))
            return Lie(bundle=shop.build(), fate=ANY)
    return None


def _cut(log: LogCopy, size: int) -> None:
    del log.entries[size:], log.openings[size:]
    log.sealed = {index: body for index, body in log.sealed.items() if index < size}
    log.notes = {at: note for at, note in log.notes.items() if at <= size}


@trick
def roll_back_trust(shop: Workshop) -> Lie:
    """All logs as they were before anything changed, under the first trust file."""
    forgery = shop.forgery
    first = forgery.trust_files.get(history_path(1), forgery.trust_bytes)
    forgery.trust_files = {
        TRUST_NAME: first,
        **{keys_path(code, 1): forgery.trust_files[keys_path(code, 1)] for code in forgery.logs},
    }
    for log in forgery.logs.values():
        kinds = [log.header(index)["kind"] for index in range(len(log.entries))]
        changed = [at for at, kind in enumerate(kinds) if kind in (KEYS_CHANGE, TRUST_CHANGE)]
        most = min(changed, default=len(kinds))
        _cut(log, max(size for size in log.notes if size <= most))
    keys = {shop.seat.code: founded().keys[shop.seat.code]}
    return Lie(bundle=forgery.build(shop.seat.code, keys), fate=ANY)


@trick
def plant_anothers_record(shop: Workshop) -> Lie | None:
    for log in shop.theirs():
        if log.entries:
            index = shop.pick % len(log.entries)
            _append(shop.mine, log.entries[index], log.openings[index])
            shop.forgery.rehead(shop.seat.code, shop.keys)
            return Lie(bundle=shop.build(), fate=REFUSED)
    return None


def _append(log: LogCopy, entry: bytes, opening: bytes) -> None:
    log.entries.append(entry)
    log.openings.append(opening)


@trick
def say_two_things_at_one_seq(shop: Workshop) -> Lie | None:
    mine = shop.mine
    if not mine.entries:
        return None
    _append(mine, mine.entries[-1], mine.openings[-1])
    last = len(mine.entries) - 1
    resign(mine, last, shop.seat.node.keys.author, claimed_time="2001-01-01T00:00:00Z")
    shop.forgery.rehead(shop.seat.code, shop.keys)
    return Lie(bundle=shop.build(), fate=REFUSED)


@trick
def alter_one_bit(shop: Workshop) -> Lie:
    bundle = shop.build()
    return Lie(bundle=altered(bundle, shop.pick), fate=REFUSED)


def altered(bundle: MemoryBundle, pick: int) -> MemoryBundle:
    """The bundle with one bit of one file changed."""
    names = sorted(bundle.files)
    name = names[pick % len(names)]
    data = bundle.files[name]
    return MemoryBundle({**bundle.files, name: put_bytes(data, pick * 7919 % len(data))})


@trick
def alter_one_bit_and_seal_again(shop: Workshop) -> Lie:
    bundle = MemoryBundle(shop.forgery.files())
    manifest = {**shop.forgery.manifest, "heads": shop.forgery.heads()}
    key = shop.seat.node.keys.author
    return Lie(bundle=seal_bundle(altered(bundle, shop.pick).files, manifest, key=key), fate=ANY)


@trick
def edit_what_another_said(shop: Workshop) -> Lie | None:
    for log in shop.theirs():
        for index, opening in enumerate(log.openings):
            if b'"said"' in opening:
                edit_opening(log, index, "said", "something else")
                return Lie(bundle=shop.build(), fate=REFUSED)
    return None


@trick
def make_a_head_in_anothers_name(shop: Workshop) -> Lie:
    log = next(shop.theirs())
    own = parse_checkpoint(log.newest.text)
    head = Checkpoint(origin=log.origin, size=own.size, root=bytes(32))
    lines = shop.forgery.own_lines(shop.seat.code, head, shop.keys)
    lines += shop.forgery.cosignatures(shop.seat.code, head, shop.keys)
    log.notes[own.size] = Note(text=head.text(), lines=tuple(lines))
    return Lie(bundle=shop.build(), fate=REFUSED)


@trick
def cosign_another_text(shop: Workshop) -> Lie:
    """Its own witness line stands under an honest head, and is over another one."""
    log = next(shop.theirs())
    head = parse_checkpoint(log.newest.text)
    false = Checkpoint(origin=log.origin, size=head.size, root=bytes(32))
    lines = tuple(shop.forgery.cosignatures(shop.seat.code, false, shop.keys))
    _put_lines(log, lines)
    return Lie(bundle=shop.build(), fate=REFUSED)


def _put_lines(log: LogCopy, lines: tuple[NoteLine, ...]) -> None:
    newest = log.newest
    keys = {(line.name, line.key_hash) for line in lines}
    kept = tuple(line for line in newest.lines if (line.name, line.key_hash) not in keys)
    log.notes[max(log.notes)] = Note(text=newest.text, lines=kept + lines)


@trick
def cosign_by_halves(shop: Workshop) -> Lie:
    """One line of its two, or both with different times: that is no voice."""
    for log in shop.theirs():
        head = parse_checkpoint(log.newest.text)
        lines = shop.forgery.cosignatures(shop.seat.code, head, shop.keys)
        later = datetime.fromisoformat(shop.forgery.manifest["created"]) + timedelta(minutes=1)
        name, witness = lines[0].name, shop.seat.node.keys.witness
        lines[0] = cosign(log.newest.text, witness, name=name, at=later)
        _put_lines(log, tuple(lines if shop.pick % 2 else lines[:1]))
    return Lie(bundle=shop.build(), fate=SOUND)


@trick
def spoil_sealed_bodies(shop: Workshop) -> Lie | None:
    """Bytes that open nothing stand where the ciphertexts were: its own records' and those it carries."""
    garbled = set()
    for log in shop.forgery.logs.values():
        for index, body in log.sealed.items():
            log.sealed[index] = _noise(body)
            garbled.add(log.record_id(index))
    return Lie(bundle=shop.build(), fate=SOUND, garbled=frozenset(garbled)) if garbled else None


def _noise(body: bytes) -> bytes:
    spoilt, at = b"", 0
    while at < len(body):
        size = int.from_bytes(body[at : at + 4], "big")
        spoilt += body[at : at + 4] + bytes(size)
        at += 4 + size
    return spoilt


@trick
def send_in_anothers_name(shop: Workshop) -> Lie:
    other = sorted(code for code in shop.forgery.logs if code != shop.seat.code)[shop.pick % 3]
    return Lie(bundle=shop.build(**{"from": str(other)}), fate=REFUSED)


@trick
def sign_a_key_file_again(shop: Workshop) -> Lie:
    """The same words under new signatures: it is the same key file."""
    newest = _newest_keys(shop.forgery.trust_files, shop.seat.code)
    payload = parse_envelope(
        shop.forgery.trust_files[newest], payload_type=KEYS_TYPE, what="key file"
    ).payload
    keepers = founded().keys[shop.seat.code].keepers
    shop.forgery.trust_files[newest] = seal_envelope(KEYS_TYPE, payload, keys=keepers).to_bytes()
    return Lie(bundle=shop.build(), fate=SOUND)


def _newest_keys(files: Mapping[str, bytes], code: PartyCode) -> str:
    versions = [path for path in files if path.startswith(f"trust/keys/{code.lower()}/")]
    return keys_path(code, len(versions))


@trick
def announce_keys_and_hold_them_back(shop: Workshop) -> Lie:
    changed = _announced(shop, version=9, file_id="ab" * 32)
    return Lie(bundle=changed.build(), fate=REFUSED)


def _announced(shop: Workshop, *, version: int, file_id: str) -> Workshop:
    """A workshop whose log ends with a change of keys; it is another laptop, thrown away afterwards."""
    other = branch(shop.seat, 99)
    members = {"id": file_id, "party": str(other.code), "version": version}
    statement = Statement(kind=KEYS_CHANGE, members=members)
    submit(other.node, [statement], clock=other.clock, randomness=other.salts)
    return Workshop.of(other, pick=shop.pick)


@trick
def announce_keys_that_it_does_not_have(shop: Workshop) -> Lie:
    """An author key that it does not have, or, which harms nobody but itself, the seal key of another party."""
    files, code = shop.forgery.trust_files, shop.seat.code
    newest = _newest_keys(files, code)
    payload = parse_envelope(files[newest], payload_type=KEYS_TYPE, what="key file").payload
    document: dict[str, Any] = decode_canonical(payload)
    role, public = (
        ("seal", _anothers_seal(shop)) if shop.pick % 2 else ("author", founded().keys[code].seeds["log"])
    )
    old = next(key for key in document["keys"] if key["role"] == role)
    new = {**old, "public": public.hex(), "id": key_id(public, algorithm=old["alg"])}
    gone = {"accepted": None, "heads": [], "id": old["id"], "role": role}
    kept = [key for key in document["keys"] if key is not old]
    document |= {
        "at": len(shop.mine.entries),
        "keys": sorted([*kept, new], key=lambda key: str(key["id"])),
        "previous": key_file_id(payload),
        "retired": sorted([*document["retired"], gone], key=lambda key: str(key["id"])),
        "version": document["version"] + 1,
    }
    signed = encode_canonical(document)
    changed = _announced(shop, version=document["version"], file_id=key_file_id(signed))
    path = keys_path(code, document["version"])
    keepers = founded().keys[code].keepers
    changed.forgery.trust_files[path] = seal_envelope(KEYS_TYPE, signed, keys=keepers).to_bytes()
    return Lie(bundle=changed.build(), fate=ANY if role == "seal" else REFUSED)


def _anothers_seal(shop: Workshop) -> bytes:
    others = sorted(code for code in shop.forgery.logs if code != shop.seat.code)
    seal = founded().keys[others[shop.pick % 3]].working.seal
    assert seal is not None
    return seal.public
