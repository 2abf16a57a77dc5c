"""How the code is written: no list of names nobody asks for, and no word of what is not here."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for room in ("mlpm_core", "pages") for path in (ROOT / room).rglob("*.py"))


# What a reader of the repository could not look up.
DOCUMENT = re.compile(r"[\w./-]*\w\.(?:md|rst|docx?)\b")
CITED = re.compile(
    r"\b[A-Z_]{4,} (?:[A-Z]?\d+:|section\b)"
    r"|\b[Ss]ection \d|\b\w+ notes, |\b(?:value|planning|intake|design) notes\b"
)


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


def test_whether_numbers_are_shares_is_asked_in_one_way():
    """`is_share` of a metric, an input or a quantity: no range of 0 to 1 is spelled out."""
    spelled = re.compile(r"high\) == \((\"1\", )?0, 1\)|low == 0 and [\w.]*high == 1")
    texts = {place(path): path.read_text("utf-8") for path in SOURCES}
    spelling = {name for name, text in texts.items() if spelled.search(text)}
    assert spelling == {"mlpm_core/quantity/percent.py"}


def prose(path: Path) -> str:
    """What a file says to its reader: of Python the comments and docstrings, else all of it."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return text
    holders = ast.Module | ast.ClassDef | ast.FunctionDef
    docstrings = [ast.get_docstring(n) for n in ast.walk(ast.parse(text)) if isinstance(n, holders)]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return "\n".join([*filter(None, docstrings), *comments])


def cited_elsewhere(text: str, there: set[str]) -> list[str]:
    """The documents that a text cites and that are not in the repository."""
    documents = [m[0] for m in DOCUMENT.finditer(text) if m[0].rpartition("/")[2] not in there]
    return documents + [m[0] for m in CITED.finditer(text)]


def test_no_document_outside_the_repository_is_cited():
    rooms = ["mlpm_core", "pages", "tests", "docs", "benchmarks", "data"]
    ends = {".py", ".md", ".sql", ".toml", ".ipynb"}
    paths = [p for room in rooms for p in (ROOT / room).rglob("*") if p.suffix in ends]
    paths += [*ROOT.glob("*.md"), *ROOT.glob("*.py"), *(ROOT / "tests" / "golden").glob("*.json")]
    assert len(paths) > 500
    there = {path.name for path in paths}
    cited = {place(path): cited_elsewhere(prose(path), there) for path in paths}
    assert {name: documents for name, documents in cited.items() if documents} == {}


@pytest.mark.parametrize(
    "text",
    [
        "The rules of VALUE.md hold.", "See shared/IN_LIFE.md, 4.", "NUMBERS 3: it was 563 days.",
        "TRIED T10: refused.", "as section 5.14 states", "Golden: planning notes, c.3",
    ],
)  # fmt: skip
def test_a_citation_is_seen(text):
    assert cited_elsewhere(text, {"formulas.md"})
    assert not cited_elsewhere("docs/formulas.md, after Page (1954); HTTP 404.", {"formulas.md"})
