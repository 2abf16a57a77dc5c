"""The steps of Find a KPI: a dimension, a candidate, a mechanism, a baseline, a break-even."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import streamlit as st

from mlpm_core.quantity import Dimension
from mlpm_core.services.plan import proxies as proxy_service
from mlpm_core.services.plan.kpi_finder import Move
from pages.parts.common import (
    commands,
    controls,
    forms,
    numbers,
    panels,
    printing,
    queries,
    saving,
    terms,
)
from pages.parts.common.format import ICONS, NOTHING, literal, percent, written_unit
from pages.parts.common.numbers import as_typed
from pages.parts.plan import kpi_finder_text as say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.services.plan.kpi_finder import (
        BreakEvenView,
        CandidateView,
        Condition,
        KpiFinderView,
        MechanismView,
    )
    from mlpm_core.services.plan.proxies import BaselinePlan
    from pages.parts.common.forms import Form

sentence = say.opening

_MOVES: dict[Move, tuple[str, Literal["green", "orange", "red", "gray"]]] = {
    Move.BETTER: (":material/trending_up:", "green"),
    Move.EITHER: (":material/swap_vert:", "orange"),
    Move.WORSE: (":material/trending_down:", "red"),
    Move.NONE: (":material/remove:", "gray"),
}


def proxies(shown: KpiFinderView) -> None:
    """The provisional KPIs of the project, and what to do about each."""
    for kpi in shown.kpis:
        if not kpi.sentence:
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            panels.badge(kpi.state.label)
            st.markdown(f"**{literal(kpi.title)}**: {literal(kpi.sentence)}")
            st.page_link(
                "data/registers.py",
                label="Agree or change it",
                query_params=panels.here(kind="kpis", record=kpi.kpi_id),
            )


def dimension(shown: KpiFinderView) -> Dimension | None:
    """Step 1: the dimension; what the stakeholders weigh most is picked until told otherwise."""
    suggested = shown.wanted_most
    chosen = controls.segments(
        "What should get better",
        {d.value: f"{ICONS[d]} {d.label}" for d in Dimension},
        "dimension",
        default=suggested.value if suggested else None,
    )
    if chosen is None:
        st.caption("Choose one of the five: what would people notice first if it got better?")
        return None
    st.caption(say.dimension(Dimension(chosen), shown))
    return Dimension(chosen)


def candidate(project: str, which: Dimension) -> CandidateView | None:
    """Step 2: all candidates as cards until one is chosen, then that one."""
    candidates = queries.kpi_candidates(project, which)
    by_id = {c.id: c for c in candidates}
    chosen = by_id.get(controls.picked("candidate", by_id) or "")
    if chosen is not None:
        with st.container(border=True):
            _candidate_text(chosen)
            st.button(
                f"Show all {len(candidates)} again",
                icon=":material/undo:",
                type="tertiary",
                key="finder_all",
                on_click=controls.pick,
                args=("candidate", None),
            )
        return chosen
    st.caption("Choose the one for which somebody can say tomorrow where to look it up.")
    with st.grid(3, min_column_width=280):
        for shown in candidates:
            with st.container(border=True, height="stretch"):
                _candidate_text(shown)
                st.button(
                    "Choose",
                    key=f"finder_choose_{shown.id}",
                    on_click=controls.pick,
                    args=("candidate", shown.id),
                )
    return None


def _candidate_text(shown: CandidateView) -> None:
    st.markdown(f"**{literal(shown.candidate.name)}**")
    st.caption(say.candidate(shown))
    with st.container(horizontal=True, gap="xsmall"):
        for way in shown.mechanisms:
            st.badge(literal(way.name), color="gray", icon=":material/settings:")
    if shown.record is not None:
        st.caption(literal(shown.sentence or "This is already a KPI of the project."))


def mechanism(shown: CandidateView) -> MechanismView:
    """Step 3: the mechanism, what else it moves, and what it asks."""
    by_id = {m.id: m for m in shown.mechanisms}
    chosen = by_id[controls.radio(
        "Mechanism",
        {m.id: m.name for m in shown.mechanisms},
        [literal(m.sentence) for m in shown.mechanisms],
        "mechanism",
    )]  # fmt: skip
    st.caption(say.case(chosen))
    with st.container(horizontal=True, gap="xsmall"):
        for which in Dimension:
            icon, colour = _MOVES[chosen.moves[which]]
            st.badge(f"{which.label}: {chosen.moves[which]}", icon=icon, color=colour)
    n_metrics = sum(a.is_metric for a in chosen.asks)
    with st.expander(say.asks(chosen), icon=":material/quiz:", on_change="rerun") as opened:
        if opened.open:
            printing.table(
                pd.DataFrame(
                    {
                        "Input": [a.label for a in chosen.asks],
                        "Question": [f"{a.question} …" for a in chosen.asks],
                        "Unit": [written_unit(a.unit) for a in chosen.asks],
                        "Typical": [as_typed(a.typical or NOTHING) for a in chosen.asks],
                        "From": [
                            "the model" if a.is_metric else "the business" for a in chosen.asks
                        ],
                    }
                ),
                hide_index=True,
                height="content",
                alt=f"{n_metrics} metrics and the numbers of the business, with typical ranges",
            )
    return chosen


def baseline(shown: KpiFinderView, chosen: CandidateView) -> None:
    """Step 4: how long to count, what the weeks so far say, and the provisional KPI to save."""
    if chosen.record is not None and not chosen.record.stands_for:
        st.info("This is already a KPI of the project.", icon=":material/info:")
        return
    of = (shown.project, "weekly", chosen.id)
    weeks = forms.opened(f"finder_weekly_{shown.project}", of, None, {chosen.id: ""})
    left, right = st.columns([3, 2], gap="medium")
    with right:
        weekly = st.text_area(
            "Values of the weeks so far",
            placeholder="20.5\n23\n19",
            height=150,
            help="Write one value in each line, or paste the lines of the sheet. Leave it empty "
            "before the first week.",
            key=weeks.key(chosen.id),
            on_change=weeks.note,
        )
        weeks.remember({chosen.id: weekly or ""})
    with left:
        within = st.segmented_control(
            "How exactly should the average be known?",
            proxy_service.WITHIN,
            default=chosen.candidate.within,
            required=True,
            format_func=lambda w: f"±{percent(w)}",
            key=f"finder_within_{chosen.id}",
        )
        plan = None
        with panels.guard():
            plan = proxy_service.baseline_plan(
                queries.workspace(),
                shown.project,
                chosen.id,
                within=within or chosen.candidate.within,
                weekly=weekly or "",
            )
        if plan is None:
            return
        st.markdown(say.plan(plan, chosen))
        st.caption(say.how_to_count(plan))
        if plan.weeks_left:
            st.download_button(
                "Download a sheet for the weeks",
                proxy_service.weekly_sheet(plan),
                file_name=f"{chosen.id}.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
    _proxy_form(shown, chosen, plan)


def _proxy_form(shown: KpiFinderView, chosen: CandidateView, plan: BaselinePlan) -> None:
    record = chosen.record
    form = forms.opened(
        f"finder_{shown.project}_{chosen.id}",
        (shown.project, "kpis", chosen.id),
        dict(record) if record else None,
        {
            "stands_for": record.stands_for if record else "",
            "expires_on": _last_day(shown, chosen, plan),
            "target": numbers.shown(record.target if record else None),
            "owner": record.owner if record else "",
        },
        lambda read: saving.news(shown.project, "kpis", read),
    )
    with st.container(border=True):
        form.head()
        st.markdown(say.proxy(chosen), help=terms.PROVISIONAL)
        with st.grid(4, min_column_width=170):
            stands_for = st.text_input(
                "Stands for",
                placeholder="customers who wait less",
                help="What the stakeholders really want to get better.",
                key=form.key("stands_for"),
                live=forms.LIVE,
                on_change=form.note,
            )
            expires_on = st.date_input(
                "Expires unless agreed by",
                value=None,
                format="YYYY-MM-DD",
                help="The last day on which it counts without an agreement. Suggested: four weeks "
                "after the last week to count.",
                key=form.key("expires_on"),
                on_change=form.note,
            )
            with st.container():
                target = numbers.field(
                    form,
                    "target",
                    numbers.Asked("Target", chosen.unit, queries.currency(shown.project)),
                    form.read.get("target") if form.read else None,
                    label=f"Target, {literal(written_unit(chosen.unit))}",
                    help="May stay empty. Step 5 shows the least that pays.",
                )
            owner = st.text_input(
                "Owner",
                help="Who counts it.",
                key=form.key("owner"),
                live=forms.LIVE,
                on_change=form.note,
            )
        values: dict[str, Any] = {
            "stands_for": stands_for or "",
            "expires_on": expires_on,
            "target": target.text,
            "owner": owner or "",
        }
        typed = form.remember(values)
        values["target"] = target.value
        if "target" in typed:
            typed["target"] = target.value
        st.caption(say.to_be_written(plan, chosen))
        with panels.guard():
            _save_proxy(shown, chosen, plan, form, values, typed, is_read=target.is_read)


def _save_proxy(
    shown: KpiFinderView,
    chosen: CandidateView,
    plan: BaselinePlan,
    form: Form,
    values: Mapping[str, Any],
    typed: Mapping[str, object],
    *,
    is_read: bool,
) -> None:
    label = "Save the provisional KPI" if chosen.record else "Save as provisional KPI"
    so_far, read = plan.measured, form.read or {}
    result = saving.offered(
        form,
        shown.project,
        typed,
        lambda: st.button(
            label,
            type="primary",
            icon=":material/save:",
            key="finder_write",
            disabled=not is_read,
            help=None if is_read else "First correct the target; see the message at its field.",
        ),
        lambda: commands.write_proxy(
            shown.project,
            chosen.id,
            stands_for=values["stands_for"],
            expires_on=values["expires_on"] or plan.expires_on,
            baseline=so_far.mean if so_far else read.get("baseline"),
            target=values["target"],
            owner=values["owner"],
            counted=say.counted(plan),
            since=read,
        ),
    )
    if result is None:
        return
    message = (
        f"Saved as {result.receipt.batch}. The KPI is provisional until somebody agrees to it, and "
        f"stops counting once it expires.{saving.kept(form, result)}"
    )
    form.done()
    commands.say_and_rerun(message, result.receipt)


def _last_day(shown: KpiFinderView, chosen: CandidateView, plan: BaselinePlan) -> date:
    """The last day that was written, unless it is past: then the one that the plan proposes."""
    written = chosen.record.expires_on if chosen.record else None
    return written if written is not None and written >= shown.day else plan.expires_on


def break_even(shown: KpiFinderView, chosen: CandidateView, how: MechanismView) -> None:
    """Step 5: what must be true, first of the model, and the value case that asks for numbers."""
    view = queries.kpi_break_even(shown.project, how.id, chosen.id)
    if view.problem:
        st.warning(literal(view.problem), icon=":material/warning:")
    else:
        st.caption(say.rests_on(view), help=terms.BREAK_EVEN)
        for condition in view.metrics:
            st.markdown(_sentence(condition, view))
        if view.least is not None:
            with st.container(border=True):
                st.markdown(say.least(view.least, chosen))
                st.caption("Until a KPI is agreed, measure the model by this.")
        if view.quantities:
            st.markdown("Of the numbers of the business, these are nearest to their break-even:")
            for condition in view.quantities:
                st.markdown(_sentence(condition, view))
    if view.value_case_id:
        st.page_link(
            "plan/value_case.py",
            label=f"Open the value case {literal(view.case_title)}",
            icon=":material/balance:",
            query_params=panels.here(case=view.value_case_id),
        )
        return
    if st.button("Create the value case", type="primary", icon=":material/add:"):
        started = commands.start_case(shown.project, how.id, chosen.id)
        if any(saving.refused(receipt) for receipt in started.receipts):
            return
        commands.say(
            f"Value case created as {started.receipts[0].batch}. Now fill in what you know.",
            *started.receipts,
        )
        where = {"project": shown.project, "case": started.value_case_id}
        st.switch_page("plan/value_case.py", query_params=where)


def _sentence(condition: Condition, view: BreakEvenView) -> str:
    sign = ":green[:material/check_circle:]" if condition.pays else ":red[:material/error:]"
    return f"{sign} {literal(condition.sentence(view.currency))}"
