"""The drill: a laptop is lost. What comes back, what is lost, and how a second voice would be seen.

Where ``ask_first`` stands, both verifiers are to be asked.
"""

import shutil
from pathlib import Path

import pytest

from app.cli.enrolled import Parties, three_parties
from counterseal.app.bootstrap import SystemClock, SystemRandomness
from counterseal.app.party_node import give_new_keys
from counterseal.app.storage.backup import back_up, restore
from counterseal.app.storage.key_files import read_keeper
from counterseal.app.storage.node_folder import open_node, open_place
from counterseal.records.envelope import split_record
from counterseal.records.header import parse_header
from counterseal.services.errors import BundleRefusedError, ForkFoundError, ServiceError, TrustForkError
from counterseal.services.exchange import take_bundle
from counterseal.services.exchange_status import exchanges
from counterseal.services.rotate import ROLES, KeyChange, Wish
from counterseal.services.submit import Statement, submit
from strategies.verdicts import ask_first


@pytest.fixture(scope="module")
def _enrolled(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    parties = three_parties(tmp_path_factory.mktemp("enrolled"))
    parties.say("US", "known to all")
    parties.rounds(2)
    return parties


@pytest.fixture
def parties(_enrolled: Parties, tmp_path: Path) -> Parties:
    return _enrolled.copy(tmp_path / "parties")


def ids(folder: Path, origin: str) -> list[str]:
    place = open_place(folder)
    found = [entry.record_id for entry in place.store.entries(origin)]
    place.store.close()
    return found


def backed_up(parties: Parties, out: Path) -> Path:
    place = open_place(parties.node("US"))
    back_up(place, out, created=SystemClock().now())
    place.store.close()
    return out


def restored(backup: Path, folder: Path) -> Path:
    restore(backup, folder, passphrase=None).store.close()
    return folder


def new_keys(parties: Parties, folder: Path) -> KeyChange:
    place = open_place(folder)
    keepers = [read_keeper(path, ask=None) for path in parties.keepers("US")]
    change = give_new_keys(place, Wish(roles=frozenset(ROLES), accepted={}), keepers=keepers)
    place.store.close()
    return change


def settled(parties: Parties, folder: Path) -> None:
    """Everybody ends with one record that everybody vouches for."""
    parties.rounds(4)
    for code in ("US", "RU", "AUD"):
        verdict = ask_first(parties.bundle(code, folder / code))
        assert verdict.status == 0, verdict.failures
    with parties.open("RU") as node:
        origins = [log.origin for log in node.trust.logs]
    for origin in origins:
        one, *others = (ids(parties.node(code), origin) for code in ("US", "RU", "AUD"))
        assert others == [one, one]


def test_the_drill(parties: Parties, tmp_path: Path) -> None:
    with parties.open("US") as node:
        origin, old_feed = node.log.origin, node.feed
    backup = backed_up(parties, tmp_path / "backup")
    parties.say("US", "carried to RU")
    parties.carry("US", "RU")
    known = ids(parties.node("RU"), origin)
    parties.say("US", "never carried anywhere")
    shutil.move(parties.node("US"), tmp_path / "lost")

    # Restored, it knows what the backup knew; from RU it takes back what it had told.
    restored(backup, parties.node("US"))
    assert len(ids(parties.node("US"), origin)) < len(known)
    assert parties.carry("RU", "US").report.recovered > 0
    assert ids(parties.node("US"), origin) == known
    with parties.open("US") as node, pytest.raises(ServiceError, match="restored from a backup"):
        submit(
            node,
            [Statement(kind="test.note", members={})],
            clock=SystemClock(),
            randomness=SystemRandomness(),
        )

    # The keepers give it new keys: a new feed, whose first record names the last one known of the old feed.
    change = new_keys(parties, parties.node("US"))
    assert (change.ended_recovery, change.file.at) == (True, len(known))
    with parties.open("US") as node:
        entry = node.store.find(change.record)
        assert entry is not None
        header = parse_header(split_record(entry.envelope)[0])
        assert (header.kind, header.seq, header.prev, header.refs) == ("keys.change", 0, None, (known[-1],))
        assert header.feed == node.feed != old_feed
    parties.say("US", "here again")
    settled(parties, tmp_path)

    # The laptop is found again. What it signs is nobody's word any more, and it is told so.
    shutil.move(tmp_path / "lost", tmp_path / "parties" / "FOUND")
    for reader in ("RU", "AUD"):
        with pytest.raises(BundleRefusedError, match=r"is not signed by|another history"):
            parties.carry("FOUND", reader)
    with pytest.raises(BundleRefusedError):
        parties.carry("RU", "FOUND")


def test_two_nodes_from_one_backup_are_seen(parties: Parties, tmp_path: Path) -> None:
    """The keepers were brought to sign twice: both key files are on the table, and nobody can deny either."""
    backup = backed_up(parties, tmp_path / "backup")
    one = restored(backup, parties.folder / "ONE")
    two = restored(backup, parties.folder / "TWO")
    for folder in (one, two):
        parties.carry("RU", folder.name)
        new_keys(parties, folder)
    parties.carry("ONE", "RU")
    with pytest.raises(TrustForkError, match="its keepers signed both") as seen:
        parties.carry("TWO", "RU")
    assert set(seen.value.files) == {"held", "brought"}
    with parties.open("RU") as node:
        kept = dict(node.store.evidence())
    assert sorted(kept.values()) == sorted(seen.value.files.values())


def test_an_old_laptop_that_lives_on_beside_its_successor_is_seen_and_proved(
    parties: Parties, tmp_path: Path
) -> None:
    """A thief signs on with the old keys before a party has heard of the new ones."""
    backup = backed_up(parties, tmp_path / "backup")
    shutil.move(parties.node("US"), parties.node("STOLEN"))
    restored(backup, parties.node("US"))
    parties.carry("RU", "US")
    new_keys(parties, parties.node("US"))
    parties.say("STOLEN", "a second voice")
    parties.carry("STOLEN", "AUD")
    with pytest.raises(ForkFoundError) as seen:
        parties.carry("US", "AUD")
    proof = tmp_path / "fork.json"
    proof.write_bytes(seen.value.proof)
    assert ask_first(proof, trust=[parties.fingerprint("AUD")]).status == 0
    # Whoever heard of the new keys first takes nothing from the old ones.
    parties.carry("US", "RU")
    with pytest.raises(BundleRefusedError):
        parties.carry("STOLEN", "RU")


def test_a_copied_folder_that_speaks_on_is_seen_and_proved(parties: Parties, tmp_path: Path) -> None:
    """Not a backup of ours, but what people do: the whole folder, keys and all, copied and used again."""
    parties.say("US", "the last words in the copy")
    shutil.copytree(parties.node("US"), parties.folder / "COPY")
    parties.say("US", "to RU")
    parties.say("COPY", "to AUD")
    parties.carry("US", "RU")
    parties.carry("COPY", "AUD")
    with pytest.raises(ForkFoundError, match="both heads are signed") as seen:
        parties.carry("AUD", "RU")
    proof = tmp_path / "fork.json"
    proof.write_bytes(seen.value.proof)
    verdict = ask_first(proof, trust=[parties.fingerprint("US")])
    assert verdict.status == 0, verdict.failures


def test_an_older_store_under_newer_keys_does_not_speak(parties: Parties, tmp_path: Path) -> None:
    """A store put back from before a change of keys: the folder no longer has the keys that it names."""
    place = open_place(parties.node("US"))
    place.store.snapshot(tmp_path / "store.sqlite")
    place.store.close()
    new_keys(parties, parties.node("US"))
    for path in parties.node("US").glob("store.sqlite*"):
        path.unlink()
    shutil.copyfile(tmp_path / "store.sqlite", parties.node("US") / "store.sqlite")
    with pytest.raises(Exception, match="keys cannot be read"):
        open_node(parties.node("US"))


def test_a_restored_node_that_hears_nobody_begins_after_its_backup(parties: Parties, tmp_path: Path) -> None:
    """The keepers were too quick: what RU holds contradicts what they signed, and that shows at once."""
    backup = backed_up(parties, tmp_path / "backup")
    parties.say("US", "carried to RU")
    parties.carry("US", "RU")
    restored(backup, parties.folder / "HASTY")
    new_keys(parties, parties.folder / "HASTY")
    with pytest.raises(BundleRefusedError):
        parties.carry("HASTY", "RU")
    with pytest.raises(BundleRefusedError):
        parties.carry("RU", "HASTY")


def test_a_new_stick_after_the_restore_goes_on_counting(parties: Parties, tmp_path: Path) -> None:
    """Numbers that were used up after the backup are not used again, as far as anybody acknowledged them."""
    backup = backed_up(parties, tmp_path / "backup")
    for text in ("one", "two", "three"):
        parties.say("US", text)
        last = parties.carry("US", "RU").report
    shutil.rmtree(parties.node("US"))
    restored(backup, parties.node("US"))
    parties.carry("RU", "US")
    new_keys(parties, parties.node("US"))
    for number in (last.sequence + 1, last.sequence + 2):
        report = parties.carry("US", "RU").report
        assert (report.sequence, report.twice, report.missing) == (number, (), last.missing)
    with parties.open("US") as node:
        taken = take_bundle(node, parties.stick("AUD"), clock=SystemClock(), randomness=SystemRandomness())
    assert taken.report.sender == "AUD"


def test_a_stick_that_was_lost_before_the_laptop_is_still_missing_after_the_restore(
    parties: Parties, tmp_path: Path
) -> None:
    """What the new node sends under new numbers does not fill the gap that its receiver sees."""
    backup = backed_up(parties, tmp_path / "backup")
    first = parties.carry("US", "RU").report
    parties.stick("US")  # left in a taxi
    parties.say("US", "after the lost stick")
    gap = (*first.missing, (first.sequence + 1, first.sequence + 1))
    assert parties.carry("US", "RU").report.missing == gap
    shutil.rmtree(parties.node("US"))
    restored(backup, parties.node("US"))
    parties.carry("RU", "US")
    new_keys(parties, parties.node("US"))
    for _ in range(3):
        report = parties.carry("US", "RU").report
        assert (report.missing, report.twice) == (gap, ())
    with parties.open("RU") as node:
        (came,) = next(one for one in exchanges(node) if one.party == "US").came
    assert came.missing == gap
