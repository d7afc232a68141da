"""The chain of trust files and every party's key files: form, and links between versions.

See ``docs/reference/formats.md``, sections 6.2 and 6.3. Read first: ``trust_v2.py`` and ``key_file.py``,
for one file by itself; then ``trust_signatures.py``, for who signed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from counterseal.log.note import NoteKey
from counterseal.records.envelope import KEYS_TYPE, TRUST_TYPE_V2, Envelope, parse_envelope
from counterseal.records.errors import RecordError, TrustError
from counterseal.records.key_file import (
    MAX_KEY_FILE_BYTES,
    KeyFile,
    RetiredKey,
    WorkingKey,
    key_file_id,
    parse_key_file,
)
from counterseal.records.trust_v2 import (
    RootedParty,
    TrustVersion,
    parse_trust_version,
    place_of,
    trust_id,
)
from counterseal.records.trusted import LOG, WITNESS, note_algorithm

TRUST_NAME = "trust/trust.json"
_HISTORY = re.compile(r"trust/history/([1-9][0-9]{0,5})\.json", re.ASCII)
_KEYS = re.compile(r"trust/keys/([a-z][a-z0-9-]{0,31})/([1-9][0-9]{0,5})\.json", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTrust:
    """A version of the trust file in its envelope, and its id."""

    path: str
    data: bytes
    envelope: Envelope
    trust: TrustVersion
    trust_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedKeys:
    """A version of a key file in its envelope, and its id."""

    path: str
    data: bytes
    envelope: Envelope
    file: KeyFile
    file_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustChain:
    """All versions, oldest first: of the trust file, and of each party's key file by party code.

    Attributes:
        whole: Whether every key file is there; not so in a fork proof, which has those that signed.
    """

    versions: tuple[SignedTrust, ...]
    keys: Mapping[str, tuple[SignedKeys, ...]]
    whole: bool = True

    @property
    def newest(self) -> TrustVersion:
        """The trust file that decides now."""
        return self.versions[-1].trust

    def files(self) -> dict[str, bytes]:
        """Return every file of the chain by its path in a bundle."""
        found = {history_path(signed.trust.version): signed.data for signed in self.versions[:-1]}
        found[TRUST_NAME] = self.versions[-1].data
        for row in self.keys.values():
            found |= {signed.path: signed.data for signed in row}
        return found

    def keepers_of_keys(self, code: str, version: int) -> RootedParty | None:
        """Return the party as it stands in the trust file whose keepers sign that version of its key file."""
        named = [party for signed in self.versions if (party := signed.trust.party(code)) is not None]
        if version == 1:
            return named[0] if named else None
        return next((party for party in reversed(named) if party.keys_version < version), None)


def history_path(version: int) -> str:
    """Return where an earlier trust file stands in a bundle."""
    return f"trust/history/{version}.json"


def keys_path(code: str, version: int) -> str:
    """Return where a key file stands in a bundle."""
    return f"trust/keys/{code.lower()}/{version}.json"


@contextmanager
def _at(path: str) -> Iterator[None]:
    try:
        yield
    except TrustError as error:
        error.file = error.file or path
        raise
    except RecordError as error:
        raise TrustError(str(error), file=path) from error


def read_trust_version(data: bytes, *, path: str) -> SignedTrust:
    """Return one trust file in form.

    Raises:
        TrustError: it is not.
    """
    with _at(path):
        envelope = parse_envelope(data, payload_type=TRUST_TYPE_V2, what="trust file")
        trust = parse_trust_version(envelope.payload)
    return SignedTrust(
        path=path, data=data, envelope=envelope, trust=trust, trust_id=trust_id(envelope.payload)
    )


def read_key_file(data: bytes, *, path: str) -> SignedKeys:
    """Return one key file in form.

    Raises:
        TrustError: it is not.
    """
    with _at(path):
        if len(data) > MAX_KEY_FILE_BYTES:
            raise TrustError(f"key file of {len(data)} bytes, at most {MAX_KEY_FILE_BYTES}")
        envelope = parse_envelope(data, payload_type=KEYS_TYPE, what="key file")
        file = parse_key_file(envelope.payload)
    return SignedKeys(
        path=path, data=data, envelope=envelope, file=file, file_id=key_file_id(envelope.payload)
    )


def read_chain(files: Mapping[str, bytes], *, whole: bool = True) -> TrustChain:
    """Return the chain that these files make, by path; signatures are checked apart.

    Args:
        files: The files.
        whole: Whether every key file must be there; else each that is there is judged by itself.

    Raises:
        TrustError: with its file: one is missing, too many, not in form, or does not follow.
    """
    newest = read_trust_version(files[TRUST_NAME], path=TRUST_NAME)
    _require_names(files, newest.trust)
    earlier = [
        read_trust_version(_file(files, history_path(number)), path=history_path(number))
        for number in range(1, newest.trust.version)
    ]
    versions = (*earlier, newest)
    for number, signed in enumerate(versions, start=1):
        with _at(signed.path):
            if number == 1:
                _require_first_keys(signed.trust)
            if signed.trust.version != number:
                raise TrustError(f"trust file of version {signed.trust.version}: must be {number} here")
            if number > 1:
                _require_successor(versions[number - 2], signed)
    read = _read_keys if whole else _read_lone_keys
    keys = {str(party.code): read(files, party, newest.trust.treaty) for party in newest.trust.parties}
    chain = TrustChain(versions=versions, keys={code: row for code, row in keys.items() if row}, whole=whole)
    if whole:
        _require_named_keys(chain)
    elif not chain.keys:
        raise TrustError("no key file of any party", file=TRUST_NAME)
    return chain


def _file(files: Mapping[str, bytes], path: str) -> bytes:
    if path not in files:
        raise TrustError("missing: the chain has a gap here", file=path)
    return files[path]


def _require_names(files: Mapping[str, bytes], newest: TrustVersion) -> None:
    codes = {party.code.lower() for party in newest.parties}
    for path in sorted(files):
        if (earlier := _HISTORY.fullmatch(path)) and int(earlier[1]) >= newest.version:
            raise TrustError(f"not earlier than the trust file, of version {newest.version}", file=path)
        if (keys := _KEYS.fullmatch(path)) and keys[1] not in codes:
            raise TrustError("a key file of nobody in the trust file", file=path)


def _require_first_keys(trust: TrustVersion) -> None:
    for party in trust.parties:
        if party.keys_version != 1:
            raise TrustError(
                f"trust file version 1: names keys of {party.code} of version {party.keys_version}"
            )


def _require_successor(before: SignedTrust, after: SignedTrust) -> None:
    old, new = before.trust, after.trust
    if new.previous != before.trust_id:
        raise TrustError(f"trust file version {new.version}: previous is not the id of the version before")
    if new.treaty != old.treaty:
        raise TrustError(f"trust file version {new.version}: of treaty {new.treaty!r}, before {old.treaty!r}")
    for party in old.parties:
        kept = new.party(party.code)
        if kept is None:
            raise TrustError(f"trust file version {new.version}: {party.code} is missing; a party never goes")
        if (kept.kind, kept.log) != (party.kind, party.log):
            raise TrustError(f"trust file version {new.version}: kind or log of {party.code} changed")
        if kept.keys_version < party.keys_version:
            raise TrustError(f"trust file version {new.version}: names older keys of {party.code}")
    for party in new.parties:
        if old.party(party.code) is None and party.keys_version != 1:
            raise TrustError(
                f"trust file version {new.version}: {party.code} is new, its keys must be version 1"
            )


def _read_keys(files: Mapping[str, bytes], party: RootedParty, treaty: str) -> tuple[SignedKeys, ...]:
    last = max([party.keys_version, *_versions_of_keys(files, party)])
    row: list[SignedKeys] = []
    for number in range(1, last + 1):
        signed = _read_own(files, party, treaty, number=number)
        with _at(signed.path):
            _require_follows(row, signed)
        row.append(signed)
    _require_one_role(row)
    return tuple(row)


def _read_lone_keys(files: Mapping[str, bytes], party: RootedParty, treaty: str) -> tuple[SignedKeys, ...]:
    """Key files without those between them: what they say of others that are not here says nothing."""
    row = [_read_own(files, party, treaty, number=n) for n in _versions_of_keys(files, party)]
    _require_one_role(row)
    for number, signed in enumerate(row):
        for before in row[:number]:
            with _at(signed.path):
                _require_steady(replace(before.file, retired=()), signed.file)
    return tuple(replace(signed, file=replace(signed.file, retired=())) for signed in row)


def _versions_of_keys(files: Mapping[str, bytes], party: RootedParty) -> list[int]:
    names = (found for path in files if (found := _KEYS.fullmatch(path)))
    return sorted(int(found[2]) for found in names if found[1] == party.code.lower())


def _read_own(files: Mapping[str, bytes], party: RootedParty, treaty: str, *, number: int) -> SignedKeys:
    path = keys_path(party.code, number)
    signed = read_key_file(_file(files, path), path=path)
    with _at(path):
        _require_own(signed.file, party, treaty, number=number)
    return signed


def _require_own(file: KeyFile, party: RootedParty, treaty: str, *, number: int) -> None:
    if (file.party, file.treaty, file.version) != (party.code, treaty, number):
        raise TrustError(
            f"key file of {file.party}, treaty {file.treaty!r}, version {file.version}: "
            f"must be of {party.code}, {treaty!r}, {number} here"
        )
    if any(key.name != party.log for key in file.of_role(LOG)):
        raise TrustError(f"key file of {file.party}: log keys must be named {party.log}")
    place = place_of(party.log)
    if not all(key.name.startswith(place) for key in file.of_role(WITNESS)):
        raise TrustError(f"key file of {file.party}: names of witness keys must begin with {place}")


def _require_follows(row: list[SignedKeys], signed: SignedKeys) -> None:
    file = signed.file
    if row:
        before = row[-1]
        if file.previous != before.file_id:
            raise TrustError(f"key file version {file.version}: previous is not the id of the version before")
        if file.at <= before.file.at and (file.version, file.at) != (2, 0):
            raise TrustError(f"key file version {file.version}: at {file.at} is not after {before.file.at}")
    current = {key.key_id for key in file.keys}
    gone = {key.key_id: key.role for one in row for key in one.file.keys if key.key_id not in current}
    if {key.key_id: key.role for key in file.retired} != gone:
        raise TrustError(
            f"key file version {file.version}: retired must name exactly the keys no longer in it"
        )
    if row:
        _require_steady(row[-1].file, file)
    returned = {key.key_id for one in row for key in one.file.retired} & current
    if returned:
        raise TrustError(
            f"key file version {file.version}: key {min(returned)[:16]}… was retired and is back"
        )


def _require_steady(before: KeyFile, after: KeyFile) -> None:
    """A key that stays, stays what it was; what is said of a retired one only becomes less."""
    kept = {key.key_id: (key.role, key.name) for key in before.keys}
    for key in after.keys:
        if kept.get(key.key_id, (key.role, key.name)) != (key.role, key.name):
            raise TrustError(f"key file version {after.version}: {key.key_id[:16]}… changed its role or name")
    said = {key.key_id: key for key in before.retired}
    for now in after.retired:
        then = said.get(now.key_id)
        if then is not None and not _less(now, then):
            raise TrustError(
                f"key file version {after.version}: stands by more of {now.key_id[:16]}… than version "
                f"{before.version} did; what a party stands by can only become less"
            )


def _less(now: RetiredKey, then: RetiredKey) -> bool:
    if then.accepted is not None and (now.accepted is None or now.accepted > then.accepted):
        return False
    before = dict(then.heads)
    return all(size <= before.get(origin, -1) for origin, size in now.heads)


def _require_named_keys(chain: TrustChain) -> None:
    for signed in chain.versions:
        for party in signed.trust.parties:
            named = chain.keys[party.code][party.keys_version - 1]
            if named.file_id != party.keys_id:
                raise TrustError(
                    f"trust file version {signed.trust.version}: names another key file of {party.code}",
                    file=signed.path,
                )


def _require_one_role(row: Sequence[SignedKeys]) -> None:
    """Within a party: what another party lists is its own affair, and proves nothing against this one."""
    roles: dict[bytes, str] = {}
    lines: dict[tuple[str, bytes], str] = {}
    for signed in row:
        for key in signed.file.keys:
            if key.role in (LOG, WITNESS) and lines.setdefault(_line_of(key), key.key_id) != key.key_id:
                raise TrustError(
                    f"key file of {signed.file.party}: lines of {key.key_id[:16]}… and another key "
                    "cannot be told apart: name and key hash are the same",
                    file=signed.path,
                )
            if roles.setdefault(key.public, key.role) != key.role:
                raise TrustError(
                    f"key file of {signed.file.party}: key {key.key_id[:16]}… stands for two things",
                    file=signed.path,
                )


def _line_of(key: WorkingKey) -> tuple[str, bytes]:
    """The name and the 4 bytes by which a note's line names a log's or witness's key."""
    algorithm = note_algorithm(key.role, key.algorithm)
    return key.name, NoteKey(name=key.name, public=key.public, algorithm=algorithm).key_hash


def chain_texts(chain: TrustChain) -> tuple[bytes, ...]:
    """Return the files of a chain in order: trust files by version, then key files by party and version."""
    rows = [chain.keys[code] for code in sorted(chain.keys)]
    trusts = [signed.data for signed in chain.versions]
    return (*trusts, *(signed.data for row in rows for signed in row))


def chain_files(texts: Sequence[bytes]) -> dict[str, bytes]:
    """Return the files of a chain by the path that each has in a bundle, from their bytes in order.

    Args:
        texts: Trust files in order of version, then key files by party and version.

    Raises:
        TrustError: one is neither, none is a trust file, or they are in another order.
    """
    trusts = [text for text in texts if f'"payloadType":"{TRUST_TYPE_V2}"'.encode() in text]
    if not trusts or list(texts[: len(trusts)]) != trusts:
        raise TrustError("trust: trust files come first, and there is at least one")
    found = {history_path(number): text for number, text in enumerate(trusts[:-1], start=1)}
    found[TRUST_NAME] = trusts[-1]
    places = []
    for text in texts[len(trusts) :]:
        file = read_key_file(text, path="trust").file
        places.append((file.party, file.version))
        found[keys_path(file.party, file.version)] = text
    if places != sorted(set(places)):
        raise TrustError("trust: key files must be sorted by party and version, none twice")
    return found
