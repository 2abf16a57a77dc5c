"""Archive has a way back in place, and a change is undone by the message that reports it."""

from __future__ import annotations

import pytest

from mlpm_core.records import KINDS
from mlpm_core.services.ingest import batches, registers
from tests.app.conftest import button, labels, open_screen, run, said

DEMAND, WORKSHOP = "bike-shop-demand", "bike-shop-workshop"
ARCHIVED = {k: r for k, r in KINDS.items() if "archived" in r.model_fields}


def record(workspace, project, kind, record_id):
    key = KINDS[kind].key[-1]
    return next(r for r in registers.records(workspace, project, kind) if r[key] == record_id)


def table(app):
    return app.main.get("dataframe")[0].value


# one record of every kind that can be archived, in the demo or added to it
EXAMPLES = {
    "projects": (DEMAND, DEMAND),
    "stakeholders": (DEMAND, None),
    "findings": (DEMAND, None),
    "models": (DEMAND, "demand-forecast"),
    "kpis": (DEMAND, "write-downs"),
    "value_cases": (DEMAND, "daily-orders"),
    "deployments": (DEMAND, "demand-forecast-central"),
    "promises": (DEMAND, None),
    "metric_limits": (DEMAND, None),
    "estimates": ("bike-shop-wearcheck", None),
    "events": (WORKSHOP, None),
    "kpi_targets": (WORKSHOP, None),
    "contracts": (DEMAND, None),
    "contract_clauses": (DEMAND, None),
    "support_plans": (DEMAND, None),
}
# kinds of which the demo has none: in the order in which one needs another
ADDED = {
    "requirements": {"requirement_id": "r", "asked": "A forecast"},
    "interactions": {"interaction_id": "i", "happened_on": "2026-05-01",
                     "interaction_type": "meeting"},
    "roles": {"role_id": "DS", "day_rate": 500},
    "tasks": {"task_id": "t", "title": "Look", "category": "data", "role": "DS"},
    "team_members": {"person_id": "pia", "name": "Pia", "role": "DS"},
    "absences": {"absence_id": "a", "from_on": "2026-08-03", "to_on": "2026-08-07"},
    "closed_projects": {"closed_id": "c", "estimated_days": 10, "actual_days": 16},
    "delivery_promises": {"promise_id": "d", "what": "Pilot", "measure": "date",
                          "made_on": "2026-05-01", "promised_for_on": "2026-09-01"},
    "risks": {"risk_id": "late", "title": "Access comes late", "category": "data",
              "probability": 0.3},
    "risk_reviews": {"risk_id": "late", "reviewed_on": "2026-05-01", "probability": 0.2},
    "check_questions": {"check_id": "own", "pack": "Ours", "question": "Is it so?"},
    "check_results": {"check_id": "own", "reply": "yes", "answered_on": "2026-05-01"},
    "artefacts": {"artefact_id": "sales-1", "artefact_type": "model"},
    "rebuilds": {"artefact_id": "sales-1", "attempted_on": "2026-05-01"},
    "sourcing": {"sourcing_id": "s", "build_cost": "60k", "quote": "80k"},
    "annotation_plans": {"annotation_id": "p", "items": 100, "minutes_per_label": "1"},
    "compute_campaigns": {"campaign_id": "n", "gpu_hours_planned": 10, "gpu_hour_rate": 2},
}  # fmt: skip
EXAMPLES |= {
    kind: (DEMAND, row.get(KINDS[kind].key[-1]) if len(KINDS[kind].key) == 2 else None)
    for kind, row in ADDED.items()
}


def with_what_it_needs(workspace, project, kind):
    """Add the record of a kind that the demo lacks, and those that must be there before it."""
    if kind in ADDED:
        for before in (
            k for k in ADDED if k in (kind, "roles", "risks", "artefacts", "check_questions")
        ):
            row = dict(ADDED[before])
            if before == "interactions":
                row["stakeholder_id"] = registers.records(workspace, project, "stakeholders")[0][
                    "stakeholder_id"]  # fmt: skip
            receipt = registers.save(workspace.acting_as("ada"), project, before, [row])
            assert receipt.status == "committed", receipt


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_record_is_archived_found_again_and_restored_in_place(demo, kind):
    project, record_id = EXAMPLES[kind]
    with_what_it_needs(demo, project, kind)
    rows = registers.records(demo, project, kind)
    before = rows[0] if record_id is None else record(demo, project, kind, record_id)
    of = [str(before[k]) for k in KINDS[kind].key if k != "project" or kind == "projects"]
    named = " · ".join(of)
    app = open_screen("registers", project=project, kind=kind, record=named)
    n_shown = len(table(app))
    button(app, "Archive").click()
    run(app)
    assert "is archived: it is kept" in said(app).replace("\\", "")
    now = next(r for r in registers.records(demo, project, kind) if r == before | {
        "archived": True})  # fmt: skip
    assert now

    app = open_screen("registers", project=project, kind=kind)
    if kind != "projects":
        assert len(app.main.get("dataframe") and table(app)) == n_shown - 1
    app.toggle(key="archived_records").set_value(True)
    run(app)
    assert len(table(app)) >= n_shown
    app.selectbox(key="record").set_value(named)
    run(app)
    assert "(archived)" in app.selectbox(key="record").format_func(named)
    button(app, "Restore").click()
    run(app)
    assert next(r for r in registers.records(demo, project, kind) if r == before)


def test_every_kind_with_an_archive_is_looked_at():
    assert set(ARCHIVED) - set(EXAMPLES) == {"mechanisms"}  # it has a screen of its own as well


def test_a_mechanism_is_archived_and_restored(demo):
    app = open_screen("mechanism", project=DEMAND, mechanism="@new")
    button(app, "Save the mechanism").click()
    run(app)
    app = open_screen("registers", project=DEMAND, kind="mechanisms", record="meter_reading")
    button(app, "Archive").click()
    run(app)
    assert record(demo, DEMAND, "mechanisms", "meter_reading")["archived"]
    app = open_screen("mechanism", project=DEMAND, mechanism="meter_reading")
    assert "is archived; restore it" in app.warning[0].value
    button(app, "Restore").click()
    run(app)
    assert not record(demo, DEMAND, "mechanisms", "meter_reading")["archived"]
    assert app.selectbox(key="mechanism").value == "meter_reading"


def test_archived_projects_are_found_in_the_sidebar_and_restored(demo):
    app = open_screen("value_case", project=WORKSHOP)
    assert not app.sidebar.toggle
    row = dict(demo.project(WORKSHOP)) | {"archived": True}
    registers.save(demo.acting_as("x"), WORKSHOP, "projects", [row])
    app = open_screen("value_case", project=DEMAND)
    assert WORKSHOP not in app.sidebar.selectbox(key="project").options
    app.toggle(key="archived_projects").set_value(True)
    run(app)
    app.sidebar.selectbox(key="project").set_value(WORKSHOP)
    run(app)
    assert "is archived: it is kept" in said(app)
    button(app, "Restore").click()
    run(app)
    assert not demo.project(WORKSHOP).archived
    assert app.sidebar.selectbox(key="project").value == WORKSHOP


def test_the_last_project_that_is_archived_is_found_again(empty):
    registers.save(empty.acting_as("x"), "p", "projects", [{"project": "p", "title": "P"}])
    app = open_screen("registers", project="p", kind="projects", record="p")
    button(app, "Archive").click()
    run(app)
    app = open_screen("portfolio")
    app.toggle(key="archived_projects").set_value(True)
    run(app)
    app.sidebar.selectbox(key="project").set_value("p")
    run(app)
    button(app, "Restore").click()
    run(app)
    assert not empty.project("p").archived


def test_archive_is_undone_by_the_message_that_says_it(demo):
    before = record(demo, DEMAND, "kpis", "write-downs")
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    button(app, "Archive").click()
    run(app)
    button(app, "Undo").click()
    run(app)
    assert record(demo, DEMAND, "kpis", "write-downs") == before
    assert "is undone by" in said(app)
    assert "Undo" not in labels(app)


def test_a_saved_change_is_undone_and_only_that_one(demo):
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    app.text_input(key=f"register_kpis_{DEMAND}_write-downs_owner").set_value("Ben")
    button(app, "Save").click()
    run(app)
    assert "Saved as B" in said(app)
    saved = batches.receipts(demo, DEMAND)[0]["receipt"].batch
    registers.save(demo.acting_as("x"), DEMAND, "models", [{"model_id": "later"}])
    assert record(demo, DEMAND, "kpis", "write-downs")["owner"] == "Ben"
    button(app, "Undo").click()
    run(app)
    assert record(demo, DEMAND, "kpis", "write-downs")["owner"] != "Ben"
    assert batches.receipts(demo, DEMAND)[0]["receipt"].undoes == saved
    assert record(demo, DEMAND, "models", "later")
    field = app.text_input(key=f"register_kpis_{DEMAND}_write-downs_owner")
    assert field.value == record(demo, DEMAND, "kpis", "write-downs")["owner"]


def test_what_somebody_saved_on_top_stays_and_the_undo_says_so(demo):
    app = open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")
    app.text_input(key=f"register_kpis_{DEMAND}_write-downs_owner").set_value("Ben")
    button(app, "Save").click()
    run(app)
    later = record(demo, DEMAND, "kpis", "write-downs") | {"target": 7.0}
    registers.save(demo.acting_as("ann"), DEMAND, "kpis", [later])
    button(app, "Undo").click()
    run(app)
    assert record(demo, DEMAND, "kpis", "write-downs") == later
    assert "What was saved after it stays as it was saved" in said(app)
    assert "there again" not in said(app)


def test_what_others_rest_on_is_not_undone_and_the_way_out_is_said(empty):
    registers.save(empty.acting_as("x"), "p", "projects", [{"project": "p", "title": "P"}])
    app = open_screen("registers", project="p", kind="models")
    app.text_input(key="register_models_new0_model_id").set_value("m")
    button(app, "Add the model").click()
    run(app)
    case = {"value_case_id": "c", "mechanism": "demand_forecast", "model_id": "m"}
    registers.save(empty.acting_as("ben"), "p", "value_cases", [case])
    button(app, "Undo").click()
    run(app)
    message = app.error[0].value.replace("\\", "")
    assert "others rest on it: Value case c on m" in message
    assert "Undo first: B00003" in message
    assert record(empty, "p", "models", "m")


def test_the_undo_stays_while_the_page_does_and_goes_with_it(demo):
    app = open_screen("brief", project=DEMAND, edit="1")
    form = f"brief_{DEMAND}"
    app.segmented_control[-1].set_value("projects")
    run(app)
    app.text_input(key=f"{form}_owner").set_value("Ben")
    run(app)
    button(app, "Save").click()
    run(app)
    assert demo.project(DEMAND).owner == "Ben"
    run(app)
    assert "Undo" in labels(app)
    app.switch_page("plan/find_kpi.py")
    run(app)
    assert "Undo" not in labels(app)


def test_a_value_case_that_was_started_with_its_kpi_is_undone_whole(demo):
    project = "bike-shop-wearcheck"
    app = open_screen("find_kpi", project=project, dimension="cycle_time",
                      candidate="time-to-result")  # fmt: skip
    app.text_input(key=f"finder_{project}_time-to-result_stands_for").set_value("waiting")
    run(app)
    button(app, "Save as provisional KPI").click()
    run(app)
    button(app, "Create the value case").click()
    run(app)
    kpi = record(demo, project, "kpis", "time-to-result")
    assert kpi["value_case_id"]
    button(app, "Undo").click()
    run(app)
    assert registers.records(demo, project, "value_cases") == []
    assert record(demo, project, "kpis", "time-to-result")["value_case_id"] == ""


def test_a_stored_file_is_undone_by_its_message(demo):
    text = "model_id,metric,period_start,value\ndemand-forecast,wape,2026-06-29,0.36\n"
    app = open_screen("upload", project=DEMAND)
    app.file_uploader[0].upload("week.csv", text.encode())
    run(app)
    button(app, "Store 1 line").click()
    run(app)
    button(app, "Undo").click()
    run(app)
    newest = batches.receipts(demo, DEMAND)[0]["receipt"]
    assert (newest.kind, bool(newest.undoes)) == ("metric_results", True)
