"""The list of projects on Portfolio: its groups, its table, and one project in short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.services.in_life.project_groups import GroupBy, group_of, grouped, in_order, together
from pages.parts.common import kpi_cards, panels, printing, tables, terms
from pages.parts.common import queries as common
from pages.parts.common.cache import made_once
from pages.parts.common.format import counted, literal
from pages.parts.overview import changes, filters, projects_table, queries
from pages.parts.overview import projects_text as words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.in_life.project_list import ProjectRow
    from mlpm_core.services.plan.plan_summaries import PlanSummary

_FEW = 4  # so many estimates are waited for; with more the list is shown before them
NO_CASE = (
    "No project has a value case yet: say how a model creates value, and this screen says what it "
    "could be worth."
)

_OF_CASES = (
    "Values are estimated from model metrics, not measured with a control group (grade C). Likely: "
    "the range in which the value now lies 8 times in 10. After actual cost: the value now, with "
    "what was recorded as spent in the last 92 days in the place of the planned running cost."
)

_together = made_once(together)


def section(rows: Sequence[ProjectRow]) -> tuple[list[ProjectRow], Mapping[str, PlanSummary]]:
    """The list of projects with its filter.

    Returns
    -------
    tuple
        The projects that are listed, in their order, and the estimates of all.
    """
    st.header("Projects", anchor=False)
    st.markdown(words.overview(_together(rows)))
    chosen, by, order = filters.bar(rows)
    listed = [row for row in rows if chosen.takes(row)]
    printing.hint(
        "Filter and time range change the list and what is below it; sums above are of all "
        "projects, a year at the pace of their newest results.",
        key="filter",
    )
    st.markdown(words.shown(_together(listed), len(rows)))
    if not listed:
        return [], {}
    shown, changed = changes.asked(listed)
    if changed:
        st.markdown(changes.summary(listed, changed))
    if by is not None:
        projects_table.groups(grouped(listed, by), by)
    if by is GroupBy.DIMENSION and (missing := words.no_aim(_together(rows))):
        st.caption(missing)
    plans, n_pending = _plans(len(rows))
    ordered = in_order(listed, order, plans)
    if by is not None:
        places = {group.key: i for i, group in enumerate(grouped(listed, by))}
        ordered.sort(key=lambda row: places[group_of(row, by)])
    projects_table.table(ordered, plans, by, shown, changed)
    if n_pending:
        with st.spinner(f"Estimating {counted(n_pending, 'project')} …"):
            queries.plan_summaries()
        st.session_state["plans_made"] = queries.moment_in_view()
        st.rerun()
    return ordered, plans


def _plans(n_projects: int) -> tuple[Mapping[str, PlanSummary], int]:
    """The estimates, and how many are to be made once the list is shown: none while these are few.

    They are made once for what is stored: nothing is waited for twice.
    """
    if st.session_state.get("plans_made") != queries.moment_in_view():
        plans = queries.plans_at_hand()
        if n_projects - len(plans) > _FEW:
            return plans, n_projects - len(plans)
    return queries.plan_summaries(), 0


def none() -> None:
    """That there is no project to list, and the way to one; ends the screen."""
    every = common.all_projects()
    panels.empty(
        "Every project is archived. Restore one under All records, or create another one."
        if every
        else "No project yet. Say what a model of yours does: you see a first value at once.",
        "data/registers.py" if every else "plan/start.py",
        "Go to the projects" if every else "Create the first project",
        **({"kind": "projects"} if every else {}),
    )


def one_project(rows: Sequence[ProjectRow], plans: Mapping[str, PlanSummary]) -> None:
    """One of the listed projects in short: its state, where to go on, its value cases and KPIs."""
    if not rows:
        return
    by_id = {row.project: row for row in rows}
    titles = {name: row.record.title for name, row in by_id.items()}
    st.header("One project in short", anchor=False)
    if st.session_state.get("shown") not in (None, *by_id):
        st.session_state["shown"] = ""  # the filter leaves it out
    chosen = filters.narrowed("Project", "The first of the list", titles, "shown")
    row = by_id[chosen] if chosen else rows[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(row.record.title)}**")
        if row.state is not None:
            panels.badge(row.state.label)
    st.caption(words.in_short(row))
    plan = plans.get(row.project)
    if plan is not None and plan.problem:
        st.caption(f"Its estimate is not available: {literal(plan.problem)}")
    _links(row)
    if row.lines:
        printing.table(
            tables.cases(row.lines), hide_index=True, alt="The value cases of the project"
        )
        st.caption(_OF_CASES, help=terms.GRADE)
        for line in row.lines:
            panels.case_head(line)
            panels.case_links(line)
    view = common.project_view(row.project)
    kpi_cards.kpi_cards(row.project, view.day, common.kpi_lines(row.project))


def _links(row: ProjectRow) -> None:
    """The screens of a project."""
    where = {"project": row.project}
    with st.container(horizontal=True):
        for page, label, icon in (
            ("plan/brief.py", "Brief", "fact_check"),
            ("plan/estimate.py", "Estimate", "calculate"),
            ("plan/risks.py", "Risks and checks", "shield"),
            ("evaluate/adoption.py", "Adoption", "gavel"),
            ("overview/kpi.py", "KPIs", "monitoring"),
        ):
            st.page_link(page, label=label, icon=f":material/{icon}:", query_params=where)
