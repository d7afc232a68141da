"""Reads a file of declarations of any of the accepted forms, told apart by what stands in it."""

from dataclasses import dataclass
from datetime import date

from counterseal.declarations.admission import Admission
from counterseal.declarations.breakdown_table import REQUIRED_COLUMNS, read_breakdown_table
from counterseal.declarations.document import Declaration, read_declaration_json
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.plain_text import decode_text
from counterseal.declarations.problems import Problems
from counterseal.declarations.table import read_aggregate_table
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownSubject:
    """What the table of a breakdown does not say of itself.

    Attributes:
        party: Code of the State that declares, as it was given.
        as_of: The date of the data, as it was given.
        known_as: How well the lines are known.
        citation: Where they come from; None: the name of the file.
    """

    party: str
    as_of: str
    known_as: KnownAs = KnownAs.CONFIRMED
    citation: str | None = None


def read_declarations(
    data: bytes,
    *,
    where: str,
    pack: Pack,
    until: date | None = None,
    breakdown_of: BreakdownSubject | None = None,
) -> tuple[Declaration, ...]:
    """Return the declarations of a file: JSON, a table of aggregates, or the table of a breakdown.

    Args:
        data: The whole file.
        where: Name of the file, for messages.
        pack: The agreement under which they are declared.
        until: Last date of data that may be declared; None: no such bound.
        breakdown_of: Party and date of a breakdown's table; needed for such a table alone.

    Raises:
        DeclarationError: anything in it breaks a rule, or a breakdown's party and date are not given.
    """
    text = decode_text(data, where=where)
    if text.lstrip()[:1] in {"{", "["}:
        return read_declaration_json(data, where=where, pack=pack, until=until)
    if not _is_breakdown(text):
        return read_aggregate_table(data, where=where, pack=pack, until=until)
    if breakdown_of is None:
        raise DeclarationError(
            f"{where}: is the table of a breakdown; its party and date must be given with it"
        )
    return (_breakdown(data, where=where, subject=breakdown_of, pack=pack, until=until),)


def _is_breakdown(text: str) -> bool:
    header = text.split("\n", 1)[0]
    return "as_of" not in header and any(column in header for column in REQUIRED_COLUMNS)


def _breakdown(
    data: bytes, *, where: str, subject: BreakdownSubject, pack: Pack, until: date | None
) -> Declaration:
    problems = Problems(where)
    admission = Admission(pack, until=until, problems=problems)
    admission.party(subject.party, place=f"{where}, party given for the breakdown")
    as_of = admission.day(subject.as_of, place=f"{where}, date given for the breakdown")
    admission.require_asked_dates()
    problems.require_none()
    if as_of is None:  # pragma: no cover - a date that is none is a problem, raised above
        raise DeclarationError(f"{where}: no date for the breakdown")
    return read_breakdown_table(
        data,
        where=where,
        party=PartyCode(subject.party),
        as_of=as_of,
        known_as=subject.known_as,
        citation=subject.citation or where,
    )
