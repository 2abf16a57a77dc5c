"""Tables and the frames of charts: every column of them, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mlpm_core.records import Effect, Example, Receipt, Reject
from mlpm_core.services.valuation.now import Stretch
from mlpm_core.services.valuation.value_cases import CaseInput
from mlpm_core.value.estimate import Estimate
from pages.parts.common import tables
from tests.by_hand import WEEK, case, line, rate, week, worth

PER_YEAR = 365.25 / 7
NOON = datetime(2026, 6, 3, 12, 5)
TWO_WEEKS = Stretch(week(1), WEEK, 2)


def columns(frame):
    return {name: list(frame[name]) for name in frame.columns}


def test_every_case_of_the_portfolio_has_its_row():
    made = worth(700 * PER_YEAR), worth(200 * PER_YEAR)
    lines = [
        line(case(*made, as_of=WEEK, rests_on=TWO_WEEKS), "sick"),
        line(case(title="B"), "unknown"),
    ]
    assert columns(tables.cases(lines)) == {
        "Health": ["✕ critical", "? unknown"],
        "Value case": ["Orders", "B"],
        "Now": ["EUR 200 / week", "–"],
        "Likely": ["199.8 to 200.2", "–"],
        "Grade": ["C", "planned"],
        "Planned": ["EUR 700 / week", "–"],
        "Gap": ["EUR 500 / week", "–"],
        "Gap, likely": ["499.8 to 500.2", "–"],
        "Based on": ["2 weeks to 21 Jun 2026", "–"],
        "Data to": ["21 Jun 2026", "–"],
        "Project": ["The shop", "The shop"],
    }


def test_rates_as_a_chart_takes_them():
    """The definition became another in the second week, at its very start, and after the last."""
    at = (datetime(2026, 6, 8), datetime(2027, 1, 1))
    of = line(case(worth(700 * PER_YEAR), redefined_at=at))
    told = tables.rates([rate(0, 500.0), rate(1, 600.0, 5.0), rate(2, 1.0)], of)
    expected = {
        "start": [pd.Timestamp(week(i).start) for i in range(3)],
        "period": [f"week of {d} Jun 2026" for d in (1, 8, 15)],
        "rate": [500.0, 600.0, 1.0],
        "low": [490.0, 595.0, -9.0],
        "high": [510.0, 605.0, 11.0],
        "planned": [700.0] * 3,
        "redefined": [pd.NaT, pd.Timestamp("2026-06-08"), pd.Timestamp("2026-06-15")],
    }
    pd.testing.assert_frame_equal(told, pd.DataFrame(expected), check_dtype=False)
    assert str(tables.redefined([], case()).dtype) == "datetime64[us]"
    before = case(redefined_at=(datetime(2026, 5, 31),))
    assert tables.redefined([week(0).start], before).isna().all()


def test_fifty_outcomes_are_gains_and_losses():
    """Draws -24 to 25: the dots are their quantiles, half a step off, so 25 of them lie below 0."""
    draws = np.arange(-24.5, 25.5)
    made = replace(worth(0.5), net=Estimate.of(draws, "money/year"))
    told = tables.dots(case(made))
    assert list(told.columns) == ["at", "row", "value", "outcome"]
    assert len(told) == 50
    assert (told["outcome"] == "loss").sum() == (told["value"] < 0).sum() > 0
    assert set(told.loc[told["value"] >= 0, "outcome"]) == {"gain"}
    assert told["row"].min() in (0, 1)
    assert (told["at"] - told["value"]).abs().max() < 10
    assert columns(tables.dots(case())) == {"at": [], "row": [], "value": [], "outcome": []}


def test_an_outcome_of_nothing_is_no_loss():
    dots = [SimpleNamespace(at=1.0, row=2, value=v) for v in (0.0, -0.1)]
    assert columns(tables.dots(SimpleNamespace(dots=dots))) == {
        "at": [1.0, 1.0], "row": [2, 2], "value": [0.0, -0.1], "outcome": ["gain", "loss"],
    }  # fmt: skip


def test_every_formula_has_its_result():
    lines = [
        SimpleNamespace(name="a", formula="x * y", value=12.3456, unit="money/contact"),
        SimpleNamespace(name="b", formula="x / y", value=0.5, unit="1"),
    ]
    of = SimpleNamespace(best=SimpleNamespace(lines=lines), currency="USD")
    assert columns(tables.steps(of)) == {
        "Result": ["a", "b"], "Formula": ["x * y", "x / y"], "Value": ["12.35", "0.5"],
        "Unit": ["USD / contact", ""],
    }  # fmt: skip
    assert columns(tables.steps(case())) == {
        "Result": [], "Formula": [], "Value": [], "Unit": [],
    }  # fmt: skip


def test_every_input_that_is_asked_says_where_it_comes_from():
    entry = CaseInput("price", "Price", "money/case", "?", False, "5", "a bill", "Ines", "4")
    told = case(
        inputs=(
            entry,
            replace(entry, name="n", label="N", monitored="6", monitored_in="June", batch="B1"),
            replace(entry, planned=None, source="", owner=""),
            replace(entry, planned=None, default=None),
            replace(entry, is_asked=False),
        )
    )
    assert columns(tables.inputs(told)) == {
        "Input": ["Price", "N", "Price", "Price"],
        "Name": ["price", "n", "price", "price"],
        "Used": ["5", "6", "4", "–"],
        "Unit": ["EUR / case"] * 4,
        "From": [
            "written in the value case", "monitored, June", "the mechanism's default", "missing",
        ],
        "Source": ["a bill", "a bill", "", "a bill"],
        "Owner": ["Ines", "Ines", "", "Ines"],
        "Batch": ["", "B1", "", ""],
    }  # fmt: skip


def test_the_waterfall_of_an_estimate_goes_from_step_to_step():
    steps = [("guess", 100.0, 100.0), ("data", 130.0, 30.0), ("team", 120.0, -10.0)]
    told = [SimpleNamespace(label=label, p50=p50, change=change) for label, p50, change in steps]
    view = SimpleNamespace(estimate=SimpleNamespace(waterfall=told))
    assert columns(tables.waterfall(view)) == {
        "order": [0, 1, 2],
        "step": ["guess", "data", "team"],
        "from": [0.0, 100.0, 130.0],
        "to": [100.0, 130.0, 120.0],
        "change": [100.0, 30.0, -10.0],
    }


def receipt(**more):
    usual = {
        "status": "committed", "kind": "models", "project": "shop", "filename": "f.csv",
        "batch": "B1", "accepted": 5, "rejected": 2, "actor": "ann",
    }  # fmt: skip
    return Receipt(**usual | more)


def test_every_batch_has_its_row():
    rows = [
        {"receipt": receipt(), "channel": "http", "received_at": NOON, "undone_by": "B2"},
        {"receipt": receipt(kind="own"), "channel": "form", "received_at": NOON,
         "undone_by": None},
        {"receipt": receipt(undoes="B1"), "channel": "cli", "received_at": NOON,
         "undone_by": None},
    ]  # fmt: skip
    assert columns(tables.batches(rows, {"models": "Models"})) == {
        "Batch": ["B1"] * 3,
        "What": ["Models", "own", "undo of B1"],
        "File": ["f.csv"] * 3,
        "Accepted": [5] * 3,
        "Rejected": [2] * 3,
        "By": ["ann"] * 3,
        "Through": ["http", "form", "cli"],
        "At (UTC)": [pd.Timestamp(NOON)] * 3,
        "State": ["undone by B2", "in force", "in force"],
    }


def test_every_reject_says_how_to_mend_it():
    rejects = [
        Reject(row=3, column="value", code="c", value="x", message="No number.", hint="Digits."),
        Reject(row=4, column=None, code="d", message="Too long.", hint="Cut it."),
    ]
    assert columns(tables.rejects(receipt(rejects=rejects))) == {
        "Line": [3, 4],
        "Column": ["value", ""],
        "Value": ["x", ""],
        "What is wrong": ["No number.", "Too long."],
        "How to fix it": ["Digits.", "Cut it."],
        "Code": ["c", "d"],
    }


def test_examples_leave_out_the_project_and_columns_without_a_value():
    examples = [
        Example(line=2, change="new", row={"project": "shop", "model_id": "m"}),
        Example(line=3, change="changed", row={
            "project": "shop", "granularity": "P1W", "period_start": "2026-01-05 00:00:00",
        }),
    ]  # fmt: skip
    read = tables.examples(receipt(kind="metric_results", examples=examples))
    assert columns(read) == {
        "Line": [2, 3], "Is": ["new", "changed"], "Model": ["m", ""],
        "Period start": ["", "2026-01-05"], "Granularity": ["", "Week"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "texts"),
    [
        (5.0, 7.5, ("5 h per case", "7.5 h per case", "+ 2.5 h per case")),
        (7.5, 5.0, ("7.5 h per case", "5 h per case", "− 2.5 h per case")),
        (5.0, 5.1234, ("5 h per case", "5.123 h per case", "+ 0.1234 h per case")),
        (None, 5.0, ("not available", "5 h per case", "–")),
        (5.0, None, ("5 h per case", "not available", "–")),
        (-5.0, -5.0, ("−5 h per case", "−5 h per case", "− 0 h per case")),
    ],
)
def test_a_kpi_before_and_after(before, after, texts):
    effect = Effect(kpi="k", title="K", unit="hour/case", before=before, after=after)
    assert columns(tables.effects(receipt(effect=[effect]))) == {
        "KPI": ["K"], "Before": [texts[0]], "Before, likely": ["–"], "After": [texts[1]],
        "After, likely": ["–"], "Change": [texts[2]], "Grade": ["–"],
    }  # fmt: skip


def test_a_kpi_before_and_after_keeps_its_range_and_grade():
    effect = Effect(
        kpi="k", title="K", unit="hour/case", before=5.0, after=7.0, before_p10=4.0,
        before_p90=6.5, after_p10=7.0, after_p90=7.0, grade="C",
    )  # fmt: skip
    shown = columns(tables.effects(receipt(effect=[effect])))
    assert (shown["Before, likely"], shown["After, likely"]) == (["4 to 6.5"], ["exact"])
    assert shown["Grade"] == ["C"]


def test_a_rate_of_exact_numbers_is_called_exact():
    of = line(case(worth(1.0), worth(700 * PER_YEAR, 0.0)))
    assert columns(tables.cases([of]))["Likely"] == ["exact"]
