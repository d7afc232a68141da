"""What was checked, what held, and what did not, with file and rule."""

from dataclasses import dataclass, field
from typing import Any

MAX_SHOWN = 50
MAX_TEXT = 1_000
"""Characters shown of one sentence; some of them may come from a hostile file."""

CHAIN_CHECKS = (
    "names",
    "manifest",
    "listing",
    "file-hashes",
    "trust-form",
    "trust-signatures",
    "trust-pinned",
    "manifest-signature",
    "checkpoints",
    "settled",
    "tiles",
    "roots",
)
ENTRY_CHECKS = (
    "envelopes",
    "headers",
    "signatures",
    "duplicates",
    "feeds",
    "references",
    "bodies",
    "countersignatures",
    "disclosures",
    "escrows",
    "draws",
    "trust-logged",
)
FULL_CHECKS = (*CHAIN_CHECKS, *ENTRY_CHECKS)
PINNED = "trust-pinned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that did not hold: where, and which rule."""

    file: str | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One named check. ``held`` is None when it was not run."""

    name: str
    held: bool | None
    failures: tuple[Failure, ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """Collects the checks of one verification as they run."""

    names: tuple[str, ...]
    _ran: set[str] = field(default_factory=set)
    _cut: set[str] = field(default_factory=set)
    _failures: dict[str, list[Failure]] = field(default_factory=dict)
    _dropped: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    dropped_warnings: int = 0

    def ran(self, *names: str) -> None:
        """Note that checks were run (they hold unless something is refused)."""
        self._ran.update(names)

    def cut(self, *names: str) -> None:
        """Note that checks could not be carried to their end: they do not hold, refused or not."""
        self._cut.update(names)

    def refuse(self, name: str, rule: str, *, file: str | None = None) -> None:
        """Note that a check did not hold; what hostile files put into the words is made printable."""
        self._ran.add(name)
        failures = self._failures.setdefault(name, [])
        if len(failures) < MAX_SHOWN:
            failures.append(Failure(file=None if file is None else _printable(file), rule=_printable(rule)))
        else:
            self._dropped[name] = self._dropped.get(name, 0) + 1

    def warn(self, sentence: str) -> None:
        """Note what a reader should look at, though it refuses nothing."""
        if len(self.warnings) < MAX_SHOWN:
            self.warnings.append(sentence)
        else:
            self.dropped_warnings += 1

    def refused(self, name: str) -> bool:
        """Whether a check was refused so far."""
        return name in self._failures

    def checks(self) -> tuple[Check, ...]:
        """Return every check in its order."""
        return tuple(self._check(name) for name in self.names)

    def _check(self, name: str) -> Check:
        failures = list(self._failures.get(name, ()))
        if more := self._dropped.get(name):
            failures.append(Failure(file=None, rule=f"{more} more of this check are not shown"))
        whole = name in self._ran and name not in self._cut
        held = False if failures else whole or None
        return Check(name=name, held=held, failures=tuple(failures))


def _printable(text: str) -> str:
    """The text on one line, not too long, with nothing in it that a terminal would obey."""
    shown = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of verifying a bundle.

    Attributes:
        trust_fingerprint: Fingerprint over all roots, or None if the trust file could not be read.
        roots: Party code and root fingerprint.
        pinned: Whether ``--trust`` was given; without it the keys come from the bundle itself.
        counts: Numbers of files, logs, records, bodies and checkpoints looked at.
    """

    depth: str
    checks: tuple[Check, ...]
    trust_fingerprint: str | None
    roots: tuple[tuple[str, str], ...]
    pinned: bool
    counts: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]

    @property
    def verified(self) -> bool:
        """Whether every check ran and held; an unpinned trust file is the one allowed gap."""
        return bool(self.checks) and all(
            check.held or (check.held is None and check.name == PINNED and not self.pinned)
            for check in self.checks
        )

    def as_json(self, *, bundle: str) -> dict[str, Any]:
        """Return the JSON document of ``--json``."""
        return {
            "bundle": bundle,
            "depth": self.depth,
            "verified": self.verified,
            "checks": [check_json(check) for check in self.checks],
            "fingerprints": {"trust": self.trust_fingerprint, "roots": dict(self.roots)},
            "pinned": pin_held(self.checks),
            "counts": dict(self.counts),
            "warnings": list(self.warnings),
        }


def pin_held(checks: tuple[Check, ...]) -> bool:
    """Whether the roots were pinned, and are the pinned ones."""
    return any(check.name == PINNED and check.held for check in checks)


def check_json(check: Check) -> dict[str, Any]:
    """Return one check as JSON shows it."""
    failures = [{"file": failure.file, "rule": failure.rule} for failure in check.failures]
    return {"check": check.name, "held": check.held, "failures": failures}
