"""Give everything that reads bytes of strangers bytes that nobody would write: it may refuse, and nothing else.

    python tests/fuzz/fuzz_parsers.py [CORPUS] [options of libFuzzer]

An exception that is not one of the program's own stops it; libFuzzer keeps the bytes.
"""

import random
import sys
from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOMS = [
    "counterseal.records",
    "counterseal.log",
    "counterseal.crypto",
    "counterseal.measurement.readers",
    "counterseal.barrier",
    "counterseal.treaty",
    "counterseal.app.storage",
]


def main() -> None:
    """Run libFuzzer; it ends the process."""
    atheris = import_module("atheris")
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]
    with atheris.instrument_imports(include=ROOMS):
        readers = import_module("fuzz.readers")

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        if seed % 2:
            return bytes(atheris.Mutate(data, size))
        return bytes(readers.changed(data, size, random.Random(seed).randbytes(12)))

    atheris.Setup(sys.argv, readers.read, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
