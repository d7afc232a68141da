"""Two deeds for ``crasher.py`` that make a whole node: restore it from a backup, and bring trust into force.

What is needed before is made once for a process, and copied for every death.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest

from app.cli.enrolled import CODES, Parties, exchange_cards, make
from app.storage.world import START, new_node, say
from counterseal.app.party_node import draft_here, enrol, is_in_force
from counterseal.app.storage import node_folder
from counterseal.app.storage.backup import back_up, restore
from counterseal.app.storage.bundle_folder import clear_folder
from counterseal.app.storage.errors import NotEnrolledError, StorageError
from counterseal.app.storage.key_files import read_keeper
from counterseal.app.storage.node_folder import SETTINGS, NodePlace, open_place
from counterseal.app.storage.party_papers import draft_from
from counterseal.services.draft import Draft
from counterseal.treaty.load import load_pack

setattr(node_folder, "load_pack", cache(load_pack))  # noqa: B010 -- speed: the pack is the same

OWN = "US"
RECORDS = 3


@contextmanager
def opened(folder: Path) -> Iterator[NodePlace]:
    place = open_place(folder)
    try:
        assert place.store.problems() == ()
        yield place
    finally:
        place.store.close()


@cache
def backup_in(place: Path) -> Path:
    new_node(place / "template" / "node").store.close()
    with opened(place / "template" / "node") as own:
        say(own.node(), count=RECORDS, salt="kept")
        back_up(own, place / "template" / "backup", created=START)
    return place / "template" / "backup"


def backed_up(folder: Path) -> None:
    shutil.copytree(backup_in(folder.parent), folder / "backup")


def restore_it(folder: Path) -> None:
    """As a user does: what a death left is no node, and is taken away first."""
    if restored(folder) == "none":
        with suppress(FileNotFoundError):
            clear_folder(folder / "node")
        restore(folder / "backup", folder / "node", passphrase=None).store.close()


def restored(folder: Path) -> str:
    """A node is there with everything, and as one that signs nothing; or none is: its settings come last."""
    settings = folder / "node" / SETTINGS
    if not settings.exists() or settings.read_bytes() == b"":
        with suppress(StorageError), opened(folder / "node"):
            pytest.fail("a node without settings was opened")
        return "none"
    with opened(folder / "node") as place:
        assert place.recovering
        assert place.node().restored
        assert place.store.size(place.node().log.origin) == RECORDS
    return "recovering"


@cache
def parties_in(place: Path) -> Parties:
    """Everybody has everybody's card, and all but one have signed."""
    parties, drafts = Parties(folder=place / "template"), list[Draft]()
    for code in CODES:
        make(parties.folder, code, keepers=1, threshold=1)
    exchange_cards(parties, CODES)
    for code in CODES:
        if code != OWN:
            with opened(parties.node(code)) as own:
                keys = [read_keeper(path, ask=None) for path in parties.keepers(code)]
                drafts = [enrol(own, draft_here(own, drafts=drafts, sides=None), keepers=keys).draft]
    (parties.folder / "others.draft").write_bytes(drafts[0].to_bytes())
    return parties


def signed_by_others(folder: Path) -> None:
    parties_in(folder.parent).copy(folder / "parties")


def enrol_it(folder: Path) -> None:
    parties = Parties(folder=folder / "parties")
    brought = draft_from(parties.folder / "others.draft")
    with opened(parties.node(OWN)) as place:
        if not is_in_force(place, brought):
            keys = [read_keeper(path, ask=None) for path in parties.keepers(OWN)]
            assert enrol(place, draft_here(place, drafts=[brought], sides=None), keepers=keys).trust


def enrolled(folder: Path) -> str:
    """Trust, the heads of all logs and the first record, under a head: all of it is there, or nothing."""
    with opened(folder / "parties" / OWN) as place:
        try:
            node = place.node()
        except NotEnrolledError:
            assert place.store.trust_documents() == {}
            return "none"
        newest = node.newest(node.log.origin)
        assert newest is not None
        assert newest[0].size == node.store.size(node.log.origin) == 1
        assert all(node.store.checkpoints(log.origin) for log in node.trust.logs)
        node.require_signing()
        return "enrolled"
