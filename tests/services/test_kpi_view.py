"""A KPI in full over a real store: measured beside implied, targets, freshness, state, owner."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.in_life.periods import Period
from mlpm_core.quantity import Dimension
from mlpm_core.records import Status
from mlpm_core.services.in_life.kpi_since import since_day
from mlpm_core.services.in_life.kpi_view import KpiState, Missing, kpi_lines, kpi_view
from mlpm_core.services.ingest import imports
from mlpm_core.store.cursor import Reader
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import worth
from tests.monitored_shop import (
    QUANTITIES,
    SHOP,
    WEEKS,
    clock,
    in_use,
    kpi,
    planned,
    promise,
    results,
    save,
)


def measured(workspace, kpi_id, *rows, head="period_start,value,granularity"):
    text = f"kpi_id,{head}\n" + "".join(f"{kpi_id},{row}\n" for row in rows)
    receipt = imports.import_file(
        workspace.acting_as("test"), SHOP, "kpi_actuals", f"{kpi_id}{len(rows)}.csv", text.encode()
    )
    assert receipt.status is Status.COMMITTED, receipt


def _fill(workspace):
    """The shop on 10 August 2024, in use since 10 July and monitored for four weeks."""
    planned(workspace, "2024-08-10")
    in_use(workspace, "2024-07-10")
    results(workspace, WEEKS)
    kpi(workspace, "revenue", "higher", owner="Ada", target_on="2024-12-31")


@pytest.fixture
def shop(filled):
    return filled(_fill)


def test_the_implied_series_is_the_baseline_and_what_the_metrics_of_each_week_imply(shop):
    """Revenue is linear in the error: what the plan gives at 0.24, nothing at 0.30."""
    shown = kpi_view(shop, SHOP, "revenue")
    levels = {i.period.start.date().isoformat(): i.level for i in shown.implied}
    at_plan = worth(find_mechanism("demand_forecast"), QUANTITIES, currency="EUR")
    per_point = at_plan.kpis[Dimension.REVENUE].mean / 0.06
    assert levels["2024-07-08"] == pytest.approx(400_000 + 0.06 * per_point)
    assert levels["2024-07-22"] == pytest.approx(400_000 + 0.03 * per_point)
    assert levels["2024-07-29"] == pytest.approx(400_000)
    assert all(i.low == i.high == pytest.approx(i.level) for i in shown.implied)
    assert shown.no_implied is None


def test_what_models_do_not_explain_is_measured_minus_implied(shop):
    measured(shop, "revenue", "2024-07-22,520000,P1W", "2024-07-29,430000,P1W")
    shown = kpi_view(shop, SHOP, "revenue")
    *_, last = shown.series["P1W"].whole
    assert shown.implied_in(last.period) == pytest.approx(400_000)
    assert last.value - shown.implied_in(last.period) == pytest.approx(30_000)
    assert shown.implied_in(Period(datetime(2024, 8, 5), "P1W")) is None


def test_a_kpi_without_any_model_is_welcome(workspace):
    clock(workspace, "2024-08-10")
    kpi(workspace, "returns", "lower", value_case_id="", baseline=10, target=8)
    measured(workspace, "returns", "2024-07-22,9,P1W", "2024-07-29,7.5,P1W")
    (line,) = kpi_lines(workspace, SHOP)
    assert (line.state, line.is_measured, list(line.spark)) == (KpiState.REACHED, True, [9, 7.5])
    shown = kpi_view(workspace, SHOP, "returns")
    assert (shown.implied, shown.cases) == ((), ())
    assert "No value case says yet" in shown.no_implied
    assert shown.implied_in(shown.series["P1W"].newest.period) is None


def test_a_week_that_is_not_over_on_the_project_s_day_is_not_its_newest(shop):
    measured(shop, "revenue", "2024-07-29,430000,P1W", "2024-08-05,90000,P1W")
    series = kpi_view(shop, SHOP, "revenue").series["P1W"]
    assert (series.newest.value, series.unfinished.value) == (430_000, 90_000)
    clock(shop, "2024-08-12")
    assert kpi_view(shop, SHOP, "revenue").series["P1W"].newest.value == 90_000


def test_what_lies_after_the_project_s_day_is_not_there_yet(shop):
    measured(shop, "revenue", "2024-07-29,430000,P1W", "2024-08-12,1,P1W")
    assert [v.value for v in kpi_view(shop, SHOP, "revenue").series["P1W"].values] == [430_000]


def test_groups_held_out_or_treated_are_not_the_kpi(shop):
    head = "period_start,value,granularity,group"
    measured(shop, "revenue", "2024-07-29,1,P1W,treated", "2024-07-29,2,P1W,holdout", head=head)
    assert kpi_view(shop, SHOP, "revenue").series == {}


def test_rows_that_rest_on_no_case_are_no_value(shop):
    head = "period_start,value,granularity,n"
    measured(shop, "revenue", "2024-07-22,430000,P1W,9", "2024-07-29,0,P1W,0", head=head)
    assert [v.value for v in kpi_view(shop, SHOP, "revenue").series["P1W"].values] == [430_000]


def test_targets_by_date_come_in_order_with_what_was_measured_on_their_day(shop):
    measured(shop, "revenue", "2024-07-22,410000,P1W", "2024-07-29,430000,P1W")
    dated = ({"target_on": "2024-07-31", "target": 440_000, "at_least": 420_000},
             {"target_on": "2024-09-30", "target": 460_000})  # fmt: skip
    save(shop, "kpi_targets", *({"kpi_id": "revenue"} | row for row in dated))
    shown = kpi_view(shop, SHOP, "revenue")
    assert [(str(t.on), t.target, t.is_reached) for t in shown.targets] == [
        ("2024-07-31", 440_000, False), ("2024-09-30", 460_000, None),
        ("2024-12-31", 500_000, None),
    ]  # fmt: skip
    assert shown.targets[0].measured.value == 430_000
    assert shown.line.target.target == 460_000
    clock(shop, "2025-02-01")
    assert kpi_lines(shop, SHOP)[0].target.target == 500_000


@pytest.mark.parametrize(
    ("direction", "levels", "is_taken"),
    [
        ("higher", (1, 2, 3), True), ("higher", (2, 1, 3), False), ("higher", (1, 3, 2), False),
        ("lower", (3, 2, 1), True), ("lower", (1, 2, 3), False), ("lower", (None, 2, 3), False),
        ("higher", (2, 2, 2), True), ("lower", (2, 2, None), True),
    ],
)  # fmt: skip
def test_floor_target_and_stretch_follow_the_way_the_kpi_should_move(
    shop, direction, levels, is_taken
):
    kpi(shop, "k", direction)
    text = "kpi_id,target_on,at_least,target,stretch\nk,2024-09-30," + ",".join(
        "" if level is None else str(level) for level in levels
    )
    receipt = imports.import_file(shop.acting_as("t"), SHOP, "kpi_targets", "t.csv", text.encode())
    assert (receipt.status is Status.COMMITTED) is is_taken
    assert is_taken or "is easier to reach than" in receipt.rejects[0].message


def test_values_out_of_date_say_so_and_tell_no_state(shop):
    measured(shop, "revenue", "2024-06-03,600000,P1W")
    (line,) = kpi_lines(shop, SHOP)
    assert (line.state, line.reason) == (KpiState.CANNOT_TELL, Missing.GAP)


def test_the_one_that_is_farthest_off_comes_first_and_implied_ones_are_told_apart(shop):
    kpi(shop, "stock", "higher", baseline=0, target=1)
    kpi(shop, "waits", "lower", baseline=20, target=8, value_case_id="")
    measured(shop, "revenue", "2024-07-29,550000,P1W")
    measured(shop, "waits", "2024-07-29,21,P1W")
    told = [(x.kpi.kpi_id, x.state, x.is_measured) for x in kpi_lines(shop, SHOP)]
    assert told == [
        ("waits", KpiState.OFF, True), ("stock", KpiState.OFF, False),
        ("revenue", KpiState.REACHED, True),
    ]  # fmt: skip


def test_promises_that_were_made_by_the_day_belong_to_it(shop):
    promise(shop, "revenue", 480_000)
    promise(shop, "revenue", 490_000, made_on="2024-09-01", promised_for_on="2024-12-01")
    assert [p.promised for p in kpi_view(shop, SHOP, "revenue").promises] == [480_000]


def test_an_archived_kpi_and_an_unknown_one_are_not_there(shop):
    kpi(shop, "revenue", "higher", archived=True)
    assert kpi_lines(shop, SHOP) == ()
    with pytest.raises(NotFoundError, match="KPI"):
        kpi_view(shop, SHOP, "nothing")


def test_a_list_asks_the_store_no_more_for_more_kpis_and_values(shop, monkeypatch):
    questions, was = [], Reader._rows

    def counted(self, sql, parameters):
        questions.append(sql)
        return was(self, sql, parameters)

    monkeypatch.setattr(Reader, "_rows", counted)
    counts = []
    for n in range(3):
        questions.clear()
        kpi_lines(shop, SHOP)
        counts.append(len(questions))
        for i in range(5):
            kpi(shop, f"k{n}{i}", "higher")
            weeks = [f"2024-0{m}-0{d},1,P1D" for m in (5, 6, 7) for d in range(1, 10)]
            measured(shop, f"k{n}{i}", *weeks)
    assert counts[2] <= counts[1] <= counts[0], counts


def test_as_of_a_past_day_what_came_later_is_not_there(shop):
    measured(shop, "revenue", "2024-07-22,410000,P1W")
    before = f"B{shop.version:05d}"
    measured(shop, "revenue", "2024-07-29,430000,P1W", "2024-07-15,400000,P1W")
    past = kpi_view(shop.as_of(before), SHOP, "revenue")
    assert [v.value for v in past.series["P1W"].values] == [410_000]
    assert past.day == date(2024, 8, 10)


def test_since_a_day_tells_value_metrics_definition_and_events_with_figures(shop):
    """On 24 July the week of 15 July was the newest that was over: 410,000 then, 430,000 now."""
    measured(shop, "revenue", "2024-07-15,410000,P1W", "2024-07-22,420000,P1W",
             "2024-07-29,430000,P1W")  # fmt: skip
    save(shop, "events", {"event_id": "s", "title": "Sale", "happened_at": "2024-07-24"},
         {"event_id": "f", "title": "Fair", "happened_at": "2024-07-23"})  # fmt: skip
    kpi(shop, "revenue", "higher", owner="Ada", target_on="2024-12-31", definition="Net")
    shown = kpi_view(shop, SHOP, "revenue")
    told = since_day(shown, shown.series["P1W"], date(2024, 7, 24))
    assert (told.measured.before, told.measured.now, told.measured.difference) == (
        410_000, 430_000, 20_000,
    )  # fmt: skip
    (wape,) = told.metrics
    assert (wape.metric, wape.before, wape.now) == ("wape", 0.24, 0.30)
    assert [h.column for h in told.settled] == ["definition"]
    assert [h.subject for h in told.events] == ["Sale"]
    early = since_day(shown, shown.series["P1W"], date(2024, 7, 1))
    assert (early.measured.before, early.measured.difference) == (None, None)
    late = since_day(shown, shown.series["P1W"], date(2024, 8, 9))
    assert (late.measured.before, late.measured.difference) == (430_000, None)
    assert since_day(shown, None, date(2024, 7, 24)).measured is None
