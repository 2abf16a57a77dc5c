"""What is kept of a project is made anew by what it rests on in other projects, and by no more."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.records import KINDS, FindingRecord, Model, Project, Task, TeamMember
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.undo import undo
from mlpm_core.services.plan import lighthouses, past_projects, team
from mlpm_core.store import MomentReader, Reader
from pages.parts.plan import brief_queries, risk_queries, task_queries, team_queries

OURS, OTHER = "shop", "other"
TODAY = date(2026, 6, 30)
DONE = {
    "category": "data", "status": "done", "finished_on": date(2026, 6, 5), "spent_days": 9,
    "p10": 1, "p50": 2, "p90": 3, "estimated_by": "Ada",
}  # fmt: skip
TASKS = [{"task_id": f"t{i}", "title": f"Task {i}", **DONE} for i in range(12)]
TODO = {
    "task_id": "own", "title": "Own", "category": "train", "status": "todo", "role": "DS",
    "p10": 2, "p50": 4, "p90": 9, "estimated_by": "Ada",
}  # fmt: skip
BUSY = {"person_id": "ana", "name": "Ana", "role": "DS", "fraction": 0.8}
FOUND = {
    "finding_id": "f1", "area": "data", "statement": "It runs.", "confidence": "proven",
    "evidence": "Seen.",
}  # fmt: skip
CLOSED = [
    {"closed_id": f"c{i}", "title": f"Closed {i}", "estimated_days": 10, "actual_days": 20 + i,
     "outcome": "delivered"}
    for i in range(5)
]  # fmt: skip

LOADERS = {
    "estimate": lambda: task_queries.task_estimate(OURS),
    "snapshots": lambda: task_queries.history(OURS),
    "learning": lambda: team_queries.learning(OURS),
    "packs": lambda: team_queries.task_templates(OURS),
    "team": lambda: team_queries.team(OURS),
    "risks": lambda: risk_queries.offered_risks(OURS),
    "findings": lambda: brief_queries.offered_findings(OURS),
}
RESTS_ON = {
    **dict.fromkeys(("estimate", "snapshots", "learning", "packs"), past_projects.PAST_WORK),
    **dict.fromkeys(("team", "risks"), team.PEOPLE),
    "findings": lighthouses.FINDINGS,
}
ARRIVES = [
    ("learning", "closed_projects", CLOSED, lambda v: len(v.closed)),
    ("learning", "tasks", TASKS, lambda v: len(v.estimators)),
    ("estimate", "tasks", TASKS, lambda v: v.estimated.now.effort),
    ("packs", "tasks", TASKS, lambda v: [t.days for pack in v for t in pack.template.tasks]),
    ("team", "team_members", [BUSY], lambda v: [p.everywhere for p in v.people]),
    ("findings", "findings", [FOUND | {"finding_id": "f2"}], lambda v: [f.statement for f in v]),
]  # fmt: skip


@pytest.fixture
def store(empty):
    """Two projects, of which the other is a lighthouse for ours."""
    for project in (OURS, OTHER):
        row = {"project": project, "title": project, "clock_on": TODAY}
        row |= {"lighthouse_for": OURS} if project == OTHER else {}
        save(empty, "projects", [row], project)
    for project in (OURS, OTHER):
        save(empty, "roles", [{"role_id": "DS", "day_rate": 500}], project)
    save(empty, "findings", [FOUND])
    save(empty, "tasks", [TODO], OURS)
    save(empty, "team_members", [BUSY], OURS)
    return empty


def save(workspace, kind, rows, project=OTHER):
    receipt = registers.write_rows(workspace.acting_as("ada"), project, kind, rows)
    assert receipt.status == "committed", receipt
    return receipt.batch


@pytest.mark.parametrize("name", LOADERS)
def test_a_batch_of_another_kind_elsewhere_makes_nothing_anew(store, name, monkeypatch):
    kept = LOADERS[name]()
    save(store, "models", [{"model_id": "m"}])
    save(store, "stakeholders", [{"stakeholder_id": "s", "name": "S", "influence": 3}])
    asked, rows = [], Reader._rows

    def noted(reader, sql, parameters):
        asked.append(sql)
        return rows(reader, sql, parameters)

    monkeypatch.setattr(Reader, "_rows", noted)
    assert LOADERS[name]() is kept
    assert len(asked) <= 3  # which projects there are, and the newest batches


@pytest.mark.parametrize(("name", "kind", "rows", "told"), ARRIVES)
def test_what_others_write_arrives_and_goes_when_it_is_undone(store, name, kind, rows, told):
    before = told(LOADERS[name]())
    batch = save(store, kind, rows)
    after = told(LOADERS[name]())
    assert after != before
    undo(store.acting_as("ada"), OTHER, batch)
    assert told(LOADERS[name]()) == before


def test_a_project_that_becomes_part_of_the_demo_says_nothing_any_more(store):
    save(store, "closed_projects", CLOSED)
    assert len(LOADERS["learning"]().closed) == len(CLOSED)
    save(store, "projects", [{"project": OTHER, "title": "Other", "is_demo": True}])
    assert LOADERS["learning"]().closed == ()


@pytest.mark.parametrize("name", LOADERS)
def test_what_is_written_to_the_project_itself_arrives(store, name):
    before = LOADERS[name]()
    save(store, "models", [{"model_id": "m"}], OURS)
    assert LOADERS[name]() is not before


@pytest.mark.parametrize("name", LOADERS)
def test_no_other_kind_of_another_project_is_read(store, name, monkeypatch):
    """What is said to be rested on is all that is read of others, and nothing by the way."""
    read = set()

    def noted(method):
        whole = getattr(Reader, method)

        def reads(reader, record, project, *args, **more):
            of = (project,) if isinstance(project, str) else project[:1]
            every = reader.projects_asked if isinstance(reader, MomentReader) else ()
            if {*of, *every} - {OURS}:
                read.add(record)
            return whole(reader, record, project, *args, **more)

        monkeypatch.setattr(Reader, method, reads)

    for method in ("table", "history", "one", "page", "orphans", "holds_any"):
        noted(method)
    queries, rows = set(), Reader.rows

    def named(reader, query, **parameters):
        if OTHER in str(parameters) or not parameters:
            queries.add(query)
        return rows(reader, query, **parameters)

    monkeypatch.setattr(Reader, "rows", named)
    LOADERS[name]()
    assert read <= {*RESTS_ON[name]}
    assert queries <= {"projects", "project_versions", "kind_versions", "last_seq"}


def test_models_are_of_no_kind_that_is_waited_for():
    """Any batch may be the first to name one."""
    assert {Project, Task, TeamMember, FindingRecord} <= {k for of in RESTS_ON.values() for k in of}
    assert Model not in {kind for of in RESTS_ON.values() for kind in of}
    assert {kind for of in RESTS_ON.values() for kind in of} <= {*KINDS.values()}
