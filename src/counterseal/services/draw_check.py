"""Check a joint draw: one named check for each rule, and a replay that a person can follow by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from counterseal.records.draw import DrawOpening, DrawResult, require_pool, root_of_pool
from counterseal.records.said import Said
from counterseal.records.verification.draws import DrawRecords
from counterseal.services.draw_state import DrawShelf, read_draws
from counterseal.services.errors import DrawRefusedError
from counterseal.services.record_book import RecordBook
from counterseal.stats.selection import Pick, picks_from
from counterseal.terms.times import format_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCheck:
    """One rule: whether it holds, and why; None where it does not apply."""

    name: str
    held: bool | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedInput:
    """What one participant brought: its code, the record of its commitment, its value [32 bytes]."""

    party: str
    record_id: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """All that is needed to work the draw out again.

    Attributes:
        inputs: What the seed is made of, in order, after the id of the draw.
        seed: The seed [32 bytes].
        picks: For each stratum, the words that were read and the positions that they gave.
    """

    inputs: tuple[SeedInput, ...]
    seed: bytes
    picks: tuple[tuple[Pick, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawReport:
    """What a record shows of one draw.

    Attributes:
        draw: What was said.
        checks: One for each rule.
        result: The one result that stands, or None.
        contested: Where several results stand, all of them: then there is none.
        replay: How the result follows; None without a result, or where it was chosen after a forfeit.
        pool: Names in the pool where they are at hand, or None.
    """

    draw: DrawRecords
    checks: tuple[DrawCheck, ...]
    result: DrawResult | None
    contested: tuple[tuple[Said, DrawResult], ...]
    replay: Replay | None
    pool: tuple[str, ...] | None

    @property
    def accepted(self) -> bool:
        """Whether there is one result and no rule speaks against it."""
        return self.result is not None and all(check.held is not False for check in self.checks)

    def names(self) -> tuple[tuple[str, ...], ...]:
        """Return the names of what was drawn, stratum by stratum; empty where they are not at hand."""
        if self.result is None or self.pool is None:
            return ()
        return tuple(tuple(self.pool[at] for at in drawn) for drawn in self.result.positions)


def check_draw(book: RecordBook, wanted: str, *, pool: Sequence[str] | None = None) -> DrawReport:
    """Check everything that a record shows of one draw.

    Args:
        book: The record.
        wanted: Id of the draw, or its beginning.
        pool: Names in the pool, where the opening holds their root alone.

    Raises:
        DrawRefusedError: there is no such draw, or the names are not those of its pool.
    """
    shelf = read_draws(book)
    return _report(shelf, shelf.find(wanted), pool=pool)


def check_draws(book: RecordBook) -> tuple[DrawReport, ...]:
    """Check every draw on a record; a refused opening is none, and a verifier refuses it."""
    shelf = read_draws(book)
    return tuple(_report(shelf, draw, pool=None) for draw in shelf.draws)


def _report(shelf: DrawShelf, draw: DrawRecords, *, pool: Sequence[str] | None) -> DrawReport:
    results = shelf.standing(draw)
    result = results[0][1] if len(results) == 1 else None
    return DrawReport(
        draw=draw,
        checks=tuple(_checks(shelf, draw, results)),
        result=result,
        contested=results if len(results) > 1 else (),
        replay=_replay(draw) if result is not None and not result.forfeited else None,
        pool=_pool(draw.terms, pool),
    )


def _checks(
    shelf: DrawShelf, draw: DrawRecords, results: Sequence[tuple[Said, DrawResult]]
) -> Iterator[DrawCheck]:
    yield _rules(shelf, draw)
    yield _readable(shelf, draw)
    yield _agreed(shelf, draw)
    yield _no_restart(shelf, draw)
    forfeited = len(results) == 1 and results[0][1].forfeited
    for check in (_committed(draw), _settled(shelf, draw), _revealed(draw)):
        why = ("not needed: the sample was chosen after a forfeit",)
        yield DrawCheck(name=check.name, held=None, reasons=why) if forfeited else check
    yield _result(shelf, draw, results)
    yield _one_result(shelf, draw, results)


def _check(name: str, wrong: Sequence[str], *, right: str) -> DrawCheck:
    return DrawCheck(name=name, held=not wrong, reasons=tuple(wrong) or (right,))


def _rules(shelf: DrawShelf, draw: DrawRecords) -> DrawCheck:
    wrong = [
        f"record {said.record_id} of {said.party}: {rule}"
        for said, rule in shelf.refused
        if draw.said.record_id in said.refs
    ]
    return _check("rules", wrong, right="nothing that was said in this draw is against its rules")


def _readable(shelf: DrawShelf, draw: DrawRecords) -> DrawCheck:
    kinds = shelf.unread.get(draw.said.record_id, frozenset())
    wrong = [f"a record of kind {kind} is here and cannot be read" for kind in sorted(kinds)]
    return _check("readable", wrong, right="all that was said in this draw can be read here")


def _agreed(shelf: DrawShelf, draw: DrawRecords) -> DrawCheck:
    wrong = [f"{party} did not countersign the opening as agreed" for party in shelf.not_agreed(draw)]
    others = ", ".join(party for party in draw.terms.participants if party != draw.said.party)
    return _check("agreed", wrong, right=f"opened by {draw.said.party}, agreed by {others}")


def _no_restart(shelf: DrawShelf, draw: DrawRecords) -> DrawCheck:
    wrong = [
        f"{draw.said.party} had seen draw {other.said.record_id} from the same pool, which has no result"
        for other in shelf.unfinished_before(draw)
    ]
    return _check("no-restart", wrong, right="no earlier draw from this pool was left without a result")


def _committed(draw: DrawRecords) -> DrawCheck:
    missing = [party for party in draw.terms.participants if party not in draw.commitments]
    void = "".join(f"; {said.record_id} of {said.party} came later and is void" for said in draw.void)
    right = f"every participant has committed{void}"
    return _check("committed", [f"{party} has not committed" for party in missing], right=right)


def _settled(shelf: DrawShelf, draw: DrawRecords) -> DrawCheck:
    wrong = [
        f"the commitment of {party} does not stand under a head that every side has cosigned"
        for party in shelf.unsettled(draw)
    ]
    return _check("settled", wrong, right="every side has cosigned every commitment")


def _revealed(draw: DrawRecords) -> DrawCheck:
    missing = [party for party in draw.terms.participants if party not in draw.values()]
    opened = {f"{reveal.of} by {said.party}" for said, reveal in draw.reveals if said.party != reveal.of}
    how = f"; from an envelope: {', '.join(sorted(opened))}" if opened else ""
    right = f"every value is revealed and gives its commitment{how}"
    return _check("revealed", [f"the value of {party} is not revealed" for party in missing], right=right)


def _result(shelf: DrawShelf, draw: DrawRecords, results: Sequence[tuple[Said, DrawResult]]) -> DrawCheck:
    early = [
        f"the result of {said.party} was seen by others before the deadline "
        f"{format_instant(draw.terms.deadline)}, whatever time it claims: nobody had forfeited"
        for said, result in draw.results
        if shelf.is_premature(draw, said, result)
    ]
    early += [
        f"the result of {said.party} says that {party} forfeited, and its value had been seen: by others "
        f"before the deadline {format_instant(draw.terms.deadline)}, or by {said.party} before it said so"
        for said, result in draw.results
        for party in shelf.shown_false(draw, said, result)
    ]
    if not results:
        return _check("result", [*early, "no result is stated that stands"], right="")
    stated = [_stated(said, result) for said, result in results]
    return DrawCheck(name="result", held=True, reasons=(*stated, *early))


def _stated(said: Said, result: DrawResult) -> str:
    if not result.forfeited:
        return f"stated by {said.party}; it follows from the values revealed"
    gone = ", ".join(result.forfeited)
    return f"stated by {said.party}: {gone} forfeited, and {said.party} chose the sample"


def _one_result(shelf: DrawShelf, draw: DrawRecords, results: Sequence[tuple[Said, DrawResult]]) -> DrawCheck:
    if len(results) <= 1:
        return _check("one-result", (), right="no two different results stand side by side")
    wrong = [f"record {said.record_id}, {_stated(said, result)}" for said, result in results]
    gone = {party for _, result in results for party in result.forfeited}
    wrong += [_when(shelf, draw, said, reveal.of) for said, reveal in draw.reveals if reveal.of in gone]
    return _check("one-result", [*wrong, "while they contest each other there is no result"], right="")


def _when(shelf: DrawShelf, draw: DrawRecords, said: Said, of: str) -> str:
    at = shelf.first_seen(said, but_for=frozenset((of,)))
    seen = "nobody else has vouched for it yet" if at is None else f"others first saw it {format_instant(at)}"
    deadline = format_instant(draw.terms.deadline)
    return f"the value of {of} is revealed in record {said.record_id}: {seen}; the deadline was {deadline}"


def _replay(draw: DrawRecords) -> Replay | None:
    seed, values = draw.seed(), draw.values()
    if seed is None:
        return None
    inputs = tuple(
        SeedInput(party=party, record_id=draw.commitments[party][0].record_id, value=values[party])
        for party in draw.terms.participants
    )
    return Replay(inputs=inputs, seed=seed, picks=picks_from(seed, draw.terms.shape))


def _pool(terms: DrawOpening, given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return terms.pool
    require_pool(given)
    if len(given) != terms.size or root_of_pool(given) != terms.pool_root:
        raise DrawRefusedError(
            f"the {len(given)} names given are not the pool of {terms.size} that was agreed to: another root"
        )
    return tuple(given)
