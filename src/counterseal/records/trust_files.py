"""Reading trust: from the files of a bundle or of a node, in either form, to what they say."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from counterseal.crypto.canonical import encode_canonical
from counterseal.records import forms
from counterseal.records.envelope import TRUST_TYPE, TRUST_TYPE_V2, parse_envelope
from counterseal.records.errors import RecordError, TrustError
from counterseal.records.trust import Trust, trust_of_chain, trust_of_file
from counterseal.records.trust_chain import (
    TRUST_NAME,
    chain_files,
    chain_texts,
    read_chain,
)
from counterseal.records.trust_signatures import signature_problems
from counterseal.records.trust_v1 import parse_trust, require_root_signatures

LIST_TYPE = "counterseal/trust-list/v1"
"""A chain as one file, in the order of a fork proof's list."""

_KEPT_CHAINS = 8
"""Sets of trust files that are remembered read: every bundle brings the same ones again."""

_Files = tuple[tuple[str, bytes], ...]

_CHAINED = f'"payloadType":"{TRUST_TYPE_V2}"'.encode()


def is_chained(data: bytes) -> bool:
    """Whether a trust file claims to be of the second form (so that it is judged as one)."""
    return _CHAINED in data


def parse_trust_files(files: Mapping[str, bytes], *, whole: bool = True) -> Trust:
    """Return what trust files say, by their path in a bundle; their signatures are checked apart.

    Args:
        files: Their bytes.
        whole: Whether a chain must have all its key files; a fork proof has those that signed.

    Raises:
        TrustError: with its file: missing, too many, not in form, or not one chain.
    """
    if TRUST_NAME not in files:
        raise TrustError("the trust file is missing", file=TRUST_NAME)
    data = files[TRUST_NAME]
    if is_chained(data):
        return (
            _chained(tuple(sorted(files.items())))
            if whole
            else trust_of_chain(read_chain(files, whole=False))
        )
    for path in sorted(files):
        if path != TRUST_NAME:
            raise TrustError("the trust file is of the first form, which has no others beside it", file=path)
    try:
        envelope = parse_envelope(data, payload_type=TRUST_TYPE, what="trust file")
        return trust_of_file(parse_trust(envelope.payload), data=data)
    except RecordError as error:
        raise TrustError(str(error), file=TRUST_NAME) from error


@lru_cache(maxsize=_KEPT_CHAINS)
def _chained(files: _Files) -> Trust:
    """Read a chain; the bytes of all its files decide alone what it says. What is refused is not kept."""
    return trust_of_chain(read_chain(dict(files)))


@lru_cache(maxsize=_KEPT_CHAINS)
def _chained_problems(files: _Files) -> tuple[tuple[str, str], ...]:
    chain = _chained(files).chain
    return () if chain is None else tuple(signature_problems(chain))


def trust_signature_problems(trust: Trust) -> Iterator[tuple[str, str]]:
    """Yield file and rule of every root signature that is missing, extra or wrong."""
    if trust.chain is not None:
        files = tuple(sorted(trust.files.items()))
        own = trust.chain.whole and trust.chain is _chained(files).chain  # else not read from these files
        yield from _chained_problems(files) if own else signature_problems(trust.chain)
        return
    envelope = parse_envelope(trust.files[TRUST_NAME], payload_type=TRUST_TYPE, what="trust file")
    try:
        require_root_signatures(envelope, parse_trust(envelope.payload))
    except TrustError as error:
        yield TRUST_NAME, str(error)


def read_trust(files: Mapping[str, bytes]) -> Trust:
    """Return what trust files say, after all their signatures held.

    Raises:
        TrustError: not in form, or a signature does not hold.
    """
    trust = parse_trust_files(files)
    for path, rule in trust_signature_problems(trust):
        raise TrustError(f"{path}: {rule}", file=path)
    return trust


def trust_list(trust: Trust) -> bytes:
    """Return all trust files as one file: that of the first form as it is, those of a chain as a list."""
    if trust.chain is None:
        return trust.files[TRUST_NAME]
    return encode_canonical(
        {"trust": [text.decode() for text in chain_texts(trust.chain)], "type": LIST_TYPE}
    )


def listed_files(data: bytes) -> dict[str, bytes]:
    """Return trust files by path from one file: a trust file by itself, or a list of a chain's.

    Raises:
        TrustError: it claims to be a list and is none.
    """
    if f'"type":"{LIST_TYPE}"'.encode() not in data:
        return {TRUST_NAME: data}
    document = forms.members(forms.decoded(data, what="trust list"), "trust type", what="trust list")
    texts = document["trust"]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise TrustError("trust list: trust must be a list of texts")
    return chain_files([text.encode() for text in texts])
