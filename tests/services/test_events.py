"""Events: what people write down, and what MLPM sees itself, for the charts of their scope."""

from __future__ import annotations

from datetime import datetime

import pytest

from mlpm_core.records import EventType, Status
from mlpm_core.services.in_life.events import Origin, concerning, events
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest import undo as undoing
from tests.monitored_shop import SHOP, WEEKS, clock, in_use, kpi, planned, results, save


def _fill(workspace):
    planned(workspace, "2024-08-10")
    kpi(workspace, "revenue", "higher")


@pytest.fixture
def shop(filled):
    return filled(_fill)


def put(workspace, text, kind="events"):
    return imports.import_file(workspace.acting_as("ada"), SHOP, kind, "file.csv", text.encode())


def told(workspace, **scope):
    every = events(workspace, SHOP)
    return [h.subject for h in (concerning(every, **scope) if scope else every)]


def test_events_come_by_file_with_a_day_or_a_moment(shop):
    text = (
        "id,title,date,type,kpi,model\n"
        "sale,Summer sale,2024-07-01,campaign,,\n"
        "outage,Till was down,2024-07-09 14:30,incident,revenue,\n"
        "retrain,Trained anew,2024-07-15,release,,m\n"
    )
    assert put(shop, text).status is Status.COMMITTED
    sale, outage, retrain = events(shop, SHOP)
    assert (sale.at, sale.is_of_a_day, sale.event_type) == (
        datetime(2024, 7, 1), True, EventType.CAMPAIGN,
    )  # fmt: skip
    assert (outage.at, outage.is_of_a_day) == (datetime(2024, 7, 9, 14, 30), False)
    assert (retrain.model_id, retrain.origin) == ("m", Origin.WRITTEN)


def test_an_event_of_another_kpi_or_model_is_not_of_this_one(shop):
    kpi(shop, "waits", "lower")
    rows = (
        {"event_id": "a", "title": "All", "happened_at": "2024-07-01"},
        {"event_id": "b", "title": "Waits", "happened_at": "2024-07-02", "kpi_id": "waits"},
        {"event_id": "c", "title": "Model", "happened_at": "2024-07-03", "model_id": "m"},
    )
    save(shop, "events", *rows)
    assert told(shop, kpis=["revenue"]) == ["All"]
    assert told(shop, kpis=["waits"], models=["m"]) == ["All", "Waits", "Model"]
    assert told(shop, models=["m"]) == ["All", "Model"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a,A,2024-07-01,wedding,,", "wedding"),
        ("a,A,soon,other,,", "soon"),
        ("a,A,2024-07-01,other,nothing,", "nothing"),
        ("a,A,2024-07-01,other,,nobody", "nobody"),
    ],
)
def test_what_leads_nowhere_or_is_no_day_is_refused_by_name(shop, row, why):
    receipt = put(shop, f"event_id,title,happened_at,event_type,kpi_id,model_id\n{row}\n")
    assert receipt.status is not Status.COMMITTED
    assert why in str(receipt.rejects or receipt.questions)


def test_deployments_and_incidents_are_events_and_the_future_is_not(shop):
    in_use(shop, "2024-07-10", to_on="2024-12-31", model_version="2")
    incident = {"incident_id": "i", "model_id": "m", "title": "Late", "started_at": "2024-08-01"}
    save(shop, "incident_log", incident)
    save(shop, "events", {"event_id": "f", "title": "Fair", "happened_at": "2024-09-01"})
    assert [(h.origin, h.subject) for h in events(shop, SHOP)] == [
        (Origin.DEPLOYED, "m 2"), (Origin.INCIDENT, "Late"),
    ]  # fmt: skip
    clock(shop, "2024-09-02")
    assert told(shop) == ["m 2", "Late", "Fair"]


def test_a_changed_definition_or_target_is_an_event_with_both_values(shop):
    kpi(shop, "revenue", "higher", definition="Gross", owner="Ada")
    kpi(shop, "revenue", "higher", definition="Net of returns", owner="Ada", target=510_000)
    changed = [h for h in events(shop, SHOP) if h.origin is Origin.CHANGED]
    assert {(h.column, h.before, h.after) for h in changed} == {
        ("definition", "", "Gross"), ("owner", "", "Ada"),
        ("definition", "Gross", "Net of returns"), ("target", "500000", "510000"),
    }  # fmt: skip
    by_column = {h.column: h.event_type for h in changed}
    assert by_column["definition"] is EventType.DEFINITION_CHANGE
    assert by_column["target"] is EventType.OTHER


def test_a_change_that_was_undone_did_not_happen_and_the_undo_did(shop):
    kpi(shop, "revenue", "higher", definition="Gross")
    batch = f"B{shop.version:05d}"
    undoing.undo(shop.acting_as("ada"), SHOP, batch)
    assert [(h.origin, h.subject, h.column, h.by) for h in events(shop, SHOP)] == [
        (Origin.UNDO, batch, "kpis", "ada"),
    ]  # fmt: skip


def test_an_undo_of_what_moves_no_figure_is_none(shop):
    save(shop, "events", {"event_id": "f", "title": "Fair", "happened_at": "2024-07-01"})
    undoing.undo(shop.acting_as("ada"), SHOP, f"B{shop.version:05d}")
    results(shop, WEEKS)
    assert told(shop) == []
