"""Columns of running totals: what is asked of them, and the number of each period alone."""

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import (
    Cost,
    FreedHoursRecord,
    KpiActual,
    KpiTarget,
    MetricResult,
    RolloutResult,
    Status,
)
from tests.services.test_imports import put, stored
from tests.services.test_read_again import built_anew, opened
from tests.services.test_read_again import put as put_again

KPIS = (
    "kpi_id,title,dimension,unit,direction,baseline,target,owner\n"
    "refunds,Refunds,cost_saving,EUR/month,lower,100,90,x\n"
    "sales,Sales,revenue,EUR/month,higher,1000,1200,x\n"
    "churn,Churn,customer_experience,%,lower,4,3,x\n"
    "time,Time,cycle_time,minute/case,lower,100,90,x\n"
    "tickets,Tickets,customer_experience,tickets,lower,100,90,x\n"
)
YTD = "kpi,month,YTD\n"
REFUNDS = "refunds,2026-01,100\nrefunds,2026-02,210\nrefunds,2026-03,330\n"


@pytest.fixture
def shop(workspace):
    put(workspace, "title,owner,currency\nShop,x,EUR\n", kind="projects")
    assert put(workspace, KPIS, kind="kpis").status is Status.COMMITTED
    return workspace


def told(workspace, text, *answers, kind="kpi_actuals", **options):
    profile = Profile()
    for answer in answers:
        profile = profile.answered(*answer.split("=", 1))
    return put(workspace, text, kind=kind, profile=profile, **options)


def numbers(workspace, record=KpiActual, field="value"):
    """The numbers in order of their periods, by what they are of."""
    rows = stored(workspace, record)
    return [r[field] for r in sorted(rows, key=lambda r: (r[record.key[1]], r["period_start"]))]


@pytest.mark.parametrize(
    "header",
    ["YTD", "value_ytd", "valueYTD", "value_cumulative", "Umsatz kumuliert", "Cumul annuel",
     "Acumulado", "Cumul\u00e9", "running total", "Spend to date", "aufgelaufen (EUR)",
     "Kum. Wert", "narastaj\u0105co", "\u7d2f\u8a08", "K\u00fcm\u00fclatif", "Progressivo",
     "\u043d\u0430\u0440\u0430\u0441\u0442\u0430\u044e\u0449\u0438\u0439"],
)  # fmt: skip
def test_a_column_that_is_called_a_running_total_is_asked_about(shop, header):
    text = f"kpi,month,{header}\n{REFUNDS}"
    field = f"columns.{header}=value"
    (question,) = told(shop, text, field).questions
    assert (question.key, question.choices) == ("running_totals", ["as_written", "running"])
    assert f"{header} is called like a running total" in question.message
    assert question.preview == [
        "as_written: refunds: 2026-01 is 100, 2026-02 is 210, 2026-03 is 330",
        "running: refunds: 2026-01 is 100, 2026-02 is 110, 2026-03 is 120",
    ]
    assert not stored(shop, KpiActual)
    receipt = told(shop, text, field, "running_totals=running")
    assert receipt.status is Status.COMMITTED, receipt
    said = f"{header} as totals since the year began, each less the one before"
    assert receipt.read_as.endswith(said)
    assert numbers(shop) == [100, 110, 120]


def test_a_column_that_is_only_called_so_is_stored_as_it_is_written(shop):
    receipt = told(shop, YTD + REFUNDS, "fields.value=YTD", "running_totals=as_written")
    assert receipt.read_as.endswith("YTD as numbers of each period alone")
    assert numbers(shop) == [100, 210, 330]


@pytest.mark.parametrize("header", ["value", "Wert", "document", "Amount due date", "accumulator?"])
def test_other_columns_are_not_asked_about(shop, header):
    answers = () if header == "value" else (f"columns.{header}=value",)
    asked = header == "accumulator?"  # a word of that kind
    receipt = told(shop, f"kpi,month,{header}\n{REFUNDS}", *answers)
    assert (receipt.status is Status.ASKED) == asked


def test_a_kpi_may_be_called_so(workspace):
    put(workspace, "title,owner,currency\nShop,x,EUR\n", kind="projects")
    put(workspace, KPIS.replace("Tickets,", "Cumulative flow,"), kind="kpis")
    text = "kpi,month,value\nCumulative flow,2026-01,100\nCumulative flow,2026-02,110\n"
    assert told(workspace, text).status is Status.COMMITTED
    assert numbers(workspace) == [100, 110]


def test_series_are_told_apart_and_put_in_order(shop):
    """Two KPIs and two groups, in any order of rows; 0.3 - 0.1 is 0.2."""
    text = (
        "kpi,month,group,YTD\n"
        "sales,2026-03,all,0.7\nrefunds,2026-02,treated,30\nsales,2026-01,all,0.1\n"
        "refunds,2026-01,holdout,50\nrefunds,2026-01,treated,10\nsales,2026-02,all,0.3\n"
        "refunds,2026-02,holdout,40\nsales,2025-12,all,9\n"
    )
    answers = ("fields.value=YTD", "running_totals=running", "scale=as written")
    receipt = told(shop, text, *answers, accept_good=True)
    rows = {(r["kpi_id"], r["group"], str(r["period_start"])[:7]): r["value"]
            for r in stored(shop, KpiActual)}  # fmt: skip
    assert rows == {
        ("sales", "all", "2026-01"): 0.1, ("sales", "all", "2026-02"): 0.2,
        ("sales", "all", "2026-03"): 0.4, ("refunds", "treated", "2026-01"): 10,
        ("refunds", "treated", "2026-02"): 20, ("refunds", "holdout", "2026-01"): 50,
        ("refunds", "holdout", "2026-02"): -10,
    }  # fmt: skip
    assert [(r.row, r.code) for r in receipt.rejects] == [(9, "running-total")]
    assert [w.message for w in receipt.warnings if w.code == "running-falls"] == [
        "Rows of which a running total is lower than the one before, so that a number below zero "
        "is left for their period: 1, in YTD."
    ]


@pytest.mark.parametrize(
    ("months", "values", "rejected", "why"),
    [
        (("03", "04", "05"), [20, 30], [2], "neither the file nor what is stored has 2026-01 to"),
        (("01", "02", "04", "05"), [10, 20, 50], [4],
         "neither the file nor what is stored has 2026-03."),
        (("01", "02", "02x", "03"), [], [3, 4, 5],  # nobody knows which February is right
         "the period just before it is not in the file with one such total"),
    ],
)  # fmt: skip
def test_a_period_without_the_one_before_it_is_rejected(shop, months, values, rejected, why):
    totals = {"01": 10, "02": 30, "02x": 31, "03": 60, "04": 100, "05": 150}
    if "01" not in months:
        totals = {"03": 10, "04": 30, "05": 60}
    rows = [f"refunds,2026-{month[:2]},{totals[month]}\n" for month in months]
    text = YTD + "".join(rows)
    told_rows = told(shop, text, "fields.value=YTD", "running_totals=running", accept_good=True,
                     dry_run=True)  # fmt: skip
    assert {r.row for r in told_rows.rejects} == set(rejected)
    fault = next(r for r in told_rows.rejects if r.code == "running-total")
    assert f"cannot be computed: {why}" in fault.message
    assert "every period since then in one file, each once" in fault.hint
    if values:
        told(shop, text, "fields.value=YTD", "running_totals=running", accept_good=True)
        assert numbers(shop) == values


def test_what_is_the_same_in_both_readings_is_not_asked(shop):
    years = "kpi,date,YTD\ntickets,2024,100\ntickets,2025,210\n"
    assert told(shop, years, "fields.value=YTD", "period=P1Y").status is Status.COMMITTED
    january = YTD + "refunds,2026-01,100\nsales,2026-01,900\n"
    assert told(shop, january, "fields.value=YTD").status is Status.COMMITTED


def test_quarters_and_months_to_date_begin_anew(shop):
    rows = "".join(f"refunds,2026-{m:02},{v}\n" for m, v in ((1, 5), (2, 9), (3, 14), (4, 6)))
    text = f"kpi,month,value QTD\n{rows}"
    told(shop, text, "fields.value=value QTD", "running_totals=running", "scale=as written")
    assert numbers(shop) == [5, 4, 5, 6]
    days = "kpi,day,MTD\ntickets,2026-01-31,80\ntickets,2026-02-01,3\ntickets,2026-02-02,8\n"
    receipt = told(shop, days, "fields.value=MTD", "running_totals=running", "scale=as written",
                   accept_good=True)  # fmt: skip
    assert [r.row for r in receipt.rejects] == [2]
    assert numbers(shop)[4:] == [3, 5]


def test_weeks_are_of_the_year_that_most_of_their_days_are_in(shop):
    weeks = "kpi,week,YTD\ntickets,2025-W52,400\ntickets,2026-W01,10\ntickets,2026-W02,25\n"
    answers = ("fields.value=YTD", "running_totals=running", "scale=as written")
    receipt = told(shop, weeks, *answers, accept_good=True)
    assert [r.row for r in receipt.rejects] == [2]
    assert numbers(shop) == [10, 15]


def test_totals_of_weeks_are_not_taken_apart_since_a_week_may_begin_on_any_day(shop):
    days = "kpi,day,week to date\ntickets,2026-02-02,3\ntickets,2026-02-03,8\n"
    (question,) = told(shop, days, "fields.value=week to date", "scale=as written").questions
    assert question.choices == ["as_written"]
    assert "nothing says on which day its week begins" in question.message


def test_a_fiscal_year_is_that_of_the_project_once_agreed_to(shop):
    fiscal = "project,title,owner,currency,year_starts_in\nshop,Shop,x,EUR,4\n"
    confirmed = Profile(restatement="confirm")
    receipt = put(shop, fiscal, kind="projects", profile=confirmed)
    assert receipt.status is Status.COMMITTED, receipt
    rows = "".join(f"refunds,2026-{m:02},{v}\n" for m, v in ((3, 90), (4, 100), (5, 210)))
    answers = ("fields.value=YTD", "running_totals=running")
    (question,) = told(shop, YTD + rows, *answers).questions
    assert (question.key, question.choices) == ("fiscal_start", ["4", "1"])
    assert question.preview == [
        "4: refunds: 2026-04 is 100", "1: refunds: 2026-04 is 10",
    ]  # fmt: skip
    receipt = told(shop, YTD + rows, *answers, "fiscal_start=4", accept_good=True)
    assert "YTD as totals since the year began in April" in receipt.read_as
    assert numbers(shop) == [100, 110]


def test_totals_that_go_on_over_the_year_are_not_taken_as_those_of_the_year(shop):
    text = "kpi,month,Cumul\nrefunds,2025-12,100\nrefunds,2026-01,120\nrefunds,2026-02,150\n"
    receipt = told(shop, text, "fields.value=Cumul", "running_totals=running", accept_good=True)
    assert [(r.row, "did not begin anew" in r.message) for r in receipt.rejects] == [
        (2, False), (3, True),
    ]  # fmt: skip
    assert numbers(shop) == [30]
    since = text.replace("Cumul", "Project to date")
    answers = ("fields.value=Project to date", "running_totals=running")
    receipt = told(shop, since, *answers, accept_good=True)
    assert [r.row for r in receipt.rejects] == [2]
    assert "since it was first counted" in receipt.read_as


@pytest.mark.parametrize(
    ("kpi", "period", "why"),
    [
        ("churn", "2026-0{}", "Churn is a share (%), which does not add up over periods"),
        ("time", "2026-0{}", "Time is an average (minute/case), which does not add up"),
        ("refunds", "2026-Q{}", "Refunds is counted in EUR/month, and its rows are of a quarter"),
    ],
)
def test_what_does_not_add_up_has_one_reading_which_is_asked_all_the_same(shop, kpi, period, why):
    rows = "".join(f"{kpi},{period.format(n)},{v}\n" for n, v in ((1, 3), (2, 4)))
    text = f"kpi,period,YTD\n{rows}"
    answers = ("fields.value=YTD", "scale=as written")
    (question,) = told(shop, text, *answers).questions
    assert (question.code, question.choices) == ("running-alone", ["as_written"])
    assert why in question.message
    assert question.preview == ["as_written: 3; 4"]
    (again,) = told(shop, text, *answers, "running_totals=running").questions
    assert again.choices == ["as_written"]
    assert told(shop, text, *answers, "running_totals=as_written").status is Status.COMMITTED


def test_of_a_file_of_both_only_sums_are_taken_apart(shop):
    text = YTD + REFUNDS + "churn,2026-01,4\nchurn,2026-02,5\n"
    (question,) = told(shop, text, "fields.value=YTD").questions
    assert question.preview[-1] == (
        "running: refunds: 2026-01 is 100, 2026-02 is 110, 2026-03 is 120; rows rejected: 1, since "
        "Churn is a share (%), which does not add up over periods"
    )
    answers = ("fields.value=YTD", "running_totals=running")
    receipt = told(shop, text, *answers, accept_good=True)
    assert [r.row for r in receipt.rejects] == [6]
    assert numbers(shop) == [4, 100, 110, 120]


def test_what_stands_beside_a_running_total_is_not_kept_as_of_the_period(shop):
    text = (
        "kpi,month,YTD,n,sum,sum_sq\n"
        "refunds,2026-01,100,5,500,50000\nrefunds,2026-02,210,9,900,90000\n"
    )
    receipt = told(shop, text, "fields.value=YTD", "running_totals=running")
    assert [(r["n"], r["sum"], r["sum_sq"]) for r in stored(shop, KpiActual)] == [(None,) * 3] * 2
    assert [w.message for w in receipt.warnings if w.code == "running-beside"] == [
        "Left out beside a running total, since nothing says what is left of them for a period "
        "alone: n, sum, sum_sq."
    ]


def test_a_count_that_is_called_so_is_taken_apart_and_cannot_fall(shop):
    text = "kpi,month,value,cases ytd\n" + "".join(
        f"refunds,2026-{m:02},{v},{n}\n" for m, v, n in ((1, 100, 5), (2, 110, 9), (3, 120, 8))
    )
    answers = ("fields.n=cases ytd", "running_totals=running")
    receipt = told(shop, text, *answers, accept_good=True)
    assert [(r.row, r.column) for r in receipt.rejects] == [(4, "cases ytd")]
    assert "it is less than before, and what it counts cannot be" in receipt.rejects[0].message
    assert numbers(shop, field="n") == [5, 4]
    assert numbers(shop) == [100, 110]


COSTS = "model,month,type,item,Betrag kumuliert\n"


def test_costs_are_taken_apart_by_model_type_and_item(shop):
    text = COSTS + (
        "m,2026-02,inference,a,0.3\nm,2026-01,inference,a,0.1\nm,2026-01,licence,a,7\n"
        "m,2026-02,licence,a,9\nm,2026-02,inference,b,5\n"
    )
    field = "fields.amount=Betrag kumuliert"
    (question,) = told(shop, text, field, kind="cost_log").questions
    assert question.preview == [
        "as_written: m, inference, a: 2026-01 is 0.1, 2026-02 is 0.3",
        "running: m, inference, a: 2026-01 is 0.1, 2026-02 is 0.2; rows rejected: 1, since "
        "neither the file nor what is stored has 2026-01",
    ]
    answers = (field, "running_totals=running")
    told(shop, text, *answers, kind="cost_log", accept_good=True)
    rows = {(r["cost_type"], str(r["period_start"])[:7]): r["amount"] for r in stored(shop, Cost)}
    assert rows == {
        ("inference", "2026-01"): 0.1, ("inference", "2026-02"): 0.2,
        ("licence", "2026-01"): 7, ("licence", "2026-02"): 2,
    }  # fmt: skip


def test_costs_whose_days_are_in_several_rows_are_rejected(shop):
    text = (
        "model,period_start,period_end,type,cost ytd\n"
        "m,2026-01-01,2026-01-31,inference,5\nm,2026-01-01,2026-02-28,inference,9\n"
    )
    answers = ("fields.amount=cost ytd", "running_totals=running")
    receipt = told(shop, text, *answers, kind="cost_log")
    assert [r.row for r in receipt.rejects] == [2, 3]
    assert "other rows of its series are of some of its days, too" in receipt.rejects[0].message


def test_units_of_a_roll_out_may_be_columns_of_running_totals(shop):
    text = (
        "month,kpi,Berlin YTD,Bonn\n"
        "2026-01,refunds,100,10\n2026-02,refunds,210,15\n2026-03,refunds,300,12\n"
    )
    answers = ("name_columns=yes", "running_totals=running")
    (question,) = told(shop, text, answers[0], kind="rollout_results").questions
    assert question.preview[1].startswith("running: refunds, Berlin YTD: 2026-01 is 100, 2026-02")
    told(shop, text, *answers, kind="rollout_results")
    rows = {(r["unit_id"], r["period_start"].month): r["value"]
            for r in stored(shop, RolloutResult)}  # fmt: skip
    assert [rows["Berlin YTD", m] for m in (1, 2, 3)] == [100, 110, 90]
    assert [rows["Bonn", m] for m in (1, 2, 3)] == [10, 15, 12]


def test_freed_hours_are_taken_apart_and_where_they_went_is_left_out(shop):
    case = "value_case_id,title,mechanism\nv,V,demand_forecast\n"
    assert put(shop, case, kind="value_cases").status is Status.COMMITTED
    text = "case,month,hours ytd,overtime\nv,2026-01,10,4\nv,2026-02,25,9\n"
    answers = ("fields.freed=hours ytd", "running_totals=running")
    receipt = told(shop, text, *answers, kind="freed_hours")
    assert receipt.status is Status.COMMITTED, receipt
    assert numbers(shop, FreedHoursRecord, "freed") == [10, 15]
    assert numbers(shop, FreedHoursRecord, "overtime") == [None, None]


@pytest.mark.parametrize(
    ("kind", "text", "answers"),
    [
        (MetricResult, "model,metric,month,YTD\nm,recall,2026-01,0.1\nm,recall,2026-02,0.2\n",
         ("fields.value=YTD",)),
        (MetricResult, "model,month,recall YTD\nm,2026-01,0.1\nm,2026-02,0.2\n",
         ("metrics.recall YTD=recall", "wide=recall YTD", "new_model=new")),
        (MetricResult, "model,metric,month,value\nm,recall YTD,2026-01,0.1\n"
         "m,recall YTD,2026-02,0.2\n", ("metrics.recall YTD=recall",)),
        (KpiTarget, "kpi,target_on,target ytd\nsales,2026-06-30,0.1\nsales,2026-12-31,0.2\n",
         ("fields.target=target ytd", "scale=as written")),
    ],
)  # fmt: skip
def test_metrics_and_targets_are_not_taken_apart(shop, kind, text, answers):
    (question,) = told(shop, text, *answers, kind=kind.kind).questions
    assert (question.code, question.choices) == ("running-alone", ["as_written"])
    assert question.preview == ["as_written: 0.1; 0.2"]
    receipt = told(shop, text, *answers, "running_totals=as_written", kind=kind.kind)
    assert receipt.status is Status.COMMITTED, receipt
    assert "as numbers of each period alone" in receipt.read_as


def test_a_metric_under_its_own_name_is_no_question(shop):
    text = "model,metric,month,value\nm,cumulative_ctr,2026-01,0.1\nm,cumulative_ctr,2026-02,0.2\n"
    assert told(shop, text, kind="metric_results").status is Status.COMMITTED


def test_the_answer_holds_for_the_next_file_of_the_shape(shop):
    answers = ("fields.value=YTD", "running_totals=running")
    assert told(shop, YTD + REFUNDS, *answers).status is Status.COMMITTED
    receipt = told(shop, YTD + REFUNDS + "refunds,2026-04,400\n")
    assert receipt.status is Status.COMMITTED, receipt
    assert numbers(shop) == [100, 110, 120, 70]


def test_files_are_read_again_as_they_were_answered_or_as_before_it_was_asked(tmp_path):
    workspace = opened(tmp_path)
    projects = ["running", "written", "before", "then"]
    for project in projects:
        put_again(workspace, project, "kpis", KPIS)
    text, field = YTD + REFUNDS, "fields.value=YTD"
    put_again(workspace, "running", "kpi_actuals", text, field, "running_totals=running")
    put_again(workspace, "written", "kpi_actuals", text, field, "running_totals=as_written")
    before = Profile(before_layouts=True)
    put_again(workspace, "before", "kpi_actuals", text, field, profile=before)
    then = Profile(is_replay=True)
    put_again(workspace, "then", "kpi_actuals", text, field, profile=then)
    workspace.close()
    was, now, healed = built_anew(tmp_path, projects)
    assert now == was
    assert len(healed) == 1
    values = [sorted(r["value"] for r in was[project, "kpi_actuals"]) for project in projects]
    assert values == [[100, 110, 120], *[[100, 210, 330]] * 3]
