"""A measurement behind the barrier: the five statements by which two parties agree on it and answer for it.

The protocol is stated by one and countersigned as agreed by the other, the dossier of the equipment
likewise. The host opens an attempt, with commitments to its parts of the outcome tokens; the inspector
joins it with its own. Only then is anything measured; the outcome is put on the record with both parts
of its token. The form is ``docs/reference/formats.md``, 5.10.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.hashing import domain_hash
from counterseal.records.errors import RecordError
from counterseal.terms.outcomes import MeasurementOutcome

PROTOCOL, DOSSIER = "measurement.protocol", "measurement.dossier"
ATTEMPT, JOIN, OUTCOME = "measurement.attempt", "measurement.join", "measurement.outcome"
KINDS = frozenset((PROTOCOL, DOSSIER, ATTEMPT, JOIN, OUTCOME))

OUTCOMES = tuple(MeasurementOutcome)
"""The outcomes in the order of the commitments."""
HEALTHS = ("well", "reduced", "fault")
"""The words on the equipment; the last goes with a malfunction, and with nothing else."""
MAX_NUMBER = 2**31
MAX_NAME = 100
_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlace:
    """What a token is for; no commitment fits another place.

    Attributes:
        protocol: Record id of the protocol.
        item: Id of the item.
        number: Number of the attempt on that item under any protocol, from 1.
    """

    protocol: str
    item: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementAttempt:
    """The host's word, before anything is measured, that an item will be.

    Attributes:
        place: Protocol, item and number.
        commitments: To its part of the token of each outcome [64 hexadecimal digits each].
        copy: The copy of the equipment that is used, or None where no dossier names one.
        dossier: Record id of the dossier of the equipment, or None.
        draw: Record id of the joint draw that the copy came from, or None.
    """

    place: TokenPlace
    commitments: tuple[str, ...]
    copy: str | None = None
    dossier: str | None = None
    draw: str | None = None

    def __post_init__(self) -> None:
        _require_id(self.place.protocol, what="measurement attempt: protocol")
        _require_commitments(self.commitments, what="measurement attempt")
        if not isinstance(self.place.item, str) or not 1 <= len(self.place.item) <= MAX_NAME:
            raise RecordError(f"measurement attempt: item must be text of 1 to {MAX_NAME} characters")
        if type(self.place.number) is not int or not 1 <= self.place.number <= MAX_NUMBER:
            raise RecordError(f"measurement attempt: number {_shown(self.place.number)}: must be 1 or more")
        for name, value in (("dossier", self.dossier), ("draw", self.draw)):
            if value is not None:
                _require_id(value, what=f"measurement attempt: {name}")
        if (self.copy is None) != (self.dossier is None):
            raise RecordError("measurement attempt: copy and dossier go together: both, or null")
        if self.copy is not None and (not isinstance(self.copy, str) or not 1 <= len(self.copy) <= MAX_NAME):
            raise RecordError(f"measurement attempt: copy must be text of 1 to {MAX_NAME} characters")
        if self.draw is not None and self.dossier is None:
            raise RecordError("measurement attempt: a draw without a dossier says nothing of the equipment")

    @property
    def refs(self) -> tuple[str, ...]:
        """The records that it speaks about."""
        named = (self.place.protocol, self.dossier, self.draw)
        return tuple(record for record in named if record is not None)

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {
            "commitments": list(self.commitments),
            "copy": self.copy,
            "dossier": self.dossier,
            "draw": self.draw,
            "item": self.place.item,
            "number": self.place.number,
            "protocol": self.place.protocol,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementJoin:
    """The inspector's part in an attempt: its commitments.

    Attributes:
        attempt: Record id of the attempt.
        commitments: To its part of the token of each outcome [64 hexadecimal digits each].
    """

    attempt: str
    commitments: tuple[str, ...]

    def __post_init__(self) -> None:
        _require_id(self.attempt, what="measurement join: attempt")
        _require_commitments(self.commitments, what="measurement join")

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {"attempt": self.attempt, "commitments": list(self.commitments)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementResult:
    """What the device released.

    Attributes:
        attempt: Record id of the attempt.
        outcome: The outcome.
        health: One word on the equipment, of `HEALTHS`.
        host_part: The host's part of its token [32 bytes].
        inspector_part: The inspector's part [32 bytes].
        token: The token [32 bytes].
    """

    attempt: str
    outcome: MeasurementOutcome
    health: str
    host_part: bytes
    inspector_part: bytes
    token: bytes

    def __post_init__(self) -> None:
        _require_id(self.attempt, what="measurement outcome: attempt")
        if self.health not in HEALTHS:
            raise RecordError(
                f"measurement outcome: health {_shown(self.health)}: is none of {', '.join(HEALTHS)}"
            )
        if (self.health == HEALTHS[-1]) != (self.outcome is MeasurementOutcome.MALFUNCTION):
            raise RecordError(
                f"measurement outcome: health {self.health} with {self.outcome.value}: "
                f"a malfunction is a fault, and nothing else is"
            )

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {
            "attempt": self.attempt,
            "health": self.health,
            "host_part": self.host_part.hex(),
            "inspector_part": self.inspector_part.hex(),
            "outcome": self.outcome.value,
            "token": self.token.hex(),
        }


def commitment_to(part: bytes, *, place: TokenPlace, party: str, outcome: MeasurementOutcome) -> str:
    """Return a party's commitment to its part of the token of one outcome [64 hexadecimal digits].

    Place, party and outcome are inside: nobody can take another's commitment for its own, an old
    one, or that of another outcome.
    """
    fields = (bytes.fromhex(place.protocol), place.item, str(place.number), party, outcome.value, part)
    return domain_hash("counterseal/measurement/token/v1", *fields).hex()


def commitments_to(parts: Sequence[bytes], *, place: TokenPlace, party: str) -> tuple[str, ...]:
    """Return a party's commitments to its parts of all tokens of an attempt, in the order of ``OUTCOMES``."""
    return tuple(
        commitment_to(part, place=place, party=party, outcome=outcome)
        for outcome, part in zip(OUTCOMES, parts, strict=True)
    )


def parse_attempt(statement: Mapping[str, Any]) -> MeasurementAttempt:
    """Return the attempt that a statement opens.

    Raises:
        RecordError: other members, or one that is not in form.
    """
    names = "commitments copy dossier draw item number protocol"
    _require_members(statement, names, what="measurement attempt")
    place = TokenPlace(protocol=statement["protocol"], item=statement["item"], number=statement["number"])
    return MeasurementAttempt(
        place=place,
        commitments=_texts(statement["commitments"], what="measurement attempt: commitments"),
        copy=statement["copy"],
        dossier=statement["dossier"],
        draw=statement["draw"],
    )


def parse_join(statement: Mapping[str, Any]) -> MeasurementJoin:
    """Return the join that a statement makes.

    Raises:
        RecordError: other members, or one that is not in form.
    """
    _require_members(statement, "attempt commitments", what="measurement join")
    commitments = _texts(statement["commitments"], what="measurement join: commitments")
    return MeasurementJoin(attempt=statement["attempt"], commitments=commitments)


def parse_result(statement: Mapping[str, Any]) -> MeasurementResult:
    """Return the outcome that a statement gives.

    Raises:
        RecordError: other members, or one that is not in form.
    """
    names = "attempt health host_part inspector_part outcome token"
    _require_members(statement, names, what="measurement outcome")
    word = statement["outcome"]
    if word not in tuple(MeasurementOutcome):
        raise RecordError(f"measurement outcome: outcome {_shown(word)}: is none of {', '.join(OUTCOMES)}")
    return MeasurementResult(
        attempt=statement["attempt"],
        outcome=MeasurementOutcome(word),
        health=statement["health"],
        host_part=_bytes32(statement["host_part"], what="host_part"),
        inspector_part=_bytes32(statement["inspector_part"], what="inspector_part"),
        token=_bytes32(statement["token"], what="token"),
    )


def _require_members(statement: Mapping[str, Any], names: str, *, what: str) -> None:
    if set(statement) != set(names.split()):
        raise RecordError(f"{what}: must have exactly {', '.join(names.split())}")


def _require_id(value: Any, *, what: str) -> None:
    if not is_hex32(value):
        raise RecordError(f"{what} {_shown(value)}: must be 64 hexadecimal digits")


def _require_commitments(values: tuple[str, ...], *, what: str) -> None:
    if len(values) != len(OUTCOMES) or not all(map(is_hex32, values)):
        raise RecordError(f"{what}: commitments must be {len(OUTCOMES)} of 64 hexadecimal digits")
    if len(set(values)) != len(OUTCOMES):
        raise RecordError(f"{what}: two outcomes have the same commitment")


def _texts(value: Any, *, what: str) -> tuple[str, ...]:
    if type(value) is not list:
        raise RecordError(f"{what}: must be a list")
    return tuple(value)


def _bytes32(value: Any, *, what: str) -> bytes:
    if not is_hex32(value):
        raise RecordError(f"measurement outcome: {what}: must be 32 bytes in hexadecimal")
    return bytes.fromhex(value)


def _shown(value: Any) -> str:
    return repr(value)[:_SHOWN]
