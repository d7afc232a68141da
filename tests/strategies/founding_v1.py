"""The founding as it was under the first form of the trust file: one root key for each party, one file, no change.

The program reads this form for ever and makes it no more, so the tests make it. The keys grow from the
same seeds as those of a founding of the second form, so that both say the same words under the same ids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from counterseal.crypto.ed25519 import SigningKey, signing_key
from counterseal.crypto.merkle import EMPTY_ROOT
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import cosign
from counterseal.log.note import Note, sign_note
from counterseal.records.envelope import TRUST_TYPE, seal_envelope
from counterseal.records.trust_chain import TRUST_NAME
from counterseal.records.trust_files import read_trust
from counterseal.records.trust_v1 import KeyV1, LogV1, PartyV1, TrustFileV1
from counterseal.records.trusted import AUTHOR, LOG, WITNESS
from counterseal.services.found import Founding, log_origin, place
from counterseal.services.keys import PartyKeys, make_keys
from counterseal.services.ports import Clock, Randomness
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack, Party


def root_v1(keys: PartyKeys) -> SigningKey:
    """The one root key of a party: the first keeper's seed, as a plain Ed25519 key."""
    return signing_key(keys.keeper_seeds[0])


def found_v1(
    pack: Pack, parties: Sequence[Party], *, randomness: Mapping[PartyCode, Randomness], clock: Clock
) -> Founding:
    """A founded treaty: every party is a side of its own, every log is empty and vouched for."""
    ordered = sorted(parties, key=lambda party: party.code)
    keys = {party.code: plain(make_keys(randomness[party.code])) for party in ordered}
    trust_file = _trust_file(pack, ordered, keys)
    roots = [root_v1(keys[party.code]) for party in ordered]
    data = seal_envelope(TRUST_TYPE, trust_file.payload(), keys=roots).to_bytes()
    trust = read_trust({TRUST_NAME: data})
    heads = tuple(
        (log.origin, _first_head(log.origin, log.party, trust_file, keys, clock)) for log in trust.logs
    )
    return Founding(trust=trust, keys=keys, first_heads=heads)


def plain(keys: PartyKeys) -> PartyKeys:
    """The keys without those that the first form does not know."""
    working = replace(keys.working, log_pq=None, witness_pq=None, seal=None)
    seeds = {name: keys.seeds[name] for name in (AUTHOR, LOG, WITNESS)}
    return replace(keys, working=working, seeds=seeds)


def _trust_file(pack: Pack, parties: Sequence[Party], keys: Mapping[PartyCode, PartyKeys]) -> TrustFileV1:
    listed = [
        KeyV1(party=party.code, role=role, name=f"{place(pack, party.code)}/{role}", public=public)
        for party in parties
        for role, public in _publics(keys[party.code])
    ]
    logs = [
        LogV1(origin=log_origin(pack, p.code), party=p.code, key_id=keys[p.code].working.log.key_id)
        for p in parties
    ]
    return TrustFileV1(
        treaty=pack.id,
        parties=tuple(
            PartyV1(code=p.code, name=p.name, kind=p.kind, root=root_v1(keys[p.code]).public) for p in parties
        ),
        keys=tuple(sorted(listed, key=lambda key: key.key_id)),
        logs=tuple(sorted(logs, key=lambda log: log.origin)),
        sides=tuple((party.code,) for party in parties),
    )


def _publics(keys: PartyKeys) -> tuple[tuple[str, bytes], ...]:
    working = keys.working
    return (
        (AUTHOR, working.author.public),
        (LOG, working.log.public),
        (WITNESS, working.witness.public),
    )


def _first_head(
    origin: str, owner: PartyCode, trust: TrustFileV1, keys: Mapping[PartyCode, PartyKeys], clock: Clock
) -> Note:
    text = Checkpoint(origin=origin, size=0, root=EMPTY_ROOT).text()
    lines = [sign_note(text, keys[owner].working.log, name=origin)]
    lines += [
        cosign(text, keys[key.party].working.witness, name=key.name, at=clock.now())
        for key in sorted(trust.keys, key=lambda key: key.party)
        if key.role == WITNESS and key.party != owner
    ]
    return Note(text=text, lines=tuple(lines))
