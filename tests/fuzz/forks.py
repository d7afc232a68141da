"""Fork proofs that are changed, and signed again by the log that they are about."""

import json
from functools import cache
from typing import Any

from fuzz.choices import Choices, change_bytes, change_document, change_text, text_of
from fuzz.worlds import WORLDS
from verifier.builder import World, canon, fork_proof, log_line
from verifier.casebook import other_history
from verifier.chains import ChainWorld, fork_proof2

FORKED = ("small_world", "short_chain")
MOST_CHANGES = 2


@cache
def _world(name: str) -> World:
    return WORLDS[name]()


@cache
def _proof(name: str, first: int, size: int) -> bytes:
    world = _world(name)
    if isinstance(world, ChainWorld):
        return canon(fork_proof2(world, "US", first, other_history(world)))
    return canon(fork_proof(world, "US", first, other_history(world, size)))


def changed_fork(choices: Choices) -> bytes:
    """Return a fork proof of either version, changed at a place or two."""
    name = choices.pick(FORKED)
    first, size = choices.pick(((4, 7), (3, 7), (4, 4), (3, 9)))
    proof = json.loads(_proof(name, first, size))
    for _ in range(MOST_CHANGES):
        if choices.ended:
            break
        choices.pick((head, head, document, trust, lines))(choices, proof, _world(name))
    data = text_of(proof)
    return change_bytes(choices, data) if choices.chance(4) else data


def document(choices: Choices, proof: Any, world: World) -> None:
    """Change any member."""
    change_document(choices, proof)


def trust(choices: Choices, proof: Any, world: World) -> None:
    """Change the list of trust files and key files, or the one trust file."""
    texts = proof.get("trust")
    if not isinstance(texts, list) or not texts:
        proof["trust"] = choices.pick((texts, [texts], "", None, _world("short_chain").trust().decode()))
        return
    at = choices.below(len(texts))
    act = choices.pick(("drop", "double", "first", "reverse", "one"))
    if act == "drop":
        del texts[at]
    elif act == "double":
        texts.insert(at, texts[at])
    elif act == "first":
        texts.insert(0, texts.pop(at))
    elif act == "reverse":
        texts.reverse()
    else:
        proof["trust"] = texts[at]


def head(choices: Choices, proof: Any, world: World) -> None:
    """Let the log sign another head."""
    which = choices.pick(("first", "second"))
    if not isinstance(proof.get(which), str):
        return
    rows = [*proof[which].partition("\n\n")[0].split("\n"), ""]
    act = choices.pick(("size", "root", "origin", "other", "text"))
    if act == "size" and len(rows) > 1:
        rows[1] = choices.pick(("0", "1", "3", "4", "5", "8", "9" * 15, "9" * 16, "07"))
    elif act == "root":
        rows[2:3] = [choices.pick(("A" * 43 + "=", "A" * 40, ""))]
    elif act == "origin":
        rows[0] = choices.pick(("w.example/ru/log", "c.example/ru/log", "x"))
    elif act == "other":
        proof["first"], proof["second"] = proof.get("second"), proof.get("first")
        return
    else:
        rows = change_text(choices, "\n".join(rows)).split("\n")
    proof[which] = signed_head(world, "\n".join(rows).encode("utf-8", "replace"))


def signed_head(world: World, text: bytes) -> str:
    """Return any text, signed by the log of US."""
    try:
        own = world.log_lines("US", text) if isinstance(world, ChainWorld) else b""
    except (ValueError, IndexError, OverflowError):
        own = b""
    return (text + b"\n" + (own or log_line(world.parties["US"].log, text))).decode("utf-8", "replace")


def lines(choices: Choices, proof: Any, world: World) -> None:
    """Drop, repeat or exchange signature lines."""
    which = choices.pick(("first", "second"))
    if not isinstance(proof.get(which), str):
        return
    above, gap, below = proof[which].partition("\n\n")
    rows = below.splitlines(keepends=True)
    act = choices.pick(("drop", "repeat", "swap"))
    if act == "drop":
        rows = rows[1:] if choices.chance(2) else rows[:-1]
    elif act == "repeat":
        rows += rows[:1]
    else:
        rows = rows[::-1]
    proof[which] = above + gap + "".join(rows)
