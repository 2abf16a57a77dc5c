"""A result in another unit is held against limits, plans and earlier results in the one asked."""

import pytest

from mlpm_core.intake import Profile
from mlpm_core.services.in_life import portfolio
from mlpm_core.services.in_life.deployments import deployment
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.in_use import MODEL, PROJECT, results, save, started, week
from tests.in_use import planned_inputs as planned


def watched(workspace):
    (metric,) = deployment(workspace, PROJECT, "d").metrics
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
    (line,) = portfolio.portfolio(workspace).lines
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
    (line,) = portfolio.portfolio(workspace).lines
    (check,) = line.checks
    assert check.state.value == "may be chance"
    assert (check.low, check.high) == pytest.approx((8.8551, 12.1449), abs=1e-3)


@pytest.mark.parametrize("slot", ["champion", "challenger"])
def test_a_change_of_unit_is_no_change_of_the_metric(workspace, slot):
    """9 minutes, then 540 seconds: nothing has left its usual range, whichever part the "
    "model plays."""
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
        workspace.acting_as("ada"), PROJECT, "metric_results", "s.csv", text.encode(),
    )  # fmt: skip
    assert done.status == "rejected"  # no minutes are euros
    text = "".join(line for line in text.splitlines(keepends=True) if "EUR" not in line)
    imports.import_file(
        workspace.acting_as("ada"), PROJECT, "metric_results", "s.csv", text.encode()
    )
    (told,) = deployment(workspace, PROJECT, "d", "P1W").segments
    errors = {one.name: one.points[-1].error for one in told.segments}
    assert errors == pytest.approx({"north": 30.0, "south": 9.0})


def test_a_plan_in_another_currency_is_shown_by_its_rate(workspace):
    """1,920 JPY at 160 JPY a EUR are EUR 12; the screen of the deployment could not be shown."""
    rate = {"rmse_model": "1920 JPY at 160 JPY/EUR on 2025-01-31"}
    started(workspace, "M9", week(13), planned("M9") | rate)
    results(workspace, [{"week": 12, "metric": "rmse", "value": 12}])
    assert watched(workspace).series.planned_median == pytest.approx(12)


HEAD = "value_case_id,candidate,metric,value,value_se,ci_low,ci_high,unit\n"


def evaluated(workspace, *rows, **answers):
    text = HEAD + "".join(f"case,{row}\n" for row in rows)
    profile = Profile.model_validate(answers)
    return imports.import_file(
        workspace.acting_as("ada"), PROJECT, "evaluations", "e.csv", text.encode(), profile=profile
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"value_se": 5}, "value_se"),
        ({"ci_low": 0.5, "ci_high": 70}, "ci_high"),
        ({"metric": "mcc", "value_se": 1.2}, "value_se"),
    ],
)
def test_a_share_cannot_be_that_far_off(workspace, row, column):
    """An error of 5 beside a recall of .6 is one of 5 %: it moved the value by a sixth unsaid."""
    started(workspace, "M1", week(13))
    row = {"metric": "recall", "value": 0.6} | row
    receipt = results(workspace, [{"week": 12} | row], kept=False)
    (reject,) = receipt.rejects
    assert (receipt.status, reject.column) == ("rejected", column)
    assert "write the unit %" in reject.message
    cells = [row.get(c, "") for c in ("metric", "value", "value_se", "ci_low", "ci_high")]
    measured = evaluated(workspace, f"c,{','.join(map(str, cells))},")
    assert [r.column for r in measured.rejects] == [column]


@pytest.mark.parametrize(
    "row",
    [
        {"value": 0.6, "value_se": 0.5},
        {"value": 0.5, "ci_low": -0.48, "ci_high": 1.48, "ci_level": 0.95},
        {"value": 60, "value_se": 5, "unit": "%"},
        {"metric": "mcc", "value": 0.1, "value_se": 0.9},
        {"metric": "rmse", "value": 60, "value_se": 5},
    ],
)
def test_a_wide_error_that_can_be_is_taken(workspace, row):
    """One case has an error of .5; a normal interval of it goes beyond 0 and 1."""
    started(workspace, "M1", week(13))
    results(workspace, [{"week": 12, "metric": "recall"} | row])


@pytest.mark.parametrize(
    ("metric", "limit", "sentence"),
    [
        ("recall", {"low": 60}, "60 lies outside 0 to 1 of recall"),
        ("precision", {"low": 0.1, "high": 30}, "30 lies outside 0 to 1 of precision"),
        ("mcc", {"low": -2}, "-2 lies outside -1 to 1 of mcc"),
        ("wape", {"high": 30}, "30 of wape is 3,000%"),
    ],
)
def test_a_limit_in_percent_is_refused(workspace, metric, limit, sentence):
    """No recall reaches 60, and no error of 3,000 % would be noticed."""
    started(workspace, "M1", week(13))
    receipt = registers.save(
        workspace.acting_as("ada"), PROJECT, "metric_limits",
        [{"deployment_id": "d", "metric": metric} | limit],
    )  # fmt: skip
    assert receipt.status == "rejected"
    assert sentence in receipt.rejects[0].message
    kept = {"rmse": {"high": 900}, "recall": {"low": 0, "high": 1}, "wape": {"high": 3}}
    for name, ends in kept.items():
        save(workspace, "metric_limits", {"deployment_id": "d", "metric": name} | ends)


WAPE = [{"week": 11, "metric": "wape", "value": 0.9}, {"week": 12, "metric": "wape", "value": 12.4}]


def test_an_error_above_2_without_a_unit_is_asked(workspace):
    """12.4 may be 12.4 % or 1,240 %: the latter lost 48 million a year without a word."""
    started(workspace, "M4", week(13))
    receipt = results(workspace, WAPE, kept=False)
    (question,) = receipt.questions
    assert (receipt.status, question.key) == ("asked", "errors_in")
    assert question.choices == ["percent", "share"]
    assert "wape is 12.4" in question.message
    assert "1,240%" in question.message
    asked = evaluated(workspace, "c,smape,150,,,,")
    assert [q.key for q in asked.questions] == ["errors_in"]


@pytest.mark.parametrize(
    "rows",
    [
        [{"value": 0.24}, {"value": 0.31}, {"value": 1.3}],
        [{"value": 1.3}, *[{"value": 13, "numerator": 130, "denominator": 10}] * 3],
        [{"value": 1.3}],
        [{"value": 1.3}, {"value": 13, "unit": "1"}],
        [{"value": 1.3, "metric": "rmse"}],
    ],
)
def test_a_bad_week_among_shares_is_not_asked(workspace, rows):
    """Most are below 2, or numerator and denominator or the unit say that it is a share."""
    started(workspace, "M4", week(13))
    results(workspace, [{"week": i, "metric": "wape"} | row for i, row in enumerate(rows)])
    kept = registers.records(workspace, PROJECT, "metric_results")
    assert 1.3 in {row["value"] for row in kept}


@pytest.mark.parametrize(("answer", "stored"), [("percent", 0.124), ("share", 12.4)])
def test_the_answer_holds_for_all_rows_without_a_unit(workspace, answer, stored):
    """0.9 beside 12.4 % is 0.9 %; what says its unit needs no answer."""
    started(workspace, "M4", week(13))
    said = {"week": 10, "metric": "wape", "value": 0.3, "unit": "share"}
    rows = [WAPE[0], WAPE[1] | {"value_se": 1, "ci_low": 10, "ci_high": 14}, said]
    results(workspace, rows, answers={"errors_in": answer})
    kept = registers.records(workspace, PROJECT, "metric_results")
    by_day = {str(r["period_start"].date()): r for r in kept}
    factor = stored / 12.4
    newest = by_day[str(week(12))]
    shown = [newest[c] for c in ("value", "value_se", "ci_low", "ci_high")]
    assert shown == pytest.approx([12.4 * factor, factor, 10 * factor, 14 * factor])
    assert by_day[str(week(11))]["value"] == pytest.approx(0.9 * factor)
    assert by_day[str(week(10))]["value"] == 0.3
    assert evaluated(workspace, "c,wape,12.4,,,,", errors_in=answer).status == "committed"


def test_the_answer_is_not_kept_for_the_next_file(workspace):
    """The next file may hold shares; without values above 2 nothing is asked of it."""
    started(workspace, "M4", week(13))
    results(workspace, WAPE, answers={"errors_in": "percent"})
    later = [{"week": 10, "metric": "wape", "value": 13}]
    assert results(workspace, later, kept=False).status == "asked"
    later[0]["value"] = 0.3
    results(workspace, later, answers={"errors_in": "percent"})
    kept = registers.records(workspace, PROJECT, "metric_results")
    assert 0.3 in {row["value"] for row in kept}


def test_what_was_stored_before_the_question_comes_back(tmp_path, monkeypatch):
    """A ledger of before holds 12.4 without a unit and without an answer."""
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    started(workspace, "M4", week(13))
    with monkeypatch.context() as before:
        before.setattr(Profile, "answers", lambda _: [])
        results(workspace, WAPE, answers={"errors_in": "share"})
    was = registers.records(workspace, PROJECT, "metric_results")
    workspace.close()
    (tmp_path / "mlpm.duckdb").unlink()
    again = open_recovered(Settings(data=tmp_path, demo=False))
    assert registers.records(again, PROJECT, "metric_results") == was
    assert [row["value"] for row in was] == [0.9, 12.4]
    again.close()


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        ("TEUR", "Write the amount in full, in EUR."),
        ("k EUR", "Write the amount in full, in EUR."),
        ("eur", "Did you mean EUR?"),
        ("%", "A share or a percentage does not fit rmse_model"),
    ],
)
def test_a_unit_that_is_none_says_what_to_write(workspace, unit, sentence):
    """Not "Did you mean EUR or EUR?", and never a unit that nobody wrote."""
    started(workspace, "M9", week(13))
    row = {"week": 12, "metric": "rmse", "value": 12.4, "unit": unit}
    receipt = results(workspace, [row], kept=False)
    assert sentence in receipt.rejects[0].message
