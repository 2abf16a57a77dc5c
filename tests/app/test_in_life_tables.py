"""What the In life screens list and lead to: every table, card and link, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from unittest.mock import MagicMock

import pandas as pd
import pytest

from mlpm_core.in_life.health import Health, LimitCheck
from mlpm_core.services.in_life.metric_signals import Mark, Rule
from mlpm_core.services.in_life.shown_period import shown_period
from pages.parts.common import terms
from pages.parts.in_life import deployments as parts
from pages.parts.in_life import tables
from pages.parts.in_life import text as say
from tests.app.parts import links_as_text, shown
from tests.app.test_in_life_words import cells, check, mix, used
from tests.by_hand import case, deployed, line, monitored, point, rate, view, watched, week


def columns(frame):
    return {name: list(frame[name]) for name in frame.columns}


def test_every_deployment_has_its_row():
    lines = [
        used(700, 200, "sick", title="Orders"),
        deployed(health="unknown", is_in_use=False, slot="shadow", model_version="",
                 to_on=date(2026, 6, 3), data_to=None),
        deployed(health="watch", is_in_use=False, days_in_slot=0, to_on=date(2026, 9, 3)),
        deployed(is_in_use=False, to_on=None),
    ]  # fmt: skip
    assert columns(tables.deployments(lines)) == {
        "Health": ["✕ critical", "? unknown", "! at risk", "✓ healthy"],
        "Model": ["m 2", "m", "m 2", "m 2"],
        "Slot": ["champion", "shadow, over", "champion, not yet", "champion, not yet"],
        "Gap to plan": ["EUR 500 / week", "–", "–", "–"],
        "Likely": ["exact", "–", "–", "–"],
        "Grade": ["C", "–", "–", "–"],
        "Why": ["It *delivers* all."] * 4,
        "Results to": ["29 Jun 2026", "–", "29 Jun 2026", "29 Jun 2026"],
        "Value case": ["Orders"] * 4,
        "Project": ["The shop"] * 4,
    }
    assert columns(tables.slots(lines[:3])) == {
        "Slot": ["champion", "shadow, over", "champion, not yet"],
        "Version": ["2", "every version", "2"],
        "From": ["1 Jun 2026"] * 3,
        "To": ["today", "3 Jun 2026", "3 Sep 2026"],
        "Days": [30, 30, 0],
        "Health": ["✕ critical", "? unknown", "! at risk"],
        "Why": ["It *delivers* all."] * 3,
    }


def test_every_limit_stands_beside_its_newest_value():
    checks = (check(0.31234, 0.29, 0.333), check(None), check(0.4, 0.3), check(0.4, None, 0.5))
    assert columns(tables.limits(deployed(checks=checks))) == {
        "Metric": ["WAPE"] * 4,
        "Newest": ["0.3123", "–", "0.4", "0.4"],
        "Likely (9 times in 10)": ["0.29 to 0.333", "–", "–", "–"],
        "Limit": ["at most 0.3"] * 4,
        "State": ["may be chance", "not measured", "may be chance", "outside"],
        "Counts as": ["! at risk", "? unknown", "! at risk", "✕ critical"],
    }


def test_no_newest_value_reads_as_the_limit_that_it_passes():
    """0.300004 above at most 0.3, its interval from 0.3000004: all had stood there as 0.3."""
    rows = columns(tables.limits(deployed(checks=(check(0.300004, 0.3000004, 0.31),))))
    assert (rows["Newest"], rows["Likely (9 times in 10)"]) == (["0.300004"], ["0.3000004 to 0.31"])
    assert (rows["Limit"], rows["State"]) == (["at most 0.3"], ["outside"])


def test_a_metric_s_chart_marks_a_jump_before_a_drift():
    one = watched(
        point(0, 0.2, 0.05, n=9), point(1, 0.5), point(2, 0.6), point(3, 0.7),
        check=LimitCheck("wape", "WAPE", 0.2, None, None, 0.1, 0.3, Health.SICK),
        marks=(
            Mark(week(1), Rule.SHEWHART, 5.0), Mark(week(1), Rule.CUSUM, 8.5),
            Mark(week(2), Rule.CUSUM, 9.0), Mark(week(9), Rule.SHEWHART, 7.0),
        ),
    )  # fmt: skip
    told = tables.metric(one)
    nan = float("nan")
    expected = {
        "start": [pd.Timestamp(week(i).start) for i in range(4)],
        "period": [f"week of {d} Jun 2026" for d in (1, 8, 15, 22)],
        "value": [0.2, 0.5, 0.6, 0.7],
        "low": [0.15, 0.5, 0.6, 0.7],
        "high": [0.25, 0.5, 0.6, 0.7],
        "n": [9.0, nan, nan, nan],
        "batch": ["B00001"] * 4,
        "planned": [0.25] * 4,
        "at_least": [0.1] * 4,
        "at_most": [0.3] * 4,
        "fast": [nan, 0.5, nan, nan],
        "slow": [nan, nan, 0.6, nan],
        "z": [nan, 5.0, 9.0, nan],
    }
    pd.testing.assert_frame_equal(told, pd.DataFrame(expected), check_dtype=False)
    bare = tables.metric(watched(point(0, 0.2)))
    assert bare[["at_least", "at_most"]].isna().to_numpy().all()


def test_a_deployment_by_period_newest_first():
    shown_view = view(
        deployed(), watched(point(0, 0.2), point(2, 0.3)),
        watched(point(2, 0.9), metric="recall"), rates=(rate(1, 560.4), rate(2, 700.6, 10.2)),
    )  # fmt: skip
    nan = float("nan")
    expected = {
        "Period": [f"week of {d} Jun 2026" for d in (15, 8, 1)],
        "Value of a week": [701, 560, nan],
        "Likely from (P10)": [690, 550, nan],
        "Likely to (P90)": [711, 570, nan],
        "Grade": ["C", "C", None],
        "WAPE": [0.3, nan, 0.2],
        "Recall": [0.9, nan, nan],
        "Batches": ["B00001", "", "B00001"],
    }
    told = tables.by_period(shown_view)
    pd.testing.assert_frame_equal(told, pd.DataFrame(expected), check_dtype=False)
    other = watched(replace(point(2, 0.9), monitored=replace(monitored(0.9), batch="B2")))
    told = tables.by_period(view(deployed(), watched(point(2, 0.3)), other))
    assert list(told["Batches"]) == ["B00001, B2"]


def test_segments_as_frames_and_as_a_table():
    told = mix(
        segments=(
            cells("a", (60, 0.6, 50, 0.12345), (None, None, 0, None)),
            cells("b", (40, 0.4, 0, 0.5)),
        )
    )
    first, second = week(0), week(1)
    names = ["start", "period", "segment", "value", "n"]
    assert tables.shares(told).to_dict("split")["data"] == [
        [pd.Timestamp(first.start), "week of 1 Jun 2026", "a", 0.6, 60],
        [pd.Timestamp(first.start), "week of 1 Jun 2026", "b", 0.4, 40],
    ]
    assert list(tables.shares(told).columns) == list(tables.errors(told).columns) == names
    errors = tables.errors(told)
    assert list(errors["start"]) == [pd.Timestamp(first.start)] * 2
    assert list(errors["period"]) == ["week of 1 Jun 2026"] * 2
    assert list(errors["segment"]) == ["a", "b"]
    assert list(errors["value"]) == [0.12345, 0.5]
    assert errors["n"].tolist()[0] == 50
    assert pd.isna(errors["n"].tolist()[1])
    table = tables.segments(told)
    assert list(table.columns) == [
        "Period", "Region", "Cases", "Share", "With outcome", "Error share",
    ]  # fmt: skip
    assert list(table["Period"]) == [str(second), str(first), str(first)]
    assert list(table["Region"]) == ["a", "a", "b"]
    assert list(table["Share"]) == ["–", "60%", "40%"]
    assert table["Cases"].tolist()[1:] == [60, 40]
    assert list(table["With outcome"]) == [0, 50, 0]
    unjudged, *judged = table["Error share"].tolist()
    assert (pd.isna(unjudged), judged) == (True, [0.1235, 0.5])


@pytest.fixture
def links(monkeypatch):
    links_as_text(monkeypatch)


@pytest.mark.usefixtures("links")
def test_the_chosen_deployment_in_short():
    of = deployed(health="sick", case_title="*O*", project_title="*S*")
    link = "See what happened and since when -> in_life/deployment.py?project=shop&deployment=d"
    assert shown(parts.head, of) == [
        r"\*O\*", ":red-badge[:material/error: critical]",
        r"**m 2**, champion since 1 Jun 2026 (30 days). It \*delivers\* all\.",
        r"Results to 29 Jun 2026. \*S\*.", link,
    ]  # fmt: skip
    assert shown(parts.head, replace(of, data_to=None))[3:] == [r"No results yet. \*S\*.", link]


@pytest.mark.usefixtures("links")
def test_the_cards_of_a_challenger_are_its_days_its_limits_and_its_health():
    checks = (check(0.2), check(0.2, is_stale=True), check(0.4), check(0.25))
    of = deployed(slot="challenger", checks=checks, days_in_slot=1200, to_on=date(2026, 8, 1))
    assert shown(parts.cards, view(of)) == [
        f"Slot: Challenger [{terms.SLOT}]", "only the champion counts for value",
        "Days in the slot: 1,200", "1 Jun 2026 to 1 Aug 2026",
        "Limits kept: 2 of 4", "by the newest value of each metric",
        "Health", ":green-badge[:material/check_circle: healthy]", "Results to 29 Jun 2026.",
    ]  # fmt: skip
    of = replace(of, to_on=None, days_in_slot=None, data_to=None, checks=())
    assert shown(parts.cards, view(of))[2:] == [
        "Days in the slot: 0", "1 Jun 2026 to today",
        "Limits kept: 0 of 0", "by the newest value of each metric",
        "Health", ":green-badge[:material/check_circle: healthy]", "No results yet.",
    ]  # fmt: skip
    assert shown(parts.cards, view(used(700, 200)))[0] == (
        f"Value now: EUR 200 [{terms.VALUE_RATE}]"
    )


@pytest.mark.usefixtures("links")
def test_results_without_a_value_lead_to_the_case():
    assert shown(parts.without_value, line(case(problem="No *unit*.")), project="shop") == [
        r"info: The metrics have come in, but their value is not available\. No \*unit\*\.",
        "Fill in what is missing -> plan/value_case.py?project=shop&case=orders",
    ]
    assert shown(parts.without_value, line(case()))[0] == (
        r"info: The metrics have come in, but their value is not available\."
    )


@pytest.mark.usefixtures("links")
def test_slots_and_limits_lead_to_their_registers():
    table = (
        "table Slot, Version, From, To, Days, Health, Why: Deployments of this model with slot, "
        "version, days and health"
    )
    assert shown(parts.slots, view(deployed())) == ["Slots of this model", table]
    assert shown(parts.slots, view(deployed(is_recorded=False)), project="shop") == [
        "Slots of this model", table,
        "Record this deployment -> data/registers.py?project=shop&kind=deployments",
    ]  # fmt: skip
    set_one = "Set a limit -> data/registers.py?project=shop&kind=metric_limits"
    limits = (
        "table Metric, Newest, Likely (9 times in 10), Limit, State, Counts as: Metric limits "
        "with the newest value of each metric and its state"
    )
    bare, kept = watched(point(0, 0.2)), watched(point(0, 0.2), metric="recall", check=check(0.2))
    with_limit = deployed(checks=(check(0.2),))
    assert shown(parts.limits, view(deployed(), kept), project="shop") == [
        r"No limit is set\.", set_one,
    ]  # fmt: skip
    assert shown(parts.limits, view(with_limit, bare, kept), project="shop") == [
        limits, r"No limit is set for WAPE\.", set_one,
    ]  # fmt: skip
    other = watched(point(0, 0.2), metric="mape")
    assert shown(parts.limits, view(with_limit, bare, other))[1] == (
        r"No limit is set for WAPE, MAPE\."
    )
    assert shown(parts.limits, view(with_limit, kept)) == [limits]
    unrecorded = replace(with_limit, is_recorded=False)
    assert shown(parts.limits, view(unrecorded, bare)) == [limits]
    assert shown(parts.limits, view(deployed(is_recorded=False), bare)) == []


@pytest.fixture
def drawn(monkeypatch):
    """What is drawn as a chart: its columns and its words."""
    seen = []
    monkeypatch.setattr(
        parts.charts, "metric_over_time", lambda label, digits, has_earlier: (label, digits)
    )
    monkeypatch.setattr(parts.charts, "segments_over_time", lambda *told: told)
    monkeypatch.setattr(
        parts.charts, "draw", lambda frame, spec, told, **_: seen.append((len(frame), spec, told))
    )
    return seen


def test_every_metric_has_its_chart_and_its_words(drawn):
    one = watched(point(0, 0.2), point(1, 0.3))
    all_days = shown_period(date(2026, 6, 30), "all")
    seen = view(deployed(), one)
    assert shown(parts.metrics, seen, seen, all_days) == [
        "**WAPE**", say.reading(),
    ]  # fmt: skip
    assert drawn == [(2, ("WAPE", 4), say.metric(one))]
    drawn.clear()
    near = watched(point(0, 0.30004), point(1, 0.300004), check=check(0.300004))
    seen = view(deployed(), near)
    shown(parts.metrics, seen, seen, all_days)
    assert drawn == [(2, ("WAPE", 6), say.metric(near))], "as many digits as tell them from .3"
    assert say.metric(near).startswith(r"0\.300004 ")


def test_segments_have_two_charts_each(drawn):
    a = cells("a", (60, 0.6, 50, 0.1))
    told = mix(segments=(a,), followed_share=0.25)
    shares, errors = (
        "Share of all cases by region",
        "Error share by region, where outcomes are known",
    )
    assert shown(parts.segments, view(deployed(), segments=(told,))) == [
        "Segments", say.segments(told), f"**{shares}**", f"**{errors}**", say.followed(told),
    ]  # fmt: skip
    assert drawn == [(1, (shares, ".0%"), shares), (1, (errors, ".0%"), errors)]
    drawn.clear()
    told = mix(segments=(a,), is_share=False)
    assert shown(parts.segments, view(deployed(), segments=(told,)))[-1] == f"**{errors}**"
    assert drawn[1] == (1, (errors, ".3~g"), errors)
    drawn.clear()
    told = mix(segments=(cells("a", (60, 0.6, 0, None)),))
    assert shown(parts.segments, view(deployed(), segments=(told,)))[-1] == f"**{shares}**"
    assert len(drawn) == 1
    assert shown(parts.segments, view(deployed())) == []


def test_the_same_as_a_table(monkeypatch):
    opened = SimpleNamespace(open=False)

    class Expander:
        def __init__(self, label, **more):
            opened.label = label

        def __enter__(self):
            return opened

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(parts.st, "expander", Expander)
    told = mix(segments=(cells("a", (60, 0.6, 50, 0.1)),))
    whole = view(deployed(), watched(point(0, 0.2)), segments=(told,))
    assert shown(parts.table, whole) == []
    assert opened.label == "The same as a table"
    opened.open = True
    assert shown(parts.table, whole) == [
        "table Period, Region, Cases, Share, With outcome, Error share: Segments by period",
        "table Period, WAPE, Batches: Estimated value and monitored metrics by period",
    ]


def test_a_project_without_a_model_in_use_says_the_next_step(monkeypatch):
    links_as_text(monkeypatch)
    monkeypatch.setattr(parts.queries, "deployments", lambda project: [])
    assert shown(parts.in_view, "shop", project="shop") == [
        r"info: No model of this project is in use, and no results of one have come in\.",
        "Add a deployment -> data/registers.py?project=shop&kind=deployments",
    ]


@pytest.mark.parametrize(
    ("usual", "chosen", "asked"),
    [
        ("P1W", "P1W", [("shop", "second")]),
        ("P1W", "P1M", [("shop", "second"), ("shop", "second", "P1M")]),
        (None, "P1M", [("shop", "second")]),
    ],
)
def test_the_deployment_that_is_chosen_is_shown_over_the_periods_chosen(
    monkeypatch, usual, chosen, asked
):
    lines = [SimpleNamespace(deployment_id=name) for name in ("first", "second")]
    told, calls = [], []

    def loaded(*which):
        calls.append(which)
        return SimpleNamespace(granularity=usual, granularities=("P1W", "P1M"), which=which)

    monkeypatch.setattr(parts.queries, "deployments", lambda project: lines)
    monkeypatch.setattr(parts.queries, "deployment", loaded)
    monkeypatch.setattr(parts.controls, "deployment", lambda lines, place: lines[1])
    monkeypatch.setattr(
        parts.controls, "granularity", lambda *offered: told.append(offered[:2]) or chosen
    )
    monkeypatch.setattr(parts.st, "container", lambda **layout: told.append(layout) or MagicMock())
    assert parts.in_view("shop").which == asked[-1]
    assert calls == asked
    layout = [{}, {"horizontal": True, "vertical_alignment": "bottom"}]
    assert told == layout + ([(("P1W", "P1M"), "P1W")] if usual else [])
