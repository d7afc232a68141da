"""What must be refused. Lines of checkpoints under a chain (sections 7.2 to 7.4), and fork proofs under one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from verifier.builder import canon, cosign_line, fork_proof, log_line, note_line, small_world
from verifier.casebook import Edit, case, other_history, setter, us_place
from verifier.chains import ChainWorld, SharedKeys, chain_world, fork_proof2, long_world, ml_line

NOT_SIGNED = "the checkpoint is not signed by the log's key"
NOT_COSIGNED = "no cosignature of the side RU"
TIME = 1_600_000_000


def line_case(
    name: str,
    check: str,
    rule: str,
    lines: Callable[[ChainWorld, bytes], bytes],
    *,
    make_world: Callable[[], ChainWorld] = chain_world,
) -> None:
    """Give the newest checkpoint of the US log other signature lines."""

    def make() -> Any:
        world = make_world()
        text = world.text("US")
        note = text + b"\n" + lines(world, text)
        return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))

    case(f"chain note: {name}", check, rule)(make)


def witness(world: ChainWorld, text: bytes, time: int = TIME, other: int = TIME) -> bytes:
    line = cosign_line(world.get("RU", "witness").signer, text, time)
    return line + ml_line(world.get("RU", "witness", "ml-dsa-44"), text, other)


def log_ed(world: ChainWorld, text: bytes) -> bytes:
    return log_line(world.get("US", "log").signer, text)


def log_ml(world: ChainWorld, text: bytes, time: int = 0) -> bytes:
    return ml_line(world.get("US", "log", "ml-dsa-44"), text, time)


def good(world: ChainWorld, text: bytes) -> bytes:
    return log_ed(world, text) + log_ml(world, text)


line_case("no line of the log", "checkpoints", NOT_SIGNED, witness)
line_case("no Ed25519 line of the log", "checkpoints", NOT_SIGNED, lambda w, t: log_ml(w, t) + witness(w, t))
line_case("no ML-DSA line of the log", "checkpoints", NOT_SIGNED, lambda w, t: log_ed(w, t) + witness(w, t))
line_case(
    "the log states a time",
    "checkpoints",
    "an ML-DSA-44 line of a log states a time",
    lambda w, t: log_ed(w, t) + log_ml(w, t, TIME) + witness(w, t),
)
line_case(
    "a time of 2^63",
    "checkpoints",
    "an ML-DSA-44 line states a time of 2^63 or more",
    lambda w, t: good(w, t) + witness(w, t, 2**63, 2**63),
)
line_case(
    "a time of 2^64 - 1, on one line",
    "checkpoints",
    "an ML-DSA-44 line states a time of 2^63 or more",
    lambda w, t: good(w, t) + witness(w, t, TIME, 2**64 - 1),
)
line_case(
    "the log's ML-DSA line is of another size",
    "checkpoints",
    "the ML-DSA-44 signature does not verify",
    lambda w, t: log_ed(w, t) + log_ml(w, w.text("US", 3)) + witness(w, t),
)
line_case(
    "the log's ML-DSA line is of another log",
    "checkpoints",
    "the ML-DSA-44 signature does not verify",
    lambda w, t: log_ed(w, t) + ml_line(w.get("US", "log", "ml-dsa-44"), b"x" + t, 0) + witness(w, t),
)
line_case(
    "the log's ML-DSA line is of another name",
    "checkpoints",
    "the ML-DSA-44 signature does not verify",
    lambda w, t: log_ed(w, t) + ml_line(w.get("US", "log", "ml-dsa-44"), t, 0, "x") + witness(w, t),
)
line_case(
    "a witness's ML-DSA line of another time",
    "checkpoints",
    "the ML-DSA-44 signature does not verify",
    lambda w, t: good(w, t) + retimed(w, t),
)
line_case(
    "a witness's ML-DSA line of another size",
    "checkpoints",
    "the ML-DSA-44 signature does not verify",
    lambda w, t: good(w, t) + witness(w, w.text("US", 3)).split(b"\n")[1] + b"\n",
)
line_case(
    "a short ML-DSA line",
    "checkpoints",
    "the ML-DSA-44 signature is not 2420 bytes",
    lambda w, t: good(w, t) + raw_ml(w, bytes(8 + 2419)),
)
line_case(
    "an ML-DSA line of a time alone",
    "checkpoints",
    "the ML-DSA-44 signature is not 2420 bytes",
    lambda w, t: good(w, t) + raw_ml(w, bytes(3)),
)
line_case(
    "an ML-DSA line of zeros",
    "checkpoints",
    "the ML-DSA-44 signature does not verify",
    lambda w, t: good(w, t) + raw_ml(w, bytes(8 + 2420)),
)
line_case(
    "one ML-DSA line twice",
    "checkpoints",
    "two signature lines share name and key hash",
    lambda w, t: good(w, t) + log_ml(w, t),
)
line_case(
    "an Ed25519 line that does not verify",
    "checkpoints",
    "the Ed25519 signature does not verify",
    lambda w, t: good(w, t) + witness(w, w.text("US", 3)).split(b"\n")[0] + b"\n",
)
line_case(
    "a retired key's line that does not verify",
    "checkpoints",
    "the Ed25519 signature does not verify",
    lambda w, t: good(w, t) + cosign_line(w.get("US", "witness", version=1).signer, b"other", TIME),
    make_world=long_world,
)


def retimed(world: ChainWorld, text: bytes) -> bytes:
    """A line that says another time than was signed."""
    import base64  # noqa: PLC0415

    key = world.get("RU", "witness", "ml-dsa-44")
    blob = base64.b64decode(ml_line(key, text, TIME).split(b" ")[2])
    return note_line(key.name, 6, key.public, (TIME + 1).to_bytes(8, "big") + blob[12:])


def raw_ml(world: ChainWorld, blob: bytes) -> bytes:
    key = world.get("RU", "witness", "ml-dsa-44")
    return note_line(key.name, 6, key.public, blob)


# ---- which witnesses count ----


Lines = Callable[[ChainWorld, bytes], bytes]


def behind(lines: Lines) -> Lines:
    return lambda world, text: good(world, text) + lines(world, text)


WITNESSES: tuple[tuple[str, Lines], ...] = (
    ("no witness", lambda w, t: b""),
    ("an Ed25519 witness alone", lambda w, t: witness(w, t).split(b"\n")[0] + b"\n"),
    ("an ML-DSA witness alone", lambda w, t: witness(w, t).split(b"\n")[1] + b"\n"),
    ("a witness at time 0", lambda w, t: witness(w, t, 0, 0)),
    ("a witness with two times", lambda w, t: witness(w, t, TIME, TIME + 1)),
    (
        "the log's own witness",
        lambda w, t: (
            cosign_line(w.get("US", "witness").signer, t, TIME)
            + ml_line(w.get("US", "witness", "ml-dsa-44"), t, TIME)
        ),
    ),
    (
        "halves of two parties",
        lambda w, t: (
            witness(w, t).split(b"\n")[0] + b"\n" + ml_line(w.get("US", "witness", "ml-dsa-44"), t, TIME)
        ),
    ),
)
for name, lines in WITNESSES:
    line_case(name, "settled", NOT_COSIGNED, behind(lines))


def retired_case(
    name: str, heads: Callable[[ChainWorld], list[dict[str, Any]]], halves: str = "old old"
) -> None:
    """RU changed its witness keys; the US checkpoint has lines of old and new ones."""

    def make() -> Any:
        world = chain_world()
        world.rotate("RU", "witness", heads=heads(world))
        text = world.text("US")
        first, second = (1 if half == "old" else 2 for half in halves.split())
        lines = cosign_line(world.get("RU", "witness", version=first).signer, text, TIME)
        lines += ml_line(world.get("RU", "witness", "ml-dsa-44", second), text, TIME)
        note = text + b"\n" + good(world, text) + lines
        return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))

    case(f"chain note: {name}", "settled", NOT_COSIGNED)(make)


US_HEAD = {"origin": "c.example/us/log", "size": 4}
retired_case("retired without heads", lambda w: [])
retired_case("retired with a smaller head", lambda w: [US_HEAD | {"size": 3}])
retired_case("retired with the head of another log", lambda w: [{"origin": "c.example/ru/log", "size": 4}])
retired_case("old and new halves", lambda w: [US_HEAD], "old new")
retired_case("new and old halves", lambda w: [US_HEAD], "new old")


@case("chain note: one of the retired halves reaches", "settled", NOT_COSIGNED)
def _() -> Any:
    def edit(doc: Any) -> None:
        entry = next(entry for entry in doc["retired"] if entry["role"] == "witness")
        entry["heads"] = [US_HEAD | {"size": 3}]

    world = chain_world(edits={"RU/2": edit})
    world.rotate("RU", "witness", heads=[US_HEAD])
    note = world.note("US", versions={"RU": 1})
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


@case(
    "chain note: one of a side's two",
    "settled",
    "1 cosignature of the side GB, RU, which the policy asks for (2",
)
def _() -> Any:
    world = ChainWorld("GB RU US", sides=[(["GB", "RU"], 2), (["US"], 1)])
    world.fill("US", 2)
    text = world.text("US")
    note = text + b"\n" + good(world, text) + witness(world, text)
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


@case(
    "chain note: halves of two parties that list the same keys",
    "settled",
    "no cosignature of the side AUD, RU",
)
def _() -> Any:
    world = SharedKeys("AUD RU US", sides=[(["AUD", "RU"], 1), (["US"], 1)])
    world.fill("US", 2)
    text = world.text("US")
    lines = cosign_line(world.get("RU", "witness").signer, text, TIME)
    lines += ml_line(world.get("AUD", "witness", "ml-dsa-44"), text, TIME)
    note = text + b"\n" + good(world, text) + lines
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


@case("chain note: the newest policy asks for more", "settled", "no cosignature of the side AUD")
def _() -> Any:
    world = long_world()
    text = world.text("US")
    note = text + b"\n" + world.log_lines("US", text) + witness(world, text)
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


def force_line(name: str, size: int, version: int) -> None:
    """US changed its log keys at entry 4; a checkpoint is signed by those of another version."""

    def make() -> Any:
        world = chain_world()
        world.rotate("US", "log")
        world.fill("US", 6)
        text = world.text("US", size)
        ed25519, ml_dsa = (world.get("US", "log", alg, version) for alg in ("ed25519", "ml-dsa-44"))
        note = text + b"\n" + log_line(ed25519.signer, text) + ml_line(ml_dsa, text, 0) + witness(world, text)
        place = f"{us_place(world)}/checkpoint" + ("" if size == 6 else f"s/{size}")
        return world.files(lambda files: files.update({place: note}))

    case(f"chain note: {name}", "checkpoints", NOT_SIGNED)(make)


force_line("the new log keys at the entry before", 4, 2)
force_line("the old log keys at the entry of the change", 5, 1)
force_line("the old log keys at the end", 6, 1)
force_line("the new log keys at size 0", 0, 2)


@case("chain note: new keys at size 0, in force from entry 0", "checkpoints", NOT_SIGNED)
def _() -> Any:
    world = ChainWorld()
    world.rotate("US", "log")
    text = world.text("US", 0)
    ed25519, ml_dsa = (world.get("US", "log", alg, 2) for alg in ("ed25519", "ml-dsa-44"))
    note = text + b"\n" + log_line(ed25519.signer, text) + ml_line(ml_dsa, text, 0)
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoints/0": note}))


@case("note: the witness's Ed25519 line alone decides under version 1", "settled", NOT_COSIGNED)
def _() -> Any:
    world, chain = small_world(), ChainWorld()
    text = world.text("US")
    line = ml_line(chain.get("RU", "witness", "ml-dsa-44"), text, TIME)
    note = text + b"\n" + log_line(world.parties["US"].log, text) + line
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


# ---- fork proofs ----


def fork2_case(
    name: str,
    check: str,
    rule: str,
    edit: Edit | None = None,
    *,
    first: int = 4,
    make_world: Callable[[], ChainWorld] = chain_world,
    more: Callable[[ChainWorld], list[str]] = lambda world: [],
) -> None:
    def make(folder: Path) -> list[str]:
        world = make_world()
        proof = fork_proof2(world, "US", first, other_history(world))
        if edit:
            edit(proof)
        (folder / "fork.json").write_bytes(canon(proof))
        return [str(folder / "fork.json"), *more(world)]

    case(f"fork 2: {name}", check, rule)(make)


fork2_case(
    "the other type",
    "form",
    "fork proof.type is not of the form",
    setter("type", "counterseal/fork-proof/v1"),
)
fork2_case("one text", "form", "fork proof.type is not of the form", lambda p: p.update(trust=p["trust"][0]))
fork2_case("no texts", "form", "fork proof.trust is too short or too long a list", setter("trust", []))
fork2_case("no text", "form", "fork proof.trust[1] is not of the form", setter("trust.1", None))
fork2_case(
    "no trust file",
    "trust-form",
    "the list does not begin with a trust file of version 2",
    lambda p: p.update(trust=p["trust"][1:]),
)
fork2_case("no key files", "trust-form", "a party has no keys", lambda p: p.update(trust=p["trust"][:1]))
fork2_case("that party's keys missing", "signatures", NOT_SIGNED, lambda p: p["trust"].pop(2))
fork2_case(
    "a key file that is too large",
    "trust-form",
    "the key file is larger than 1,048,576 bytes",
    lambda p: p["trust"].__setitem__(1, " " * (2**20 + 1)),
)
fork2_case(
    "a key file twice",
    "trust-form",
    "the key files are not in order of version",
    lambda p: p["trust"].insert(2, p["trust"][2]),
)
fork2_case(
    "a first key file with one before it",
    "trust-form",
    "previous is not null in version 1 alone",
    make_world=lambda: chain_world(edits={"US/1": lambda doc: doc.update(previous="0" * 64)}),
)
fork2_case(
    "key files out of order",
    "trust-form",
    "the key files are not in order of party",
    lambda p: p.update(trust=[p["trust"][0], *p["trust"][:0:-1]]),
)
fork2_case(
    "a trust file at the end",
    "trust-form",
    "the payload type is not",
    lambda p: p["trust"].append(p["trust"][0]),
)
fork2_case("any text", "trust-form", "it is not an envelope", setter("trust.1", "\u00e9"))
fork2_case(
    "a trust file twice",
    "trust-form",
    "its version is not its place",
    lambda p: p["trust"].insert(0, p["trust"][0]),
)
fork2_case(
    "roots that did not sign",
    "trust-signatures",
    "a root signature of RU is missing",
    make_world=lambda: chain_world(edits={"trust/1 signatures": lambda s: s.clear()}),
)
fork2_case(
    "a key file that nobody signed",
    "trust-signatures",
    "a root signature of US is missing",
    make_world=lambda: chain_world(edits={"US/1 signatures": lambda s: s.clear()}),
)
fork2_case(
    "another pin",
    "trust-pinned",
    "is not the one with the pinned fingerprint",
    more=lambda w: ["--trust", "0" * 64],
)
fork2_case("no origin here", "signatures", "the origin is that of no log", setter("origin", "x"))
fork2_case(
    "one line of two",
    "signatures",
    NOT_SIGNED,
    lambda p: p.update(first="\n".join([*p["first"].split("\n")[:5], ""])),
)
fork2_case(
    "halves of two versions",
    "signatures",
    NOT_SIGNED,
    make_world=lambda: rotated("ml-dsa-44"),
)
fork2_case(
    "keys of another party",
    "signatures",
    NOT_SIGNED,
    lambda p: p.update(first=signed_by("RU", p["first"])),
)
fork2_case("no fork", "fork", "prefix_root is the root of first, and so no fork", first=2)
fork2_case("a changed proof", "fork", "the consistency proof is not valid", setter("consistency.0", "0" * 64))


def rotated(*algs: str) -> ChainWorld:
    """A world whose US log is signed, for all sizes, with keys of these algorithms from its newest key file."""
    world = chain_world()
    world.rotate("US", "log", at=5, log=False)
    old, new = world.key_files["US"]
    old.keys = [key for key in old.keys if key.role != "log"]
    for alg in ("ed25519", "ml-dsa-44"):
        old.keys.append(world.key("US", "log", alg, 2 if alg in algs else 1))
    new.keys = old.keys
    return world


def signed_by(code: str, note: str) -> str:
    text = f"{note.partition(chr(10) * 2)[0]}\n".encode()
    return (text + b"\n" + chain_world().log_lines(code, text)).decode()


@case("fork: a chain in place of its trust file", "trust-form", "a party has no keys")
def _(folder: Path) -> list[str]:
    world = small_world()
    proof = fork_proof(world, "US", 4, other_history(world), trust=ChainWorld().trust().decode())
    (folder / "fork.json").write_bytes(canon(proof))
    return [str(folder / "fork.json")]
