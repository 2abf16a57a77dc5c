"""Every table and every chart of a screen is drawn by the common piece that gives it its files."""

from __future__ import annotations

import ast
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "pages"
DRAWS = {
    "dataframe", "table", "data_editor", "vega_lite_chart", "altair_chart", "line_chart",
    "bar_chart", "area_chart", "scatter_chart", "plotly_chart", "echarts_chart", "pyplot",
}  # fmt: skip
COMMON = {
    ("parts/common/printing.py", "dataframe"),
    ("parts/common/printing.py", "table"),
    ("parts/common/charts.py", "vega_lite_chart"),
    # what people correct there is no table to read: the corrected file is offered beside it
    ("parts/data/corrections.py", "data_editor"),
}


def calls():
    """Every call in the screens: its file, what is called, and its node."""
    for path in sorted(PAGES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield path.relative_to(PAGES).as_posix(), node.func, node


def test_no_screen_draws_a_table_or_a_chart_past_the_common_piece():
    drawn = {
        (path, called.attr)
        for path, called, _ in calls()
        if called.attr in DRAWS and isinstance(called.value, ast.Name) and called.value.id == "st"
    }
    assert drawn == COMMON


def test_only_a_register_whose_whole_is_offered_has_tables_without_files():
    without = {
        path for path, _, node in calls() if any(word.arg == "has_files" for word in node.keywords)
    }
    assert without == {"parts/common/registers.py"}


def test_every_chart_says_its_grade_of_evidence():
    drawn = [(path, node) for path, called, node in calls() if ast.unparse(called) == "charts.draw"]
    assert len(drawn) > 15
    for path, node in drawn:
        assert any(word.arg == "grade" for word in node.keywords), path
