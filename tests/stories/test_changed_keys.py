"""Keys and trust change while the parties go on: what counts is where a record stands, never when it was made.

``docs/reference/formats.md``, sections 6.3, 6.4 and 7.2 to 7.4. Both verifiers are asked each time.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from assessment.fictional import ARD, BEL
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.cosignature import cosign_mldsa, cosigned_message
from counterseal.log.note import Note, NoteLine
from counterseal.records.change import Change
from counterseal.records.envelope import Signer
from counterseal.records.header import feed_id
from counterseal.records.trusted import AUTHOR, SEAL, WITNESS
from counterseal.services.checkpointing import publish_head
from counterseal.services.errors import ForkFoundError
from counterseal.services.import_bundle import import_bundle
from counterseal.services.keys import PartyKeys
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from strategies.forgery import Forgery, LogCopy, sign_header
from strategies.trust_chains import ChainMaker, Document
from strategies.verdicts import Verdict, both_accept, both_refuse, common_refusals, write_folder
from strategies.worlds import AUD, PARTIES, World, founded, new_world, spoken

OLD = founded().keys
ORIGINS = {code: f"lake.example/{code.lower()}/log" for code in PARTIES}
SEEN = {ORIGINS[BEL]: 1, ORIGINS[AUD]: 0}
"""What Ardania had cosigned of the others' logs before its keys changed."""


def changed_world(*roles: str, accepted: int | None = None, heads: Mapping[str, int] | None = None) -> World:
    """Ardania says two things, changes its keys at entry 2, and says one more; all of it settles."""
    world = new_world()
    world.say(ARD, 400, 401)
    world.say(BEL, 300)
    world.round()
    world.rotate(ARD, *roles, accepted=accepted, heads=SEEN if heads is None else heads)
    world.say(ARD, 402)
    world.round()
    return world


@lru_cache(maxsize=1)
def changed() -> World:
    """All of Ardania's keys were changed: to be read, never changed again."""
    return changed_world()


@lru_cache(maxsize=1)
def _bundle() -> MemoryBundle:
    return changed().export(BEL)


def forged() -> Forgery:
    return Forgery.of(MemoryBundle(dict(_bundle().files)))


def lay_out(bundle: MemoryBundle, folder: Path) -> Path:
    return write_folder(bundle, folder / "bundle")


def refused(bundle: MemoryBundle, folder: Path, *checks: str) -> tuple[Verdict, Verdict]:
    verdicts = both_refuse(lay_out(bundle, folder))
    assert common_refusals(*verdicts) == set(checks), [verdict.failures for verdict in verdicts]
    return verdicts


def signed_by(keys: Mapping[PartyCode, PartyKeys], party: PartyCode) -> dict[PartyCode, PartyKeys]:
    """Everybody's present keys, but for one party's."""
    return {**changed().keys, party: keys[party]}


def test_a_record_under_changed_keys_is_accepted_by_both_and_by_every_pin(tmp_path: Path) -> None:
    path = lay_out(_bundle(), tmp_path)
    trust = founded().trust
    for pins in ([], [trust.fingerprint], [trust.party(ARD).fingerprint], [str(path / "trust/trust.json")]):
        for verdict in both_accept(path, trust=pins):
            assert verdict.document["warnings"] == []
            assert verdict.not_run == (() if pins else ("trust-pinned",))
            assert verdict.document["counts"]["records"] == 5
    both_accept(path, depth="chain")


# --- Authors -------------------------------------------------------------------------------------------------


def add(log: LogCopy, keys: PartyKeys, **members: object) -> None:
    """One more record of Ardania, signed by an author key of it."""
    last = log.header(len(log.entries) - 1)
    feed = feed_id(treaty="lake-treaty", author="ARD", public=keys.working.author.public)
    log.entries.append(sign_header({**last, "feed": feed, **members}, keys.working.author))
    log.openings.append(log.openings[3])


def test_a_retired_author_key_signs_nothing_more(tmp_path: Path) -> None:
    """Its feed goes on without a gap, everybody cosigns, and still the record is refused."""
    forgery = forged()
    log = forgery.log(ARD)
    add(log, OLD[ARD], seq=2, prev=log.record_id(1))
    forgery.rehead(ARD, changed().keys, cosigners=PARTIES)
    first, second = refused(forgery.build(BEL, changed().keys), tmp_path, "signatures")
    assert "no author key of ARD in force here" in first.rules("signatures")
    assert "record 4" in first.rules("signatures")
    assert "ARD" in second.rules("signatures")


def test_a_new_author_key_signs_nothing_before_the_entry_that_announces_it(tmp_path: Path) -> None:
    """Who stole the new key cannot write into the past."""
    forgery = forged()
    log = forgery.log(ARD)
    del log.entries[1:], log.openings[1:]
    header = {**log.header(0), "seq": 0, "prev": None, "claimed_time": "2030-01-10T12:01:00Z"}
    own = changed().keys[ARD]
    feed = feed_id(treaty="lake-treaty", author="ARD", public=own.working.author.public)
    log.entries.append(sign_header({**header, "feed": feed}, own.working.author))
    log.openings.append(log.openings[0])
    log.notes = {0: log.notes[0]}
    forgery.rehead(ARD, signed_by(OLD, ARD), cosigners=[AUD, BEL])
    first, second = both_refuse(lay_out(forgery.build(BEL, changed().keys), tmp_path))
    assert {"signatures", "trust-logged"} <= common_refusals(first, second)
    assert "record 1: signed by" in first.rules("signatures")


def test_a_manifest_by_a_retired_author_key_is_refused(tmp_path: Path) -> None:
    bundle = forged().build(ARD, signed_by(OLD, ARD))
    refused(bundle, tmp_path, "manifest-signature")


def test_records_that_the_party_does_not_stand_by_are_warned_of(tmp_path: Path) -> None:
    """The key was lost after its first record; the second is in the log all the same."""
    world = changed_world(AUTHOR, accepted=1)
    verdicts = both_accept(lay_out(world.export(BEL), tmp_path))
    for verdict, named in zip(verdicts, (world.said[1], "entry 1:"), strict=True):
        (warning,) = verdict.document["warnings"]
        assert named in warning
        assert "disputed" in warning


def test_a_party_may_stand_by_nothing_that_a_key_signed(tmp_path: Path) -> None:
    world = changed_world(AUTHOR, accepted=0)
    for verdict in both_accept(lay_out(world.export(BEL), tmp_path)):
        assert len(verdict.document["warnings"]) == 2
    whole = changed_world(AUTHOR, accepted=2)
    for verdict in both_accept(write_folder(whole.export(BEL), tmp_path / "whole")):
        assert verdict.document["warnings"] == []


# --- Heads ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "keys"), [(4, "old"), (2, "new")])
def test_a_head_is_signed_by_the_keys_in_force_at_its_last_entry(
    size: int, keys: str, tmp_path: Path
) -> None:
    forgery = forged()
    log = forgery.log(ARD)
    head = parse_checkpoint(log.notes[size].text)
    own = {"old": OLD, "new": changed().keys}[keys]
    others = [line for line in log.notes[size].lines if line.name != log.origin]
    log.notes[size] = Note(text=log.notes[size].text, lines=(*forgery.own_lines(ARD, head, own), *others))
    first, second = both_refuse(lay_out(forgery.build(BEL, changed().keys), tmp_path))
    assert "checkpoints" in common_refusals(first, second)
    assert "note is not signed by lake.example/ard/log" in first.rules("checkpoints")


def test_the_head_over_no_entry_is_signed_by_the_founding_keys(tmp_path: Path) -> None:
    forgery = forged()
    log = forgery.log(ARD)
    head = parse_checkpoint(log.notes[0].text)
    others = [line for line in log.notes[0].lines if line.name != log.origin]
    log.notes[0] = Note(
        text=log.notes[0].text, lines=(*forgery.own_lines(ARD, head, changed().keys), *others)
    )
    first, second = both_refuse(lay_out(forgery.build(BEL, changed().keys), tmp_path))
    assert "checkpoints" in common_refusals(first, second)


def with_lines(forgery: Forgery, keep: Callable[[NoteLine], bool]) -> MemoryBundle:
    """The newest head of Ardania's log with some of its lines only."""
    log = forgery.log(ARD)
    size = max(log.notes)
    log.notes[size] = replace(log.newest, lines=tuple(line for line in log.newest.lines if keep(line)))
    return forgery.build(BEL, changed().keys)


def lasting(line: NoteLine) -> bool:
    return len(line.signature) > 1_000


@pytest.mark.parametrize("which", ["ed25519", "ml-dsa-44"])
def test_both_keys_of_the_log_must_have_signed(which: str, tmp_path: Path) -> None:
    dropped = which == "ml-dsa-44"
    bundle = with_lines(forged(), lambda line: line.name != ORIGINS[ARD] or lasting(line) is not dropped)
    first, second = both_refuse(lay_out(bundle, tmp_path))
    assert "checkpoints" in common_refusals(first, second)
    assert f"not signed by lake.example/ard/log with its {which} key" in first.rules("checkpoints")


@pytest.mark.parametrize("dropped", [True, False])
def test_a_witness_counts_with_both_its_lines_only(dropped: bool, tmp_path: Path) -> None:
    bundle = with_lines(
        forged(), lambda line: line.name != "lake.example/bel/witness" or lasting(line) is not dropped
    )
    first, _ = refused(bundle, tmp_path, "settled")
    assert "is not cosigned by BEL" in first.rules("settled")


def test_a_witness_counts_when_both_its_lines_state_one_time(tmp_path: Path) -> None:
    forgery = forged()
    log = forgery.log(ARD)
    later = changed().clock.at.replace(year=2031)
    head = parse_checkpoint(log.newest.text)
    lines = forgery.cosignatures(BEL, head, changed().keys, at=later)
    kept = [line for line in log.newest.lines if line.name != "lake.example/bel/witness"]
    own = [line for line in log.newest.lines if line.name == "lake.example/bel/witness"]
    mixed = [*(line for line in own if lasting(line)), *(line for line in lines if not lasting(line))]
    log.notes[max(log.notes)] = replace(log.newest, lines=(*kept, *mixed))
    first, _ = refused(forgery.build(BEL, changed().keys), tmp_path, "settled")
    assert "is not cosigned by BEL" in first.rules("settled")
    log.notes[max(log.notes)] = replace(log.newest, lines=(*kept, *lines))
    both_accept(write_folder(forgery.build(BEL, changed().keys), tmp_path / "one-time"))


@pytest.mark.parametrize("seconds", [0, 2**63])
def test_a_time_that_is_none_does_not_count_or_is_refused(seconds: int, tmp_path: Path) -> None:
    """0 is what a log says of its own head; past 2^63 no clock goes."""
    forgery = forged()
    log = forgery.log(ARD)
    head = parse_checkpoint(log.newest.text)
    kept = [line for line in log.newest.lines if line.name != "lake.example/bel/witness"]
    lines = [line for line in log.newest.lines if line.name == "lake.example/bel/witness"]
    working = changed().keys[BEL].working
    assert working.witness_pq is not None
    messages: dict[bool, tuple[Signer, bytes]] = {
        False: (working.witness, f"cosignature/v1\ntime {seconds}\n{log.newest.text}".encode()),
        True: (working.witness_pq, cosigned_message(head, name=lines[0].name, seconds=seconds)),
    }
    stamp = seconds.to_bytes(8, "big")
    again = [
        replace(line, signature=stamp + key.sign(message))
        for line in lines
        for key, message in [messages[lasting(line)]]
    ]
    log.notes[max(log.notes)] = replace(log.newest, lines=(*kept, *again))
    first, second = both_refuse(lay_out(forgery.build(BEL, changed().keys), tmp_path))
    assert ("checkpoints" if seconds else "settled") in common_refusals(first, second)


def test_the_logs_own_line_states_no_time(tmp_path: Path) -> None:
    forgery = forged()
    log = forgery.log(ARD)
    head = parse_checkpoint(log.newest.text)
    log_pq = changed().keys[ARD].working.log_pq
    assert log_pq is not None
    timed = cosign_mldsa(head, log_pq, name=log.origin, at=changed().clock.at)
    kept = [line for line in log.newest.lines if line.name != log.origin or not lasting(line)]
    log.notes[max(log.notes)] = replace(log.newest, lines=(*kept, timed))
    first, second = both_refuse(lay_out(forgery.build(BEL, changed().keys), tmp_path))
    assert "checkpoints" in common_refusals(first, second)


# --- Witnesses -----------------------------------------------------------------------------------------------


def witness_changed(*, at: Mapping[str, int]) -> Forgery:
    """Belmar's witness keys change after it has cosigned Ardania's log at size 2; nobody cosigned since."""
    world = new_world()
    world.say(ARD, 400, 401)
    world.say(BEL, 300)
    world.round()
    world.rotate(BEL, WITNESS, heads=at)
    world.give(BEL, AUD)
    world.give(AUD, ARD)
    world.give(ARD, BEL)
    world.give(BEL, ARD)
    log = world.stores[ARD].checkpoints(ORIGINS[ARD])
    assert parse_checkpoint(log[-1].text).size == 2
    forgery = Forgery.of(world.export(ARD))
    old = [line for line in spoken_lines() if line.name == "lake.example/bel/witness"]
    mine = forgery.log(ARD)
    kept = [line for line in mine.newest.lines if line.name != "lake.example/bel/witness"]
    mine.notes[2] = replace(mine.newest, lines=(*kept, *old))
    return forgery


@lru_cache(maxsize=1)
def spoken_lines() -> tuple[NoteLine, ...]:
    """The lines under Ardania's head of size 2, from before anybody's keys changed."""
    world = new_world()
    world.say(ARD, 400, 401)
    world.say(BEL, 300)
    world.round()
    (note,) = [n for n in world.stores[ARD].checkpoints(ORIGINS[ARD]) if parse_checkpoint(n.text).size == 2]
    return note.lines


@pytest.mark.parametrize(("size", "counts"), [(2, True), (9, True), (1, False), (0, False)])
def test_a_retired_witness_counts_up_to_what_its_party_stands_by(
    size: int, counts: bool, tmp_path: Path
) -> None:
    forgery = witness_changed(at={ORIGINS[ARD]: size})
    bundle = forgery.build(ARD, founded().keys)
    if counts:
        both_accept(lay_out(bundle, tmp_path))
    else:
        first, _ = refused(bundle, tmp_path, "settled")
        assert "lake.example/ard/log (size 2) is not cosigned by BEL" in first.rules("settled")


def test_a_retired_witness_of_which_its_party_stands_by_nothing_counts_nowhere(tmp_path: Path) -> None:
    forgery = witness_changed(at={ORIGINS[AUD]: 9})
    refused(forgery.build(ARD, founded().keys), tmp_path, "settled")


def test_the_lines_of_an_old_and_a_new_witness_key_do_not_count_together(tmp_path: Path) -> None:
    """A word is one pair of keys: half of it by a stolen key and half by the new one is none."""
    forgery = witness_changed(at={})
    mine = forgery.log(ARD)
    world = new_world()
    world.say(BEL, 300)
    world.rotate(BEL, WITNESS)
    head = parse_checkpoint(mine.newest.text)
    at = world.clock.at
    new = forgery.cosignatures(BEL, head, world.keys, at=at)
    old = forgery.cosignatures(BEL, head, OLD, at=at)
    kept = [line for line in mine.newest.lines if line.name != "lake.example/bel/witness"]
    for pair in ((new[0], old[1]), (old[0], new[1])):
        mine.notes[2] = replace(mine.newest, lines=(*kept, *pair))
        refused(forgery.build(ARD, founded().keys), tmp_path / str(id(pair)), "settled")


def test_two_histories_under_old_and_new_log_keys_are_a_fork_all_the_same(tmp_path: Path) -> None:
    """Who changes keys chose from where: that is no way out of what was signed before."""
    one, other = new_world(), new_world()
    for world in (one, other):
        world.say(ARD, 400)
    one.rotate(ARD)
    other.say(ARD, 999)
    one.give(ARD, BEL)
    publish_head(other.nodes[ARD])
    with pytest.raises(ForkFoundError) as caught:
        import_bundle(one.nodes[BEL], other.export(ARD))
    path = tmp_path / "fork.json"
    path.write_bytes(caught.value.proof)
    for verdict in both_accept(path, trust=[founded().trust.fingerprint]):
        assert verdict.document["origin"] == ORIGINS[ARD]


# --- Logged --------------------------------------------------------------------------------------------------


def test_keys_that_come_into_force_without_a_word_are_refused(tmp_path: Path) -> None:
    world = new_world()
    world.say(ARD, 400)
    world.round()
    world.rotate(ARD, SEAL, announce=False)
    world.say(ARD, 401)
    publish_head(world.nodes[ARD])
    forgery = Forgery.of(world.export(ARD))
    forgery.rehead(ARD, world.keys, cosigners=PARTIES)
    first, _ = refused(forgery.build(ARD, world.keys), tmp_path, "trust-logged")
    assert "in force from entry 1 of lake.example/ard/log (2 are here), which does not announce it" in (
        first.rules("trust-logged")
    )
    assert "trust/keys/ard/2.json" in first.files()


def test_keys_from_an_entry_that_is_not_here_are_refused(tmp_path: Path) -> None:
    """The newest keys are shown, and the log only up to before it: what was written under them is held back."""
    forgery = forged()
    log = forgery.log(ARD)
    del log.entries[2:], log.openings[2:]
    log.notes = {size: note for size, note in log.notes.items() if size <= len(log.entries)}
    first, second = both_refuse(lay_out(forgery.build(BEL, changed().keys), tmp_path))
    assert "trust-logged" in common_refusals(first, second)
    assert "in force from entry 2 of lake.example/ard/log (2 are here)" in first.rules("trust-logged")


def test_the_body_of_the_announcement_must_be_there(tmp_path: Path) -> None:
    forgery = forged()
    forgery.log(ARD).openings[2] = b""
    for verdict in both_refuse(lay_out(forgery.build(BEL, changed().keys), tmp_path)):
        assert "trust-logged" in verdict.refused


def stating(change: Change | Statement, party: PartyCode = ARD, *, form: int = 2) -> MemoryBundle:
    """A party states a change in its log; nothing changes in the trust files."""
    world = new_world(form=form)
    world.say(ARD, 400)
    world.round()
    members = change.members if isinstance(change, Statement) else change.statement()
    said = Statement(kind=change.kind, members=members)
    submit(world.nodes[party], [said], clock=world.clock, randomness=world.salts[party])
    publish_head(world.nodes[party])
    forgery = Forgery.of(world.export(party))
    forgery.rehead(party, world.keys, cosigners=PARTIES)
    return forgery.build(party, world.keys)


def file_id(code: str) -> str:
    chain = founded().trust.chain
    assert chain is not None
    return chain.keys[code][0].file_id


def trust_id() -> str:
    chain = founded().trust.chain
    assert chain is not None
    return chain.versions[0].trust_id


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            Change(version=2, file_id="ab" * 32, party=ARD),
            "announces version 2 of the key file of ARD, which was",
        ),
        (
            Change(version=1, file_id="ab" * 32, party=ARD),
            "announces another version 1 of the key file of ARD",
        ),
        (Change(version=1, file_id=file_id(BEL), party=BEL), "ARD announces keys of BEL"),
        (Change(version=2, file_id="ab" * 32), "announces version 2 of the trust file, which was held back"),
        (Change(version=1, file_id="ab" * 32), "announces another version 1 of the trust file"),
        (
            Statement(kind="keys.change", members={"id": "ab" * 32, "version": 1}),
            "must have exactly id, party",
        ),
        (
            Statement(kind="trust.change", members={"id": "ab" * 32, "version": 1, "party": "ARD"}),
            "trust.change: must have exactly id, version",
        ),
        (Statement(kind="trust.change", members={"id": "ab", "version": 1}), "id must be 64 hexadecimal"),
        (Statement(kind="trust.change", members={"id": "ab" * 32, "version": 0}), "version a whole number"),
        (
            Statement(kind="trust.change", members={"id": "ab" * 32, "version": True}),
            "version a whole number",
        ),
        (
            Statement(kind="keys.change", members={"id": "ab" * 32, "version": 1, "party": "ard"}),
            "keys.change: ",
        ),
    ],
)
def test_an_announcement_of_what_is_not_here_is_refused(
    change: Change | Statement, said: str, tmp_path: Path
) -> None:
    first, _ = refused(stating(change), tmp_path, "trust-logged")
    assert said in first.rules("trust-logged")


@pytest.mark.parametrize("form", [1, 2])
def test_of_the_first_version_a_change_may_be_stated_again_only_in_a_chain(form: int, tmp_path: Path) -> None:
    """A trust file of the first form never changes, so nothing in a log may say that it did."""
    for number, change in enumerate(
        (Change(version=1, file_id=trust_id()), Change(version=1, file_id=file_id(ARD), party=ARD))
    ):
        bundle = stating(change, form=form)
        if form == 2:
            both_accept(write_folder(bundle, tmp_path / str(number)))
        else:
            refused(bundle, tmp_path / str(number), "trust-logged")


def test_a_newer_trust_file_is_announced_in_one_log_at_least(tmp_path: Path) -> None:
    world = new_world()
    world.say(ARD, 400)
    world.round()
    maker = ChainMaker.of(world.founding)
    maker.next_trust()
    world.trust(ARD, maker)
    silent = Forgery.of(world.export(ARD))
    silent.rehead(ARD, world.keys, cosigners=PARTIES)
    first, _ = refused(silent.build(ARD, world.keys), tmp_path / "silent", "trust-logged")
    assert "version 2 of the trust file is announced in no log" in first.rules("trust-logged")
    spoken_by_another = new_world()
    spoken_by_another.say(ARD, 400)
    spoken_by_another.round()
    spoken_by_another.amend(BEL, maker)
    spoken_by_another.round()
    both_accept(lay_out(spoken_by_another.export(AUD), tmp_path))


# --- Whose word settles --------------------------------------------------------------------------------------


def policy(*sides: tuple[list[str], int]) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["policy"]["sides"] = [{"parties": codes, "threshold": count} for codes, count in sides]

    return change


def under(change: Callable[[Document], None], *, cosigners: tuple[PartyCode, ...]) -> MemoryBundle:
    """Ardania's log under another policy, cosigned by some."""
    world = new_world()
    maker = ChainMaker.of(world.founding)
    maker.next_trust(change)
    world.say(BEL, 300)
    world.amend(BEL, maker)
    world.round()
    world.say(ARD, 400)
    publish_head(world.nodes[ARD])
    forgery = Forgery.of(world.export(ARD))
    forgery.rehead(ARD, world.keys, cosigners=cosigners)
    return forgery.build(ARD, world.keys)


def test_of_a_side_as_many_must_cosign_as_its_threshold_says(tmp_path: Path) -> None:
    both = policy((["ARD"], 1), (["AUD", "BEL"], 2))
    both_accept(write_folder(under(both, cosigners=(AUD, BEL)), tmp_path / "both"))
    for alone in (AUD, BEL):
        first, _ = refused(under(both, cosigners=(alone,)), tmp_path / alone, "settled")
        assert "is not cosigned by AUD or BEL, as the policy asks (of 2 of them)" in first.rules("settled")
    either = policy((["ARD"], 1), (["AUD", "BEL"], 1))
    for alone in (AUD, BEL):
        both_accept(write_folder(under(either, cosigners=(alone,)), tmp_path / f"{alone}-either"))


def test_nobody_waits_for_a_party_that_has_left(tmp_path: Path) -> None:
    without = policy((["ARD"], 1), (["BEL"], 1))
    both_accept(lay_out(under(without, cosigners=(BEL,)), tmp_path))
    refused(under(without, cosigners=(AUD,)), tmp_path / "gone", "settled")


def test_the_newest_policy_judges_old_heads_too(tmp_path: Path) -> None:
    """Nothing is asked of a log that was settled before: what was cosigned by all still is."""
    world = new_world()
    world.say(ARD, 400)
    world.round()
    maker = ChainMaker.of(world.founding)
    maker.next_trust(policy((["ARD"], 1), (["AUD", "BEL"], 2)))
    world.amend(BEL, maker)
    world.round()
    both_accept(lay_out(world.export(ARD), tmp_path))


def test_the_words_have_the_same_ids_under_both_forms_of_trust() -> None:
    """A record's id is of what it says and who says it: not of the keepers who vouch for its author."""
    assert spoken(form=1).said == spoken(form=2).said
    assert spoken(form=1).nodes[ARD].feed == spoken(form=2).nodes[ARD].feed
