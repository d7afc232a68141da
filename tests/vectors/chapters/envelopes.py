"""What is refused because of who signed it, or how (I6, I10)."""

from collections.abc import Callable

from vectors.chapters.sound import plain_world
from vectors.corpus import Files, fail
from verifier.builder import (
    HEADER,
    TRUST,
    Signer,
    World,
    b64,
    canon,
    envelope,
    make_parts,
    pae,
    record_id,
)
from verifier.casebook import P, plus_order, setter

CUT = ["bodies", "signatures", "duplicates", "feeds", "references"]


def by_hand(payload: bytes, keyid: str, signature: bytes, kind: str = HEADER) -> bytes:
    """Return an envelope with a signature that is given."""
    signatures = [{"keyid": keyid, "sig": b64(signature)}]
    return canon({"payload": b64(payload), "payloadType": kind, "signatures": signatures})


def signed(change: Callable[[bytes], bytes]) -> Files:
    """Make a bundle whose last record has another signature."""
    world = plain_world()
    world.add("US", entry=lambda p, signer: by_hand(p, signer.id, change(signer.sign(pae(HEADER, p)))))
    return world.files()


@fail(
    "unknown-suite",
    "A header names a suite that is not known; the signature is as suite S1 wants it.",
    of="I10",
    section="5.2",
    refused=["headers"],
    may=CUT,
)
def _() -> Files:
    world = plain_world()
    world.add("US", alg="S9", opened=False)
    return world.files()


@fail(
    "unknown-version",
    "A header is of version 2, which is not known.",
    of="I10",
    section="5.2",
    refused=["headers"],
    may=CUT,
)
def _() -> Files:
    world = plain_world()
    world.add("US", v=2, opened=False)
    return world.files()


@fail(
    "trust-of-version-3",
    "The trust file is of a version that is not known; all roots signed it.",
    of="I10 I16",
    section="6",
    refused=["trust-form"],
)
def _() -> Files:
    world = plain_world()
    payload = canon(world.trust_doc() | {"v": 3})
    roots = sorted((party.root for party in world.parties.values()), key=lambda root: root.id)
    kind = TRUST.replace("v1", "v3")
    data = envelope(kind, payload, roots)
    return world.files(lambda files: files.update({"trust/trust.json": data}))


SIGNERS: tuple[tuple[str, str, Callable[[World], Signer]], ...] = (
    ("signed-by-a-stranger", "a key that stands in no trust file", lambda w: Signer("stranger")),
    ("signed-by-another-party", "an author key of RU", lambda w: w.parties["RU"].author),
)
for _what, _why, _signer in SIGNERS:

    @fail(
        _what,
        f"A record of US is signed by {_why}.",
        of="I10",
        section="3",
        refused=["signatures"],
        may=["feeds"],
    )
    def _(signer: Callable[[World], Signer] = _signer) -> Files:
        world = plain_world()
        world.add("US", signer=signer(world), opened=False)
        return world.files()


@fail(
    "payload-mismatch",
    "The signature of a record is that of another header.",
    of="I10",
    section="4",
    refused=["signatures"],
)
def _() -> Files:
    world = plain_world()
    other = canon(world.header("US", make_parts({"a": 2})))
    world.add(
        "US", entry=lambda p, signer: by_hand(p, signer.id, signer.sign(pae(HEADER, other))), opened=False
    )
    return world.files()


@fail(
    "signature-over-the-payload-alone",
    "A record is signed without the type of its payload before it (DSSE-PAE).",
    of="I10",
    section="4",
    refused=["signatures"],
)
def _() -> Files:
    world = plain_world()
    world.add("US", entry=lambda p, signer: by_hand(p, signer.id, signer.sign(p)), opened=False)
    return world.files()


@fail(
    "another-type",
    "The envelope of a record says that its payload is a manifest.",
    of="I10",
    section="4",
    refused=["envelopes"],
    may=["headers", *CUT],
)
def _() -> Files:
    world = plain_world()
    kind = HEADER.replace("header", "manifest")
    world.add("US", entry=lambda p, signer: envelope(kind, p, [signer]), opened=False)
    return world.files()


@fail(
    "two-signatures",
    "A record carries the signatures of both parties: it has exactly its author's.",
    of="I6",
    section="4",
    refused=["envelopes"],
    may=["headers", *CUT],
)
def _() -> Files:
    world = plain_world()
    both = [world.parties["RU"].author, world.parties["US"].author]
    world.add("US", entry=lambda p, signer: envelope(HEADER, p, both), opened=False)
    return world.files()


@fail(
    "one-record-by-two-keys",
    "A record stands twice, signed by two author keys of its party: the id does not cover the signature, so it is "
    "one record (and the second key's feed is another).",
    of="I6",
    section="5.2",
    refused=["duplicates"],
    may=["feeds"],
)
def _() -> Files:
    world, second = plain_world(), Signer("w.example/us/author2")
    world.trust_keys.append((world.parties["US"], "author", second))
    header = canon(world.header("US", make_parts({"a": 1})))
    world.add("US", header=header, opened=False)
    world.log("US", envelope(HEADER, header, [second]), record_id(header))
    return world.files()


@fail(
    "s-not-reduced",
    "The order of the group was added to S of a signature, which some libraries accept.",
    of="I10 I18",
    section="3",
    refused=["signatures"],
)
def _() -> Files:
    return signed(plus_order)


@fail(
    "r-of-small-order",
    "R of a signature is a point of small order.",
    of="I10 I18",
    section="3",
    refused=["signatures"],
)
def _() -> Files:
    return signed(lambda signature: (1).to_bytes(32, "little") + signature[32:])


def weak_root(public: int) -> Files:
    """Make a bundle in which the root key of RU is given as a number."""
    from verifier.builder import dom  # noqa: PLC0415

    world = plain_world()
    root = world.parties["RU"].root
    root.public = public.to_bytes(32, "little")
    root.id = dom("counterseal/key/v1", b"ed25519", root.public).hex()
    return world.files()


@fail(
    "root-of-small-order",
    "The root key of a party is a point of small order, for which a signature is easily found.",
    of="I10",
    section="3",
    refused=["trust-form"],
)
def _() -> Files:
    return weak_root(0)


@fail(
    "root-not-reduced",
    "The root key of a party is written in another than its only encoding.",
    of="I10 I18",
    section="3",
    refused=["trust-form"],
)
def _() -> Files:
    return weak_root(P + 3)


@fail(
    "trust-without-a-root",
    "The trust file lacks the signature of one party's root.",
    of="I10",
    section="6.1",
    refused=["trust-signatures"],
)
def _() -> Files:
    world = plain_world()
    data = envelope(TRUST, canon(world.trust_doc()), [world.parties["RU"].root])
    return world.files(lambda files: files.update({"trust/trust.json": data}))


@fail(
    "one-side",
    "The policy has one side only, so that nobody else would be asked.",
    of="I9",
    section="6.1",
    refused=["trust-form"],
)
def _() -> Files:
    return plain_world().files(trust=setter("policy.sides", [["RU", "US"]]))


@fail(
    "a-key-in-two-roles",
    "One public key stands in the trust file as author and as log key.",
    of="I10",
    section="6.1",
    refused=["trust-form"],
)
def _() -> Files:
    world = plain_world()

    def edit(doc: dict[str, list[dict[str, str]]]) -> None:
        mine = [key for key in doc["keys"] if key["party"] == "US"]
        one = next(key for key in mine if key["role"] == "author")
        more = {**next(key for key in mine if key["role"] == "log"), "public": one["public"], "id": one["id"]}
        doc["keys"] = sorted([*doc["keys"], {**more, "name": "second"}], key=lambda key: key["id"])

    return world.files(trust=edit)
