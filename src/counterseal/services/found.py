"""Founding: the ceremony in which parties make their keys and sign one trust file together.

Here all of them sit at one machine, for a rehearsal or a course. Parties that sit apart do the same in
steps, with what they carry to each other (``enrol.py``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counterseal.crypto.keeper import KeeperKey
from counterseal.crypto.merkle import EMPTY_ROOT
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import cosign, cosign_mldsa
from counterseal.log.note import Note, NoteLine
from counterseal.records.envelope import KEYS_TYPE, TRUST_TYPE_V2, seal_envelope
from counterseal.records.key_file import KeyFile
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME, keys_path
from counterseal.records.trust_files import read_trust
from counterseal.records.trust_v2 import RootedParty, TrustVersion
from counterseal.records.trusted import Side
from counterseal.services.keys import NodeKeys, PartyKeys, make_keys, sign_head, working_keys
from counterseal.services.ports import Clock, Randomness
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What the ceremony leaves behind: the signed trust files, each party's keys, the empty logs' heads."""

    trust: Trust
    keys: Mapping[PartyCode, PartyKeys]
    first_heads: tuple[tuple[str, Note], ...]


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
    files = {party.code: first_key_file(pack, party.code, keys=keys[party.code].working) for party in ordered}
    trust_file = TrustVersion(
        treaty=pack.id,
        version=1,
        previous=None,
        parties=tuple(
            rooted(pack, party, keepers=keys[party.code].keepers, key_file=files[party.code])
            for party in ordered
        ),
        sides=tuple(Side(parties=(party.code,)) for party in ordered),
    )
    keepers = [keeper for party in ordered for keeper in keys[party.code].keepers]
    signed = {TRUST_NAME: seal_envelope(TRUST_TYPE_V2, trust_file.payload(), keys=keepers).to_bytes()}
    for code, file in files.items():
        signed[keys_path(code, 1)] = seal_envelope(
            KEYS_TYPE, file.payload(), keys=keys[code].keepers
        ).to_bytes()
    trust = read_trust(signed)
    heads = tuple((log.origin, _first_head(log.origin, log.party, keys, clock)) for log in trust.logs)
    return Founding(trust=trust, keys=keys, first_heads=heads)


def log_origin(pack: Pack, party: str) -> str:
    """Return the origin of a party's log under the pack's domain."""
    return f"{place(pack, party)}/log"


def place(pack: Pack, party: str) -> str:
    """Return what the names of a party's keys begin with."""
    return f"{pack.domain}/{party.lower()}"


def first_key_file(pack: Pack, party: PartyCode, *, keys: NodeKeys) -> KeyFile:
    """Return version 1 of a party's key file."""
    return KeyFile(
        treaty=pack.id,
        party=party,
        version=1,
        previous=None,
        at=0,
        keys=working_keys(keys, place=place(pack, party)),
    )


def rooted(pack: Pack, party: Party, *, keepers: Sequence[KeeperKey], key_file: KeyFile) -> RootedParty:
    """Return a party as it stands in a trust file; all its keepers are needed to speak for it."""
    roots = sorted((keeper.public for keeper in keepers), key=lambda root: root.root_id)
    return RootedParty(
        code=party.code,
        name=party.name,
        kind=party.kind,
        log=log_origin(pack, party.code),
        roots=tuple(roots),
        threshold=len(roots),
        keys_version=key_file.version,
        keys_id=key_file.file_id,
    )


def _first_head(origin: str, owner: str, keys: Mapping[PartyCode, PartyKeys], clock: Clock) -> Note:
    head = Checkpoint(origin=origin, size=0, root=EMPTY_ROOT)
    lines = sign_head(head, keys[PartyCode(owner)].working)
    for code, other in keys.items():
        if code != owner:
            name = origin.removesuffix(f"{owner.lower()}/log") + f"{code.lower()}/witness"
            lines += _cosign_head(head, other.working, name=name, clock=clock)
    return Note(text=head.text(), lines=tuple(lines))


def _cosign_head(head: Checkpoint, keys: NodeKeys, *, name: str, clock: Clock) -> list[NoteLine]:
    now = clock.now()
    lines = [cosign(head.text(), keys.witness, name=name, at=now)]
    if keys.witness_pq is not None:
        lines.append(cosign_mldsa(head, keys.witness_pq, name=name, at=now))
    return lines
