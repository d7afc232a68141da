"""What a record says, with the place where it says it: for rules that span several records."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A record whose statement can be read, of a kind that others build on.

    Attributes:
        record_id: Its id [64 hexadecimal digits].
        kind: Its kind.
        origin: The log that it stands in; ``party`` is that log's party, and so its author.
        index: Its index in that log.
        path: File of the bundle that holds its entry.
        refs: Ids of the records that it speaks about.
        not_before: Ids of the checkpoints that its author had seen.
        claimed_time: As the header writes it.
        public: Whether its audience is everybody.
        statement: Its members.
        seen: By origin, the largest head named in ``not_before`` by it or a record before it in its log.
    """

    record_id: str
    kind: str
    origin: str
    party: str
    index: int
    path: str
    refs: tuple[str, ...]
    not_before: tuple[str, ...]
    claimed_time: str
    public: bool
    statement: dict[str, Any]
    seen: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a record stands, its kind, and what its header says of its body."""

    origin: str
    index: int
    kind: str
    commit: str
    parts: int
    size_class: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """All that the rules across records are judged by.

    Attributes:
        said: Records of the kinds in question, log by log, each log in order.
        placed: Records that disclosures and openings of escrow are of, by id.
        agreed: By record id, the parties that countersigned it as agreed.
        covered: By checkpoint id, the origin and size that it states.
        parties: Codes of the parties of the trust file.
    """

    said: tuple[Said, ...]
    placed: dict[str, Placed] = field(default_factory=dict)
    agreed: dict[str, frozenset[str]] = field(default_factory=dict)
    covered: dict[str, tuple[str, int]] = field(default_factory=dict)
    parties: frozenset[str] = frozenset()
