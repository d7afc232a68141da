"""Run the fuzz: both verifiers on bundles changed and signed again, then every reader of strangers' bytes.

    python tests/fuzz/run.py [--long]

Bounded, it makes the same inputs each time and takes about a minute; long, it takes ten with fresh ones. Where there
is no atheris for this Python or system it says so and is done: the tests have a short fuzz that needs nothing.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent
FOUND = HERE / "found"
COVERAGE = re.compile(r"#(\d+)\s+(?:INITED|DONE)\s+cov: (\d+) ft: (\d+)")
MEMORY = Path("/dev/shm")
"""A folder in memory, faster than a disk: where there is none, any will do."""
STEPS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """A program that runs libFuzzer.

    Attributes:
        runs: How many inputs it tries when it is bounded.
        seconds: How long it runs when it is not.
        longest: Longest input [bytes].
    """

    program: str
    runs: int
    seconds: int
    longest: int

    def command(self, corpus: Path, *, lasting: bool) -> list[str]:
        """Return how it is started."""
        bound = [f"-max_total_time={self.seconds}"] if lasting else [f"-runs={self.runs}", "-seed=1"]
        options = [f"-max_len={self.longest}", "-len_control=0", "-timeout=120", "-rss_limit_mb=4096"]
        place = f"-artifact_prefix={corpus.parent}/artifact-"
        return [sys.executable, str(HERE / self.program), str(corpus), *bound, *options, place]


VERIFIERS = Harness(program="fuzz_verifiers.py", runs=1_500, seconds=400, longest=32)
PARSERS = Harness(program="fuzz_parsers.py", runs=90_000, seconds=200, longest=40_000)


def verifier_seeds() -> Iterator[bytes]:
    """Yield, for every world and kind of change, some bytes that begin with them."""
    from fuzz.kinds import KINDS  # noqa: PLC0415
    from fuzz.worlds import WORLDS  # noqa: PLC0415

    source = random.Random(1)
    for world in range(len(WORLDS) + 1):
        for kind in range(len(KINDS)):
            yield bytes([world, kind]) + source.randbytes(STEPS)


def parser_seeds() -> Iterator[bytes]:
    """Yield, for every reader, something that it accepts or nearly does."""
    from fuzz.readers import READERS, seeds  # noqa: PLC0415

    found = seeds()
    for number, reader in enumerate(READERS):
        yield from (bytes([number]) + data for data in found[reader])


def fuzz(harness: Harness, seeds: Iterator[bytes], *, lasting: bool) -> int:
    """Run one harness, say how far it came, and keep what stopped it."""
    fast = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="counterseal-fuzz-", dir=fast) as above:
        corpus = Path(above) / "corpus"
        corpus.mkdir()
        for data in seeds:
            (corpus / sha256(data).hexdigest()[:16]).write_bytes(data)
        done = subprocess.run(
            harness.command(corpus, lasting=lasting),
            capture_output=True,
            env={**os.environ, "TMPDIR": above},
            text=True,
            errors="replace",
            check=False,
        )
        marks = COVERAGE.findall(done.stderr)
        for label, (inputs, points, features) in zip(("from", "to"), (marks[:1] + marks[-1:]), strict=False):
            say(f"{harness.program}: {label} {points} points and {features} features after {inputs} inputs")
        if done.returncode:
            say(f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
            kept = [keep(path, harness) for path in Path(above).glob("artifact-*")]
            say(f"{harness.program}: stopped; kept {', '.join(map(str, kept)) or 'nothing'}")
        return done.returncode


def say(text: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(f"{text}\n")


def keep(artifact: Path, harness: Harness) -> Path:
    """Keep an input that stopped a harness, where the tests try it again."""
    FOUND.mkdir(exist_ok=True)
    data = artifact.read_bytes()
    place = FOUND / f"{Path(harness.program).stem}-{sha256(data).hexdigest()[:16]}.bin"
    place.write_bytes(data)
    return place


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both harnesses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="ten minutes, fresh inputs")
    lasting = parser.parse_args(arguments).long
    if find_spec("atheris") is None:
        say("fuzz: skipped, there is no atheris for this Python on this system; the tests fuzz a little")
        return 0
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]
    statuses = [
        fuzz(VERIFIERS, verifier_seeds(), lasting=lasting),
        fuzz(PARSERS, parser_seeds(), lasting=lasting),
    ]
    return 1 if any(statuses) else 0


if __name__ == "__main__":
    sys.exit(main())
