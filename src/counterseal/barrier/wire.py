"""The one message that goes into the closed room: a binary request of fixed fields and capped lengths.

All integers are big-endian. A request is::

    magic "CSBQ" · version 1 [1] · zero [3] · attempt [8] · deadline, monotonic ns [8]
    token parts of the host, one an outcome [4 x 32] · token parts of the inspector [4 x 32]
    length of the protocol [4] · number of inputs [4] · the protocol
    each input: role [1] · zero [3] · length [4] · its bytes

There is one spelling of a request, and bytes that are not that spelling are refused.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from counterseal.barrier.errors import BarrierError
from counterseal.terms.outcomes import MeasurementOutcome

MAX_PROTOCOL_BYTES = 2**20
MAX_INPUT_BYTES = 2**26
MAX_INPUTS = 256
MAX_REQUEST_BYTES = 2**28
MAX_ATTEMPT = 2**63 - 1
TOKEN_BYTES = 32

OUTCOMES = (
    MeasurementOutcome.CONFIRMED,
    MeasurementOutcome.NOT_CONFIRMED,
    MeasurementOutcome.NO_DECISION,
    MeasurementOutcome.MALFUNCTION,
)
"""The outcomes in the order of their two bits, and of the token parts."""

NO_PARTS = (bytes(TOKEN_BYTES),) * len(OUTCOMES)
"""The token parts of a run without a node: the token is then 32 zero bytes."""

_MAGIC = b"CSBQ"
_VERSION = 1
_HEAD = struct.Struct(">4sB3xQQ128s128sII")
_INPUT = struct.Struct(">B3xI")
_DEADLINE, _DEADLINE_AT = struct.Struct(">Q"), 16


class Role(IntEnum):
    """What an input is to the measurement."""

    ITEM = 1
    BACKGROUND = 2
    CHECK_SOURCE = 3
    TEMPLATE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomInput:
    """A file that goes into the room: its role and its bytes, as they came from the instrument."""

    role: Role
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the closed room is asked.

    Attributes:
        attempt: Number of the attempt, as the ledger has it, 0 to 2**63 - 1; it is echoed.
        protocol: Bytes of the protocol, as both parties signed it, 1 byte to 1 MiB.
        inputs: Files of measured data, at most 256 of at most 64 MiB each.
        host_parts: The host's part of the token of each outcome, in the order of `OUTCOMES` [32 bytes each].
        inspector_parts: The inspector's parts, likewise.
    """

    attempt: int
    protocol: bytes
    inputs: tuple[RoomInput, ...]
    host_parts: tuple[bytes, ...] = NO_PARTS
    inspector_parts: tuple[bytes, ...] = NO_PARTS

    def __post_init__(self) -> None:
        """Refuse what is past the caps."""
        if not 0 <= self.attempt <= MAX_ATTEMPT:
            raise BarrierError(f"request: attempt {self.attempt}, must be 0 to {MAX_ATTEMPT}")
        if not 1 <= len(self.protocol) <= MAX_PROTOCOL_BYTES:
            raise BarrierError(
                f"request: protocol of {len(self.protocol)} bytes, must be 1 to {MAX_PROTOCOL_BYTES}"
            )
        if len(self.inputs) > MAX_INPUTS:
            raise BarrierError(f"request: {len(self.inputs)} inputs, at most {MAX_INPUTS}")
        if any(len(item.data) > MAX_INPUT_BYTES for item in self.inputs):
            raise BarrierError(f"request: an input is longer than {MAX_INPUT_BYTES} bytes")
        if self.length() > MAX_REQUEST_BYTES:
            raise BarrierError(f"request: its inputs together are longer than {MAX_REQUEST_BYTES} bytes")
        for parts in (self.host_parts, self.inspector_parts):
            if tuple(map(len, parts)) != (TOKEN_BYTES,) * len(OUTCOMES):
                raise BarrierError(f"request: token parts must be {len(OUTCOMES)} of {TOKEN_BYTES} bytes")

    def length(self) -> int:
        """Return how many bytes it is on the wire."""
        return _HEAD.size + len(self.protocol) + sum(_INPUT.size + len(item.data) for item in self.inputs)

    def of(self, role: Role) -> tuple[bytes, ...]:
        """Return the inputs of one role, in their order."""
        return tuple(item.data for item in self.inputs if item.role is role)

    def token(self, outcome: MeasurementOutcome) -> bytes:
        """Return the one-time token of an outcome: host part XOR inspector part [32 bytes]."""
        place = OUTCOMES.index(outcome)
        pairs = zip(self.host_parts[place], self.inspector_parts[place], strict=True)
        return bytes(host ^ inspector for host, inspector in pairs)


def encode_request(request: Request, *, deadline_ns: int) -> bytearray:
    """Return the bytes of a request whose answer leaves the room at ``deadline_ns`` [monotonic ns]."""
    _require_deadline(deadline_ns)
    data = bytearray(
        _HEAD.pack(
            _MAGIC,
            _VERSION,
            request.attempt,
            deadline_ns,
            b"".join(request.host_parts),
            b"".join(request.inspector_parts),
            len(request.protocol),
            len(request.inputs),
        )
    )
    data += request.protocol
    for item in request.inputs:
        data += _INPUT.pack(item.role, len(item.data))
        data += item.data
    return data


def set_deadline(data: bytearray, *, deadline_ns: int) -> None:
    """Set the deadline of a request that is encoded already: encoding a long one takes a part of the hold."""
    _require_deadline(deadline_ns)
    _DEADLINE.pack_into(data, _DEADLINE_AT, deadline_ns)


def _require_deadline(deadline_ns: int) -> None:
    if not 0 <= deadline_ns <= MAX_ATTEMPT:
        raise BarrierError(f"request: deadline {deadline_ns} ns, must be 0 to {MAX_ATTEMPT}")


def parse_request(data: bytes | bytearray) -> tuple[Request, int]:
    """Return the request and its deadline [monotonic ns].

    Raises:
        BarrierError: not a request of this version, past a cap, or not its one spelling.
    """
    if len(data) < _HEAD.size or len(data) > MAX_REQUEST_BYTES:
        raise BarrierError(f"request: {len(data)} bytes, must be {_HEAD.size} to {MAX_REQUEST_BYTES}")
    magic, version, attempt, deadline_ns, host, inspector, length, count = _HEAD.unpack_from(data)
    if (magic, version) != (_MAGIC, _VERSION):
        raise BarrierError(f"request: begins with {magic!r} version {version}, must be {_MAGIC!r} {_VERSION}")
    if not 1 <= length <= len(data) - _HEAD.size:
        raise BarrierError(
            f"request: says that its protocol has {length} bytes, and {len(data)} are all there are"
        )
    at = _HEAD.size + length
    request = Request(
        attempt=attempt,
        protocol=bytes(data[_HEAD.size : at]),
        inputs=_parse_inputs(data, at=at, count=count),
        host_parts=_in_parts(host),
        inspector_parts=_in_parts(inspector),
    )
    if encode_request(request, deadline_ns=deadline_ns) != data:
        raise BarrierError("request: its bytes are not the one spelling of what they say")
    return request, deadline_ns


def _parse_inputs(data: bytes | bytearray, *, at: int, count: int) -> tuple[RoomInput, ...]:
    """Return the inputs that begin at ``at``."""
    if count > MAX_INPUTS:
        raise BarrierError(f"request: says that it holds {count} inputs, at most {MAX_INPUTS}")
    inputs = []
    for _ in range(count):
        if at + _INPUT.size > len(data):
            raise BarrierError("request: ends within the head of an input")
        role, length = _INPUT.unpack_from(data, at)
        at += _INPUT.size
        if role not in tuple(Role):
            raise BarrierError(f"request: an input of role {role}, known are {[int(each) for each in Role]}")
        inputs.append(RoomInput(role=Role(role), data=bytes(data[at : at + length])))
        at += length
    return tuple(inputs)


def _in_parts(data: bytes) -> tuple[bytes, ...]:
    """Return token parts, one an outcome."""
    return tuple(data[at : at + TOKEN_BYTES] for at in range(0, len(data), TOKEN_BYTES))
