"""Every figure of the portfolio and of what it answers over HTTP, over a real store and by hand.

The shop's net is NET_PER_POINT for each point of error below 0.30 (`monitored_shop`): planned at
0.24, monitored last at 0.264. The mill is another project in dollars; its model does as planned.
Planners are spared 10,400 x (0.25 - 0.15) corrections of 6 minutes a year: 104 hours.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.quantity import Dimension
from mlpm_core.records import Deployment
from mlpm_core.services.in_life import portfolio as service
from mlpm_core.services.in_life import portfolio_export
from mlpm_core.services.in_life.portfolio import (
    Portfolio,
    gap_size,
    lines_of,
    portfolio,
    project_view,
)
from mlpm_core.services.in_life.portfolio_export import health_json, kpis_json, prometheus_text
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.answers import Answers
from mlpm_core.services.session.settings import Settings
from mlpm_core.value.worth import Worth
from tests.by_hand import case, line, record, worth
from tests.monitored_shop import (
    CASE,
    NET_PER_POINT,
    QUANTITIES,
    SHOP,
    clock,
    in_use,
    kpi,
    planned,
    results,
    save,
)

NET = 0.036 * NET_PER_POINT
PLANNED = 0.06 * NET_PER_POINT
BEST = 0.06 / 0.036
PER_WEEK = 7 / 365.25


def put(workspace, project, kind, *rows):
    receipt = registers.save(workspace.acting_as("ann"), project, kind, rows)
    assert receipt.status == "committed", receipt.rejects


def mill(workspace):
    """A project in dollars with the shop's model and plan, monitored as planned on the same day."""
    row = {"project": "mill", "title": 'A "mill"\\', "currency": "USD", "clock_on": "2024-08-02"}
    put(workspace, "mill", "projects", row)
    put(workspace, "mill", "models", {"model_id": "m"})
    row = {"value_case_id": 'c"1', "mechanism": "demand_forecast", "model_id": "m"}
    put(workspace, "mill", "value_cases", row)
    values = ({"value_case_id": 'c"1', "name": n, "written": w} for n, w in QUANTITIES.items())
    put(workspace, "mill", "quantities", *values)
    text = "model_id,metric,period_start,value,granularity\nm,wape,2024-07-29,0.24,P1W\n"
    receipt = imports.import_file(
        workspace.acting_as("ann"), "mill", "metric_results", "r.csv", text.encode()
    )
    assert receipt.status == "committed", receipt


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The shop on 2 August 2024 with KPIs and a plan beside, a mill in dollars, one archived."""
    workspace = open_recovered(Settings(data=tmp_path_factory.mktemp("store"), demo=False))
    planned(workspace, "2024-08-02")
    in_use(workspace, "2024-07-01", model_version="1")
    results(workspace, "2024-07-08,0.24,P1W,final\n2024-07-22,0.264,P1W,final\n", version="1")
    save(workspace, "value_cases", {"value_case_id": "plan", "mechanism": "demand_forecast"})
    kpi(workspace, "down", "lower", target_on="2024-12-31", owner="Ines")
    kpi(workspace, "hidden", "lower", archived=True)
    kpi(workspace, "old", "higher", stands_for="x", agreed_by="Ines", agreed_on="2024-07-01",
        expires_on="2024-08-01")  # fmt: skip
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "wape", "high": 0.26,
         "breach": "watch"})  # fmt: skip
    mill(workspace)
    put(workspace, "gone", "projects", {"project": "gone", "title": "Gone"})
    put(workspace, "gone", "value_cases", {"value_case_id": "g", "mechanism": "demand_forecast"})
    put(workspace, "gone", "projects", {"project": "gone", "title": "Gone", "archived": True})
    yield workspace
    workspace.close()


def about(value):
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def test_a_row_says_its_rates_and_its_gap():
    of = line(case(worth(365.25), worth(730.5)))
    assert (of.planned_rate, of.current_rate, of.gap) == (about(7), about(14), about(-7))
    assert of.is_in_life
    plan = line(case(worth(365.25)))
    assert (plan.planned_rate, plan.current_rate, plan.gap) == (about(7), None, None)
    assert not plan.is_in_life
    assert line(case(None, worth(365.25))).gap is None
    assert (of.rate_range, plan.rate_range) == (
        (about(14 - 10 * PER_WEEK), about(14 + 10 * PER_WEEK)),
        (None, None),
    )


def test_a_row_is_counted_while_its_results_say_something_of_today():
    old, in_use = worth(1.0), worth(1.0, 0.0)
    assert line(case(old, in_use)).is_counted
    assert not line(case(old, in_use, uncounted="Its results are old.")).is_counted
    assert not line(case(old)).is_counted


def test_of_one_health_the_largest_gap_stands_first(store, monkeypatch):
    rows = {"more": worth(9.0), "unknown": None, "less": worth(1.0), "same": worth(5.0)}
    lines = [line(case(worth(5.0), now or worth(5.0)), project_title=n) for n, now in rows.items()]
    lines[1] = line(case(None, worth(1.0)), project_title="unknown")
    monkeypatch.setattr(service, "lines_of", lambda _, project: lines if project == SHOP else [])
    monkeypatch.setattr(service, "kept_totals", lambda *_: ())
    titles = [x.project_title for x in portfolio(store).lines]
    assert titles == ["less", "same", "unknown", "more"]


def test_the_rows_come_by_their_health_and_the_totals_by_currency(store):
    overview = portfolio(store)
    assert isinstance(overview, Portfolio)
    assert [(x.project, x.case.value_case_id, x.is_in_life) for x in overview.lines] == [
        (SHOP, CASE, True), ("mill", 'c"1', True), (SHOP, "plan", False),
    ]  # fmt: skip
    shop, of_mill, plan = overview.lines
    assert (shop.project_title, shop.is_demo, shop.age_days) == ("The shop", False, 4)
    assert (of_mill.project_title, of_mill.age_days, plan.age_days) == ('A "mill"\\', 0, None)
    assert shop.gap == about((PLANNED - NET) * PER_WEEK)
    figures = {(t.dimension, t.unit): t for t in overview.totals}
    nets = [figures[None, f"{c}/year"] for c in ("EUR", "USD")]
    assert [(t.planned.mean, t.realised.mean, t.cases) for t in nets] == [
        (about(PLANNED), about(NET), ("Orders",)), (about(PLANNED), about(PLANNED), ('c"1',)),
    ]  # fmt: skip
    assert [(t.planned.unit, t.realised.unit) for t in nets] == [
        ("EUR/year",) * 2,
        ("USD/year",) * 2,
    ]
    hours = figures[Dimension.PEOPLE_INTENSITY, "hour/year"]
    assert (hours.planned.mean, hours.realised.mean) == (about(208), about(208))
    assert hours.cases == ("Orders", 'c"1')
    assert list(figures) == [
        (None, "EUR/year"), (None, "USD/year"),
        (Dimension.REVENUE, "EUR/year"), (Dimension.REVENUE, "USD/year"),
        (Dimension.COST_SAVING, "EUR/year"), (Dimension.COST_SAVING, "USD/year"),
        (Dimension.PEOPLE_INTENSITY, "hour/year"), (Dimension.CUSTOMER_EXPERIENCE, "1/year"),
    ]  # fmt: skip
    money = [
        figures[d, "EUR/year"].realised.mean for d in (Dimension.REVENUE, Dimension.COST_SAVING)
    ]
    assert sum(money) == about(NET)
    assert figures[Dimension.REVENUE, "EUR/year"].realised.unit == "EUR/year"


def test_an_empty_portfolio_has_no_totals(tmp_path):
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    planned(workspace, "2024-08-02")
    overview = portfolio(workspace)
    assert (len(overview.lines), overview.totals) == (1, ())
    workspace.close()


def test_a_limit_makes_its_row_what_it_says(store):
    shop, of_mill, plan = portfolio(store).lines
    assert shop.health.reason == (
        "It delivers 60% of the planned value; WAPE is 0.264, its limit at most 0.26."
    )
    assert shop.health.health == "watch"
    ((check,),) = [x.checks for x in portfolio(store).lines if x.checks]
    assert (check.value, check.is_stale) == (0.264, False)
    assert of_mill.health.reason == "It delivers 100% of the planned value."
    assert plan.health.reason == "No monitoring results have come in yet."


def test_a_project_shows_its_cases_and_its_kpis(store):
    told = project_view(store, SHOP)
    assert (told.project.project, told.day) == (SHOP, date(2024, 8, 2))
    assert [x.case.value_case_id for x in told.lines] == [CASE, "plan"]
    assert [k.kpi_id for k in told.kpis] == ["down", "old"]
    down, old = told.kpis
    revenue = told.lines[0].case.current.kpis[Dimension.REVENUE].mean
    assert down.value == about(400_000 - revenue)
    assert down.trend == (about(400_000 - BEST * revenue), about(400_000 - revenue))
    assert old.trend == (about(400_000 + BEST * revenue), about(400_000 + revenue))
    with pytest.raises(NotFoundError):
        project_view(store, "shops")


def test_kpis_as_they_are_answered(store):
    down, old = kpis_json(store, SHOP)
    revenue = portfolio(store).lines[0].case.current.kpis[Dimension.REVENUE].mean
    assert down == {
        "project": SHOP, "kpi": "down", "title": "down", "dimension": "revenue",
        "unit": "EUR/year", "direction": "lower", "baseline": 400_000.0, "target": 500_000.0,
        "target_on": "2024-12-31", "planned": about(400_000 - BEST * revenue),
        **dict.fromkeys(("planned_p10", "planned_p90"), about(400_000 - BEST * revenue)),
        "value": about(400_000 - revenue), "p10": about(400_000 - revenue),
        "p90": about(400_000 - revenue), "grade": "C", "reason": None, "proxy": None,
        "stands_for": None,
        "expires_on": None, "counts": True, "as_of": "2024-07-29T00:00:00", "model": "m 1",
        "state": "reached", "judged_by": "implied", "standing": "on target", "value_cases": [CASE],
        "batches": down["batches"], "rests_on": "week of 22 Jul 2024", "adding_nothing": [],
        **dict.fromkeys(("measured", "measured_in", "not_counted", "numbers_not_checked")),
        **dict.fromkeys(f"proven{end}" for end in ("", "_low", "_high", "_grade", "_as_of")),
    }  # fmt: skip
    assert [type(b) for b in down["batches"]] == [str]
    assert (old["proxy"], old["stands_for"], old["expires_on"], old["target_on"]) == (
        "proxy", "x", "2024-08-01", None,
    )  # fmt: skip
    assert kpis_json(store, None) == [down, old]
    assert kpis_json(store, "mill") == []


def test_a_kpi_that_nothing_moves_is_answered_without_figures(tmp_path):
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    planned(workspace, "2024-08-02")
    kpi(workspace, "k", "lower")
    (told,) = kpis_json(workspace, None)
    assert told["planned"] is not None
    empty = ("value", "p10", "p90", "as_of", "model", "rests_on")
    assert [told[name] for name in empty] == [None] * 6
    assert told["reason"] == "No monitoring results yet: this is a plan."
    save(workspace, "value_cases", {"value_case_id": "b", "mechanism": "demand_forecast"})
    kpi(workspace, "k", "lower", value_case_id="")
    (told,) = kpis_json(workspace, None)
    assert told["planned"] is None
    workspace.close()


def test_health_as_it_is_answered(store):
    shop, plan = health_json(store, SHOP)
    assert shop == {
        "project": SHOP, "value_case": CASE, "model": "m", "model_version": "1",
        "health": "watch", "reason": portfolio(store).lines[0].health.reason,
        "age_days": 4, "currency": "EUR", "unit": "EUR/week", "as_of": "2024-07-29T00:00:00",
        "planned_rate": about(PLANNED * PER_WEEK),
        **dict.fromkeys(("planned_rate_p10", "planned_rate_p90"), about(PLANNED * PER_WEEK)),
        **dict.fromkeys(("value_gap_p10", "value_gap_p90"), about((PLANNED - NET) * PER_WEEK)),
        "value_after_actual_cost_p10": None, "value_after_actual_cost_p90": None,
        "value_rate": about(NET * PER_WEEK), "value_gap": about((PLANNED - NET) * PER_WEEK),
        "value_rate_p10": about(NET * PER_WEEK), "value_rate_p90": about(NET * PER_WEEK),
        "rests_on": "week of 22 Jul 2024", "not_counted": None, "value_after_actual_cost": None,
        "actual_cost_rate": None, "planned_cost_rate": None, "grade": "C",
        "numbers_not_checked": None,
    }  # fmt: skip
    empty = ("value_rate", "value_gap", "rests_on", "value_rate_p10", "value_rate_p90")
    assert (plan["health"], *(plan[name] for name in empty)) == ("unknown", *[None] * 5)
    of_mill = health_json(store, "mill")
    everything = health_json(store, None)
    assert len(everything) == 3
    assert sorted(everything, key=str) == sorted([shop, plan, *of_mill], key=str)


def test_the_range_of_a_rate_is_answered_from_low_to_high(monkeypatch):
    view = SimpleNamespace(lines=[line(case(worth(365.25), worth(365.25)))])
    monkeypatch.setattr(portfolio_export, "_views", lambda *_: [view])
    (row,) = health_json(None, None)
    ends = row["value_rate_p10"], row["value_rate_p90"]
    assert ends == (about(7 - 10 * PER_WEEK), about(7 + 10 * PER_WEEK))
    gap = row["value_gap_p10"], row["value_gap_p90"]
    assert gap == (about(-10 * PER_WEEK), about(10 * PER_WEEK))


def test_the_text_for_prometheus_quotes_its_labels(store):
    of_mill, shop = (health_json(store, p)[0] for p in ("mill", SHOP))
    assert prometheus_text(store).splitlines() == [
        *(
            line
            for name, meaning in portfolio_export._RATES
            for line in (
                f"# HELP mlpm_{name} {meaning}",
                f"# TYPE mlpm_{name} gauge",
                rf'mlpm_{name}{{project="mill",value_case="c\"1",currency="USD",grade="C"}} '
                f"{of_mill[name]!r}",
                f'mlpm_{name}{{project="shop",value_case="orders",currency="EUR",grade="C"}} '
                f"{shop[name]!r}",
            )
        ),
        "# HELP mlpm_value_rate_end_seconds When the newest results of the value rate end (UTC).",
        "# TYPE mlpm_value_rate_end_seconds gauge",
        r'mlpm_value_rate_end_seconds{project="mill",value_case="c\"1"} 1722816000.0',
        'mlpm_value_rate_end_seconds{project="shop",value_case="orders"} 1722211200.0',
        "# HELP mlpm_health 1 for the health that a value case has.",
        "# TYPE mlpm_health gauge",
        r'mlpm_health{project="mill",value_case="c\"1",health="healthy"} 1',
        'mlpm_health{project="shop",value_case="orders",health="watch"} 1',
        'mlpm_health{project="shop",value_case="plan",health="unknown"} 1',
    ]
    assert prometheus_text(store).endswith("1\n")


def test_a_case_without_a_model_has_none_in_its_health(tmp_path):
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    clock(workspace, "2024-08-02")
    save(workspace, "value_cases", {"value_case_id": "a", "mechanism": "demand_forecast"})
    (told,) = health_json(workspace, None)
    assert (told["model"], told["model_version"]) == ("", "")
    workspace.close()


def test_a_case_of_which_nothing_can_be_said_has_a_row_with_the_reason(store, monkeypatch, caplog):
    """No model stands for the first, the health of the second cannot be computed."""
    deployed = record(Deployment, deployment_id="d", model_id="m", model_version="1")
    cases = [
        case(problem="No such unit.", title="One"),
        case(title="Two"),
        case(title="Three", deployment=deployed),
    ]
    monkeypatch.setattr(service, "kept_cases", lambda *_: {str(i): c for i, c in enumerate(cases)})
    monkeypatch.setattr(service, "health_of", lambda *_, **__: 1 / 0)
    put(store, "demo", "projects", {"project": "demo", "title": "Shown", "is_demo": True})
    told = lines_of(store, "demo")
    where = {"project": "demo", "project_title": "Shown", "is_demo": True, "age_days": None}
    one, two, three = told
    assert one == line(cases[0], "unknown", "No such unit.", **where)
    assert two == line(cases[1], "unknown", "", **where)
    reason = "It could not be computed; the server's log says why."
    assert three == line(three.case, "unknown", reason, **where)
    assert (three.case.title, three.case.problem) == ("Three", reason)
    (logged,) = caplog.records
    assert logged.getMessage() == "The health of orders of demo could not be computed"
    answers = [x for x in health_json(store, "demo") if x["reason"] == "No such unit."]
    assert [(x["model"], x["model_version"]) for x in answers] == [(None, None)]
    put(store, "demo", "projects", {"project": "demo", "title": "Shown", "archived": True})


def test_a_trend_is_of_the_newest_year_of_weeks_or_empty_with_a_line_in_the_log(
    store, monkeypatch, caplog
):
    asked = []
    monkeypatch.setattr(store, "answers", Answers())
    monkeypatch.setattr(service, "rates_of", lambda *_, last: asked.append(last) or 1 / 0)
    assert {k.trend for k in project_view(store, SHOP).kpis} == {()}
    assert asked == [52]
    (logged,) = caplog.records
    assert logged.getMessage() == "The value rates of orders of shop could not be computed"


def test_a_total_holds_what_has_a_plan_and_results(store, monkeypatch, caplog):
    """Planned 2 and realised 3; a plan or results alone are no part of it."""
    lines = [
        line(case(worth(1.0))),
        line(case(None, worth(7.0))),
        line(case(worth(2.0), worth(3.0), title="Both")),
    ]
    portfolio(store)  # values the stored cases, which are kept, before nothing has a value a year
    monkeypatch.setattr(service, "lines_of", lambda _, project: lines if project == SHOP else [])
    monkeypatch.setattr(Worth, "annual", lambda *_, **__: 1 / 0)
    net = portfolio(store).totals
    assert [(t.dimension, t.planned.mean, t.realised.mean, t.cases) for t in net] == [
        (None, 2.0, 3.0, ("Both",))
    ]
    assert [record.getMessage() for record in caplog.records] == [
        f"{dimension.label} a year of orders could not be computed"
        for dimension in Dimension
        if dimension is not Dimension.CYCLE_TIME
    ]


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("a", "a"), ('c"1', r"c\"1"), ("a\\b", r"a\\b"), ("a\nb", r"a\nb"), ('\\"\n', r"\\\"\n")],
)
def test_a_label_of_prometheus_is_quoted(monkeypatch, name, quoted):
    row = {"project": name, "value_case": "v", "currency": "EUR", "health": "sick"}
    monkeypatch.setattr(portfolio_export, "health_json", lambda *_: [row | {"value_rate": None}])
    assert prometheus_text(None).splitlines()[-1] == (
        f'mlpm_health{{project="{quoted}",value_case="v",health="sick"}} 1'
    )


def of_money(planned, now, currency):
    return line(case(worth(planned), worth(now), currency=currency))


def test_gaps_of_one_currency_are_held_against_each_other_as_money():
    """200 of 2,000 are more money than 90 of 100."""
    large, small = of_money(2_000, 1_800, "EUR"), of_money(100, 10, "EUR")
    assert max([small, large, line(case(worth(9e9)))], key=gap_size([small, large])) is large


def test_gaps_of_several_currencies_are_held_against_their_plans():
    """JPY 1,000 of 10,000 are a tenth, EUR 60 of 100 more than a half; what has no plan is at 0."""
    yen, euro = of_money(10_000, 9_000, "JPY"), of_money(100, 40, "EUR")
    over, loss = of_money(100, 150, "USD"), of_money(-50, -100, "CHF")
    free = of_money(0, -5, "EUR")
    lines = [over, free, yen, euro, loss]
    assert sorted(lines, key=gap_size(lines)) == [over, free, yen, euro, loss]
    assert [gap_size(lines)(x) for x in lines] == pytest.approx([-0.5, 0, 0.1, 0.6, 1])
