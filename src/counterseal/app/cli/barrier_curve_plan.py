"""What ``counterseal barrier curve`` reads, works out in several processes, and writes."""

import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any, TypedDict

import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from counterseal.app.cli import measurement_store as store
from counterseal.app.cli.barrier_files import read_protocol_file
from counterseal.app.plots_operating_curve import draw_axis
from counterseal.barrier.decide import prepared
from counterseal.barrier.operating_curve import sweep
from counterseal.barrier.operating_curve.curve import (
    Block,
    Judged,
    OperatingCurve,
    Plan,
    blocks,
    operating_curve,
    work_out,
)
from counterseal.barrier.operating_curve.items_form import parse_items
from counterseal.barrier.operating_curve.usual_items import usual_document
from counterseal.barrier.protocol import Protocol
from counterseal.barrier.protocol_form import Part, ProtocolError
from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.treaty.yaml_document import read_yaml_document

CONFIDENCE = Fraction(99, 100)
TIME_FACTORS = (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2))
THRESHOLD_FACTORS = (Fraction(4, 5), Fraction(1), Fraction(5, 4))
SYSTEMATIC_FACTORS = (Fraction(0), Fraction(1), Fraction(2))
_MAX_YAML = 2**20


class CurveGiven(TypedDict):
    """The options of the command, as they were typed."""

    items_file: Path | None
    seed: int
    runs: int
    times: str | None
    thresholds: str | None
    systematics: str | None
    vary: tuple[str, ...]
    jobs: int | None


def planned(protocol_file: Path, given: CurveGiven) -> tuple[Plan, dict[str, Any]]:
    """Return what is to be simulated, and the items as data.

    Raises:
        RefusedInputError: protocol, items or values are not in form; says where.
    """
    protocol, document = read_protocol_file(protocol_file)
    with store.refusals_of(document):
        prepared(protocol)
    if given["items_file"] is None:
        items_document = usual_document(protocol)
        items = parse_items(items_document)
    else:
        read = read_yaml_document(
            store.read_capped(given["items_file"], most=_MAX_YAML),
            schema=None,
            where=str(given["items_file"]),
        )
        with store.refusals_of(read):
            items = parse_items(read.data)
        items_document = read.data
    axes = tuple(_axes(protocol, given))
    return (
        Plan(protocol=protocol, items=items, axes=axes, seed=given["seed"], runs=given["runs"]),
        items_document,
    )


def _axes(protocol: Protocol, given: CurveGiven) -> Iterator[sweep.Axis]:
    agreed_s = protocol.measuring.time_s
    times_s = numbers(given["times"], what="--times") or tuple(agreed_s * factor for factor in TIME_FACTORS)
    yield sweep.time_axis(protocol, (*times_s, agreed_s))
    for kind, option, usual in (
        (sweep.THRESHOLD, "thresholds", THRESHOLD_FACTORS),
        (sweep.SYSTEMATIC, "systematics", SYSTEMATIC_FACTORS),
    ):
        typed = given["thresholds"] if kind == sweep.THRESHOLD else given["systematics"]
        factors = numbers(typed, what=f"--{option}") or usual
        axis = sweep.factor_axis(protocol, kind, (*factors, Fraction(1)))
        if axis is not None:
            yield axis
        elif typed is not None:
            raise RefusedInputError(f"--{option}: the protocol has nothing of the kind that is not 0")
    for one in given["vary"]:
        place, equals, values = one.partition("=")
        if not equals:
            raise RefusedInputError(f"--vary {one[:80]!r}: must be PLACE=NUMBER,NUMBER,...")
        yield sweep.place_axis(protocol, place, numbers(values, what=f"--vary {place[:80]}"))


def numbers(typed: str | None, *, what: str) -> tuple[Fraction, ...]:
    """Return the numbers that were typed with commas between them; none for nothing.

    Raises:
        RefusedInputError: one is no decimal number.
    """
    if typed is None:
        return ()
    try:
        return tuple(Part(value=one.strip()).decimal() for one in typed.split(","))
    except ProtocolError as error:
        raise RefusedInputError(f"{what} {typed[:80]!r}: must be decimal numbers such as 0.5,1,2") from error


def worked_out(plan: Plan, *, jobs: int | None) -> OperatingCurve:
    """Return the curve of a plan; however many processes work, it is the same."""
    todo = blocks(plan)
    workers = min(
        jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or 1, len(todo)
    )
    if workers == 1:
        done: Iterable[Judged] = (work_out(plan, block) for block in todo)
        return operating_curve(plan, _watched(done, total=len(todo)), confidence=CONFIDENCE)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_Worker.begin, initargs=(plan,)
    ) as pool:
        done = pool.map(_Worker.work, todo)
        return operating_curve(plan, _watched(done, total=len(todo)), confidence=CONFIDENCE)


class _Worker:
    """A process that works out blocks of one plan."""

    plan: Plan

    @classmethod
    def begin(cls, plan: Plan) -> None:
        """Keep the plan."""
        cls.plan = plan

    @classmethod
    def work(cls, block: Block) -> Judged:
        """Work out a block of it."""
        return work_out(cls.plan, block)


def _watched(done: Iterable[Judged], *, total: int) -> Iterator[Judged]:
    """Yield what is done, and show how much of it is, on standard error where somebody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Simulating", total=total)
        for one in done:
            progress.advance(task)
            yield one


def require_free(folder: Path) -> None:
    """Refuse a folder that has something in it.

    Raises:
        WorkplaceError: it has, or is no folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkplaceError(f"--out {folder}: is there already and not an empty folder")


def write_all(
    folder: Path, found: OperatingCurve, document: Mapping[str, Any], items_document: Mapping[str, Any]
) -> list[str]:
    """Write figures, items and plots, and return the names of the files.

    Raises:
        WorkplaceError: the folder cannot be written.
    """
    files = {
        "curve.json": (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(),
        "items.yaml": yaml.safe_dump(items_document, sort_keys=False, allow_unicode=True, width=120).encode(),
    }
    for number, (axis, _) in enumerate(found.axes):
        name = (
            axis.name if axis.name in {sweep.TIME, sweep.THRESHOLD, sweep.SYSTEMATIC} else f"varied-{number}"
        )
        for form in ("svg", "png"):
            files[f"curve-{name}.{form}"] = draw_axis(found, number, form=form)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            with (folder / name).open("xb") as file:
                file.write(data)
    except OSError as error:
        raise WorkplaceError(f"--out {folder}: cannot be written: {error.strerror or error}") from error
    return list(files)
