"""Fork proofs, of both versions, and files that prove no fork (I2, I3, I4)."""

from collections.abc import Callable
from typing import Any

from vectors.chapters.chains import short_chain
from vectors.chapters.sound import plain_world
from vectors.corpus import Made, Run, fail, ok
from verifier.builder import canon, cosign_line, fork_proof, leaf, log_line, root_of
from verifier.casebook import other_history
from verifier.chains import Edits, fork_proof2, ml_line

Edit = Callable[[dict[str, Any]], object]


def fork(edit: Edit | None = None, *, first: int = 4, size: int = 7) -> bytes:
    """Return a proof about the log of US."""
    world = plain_world()
    proof = fork_proof(world, "US", first, other_history(world, size))
    if edit:
        edit(proof)
    return canon(proof)


@ok("fork", "A head of 4 records and one of 7 that does not go on from it.", of="I4 I2", section="11")
def _() -> Made:
    pin = plain_world().trust_fingerprint()
    return Made(
        fork=fork(),
        runs=(Run(), Run(trust=(pin,)), Run(trust=("0" * 64,), refused=("trust-pinned",))),
    )


@ok("fork-at-one-size", "Two heads of one size and two roots.", of="I4", section="11")
def _() -> bytes:
    return fork(size=4)


@ok(
    "fork-cosigned",
    "Both heads of a fork are cosigned by a witness, whose word is worth nothing then.",
    of="I4",
    section="11",
)
def _() -> bytes:
    witness = plain_world().parties["RU"].witness

    def edit(proof: dict[str, Any]) -> None:
        for head in ("first", "second"):
            text = proof[head].partition("\n\n")[0].encode() + b"\n"
            proof[head] += cosign_line(witness, text, 1_600_000_000).decode()

    return fork(edit)


def honest_root() -> str:
    """Return the root of the first four records of US."""
    return root_of([leaf(entry) for entry in plain_world().parties["US"].entries[:4]]).hex()


def changed_hash(proof: dict[str, Any]) -> None:
    proof["consistency"][0] = "0" * 64


NO_FORK: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
    ("fork-that-is-none", "The second head goes on from the first.", "I4", lambda: fork(first=2)),
    ("fork-from-nothing", "The first head is that of an empty log.", "I4", lambda: fork(first=0)),
    (
        "fork-with-a-changed-hash",
        "One hash of the consistency proof is another.",
        "I2",
        lambda: fork(changed_hash),
    ),
    (
        "fork-with-a-hash-more",
        "The consistency proof is longer than the sizes ask.",
        "I2",
        lambda: fork(lambda proof: proof["consistency"].append("0" * 64)),
    ),
    (
        "fork-from-the-first-root",
        "prefix_root is the root of the first head, from which the proof does not lead to the second.",
        "I2",
        lambda: fork(lambda proof: proof.update(prefix_root=honest_root())),
    ),
)
for _what, _why, _of, _make in NO_FORK:
    fail(_what, _why, of=_of, section="11", refused=["fork"])(_make)


@fail(
    "fork-by-a-stranger",
    "The second head is signed by another log.",
    of="I10",
    section="11",
    refused=["signatures"],
)
def _() -> bytes:
    world = plain_world()

    def edit(proof: dict[str, Any]) -> None:
        text = proof["second"].partition("\n\n")[0].encode() + b"\n"
        proof["second"] = (text + b"\n" + log_line(world.parties["RU"].log, text)).decode()

    return fork(edit)


@fail(
    "fork-with-a-short-hash",
    "A hash of the consistency proof has 31 bytes.",
    of="I3",
    section="11",
    refused=["form"],
    may=["trust-form", "trust-signatures", "signatures", "fork"],
)
def _() -> bytes:
    return fork(lambda proof: proof["consistency"].__setitem__(0, "00" * 31))


@fail(
    "fork-in-another-spelling",
    "The file ends in a line feed: it is not canonical JSON.",
    of="I5",
    section="11",
    refused=["form"],
    may=["trust-form", "trust-signatures", "signatures", "fork"],
)
def _() -> bytes:
    return fork() + b"\n"


# ---- under a chain ----


def fork2(edit: Edit | None = None, *, first: int = 4, edits: Edits | None = None) -> bytes:
    """Return a proof about the log of US under a chain."""
    world = short_chain(edits)
    proof = fork_proof2(world, "US", first, other_history(world))
    if edit:
        edit(proof)
    return canon(proof)


@ok("fork-under-a-chain", "Both heads are signed by both log keys of one key file.", of="I4", section="11")
def _() -> Made:
    pin = short_chain().chain_fingerprint()
    return Made(
        fork=fork2(), runs=(Run(), Run(trust=(pin,)), Run(trust=("0" * 64,), refused=("trust-pinned",)))
    )


@ok(
    "fork-across-a-change-of-keys",
    "The first head is signed by log keys that were retired before its size, the second by their successors: "
    "whoever retires a key cannot escape its word.",
    of="I4",
    section="11",
)
def _() -> bytes:
    world = short_chain()
    world.rotate("US", "log", at=1, log=False)
    old = world.key_files["US"][0].keys
    proof = fork_proof2(world, "US", 4, other_history(world))
    text = proof["first"].partition("\n\n")[0].encode() + b"\n"
    ed25519, ml_dsa = (key for key in sorted(old, key=lambda key: key.alg) if key.role == "log")
    lines = log_line(ed25519.signer, text) + ml_line(ml_dsa, text, 0)
    return canon(proof | {"first": (text + b"\n" + lines).decode()})


def lone(*places: tuple[str, int]) -> bytes:
    """Return a proof with heads by the second log keys of US, and these key files of all that there are."""
    world = short_chain()
    world.rotate("US", "log", at=1, log=False)
    proof = fork_proof2(world, "US", 4, other_history(world))
    keys = [world.key_files[code][version - 1] for code, version in places]
    return canon(proof | {"trust": [file.data.decode() for file in [*world.trusts, *keys]]})


@ok(
    "fork-with-the-key-file-that-signed",
    "Of all key files the proof has one: the second of the log's party, which signed both heads.",
    of="I4",
    section="11",
)
def _() -> bytes:
    return lone(("US", 2))


@fail(
    "fork-without-the-key-file-that-signed",
    "The proof has the first key file of each party, and the heads are signed by the second of one.",
    of="I10",
    section="11",
    refused=["signatures"],
)
def _() -> bytes:
    return lone(("RU", 1), ("US", 1))


@fail(
    "fork-with-a-key-file-twice",
    "The key file that signed stands twice in the proof.",
    of="I16",
    section="11",
    refused=["trust-form"],
    may=["trust-signatures", "signatures", "fork"],
)
def _() -> bytes:
    return lone(("US", 2), ("US", 2))


@fail(
    "fork-by-halves-of-two-versions",
    "A head is signed by the Ed25519 key of one key file and the ML-DSA key of another.",
    of="I10",
    section="11",
    refused=["signatures"],
)
def _() -> bytes:
    world = short_chain()
    world.rotate("US", "log", at=1, log=False)
    proof = fork_proof2(world, "US", 4, other_history(world))
    text = proof["first"].partition("\n\n")[0].encode() + b"\n"
    old, new = world.get("US", "log", "ed25519", 1), world.get("US", "log", "ml-dsa-44", 2)
    lines = log_line(old.signer, text) + ml_line(new, text, 0)
    return canon(proof | {"first": (text + b"\n" + lines).decode()})
