"""Declare: put declarations on the record, locked; what corrects one is a supplement, never a change."""

from collections.abc import Sequence
from dataclasses import dataclass

from counterseal.assessment.facts import (
    Breakdown,
    BreakdownLine,
    Channel,
    DeclaredFigures,
    Timing,
    TimingBasis,
)
from counterseal.declarations.aggregate import AggregateDeclaration
from counterseal.declarations.document import Declaration
from counterseal.declarations.itemised import ItemisedDeclaration
from counterseal.services.errors import StatementError
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness
from counterseal.services.record_book import opened
from counterseal.services.statements import AGGREGATE, BREAKDOWN, Fact, kind_of, members_of
from counterseal.services.submit import Statement, submit


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What became of the declarations of a file.

    Attributes:
        own: Records in which the node's party declares its own figures.
        transcribed: Records in which it copies another party's published figures.
        not_provided: Names of declarations without a single figure: nothing was signed for them.
    """

    own: tuple[str, ...]
    transcribed: tuple[str, ...]
    not_provided: tuple[str, ...]


def declare(
    node: Node,
    declarations: Sequence[Declaration],
    *,
    basis: TimingBasis,
    supplement: bool,
    clock: Clock,
    randomness: Randomness,
) -> Declared:
    """Sign declarations as records of the node's party, all or none.

    Args:
        node: The node; rows of its own party are its declarations, rows of others its transcriptions.
        declarations: What was read and checked before.
        basis: ``record`` when the record itself is the exchange, ``publication`` when figures that were
            published long ago are put on record and its times say nothing.
        supplement: Whether they may add to declarations that are on the record already.
        clock: Gives the claimed time.
        randomness: Gives the salts.

    Raises:
        StatementError: a party and date that is declared already, without ``supplement``; or with it, and
            there is nothing to supplement. Nothing is stored.
    """
    known = _declared_already(node)
    own: list[Statement] = []
    foreign: list[Statement] = []
    missing = []
    for declaration in declarations:
        if isinstance(declaration, AggregateDeclaration) and not declaration.is_provided:
            missing.append(declaration.name)
            continue
        fact = _fact(declaration, node=node, basis=basis)
        refs = _refs(fact, known, name=declaration.name, supplement=supplement)
        statement = Statement(kind=kind_of(fact), members=members_of(fact), refs=refs)
        (own if declaration.party == node.party else foreign).append(statement)
    ids = submit(node, [*own, *foreign], clock=clock, randomness=randomness) if own or foreign else ()
    return Declared(own=ids[: len(own)], transcribed=ids[len(own) :], not_provided=tuple(missing))


def _fact(declaration: Declaration, *, node: Node, basis: TimingBasis) -> Fact:
    if isinstance(declaration, ItemisedDeclaration):
        return Breakdown(
            party=declaration.party,
            as_of=declaration.as_of,
            lines=tuple(
                BreakdownLine(category=line.category, system=line.system, count=line.count)
                for line in declaration.lines
            ),
            known_as=declaration.known_as,
            citation=declaration.citation,
            records=(),
        )
    own = declaration.party == node.party
    return DeclaredFigures(
        party=declaration.party,
        as_of=declaration.as_of,
        figures=declaration.figures,
        known_as=declaration.known_as,
        citation=declaration.citation,
        channel=Channel.EXCHANGE if own else Channel.TRANSCRIPTION,
        timing=Timing(basis=basis if own else TimingBasis.PUBLICATION),
        records=(),
    )


_Known = dict[tuple[str, str, str], tuple[str, dict[str, object]]]
"""By kind, party and date: the last record about it in this party's own log, and what it states."""


def _refs(fact: Fact, known: _Known, *, name: str, supplement: bool) -> tuple[str, ...]:
    members = members_of(fact)
    before = known.get((kind_of(fact), str(members["party"]), str(members["as_of"])))
    if before is None:
        if supplement:
            raise StatementError(f"{name}: nothing is declared for it yet, so there is nothing to supplement")
        return ()
    record, stated = before
    if not supplement:
        raise StatementError(
            f"{name}: declared already in record {record[:16]}...; a locked declaration is never changed, "
            "what corrects it is put on record with --supplement"
        )
    if members == stated:
        raise StatementError(f"{name}: states what record {record[:16]}... states already; nothing to add")
    return (record,)


def _declared_already(node: Node) -> _Known:
    found: _Known = {}
    for entry in node.store.entries(node.log.origin):
        if entry.kind in {AGGREGATE, BREAKDOWN}:
            statement = opened(entry)
            subject = (entry.kind, str(statement.get("party")), str(statement.get("as_of")))
            found[subject] = (entry.record_id, statement)
    return found
