"""A log alone shows value: metrics that nobody reports are computed from it, and said to be."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from mlpm_core.in_life.periods import Logged, Period
from mlpm_core.records import Status
from mlpm_core.services.admin.figures_check import forget_wrong_figures
from mlpm_core.services.in_life.deployments import Health, deployment, deployments
from mlpm_core.services.in_life.portfolio import portfolio
from mlpm_core.services.in_life.promises import delivered
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.undo import undo
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.monitored import monitored_periods
from mlpm_core.services.valuation.value_cases import case_value
from tests.monitored_shop import (
    CASE,
    NET_PER_POINT,
    SHOP,
    clock,
    in_use,
    kpi,
    planned,
    results,
)
from tests.services.test_imports import put
from tests.stores import copied

HEAD = "prediction_id,ts,model_id,y_pred,y_pred_proba,y_true,decision\n"
WEEK_STARTS = [datetime(2024, 7, day) for day in (1, 8, 15, 22)]


@pytest.fixture
def shop(tmp_path, empty_folder):
    """The plan of the shop on 29 July 2024, in use since 1 July; nothing is reported."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    planned(workspace, "2024-07-29")
    in_use(workspace, "2024-07-01")
    yield workspace
    workspace.close()


def forecasts(error=0.24, a_day=40, days=range(1, 29)):
    """So many forecasts a day of July of what was sold, off by a share of it on average."""
    rng = np.random.default_rng(7)
    rows = []
    for day in days:
        for i in range(a_day):
            actual = 10 + i
            off = rng.choice((-1, 1)) * rng.uniform(0, 2 * error)
            rows.append((f"{day}-{i}", f"2024-07-{day:02}", round(actual * (1 + off), 4), actual))
    return rows


def log(workspace, rows, *, outcomes=True, **options):
    text = HEAD + "".join(
        f"{name},{day},m,{predicted},,{actual if outcomes else ''},\n"
        for name, day, predicted, actual in rows
    )
    receipt = put(workspace, text, kind="prediction_log", **options)
    assert receipt.status in (Status.COMMITTED, Status.DRY_RUN), receipt
    return receipt


def labels(workspace, rows):
    text = "prediction_id,y_true\n" + "".join(f"{name},{actual}\n" for name, *_, actual in rows)
    receipt = put(workspace, text, kind="labels")
    assert receipt.status is Status.COMMITTED, receipt
    return receipt


def wape(rows):
    predicted, actual = (np.array([row[i] for row in rows]) for i in (2, 3))
    return abs(predicted - actual).sum() / abs(actual).sum()


def of_week(rows, k):
    return [row for row in rows if 1 + 7 * k <= int(row[1][-2:]) <= 7 + 7 * k]


def case(workspace, value_case_id=CASE):
    return case_value(workspace, SHOP, value_case_id)


def monitored(workspace, value_case_id=CASE):
    """By the start of each week what counts of it, reported or computed."""
    of = case(workspace, value_case_id)
    with workspace.store.reader() as reader:
        periods = monitored_periods(
            reader, SHOP, of.deployment, workspace.today(SHOP), of.mechanism, of.currency
        )
    return {p.start: m for p, m in periods.items()}


def test_a_log_alone_shows_value_on_health_portfolio_and_promised(shop):
    rows = forecasts()
    assert case(shop).current is None
    log(shop, rows)
    told = case(shop)
    (entry,) = [i for i in told.inputs if i.name == "wape_model"]
    assert entry.monitored_value == pytest.approx(wape(rows), abs=0.02)
    assert entry.batch == ""
    assert entry.computed.n == entry.computed.n_predictions == entry.computed.n_outcomes
    assert str(told.as_of) == "week of 22 Jul 2024"
    (line,) = portfolio(shop).lines
    assert line.current_rate == pytest.approx(
        NET_PER_POINT * (0.3 - entry.monitored_value) * 7 / 365.25, rel=0.02
    )
    (deployed,) = deployments(shop, None)
    assert deployed.health.health is Health.HEALTHY, deployed.health
    total = delivered(shop, SHOP, CASE).total
    assert (total.days_monitored, total.days_not_final) == (28, 0)
    expected = sum(NET_PER_POINT * 7 / 365.25 * (0.3 - wape(of_week(rows, k))) for k in range(4))
    assert total.realised.mean == pytest.approx(expected, rel=0.02)
    view = deployment(shop, SHOP, "d")
    assert [p.monitored.logged for p in view.metrics[0].series.points] == [Logged(280, 280)] * 4
    assert forget_wrong_figures(shop) == []


def test_each_week_is_what_its_rows_give(shop):
    rows = forecasts()
    log(shop, rows)
    found = monitored(shop)
    assert list(found) == WEEK_STARTS
    for k, start in enumerate(WEEK_STARTS):
        result = found[start]["wape"]
        assert result.value == pytest.approx(wape(of_week(rows, k)))
        assert (result.n, result.label_status, result.labelled_share) == (280, "final", 1)
        assert 0 < result.value_se < 0.02


def test_an_import_of_a_log_shows_what_it_does_to_the_kpis_and_an_undo_takes_it_back(shop):
    kpi(shop, "sales", "higher")
    rows = forecasts(error=0.1)
    planned_value = case(shop).planned.net.mean
    tried = log(shop, rows, dry_run=True)
    (effect,) = tried.effect
    assert case(shop).current is None
    done = log(shop, rows)
    assert done.effect == tried.effect
    assert effect.before is None
    assert effect.after > 400_000
    assert case(shop).current.net.mean > 2 * planned_value
    back = undo(shop.acting_as("ada"), SHOP, done.batch)
    assert [(e.before, e.after) for e in back.effect] == [(effect.after, effect.before)]
    assert case(shop).current is None
    assert delivered(shop, SHOP, CASE).total.realised is None
    assert deployments(shop, None)[0].health.health is Health.UNKNOWN


def test_labels_that_come_late_change_the_value_and_are_said_to_be_missing(shop):
    """Outcomes of the first three weeks, then of a fifth of the last: it waits; then of all."""
    rows = forecasts()
    log(shop, rows, outcomes=False)
    assert case(shop).current is None
    labels(shop, [row for k in range(3) for row in of_week(rows, k)])
    first = case(shop)
    assert str(first.as_of) == "week of 15 Jul 2024"
    assert first.log.waiting == (Period(WEEK_STARTS[3], "P1W"),)
    assert (first.log.n_waiting, first.log.outcomes_waiting) == (280, 0)
    assert "0 of 280 predictions" in deployments(shop, None)[0].health.reason
    labels(shop, of_week(rows, 3)[::5])
    again = case(shop)
    assert again.current.net.mean == first.current.net.mean
    assert (again.log.n_waiting, again.log.outcomes_waiting) == (280, 56)
    worse = [
        (name, day, predicted, 5 * actual) for name, day, predicted, actual in of_week(rows, 3)
    ]
    receipt = put(
        shop, "prediction_id,y_true\n" + "".join(f"{r[0]},{r[3]}\n" for r in worse),
        kind="labels",
    )  # fmt: skip
    assert receipt.status is Status.ASKED  # it restates a fifth of them
    labels(shop, [row for i, row in enumerate(worse) if i % 5])
    last = case(shop)
    assert str(last.as_of) == "week of 22 Jul 2024"
    assert last.log.waiting == ()
    assert last.current.net.mean < first.current.net.mean / 2
    assert forget_wrong_figures(shop) == []


def test_a_part_of_the_outcomes_is_said_and_not_final(shop):
    rows = forecasts()
    log(shop, rows, outcomes=False)
    labels(shop, rows[::2])
    (entry,) = [i for i in case(shop).inputs if i.name == "wape_model"]
    assert (entry.computed.n_outcomes, entry.computed.n_predictions) == (
        entry.computed.n_predictions // 2, entry.computed.n_predictions,
    )  # fmt: skip
    total = delivered(shop, SHOP, CASE).total
    assert (total.days_monitored, total.days_not_final) == (28, 28)


def test_what_is_reported_goes_first(shop):
    rows = forecasts()
    log(shop, rows)
    results(shop, "2024-07-08,0.29,P1W,final")
    found = monitored(shop)
    assert found[WEEK_STARTS[1]]["wape"].value == 0.29
    assert found[WEEK_STARTS[1]]["wape"].logged is None
    assert [found[s]["wape"].logged for s in WEEK_STARTS if s != WEEK_STARTS[1]] == [
        Logged(280, 280)
    ] * 3


def test_a_result_of_another_length_leaves_no_room_for_what_the_log_gives(shop):
    log(shop, forecasts())
    results(shop, "2024-07-09,0.29,P1D,final")
    found = monitored(shop)
    assert found[datetime(2024, 7, 9)]["wape"].logged is None
    assert len(found) == 28  # the log is read by day now
    results(shop, "2024-07-01,0.28,P1M,final")  # it covers all of July, day by day
    assert {(s.day, m["wape"].value) for s, m in monitored(shop).items()} == {(1, 0.28), (9, 0.29)}


def test_weeks_begin_on_the_weekday_on_which_reported_ones_do(shop):
    rows = forecasts()
    log(shop, rows)
    results(shop, "2024-07-04,0.29,P1W,final")  # a Thursday
    found = monitored(shop)
    assert {s.weekday() for s in found} == {3}


def test_a_log_that_says_otherwise_is_said_beside_health(shop):
    rows = forecasts(error=0.24)
    log(shop, rows)
    results(shop, "2024-07-15,0.10,P1W,final\n2024-07-22,0.10,P1W,final")
    (said,) = case(shop).log.disagreements
    assert (said.label, said.reported, said.n, said.n_periods) == (
        "Forecast error (WAPE)", 0.1, 560, 2,
    )  # fmt: skip
    assert said.computed == pytest.approx(wape(rows[560:]), abs=0.01)
    (line,) = deployments(shop, None)
    assert "Forecast error (WAPE) is reported as 0.1" in line.health.reason
    assert "(n = 560)" in line.health.reason
    assert line.health.health is Health.WATCH


def test_a_log_that_says_the_same_is_not_mentioned(shop):
    rows = forecasts()
    log(shop, rows)
    for k in range(4):
        day = WEEK_STARTS[k].date()
        results(shop, f"{day},{wape(of_week(rows, k)):.3f},P1W,final", name=f"{k}.csv")
    assert case(shop).log.disagreements == ()
    assert {m["wape"].logged for m in monitored(shop).values()} == {None}


def test_a_week_that_still_runs_waits_as_long_as_others_tell(shop):
    clock(shop, "2024-07-25")
    rows = forecasts(days=range(1, 26))
    done = log(shop, rows)
    assert list(monitored(shop)) == WEEK_STARTS[:3]
    undo(shop.acting_as("ada"), SHOP, done.batch)
    log(shop, forecasts(days=range(22, 26)))
    assert list(monitored(shop)) == WEEK_STARTS[3:]


def test_what_was_known_is_what_the_log_said_then(shop):
    rows = forecasts()
    then = log(shop, rows[:560]).batch
    before = case(shop).current.net.mean
    log(shop, [(f"more-{a}", b, c * 3, d) for a, b, c, d in rows])
    assert case(shop).current.net.mean != before
    past = shop.as_of(then)
    assert case(past).current.net.mean == pytest.approx(before)
