"""Chains of trust files and key files, made link by link with all keys at hand, right or wrong."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.keeper import KeeperKey, keeper_key
from counterseal.records.envelope import (
    KEYS_TYPE,
    TRUST_TYPE_V2,
    Signer,
    parse_envelope,
    seal_envelope,
)
from counterseal.records.key_file import key_file_id
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME, history_path, keys_path
from counterseal.records.trust_files import read_trust
from counterseal.records.trust_v2 import trust_id
from counterseal.records.trusted import AUTHOR, LOG, SEAL, WITNESS
from counterseal.services.found import Founding
from counterseal.services.keys import LOG_PQ, WITNESS_PQ, PartyKeys, keys_of_seeds, working_keys
from counterseal.terms.parties import PartyCode

Document = dict[str, Any]
Change = Callable[[Document], None]
ALL_ROLES = (AUTHOR, LOG, WITNESS, SEAL)
_SEEDS = {AUTHOR: (AUTHOR,), LOG: (LOG, LOG_PQ), WITNESS: (WITNESS, WITNESS_PQ), SEAL: (SEAL,)}


def as_it_is(_document: Document) -> None:
    """The change that changes nothing."""


def new_keeper(name: str) -> KeeperKey:
    """A keeper's key that grows from a name."""
    return keeper_key(sha256(name.encode()).digest())


def root_document(keeper: KeeperKey) -> Document:
    """A root as a trust file lists it."""
    public = keeper.public
    keys = {"ed25519": public.ed25519.hex(), "ml_dsa_65": public.ml_dsa_65.hex()}
    return {"alg": "r2", "id": public.root_id, **keys}


def give_roots(document: Document, code: str, keepers: Iterable[KeeperKey], *, threshold: int) -> None:
    """Let other keepers speak for a party."""
    party = party_of(document, code)
    party["roots"] = sorted((root_document(keeper) for keeper in keepers), key=lambda root: str(root["id"]))
    party["threshold"] = threshold


def party_of(document: Document, code: str) -> Document:
    """A party as a trust file lists it."""
    return next(item for item in document["parties"] if item["code"] == code)


@dataclass(slots=True, kw_only=True)
class ChainMaker:
    """The files of a chain, and everybody's present keys.

    Attributes:
        files: By path in a bundle.
        keys: Working keys of each party, as in its newest key file.
        keepers: Who speaks for each party, as in the newest trust file.
    """

    files: dict[str, bytes]
    keys: dict[PartyCode, PartyKeys]
    keepers: dict[PartyCode, tuple[KeeperKey, ...]]

    @classmethod
    def of(cls, founding: Founding) -> "ChainMaker":
        return cls.at(founding.trust.files, founding.keys)

    @classmethod
    def at(cls, files: Mapping[str, bytes], keys: Mapping[PartyCode, PartyKeys]) -> "ChainMaker":
        keepers = {code: own.keepers for code, own in keys.items()}
        return cls(files=dict(files), keys=dict(keys), keepers=keepers)

    def copy(self) -> "ChainMaker":
        return ChainMaker(files=dict(self.files), keys=dict(self.keys), keepers=dict(self.keepers))

    def read(self) -> Trust:
        """What the chain says, after every signature held."""
        return read_trust(self.files)

    def payload(self, path: str) -> bytes:
        kind = KEYS_TYPE if path.startswith("trust/keys/") else TRUST_TYPE_V2
        return parse_envelope(self.files[path], payload_type=kind, what=path).payload

    def document(self, path: str = TRUST_NAME) -> Document:
        return dict(decode_canonical(self.payload(path)))

    def all_keepers(self) -> list[KeeperKey]:
        return [keeper for keepers in self.keepers.values() for keeper in keepers]

    def newest_keys(self, code: str) -> int:
        """Version of a party's newest key file."""
        numbers = [
            int(p.split("/")[3][:-5]) for p in self.files if p.startswith(f"trust/keys/{code.lower()}/")
        ]
        return max(numbers, default=0)

    def resign(self, path: str, change: Change, signers: Iterable[Signer] | None = None) -> None:
        """Change a file where it stands, and sign it again."""
        document = self.document(path)
        change(document)
        kind = KEYS_TYPE if path.startswith("trust/keys/") else TRUST_TYPE_V2
        given = list(signers) if signers is not None else self._signers(path)
        self.files[path] = seal_envelope(kind, encode_canonical(document), keys=given).to_bytes()

    def _signers(self, path: str) -> list[KeeperKey]:
        if not path.startswith("trust/keys/"):
            return self.all_keepers()
        return list(self.keepers[PartyCode(path.split("/")[2].upper())])

    def next_trust(self, change: Change = as_it_is, signers: Iterable[Signer] | None = None) -> None:
        """Add a version of the trust file, which names everybody's newest key files."""
        before = self.payload(TRUST_NAME)
        document = deepcopy(dict(decode_canonical(before)))
        self.files[history_path(document["version"])] = self.files[TRUST_NAME]
        document |= {"version": document["version"] + 1, "previous": trust_id(before)}
        for party in document["parties"]:
            party["keys"] = self.named_keys(party["code"])
        change(document)
        given = list(signers) if signers is not None else self.all_keepers()
        self.files[TRUST_NAME] = seal_envelope(
            TRUST_TYPE_V2, encode_canonical(document), keys=given
        ).to_bytes()

    def named_keys(self, code: str) -> Document:
        """A party's newest key file as a trust file names it."""
        version = self.newest_keys(code)
        return {"id": key_file_id(self.payload(keys_path(code, version))), "version": version}

    def next_keys(
        self,
        code: PartyCode,
        *,
        at: int,
        roles: Iterable[str] = ALL_ROLES,
        accepted: int | None = None,
        heads: Mapping[str, int] | None = None,
        change: Change = as_it_is,
        signers: Iterable[Signer] | None = None,
    ) -> PartyKeys:
        """Add a version of a party's key file with new keys of some roles; return the party's keys then.

        Args:
            code: The party.
            at: From which entry of its log on.
            roles: Roles whose keys are new; the old ones are retired.
            accepted: How many records of the retired author key's feed the party stands by.
            heads: Up to where the retired witness key's word counts, by origin.
            change: A last change, before it is signed.
            signers: Who signs; the party's keepers, unless others are given.
        """
        version = self.newest_keys(code) + 1
        before = self.document(keys_path(code, version - 1))
        own = self.renewed(code, roles, version)
        place = next(key["name"] for key in before["keys"] if key["role"] == LOG).removesuffix("/log")
        listed = [
            {"alg": k.algorithm, "id": k.key_id, "name": k.name, "public": k.public.hex(), "role": k.role}
            for k in working_keys(own.working, place=place)
        ]
        kept = {key["id"] for key in listed}
        said: dict[str, Document] = {AUTHOR: {"accepted": accepted}, WITNESS: {"heads": _heads(heads or {})}}
        gone = [
            {"accepted": None, "heads": [], "id": key["id"], "role": key["role"], **said.get(key["role"], {})}
            for key in before["keys"]
            if key["id"] not in kept
        ]
        document = {
            **before,
            "at": at,
            "keys": listed,
            "previous": key_file_id(self.payload(keys_path(code, version - 1))),
            "retired": sorted([*before["retired"], *gone], key=lambda key: str(key["id"])),
            "version": version,
        }
        change(document)
        given = list(signers) if signers is not None else self.keepers[code]
        self.files[keys_path(code, version)] = seal_envelope(
            KEYS_TYPE, encode_canonical(document), keys=given
        ).to_bytes()
        self.keys[code] = own
        return own

    def renewed(self, code: PartyCode, roles: Iterable[str], version: int) -> PartyKeys:
        """A party's keys with new ones of some roles; what was sealed to it before can still be opened."""
        old = self.keys[code]
        fresh = {
            seed: sha256(f"{code} {seed} {version}".encode()).digest()
            for role in roles
            for seed in _SEEDS[role]
        }
        working = keys_of_seeds({**old.seeds, **fresh})
        if SEAL in fresh:
            working = replace(working, earlier_seals=old.working.seals)
        return replace(old, working=working, seeds={**old.seeds, **fresh})


def _heads(heads: Mapping[str, int]) -> list[Document]:
    return [{"origin": origin, "size": size} for origin, size in sorted(heads.items())]
