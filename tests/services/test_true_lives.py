"""What monitoring says of a model in use is what its counts say: nothing more, nothing less."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mlpm_core.quantity import Dimension
from mlpm_core.services.in_life import portfolio, portfolio_export
from mlpm_core.services.in_life.promises import delivered
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.in_use import (
    CASE,
    PROJECT,
    clock,
    net_a_year,
    planned_inputs,
    results,
    save,
    started,
    week,
)
from tests.stores import copied


@pytest.fixture
def workspace(tmp_path, empty_folder):
    store = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    yield store
    store.close()


def spread(total, parts):
    """A whole number over so many parts, as even as can be, the larger ones apart."""
    return [(total * (i + 1)) // parts - (total * i) // parts for i in range(parts)]


def realised(workspace):
    """Net over all monitored days, money, and how many years these are."""
    view = delivered(workspace, PROJECT, CASE)
    net = sum(m.realised.mean for m in view.months if m.realised)
    return net, sum(m.days_monitored for m in view.months) / 365.25


def line(workspace):
    (only,) = portfolio.portfolio(workspace).lines
    return only


def audited(errors_a_week, n):
    return [
        {"week": i, "metric": "selective_error", "value": errors / n, "n": n}
        for i, errors in enumerate(errors_a_week)
    ]


@pytest.mark.parametrize(
    ("errors", "n", "weeks"), [(29, 30, 51), (8, 30, 18), (5, 100, 20), (60, 8, 51)]
)
def test_a_year_of_small_audits_is_worth_what_its_counts_say(workspace, errors, n, weeks):
    """M3: an error costs 100 and 31,000 cases a year are automatic, so net falls by 3.1 m for each
    point of error. 29 errors in 51 audits of 30 are 29 / 1530 = .01895, which is 12,258 a year less
    than at .015. A prior of one error and one right case in every week made .0476 of it.
    """
    inputs = planned_inputs("M3") | {"cost_per_error": 100}
    started(workspace, "M3", week(weeks), inputs)
    results(workspace, audited(spread(errors, weeks), n))
    net, years = realised(workspace)
    counted = net_a_year("M3", inputs | {"selective_error": errors / (n * weeks)})
    assert net / years == pytest.approx(counted, abs=0.02 * 107_000)


def test_audits_on_plan_are_healthy(workspace):
    """The first example: .01895 for .015 planned, 29 errors for 23 expected, which is chance."""
    inputs = planned_inputs("M3") | {"cost_per_error": 100}
    started(workspace, "M3", week(51), inputs)
    coverage = {"metric": "coverage", "value": inputs["coverage"], "n": 100_000, "week": 50}
    results(workspace, [*audited(spread(29, 51), 30), coverage])
    assert line(workspace).health.health == "healthy", line(workspace).health.reason


def flagging(mechanism, weeks, idle, precision_idle, n=200):
    """On plan for some weeks, then nothing flagged; how precision is reported then differs."""
    inputs = planned_inputs(mechanism)
    for i in range(weeks):
        is_idle = i >= weeks - idle
        yield {"week": i, "metric": "recall", "value": 0 if is_idle else inputs["recall"], "n": n}
        if not is_idle:
            yield {"week": i, "metric": "precision", "value": inputs["precision"], "n": n}
        elif precision_idle is not None:
            yield {"week": i, "metric": "precision"} | precision_idle


@pytest.mark.parametrize("mechanism", ["M1", "M2", "M6", "M12"])
@pytest.mark.parametrize(
    "precision_idle",
    [{"value": 0, "n": 0}, {"value": 0, "numerator": 0, "denominator": 0}, {"value": 0}, None],
)
def test_a_model_that_stops_flagging_earns_nothing(workspace, mechanism, precision_idle):
    """Nothing flagged is a state, not a fault: what is worth money then is only what does not come
    from flags, which is nothing but for M12, whose automatic decisions still save 126,000 a year of
    work (20,000 x .7 x half an hour x 36 x .5). Precision is not defined then. The model is
    critical at once, and the sum holds the planned net of the other eight weeks alone.
    """
    started(workspace, mechanism, week(12))
    results(workspace, flagging(mechanism, 12, 4, precision_idle))
    only = line(workspace)
    inputs = planned_inputs(mechanism)
    rates = {"recall": 0, "value_detection_rate": 0, "precision": 1e-9}
    nothing = net_a_year(mechanism, {n: rates.get(n, v) for n, v in inputs.items()})
    planned = net_a_year(mechanism, inputs)
    assert only.health.health == "sick", only.health.reason
    assert only.case.current.net.mean == pytest.approx(nothing, abs=0.01 * planned)
    net, years = realised(workspace)
    assert years == pytest.approx(12 * 7 / 365.25)
    expected = (8 * planned + 4 * nothing) / 12
    assert net / years == pytest.approx(expected, abs=0.03 * planned)


@pytest.mark.parametrize("mechanism", ["M1", "M2"])
def test_a_model_that_stops_flagging_still_costs_what_running_it_costs(workspace, mechanism):
    """52,000 a year that are written beyond the formulas: an idle week is worth
    0 less 52,000 / 52.18.

    The dimension that holds it is cost saving, and the sum over the year has it whole.
    """
    started(
        workspace, mechanism, week(12), planned_inputs(mechanism) | {"run_cost": "52000 EUR/year"}
    )
    results(workspace, flagging(mechanism, 12, 4, None))
    only = line(workspace)
    assert only.health.health == "sick"
    assert only.case.current.net.mean == pytest.approx(-52_000, abs=60)
    saved = only.case.current.kpis[Dimension.COST_SAVING].mean
    assert saved == pytest.approx(-52_000, abs=60)
    planned = net_a_year(mechanism, planned_inputs(mechanism)) - 52_000
    assert only.case.planned.net.mean == pytest.approx(planned, rel=1e-9)
    net, years = realised(workspace)
    expected = (8 * planned + 4 * -52_000) / 12
    assert net / years == pytest.approx(expected, abs=0.03 * (planned + 52_000))


@pytest.mark.parametrize(
    ("row", "cases_a_year"),
    [
        ({"value": 700, "unit": "customer", "granularity": "P1W"}, 36_525),
        ({"value": 3000, "unit": "customer", "granularity": "P1M"}, 3000 * 365.25 / 30),
        ({"value": 700, "unit": "customers/week", "granularity": "P1M"}, 36_525),
        ({"value": 36_525, "unit": "customer/year", "granularity": "P1D"}, 36_525),
    ],
)
def test_a_volume_of_a_period_becomes_that_of_a_year(workspace, row, cases_a_year):
    """700 customers a week are 700 x 365.25 / 7 = 36,525 a year; June has 30 days."""
    inputs = planned_inputs("M1") | {"population": 36_525}
    started(workspace, "M1", week(40), inputs)
    receipt = results(workspace, [row | {"metric": "population", "period_start": "2025-06-01"}])
    assert "unknown-metric" not in {w.code for w in receipt.warnings}
    only = line(workspace)
    counted = net_a_year("M1", inputs | {"population": cases_a_year})
    assert only.case.current.net.mean == pytest.approx(counted, rel=1e-9)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"metric": "population", "value": 700}, "population is a quantity, asked in"),
        ({"metric": "population", "value": 700, "unit": "EUR"}, "does not fit population"),
        ({"metric": "customer_value", "value": 190}, "customer_value is a quantity, asked in"),
        ({"metric": "customer_value", "value": 190, "unit": "USD"}, "in USD, the project in EUR"),
        ({"metric": "uptake", "value": 90}, "uptake is a share: write its unit, such as share"),
        ({"metric": "uptake", "value": 90, "unit": "share"}, "uptake must be at most 1"),
    ],
)
def test_a_quantity_without_a_fitting_unit_is_refused(workspace, row, sentence):
    """A number that may be of a week or of a year, of customers or of money, is not guessed."""
    started(workspace, "M1", week(40))
    row = {"period_start": week(30), "granularity": "P1W"} | row
    receipt = results(workspace, [row], kept=False)
    assert receipt.status == "rejected"
    assert sentence in receipt.rejects[0].message
    assert line(workspace).case.current is None


def test_an_error_in_another_currency_is_refused(workspace):
    """The root mean squared error of prices has the unit of money, and so a currency."""
    started(workspace, "M9", week(40))
    row = {"metric": "rmse", "value": 12, "week": 30}
    assert results(workspace, [row | {"unit": "USD"}], kept=False).status == "rejected"
    assert results(workspace, [row | {"unit": "EUR"}]).status == "committed"
    assert results(workspace, [row | {"week": 31}], name="b.csv").status == "committed"


LEVELS = [
    # 1 of 30, uniform prior: Beta(2, 30), .0116 to .1441
    ({"value": 1 / 30, "n": 30}, (0.0116, 0.1441)),
    ({"value": 0.0333, "numerator": 1, "denominator": 30}, (0.0116, 0.1441)),
    ({"value": 0.0333, "n": 30, "numerator": 1, "denominator": 30}, (0.0116, 0.1441)),
    # 1000 x .04 x .96 / (1000 x .0062^2) = 1000 cases: Beta(41, 961)
    ({"value": 0.04, "value_se": 0.006197}, (0.0311, 0.0513)),
    # half a width of 1.96 x .006197; at 90 % of 1.645 x .006197
    ({"value": 0.04, "ci_low": 0.02785, "ci_high": 0.05215}, (0.0311, 0.0513)),
    ({"value": 0.04, "ci_low": 0.02981, "ci_high": 0.05019, "ci_level": 0.9}, (0.0311, 0.0513)),
]


@pytest.mark.parametrize(("row", "interval"), LEVELS)
def test_whatever_a_file_states_of_its_error_is_read(workspace, row, interval):
    """So many cases, numerator and denominator, a standard error or a confidence interval: each of
    them alone says that 1 of 30 audits is not exactly 3.3 %.
    """
    started(workspace, "M3", week(13))
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "selective_error",
         "high": 0.02, "breach": "sick"})  # fmt: skip
    results(workspace, [{"week": 12, "metric": "selective_error"} | row])
    only = line(workspace)
    (check,) = only.checks
    assert (check.low, check.high) == pytest.approx(interval, rel=0.02)
    assert only.case.current.net.p10 < 0.99 * only.case.current.net.p90


def test_a_share_of_rare_events_has_an_interval_of_its_own(workspace):
    """400 of 10 m escape, .00004, for a limit of .00002. By the Poisson distribution of 400 that is
    3.7e-5 to 4.3e-5: a breach. 200 of 10 m lie on the limit, 215 (1.8e-5 to 2.4e-5) may be chance.
    """
    started(workspace, "M7", week(13))
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "escape_rate",
         "high": 2e-5, "breach": "sick"})  # fmt: skip
    states = []
    for i, escaped in enumerate((400, 200, 215)):
        row = {"week": 10 + i, "metric": "escape_rate", "value": escaped / 1e7, "n": 10_000_000}
        results(workspace, [row], name=f"{i}.csv")
        (check,) = line(workspace).checks
        states.append((check.state.value, f"{check.low:.1e}", f"{check.high:.1e}"))
    assert states == [
        ("outside", "3.7e-05", "4.3e-05"),
        ("inside", "1.8e-05", "2.2e-05"),
        ("may be chance", "1.9e-05", "2.4e-05"),
    ]


@pytest.mark.parametrize(("answer", "high"), [("n", 0.0441), ("denominator", 0.1441)])
def test_two_numbers_of_cases_that_differ_are_asked(workspace, answer, high):
    """1 of 30 audits in a file that also says 1,000: the share of 30 or of 1,000 is asked once.
    The 95 % points are those of Beta(2, 30) and of Beta(34.3, 967.7).
    """
    started(workspace, "M3", week(13))
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "selective_error",
         "high": 0.02, "breach": "sick"})  # fmt: skip
    row = {"week": 12, "metric": "selective_error", "value": 0.0333, "n": 1000}
    row |= {"numerator": 1, "denominator": 30}
    asked = results(workspace, [row], kept=False)
    (question,) = asked.questions
    assert (asked.status, question.key, question.choices) == (
        "asked",
        "cases",
        ["n", "denominator"],
    )
    assert "selective_error has 1000 cases and the denominator 30" in question.message
    results(workspace, [row], answers={"cases": answer})
    assert line(workspace).checks[0].high == pytest.approx(high, rel=0.005)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"value": 0.5, "numerator": 1, "denominator": 30}, "numerator and denominator say 1 / 30"),
        ({"value": 0.2, "ci_low": 0.3, "ci_high": 0.4}, "outside of its own interval 0.3 to 0.4"),
        ({"value": 0.2, "ci_low": 0.3, "ci_high": 0.1}, "contradict each other"),
        ({"metric": "mae", "value": 40, "ci_low": 4, "ci_high": 5}, "its own interval 4 to 5"),
    ],
)
def test_what_contradicts_itself_is_refused(workspace, row, sentence):
    """No reading of such a row is right; rounding to two decimals is no contradiction."""
    started(workspace, "M3", week(13))
    row = {"week": 12, "metric": "selective_error"} | row
    receipt = results(workspace, [row], kept=False)
    assert receipt.status == "rejected"
    assert sentence in receipt.rejects[0].message


@pytest.mark.parametrize(
    ("start", "granularity"),
    [("2026-01-31", "P1M"), ("2024-02-29", "P1Y"), ("2025-11-30", "P3M"), ("2025-12-31", "P1M")],
)
def test_a_period_may_begin_on_a_day_that_other_months_lack(workspace, start, granularity):
    """Stored before or after the value case, it blocks neither, and has an end that is later."""
    clock(workspace, "2026-06-30")
    row = {"metric": "selective_error", "value": 0.015, "n": 1000}
    row |= {"period_start": start, "granularity": granularity}
    start_on = {"dates_are": "start"}
    results(workspace, [row], answers=start_on)
    started(workspace, "M3", "2026-06-30")
    assert line(workspace).case.current is not None
    coverage = row | {"metric": "coverage", "value": 0.62}
    results(workspace, [coverage], name="b.csv", answers=start_on)
    assert realised(workspace)[1] > 0


def test_a_model_without_fresh_results_is_not_part_of_what_models_deliver(workspace):
    """Results 229 days old say nothing of today: 62,100 a year are not delivered, and said apart.
    The same results the week after count in full.
    """
    started(workspace, "M1", week(13))
    rates = [("recall", 0.6, 10_000), ("precision", 0.25, 10_000)]
    results(
        workspace,
        [{"week": 12, "metric": m, "value": value, "n": n} for m, value, n in rates],
    )
    fresh = portfolio.portfolio(workspace)
    assert fresh.lines[0].is_counted
    assert fresh.totals[0].realised.mean == pytest.approx(62_100, rel=0.05)
    clock(workspace, week(13) + timedelta(days=229))
    stale = portfolio.portfolio(workspace)
    (only,) = stale.lines
    assert (only.is_in_life, only.is_counted, stale.totals) == (True, False, ())
    last = week(13) - timedelta(days=1)
    assert only.case.uncounted == f"no results since {last.day} {last:%b %Y}"
    (row,) = portfolio_export.health_json(workspace, PROJECT)
    assert row["not_counted"] == only.case.uncounted


def test_the_worst_comes_first_whatever_its_gap(workspace):
    """A critical small model stands above a healthy large one, and above one that is at risk."""
    started(workspace, "M1", week(13))
    small = planned_inputs("M1") | {"population": 5000}
    for name, given in (("small", small), ("other", planned_inputs("M1"))):
        save(workspace, "models", {"model_id": name})
        save(workspace, "value_cases", {"value_case_id": name, "title": name.title(),
             "mechanism": "targeted_intervention", "model_id": name})  # fmt: skip
        save(
            workspace, "quantities",
            *({"value_case_id": name, "name": n, "written": str(v)} for n, v in given.items()),
        )  # fmt: skip
    rates = {"m": 0.42, "small": 0.2, "other": 0.6}  # of .6 planned: 70 %, 33 % and all of it
    rows = [
        {"model_id": model, "week": i, "metric": metric, "value": value, "n": 100_000}
        for model, recall in rates.items()
        for metric, value in (("recall", recall), ("precision", 0.25))
        for i in range(11, 13)
    ]
    results(workspace, rows, answers={"new_model": "new"})
    lines = portfolio.portfolio(workspace).lines
    assert [(x.case.title, x.health.health.value) for x in lines] == [
        ("Small", "sick"), ("Case", "watch"), ("Other", "healthy"),
    ]  # fmt: skip
    assert lines[0].gap < lines[1].gap


def test_now_is_a_window_and_one_noisy_week_makes_no_model_critical(workspace):
    """12 weeks of 96 positives on plan, then 40 of 96: by itself 70 % of the value. Now rests on
    the weeks together, and its interval on all of their cases.
    """
    started(workspace, "M1", week(13))
    recalls = [58 / 96] * 12 + [45 / 96]
    rows = [
        {"week": i, "metric": metric, "value": value, "n": n}
        for i, recall in enumerate(recalls)
        for metric, value, n in (("recall", recall, 96), ("precision", 0.25, 230))
    ]
    results(workspace, rows)
    only = line(workspace)
    assert only.case.rests_on.n > 1
    assert str(only.case.rests_on).endswith("weeks to 6 Apr 2025")
    assert only.health.health == "healthy", only.health.reason
    low, high = only.rate_range
    assert low < only.current_rate < high
    assert only.current_rate > 0.85 * only.planned_rate


@pytest.mark.parametrize(
    ("drift", "direction", "target", "target_on", "words"),
    [
        (-0.01, "higher", 200_000, None, "between start and target, getting worse"),
        (0.01, "higher", 200_000, None, "between start and target, getting better"),
        (-0.01, "lower", -200_000, None, "between start and target, getting worse"),
        (0.0, "higher", 200_000, "2025-12-31", "between start and target"),
        (-0.01, "higher", 200_000, "2025-04-01", "target missed"),
        (0.01, "higher", 10_000, "2025-12-31", "on target"),
    ],
)
def test_the_word_for_a_kpi_follows_its_direction_and_its_date(
    workspace, drift, direction, target, target_on, words
):
    """Recall falls or rises for 16 weeks around plan; the KPI starts at 0 and gains about 90,000,
    or loses as much when less of it is better.
    """
    started(workspace, "M1", week(17))
    save(workspace, "kpis", {"kpi_id": "k", "title": "Kept", "dimension": "revenue",
         "unit": "EUR/year", "direction": direction, "baseline": 0, "target": target,
         "target_on": target_on, "value_case_id": CASE})  # fmt: skip
    rows = [
        {"week": i, "metric": metric, "value": value, "n": 10_000}
        for i in range(16)
        for metric, value in (("recall", 0.6 + drift * (i - 8)), ("precision", 0.25))
    ]
    results(workspace, rows)
    view = portfolio.project_view(workspace, PROJECT)
    assert view.kpis[0].standing(view.day) == words
