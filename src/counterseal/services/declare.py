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
from counterseal.records.body import open_body
from counterseal.records.envelope import split_record
from counterseal.records.header import parse_header
from counterseal.services.errors import StatementError
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness, StoredEntry
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
        refs = _refs(declaration, known, kind=kind_of(fact), supplement=supplement)
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


_Subject = tuple[str, str, str]


def _refs(
    declaration: Declaration, known: dict[_Subject, str], *, kind: str, supplement: bool
) -> tuple[str, ...]:
    before = known.get((kind, declaration.party, declaration.as_of.isoformat()))
    name = f"{declaration.party} {declaration.as_of}"
    if before and not supplement:
        raise StatementError(
            f"{name}: declared already in record {before[:16]}...; a locked declaration is never changed, "
            "what corrects it is put on record with --supplement"
        )
    if supplement and not before:
        raise StatementError(f"{name}: nothing is declared for it yet, so there is nothing to supplement")
    return (before,) if before else ()


def _declared_already(node: Node) -> dict[_Subject, str]:
    """The last record in this party's own log for each kind, party and date."""
    found: dict[_Subject, str] = {}
    for entry in node.store.entries(node.log.origin):
        if entry.kind in {AGGREGATE, BREAKDOWN}:
            statement = _opened(entry)
            found[entry.kind, str(statement.get("party")), str(statement.get("as_of"))] = entry.record_id
    return found


def _opened(entry: StoredEntry) -> dict[str, object]:
    header = parse_header(split_record(entry.envelope)[0])
    if entry.opening is None:
        return {}
    return open_body(entry.opening, commit=header.commit, parts=header.parts, size_class=header.size_class)
