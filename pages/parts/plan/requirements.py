"""The pieces of the Brief screen on what was asked, what is really needed, and sprint 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.records import Comparison
from mlpm_core.services.plan.requirements import LimitState
from pages.parts.common import printing
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, counted, day, listed, literal, number

if TYPE_CHECKING:
    from mlpm_core.services.plan.requirements import RequirementsView, RequirementView, SprintZero

_SIDES = {Comparison.AT_LEAST: "at least", Comparison.AT_MOST: "at most", Comparison.NONE: ""}


def gate(view: SprintZero) -> None:
    """Whether sprint 0 is over, or what is missing for it."""
    _verdict(view)
    st.caption(
        "Sprint 0 is the work before the first model. It is passed when each open blocker has an "
        "owner and a date to come, and a value case moves a KPI."
    )


def _verdict(view: SprintZero) -> None:
    missing = _missing(view)
    if not missing:
        blockers = "no blocker is open"
        if view.n_blockers:
            n = counted(view.n_blockers, "open blocker")
            blockers = f"{n}, each with an owner and a date"
        st.success(
            f"Sprint 0 is **passed**: {blockers}, and a value case moves "
            f"{listed([literal(title) for title in view.moved])}.",
            icon=":material/check_circle:",
        )
        return
    lines = "  \n".join(f"- {literal(line)}" for line in missing)
    st.warning(
        f"Sprint 0 is **not passed**: {counted(len(missing), 'thing')} missing.\n\n{lines}",
        icon=":material/flag:",
    )


def _missing(view: SprintZero) -> list[str]:
    missing = []
    if not view.n_findings:
        missing.append("No finding is written down, so nobody has looked for blockers yet.")
    for statements, fault in (
        (view.unowned, "has no owner"),
        (view.undated, "has no date"),
        (view.overdue, "is past its date"),
    ):
        missing += [f"Blocker “{statement}” {fault}." for statement in statements]
    if view.moved:
        return missing
    if not view.unmoved:
        missing.append("No KPI counts yet: name the one that the stakeholders want to improve.")
    missing += [f"No value reaches KPI {title}: {reason}" for title, reason in view.unmoved]
    return missing


def sentence(view: RequirementsView) -> str:
    """How many requirements are of use to somebody, and how their limits stand."""
    n = len(view.live)
    if not n:
        return (
            "No requirement is written down yet. Write what was asked for, what is really needed, "
            "and who decides what with the prediction, and when."
        )
    used = n - len(view.without_use)
    parts = [f"**{used} of {counted(n, 'requirement')}** with a use point"]
    states = {
        LimitState.MET: "met",
        LimitState.MISSED: "missed",
        LimitState.NOT_MEASURED: "not measured",
        LimitState.UNSAID: "incomplete",
    }
    limits = [f"{view.n_limits(s)} {word}" for s, word in states.items() if view.n_limits(s)]
    parts.append(f"limits: {', '.join(limits)}" if limits else "no limit is set")
    return f"{'; '.join(parts)}."


def table(view: RequirementsView) -> None:
    """Asked against really needed, with the use point and the limit of each."""
    if not view.requirements:
        return
    printing.table(
        _table(view),
        hide_index=True,
        column_config={"Asked": st.column_config.TextColumn(width="medium")},
        alt="Requirements: asked, why, really needed, use point, limit and measured value, status",
    )
    st.caption("A use point says who decides what with the prediction, and when.")


@made_once
def _table(view: RequirementsView) -> pd.DataFrame:
    rows = view.requirements
    return pd.DataFrame(
        {
            "Asked": [r.record.asked for r in rows],
            "Why": [r.record.why or NOTHING for r in rows],
            "Really needed": [r.record.agreed or NOTHING for r in rows],
            "Use point": [_use_point(r) for r in rows],
            "Limit": [_limit(r) for r in rows],
            "Measured": [_measured(r) for r in rows],
            "Kept": [_kept(r) for r in rows],
            "Status": [r.record.status.value for r in rows],
            "Asked by": [r.asked_by or NOTHING for r in rows],
        }
    )


def changed(view: RequirementsView) -> None:
    """Which requirements changed, when and why."""
    if not view.changed:
        return
    st.markdown(f"**{counted(len(view.changed), 'requirement')} changed**")
    for item in view.changed:
        record = item.record
        when = day(record.changed_on) if record.changed_on else "on a day nobody wrote down"
        reason = literal(record.change_reason.strip() or "no reason is written down")
        needed = f" → {literal(record.agreed)}" if record.agreed else ""
        st.markdown(f"- {literal(record.asked)}{needed}  \n  :gray[{when}: {reason}]")


def _use_point(view: RequirementView) -> str:
    record = view.record
    if not view.missing_use:
        return f"{record.decides}: {record.decision}, {record.decided_when}"
    if not view.is_live:
        return NOTHING
    return f"no use point: {listed(view.missing_use)} not said"


def _limit(view: RequirementView) -> str:
    record = view.record
    if record.limit is None:
        return NOTHING
    what = f"{record.metric} " if record.metric else ""
    return f"{what}{_SIDES[record.comparison]} {_with_unit(record.limit, record.unit)}".strip()


def _measured(view: RequirementView) -> str:
    measured = view.record.measured
    return NOTHING if measured is None else _with_unit(measured, view.record.unit)


def _with_unit(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".strip()


def _kept(view: RequirementView) -> str:
    if view.contradicts:
        return f"{view.limit.value}, yet called met"
    return NOTHING if view.limit is LimitState.NONE else view.limit.value
