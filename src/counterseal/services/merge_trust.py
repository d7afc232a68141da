"""Trust that only grows: what a node knows and what a bundle brings become one chain, or are refused."""

from collections.abc import Mapping, Sequence
from itertools import chain as joined
from typing import TypeVar

from counterseal.records.errors import TrustError
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME, SignedKeys, SignedTrust, TrustChain, history_path
from counterseal.records.trust_files import parse_trust_files, read_trust, trust_list
from counterseal.services.errors import BundleRefusedError, TrustForkError

Signed = TypeVar("Signed", SignedTrust, SignedKeys)


def merge_trust(held: Trust, brought: Trust) -> Trust:
    """Return trust with everything that either knows; what both know must be the same.

    A version never goes back: a bundle that knows less changes nothing, one that knows more is followed,
    and two files of one version are the word of keepers who signed both.

    Raises:
        TrustForkError: two files of one version, both signed as they must be, or files that are sound by
            themselves and not together; carries them.
        BundleRefusedError: another treaty or another beginning.
    """
    if held.treaty != brought.treaty or (held.chain is None) != (brought.chain is None):
        raise BundleRefusedError(
            "bundle refused: trust-pinned: its trust files are of another treaty or form"
        )
    if held.chain is None or brought.chain is None:
        if held.fingerprint != brought.fingerprint:
            raise BundleRefusedError("bundle refused: trust-pinned: its trust file has other roots")
        return held
    if held.chain.versions[0].trust_id != brought.chain.versions[0].trust_id:
        raise BundleRefusedError("bundle refused: trust-pinned: its first trust file is another one")
    files = _merged(held.chain, brought.chain)
    if files == dict(held.files):
        return held
    try:
        return read_trust(files)
    except TrustError as error:  # each is sound by itself: the keepers' word stands against their own
        raise TrustForkError(
            f"bundle refused: its trust files and those held here are each sound, and not together: {error}",
            files={"held": trust_list(held), "brought": trust_list(brought)},
        ) from error


def _merged(held: TrustChain, brought: TrustChain) -> dict[str, bytes]:
    versions = _longer(held.versions, brought.versions)
    rows = [
        _longer(held.keys.get(code, ()), brought.keys.get(code, ()))
        for code in sorted(held.keys.keys() | brought.keys.keys())
    ]
    files = {history_path(signed.trust.version): signed.data for signed in versions[:-1]}
    files[TRUST_NAME] = versions[-1].data
    return files | {signed.path: signed.data for signed in joined.from_iterable(rows)}


def _longer(held: Sequence[Signed], brought: Sequence[Signed]) -> Sequence[Signed]:
    """Our row of versions, and what the other has beyond it; where they overlap they must say the same.

    What is held stays as it is: the same file may be about under signatures of other keepers.
    """
    for ours, theirs in zip(held, brought, strict=False):
        if ours.envelope.payload != theirs.envelope.payload:
            raise TrustForkError(
                f"bundle refused: {theirs.path} is another file here than in the bundle, and its keepers "
                "signed both",
                files={"held": ours.data, "brought": theirs.data},
            )
    return list(held) + list(brought[len(held) :])


def stored_form(trust: Trust) -> dict[str, bytes]:
    """Return the files of a chain under paths that never change: the newest one too has its number."""
    if trust.chain is None:
        return {}
    files = {path: data for path, data in trust.files.items() if path != TRUST_NAME}
    files[history_path(trust.version)] = trust.files[TRUST_NAME]
    return files


def trust_of_stored(documents: Mapping[str, bytes]) -> Trust:
    """Return the trust that a store keeps; its signatures held when it was taken in.

    Raises:
        TrustError: not one sound chain.
    """
    history = [path for path in documents if path.startswith("trust/history/")]
    newest = max(history, key=lambda path: int(path.removeprefix("trust/history/").removesuffix(".json")))
    files = {path: data for path, data in documents.items() if path != newest}
    return parse_trust_files(files | {TRUST_NAME: documents[newest]})
