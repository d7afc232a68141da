"""Both verifiers, asked the same question in the same way."""

import io
import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from counterseal.app.cli.options import parse_pins
from counterseal.app.storage.bundle_folder import open_bundle
from counterseal.records.errors import NoBundleError
from counterseal.records.fork import verify_fork_proof
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.memory_bundle import MemoryBundle

FORM = frozenset(("names", "manifest", "trust-form", "checkpoints", "tiles", "envelopes", "headers"))
"""Checks of form, behind which a verifier may or may not find more to say."""

READ_BY_BOTH = (1, 2)
"""Forms of the trust file that both verifiers read."""

SECOND = Path(__file__).parents[2] / "verifier" / "verify_bundle.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one verifier said.

    Attributes:
        refused: Names of the checks that did not hold, in order.
        failures: Check, file and rule of each refusal.
    """

    status: int
    document: dict[str, Any]

    @property
    def verified(self) -> bool:
        return bool(self.document["verified"])

    @property
    def refused(self) -> tuple[str, ...]:
        return tuple(item["check"] for item in self.document["checks"] if item["held"] is False)

    @property
    def not_run(self) -> tuple[str, ...]:
        return tuple(item["check"] for item in self.document["checks"] if item["held"] is None)

    @property
    def failures(self) -> tuple[tuple[str, str | None, str], ...]:
        return tuple(
            (item["check"], failure["file"], failure["rule"])
            for item in self.document["checks"]
            for failure in item["failures"]
        )

    def rules(self, check: str) -> str:
        """All that is said of one check, as one text."""
        return "\n".join(f"{file}: {rule}" for name, file, rule in self.failures if name == check)

    def files(self) -> frozenset[str]:
        """The files that are named by refusals."""
        return frozenset(file for _, file, _ in self.failures if file is not None)


def _load_second() -> ModuleType:
    spec = spec_from_file_location("second_verifier_under_test", SECOND)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_second: list[ModuleType] = []


def second_module() -> ModuleType:
    """The second verifier as a module, loaded once: as a program it would take 100 ms a time."""
    if not _second:
        _second.append(_load_second())
    return _second[0]


def ask_first(path: Path, *, trust: Sequence[str] = (), depth: str = "full") -> Verdict:
    """Ask the verifier of the package."""
    pins = parse_pins(tuple(trust))
    if path.is_file():
        fork = verify_fork_proof(path.read_bytes(), pins=pins)
        return Verdict(status=0 if fork.verified else 1, document=fork.as_json(path=str(path)))
    result = verify_bundle(open_bundle(path), depth=depth, pins=pins)
    return Verdict(status=0 if result.verified else 1, document=result.as_json(bundle=str(path)))


def ask_second(path: Path, *, trust: Sequence[str] = (), depth: str = "full") -> Verdict:
    """Ask the one-file verifier."""
    arguments = [str(path), "--json", "--depth", depth]
    for pin in trust:
        arguments += ["--trust", pin]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = second_module().main(arguments)
        except SystemExit as leaving:
            status = leaving.code
    assert status in (0, 1), (status, out.getvalue(), err.getvalue())
    return Verdict(status=status, document=json.loads(out.getvalue()))


def ask_both(path: Path, *, trust: Sequence[str] = (), depth: str = "full") -> tuple[Verdict, Verdict]:
    """Ask both; they must agree on acceptance and on exit status."""
    first = ask_first(path, trust=trust, depth=depth)
    second = ask_second(path, trust=trust, depth=depth)
    agreed = (first.verified, first.status) == (second.verified, second.status)
    assert agreed, ("the verifiers disagree", first.failures, second.failures)
    return first, second


def common_refusals(first: Verdict, second: Verdict) -> frozenset[str]:
    """Return the checks that both refuse, after finding that they agree.

    The first check that is refused must be the same. What only one of them refuses, the other must have said it
    could not run, unless both refuse a check of form: what can still be said of broken files is the way of each.
    """
    one, other = set(first.refused), set(second.refused)
    assert first.refused[:1] == second.refused[:1], (first.failures, second.failures)
    if not one & other & FORM:
        assert one - other <= set(second.not_run), ("only the first refuses", one - other, first.failures)
        assert other - one <= set(first.not_run), ("only the second refuses", other - one, second.failures)
    return frozenset(one & other)


def both_refuse(path: Path, *, trust: Sequence[str] = (), depth: str = "full") -> tuple[Verdict, Verdict]:
    """Ask both; both must refuse with exit status 1."""
    verdicts = ask_both(path, trust=trust, depth=depth)
    assert verdicts[0].status == 1, "both verifiers accept it"
    return verdicts


def both_accept(path: Path, *, trust: Sequence[str] = (), depth: str = "full") -> tuple[Verdict, Verdict]:
    """Ask both; both must accept with exit status 0."""
    verdicts = ask_both(path, trust=trust, depth=depth)
    assert verdicts[0].status == 0, verdicts[0].failures
    return verdicts


def is_no_bundle(path: Path) -> bool:
    """Whether the first verifier says that there is nothing to verify."""
    try:
        open_bundle(path)
    except NoBundleError:
        return True
    return False


def write_folder(bundle: MemoryBundle, folder: Path) -> Path:
    """Lay a bundle out as a folder."""
    for path, data in bundle.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def statuses(path: Path, *, trust: Sequence[str] = ()) -> tuple[int, int]:
    """Return the exit status of each verifier, 3 included."""
    try:
        first = ask_first(path, trust=trust).status
    except NoBundleError:
        first = 3
    arguments = [str(path), "--json", *(part for pin in trust for part in ("--trust", pin))]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        second = second_module().main(arguments)
    return first, int(second)
