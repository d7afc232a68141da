"""Escrow: committing to a whole declaration, field by field, and checking it when it is opened."""

import os
from hashlib import sha256
from pathlib import Path

from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import QUICK, Sizes

from counterseal.records.escrow import EscrowCommitment, EscrowOpening, require_leads_to
from counterseal.services.escrow_layout import lay_out
from counterseal.services.escrow_secret import Escrow
from counterseal.services.escrow_table import Item

_SITES, _BUILDINGS = 15, 7
_ROUNDS = 4
"""Limit and figure take turns this often, so that both see the same machine."""


def _items(inside: int) -> list[Item]:
    """Items for a tree of 16 sites, 8 buildings in each, and places for ``inside`` items and a header."""
    more = (("length_cm", "1240"), ("model", "Heron"))
    return [
        Item(
            site=f"Site {site}", building=f"Hall {hall}", item=f"H-{number:05}", category="vessel", more=more
        )
        for site in range(_SITES)
        for hall in range(_BUILDINGS)
        for number in range(inside)
    ]


def _bare(fields: list[tuple[bytes, bytes]], leaves: int) -> None:
    """Hash as often as the tree asks, over as many bytes, in tight loops that keep nothing else."""
    seed, pair = os.urandom(68), os.urandom(65)
    for _ in range(2 * (leaves - 1)):
        sha256(seed).digest()
    for name, value in fields:
        sha256(b"\x00part/v1....%b....%b................................" % (name, value)).digest()
    for _ in range(leaves - len(fields)):
        sha256(seed[:48]).digest()
    for _ in range(leaves - 1):
        sha256(pair).digest()


def escrow_commit(_work: Path, sizes: Sizes) -> list[Figure]:
    """From the items of a declaration to the root that commits to all fields."""
    items = _items(7 if sizes == QUICK else 1023)
    own, tree, limit, check = Stopwatch(), Stopwatch(), Stopwatch(), Stopwatch()
    for _ in range(_ROUNDS):
        seed = os.urandom(32)
        with own.span(1):
            layout = lay_out(items)
            escrow = Escrow(title="t", seed=seed, layout=layout)
            commitment = escrow.commitment
        fields = [(name.encode(), value.encode()) for name, value in layout.fields]
        with limit.span(layout.shape.leaves):
            _bare(fields, layout.shape.leaves)
        with tree.span(layout.shape.leaves):
            assert Escrow(title="t", seed=seed, layout=layout).commitment == commitment
        _check(escrow, commitment, watch=check)
    leaves = layout.shape.leaves
    return [
        Figure(
            name="escrow-commit-time",
            what=f"committing to a declaration of {len(items):,} items in {leaves:,} fields",
            reached=own.cpu_s / _ROUNDS,
            unit="s",
            compared="reached",
            below=1.0,
            cpu_s=own.cpu_s,
            wall_s=own.wall_s,
        ),
        _ratio(
            "escrow-commit", f"committing to {leaves:,} fields that are laid out", tree, limit, at_least=0.5
        ),
        _ratio("escrow-check", f"checking the opening of {leaves:,} fields", check, limit, at_least=0.3),
    ]


def _check(escrow: Escrow, commitment: EscrowCommitment, *, watch: Stopwatch) -> None:
    with watch.span(commitment.leaves):
        opening = EscrowOpening(
            commitment="00" * 32,
            fields=escrow.layout.fields,
            first=0,
            leaves=commitment.leaves,
            proof=(),
            reason="measured",
            seed=escrow.seed.hex(),
            stage="all",
        )
        require_leads_to(opening, commitment)


def _ratio(name: str, what: str, own: Stopwatch, limit: Stopwatch, *, at_least: float) -> Figure:
    return Figure(
        name=name,
        what=what,
        reached=own.rate,
        unit="fields/s",
        limit=limit.rate,
        limit_is="the same number of SHA-256 hashes over as many bytes, nothing else",
        at_least=at_least,
        cpu_s=own.cpu_s,
        wall_s=own.wall_s,
    )
