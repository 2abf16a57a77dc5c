"""Figures and days are written in one place above and one below, each in the reader's form."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITES = {"pages/parts/common/format.py"}
# Tables alone follow the browser, which then has the reader's form.
OF_TABLES = "pages/parts/common/printing.py"
# What is no text of a screen: an answer as it is stored, and a number made shorter.
OTHER = {
    ("pages/parts/data/mapping_step.py", "{column.factor:g}"),
    ("pages/parts/evaluate/proof.py", "{default:.4g}"),
    (OF_TABLES, "{number:.{min(most, _DIGITS)}f}"),
}
BELOW = (
    *("value", "planning", "evaluation", "in_life", "proof", "quantity"),
    *("services/valuation", "services/evaluate", "services/plan", "services/in_life"),
)
# Units and notations, which are read again, and numbers that never have a mark.
NO_SENTENCE = {
    ("mlpm_core/value/formula.py", "{power:g}"),
    ("mlpm_core/quantity/measured.py", "{hits:.12g}"),
    ("mlpm_core/quantity/measured.py", "{misses:.12g}"),
    ("mlpm_core/quantity/measured.py", "{median:.12g}"),
    ("mlpm_core/quantity/measured.py", "{spread:.12g}"),
    ("mlpm_core/quantity/words.py", "{rounded:,.12f}"),
    ("mlpm_core/quantity/quantity.py", "{float(f'{value:.{digits}g}'):,}"),
}
MARKED = re.compile(r"[,.]|g|\{")
NO_MARK = re.compile(r"^:\.0[f%e]\}$|%[A-Za-z]")
BY_THE_BROWSER = {
    *("localized", "percent", "dollar", "euro", "yen", "compact", "scientific", "engineering"),
    *("bytes", "distance", "calendar"),
}


def written(path: str, source: str) -> list[str]:
    """Where a file formats a number or a day itself."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FormattedValue(format_spec=spec) if spec is not None:
                text = ast.unparse(ast.JoinedStr([node]))[2:-1]
                found += [] if (path, text) in OTHER else [text]
            case ast.Attribute(attr="strftime" as name):
                found.append(name)
            case ast.Call(ast.Name("format" as name)):
                found.append(name)
            case ast.Constant("localized" as name) if path != OF_TABLES:
                found.append(name)
            case ast.keyword("format", ast.Constant(name)) if name in BY_THE_BROWSER:
                found.append(name)
            case ast.BinOp(ast.Constant(str() as text), ast.Mod()):
                found.append(text)
    return found


def past_the_form(source: str) -> list[str]:
    """Where a sentence below the screens holds a number that does not follow its reader."""
    tree = ast.parse(source)
    rounded = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("float", "Decimal")
        for part in ast.walk(node)
        if part is not node
    }
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.FormattedValue(value=ast.Call(ast.Name("fig"))):
                continue
            case ast.FormattedValue(value=ast.Name(id=name)) if name.lstrip("_").isupper():
                continue
            case ast.FormattedValue(format_spec=spec) if (
                spec is not None and id(node) not in rounded
            ):
                text = ast.unparse(ast.JoinedStr([node]))[2:-1]
                after = text.removeprefix("{" + ast.unparse(node.value))
                if (
                    MARKED.search(after)
                    and "%b" not in after
                    and not re.search(r"%[A-Za-z]", after)
                ):
                    found += [] if after in (":.0f}", ":.0%}", ":.0e}") else [text]
    return found


def test_no_sentence_below_the_screens_holds_a_number_in_a_form_of_its_own():
    paths = sorted(p for part in BELOW for p in (ROOT / "mlpm_core" / part).rglob("*.py"))
    assert len(paths) > 200
    found = {
        (path.relative_to(ROOT).as_posix(), text)
        for path in paths
        for text in past_the_form(path.read_text("utf-8"))
    }
    assert found - NO_SENTENCE == set()
    assert found == NO_SENTENCE


@pytest.mark.parametrize(
    "source", ['f"{n:,} rows"', 'f"{x:.3g}"', 'f"{x:.{n}g} EUR"', 'f"{x:.1%}"']
)
def test_such_a_number_is_found(source):
    assert past_the_form(source)
    assert not past_the_form(source.replace("{n:", "{fig(n):").replace("{x:", "{fig(x):"))


def test_no_screen_formats_a_figure_or_a_day_past_the_common_piece():
    paths = sorted((ROOT / "pages").rglob("*.py"))
    assert len(paths) > 100
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}
    found = {p: written(p, text) for p, text in texts.items() if p not in WRITES}
    assert {path: places for path, places in found.items() if places} == {}
    assert all(written(path, texts[path]) for path in WRITES)
    assert all(place[1:-1].split(":")[0] in texts[path] for path, place in OTHER)


@pytest.mark.parametrize(
    "source",
    [
        'f"{n:,} rows"', 'f"{share:.1%}"', 'f"{x:.{n}f}"', 'f"{at:%H:%M}"', 'at.strftime("%d")',
        'format(n, ",")', '"%d rows" % n', 'st.column_config.NumberColumn(format="localized")',
        'st.metric("A", 1, format="percent")',
    ],
)  # fmt: skip
def test_a_figure_or_a_day_formatted_elsewhere_is_found(source):
    assert written("pages/parts/common/x.py", source)


def test_what_writes_nothing_is_allowed():
    source = 'f"{plain(n)} rows of {name!r}"\nst.column_config.DateColumn(format="D MMM YYYY")'
    assert not written("pages/parts/common/x.py", source)
