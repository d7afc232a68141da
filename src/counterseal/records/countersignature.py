"""Countersignatures: what another party says of a record, in a record of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from counterseal.crypto.encoding import is_hex32
from counterseal.records.errors import RecordError

KIND = "countersignature"


class Meaning(StrEnum):
    """What a countersignature says; a missing one is shown as missing, never inferred."""

    RECEIVED = "received"
    AGREED = "agreed"
    AGREED_WITH_RESERVATION = "agreed-with-reservation"
    OBJECTS = "objects"


NEEDS_NOTE = frozenset((Meaning.AGREED_WITH_RESERVATION, Meaning.OBJECTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersignature:
    """One party's word about one record of another.

    Attributes:
        record: Id of the record that it is about.
        meaning: What it says.
        note: In its own words; required with a reservation or an objection.
    """

    record: str
    meaning: Meaning
    note: str | None = None

    def __post_init__(self) -> None:
        if not is_hex32(self.record):
            raise RecordError(f"countersignature record {self.record!r}: must be 64 hexadecimal digits")
        if self.meaning in NEEDS_NOTE and not self.note:
            raise RecordError(f"countersignature {self.meaning}: must say why, in a note")

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {"meaning": self.meaning.value, "note": self.note, "record": self.record}


def parse_countersignature(statement: Mapping[str, Any]) -> Countersignature:
    """Return the countersignature that a statement makes.

    Raises:
        RecordError: other members, an unknown meaning, or a reservation without a word.
    """
    if set(statement) != {"meaning", "note", "record"}:
        raise RecordError("countersignature: must have exactly meaning, note and record")
    meaning, note = statement["meaning"], statement["note"]
    if not isinstance(meaning, str) or meaning not in set(Meaning):
        raise RecordError(f"countersignature meaning {meaning!r}: unknown")
    if note is not None and not isinstance(note, str):
        raise RecordError("countersignature note: must be text or null")
    return Countersignature(record=statement["record"], meaning=Meaning(meaning), note=note)
