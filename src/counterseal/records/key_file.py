"""A party's key file: its working keys, from which entry of its log on, and what became of those before.

See ``docs/reference/formats.md``, section 6.3. A key is judged by where a record stands in the log,
never by a clock.
"""

from dataclasses import dataclass
from typing import Any

from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.ed25519 import PUBLIC_KEY_BYTES, key_id, require_public_key
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.mldsa import ML_DSA_44
from counterseal.crypto.sealing import SEAL_PUBLIC_BYTES
from counterseal.records import forms
from counterseal.records.envelope import KEYS_TYPE, document_id
from counterseal.records.errors import TrustError
from counterseal.records.trusted import AUTHOR, ED25519, HYBRID_SEAL, LOG, SEAL, WITNESS
from counterseal.terms.parties import PartyCode

MAX_AUTHORS = 16
MAX_RETIRED = 65_534
MAX_HEADS = 16
"""Origins for which something is said of a retired witness key: there are at most 16 logs."""

MAX_KEY_FILE_BYTES = 2**20
"""Of a key file with its signatures."""

ML_DSA_44_BYTES = 1312
_ID_DOMAIN = "counterseal/key-file/v1"
_SIZES = {ED25519: PUBLIC_KEY_BYTES, ML_DSA_44: ML_DSA_44_BYTES, HYBRID_SEAL: SEAL_PUBLIC_BYTES}
_ROLES = (AUTHOR, LOG, SEAL, WITNESS)
_PAIR = (ED25519, ML_DSA_44)
_ALLOWED = {
    AUTHOR: (ED25519,),
    LOG: _PAIR,
    WITNESS: _PAIR,
    SEAL: (HYBRID_SEAL,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingKey:
    """A public key with its role and name."""

    role: str
    name: str
    algorithm: str
    public: bytes

    @property
    def key_id(self) -> str:
        """Id of the key [64 hexadecimal digits]."""
        return key_id(self.public, algorithm=self.algorithm)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetiredKey:
    """A key that is in force no more.

    Attributes:
        accepted: Of an author key: number of records of its feed that the party stands by; None for all.
        heads: Of a witness key: up to which size of which origin its cosignatures count.
    """

    key_id: str
    role: str
    accepted: int | None = None
    heads: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """One version of a party's working keys; ``at`` is the index of the first entry under them."""

    treaty: str
    party: PartyCode
    version: int
    previous: str | None
    at: int
    keys: tuple[WorkingKey, ...]
    retired: tuple[RetiredKey, ...] = ()

    def payload(self) -> bytes:
        """Return the bytes that the party's keepers sign.

        Raises:
            TrustError: the file would break its own format.
        """
        document = {
            "at": self.at,
            "keys": [_key_document(key) for key in sorted(self.keys, key=lambda key: key.key_id)],
            "party": self.party,
            "previous": self.previous,
            "retired": [_retired_document(key) for key in sorted(self.retired, key=lambda key: key.key_id)],
            "treaty": self.treaty,
            "v": 1,
            "version": self.version,
        }
        payload = encode_canonical(document)
        parse_key_file(payload)
        return payload

    @property
    def file_id(self) -> str:
        """Id of this version, whoever signed it [64 hexadecimal digits]."""
        return key_file_id(self.payload())

    def of_role(self, role: str) -> tuple[WorkingKey, ...]:
        """Return its keys of one role."""
        return tuple(key for key in self.keys if key.role == role)


def key_file_id(payload: bytes) -> str:
    """Return the id of the key file with these payload bytes [64 hexadecimal digits]."""
    return document_id(_ID_DOMAIN, KEYS_TYPE, payload=payload)


def _key_document(key: WorkingKey) -> dict[str, str]:
    return {
        "alg": key.algorithm,
        "id": key.key_id,
        "name": key.name,
        "public": key.public.hex(),
        "role": key.role,
    }


def _retired_document(key: RetiredKey) -> dict[str, Any]:
    heads = [{"origin": origin, "size": size} for origin, size in sorted(key.heads)]
    return {"accepted": key.accepted, "heads": heads, "id": key.key_id, "role": key.role}


def parse_key_file(payload: bytes) -> KeyFile:
    """Return the key file that a payload holds; signatures and its place in the chain are checked apart.

    Raises:
        TrustError: naming the member, what was found and the rule.
    """
    what = "key file"
    document = forms.members(
        forms.decoded(payload, what=what),
        "at keys party previous retired treaty v version",
        what=what,
    )
    if document["v"] != 1 or type(document["v"]) is not int:
        raise TrustError(f"key file v {document['v']!r}: must be 1")
    version = forms.whole(document["version"], what="key file version", least=1, most=999_999)
    file = KeyFile(
        treaty=forms.treaty_id(document["treaty"], what="key file treaty"),
        party=forms.party_code(document["party"], what="key file party"),
        version=version,
        previous=forms.previous(document["previous"], version=version, what=what),
        at=forms.whole(document["at"], what="key file at"),
        keys=forms.items(document["keys"], _parse_key, what="key file keys", least=6, most=5 + MAX_AUTHORS),
        retired=forms.items(
            document["retired"], _parse_retired, what="key file retired", least=0, most=MAX_RETIRED
        ),
    )
    forms.require_sorted([key.key_id for key in file.keys], what="key file keys")
    forms.require_sorted([key.key_id for key in file.retired], what="key file retired")
    if version == 1 and file.at != 0:
        raise TrustError(f"key file at {file.at}: version 1 begins at 0")
    _require_roles(file)
    return file


def _parse_key(item: Any) -> WorkingKey:
    what = "key file key"
    document = forms.members(item, "alg id name public role", what=what)
    role = forms.one_of(document["role"], _ROLES, what=f"{what} role")
    algorithm = forms.one_of(document["alg"], _ALLOWED[role], what=f"{what} of role {role}: alg")
    key = WorkingKey(
        role=role,
        name=forms.key_name(document["name"], what=f"{what} name"),
        algorithm=algorithm,
        public=forms.raw(document["public"], what=f"{what} public ({algorithm})", size=_SIZES[algorithm]),
    )
    if algorithm == ED25519:
        try:
            require_public_key(key.public)
        except CryptoError as error:
            raise TrustError(f"{what}: {error}") from error
    if document["id"] != key.key_id:
        raise TrustError(f"{what} {document['id']!r}: the id is not that of its public bytes")
    return key


def _parse_retired(item: Any) -> RetiredKey:
    what = "key file retired key"
    document = forms.members(item, "accepted heads id role", what=what)
    role = forms.one_of(document["role"], _ROLES, what=f"{what} role")
    accepted = document["accepted"]
    if accepted is not None:
        accepted = forms.whole(accepted, what=f"{what} accepted")
    heads = forms.items(document["heads"], _parse_head, what=f"{what} heads", least=0, most=MAX_HEADS)
    forms.require_sorted([origin for origin, _ in heads], what=f"{what} heads")
    if (accepted is not None and role != AUTHOR) or (heads and role != WITNESS):
        raise TrustError(f"{what} of role {role}: accepted is an author's, heads are a witness's")
    key = forms.hex32(document["id"], what=f"{what} id")
    return RetiredKey(key_id=key, role=role, accepted=accepted, heads=heads)


def _parse_head(item: Any) -> tuple[str, int]:
    what = "key file retired key head"
    document = forms.members(item, "origin size", what=what)
    origin = forms.key_name(document["origin"], what=f"{what} origin")
    return origin, forms.whole(document["size"], what=f"{what} size")


def _require_roles(file: KeyFile) -> None:
    if not 1 <= len(file.of_role(AUTHOR)) <= MAX_AUTHORS:
        raise TrustError(f"key file of {file.party}: must have 1 to {MAX_AUTHORS} author keys")
    for role in (LOG, WITNESS):
        pair = file.of_role(role)
        if sorted(key.algorithm for key in pair) != list(_PAIR):
            raise TrustError(
                f"key file of {file.party}: {role} must be one {ED25519} and one {ML_DSA_44} key"
            )
        if len({key.name for key in pair}) != 1:
            raise TrustError(f"key file of {file.party}: both {role} keys must have one name")
    if len(file.of_role(SEAL)) != 1:
        raise TrustError(f"key file of {file.party}: must have exactly one seal key")
