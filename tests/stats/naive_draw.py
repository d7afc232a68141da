"""A draw in its plainest form, written from docs/reference/formats.md, 5.7, with lists and nothing of the program.

`python tests/stats/naive_draw.py` writes the vectors again; they never change once they are published.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[1] / "vectors" / "draw"


def domain(name: str, *fields: bytes) -> bytes:
    data = name.encode("ascii") + b"\0"
    for field in fields:
        data += len(field).to_bytes(4, "big") + field
    return sha256(data).digest()


def commitment(draw: str, party: str, value: str) -> str:
    return domain(
        "counterseal/draw/commit/v1", bytes.fromhex(draw), party.encode(), bytes.fromhex(value)
    ).hex()


def seed(draw: str, committed: Sequence[tuple[str, str]]) -> str:
    fields = [bytes.fromhex(draw)]
    for record, value in committed:
        fields += [bytes.fromhex(record), bytes.fromhex(value)]
    return domain("counterseal/draw/seed/v1", *fields).hex()


def positions(seed_hex: str, strata: Sequence[Sequence[int]]) -> list[list[int]]:
    drawn: list[list[int]] = []
    start = 0
    for s, (count, sample) in enumerate(strata):
        a = list(range(count))
        words: list[str] = []
        used = 0
        for i in range(sample):
            below = count - i
            b = len(bin(below - 1)) - 2 if below > 1 else 0
            answer = 0
            while b:
                while used >= len(words):
                    c = len(words) // 4
                    block = domain(
                        "counterseal/draw/stream/v1",
                        bytes.fromhex(seed_hex),
                        s.to_bytes(4, "big"),
                        c.to_bytes(8, "big"),
                    )
                    words += [
                        format(int.from_bytes(block[k : k + 8], "big"), "064b") for k in range(0, 32, 8)
                    ]
                answer = int(words[used][:b], 2)
                used += 1
                if answer < below:
                    break
            j = i + answer
            a[i], a[j] = a[j], a[i]
        drawn.append([start + place for place in a[:sample]])
        start += count
    return drawn


def hex_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


SHAPES = (
    [[1, 1]],
    [[2, 1]],
    [[2, 2]],
    [[3, 3]],
    [[5, 2]],
    [[16, 16]],
    [[17, 5]],
    [[100, 10]],
    [[100, 100]],
    [[1000, 50]],
    [[30, 4], [10, 2]],
    [[4, 0], [1, 1], [7, 7], [65, 3]],
    [[65536, 20]],
    [[65537, 20]],
)


def selection_vectors() -> dict[str, Any]:
    cases = []
    for number, strata in enumerate(SHAPES):
        for turn in range(2):
            given = hex_of(f"selection {number} {turn}")
            cases.append({"seed": given, "strata": strata, "positions": positions(given, strata)})
    return {"cases": cases}


def draw_vectors() -> dict[str, Any]:
    cases = []
    for parties, strata in ((("ARD", "BEL"), [[5, 2]]), (("ARD", "AUD", "BEL"), [[30, 4], [10, 2]])):
        draw = hex_of(f"opening {parties}")
        rows = []
        for party in parties:
            value = hex_of(f"value {parties} {party}")
            rows.append(
                {
                    "party": party,
                    "value": value,
                    "commitment": commitment(draw, party, value),
                    "record": hex_of(f"commitment {parties} {party}"),
                }
            )
        made = seed(draw, [(row["record"], row["value"]) for row in rows])
        cases.append(
            {
                "draw": draw,
                "participants": rows,
                "seed": made,
                "strata": strata,
                "positions": positions(made, strata),
            }
        )
    return {"cases": cases}


def by_hand() -> dict[str, Any]:
    """The small draw that the docs replay with sha256sum."""
    draw, records, values = "d0" * 32, ("a1" * 32, "b1" * 32), ("ac" * 32, "b2" * 32)
    made = seed(draw, list(zip(records, values, strict=True)))
    return {
        "draw": draw,
        "participants": [
            {"party": party, "value": value, "commitment": commitment(draw, party, value), "record": record}
            for party, value, record in zip(("ARD", "BEL"), values, records, strict=True)
        ],
        "seed": made,
        "block": domain("counterseal/draw/stream/v1", bytes.fromhex(made), bytes(4), bytes(8)).hex(),
        "strata": [[5, 2]],
        "positions": positions(made, [[5, 2]]),
    }


MADE = {"selection.json": selection_vectors, "draws.json": draw_vectors, "by_hand.json": by_hand}

if __name__ == "__main__":
    VECTORS.mkdir(parents=True, exist_ok=True)
    for name, make in MADE.items():
        (VECTORS / name).write_text(json.dumps(make(), indent=1) + "\n", encoding="utf-8")
