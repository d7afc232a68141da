"""A size is only what a log signed: no verifier counts up to it when the entries are not there."""

import os
from pathlib import Path

import pytest

from assessment.fictional import ARD, BEL
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.note import Note
from strategies.forgery import Forgery
from strategies.lies import WORLD
from strategies.verdicts import READ_BY_BOTH, both_refuse, write_folder
from strategies.worlds import AUD, settled_bundle


@pytest.mark.parametrize("form", READ_BY_BOTH)
@pytest.mark.parametrize("size", [5, 4_000, 2**31, 2**40, 10**15 - 1])
def test_a_head_far_beyond_the_entries_is_refused_at_once(size: int, form: int, tmp_path: Path) -> None:
    forgery = Forgery.of(settled_bundle(form=form))
    log = forgery.log(ARD)
    head = Checkpoint(origin=log.origin, size=size, root=os.urandom(32))
    lines = forgery.own_lines(ARD, head, WORLD.keys)
    for party in (AUD, BEL):
        lines += forgery.cosignatures(party, head, WORLD.keys)
    log.notes[size] = Note(text=head.text(), lines=tuple(lines))
    folder = write_folder(forgery.build(AUD, WORLD.keys), tmp_path / "bundle")
    for verdict in both_refuse(folder):
        assert "tiles" in verdict.refused or "checkpoints" in verdict.refused
    for verdict in both_refuse(folder, depth="chain"):
        assert not verdict.verified
