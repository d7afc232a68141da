"""The naive reference: what everybody must hold, know and be able to show, in lists, sets and dictionaries."""

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from model.readings import Reading, Rows, keys_of, record_id, rows_of

Log = tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What an honest party said, to whom (None: to everybody), and to which seal key of each reader."""

    author: str
    readers: frozenset[str] | None
    statement: Mapping[str, Any]
    seals: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Known:
    """What one honest party has.

    Attributes:
        logs: Its own log and its copies of the others'.
        numbers: Numbers and manifests of the bundles that came, by sender and receiver.
        bodies: Ids of records of which it has the true body, open or sealed.
        seals: Ids of the seal keys that it can open with.
    """

    logs: dict[str, Log]
    rows: Rows
    numbers: dict[tuple[str, str], set[tuple[int, bytes]]] = field(default_factory=dict)
    bodies: set[str] = field(default_factory=set)
    seals: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must become of a bundle.

    Attributes:
        forked: The party whose log it shows otherwise than the receiver has it: a proof must come out.
        trust_fork: Whether it has other trust files or key files of one version.
        refused: Why it must be refused otherwise.
    """

    forked: str | None = None
    trust_fork: bool = False
    refused: str = ""

    @property
    def accepted(self) -> bool:
        return not (self.forked or self.trust_fork or self.refused)


class Reference:
    """All that is true in one run."""

    def __init__(self, parties: Iterable[str], *, corrupt: str, files: Mapping[str, bytes]) -> None:
        rows = rows_of(files)
        self.corrupt = corrupt
        self.honest = tuple(code for code in parties if code != corrupt)
        self.known = {
            code: Known(
                logs=dict.fromkeys(parties, ()), rows=dict(rows), seals=set(keys_of(rows[code][-1], "seal"))
            )
            for code in self.honest
        }
        self.true: dict[str, Log] = dict.fromkeys(self.honest, ())
        """Every honest party's own log, whoever has it."""
        self.records: dict[str, Record] = {}
        self.acknowledged: dict[str, list[str]] = {code: [] for code in self.honest}
        self.heads: dict[str, Log] = {}
        """Entries under every head that an honest party signed or accepted, by the head's text."""
        self.spoken: dict[tuple[str, str], list[str]] = {}
        """Heads of one log that one witness key cosigned, in order, by key id and log."""
        self.voices: dict[str, set[str]] = {code: set() for code in (*self.honest, corrupt)}
        self.garbled: set[str] = set()
        """Ids of records whose sealed bodies the corrupt party replaced on the way."""
        self.restored: set[str] = set()

    # --- what an honest party does by itself

    def says(
        self,
        party: str,
        entries: Iterable[bytes],
        *,
        readers: frozenset[str] | None,
        statements: Iterable[Mapping[str, Any]],
    ) -> None:
        """A party has appended records to its log."""
        known = self.known[party]
        seals = {reader: self.seal_of(party, reader) for reader in readers or ()}
        for entry, said in zip(entries, statements, strict=True):
            identity = record_id(entry)
            known.logs[party] = self.true[party] = (*known.logs[party], entry)
            known.bodies.add(identity)
            self.records[identity] = Record(author=party, readers=readers, statement=said, seals=seals)

    def acknowledges(self, party: str, records: Iterable[str]) -> None:
        """A party has been told that its records are kept."""
        self.acknowledged[party] += records

    def publishes(self, party: str, text: str) -> None:
        """A party has signed the head of its whole log, once for each size."""
        log = self.known[party].logs[party]
        size = int(text.split("\n")[1])
        assert size <= len(log), f"{party} signed a head over {size} entries and has {len(log)}"
        assert self.heads.setdefault(text, log[:size]) == log[:size]
        others = [
            other for other, held in self.heads.items() if other.split("\n")[:2] == text.split("\n")[:2]
        ]
        assert others == [text], f"{party} signed two heads of {size} entries"

    def learns(self, party: str, rows: Rows) -> None:
        """A party has newer trust files; nothing that it knew may be gone or changed."""
        known = self.known[party]
        for whose, row in known.rows.items():
            assert rows[whose][: len(row)] == row, f"{party}: trust files of {whose} went back"
        known.rows = dict(rows)
        known.seals |= set(keys_of(rows[party][-1], "seal"))

    def cosigned(self, party: str, key: str, text: str) -> None:
        """A party's witness key has signed a head: one that its log signed, and that contradicts none before."""
        assert text in self.heads, f"{party} cosigned a head that its log never signed: {text!r}"
        earlier = self.spoken.setdefault((key, text.partition("\n")[0]), [])
        if text in earlier:
            return
        for other in earlier:
            small, large = sorted((self.heads[other], self.heads[text]), key=len)
            assert large[: len(small)] == small, f"{party} cosigned two heads that contradict each other"
        assert not earlier or len(self.heads[text]) > len(self.heads[earlier[-1]]), f"{party} went back"
        earlier.append(text)

    # --- what may be read in it

    def seal_of(self, party: str, reader: str) -> str:
        """Id of the seal key of ``reader`` that ``party`` knows."""
        return next(iter(keys_of(self.known[party].rows[reader][-1], "seal")))

    def readable(self, party: str) -> set[str]:
        """Ids of records of honest parties that a party must be able to read."""
        known = self.known[party]
        return {
            record
            for record in known.bodies
            if (said := self.records[record]).readers is None
            or said.author == party
            or (party in said.readers and said.seals.get(party) in known.seals)
        }

    def forbidden(self, party: str) -> set[str]:
        """Ids of records that a party must not be able to read."""
        return {
            record
            for record, said in self.records.items()
            if said.readers is not None and party not in said.readers and party != said.author
        }

    def may_be_settled(self, viewer: str, owner: str, text: str) -> bool:
        """Whether of every side but the owner's enough parties have cosigned that head."""
        sides = json.loads(self.known[viewer].rows["trust"][-1])["policy"]["sides"]
        return all(
            owner in side["parties"]
            or sum(text in self.voices[code] for code in side["parties"]) >= side["threshold"]
            for side in sides
        )

    # --- what becomes of a bundle

    def expected(self, receiver: str, reading: Reading, *, recovering: bool, words: set[str]) -> Expected:
        """Return what must become of a bundle that is sound in itself.

        Args:
            receiver: To whom it comes.
            reading: What is in it.
            recovering: Whether the receiver was restored and takes back its own log.
            words: Heads of the corrupt party's log for which the receiver remembers to have given its word.
        """
        known = self.known[receiver]
        if any(not _beginning(known.rows.get(whose, ()), row) for whose, row in reading.rows.items()):
            return Expected(trust_fork=True)
        for owner, brought in reading.logs.items():
            if not _beginning(known.logs[owner], brought):
                return Expected(forked=owner)
        own = len(reading.logs[receiver]) > len(known.logs[receiver]) and not recovering
        brought = reading.logs[self.corrupt]
        for under in (self.heads[word] for word in words):
            if len(under) <= len(brought) and not _beginning(under, brought):
                return Expected(forked=self.corrupt)
        reasons = {
            "its own log is longer there": own,
            "nobody has said anything": not any(reading.logs.values()),
        }
        return Expected(refused=", ".join(reason for reason, found in reasons.items() if found))

    def takes(self, receiver: str, reading: Reading, *, honest: bool, recovering: bool) -> set[str]:
        """A bundle was accepted: return the ids of what is new in it, and know all that it adds."""
        known = self.known[receiver]
        new = set()
        for owner, brought in reading.logs.items():
            held = known.logs[owner]
            assert _beginning(held, brought), f"{receiver} accepted another history of {owner}"
            if owner in self.honest:
                true = self.true[owner][: len(brought)]
                assert true == brought, f"{receiver} accepted what {owner} never said"
            if owner != receiver or recovering:
                new |= {record_id(entry) for entry in brought[len(held) :]}
                known.logs[owner] = _longer(held, brought)
            for size, text in reading.texts[owner].items():
                assert self.heads.setdefault(text, brought[:size]) == brought[:size]
        self.learns(receiver, {w: _longer(known.rows.get(w, ()), row) for w, row in reading.rows.items()})
        known.numbers.setdefault((reading.sender, reading.to), set()).add(
            (reading.sequence, reading.manifest)
        )
        if honest:
            self._takes_bodies(receiver, reading)
        return new

    def _takes_bodies(self, receiver: str, reading: Reading) -> None:
        for record in self.known[reading.sender].bodies & (reading.public | reading.sealed):
            author = self.records[record].author
            direct = reading.sender == author and author not in self.restored
            if direct or record not in self.garbled:
                self.known[receiver].bodies.add(record)

    def missing(self, receiver: str, reading: Reading) -> set[int]:
        """Numbers of bundles of that sender that never came."""
        came = {number for number, _ in self.known[receiver].numbers[reading.sender, reading.to]}
        return set(range(max(came))) - came

    def twice(self, receiver: str, reading: Reading) -> set[int]:
        """Numbers under which two bundles of that sender came."""
        came = [number for number, _ in self.known[receiver].numbers[reading.sender, reading.to]]
        return {number for number in came if came.count(number) > 1}

    # --- loss and return

    def backup(self, party: str) -> Known:
        """Return what a backup of a party's node holds."""
        return deepcopy(self.known[party])

    def restore(self, party: str, backup: Known) -> None:
        """A party's laptop is lost: what nobody else has of its log since the backup is gone for ever."""
        lost = self.known[party]
        logs = [backup.logs[party], *(self.known[code].logs[party] for code in self.honest if code != party)]
        survived = self.true[party] = max(logs, key=len)
        gone = {record_id(entry) for entry in lost.logs[party][len(survived) :]}
        self.heads = {
            text: log
            for text, log in self.heads.items()
            if not set(log) - set(survived) & set(lost.logs[party])
        }
        self.acknowledged[party] = [record for record in self.acknowledged[party] if record not in gone]
        for record in gone:
            self.records.pop(record, None)
        self.known[party] = deepcopy(backup)
        self.known[party].bodies -= gone
        self.restored.add(party)

    def whole(self, party: str) -> bool:
        """Whether a restored party has back all that any honest party holds of its log."""
        return self.known[party].logs[party] == self.true[party]


def _beginning(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> bool:
    """Whether one of two is the beginning of the other."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _longer(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return other if len(other) > len(one) else one
