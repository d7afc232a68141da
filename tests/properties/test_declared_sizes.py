"""A size is only what a log signed: no verifier counts up to it when the entries are not there."""

import os
from pathlib import Path

import pytest

from assessment.fictional import ARD
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.note import Note, sign_note
from strategies.forgery import Forgery
from strategies.lies import WORLD
from strategies.verdicts import both_refuse, write_folder
from strategies.worlds import AUD, PARTIES, settled_bundle


@pytest.mark.parametrize("size", [5, 4_000, 2**31, 2**40, 10**15 - 1])
def test_a_head_far_beyond_the_entries_is_refused_at_once(size: int, tmp_path: Path) -> None:
    forgery = Forgery.of(settled_bundle())
    log = forgery.log(ARD)
    text = Checkpoint(origin=log.origin, size=size, root=os.urandom(32)).text()
    lines = [sign_note(text, WORLD.keys[ARD].working.log, name=log.origin)]
    lines += [forgery.cosignature(party, text, WORLD.keys) for party in PARTIES if party != ARD]
    log.notes[size] = Note(text=text, lines=tuple(lines))
    folder = write_folder(forgery.build(AUD, WORLD.keys), tmp_path / "bundle")
    for verdict in both_refuse(folder):
        assert "tiles" in verdict.refused or "checkpoints" in verdict.refused
    for verdict in both_refuse(folder, depth="chain"):
        assert not verdict.verified
