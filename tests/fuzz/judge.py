"""Both verifiers, asked of a bundle that was laid out in a folder; what they disagree on is kept."""

import json
import re
import shutil
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from fuzz.choices import Choices
from fuzz.forks import changed_fork
from fuzz.kinds import KINDS
from fuzz.score import Files, Score, score_of
from fuzz.worlds import WORLDS
from strategies.verdicts import FORM, Verdict, ask_first, ask_second, statuses
from verifier.builder import World

FOUND = Path(__file__).parent / "found"
"""Bundles on which the verifiers disagreed: tests ask both again, for ever."""

FORK = "fork.json"
MOST_CHANGES = 3
SPOKEN = frozenset(("countersignatures", "disclosures", "escrows", "draws", "trust-logged"))
CUTS = {
    "signatures": frozenset(("feeds",)),
    "duplicates": SPOKEN | {"feeds", "bodies"},
    "bodies": SPOKEN,
    "countersignatures": frozenset(("draws",)),
}
"""What may be left unsaid of a record, or of what builds on it, when a check that stands before it refused it."""


class Folder:
    """A folder in which one bundle lies after the other; only what differs is written."""

    def __init__(self) -> None:
        self.above = Path(tempfile.mkdtemp(prefix="counterseal-fuzz-"))
        self.root = self.above / "bundle"
        self.files: Files = {}

    def lay(self, files: Files) -> Path:
        """Make the folder hold exactly these files; a fork proof lies beside it."""
        if FORK in files:
            (self.above / FORK).write_bytes(files[FORK])
            return self.above / FORK
        if any(path not in files for path in self.files):
            shutil.rmtree(self.root, ignore_errors=True)
            self.files = {}
        for path, data in files.items():
            if self.files.get(path) != data:
                target = self.root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        self.files = dict(files)
        return self.root

    def remove(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.above, ignore_errors=True)


_worlds: dict[str, World] = {}


def world(name: str) -> World:
    """Return one of the worlds, made once: scores of it may be changed, it may not."""
    if name not in _worlds:
        _worlds[name] = WORLDS[name]()
    return _worlds[name]


def made(data: bytes) -> Files:
    """Return the files that some bytes make: a bundle, or a fork proof."""
    choices = Choices(data)
    name = choices.pick((*WORLDS, FORK))
    return {FORK: changed_fork(choices)} if name == FORK else changed_score(name, choices).play()


def changed_score(name: str, choices: Choices) -> Score:
    """Return the score of a world after some changes."""
    score = score_of(world(name))
    for _ in range(MOST_CHANGES):
        if choices.ended:
            break
        choices.pick(KINDS)(choices, score)
    return score


def disagreement(path: Path) -> str:
    """Return on what the verifiers disagree, or nothing.

    Which check of a fork proof refuses what is not fixed by the page on formats: there the verdict is all.
    """
    if path.name == FORK:
        one, other = statuses(path)
        return "" if one == other else f"exit status {one} and {other}"
    first, second = ask_first(path), ask_second(path)
    if (first.verified, first.status) != (second.verified, second.status):
        return f"verdict {first.status} and {second.status}: {first.failures} and {second.failures}"
    alone = differing(first, second)
    return f"checks {', '.join(alone)}: {first.failures} and {second.failures}" if alone else ""


def differing(first: Verdict, second: Verdict) -> list[str]:
    """Return the checks that one refuses and the other could have refused and did not."""
    begun = {*first.refused[:1], *second.refused[:1]}
    if len(begun) > 1:
        return sorted(begun)
    both, cut = set(first.refused) & set(second.refused), set[str]()
    if both & FORM:
        return []
    for check in both & CUTS.keys():
        cut |= CUTS[check]
    alone = set(first.refused) - set(second.refused) - set(second.not_run)
    alone |= set(second.refused) - set(first.refused) - set(first.not_run)
    return sorted(alone - cut)


def shape(said: str) -> str:
    """Return what was said without the names and numbers of one bundle: two of one shape are one find."""
    return re.sub("[0-9]+", "0", re.sub("[0-9a-f]{8,}", "0", said))[:300]


def keep(files: Files, said: str, data: bytes, into: Path = FOUND) -> Path:
    """Keep a bundle, and what was said of it."""
    place = into / sha256(data).hexdigest()[:16]
    for path, content in files.items():
        target = place / path if path == FORK else place / "bundle" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (place / "said.json").write_text(json.dumps({"from": data.hex(), "said": said}, indent=2) + "\n")
    sys.stderr.write(f"the verifiers disagree; the bundle is kept in {place}\n{said}\n")
    return place
