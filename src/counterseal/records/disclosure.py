"""Disclosures: the owner of a record opens it, or parts of it, to a wider audience."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.crypto.encoding import is_hex32
from counterseal.records.errors import RecordError

KIND = "disclosure"

_MEMBERS = {"opening", "reason", "record", "stage"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What the owner of a record shows of it, why, and under which step.

    Attributes:
        record: Id of the record that is opened.
        opening: Full or partial opening, as an object; whether it opens that record is judged apart.
        reason: Why, in words.
        stage: Step of the procedure under which it is done, or None.
    """

    record: str
    opening: Mapping[str, Any]
    reason: str
    stage: str | None = None

    def __post_init__(self) -> None:
        if not is_hex32(self.record):
            raise RecordError(f"disclosure record {self.record!r}: must be 64 hexadecimal digits")
        if type(self.reason) is not str or not self.reason:
            raise RecordError("disclosure reason: must be a text of at least one character")
        if self.stage is not None and type(self.stage) is not str:
            raise RecordError("disclosure stage: must be text or null")
        if not isinstance(self.opening, Mapping):
            raise RecordError("disclosure opening: must be an object")

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {
            "opening": dict(self.opening),
            "reason": self.reason,
            "record": self.record,
            "stage": self.stage,
        }


def parse_disclosure(statement: Mapping[str, Any]) -> Disclosure:
    """Return the disclosure that a statement makes.

    Raises:
        RecordError: other members, or one out of form.
    """
    if set(statement) != _MEMBERS:
        raise RecordError("disclosure: must have exactly opening, reason, record and stage")
    return Disclosure(**statement)
