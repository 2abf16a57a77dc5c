"""From nothing to a first value, and how a guess is said until somebody replaces it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.records import Model, QuantityRecord, Status, ValueCase
from mlpm_core.services.evaluate.candidates import candidates
from mlpm_core.services.evaluate.decisions import decide, decisions
from mlpm_core.services.in_life.portfolio_export import health_json, kpis_json, prometheus_text
from mlpm_core.services.in_life.project_list import project_facts, project_list
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.registers import TYPICAL, records, save
from mlpm_core.services.ingest.undo import undo_all
from mlpm_core.services.plan.start import fill_in, start_project, start_value, typical_value
from mlpm_core.services.valuation.value_cases import case_value

NAME = "fewer-lost-subscribers"


@pytest.fixture
def workspace(workspace):
    """A store of its own, with somebody at it."""
    return workspace.acting_as("ada")


@pytest.fixture
def started(workspace):
    """A project that began with the kind of its model."""
    found = start_project(workspace, "Fewer lost subscribers", kind_id="churn", currency="SEK")
    assert found.is_done, found
    return found


def churn(workspace, **changes):
    return case_value(workspace, NAME, "churn", changes=changes)


def own(workspace, name, written):
    row = {"value_case_id": "churn", "name": name, "written": written, "source": "CRM, 2025"}
    assert save(workspace, NAME, QuantityRecord.kind, [row]).status is Status.COMMITTED


def test_two_answers_give_a_project_its_model_and_a_first_value(workspace, started):
    assert (started.project, started.value_case_id) == (NAME, "churn")
    assert [m["model_id"] for m in records(workspace, NAME, Model.kind)] == [f"{NAME}-model"]
    case = churn(workspace)
    assert case.missing == ()
    assert case.best.net.mean == pytest.approx(typical_value("churn", "SEK").net.mean, rel=0.02)
    assert case.unchecked == (13, 13)
    assert all("Typical value, not checked (Churn" in entry.source for entry in case.typical)
    facts = project_facts(workspace, NAME)
    assert facts.next_step.kind == "kpis"
    assert [s.kind for s in facts.steps if not s.is_done] == ["kpis", TYPICAL, "metric_results"]
    assert facts.unchecked == {"Churn": (13, 13)}


def test_all_of_it_is_undone_at_once(workspace, started):
    undo_all(workspace, [(r.project, r.batch) for r in reversed(started.receipts)])
    assert project_list(workspace) == ()


def test_a_title_may_be_used_twice_and_none_is_refused(workspace, started):
    again = start_project(workspace, "Fewer lost subscribers!", kind_id=None, currency="EUR")
    assert (again.is_done, again.project, again.value_case_id) == (True, f"{NAME}-2", "")
    assert records(workspace, again.project, ValueCase.kind) == []
    with pytest.raises(InputError, match="what the project is called"):
        start_project(workspace, " ", kind_id="churn", currency="EUR")
    with pytest.raises(NotFoundError, match="kind of model"):
        start_project(workspace, "Other", kind_id="chrn", currency="EUR")
    more = start_value(workspace, again.project, "forecast")
    assert (more.is_done, more.value_case_id) == (True, "forecast")
    assert start_value(workspace, again.project, "forecast").value_case_id == "forecast-2"


def test_a_currency_that_is_none_stops_before_anything_rests_on_it(workspace):
    found = start_project(workspace, "Other", kind_id="churn", currency="XYZ")
    assert (found.is_done, len(found.receipts)) == (False, 1)
    assert "no currency code" in found.receipts[0].rejects[0].message


def test_a_number_of_ones_own_is_no_guess_any_more_nor_is_one_that_is_tried(workspace, started):
    own(workspace, "customer_value", "250")
    assert churn(workspace).unchecked == (12, 13)
    assert churn(workspace, incentive="5").unchecked == (11, 13)
    assert "incentive" in [entry.name for entry in churn(workspace).typical]


def test_what_is_missing_is_filled_in_and_what_is_written_stays(workspace):
    begun = start_project(workspace, "Fewer lost subscribers", kind_id=None, currency="EUR")
    case = {"value_case_id": "churn", "mechanism": "targeted_intervention"}
    save(workspace, begun.project, ValueCase.kind, [case])
    own(workspace, "customer_value", "250")
    with pytest.raises(InputError, match="in another way"):
        fill_in(workspace, NAME, churn(workspace), "fraud")
    receipt = fill_in(workspace, NAME, churn(workspace), "churn")
    found = churn(workspace)
    n = receipt.stored
    assert (found.missing, found.unchecked) == ((), (n, n + 2))  # uptake has a default of its own
    with pytest.raises(InputError, match="all the numbers"):
        fill_in(workspace, NAME, found, "churn")


def test_what_is_monitored_takes_the_place_of_a_guess_and_every_figure_says_the_rest(
    workspace, started
):
    kpi = {
        "kpi_id": "kept", "title": "Kept margin", "dimension": "revenue", "unit": "SEK/year",
        "direction": "higher", "baseline": 1e6, "target": 2e6, "value_case_id": "churn",
    }  # fmt: skip
    assert save(workspace, NAME, "kpis", [kpi]).status is Status.COMMITTED
    (planned,) = kpis_json(workspace, NAME)
    assert (planned["numbers_not_checked"], planned["planned"] > 1e6) == ("13 of 13", True)
    today = workspace.today(NAME)
    monday = today - timedelta(days=7 + today.weekday())
    lines = "".join(
        f"{NAME}-model,{metric},{monday},P1W,{value},{n}\n"
        for metric, value, n in (("precision", 0.3, 900), ("recall", 0.5, 520))
    )
    header = "model_id,metric,period_start,granularity,value,n\n"
    data = (header + lines).encode()
    receipt = import_file(workspace, NAME, "metric_results", "week.csv", data)
    assert receipt.status is Status.COMMITTED, receipt
    found = churn(workspace)
    assert found.current is not None
    assert found.unchecked == (11, 13)
    (line,) = health_json(workspace, NAME)
    assert (line["grade"], line["numbers_not_checked"]) == ("C", "11 of 13")
    assert kpis_json(workspace, NAME)[0]["numbers_not_checked"] == "11 of 13"
    (row,) = project_list(workspace)
    (row,) = project_list(workspace)
    assert row.unchecked == (11, 13)
    assert 'numbers_not_checked="11 of 13"' in prometheus_text(workspace)


def test_a_promise_keeps_in_its_evidence_that_it_rested_on_guesses(workspace, started):
    header = "value_case_id,candidate,test_set,metric,value,n\n"
    lines = "churn,new,may,precision,0.3,900\nchurn,new,may,recall,0.5,520\n"
    data = (header + lines).encode()
    receipt = import_file(workspace, NAME, "evaluations", "may.csv", data)
    assert receipt.status is Status.COMMITTED, receipt
    said = "It rests on typical values nobody has checked: 11 of 11 business numbers."
    by_name = {option.name: option for option in candidates(workspace, NAME, "churn").options}
    assert said in by_name["new"].caveats
    assert by_name["none"].caveats == ()
    decide(workspace, NAME, "churn", chosen="new", title="Use it", why="Pays", decided_by="Ada")
    own(workspace, "customer_value", "250")  # what was promised then does not change
    (decision,) = decisions(workspace, NAME)
    chosen = next(option for option in decision.options if option.name == "new")
    assert (decision.promised is not None, said in chosen.caveats) == (True, True)
