"""One party lies, with its own real keys: it makes its log, tiles, head and manifest anew around the lie.

Each lie is refused by both verifiers, and each says which. First the liar is alone: nobody cosigns its new
head. Then every witness is had to cosign whatever it is shown, so that the record itself must give the lie away.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.app.bootstrap import SeededRandomness
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.note import Note, sign_note
from counterseal.log.tree import HashTree
from counterseal.records.envelope import TRUST_TYPE, parse_envelope
from counterseal.records.header import feed_id
from counterseal.records.manifest import TRUST_NAME
from counterseal.records.verification.tally import FULL_CHECKS
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.terms.parties import PartyCode
from strategies.forgery import Forgery, LogCopy, resign, sign_header, sign_trust, trust_document
from strategies.lies import AUTHOR, CUT, LIES, NOT_HERE, STRANGER, WORLD, countersignature, drop, put
from strategies.verdicts import both_accept, both_refuse, common_refusals, write_folder
from strategies.worlds import AUD, PARTIES, World, new_world, settled_bundle, spoken_world


def lay_out(bundle: MemoryBundle, folder: Path) -> Path:
    return write_folder(bundle, folder / "bundle")


def refused_for(path: Path, checks: frozenset[str], said: tuple[str, str], *, under: str) -> None:
    first, second = both_refuse(path)
    assert common_refusals(first, second) == checks, (first.failures, second.failures)
    assert said[0] in first.rules(under), first.failures
    assert said[1] in second.rules(under), second.failures


@pytest.mark.parametrize("name", LIES)
def test_a_lie_that_every_witness_cosigned_is_refused_for_what_it_is(name: str, tmp_path: Path) -> None:
    told = LIES[name]
    forgery = Forgery.of(settled_bundle())
    told.tell(forgery.log(ARD))
    forgery.rehead(ARD, WORLD.keys, cosigners=PARTIES)
    first_named = next(check for check in FULL_CHECKS if check in told.checks)
    path = lay_out(forgery.build(ARD, WORLD.keys), tmp_path)
    refused_for(path, told.checks, told.said, under=first_named)


@pytest.mark.parametrize("name", LIES)
def test_a_lie_that_nobody_cosigned_is_refused_as_unsettled_too(name: str, tmp_path: Path) -> None:
    told = LIES[name]
    forgery = Forgery.of(settled_bundle())
    told.tell(forgery.log(ARD))
    forgery.rehead(ARD, WORLD.keys)
    path = lay_out(forgery.build(ARD, WORLD.keys), tmp_path)
    said = ("is not cosigned by BEL, as the policy asks", "no cosignature of the side BEL")
    refused_for(path, told.checks | {"settled"}, said, under="settled")


def test_every_message_is_one_lies_own() -> None:
    """A reader who sees the sentence knows the lie, or at least its family."""
    by_message: dict[tuple[frozenset[str], str], list[str]] = {}
    for name, told in LIES.items():
        by_message.setdefault((told.checks, told.said[0]), []).append(name)
    shared = sorted(sorted(names) for names in by_message.values() if len(names) > 1)
    assert shared == [
        ["cut_the_log", "declare_another_figure", "drop_and_sign_the_rest_again"],
        ["edit_a_figure_in_the_opening", "open_another_record"],
        ["sign_with_a_key_in_anothers_name", "sign_with_a_strange_key", "sign_with_the_witness_key"],
    ]


def test_the_last_record_dated_back_is_unsettled_alone_and_only_warned_of_with_all_witnesses(
    tmp_path: Path,
) -> None:
    """A claimed time is not trusted, so it refuses nothing; that it lies outside its interval is said."""
    forgery = Forgery.of(settled_bundle())
    resign(forgery.log(ARD), 3, AUTHOR, claimed_time="2029-12-24T12:00:00Z")
    forgery.rehead(ARD, WORLD.keys)
    alone = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "alone")
    assert common_refusals(*both_refuse(alone)) == {"settled"}
    forgery.rehead(ARD, WORLD.keys, cosigners=PARTIES)
    helped = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "helped")
    for verdict in both_accept(helped):
        assert len(verdict.document["warnings"]) == 2
        assert all("2029-12-24T12:00:00Z" in warning for warning in verdict.document["warnings"])


def test_the_liar_goes_back_to_an_older_head_of_its_own_log(tmp_path: Path) -> None:
    """The older head is cosigned, so it is settled; but others have signed that they saw a later one."""
    forgery = Forgery.of(settled_bundle())
    mine = forgery.log(ARD)
    del mine.entries[2:], mine.openings[2:]
    forgery.rehead(ARD, WORLD.keys)
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "cut")
    refused_for(path, frozenset({"settled", "references"}), (CUT, NOT_HERE), under="references")
    forgery = Forgery.of(settled_bundle())
    mine = forgery.log(ARD)
    mine.notes = {0: mine.notes[0]}
    mine.entries, mine.openings = [], []
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "emptied")
    refused_for(path, frozenset({"references"}), (CUT, NOT_HERE), under="references")


def test_the_liar_cuts_the_other_partys_log(tmp_path: Path) -> None:
    """Back to a head that everybody cosigned: its own and the auditor's later records give it away."""
    forgery = Forgery.of(settled_bundle())
    theirs = forgery.log(BEL)
    del theirs.entries[2:], theirs.openings[2:], theirs.notes[4]
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "older")
    refused_for(path, frozenset({"references"}), (CUT, NOT_HERE), under="references")
    forgery = Forgery.of(settled_bundle())
    theirs = forgery.log(BEL)
    del theirs.entries[3:], theirs.openings[3:]
    text = Checkpoint(origin=theirs.origin, size=3, root=HashTree(theirs.entries).root()).text()
    line = sign_note(text, WORLD.keys[ARD].working.log, name=theirs.origin)
    theirs.notes = {3: Note(text=text, lines=(line,))}
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "own-head")
    first, second = both_refuse(path)
    assert "checkpoints" in common_refusals(first, second)
    assert "not signed by" in first.rules("checkpoints")
    assert "not signed by the log's key" in second.rules("checkpoints")


def test_the_liar_writes_into_the_other_partys_log(tmp_path: Path) -> None:
    """A countersignature in Belmar's name: neither Belmar's author key nor its log key is at hand."""
    forgery = Forgery.of(settled_bundle())
    theirs = forgery.log(BEL)
    last = theirs.header(3)
    forged = {**last, "seq": 4, "prev": theirs.record_id(3), "refs": [WORLD.said[2]]}
    put(theirs, 4, sign_header(forged, AUTHOR))
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "old-head")
    first, second = both_refuse(path)
    assert "tiles" in common_refusals(first, second)
    forgery.rehead(BEL, WORLD.keys, cosigners=PARTIES)
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "cosigned")
    said = ("no author key of BEL", "no author key of BEL")
    refused_for(path, frozenset({"signatures"}), said, under="signatures")


def test_a_cosignature_of_one_head_does_not_hold_on_another(tmp_path: Path) -> None:
    forgery = Forgery.of(settled_bundle())
    mine = forgery.log(ARD)
    borrowed = mine.newest.lines[1:]
    re_date_the_last(mine)
    forgery.rehead(ARD, WORLD.keys)
    newest = mine.newest
    mine.notes[4] = replace(newest, lines=(*newest.lines, *borrowed))
    first, second = both_refuse(lay_out(forgery.build(ARD, WORLD.keys), tmp_path))
    assert "checkpoints" in common_refusals(first, second)
    assert "cosignature of" in first.rules("checkpoints")
    assert "does not verify" in second.rules("checkpoints")


def re_date_the_last(log: LogCopy) -> None:
    resign(log, 3, AUTHOR, claimed_time="2029-12-24T12:00:00Z")


def test_the_liars_own_witness_settles_nothing(tmp_path: Path) -> None:
    forgery = Forgery.of(settled_bundle())
    mine = forgery.log(ARD)
    re_date_the_last(mine)
    forgery.rehead(ARD, WORLD.keys)
    line = forgery.cosignature(ARD, mine.newest.text, WORLD.keys)
    mine.notes[4] = replace(mine.newest, lines=(*mine.newest.lines, line))
    path = lay_out(forgery.build(ARD, WORLD.keys), tmp_path)
    assert common_refusals(*both_refuse(path)) == {"settled"}


def test_a_party_with_two_keys_cannot_countersign_itself_beforehand(tmp_path: Path) -> None:
    """The countersigned record may stand later in the log than its countersignature, in another feed."""
    forgery = Forgery.of(settled_bundle())
    document = trust_document(forgery)
    public = STRANGER.public.hex()
    key = {"alg": "ed25519", "id": STRANGER.key_id, "name": "second", "party": "ARD", "public": public}
    document["keys"] = sorted(
        [*document["keys"], {**key, "role": "author"}], key=lambda item: str(item["id"])
    )
    forgery.trust_bytes = sign_trust(document, [keys.root for keys in WORLD.keys.values()])
    mine = forgery.log(ARD)
    first_of_feed = {
        **mine.header(3),
        "seq": 0,
        "prev": None,
        "feed": feed_id(treaty="lake-treaty", author="ARD", public=STRANGER.public),
    }
    entry = sign_header(first_of_feed, STRANGER)
    put(mine, 4, entry, mine.openings[3])
    its_id = mine.record_id(4)
    drop(mine, 4)
    countersignature(mine, its_id)
    put(mine, 5, entry, mine.openings[3])
    forgery.rehead(ARD, WORLD.keys, cosigners=PARTIES)
    path = lay_out(forgery.build(ARD, WORLD.keys), tmp_path)
    said = ("its own record", "own")
    refused_for(path, frozenset({"countersignatures"}), said, under="countersignatures")


def trust_changes() -> dict[str, Callable[[dict[str, Any]], None]]:
    def key_added(document: dict[str, Any]) -> None:
        public = STRANGER.public.hex()
        key = {"alg": "ed25519", "id": STRANGER.key_id, "name": "w", "party": "BEL", "public": public}
        keys = [*document["keys"], {**key, "role": "witness"}]
        document["keys"] = sorted(keys, key=lambda item: str(item["id"]))

    def sides_joined(document: dict[str, Any]) -> None:
        document["policy"]["sides"] = [["ARD", "BEL"], ["AUD"]]

    def treaty_renamed(document: dict[str, Any]) -> None:
        document["treaty"] = "other-treaty"

    def party_dropped(document: dict[str, Any]) -> None:
        for group, member in (("parties", "code"), ("keys", "party"), ("logs", "party")):
            document[group] = [item for item in document[group] if item[member] != "BEL"]
        document["policy"]["sides"] = [["ARD"], ["AUD"]]

    return {change.__name__: change for change in (key_added, sides_joined, treaty_renamed, party_dropped)}


@pytest.mark.parametrize("name", trust_changes())
def test_a_trust_file_changed_under_its_root_signatures_is_refused(name: str, tmp_path: Path) -> None:
    forgery = Forgery.of(settled_bundle())
    document = trust_document(forgery)
    trust_changes()[name](document)
    forgery.trust_bytes = sign_trust(document, [WORLD.keys[ARD].root])
    first, second = both_refuse(write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "alone"))
    assert "trust-signatures" in common_refusals(first, second)
    assert "not signed by the root of AUD" in first.rules("trust-signatures")
    assert "the root signature of AUD is missing" in second.rules("trust-signatures")
    kept = sign_trust(trust_document(forgery), [WORLD.keys[ARD].root])
    signatures = parse_envelope(
        settled_bundle().files[TRUST_NAME], payload_type=TRUST_TYPE, what=""
    ).signatures
    envelope = parse_envelope(kept, payload_type=TRUST_TYPE, what="")
    forgery.trust_bytes = replace(envelope, signatures=signatures).to_bytes()
    first, second = both_refuse(write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "kept"))
    assert "does not verify" in first.rules("trust-signatures")
    assert "does not verify" in second.rules("trust-signatures")


def test_a_policy_that_one_party_alone_can_satisfy_has_no_form(tmp_path: Path) -> None:
    for number, sides in enumerate(([["ARD", "AUD", "BEL"]], [], [["ARD"], ["AUD"]])):
        forgery = Forgery.of(settled_bundle())
        document = trust_document(forgery)
        document["policy"]["sides"] = sides
        forgery.trust_bytes = sign_trust(document, [keys.root for keys in WORLD.keys.values()])
        path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / str(number))
        assert common_refusals(*both_refuse(path)) == {"trust-form"}


def test_a_manifest_in_anothers_name_is_refused(tmp_path: Path) -> None:
    forgery = Forgery.of(settled_bundle())
    stolen = {BEL: WORLD.keys[ARD]}
    first, second = both_refuse(lay_out(forgery.build(BEL, stolen), tmp_path))
    assert common_refusals(first, second) == {"manifest-signature"}
    assert "no author key of BEL" in first.rules("manifest-signature")
    assert "no author key of BEL" in second.rules("manifest-signature")


@pytest.fixture(scope="module")
def made_anew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same words under other keys, root keys too: another world with the same history."""
    other = spoken_world(seed=2)
    path = write_folder(other.export(ARD), tmp_path_factory.mktemp("anew") / "bundle")
    (path.parent / "trust.json").write_bytes(WORLD.founding.trust_bytes)
    return path


def test_made_anew_with_new_roots_it_agrees_with_itself_and_says_no_more(made_anew: Path) -> None:
    for verdict in both_accept(made_anew):
        assert verdict.document["pinned"] is False
        assert verdict.document["fingerprints"]["trust"] != WORLD.founding.trust.fingerprint


def pins(path: Path) -> dict[str, str]:
    """Everything by which a reader may know the real parties."""
    roots = {str(party.code): party.fingerprint for party in WORLD.founding.trust.parties}
    joint = WORLD.founding.trust.fingerprint
    spaced = ":".join(joint[at : at + 4] for at in range(0, 64, 4)).upper()
    return {**roots, "joint": joint, "spoken": spaced, "file": str(path.parent / "trust.json")}


@pytest.mark.parametrize("pin", ["ARD", "AUD", "BEL", "joint", "spoken", "file"])
def test_made_anew_it_is_refused_under_anything_that_pins_the_real_parties(made_anew: Path, pin: str) -> None:
    given = pins(made_anew)[pin]
    first, second = both_refuse(made_anew, trust=[given])
    assert common_refusals(first, second) == {"trust-pinned"}
    assert "not those pinned" in first.rules("trust-pinned")
    assert "not the one" in second.rules("trust-pinned")
    own = first.document["fingerprints"]["trust"]
    both_accept(made_anew, trust=[own])
    both_refuse(made_anew, trust=[own, given])


def test_the_fingerprint_of_one_root_vouches_for_that_party_alone(tmp_path: Path) -> None:
    """Who pins the liar's own root and nothing else believes the liar about everybody: pin them all."""
    sources = {code: SeededRandomness(seed=9, name=f"{code}/keys") for code in PARTIES}
    sources[ARD] = SeededRandomness(seed=1, name="ARD/keys")
    world = world_with(sources)
    path = lay_out(world.export(ARD), tmp_path)
    trust = WORLD.founding.trust
    both_accept(path, trust=[trust.party(ARD).fingerprint])
    for pin in (trust.party(BEL).fingerprint, trust.party(AUD).fingerprint, trust.fingerprint):
        assert common_refusals(*both_refuse(path, trust=[pin])) == {"trust-pinned"}


def world_with(sources: dict[PartyCode, SeededRandomness]) -> World:
    world = new_world(sources=sources)
    world.say(ARD, 400)
    world.round()
    return world
