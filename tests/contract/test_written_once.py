"""One file writes the figures and days of screens, and nothing follows the browser by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITES = {"pages/parts/common/format.py"}
# What is no text of a screen: an answer as it is stored, and a number made shorter.
OTHER = {
    ("pages/parts/data/mapping_step.py", "{column.factor:g}"),
    ("pages/parts/evaluate/proof.py", "{default:.4g}"),
}
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
            case ast.Call(ast.Name("format" as name)) | ast.Constant("localized" as name):
                found.append(name)
            case ast.keyword("format", ast.Constant(name)) if name in BY_THE_BROWSER:
                found.append(name)
            case ast.BinOp(ast.Constant(str() as text), ast.Mod()):
                found.append(text)
    return found


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
