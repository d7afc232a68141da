"""Escrow: a complete declaration is committed to now, and opened later by subtrees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.crypto.canonical import decode_canonical
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.errors import CommitmentError, CryptoError
from counterseal.crypto.seed_tree import SeedTree, climb, require_subtree
from counterseal.records.errors import RecordError

COMMITMENT_KIND = "escrow.commitment"
OPENING_KIND = "escrow.opening"
MAX_LEAVES = 4_194_304
LONGEST_NAME = 200
FREE_LEAVES = 4_096
LEAVES_FOR_A_FIELD = 64

_OPENING = {"commitment", "fields", "first", "leaves", "proof", "reason", "seed", "stage"}
_MAX_PROOF = MAX_LEAVES.bit_length() - 1
_PAIR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowCommitment:
    """A commitment to a list of fields.

    Attributes:
        leaves: Number of fields, dummies included, a power of two.
        root: What commits to them [64 hexadecimal digits].
        title: What they are, in words for everybody.
    """

    leaves: int
    root: str
    title: str

    def __post_init__(self) -> None:
        _require_leaves(self.leaves, what="escrow commitment")
        if not is_hex32(self.root):
            raise RecordError(f"escrow commitment root {self.root!r}: must be 64 hexadecimal digits")
        if type(self.title) is not str:
            raise RecordError("escrow commitment title: must be text")

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {"leaves": self.leaves, "root": self.root, "title": self.title}


@dataclass(frozen=True, slots=True, kw_only=True)
class EscrowOpening:
    """The opening of one aligned subtree of a commitment.

    Attributes:
        commitment: Id of the record that commits.
        fields: Names and values (texts of canonical JSON) in order, both empty for a dummy between others;
            dummies at the end are left out.
        first: Index of the first field.
        leaves: Size of the subtree, a power of two.
        proof: Siblings on the way to the root, lowest first [64 hexadecimal digits each].
        reason: Why, in words.
        seed: Seed of the subtree [64 hexadecimal digits].
        stage: Step of the procedure under which it is opened.
    """

    commitment: str
    fields: tuple[tuple[str, str], ...]
    first: int
    leaves: int
    proof: tuple[str, ...]
    reason: str
    seed: str
    stage: str

    def __post_init__(self) -> None:
        for name, text in (("commitment", self.commitment), ("seed", self.seed)):
            if not is_hex32(text):
                raise RecordError(f"escrow opening {name} {text!r}: must be 64 hexadecimal digits")
        for name, text in (("reason", self.reason), ("stage", self.stage)):
            if type(text) is not str or not text:
                raise RecordError(f"escrow opening {name}: must be a text of at least one character")
        _require_leaves(self.leaves, what="escrow opening")
        if type(self.first) is not int or self.first < 0 or self.first % self.leaves:
            raise RecordError(f"escrow opening first {self.first!r}: must be a multiple of {self.leaves}")
        if len(self.proof) > _MAX_PROOF or not all(map(is_hex32, self.proof)):
            raise RecordError(
                f"escrow opening proof: must be at most {_MAX_PROOF} hashes of 64 hexadecimal digits"
            )
        _require_room(self.leaves, len(self.fields))
        if self.fields and not any(self.fields[-1]):
            raise RecordError("escrow opening fields: end with a dummy; dummies at the end are left out")
        for position, (name, value) in enumerate(self.fields):
            _require_field(name, value, index=self.first + position)

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that carries it."""
        return {
            "commitment": self.commitment,
            "fields": [list(field) for field in self.fields],
            "first": self.first,
            "leaves": self.leaves,
            "proof": list(self.proof),
            "reason": self.reason,
            "seed": self.seed,
            "stage": self.stage,
        }


def parse_escrow_commitment(statement: Mapping[str, Any]) -> EscrowCommitment:
    """Return the commitment that a statement makes.

    Raises:
        RecordError: other members, or one out of form.
    """
    if set(statement) != {"leaves", "root", "title"}:
        raise RecordError("escrow commitment: must have exactly leaves, root and title")
    return EscrowCommitment(**statement)


def parse_escrow_opening(statement: Mapping[str, Any]) -> EscrowOpening:
    """Return the opening that a statement makes; whether it leads to the root is judged apart.

    Raises:
        RecordError: other members, or one out of form.
    """
    if set(statement) != _OPENING:
        raise RecordError(f"escrow opening: must have exactly {', '.join(sorted(_OPENING))}")
    fields, proof = statement["fields"], statement["proof"]
    if type(fields) is not list or not all(type(row) is list and len(row) == _PAIR for row in fields):
        raise RecordError("escrow opening fields: must be a list of [name, value]")
    if type(proof) is not list:
        raise RecordError("escrow opening proof: must be a list")
    pairs = tuple((row[0], row[1]) for row in fields)
    return EscrowOpening(**{**statement, "fields": pairs, "proof": tuple(proof)})


def most_leaves(fields: int) -> int:
    """Return how large a subtree may be that is opened with that many written fields.

    Every leaf costs whoever checks it three hashes: a short record must not ask for long work.
    """
    return max(FREE_LEAVES, LEAVES_FOR_A_FIELD * fields)


def require_leads_to(opening: EscrowOpening, commitment: EscrowCommitment) -> None:
    """Refuse an opening unless its fields, seed and proof give the committed root.

    Raises:
        RecordError: outside the commitment, a proof of another length, or another root.
    """
    try:
        require_subtree(total=commitment.leaves, first=opening.first, leaves=opening.leaves)
    except CommitmentError as error:
        raise RecordError(f"escrow opening: {error}") from error
    steps = (commitment.leaves // opening.leaves).bit_length() - 1
    if len(opening.proof) != steps:
        raise RecordError(f"escrow opening proof: {len(opening.proof)} hashes, must be {steps}")
    fields = [(name.encode(), value.encode()) for name, value in opening.fields]
    top = SeedTree(fields, seed=bytes.fromhex(opening.seed), leaves=opening.leaves).root
    proof = [bytes.fromhex(item) for item in opening.proof]
    if climb(top, position=opening.first // opening.leaves, proof=proof).hex() != commitment.root:
        raise RecordError("escrow opening: does not lead to the committed root")


def _require_leaves(leaves: Any, *, what: str) -> None:
    if type(leaves) is not int or not 1 <= leaves <= MAX_LEAVES or leaves & (leaves - 1):
        raise RecordError(f"{what} leaves {leaves!r}: must be a power of two up to {MAX_LEAVES}")


def _require_room(leaves: int, fields: int) -> None:
    if fields > leaves:
        raise RecordError(f"escrow opening: {fields} fields for {leaves} leaves")
    if leaves > (most := most_leaves(fields)):
        raise RecordError(
            f"escrow opening: {leaves} leaves with {fields} fields written, at most {most}: the larger of "
            f"{FREE_LEAVES} and {LEAVES_FOR_A_FIELD} for each"
        )


def _require_field(name: Any, value: Any, *, index: int) -> None:
    if type(name) is not str or type(value) is not str:
        raise RecordError(f"escrow field {index}: name and value must be texts")
    if not name and not value:
        return
    if not 1 <= len(name) <= LONGEST_NAME:
        raise RecordError(f"escrow field {index}: a name of {len(name)} characters, 1 to {LONGEST_NAME}")
    try:
        decode_canonical(value.encode())
    except CryptoError as error:
        raise RecordError(f"escrow field {index}, value: {error}") from error
