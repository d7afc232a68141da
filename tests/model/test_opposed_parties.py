"""Whatever opposed parties do to each other, the record holds; and the model would see it if it did not."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from counterseal.app.storage.sqlite_store import SqliteStore
from counterseal.log.note import Note
from counterseal.records.trust import Trust
from counterseal.services import export_bundle, import_bundle, unseal, witness
from model.machine import OpposedParties
from model.world import FragileStore

SOAK = "COUNTERSEAL_SOAK" in os.environ
BOUNDED = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
LONG = settings(BOUNDED, max_examples=1_500, stateful_step_count=60, derandomize=False)
HUNT = settings(BOUNDED, max_examples=150, stateful_step_count=20, phases=[Phase.generate], report_multiple_bugs=False)


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

    true = import_bundle.prove_fork
    patch.setattr(
        import_bundle, "prove_fork", lambda one, other, **rest: true(bare(one), bare(other), **rest)
    )


@pytest.mark.parametrize(
    "broken",
    [
        no_history,
        forgetful_witness,
        trust_goes_back,
        one_voice_is_enough,
        half_an_import,
        open_secrets,
        deaf_reader,
        any_bundle,
        voices_of_nobody,
    ],
)
def test_the_model_sees_what_is_broken(
    broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    with pytest.raises(Exception, match=r".") as seen:
        run_state_machine_as_test(OpposedParties, settings=HUNT)
    print(type(seen.value), str(seen.value)[:300])
