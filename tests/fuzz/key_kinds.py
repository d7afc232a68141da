"""Kinds of change that are about keys: who signs, with what, and who is said to hold what."""

import base64
import json
from contextlib import suppress
from typing import Any

from fuzz.choices import Choices, change_bytes, change_document, text_of
from fuzz.score import Paper, Score
from verifier.builder import Signer, b64, dom
from verifier.casebook import L, P
from verifier.chains import ChainWorld, Root

ODD_POINTS = (0, 1, P - 1, P, P + 1, P + 3, 1 + 2**255, 2)
"""Encodings of points of small order, encodings that are not the only one, and one that is no point."""


def changed_json(choices: Choices, data: bytes) -> bytes:
    """Change bytes, or what they say."""
    if choices.chance(2):
        return change_bytes(choices, data)
    try:
        document = json.loads(data)
    except ValueError:
        return data
    change_document(choices, document)
    return text_of(document)


def signer(choices: Choices, score: Score) -> None:
    """A record by another key."""
    every = [said for log in score.logs for said in log.said]
    if every:
        parties = list(score.world.parties.values())
        keys = [key for party in parties for key in (party.author, party.log, party.witness)]
        keys += [said.signer for log in score.logs for said in log.said]
        choices.pick(every).signer = choices.pick([*keys, Signer("stranger")])


def signature(choices: Choices, score: Score) -> None:
    """The signature of a record, in a form that some libraries take."""
    every = [said for log in score.logs for said in log.said]
    if every:
        choices.pick(every).on_entry.append(lambda data: loosened(choices, data))


def loosened(choices: Choices, data: bytes) -> bytes:
    """Change the signature in an envelope, and leave its form."""
    try:
        document = json.loads(data)
        one = document["signatures"][0]
        old = base64.b64decode(one["sig"])
    except (ValueError, TypeError, LookupError):
        return data
    point, scalar = old[:32], int.from_bytes(old[32:], "little")
    odd = choices.pick(ODD_POINTS).to_bytes(32, "little")
    new = choices.pick(
        (
            point + ((scalar + L) % 2**256).to_bytes(32, "little"),
            odd + old[32:],
            odd + bytes(32),
            old[:-1],
            old + b"x",
            change_bytes(choices, old),
        )
    )
    one["sig"] = b64(new)
    return text_of(document)


def paper(choices: Choices, score: Score) -> None:
    """Another trust file or key file, signed by the same roots."""
    change_document(choices, choices.pick(score.papers).document)


def borrowed(choices: Choices, score: Score) -> None:
    """A key file that lists a key of another party."""
    listed = [one for one in score.papers if isinstance(one.document.get("keys"), list)]
    if not isinstance(score.world, ChainWorld):
        return
    one, other = choices.pick(listed), choices.pick(listed)
    keys = [key for key in one.document["keys"] if isinstance(key, dict)]
    key = dict(choices.pick([key for key in other.document["keys"] if isinstance(key, dict)]))
    key["role"] = choices.pick(("author", key.get("role")))
    key["name"] = choices.pick((key.get("name"), "borrowed"))
    act = choices.pick(("more", "instead"))
    if act == "instead":
        keys = [old for old in keys if (old.get("role"), old.get("alg")) != (key["role"], key.get("alg"))]
    one.document["keys"] = sorted([*keys, key], key=lambda listed: str(listed.get("id")))


def paper_signers(choices: Choices, score: Score) -> None:
    """A trust file or key file signed by others, in another order, or in another spelling."""
    one: Paper = choices.pick(score.papers)
    others = [root for other in score.papers for root in other.signers]
    act = choices.pick(("drop", "swap", "more", "stranger", "bytes"))
    if act == "drop":
        one.signers = one.signers[1:] if choices.chance(2) else one.signers[:-1]
    elif act == "swap":
        one.signers = one.signers[::-1]
    elif act == "more":
        more = {root.id: root for root in [*one.signers, choices.pick(others)]}
        one.signers = [more[name] for name in sorted(more)]
    elif act == "stranger":
        stranger: Any = Root("stranger") if isinstance(score.world, ChainWorld) else Signer("stranger")
        one.signers = sorted([*one.signers, stranger], key=lambda root: str(root.id))
    else:
        one.edits.append(lambda data: changed_json(choices, data))


def papers(choices: Choices, score: Score) -> None:
    """A trust file or key file left out, or put in another place."""
    one = choices.pick(score.papers)
    act = choices.pick(("drop", "name", "copy"))
    if act == "drop":
        score.papers.remove(one)
    else:
        places = ["trust/history/1.json", "trust/history/2.json", "trust/keys/us/1.json"]
        places += ["trust/keys/us/4.json", "trust/keys/zz/1.json", "trust/trust.json"]
        place = choices.pick(places)
        if act == "name":
            one.path = place
        else:
            score.on_files.append(lambda files: files.update({place: files.get(one.path, b"")}))


def weak(choices: Choices, score: Score) -> None:
    """A key of small order, or written in another way, under its right id."""
    document = choices.pick(score.papers).document
    keys = [(holder, "public") for holder in holders(document) if holder.get("alg") == "ed25519"]
    keys += [(holder, "ed25519") for holder in holders(document) if holder.get("alg") == "r2"]
    holder, member = choices.pick(keys)
    public = choices.pick(ODD_POINTS).to_bytes(32, "little")
    holder[member] = public.hex()
    if member == "ed25519":
        with suppress(ValueError):
            other = bytes.fromhex(str(holder.get("ml_dsa_65")))
            holder["id"] = dom("counterseal/root/v2", public, other).hex()
    elif "id" in holder:
        holder["id"] = dom("counterseal/key/v1", b"ed25519", public).hex()
    if isinstance(document.get("keys"), list):
        document["keys"].sort(key=lambda key: str(key.get("id")) if isinstance(key, dict) else "")


def holders(node: Any) -> list[dict[str, Any]]:
    """Return every object of a document."""
    inner = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    found = [holder for value in inner for holder in holders(value)]
    return [node, *found] if isinstance(node, dict) else found
