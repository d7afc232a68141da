"""What a record holds of joint draws: who said what, what is fixed for everybody, what result stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Countersignature, Meaning, parse_countersignature
from counterseal.records.draw import COMMITMENT, DrawResult
from counterseal.records.errors import RecordError
from counterseal.records.header import PUBLIC
from counterseal.records.said import Heard, Said
from counterseal.records.verification.draws import (
    DRAW_KINDS,
    DrawRecords,
    audience_problem,
    examine_draws,
)
from counterseal.services.errors import DrawRefusedError
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.terms.times import format_instant, parse_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawShelf:
    """Every draw on a record, judged by the rules that a verifier judges it by.

    Attributes:
        book: The record.
        draws: Those that were opened, with what was said in each.
        refused: Records of draws that break a rule, with that rule.
        unread: By the id of a draw, the kinds of which a record that is about it cannot be read here.
        agreed: By record id, the parties that countersigned it as agreed; ``objected``: that objected to it.
        covered: By checkpoint id, the origin and size that it states.
    """

    book: RecordBook
    draws: tuple[DrawRecords, ...]
    refused: tuple[tuple[Said, str], ...]
    unread: Mapping[str, frozenset[str]]
    agreed: Mapping[str, frozenset[str]]
    objected: Mapping[str, frozenset[str]]
    covered: Mapping[str, tuple[str, int]]

    def find(self, wanted: str) -> DrawRecords:
        """Return the draw of an id, or of the one id that begins so (at least 8 characters).

        Raises:
            DrawRefusedError: there is no such draw, or its opening is refused; says by which rule.
        """
        entry = self.book.find(wanted)
        if entry is None:
            raise DrawRefusedError(f"draw {wanted}: no one record of that id is on the record")
        for draw in self.draws:
            if draw.said.record_id == entry.record_id:
                return draw
        for said, rule in self.refused:
            if said.record_id == entry.record_id:
                raise DrawRefusedError(f"draw {wanted}: its opening is refused: {rule}")
        kind = entry.header.kind
        raise DrawRefusedError(f"draw {wanted}: a record of kind {kind} that can be read opens no draw")

    def not_agreed(self, draw: DrawRecords) -> tuple[str, ...]:
        """Return the participants that have not countersigned the opening as agreed; its author need not."""
        agreed = self.agreed.get(draw.said.record_id, frozenset())
        return tuple(sorted(set(draw.terms.participants) - {draw.said.party} - agreed))

    def hides_commitment(self, draw: DrawRecords) -> bool:
        """Whether a commitment is here without its body, so that nothing follows from the others."""
        return COMMITMENT in self.unread.get(draw.said.record_id, frozenset())

    def is_settled(self, said: Said) -> bool:
        """Whether a record stands under a head that every side has vouched for."""
        heads = self.book.heads[said.origin]
        return any(
            seen.checkpoint.size > said.index
            and not self.book.trust.missing_sides(
                owner=heads.log.party, cosigners=frozenset(code for code, _ in seen.cosigned)
            )
            for seen in heads.seen
        )

    def unsettled(self, draw: DrawRecords) -> tuple[str, ...]:
        """Return the participants whose commitment is missing, or not yet vouched for by every side."""
        return tuple(
            party
            for party in draw.terms.participants
            if party not in draw.commitments or not self.is_settled(draw.commitments[party][0])
        )

    def first_seen(self, said: Said, *, but_for: frozenset[str]) -> datetime | None:
        """Return when a party other than the author and ``but_for`` first vouched for a record, or None."""
        times = [
            at
            for seen in self.book.heads[said.origin].seen
            if seen.checkpoint.size > said.index
            for code, at in seen.cosigned
            if code not in but_for and code != said.party
        ]
        return min(times, default=None)

    def is_premature(self, draw: DrawRecords, said: Said, result: DrawResult) -> bool:
        """Whether somebody who does not forfeit saw a forfeit before the deadline, whatever it claims."""
        at = self.first_seen(said, but_for=frozenset(result.forfeited))
        return bool(result.forfeited) and at is not None and at <= draw.terms.deadline

    def shown_false(self, draw: DrawRecords, said: Said, result: DrawResult) -> tuple[str, ...]:
        """Return of whom a forfeit is false: others had seen the value in time, or its author before it.

        Others are neither the party said to forfeit nor the one that revealed the value. The author of the
        forfeit speaks against itself with whatever it cosigned before it signed that.
        """
        stated = parse_instant(said.claimed_time)
        false = set()
        for revealed, reveal in draw.reveals:
            if reveal.of in result.forfeited:
                others = frozenset((reveal.of, said.party))
                at = self.first_seen(revealed, but_for=others)
                own = self.seen_by(said.party, revealed)
                if (at is not None and at <= draw.terms.deadline) or (own is not None and own < stated):
                    false.add(reveal.of)
        return tuple(sorted(false))

    def seen_by(self, party: str, said: Said) -> datetime | None:
        """Return when a party first vouched for a record, by its own word, or None."""
        times = [
            at
            for seen in self.book.heads[said.origin].seen
            if seen.checkpoint.size > said.index
            for code, at in seen.cosigned
            if code == party
        ]
        return min(times, default=None)

    def standing(self, draw: DrawRecords) -> tuple[tuple[Said, DrawResult], ...]:
        """Return the results that stand, one for each outcome; where there are two, there is no result."""
        different: dict[tuple[tuple[int, ...], ...], tuple[Said, DrawResult]] = {}
        for said, result in draw.results:
            if not self.is_premature(draw, said, result) and not self.shown_false(draw, said, result):
                different.setdefault(result.positions, (said, result))
        return tuple(different.values())

    def unfinished(self, pool_root: str) -> Iterator[DrawRecords]:
        """Yield the draws from a pool that have no one result, but for those that a participant declined."""
        for draw in self.draws:
            if draw.terms.pool_root == pool_root and self._is_unfinished(draw):
                yield draw

    def unfinished_of_same_names(self, names: Sequence[str]) -> Iterator[DrawRecords]:
        """Yield the same of draws whose pool on the record holds these very names, in whatever order."""
        wanted = frozenset(names)
        if not wanted:
            return
        for draw in self.draws:
            if frozenset(draw.terms.pool or ()) == wanted and self._is_unfinished(draw):
                yield draw

    def _is_unfinished(self, draw: DrawRecords) -> bool:
        objecting = self.objected.get(draw.said.record_id, frozenset()) & set(self.not_agreed(draw))
        return not objecting and len(self.standing(draw)) != 1

    def unfinished_before(self, draw: DrawRecords) -> tuple[DrawRecords, ...]:
        """Return draws from the same pool that the author of this one had seen and that have no result."""
        known = {draw.said.origin: draw.said.index}
        for checkpoint in draw.said.not_before:
            origin, size = self.covered.get(checkpoint, (draw.said.origin, 0))
            known[origin] = max(size, known.get(origin, 0))
        return tuple(
            other
            for other in self.unfinished(draw.terms.pool_root)
            if other.said.index < known.get(other.said.origin, 0)
        )


def read_draws(book: RecordBook) -> DrawShelf:
    """Return every draw on a record."""
    agreed, unread = _countersigned(book, Meaning.AGREED), _unread(book)
    covered = {
        seen.checkpoint.checkpoint_id: (origin, seen.checkpoint.size)
        for origin, heads in book.heads.items()
        for seen in heads.seen
    }
    heard = Heard(
        said=tuple(_all_said(book, covered)),
        agreed=agreed,
        covered=covered,
        parties=frozenset(str(party.code) for party in book.trust.parties),
    )
    examined = examine_draws(heard)
    return DrawShelf(
        book=book,
        draws=examined.draws,
        refused=(*_not_public(book), *examined.refused),
        unread=unread,
        agreed=agreed,
        objected=_countersigned(book, Meaning.OBJECTS),
        covered=covered,
    )


def _countersigned(book: RecordBook, meaning: Meaning) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for entry in book.entries:
        said = _countersignature(entry)
        if said is not None and said.meaning is meaning:
            found.setdefault(said.record, set()).add(str(entry.header.author))
    return {record: frozenset(parties) for record, parties in found.items()}


def _countersignature(entry: BookEntry) -> Countersignature | None:
    """Return what a countersignature says, if it is in form and everybody can read it."""
    if (
        entry.header.kind != COUNTERSIGNATURE
        or entry.statement is None
        or PUBLIC[0] not in entry.header.audience
    ):
        return None
    try:
        said = parse_countersignature(entry.statement)
    except RecordError:
        return None
    return said if entry.header.refs == (said.record,) else None


def _unread(book: RecordBook) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for entry in book.entries:
        if entry.header.kind in DRAW_KINDS and entry.statement is None:
            for ref in entry.header.refs:
                found.setdefault(ref, set()).add(entry.header.kind)
    return {draw: frozenset(kinds) for draw, kinds in found.items()}


def _not_public(book: RecordBook) -> Iterator[tuple[Said, str]]:
    for entry in book.entries:
        if problem := audience_problem(entry.header.kind, entry.header.audience):
            yield _said(entry), problem


def _is_read(entry: BookEntry, kinds: frozenset[str]) -> bool:
    return entry.header.kind in kinds and entry.statement is not None


def _all_said(book: RecordBook, covered: Mapping[str, tuple[str, int]]) -> Iterator[Said]:
    """Yield what is said in draws, each with how far its log had seen the others by then."""
    reached: dict[str, dict[str, int]] = {}
    for entry in book.entries:
        seen = reached.setdefault(entry.origin, {})
        for origin, size in (covered[name] for name in entry.header.not_before if name in covered):
            seen[origin] = max(size, seen.get(origin, 0))
        if _is_read(entry, DRAW_KINDS):
            yield _said(entry, seen=tuple(sorted(seen.items())))


def _said(entry: BookEntry, *, seen: tuple[tuple[str, int], ...] = ()) -> Said:
    header = entry.header
    return Said(
        record_id=entry.record_id,
        kind=header.kind,
        origin=entry.origin,
        party=str(header.author),
        index=entry.index,
        path="",
        refs=header.refs,
        not_before=header.not_before,
        claimed_time=format_instant(header.claimed_time),
        public=header.audience == PUBLIC,
        statement=dict(entry.statement or {}),
        seen=seen,
    )
