"""What a screen over all projects asks and values does not grow with what did not change."""

from __future__ import annotations

import shutil

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import Model
from mlpm_core.services.in_life import portfolio_totals
from mlpm_core.services.in_life.deployments import deployments
from mlpm_core.services.in_life.portfolio import portfolio
from mlpm_core.services.in_life.portfolio_export import health_json, kpis_json
from mlpm_core.services.in_life.project_list import project_list
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan import past_projects
from mlpm_core.services.plan.plan_summaries import plan_summaries
from mlpm_core.services.plan.team import team
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation import value_cases, valuing
from mlpm_core.store import Reader

FILES = {
    "projects": "project,title,clock_on\n{0},Shop {0},2024-08-02\n",
    "models": "project,model_id\n{0},m\n",
    "value_cases": (
        "project,value_case_id,mechanism,model_id\n"
        "{0},orders,demand_forecast,m\n{0},plans,demand_forecast,\n"
    ),
    "quantities": "project,value_case_id,name,written\n"
    + "".join(
        f"{{0}},orders,{name},{written}\n"
        for name, written in {
            "periods": "10k to 11k", "mean_demand": "120", "wape_baseline": "0.3",
            "margin": "4 to 6 EUR", "goodwill": "1", "overage": "2", "lead_time_hours": "3 day",
            "override_share_baseline": "0.25", "override_share_model": "0.15",
            "override_minutes": "6 min", "wape_model": "0.2",
        }.items()
    ),
    "deployments": (
        "project,deployment_id,value_case_id,model_id,model_version,slot,from_on\n"
        "{0},now,orders,m,,champion,2024-01-01\n{0},next,orders,m,2,shadow,2024-07-01\n"
    ),
    "metric_limits": "project,deployment_id,metric,high,breach\n{0},now,wape,0.25,watch\n",
    "metric_results": (
        "project,model_id,model_version,metric,value,n,period_start,granularity,source\n"
        + "".join(
            f"{{0}},m,1,wape,0.2{week},900,2024-07-{1 + 7 * week:02},P1W,production\n"
            f"{{0}},m,2,wape,0.1{week},900,2024-07-{1 + 7 * week:02},P1W,shadow\n"
            for week in range(4)
        )
    ),
}  # fmt: skip


def put(workspace, project, kind, text):
    receipt = import_file(
        workspace.acting_as("ada"), project, kind, "f.csv", text.format(project).encode(),
        profile=Profile(restatement="confirm"),
    )  # fmt: skip
    assert receipt.status == "committed", receipt


def opened(tmp_path):
    return open_recovered(Settings(data=tmp_path, demo=False))


@pytest.fixture(scope="module", params=[2, 4])
def filled(request, tmp_path_factory):
    """A data folder of so many projects, of one value case with results and one without each."""
    folder = tmp_path_factory.mktemp("filled")
    workspace = opened(folder)
    for i in range(request.param):
        for kind, text in FILES.items():
            put(workspace, f"shop-{i}", kind, text)
    workspace.close()
    return folder


@pytest.fixture
def shops(filled, tmp_path):
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    workspace = opened(tmp_path)
    yield workspace
    workspace.close()


class Counted:
    """How many questions the store was asked, and which projects' cases were looked at."""

    def __init__(self):
        self.n_asked, self.looked_at = 0, []

    def since(self):
        n_asked, looked_at = self.n_asked, sorted(self.looked_at)
        self.__init__()
        return n_asked, looked_at


@pytest.fixture
def counted(monkeypatch):
    counts = Counted()
    asks, value = Reader._rows, value_cases.valued_case

    def asked(self, sql, parameters):
        counts.n_asked += 1
        return asks(self, sql, parameters)

    def valued(reader, project, row, today, **more):
        counts.looked_at.append(project.project)
        return value(reader, project, row, today, **more)

    monkeypatch.setattr(Reader, "_rows", asked)
    monkeypatch.setattr(value_cases, "valued_case", valued)
    return counts


def names(workspace):
    return [p.project for p in workspace.store.projects()]


N_COLD = 13
"""One question a kind for all projects together, the costs of late among them."""


@pytest.mark.parametrize("screen", [portfolio, lambda w: deployments(w, None)])
def test_what_the_store_is_asked_does_not_grow_with_the_projects(shops, counted, screen):
    every = sorted(2 * names(shops))
    counted.since()
    screen(shops)
    n_asked, looked_at = counted.since()
    assert (n_asked <= N_COLD, looked_at) == (True, every), n_asked
    screen(shops)
    assert counted.since() == (0, [])
    put(shops, "shop-1", "kpis", KPI)
    counted.since()
    screen(shops)
    n_asked, looked_at = counted.since()
    assert (n_asked <= N_COLD, looked_at) == (True, ["shop-1"] * 2), n_asked


TASKS = (
    "project,task_id,title,category,p10,p50,p90,role\n"
    "{0},T1,Read,data,1,2,4,DE\n{0},T2,Build,train,2,4,9,DE\n"
)
ROLES = "project,role_id,heads,availability,day_rate\n{0},DE,1,1,500\n"
N_LIST = 19
"""What the value cases ask, and reviews, risks, decisions, and the end of incidents for all."""
N_PLANS = 15
"""A question for each kind that a plan is made of, the closed projects of all among them."""


def test_what_the_list_of_projects_asks_does_not_grow_with_the_projects(shops, counted):
    for project in names(shops):
        put(shops, project, "roles", ROLES)
        put(shops, project, "tasks", TASKS)
    counted.since()
    assert {row.project for row in project_list(shops)} == set(names(shops))
    n_asked, _ = counted.since()
    assert n_asked <= N_LIST
    plans = plan_summaries(shops)
    assert {plan.mode for plan in plans.values()} == {"tasks"}
    n_asked, _ = counted.since()
    assert n_asked <= N_PLANS
    project_list(shops)
    plan_summaries(shops)
    assert counted.since() == (0, [])
    put(shops, "shop-1", "kpis", KPI)
    counted.since()
    project_list(shops)
    plan_summaries(shops)
    n_asked, looked_at = counted.since()
    assert (n_asked <= N_LIST + N_PLANS, looked_at) == (True, ["shop-1"] * 2), n_asked


def test_a_restart_values_nothing_and_a_write_what_it_changed(filled, n_computed, tmp_path):
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    shops = opened(tmp_path)

    def computed():
        n, n_computed[:] = len(n_computed), []
        return n

    n_cases = len(portfolio(shops).lines)
    assert computed() <= n_cases  # what the last import showed the effect of is there
    before = portfolio(shops)
    shops.close()
    again = opened(tmp_path)
    overview = portfolio(again)
    deployments(again, None)
    health_json(again, None)
    assert (computed(), overview.totals) == (0, before.totals)
    put(
        again, "shop-1", "quantities", "project,value_case_id,name,written\n{0},orders,goodwill,2\n"
    )
    assert computed() == 0  # by the import, for there is no KPI of which it could say a change
    portfolio(again)
    deployments(again, None)
    kpis_json(again, None)
    assert computed() == 1
    again.close()


@pytest.fixture
def n_computed(monkeypatch):
    """The values that were computed, of one case each."""
    questions, compute = [], valuing._computed

    def noted(question):
        questions.append(question)
        return compute(question)

    monkeypatch.setattr(valuing, "_computed", noted)
    return questions


KPI = (
    "project,kpi_id,title,dimension,unit,direction,baseline,target\n"
    "{0},k,K,cost_saving,EUR/year,lower,1,0\n"
)


def test_what_is_asked_for_all_is_what_is_asked_for_one(shops):
    together = {x.case.value_case_id + x.project: x for x in portfolio(shops).lines}
    in_use = {(x.project, x.deployment_id): x for x in deployments(shops, None)}
    shops.answers.__init__()
    for project in names(shops):
        apart = deployments(shops, project)
        assert {x.deployment_id for x in apart} >= {"now", "next"}
        for line in apart:
            same = in_use[line.project, line.deployment_id]
            assert (same.health, same.checks, same.age_days) == (
                line.health, line.checks, line.age_days,
            )  # fmt: skip
            if line.value:
                other = together[line.value_case_id + project]
                assert other.current_rate == line.value.current_rate
                assert other.case.rests_on == line.value.case.rests_on


def test_a_moment_does_not_move_while_it_is_read(shops):
    with shops.store.one_moment() as reader:
        reader.projects_asked = tuple(names(shops))
        before = len(reader.projects())
        put(shops, "new", "projects", "project,title\n{0},New\n")
        put(shops, "shop-1", "models", "project,model_id\n{0},another\n")
        assert [m.model_id for m in reader.current(Model, "shop-1")] == ["m"]
        assert len(reader.projects()) == before
    assert len(shops.store.projects()) == before + 1


def test_totals_are_added_anew_only_when_a_value_case_changed(shops, monkeypatch):
    added, whole = [], portfolio_totals.totals

    def counted(cases):
        added.append(len(cases))
        return whole(cases)

    monkeypatch.setattr(portfolio_totals, "totals", counted)
    before, n = portfolio(shops).totals, len(names(shops))
    put(shops, "elsewhere", "models", "project,model_id\n{0},m\n")
    assert portfolio(shops).totals is before
    assert added == [n]
    put(shops, "shop-1", "quantities", "project,value_case_id,name,written\n{0},orders,margin,9\n")
    after = portfolio(shops).totals
    assert added == [n, n]
    assert after[0].realised.mean > before[0].realised.mean
    shops.answers.__init__()
    assert [t.realised.mean for t in portfolio(shops).totals] == [t.realised.mean for t in after]
    put(shops, "shop-1", "projects", "project,title,archived\n{0},Gone,true\n")
    assert portfolio(shops).totals[0].cases == after[0].cases[1:]


def test_past_work_is_looked_at_anew_only_when_some_was_written(shops, monkeypatch):
    looked, whole = [], past_projects.estimators

    def counted(tasks):
        tasks = list(tasks)
        looked.append(len(tasks))
        return whole(tasks)

    monkeypatch.setattr(past_projects, "estimators", counted)
    plan_summaries(shops)
    put(shops, "elsewhere", "models", "project,model_id\n{0},m\n")
    put(shops, "shop-0", "kpis", KPI)
    plan_summaries(shops)
    assert looked == [0]
    put(shops, "elsewhere", "roles", ROLES)
    put(shops, "elsewhere", "tasks", TASKS)
    plan_summaries(shops)
    assert looked == [0, 2]
    put(shops, "elsewhere", "projects", "project,title,is_demo\n{0},Shown,true\n")
    plan_summaries(shops)
    assert sorted(looked[2:]) == [0, 2]  # what is shown and what is real, each of its own


def test_the_team_of_one_project_reads_no_work_of_another(shops, monkeypatch):
    read, whole = [], Reader._rows

    def noted(reader, sql, parameters):
        rows = whole(reader, sql, parameters)
        read.extend(str(row["project"]) for row in rows if "task_id" in row)
        return rows

    for shop in names(shops):
        put(shops, shop, "roles", ROLES)
        put(shops, shop, "tasks", TASKS)
    monkeypatch.setattr(Reader, "_rows", noted)
    assert team(shops, "shop-0").n_open_tasks == 2
    assert read == ["shop-0"] * 2
