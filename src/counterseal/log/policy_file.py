"""Policy files: the text form of a policy, octet by octet, read and written strictly [C2SP-TLOG-POLICY]."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from counterseal.log.cosignature import COSIGNATURE, SUBTREE_COSIGNATURE
from counterseal.log.errors import NoteError, PolicyError
from counterseal.log.note import ED25519, NoteKey, parse_verifier_key
from counterseal.log.policy import Policy, PolicyGroup, PolicyLog, PolicyWitness, shown

MAX_POLICY_BYTES = 2**21
MAX_OF_EACH = 256
"""Most lines of one kind; the specification asks for at least 32."""

_NONE = b"none"
_LOG_TYPES = (ED25519, SUBTREE_COSIGNATURE)
_WITNESS_TYPES = (COSIGNATURE, SUBTREE_COSIGNATURE)
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_BLANK = re.compile(rb"[ \t]+")
_COUNT = re.compile(rb"[1-9][0-9]{0,3}")
_QUORUM_FIELDS = 2
_LEAST_GROUP_FIELDS = 4


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What has been read so far."""

    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[PolicyWitness] = field(default_factory=list)
    groups: list[PolicyGroup] = field(default_factory=list)
    names: set[bytes] = field(default_factory=set)
    grouped: set[bytes] = field(default_factory=set)
    quorum: list[bytes] = field(default_factory=list)

    def define(self, name: bytes) -> None:
        if name == _NONE:
            raise PolicyError("the name none is predefined")
        if name in self.names:
            raise PolicyError(f"the name {shown(name)} is defined twice")
        self.names.add(name)


def parse_policy(data: bytes) -> Policy:
    """Return the policy that a file holds.

    Raises:
        PolicyError: with the number of the line, what was found there and the rule.
    """
    if len(data) > MAX_POLICY_BYTES:
        raise PolicyError(f"policy of {len(data)} bytes, at most {MAX_POLICY_BYTES}")
    if not data.endswith(b"\n"):
        raise PolicyError("policy: every line, the last one too, must end in a line feed")
    reading = _Reading()
    for number, line in enumerate(data[:-1].split(b"\n"), 1):
        try:
            _read_line(line, reading)
        except (PolicyError, NoteError) as error:
            raise PolicyError(f"policy line {number}: {error}") from error
    if not reading.quorum:
        raise PolicyError("policy: no quorum line; write 'quorum none' where no cosignature is asked for")
    quorum = reading.quorum[0]
    return Policy(
        logs=tuple(reading.logs),
        witnesses=tuple(reading.witnesses),
        groups=tuple(reading.groups),
        quorum=None if quorum == _NONE else quorum,
    )


def _read_line(line: bytes, reading: _Reading) -> None:
    if found := _FORBIDDEN.search(line):
        raise PolicyError(f"control character 0x{found[0][0]:02x}; only tab and line feed are allowed")
    text = line.strip(b" \t")
    if not text or text.startswith(b"#"):
        return
    fields = _BLANK.split(text)
    reader = _READERS.get(fields[0])
    if reader is None:
        raise PolicyError(f"keyword {shown(fields[0])[:40]!r}, must be log, witness, group or quorum")
    reader(fields, reading)


def _read_log(fields: list[bytes], reading: _Reading) -> None:
    if len(fields) not in (2, 3):
        raise PolicyError("must be: log <vkey> [<url>]")
    key = _key(fields[1], allowed=_LOG_TYPES, what="log")
    if any(log.key.public == key.public for log in reading.logs):
        raise PolicyError(f"the public key of log {key.name} stands in a log line twice")
    _require_room(reading.logs, what="log")
    reading.logs.append(PolicyLog(key=key, url=_url(fields, 2)))


def _read_witness(fields: list[bytes], reading: _Reading) -> None:
    if len(fields) not in (3, 4):
        raise PolicyError("must be: witness <name> <vkey> [<url>]")
    key = _key(fields[2], allowed=_WITNESS_TYPES, what="witness")
    if any(witness.key.public == key.public for witness in reading.witnesses):
        raise PolicyError(f"the public key of witness {shown(fields[1])} stands in a witness line twice")
    _require_room(reading.witnesses, what="witness")
    reading.define(fields[1])
    reading.witnesses.append(PolicyWitness(name=fields[1], key=key, url=_url(fields, 3)))


def _url(fields: list[bytes], place: int) -> bytes | None:
    return fields[place] if len(fields) > place else None


def _read_group(fields: list[bytes], reading: _Reading) -> None:
    if len(fields) < _LEAST_GROUP_FIELDS:
        raise PolicyError("must be: group <name> all|any|<k> <name>...")
    _, name, rule, *members = fields
    for member in members:
        _require_defined(member, reading)
        if member in reading.grouped:
            raise PolicyError(f"{shown(member)} is a member of a group already, may be once")
        reading.grouped.add(member)
    _require_room(reading.groups, what="group")
    reading.define(name)
    threshold = _threshold(rule, len(members))
    reading.groups.append(PolicyGroup(name=name, threshold=threshold, members=tuple(members)))


def _threshold(rule: bytes, members: int) -> int:
    if rule in (b"all", b"any"):
        return members if rule == b"all" else 1
    if not _COUNT.fullmatch(rule) or int(rule) > members:
        raise PolicyError(f"threshold {shown(rule)[:24]!r}, must be all, any or 1 to {members} in decimal")
    return int(rule)


def _read_quorum(fields: list[bytes], reading: _Reading) -> None:
    if len(fields) != _QUORUM_FIELDS:
        raise PolicyError("must be: quorum <name>")
    if reading.quorum:
        raise PolicyError("a second quorum line, must be exactly one")
    if fields[1] != _NONE:
        _require_defined(fields[1], reading)
    reading.quorum.append(fields[1])


_READERS: dict[bytes, Callable[[list[bytes], _Reading], None]] = {
    b"log": _read_log,
    b"witness": _read_witness,
    b"group": _read_group,
    b"quorum": _read_quorum,
}


def _require_defined(name: bytes, reading: _Reading) -> None:
    if name not in reading.names:
        raise PolicyError(f"{shown(name)} is no witness or group of a line before")


def _require_room(found: Sequence[object], *, what: str) -> None:
    if len(found) >= MAX_OF_EACH:
        raise PolicyError(f"more than {MAX_OF_EACH} {what} lines")


def _key(text: bytes, *, allowed: tuple[int, ...], what: str) -> NoteKey:
    key = parse_verifier_key(text.decode("utf-8", "backslashreplace"))
    if key.algorithm not in allowed:
        types = " or ".join(f"0x{byte:02x}" for byte in allowed)
        raise PolicyError(f"key {key.name} of type 0x{key.algorithm:02x}, a {what}'s must be {types}")
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyParty:
    """A party and the keys by which it witnesses; with two keys, both lines are asked for."""

    name: str
    keys: tuple[NoteKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySide:
    """Parties that stand together, and how many of them must vouch."""

    parties: tuple[PolicyParty, ...]
    threshold: int


def every_side(logs: Sequence[NoteKey], sides: Sequence[PolicySide]) -> Policy:
    """Return the policy by which every one of ``sides`` must vouch for a head of ``logs``.

    Args:
        logs: Keys of the log.
        sides: The sides that must vouch: all but that of the log's own party.

    Raises:
        PolicyError: no side, a party without a key, or a threshold that its side cannot meet.
    """
    if not sides:
        raise PolicyError("policy of every side: there is no side beside the log's own")
    witnesses: list[PolicyWitness] = []
    groups: list[PolicyGroup] = []
    for number, side in enumerate(sides, 1):
        names = tuple(_add_party(party, witnesses, groups) for party in side.parties)
        if not 1 <= side.threshold <= len(names):
            raise PolicyError(f"side {number}: threshold {side.threshold}, must be 1 to {len(names)}")
        groups.append(PolicyGroup(name=f"side-{number}".encode(), threshold=side.threshold, members=names))
    members = tuple(f"side-{number}".encode() for number in range(1, len(sides) + 1))
    groups.append(PolicyGroup(name=b"every-side", threshold=len(members), members=members))
    return Policy(
        logs=tuple(PolicyLog(key=key) for key in logs),
        witnesses=tuple(witnesses),
        groups=tuple(groups),
        quorum=b"every-side",
    )


_KEY_WORDS = {COSIGNATURE: "ed25519", SUBTREE_COSIGNATURE: "ml-dsa-44"}


def _add_party(party: PolicyParty, witnesses: list[PolicyWitness], groups: list[PolicyGroup]) -> bytes:
    name = party.name.encode()
    if not party.keys:
        raise PolicyError(f"party {party.name}: has no witness key to name in a policy")
    if len(party.keys) == 1:
        witnesses.append(PolicyWitness(name=name, key=party.keys[0]))
        return name
    rows = [
        PolicyWitness(name=f"{party.name}/{_KEY_WORDS.get(key.algorithm, key.algorithm)}".encode(), key=key)
        for key in party.keys
    ]
    witnesses += rows
    groups.append(PolicyGroup(name=name, threshold=len(rows), members=tuple(row.name for row in rows)))
    return name


def write_policy(policy: Policy, *, comment: str = "") -> bytes:
    """Return the file of a policy; it is read back before it is given away.

    Args:
        policy: What to write; groups in an order in which each names only what stands before it.
        comment: Lines for people, at the head of the file.

    Raises:
        PolicyError: the policy would break the format.
    """
    rows = [b"# " + row.encode() for row in comment.splitlines()]
    rows += [_row(b"log", log.key.verifier_text().encode(), log.url) for log in policy.logs]
    rows += [
        _row(b"witness", witness.name, witness.key.verifier_text().encode(), witness.url)
        for witness in policy.witnesses
    ]
    rows += [_row(b"group", group.name, _rule(group), *group.members) for group in policy.groups]
    rows.append(_row(b"quorum", _NONE if policy.quorum is None else policy.quorum))
    data = b"\n".join(rows) + b"\n"
    if parse_policy(data) != policy:
        raise PolicyError("policy: a name, address or comment in it does not read back as it was written")
    return data


def _row(*fields: bytes | None) -> bytes:
    return b" ".join(item for item in fields if item is not None)


def _rule(group: PolicyGroup) -> bytes:
    return b"all" if group.threshold == len(group.members) else str(group.threshold).encode()
