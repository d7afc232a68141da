"""The effort file: a regime, what it is held against, and what may be chosen, as a person writes it.

Every value is held against the schema ``effort-1.json``, every name against what the file describes, and
every number against the rule of the type that it becomes; a refusal names file, line, field and rule.
"""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from counterseal.design.effort_completeness import CompletenessInput, read_completeness
from counterseal.design.effort_pace import PaceInput, read_pace
from counterseal.design.effort_parts import (
    PackOf,
    Timeliness,
    Utilities,
    read_regime,
    read_strategies,
    read_timeliness,
    read_utilities,
)
from counterseal.design.effort_plan import PlanInput, read_plan
from counterseal.design.effort_sensitivity import Sensitivity, read_sensitivity
from counterseal.design.errors import EffortError
from counterseal.design.regime import Regime
from counterseal.design.strategy import Strategy
from counterseal.treaty.document import Document, Path
from counterseal.treaty.errors import PackError
from counterseal.treaty.schema_check import found
from counterseal.treaty.yaml_document import read_yaml_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """An effort file that holds together.

    Attributes:
        id: Its name.
        title: One line.
        question: What the parties want to know; empty where they did not say.
        context: The stage of disarmament that it is about, None where it does not say.
        treaty: ``(pack id, day)`` whose quotas were read, None where none was named.
        horizon_years: How long the treaty lasts [years].
        goal_p: Chance of detection that the parties want [above 0, below 1].
        regime: What is visited, checked and watched.
        strategies: What it is held against.
        not_considered: What was left out, a sentence each.
        timeliness: How time is counted in games of timing; None where it does not say.
        utilities: What the host stands to lose; None where nobody said.
        plan: What may be chosen; None where nothing may.
        completeness: What is known about undeclared items; None where it says nothing.
        pace: The line of stations, and what is asked of it; None where it says nothing.
        sensitivity: Inputs that are uncertain.
        data: The file as plain data: mappings, lists, text, whole numbers, decimals.
        document: The same with the line of every value.
        sha256: SHA-256 of what it says, whatever its spaces and comments [64 hexadecimal digits].
    """

    id: str
    title: str
    question: str
    context: str | None
    treaty: tuple[str, str] | None
    horizon_years: int
    goal_p: float
    regime: Regime
    strategies: tuple[Strategy, ...]
    not_considered: tuple[str, ...]
    timeliness: Timeliness | None
    utilities: Utilities | None
    plan: PlanInput | None
    completeness: CompletenessInput | None
    pace: PaceInput | None
    sensitivity: tuple[Sensitivity, ...]
    data: dict[str, Any]
    document: Document
    sha256: str

    def strategy(self, name: str) -> Strategy:
        """Return the strategy of that name.

        Raises:
            EffortError: the file has none.
        """
        for one in self.strategies:
            if one.name == name:
                return one
        there = ", ".join(one.name for one in self.strategies)
        raise EffortError(f"{self.document.where}: no strategy {name!r}; there is {there}")


@cache
def effort_schema() -> dict[str, Any]:
    """Return the JSON Schema of effort files, its parts put together."""
    folder = files("counterseal.design").joinpath("schema")
    schema: dict[str, Any] = json.loads(folder.joinpath("effort-1.json").read_bytes())
    for part in ("completeness", "pace"):
        schema["properties"][part] = json.loads(folder.joinpath(f"{part}-1.json").read_bytes())
    return schema


def read_effort(text: str | bytes, *, where: str, pack_of: PackOf) -> Effort:
    """Return what an effort file says.

    Args:
        text: The file as it was read.
        where: Its name, as messages show it.
        pack_of: Finds the treaty pack that it names, if it names one.

    Raises:
        EffortError: it breaks the form, or does not hold together; each with file, line, field and rule.
    """
    try:
        document = read_yaml_document(text, schema=effort_schema(), where=where, fractions=True)
        _require_held(document, document.data, ())
        return effort_of(document, pack_of=pack_of)
    except PackError as error:
        raise EffortError(str(error)) from error


def _require_held(document: Document, value: Any, path: Path) -> None:
    """Require that no number becomes 0 or 1, nothing or certain, only because the program rounds it."""
    if isinstance(value, Decimal) and float(value) in {0.0, 1.0} and value != int(float(value)):
        text = (
            f"found {found(value)}, too near to {float(value):g} to be told from it; write {float(value):g}"
        )
        raise EffortError(document.problem(*path, text=f"{text}, or a number farther off"))
    if isinstance(value, dict | list):
        for step, one in value.items() if isinstance(value, dict) else enumerate(value):
            _require_held(document, one, (*path, step))


def effort_of(document: Document, *, pack_of: PackOf) -> Effort:
    """Return what a document says that meets the schema.

    Args:
        document: The effort file with the line of every value.
        pack_of: Finds the treaty pack that it names.

    Raises:
        EffortError: it does not hold together.
    """
    data = document.data
    regime = read_regime(document, pack_of)
    strategies = tuple(read_strategies(document, regime))
    treaty = data.get("treaty")
    return Effort(
        id=data["id"],
        title=data["title"],
        question=data.get("question", ""),
        context=data.get("context"),
        treaty=None if treaty is None else (treaty["pack"], treaty["on"]),
        horizon_years=data["horizon_years"],
        goal_p=float(data["goal_p"]),
        regime=regime,
        strategies=strategies,
        not_considered=tuple(data["not_considered"]),
        timeliness=read_timeliness(document),
        utilities=read_utilities(document),
        plan=read_plan(document, regime=regime, strategies=strategies),
        completeness=read_completeness(document),
        pace=read_pace(document),
        sensitivity=tuple(read_sensitivity(document)),
        data=data,
        document=document,
        sha256=data_digest(data),
    )


def data_digest(data: Any) -> str:
    """Return the SHA-256 of plain data as JSON with sorted keys, decimals without trailing zeros."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=float)
    return hashlib.sha256(text.encode()).hexdigest()
