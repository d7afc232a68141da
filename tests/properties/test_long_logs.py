"""A log of several tiles: heads before, on and after the edges of tiles, and every tile looked at."""

from pathlib import Path

import pytest

from assessment.fictional import ARD, BEL
from counterseal.services.memory_bundle import MemoryBundle
from strategies.forgery import Forgery, put_bytes
from strategies.verdicts import READ_BY_BOTH, both_accept, both_refuse, common_refusals, write_folder
from strategies.worlds import PARTIES, World, new_world

SIZES = (1, 255, 256, 257, 511, 512, 513, 520)


@pytest.fixture(scope="module", params=READ_BY_BOTH)
def world(request: pytest.FixtureRequest) -> World:
    made = new_world(form=request.param)
    said = 0
    for size in SIZES:
        made.say(ARD, *range(said, size))
        said = size
        made.give(ARD, BEL)  # which vouches for each head, so that it is passed on
    made.say(BEL, 1)
    made.round()
    return made


@pytest.fixture(scope="module")
def bundle(world: World) -> MemoryBundle:
    return world.export(BEL)


def test_a_long_log_is_accepted_with_all_its_heads(bundle: MemoryBundle, tmp_path: Path) -> None:
    path = write_folder(bundle, tmp_path / "bundle")
    for verdict in both_accept(path):
        assert verdict.document["counts"]["records"] == 521
        assert verdict.document["counts"]["checkpoints"] == len(SIZES) + 1 + 2 + 1
    both_accept(path, depth="chain")


def test_each_tile_and_pack_counts_in_both_depths(world: World, bundle: MemoryBundle, tmp_path: Path) -> None:
    """One byte in the middle of each, under a manifest that says so."""
    paths = [path for path in bundle.files if "/tile/" in path or path.startswith("bodies/")]
    assert len(paths) > 10
    for number, path in enumerate(paths):
        forgery = Forgery.of(bundle)
        files = forgery.files()
        assert {**files, "bundle.json": b""}.keys() == bundle.files.keys()
        files[path] = put_bytes(files[path], len(files[path]) // 2)
        folder = write_folder(forgery.build(BEL, world.keys, files=files), tmp_path / str(number))
        checks = common_refusals(*both_refuse(folder))
        assert checks & {"tiles", "roots", "bodies"}, (path, checks)
        if path.startswith("logs/"):
            both_refuse(folder, depth="chain")
        else:
            both_accept(folder, depth="chain")


def test_heads_at_the_edges_of_tiles_must_be_true(world: World, bundle: MemoryBundle, tmp_path: Path) -> None:
    """The record before the edge is changed and the newest head is signed anew: each older head tells."""
    forgery = Forgery.of(bundle)
    log = forgery.log(ARD)
    older = {size: note for size, note in log.notes.items() if size < 520}
    log.entries[255] = log.entries[254]
    forgery.rehead(ARD, world.keys, cosigners=PARTIES, keep=False)
    log.notes.update(older)
    first, second = both_refuse(
        write_folder(forgery.build(BEL, world.keys), tmp_path / "bundle"), depth="chain"
    )
    assert common_refusals(first, second) == {"roots"}
    for verdict in (first, second):
        named = {str(file).rsplit("/", 1)[1] for file in verdict.files()}
        assert named == {"256", "257", "511", "512", "513"}
