"""What must be true of every honest party after every step, held against the naive reference."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from counterseal.log.note import Note
from counterseal.records.fork import verify_fork_proof
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.keys import NodeKeys
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.record_book import SETTLED, open_book
from model.readings import Reading, document, keys_of, record_id, rows_of, statement
from model.reference import Reference
from model.world import Seat

TO_COME = {"settled"}
"""What a bundle on its way may lack."""


def check_party(true: Reference, seat: Seat, origins: Mapping[str, str]) -> None:
    """The store holds what the party must hold, opens what it may, and knows the trust files that it knew."""
    party, known, places = str(seat.code), true.known[seat.code], set()
    assert rows_of(seat.node.trust.files) == known.rows, f"{party} knows other trust files than it must"
    opened: set[str] = set()
    for owner, origin in origins.items():
        stored = list(seat.store.entries(origin))
        assert tuple(entry.envelope for entry in stored) == known.logs[owner], f"{party}'s copy of {owner}"
        authors = {key for row in known.rows[owner] for key in keys_of(row, "author")}
        for entry in stored:
            header, _, signer = document(entry.envelope)
            assert record_id(entry.envelope) == entry.record_id, "an id is not that of the record's words"
            assert signer in authors, f"a record of {owner} is signed by a key of nobody"
            places.add((header["feed"], header["seq"]))
            if entry.opening is not None:
                opened.add(entry.record_id)
                said = true.records.get(entry.record_id)
                assert said is None or statement(entry.opening) == said.statement, "a body was changed"
    assert len(places) == sum(map(len, known.logs.values())), (
        f"{party} has two records at one place of a feed"
    )
    assert not opened & true.forbidden(party), f"{party} reads what was not meant for it"
    assert true.readable(party) <= opened, f"{party} cannot read what was meant for it"
    if not seat.node.recovering:
        held = {record_id(entry) for entry in known.logs[party]}
        assert held.issuperset(true.acknowledged[party]), f"{party} lost what it was told is kept"
        listen(true, party, seat)


def listen(true: Reference, party: str, seat: Seat) -> None:
    """Note every head that the party has cosigned with its present keys, as its own store shows it."""
    own = seat.node.log.origin
    for log in seat.node.trust.logs:
        if log.origin == own:
            continue
        for note in seat.store.checkpoints(log.origin):
            if whole_word(note, seat.node.keys, name=seat.node.witness_name):
                true.voices[party].add(note.text)
                if party != true.corrupt:
                    true.cosigned(party, seat.node.keys.witness.key_id, note.text)


def whole_word(note: Note, keys: NodeKeys, *, name: str) -> bool:
    """Whether both lines of a witness are on a head, of one time."""
    pq = keys.witness_pq
    assert pq is not None
    wanted = {_key_hash(name, b"\x04", keys.witness.public), _key_hash(name, b"\x06", pq.public)}
    lines = [line for line in note.lines if line.name == name and line.key_hash in wanted]
    return len(lines) == 2 and len({line.signature[:8] for line in lines}) == 1


def _key_hash(name: str, algorithm: bytes, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + algorithm + public).digest()[:4]


def check_stick(true: Reference, seat: Seat, bundle: MemoryBundle, reading: Reading) -> None:
    """What an honest party gives away: verified at full depth, all that it holds, and nobody's secrets."""
    party, known = str(seat.code), true.known[seat.code]
    result = verify_bundle(bundle)
    bad = {check.name: check.failures for check in result.checks if not check.held}
    assert bad.keys() <= {*TO_COME, "trust-pinned"}, bad
    for owner, entries in reading.logs.items():
        held = known.logs[owner]
        assert entries == held[: len(entries)], f"{party} passes on another log of {owner} than it holds"
        assert owner == party or len(entries) == len(held), (
            f"{party} holds back the end of the log of {owner}"
        )
    assert reading.rows == known.rows
    everything = b"".join(bundle.files.values())
    for said in true.records.values():
        if said.readers is not None and "said" in said.statement:
            assert said.statement["said"].encode() not in everything, f"{party} gives a secret away"
    check_settled(true, party, bundle, reading)


def check_settled(true: Reference, party: str, bundle: MemoryBundle, reading: Reading) -> None:
    """What is shown as settled is so, by the word of enough parties of every side, each counted once."""
    book = open_book(bundle)
    owners = {heads.log.origin: str(heads.log.party) for heads in book.heads.values()}
    for entry in book.entries:
        state, _ = book.state(entry.origin, entry.index)
        if state == SETTLED:
            owner = owners[entry.origin]
            above = _above(reading, owner, entry.index)
            assert any(true.may_be_settled(party, owner, text) for text in above), (
                f"{party} shows a record of {owner} as settled, and a side has not spoken"
            )


def _above(reading: Reading, owner: str, index: int) -> Iterator[str]:
    return (text for size, text in reading.texts[owner].items() if size > index)


def check_proof(true: Reference, proof: bytes) -> None:
    """A proof of a fork holds for anybody, and speaks of the corrupt party alone."""
    verdict = verify_fork_proof(proof)
    refused = [check for check in verdict.checks if check.held is False]
    assert verdict.verified, f"a proof that proves nothing: {refused}"
    assert f"/{true.corrupt.lower()}/" in str(verdict.origin), "an honest party stands accused"
