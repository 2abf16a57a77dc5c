"""How the code is written: no list of names that nobody asks for."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for room in ("mlpm_core", "pages") for path in (ROOT / room).rglob("*.py"))


def place(path: Path) -> str:
    """A file as its tests are named."""
    return path.relative_to(ROOT).as_posix()


def defined(tree: ast.Module) -> set[str]:
    """The names a module binds itself, not by importing them."""
    names = set()
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(name) | ast.ClassDef(name) | ast.AnnAssign(ast.Name(name)):
                names.add(name)
            case ast.Assign(targets):
                names |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return names


def listed(tree: ast.Module) -> set[str]:
    """The names of its ``__all__``."""
    for statement in tree.body:
        match statement:
            case ast.Assign([ast.Name("__all__")], ast.List(names)):
                return {ast.literal_eval(name) for name in names}
    return set()


def test_only_what_re_exports_lists_its_names():
    modules = [path for path in SOURCES if path.name != "__init__.py"]
    trees = {place(path): ast.parse(path.read_text("utf-8")) for path in modules}
    assert len(trees) > 200
    lists = {name: listed(tree) for name, tree in trees.items() if listed(tree)}
    assert [name for name, names in lists.items() if names <= defined(trees[name])] == []
