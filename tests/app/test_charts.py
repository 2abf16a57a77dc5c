"""Charts say what holds where the pointer is, with its range, its period and few digits."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mlpm_core.services.in_life import segments as services_segments
from mlpm_core.value.tree import Node, NodeKind
from pages.parts.common import charts, driver_tree, hover
from pages.parts.evaluate import preferences
from pages.parts.in_life import kpi_charts, promises_charts
from pages.parts.plan import charts as plan_charts

ROOT = Path(__file__).resolve().parents[2]
LEGIBLE = (hover.MUTED, hover.INK.to_dict())

SPECS = {
    "value rate": charts.value_rate_over_time("EUR / week"),
    "metric": charts.metric_over_time("Recall"),
    "segments": charts.segments_over_time("Error share", ".0%"),
    "dotplot": charts.dotplot("EUR"),
    "intervals": charts.intervals("EUR / year"),
    "promised": promises_charts.promised_by_month("EUR / month"),
    "to date": promises_charts.realised_to_date("EUR"),
    "level": promises_charts.level_by_month("EUR / year"),
    "kpi": kpi_charts.kpi_over_time("h per case", has_implied=True),
    "kpi without a model": kpi_charts.kpi_over_time("h per case", has_implied=False),
    "tornado": plan_charts.tornado("EUR / year"),
    "bridge": plan_charts.bridge("EUR / year"),
    "cumulative": plan_charts.cumulative("EUR"),
    "waterfall": plan_charts.waterfall(),
    "findings": plan_charts.findings_by_area(),
    "weightings": preferences._bars(),
    "drivers": driver_tree._spec(3),
}
OVER_TIME = {"value rate", "metric", "to date", "cumulative", "kpi"}


def layers(spec):
    return spec.get("layer", [spec])


def mark(layer):
    return layer["mark"]["type"]


def tooltips(layer):
    return layer["encoding"]["tooltip"] or []


@pytest.mark.parametrize("name", SPECS)
def test_a_line_or_a_band_says_nothing_of_its_own(name):
    """Of an area Vega tells the first point, and Streamlit every field nobody named."""
    for layer in layers(SPECS[name]):
        assert "tooltip" in layer["encoding"], "unsaid, so raw fields would be told"
        if mark(layer) in ("area", "line"):
            assert layer["encoding"]["tooltip"] is None


@pytest.mark.parametrize("name", SPECS)
def test_every_number_that_is_told_is_rounded(name):
    told = [entry for layer in layers(SPECS[name]) for entry in tooltips(layer)]
    assert told
    for entry in told:
        assert entry["title"]
        assert entry["type"] != "quantitative" or entry["format"], entry
        assert entry.get("field") not in ("low", "high"), "a range is told as one text"


@pytest.mark.parametrize("name", sorted(OVER_TIME | {"segments"}))
def test_what_runs_over_time_tells_the_nearest_point_below_all_other_marks(name):
    """The pointer finds the nearest point wherever it is, on a band as between two points."""
    first, *others = layers(SPECS[name])
    nearest, days = SPECS[name]["params"]
    assert days == {"name": "day_month", "value": "%-d %b"}
    assert nearest["select"]["nearest"] is True
    assert nearest["views"] == [first["name"]]
    assert tooltips(first)[0]["field"] in ("period", "month", "year")
    if name in OVER_TIME:
        assert nearest["select"]["encodings"] == ["x"]
        assert "range" in [entry["field"] for entry in tooltips(first)]
    for layer in others:
        assert not tooltips(layer) or mark(layer) in ("point", "rule", "text")


@pytest.mark.parametrize("name", SPECS)
def test_no_text_keeps_vegas_black(name):
    """Streamlit's theme leaves marks of text black, which a dark screen swallows."""
    for layer in layers(SPECS[name]):
        is_of_series = "color" in layer["encoding"]
        assert mark(layer) != "text" or is_of_series or layer["mark"]["color"] in LEGIBLE, layer


def test_an_interval_stands_on_its_bar():
    """Beside it, it looked like a slip, or like the next month's."""
    bar, edge, whisker = (
        layer
        for layer in layers(SPECS["promised"])
        if layer["encoding"].get("y", {}).get("field") in ("realised", "low")
    )
    assert mark(bar) == "bar"
    for interval in (edge, whisker):
        assert interval["encoding"]["x"] == bar["encoding"]["x"]
        assert interval["encoding"]["y2"]["field"] == "high"
    assert edge["mark"]["strokeWidth"] > whisker["mark"]["strokeWidth"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_segment_has_a_colour_of_its_own(theme):
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    colours = config["theme"][theme]["chartCategoricalColors"]
    assert len(set(colours)) == len(colours) >= services_segments._MOST


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (35_400.0, "money/year", "EUR 35.4k / year"),
        (75_000.0, "case/year", "75.0k cases a year"),
        (1.0, "minute/case", "1 minute per case"),
        (28.3, "money/hour", "28.3 EUR per hour"),
        (0.75, "1", "0.75"),
    ],
)
def test_a_line_of_a_driver_tree_is_said_in_words(value, unit, text):
    """They had been "75.0k case / year" and "35.4k EUR / year"."""
    assert driver_tree._value(Node("n", "N", NodeKind.FLOW, value, unit, ""), "EUR") == text
