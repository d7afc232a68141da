"""What must be refused. Envelopes, headers and signatures of records."""

from collections.abc import Callable
from typing import Any

from verifier.builder import (
    HEADER,
    Signer,
    World,
    b64,
    body_of,
    canon,
    envelope,
    make_parts,
    pae,
    small_world,
)
from verifier.casebook import IDS, case, entry_case, plus_order


def kept(edit: Callable[[bytes], bytes]) -> dict[str, Any]:
    return {"entry": lambda payload, signer: edit(envelope(HEADER, payload, [signer])), "opened": False}


NOT_ENVELOPE = "it is not an envelope in canonical JSON"


entry_case("no bytes", "envelopes", NOT_ENVELOPE, **kept(lambda e: b""))


entry_case("any bytes", "envelopes", NOT_ENVELOPE, **kept(lambda e: bytes(range(256))))


entry_case("a space", "envelopes", NOT_ENVELOPE, **kept(lambda e: e.replace(b",", b", ", 1)))


entry_case("a member twice", "envelopes", NOT_ENVELOPE, **kept(lambda e: e[:-1] + b',"signatures":[]}'))


entry_case(
    "capital digits in keyid",
    "envelopes",
    NOT_ENVELOPE,
    **kept(lambda e: e.replace(b'"keyid":"', b'"keyid":"AB')),
)


entry_case(
    "a manifest's type",
    "envelopes",
    "the payload type is not",
    **kept(lambda e: e.replace(b"header.v1", b"trust.v1")),
)


entry_case(
    "loose base64 in the payload",
    "envelopes",
    "the payload is not base64",
    **kept(lambda e: e.replace(b'"payload":"', b'"payload":"-')),
)


entry_case(
    "loose base64 in the signature",
    "envelopes",
    "a signature is not base64",
    **kept(lambda e: e.replace(b'=="}]}', b'="}]}')),
)


entry_case(
    "too large",
    "envelopes",
    "the envelope is larger than 60,000 bytes",
    **kept(lambda e: e.replace(b'"payload":"', b'"payload":"' + b"A" * 60_000)),
)


@case("record: loose bits at the end of a signature", "envelopes", "a signature is not base64")
def _() -> Any:
    world = small_world()

    def loosen(payload: bytes, signer: Signer) -> bytes:
        data = envelope(HEADER, payload, [signer])
        digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        at = data.rindex(b'=="}]}') - 1
        return data[:at] + bytes([digits[digits.index(data[at]) + 1]]) + data[at + 1 :]

    world.add("US", entry=loosen, opened=False)
    return world.files()


@case("record: two signatures", "envelopes", "it has not exactly one signature")
def _() -> Any:
    world = small_world()
    both = [world.parties["RU"].author, world.parties["US"].author]
    world.add("US", entry=lambda payload, signer: envelope(HEADER, payload, both), opened=False)
    return world.files()


def header_case(name: str, rule: str, **changes: Any) -> None:
    entry_case(f"header: {name}", "headers", rule, opened=False, **changes)


def header_text(name: str, rule: str, edit: Callable[[bytes], bytes]) -> None:
    def header(world: World) -> bytes:
        return edit(canon(world.header("US", make_parts({"a": 1}))))

    entry_case(f"header: {name}", "headers", rule, opened=False, header=header)


BODY = body_of(make_parts({"a": 1}))


for name, rule, changes in (
    ("alg", "header.alg is not of the form", {"alg": "S2"}),
    ("audience empty", "header.audience is too short or too long a list", {"audience": []}),
    ("audience too long", "header.audience is too short or too long a list", {"audience": IDS[:65]}),
    ("audience unsorted", "header.audience is not sorted", {"audience": ["b", "a"]}),
    ("audience twice", "header.audience has an item twice", {"audience": ["a", "a"]}),
    ("audience of no name", "header.audience[0] is not of the form", {"audience": [""]}),
    ("audience of a long name", "header.audience[0] is not of the form", {"audience": ["a" * 65]}),
    ("audience of a number", "header.audience[0] is not of the form", {"audience": [1]}),
    ("audience no list", "header.audience is not a list", {"audience": "public"}),
    ("author no code", "header.author is not of the form", {"author": "us"}),
    ("author of another party", "the author is not US, whose log this is", {"author": "RU"}),
    ("body no object", "header.body is not an object", {"body": []}),
    ("body with more", "header.body has not exactly the members", {"body": BODY | {"x": 1}}),
    ("commit", "header.body.commit is not of the form", {"body": BODY | {"commit": "0" * 63}}),
    ("parts 3", "header.body.parts is not of the form", {"body": BODY | {"parts": 3}}),
    ("parts 128", "header.body.parts is not of the form", {"body": BODY | {"parts": 128}}),
    ("parts true", "header.body.parts is not of the form", {"body": BODY | {"parts": True}}),
    ("size_class 512", "header.body.size_class is not of the form", {"body": BODY | {"size_class": 512}}),
    ("size_class 2^21", "header.body.size_class is not of the form", {"body": BODY | {"size_class": 2**21}}),
    (
        "claimed_time zone",
        "header.claimed_time is not of the form",
        {"claimed_time": "2020-01-01T00:00:00+00:00"},
    ),
    ("claimed_time unreal", "header.claimed_time is no real date", {"claimed_time": "2021-02-29T00:00:00Z"}),
    ("claimed_time year 0", "header.claimed_time is no real date", {"claimed_time": "0000-01-01T00:00:00Z"}),
    (
        "claimed_time other digits",
        "header.claimed_time is not of the form",
        {"claimed_time": "202٠-01-01T00:00:00Z"},
    ),
    ("feed no hash", "header.feed is not of the form", {"feed": "0"}),
    ("kind capital", "header.kind is not of the form", {"kind": "A"}),
    ("kind dot", "header.kind is not of the form", {"kind": "a."}),
    ("kind line feed", "header.kind is not of the form", {"kind": "a\n"}),
    ("kind long", "header.kind is not of the form", {"kind": "a" * 65}),
    ("not_before long", "header.not_before is too short or too long a list", {"not_before": IDS[:17]}),
    ("not_before twice", "header.not_before has an item twice", {"not_before": [IDS[0]] * 2}),
    ("not_before no id", "header.not_before[0] is not of the form", {"not_before": ["x"]}),
    ("prev no id", "header.prev is not of the form", {"prev": "x"}),
    ("prev null", "header.prev is not null exactly at seq 0", {"prev": None}),
    ("prev at seq 0", "header.prev is not null exactly at seq 0", {"seq": 0, "prev": IDS[0]}),
    ("refs long", "header.refs is too short or too long a list", {"refs": IDS[:65]}),
    ("refs twice", "header.refs has an item twice", {"refs": [IDS[0]] * 2}),
    ("refs no id", "header.refs[0] is not of the form", {"refs": [None]}),
    ("seq below 0", "header.seq is not of the form", {"seq": -1}),
    ("seq text", "header.seq is not of the form", {"seq": "4"}),
    ("seq large", "a number is not an integer below 2^53", {"seq": 2**53}),
    ("treaty other", "the header names another treaty than the trust file", {"treaty": "other"}),
    ("treaty no text", "header.treaty is not of the form", {"treaty": 1}),
    ("v", "header.v is not of the form", {"v": 2}),
    ("v true", "header.v is not of the form", {"v": True}),
    ("a member more", "header has not exactly the members", {"more": 1}),
    ("too large", "the header is larger than 16,384 bytes", {"kind": "a" * 16_384}),
):
    header_case(name, rule, **changes)


header_text("a key twice", "it does not encode back to the same bytes", lambda h: h[:-1] + b',"v":1}')


header_text("a member missing", "header has not exactly the members", lambda h: h.replace(b',"v":1', b""))


header_text("a list", "header is not an object", lambda h: b"[]")


header_text("not JSON", "the header is not canonical JSON", lambda h: b"\0")


def signed_by(name: str, rule: str, signer: Callable[[World], Signer], code: str = "US") -> None:
    def make() -> Any:
        world = small_world()
        world.add(code, signer=signer(world))
        return world.files()

    case(f"signed: {name}", "signatures", rule)(make)


signed_by("by another party", "the key is no author key of US", lambda w: w.parties["RU"].author)


signed_by("by the log key", "the key is no author key of US", lambda w: w.parties["US"].log)


signed_by("by the root key", "the key is no author key of US", lambda w: w.parties["US"].root)


signed_by("by a stranger", "the key is no author key of US", lambda w: Signer("x"))


def signature_case(name: str, rule: str, change: Callable[[bytes], bytes]) -> None:
    def make() -> Any:
        world = small_world()

        def entry(payload: bytes, signer: Signer) -> bytes:
            signature = b64(change(signer.sign(pae(HEADER, payload))))
            return canon(
                {
                    "payload": b64(payload),
                    "payloadType": HEADER,
                    "signatures": [{"keyid": signer.id, "sig": signature}],
                }
            )

        world.add("US", entry=entry)
        return world.files()

    case(f"signature: {name}", "signatures", rule)(make)


signature_case("changed", "the Ed25519 signature does not verify", lambda s: bytes([s[0] ^ 1]) + s[1:])


signature_case("short", "the Ed25519 signature is not 64 bytes", lambda s: s[:-1])


signature_case("empty", "the Ed25519 signature is not 64 bytes", lambda s: b"")


signature_case("S not reduced", "S of the signature is not below the group order", plus_order)


signature_case("of other bytes", "the Ed25519 signature does not verify", lambda s: Signer("x").sign(b""))
