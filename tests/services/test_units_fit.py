"""A number is taken in the unit that stands beside it, or not at all."""

from datetime import datetime

import pytest

from mlpm_core.in_life.periods import periods_of
from mlpm_core.intake import Profile
from mlpm_core.services.admin import exports
from mlpm_core.services.in_life import portfolio
from mlpm_core.services.in_life.promises import delivered
from mlpm_core.services.ingest import imports, registers
from tests.in_use import (
    CASE,
    MODEL,
    PROJECT,
    net_a_year,
    planned_inputs,
    results,
    save,
    started,
    week,
)


def line(workspace):
    (only,) = portfolio.portfolio(workspace).lines
    return only


@pytest.mark.parametrize("unit", ["%", "percent", "Per cent"])
def test_a_percentage_is_a_share_wherever_it_is_used(workspace, unit):
    """24 % WAPE with an error of 1 % is .24 with .01: in the value, the limit and the export."""
    started(workspace, "M4", week(13))
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "wape", "high": 0.3})
    row = {"week": 12, "metric": "wape", "value": 24, "value_se": 1, "unit": unit}
    results(workspace, [row | {"ci_low": 22, "ci_high": 26}])
    only = line(workspace)
    written = planned_inputs("M4") | {"wape_model": 0.24}
    assert only.case.current.net.mean == pytest.approx(net_a_year("M4", written), rel=1e-3)
    (check,) = only.checks
    assert (check.value, check.low, check.high) == pytest.approx((0.24, 0.2236, 0.2564), abs=1e-4)
    months = delivered(workspace, PROJECT, CASE).months
    realised = sum(m.realised.mean for m in months if m.realised)
    assert realised == pytest.approx(net_a_year("M4", written) * 7 / 365.25, rel=1e-3)
    table = exports.export(
        workspace.acting_as("ada"), PROJECT, "metric_results", "csv"
    ).data.decode()
    assert ",0.24,," in table
    assert ",0.01,0.22,0.26," in table
    assert ",share," in table


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"value": 24, "unit": "%"}, 0.24),
        ({"value": 24, "unit": "%", "numerator": 24, "denominator": 100}, 0.24),
        ({"value": 100, "unit": "percent", "n": 50}, 1.0),
        ({"value": 0.9, "unit": "%"}, 0.009),
        ({"value": 0.24, "unit": "share"}, 0.24),
        ({"value": 0.24, "unit": "1"}, 0.24),
    ],
)
def test_the_range_of_a_share_is_judged_in_its_unit(workspace, row, value):
    """24 % of recall lie within 0 to 1."""
    started(workspace, "M1", week(13))
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "recall", "low": 0.001})
    results(workspace, [{"week": 12, "metric": "recall"} | row])
    assert line(workspace).checks[0].value == pytest.approx(value)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"value": 24}, "24 lies outside 0 to 1 of recall"),
        ({"value": 240, "unit": "%"}, "240% lies outside 0 to 1 of recall"),
        ({"value": 24, "unit": "%", "numerator": 1, "denominator": 2}, "denominator say 1 / 2"),
        ({"value": 0.24, "unit": "EUR"}, "The unit 'EUR' does not fit recall"),
        ({"value": 0.24, "unit": "min"}, "The unit 'min' does not fit recall"),
        ({"value": 0.24, "unit": "points"}, "The unit 'points' does not fit recall"),
        ({"metric": "uptake", "value": 0.9, "unit": "EUR"}, "'EUR' does not fit uptake"),
        ({"metric": "roc_auc", "value": 0.9, "unit": "EUR"}, "'EUR' does not fit roc_auc"),
    ],
)
def test_a_share_has_no_other_unit(workspace, row, sentence):
    """A pure number in euros or minutes is something else, and is not taken for itself."""
    started(workspace, "M1", week(13))
    row = {"week": 12, "metric": "recall"} | row
    receipt = results(workspace, [row], kept=False)
    assert receipt.status == "rejected"
    assert sentence in receipt.rejects[0].message


def test_a_quantity_that_is_a_share_may_be_in_percent(workspace):
    """90 % of the customers are .9 of them."""
    started(workspace, "M1", week(13))
    results(workspace, [{"week": 12, "metric": "uptake", "value": 90, "unit": "%"}])
    counted = net_a_year("M1", planned_inputs("M1") | {"uptake": 0.9})
    assert line(workspace).case.current.net.mean == pytest.approx(counted, rel=1e-9)


UNITS = {"metric": "units", "value": 1_000_000, "period_start": "2025-03-03"}


def test_a_volume_without_the_length_of_its_period_is_refused(workspace):
    """A million units with the unit `unit` may be those of a day or a year: not guessed."""
    started(workspace, "M7", week(13))
    receipt = results(workspace, [UNITS | {"unit": "unit"}], kept=False)
    assert receipt.status == "rejected"
    message = receipt.rejects[0].message
    assert "nothing says how long the period of this number is" in message
    assert "P1W" in message
    assert "unit/week" in message
    assert "unknown-metric" not in {warning.code for warning in receipt.warnings}
    assert line(workspace).case.current is None


@pytest.mark.parametrize(
    ("row", "units_a_year"),
    [
        ({"unit": "unit", "granularity": "P1D"}, 1e6 * 365.25),
        ({"unit": "unit", "granularity": "P1W"}, 1e6 * 365.25 / 7),
        ({"unit": "unit/month"}, 12e6),
        ({"unit": "unit/year"}, 1e6),
        ({"unit": "unit", "period_start": "2025-W10"}, 1e6 * 365.25 / 7),
    ],
)
def test_a_volume_is_taken_by_the_length_that_is_said(workspace, row, units_a_year):
    """The cell, the unit or the form of the date says of how long it is."""
    started(workspace, "M7", week(13))
    results(workspace, [UNITS | row])
    counted = net_a_year("M7", planned_inputs("M7") | {"units": units_a_year})
    assert line(workspace).case.current.net.mean == pytest.approx(counted, rel=1e-9)


@pytest.mark.parametrize(
    ("header", "status"),
    [("week", "committed"), ("day", "committed"), ("date", "asked"), ("period", "asked")],
)
def test_a_header_may_say_the_length_of_its_periods(workspace, header, status):
    """A column called week or day says it; one called date does not, and is asked about."""
    started(workspace, "M7", week(13))
    text = f"model_id,metric,{header},value,unit\n{MODEL},units,2025-03-03,19165,unit\n"
    receipt = imports.import_file(
        workspace.acting_as("ada"), PROJECT, "metric_results", "r.csv", text.encode()
    )
    assert receipt.status == status


def test_only_the_volume_needs_the_length(workspace):
    """A rate of the same file without a granularity is of a day, as ever."""
    started(workspace, "M7", week(13))
    row = {"metric": "escape_rate", "value": 0.01, "n": 500, "period_start": "2025-03-03"}
    assert results(workspace, [row]).stored == 1


def test_a_wide_file_may_be_in_percent(workspace):
    """The unit of a row is that of all of its metrics."""
    started(workspace, "M1", week(13))
    text = f"model_id,week,recall,precision,unit\n{MODEL},2025-03-31,60,25,%\n"
    receipt = imports.import_file(
        workspace.acting_as("ada"), PROJECT, "metric_results", "w.csv", text.encode(),
        profile=Profile(wide=("recall", "precision")),
    )  # fmt: skip
    assert receipt.status == "committed", (receipt.rejects, receipt.questions)
    rows = registers.records(workspace, PROJECT, "metric_results")
    assert {(r["metric"], r["value"], r["unit"]) for r in rows} == {
        ("recall", 0.6, "share"),
        ("precision", 0.25, "share"),
    }


def test_what_was_stored_in_percent_counts_as_a_share():
    """A store of before keeps 24 with the unit %, which is .24 wherever it is used."""
    row = dict.fromkeys(
        ("n", "ci_low", "ci_level", "numerator", "denominator", "labelled_share"), None
    )
    row |= {"metric": "wape", "value": 24.0, "value_se": 1.0, "ci_high": 26.0, "unit": "%"}
    row |= {"batch": "B00001", "label_status": "", "granularity": "P1W"}
    (metrics,) = periods_of([row | {"period_start": datetime(2025, 3, 31)}]).values()
    stored = metrics["wape"]
    assert (stored.value, stored.value_se, stored.ci_high) == (0.24, 0.01, 0.26)
    assert (stored.ci_low, stored.unit) == (None, "share")
