"""Check 24: a change of keys stands in the log where it comes into force, and nothing newer was held back."""

from collections.abc import Iterator, Mapping, Sequence

from counterseal.records.change import KEYS_CHANGE, TRUST_CHANGE, Change, parse_change
from counterseal.records.errors import RecordError
from counterseal.records.header import PUBLIC
from counterseal.records.said import Heard, Said
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME, TrustChain

HEARD_CHANGES = (KEYS_CHANGE, TRUST_CHANGE)
_SHOWN = 100


def change_problem(kind: str, audience: Sequence[str]) -> str | None:
    """Return what is wrong with the audience of a change of keys or trust, read or not, or None."""
    if kind not in HEARD_CHANGES or tuple(audience) == PUBLIC:
        return None
    return f"{kind}: for {', '.join(audience)[:_SHOWN]}, must be for {PUBLIC[0]}: everybody goes by it"


def judge_changes(heard: Heard, trust: Trust, *, sizes: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield file and rule of everything that is not logged as formats.md asks in section 6.4.

    Args:
        heard: The records of these kinds that can be read.
        trust: The trust files.
        sizes: Number of entries of each log in the bundle.
    """
    said: list[tuple[Said, Change]] = []
    for one in heard.said:
        if one.kind not in HEARD_CHANGES:
            continue
        try:
            change = parse_change(one.kind, one.statement)
        except RecordError as error:
            yield one.path, f"record {one.index}: {error}"
            continue
        if change.party is not None and change.party != one.party:
            yield one.path, f"record {one.index}: {one.party} announces keys of {change.party}"
            continue
        said.append((one, change))
        if problem := _unknown(change, trust):
            yield one.path, f"record {one.index}: {problem}"
    if trust.chain is not None:
        yield from _unannounced_keys(trust.chain, said, sizes)
        yield from _unannounced_trust(trust.chain, said)


def _unknown(change: Change, trust: Trust) -> str | None:
    """Why no file here is the one that was announced, or None."""
    if trust.chain is None:
        return f"a {change.kind}, and the trust file is of the first form, which never changes"
    if change.party is None:
        ids = [signed.trust_id for signed in trust.chain.versions]
        what = "trust file"
    else:
        ids = [signed.file_id for signed in trust.chain.keys[change.party]]
        what = f"key file of {change.party}"
    if change.version > len(ids):
        return f"announces version {change.version} of the {what}, which was held back: {len(ids)} is here"
    if ids[change.version - 1] != change.file_id:
        return f"announces another version {change.version} of the {what} than is here"
    return None


def _unannounced_keys(
    chain: TrustChain, said: list[tuple[Said, Change]], sizes: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    announced = {(one.party, one.index): change for one, change in said if change.party is not None}
    for party in chain.newest.parties:
        for signed in chain.keys[party.code][1:]:
            change = announced.get((party.code, signed.file.at))
            if change is None or (change.version, change.file_id) != (signed.file.version, signed.file_id):
                size = sizes.get(party.log, 0)
                rule = f"in force from entry {signed.file.at} of {party.log} ({size} are here)"
                yield signed.path, f"{rule}, which does not announce it"


def _unannounced_trust(chain: TrustChain, said: list[tuple[Said, Change]]) -> Iterator[tuple[str, str]]:
    announced = {change.file_id for _, change in said if change.party is None}
    for signed in chain.versions[1:]:
        if signed.trust_id not in announced:
            path = signed.path if signed.trust is not chain.newest else TRUST_NAME
            yield path, f"version {signed.trust.version} of the trust file is announced in no log"
