"""Trust, once all its files are read: who is who, which key counts where, whose word settles a record.

Both forms of trust files end here: the single file of the first form, and the chain of versions with
every party's key files. The rest of the house knows only this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from counterseal.records.errors import TrustError
from counterseal.records.key_file import KeyFile
from counterseal.records.trust_chain import TRUST_NAME, SignedKeys, TrustChain
from counterseal.records.trust_v1 import TrustFileV1
from counterseal.records.trusted import (
    LOG,
    SEAL,
    WITNESS,
    Side,
    TrustedKey,
    TrustedLog,
    TrustedParty,
    Witness,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Who is who in one treaty.

    Attributes:
        version: Version of the newest trust file.
        keys: Every key that was ever in force, with where it counts.
        witnesses: Keys by which parties cosign, together.
        sides: Who must vouch for a head.
        fingerprint: Over all roots, as they are now.
        fingerprints: All that a reader's typed fingerprint may be equal to.
        whole: All that a reader's trust file may be: fingerprints and ids of its versions.
        chain: The files of the second form, or None.
        files: Every trust file by its path in a bundle.
    """

    treaty: str
    version: int
    parties: tuple[TrustedParty, ...]
    keys: tuple[TrustedKey, ...]
    logs: tuple[TrustedLog, ...]
    witnesses: tuple[Witness, ...]
    sides: tuple[Side, ...]
    fingerprint: str
    fingerprints: frozenset[str]
    whole: frozenset[str]
    chain: TrustChain | None
    files: Mapping[str, bytes]

    def party(self, code: str) -> TrustedParty:
        """Return the party of that code.

        Raises:
            TrustError: there is none.
        """
        for party in self.parties:
            if party.code == code:
                return party
        raise TrustError(f"trust file of {self.treaty}: no party {code!r}")

    def log_of(self, code: str) -> TrustedLog:
        """Return the log of that party.

        Raises:
            TrustError: there is none.
        """
        for log in self.logs:
            if log.party == code:
                return log
        raise TrustError(f"trust file of {self.treaty}: no log of {code!r}")

    def key(self, code: str, wanted: str) -> TrustedKey | None:
        """Return that party's key of that id, or None; another party may list the same key for itself."""
        return next((key for key in self.keys if key.party == code and key.key_id == wanted), None)

    def keys_of(self, role: str) -> tuple[TrustedKey, ...]:
        """Return all keys of a role, retired ones too."""
        return tuple(key for key in self.keys if key.role == role)

    def present(self, code: str, role: str) -> tuple[TrustedKey, ...]:
        """Return the keys of a party and role that are in its newest key file."""
        return tuple(key for key in self.keys if key.party == code and key.role == role and key.end is None)

    def log_keys(self, origin: str, size: int) -> tuple[TrustedKey, ...]:
        """Return the keys that must all have signed that log's checkpoint of ``size`` leaves."""
        own = [key for key in self.keys if key.role == LOG and key.name == origin]
        if size == 0:
            return tuple(key for key in own if key.founding)
        return tuple(key for key in own if key.in_force(size - 1))

    def log_pairs(self, origin: str) -> tuple[tuple[TrustedKey, ...], ...]:
        """Return the keys that signed that log's heads together, for each version of its party's key file."""
        own = {key.key_id: key for key in self.keys if key.role == LOG and key.name == origin}
        if self.chain is None:
            return (tuple(own.values()),)
        rows = [row for row in self.chain.keys.values() if row[0].file.party == self._owner(origin)]
        pairs = {tuple(key.key_id for key in one.file.of_role(LOG)): None for row in rows for one in row}
        return tuple(tuple(own[key] for key in pair) for pair in pairs)

    def _owner(self, origin: str) -> str | None:
        return next((log.party for log in self.logs if log.origin == origin), None)

    def seal_key(self, code: str) -> TrustedKey | None:
        """Return the key that a body is sealed to for that party, or None."""
        return next(iter(self.present(code, SEAL)), None)

    def missing_sides(self, *, owner: str, cosigners: frozenset[str]) -> tuple[Side, ...]:
        """Return the sides, other than the log owner's, of which too few parties have cosigned."""
        return tuple(
            side
            for side in self.sides
            if owner not in side.parties and len(cosigners & set(side.parties)) < side.threshold
        )


def trust_of_file(file: TrustFileV1, *, data: bytes) -> Trust:
    """Return what a trust file of the first form says."""
    signing = {log.key_id for log in file.logs}
    keys = tuple(
        TrustedKey(
            party=key.party,
            role=key.role,
            name=key.name,
            public=key.public,
            key_id=key.key_id,
            end=0 if key.role == LOG and key.key_id not in signing else None,
            founding=key.role != LOG or key.key_id in signing,
        )
        for key in file.keys
    )
    parties = tuple(
        TrustedParty(code=party.code, name=party.name, kind=party.kind, fingerprint=party.fingerprint)
        for party in file.parties
    )
    return Trust(
        treaty=file.treaty,
        version=1,
        parties=parties,
        keys=keys,
        logs=tuple(TrustedLog(origin=log.origin, party=log.party) for log in file.logs),
        witnesses=tuple(Witness(party=key.party, keys=(key,)) for key in keys if key.role == WITNESS),
        sides=tuple(Side(parties=side) for side in file.sides),
        fingerprint=file.fingerprint,
        fingerprints=frozenset((file.fingerprint, *(party.fingerprint for party in parties))),
        whole=frozenset((file.fingerprint,)),
        chain=None,
        files=MappingProxyType({TRUST_NAME: data}),
    )


def trust_of_chain(chain: TrustChain) -> Trust:
    """Return what a chain of trust files and key files says, newest word last."""
    newest = chain.newest
    parties = tuple(
        TrustedParty(
            code=party.code, name=party.name, kind=party.kind, fingerprint=party.fingerprint(newest.treaty)
        )
        for party in newest.parties
    )
    versions = [signed.trust for signed in chain.versions]
    by_party = {party.fingerprint(version.treaty) for version in versions for party in version.parties}
    whole = {version.fingerprint for version in versions}
    logs = sorted(
        (TrustedLog(origin=party.log, party=party.code) for party in newest.parties),
        key=lambda log: log.origin,
    )
    keys = {code: _keys_of(row) for code, row in chain.keys.items()}
    return Trust(
        treaty=newest.treaty,
        version=newest.version,
        parties=parties,
        keys=tuple(sorted((key for row in keys.values() for key in row), key=lambda key: key.key_id)),
        logs=tuple(logs),
        witnesses=tuple(
            witness for code, row in chain.keys.items() for witness in _witnesses(row, keys[code])
        ),
        sides=newest.sides,
        fingerprint=newest.fingerprint,
        fingerprints=frozenset(whole | by_party),
        whole=frozenset(whole | {signed.trust_id for signed in chain.versions}),
        chain=chain,
        files=MappingProxyType(chain.files()),
    )


def _keys_of(row: tuple[SignedKeys, ...]) -> tuple[TrustedKey, ...]:
    """Every key of a party with where it is in force and what its party says of it now."""
    files = [signed.file for signed in row]
    retired = {key.key_id: key for key in files[-1].retired}
    found: dict[str, TrustedKey] = {}
    for file in files:
        for key in file.keys:
            if key.key_id in found:
                continue
            last = retired.get(key.key_id)
            found[key.key_id] = TrustedKey(
                party=file.party,
                role=key.role,
                name=key.name,
                public=key.public,
                key_id=key.key_id,
                algorithm=key.algorithm,
                start=file.at,
                end=_end(files, key.key_id, file.version) if last else None,
                founding=file.version == 1,
                accepted=last.accepted if last else None,
                heads=last.heads if last and key.role == WITNESS else None,
            )
    return tuple(found.values())


def _end(files: list[KeyFile], key_id: str, since: int) -> int:
    later = (file for file in files[since:] if key_id not in {key.key_id for key in file.keys})
    return next(later).at


def _witnesses(row: tuple[SignedKeys, ...], keys: tuple[TrustedKey, ...]) -> tuple[Witness, ...]:
    """The pairs by which a party cosigned, one from each version of its key file."""
    known = {key.key_id: key for key in keys}
    pairs = {tuple(key.key_id for key in signed.file.of_role(WITNESS)): None for signed in row}
    return tuple(Witness(party=row[0].file.party, keys=tuple(known[key] for key in pair)) for pair in pairs)
