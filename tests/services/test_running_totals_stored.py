"""Running totals of which earlier periods are stored: a file a month, gaps, and a store rebuilt."""

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import Cost, FreedHoursRecord, KpiActual, RolloutResult, Status
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import undo as undoing
from tests.services.test_imports import put, stored
from tests.services.test_read_again import built_anew, opened
from tests.services.test_running_totals import KPIS, YTD, numbers, told

RUNNING = ("fields.value=YTD", "running_totals=running")
AS_IT_IS = (*RUNNING, "scale=as written")


@pytest.fixture
def shop(workspace):
    put(workspace, "title,owner,currency\nShop,x,EUR\n", kind="projects")
    assert put(workspace, KPIS, kind="kpis").status is Status.COMMITTED
    return workspace


def month(workspace, period, total, *answers, kpi="refunds", **options):
    return told(workspace, f"{YTD}{kpi},{period},{total}\n", *(answers or RUNNING), **options)


def alone(workspace, **values):
    """Numbers of months alone, stored as they are: m01=100 is that of January 2026."""
    rows = "".join(f"refunds,2026-{name[1:]},{value}\n" for name, value in values.items())
    receipt = told(workspace, f"kpi,month,value\n{rows}", "scale=as written")
    assert receipt.status is Status.COMMITTED, receipt


def said(receipt, code="running-stored"):
    return [w.message for w in receipt.warnings if w.code == code]


def why(receipt):
    """Why each row was rejected, by its line."""
    assert all(r.code == "running-total" for r in receipt.rejects), receipt
    return {r.row: r.message.partition("cannot be computed: ")[2] for r in receipt.rejects}


def test_a_file_a_month_of_totals_gives_the_number_of_each_month(shop):
    """The first asks nothing, the second once, the others are answered as that one was."""
    assert month(shop, "2026-01", 100.1, "fields.value=YTD").status is Status.COMMITTED
    (question,) = month(shop, "2026-02", 210.3, "fields.value=YTD").questions
    assert question.preview == [
        "as_written: refunds: 2026-02 is 210.3",
        "running: refunds: 2026-02 is 110.2; rows of which stored periods are taken off: 1",
    ]
    receipt = month(shop, "2026-02", 210.3)
    assert (receipt.status, receipt.rejects) == (Status.COMMITTED, [])
    assert said(receipt) == [
        "Rows of which stored periods were taken off the running total, since the file lacks them: "
        "1, in YTD, first refunds for 2026-02, 210.3 less 100.1; a later correction of those "
        "periods does not change these rows."
    ]
    receipt = put(shop, f"{YTD}refunds,2026-03,330.6\n", kind="kpi_actuals")
    assert receipt.status is Status.COMMITTED, receipt
    assert said(receipt)[0].count("330.6 less 210.3") == 1
    assert numbers(shop) == [100.1, 110.2, 120.3]


def test_the_same_month_again_is_no_change_and_a_corrected_one_changes_it_alone(shop):
    for period, total in (("2026-01", 100), ("2026-02", 210), ("2026-03", 330)):
        month(shop, period, total)
    assert month(shop, "2026-03", 330).status is Status.DUPLICATE
    again = told(shop, f"{YTD}refunds,2026-03,330.0\n", *RUNNING)
    assert (again.identical, again.new, again.changed) == (1, 0, 0)
    asked = month(shop, "2026-02", 205)
    assert [q.key for q in asked.questions] == ["restatement"]
    assert month(shop, "2026-02", 205, *RUNNING, "restatement=confirm").changed == 1
    assert numbers(shop) == [100, 105, 120]


def test_a_later_correction_of_what_was_taken_off_changes_no_other_month(shop):
    month(shop, "2026-01", 100)
    month(shop, "2026-02", 210)
    month(shop, "2026-01", 90, *RUNNING, "restatement=confirm")
    assert month(shop, "2026-02", 210).status is Status.DUPLICATE
    assert numbers(shop) == [90, 110]
    month(shop, "2026-03", 330)
    assert numbers(shop) == [90, 110, 130]  # less what holds now


@pytest.mark.parametrize(
    ("months", "total_of", "missing"),
    [
        ({"m02": 110}, "03", "2026-01"),
        ({"m01": 100}, "03", "2026-02"),
        ({"m01": 100}, "05", "2026-02 to 2026-04"),
        ({"m01": 100, "m03": 110}, "04", "2026-02"),
        ({"m01": 100, "m03": 110}, "06", "2026-04 to 2026-05"),
        ({"m05": 100}, "04", "2026-01 to 2026-03"),
    ],
)
def test_a_gap_among_the_stored_periods_is_named(shop, months, total_of, missing):
    alone(shop, **months)
    receipt = month(shop, f"2026-{total_of}", 500)
    assert receipt.status is Status.REJECTED
    assert why(receipt) == {2: f"neither the file nor what is stored has {missing}."}
    assert receipt.rejects[0].hint.startswith("Send what is missing before this file")
    assert len(numbers(shop)) == len(months)


def test_some_periods_may_be_in_the_file_and_others_stored(shop):
    alone(shop, m02=0.2, m04=40, m05=50)
    text = YTD + "refunds,2026-06,190\nrefunds,2026-01,0.1\nrefunds,2026-03,60.3\n"
    receipt = told(shop, text, *AS_IT_IS)
    assert receipt.status is Status.COMMITTED, receipt
    assert numbers(shop) == [0.1, 0.2, 60, 40, 50, 39.7]
    assert "2, in YTD, first refunds for 2026-06, 190 less 90;" in said(receipt)[0]


def test_what_the_file_says_of_a_period_goes_before_what_is_stored_of_it(shop):
    alone(shop, m01=100, m02=110)
    text = YTD + "refunds,2026-02,250\nrefunds,2026-03,330\n"
    told(shop, text, *RUNNING, "restatement=confirm")
    assert numbers(shop) == [100, 150, 80]
    text = YTD + "refunds,2026-03,330\nrefunds,2026-03,331\nrefunds,2026-04,400\n"
    receipt = told(shop, text, *RUNNING, accept_good=True)
    april = next(r for r in receipt.rejects if r.row == 4)  # which March is right, nobody knows
    assert "the period just before it is not in the file with one such total" in april.message
    assert numbers(shop) == [100, 150, 80]


def test_other_series_projects_lengths_and_undone_batches_are_no_predecessors(shop):
    put(shop, KPIS, kind="kpis", project="other")
    told(shop, "kpi,month,group,value\nrefunds,2026-01,holdout,1\nsales,2026-01,all,900\n")
    told(shop, "kpi,day,value\nrefunds,2026-01-31,4\n", "period=P1D", "scale=as written")
    put(shop, "kpi,month,value\nrefunds,2026-01,70\n", kind="kpi_actuals", project="other")
    undone = told(shop, "kpi,month,value\nrefunds,2026-01,80\n")
    undoing.undo(shop.acting_as("ada"), "shop", undone.batch)
    receipt = month(shop, "2026-02", 210)
    assert why(receipt) == {2: "neither the file nor what is stored has 2026-01."}
    assert month(shop, "2026-02", 1900, kpi="sales").status is Status.COMMITTED
    assert numbers(shop)[-2:] == [900, 1000]


def test_a_year_begins_in_its_own_month(shop):
    fiscal = "project,title,owner,currency,year_starts_in\nshop,Shop,x,EUR,4\n"
    put(shop, fiscal, kind="projects", profile=Profile(restatement="confirm"))
    alone(shop, m01=70, m02=80, m03=90, m04=100)
    (question,) = month(shop, "2026-05", 210).questions
    assert (question.key, question.choices) == ("fiscal_start", ["4", "1"])
    assert question.preview == ["4: refunds: 2026-05 is 110", "1: refunds: 2026-05 is -130"]
    receipt = month(shop, "2026-05", 210, *RUNNING, "fiscal_start=4")
    assert receipt.status is Status.COMMITTED, receipt
    assert numbers(shop) == [70, 80, 90, 100, 110]


def test_quarters_and_months_to_date_take_off_what_is_stored_since_these_began(shop):
    alone(shop, m01=5, m02=4, m03=5, m04=6)
    text = "kpi,month,value QTD\nrefunds,2026-06,21\nrefunds,2026-05,13\n"
    told(shop, text, "fields.value=value QTD", "running_totals=running", "scale=as written")
    assert numbers(shop) == [5, 4, 5, 6, 7, 8]
    days = "kpi,day,{}\ntickets,2026-02-{:02},{}\n"
    for day, value in ((1, 3), (2, 5)):
        told(shop, days.format("value", day, value), "period=P1D", "scale=as written")
    answers = ("fields.value=MTD", "running_totals=running", "period=P1D", "scale=as written")
    receipt = told(shop, days.format("MTD", 4, 20), *answers)
    assert why(receipt) == {2: "neither the file nor what is stored has 2026-02-03."}
    assert told(shop, days.format("MTD", 3, 20), *answers).status is Status.COMMITTED
    assert numbers(shop)[-3:] == [3, 5, 12]


def test_weeks_are_taken_off_from_the_first_week_of_their_year_on(shop):
    weeks = "kpi,week,value\ntickets,2025-W52,40\ntickets,2026-W01,10\n"
    told(shop, weeks, "scale=as written")
    receipt = told(shop, "kpi,week,YTD\ntickets,2026-W02,25\n", *AS_IT_IS)
    assert receipt.status is Status.COMMITTED, receipt
    assert numbers(shop) == [40, 10, 15]
    text = "kpi,week,group,YTD\ntickets,2026-W05,all,40\ntickets,2026-W03,holdout,9\n"
    assert why(told(shop, text, *AS_IT_IS)) == {
        2: "neither the file nor what is stored has 2026-01-12 to 2026-01-25.",
        3: "neither the file nor what is stored has 2025-12-29 to 2026-01-11.",
    }


def test_a_total_since_the_first_count_needs_one_total_of_the_file(shop):
    alone(shop, m01=5, m02=4)
    answers = ("fields.value=Project to date", "running_totals=running", "scale=as written")
    text = "kpi,month,Project to date\nrefunds,2026-03,900\n"
    receipt = told(shop, text, *answers)
    assert list(why(receipt)) == [2]
    receipt = told(shop, text + "refunds,2026-01,880\n", *answers, accept_good=True)
    assert list(why(receipt)) == [3]
    assert numbers(shop) == [5, 4, 16]


def test_a_total_that_goes_on_from_the_stored_year_is_no_number_of_january(shop):
    """It says since when by no word: 130 after a year of 120 in all may be that of both years."""
    rows = "".join(f"refunds,2025-{m:02},10\n" for m in range(1, 13))
    told(shop, f"kpi,month,value\n{rows}", "scale=as written")
    text = "kpi,month,Cumul\nrefunds,2026-01,{}\n"
    field = ("fields.value=Cumul", "scale=as written")
    assert told(shop, text.format(130), *field).questions[0].key == "running_totals"
    receipt = told(shop, text.format(130), *field, "running_totals=running")
    assert why(receipt) == {2: "it did not begin anew with its year."}
    assert told(shop, text.format(11), *field).status is Status.COMMITTED


def test_a_total_below_the_stored_periods_is_taken_as_one_below_the_total_before(shop):
    alone(shop, m01=100)
    receipt = month(shop, "2026-02", 90, *AS_IT_IS)
    assert receipt.status is Status.COMMITTED, receipt
    assert "1, in YTD." in said(receipt, "running-falls")[0]
    assert numbers(shop) == [100, -10]
    counts = "kpi,month,value,cases ytd\nsales,2026-{},900,{}\n"
    answers = ("fields.n=cases ytd", "running_totals=running")
    told(shop, counts.format("01", 9), *answers)
    receipt = told(shop, counts.format("02", 8), *answers)
    assert why(receipt) == {2: "it is less than before, and what it counts cannot be."}
    assert told(shop, counts.format("02", 12), *answers).status is Status.COMMITTED
    assert numbers(shop, field="n") == [None, None, 9, 3]


def test_totals_in_another_unit_than_the_stored_periods_are_not_taken_apart(shop):
    alone(shop, m01=100_000)
    receipt = month(shop, "2026-02", 210, *AS_IT_IS)  # thousands
    assert why(receipt) == {
        2: "it is far less than what is stored before it, as if in another unit."
    }  # fmt: skip
    (question,) = month(shop, "2026-02", 210_000_000).questions  # cents of cents
    assert question.key == "scale"
    receipt = month(shop, "2026-02", 210_000_000, *RUNNING, f"scale={question.choices[1]}")
    assert why(receipt) == {
        2: "the file is taken by a factor, and stored periods before it are not."
    }  # fmt: skip
    assert numbers(shop) == [100_000]


@pytest.mark.parametrize("cell", ["NaN", "nan", "inf", "1e999"])
def test_what_is_no_number_is_no_total(shop, cell):
    alone(shop, m01=100)
    receipt = month(shop, "2026-02", cell, *AS_IT_IS)
    assert receipt.status in (Status.REJECTED, Status.ASKED)
    assert numbers(shop) == [100]


def test_numbers_of_a_locale_are_taken_apart_as_they_are_meant(shop):
    alone(shop, m01=1000.1)
    text = "KPI;Datum;Wert kumuliert\nrefunds;2026-02;2.234,4\n"
    columns = ("fields.value=Wert kumuliert", "fields.period_start=Datum")
    answers = (*columns, "thousands=.", *AS_IT_IS[1:])
    receipt = told(shop, text, *answers)
    assert receipt.status is Status.COMMITTED, receipt
    assert numbers(shop) == [1000.1, 1234.3]


COSTS = "model,month,type,item,currency,cost ytd\n"
COST = ("fields.amount=cost ytd", "running_totals=running")


def test_costs_of_another_type_item_or_currency_are_other_series(shop):
    january = COSTS + (
        "m,2026-01,inference,a,EUR,0.1\nm,2026-01,licence,a,EUR,7\nm,2026-01,data,a,USD,9\n"
    )
    assert told(shop, january, *COST, kind="cost_log").status is Status.COMMITTED
    february = COSTS + (
        "m,2026-02,inference,a,EUR,0.3\nm,2026-02,licence,b,EUR,9\nm,2026-02,data,a,EUR,20\n"
        "n,2026-02,inference,a,EUR,4\nm,2026-02,licence,a,EUR,7\n"
    )
    receipt = told(shop, february, *COST, "new_model=new", kind="cost_log", accept_good=True)
    assert why(receipt) == dict.fromkeys(
        (3, 4, 5), "neither the file nor what is stored has 2026-01."
    )
    rows = {(r["cost_type"], r["period_start"].month): r["amount"] for r in stored(shop, Cost)}
    assert rows == {
        ("inference", 1): 0.1, ("licence", 1): 7, ("data", 1): 9,
        ("inference", 2): 0.2, ("licence", 2): 0,
    }  # fmt: skip


def test_costs_of_shorter_periods_add_up_unless_they_share_days(shop):
    parts = "model,period_start,period_end,type,amount\n"
    told(shop, parts + "m,2026-01-01,2026-01-15,data,3\nm,2026-01-16,2026-01-31,data,4\n",
         kind="cost_log")  # fmt: skip
    ytd = "model,period_start,period_end,type,cost ytd\nm,2026-02-01,2026-02-28,data,{}\n"
    assert told(shop, ytd.format(9), *COST, kind="cost_log").status is Status.COMMITTED
    told(shop, parts + "m,2026-01-10,2026-01-20,data,1\n", kind="cost_log")
    receipt = told(shop, ytd.format(8), *COST, "restatement=confirm", kind="cost_log")
    assert why(receipt) == {
        2: "stored rows of its series are of some of the same days as others."
    }  # fmt: skip
    amounts = sorted(r["amount"] for r in stored(shop, Cost))
    assert amounts == [1, 2, 3, 4]


def test_units_of_a_roll_out_and_freed_hours_take_off_what_is_stored(shop):
    units = "month,kpi,Berlin YTD,Bonn\n2026-0{},refunds,{},{}\n"
    answers = ("name_columns=yes", "running_totals=running")
    told(shop, units.format(1, 100, 10), *answers, kind="rollout_results")
    receipt = told(shop, units.format(2, 210, 15), *answers, kind="rollout_results")
    assert receipt.status is Status.COMMITTED, receipt
    rows = {(r["unit_id"], r["period_start"].month): r["value"]
            for r in stored(shop, RolloutResult)}  # fmt: skip
    assert [rows["Berlin YTD", m] for m in (1, 2)] == [100, 110]
    assert [rows["Bonn", m] for m in (1, 2)] == [10, 15]
    put(shop, "value_case_id,title,mechanism\nv,V,demand_forecast\n", kind="value_cases")
    hours = "case,month,hours ytd\nv,2026-0{},{}\n"
    answers = ("fields.freed=hours ytd", "running_totals=running")
    for n, total in ((1, 10), (2, 25), (3, 27.5)):
        assert told(shop, hours.format(n, total), *answers, kind="freed_hours").stored == 1
    assert numbers(shop, FreedHoursRecord, "freed") == [10, 15, 2.5]


def test_a_store_built_anew_takes_off_what_was_stored_at_that_time(tmp_path):
    """A month is corrected later, one is undone and sent again, one was read by its file alone."""
    workspace = opened(tmp_path)
    for project in ("shop", "before"):
        assert put(workspace, KPIS, kind="kpis", project=project).status is Status.COMMITTED
    month(workspace, "2026-01", 100)
    month(workspace, "2026-02", 210)
    month(workspace, "2026-01", 90, *RUNNING, "restatement=confirm")
    wrong = month(workspace, "2026-03", 999, *AS_IT_IS)
    month(workspace, "2026-04", 1099, *AS_IT_IS)
    undoing.undo(workspace.acting_as("ada"), "shop", wrong.batch)
    month(workspace, "2026-03", 330)
    month(workspace, "2026-02", 200, *RUNNING, "restatement=confirm")
    month(workspace, "2026-05", 600)
    gap = month(workspace, "2026-07", "900\nsales,2026-01,1000", *AS_IT_IS, accept_good=True)
    assert why(gap) == {2: "neither the file nor what is stored has 2026-06."}
    assert numbers(workspace) == [90, 110, 130, 100, 170, 1000]
    by_file = Profile(before_zones=True)
    for answer in AS_IT_IS:
        by_file = by_file.answered(*answer.split("=", 1))
    to_before = {"kind": "kpi_actuals", "project": "before", "accept_good": True}
    put(workspace, "kpi,month,value\nrefunds,2026-01,100\nrefunds,2026-02,50\n", **to_before)
    text = f"{YTD}refunds,2026-03,300\nrefunds,2026-04,410\n"
    assert list(why(put(workspace, text, profile=by_file, **to_before))) == [2]
    assert [r["value"] for r in stored(workspace, KpiActual, "before")] == [100, 50, 110]
    assert all(c.ok for c in backups.verify(workspace))
    workspace.close()
    was, now, healed = built_anew(tmp_path, ["shop", "before"])
    assert now == was
    assert len(healed) == 1
    again = opened(tmp_path)
    assert all(c.ok for c in (*again.checks(), *backups.verify(again)))
    again.close()
