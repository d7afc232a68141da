"""The dossier of the equipment: what it is made of, who vouches for it, and which copies there are.

The host certifies the equipment, so that it may stand beside an item; the inspector authenticates it, so
that it answers what it measures. Neither trusts the other's copy: several are built alike, one is
drawn by lot to be used and others to be taken apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from counterseal.barrier.protocol_form import Part, ProtocolError
from counterseal.terms.times import parse_date

MAX_COPIES = 64
MAX_COMPONENTS = 1_000
MAX_TESTS = 4_096

_FIRST = "title host inspector copies components code certification authentication tests"
_MEMBERS = MappingProxyType({1: _FIRST, 2: f"{_FIRST} nuclear_data"})
"""The members of each version: the first does not name the nuclear data."""
_COPY = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A line of the bill of materials: what it is, who made it, how many, and SHA-256 where it is bytes."""

    name: str
    maker: str
    quantity: int
    sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionalTest:
    """A test of one copy with a known source or pulser: which, on which day, and whether it passed."""

    copy: str
    test: str
    day: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that is on paper about the equipment.

    Attributes:
        title: One line for people.
        host: Code of the party that certifies it.
        inspector: Code of the party that authenticates it.
        copies: Names of the copies that were built alike, sorted.
        components: The bill of materials.
        code: Hash of the code that answers [64 hexadecimal digits].
        certification: In the host's words: tested for what, with which result.
        authentication: In the inspector's words; it speaks by countersigning the dossier as agreed.
        tests: Functional tests, copy by copy.
        nuclear_data: Edition and SHA-256 of the nuclear data; None in version 1, which does not say.
        document: The dossier as data: what is signed.
    """

    title: str
    host: str
    inspector: str
    copies: tuple[str, ...]
    components: tuple[Component, ...]
    code: str
    certification: str
    authentication: str
    tests: tuple[FunctionalTest, ...]
    nuclear_data: tuple[str, str] | None
    document: Mapping[str, Any]

    def works(self, copy: str) -> bool:
        """Whether a copy has passed every functional test it was put to, and at least one."""
        found = [test.passed for test in self.tests if test.copy == copy]
        return bool(found) and all(found)


def parse_dossier(document: Any) -> Dossier:
    """Return the dossier that a document states.

    Raises:
        ProtocolError: naming the place, what was found and the rule.
    """
    _, parts = Part(value=document).versioned("dossier", _MEMBERS)
    copies = tuple(map(_copy, parts["copies"].items(least=1, most=MAX_COPIES)))
    if list(copies) != sorted(set(copies)):
        raise ProtocolError("copies must be sorted, none twice", path=parts["copies"].path)
    components = parts["components"].items(least=1, most=MAX_COMPONENTS)
    tests = parts["tests"].items(least=0, most=MAX_TESTS)
    return Dossier(
        title=parts["title"].text(),
        host=_party(parts["host"]),
        inspector=_party(parts["inspector"]),
        copies=copies,
        components=tuple(map(_component, components)),
        code=parts["code"].hex32(),
        certification=parts["certification"].text(most=2_000),
        authentication=parts["authentication"].text(most=2_000),
        tests=tuple(_test(test, copies=copies) for test in tests),
        nuclear_data=_nuclear_data(parts["nuclear_data"]) if "nuclear_data" in parts else None,
        document=document,
    )


def _nuclear_data(part: Part) -> tuple[str, str]:
    members = part.members("version sha256")
    return members["version"].text(most=16), members["sha256"].hex32()


def _party(part: Part) -> str:
    return part.matching(r"[A-Z][A-Z0-9-]{0,31}", rule="must be the code of a party, such as BEL")


def _copy(part: Part) -> str:
    return part.matching(_COPY, rule="must be the name of a copy: 1 to 64 letters, digits, '.', '_' or '-'")


def _component(part: Part) -> Component:
    members = part.members("name maker quantity sha256")
    return Component(
        name=members["name"].text(),
        maker=members["maker"].text(),
        quantity=members["quantity"].whole(least=1),
        sha256=members["sha256"].or_none(Part.hex32),
    )


def _test(part: Part, *, copies: tuple[str, ...]) -> FunctionalTest:
    members = part.members("copy test day passed")
    day = members["day"].text()
    try:
        parse_date(day)
    except ValueError as error:
        raise members["day"].refusal(str(error)) from error
    return FunctionalTest(
        copy=members["copy"].one_of(copies),
        test=members["test"].text(),
        day=day,
        passed=members["passed"].yes_or_no(),
    )
