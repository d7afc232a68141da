"""What must be refused. Fork proofs."""

from collections.abc import Callable
from pathlib import Path

from verifier.builder import (
    TRUST,
    canon,
    envelope,
    fork_proof,
    small_world,
)
from verifier.casebook import IDS, UNKNOWN, WORLD, Edit, case, other_history, setter


def fork_case(
    name: str,
    check: str,
    rule: str,
    edit: Edit | None = None,
    *,
    first: int = 4,
    size: int = 7,
    text: Callable[[bytes], bytes] | None = None,
) -> None:
    def make(folder: Path) -> list[str]:
        world = small_world()
        proof = fork_proof(world, "US", first, other_history(world, size))
        if edit:
            edit(proof)
        data = canon(proof)
        (folder / "fork.json").write_bytes(text(data) if text else data)
        return [str(folder / "fork.json")]

    case(f"fork: {name}", check, rule)(make)


fork_case("a space", "form", "the fork proof is not canonical JSON", text=lambda d: d + b" ")


fork_case("a member more", "form", "fork proof has not exactly the members", setter("x", 1))


fork_case("consistency no list", "form", "fork proof.consistency is not a list", setter("consistency", None))


fork_case(
    "consistency no hash",
    "form",
    "fork proof.consistency[0] is not of the form",
    setter("consistency.0", "x"),
)


fork_case(
    "consistency too long",
    "form",
    "fork proof.consistency is too short or too long a list",
    setter("consistency", IDS * 2),
)


fork_case("first no text", "form", "fork proof.first is not of the form", setter("first", 1))


fork_case("second no text", "form", "fork proof.second is not of the form", setter("second", None))


fork_case("first no note", "form", "the note is not a text, an empty line", setter("first", ""))


fork_case("origin no name", "form", "fork proof.origin is not of the form", setter("origin", ""))


fork_case("prefix no hash", "form", "fork proof.prefix_root is not of the form", setter("prefix_root", ""))


fork_case("trust no text", "form", "fork proof.trust is not of the form", setter("trust", 1))


fork_case("trust no trust file", "trust-form", "it is not an envelope", setter("trust", ""))


fork_case(
    "trust without roots",
    "trust-signatures",
    "is missing",
    setter("trust", envelope(TRUST, canon(WORLD.trust_doc()), []).decode()),
)


fork_case(
    "another origin", "signatures", "the checkpoint's origin is not", setter("origin", "w.example/ru/log")
)


fork_case(
    "no origin here", "signatures", "the origin is that of no log of the trust file", setter("origin", "x")
)


fork_case(
    "not signed",
    "signatures",
    "the checkpoint is not signed by the log's key",
    lambda proof: proof.update(second=proof["second"].split("\n\n")[0] + "\n\n" + UNKNOWN[0].decode()),
)


fork_case(
    "a signature that does not verify",
    "signatures",
    "the Ed25519 signature does not verify",
    lambda proof: proof.update(
        second=proof["second"].split("\n\n")[0] + "\n\n" + proof["first"].split("\n\n")[1]
    ),
)


fork_case("a changed proof", "fork", "the consistency proof is not valid", setter("consistency.0", "0" * 64))


fork_case("an empty proof", "fork", "the consistency proof is not valid", setter("consistency", []))


fork_case(
    "a longer proof",
    "fork",
    "the consistency proof is not valid",
    lambda proof: proof["consistency"].append("0" * 64),
)


fork_case(
    "a shorter proof", "fork", "the consistency proof is not valid", lambda proof: proof["consistency"].pop()
)


fork_case(
    "an empty proof from 3", "fork", "the consistency proof is not valid", setter("consistency", []), first=3
)


fork_case("no fork", "fork", "prefix_root is the root of first, and so no fork", first=2)


fork_case("sizes 0 and 7", "fork", "sizes are not 0 < first <= second", first=0)


fork_case(
    "sizes the wrong way",
    "fork",
    "sizes are not 0 < first <= second",
    first=4,
    size=4,
    edit=lambda p: p.update(first=fork_proof(WORLD, "US", 0, other_history(WORLD))["second"]),
)


fork_case(
    "the same checkpoint",
    "fork",
    "prefix_root is not the root of second",
    lambda proof: proof.update(second=proof["first"]),
    size=4,
)


fork_case(
    "one size and a proof",
    "fork",
    "a consistency proof stands between trees of one size",
    setter("consistency", [IDS[0]]),
    size=4,
)


fork_case(
    "one size and another prefix",
    "fork",
    "prefix_root is not the root of second",
    setter("prefix_root", IDS[0]),
    size=4,
)


@case("fork: another trust file", "trust-pinned", "is not the one with the pinned fingerprint")
def _(folder: Path) -> list[str]:
    world = small_world()
    (folder / "fork.json").write_bytes(canon(fork_proof(world, "US", 4, other_history(world))))
    return [str(folder / "fork.json"), "--trust", "0" * 64]
