"""The arrows of docs/architecture: every import points down, every screen stays thin.

`MAY_IMPORT` is the table of the design. A file belongs to a room by its place; a room may import
itself, the rooms of its row and nothing else of ours.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

GROUND = {"records", "quantity", "named_file", "errors"}
MATHS = {"value", *GROUND}
MAY_IMPORT = {
    "app.py": {"api", "services"},
    "pages": {"pages/parts", "services", *GROUND},
    "pages/parts": {"services", *GROUND},
    "api": {"services", *GROUND},
    "cli": {"services", *GROUND},
    "notebook": {"services", "evaluation", "in_life", "reports", *MATHS},
    "services": {
        "store",
        "intake",
        "planning",
        "evaluation",
        "in_life",
        "proof",
        "reports",
        *MATHS,
    },
    "store": {"records", "errors"},
    "intake": GROUND,
    "planning": MATHS,
    "evaluation": MATHS,
    "in_life": MATHS,
    "proof": MATHS,
    "reports": MATHS,
    "value": GROUND,
    "records": {"quantity", "errors"},
    "quantity": {"errors"},
    "named_file": {"errors"},
    "errors": set(),
}
SCREENS = {"app.py", "pages", "pages/parts"}
ONLY_IN = {
    "duckdb": {"store"},
    "streamlit": SCREENS,
    "altair": SCREENS,
    "starlette": {"api"},
    "fastapi": {"api"},
    "pickle": set(),
    "cloudpickle": set(),
    "joblib": set(),
    "shelve": set(),
    "marshal": set(),
}
MAX_LINES = 400
MAX_PAGE_LINES = 120
MAX_APP_LINES = 80
BANNED_CALLS = {"eval", "exec", "compile", "__import__"}
BANNED_ATTRIBUTES = {"read_pickle", "to_pickle"}
BANNED_STREAMLIT = {"html", "iframe"}
SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|ALTER TABLE|PRAGMA)\b")
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)


def room_of(path: str) -> str:
    """The room of a file, given its path from the root: 'mlpm_core/store/x.py' is in 'store'."""
    if path.startswith("pages/parts"):
        return "pages/parts"
    top, _, rest = path.partition("/")
    return rest.split("/")[0].removesuffix(".py") if top == "mlpm_core" else top


def room_of_module(module: str) -> str | None:
    """The room an imported module lives in; None when it is not ours."""
    parts = module.split(".")
    if parts[0] == "pages":
        return "pages/parts" if parts[1:2] == ["parts"] else "pages"
    if parts[0] == "mlpm_core" and len(parts) > 1:
        return parts[1]
    return {"app": "app.py", "tests": "tests", "benchmarks": "benchmarks"}.get(parts[0])


def imported_modules(tree: ast.Module) -> list[str]:
    """Every module a file imports, wherever in the file; `from a import b` counts as a and a.b."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                found.append("." * node.level + (node.module or ""))
            elif node.module == "mlpm_core":
                names = [alias.name for alias in node.names]
                found += [f"mlpm_core.{name}" for name in names if not name.startswith("__")]
            elif node.module == "pages":
                found += [f"pages.{alias.name}" for alias in node.names]
            elif node.module in {"mlpm_core.services", "mlpm_core.intake", "pages.parts"}:
                found += [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                found.append(node.module or "")
        elif (
            isinstance(node, ast.Call)
            and _name(node.func).split(".")[-1] in {"import_module", "__import__"}
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            found.append(str(node.args[0].value))
    return found


def wrong_arrows(path: str, source: str) -> list[str]:
    """Imports that the table does not allow."""
    room = room_of(path)
    if path == "mlpm_core/__init__.py":
        allowed = {"value"}  # its package is what a notebook calls
    elif room not in MAY_IMPORT:
        return [f"{path}: '{room}' is no room of the design"]
    else:
        allowed = MAY_IMPORT[room] | ({room} if room != "pages" else set())
    wrong = []
    for module in imported_modules(ast.parse(source)):
        target = room_of_module(module)
        package = module.split(".")[0]
        if module.startswith("."):
            wrong.append(f"{path}: relative import '{module}'; write the whole name")
        elif target is not None and target not in allowed:
            wrong.append(f"{path}: '{room}' may not import '{target}' ({module})")
        elif room not in ONLY_IN.get(package, {room}):
            wrong.append(f"{path}: '{room}' may not import '{package}'")
    return wrong


def banned_words(path: str, source: str) -> list[str]:
    """Calls that would let data become code or markup."""
    wrong = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in BANNED_CALLS:
                wrong.append(f"{path}:{node.lineno}: {node.func.id}()")
        elif isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
            wrong.append(f"{path}:{node.value.lineno}: unsafe_allow_html")
        elif isinstance(node, ast.Attribute):
            on_streamlit = _name(node.value).split(".")[0] in {"st", "streamlit"}
            if node.attr in BANNED_ATTRIBUTES or (on_streamlit and node.attr in BANNED_STREAMLIT):
                wrong.append(f"{path}:{node.lineno}: {_name(node)}")
            if _name(node).endswith("components.v1"):
                wrong.append(f"{path}:{node.lineno}: components.v1")
    if any("components.v1" in module for module in imported_modules(ast.parse(source))):
        wrong.append(f"{path}: components.v1")
    return wrong


def thick_page(path: str, source: str) -> list[str]:
    """What a page does that belongs below it: functions, classes, arithmetic, `try`.

    Text, paths and lists may be put together (`"a" + name`, `folder / "x.py"`): an operator counts
    as arithmetic unless one side is visibly text or a list. Lambdas are allowed, for they are
    arguments; arithmetic inside them is not.
    """
    wrong = []
    if (n_lines := source.count("\n")) > MAX_PAGE_LINES:
        wrong.append(f"{path}: {n_lines} lines; a page has at most {MAX_PAGE_LINES}")
    for node in ast.walk(ast.parse(source)):
        where = f"{path}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef):
            wrong.append(f"{where}: '{node.name}' defined in a page")
        elif isinstance(node, ast.FunctionDef) and not any(map(_is_fragment, node.decorator_list)):
            wrong.append(f"{where}: function '{node.name}' is not a fragment")
        elif isinstance(node, ast.Try):
            wrong.append(f"{where}: try; the guard turns errors into sentences")
        elif (isinstance(node, ast.AugAssign) and isinstance(node.op, ARITHMETIC)) or (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ARITHMETIC)
            and not (_is_text(node.left) or _is_text(node.right))
        ):
            wrong.append(f"{where}: arithmetic")
    return wrong


def hidden_sql(path: str, source: str) -> list[str]:
    """SQL outside the store: statements in capitals, or calls that would run them."""
    wrong = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and SQL.search(node.value)
        ):
            wrong.append(f"{path}:{node.lineno}: SQL")
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"execute", "executemany", "sql"}
        ):
            wrong.append(f"{path}:{node.lineno}: .{node.func.attr}()")
    return wrong


def _name(node: ast.expr) -> str:
    """The dotted name of an expression; empty when it is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return ""


def _is_fragment(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return _name(called) in {"st.fragment", "fragment"}


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr | ast.List | ast.ListComp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def files(*patterns: str) -> list[tuple[str, str]]:
    """Path from the root and text of every file that matches."""
    found = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
    return [(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in found]


OURS = ("app.py", "pages/**/*.py", "mlpm_core/**/*.py")
PAGES = [(path, text) for path, text in files("pages/**/*.py") if room_of(path) == "pages"]


def test_every_arrow_points_down():
    found = files(*OURS)
    assert {"app.py", "mlpm_core/errors.py"} <= {path for path, _ in found}
    assert [wrong for path, text in found for wrong in wrong_arrows(path, text)] == []


def test_no_data_becomes_code_or_markup():
    found = files(*OURS)
    assert [wrong for path, text in found for wrong in banned_words(path, text)] == []


def test_pages_are_thin():
    assert [wrong for path, text in PAGES for wrong in thick_page(path, text)] == []


def test_screens_routes_and_commands_hold_no_sql():
    thin = files("app.py", "pages/**/*.py", "mlpm_core/api/**/*.py", "mlpm_core/cli/**/*.py")
    assert [wrong for path, text in thin for wrong in hidden_sql(path, text)] == []


def test_no_file_is_too_long():
    lengths = {path: text.count("\n") for path, text in files(*OURS, "tests/**/*.py")}
    assert {path: n for path, n in lengths.items() if n > MAX_LINES} == {}
    assert lengths["app.py"] < MAX_APP_LINES


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("mlpm_core/value/worth.py", "from mlpm_core.store import connection"),
        (
            "mlpm_core/value/worth.py",
            "def f():\n    import mlpm_core.services.valuation.value_cases",
        ),
        ("mlpm_core/value/worth.py", "from mlpm_core import services"),
        ("mlpm_core/value/worth.py", "from ..store import connection"),
        ("mlpm_core/planning/estimate.py", "from mlpm_core.in_life import drift"),
        ("mlpm_core/services/x.py", "import duckdb"),
        ("mlpm_core/services/x.py", "import streamlit as st"),
        ("mlpm_core/services/x.py", "import importlib\nimportlib.import_module('duckdb')"),
        ("mlpm_core/intake/x.py", "from mlpm_core.store import store"),
        ("mlpm_core/store/x.py", "import pickle"),
        ("mlpm_core/errors.py", "from mlpm_core.quantity import parse"),
        ("mlpm_core/odds/x.py", ""),
        ("pages/overview/portfolio.py", "from mlpm_core.store import store"),
        ("pages/overview/portfolio.py", "import pages.overview.other"),
        ("pages/parts/common/queries.py", "from mlpm_core.value import worth"),
        ("app.py", "from mlpm_core.records import project"),
    ],
)
def test_a_wrong_arrow_is_found(path, source):
    assert wrong_arrows(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("mlpm_core/store/x.py", "import duckdb\nfrom mlpm_core.records import project"),
        ("mlpm_core/quantity.py", "from mlpm_core.errors import InputError"),
        ("pages/frame.py", "import streamlit as st\nfrom pages.parts import panels"),
        (
            "pages/parts/common/charts.py",
            "import altair\nfrom pages.parts.common.queries import store",
        ),
        ("mlpm_core/api/routes.py", "from mlpm_core import __version__"),
    ],
)
def test_a_right_arrow_is_allowed(path, source):
    assert wrong_arrows(path, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "eval('1')",
        "st.html('x')",
        "st.markdown('x', unsafe_allow_html=True)",
        "import streamlit.components.v1 as components",
        "from streamlit.components.v1 import declare_component",
        "st.components.v1.iframe('x')",
        "pandas.read_pickle('x')",
    ],
)
def test_a_banned_word_is_found(source):
    assert banned_words("pages/x.py", source)


@pytest.mark.parametrize(
    "source",
    [
        "class Card: ...",
        "def helper(): ...",
        "gain = value - cost",
        "total += 1",
        "st.metric('x', rate * 100)",
        "try:\n    x\nexcept ValueError:\n    y",
        "\n" * 121,
    ],
)
def test_a_thick_page_is_found(source):
    assert thick_page("pages/x.py", source)


def test_a_thin_page_is_allowed():
    source = (
        "@st.fragment(run_every=2)\ndef live():\n    st.write('a' + name)\nst.Page(HERE / 'x.py')"
    )
    assert thick_page("pages/x.py", source) == []


def test_sql_in_a_page_is_found_and_english_is_not():
    assert hidden_sql("pages/x.py", "store.execute('x')")
    assert hidden_sql("pages/x.py", "q = 'SELECT 1'")
    assert hidden_sql("pages/x.py", "st.info('Select a project from the list')") == []
