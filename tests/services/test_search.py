"""The search over projects, KPIs, models and decisions: letter by letter, and of what is shown."""

from __future__ import annotations

import pytest

from mlpm_core.services.in_life.search import FoundKind, search
from mlpm_core.services.ingest import registers

ODD = "**x** <img> $x$ 100% a_b [y](z) 'q'; --"


@pytest.fixture
def shops(workspace):
    put(workspace, "desk", "projects", {"title": "Returns desk", "owner": "Ines Varga"})
    put(workspace, "desk", "models", {"model_id": "triage", "purpose": "Sorts the returns"})
    put(workspace, "desk", "models", {"model_id": "old-triage", "archived": True})
    kpi = {"dimension": "revenue", "unit": "EUR/year", "direction": "higher", "baseline": 0,
           "target": 1}  # fmt: skip
    put(workspace, "desk", "kpis", {"kpi_id": "k", "title": ODD, "definition": "Churn"} | kpi)
    put(workspace, "gone", "projects", {"title": "Returns of old", "archived": True})
    put(workspace, "gone", "models", {"model_id": "triage"})
    return workspace


def put(workspace, project, kind, row):
    row = ({"project": project} if kind == "projects" else {}) | row
    assert registers.save(workspace.acting_as("x"), project, kind, [row]).status == "committed"


def found(workspace, text):
    return [(f.kind, f.id) for f in search(workspace, text).found]


def test_what_is_called_or_described_so_is_found_the_names_first(shops):
    assert found(shops, "RETURNS") == [(FoundKind.PROJECT, "desk"), (FoundKind.MODEL, "triage")]
    assert found(shops, "churn") == [(FoundKind.KPI, "k")]
    assert found(shops, " varga ") == [(FoundKind.PROJECT, "desk")]
    assert found(shops, "triage") == [(FoundKind.MODEL, "triage")]  # no archived model or project


@pytest.mark.parametrize("text", ["**x**", "<img>", "$x$", "100%", "a_b", "[y](z)", "'q'; --", ODD])
def test_a_text_is_taken_letter_by_letter(shops, text):
    assert found(shops, text) == [(FoundKind.KPI, "k")]


@pytest.mark.parametrize("text", ["%", "_", "", "  ", ".*", "x%y", "nothing", "\\", "\u0000", "'"])
def test_no_letter_stands_for_others(shops, text):
    wanted = [(FoundKind.KPI, "k")] if text in ("%", "_", "'") else []
    assert found(shops, text) == wanted


def test_it_is_one_question_and_says_how_many_there_are(shops, monkeypatch):
    rows = [{"project": f"p{i}", "title": f"Many {i:02}"} for i in range(12)]
    for row in rows:
        put(shops, row["project"], "projects", row)
    asked = []
    reader = type(shops.store.reader().__enter__())
    was = reader._rows
    monkeypatch.setattr(reader, "_rows", lambda self, *more: asked.append(1) or was(self, *more))
    result = search(shops, "many")
    assert (len(result.found), result.n_found, asked) == (8, 12, [1])
    assert [f.title for f in result.found] == [f"Many {i:02}" for i in range(8)]


def test_a_model_leads_to_its_champion(shops):
    put(workspace=shops, project="desk", kind="value_cases",
        row={"value_case_id": "c", "mechanism": "demand_forecast"})  # fmt: skip
    for name, slot in (("a", "shadow"), ("b", "champion"), ("c", "fallback")):
        use = {"deployment_id": name, "model_id": "triage", "slot": slot,
               "from_on": "2026-01-01", "value_case_id": "c"}  # fmt: skip
        put(shops, "desk", "deployments", use)
    (model,) = search(shops, "triage").found
    assert model.leads_to == "b"
