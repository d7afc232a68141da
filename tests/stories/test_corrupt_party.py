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
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.note import Note
from counterseal.log.tree import HashTree
from counterseal.records.envelope import TRUST_TYPE, TRUST_TYPE_V2, parse_envelope
from counterseal.records.header import feed_id
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME
from counterseal.records.verification.tally import FULL_CHECKS
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.terms.parties import PartyCode
from strategies.forgery import Forgery, LogCopy, resign, roots, sign_header, sign_trust, trust_document
from strategies.founding_v1 import root_v1
from strategies.lies import AUTHOR, CUT, LIES, NOT_HERE, STRANGER, WORLD, countersignature, drop, put
from strategies.verdicts import READ_BY_BOTH, both_accept, both_refuse, common_refusals, write_folder
from strategies.worlds import AUD, PARTIES, World, founded, new_world, settled_bundle, spoken_world

FORMS = pytest.mark.parametrize("form", READ_BY_BOTH)


def forged(form: int) -> Forgery:
    """The settled bundle, taken apart."""
    return Forgery.of(settled_bundle(form=form))


def lay_out(bundle: MemoryBundle, folder: Path) -> Path:
    return write_folder(bundle, folder / "bundle")


def refused_for(path: Path, checks: frozenset[str], said: tuple[str, str], *, under: str) -> None:
    first, second = both_refuse(path)
    assert common_refusals(first, second) == checks, (first.failures, second.failures)
    assert said[0] in first.rules(under), first.failures
    assert said[1] in second.rules(under), second.failures


@FORMS
@pytest.mark.parametrize("name", LIES)
def test_a_lie_that_every_witness_cosigned_is_refused_for_what_it_is(
    name: str, form: int, tmp_path: Path
) -> None:
    told = LIES[name]
    forgery = forged(form)
    told.tell(forgery.log(ARD))
    forgery.rehead(ARD, WORLD.keys, cosigners=PARTIES)
    first_named = next(check for check in FULL_CHECKS if check in told.checks)
    path = lay_out(forgery.build(ARD, WORLD.keys), tmp_path)
    refused_for(path, told.checks, told.said, under=first_named)


@FORMS
@pytest.mark.parametrize("name", LIES)
def test_a_lie_that_nobody_cosigned_is_refused_as_unsettled_too(name: str, form: int, tmp_path: Path) -> None:
    told = LIES[name]
    forgery = forged(form)
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


@FORMS
def test_the_last_record_dated_back_is_unsettled_alone_and_only_warned_of_with_all_witnesses(
    form: int,
    tmp_path: Path,
) -> None:
    """A claimed time is not trusted, so it refuses nothing; that it lies outside its interval is said."""
    forgery = forged(form)
    resign(forgery.log(ARD), 3, AUTHOR, claimed_time="2029-12-24T12:00:00Z")
    forgery.rehead(ARD, WORLD.keys)
    alone = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "alone")
    assert common_refusals(*both_refuse(alone)) == {"settled"}
    forgery.rehead(ARD, WORLD.keys, cosigners=PARTIES)
    helped = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "helped")
    for verdict in both_accept(helped):
        assert len(verdict.document["warnings"]) == 2
        assert all("2029-12-24T12:00:00Z" in warning for warning in verdict.document["warnings"])


@FORMS
def test_the_liar_goes_back_to_an_older_head_of_its_own_log(form: int, tmp_path: Path) -> None:
    """The older head is cosigned, so it is settled; but others have signed that they saw a later one."""
    forgery = forged(form)
    mine = forgery.log(ARD)
    del mine.entries[2:], mine.openings[2:]
    forgery.rehead(ARD, WORLD.keys)
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "cut")
    refused_for(path, frozenset({"settled", "references"}), (CUT, NOT_HERE), under="references")
    forgery = forged(form)
    mine = forgery.log(ARD)
    mine.notes = {0: mine.notes[0]}
    mine.entries, mine.openings = [], []
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "emptied")
    refused_for(path, frozenset({"references"}), (CUT, NOT_HERE), under="references")


@FORMS
def test_the_liar_cuts_the_other_partys_log(form: int, tmp_path: Path) -> None:
    """Back to a head that everybody cosigned: its own and the auditor's later records give it away."""
    forgery = forged(form)
    theirs = forgery.log(BEL)
    del theirs.entries[2:], theirs.openings[2:], theirs.notes[4]
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "older")
    refused_for(path, frozenset({"references"}), (CUT, NOT_HERE), under="references")
    forgery = forged(form)
    theirs = forgery.log(BEL)
    del theirs.entries[3:], theirs.openings[3:]
    head = Checkpoint(origin=theirs.origin, size=3, root=HashTree(theirs.entries).root())
    theirs.notes = {3: Note(text=head.text(), lines=tuple(forgery.own_lines(ARD, head, WORLD.keys)))}
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "own-head")
    first, second = both_refuse(path)
    assert "checkpoints" in common_refusals(first, second)
    assert "not signed by" in first.rules("checkpoints")
    assert "not signed by the log's key" in second.rules("checkpoints")


@FORMS
def test_the_liar_writes_into_the_other_partys_log(form: int, tmp_path: Path) -> None:
    """A countersignature in Belmar's name: neither Belmar's author key nor its log key is at hand."""
    forgery = forged(form)
    theirs = forgery.log(BEL)
    last = theirs.header(3)
    header = {**last, "seq": 4, "prev": theirs.record_id(3)}
    put(theirs, 4, sign_header(header, AUTHOR), theirs.openings[3])
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "old-head")
    first, second = both_refuse(path)
    assert "tiles" in common_refusals(first, second)
    forgery.rehead(BEL, WORLD.keys, cosigners=PARTIES)
    path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "cosigned")
    said = ("no author key of BEL", "no author key of BEL")
    refused_for(path, frozenset({"signatures"}), said, under="signatures")


@FORMS
def test_a_cosignature_of_one_head_does_not_hold_on_another(form: int, tmp_path: Path) -> None:
    forgery = forged(form)
    mine = forgery.log(ARD)
    borrowed = mine.newest.lines[form:]
    re_date_the_last(mine)
    forgery.rehead(ARD, WORLD.keys)
    newest = mine.newest
    mine.notes[4] = replace(newest, lines=(*newest.lines, *borrowed))
    first, second = both_refuse(lay_out(forgery.build(ARD, WORLD.keys), tmp_path))
    assert "checkpoints" in common_refusals(first, second)
    assert "/witness: " in first.rules("checkpoints")
    assert "does not verify" in first.rules("checkpoints")
    assert "does not verify" in second.rules("checkpoints")


def re_date_the_last(log: LogCopy) -> None:
    resign(log, 3, AUTHOR, claimed_time="2029-12-24T12:00:00Z")


@FORMS
def test_the_liars_own_witness_settles_nothing(form: int, tmp_path: Path) -> None:
    forgery = forged(form)
    mine = forgery.log(ARD)
    re_date_the_last(mine)
    forgery.rehead(ARD, WORLD.keys)
    lines = forgery.cosignatures(ARD, parse_checkpoint(mine.newest.text), WORLD.keys)
    mine.notes[4] = replace(mine.newest, lines=(*mine.newest.lines, *lines))
    path = lay_out(forgery.build(ARD, WORLD.keys), tmp_path)
    assert common_refusals(*both_refuse(path)) == {"settled"}


@FORMS
def test_a_party_with_two_keys_cannot_countersign_itself_beforehand(form: int, tmp_path: Path) -> None:
    """The countersigned record may stand later in the log than its countersignature, in another feed."""
    forgery = forged(form)
    forgery.add_key(ARD, WORLD.keys, role="author", name="second", public=STRANGER.public)
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
    forgery = forged(1)
    document = trust_document(forgery)
    trust_changes()[name](document)
    own_root = [root_v1(WORLD.keys[ARD])]
    forgery.sign_trust(document, own_root)
    first, second = both_refuse(write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "alone"))
    assert "trust-signatures" in common_refusals(first, second)
    assert "not signed by the root of AUD" in first.rules("trust-signatures")
    assert "root signature of AUD is missing" in second.rules("trust-signatures")
    kept = sign_trust(trust_document(forgery), own_root)
    forgery.trust_bytes = with_signatures_of(settled_bundle(form=1), kept, TRUST_TYPE)
    first, second = both_refuse(write_folder(forgery.build(ARD, WORLD.keys), tmp_path / "kept"))
    assert "does not verify" in first.rules("trust-signatures")
    assert "does not verify" in second.rules("trust-signatures")


def with_signatures_of(bundle: MemoryBundle, changed: bytes, kind: str) -> bytes:
    """Another trust file under the signatures of the true one."""
    true = parse_envelope(bundle.files[TRUST_NAME], payload_type=kind, what="")
    return replace(parse_envelope(changed, payload_type=kind, what=""), signatures=true.signatures).to_bytes()


def chained_changes() -> dict[str, Callable[[dict[str, Any]], None]]:
    def sides_joined(document: dict[str, Any]) -> None:
        sides = [["ARD", "BEL"], ["AUD"]]
        document["policy"]["sides"] = [{"parties": side, "threshold": 1} for side in sides]

    def party_left_out_of_the_sides(document: dict[str, Any]) -> None:
        document["policy"]["sides"] = [{"parties": [code], "threshold": 1} for code in ("ARD", "AUD")]

    def name_changed(document: dict[str, Any]) -> None:
        document["parties"][2]["name"] = "Province of Belmar"

    return {change.__name__: change for change in (sides_joined, party_left_out_of_the_sides, name_changed)}


@pytest.mark.parametrize("name", chained_changes())
def test_a_trust_file_of_a_chain_that_one_party_signed_alone_is_refused(name: str, tmp_path: Path) -> None:
    forgery = forged(2)
    document = trust_document(forgery)
    chained_changes()[name](document)
    alone = sign_trust(document, WORLD.keys[ARD].keepers, form=2)
    kept = with_signatures_of(settled_bundle(form=2), alone, TRUST_TYPE_V2)
    for number, data in enumerate((alone, kept)):
        forgery.trust_bytes = data
        first, second = both_refuse(write_folder(forgery.build(ARD, WORLD.keys), tmp_path / str(number)))
        assert "trust-signatures" in common_refusals(first, second)
        assert "signed by 0 of the keepers of BEL, 1 are needed" in first.rules("trust-signatures")


def test_a_policy_that_one_party_alone_can_satisfy_has_no_form(tmp_path: Path) -> None:
    for number, sides in enumerate(([["ARD", "AUD", "BEL"]], [], [["ARD"], ["AUD"]])):
        forgery = forged(1)
        document = trust_document(forgery)
        document["policy"]["sides"] = sides
        forgery.sign_trust(document, roots(WORLD.keys, form=1))
        path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / str(number))
        assert common_refusals(*both_refuse(path)) == {"trust-form"}


def test_a_chains_policy_that_one_party_alone_can_satisfy_has_no_form(tmp_path: Path) -> None:
    for number, sides in enumerate(([["ARD", "AUD", "BEL"]], [], [["ARD"], ["ARD"]], [["ARD"], []])):
        forgery = forged(2)
        document = trust_document(forgery)
        document["policy"]["sides"] = [{"parties": side, "threshold": 1} for side in sides]
        forgery.sign_trust(document, roots(WORLD.keys, form=2))
        path = write_folder(forgery.build(ARD, WORLD.keys), tmp_path / str(number))
        assert common_refusals(*both_refuse(path)) == {"trust-form"}


@FORMS
def test_a_manifest_in_anothers_name_is_refused(form: int, tmp_path: Path) -> None:
    forgery = forged(form)
    stolen = {BEL: WORLD.keys[ARD]}
    first, second = both_refuse(lay_out(forgery.build(BEL, stolen), tmp_path))
    assert common_refusals(first, second) == {"manifest-signature"}
    assert "no author key of BEL" in first.rules("manifest-signature")
    assert "no author key of BEL" in second.rules("manifest-signature")


@pytest.fixture(scope="module", params=READ_BY_BOTH)
def made_anew(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same words under other keys, root keys too: another world with the same history."""
    other = spoken_world(seed=2, form=request.param)
    path = write_folder(other.export(ARD), tmp_path_factory.mktemp("anew") / f"form-{request.param}")
    (path.parent / "trust.json").write_bytes(founded(form=request.param).trust.files[TRUST_NAME])
    return path


def real_trust(made_anew: Path) -> Trust:
    """Trust of the real parties, in the form of the imitation."""
    return founded(form=int(made_anew.name.removeprefix("form-"))).trust


def test_made_anew_with_new_roots_it_agrees_with_itself_and_says_no_more(made_anew: Path) -> None:
    for verdict in both_accept(made_anew):
        assert verdict.document["pinned"] is False
        assert verdict.document["fingerprints"]["trust"] != real_trust(made_anew).fingerprint


def pins(path: Path) -> dict[str, str]:
    """Everything by which a reader may know the real parties."""
    trust = real_trust(path)
    roots = {str(party.code): party.fingerprint for party in trust.parties}
    joint = trust.fingerprint
    spaced = ":".join(joint[at : at + 4] for at in range(0, 64, 4)).upper()
    return {**roots, "joint": joint, "spoken": spaced, "file": str(path.parent / "trust.json")}


@pytest.mark.parametrize("pin", ["ARD", "AUD", "BEL", "joint", "spoken", "file"])
def test_made_anew_it_is_refused_under_anything_that_pins_the_real_parties(made_anew: Path, pin: str) -> None:
    given = pins(made_anew)[pin]
    first, second = both_refuse(made_anew, trust=[given])
    assert common_refusals(first, second) == {"trust-pinned"}
    assert "not those pinned" in first.rules("trust-pinned")
    chained_file = (pin, made_anew.name) == ("file", "form-2")
    assert ("none of the chain" if chained_file else "not the one") in second.rules("trust-pinned")
    own = first.document["fingerprints"]["trust"]
    both_accept(made_anew, trust=[own])
    both_refuse(made_anew, trust=[own, given])


@FORMS
def test_the_fingerprint_of_one_root_vouches_for_that_party_alone(form: int, tmp_path: Path) -> None:
    """Who pins the liar's own root and nothing else believes the liar about everybody: pin them all."""
    sources = {code: SeededRandomness(seed=9, name=f"{code}/keys") for code in PARTIES}
    sources[ARD] = SeededRandomness(seed=1, name="ARD/keys")
    world = world_with(sources, form=form)
    path = lay_out(world.export(ARD), tmp_path)
    trust = founded(form=form).trust
    both_accept(path, trust=[trust.party(ARD).fingerprint])
    for pin in (trust.party(BEL).fingerprint, trust.party(AUD).fingerprint, trust.fingerprint):
        assert common_refusals(*both_refuse(path, trust=[pin])) == {"trust-pinned"}


def world_with(sources: dict[PartyCode, SeededRandomness], *, form: int) -> World:
    world = new_world(sources=sources, form=form)
    world.say(ARD, 400)
    world.round()
    return world
