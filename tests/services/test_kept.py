"""What is computed of a project is computed once, until something is written to that project."""

from __future__ import annotations

import threading
from datetime import date, datetime

import pytest

from mlpm_core.services.in_life import portfolio as portfolio_service
from mlpm_core.services.in_life.deployments import deployments
from mlpm_core.services.in_life.portfolio import portfolio, project_view
from mlpm_core.services.in_life.portfolio_export import health_json, kpis_json
from mlpm_core.services.ingest import undo
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.consistent import kept
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.session.workspace import Workspace
from mlpm_core.services.valuation import value_cases

MODELS = "project,model_id\n{0},m\n"
CASES = "project,value_case_id,mechanism,model_id\n{0},orders,demand_forecast,m\n"
SHOPS = ("north", "south")


def put(workspace, project, kind, text):
    receipt = import_file(
        workspace.acting_as("ada"), project, kind, "f.csv", text.format(project).encode()
    )
    assert receipt.status == "committed", receipt
    return receipt.batch


@pytest.fixture
def shops(tmp_path):
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    for project in SHOPS:
        put(workspace, project, "models", MODELS)
        put(workspace, project, "value_cases", CASES)
    yield workspace
    workspace.close()


@pytest.fixture
def valued(monkeypatch):
    """The projects whose value case was valued, in order."""
    asked, value = [], value_cases.valued_case

    def counted(reader, project, row, today, **more):
        asked.append(project.project)
        return value(reader, project, row, today, **more)

    monkeypatch.setattr(value_cases, "valued_case", counted)
    return asked


def every_screen(workspace):
    portfolio(workspace)
    deployments(workspace, None)
    for project in SHOPS:
        project_view(workspace, project)
        deployments(workspace, project)
    health_json(workspace, None)
    kpis_json(workspace, None)


def test_portfolio_health_deployments_and_kpis_value_a_case_once(shops, valued):
    every_screen(shops)
    assert sorted(valued) == list(SHOPS)
    every_screen(shops)
    assert len(valued) == len(SHOPS)


def test_a_write_makes_stale_what_is_of_its_project_alone(shops, valued):
    every_screen(shops)
    valued.clear()
    row = "project,value_case_id,name,written\n{0},orders,margin,5 EUR\n"
    batch = put(shops, "south", "quantities", row)
    valued.clear()  # an import says itself what it changes
    every_screen(shops)
    assert valued == ["south"]
    undo.undo(shops.acting_as("ada"), "south", batch)
    valued.clear()
    every_screen(shops)
    assert valued == ["south"]


def test_what_a_write_changed_is_shown_and_nothing_else(shops):
    def inputs():
        return {
            line.project: {i.name: i.planned for i in line.case.inputs}["margin"]
            for line in portfolio(shops).lines
        }

    row = "project,value_case_id,name,written\n{0},orders,margin,5 EUR\n"
    assert inputs() == {"north": None, "south": None}
    batch = put(shops, "south", "quantities", row)
    assert inputs() == {"north": None, "south": "5 EUR"}
    past = shops.as_of(f"B{shops.version - 1:05d}")
    assert {i.planned for i in project_view(past, "south").lines[0].case.inputs} == {None}
    assert inputs() == {"north": None, "south": "5 EUR"}
    undo.undo(shops.acting_as("ada"), "south", batch)
    assert inputs() == {"north": None, "south": None}


def test_another_day_is_another_answer(shops, monkeypatch, valued):
    portfolio(shops)
    monkeypatch.setattr(Workspace, "now", lambda self: datetime(2031, 1, 1))
    assert shops.today() == date(2031, 1, 1)
    portfolio(shops)
    assert sorted(valued) == sorted(2 * SHOPS)


def test_what_was_read_while_a_batch_came_in_is_not_kept(shops):
    """Half of it may be of before the batch: who asks next gets what is whole."""

    def torn():
        put(shops, "north", "kpis", KPI)
        return "torn"

    assert kept(shops, "q", "north", torn) == "torn"
    assert kept(shops, "q", "north", lambda: "whole") == "whole"
    assert kept(shops, "q", "north", lambda: "again") == "whole"


KPI = (
    "project,kpi_id,title,dimension,unit,direction,baseline,target\n"
    "{0},k,K,cost_saving,EUR/year,lower,1,0\n"
)


def test_a_batch_elsewhere_does_not_disturb_an_answer(shops):
    def meanwhile():
        put(shops, "south", "kpis", KPI)
        return "first"

    assert kept(shops, "q", "north", meanwhile) == "first"
    assert kept(shops, "q", "north", lambda: "second") == "first"


def test_what_fails_is_asked_again(shops):
    with pytest.raises(ZeroDivisionError):
        kept(shops, "q", "north", lambda: 1 // 0)
    assert kept(shops, "q", "north", lambda: 1) == 1


def test_two_who_ask_at_once_share_one_computation(shops):
    begun, may_end, n_computed = threading.Event(), threading.Event(), []

    def slow():
        n_computed.append(1)
        begun.set()
        may_end.wait()
        return "answer"

    answers = []

    def ask():
        answers.append(kept(shops, "q", "north", slow))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    threads[0].start()
    begun.wait()
    threads[1].start()
    may_end.set()
    for thread in threads:
        thread.join()
    assert (answers, len(n_computed)) == (["answer"] * 2, 1)


def test_the_lines_of_a_project_are_kept_as_they_were_made(shops):
    first = portfolio_service.lines_of(shops, "north")
    assert portfolio_service.lines_of(shops, "north") is first
