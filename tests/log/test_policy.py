"""Policy files read as C2SP tlog-policy says, every other form refused by line, and heads judged with reasons."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.ed25519 import signing_key
from counterseal.crypto.mldsa import ML_DSA_44, mldsa_key
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import COSIGNATURE, SUBTREE_COSIGNATURE, cosign, cosign_mldsa
from counterseal.log.errors import NoteError, PolicyError
from counterseal.log.note import ED25519, Note, NoteKey, NoteLine, sign_note
from counterseal.log.policy import (
    Policy,
    PolicyGroup,
    PolicyLog,
    PolicyWitness,
    Standing,
    evaluate,
)
from counterseal.log.policy_file import PolicyParty, PolicySide, every_side, parse_policy, write_policy

ORIGIN = "example.com/log"
HEAD = Checkpoint(origin=ORIGIN, size=7, root=bytes(range(32)))
AT = datetime.fromtimestamp(1679315147, tz=UTC)
LOG = signing_key(bytes([99]) * 32)
LOG_PQ = mldsa_key(bytes([99]) * 32, algorithm=ML_DSA_44)
LOG_KEY = NoteKey(name=ORIGIN, public=LOG.public, algorithm=ED25519)
LOG_PQ_KEY = NoteKey(name=ORIGIN, public=LOG_PQ.public, algorithm=SUBTREE_COSIGNATURE)
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
SIGNERS = {name: signing_key(bytes([at]) * 32) for at, name in enumerate(NAMES, 1)}
KEYS = {
    name: NoteKey(name=f"{name}.example", public=key.public, algorithm=COSIGNATURE)
    for name, key in SIGNERS.items()
}
PQ = mldsa_key(bytes([50]) * 32, algorithm=ML_DSA_44)
PQ_KEY = NoteKey(name="X1.example", public=PQ.public, algorithm=SUBTREE_COSIGNATURE)

LOG_VKEY = LOG_KEY.verifier_text()
VKEY = {name: key.verifier_text() for name, key in KEYS.items()}
# The example policy of C2SP tlog-policy, its elided keys filled in.
EXAMPLE = f"""\
log {LOG_VKEY}

witness X1 {VKEY["X1"]}
witness X2 {VKEY["X2"]}
witness X3 {VKEY["X3"]}
group X-witnesses 2 X1 X2 X3

witness Y1 {VKEY["Y1"]}
witness Y2 {VKEY["Y2"]}
witness Y3 {VKEY["Y3"]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
LOG_LINE = sign_note(HEAD.text(), LOG, name=ORIGIN)


def word(name: str) -> NoteLine:
    return cosign(HEAD.text(), SIGNERS[name], name=f"{name}.example", at=AT)


def head(*names: str, log: bool = True) -> Note:
    return Note(text=HEAD.text(), lines=((LOG_LINE,) if log else ()) + tuple(map(word, names)))


def test_the_example_of_the_specification_reads_as_it_explains() -> None:
    policy = parse_policy(EXAMPLE.encode())
    assert policy.logs == (PolicyLog(key=LOG_KEY),)
    assert policy.witnesses == tuple(PolicyWitness(name=n.encode(), key=KEYS[n]) for n in NAMES)
    assert policy.groups == (
        PolicyGroup(name=b"X-witnesses", threshold=2, members=(b"X1", b"X2", b"X3")),
        PolicyGroup(name=b"Y-witnesses", threshold=1, members=(b"Y1", b"Y2", b"Y3")),
        PolicyGroup(name=b"X-and-Y", threshold=2, members=(b"X-witnesses", b"Y-witnesses")),
    )
    assert policy.quorum == b"X-and-Y"
    assert parse_policy(write_policy(policy)) == policy


@settings(max_examples=64, deadline=None)
@given(cosigners=st.sets(st.sampled_from(NAMES)))
def test_the_example_accepts_two_of_x_with_one_of_y_and_nothing_less(cosigners: set[str]) -> None:
    result = evaluate(parse_policy(EXAMPLE.encode()), head(*sorted(cosigners)))
    enough = len(cosigners & {"X1", "X2", "X3"}) >= 2 and bool(cosigners & {"Y1", "Y2", "Y3"})
    assert result.held is enough
    assert [check.name for check in result.checks] == ["log", "lines", "quorum"]
    assert {w.name.decode() for w in result.witnesses if w.standing is Standing.SIGNED} == cosigners
    assert {w.seconds for w in result.witnesses if w.standing is Standing.SIGNED} <= {1679315147}
    assert bool(result.missing) is not enough


def test_what_is_missing_is_named_from_the_quorum_down() -> None:
    result = evaluate(parse_policy(EXAMPLE.encode()), head("X2", "Y1"))
    assert result.missing == (b"X-and-Y", b"X-witnesses", b"X1", b"X3")
    assert result.checks[2].reason == ("quorum X-and-Y is not met; it waits for X-and-Y, X-witnesses, X1, X3")
    by_name = {group.name: group for group in result.groups}
    assert (by_name[b"X-witnesses"].met, by_name[b"Y-witnesses"].met) == (False, True)
    assert by_name[b"X-witnesses"].vouched == (b"X2",)
    assert result.witnesses[0].reason == "witness X1: has not cosigned"
    assert result.witnesses[1].reason == "witness X2: cosigned at 1679315147 s"


def test_a_head_that_its_log_has_not_signed_is_not_accepted() -> None:
    policy = parse_policy(EXAMPLE.encode())
    result = evaluate(policy, head(*NAMES, log=False))
    assert [check.held for check in result.checks] == [False, True, True]
    assert "no log of the policy has signed" in result.checks[0].reason
    elsewhere = replace(HEAD, origin="example.com/other")
    line = sign_note(elsewhere.text(), LOG, name=elsewhere.origin)
    result = evaluate(policy, Note(text=elsewhere.text(), lines=(line,)))
    assert result.logs[0].reason == "log example.com/log: the checkpoint is of example.com/other"
    assert not result.held


def test_a_line_of_the_log_under_another_origin_does_not_count() -> None:
    """The key name must be the origin: else one log's signature could stand for another's head."""
    other = replace(HEAD, origin="example.com/other")
    line = sign_note(other.text(), LOG, name=ORIGIN)
    policy = parse_policy(f"log {LOG_VKEY}\nquorum none\n".encode())
    assert not evaluate(policy, Note(text=other.text(), lines=(line,))).held


def test_a_line_of_a_known_key_that_does_not_verify_refuses_the_note() -> None:
    spoilt = replace(word("X3"), signature=bytes(72))
    note = head("X1", "X2", "Y1")
    result = evaluate(parse_policy(EXAMPLE.encode()), replace(note, lines=(*note.lines, spoilt)))
    assert [check.held for check in result.checks] == [True, False, True]
    assert "witness X3: cosignature of X3.example" in result.checks[1].reason
    assert not result.held
    false_log = replace(LOG_LINE, signature=bytes(64))
    result = evaluate(parse_policy(EXAMPLE.encode()), replace(note, lines=(false_log, *note.lines[1:])))
    assert [check.held for check in result.checks] == [False, False, True]
    assert result.logs[0].standing is Standing.REFUSED


def test_lines_of_strangers_say_nothing() -> None:
    note = head("X1", "X2", "Y1")
    stranger = NoteLine(name="stranger.example", key_hash=bytes(4), signature=bytes(72))
    assert evaluate(parse_policy(EXAMPLE.encode()), replace(note, lines=(*note.lines, stranger))).held


def test_any_one_of_the_logs_is_enough_and_an_empty_list_accepts_none() -> None:
    both = Policy(
        logs=(PolicyLog(key=LOG_KEY), PolicyLog(key=LOG_PQ_KEY)), witnesses=(), groups=(), quorum=None
    )
    assert evaluate(both, head()).held
    lasting = cosign_mldsa(HEAD, LOG_PQ, name=ORIGIN, at=None)
    assert evaluate(both, Note(text=HEAD.text(), lines=(lasting,))).held
    nobody = parse_policy(b"quorum none\n")
    assert nobody == Policy(logs=(), witnesses=(), groups=(), quorum=None)
    result = evaluate(nobody, head())
    assert [check.held for check in result.checks] == [False, True, True]
    assert result.checks[0].reason == "the policy names no log"


def test_a_lone_witness_may_be_the_quorum() -> None:
    policy = parse_policy(f"log {LOG_VKEY}\nwitness w {VKEY['X1']}\nquorum w\n".encode())
    assert evaluate(policy, head("X1")).held
    assert evaluate(policy, head("X2")).missing == (b"w",)


def test_a_note_that_is_no_checkpoint_is_not_judged() -> None:
    with pytest.raises(NoteError):
        evaluate(parse_policy(EXAMPLE.encode()), Note(text="a\n", lines=(LOG_LINE,)))


def test_names_are_octets_and_blanks_and_comments_are_free() -> None:
    text = (
        f"# two witnesses\n \t# and more\n\n\tlog\t{LOG_VKEY}   https://log.example/\xe9 \n"
        f"witness K {VKEY['X1']} https://w.example\nwitness \u212a {VKEY['X2']}\n"
        f"witness #3 {VKEY['X3']}\nwitness all {VKEY['Y1']}\n"
        "group g 2 K \u212a\ngroup any any g #3\ngroup 2 all all any\nquorum 2\n"
    )
    policy = parse_policy(text.encode())
    assert [witness.name for witness in policy.witnesses] == [b"K", b"\xe2\x84\xaa", b"#3", b"all"]
    assert policy.logs[0].url == "https://log.example/\xe9".encode()
    assert policy.witnesses[0].url == b"https://w.example"
    assert policy.groups[2] == PolicyGroup(name=b"2", threshold=2, members=(b"all", b"any"))
    raw = parse_policy(f"witness \xff {VKEY['X1']}\nquorum \xff\n".encode("latin-1"))
    assert raw.quorum == b"\xff"
    assert parse_policy(write_policy(raw)) == raw
    assert parse_policy(write_policy(policy)) == policy


@pytest.mark.parametrize("byte", [*range(9), *range(11, 32), 127])
def test_every_other_control_character_is_refused(byte: int) -> None:
    with pytest.raises(PolicyError, match=f"line 2: control character 0x{byte:02x}"):
        parse_policy(b"quorum none\n# a " + bytes([byte]) + b"\n")


W1 = f"witness a {VKEY['X1']}\n"
W12 = f"{W1}witness b {VKEY['X2']}\n"
X1_AS_LOG = NoteKey(name="X1.example", public=SIGNERS["X1"].public, algorithm=ED25519).verifier_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must end in a line feed"),
        ("quorum none", "must end in a line feed"),
        (W1, "no quorum line"),
        ("quorum none\nquorum none\n", "line 2: a second quorum line"),
        ("quorum\n", "line 1: must be: quorum"),
        ("quorum none none\n", "line 1: must be: quorum"),
        ("quorum a\n" + W1, "line 1: a is no witness or group of a line before"),
        ("log\nquorum none\n", "line 1: must be: log"),
        (f"log {LOG_VKEY} u v\nquorum none\n", "line 1: must be: log"),
        (f"log {LOG_VKEY}\nlog {LOG_VKEY}\nquorum none\n", "line 2: the public key of log"),
        (
            f"log {LOG_VKEY}\nlog {replace(LOG_KEY, name='other').verifier_text()}\nquorum none\n",
            "line 2: the public key of log other",
        ),
        (f"log {VKEY['X1']}\nquorum none\n", "a log's must be 0x01 or 0x06"),
        (f"log {LOG_VKEY[:-4]}AAAA\nquorum none\n", "line 1: verifier key"),
        ("log nonsense\nquorum none\n", r"line 1: verifier key 'nonsense': must be name\+hash\+key"),
        (f"witness a\n{W1}quorum a\n", "line 1: must be: witness"),
        (f"witness a {VKEY['X1']} u v\nquorum a\n", "line 1: must be: witness"),
        (f"witness a {X1_AS_LOG}\nquorum a\n", "a witness's must be 0x04 or 0x06"),
        (f"{W1}witness a {VKEY['X2']}\nquorum a\n", "line 2: the name a is defined twice"),
        (f"{W1}witness b {VKEY['X1']}\nquorum a\n", "line 2: the public key of witness b"),
        (
            f"{W1}witness b {replace(KEYS['X1'], name='other').verifier_text()}\nquorum a\n",
            "line 2: the public key of witness b",
        ),
        (f"witness none {VKEY['X1']}\nquorum none\n", "line 1: the name none is predefined"),
        (f"{W1}group none all a\nquorum a\n", "line 2: the name none is predefined"),
        (f"{W1}group g all none\nquorum a\n", "line 2: none is no witness or group"),
        (f"{W1}group a all a\nquorum a\n", "line 2: the name a is defined twice"),
        (f"{W1}group g all g\nquorum g\n", "line 2: g is no witness or group"),
        (f"{W1}group g all h\ngroup h all a\nquorum g\n", "line 2: h is no witness or group"),
        (f"{W1}group g all\nquorum a\n", "line 2: must be: group"),
        (f"{W1}group g all a a\nquorum g\n", "line 2: a is a member of a group already"),
        (f"{W1}group g all a\ngroup h all a\nquorum h\n", "line 3: a is a member of a group already"),
        (f"{W12}group g 0 a b\nquorum g\n", "line 3: threshold '0'"),
        (f"{W12}group g 3 a b\nquorum g\n", "threshold '3', must be all, any or 1 to 2"),
        (f"{W12}group g 01 a b\nquorum g\n", "threshold '01'"),
        (f"{W12}group g +1 a b\nquorum g\n", "threshold"),
        (f"{W12}group g ALL a b\nquorum g\n", "threshold 'ALL'"),
        (f"{W12}group g \u0661 a b\nquorum g\n", "threshold"),
        ("Quorum none\n", "line 1: keyword 'Quorum'"),
        ("quorum\u00a0none\n", "line 1: keyword"),
        ("quorum none\r\n", "control character 0x0d"),
        ("quorum none # all\n", "line 1: must be: quorum"),
        ("witness \u00e9 x\n", "line 1: verifier key"),
    ],
)
def test_each_other_form_of_a_policy_is_refused_by_line(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        parse_policy(text.encode())


def many(count: int, kind: str) -> str:
    rows = []
    for number in range(count):
        public = signing_key(number.to_bytes(32, "big")).public
        algorithm = ED25519 if kind == "log" else COSIGNATURE
        vkey = NoteKey(name=f"n{number}", public=public, algorithm=algorithm).verifier_text()
        rows.append(f"log {vkey}\n" if kind == "log" else f"witness w{number} {vkey}\n")
    return "".join(rows)


def test_limits_are_far_above_what_the_specification_asks_for() -> None:
    witnesses = many(256, "witness")
    groups = "".join(f"group g{number} any w{number}\n" for number in range(256))
    text = many(256, "log") + witnesses + groups + "quorum g255\n"
    policy = parse_policy(text.encode())
    assert (len(policy.logs), len(policy.witnesses), len(policy.groups)) == (256, 256, 256)
    with pytest.raises(PolicyError, match="line 257: more than 256 log lines"):
        parse_policy((many(257, "log") + "quorum none\n").encode())
    with pytest.raises(PolicyError, match="line 257: more than 256 witness lines"):
        parse_policy((many(257, "witness") + "quorum none\n").encode())
    deep = witnesses + groups + "group top any g0\nquorum top\n"
    with pytest.raises(PolicyError, match="line 513: more than 256 group lines"):
        parse_policy(deep.encode())
    with pytest.raises(PolicyError, match="2097153 bytes, at most 2097152"):
        parse_policy(b"#" * 2**21 + b"\n")


def test_a_deep_chain_of_groups_is_judged_without_recursion() -> None:
    rows = ["group g0 any w0\n", *(f"group g{n} any g{n - 1}\n" for n in range(1, 256))]
    public = SIGNERS["X1"].public
    vkey = NoteKey(name="X1.example", public=public, algorithm=COSIGNATURE).verifier_text()
    policy = parse_policy((f"log {LOG_VKEY}\nwitness w0 {vkey}\n" + "".join(rows) + "quorum g255\n").encode())
    assert evaluate(policy, head("X1")).held
    assert len(evaluate(policy, head()).missing) == 257


def sides() -> list[PolicySide]:
    first = PolicyParty(name="ARD", keys=(KEYS["X1"], PQ_KEY))
    second, third = PolicyParty(name="BEL", keys=(KEYS["Y1"],)), PolicyParty(name="CER", keys=(KEYS["Y2"],))
    return [PolicySide(parties=(first,), threshold=1), PolicySide(parties=(second, third), threshold=1)]


def test_every_side_is_written_as_groups_and_a_party_with_two_keys_as_a_group_of_both() -> None:
    data = write_policy(every_side([LOG_KEY, LOG_PQ_KEY], sides()), comment="Heads of a log.\nSecond line.")
    rows = data.decode().splitlines()
    assert rows[:2] == ["# Heads of a log.", "# Second line."]
    assert [row.split()[0] for row in rows[2:]] == ["log"] * 2 + ["witness"] * 4 + ["group"] * 4 + ["quorum"]
    assert rows[8:] == [
        "group ARD all ARD/ed25519 ARD/ml-dsa-44",
        "group side-1 all ARD",
        "group side-2 1 BEL CER",
        "group every-side all side-1 side-2",
        "quorum every-side",
    ]


def test_a_party_with_two_keys_has_vouched_with_both_lines_alone() -> None:
    policy = parse_policy(write_policy(every_side([LOG_KEY], sides())))
    lasting = cosign_mldsa(HEAD, PQ, name="X1.example", at=AT)
    plain = head("X1", "Y2")
    assert evaluate(policy, plain).missing == (b"every-side", b"side-1", b"ARD", b"ARD/ml-dsa-44")
    assert evaluate(policy, replace(plain, lines=(*plain.lines, lasting))).held


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ([], "no side beside the log's own"),
        ([PolicySide(parties=(), threshold=1)], "side 1: threshold 1, must be 1 to 0"),
        ([PolicySide(parties=(PolicyParty(name="A", keys=()),), threshold=1)], "party A: has no witness key"),
        ([replace(sides()[0], threshold=2)], "side 1: threshold 2, must be 1 to 1"),
        ([replace(sides()[0], threshold=0)], "side 1: threshold 0"),
    ],
)
def test_what_is_no_policy_of_every_side_is_not_written(broken: list[PolicySide], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        every_side([LOG_KEY], broken)


@pytest.mark.parametrize("name", [b"two words", b"", b"a\nquorum none"])
def test_a_name_that_would_not_read_back_is_not_written(name: bytes) -> None:
    witness = PolicyWitness(name=name, key=KEYS["X1"])
    with pytest.raises(PolicyError):
        write_policy(Policy(logs=(), witnesses=(witness,), groups=(), quorum=name))


def test_an_address_that_would_not_read_back_is_not_written() -> None:
    log = PolicyLog(key=LOG_KEY, url=b"")
    with pytest.raises(PolicyError, match="does not read back"):
        write_policy(Policy(logs=(log,), witnesses=(), groups=(), quorum=None))


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=60)
    | st.lists(st.sampled_from(EXAMPLE.split(" ")), max_size=30).map(lambda w: " ".join(w).encode())
)
def test_whatever_is_read_is_written_and_read_alike(data: bytes) -> None:
    try:
        policy = parse_policy(data)
    except PolicyError:
        return
    assert parse_policy(write_policy(policy)) == policy
