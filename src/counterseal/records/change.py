"""What ``keys.change`` and ``trust.change`` say: that a newer key file or trust file came into force."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.crypto.encoding import is_hex32
from counterseal.records.errors import RecordError
from counterseal.terms.parties import PartyCode, parse_party_code

KEYS_CHANGE = "keys.change"
TRUST_CHANGE = "trust.change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which version, by which id; of a party's key file, or (without a party) of the trust file."""

    version: int
    file_id: str
    party: PartyCode | None = None

    @property
    def kind(self) -> str:
        """The kind of the record that states it."""
        return TRUST_CHANGE if self.party is None else KEYS_CHANGE

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        named = {} if self.party is None else {"party": self.party}
        return {"id": self.file_id, "version": self.version, **named}


def parse_change(kind: str, statement: Mapping[str, Any]) -> Change:
    """Return the change that a record states.

    Raises:
        RecordError: other members, or one that is not of its form.
    """
    members = {"id", "version"} | ({"party"} if kind == KEYS_CHANGE else set())
    if set(statement) != members:
        raise RecordError(f"{kind}: must have exactly {', '.join(sorted(members))}")
    version = statement["version"]
    if not is_hex32(statement["id"]) or type(version) is not int or version < 1:
        raise RecordError(f"{kind}: id must be 64 hexadecimal digits, version a whole number from 1")
    if kind == TRUST_CHANGE:
        return Change(version=version, file_id=statement["id"])
    try:
        party = parse_party_code(str(statement["party"]))
    except ValueError as error:
        raise RecordError(f"{kind}: {error}") from error
    return Change(version=version, file_id=statement["id"], party=party)
