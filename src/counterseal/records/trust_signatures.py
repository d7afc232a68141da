"""Who signed the files of a chain: every signature that is missing, extra or wrong.

See ``docs/reference/formats.md``, sections 6.2 and 6.3: keepers of a version sign it, and so do those of
the one before.
"""

from collections.abc import Iterator

from counterseal.crypto.errors import CryptoError
from counterseal.crypto.keeper import KeeperPublic, require_keeper_signature
from counterseal.records.envelope import Envelope
from counterseal.records.trust_chain import TrustChain
from counterseal.records.trust_v2 import RootedParty, TrustVersion


def signature_problems(chain: TrustChain) -> Iterator[tuple[str, str]]:
    """Yield file and rule of every signature that is missing, extra or wrong."""
    before: TrustVersion | None = None
    for signed in chain.versions:
        parties = [*signed.trust.parties, *(before.parties if before else ())]
        yield from _problems(signed.path, signed.envelope, parties)
        before = signed.trust
    for code, row in chain.keys.items():
        for keys in row:
            keepers = chain.keepers_of_keys(code, keys.file.version)
            if keepers is None:
                yield keys.path, f"no trust file says whose keepers sign version {keys.file.version}"
            else:
                yield from _problems(keys.path, keys.envelope, [keepers])


def _problems(path: str, envelope: Envelope, parties: list[RootedParty]) -> Iterator[tuple[str, str]]:
    """What is wrong with signatures of which each of ``parties`` needs its threshold."""
    given = [item.key_id for item in envelope.signatures]
    if given != sorted(set(given)):
        yield path, "root signatures must be sorted by id, none twice"
    roots: dict[str, KeeperPublic] = {root.root_id: root for party in parties for root in party.roots}
    valid = set()
    for item in envelope.signatures:
        if item.key_id not in roots:
            yield path, f"signed by {item.key_id[:16]}…, which is no keeper's root here"
            continue
        try:
            require_keeper_signature(roots[item.key_id], item.signature, message=envelope.signed_bytes)
        except CryptoError as error:
            yield path, f"signature of root {item.key_id[:16]}…: {error}"
        else:
            valid.add(item.key_id)
    for party in parties:
        count = len(valid & {root.root_id for root in party.roots})
        if count < party.threshold:
            yield path, f"signed by {count} of the keepers of {party.code}, {party.threshold} are needed"
