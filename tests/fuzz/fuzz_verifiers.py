"""Change small bundles, sign them again with real keys, and ask both verifiers: they must agree.

    python tests/fuzz/fuzz_verifiers.py [CORPUS] [options of libFuzzer]

A disagreement, or an exception, stops it: the bundle is kept in tests/fuzz/found. With COUNTERSEAL_FUZZ_ON in the
environment it goes on, and keeps one bundle of each shape of disagreement.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parents[1]
READERS = [
    "verify_bundle",
    "counterseal.records",
    "counterseal.log",
    "counterseal.crypto.canonical",
    "counterseal.crypto.merkle",
    "counterseal.crypto.ed25519",
    "counterseal.crypto.commitment",
]


KEPT, NOT_KEPT = 0, -1
"""What libFuzzer is told: whether an input may become one to start from."""


def main() -> None:
    """Run libFuzzer; it ends the process."""
    atheris = import_module("atheris")
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "verifier"), str(TESTS.parent / "src")]
    with atheris.instrument_imports(include=READERS):
        second = import_module("verify_bundle")
        verdicts = import_module("strategies.verdicts")
    verdicts._second.append(second)
    judge, choices = import_module("fuzz.judge"), import_module("fuzz.choices")
    folder = judge.Folder()

    goes_on, seen = "COUNTERSEAL_FUZZ_ON" in os.environ, set[str]()

    def one(data: bytes) -> int:
        try:
            files = judge.made(data)
        except choices.NothingLeft:
            return NOT_KEPT
        said = asked(files)
        if said and judge.shape(said) not in seen:
            seen.add(judge.shape(said))
            judge.keep(files, said, data)
            if not goes_on:
                raise AssertionError(said)
        return KEPT

    def asked(files: dict[str, bytes]) -> str:
        try:
            return str(judge.disagreement(folder.lay(files)))
        except Exception as error:  # noqa: BLE001 - a verifier that fails is what we look for
            return f"failed: {error!r}"

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
