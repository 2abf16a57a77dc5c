"""A KPI that several value cases move: what they imply is added, draw by draw and day by day."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from mlpm_core.intake import Profile
from mlpm_core.quantity import Dimension
from mlpm_core.records import FIRST_MECHANISM, Kpi, Status
from mlpm_core.services.in_life.kpi_proof import Verdict, kpi_proof
from mlpm_core.services.in_life.kpi_since import since_day
from mlpm_core.services.in_life.kpi_view import kpi_lines, kpi_view
from mlpm_core.services.in_life.portfolio_export import kpis_json
from mlpm_core.services.in_life.promises import Outcome, delivered
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.undo import undo
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import worth
from pages.parts.in_life import kpi_tables
from pages.parts.in_life import kpi_text as say
from tests.monitored_shop import (
    CASE,
    QUANTITIES,
    SHOP,
    WEEKS,
    in_use,
    kpi,
    planned,
    promise,
    results,
    save,
)
from tests.services.test_kpi_view import measured

PER_POINT = (
    worth(find_mechanism("demand_forecast"), QUANTITIES, currency="EUR")
    .kpis[Dimension.REVENUE]
    .mean
    / 0.06
)
"""Revenue a year is linear in the error of the forecast: by this for each unit below 0.30."""
BOTH = {"value_case_id": CASE, "also_moved_by": "web"}


def web(workspace, model="n", **quantities):
    """A second value case of the same mechanism."""
    save(workspace, "models", {"model_id": model})
    case = {"value_case_id": "web", "title": "Web orders", "mechanism": "demand_forecast"}
    save(workspace, "value_cases", case | {"model_id": model})
    rows = (QUANTITIES | quantities).items()
    save(
        workspace,
        "quantities",
        *({"value_case_id": "web", "name": n, "written": w} for n, w in rows),
    )


def web_in_use(workspace, from_on, **more):
    row = {"deployment_id": "e", "model_id": "n", "value_case_id": "web", "from_on": from_on}
    save(workspace, "deployments", row | more)


def web_results(workspace, rows):
    results(workspace, rows, model="n", name=f"web{len(rows)}.csv")


def _fill(workspace):
    """On 10 August 2024: orders in use since 10 July, web since 22 July, both seen by the week."""
    planned(workspace, "2024-08-10")
    in_use(workspace, "2024-07-10")
    results(workspace, WEEKS)
    web(workspace)
    web_in_use(workspace, "2024-07-22")
    web_results(
        workspace,
        "2024-07-15,0.24,P1W,final\n2024-07-22,0.27,P1W,final\n2024-07-29,0.24,P1W,final\n",
    )
    kpi(workspace, "both", "higher", **BOTH)
    kpi(workspace, "orders", "higher")
    kpi(workspace, "web", "higher", value_case_id="web")


@pytest.fixture
def shop(filled):
    return filled(_fill)


def refused(workspace, **more):
    row = {
        "kpi_id": "both", "title": "both", "dimension": "revenue", "unit": "EUR/year",
        "direction": "higher", "baseline": 400_000, "target": 500_000, **BOTH,
    }  # fmt: skip
    receipt = registers.save(workspace.acting_as("test"), SHOP, "kpis", [row | more])
    assert receipt.status is Status.REJECTED, receipt
    return receipt.rejects[0]


def test_the_parts_of_a_week_add_from_the_day_each_came_into_use(shop):
    """In its first week orders runs 5 days of 7; what web shows before 22 July moves nothing."""
    shown = kpi_view(shop, SHOP, "both")
    by_week = {i.period.start.day: (i.level - 400_000) / PER_POINT for i in shown.implied}
    assert by_week == pytest.approx({8: 0.06 * 5 / 7, 15: 0.06, 22: 0.03 + 0.03, 29: 0.0 + 0.06})
    assert [part.case.title for part in shown.parts] == ["Orders", "Web orders"]
    assert shown.also == ()


def test_the_kpi_now_and_planned_is_the_sum(shop):
    lines = {line.kpi.kpi_id: line.kpi for line in kpi_lines(shop, SHOP)}
    both, parts = lines["both"], [lines["orders"], lines["web"]]
    for at in ("current", "planned"):
        moved = [getattr(one, at).mean - 400_000 for one in parts]
        assert getattr(both, at).mean - 400_000 == pytest.approx(sum(moved))
        assert sum(moved) > 0
    assert (both.moved_by, both.further, both.left_out) == ((CASE, "web"), ("web",), ())
    assert both.model == "m and n"
    assert set(both.batches) == {batch for one in parts for batch in one.batches}
    assert both.trend == tuple(i.level for i in kpi_view(shop, SHOP, "both").implied)
    assert both.as_of.start.date() == date(2024, 7, 29)
    (row,) = [r for r in kpis_json(shop, SHOP) if r["kpi"] == "both"]
    assert (row["value"], row["value_cases"]) == (pytest.approx(both.current.mean), [CASE, "web"])


def test_a_saving_adds_downwards(shop):
    kpi(shop, "down", "lower", **BOTH)
    shown = kpi_view(shop, SHOP, "down")
    assert (shown.implied[-1].level - 400_000) / PER_POINT == pytest.approx(-0.06)


def width(workspace, kpi_id):
    now = {line.kpi.kpi_id: line.kpi for line in kpi_lines(workspace, SHOP)}[kpi_id].current
    level = kpi_view(workspace, SHOP, kpi_id).implied[-1]
    assert level.low < level.level < level.high
    return np.array([now.p90 - now.p10, level.high - level.low])


@pytest.mark.parametrize(
    ("margin", "wider"),
    [("4 to 6", 2.0), ("4.0 to 6", math.sqrt(2))],
    ids=["one margin written alike", "two margins"],
)
def test_what_both_have_written_alike_is_one_number_and_the_rest_is_independent(
    workspace, margin, wider
):
    """Two equal parts: a sum of one number has twice the width of it, of two the root of 2."""
    planned(workspace, "2024-08-10")
    save(workspace, "quantities", {"value_case_id": CASE, "name": "margin", "written": "4 to 6"})
    web(workspace, margin=margin)
    in_use(workspace, "2024-07-10")
    web_in_use(workspace, "2024-07-10")
    results(workspace, WEEKS.replace("0.30", "0.24"))
    web_results(workspace, WEEKS.replace("0.30", "0.24"))
    kpi(workspace, "both", "higher", **BOTH)
    kpi(workspace, "one", "higher")
    assert width(workspace, "both") == pytest.approx(wider * width(workspace, "one"), rel=0.03)
    together = kpi_view(workspace, SHOP, "both").implied[-1].level
    assert together - 400_000 == pytest.approx(
        2 * (kpi_view(workspace, SHOP, "one").implied[-1].level - 400_000), rel=1e-3
    )


@pytest.mark.parametrize(("model", "wider"), [("m", 2.0), ("n", math.sqrt(2))])
def test_results_of_one_model_are_one_luck_in_both_cases(workspace, model, wider):
    planned(workspace, "2024-08-10")
    in_use(workspace, "2024-07-10")
    web(workspace, model)
    web_in_use(workspace, "2024-07-10", model_id=model)
    rows = "2024-07-22,0.24,P1W,final\n2024-07-29,0.24,P1W,final\n"
    results(workspace, rows, se="0.01")
    if model == "n":
        results(workspace, rows, se="0.01", model="n", name="n.csv")
    kpi(workspace, "both", "higher", **BOTH)
    kpi(workspace, "one", "higher")
    assert width(workspace, "both") == pytest.approx(wider * width(workspace, "one"), rel=0.04)


def test_a_case_that_is_a_plan_adds_nothing_and_says_so(workspace):
    planned(workspace, "2024-08-10")
    in_use(workspace, "2024-07-10")
    results(workspace, WEEKS)
    web(workspace)
    kpi(workspace, "both", "higher", **BOTH)
    kpi(workspace, "orders", "higher")
    lines = {line.kpi.kpi_id: line.kpi for line in kpi_lines(workspace, SHOP)}
    assert lines["both"].current.mean == pytest.approx(lines["orders"].current.mean)
    assert lines["both"].left_out == (
        "“Web orders” is not in use yet: it adds nothing to what is implied.",
    )
    planned_apart = lines["orders"].planned.mean - 400_000
    assert lines["both"].planned.mean - 400_000 == pytest.approx(2 * planned_apart)
    shown = kpi_view(workspace, SHOP, "both")
    assert (shown.implied[-2].level - 400_000) / PER_POINT == pytest.approx(0.03)
    assert lines["both"].left_out[0] in say.together(shown)


def test_of_a_case_in_use_without_results_nothing_is_said_and_so_nothing_of_the_sum(workspace):
    planned(workspace, "2024-08-10")
    in_use(workspace, "2024-07-10")
    results(workspace, WEEKS)
    web(workspace)
    web_in_use(workspace, "2024-07-22")
    kpi(workspace, "both", "higher", **BOTH)
    shown = kpi_view(workspace, SHOP, "both")
    assert (shown.kpi.current, shown.implied) == (None, ())
    assert shown.kpi.reason == (
        "“Web orders” moves it too, and nothing can be said of that: it has no results yet."
    )
    web_in_use(workspace, "2024-09-01")  # not yet
    assert kpi_view(workspace, SHOP, "both").kpi.current is not None


def test_a_case_that_is_no_longer_in_use_adds_nothing_from_then_on(shop):
    web_in_use(shop, "2024-07-22", to_on="2024-07-28")
    shown = kpi_view(shop, SHOP, "both")
    by_week = {i.period.start.day: (i.level - 400_000) / PER_POINT for i in shown.implied}
    assert by_week == pytest.approx({8: 0.06 * 5 / 7, 15: 0.06, 22: 0.06, 29: 0.0})
    assert shown.kpi.left_out == (
        "“Web orders” is no longer in use: it adds nothing to what is implied.",
    )


def test_an_archived_case_is_left_out_and_the_only_other_does_not_stand_in_for_it(shop):
    """What names one case is never told by another one."""
    save(
        shop,
        "value_cases",
        {"value_case_id": "web", "mechanism": "demand_forecast", "archived": True},
    )
    lines = {line.kpi.kpi_id: line.kpi for line in kpi_lines(shop, SHOP)}
    assert lines["both"].moved_by == (CASE,)
    assert lines["both"].left_out == ("The value case “web” is archived and adds nothing.",)
    assert lines["web"].current is None
    assert lines["web"].reason == "The value case “web” is archived and adds nothing."


def test_months_beside_weeks_and_days_in_which_only_one_was_seen(workspace):
    """Web is told by the month: its month counts for each of the weeks within."""
    planned(workspace, "2024-08-10")
    in_use(workspace, "2024-07-08")
    results(workspace, WEEKS)
    web(workspace)
    web_in_use(workspace, "2024-06-01")
    web_results(workspace, "2024-06-01,0.27,P1M,final\n2024-07-01,0.24,P1M,final\n")
    kpi(workspace, "both", "higher", **BOTH)
    implied = kpi_view(workspace, SHOP, "both").implied
    by_start = {i.period.start.date(): (i.level - 400_000) / PER_POINT for i in implied}
    assert by_start == pytest.approx(
        {
            date(2024, 6, 1): 0.03,
            date(2024, 7, 8): 0.12,
            date(2024, 7, 15): 0.12,
            date(2024, 7, 22): 0.09,
        }
    )  # of the week from 29 July web has 3 days of 7: too few to say anything


def test_measured_is_held_against_the_sum(workspace):
    """What two cases imply together supports what was measured; one of them contradicts it."""
    start, live = np.datetime64("2023-01-02"), 60
    day = [str(start + 7 * n) for n in range(live + 30)]
    planned(workspace, "2024-10-01")
    in_use(workspace, day[live])
    web(workspace)
    web_in_use(workspace, day[live])
    rows = "\n".join(f"{one},0.24,P1W,final" for one in day[live:])
    results(workspace, rows)
    web_results(workspace, rows)
    kpi(workspace, "both", "higher", **BOTH)
    values = 400_000 + np.random.default_rng(3).normal(0, 4_000, live + 30)
    values[live:] += 2 * 0.06 * PER_POINT
    told = [f"{one},{value:.0f},P1W" for one, value in zip(day, values, strict=True)]
    measured(workspace, "both", *told)
    proof = kpi_proof(workspace, SHOP, "both", "P1W")
    assert (proof.agreement.verdict, proof.also) == (Verdict.SUPPORTS, ())
    assert proof.agreement.implied.mean == pytest.approx(2 * 0.06 * PER_POINT)
    assert {name for name, _ in proof.links} == {"wape"}
    kpi(workspace, "both", "higher")
    assert kpi_proof(workspace, SHOP, "both", "P1W").also == ("Web orders",)


def test_a_promise_is_judged_by_the_sum_over_the_days_each_was_in_use(shop):
    """From 15 July to 10 August, 27 days: orders .06, .03 and 0 over its 21 days with results; web
    is in use for 20 of them and shows .03 and .06."""
    promise(shop, "both", 450_000)
    orders, on_web = (0.06 + 0.03 + 0.0) / 3, (0.03 + 0.06) / 2
    moved = PER_POINT * (orders + on_web * 20 / 27)
    (line,) = delivered(shop, SHOP, CASE).promises
    assert line.level.mean - 400_000 == pytest.approx(moved)
    assert line.days_monitored == pytest.approx(27 * min(21 / 27, 14 / 20))
    assert (line.outcome, moved > 50_000) == (Outcome.OVER_DELIVERED, True)


def test_a_month_on_promised_is_the_sum_on_the_screens_of_both_cases(shop):
    """July: orders .06 on 12 days and .03 on 7 of 22, web .03 on 7 and .06 on 3: .06 in all."""
    for case in (CASE, "web"):
        (months,) = [k.months for k in delivered(shop, SHOP, case).kpis if k.kpi.kpi_id == "both"]
        july, august = months
        assert july.level.mean - 400_000 == pytest.approx(0.06 * PER_POINT)
        assert (july.days_in_use, july.days_monitored) == (22, 22)
        assert august.level.mean - 400_000 == pytest.approx((0.0 + 0.06) * PER_POINT)
        assert (august.days_in_use, august.days_monitored) == (10, 4)


def test_a_mean_over_cases_does_not_add(shop):
    told = refused(
        shop, kpi_id="waits", dimension="cycle_time", unit="minute/case", baseline=10, target=8
    )
    assert told.column == "also_moved_by"
    assert "does not add up over value cases" in told.message


def test_a_case_named_twice_is_refused(shop):
    assert "is named twice" in refused(shop, also_moved_by="web; orders").message
    assert "is named twice" in refused(shop, also_moved_by="web; web").message
    assert Kpi.model_construct(**BOTH | {"also_moved_by": "web;orders;web"}).moved_by == (
        CASE, "web",
    )  # fmt: skip


def meters(workspace):
    """A value case that saves hours of people and moves no revenue."""
    save(workspace, "mechanisms", {"mechanism_id": "meter_reading", "definition": FIRST_MECHANISM})
    case = {"value_case_id": "meters", "title": "Meters", "mechanism": "meter_reading"}
    save(workspace, "value_cases", case)


def test_a_case_that_moves_another_dimension_is_refused_with_what_it_moves(shop):
    meters(shop)
    told = refused(shop, also_moved_by="meters")
    assert told.column == "also_moved_by"
    assert told.message.startswith(
        "The value case “meters” moves cost saving and people intensity, not revenue."
    )


def test_a_single_case_that_moves_another_dimension_implies_nothing_and_says_so(shop):
    """Files with one case stay valid; the KPI no longer stands at its baseline as if implied."""
    meters(shop)
    kpi(shop, "lone", "higher", value_case_id="meters")
    lone = next(x for x in kpi_lines(shop, SHOP) if x.kpi.kpi_id == "lone")
    assert (lone.kpi.current, lone.kpi.planned, lone.kpi.moved_by) == (None, None, ())
    assert lone.kpi.reason == (
        "The value case “Meters” moves cost saving and people intensity, not revenue."
    )


def test_a_case_that_is_not_there_is_refused_with_the_one_that_was_meant(shop):
    told = refused(shop, also_moved_by="wbe")
    assert (told.column, told.code) == ("also_moved_by", "unknown-reference")
    assert "web" in told.message


def test_one_cell_of_a_file_names_several_and_a_file_without_the_column_stays_valid(shop):
    head = "kpi_id,title,dimension,value_case_id,unit,direction,baseline,target"
    old = f"{head}\nold,Old,revenue,orders,EUR/year,higher,400000,500000\n"
    new = f"{head},also_moved_by\nnew,New,revenue,,EUR/year,higher,400000,500000,orders; web\n"
    for name, text in (("old.csv", old), ("new.csv", new)):
        receipt = imports.import_file(
            shop.acting_as("test"), SHOP, "kpis", name, text.encode(), profile=Profile()
        )
        assert receipt.status is Status.COMMITTED, receipt
    lines = {line.kpi.kpi_id: line.kpi for line in kpi_lines(shop, SHOP)}
    assert (lines["old"].moved_by, lines["new"].moved_by) == ((CASE,), (CASE, "web"))


def test_what_is_named_so_cannot_be_undone_beneath_it(shop):
    receipt = registers.save(
        shop.acting_as("test"), SHOP, "value_cases",
        [{"value_case_id": "third", "mechanism": "demand_forecast"}],
    )  # fmt: skip
    kpi(shop, "both", "higher", **BOTH | {"also_moved_by": "web; third"})
    with pytest.raises(Exception, match="KPI both on third"):
        undo(shop.acting_as("test"), SHOP, receipt.batch)


def test_screens_say_what_each_adds_and_what_both_do(shop):
    shown = kpi_view(shop, SHOP, "both")
    frame = kpi_tables.parts(shown)
    assert list(frame["Value case"]) == ["Orders", "Web orders", "Together"]
    assert set(frame["Grade"]) == {"C"}
    assert say.together(shown).startswith("What “Orders” and “Web orders” imply is added")
    moved = since_day(shown, None, date(2024, 7, 1)).metrics
    assert [(m.metric, m.of) for m in moved] == [("wape", "Orders"), ("wape", "Web orders")]
