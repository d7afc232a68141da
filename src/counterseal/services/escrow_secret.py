"""What opens an escrowed declaration: its seed and all its items. It never leaves its owner whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import orjson

from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.seed_tree import SEED_BYTES, SeedTree
from counterseal.declarations.wording import LONGEST_CITATION, text_fault
from counterseal.records.escrow import EscrowCommitment
from counterseal.services.errors import StatementError
from counterseal.services.escrow_contents import content_document, parse_content
from counterseal.services.escrow_layout import Layout, Shape, lay_out
from counterseal.services.escrow_table import Item
from counterseal.services.ports import Randomness


@dataclass(frozen=True, kw_only=True)
class Escrow:
    """All that opens a declaration: whoever has it can show any part of it. It never leaves its owner.

    Attributes:
        title: What it is, in words for everybody.
        seed: Where the salts grow from [32 bytes].
        layout: The declaration, laid out.
    """

    title: str
    seed: bytes
    layout: Layout

    @cached_property
    def tree(self) -> SeedTree:
        """The tree over all fields."""
        fields = [(name.encode(), value.encode()) for name, value in self.layout.fields]
        return SeedTree(fields, seed=self.seed, leaves=self.layout.shape.leaves)

    @property
    def commitment(self) -> EscrowCommitment:
        """What the public record states of it."""
        return EscrowCommitment(leaves=self.layout.shape.leaves, root=self.tree.root.hex(), title=self.title)


def secret_name(commitment: EscrowCommitment) -> str:
    """Return the name under which a node keeps what opens a commitment."""
    return f"escrow/{commitment.root}"


def prepare_escrow(
    items: Sequence[Item], *, title: str, randomness: Randomness, room: Shape | None = None
) -> Escrow:
    """Return a declaration laid out under a fresh seed; nothing is signed or kept yet.

    Args:
        items: What is declared.
        title: What it is, in words for everybody: it is public.
        randomness: Gives the seed.
        room: Least number of places of each level, to tell less.

    Raises:
        StatementError: nothing is declared, the title is no line of text, or the tree would be too large.
    """
    if (fault := text_fault(title, longest=LONGEST_CITATION)) is not None:
        raise StatementError(f"escrow title: {fault}")
    return Escrow(title=title, seed=randomness(SEED_BYTES), layout=lay_out(items, room=room))


def write_kept(escrow: Escrow) -> bytes:
    """Return what a node keeps to open an escrow: items, room, seed and title."""
    shape = escrow.layout.shape
    document = {
        "items": [content_document(item) for item in escrow.layout.items],
        "room": [shape.sites, shape.buildings, shape.items],
        "seed": escrow.seed.hex(),
        "title": escrow.title,
        "v": 1,
    }
    return encode_canonical(document)


def read_kept(data: bytes) -> Escrow:
    """Return the escrow that ``write_kept`` wrote."""
    kept = orjson.loads(data)
    items = [parse_content(item) for item in kept["items"]]
    room = Shape(sites=kept["room"][0], buildings=kept["room"][1], items=kept["room"][2])
    layout = lay_out((item for item in items if isinstance(item, Item)), room=room)
    return Escrow(title=kept["title"], seed=bytes.fromhex(kept["seed"]), layout=layout)
