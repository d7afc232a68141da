"""Founding: the ceremony in which parties make their keys and sign one trust file together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterseal.crypto.ed25519 import SigningKey, signing_key
from counterseal.crypto.merkle import EMPTY_ROOT
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import cosign
from counterseal.log.note import Note, sign_note
from counterseal.records.envelope import TRUST_TYPE, seal_envelope
from counterseal.records.trust import AUTHOR, LOG, WITNESS, TrustedKey, TrustedLog, TrustedParty, TrustFile
from counterseal.services.node import NodeKeys
from counterseal.services.ports import Clock, Randomness
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack, Party

SEED_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyKeys:
    """All keys of one party; the root signs trust files and is otherwise kept away."""

    root: SigningKey
    working: NodeKeys
    seeds: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What the ceremony leaves behind: the signed trust file, each party's keys, the empty logs' heads."""

    trust: TrustFile
    trust_bytes: bytes
    keys: Mapping[PartyCode, PartyKeys]
    first_heads: tuple[tuple[str, Note], ...]


def make_keys(randomness: Randomness) -> PartyKeys:
    """Return the keys of one party, each from 32 random bytes of its own."""
    seeds = {role: randomness(SEED_BYTES) for role in ("root", AUTHOR, LOG, WITNESS)}
    return PartyKeys(
        root=signing_key(seeds["root"]),
        working=NodeKeys(
            author=signing_key(seeds[AUTHOR]),
            log=signing_key(seeds[LOG]),
            witness=signing_key(seeds[WITNESS]),
        ),
        seeds=seeds,
    )


def found(
    pack: Pack, parties: Sequence[Party], *, randomness: Mapping[PartyCode, Randomness], clock: Clock
) -> Founding:
    """Return a founded treaty: every party is a side of its own, every log is empty and vouched for.

    Args:
        pack: The agreement.
        parties: Who takes part, auditors included.
        randomness: One source for each party.
        clock: Tells when the first heads are cosigned.
    """
    ordered = sorted(parties, key=lambda party: party.code)
    keys = {party.code: make_keys(randomness[party.code]) for party in ordered}
    trusted_keys = [key for party in ordered for key in _trusted_keys(pack, party, keys[party.code])]
    trust = TrustFile(
        treaty=pack.id,
        parties=tuple(
            TrustedParty(code=party.code, name=party.name, kind=party.kind, root=keys[party.code].root.public)
            for party in ordered
        ),
        keys=tuple(sorted(trusted_keys, key=lambda key: key.key_id)),
        logs=tuple(
            sorted(
                (
                    TrustedLog(
                        origin=log_origin(pack, party.code),
                        party=party.code,
                        key_id=keys[party.code].working.log.key_id,
                    )
                    for party in ordered
                ),
                key=lambda log: log.origin,
            )
        ),
        sides=tuple((party.code,) for party in ordered),
    )
    envelope = seal_envelope(TRUST_TYPE, trust.payload(), keys=[keys[party.code].root for party in ordered])
    heads = tuple((log.origin, _first_head(log, trust, keys, clock)) for log in trust.logs)
    return Founding(trust=trust, trust_bytes=envelope.to_bytes(), keys=keys, first_heads=heads)


def log_origin(pack: Pack, party: str) -> str:
    """Return the origin of a party's log under the pack's domain."""
    return f"{pack.domain}/{party.lower()}/log"


def _trusted_keys(pack: Pack, party: Party, keys: PartyKeys) -> tuple[TrustedKey, ...]:
    place = f"{pack.domain}/{party.code.lower()}"
    named = (
        (AUTHOR, f"{place}/author", keys.working.author),
        (LOG, log_origin(pack, party.code), keys.working.log),
        (WITNESS, f"{place}/witness", keys.working.witness),
    )
    return tuple(
        TrustedKey(party=party.code, role=role, name=name, public=key.public) for role, name, key in named
    )


def _first_head(log: TrustedLog, trust: TrustFile, keys: Mapping[PartyCode, PartyKeys], clock: Clock) -> Note:
    text = Checkpoint(origin=log.origin, size=0, root=EMPTY_ROOT).text()
    lines = [sign_note(text, keys[log.party].working.log, name=log.origin)]
    for witness in trust.keys_of(WITNESS):
        if witness.party != log.party:
            key = keys[witness.party].working.witness
            lines.append(cosign(text, key, name=witness.name, at=clock.now()))
    return Note(text=text, lines=tuple(lines))
