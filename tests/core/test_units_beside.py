"""A result in another unit is held against limits, plans and earlier results in the one asked."""

import pytest

from mlpm_core.services import imports, portfolio
from mlpm_core.services.deployments import deployment
from tests.in_use import MODEL, PROJECT, results, save, started, week
from tests.in_use import planned_inputs as planned


def watched(workspace):
    (metric,) = deployment(workspace, "ada", PROJECT, "d").metrics
    return metric


@pytest.mark.parametrize(
    ("mechanism", "metric", "row", "limit", "state", "shown"),
    [
        ("M8", "rmse", {"value": 540, "unit": "second"}, {"high": 10}, "inside", 9.0),
        ("M8", "rmse", {"value": 0.5, "unit": "hour"}, {"high": 10}, "outside", 30.0),
        ("M8", "rmse", {"value": 12, "unit": ""}, {"high": 10}, "outside", 12.0),
        ("M9", "rmse", {"value": 12, "unit": "EUR"}, {"high": 12}, "inside", 12.0),
        ("M5", "clicks", {"value": 120, "unit": "%"}, {"low": 1.1}, "inside", 1.2),
        ("M4", "wape", {"value": 24, "unit": "%"}, {"high": 0.2}, "outside", 0.24),
    ],
)
def test_a_limit_is_in_the_unit_that_is_asked(
    workspace, mechanism, metric, row, limit, state, shown
):
    """540 seconds keep a limit of 10 minutes, half an hour does not."""
    started(workspace, mechanism, week(13))
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": metric} | limit)
    results(workspace, [{"week": 12, "metric": metric} | row])
    (line,) = portfolio.portfolio(workspace, "ada").lines
    (check,) = line.checks
    assert (check.state.value, check.value) == (state, pytest.approx(shown))
    assert watched(workspace).check == check


def test_the_error_of_a_result_has_its_unit_too(workspace):
    """10.5 minutes, give or take one, may be within 10."""
    started(workspace, "M8", week(13))
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "rmse", "high": 10})
    results(
        workspace,
        [{"week": 12, "metric": "rmse", "value": 630, "value_se": 60, "unit": "second"}],
    )
    (line,) = portfolio.portfolio(workspace, "ada").lines
    (check,) = line.checks
    assert check.state.value == "may be chance"
    assert (check.low, check.high) == pytest.approx((8.8551, 12.1449), abs=1e-3)


@pytest.mark.parametrize("slot", ["champion", "challenger"])
def test_a_change_of_unit_is_no_change_of_the_metric(workspace, slot):
    """9 minutes, then 540 seconds: nothing has left its range, whichever part the model plays."""
    started(workspace, "M8", week(20))
    if slot != "champion":
        save(
            workspace, "deployments",
            {"deployment_id": "d", "model_id": MODEL, "value_case_id": "case", "slot": slot,
             "from_on": week(0)},
        )  # fmt: skip
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "rmse", "high": 10})
    minutes = [9 + (i % 3) / 10 for i in range(20)]
    results(
        workspace,
        [
            {"week": i, "metric": "rmse", "value": x, "value_se": 0.3}
            if i < 14
            else {"week": i, "metric": "rmse", "value": x * 60, "value_se": 18, "unit": "second"}
            for i, x in enumerate(minutes)
        ],
    )
    metric = watched(workspace)
    assert [p.value for p in metric.series.points] == pytest.approx(minutes)
    assert metric.centre == pytest.approx(9.1, abs=0.01)
    assert metric.episodes == ()
    assert metric.check.state.value == "inside"


def test_slices_are_told_in_one_unit(workspace):
    """Half an hour of error in one region and 9 minutes in the other."""
    started(workspace, "M8", week(13))
    head = "model_id,metric,period_start,granularity,value,unit,slice_key,slice_value\n"
    text = head + "".join(
        f"{MODEL},rmse,{week(i)},P1W,{value},{unit},region,{region}\n"
        for i in range(3)
        for value, unit, region in ((0.5, "hour", "north"), (9, "", "south"), (9, "EUR", "west"))
    )
    done = imports.import_file(
        workspace, "ada", PROJECT, "metric_results", "s.csv", text.encode(),
    )  # fmt: skip
    assert done.status == "rejected"  # no minutes are euros
    text = "".join(line for line in text.splitlines(keepends=True) if "EUR" not in line)
    imports.import_file(workspace, "ada", PROJECT, "metric_results", "s.csv", text.encode())
    (told,) = deployment(workspace, "ada", PROJECT, "d", "P1W").segments
    errors = {one.name: one.points[-1].error for one in told.segments}
    assert errors == pytest.approx({"north": 30.0, "south": 9.0})


def test_a_plan_in_another_currency_is_shown_by_its_rate(workspace):
    """1,920 JPY at 160 JPY a EUR are EUR 12; the screen of the deployment could not be shown."""
    rate = {"rmse_model": "1920 JPY at 160 JPY/EUR on 2025-01-31"}
    started(workspace, "M9", week(13), planned("M9") | rate)
    results(workspace, [{"week": 12, "metric": "rmse", "value": 12}])
    assert watched(workspace).series.planned_median == pytest.approx(12)
