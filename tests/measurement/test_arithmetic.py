"""Elementary functions: near enough to the true value, and the same bits on every machine."""

import builtins
import importlib
import math
import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from counterseal.barrier.attribute_table import ATTRIBUTES
from counterseal.barrier.decide import decide
from counterseal.barrier.protocol import TEMPLATE
from counterseal.measurement import arithmetic
from counterseal.measurement.errors import MeasurementError
from strategies.bit_equal_source import EXCEPTIONS, Finding, findings
from strategies.fixed_requests import FIXED

mpmath: Any = importlib.import_module("mpmath")
mpmath.mp.dps = 50

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
SOURCE = Path(arithmetic.__file__).parents[2]


def worst_ulps(function: Function, true: Callable[[Any], Any], points: Floats) -> float:
    worst = 0.0
    for point, value in zip(points.tolist(), function(points).tolist(), strict=True):
        exact = true(mpmath.mpf(point))
        unit = float(np.spacing(abs(float(exact))))
        worst = max(worst, abs(float((mpmath.mpf(value) - exact) / unit)))
    return worst


def scaled(x: Any) -> Any:
    return mpmath.exp(x * x) * mpmath.erfc(x)


DRAW = np.random.default_rng(20260401)
CASES: dict[str, tuple[Function, Callable[[Any], Any], Floats, float]] = {
    "exp": (arithmetic.exp, mpmath.exp, DRAW.uniform(-707, 709, 1500), 1.0),
    "exp near 0": (arithmetic.exp, mpmath.exp, DRAW.uniform(-1, 1, 1500), 1.0),
    "log": (
        arithmetic.log,
        mpmath.log,
        np.ldexp(DRAW.uniform(0.5, 1, 1500), DRAW.integers(-1000, 1000, 1500)),
        1.0,
    ),
    "log near 1": (arithmetic.log, mpmath.log, DRAW.uniform(0.5, 2, 1500), 1.0),
    "erf": (arithmetic.erf, mpmath.erf, DRAW.uniform(-6, 6, 1500), 3.0),
    "erf near 0": (arithmetic.erf, mpmath.erf, DRAW.uniform(-0.6, 0.6, 1500), 3.0),
    "erfc": (arithmetic.erfc, mpmath.erfc, DRAW.uniform(-6, 26, 3000), 4.0),
    "erfc_scaled": (arithmetic.erfc_scaled, scaled, DRAW.uniform(0, 8, 3000), 4.0),
}


@pytest.mark.parametrize("name", CASES)
def test_a_function_is_near_its_true_value_in_units_of_the_last_place(name: str) -> None:
    function, true, points, bound = CASES[name]
    assert worst_ulps(function, true, points) <= bound


def test_the_ends_of_the_range() -> None:
    assert arithmetic.exp(math.inf) == math.inf == arithmetic.exp(709.8)
    assert arithmetic.exp(-math.inf) == 0.0 == arithmetic.exp(-746.0)
    assert arithmetic.exp(-745.0) == 5e-324
    assert arithmetic.exp(0.0) == 1.0
    assert arithmetic.log(1.0) == 0.0
    assert arithmetic.log(5e-324) == pytest.approx(-744.4400719213812)
    assert arithmetic.erfc(math.inf) == 0.0
    assert arithmetic.erfc(-math.inf) == 2.0
    assert arithmetic.erf(math.inf) == 1.0
    assert arithmetic.erf(-0.3) == -arithmetic.erf(0.3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: arithmetic.exp(math.nan), "exp: a number is not-a-number"),
        (lambda: arithmetic.log(0.0), "log: every number must be above 0"),
        (lambda: arithmetic.log(math.inf), "log: every number must be above 0"),
        (lambda: arithmetic.erf(math.nan), "erf: a number is not-a-number"),
        (lambda: arithmetic.erfc(math.nan), "erfc: a number is not-a-number"),
        (lambda: arithmetic.erfc_scaled(-1.0), "erfc_scaled: every number must be at least 0"),
        (lambda: arithmetic.normal_quantile(1.0), "normal quantile of 1.0"),
        (lambda: arithmetic.normal_quantile(0.0), "normal quantile of 0.0"),
        (lambda: arithmetic.solve([[1.0, 2.0], [2.0, 1.0]], [1.0, 1.0]), "row 1 depends on those before it"),
        (lambda: arithmetic.solve([[1.0, 2.0]], [1.0]), "must be square"),
        (lambda: arithmetic.solve([[math.nan]], [1.0]), "not a finite number"),
        (lambda: arithmetic.solve([[1.0]], [1.0, 2.0]), "1 rows and values of shape"),
    ],
)
def test_what_has_no_answer_is_refused(call: Callable[[], object], said: str) -> None:
    with pytest.raises(MeasurementError, match=said):
        call()


def test_arrays_keep_their_shape_and_agree_with_single_numbers() -> None:
    table = DRAW.uniform(0.1, 3, (3, 5))
    every: tuple[Any, ...] = (
        arithmetic.exp,
        arithmetic.log,
        arithmetic.erf,
        arithmetic.erfc,
        arithmetic.erfc_scaled,
    )
    for function in every:
        values = function(table)
        assert values.shape == (3, 5)
        assert values.ravel().tolist() == [function(float(x)) for x in table.ravel()]
        assert isinstance(function(1.0), float)


@given(st.lists(st.floats(-1e200, 1e200), max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_total_is_the_exact_sum_rounded_once_in_any_order(values: list[float]) -> None:
    exact = sum((Fraction(value) for value in values), Fraction(0))
    assert arithmetic.total(values) == float(exact) == arithmetic.total(values[::-1])


def test_a_sum_of_products_is_exact_after_the_products() -> None:
    assert arithmetic.dot([1e16, 1.0, -1e16], [1.0, 1.0, 1.0]) == 1.0
    assert arithmetic.total([1e100, 1.0, -1e100]) == 1.0
    assert arithmetic.total([]) == 0.0


@given(st.integers(1, 8), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_equations_are_solved(size: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    root = draw.normal(size=(size, size)) + 3 * np.eye(size)
    matrix = root @ root.T
    wanted = draw.normal(size=size)
    condition = np.linalg.cond(matrix)
    found = arithmetic.solve(matrix, matrix @ wanted)
    assert np.abs(found - wanted).max() <= 1e-14 * condition * (1 + np.abs(wanted).max())
    turned = arithmetic.inverse(matrix)
    assert np.abs(turned @ matrix - np.eye(size)).max() <= 1e-13 * condition
    assert (turned == turned.T).all()


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_a_folded_sum_adds_the_halves(rows: int, seed: int) -> None:
    table = np.random.default_rng(seed).integers(-1000, 1000, (rows, 3)).astype(np.float64)
    kept = table.copy()
    assert arithmetic.folded(table).tolist() == table.sum(axis=0).tolist()
    assert (table == kept).all()


def test_the_order_of_a_folded_sum_is_fixed() -> None:
    """1e16 + 1 is 1e16: (1e16 - 1e16) + (1 + 1) tells the order of halves from that of neighbours."""
    assert arithmetic.folded(np.array([1e16, 1.0, -1e16, 1.0])) == 2.0


def test_normal_tail_and_quantile_are_those_of_the_tables() -> None:
    assert arithmetic.normal_quantile(0.95) == pytest.approx(1.6448536269514722, abs=4e-15)
    assert arithmetic.normal_quantile(0.975) == pytest.approx(1.959963984540054, abs=4e-15)
    assert arithmetic.normal_quantile(0.5) == pytest.approx(0.0, abs=1e-15)
    assert arithmetic.normal_quantile(1e-9) == pytest.approx(-5.997807015007687, abs=4e-15)
    assert arithmetic.normal_tail(1.6448536269514722) == pytest.approx(0.05, rel=1e-15)
    assert arithmetic.normal_tail(6.0) == pytest.approx(9.865876450376981e-10, rel=1e-14)


PROGRAM = """
import hashlib, sys
import numpy as np
from counterseal.measurement import arithmetic as a
grid = np.arange(-40000, 40001, dtype=np.float64) / 1237.0
square = 1.0 + grid[40000:40009]
matrix = [[1.0 / (i + j + 1.0) + (i == j) for j in range(8)] for i in range(8)]
parts = [a.exp(grid * 20.0), a.log(np.abs(grid) + 1e-300), a.erf(grid), a.erfc(grid), a.erfc_scaled(np.abs(grid)),
         np.array([a.total(grid), a.dot(grid, grid), a.normal_quantile(0.9)]), a.inverse(matrix),
         a.solve(matrix, square[:8])]
digest = hashlib.sha256()
for part in parts:
    digest.update(np.ascontiguousarray(part, dtype="<f8").tobytes())
print(digest.hexdigest())
"""
BITS = "107bd43117234c027335163a83ace9736dd09ab448c632638ec9c946ea2a06c4"


def bits(**changed: str) -> str:
    environment = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"], **changed}
    done = subprocess.run(  # a program of this file
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


def features_chosen_at_run_time() -> str:
    """Name what numpy may choose at run time on this machine; all of it can be switched off."""
    show: Any = importlib.import_module("numpy._core._multiarray_umath")
    return " ".join(name for name in show.__cpu_dispatch__ if show.__cpu_features__.get(name))


def test_the_bits_are_those_once_written_down() -> None:
    assert bits() == BITS


def test_the_bits_do_not_depend_on_what_the_processor_can_do() -> None:
    features = features_chosen_at_run_time()
    if not features:
        pytest.skip("numpy chooses nothing at run time on this processor")
    assert bits(NPY_DISABLE_CPU_FEATURES=features) == BITS


@pytest.mark.parametrize(
    "changed",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "77"},
        {"LC_ALL": "de_DE.UTF-8"},
        {"LC_ALL": "C", "TZ": "Asia/Tokyo"},
    ],
)
def test_the_bits_do_not_depend_on_the_surroundings(changed: dict[str, str]) -> None:
    assert bits(**changed) == BITS


# what the sealed process loads

LOADED = """
import sys
from counterseal.barrier.sealed import _warm_up
_warm_up()
for name, module in sorted(sys.modules.items()):
    if name.partition(".")[0] == "counterseal":
        print(name, module.__file__)
"""
"""Behind the last filter nothing can be loaded any more: what is not here cannot decide."""


@cache
def loaded() -> dict[str, Path]:
    """Return every module of this program that the sealed process has when its room is closed."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED],
        env={"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
        text=True,
    )
    pairs = (line.split(" ", 1) for line in done.stdout.splitlines())
    return {name.removeprefix("counterseal."): Path(file) for name, file in pairs}


@cache
def found() -> list[Finding]:
    return [
        finding
        for name, file in loaded().items()
        for finding in findings(file.read_text("utf-8"), module=name)
    ]


def test_what_the_sealed_process_loads_is_all_looked_at() -> None:
    names = set(loaded())
    assert {
        "barrier.decide",
        "barrier.closed_room",
        "measurement.window_fit",
        "measurement.spectrum",
    } <= names
    assert {
        f"measurement.attributes.{attribute.replace('-', '_')}"
        for attribute in ATTRIBUTES
        if attribute != TEMPLATE
    } <= names
    assert all(file.suffix == ".py" for file in loaded().values()), "compiled code cannot be looked at"
    assert not {name for name in names if name.partition(".")[0] in {"app", "services", "stats", "log"}}


def test_what_must_be_bit_equal_calls_only_what_the_standard_defines() -> None:
    """No elementary function, sum or product of a library whose last bit or order is its own affair."""
    strange = [one for one in found() if (one.module, one.function, one.what) not in EXCEPTIONS]
    assert not strange


def test_nothing_is_let_through_that_is_not_there() -> None:
    assert set(EXCEPTIONS) <= {(one.module, one.function, one.what) for one in found()}


def test_what_is_added_by_the_language_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Since Python 3.12 `sum` of floats compensates, and gives other bits than 3.11."""
    real, where = sum, set()

    def watched(values: Any, /, start: Any = 0) -> Any:
        caller = sys._getframe(1).f_globals["__name__"]
        if not caller.startswith("counterseal."):
            return real(values, start)
        listed = list(values)
        assert all(isinstance(value, int | np.integer) for value in [start, *listed]), caller
        where.add(caller.removeprefix("counterseal."))
        return real(listed, start)

    requests = [make() for make in FIXED.values()]
    monkeypatch.setattr(builtins, "sum", watched)
    for request in requests:
        decide(request)
    assert {"barrier.integer_ratio", "measurement.coincidence_rates", "measurement.pulse_quality"} <= where


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import numpy as np\nx = np.exp(1.0)", "np.exp"),
        ("import numpy as np\nx = np.linalg.solve", "np.linalg"),
        ("import numpy as np\nx = np.sum(y)", "np.sum"),
        ("import numpy as np\nx = np.float32(1)", "np.float32"),
        ("import math\nx = math.exp(1.0)", "math.exp"),
        ("import math\nx = math.sumprod(a, b)", "math.sumprod"),
        ("from math import exp", "from math import exp"),
        ("from numpy import exp", "from numpy import exp"),
        ("import numpy", "import numpy"),
        ("import math as m", "import math"),
        ("import json as np", "import json"),
        ("import statistics", "import statistics"),
        ("import random", "import random"),
        ("import time", "import time"),
        ("import locale", "import locale"),
        ("from decimal import Decimal", "from decimal import Decimal"),
        ("x = sum(y)", "sum"),
        ("x = map(sum, y)", "sum"),
        ("x = hash(y)", "hash"),
        ("x = y.sum()", ".sum"),
        ("x = (a * b).mean()", ".mean"),
        ("x = a.dot(b)", ".dot"),
        ("x = a.argsort()", ".argsort"),
        ("x = a @ b", "@"),
        ("a @= b", "@"),
        ("x = a ** 0.5", "**"),
        ("x = 2.0 ** n", "**"),
        ("x **= 2", "**"),
        ("x = round(y, 3)", "round to decimals"),
        ("for x in {1, 2}: pass", "order of a set"),
        ("y = set(z)\nx = [one for one in y]", "order of a set"),
        ("x = list({one for one in z})", "order of a set"),
        ("x = ','.join(set(a) - b)", "order of a set"),
        ("x = (*frozenset(a),)", "order of a set"),
        ("x = {1.5, y}.pop()", "order of a set"),
    ],
)
def test_what_could_differ_is_found(source: str, what: str) -> None:
    text = "def outer():\n" + "\n".join(f"    {line}" for line in source.splitlines())
    assert Finding("m", "outer", what) in findings(text, module="m")


@pytest.mark.parametrize(
    "source",
    [
        "import math\nimport numpy as np\nx = math.fsum(y) + math.sqrt(np.float64(2))",
        "x = 10**9 + 2**n + (-1) ** n",
        "x = round(y)",
        "x = arithmetic.dot(a, b)",
        "x = sorted({1, 2}); y = len(set(x)) == max(set(x)); z = 3 in {1, 2}",
        "from counterseal.measurement.arithmetic import exp, total",
    ],
)
def test_what_is_exact_is_let_through(source: str) -> None:
    assert findings(source, module="m") == []
