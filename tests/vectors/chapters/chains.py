"""What must be accepted under a chain of trust files (version 2), and who must have signed it."""

from typing import Any

from vectors.corpus import Files, Made, Run, fail, ok
from verifier.builder import Party
from verifier.casebook import us_place
from verifier.chains import ALGORITHMS, ChainWorld, Edits, Root, ml_signature


class ShortChain(ChainWorld):
    """A chain whose parties have one root each: half the bytes."""

    def join(self, code: str) -> None:
        self.parties[code] = Party(code, self.seed)
        self.parties = dict(sorted(self.parties.items()))
        self.roots[code] = [Root(f"{self.base(code)}/root {n}") for n in range(self.threshold)]
        self.key_files[code], self.sealed[code] = [], {}
        keys = [self.key(code, role, alg, 1) for role in ALGORITHMS for alg in ALGORITHMS[role]]
        self.put_keys(code, keys, 0, [])


def short_chain(edits: Edits | None = None, **more: Any) -> ShortChain:
    """Return a small world under one trust file of version 2."""
    world = ShortChain(edits=edits, **more)
    world.fill("US", 3)
    world.add("RU")
    world.countersign("RU", world.parties["US"].ids[0])
    world.countersign("US", world.parties["RU"].ids[0])
    return world


@ok(
    "chain",
    "Two parties under a trust file of version 2 and one key file each; logs and witnesses sign with Ed25519 and "
    "ML-DSA-44. Every fingerprint of it is a pin.",
    of="I9 I10",
    section="6.2",
)
def _() -> Made:
    world = short_chain()
    good = (world.chain_fingerprint(), world.root_fingerprint("US"), "trust.json")
    wrong = (world.trusts[0].id, "0" * 64)
    return Made(
        bundle=world.files(),
        beside={"trust.json": world.trust()},
        runs=(
            Run(),
            Run(depth="chain"),
            Run(trust=good),
            *(Run(trust=(pin,), refused=("trust-pinned",)) for pin in wrong),
        ),
    )


@ok(
    "chain-in-which-all-changed",
    "US took all new keys, AUD joined, and the root of RU changed: a second trust file, pinned by any fingerprint "
    "of either.",
    of="I16",
    section="6.2",
)
def _() -> Made:
    world = short_chain()
    world.rotate("US")
    world.fill("US", 6)
    world.join("AUD")
    world.roots["RU"] = [Root("another root of RU")]
    world.add_trust([(["AUD"], 1), (["RU"], 1), (["US"], 1)])
    world.fill("AUD", 1)
    pins = [world.chain_fingerprint(version) for version in (1, 2)]
    pins += [world.root_fingerprint("RU", version) for version in (1, 2)]
    first = world.trusts[0].data
    return Made(
        bundle=world.files(),
        beside={"first.json": first},
        runs=(Run(), Run(trust=(*pins, "first.json"))),
    )


@ok(
    "chain-signed-anew",
    "The roots signed the same trust file once more; ML-DSA gives other bytes. The file that was pinned has the "
    "same id, which covers no signature.",
    of="I6",
    section="6.2",
)
def _() -> Made:
    before = short_chain().trust()
    ml_signature.cache_clear()
    world = short_chain()
    if world.trust() == before:
        raise AssertionError("ML-DSA signatures are random")
    return Made(bundle=world.files(), beside={"before.json": before}, runs=(Run(trust=("before.json",)),))


@fail(
    "threshold-of-a-side",
    "GB and RU are one side, of which both must cosign: GB did not.",
    of="I9",
    section="7.4",
    refused=["settled"],
)
def _() -> Files:
    world = ShortChain("GB RU US", sides=[(["GB", "RU"], 2), (["US"], 1)])
    world.fill("US", 1)
    text = world.text("US")
    note = text + b"\n" + world.log_lines("US", text) + world.cosign_lines("RU", text, world.time)
    return world.files(lambda files: files.update({f"{us_place(world)}/checkpoint": note}))


# ---- who signed ----


@fail(
    "one-of-two-roots",
    "Both of a party's two roots must sign the trust file; one of RU's did.",
    of="I10",
    section="6.2",
    refused=["trust-signatures"],
)
def _() -> Files:
    ids = {root.id for root in ShortChain(threshold=2).roots["RU"]}

    def edit(signatures: list[dict[str, str]]) -> list[dict[str, str]]:
        last = max(one["keyid"] for one in signatures if one["keyid"] in ids)
        return [one for one in signatures if one["keyid"] != last]

    return short_chain(threshold=2, edits={"trust/1 signatures": edit}).files()


@fail(
    "ml-dsa-half-of-another-file",
    "The ML-DSA half of a root's signature is that of another file.",
    of="I10",
    section="3",
    refused=["trust-signatures"],
)
def _() -> Files:
    import base64  # noqa: PLC0415

    def edit(signatures: list[dict[str, str]]) -> None:
        own = base64.b64decode(signatures[0]["sig"])
        other = ShortChain().roots["US"][0].sign(b"another file")
        signatures[0]["sig"] = base64.b64encode(own[:64] + other[64:]).decode()

    return short_chain({"trust/1 signatures": edit}).files()


@fail(
    "unknown-algorithm",
    "A key file has a key of an algorithm that working keys do not have.",
    of="I10",
    section="6.3",
    refused=["trust-form"],
)
def _() -> Files:
    def edit(doc: dict[str, list[dict[str, str]]]) -> None:
        doc["keys"][0]["alg"] = "ml-dsa-87"

    return short_chain({"US/1": edit}).files()


@fail(
    "key-file-that-nobody-signed",
    "The key file of US carries no signature at all: it is in form, and lacks the word of a root.",
    of="I10",
    section="4",
    refused=["trust-signatures"],
)
def _() -> Files:
    return short_chain({"US/1 signatures": list.clear}).files()


@ok(
    "anothers-key-in-a-key-file",
    "US lists the author key of RU among its own, without holding it: what RU signs stays what RU signs.",
    of="I10",
    section="6.3",
)
def _() -> Files:
    theirs = ShortChain().get("RU", "author")

    def edit(doc: dict[str, list[dict[str, str]]]) -> None:
        doc["keys"] = sorted([*doc["keys"], theirs.doc | {"name": "borrowed"}], key=lambda key: key["id"])

    return short_chain({"US/1": edit}).files()


@fail(
    "witness-named-after-another",
    "The witness of US bears a name in the place of RU, under which a reader of lines would take it for that of RU.",
    of="I9",
    section="6.3",
    refused=["trust-form"],
)
def _() -> Files:
    def edit(doc: dict[str, list[dict[str, str]]]) -> None:
        for key in doc["keys"]:
            if key["role"] == "witness":
                key["name"] = "c.example/ru/witness"

    return short_chain({"US/1": edit}).files()
