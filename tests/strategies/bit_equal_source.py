"""What in a source could give other bits with another machine, Python or NumPy, found without running it.

Everything of ``math`` and NumPy is refused but what the standard of floating point, or the definition of the
function, fixes to the last bit. So are sums of the language: since Python 3.12 `sum` of floats compensates.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

EXACT = {
    "np": "abs add all any arange argmax argmin array asarray ascontiguousarray atleast_1d bincount bool_ clip concatenate"
    " copysign count_nonzero cumsum diag diagonal diff dtype empty empty_like errstate eye flatnonzero float64 floor frexp"
    " frombuffer fromstring full full_like inf insert int64 int8 intp isfinite isnan ldexp lexsort max maximum minimum"
    " multiply ndarray ones ones_like pad repeat rint searchsorted sqrt subtract tril tril_indices uint8 union1d where"
    " zeros zeros_like",
    "math": "ceil factorial floor fsum inf isfinite isqrt ldexp nan sqrt",
}
"""`np.cumsum` adds from the first to the last, one after the other: unlike `np.sum`, it has one order."""
IMPORTS = {
    "collections.abc",
    "dataclasses",
    "datetime",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "importlib.resources",
    "itertools",
    "json",
    "math",
    "numpy.typing",
    "re",
    "struct",
    "types",
    "typing",
    "xml.parsers",
    "zlib",
}
"""What may be imported beside the program's own modules and NumPy as ``np``."""
_BUILTINS = {"sum", "pow", "hash", "id", "eval", "exec", "__import__"}
_METHODS = {
    "sum",
    "mean",
    "std",
    "var",
    "dot",
    "prod",
    "cumprod",
    "trace",
    "round",
    "ptp",
    "average",
    "argsort",
    "sort",
    "choice",
}
_OWN_METHODS = {"arithmetic"}
_ORDERS_NOTHING = {"len", "sorted", "min", "max", "any", "all", "set", "frozenset", "bool", "isinstance"}


_WHOLE = "adds whole numbers: no rounding in any order"
EXCEPTIONS = {
    **dict.fromkeys(
        (
            ("barrier.attribute_table", "_require_files", "sum"),
            ("barrier.closing", "thread_count", "sum"),
            ("barrier.integer_peaks", "area_between", "sum"),
            ("barrier.integer_peaks", "fit_heights", "sum"),
            ("barrier.integer_peaks", "grouped", "sum"),
            ("barrier.integer_ratio", "_Run._fit_642", "sum"),
            ("barrier.integer_ratio", "_Run._fit_662", "sum"),
            ("barrier.integer_ratio", "_misfit", "sum"),
            ("barrier.readiness", "", "sum"),
            ("barrier.readiness", "parse_readiness", "sum"),
            ("barrier.wire", "Request.length", "sum"),
            ("measurement.attributes.paired_counts", "counts_between", "sum"),
            ("measurement.coincidence_rates", "_weighted", "sum"),
            ("measurement.coincidence_rates", "net_rates", "sum"),
            ("measurement.coincidence_rates", "sum_of_cycles", "sum"),
            ("measurement.counting_scatter", "counting_covariance", "sum"),
            ("measurement.pulse_quality", "_accidentals", "sum"),
            ("measurement.pulse_quality", "_reals", "sum"),
            ("measurement.pulse_quality", "check_quality", "sum"),
            ("measurement.pulse_quality", "check_reals", "sum"),
            ("measurement.readers.coincidence_cycles", "made_count", "sum"),
            ("measurement.readers.coincidence_cycles", "require_same", "sum"),
            ("measurement.readers.coincidence_cycles", "weighted", "sum"),
            ("measurement.readers.n42_counts", "unpacked", ".sum"),
            ("measurement.spectrum", "Spectrum.total", "sum"),
        ),
        _WHOLE,
    ),
    **dict.fromkeys(
        (
            *(("barrier.acts", "", f"import {name}") for name in ("os", "signal")),
            *(
                ("barrier.closed_room", "", f"import {name}")
                for name in ("importlib", "os", "sys", "time", "warnings")
            ),
            ("barrier.closed_room", "", "from pathlib import Path"),
            *(
                ("barrier.closing", "", f"import {name}")
                for name in ("ctypes", "os", "resource", "signal", "stat", "sys")
            ),
            ("barrier.closing", "", "from pathlib import Path"),
            *(("barrier.kernel", "", f"import {name}") for name in ("ctypes", "platform", "sys")),
            ("barrier.seccomp", "", "import os"),
        ),
        "closes the room and keeps its tick: no figure of the decision passes here",
    ),
}
"""What is let through, by module, function and what it is, and why."""


@dataclass(frozen=True, order=True)
class Finding:
    """Something that may depend on the machine: in which function of which module, and what."""

    module: str
    function: str
    what: str


def findings(source: str, *, module: str) -> list[Finding]:
    """Return what a module's source holds that may depend on the machine, in order and each once."""
    tree = ast.parse(source)
    found = {Finding(module, function, what) for function, node in _walk(tree, "") for what in _doubts(node)}
    for function, body in _functions(tree):
        found |= {Finding(module, function, what) for what in _orders_of_sets(body)}
    return sorted(found)


def _walk(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield every node with the name of the function that it stands in."""
    for child in ast.iter_child_nodes(node):
        inner = function
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{function}.{child.name}" if function else child.name
        yield inner, child
        yield from _walk(child, inner)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    yield "", tree
    for function, node in _walk(tree, ""):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield function, node


def _doubts(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(value=ast.Name(id=base), attr=name) if base in EXACT:
            if name not in EXACT[base].split():
                yield f"{base}.{name}"
        case ast.Attribute(value=base, attr=name) if name in _METHODS:
            if not (isinstance(base, ast.Name) and base.id in _OWN_METHODS):
                yield f".{name}"
        case ast.Name(id=name, ctx=ast.Load()) if name in _BUILTINS:
            yield name
        case ast.Call(func=ast.Name(id="round"), args=[_, _, *_]):
            yield "round to decimals"
        case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
            yield "@"
        case ast.BinOp(op=ast.Pow(), left=left) if not _is_whole(left):
            yield "**"
        case ast.AugAssign(op=ast.Pow()):
            yield "**"
        case ast.Import() | ast.ImportFrom():
            yield from _imports(node)


def _is_whole(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and type(node.value) is int


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for name in node.names:
            plain = (name.name, name.asname or name.name) in {("numpy", "np"), ("math", "math")}
            if not plain and not (name.name in IMPORTS - set(EXACT) and name.asname is None):
                yield f"import {name.name}"
        return
    origin = node.module or ""
    for name in node.names:
        known = EXACT["math"].split() if origin == "math" else None
        own = origin.partition(".")[0] == "counterseal"
        if not own and (origin not in IMPORTS if known is None else name.name not in known):
            yield f"from {origin} import {name.name}"


def _orders_of_sets(function: ast.AST) -> Iterator[str]:
    """Yield where the order of a set counts: that of texts differs from one process to the next."""
    names = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _is_set(node.value, set())
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        gone_through: list[ast.expr] = []
        if isinstance(node, ast.For | ast.comprehension):
            gone_through = [node.iter]
        elif isinstance(node, ast.Starred):
            gone_through = [node.value]
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            gone_through = [] if name in _ORDERS_NOTHING else list(node.args)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "pop":
                gone_through = [node.func.value]
        if any(_is_set(one, names) for one in gone_through):
            yield "order of a set"


def _is_set(node: ast.expr, names: set[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Name(id=name):
            return name in names
        case ast.BinOp(left=left, op=ast.Sub() | ast.BitAnd() | ast.BitOr() | ast.BitXor(), right=right):
            return _is_set(left, names) or _is_set(right, names)
    return False
