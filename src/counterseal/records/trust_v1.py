"""The first form of the trust file: one file with all keys, one root key for each party, never changed.

It is read for ever and made no more; what it says is seen through ``records/trust.py``.
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import Any

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.ed25519 import key_id, require_public_key, require_signature
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.hashing import domain_hash
from counterseal.log.note import is_key_name
from counterseal.records.envelope import TRUST_TYPE, Envelope
from counterseal.records.errors import TrustError
from counterseal.records.trusted import AUTHOR, LOG, MIN_SIDES, PARTY_KINDS, WITNESS
from counterseal.terms.parties import PartyCode, parse_party_code

ROLES = (AUTHOR, LOG, WITNESS)

_TREATY = re.compile(r"[a-z0-9.-]{1,64}", re.ASCII)
_MAX_PARTY_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyV1:
    """A party and its root key, which signs trust files and nothing else."""

    code: PartyCode
    name: str
    kind: str
    root: bytes

    @property
    def fingerprint(self) -> str:
        """The id of its root key, which is compared aloud or by eye."""
        return key_id(self.root)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyV1:
    """A key, its one role, and the name under which it stands on notes."""

    party: PartyCode
    role: str
    name: str
    public: bytes

    @property
    def key_id(self) -> str:
        """Id of the key [64 hexadecimal digits]."""
        return key_id(self.public)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogV1:
    """A party's log: its origin and the key that signs its checkpoints."""

    origin: str
    party: PartyCode
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFileV1:
    """Who is who in one treaty; see ``docs/reference/formats.md``, section 6.

    Attributes:
        sides: Groups of parties; a record is settled when every side but its own has vouched for it.
    """

    treaty: str
    parties: tuple[PartyV1, ...]
    keys: tuple[KeyV1, ...]
    logs: tuple[LogV1, ...]
    sides: tuple[tuple[PartyCode, ...], ...]

    def payload(self) -> bytes:
        """Return the bytes that every root signs.

        Raises:
            TrustError: the file would break its own format.
        """
        document = {
            "keys": [_key_document(key) for key in sorted(self.keys, key=lambda key: key.key_id)],
            "logs": [
                {"keyid": log.key_id, "origin": log.origin, "party": log.party}
                for log in sorted(self.logs, key=lambda log: log.origin)
            ],
            "parties": [_party_document(party) for party in sorted(self.parties, key=lambda p: p.code)],
            "policy": {"rule": "every-side", "sides": [list(side) for side in self.sides]},
            "previous": None,
            "treaty": self.treaty,
            "v": 1,
            "version": 1,
        }
        payload = encode_canonical(document)
        parse_trust(payload)
        return payload

    @property
    def fingerprint(self) -> str:
        """One fingerprint over all root keys [64 hexadecimal digits]."""
        fields: list[bytes | str] = [self.treaty]
        for party in self.parties:
            fields += (party.code, party.root)
        return domain_hash("counterseal/trust/v1", *fields).hex()

    def key(self, wanted: str) -> KeyV1 | None:
        """Return the key of that id, or None."""
        return next((key for key in self.keys if key.key_id == wanted), None)


def _key_document(key: KeyV1) -> dict[str, str]:
    return {
        "alg": "ed25519",
        "id": key.key_id,
        "name": key.name,
        "party": key.party,
        "public": key.public.hex(),
        "role": key.role,
    }


def _party_document(party: PartyV1) -> dict[str, Any]:
    root = {"alg": "ed25519", "public": party.root.hex()}
    return {"code": party.code, "kind": party.kind, "name": party.name, "root": root}


def parse_trust(payload: bytes) -> TrustFileV1:
    """Return the trust file that a payload holds; its signatures are checked apart.

    Raises:
        TrustError: naming the member, what was found and the rule.
    """
    document = _object(
        _decoded(payload), "keys logs parties policy previous treaty v version", what="trust file"
    )
    versions = (document["v"], document["version"])
    if versions != (1, 1) or any(type(v) is not int for v in versions) or document["previous"] is not None:
        raise TrustError("trust file: v and version must be 1 and previous null")
    treaty = document["treaty"]
    if not isinstance(treaty, str) or not _TREATY.fullmatch(treaty):
        raise TrustError(f"trust file treaty {treaty!r}: must be 1 to 64 of a-z, 0-9, '.' and '-'")
    trust = TrustFileV1(
        treaty=treaty,
        parties=tuple(_parse_party(item) for item in _list(document["parties"], what="parties")),
        keys=tuple(_parse_key(item) for item in _list(document["keys"], what="keys")),
        logs=tuple(_parse_log(item) for item in _list(document["logs"], what="logs")),
        sides=_parse_policy(document["policy"]),
    )
    _require_order(trust)
    _require_roles(trust)
    _require_sides(trust)
    return trust


def _decoded(payload: bytes) -> Any:
    try:
        return decode_canonical(payload)
    except CryptoError as error:
        raise TrustError(f"trust file: {error}") from error


def _object(item: Any, members: str, *, what: str) -> dict[str, Any]:
    if not isinstance(item, dict) or set(item) != set(members.split()):
        raise TrustError(f"{what}: must have exactly {', '.join(members.split())}")
    return item


def _list(item: Any, *, what: str) -> list[Any]:
    if not isinstance(item, list) or not item:
        raise TrustError(f"trust file {what}: must be a list of at least one")
    return item


def _public(item: dict[str, Any], *, what: str) -> bytes:
    if item["alg"] != "ed25519":
        raise TrustError(f"{what}: algorithm {item['alg']!r} is unknown; only ed25519 is known")
    if not is_hex32(item["public"]):
        raise TrustError(f"{what}: public must be 64 hexadecimal digits")
    public = bytes.fromhex(item["public"])
    try:
        require_public_key(public)
    except CryptoError as error:
        raise TrustError(f"{what}: {error}") from error
    return public


def _code(text: Any, *, what: str) -> PartyCode:
    try:
        return parse_party_code(text if isinstance(text, str) else repr(text))
    except ValueError as error:
        raise TrustError(f"{what}: {error}") from error


def _parse_party(item: Any) -> PartyV1:
    document = _object(item, "code kind name root", what="trust file party")
    code = _code(document["code"], what="trust file party")
    name = document["name"]
    if not isinstance(name, str) or not 1 <= len(name) <= _MAX_PARTY_NAME:
        raise TrustError(f"trust file party {code}: name must be 1 to {_MAX_PARTY_NAME} characters")
    if document["kind"] not in PARTY_KINDS:
        raise TrustError(f"trust file party {code}: kind {document['kind']!r}, must be of {PARTY_KINDS}")
    what = f"trust file root of {code}"
    root = _public(_object(document["root"], "alg public", what=what), what=what)
    return PartyV1(code=code, name=name, kind=document["kind"], root=root)


def _parse_key(item: Any) -> KeyV1:
    document = _object(item, "alg id name party public role", what="trust file key")
    public = _public(document, what=f"trust file key {document['id']!r}")
    if document["id"] != key_id(public):
        raise TrustError(f"trust file key {document['id']!r}: the id is not that of its public bytes")
    if document["role"] not in ROLES:
        raise TrustError(f"trust file key {document['id'][:16]}…: role {document['role']!r} is unknown")
    if not isinstance(document["name"], str) or not is_key_name(document["name"]):
        raise TrustError(f"trust file key {document['id'][:16]}…: name cannot stand on a note")
    party = _code(document["party"], what="trust file key")
    return KeyV1(party=party, role=document["role"], name=document["name"], public=public)


def _parse_log(item: Any) -> LogV1:
    document = _object(item, "keyid origin party", what="trust file log")
    if not isinstance(document["origin"], str) or not is_key_name(document["origin"]):
        raise TrustError(f"trust file log {document['origin']!r}: cannot name a log")
    party = _code(document["party"], what="trust file log")
    return LogV1(origin=document["origin"], party=party, key_id=str(document["keyid"]))


def _parse_policy(item: Any) -> tuple[tuple[PartyCode, ...], ...]:
    document = _object(item, "rule sides", what="trust file policy")
    if document["rule"] != "every-side":
        raise TrustError(f"trust file policy rule {document['rule']!r}: only every-side is known")
    return tuple(
        tuple(_code(code, what="trust file policy") for code in _list(side, what="policy side"))
        for side in _list(document["sides"], what="policy sides")
    )


def _require_order(trust: TrustFileV1) -> None:
    for what, names in (
        ("parties", [str(party.code) for party in trust.parties]),
        ("keys", [key.key_id for key in trust.keys]),
        ("logs", [log.origin for log in trust.logs]),
    ):
        if names != sorted(set(names)):
            raise TrustError(f"trust file {what}: must be sorted, none twice")
    publics = Counter(item.root for item in trust.parties) + Counter(key.public for key in trust.keys)
    if any(count > 1 for count in publics.values()):
        raise TrustError("trust file: one public key stands for two things")


def _require_roles(trust: TrustFileV1) -> None:
    codes = {party.code for party in trust.parties}
    if {key.party for key in trust.keys} - codes or {log.party for log in trust.logs} - codes:
        raise TrustError("trust file: a key or a log belongs to no party in it")
    for code in codes:
        roles = {key.role for key in trust.keys if key.party == code}
        if roles != set(ROLES):
            raise TrustError(f"trust file: {code} must have a key of each role, has {sorted(roles)}")
        if sum(log.party == code for log in trust.logs) != 1:
            raise TrustError(f"trust file: {code} must have exactly one log")
    for log in trust.logs:
        key = trust.key(log.key_id)
        if key is None or (key.role, key.name, key.party) != (LOG, log.origin, log.party):
            raise TrustError(
                f"trust file log {log.origin}: its key must be its party's, named and made for it"
            )


def _require_sides(trust: TrustFileV1) -> None:
    sides = trust.sides
    if len(sides) < MIN_SIDES:
        raise TrustError("trust file policy: needs at least two sides; a lone party settles nothing")
    named = Counter(chain.from_iterable(sides))
    if set(named) != {party.code for party in trust.parties} or any(n > 1 for n in named.values()):
        raise TrustError("trust file policy: sides must name every party exactly once")
    if any(list(side) != sorted(side) for side in sides) or list(sides) != sorted(sides):
        raise TrustError("trust file policy: sides and their parties must be sorted")


def require_root_signatures(envelope: Envelope, trust: TrustFileV1) -> None:
    """Refuse a trust file unless the root of every party in it, and nobody else, has signed it.

    Raises:
        TrustError: a signature is missing, extra, out of order, or does not verify.
    """
    if envelope.payload_type != TRUST_TYPE:
        raise TrustError(f"trust file: type {envelope.payload_type!r}")
    roots = {party.fingerprint: party for party in trust.parties}
    given = [item.key_id for item in envelope.signatures]
    if given != sorted(set(given)):
        raise TrustError("trust file: root signatures must be sorted by key id, none twice")
    if missing := sorted(roots[key].code for key in roots.keys() - set(given)):
        raise TrustError(f"trust file: not signed by the root of {', '.join(missing)}")
    for item in envelope.signatures:
        if item.key_id not in roots:
            raise TrustError(f"trust file: signed by {item.key_id[:16]}…, which is no party's root")
        party = roots[item.key_id]
        try:
            require_signature(party.root, item.signature, message=envelope.signed_bytes)
        except CryptoError as error:
            raise TrustError(f"trust file: root signature of {party.code}: {error}") from error
