"""Enrolment, rotation, revocation as people do them: commands, files on sticks, fingerprints read aloud."""

import base64
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from app.cli.enrolled import CODES, Parties, exchange_cards, make, three_parties
from counterseal.app.storage.node_folder import open_node
from counterseal.records.envelope import parse_envelope
from program import Program, Ran
from strategies.verdicts import ask_first

CARD_TYPE = "application/vnd.counterseal.card.v1+json"


@pytest.fixture(scope="module")
def _enrolled(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return three_parties(tmp_path_factory.mktemp("enrolled"))


@pytest.fixture
def parties(_enrolled: Parties, tmp_path: Path) -> Parties:
    """Three enrolled parties; fresh for each test."""
    return _enrolled.copy(tmp_path / "parties")


@pytest.fixture(scope="module")
def _apart(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    folder = tmp_path_factory.mktemp("apart")
    for code in CODES:
        make(folder, code)
    return Parties(folder=folder)


@pytest.fixture
def apart(_apart: Parties, tmp_path: Path) -> Parties:
    """Three parties that have made their nodes and nothing else."""
    return _apart.copy(tmp_path / "parties")


def document(ran: Ran) -> Any:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def verified(parties: Parties, code: str, folder: Path) -> dict[str, Any]:
    """The verdict on a bundle of everything that a party holds. (The place where both verifiers are asked.)"""
    verdict = ask_first(parties.bundle(code, folder))
    assert verdict.status == 0, verdict.failures
    return verdict.document


def test_three_parties_enrol_by_carrying_sticks(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locked nodes, keepers with passphrases of their own, and at the end a settled record."""
    words = {}
    for name in ("node", "keeper-1", "keeper-2", "keeper-3"):
        words[name] = tmp_path / f"{name}.txt"
        words[name].write_text(f"the {name} passphrase\n", encoding="utf-8")
    asked = [part for n in (1, 2, 3) for part in ("--keeper-passphrase-file", words[f"keeper-{n}"])]
    made = {}
    for code in ("US", "RU", "AUD"):
        named = ["--kind", "auditor", "--name", "Auditor"] if code == "AUD" else []
        locked = ["--passphrase-file", words["node"], *asked] if code == "US" else ["--no-passphrase"]
        made[code] = document(
            program(
                "init",
                tmp_path / code,
                "--treaty",
                "new-start",
                "--party",
                code,
                *named,
                *locked,
                "--keepers-dir",
                tmp_path / f"keepers-{code}",
                "--json",
            )
        )
    assert [len(one["keepers"]) for one in made.values()] == [3, 3, 3]
    us = ["--node", tmp_path / "US", "--passphrase-file", words["node"]]

    # Cards go round on sticks; fingerprints by another way, read aloud in groups of four.
    for code in CODES:
        for other in CODES:
            if other == code:
                continue
            digits = made[other]["fingerprint"]
            aloud = " ".join(digits[at : at + 4].upper() for at in range(0, 64, 4))
            where = us if code == "US" else ["--node", tmp_path / code]
            ran = program("party", "add", made[other]["card"], "--fingerprint", f"{other}:{aloud}", *where)
            assert ran.code == 0, ran.err

    # Until all have signed, no node is in use.
    assert program("bundle", "export", tmp_path / "early", "--node", tmp_path / "RU").code == 4

    # The keepers of each sign the same bytes, on their own machine.
    keys = {code: [k for path in made[code]["keepers"][:2] for k in ("--keeper", path)] for code in CODES}
    shown = program("party", "enrol", *us)
    assert shown.code == 0
    for code in CODES:
        assert made[code]["fingerprint"][:4] in shown.out
    first = program(
        "party", "enrol", *us, *keys["US"], *asked[:4], "--yes", "--json", "--out", tmp_path / "a.draft"
    )
    assert document(first)["in_force"] is False
    ids = [document(first)["trust"]["id"]]
    for code, came, goes in (("RU", "a", "b"), ("AUD", "b", "c")):
        done = document(
            program(
                "party",
                "enrol",
                "--node",
                tmp_path / code,
                *keys[code],
                "--draft",
                tmp_path / f"{came}.draft",
                "--out",
                tmp_path / f"{goes}.draft",
                "--yes",
                "--json",
            )
        )
        ids.append(done["trust"]["id"])
    assert len(set(ids)) == 1
    assert done["in_force"] is True
    for where in (us, ["--node", tmp_path / "RU"]):
        taken = document(program("party", "enrol", *where, "--draft", tmp_path / "c.draft", "--json"))
        assert taken["in_force"] is True
        again = document(program("party", "enrol", *where, "--draft", tmp_path / "c.draft", "--json"))
        assert again["in_force"] is True

    # The record begins with the agreement; US is unlocked through the environment by whoever asks for it.
    listed = document(program("party", "list", *us, "--json"))
    assert [(p["code"], p["threshold"], len(p["keepers"])) for p in listed["parties"]] == [
        (code, 2, 3) for code in CODES
    ]
    monkeypatch.setenv("COUNTERSEAL_PASSPHRASE", "the node passphrase")
    assert document(program("party", "list", "--node", tmp_path / "US", "--json")) == listed
    assert document(program("status", "--node", tmp_path / "RU", "--json"))["party"] == "RU"


def test_enrolled_parties_settle_a_record(parties: Parties, tmp_path: Path) -> None:
    parties.say("US", "one", "two")
    parties.rounds(3)
    told = verified(parties, "AUD", tmp_path / "bundle")
    assert told["fingerprints"]["roots"] == {code: parties.fingerprint(code) for code in CODES}
    fingerprint = parties.fingerprint("RU")
    assert ask_first(tmp_path / "bundle", trust=[fingerprint]).status == 0


def test_a_card_with_another_fingerprint_is_refused(program: Program, apart: Parties) -> None:
    wrong = apart.fingerprint("RU")[:-1] + ("0" if apart.fingerprint("RU")[-1] != "0" else "1")
    for given, told in (
        ([f"RU:{wrong}"], "not the one that was read from"),
        ([], "no fingerprint given"),
        ([f"AUD:{apart.fingerprint('RU')}"], "no fingerprint given"),
    ):
        options = [part for text in given for part in ("--fingerprint", text)]
        ran = program("party", "add", apart.card("RU"), *options, "--node", apart.node("US"))
        assert ran.code == 3
        assert told in ran.err
    assert not (apart.node("US") / "cards").exists()
    assert not (apart.node("US") / "compared.json").exists()


@pytest.mark.parametrize("text", ["RU", "RU:12ab", "RU:" + "g" * 64, "ru:" + "0" * 64])
def test_a_fingerprint_that_is_none_is_wrong_use(program: Program, apart: Parties, text: str) -> None:
    ran = program("party", "add", apart.card("RU"), "--fingerprint", text, "--node", apart.node("US"))
    assert ran.code == 2


def test_a_tampered_card_is_refused_even_with_its_fingerprint(program: Program, apart: Parties) -> None:
    """The fingerprint covers the keepers; the keepers and the working keys cover the rest."""
    data = apart.card("RU").read_bytes()
    payload = parse_envelope(data, payload_type=CARD_TYPE, what="card").payload
    changed = payload.replace(b"Russian Federation", b"Russian Confederat")
    assert changed != payload
    forged = apart.folder / "RU.card"
    forged.write_bytes(data.replace(base64.b64encode(payload), base64.b64encode(changed)))
    given = f"RU:{apart.fingerprint('RU')}"
    ran = program("party", "add", forged, "--fingerprint", given, "--node", apart.node("US"))
    assert ran.code == 3
    assert "signature of root" in ran.err


def test_a_draft_without_everybody_s_threshold_is_not_in_force(program: Program, apart: Parties) -> None:
    exchange_cards(apart, CODES)
    draft = apart.folder / "d.draft"
    for code, count in (("US", 2), ("RU", 1), ("AUD", 2)):
        more = ["--draft", draft] if draft.exists() else []
        node = ["--node", apart.node(code)]
        options = [*apart.keeper_options(code, count), *more, *node]
        told = document(program("party", "enrol", *options, "--yes", "--json", "--out", draft))
        assert told["in_force"] is False
    assert {(w["party"], w["signed"], w["needed"]) for w in told["signatures"]} == {
        ("US", 2, 2),
        ("RU", 1, 2),
        ("AUD", 2, 2),
    }
    refused = program("party", "list", "--node", apart.node("US"))
    assert (refused.code, "is not enrolled yet" in refused.err) == (4, True)
    # A keeper who comes later, elsewhere, is enough: signatures add up.
    late = apart.keepers("RU", 3)[2]
    options = ["--keeper", late, "--draft", draft, "--node", apart.node("RU")]
    assert document(program("party", "enrol", *options, "--yes", "--json"))["in_force"] is True


def test_nobody_signs_for_another_party(program: Program, apart: Parties) -> None:
    exchange_cards(apart, CODES)
    options = apart.keeper_options("RU")
    ran = program("party", "enrol", *options, "--node", apart.node("US"), "--yes")
    assert ran.code == 3
    assert "is no keeper of US" in ran.err
    assert not (apart.node("US") / "trust.draft").exists()


def test_a_draft_with_a_party_that_was_not_compared_is_not_signed(program: Program, apart: Parties) -> None:
    exchange_cards(apart, ("US", "RU"))
    exchange_cards(apart, ("US", "AUD"))
    draft = apart.folder / "d.draft"
    options = [*apart.keeper_options("US"), "--node", apart.node("US"), "--out", draft]
    assert program("party", "enrol", *options, "--yes").code == 0
    options = [*apart.keeper_options("RU"), "--node", apart.node("RU"), "--draft", draft]
    ran = program("party", "enrol", *options, "--yes")
    assert ran.code == 3
    assert "AUD: its fingerprint" in ran.err
    assert "was not compared" in ran.err
    # Once it was read aloud, the card in the draft is enough.
    given = f"AUD:{apart.fingerprint('AUD')}"
    assert program("party", "add", "--fingerprint", given, "--node", apart.node("RU")).code == 0
    assert program("party", "enrol", *options, "--yes").code == 0


def test_other_sides_are_another_trust_file(program: Program, apart: Parties) -> None:
    exchange_cards(apart, CODES)
    draft = apart.folder / "d.draft"
    sides = ["--side", "US", "--side", "RU,AUD:1"]
    options = [*apart.keeper_options("US"), "--node", apart.node("US"), "--out", draft, *sides]
    told = document(program("party", "enrol", *options, "--yes", "--json"))
    assert told["trust"]["sides"] == [
        {"parties": ["AUD", "RU"], "threshold": 1},
        {"parties": ["US"], "threshold": 1},
    ]
    options = [*apart.keeper_options("RU"), "--node", apart.node("RU"), "--draft", draft]
    ran = program("party", "enrol", *options, "--yes")
    assert ran.code == 3
    assert "other sides" in ran.err
    assert program("party", "enrol", *options, "--yes", *sides).code == 0


def test_without_a_word_of_consent_nothing_is_signed(program: Program, apart: Parties) -> None:
    exchange_cards(apart, CODES)
    ran = program("party", "enrol", *apart.keeper_options("US"), "--node", apart.node("US"))
    assert ran.code != 0
    assert not (apart.node("US") / "trust.draft").exists()


def test_a_passphrase_opens_or_the_node_stays_shut(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSEAL_PASSPHRASE", "correct horse battery")
    keepers = ["--keepers-dir", tmp_path / "keepers", "--keepers", 1, "--threshold", 1]
    word = tmp_path / "keeper.txt"
    word.write_text("staple\n", encoding="utf-8")
    made = ["init", tmp_path / "US", "--treaty", "new-start", "--party", "US"]
    assert program(*made, *keepers, "--keeper-passphrase-file", word).code == 0
    texts = [path.read_bytes() for path in (tmp_path / "US" / "keys.json", *(tmp_path / "keepers").iterdir())]
    assert all(b"argon2id" in text and b"author" not in text for text in texts)
    ceremony = ["party", "ceremony", "--node", tmp_path / "US"]
    assert program(*ceremony).code == 0
    monkeypatch.setenv("COUNTERSEAL_PASSPHRASE", "another one")
    wrong = program(*ceremony)
    assert (wrong.code, "the passphrase is another" in wrong.err) == (3, True)
    monkeypatch.delenv("COUNTERSEAL_PASSPHRASE")
    nobody = program(*ceremony)
    assert (nobody.code, "no terminal to ask at" in nobody.err) == (4, True)
    assert f"{tmp_path / 'US'}: its keys are locked: there is no terminal to ask at" in nobody.err
    assert "not a whole node" not in nobody.err


def test_keys_are_rotated_and_the_others_follow(program: Program, parties: Parties, tmp_path: Path) -> None:
    parties.say("US", "before")
    parties.rounds(2)
    before = open_node(parties.node("US"))
    size, feed = before.store.size(before.log.origin), before.feed
    before.store.close()
    told = document(
        program("party", "rotate", *parties.keeper_options("US"), "--node", parties.node("US"), "--json")
    )
    assert (told["version"], told["at"], told["roles"]) == (2, size, ["author", "log", "seal", "witness"])
    parties.say("US", "after")
    parties.rounds(3)
    node = open_node(parties.node("US"))
    assert node.feed != feed
    announced = list(node.store.entries(node.log.origin))[size]
    assert (announced.kind, announced.record_id) == ("keys.change", told["record"])
    node.store.close()
    verified(parties, "RU", tmp_path / "bundle")
    listed = document(program("party", "list", "--node", parties.node("AUD"), "--json"))
    us = next(party for party in listed["parties"] if party["code"] == "US")
    assert [(file["version"], file["at"]) for file in us["key_files"]] == [(1, 0), (2, size)]
    assert sorted(key["role"] for key in us["keys"] if key["retired"]) == sorted(
        ["author", "log", "log", "seal", "witness", "witness"]
    )


def test_an_import_says_which_key_file_is_new_and_of_whom(
    program: Program, parties: Parties, tmp_path: Path
) -> None:
    parties.rounds(1)
    assert program("party", "rotate", *parties.keeper_options("US"), "--node", parties.node("US")).code == 0
    parties.bundle("US", tmp_path / "stick")
    told = document(program("bundle", "import", tmp_path / "stick", "--node", parties.node("RU"), "--json"))
    assert told["trust"] == {"version": 1, "changed": True, "key_files": [{"party": "US", "version": 2}]}
    shown = program("bundle", "import", tmp_path / "stick", "--node", parties.node("AUD")).out
    assert "  trust changed: version 2 of the key file of US is in force\n" in shown
    assert "of the trust file" not in shown
    again = program("bundle", "import", tmp_path / "stick", "--node", parties.node("AUD")).out
    assert "trust changed" not in again


@pytest.mark.parametrize("role", ["author", "log", "witness", "seal"])
def test_one_role_at_a_time(program: Program, parties: Parties, tmp_path: Path, role: str) -> None:
    parties.rounds(2)
    options = ["--role", role, *parties.keeper_options("RU"), "--node", parties.node("RU"), "--json"]
    assert document(program("party", "rotate", *options))["roles"] == [role]
    parties.say("RU", "after")
    parties.rounds(3)
    verified(parties, "US", tmp_path / "bundle")


def test_what_was_sealed_to_the_old_key_still_opens(program: Program, parties: Parties) -> None:
    parties.rounds(1)
    (secret,) = parties.say("US", "for RU alone", audience=("RU",))
    stick = parties.stick("US")
    options = ["--role", "seal", *parties.keeper_options("RU"), "--node", parties.node("RU")]
    assert program("party", "rotate", *options).code == 0
    parties.give(stick, "RU")
    node = open_node(parties.node("RU"))
    entry = node.store.find(secret)
    assert entry is not None
    assert entry.opening is not None
    node.store.close()


def test_too_few_keepers_or_a_stranger_change_nothing(program: Program, parties: Parties) -> None:
    before = {path.name: path.read_bytes() for path in parties.node("US").glob("*.json")}
    few = program("party", "rotate", *parties.keeper_options("US", 1), "--node", parties.node("US"))
    assert (few.code, "2 of 3 are needed" in few.err) == (3, True)
    twice = [*parties.keeper_options("US", 1), *parties.keeper_options("US", 1)]
    assert program("party", "rotate", *twice, "--node", parties.node("US")).code == 3
    mixed = [*parties.keeper_options("US", 1), *parties.keeper_options("RU", 1)]
    stranger = program("party", "rotate", *mixed, "--node", parties.node("US"))
    assert (stranger.code, "is no keeper of US" in stranger.err) == (3, True)
    no_keeper = ["--keeper", parties.node("US") / "keys.json"]
    assert program("party", "rotate", *no_keeper, "--node", parties.node("US")).code == 3
    assert {path.name: path.read_bytes() for path in parties.node("US").glob("*.json")} == before
    node = open_node(parties.node("US"))
    assert node.trust.chain is not None
    assert len(node.trust.chain.keys["US"]) == 1
    node.store.close()


def test_records_of_a_stolen_key_are_disputed_and_stay(
    program: Program, parties: Parties, tmp_path: Path
) -> None:
    parties.rounds(1)
    parties.say("US", "mine")
    theirs = parties.say("US", "a thief's", "another of his")
    node = open_node(parties.node("US"))
    key, feed = node.keys.author.key_id, node.feed
    last = node.store.feed_head(feed)
    assert last is not None
    accepted = last.seq + 1 - len(theirs)
    node.store.close()
    options = [*parties.keeper_options("US"), "--node", parties.node("US"), "--json"]
    assert program("party", "revoke", key, "--yes", *options).code == 3, "an author key needs --accepted"
    assert program("party", "revoke", key, "--yes", "--accepted", last.seq + 2, *options).code == 3
    asked = program("party", "revoke", key[:12], "--accepted", accepted, *options)
    assert (asked.code, "become disputed for good" in asked.err, "give --yes" in asked.err) == (2, True, True)
    told = document(program("party", "revoke", key[:12], "--yes", "--accepted", accepted, *options))
    assert told["disputed"] == {key: accepted}
    parties.rounds(3)
    warnings = verified(parties, "AUD", tmp_path / "bundle")["warnings"]
    disputed = {text.split(":")[0] for text in warnings if "disputed" in text}
    assert disputed == set(theirs)
    # Years later the party finds that it stands by one record less: the key stays retired, the number changes.
    again = document(program("party", "revoke", key, "--yes", "--accepted", accepted - 1, *options))
    assert (again["version"], again["roles"]) == (3, [])
    parties.rounds(3)
    warnings = verified(parties, "RU", tmp_path / "later")["warnings"]
    assert len([text for text in warnings if "disputed" in text]) == len(theirs) + 1


def test_a_revoked_witness_vouched_only_for_what_it_kept(program: Program, parties: Parties) -> None:
    parties.say("US", "one")
    parties.rounds(2)
    node = open_node(parties.node("RU"))
    key, origin = node.keys.witness.key_id, node.trust.log_of("US").origin
    size = int((node.store.witnessed(origin) or "").splitlines()[1])
    node.store.close()
    options = [*parties.keeper_options("RU"), "--node", parties.node("RU"), "--json"]
    assert program("party", "revoke", key, "--yes", "--accepted", 1, *options).code == 3
    assert document(program("party", "revoke", key, "--yes", *options))["roles"] == ["witness"]
    listed = document(program("party", "list", "--node", parties.node("RU"), "--json"))
    ru = next(party for party in listed["parties"] if party["code"] == "RU")
    retired = next(item for item in ru["keys"] if item["id"] == key)
    assert retired["heads"][origin] == size
    assert program("party", "revoke", key, "--yes", *options).code == 3, "it is retired already"


def test_a_lost_keeper_is_replaced_by_the_other_two(
    program: Program, parties: Parties, tmp_path: Path
) -> None:
    parties.rounds(2)
    parties.keepers("US", 3)[2].unlink()  # lost
    new = tmp_path / "new-keepers"
    made = document(
        program(
            "party", "renew", "--keepers-dir", new, "--no-passphrase", "--node", parties.node("US"), "--json"
        )
    )
    given = f"US:{made['fingerprint']}"
    assert made["fingerprint"] != parties.fingerprint("US")
    for code in ("RU", "AUD"):
        ran = program("party", "add", made["card"], "--fingerprint", given, "--node", parties.node(code))
        assert ran.code == 0, ran.err
    fresh = [part for path in made["keepers"][:2] for part in ("--keeper", path)]
    draft = tmp_path / "d.draft"
    words = {"US": [*parties.keeper_options("US", 2), *fresh]} | {
        code: parties.keeper_options(code) for code in ("RU", "AUD")
    }
    for code, keepers in words.items():
        more = ["--draft", draft] if draft.exists() else []
        options = [*keepers, *more, "--out", draft, "--node", parties.node(code)]
        told = document(program("party", "enrol", *options, "--yes", "--json"))
    assert told["in_force"] is True
    assert {(w["party"], w["keepers"]) for w in told["signatures"]} == {
        (code, which) for code in CODES for which in ("new", "before")
    }
    for code in ("US", "RU"):
        assert program("party", "enrol", "--draft", draft, "--node", parties.node(code)).code == 0
    parties.rounds(3)
    verified(parties, "RU", tmp_path / "bundle")
    # From now on the new keepers speak, the old ones no more.
    old = program("party", "rotate", *parties.keeper_options("US", 2), "--node", parties.node("US"))
    assert old.code == 3
    assert program("party", "rotate", *fresh, "--node", parties.node("US")).code == 0
    parties.rounds(3)
    verified(parties, "AUD", tmp_path / "later")
    # The old card, found in a drawer, does not bring the old keepers back.
    stale = f"US:{parties.fingerprint('US')}"
    assert (
        program("party", "add", parties.card("US"), "--fingerprint", stale, "--node", parties.node("RU")).code
        == 0
    )
    ran = program("party", "enrol", *parties.keeper_options("RU"), "--node", parties.node("RU"), "--yes")
    assert (ran.code, "nothing to change" in ran.err) == (3, True)


def test_a_fourth_party_joins_later(program: Program, parties: Parties, tmp_path: Path) -> None:
    parties.say("US", "long before")
    parties.rounds(2)
    assert program("party", "rotate", *parties.keeper_options("RU"), "--node", parties.node("RU")).code == 0
    parties.rounds(2)
    make(parties.folder, "OBS")
    for code in CODES:
        given = f"OBS:{parties.fingerprint('OBS')}"
        options = ["--fingerprint", given, "--node", parties.node(code)]
        assert program("party", "add", parties.card("OBS"), *options).code == 0
    draft = tmp_path / "d.draft"
    for code in CODES:
        more = ["--draft", draft] if draft.exists() else []
        options = [*parties.keeper_options(code), *more, "--out", draft, "--node", parties.node(code)]
        assert document(program("party", "enrol", *options, "--yes", "--json"))["in_force"] is False
    options = [
        *parties.keeper_options("OBS"),
        "--draft",
        draft,
        "--out",
        draft,
        "--node",
        parties.node("OBS"),
    ]
    refused = program("party", "enrol", *options, "--yes")
    assert (refused.code, "was not compared" in refused.err) == (3, True)
    aloud = [part for code in CODES for part in ("--fingerprint", f"{code}:{parties.fingerprint(code)}")]
    assert program("party", "add", *aloud, "--node", parties.node("OBS")).code == 0
    told = document(program("party", "enrol", *options, "--yes", "--json"))
    assert (told["in_force"], told["trust"]["version"]) == (True, 2)
    for code in CODES:
        assert program("party", "enrol", "--draft", draft, "--node", parties.node(code)).code == 0
    parties.rounds(3, ("US", "RU", "AUD", "OBS"))
    parties.say("OBS", "hello")
    parties.rounds(4, ("US", "RU", "AUD", "OBS"))
    told = verified(parties, "OBS", tmp_path / "bundle")
    assert set(told["fingerprints"]["roots"]) == {*CODES, "OBS"}
    assert told["counts"]["logs"] == 4


class _Page(HTMLParser):
    """Tags and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onload", "onerror"}

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def test_the_sheet_has_every_fingerprint_and_nothing_of_its_own_accord(
    program: Program, apart: Parties, tmp_path: Path
) -> None:
    name = "<script>alert(1)</script> & Sons"
    keepers = ["--keepers-dir", tmp_path / "k", "--keepers", 1, "--threshold", 1, "--no-passphrase"]
    named = ["--party", "EVIL", "--kind", "observer", "--name", name]
    made = document(program("init", tmp_path / "EVIL", "--treaty", "new-start", *named, *keepers, "--json"))
    given = f"EVIL:{made['fingerprint']}"
    assert program("party", "add", made["card"], "--fingerprint", given, "--node", apart.node("US")).code == 0
    exchange_cards(apart, CODES)
    sheet = tmp_path / "sheet.html"
    told = document(program("party", "ceremony", "--sheet", sheet, "--node", apart.node("US"), "--json"))
    assert [party["code"] for party in told["parties"]] == ["US", "AUD", "EVIL", "RU"]
    text = sheet.read_text("utf-8")
    page = _Page(text)
    assert "script" not in page.tags
    assert "&lt;script&gt;" in text
    for party in told["parties"]:
        digits = party["fingerprint"]
        groups = [digits[at : at + 4] for at in range(0, 64, 4)]
        rows = [word for word in page.words if len(word) == 4]
        assert any(rows[at : at + 16] == groups for at in range(len(rows))), party["code"]
    assert program("party", "ceremony", "--sheet", sheet, "--node", apart.node("US")).code == 4


def test_a_name_cannot_steer_the_terminal(program: Program, apart: Parties, tmp_path: Path) -> None:
    keepers = ["--keepers-dir", tmp_path / "k", "--keepers", 1, "--threshold", 1, "--no-passphrase"]
    named = ["--party", "EVIL", "--kind", "observer", "--name", "\x1b[2Jgone\u202e"]
    made = document(program("init", tmp_path / "EVIL", "--treaty", "new-start", *named, *keepers, "--json"))
    given = f"EVIL:{made['fingerprint']}"
    assert program("party", "add", made["card"], "--fingerprint", given, "--node", apart.node("US")).code == 0
    exchange_cards(apart, CODES)
    for command in ("ceremony", "enrol"):
        shown = program("party", command, "--node", apart.node("US"))
        assert shown.code == 0, shown.err
        assert "\x1b" not in shown.out
        assert "\u202e" not in shown.out
        assert "gone" in shown.out


def test_at_a_terminal_each_person_is_asked(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node's passphrase and each keeper's are typed twice, by number; later each is asked for once."""
    asked: list[tuple[str, bool]] = []
    answers = {"keeper 1": "the first keeper's", "keeper 2": "the second keeper's", "node": "the node's own"}

    def prompt(what: str, *, hide_input: bool, confirmation_prompt: bool = False, **_: Any) -> str:
        assert hide_input
        asked.append((what, confirmation_prompt))
        return next((word for name, word in answers.items() if name in what), answers["keeper 1"])

    monkeypatch.setattr("click.prompt", prompt)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    node, keys = tmp_path / "US", tmp_path / "keys"
    options = [
        "--treaty",
        "new-start",
        "--party",
        "US",
        "--keepers",
        2,
        "--threshold",
        1,
        "--keepers-dir",
        keys,
    ]
    made = document(program("init", node, *options, "--json"))
    assert [what.split(" of ")[1].split(" (")[0] for what, _ in asked] == [
        "keeper 1",
        "keeper 2",
        "the new node",
    ]
    assert all("8 characters or more" in what for what, _ in asked)
    assert all(twice for _, twice in asked)
    asked.clear()
    ran = program("party", "rotate", "--keeper", made["keepers"][0], "--node", node)
    assert ran.code == 4, "it is not enrolled"
    assert asked == [("Passphrase of this node", False)]
    # Too short a passphrase is no passphrase: it is asked for again, three times in all.
    answers["keeper 2"] = "1234567"
    asked.clear()
    refused = program("init", tmp_path / "again", *options[:-1], tmp_path / "more")
    assert (refused.code, refused.err.count("must be at least 8")) == (3, 3)
    assert sum("keeper 2" in what for what, _ in asked) == 3
    assert not (tmp_path / "again").exists()


def test_a_passphrase_file_has_its_passphrase_in_its_first_line(program: Program, tmp_path: Path) -> None:
    empty, binary = tmp_path / "empty.txt", tmp_path / "binary"
    empty.write_bytes(b"\nsecond line\n")
    binary.write_bytes(b"\xff\xfe")
    options = ["--treaty", "new-start", "--party", "US", "--keepers-dir", tmp_path / "k", "--keepers", 1]
    for file in (empty, binary, tmp_path / "missing"):
        given = ["--threshold", 1, "--passphrase-file", file, "--keeper-passphrase-file", file]
        assert program("init", tmp_path / "US", *options, *given).code == 4
    two = ["--threshold", 1, "--keeper-passphrase-file", empty, "--keeper-passphrase-file", empty]
    assert program("init", tmp_path / "US", *options, *two).code == 2
    assert not (tmp_path / "US").exists()


def test_files_that_are_no_cards_or_drafts_are_refused_by_name(
    program: Program, apart: Parties, tmp_path: Path
) -> None:
    exchange_cards(apart, CODES)
    node = ["--node", apart.node("US")]
    given = ["--fingerprint", f"RU:{apart.fingerprint('RU')}"]
    own = ["--fingerprint", f"US:{apart.fingerprint('US')}"]
    assert "is this node's own party" in program("party", "add", apart.card("US"), *own, *node).err
    assert program("party", "add", *node).code == 2
    for name, data in (("empty", b""), ("json", b"{}"), ("long", b"x" * (2**20 + 1)), ("no", None)):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        for command in (("add", path, *given), ("enrol", "--draft", path)):
            ran = program("party", *command, *node)
            assert (ran.code, str(path) in ran.err) == (3, True)
    (apart.node("US") / "compared.json").write_text('{"RU": "1"}', encoding="utf-8")
    assert program("party", "enrol", *node).code == 4


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--party", "US"], 2),
        (["--party", "us", "--keepers-dir", "k"], 2),
        (["--party", "XX", "--keepers-dir", "k"], 2),
        (["--party", "US", "--kind", "auditor", "--name", "A", "--keepers-dir", "k"], 2),
        (["--party", "US", "--keepers-dir", "k", "--keepers", 2, "--threshold", 3], 2),
        (["--party", "US", "--keepers-dir", "k", "--seed", 1], 2),
        (["--party", "US", "--keepers-dir", "node/k"], 3),
    ],
)
def test_a_party_node_is_made_as_asked_or_not_at_all(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[object], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = program("init", "node", "--treaty", "new-start", "--no-passphrase", *options)
    assert ran.code == code, ran.err
    assert list(tmp_path.iterdir()) == []


def test_keepers_files_of_a_node_that_could_not_be_made_are_taken_away(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "mine.txt").write_text("keep", encoding="utf-8")
    options = ["--treaty", "new-start", "--party", "US", "--no-passphrase", "--keepers-dir", tmp_path / "k"]
    assert program("init", tmp_path / "node", *options).code == 4
    assert list((tmp_path / "k").iterdir()) == []
