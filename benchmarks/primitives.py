"""The parts that every record passes through: the canonical check, and the growing tree."""

import os
from pathlib import Path

import orjson
from benchmarks.bundles import Feed, new_world
from benchmarks.limits import compact_range
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes

from counterseal.crypto.canonical import decode_canonical
from counterseal.log.tree import HashTree

_LEAF_BYTES = 750
_CHUNKS = 20
"""Limit and figure take turns this often, so that both see the same machine."""


def merkle(_work: Path, sizes: Sizes) -> list[Figure]:
    chunk = sizes.leaves // _CHUNKS
    entries = [os.urandom(_LEAF_BYTES) for _ in range(chunk)]
    tree, own, limit = HashTree(), Stopwatch(), Stopwatch()
    for _number in range(_CHUNKS):
        with limit.span(chunk):
            compact_range(entries)
        with own.span(chunk):
            tree.extend(entries)
    return [
        Figure(
            name="merkle-append",
            what=f"appending {sizes.leaves:,} entries of {_LEAF_BYTES} bytes to a tree that keeps all levels",
            reached=own.rate,
            unit="entries/s",
            limit=limit.rate,
            limit_is="a bare compact range, no storage",
            at_least=0.3,
            cpu_s=own.cpu_s + limit.cpu_s,
            wall_s=own.wall_s + limit.wall_s,
        )
    ]


def canonical(_work: Path, sizes: Sizes) -> list[Figure]:
    chunk = sizes.documents // _CHUNKS
    world = new_world()
    code = world.codes[0]
    feed = Feed(world=world, code=code, seen=("2" * 64, "3" * 64), seq=1234, prev="1" * 64)
    data = feed.header(commit="0" * 64, parts=8, size_class=1024)
    own, limit = Stopwatch(), Stopwatch()
    for _number in range(_CHUNKS):
        with limit.span(chunk):
            for _ in range(chunk):
                orjson.dumps(orjson.loads(data), option=orjson.OPT_SORT_KEYS)
        with own.span(chunk):
            for _ in range(chunk):
                decode_canonical(data)
    return [
        Figure(
            name="canonical",
            what=f"strict canonical check of a header of {len(data)} bytes",
            reached=own.rate,
            unit="documents/s",
            limit=limit.rate,
            limit_is="orjson loads + dumps with sorted keys",
            at_least=0.4,
            cpu_s=own.cpu_s + limit.cpu_s,
            wall_s=own.wall_s + limit.wall_s,
        )
    ]
