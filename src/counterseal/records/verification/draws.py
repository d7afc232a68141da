"""Check 23: what was said in joint draws, each statement against those that it builds on [formats, 5.7].

A draw is for everybody to check, so all that is said in it is public; a header shows whether it is. A reveal
builds on the commitments, a result on commitments, reveals and countersignatures: what is not there, or
cannot be read, does not count, and what needs it is refused. A commitment whose body is not there might be
the first of its party: then nothing can follow from the commitments of that draw.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from counterseal.records import draw as form
from counterseal.records.draw import DrawCommitment, DrawOpening, DrawResult, DrawReveal
from counterseal.records.errors import RecordError
from counterseal.records.header import PUBLIC
from counterseal.records.said import Heard, Said
from counterseal.stats.selection import positions_from
from counterseal.terms.times import format_instant

DRAW_KINDS = frozenset((form.OPENING, form.COMMITMENT, form.REVEAL, form.RESULT))

_SHOWN = 80

_Statement = DrawOpening | DrawCommitment | DrawReveal | DrawResult
_PARSERS: Mapping[str, Callable[[Mapping[str, Any]], _Statement]] = {
    form.OPENING: form.parse_opening,
    form.COMMITMENT: form.parse_commitment,
    form.REVEAL: form.parse_reveal,
    form.RESULT: form.parse_result,
}


@dataclass(slots=True, kw_only=True)
class DrawRecords:
    """All that was said about one draw and is accepted.

    Attributes:
        said: The record that opened it; ``terms`` is what it states.
        commitments: By party, the commitment that counts: its first.
        void: Commitments that came later.
        reveals: Reveals in log order.
        results: Results in log order.
    """

    said: Said
    terms: DrawOpening
    commitments: dict[str, tuple[Said, DrawCommitment]] = field(default_factory=dict)
    void: list[Said] = field(default_factory=list)
    reveals: list[tuple[Said, DrawReveal]] = field(default_factory=list)
    results: list[tuple[Said, DrawResult]] = field(default_factory=list)

    def values(self) -> dict[str, bytes]:
        """Return, by party, the values that are revealed."""
        return {reveal.of: reveal.value for _, reveal in self.reveals}

    def seed(self) -> bytes | None:
        """Return the seed, or None while a value is missing."""
        values, parties = self.values(), self.terms.participants
        if not all(party in values and party in self.commitments for party in parties):
            return None
        inputs = [(self.commitments[party][0].record_id, values[party]) for party in parties]
        return form.seed_of(self.said.record_id, inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedDraws:
    """What was heard of joint draws: those that were opened, and what is refused, with its rule."""

    draws: tuple[DrawRecords, ...]
    refused: tuple[tuple[Said, str], ...]


def audience_problem(kind: str, audience: Sequence[str]) -> str | None:
    """Return what is wrong with the audience of a record of a draw, read or not, or None."""
    if kind not in DRAW_KINDS or tuple(audience) == PUBLIC:
        return None
    return f"{kind}: for {', '.join(audience)[:_SHOWN]}, must be for {PUBLIC[0]}: everybody may check a draw"


def judge_draws(heard: Heard) -> Iterator[tuple[Said, str]]:
    """Yield each record of a draw that can be read and is refused, with the rule that it breaks.

    What is not public is passed over: ``audience_problem`` refuses it, by its header.
    """
    yield from examine_draws(heard).refused


def examine_draws(heard: Heard) -> ExaminedDraws:
    """Sort what was heard by draw, and judge it: form first, then each draw by itself."""
    refused: list[tuple[Said, str]] = []
    draws: dict[str, DrawRecords] = {}
    spoken: dict[str, list[tuple[Said, _Statement]]] = {}
    for said in heard.said:
        if said.kind not in DRAW_KINDS or not said.public:
            continue
        try:
            statement = _in_form(said, parties=heard.parties)
        except RecordError as error:
            refused.append((said, str(error)))
            continue
        if isinstance(statement, DrawOpening):
            draws[said.record_id] = DrawRecords(said=said, terms=statement)
        else:
            spoken.setdefault(statement.draw, []).append((said, statement))
    for draw in draws.values():
        refused += _judge(draw, spoken.get(draw.said.record_id, ()), heard=heard)
    refused += [
        (said, f"{said.kind}: {name} is no record that can be read here and opens a draw")
        for name, statements in spoken.items()
        if name not in draws
        for said, _ in statements
    ]
    return ExaminedDraws(draws=tuple(draws.values()), refused=tuple(refused))


def _in_form(said: Said, *, parties: frozenset[str]) -> _Statement:
    statement = _PARSERS[said.kind](said.statement)
    if isinstance(statement, DrawOpening):
        if said.party not in statement.participants:
            raise RecordError(f"draw opening: its author {said.party} is not among the participants")
        if strangers := sorted(set(statement.participants) - parties):
            raise RecordError(f"draw opening: {', '.join(strangers)}: no party of the trust file")
    elif said.refs != (statement.draw,):
        raise RecordError(f"{said.kind}: refs must be exactly the draw that it is about")
    return statement


def _judge(
    draw: DrawRecords, spoken: Iterable[tuple[Said, _Statement]], *, heard: Heard
) -> Iterator[tuple[Said, str]]:
    """Take over, kind by kind, what follows from what was taken over before; yield the rest."""
    members = []
    for said, statement in spoken:
        if said.party in draw.terms.participants:
            members.append((said, statement))
        else:
            yield said, f"{said.kind}: its author {said.party} is not a participant of the draw"
    for said, statement in members:
        if isinstance(statement, DrawCommitment):
            _take_commitment(draw, said, statement)
    yield from _judge_reveals(draw, members, heard=heard)
    yield from _judge_results(draw, members, heard=heard)


def _take_commitment(draw: DrawRecords, said: Said, statement: DrawCommitment) -> None:
    if said.party in draw.commitments:
        draw.void.append(said)
    else:
        draw.commitments[said.party] = (said, statement)


def _judge_reveals(
    draw: DrawRecords, members: Iterable[tuple[Said, _Statement]], *, heard: Heard
) -> Iterator[tuple[Said, str]]:
    for said, statement in members:
        if isinstance(statement, DrawReveal):
            if problem := _reveal_problem(draw, said, statement, covered=heard.covered):
                yield said, problem
            else:
                draw.reveals.append((said, statement))


def _reveal_problem(
    draw: DrawRecords, said: Said, reveal: DrawReveal, *, covered: Mapping[str, tuple[str, int]]
) -> str | None:
    if reveal.of not in draw.terms.participants:
        return f"draw reveal: {reveal.of}, whose value it is, is not a participant of the draw"
    missing = [party for party in draw.terms.participants if party not in draw.commitments]
    if missing:
        return (
            f"draw reveal: {', '.join(missing)} has not committed; nobody reveals before every commitment "
            "is fixed"
        )
    if unseen := _unseen(draw, said, covered):
        return (
            "draw reveal: neither a checkpoint in not_before nor its own log before it holds the commitment "
            f"of {', '.join(unseen)}; nobody reveals before every commitment is fixed"
        )
    made = form.commitment_to(reveal.value, draw=reveal.draw, party=reveal.of)
    if made != draw.commitments[reveal.of][1].commitment:
        return f"draw reveal: the value does not give the commitment of {reveal.of} that counts"
    return None


def _unseen(draw: DrawRecords, said: Said, covered: Mapping[str, tuple[str, int]]) -> list[str]:
    """Participants whose commitment was not fixed by what the author had seen, or had said before."""
    seen = _seen(said, covered)
    return [
        party
        for party in draw.terms.participants
        for fixed, _ in (draw.commitments[party],)
        if seen.get(fixed.origin, 0) <= fixed.index
    ]


def _seen(said: Said, covered: Mapping[str, tuple[str, int]]) -> dict[str, int]:
    """How far the author of a record had seen each log when it signed, by its own word."""
    seen = {said.origin: said.index}
    for checkpoint in said.not_before:
        origin, size = covered.get(checkpoint, (said.origin, 0))
        seen[origin] = max(size, seen.get(origin, 0))
    return seen


def _judge_results(
    draw: DrawRecords, members: Iterable[tuple[Said, _Statement]], *, heard: Heard
) -> Iterator[tuple[Said, str]]:
    results = [(said, result) for said, result in members if isinstance(result, DrawResult)]
    follow = _Expected(draw, agreed=heard.agreed.get(draw.said.record_id, frozenset()))
    for said, result in results:
        if result.forfeited:
            problem = follow.forfeit_problem(said, result, covered=heard.covered)
        else:
            problem = follow.problem(result)
        if problem:
            yield said, problem
        else:
            draw.results.append((said, result))


class _Expected:
    """What the results of one draw must say; worked out once, however many there are."""

    def __init__(self, draw: DrawRecords, *, agreed: frozenset[str]) -> None:
        self._draw, self._terms = draw, draw.terms
        self._missing = sorted(set(self._terms.participants) - {draw.said.party} - agreed)
        self._seed = draw.seed()
        self._positions: tuple[tuple[int, ...], ...] | None = None
        self._revealed: dict[str, dict[str, int]] = {}
        for said, reveal in draw.reveals:
            logs = self._revealed.setdefault(reveal.of, {})
            logs[said.origin] = min(said.index, logs.get(said.origin, said.index))

    def problem(self, result: DrawResult) -> str | None:
        """Return what is wrong with a result in which nobody forfeits, or None."""
        if self._missing:
            return self._not_agreed()
        if self._seed is None:
            return self._not_revealed()
        return self._wrong_draw(result, seed=self._seed)

    def _not_revealed(self) -> str:
        hidden = sorted(set(self._terms.participants) - self._draw.values().keys())
        return f"draw result: no value of {', '.join(hidden)} is revealed here, and nobody is said to forfeit"

    def _wrong_draw(self, result: DrawResult, *, seed: bytes) -> str | None:
        if result.seed != seed.hex():
            return "draw result: the seed is not the one that follows from the values revealed"
        if self._counts(result) != self._wanted():
            return "draw result: the number of positions is not the sample of each stratum"
        if self._positions is None:  # no sooner: a result may be short where a sample is long
            self._positions = positions_from(seed, self._terms.shape)
        if result.positions != self._positions:
            return "draw result: the positions are not those that follow from the seed"
        return None

    def forfeit_problem(
        self, said: Said, result: DrawResult, *, covered: Mapping[str, tuple[str, int]]
    ) -> str | None:
        """Return what is wrong with a result after a forfeit, or None."""
        return (
            (self._not_agreed() if self._missing else None)
            or self._wrong_parties(said, result)
            or self._too_early(said, result, covered=covered)
            or self._wrong_choice(result)
        )

    def _not_agreed(self) -> str:
        return f"draw result: {', '.join(self._missing)} did not countersign the opening as agreed"

    def _wrong_parties(self, said: Said, result: DrawResult) -> str | None:
        gone = set(result.forfeited)
        if strangers := sorted(gone - set(self._terms.participants)):
            return f"draw result: {', '.join(strangers)} cannot forfeit, not being a participant"
        if said.party in gone or gone == set(self._terms.participants):
            return f"draw result: its author {said.party} cannot be among those who forfeit"
        if result.seed is not None:
            return "draw result: after a forfeit positions are chosen, and seed must be null"
        return None

    def _too_early(
        self, said: Said, result: DrawResult, *, covered: Mapping[str, tuple[str, int]]
    ) -> str | None:
        if said.claimed_time <= (until := format_instant(self._terms.deadline)):
            return f"draw result: nobody forfeits before the deadline {until} has passed"
        seen = _seen(said, covered)
        for origin, size in said.seen:
            seen[origin] = max(size, seen.get(origin, 0))
        for party in result.forfeited:
            if any(index < seen.get(origin, 0) for origin, index in self._revealed.get(party, {}).items()):
                return f"draw result: {party} cannot forfeit, the author had seen its value revealed"
        return None

    def _wrong_choice(self, result: DrawResult) -> str | None:
        if self._counts(result) != self._wanted():
            return "draw result: after a forfeit, too many or too few positions of a stratum are chosen"
        start = 0
        for stratum, chosen in zip(self._terms.strata, result.positions, strict=True):
            if len(set(chosen)) != len(chosen):
                return f"draw result: a position of stratum {stratum.name!r} is chosen twice"
            if not all(start <= position < start + stratum.count for position in chosen):
                return f"draw result: a position is chosen that is not in stratum {stratum.name!r}"
            start += stratum.count
        return None

    def _counts(self, result: DrawResult) -> list[int]:
        return [len(drawn) for drawn in result.positions]

    def _wanted(self) -> list[int]:
        return [stratum.sample for stratum in self._terms.strata]
