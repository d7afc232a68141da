"""The table of aggregate figures: CSV, one row a party and date, one column a category."""

from collections.abc import Iterable
from datetime import date

from counterseal.declarations.admission import Admission
from counterseal.declarations.aggregate import AggregateDeclaration, standing_fault
from counterseal.declarations.cells import Row, neutralised, parse_count, plain, read_table, write_table
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.problems import Problems
from counterseal.declarations.wording import LONGEST_CITATION, shown, text_fault
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack

_STATUS = {
    "confirmed": KnownAs.CONFIRMED,
    "partly": KnownAs.PARTLY,
    "recalled": KnownAs.RECALLED,
    "not provided": KnownAs.NOT_PROVIDED,
    "not-provided": KnownAs.NOT_PROVIDED,
}


def read_aggregate_table(
    data: bytes, *, where: str, pack: Pack, until: date | None = None
) -> tuple[AggregateDeclaration, ...]:
    """Return the declarations of a table, in the order of its rows.

    The columns are ``as_of``, ``party``, every category id of the pack, ``status`` and ``source``,
    in any order. An empty cell of a category is *not provided*, never zero.

    Args:
        data: The whole file, UTF-8 (with or without byte order mark).
        where: Name of the file, for messages.
        pack: The agreement under which they are declared.
        until: Last date of data that may be declared; None: no such bound.

    Raises:
        DeclarationError: anything in it breaks a rule; up to 20 problems are told at once, each with
            file, line and column, and nothing is returned.
    """
    problems = Problems(where)
    admission = Admission(pack, until=until, problems=problems)
    categories = tuple(category.id for category in pack.categories)
    rows = read_table(data, problems=problems, where=where, required=_columns(categories))
    found = [_declaration(row, categories=categories, admission=admission, problems=problems) for row in rows]
    admission.require_asked_dates()
    problems.require_none()
    return tuple(each for each in found if each is not None)


def write_aggregate_table(declarations: Iterable[AggregateDeclaration], *, pack: Pack) -> bytes:
    """Return the table of ``declarations``; reading it gives them again.

    Raises:
        DeclarationError: one names other categories than the pack, or names them in another order.
    """
    categories = tuple(category.id for category in pack.categories)
    return write_table(_columns(categories), (_cells(each, categories=categories) for each in declarations))


def _columns(categories: tuple[str, ...]) -> tuple[str, ...]:
    return ("as_of", "party", *categories, "status", "source")


def _declaration(
    row: Row, *, categories: tuple[str, ...], admission: Admission, problems: Problems
) -> AggregateDeclaration | None:
    before = len(problems)
    as_of = admission.day(row.cells["as_of"], place=row.place("as_of"))
    party = row.cells["party"]
    if admission.party(party, place=row.place("party")) and as_of is not None:
        admission.once(party, as_of.isoformat(), place=f"{row.where}:{row.line}")
    figures = tuple((each, _figure(row, column=each, problems=problems)) for each in categories)
    known_as = _known_as(row, categories=categories, problems=problems)
    citation = plain(row.cells["source"])
    if (fault := text_fault(citation, longest=LONGEST_CITATION)) is not None:
        problems.add(row.place("source"), fault)
    if as_of is None or known_as is None or len(problems) > before:
        return None
    return AggregateDeclaration(
        party=PartyCode(party), as_of=as_of, figures=figures, known_as=known_as, citation=citation
    )


def _figure(row: Row, *, column: str, problems: Problems) -> int | None:
    text = row.cells[column]
    if not text:
        return None
    try:
        return parse_count(text)
    except ValueError as error:
        problems.add(row.place(column), f"{error}; an empty cell is 'not provided'")
        return None


def _known_as(row: Row, *, categories: tuple[str, ...], problems: Problems) -> KnownAs | None:
    known_as = _STATUS.get(row.cells["status"])
    if known_as is None:
        words = ", ".join(repr(word) for word in _STATUS)
        problems.add(row.place("status"), f"found {shown(row.cells['status'])}, must be one of {words}")
        return None
    fault = standing_fault(known_as, provided=any(row.cells[category] for category in categories))
    if fault is not None:
        problems.add(row.place("status"), f"found {row.cells['status']!r}: {fault}")
        return None
    return known_as


def _cells(declaration: AggregateDeclaration, *, categories: tuple[str, ...]) -> tuple[str, ...]:
    stated = tuple(category for category, _ in declaration.figures)
    if stated != categories:
        raise DeclarationError(
            f"{declaration.name}: states {', '.join(stated)}; "
            f"a table must hold {', '.join(categories)}, in this order"
        )
    return (
        declaration.as_of.isoformat(),
        str(declaration.party),
        *("" if figure is None else str(figure) for _, figure in declaration.figures),
        declaration.known_as.value.replace("-", " "),
        neutralised(declaration.citation),
    )
