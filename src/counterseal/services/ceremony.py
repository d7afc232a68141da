"""Ceremony: what is read aloud and compared, and what is shown before anybody signs."""

from collections.abc import Iterable, Mapping
from typing import Any

from counterseal.records.card import Card
from counterseal.records.trust import Trust
from counterseal.records.trust_v2 import RootedParty, TrustVersion
from counterseal.records.trusted import Side, TrustedKey
from counterseal.services.draft import Draft

GROUP = 4


def groups(digits: str) -> tuple[str, ...]:
    """Return a fingerprint in groups of four digits, as it is read aloud.

    >>> groups("00112233445566778899aabb")
    ('0011', '2233', '4455', '6677', '8899', 'aabb')
    """
    return tuple(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))


def describe_version(trust: TrustVersion) -> dict[str, Any]:
    """Return all that keepers put their names to in one version of the trust file."""
    return {
        "treaty": trust.treaty,
        "version": trust.version,
        "previous": trust.previous,
        "id": trust.trust_id,
        "fingerprint": trust.fingerprint,
        "parties": [_rooted(party, trust.treaty) for party in trust.parties],
        "sides": _sides(trust.sides),
    }


def _rooted(party: RootedParty, treaty: str) -> dict[str, Any]:
    return {
        "code": party.code,
        "name": party.name,
        "kind": party.kind,
        "log": party.log,
        "fingerprint": party.fingerprint(treaty),
        "threshold": party.threshold,
        "keepers": [root.root_id for root in party.roots],
        "key_file": {"version": party.keys_version, "id": party.keys_id},
    }


def _sides(sides: Iterable[Side]) -> list[dict[str, Any]]:
    return [{"parties": list(side.parties), "threshold": side.threshold} for side in sides]


def describe_draft(draft: Draft) -> dict[str, Any]:
    """Return what a draft proposes, what it changes, and whose word is missing."""
    words = [
        {
            "party": word.party,
            "keepers": "before" if word.before else "new",
            "signed": word.signed,
            "needed": word.needed,
        }
        for word in draft.words()
    ]
    return {"trust": describe_version(draft.trust), "signatures": words, "complete": draft.complete}


def describe_trust(trust: Trust) -> dict[str, Any]:
    """Return the parties of the trust in force, their keepers, and every key that ever was."""
    chain = trust.chain
    newest = chain.newest if chain else None
    parties = []
    for party in trust.parties:
        rooted = newest.party(party.code) if newest else None
        files = chain.keys[party.code] if chain else ()
        parties.append(
            {
                "code": party.code,
                "name": party.name,
                "kind": party.kind,
                "log": trust.log_of(party.code).origin,
                "fingerprint": party.fingerprint,
                "threshold": rooted.threshold if rooted else 1,
                "keepers": [root.root_id for root in rooted.roots] if rooted else [party.fingerprint],
                "key_files": [
                    {"version": one.file.version, "id": one.file_id, "at": one.file.at} for one in files
                ],
                "keys": [_key(key) for key in _in_order(trust.keys) if key.party == party.code],
            }
        )
    return {
        "treaty": trust.treaty,
        "version": trust.version,
        "id": chain.versions[-1].trust_id if chain else None,
        "fingerprint": trust.fingerprint,
        "parties": parties,
        "sides": _sides(trust.sides),
    }


def _in_order(keys: tuple[TrustedKey, ...]) -> list[TrustedKey]:
    return sorted(keys, key=lambda key: (key.role, key.start, key.algorithm))


def _key(key: TrustedKey) -> dict[str, Any]:
    heads: Mapping[str, int] = dict(key.heads or ())
    return {
        "id": key.key_id,
        "role": key.role,
        "algorithm": key.algorithm,
        "name": key.name,
        "from": key.start,
        "until": key.end,
        "retired": key.end is not None,
        "accepted": key.accepted,
        "disputed": key.accepted is not None,
        "heads": dict(heads),
    }


def describe_card(card: Card) -> dict[str, Any]:
    """Return what a card says of its party."""
    party = card.party
    return {
        "code": str(party.code),
        "name": party.name,
        "kind": party.kind,
        "log": party.log,
        "fingerprint": card.fingerprint,
        "threshold": party.threshold,
        "keepers": [root.root_id for root in party.roots],
    }
