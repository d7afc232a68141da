"""A party card: what a party hands out of itself before others sign for it, in one public file.

A first card carries the party's keepers, its first key file and the head of its empty log. Every keeper
and every working key that can sign has signed the card: nobody stands in it with a key that he does not
hold. The seal key signs nothing; the keepers answer for it. A later card of the same party carries new
keepers and nothing else. Whose card it is, its file cannot say: that is what fingerprints are compared for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from counterseal.crypto.canonical import encode_canonical
from counterseal.crypto.ed25519 import require_public_key, require_signature
from counterseal.crypto.encoding import decode_base64, encode_base64
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.keeper import KeeperPublic, require_keeper_signature
from counterseal.crypto.merkle import EMPTY_ROOT
from counterseal.crypto.mldsa import ML_DSA_44, require_mldsa_signature
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import require_log_line
from counterseal.log.errors import LogError
from counterseal.log.note import Note, parse_note
from counterseal.records import forms
from counterseal.records.envelope import Envelope, Signer, parse_envelope, seal_envelope
from counterseal.records.errors import CardError, RecordError, TrustError
from counterseal.records.key_file import WorkingKey
from counterseal.records.trust_chain import SignedKeys, keys_path, read_key_file
from counterseal.records.trust_v2 import MAX_ROOTS, ML_DSA_65_BYTES, RootedParty
from counterseal.records.trusted import LOG, PARTY_KINDS, SEAL, TrustedKey

CARD_TYPE = "application/vnd.counterseal.card.v1+json"
MAX_CARD_BYTES = 2**20
_CHALLENGE = b"counterseal/card/v1\x00"
_MEMBERS = "head keys kind log name pack party possession roots threshold treaty v"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a card says, after everything in it held.

    Attributes:
        treaty: Id of the treaty.
        pack: SHA-256 of the treaty pack that the party takes part under [64 hexadecimal digits].
        party: The party as it would stand in a trust file, with the key file that was its newest.
        keys: Its first key file; None on a later card, like ``head``.
        head: The head of its empty log, signed by both log keys.
        data: The file.
    """

    treaty: str
    pack: str
    party: RootedParty
    keys: SignedKeys | None
    head: Note | None
    data: bytes

    @property
    def fingerprint(self) -> str:
        """What is read aloud and compared [64 hexadecimal digits]."""
        return self.party.fingerprint(self.treaty)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstKeys:
    """What a first card has beside the party itself.

    Attributes:
        key_file: Its first key file in its envelope.
        head: The head of its empty log.
        signers: The party's working keys that can sign.
    """

    key_file: bytes
    head: Note
    signers: tuple[Signer, ...]


def write_card(
    party: RootedParty,
    *,
    treaty: str,
    pack: str,
    keepers: Sequence[Signer],
    first: FirstKeys | None = None,
) -> bytes:
    """Return a card, signed by every keeper and, on a first card, by every working key that can sign.

    Args:
        party: The party as it is to stand in the trust file.
        treaty: Id of the treaty.
        pack: SHA-256 of the treaty pack [64 hexadecimal digits].
        keepers: All keepers that stand in it.
        first: What makes it a first card; None for one with new keepers of a known party.

    Raises:
        CardError: what is given does not make a card that would be accepted.
    """
    document = {
        "head": first.head.to_bytes().decode() if first else None,
        "keys": first.key_file.decode() if first else None,
        "kind": party.kind,
        "log": party.log,
        "name": party.name,
        "pack": pack,
        "party": party.code,
        "roots": [{"ed25519": root.ed25519.hex(), "ml_dsa_65": root.ml_dsa_65.hex()} for root in party.roots],
        "threshold": party.threshold,
        "treaty": treaty,
        "v": 1,
    }
    signed = [
        {"id": key.key_id, "sig": encode_base64(key.sign(_challenge(key.key_id, document)))}
        for key in sorted(first.signers if first else (), key=lambda key: key.key_id)
    ]
    payload = encode_canonical(document | {"possession": signed})
    data = seal_envelope(CARD_TYPE, payload, keys=keepers).to_bytes()
    read_card(data)
    return data


def _challenge(key_id: str, document: dict[str, Any]) -> bytes:
    """What a working key signs: bytes that are no note, no record and nothing else that it signs."""
    return _CHALLENGE + bytes.fromhex(key_id) + sha256(encode_canonical(document)).digest()


def read_card(data: bytes) -> Card:
    """Return a card, after everything in it held but for whose it is.

    Raises:
        CardError: not in form, or a keeper or a working key has not signed it.
    """
    if len(data) > MAX_CARD_BYTES:
        raise CardError(f"card of {len(data)} bytes, at most {MAX_CARD_BYTES}")
    try:
        envelope = parse_envelope(data, payload_type=CARD_TYPE, what="card")
        document = forms.members(forms.decoded(envelope.payload, what="card"), _MEMBERS, what="card")
        if document["v"] != 1 or type(document["v"]) is not int:
            raise TrustError(f"card v {document['v']!r}: must be 1")
        return _read(document, envelope, data)
    except CardError:
        raise
    except (RecordError, LogError, CryptoError) as error:
        raise CardError(str(error)) from error


def _read(document: dict[str, Any], envelope: Envelope, data: bytes) -> Card:
    treaty = forms.treaty_id(document["treaty"], what="card treaty")
    roots = forms.items(document["roots"], _parse_root, what="card roots", least=1, most=MAX_ROOTS)
    forms.require_sorted([root.root_id for root in roots], what="card roots")
    _require_keepers(envelope, roots)
    code = forms.party_code(document["party"], what="card party")
    keys = _first_keys(document["keys"], code)
    party = RootedParty(
        code=code,
        name=forms.name_of_party(document["name"], what="card name"),
        kind=forms.one_of(document["kind"], PARTY_KINDS, what="card kind"),
        log=forms.key_name(document["log"], what="card log"),
        roots=roots,
        threshold=forms.whole(document["threshold"], what="card threshold", least=1, most=len(roots)),
        keys_version=1,
        keys_id=keys.file_id if keys else "0" * 64,
    )
    if keys is not None:
        _require_first(keys, party, treaty)
    _require_possession(document, keys)
    return Card(
        treaty=treaty,
        pack=forms.hex32(document["pack"], what="card pack"),
        party=party,
        keys=keys,
        head=_head(document["head"], party, keys),
        data=data,
    )


def _parse_root(item: Any) -> KeeperPublic:
    document = forms.members(item, "ed25519 ml_dsa_65", what="card root")
    classical = forms.raw(document["ed25519"], what="card root ed25519", size=32)
    require_public_key(classical)
    lattice = forms.raw(document["ml_dsa_65"], what="card root ml_dsa_65", size=ML_DSA_65_BYTES)
    return KeeperPublic(ed25519=classical, ml_dsa_65=lattice)


def _require_keepers(envelope: Envelope, roots: Iterable[KeeperPublic]) -> None:
    given = [item.key_id for item in envelope.signatures]
    wanted = {root.root_id: root for root in roots}
    if given != sorted(wanted):
        raise CardError(
            f"card signed by {len(given)} keys: must be signed by its {len(wanted)} keepers, sorted by id"
        )
    for item in envelope.signatures:
        require_keeper_signature(wanted[item.key_id], item.signature, message=envelope.signed_bytes)


def _first_keys(text: Any, code: str) -> SignedKeys | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise CardError("card keys: must be the text of a key file, or null")
    return read_key_file(text.encode(), path=keys_path(code, 1))


def _require_first(keys: SignedKeys, party: RootedParty, treaty: str) -> None:
    file = keys.file
    if (file.party, file.treaty, file.version) != (party.code, treaty, 1):
        raise CardError(
            f"card of {party.code} under {treaty}: its key file is of {file.party} under {file.treaty}, "
            f"version {file.version}; must be the first one of the same party"
        )
    if any(key.name != party.log for key in file.of_role(LOG)):
        raise CardError(f"card of {party.code}: the log keys must be named {party.log}")
    roots = {root.root_id: root for root in party.roots}
    signed = set()
    for item in keys.envelope.signatures:
        if item.key_id not in roots:
            raise CardError(
                f"card of {party.code}: its key file is signed by {item.key_id[:16]}…, no keeper's root"
            )
        if item.key_id in signed:
            raise CardError(f"card of {party.code}: its key file is signed twice by {item.key_id[:16]}…")
        message = keys.envelope.signed_bytes
        require_keeper_signature(roots[item.key_id], item.signature, message=message)
        signed.add(item.key_id)
    if len(signed) < party.threshold:
        raise CardError(
            f"card of {party.code}: its key file is signed by {len(signed)} keepers, "
            f"{party.threshold} are needed"
        )


def _require_possession(document: dict[str, Any], keys: SignedKeys | None) -> None:
    wanted = {key.key_id: key for key in (keys.file.keys if keys else ()) if key.role != SEAL}
    listed = document["possession"]
    if not isinstance(listed, list):
        raise CardError("card possession: must be a list")
    shown = [forms.members(item, "id sig", what="card possession") for item in listed]
    if [item["id"] for item in shown] != sorted(wanted):
        raise CardError("card possession: must have each key that can sign once, sorted by id")
    stated = {name: value for name, value in document.items() if name != "possession"}
    for item in shown:
        key = wanted[item["id"]]
        try:
            _require_signed(key, decode_base64(str(item["sig"])), _challenge(key.key_id, stated))
        except CryptoError as error:
            raise CardError(
                f"card: the {key.role} key {key.key_id[:16]}… ({key.algorithm}) did not sign it: {error}"
            ) from error


def _require_signed(key: WorkingKey, signature: bytes, message: bytes) -> None:
    if key.algorithm == ML_DSA_44:
        require_mldsa_signature(key.public, signature, message, algorithm=ML_DSA_44)
    else:
        require_signature(key.public, signature, message=message)


def _head(text: Any, party: RootedParty, keys: SignedKeys | None) -> Note | None:
    if (text is None) != (keys is None):
        raise CardError("card head: the head of the empty log comes with the first key file, and only then")
    if keys is None:
        return None
    note = parse_note(str(text).encode())
    if note.text != Checkpoint(origin=party.log, size=0, root=EMPTY_ROOT).text():
        raise CardError(f"card head: must be the head of {party.log} at size 0")
    log_keys = keys.file.of_role(LOG)
    if len(note.lines) != len(log_keys):
        raise CardError(f"card head: has {len(note.lines)} lines, must have the log's {len(log_keys)}")
    for key in log_keys:
        require_log_line(note, _trusted(key, party).note_key)
    return note


def _trusted(key: WorkingKey, party: RootedParty) -> TrustedKey:
    return TrustedKey(
        party=party.code,
        role=key.role,
        name=key.name,
        public=key.public,
        key_id=key.key_id,
        algorithm=key.algorithm,
    )
