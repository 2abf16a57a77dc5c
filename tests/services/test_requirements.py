"""Asked against really needed, limits against what was measured, and the end of sprint 0."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.planning.requirements import LimitState, limit_state
from mlpm_core.records import Comparison
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.requirements import UsePart, requirements, sprint_zero
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

USED = {"decides": "The planner", "decision": "how much to order", "decided_when": "each Monday"}


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with one project that lives on 30 June 2026."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    save(workspace, "projects", {"project": "shop", "title": "S", "clock_on": date(2026, 6, 30)})
    yield workspace
    workspace.close()


def save(workspace, kind, *rows):
    receipt = registers.save(workspace.acting_as("ada"), "shop", kind, rows)
    assert receipt.status == "committed", receipt.rejects


def asked(requirement_id, **more):
    return {"requirement_id": requirement_id, "asked": f"Give us {requirement_id}"} | more


@pytest.mark.parametrize(
    ("comparison", "limit", "measured", "state"),
    [
        (Comparison.AT_MOST, 200.0, 200.0, LimitState.MET),
        (Comparison.AT_MOST, 200.0, 200.1, LimitState.MISSED),
        (Comparison.AT_LEAST, -1.0, -2.0, LimitState.MISSED),
        (Comparison.AT_LEAST, 0.0, 0.0, LimitState.MET),
        (Comparison.AT_LEAST, 0.8, None, LimitState.NOT_MEASURED),
        (Comparison.AT_LEAST, 0.8, float("nan"), LimitState.NOT_MEASURED),
        (Comparison.AT_LEAST, None, 3.0, LimitState.UNSAID),
        (Comparison.NONE, 3.0, 3.0, LimitState.UNSAID),
        (Comparison.NONE, None, 3.0, LimitState.NONE),
    ],
)
def test_a_limit_is_judged_only_where_limit_side_and_measured_value_are_known(
    comparison, limit, measured, state
):
    assert limit_state(comparison, limit, measured) is state


def test_a_requirement_of_which_who_what_or_when_is_not_said_has_no_use_point(shop):
    save(
        shop, "requirements",
        asked("a", **USED), asked("b", **USED | {"decided_when": " "}), asked("c"),
        asked("d", status="dropped"), asked("e", archived=True),
    )  # fmt: skip
    view = requirements(shop, "shop")
    assert {r.record.requirement_id: r.missing_use for r in view.without_use} == {
        "b": (UsePart.WHEN,),
        "c": tuple(UsePart),
    }
    assert [r.record.requirement_id for r in view.requirements] == ["b", "c", "a", "d"]


def test_what_is_called_met_while_its_limit_is_missed_is_seen_first(shop):
    limit = {"comparison": "at_most", "limit": 200, "unit": "ms"}
    save(
        shop, "requirements",
        asked("a", **USED), asked("slow", **USED, **limit, measured=240, status="met"),
        asked("unmeasured", **USED, **limit, status="met"),
        asked("fast", **USED, **limit, measured=90, status="met"),
    )  # fmt: skip
    view = requirements(shop, "shop")
    first, second, *others = view.requirements
    assert (first.record.requirement_id, first.limit) == ("slow", LimitState.MISSED)
    assert (second.record.requirement_id, second.contradicts) == ("unmeasured", True)
    assert not any(r.contradicts for r in others)
    assert [view.n_limits(s) for s in (LimitState.MET, LimitState.MISSED)] == [1, 1]


def test_changed_requirements_come_newest_first_with_their_reason(shop):
    save(
        shop, "requirements",
        asked("old", changed_on="2026-05-01", change_reason="No such data"),
        asked("new", changed_on="2026-06-01", status="dropped"),
        asked("same", agreed="Something else in other words"),
    )  # fmt: skip
    changed = requirements(shop, "shop").changed
    assert [(r.record.requirement_id, r.record.change_reason) for r in changed] == [
        ("new", ""),
        ("old", "No such data"),
    ]


def finding(finding_id, **more):
    row = {"finding_id": finding_id, "area": "data", "statement": finding_id, "is_blocker": True}
    return row | more


def test_sprint_0_is_not_passed_while_a_blocker_is_in_nobodys_hands(shop):
    assert not sprint_zero(shop, "shop").is_passed
    save(
        shop, "findings",
        finding("unowned", due_on="2026-07-01"), finding("undated", owner="Pia"),
        finding("late", owner="Pia", due_on="2026-06-29"),
        finding("fine", owner="Pia", due_on="2026-06-30"),
        finding("done", confidence="proven"), finding("gone", archived=True),
        finding("no blocker", is_blocker=False),
    )  # fmt: skip
    gate = sprint_zero(shop, "shop")
    assert (gate.unowned, gate.undated, gate.overdue) == (("unowned",), ("undated",), ("late",))
    assert gate.n_blockers == 4


def test_sprint_0_is_passed_only_once_a_value_case_moves_a_kpi(shop):
    save(shop, "findings", finding("fine", owner="Pia", due_on="2026-06-30"))
    gate = sprint_zero(shop, "shop")
    assert (gate.moved, gate.unmoved, gate.is_passed) == ((), (), False)
    save(
        shop, "kpis",
        {"kpi_id": "cost", "title": "Cost", "dimension": "cost_saving", "unit": "EUR/year",
         "direction": "lower", "baseline": 100_000, "target": 90_000},
    )  # fmt: skip
    gate = sprint_zero(shop, "shop")
    assert gate.unmoved == (("Cost", "No value case says yet how the model moves this KPI."),)
    assert not gate.is_passed


def test_a_kpi_that_a_value_case_moves_completes_the_value_path(tmp_path, demo_folder):
    workspace = open_recovered(Settings(data=copied(demo_folder, tmp_path), demo=False))
    try:
        assert sprint_zero(workspace, "bike-shop-demand").moved
    finally:
        workspace.close()


def test_an_unknown_project_is_named(shop):
    for ask in (requirements, sprint_zero):
        with pytest.raises(NotFoundError, match="nowhere"):
            ask(shop, "nowhere")
