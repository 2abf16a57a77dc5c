"""The floors within rooms: no import goes up, no files import each other, even for types."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from tests.contract.test_architecture import OURS, ROOT, files, imported_modules

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FLOORS = {
    "services": (
        "session", "valuation", "ingest", "plan", "evaluate", "in_life", "admin", "lifecycle",
    ),
    "pages/parts": ("common", "plan", "evaluate", "in_life", "data", "overview"),
    "intake": ("messages", "files", "columns", "parsed_file", "pipeline", "sandbox"),
}  # fmt: skip
"""The rooms within a room, from the ground up: each may import those before it."""


def within(place: str) -> tuple[str, str] | None:
    """The room with floors and the floor of a file's path, if it has one."""
    for room, floors in FLOORS.items():
        inside = place.removeprefix(f"{room if room == 'pages/parts' else f'mlpm_core/{room}'}/")
        floor = inside.split("/")[0].removesuffix(".py")
        if inside != place and floor in floors:
            return room, floor
    return None


def arrows_up(path: str, source: str) -> list[str]:
    """Imports of a floor from one below it, those that serve types alone too."""
    here = within(path)
    wrong = []
    for module in imported_modules(ast.parse(source)) if here else []:
        there = within(module.replace(".", "/"))
        if here and there and here[0] == there[0]:
            floors = FLOORS[here[0]]
            if floors.index(there[1]) > floors.index(here[1]):
                wrong.append(f"{path}: '{here[1]}' may not import '{there[1]}' ({module})")
    return wrong


def modules_imported(path: str, source: str, ours: Collection[str]) -> set[str]:
    """Which of our modules a file imports, for their types too."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inside & set(ours)
            if any(f"{node.module}.{alias.name}" not in ours for alias in node.names):
                found |= {node.module} & set(ours)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & set(ours)
    return found - {module_of(path)}


def module_of(path: str) -> str:
    """The dotted name of a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def circles(arrows: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Modules that import each other in a loop."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return [list(error.args[1])]
    return []


def test_no_floor_imports_from_one_above():
    assert [wrong for path, text in files(*OURS) for wrong in arrows_up(path, text)] == []
    for room, floors in FLOORS.items():
        top = ROOT / (room if room == "pages/parts" else f"mlpm_core/{room}")
        names = {p.stem for p in top.iterdir() if p.is_dir() and not p.name.startswith("__")}
        assert names <= set(floors)


def test_no_files_import_each_other_in_a_circle_not_even_for_types():
    found = {module_of(path): (path, text) for path, text in files(*OURS)}
    assert circles({m: modules_imported(*found[m], found) for m in found}) == []
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"]})


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "mlpm_core/services/ingest/x.py",
            "from mlpm_core.services.evaluate.decisions import decide",
        ),
        (
            "mlpm_core/services/session/x.py",
            "if TYPE_CHECKING:\n    from mlpm_core.services.lifecycle import serving",
        ),
        ("pages/parts/common/x.py", "from pages.parts.in_life import tables"),
        ("mlpm_core/intake/files/x.py", "from mlpm_core.intake.columns.header import Header"),
    ],
)
def test_an_import_from_a_floor_above_is_found(path, source):
    assert arrows_up(path, source)


def test_the_floors_are_those_of_the_document():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for room, floors in FLOORS.items():
        row = f"| `{room}` | {', '.join(f'`{floor}`' for floor in floors)} |"
        assert row in text, row
