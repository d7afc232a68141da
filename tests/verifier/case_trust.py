"""What must be refused. The trust file: canonical JSON, and the form of section 6."""

from collections.abc import Callable
from typing import Any

from verifier.builder import (
    HEADER,
    canon,
    envelope,
    small_world,
)
from verifier.casebook import Edit, case, raw_case, setter


def trust_text(name: str, rule: str, edit: Callable[[bytes], bytes]) -> None:
    def make() -> Any:
        world = small_world()
        payload = edit(canon(world.trust_doc()))
        return world.files(lambda files: files.update({"trust/trust.json": world.sign_trust(payload)}))

    case(f"trust payload: {name}", "trust-form", rule)(make)


DEEP = b"[" * 17 + b"]" * 17


trust_text("a space", "does not encode back to the same bytes", lambda d: d.replace(b'"v":1', b'"v": 1'))


trust_text("a line feed at the end", "does not encode back to the same bytes", lambda d: d + b"\n")


trust_text(
    "a key twice", "does not encode back to the same bytes", lambda d: d.replace(b'"v":1', b'"v":1,"v":1')
)


trust_text(
    "a key twice, first otherwise", "does not encode back", lambda d: d.replace(b'"v":1', b'"v":2,"v":1')
)


trust_text(
    "keys out of order",
    "does not encode back to the same bytes",
    lambda d: b'{"v":1,' + d[1:].replace(b',"v":1', b""),
)


trust_text(
    "a needless escape",
    "does not encode back to the same bytes",
    lambda d: d.replace(b'"keys"', b'"\\u006beys"'),
)


trust_text(
    "a capital in an escape", "does not encode back", lambda d: d.replace(b"Party RU", b"Party \\u001F")
)


trust_text("minus zero", "does not encode back to the same bytes", lambda d: d.replace(b'"v":1', b'"v":-0'))


trust_text("a fraction", "a number is not an integer below 2^53", lambda d: d.replace(b'"v":1', b'"v":1.0'))


trust_text("an exponent", "a number is not an integer below 2^53", lambda d: d.replace(b'"v":1', b'"v":1e0'))


trust_text("NaN", "a number is not an integer below 2^53", lambda d: d.replace(b'"v":1', b'"v":NaN'))


trust_text(
    "infinity", "a number is not an integer below 2^53", lambda d: d.replace(b'"v":1', b'"v":-Infinity')
)


trust_text(
    "a large integer",
    "a number is not an integer below 2^53",
    lambda d: d.replace(b'"v":1', b'"v":9007199254740992'),
)


trust_text(
    "an integer of 5,000 digits",
    "is not canonical JSON",
    lambda d: d.replace(b'"v":1', b'"v":' + b"9" * 5000),
)


trust_text("a byte order mark", "is not canonical JSON", lambda d: b"\xef\xbb\xbf" + d)


trust_text("not UTF-8", "is not canonical JSON: 'utf-8' codec", lambda d: d.replace(b"Party", b"\xff"))


trust_text("a lone surrogate", "surrogates not allowed", lambda d: d.replace(b"Party", b"\\ud800"))


trust_text("a key beyond ASCII", "a key is not ASCII", lambda d: d[:-1] + ',"é":1}'.encode())


trust_text("17 levels", "more than 16 levels", lambda d: b'{"a":' + DEEP[1:-1] + b"," + d[1:])


trust_text("endless levels", "is not canonical JSON", lambda d: b"[" * 100_000)


trust_text("nothing", "is not canonical JSON", lambda d: b"")


trust_text("no object", "trust is not an object", lambda d: b"[]")


def trust_case(name: str, rule: str, *edits: Edit) -> None:
    def make() -> Any:
        def edit(doc: Any) -> None:
            for one in edits:
                one(doc)

        return small_world().files(trust=edit)

    case(f"trust: {name}", "trust-form", rule)(make)


for path, value, rule in (
    ("v", 2, "trust.v is not of the form"),
    ("version", 2, "trust.version is not of the form"),
    ("previous", "", "trust.previous is not of the form"),
    ("treaty", "Treaty", "trust.treaty is not of the form"),
    ("treaty", "", "trust.treaty is not of the form"),
    ("more", 1, "trust has not exactly the members"),
    ("keys.0.alg", "rsa", "trust.keys[0].alg is not of the form"),
    ("keys.0.id", "0" * 64, "a key's id is not that of its public key"),
    ("keys.0.name", "a b", "trust.keys[0].name is not of the form"),
    ("keys.0.name", "a+b", "trust.keys[0].name is not of the form"),
    ("keys.0.name", "", "trust.keys[0].name is not of the form"),
    ("keys.0.name", "é", "trust.keys[0].name is not of the form"),
    ("keys.0.party", "XX", "a key belongs to no party of the trust file"),
    ("keys.0.party", "x", "trust.keys[0].party is not of the form"),
    ("keys.0.public", "AB" * 32, "trust.keys[0].public is not of the form"),
    ("keys.0.role", "root", "trust.keys[0].role is not of the form"),
    ("keys.0.role", "nobody", "trust.keys[0].role is not of the form"),
    ("keys.0.name!", None, "trust.keys[0] has not exactly the members"),
    ("logs.0.origin", "zz", "trust.logs is not sorted"),
    ("logs.0.keyid", "0" * 64, "a log's key is not in this file"),
    ("logs.0.keyid", "x", "trust.logs[0].keyid is not of the form"),
    ("logs.0.party", "US", "a log's key belongs to another party"),
    ("logs.0.origin", "a-log", "the name of a log's key is not the log's origin"),
    ("parties.0.code", "ru", "trust.parties[0].code is not of the form"),
    ("parties.0.code", "ZZ", "trust.parties is not sorted"),
    ("parties.0.code", "US", "trust.parties has an item twice"),
    ("parties.0.kind", "person", "trust.parties[0].kind is not of the form"),
    ("parties.0.name", 1, "trust.parties[0].name is not of the form"),
    ("parties.0.root.alg", "", "trust.parties[0].root.alg is not of the form"),
    ("parties.0.root.public", "", "trust.parties[0].root.public is not of the form"),
    ("policy.rule", "any", "trust.policy.rule is not of the form"),
    ("policy.sides", [["RU", "US"]], "trust.policy.sides is too short or too long a list"),
    ("policy.sides", [[], ["RU", "US"]], "trust.policy.sides[0] is too short or too long a list"),
    ("policy.sides", [["US"], ["RU"]], "trust.policy.sides is not sorted"),
    ("policy.sides", [["RU"], ["ZZ"]], "the sides do not name every party exactly once"),
    ("policy.sides", [["RU"], ["US", "ZZ"]], "the sides do not name every party exactly once"),
    ("policy.sides", [["RU", "US"], ["US"]], "the sides do not name every party exactly once"),
    ("policy.sides", [["US", "RU"], ["ZZ"]], "trust.policy.sides[0] is not sorted"),
):
    trust_case(f"{path} {value!r}"[:60], rule, setter(path, value))


trust_case("keys out of order", "trust.keys is not sorted", lambda doc: doc["keys"].reverse())


trust_case("a key twice", "trust.keys has an item twice", lambda doc: doc["keys"].insert(0, doc["keys"][0]))


trust_case("a log twice", "trust.logs has an item twice", lambda doc: doc["logs"].insert(0, doc["logs"][0]))


trust_case("a party without log", "a party has not exactly one log", lambda doc: doc["logs"].pop())


@case("trust: a log with an author key", "trust-form", "a log's key has another role than log")
def _() -> Any:
    world = small_world()
    author = world.parties["RU"].author

    def edit(doc: Any) -> None:
        doc["logs"][0] |= {"keyid": author.id, "origin": author.name}

    return world.files(trust=edit)


@case("trust: a party without witness", "trust-form", "a party has no key of a role")
def _() -> Any:
    witness = small_world().parties["RU"].witness
    return small_world().files(
        trust=lambda doc: doc.update(keys=[key for key in doc["keys"] if key["id"] != witness.id])
    )


@case("trust: a root key with another role", "trust-form", "a public key stands twice in the trust file")
def _() -> Any:
    world = small_world()
    party = world.parties["RU"]
    world.trust_keys.append((party, "author", party.root))
    return world.files()


@case("trust: one root for two parties", "trust-form", "a public key stands twice in the trust file")
def _() -> Any:
    world = small_world()
    world.parties["RU"].root = world.parties["US"].root
    return world.files()


raw_case("no trust file", "trust-form", "the file is missing", "trust/trust.json", lambda _: None)


@case("a folder in place of the trust file", "trust-form", "the file is missing")
def _() -> Any:
    files = small_world().files()
    del files["trust/trust.json"]
    return files | {"trust/trust.json/a": b"x"}


@case("a trust file in a header's envelope", "trust-form", "the payload type is not")
def _() -> Any:
    world = small_world()
    roots = sorted((party.root for party in world.parties.values()), key=lambda root: root.id)
    data = envelope(HEADER, canon(world.trust_doc()), roots)
    return world.files(lambda files: files.update({"trust/trust.json": data}))
