"""One version of the trust file that all parties agree on: who they are, who keeps their roots, who decides.

See ``docs/reference/formats.md``, section 6.2. The model of roles, thresholds and versions is that of The
Update Framework; what is added is that every party signs, and that the working keys are each party's own.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import chain, permutations
from typing import Any

from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.keeper import KeeperPublic
from counterseal.records import forms
from counterseal.records.envelope import TRUST_TYPE_V2, document_id
from counterseal.records.errors import TrustError
from counterseal.records.trusted import MIN_SIDES, PARTY_KINDS, Side
from counterseal.terms.parties import PartyCode

FORM = 2
MAX_ROOTS = 16
MAX_PARTIES = 16
"""A note holds 32 lines: two of the log and two of each other party."""
ML_DSA_65_BYTES = 1952
_ID_DOMAIN = "counterseal/trust-file/v2"
_ROOT_MEMBERS = "alg ed25519 id ml_dsa_65"


@dataclass(frozen=True, slots=True, kw_only=True)
class RootedParty:
    """A party: its keepers and how many of them speak for it.

    Attributes:
        log: Origin of its log, for ever.
        roots: The keepers' public keys, in order of root id.
        threshold: How many of them must sign.
        keys_version: Version of its key file that was newest when this trust file was made.
        keys_id: Id of that key file.
    """

    code: PartyCode
    name: str
    kind: str
    log: str
    roots: tuple[KeeperPublic, ...]
    threshold: int
    keys_version: int
    keys_id: str

    def fingerprint(self, treaty: str) -> str:
        """Return what is compared aloud or by eye [64 hexadecimal digits]."""
        ids = [bytes.fromhex(root.root_id) for root in self.roots]
        return domain_hash("counterseal/party/v2", treaty, self.code, str(self.threshold), *ids).hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustVersion:
    """One version of the trust file."""

    treaty: str
    version: int
    previous: str | None
    parties: tuple[RootedParty, ...]
    sides: tuple[Side, ...]

    def payload(self) -> bytes:
        """Return the bytes that the keepers sign.

        Raises:
            TrustError: the file would break its own format.
        """
        sides = [{"parties": list(side.parties), "threshold": side.threshold} for side in self.sides]
        document = {
            "parties": [_party_document(party) for party in self.parties],
            "policy": {"rule": "every-side", "sides": sides},
            "previous": self.previous,
            "treaty": self.treaty,
            "v": FORM,
            "version": self.version,
        }
        payload = encode_canonical(document)
        parse_trust_version(payload)
        return payload

    @property
    def trust_id(self) -> str:
        """Id of this version, whoever signed it [64 hexadecimal digits]."""
        return trust_id(self.payload())

    @property
    def fingerprint(self) -> str:
        """One fingerprint over all parties [64 hexadecimal digits]."""
        fields: list[bytes | str] = [self.treaty]
        for party in self.parties:
            fields += (party.code, bytes.fromhex(party.fingerprint(self.treaty)))
        return domain_hash("counterseal/trust/v2", *fields).hex()

    def party(self, code: str) -> RootedParty | None:
        """Return the party of that code, or None."""
        return next((party for party in self.parties if party.code == code), None)


def place_of(origin: str) -> str:
    """Return what the names of a party's log and witness begin with: the origin up to its last ``/``."""
    return origin[: origin.rfind("/") + 1]


def trust_id(payload: bytes) -> str:
    """Return the id of the trust file with these payload bytes [64 hexadecimal digits]."""
    return document_id(_ID_DOMAIN, TRUST_TYPE_V2, payload=payload)


def _party_document(party: RootedParty) -> dict[str, Any]:
    roots = [
        {"alg": "r2", "ed25519": r.ed25519.hex(), "id": r.root_id, "ml_dsa_65": r.ml_dsa_65.hex()}
        for r in party.roots
    ]
    return {
        "code": party.code,
        "keys": {"id": party.keys_id, "version": party.keys_version},
        "kind": party.kind,
        "log": party.log,
        "name": party.name,
        "roots": roots,
        "threshold": party.threshold,
    }


def parse_trust_version(payload: bytes) -> TrustVersion:
    """Return the trust file that a payload holds; signatures and its place in the chain are checked apart.

    Raises:
        TrustError: naming the member, what was found and the rule.
    """
    what = "trust file"
    document = forms.members(
        forms.decoded(payload, what=what), "parties policy previous treaty v version", what=what
    )
    if document["v"] != FORM or type(document["v"]) is not int:
        raise TrustError(f"trust file v {document['v']!r}: must be {FORM}")
    version = forms.whole(document["version"], what="trust file version", least=1, most=999_999)
    trust = TrustVersion(
        treaty=forms.treaty_id(document["treaty"], what="trust file treaty"),
        version=version,
        previous=forms.previous(document["previous"], version=version, what=what),
        parties=forms.items(
            document["parties"], _parse_party, what="trust file parties", least=1, most=MAX_PARTIES
        ),
        sides=_parse_policy(document["policy"]),
    )
    _require_order(trust)
    _require_sides(trust)
    return trust


def _parse_party(item: Any) -> RootedParty:
    what = "trust file party"
    document = forms.members(item, "code keys kind log name roots threshold", what=what)
    code = forms.party_code(document["code"], what=what)
    what = f"trust file party {code}"
    keys = forms.members(document["keys"], "id version", what=f"{what} keys")
    roots = forms.items(
        document["roots"], lambda root: _parse_root(root, what), what=f"{what} roots", least=1, most=MAX_ROOTS
    )
    forms.require_sorted([root.root_id for root in roots], what=f"{what} roots")
    return RootedParty(
        code=code,
        name=forms.name_of_party(document["name"], what=f"{what} name"),
        kind=forms.one_of(document["kind"], PARTY_KINDS, what=f"{what} kind"),
        log=forms.key_name(document["log"], what=f"{what} log"),
        roots=roots,
        threshold=forms.whole(document["threshold"], what=f"{what} threshold", least=1, most=len(roots)),
        keys_version=forms.whole(keys["version"], what=f"{what} keys version", least=1, most=999_999),
        keys_id=forms.hex32(keys["id"], what=f"{what} keys id"),
    )


def _parse_root(item: Any, what: str) -> KeeperPublic:
    document = forms.members(item, _ROOT_MEMBERS, what=f"{what} root")
    forms.one_of(document["alg"], ("r2",), what=f"{what} root alg")
    classical = forms.raw(document["ed25519"], what=f"{what} root ed25519", size=32)
    lattice = forms.raw(document["ml_dsa_65"], what=f"{what} root ml_dsa_65", size=ML_DSA_65_BYTES)
    try:
        root = KeeperPublic(ed25519=classical, ml_dsa_65=lattice)
    except CryptoError as error:
        raise TrustError(f"{what} root: {error}") from error
    if not is_hex32(document["id"]) or document["id"] != root.root_id:
        raise TrustError(f"{what} root {document['id']!r}: the id is not that of its public keys")
    return root


def _parse_policy(item: Any) -> tuple[Side, ...]:
    document = forms.members(item, "rule sides", what="trust file policy")
    forms.one_of(document["rule"], ("every-side",), what="trust file policy rule")
    return forms.items(
        document["sides"], _parse_side, what="trust file policy sides", least=MIN_SIDES, most=MAX_PARTIES
    )


def _parse_side(item: Any) -> Side:
    what = "trust file policy side"
    document = forms.members(item, "parties threshold", what=what)
    codes = forms.items(
        document["parties"],
        lambda code: forms.party_code(code, what=what),
        what=what,
        least=1,
        most=MAX_PARTIES,
    )
    forms.require_sorted(list(codes), what=what)
    threshold = forms.whole(document["threshold"], what=f"{what} threshold", least=1, most=len(codes))
    return Side(parties=codes, threshold=threshold)


def _require_order(trust: TrustVersion) -> None:
    forms.require_sorted([party.code for party in trust.parties], what="trust file parties")
    roots = [root for party in trust.parties for root in party.roots]
    for publics in ([root.ed25519 for root in roots], [root.ml_dsa_65 for root in roots]):
        if len(set(publics)) != len(publics):
            raise TrustError("trust file roots: one public key stands for two keepers")
    places = [place_of(party.log) for party in trust.parties]
    if not all(places):
        raise TrustError("trust file logs: an origin without '/' leaves no place for its party's other names")
    for place, other in permutations(places, 2):
        if other.startswith(place):
            raise TrustError(f"trust file logs: two parties have logs in one place, {place}")


def _require_sides(trust: TrustVersion) -> None:
    if [side.parties[0] for side in trust.sides] != sorted(side.parties[0] for side in trust.sides):
        raise TrustError("trust file policy: sides must be sorted by their first party")
    named = Counter(chain.from_iterable(side.parties for side in trust.sides))
    if strangers := sorted(set(named) - {party.code for party in trust.parties}):
        raise TrustError(f"trust file policy: {strangers[0]} is no party of the file")
    if twice := sorted(code for code, count in named.items() if count > 1):
        raise TrustError(f"trust file policy: {twice[0]} stands in two sides")
