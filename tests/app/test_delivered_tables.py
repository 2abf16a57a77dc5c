"""The tables and cards of Promised and realised: every column and figure, by hand."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

import pandas as pd
import pytest

from mlpm_core.services.in_life.promises import HitRate, KpiMonths, Outcome
from pages.parts.in_life import promises as parts
from pages.parts.in_life import promises_tables as tables
from pages.parts.in_life import promises_text as say
from tests.app.parts import links_as_text, shown
from tests.by_hand import case, delivered, estimate, kpi, kpi_month, month, promised, worth

NAN = float("nan")
MONTHS = (
    month(4, 0.0, 20.4, 29.5, promised=9.0),
    month(5, 30.6, 10.4, days_not_final=3.0),
    month(6, 5.0, None, 0.0, promised=7.4),
)
VIEW = delivered(
    *MONTHS,
    to_date=(MONTHS[0], month(5, 40.6, 31.0), month(6, 40.6, 32.0)),
    case=case(worth(1.0), redefined_at=(datetime(2026, 5, 2),)),
)


def columns(frame):
    return {name: list(frame[name]) for name in frame.columns}


def same(frame, expected):
    pd.testing.assert_frame_equal(frame, pd.DataFrame(expected), check_dtype=False)


def test_money_by_month_for_its_chart():
    same(tables.money_months(VIEW), {
        "month": ["Apr 2026", "May 2026", "Jun 2026"],
        "realised": [20.4, 10.4, NAN],
        "low": [15.4, 5.4, NAN],
        "high": [25.4, 15.4, NAN],
        "days": ["29.5 of 30 days monitored", "30 of 30 days monitored",
                 "0 of 30 days monitored"],
        "labels": ["final", "not final", "final"],
        "missing": ["0 d", "", "30 d"],
        "promised": [NAN, 30.6, 5.0],
        "in_use": [9.0, 30.6, 7.4],
    })  # fmt: skip


def test_everything_to_date_for_its_chart():
    told = tables.to_date(VIEW)
    assert list(told["end"]) == [pd.Timestamp(f"2026-{d}") for d in ("04-30", "05-31", "06-30")]
    assert list(told["planned"]) == [0.0, 40.6, 40.6]
    assert list(told["realised"]) == [20.4, 31.0, 32.0]
    assert told["redefined"].isna().tolist() == [True, False, True]
    assert told["redefined"][1] == pd.Timestamp("2026-05-01")
    assert list(told["month"]) == ["Apr 2026", "May 2026", "Jun 2026"]


def test_money_by_month_as_a_table_newest_first():
    assert columns(tables.money_table(VIEW).astype(object).where(lambda t: t.notna(), None)) == {
        "Month": ["Jun 2026", "May 2026", "Apr 2026"],
        "Days monitored": ["0 of 30", "30 of 30", "29.5 of 30"],
        "Promised, EUR": [7, 31, 9],
        "Promised, same days, EUR": [5, 31, 0],
        "Realised, EUR": [None, 10, 20],
        "Likely from (P10)": [None, 5, 15],
        "Likely to (P90)": [None, 15, 25],
        "Grade": ["–", "C", "C"],
        "Gap, EUR": [None, 20, -20],
        "Outcomes": ["–", "3 days not final", "final"],
        "Promised to date, EUR": [41, 41, 0],
        "Realised to date, EUR": [32, 31, 20],
        "To date, likely from (P10)": [27, 26, 15],
        "To date, likely to (P90)": [37, 36, 25],
    }


KPI = KpiMonths(kpi(), (
    kpi_month(4, 12.0, 9.25), kpi_month(5, 10.4321, days_not_final=1.0),
    kpi_month(6, None, None, 0.0, days_in_use=1.0),
))  # fmt: skip


def test_a_kpi_by_month():
    same(tables.kpi_months(KPI), {
        "month": ["Apr 2026", "May 2026", "Jun 2026"],
        "realised": [12.0, 10.4321, NAN],
        "low": [11.0, 9.4321, NAN],
        "high": [13.0, 11.4321, NAN],
        "days": ["30 of 30 days monitored", "30 of 30 days monitored", "0 of 1 day monitored"],
        "labels": ["final", "not final", "final"],
        "missing": ["", "", "1 d"],
        "promised": [9.25, NAN, NAN],
        "planned": [8.0, 8.0, 8.0],
    })  # fmt: skip
    assert columns(tables.kpi_table(KPI)) == {
        "Month": ["Jun 2026", "May 2026", "Apr 2026"],
        "Days monitored": ["0 of 1", "30 of 30", "30 of 30"],
        "Promise in force": ["no promise due", "no promise due", "9.25"],
        "Realised, h per case": ["–", "10.4", "12"],
        "Likely (8 times in 10)": ["–", "9.43 to 11.4", "11 to 13"],
        "Grade": ["–", "C", "C"],
        "Target": ["8", "8", "8"],
        "Outcomes": ["–", "1 day not final", "final"],
    }
    bare = KpiMonths(kpi(target=None), KPI.months)
    assert list(tables.kpi_table(bare)["Target"]) == ["no target yet"] * 3
    assert tables.kpi_months(bare)["planned"].isna().all()
    assert str(tables.kpi_months(bare)["planned"].dtype) == "float64"
    none_due = KpiMonths(kpi(), (kpi_month(4, 12.0),))
    assert str(tables.kpi_months(none_due)["promised"].dtype) == "float64"


def test_every_promise_says_what_became_of_it():
    level = estimate(9.5, 9.0, 10.0)
    lines = (
        promised(Outcome.MISSED, level=level, then=estimate(12.0, 0, 0), probability=0.004,
                 days_monitored=20.0),
        promised(Outcome.NOT_DUE, confidence=None, made_to="", now=9.25),
        promised(Outcome.KEPT, level=estimate(9.0, 9.0, 9.0), probability=1.0),
    )  # fmt: skip
    assert columns(tables.promises(delivered(promises=lines))) == {
        "Standing": ["✕ missed", "… not due yet", "✓ kept"],
        "KPI": ["Hours to wait"] * 3,
        "Promised": ["9 h per case"] * 3,
        "For": ["31 May 2026"] * 3,
        "That month": ["12", "–", "–"],
        "Since then": ["9.5", "–", "9"],
        "Likely (8 times in 10)": ["9 to 10", "–", "exact"],
        "Judged by": ["implied", "–", "implied"],
        "Grade": ["C", "–", "C"],
        "Implied since": ["–"] * 3,
        "Chance that it is kept": ["<1%", "–", "100%"],
        "Chance given when made": ["80%", "–", "80%"],
        "Promised to": ["Ada", "–", "Ada"],
        "Made on": ["2 Jan 2026"] * 3,
        "Based on": ["20 days monitored since", "not due; stands at 9.25 now",
                     "0 days monitored since"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("probability", "level", "text"),
    [
        (0.0, estimate(9.5, 9.0, 10.0), "<1%"),
        (1.0, estimate(9.5, 9.0, 10.0), ">99%"),
        (0.5, estimate(9.5, 9.0, 10.0), "50%"),
        (0.0, estimate(9.5, 9.5, 9.5), "0%"),
        (None, None, "–"),
    ],
)
def test_no_draw_of_many_is_not_never(probability, level, text):
    """A promise was called kept with a chance of 0% beside one of <1%."""
    line = promised(Outcome.MISSED, level=level, probability=probability)
    assert columns(tables.promises(delivered(promises=(line,))))["Chance that it is kept"] == [text]


@pytest.fixture(autouse=True)
def _links(monkeypatch):
    links_as_text(monkeypatch)


@pytest.mark.parametrize(
    ("total", "hits", "lines"),
    [
        (month(6, 3000.0, 2250.0, promised=3500.5, days_in_use=35.0), HitRate(1, 2, 0.65, 2), [
            "Promised to date: EUR 3,000",
            r"30 of 35 days monitored; EUR 3,500 for all of them",
            "Realised to date: EUR 2,250", r"likely 2,245 to 2,255 \(8 times in 10\), grade C",
            "Gap: EUR 750",
            r"promised minus realised, same days, 25% of the promise;"
            r" likely 745 to 755 \(8 times in 10\), grade C",
            "Promises kept: 1 of 2", "given a chance of 65% on average when made",
        ]),
        (month(6, None, 0.5), HitRate(0, 0, None, 0), [
            "Promised to date: –", "the value case is not filled in",
            r"Realised to date: EUR 0\.5", r"likely −4\.5 to 5\.5 \(8 times in 10\), grade C",
            "Gap: –", "promised minus realised, same days",
            "Promises kept: –", "nothing was promised yet",
        ]),
        (month(6, 100.0, 100.0), HitRate(1, 1, None, 0), [
            "Promised to date: EUR 100", "30 of 30 days monitored",
            "Realised to date: EUR 100", r"likely 95 to 105 \(8 times in 10\), grade C",
            "Gap: EUR 0",
            r"promised minus realised, same days; likely −5 to 5 \(8 times in 10\), grade C",
            "Promises kept: 1 of 1", "no chance was given when they were made",
        ]),
        (month(6, -100.0, 0.0), HitRate(0, 0, None, 0), [
            "Promised to date: EUR −100", "30 of 30 days monitored",
            "Realised to date: EUR 0", r"likely −5 to 5 \(8 times in 10\), grade C",
            "Gap: EUR −100",
            r"promised minus realised, same days; likely −105 to −95 \(8 times in 10\), grade C",
            "Promises kept: –", "nothing was promised yet",
        ]),
        *(
            (month(6, promised, realised), HitRate(0, 0, None, 0), [
                f"Promised to date: EUR {shown[0]}", "30 of 30 days monitored",
                f"Realised to date: EUR {shown[1]}",
                f"likely {shown[2]} \\(8 times in 10\\), grade C",
                f"Gap: EUR {shown[3]}",
                f"promised minus realised, same days, {words}; likely {shown[4]} "
                r"\(8 times in 10\), grade C",
                "Promises kept: –", "nothing was promised yet",
            ])
            for promised, realised, shown, words in (
                (100.0, 150.0, ("100", "150", "145 to 155", "−50", "−55 to −45"),
                 "50% more than promised"),
                (100.0, -50.0, ("100", "−50", "−55 to −45", "150", "145 to 155"),
                 "more than all of the promise"),
                (2.0, 500.0, ("2", "500", "495 to 505", "−498", "−503 to −493"),
                 "more than ten times the promise on top"),
                (2.0, -500.0, ("2", "−500", "−505 to −495", "502", "497 to 507"),
                 "more than all of the promise"),
            )
        ),
        (month(6, 0.5, 0.25), HitRate(0, 0, None, 0), [
            r"Promised to date: EUR 0\.5", "30 of 30 days monitored",
            r"Realised to date: EUR 0\.25", r"likely −4\.75 to 5\.25 \(8 times in 10\), grade C",
            r"Gap: EUR 0\.25",
            r"promised minus realised, same days, 50% of the promise;"
            r" likely −4\.75 to 5\.25 \(8 times in 10\), grade C",
            "Promises kept: –", "nothing was promised yet",
        ]),
    ],
)  # fmt: skip
def test_the_cards_of_what_arrived(total, hits, lines):
    view = delivered(total, hits=hits)
    assert shown(parts.cards, view) == [*lines, say.grade(view)]


def test_the_cards_wait_for_results_and_name_another_model():
    assert shown(parts.cards, delivered()) == []
    assert shown(parts.cards, delivered(month(6, 1.0, None))) == []
    decision = SimpleNamespace(
        instead="n is in use.", chosen="a", decision_id="D1", realised_reason="Not yet."
    )
    view = delivered(month(6, 1.0, 1.0), decided=decision)
    assert shown(parts.cards, view)[-1] == f"info: {say.decided(view)}"


@pytest.fixture
def drawn(monkeypatch):
    """What is drawn as a chart: how many rows, what it is called, and its words."""
    seen = []
    for name in ("level_by_month", "promised_by_month", "realised_to_date"):
        monkeypatch.setattr(parts.promises_charts, name, lambda unit, name=name: (name, unit))
    monkeypatch.setattr(
        parts.charts, "draw", lambda frame, spec, told, **_: seen.append((len(frame), *spec, told))
    )
    return seen


def test_money_has_a_chart_by_month_and_one_to_date(drawn):
    view = delivered(*MONTHS, to_date=VIEW.to_date[:2], unvalued=("No *unit*.",), n_unvalued=2)
    assert shown(parts.months, view) == [
        "Month by month", say.not_final(view),
        r"2 monitored periods cannot be valued and count as not monitored\: No \*unit\*\.",
        "To date",
    ]  # fmt: skip
    assert drawn == [
        (3, "promised_by_month", "EUR / month", say.money_chart(view)),
        (2, "realised_to_date", "EUR", say.to_date(view)),
    ]


def test_a_chosen_kpi_has_a_chart_and_is_given_back(drawn, monkeypatch):
    asked, given = [], []
    monkeypatch.setattr(parts.controls, "choose", lambda *told: asked.append(told) or "waits")
    view = delivered(*MONTHS[:1], kpis=(KpiMonths(kpi(kpi_id="other", title="O"), ()), KPI))
    told = shown(lambda: given.append(parts.months(view)))
    assert told == [
        "Month by month",
        "This KPI as it was measured -> overview/kpi.py?kpi=waits",
    ]  # fmt: skip
    assert drawn == [(3, "level_by_month", "h per case", say.kpi_chart(KPI))]
    assert given == [KPI]
    names = {"@net": "Net benefit", "other": "O", "waits": "Hours to wait"}
    assert asked == [("Show", names, "kpi")]
    monkeypatch.setattr(parts.controls, "choose", lambda *told: "@net")
    assert shown(parts.months, view)[-1] == "To date"


def test_promises_are_listed_or_asked_for():
    assert shown(parts.promises, delivered(), project="shop") == [
        "Promises",
        "info: Nobody has recorded what was promised to whom. A promise is a KPI's value on a "
        "date, with the chance that was given to it.",
        "Add a promise -> data/registers.py?project=shop&kind=promises",
    ]
    view = delivered(promises=(promised(Outcome.KEPT),), hits=HitRate(1, 1, 0.8, 1))
    assert shown(parts.promises, view) == [
        "Promises", say.promises(view),
        "table Standing, Judged by, KPI, Promised, For, That month, Since then, "
        "Likely (8 times in 10), Grade, Implied since, Chance that it is kept, "
        "Chance given when made, Promised to, Made on, Based on: Promises of the project with "
        "standing, promised and "
        "realised level, and for when",
        "Judged by the KPI as it was measured since the promised date, and as the monitored "
        "metrics imply it (grade C) only where nothing was measured. Kept: the average since then "
        "is at least as good as promised. Over-delivered: it is better with a chance of 90% or "
        "more. Grade: how far a measured KPI can be put down to the model.",
    ]  # fmt: skip


def test_decisions_that_are_due_are_listed(monkeypatch):
    link = "All decisions -> evaluate/adoption.py?project=shop&case=orders"
    view = delivered(next_review_on=date(2026, 9, 1))
    assert shown(parts.decisions_due, view, project="shop") == [
        "Decisions to review", say.reviews(view), link,
    ]  # fmt: skip
    listed = []
    monkeypatch.setattr(parts.decisions, "recorded", listed.append)
    due = ("one", "two")
    assert shown(parts.decisions_due, delivered(decisions_due=due), project="shop")[1:] == [link]
    assert listed == [due]


def test_the_charts_are_shown_as_tables_too(monkeypatch):
    opened = SimpleNamespace(open=True)

    class Expander:
        def __init__(self, label, **more):
            opened.label = label

        def __enter__(self):
            return opened

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(parts.st, "expander", Expander)
    assert shown(parts.table, VIEW, None) == [
        "Net benefit, EUR",
        "table Month, Days monitored, Promised, EUR, Promised, same days, EUR, Realised, EUR, "
        "Likely from (P10), Likely to (P90), Grade, Gap, EUR, Outcomes, Promised to date, EUR, "
        "Realised to date, EUR, To date, likely from (P10), To date, likely to (P90): Net benefit "
        "by month, promised and realised, "
        "with days monitored",
    ]
    of_kpi = (
        "table Month, Days monitored, Promise in force, Realised, h per case, "
        "Likely (8 times in 10), Grade, Target, Outcomes: The KPI by month, promised and realised, "
        "with days monitored"
    )
    assert shown(parts.table, VIEW, KPI) == [
        "Hours to wait, h per case; 20 h per case without the model", of_kpi,
    ]  # fmt: skip
    odd = KpiMonths(kpi(title="*K*", baseline=None), KPI.months)
    assert shown(parts.table, VIEW, odd)[0] == (
        r"\*K\*, h per case; 0 h per case without the model"
    )
    assert opened.label == "The same as a table"
    opened.open = False
    assert shown(parts.table, VIEW, KPI) == []
