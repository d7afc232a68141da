"""Escrow of a declaration: opened step by step, and openings that do not lead to its root (I11)."""

from collections.abc import Callable
from typing import Any

from vectors.chapters.sound import plain_world
from vectors.corpus import Files, fail, ok
from verifier.builder import World
from verifier.case_escrow import FIELDS, commit, levels_of, open_escrow, opened, subtree_seed

STEPS = (("treaty", 0, 8), ("site", 0, 4), ("building", 4, 2), ("item", 5, 1))


@ok(
    "escrow-step-by-step",
    "A declaration of six fields and two dummies is committed to, and opened item, building and site, and last as "
    "a whole.",
    of="I11",
    section="5.6",
)
def _() -> Files:
    world = plain_world()
    record = commit(world)
    for stage, first, leaves in reversed(STEPS):
        open_escrow(world, opened(record, first, leaves) | {"stage": stage})
    return world.files()


@ok(
    "escrow-read-elsewhere",
    "The commitment is not for everybody and its body is not in the bundle: the form and the place of the opening are judged, its root cannot "
    "be.",
    of="I11",
    section="5.6",
)
def _() -> Files:
    world = plain_world()
    open_escrow(world, opened(commit(world, opened=False, audience=["RU", "US"]), 4, 2))
    return world.files()


@ok(
    "escrow-of-one-field",
    "A tree of one leaf: the seed is its salt, and the proof is empty.",
    of="I11",
    section="5.6",
)
def _() -> Files:
    world = plain_world()
    open_escrow(world, opened(commit(world, 1, FIELDS[:1]), 0, 1, 1, FIELDS[:1]))
    return world.files()


def spoilt(edit: Callable[[dict[str, Any]], object], at: tuple[int, int] = (4, 2)) -> Files:
    """Make a bundle in which an opening is not as it should be."""
    world = plain_world()
    statement = opened(commit(world), *at)
    edit(statement)
    open_escrow(world, statement)
    return world.files()


def wrong_sibling(statement: dict[str, Any]) -> None:
    """Give the sibling of the leaf beside it as the lowest one."""
    statement["proof"][0] = levels_of(8)[1][2].hex()


def seed_above(statement: dict[str, Any]) -> None:
    """Give the seed one level above, which would open more."""
    statement["seed"] = subtree_seed(8, 4, 4).hex()


def short_and_long(statement: dict[str, Any]) -> None:
    """Ask for a subtree that is much larger than what is said of it."""
    statement.update(first=0, leaves=8192, fields=[["a", "1"]], proof=[])


SPOILT: tuple[tuple[str, str, Callable[[dict[str, Any]], object]], ...] = (
    ("escrow-wrong-sibling", "The lowest hash of the proof is that of another place.", wrong_sibling),
    ("escrow-seed-above", "The seed is that of the subtree above it.", seed_above),
    ("escrow-other-value", "A field has another value.", lambda s: s["fields"][0].__setitem__(1, '{"n":9}')),
    ("escrow-fields-exchanged", "Two fields stand in each other's place.", lambda s: s["fields"].reverse()),
    ("escrow-proof-too-short", "The proof ends one hash below the root.", lambda s: s["proof"].pop()),
    ("escrow-asks-for-long-work", "A subtree of 8,192 leaves is opened by one field.", short_and_long),
)
for _what, _why, _edit in SPOILT:

    @fail(_what, _why, of="I11", section="5.6", refused=["escrows"])
    def _(edit: Callable[[dict[str, Any]], object] = _edit) -> Files:
        return spoilt(edit)


@fail(
    "escrow-of-another-party",
    "A party opens what another one committed to.",
    of="I11",
    section="5.6",
    refused=["escrows"],
)
def _() -> Files:
    world: World = plain_world()
    open_escrow(world, opened(commit(world, code="RU"), 4, 2))
    return world.files()


@fail(
    "escrow-of-another-commitment",
    "A second declaration of the same size is opened under the name of the first.",
    of="I11",
    section="5.6",
    refused=["escrows"],
)
def _() -> Files:
    world = plain_world()
    others = [[name, f'{{"n":{10 + n}}}'] for n, (name, _) in enumerate(FIELDS)]
    record = commit(world)
    commit(world, fields=others)
    open_escrow(world, opened(record, 4, 2, fields=others))
    return world.files()
