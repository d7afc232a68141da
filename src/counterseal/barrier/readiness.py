"""What the closed room says of itself before it is told any secret: 64 bytes, of the same length always.

A readiness is, with integers big-endian::

    magic "CSBR" · version 1 [1] · obstacle [1] · zero [2] · layers [4] · refused acts [4] · zero [48]
"""

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from counterseal.barrier.answers import Health
from counterseal.barrier.errors import BarrierError

READINESS_BYTES = 64

_MAGIC = b"CSBR"
_VERSION = 1
_READINESS = struct.Struct(">4sBB2xII48x")


class Obstacle(IntEnum):
    """Why a room could not be closed."""

    NONE = 0
    """Nothing: the room is closed."""
    CODE = 1
    """The code that decides could not be loaded, or failed on its own built-in example."""
    MACHINE = 2
    """Not Linux on 64-bit x86 or ARM."""
    FOREIGN = 3
    """Code is loaded that is not of Python, NumPy or this program."""
    THREADS = 4
    """More than one thread runs, or it cannot be told."""
    CHANNELS = 5
    """Standard input and output are not pipes, or other descriptors cannot be closed."""
    LIMITS = 6
    """Memory, files or processes cannot be limited."""
    FILTER = 7
    """The kernel does not take the filter of system calls."""
    ACT = 8
    """Something that is forbidden was tried, and not refused."""


class Layer(IntFlag):
    """The ways in which a room can be closed."""

    FILTER = 1
    """A list of allowed system calls; anything else ends the process. It is the last of three."""
    NO_NEW_PRIVILEGES = 2
    """No program that it could start would have more rights than it."""
    LIMITS = 4
    """Fixed memory, no file that grows, no process, no core dump."""
    CHANNELS = 8
    """No descriptor but the two pipes."""
    NOT_DUMPABLE = 16
    """Other users' processes, and its own user's, cannot look into its memory."""
    ENDS_WITH_PARENT = 32
    """It is ended when whoever started it ends."""
    NO_CAPABILITIES = 64
    """It has none of the rights of an administrator."""
    NOT_ROOT = 128
    """It is not the administrator to the rest of the machine."""
    OWN_USERS = 256
    """User namespace of its own."""
    OWN_NETWORK = 512
    """Network namespace of its own, without any interface that is up."""
    EMPTY_ROOT = 1024
    """A file system of its own with nothing in it, read-only."""
    OWN_IPC = 2048
    """Namespace of its own for shared memory and message queues."""
    OWN_NAME = 4096
    """Namespace of its own for the name of the machine."""


NEEDED = (
    Layer.FILTER
    | Layer.NO_NEW_PRIVILEGES
    | Layer.LIMITS
    | Layer.CHANNELS
    | Layer.NOT_DUMPABLE
    | Layer.ENDS_WITH_PARENT
    | Layer.NO_CAPABILITIES
)
"""Without all of these nothing is measured."""

DOUBLED = Layer.OWN_NETWORK | Layer.EMPTY_ROOT | Layer.OWN_IPC | Layer.OWN_NAME
"""These close again what the filter closes already; without one of them the health is *reduced*."""


class Act(IntFlag):
    """What the closed room tries, to see that it is refused."""

    OPEN_TO_WRITE = 1
    OPEN_TO_READ = 2
    CONNECT = 4
    FORK = 8
    START_THREAD = 16
    START_PROGRAM = 32
    TRACE = 64
    SIGNAL = 128
    READ_ELSEWHERE = 256
    WRITE_ELSEWHERE = 512
    RUN_MEMORY = 1_024
    RUN_MEMORY_LATER = 2_048
    MAP_FILE = 4_096
    MEMORY_FILE = 8_192
    READ_PROCESS = 16_384
    RING = 32_768
    MAKE_PIPE = 65_536
    LEAVE_NAMESPACE = 131_072
    PROGRAM_KERNEL = 262_144
    WATCH_FAULTS = 524_288


EVERY_ACT = Act(sum(Act))
NO_ACT = Act(0)
NO_LAYER = Layer(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """How the room is closed, as known before any secret came in.

    Attributes:
        obstacle: Why it could not be closed; `Obstacle.NONE` where it is.
        layers: The ways in which it is closed.
        refused: The forbidden acts that were tried and refused.
    """

    obstacle: Obstacle
    layers: Layer = NO_LAYER
    refused: Act = NO_ACT

    @property
    def closed(self) -> bool:
        """Whether secrets may come in."""
        held = self.layers & NEEDED == NEEDED
        return held and self.obstacle is Obstacle.NONE and self.refused == EVERY_ACT

    @property
    def health(self) -> Health:
        """How well the room is closed."""
        if not self.closed:
            return Health.FAULT
        return Health.WELL if self.layers & DOUBLED == DOUBLED else Health.REDUCED


def encode_readiness(readiness: Readiness) -> bytes:
    """Return the 64 bytes of a readiness."""
    return _READINESS.pack(_MAGIC, _VERSION, readiness.obstacle, readiness.layers, readiness.refused)


def parse_readiness(data: bytes) -> Readiness:
    """Return the readiness that 64 bytes say.

    Raises:
        BarrierError: they are not the one spelling of a readiness.
    """
    if len(data) != READINESS_BYTES:
        raise BarrierError(f"readiness: {len(data)} bytes, must be {READINESS_BYTES}")
    magic, version, obstacle, layers, refused = _READINESS.unpack(data)
    known = obstacle in tuple(Obstacle) and layers <= sum(Layer) and refused <= EVERY_ACT
    if (magic, version) != (_MAGIC, _VERSION) or not known:
        raise BarrierError("readiness: not of a form that is known")
    readiness = Readiness(obstacle=Obstacle(obstacle), layers=Layer(layers), refused=Act(refused))
    if encode_readiness(readiness) != data:
        raise BarrierError("readiness: its bytes are not the one spelling of what they say")
    return readiness
