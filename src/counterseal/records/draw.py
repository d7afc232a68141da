"""A joint draw: the four statements by which opposed parties draw a sample that none of them chose.

One opens it, every other agrees, each commits to 32 random bytes, and only when all commitments are
fixed does anybody reveal. The form is ``docs/reference/formats.md``, 5.7; whether one statement follows
from the others is judged in ``verification/draws.py``.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.merkle import leaf_hash, root_of
from counterseal.records.errors import RecordError
from counterseal.terms.parties import parse_party_code
from counterseal.terms.times import format_instant, parse_instant

OPENING, COMMITMENT, REVEAL, RESULT = "draw.opening", "draw.commitment", "draw.reveal", "draw.result"
ALGORITHM = "counterseal/draw/v1"
VALUE_BYTES = 32
MIN_PARTICIPANTS, MAX_PARTICIPANTS = 2, 64
MAX_STRATA = 256
MAX_POOL = 2**32
MAX_SAMPLE = 100_000
MAX_TEXT = 200

_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A run of items in the pool, and how many of them are drawn."""

    name: str
    count: int
    sample: int

    def __post_init__(self) -> None:
        _require_name(self.name, what="stratum name")
        if type(self.count) is not int or self.count < 1:
            raise RecordError(
                f"draw opening: stratum {self.name!r}: count {_shown(self.count)}, must be 1 or more"
            )
        if type(self.sample) is not int or not 0 <= self.sample <= self.count:
            raise RecordError(
                f"draw opening: stratum {self.name!r}: sample {_shown(self.sample)}, must be from 0 to "
                "its count"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawOpening:
    """What is drawn from, how much, by whom, and until when.

    Attributes:
        title: One line for people.
        participants: Codes of those who each bring randomness, sorted; the author is one.
        deadline: After it, a party whose value is not revealed may forfeit.
        pool_root: RFC 6962 root over the names in the pool, in order [64 hexadecimal digits].
        strata: Runs of the pool, in order, with the sample from each.
        pool: The names themselves, or None where they are kept apart.
    """

    title: str
    participants: tuple[str, ...]
    deadline: datetime
    pool_root: str
    strata: tuple[Stratum, ...]
    pool: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.title, str):
            raise RecordError("draw opening: title must be text")
        _require_codes(self.participants, what="draw opening: participants")
        if not MIN_PARTICIPANTS <= len(self.participants) <= MAX_PARTICIPANTS:
            raise RecordError(
                f"draw opening: {len(self.participants)} participants, must be {MIN_PARTICIPANTS} to "
                f"{MAX_PARTICIPANTS}"
            )
        if not is_hex32(self.pool_root):
            raise RecordError(
                f"draw opening: pool_root {_shown(self.pool_root)}: must be 64 hexadecimal digits"
            )
        self._require_strata()
        if self.pool is not None:
            self._require_pool(self.pool)

    @property
    def size(self) -> int:
        """Number of items in the pool."""
        return sum(stratum.count for stratum in self.strata)

    @property
    def shape(self) -> tuple[tuple[int, int], ...]:
        """Number of items and of items to draw, stratum by stratum."""
        return tuple((stratum.count, stratum.sample) for stratum in self.strata)

    def _require_strata(self) -> None:
        if not 1 <= len(self.strata) <= MAX_STRATA:
            raise RecordError(f"draw opening: {len(self.strata)} strata, must be 1 to {MAX_STRATA}")
        names = [stratum.name for stratum in self.strata]
        if len(set(names)) != len(names):
            raise RecordError("draw opening: two strata have one name")
        if self.size > MAX_POOL:
            raise RecordError(f"draw opening: a pool of {self.size} items, at most {MAX_POOL}")
        sample = sum(stratum.sample for stratum in self.strata)
        if not 1 <= sample <= MAX_SAMPLE:
            raise RecordError(f"draw opening: a sample of {sample} items, must be 1 to {MAX_SAMPLE}")

    def _require_pool(self, pool: tuple[str, ...]) -> None:
        require_pool(pool)
        if len(pool) != self.size:
            raise RecordError(
                f"draw opening: {len(pool)} names in the pool, {self.size} items in the strata; must be equal"
            )
        if root_of_pool(pool) != self.pool_root:
            raise RecordError("draw opening: pool_root is not the root over the names in the pool")

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {
            "algorithm": ALGORITHM,
            "deadline": format_instant(self.deadline),
            "participants": list(self.participants),
            "pool": None if self.pool is None else list(self.pool),
            "pool_root": self.pool_root,
            "strata": [{"count": s.count, "name": s.name, "sample": s.sample} for s in self.strata],
            "title": self.title,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCommitment:
    """A participant's word that its random value is fixed, without the value.

    Attributes:
        draw: Record id of the opening.
        commitment: What binds the value [64 hexadecimal digits].
    """

    draw: str
    commitment: str

    def __post_init__(self) -> None:
        _require_draw(self.draw, what="draw commitment")
        if not is_hex32(self.commitment):
            raise RecordError(f"draw commitment {_shown(self.commitment)}: must be 64 hexadecimal digits")

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {"commitment": self.commitment, "draw": self.draw}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawReveal:
    """The random value behind a commitment.

    Attributes:
        draw: Record id of the opening.
        of: Code of the party whose value it is: the author, or another whose envelope was opened.
        value: The value [32 bytes].
    """

    draw: str
    of: str
    value: bytes

    def __post_init__(self) -> None:
        _require_draw(self.draw, what="draw reveal")
        _require_codes((self.of,), what="draw reveal: of")
        if len(self.value) != VALUE_BYTES:
            raise RecordError(f"draw reveal: a value of {len(self.value)} bytes, must be {VALUE_BYTES}")

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {"draw": self.draw, "of": self.of, "value": self.value.hex()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawResult:
    """What was drawn, or chosen after a forfeit.

    Attributes:
        draw: Record id of the opening.
        positions: For each stratum the positions in the pool, from 0, in the order drawn.
        seed: What they follow from [64 hexadecimal digits]; None after a forfeit.
        forfeited: Codes of the parties that did not reveal in time, sorted.
    """

    draw: str
    positions: tuple[tuple[int, ...], ...]
    seed: str | None = None
    forfeited: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_draw(self.draw, what="draw result")
        _require_codes(self.forfeited, what="draw result: forfeited")
        if self.seed is not None and not is_hex32(self.seed):
            raise RecordError(
                f"draw result: seed {_shown(self.seed)}: must be 64 hexadecimal digits, or null"
            )
        if not all(type(place) is int and place >= 0 for drawn in self.positions for place in drawn):
            raise RecordError("draw result: positions must be whole numbers from 0")

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {
            "draw": self.draw,
            "forfeited": list(self.forfeited),
            "positions": [list(drawn) for drawn in self.positions],
            "seed": self.seed,
        }


def root_of_pool(names: Sequence[str]) -> str:
    """Return the RFC 6962 root over the names in a pool, in order [64 hexadecimal digits]."""
    return root_of([leaf_hash(name.encode()) for name in names]).hex()


def require_pool(names: Sequence[str]) -> None:
    """Refuse names that cannot be a pool.

    Raises:
        RecordError: one is empty or too long, or stands twice.
    """
    for number, name in enumerate(names):
        _require_name(name, what=f"name {number} in the pool")
    if len(set(names)) != len(names):
        twice, _ = Counter(names).most_common(1)[0]
        raise RecordError(f"draw opening: {twice!r} stands twice in the pool")


def commitment_to(value: bytes, *, draw: str, party: str) -> str:
    """Return the commitment of one party to its value in one draw [64 hexadecimal digits].

    Party and draw are inside, so that nobody can take another's commitment for its own, or an old one.
    """
    return domain_hash("counterseal/draw/commit/v1", bytes.fromhex(draw), party, value).hex()


def seed_of(draw: str, values: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the seed of a draw [32 bytes].

    Args:
        draw: Record id of the opening.
        values: For each participant, in order, the record id of its commitment and its value.
    """
    fields = [field for record, value in values for field in (bytes.fromhex(record), value)]
    return domain_hash("counterseal/draw/seed/v1", bytes.fromhex(draw), *fields)


def parse_opening(statement: Mapping[str, Any]) -> DrawOpening:
    """Return the opening that a statement makes.

    Raises:
        RecordError: naming the member, what was found and the rule.
    """
    members = "algorithm deadline participants pool pool_root strata title"
    _require_members(statement, members, what="draw opening")
    if statement["algorithm"] != ALGORITHM:
        raise RecordError(
            f"draw opening: algorithm {_shown(statement['algorithm'])}: only {ALGORITHM} is known"
        )
    pool = statement["pool"]
    return DrawOpening(
        title=statement["title"],
        participants=tuple(_list(statement["participants"], what="draw opening: participants")),
        deadline=_instant(statement["deadline"]),
        pool_root=statement["pool_root"],
        strata=tuple(_stratum(item) for item in _list(statement["strata"], what="draw opening: strata")),
        pool=None if pool is None else tuple(_list(pool, what="draw opening: pool")),
    )


def parse_commitment(statement: Mapping[str, Any]) -> DrawCommitment:
    """Return the commitment that a statement makes.

    Raises:
        RecordError: other members, or one that is not in form.
    """
    _require_members(statement, "commitment draw", what="draw commitment")
    return DrawCommitment(draw=statement["draw"], commitment=statement["commitment"])


def parse_reveal(statement: Mapping[str, Any]) -> DrawReveal:
    """Return the reveal that a statement makes.

    Raises:
        RecordError: other members, or one that is not in form.
    """
    _require_members(statement, "draw of value", what="draw reveal")
    value = statement["value"]
    if not is_hex32(value):
        raise RecordError(f"draw reveal: value {_shown(value)}: must be 64 hexadecimal digits")
    return DrawReveal(draw=statement["draw"], of=statement["of"], value=bytes.fromhex(value))


def parse_result(statement: Mapping[str, Any]) -> DrawResult:
    """Return the result that a statement makes.

    Raises:
        RecordError: other members, or one that is not in form.
    """
    _require_members(statement, "draw forfeited positions seed", what="draw result")
    positions = _list(statement["positions"], what="draw result: positions")
    return DrawResult(
        draw=statement["draw"],
        positions=tuple(
            tuple(_list(drawn, what="draw result: a stratum's positions")) for drawn in positions
        ),
        seed=statement["seed"],
        forfeited=tuple(_list(statement["forfeited"], what="draw result: forfeited")),
    )


def _require_members(statement: Mapping[str, Any], names: str, *, what: str) -> None:
    if set(statement) != set(names.split()):
        raise RecordError(f"{what}: must have exactly {', '.join(names.split())}")


def _shown(value: Any) -> str:
    return repr(value)[:_SHOWN]


def _list(value: Any, *, what: str) -> list[Any]:
    if type(value) is not list:
        raise RecordError(f"{what}: must be a list")
    return value


def _instant(value: Any) -> datetime:
    try:
        return parse_instant(value if isinstance(value, str) else _shown(value))
    except ValueError as error:
        raise RecordError(f"draw opening: deadline: {error}") from error


def _stratum(item: Any) -> Stratum:
    if type(item) is not dict or item.keys() != {"count", "name", "sample"}:
        raise RecordError("draw opening: a stratum must have exactly count, name and sample")
    return Stratum(name=item["name"], count=item["count"], sample=item["sample"])


def _require_name(name: Any, *, what: str) -> None:
    if not isinstance(name, str) or not 1 <= len(name) <= MAX_TEXT:
        raise RecordError(f"draw opening: {what}: must be text of 1 to {MAX_TEXT} characters")


def _require_draw(draw: Any, *, what: str) -> None:
    if not is_hex32(draw):
        raise RecordError(f"{what}: draw {_shown(draw)}: must be 64 hexadecimal digits")


def _require_codes(codes: Sequence[Any], *, what: str) -> None:
    for code in codes:
        try:
            parse_party_code(code if isinstance(code, str) and len(code) < _SHOWN else _shown(code))
        except ValueError as error:
            raise RecordError(f"{what}: {error}") from error
    if list(codes) != sorted(set(codes)):
        raise RecordError(f"{what}: must be sorted, none twice")
