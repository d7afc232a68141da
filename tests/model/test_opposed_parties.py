"""Whatever opposed parties do to each other, the record holds; and the model would see it if it did not."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from counterseal.app.storage.sqlite_store import SqliteStore
from counterseal.log.note import Note
from counterseal.records.fork import ForkProof, prove_fork
from counterseal.records.trust import Trust
from counterseal.services import export_bundle, import_bundle, unseal, witness
from model.machine import STEPS, OpposedParties
from model.world import FragileStore

SOAK = "COUNTERSEAL_SOAK" in os.environ
BOUNDED = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
LONG = settings(BOUNDED, max_examples=1_500 if SOAK else 100, stateful_step_count=60, derandomize=False)
HUNT = settings(
    BOUNDED, max_examples=200, stateful_step_count=12, phases=[Phase.generate], report_multiple_bugs=False
)
Broken = Callable[[pytest.MonkeyPatch], None]


def test_the_record_holds_against_a_corrupt_party() -> None:
    run_state_machine_as_test(OpposedParties, settings=BOUNDED)


@pytest.mark.soak
def test_the_record_holds_in_the_long_run() -> None:
    run_state_machine_as_test(OpposedParties, settings=LONG)


# --- the model itself is tested: each of these programs is broken in one place, and the model must see it


def no_history(patch: pytest.MonkeyPatch) -> None:
    """An import that takes another history than the one that it holds."""
    patch.setattr(import_bundle, "_require_same_history", lambda *_, **__: None)


def forgetful_witness(patch: pytest.MonkeyPatch) -> None:
    """A witness that does not remember what it cosigned."""
    patch.setattr(witness, "last_witnessed", lambda *_: None)
    patch.setattr(SqliteStore, "add_witnessed", lambda *_, **__: None)


def trust_goes_back(patch: pytest.MonkeyPatch) -> None:
    """A node that follows whatever trust files the last stick brought."""
    patch.setattr(import_bundle, "merge_trust", lambda _, brought: brought)


def one_voice_is_enough(patch: pytest.MonkeyPatch) -> None:
    """A record is shown as settled as soon as anybody cosigned it."""

    def missing(self: Trust, *, owner: str, cosigners: frozenset[str]) -> tuple[Any, ...]:
        return () if cosigners else tuple(side for side in self.sides if owner not in side.parties)

    patch.setattr(Trust, "missing_sides", missing)


def half_an_import(patch: pytest.MonkeyPatch) -> None:
    """A store that keeps what was written before the power went."""

    @contextmanager
    def transaction(_: SqliteStore) -> Iterator[None]:
        yield

    patch.setattr(FragileStore, "transaction", transaction)


def open_secrets(patch: pytest.MonkeyPatch) -> None:
    """An export that gives every body away open."""
    patch.setattr(export_bundle, "_is_public", lambda _: True)


def deaf_reader(patch: pytest.MonkeyPatch) -> None:
    """A node that never opens what was sealed to it."""
    patch.setattr(unseal, "_opened", lambda *_, **__: None)


def any_bundle(patch: pytest.MonkeyPatch) -> None:
    """An import that verifies nothing."""
    patch.setattr(import_bundle, "require_sound", lambda *_, **__: None)


def voices_of_nobody(patch: pytest.MonkeyPatch) -> None:
    """A proof of a fork that has lost its signatures."""

    def bare(note: Note) -> Note:
        return Note(text=note.text, lines=())

    def proof(one: Note, other: Note, **rest: Any) -> ForkProof | None:
        found = prove_fork(one, other, **rest)
        return found and replace(found, first=bare(found.first), second=bare(found.second))

    patch.setattr(import_bundle, "prove_fork", proof)


HUNTS: dict[Broken, tuple[str, ...]] = {
    no_history: ("exchange", "tell_two_stories"),
    forgetful_witness: ("ask", "tell_two_stories"),
    trust_goes_back: ("agree", "deliver", "exchange", "make_a_stick", "rotate"),
    one_voice_is_enough: ("exchange", "say"),
    half_an_import: ("exchange", "say"),
    open_secrets: ("exchange", "say"),
    deaf_reader: ("exchange", "say"),
    any_bundle: ("deliver", "exchange", "lie", "tamper"),
    voices_of_nobody: ("exchange", "tell_two_stories"),
}
"""In which steps the model looks for it: it would also find it among all others, after a longer while."""


def only(names: tuple[str, ...]) -> type[OpposedParties]:
    """The model with some of its steps."""
    return type("Hunt", (OpposedParties,), dict.fromkeys(STEPS - set(names)))


@pytest.mark.parametrize("broken", HUNTS)
def test_the_model_sees_what_is_broken(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(only(HUNTS[broken]), settings=HUNT)
