"""The Estimate screen of a project in tasks: figures, chances, where they come from, the tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.quantity.written import in_form
from pages.parts.common import charts, controls, files, panels, printing, terms, work
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, day, literal, percent, plain
from pages.parts.plan import charts as plan_charts
from pages.parts.plan import task_estimate_text as text
from pages.parts.plan import task_queries

if TYPE_CHECKING:
    from mlpm_core.services.plan.task_estimates import Estimated, TaskEstimateView

TASKS, QUICK = "tasks", "quick"
_MODES = {TASKS: "By its tasks", QUICK: "Quick: one guess of the whole"}


def mode(view: TaskEstimateView | None) -> str:
    """Which estimate is in view: that of the tasks where there are any, unless one asks else."""
    if view is None:
        return QUICK
    return controls.segments("Estimate by", _MODES, "mode", default=TASKS) or TASKS


def invitation() -> None:
    """From the quick estimate to one in tasks."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Larger than a few weeks? Split the work into tasks with three numbers each.")
        task_links()


def task_links() -> None:
    """Where tasks, roles and risks are written, and where a file of them is uploaded."""
    links = (
        ("data/registers.py", "Write tasks", ":material/add_task:", "tasks"),
        ("data/upload.py", "Upload tasks, or get the template", ":material/upload_file:", "tasks"),
        ("data/registers.py", "Roles", ":material/group:", "roles"),
    )
    for page, label, icon, kind in links:
        st.page_link(page, label=label, icon=icon, query_params=panels.here(kind=kind))


def problem(view: TaskEstimateView) -> None:
    """Why there is no figure, and where that is put right."""
    st.warning(literal(view.problem or "There is no estimate."), icon=":material/warning:")


def answer(view: TaskEstimateView) -> None:
    """The sentence, what stands against a promise, and the figures."""
    st.markdown(text.sentence(view))
    for refusal in view.refusals:
        st.warning(literal(refusal), icon=":material/warning:")
    for note in (*view.notes, *view.advice):
        st.caption(literal(note))
    if said := text.needed(view):
        st.markdown(f":material/flag: {said}")
    with st.grid(4, min_column_width=150):
        for figure in view.figures:
            with st.container(border=True, height="stretch"):
                label, meaning = text.CARDS[figure.name]
                st.metric(label, day(figure.finish_on), help=meaning)
                st.caption(
                    f"{literal(figure.days_text)} of work, {literal(figure.cost_text)}  \n"
                    f"{figure.duration_text.replace('day', 'working day')}; {figure.meaning}"
                )
        with st.container(border=True, height="stretch"):
            now = view.estimated.now if view.estimated else None
            st.metric("No usable model", literal(percent(now.p_no_go)) if now else NOTHING)
            st.caption(literal(view.no_go_text))


def outcome(project: str, view: TaskEstimateView) -> None:
    """What a finished project took, beside what its baseline had said."""
    st.markdown(text.finished(view))
    for note in view.notes:
        st.caption(literal(note))
    with st.grid(3, min_column_width=150):
        for label, figure, against in text.held_against(
            view, task_queries.history(project).baseline
        ):
            with st.container(border=True, height="stretch"):
                st.metric(label, literal(figure))
                st.caption(literal(against))


def chances(view: TaskEstimateView) -> None:
    """From a day to its chance, and from a chance to its day."""
    start, last = view.calendar.starts_on, view.finish_on(0.99)
    first, end = start + timedelta(days=1), max(last, start + timedelta(days=2))
    safe = max(first, min(end, view.figures[1].finish_on))  # short work is done on its first day
    left, right = st.columns(2, gap="medium")
    with left:
        # A slider with other ends is another slider: what was set may not lie between them.
        chosen = st.slider(
            "A day that you have in mind", first, end, safe,
            key=f"estimate_day_{first}_{end}",
        )  # fmt: skip
        st.caption(text.by_date(view, chosen))
    with right:
        share = st.slider(
            "How sure you want to be", 5, 95, 80, step=5, format="%d%%", key="estimate_share"
        )
        st.caption(text.at_probability(view, share / 100))


def waterfall(view: TaskEstimateView) -> None:
    """From the tasks' own numbers to the plan."""
    st.header("From the own numbers to the plan", anchor=False, help=terms.WATERFALL)
    shown = text.waterfall(view)
    charts.draw(_steps(view), plan_charts.waterfall(), shown, grade=files.PLANNED)
    with st.expander("The same as a table", icon=":material/table:"):
        printing.table(
            _waterfall_table(view),
            hide_index=True,
            alt="Steps from the own numbers to the plan, in person-days",
        )


@made_once
def _steps(view: TaskEstimateView) -> pd.DataFrame:
    steps = view.estimated.planned.waterfall if view.estimated else ()
    return pd.DataFrame(
        {
            "order": range(len(steps)),
            "step": [s.label for s in steps],
            "from": [s.p50 - s.change if i else 0.0 for i, s in enumerate(steps)],
            "to": [s.p50 for s in steps],
            "change": [s.change for s in steps],
        }
    )


@made_once
def _waterfall_table(view: TaskEstimateView) -> pd.DataFrame:
    steps = view.estimated.planned.waterfall if view.estimated else ()
    return pd.DataFrame(
        {
            "Step": [s.label for s in steps],
            "Adds": [round(s.change, 1) for s in steps],
            "Days after it": [round(s.p50, 1) for s in steps],
            "To be safe": [round(s.p80, 1) for s in steps],
        }
    )


def find_out(view: TaskEstimateView) -> None:
    """The open questions by how far their answer moves P80, and what moves the effort most."""
    if view.estimated is None:
        return
    st.header("What to find out first", anchor=False, help=terms.FIND_FIRST)
    unknowns = view.estimated.planned.unknowns
    if unknowns:
        printing.table(
            pd.DataFrame(
                {
                    "Question": [u.question for u in unknowns],
                    "Difference": [round(u.p80_if_yes) - round(u.p80_if_no) for u in unknowns],
                    "If no": [round(u.p80_if_no) for u in unknowns],
                    "If yes": [round(u.p80_if_yes) for u in unknowns],
                }
            ),
            hide_index=True,
            column_config={
                "Question": st.column_config.TextColumn(width=160),
                **dict.fromkeys(
                    ("Difference", "If no", "If yes"), st.column_config.NumberColumn(width=50)
                ),
            },
            alt="Open questions with the person-days to be safe for either answer",
        )
        st.caption(text.find_out_rests_on(view))
    else:
        st.caption(text.nothing_to_find_out(view))
    st.header("What moves it most", anchor=False, help=terms.DRIVERS)
    drivers = [d for d in view.estimated.now.drivers if d.correlation > 0][:6]
    printing.table(
        pd.DataFrame(
            {"What": [d.label for d in drivers], "Moves": [d.correlation for d in drivers]}
        ),
        hide_index=True,
        column_config={
            "Moves": st.column_config.ProgressColumn(format="%.2f", min_value=0, max_value=1)
        },
        alt="What moves the effort most, by rank correlation",
    )


def roles(view: TaskEstimateView) -> None:
    """What each role has to do, and what more of it would change."""
    if view.estimated is None or not view.estimated.roles:
        return
    st.header("What another head would change", anchor=False, help=terms.ONE_MORE)
    shown = view.estimated.roles
    printing.table(
        pd.DataFrame(
            {
                "Role": [r.name for r in shown],
                "Person-days (even odds)": [round(r.p50_days) for r in shown],
                "To be safe": [round(r.p80_days) for r in shown],
                "Busy": [percent(r.busy_share) for r in shown],
                "Working days now": [round(r.p80_now) for r in shown],
                "With one more": [round(r.p80_one_more) for r in shown],
                "Full time": [
                    NOTHING if r.p80_full_time is None else plain(r.p80_full_time) for r in shown
                ],
            }
        ),
        hide_index=True,
        alt="Roles with their work, and the working days to be safe with more of them",
    )


def learned(view: TaskEstimateView) -> None:
    """What finished tasks taught."""
    said = text.learned(view)
    if not said:
        return
    st.header("What the work so far says", anchor=False, help=terms.LEARNED)
    for sentence in said:
        st.markdown(f"- {sentence}")
    updated = view.estimated.updated if view.estimated else None
    if updated is None or updated.learned is None or not updated.learned.tasks:
        return
    with st.expander("Predicted and actual, task by task", icon=":material/table:"):
        printing.table(
            _learned_table(view),
            hide_index=True,
            alt="Finished tasks with the person-days predicted and taken",
        )
        st.caption(
            "Predicted: the number at even odds with the factors that act on the task, before any "
            f"optimism. The belief rests on {plain(updated.learned.effective_draws)} effective "
            f"draws of {plain(updated.learned.n_draws)}."
        )


@made_once
def _learned_table(view: TaskEstimateView) -> pd.DataFrame:
    updated = view.estimated.updated if view.estimated else None
    tasks = updated.learned.tasks if updated and updated.learned else ()
    return pd.DataFrame(
        {
            "Task": [t.label for t in tasks],
            "Predicted": [round(t.predicted, 1) for t in tasks],
            "Actual": [round(t.actual, 1) for t in tasks],
            "Times": [round(t.ratio, 2) for t in tasks],
        }
    )


def how(view: TaskEstimateView) -> None:
    """The formula, what was taken, and who says so."""
    with st.expander(
        "How it is computed, and where the figures come from", icon=":material/function:"
    ):
        st.markdown(in_form(text.FORMULA).replace("^", "\\^"))
        st.markdown(text.WHOSE)
        if view.estimated is None:
            return
        printing.table(
            _how_table(view.estimated),
            hide_index=True,
            alt="What multiplies the tasks, how likely it applies, and its source",
        )
        if view.estimated.planned.is_held_back:
            every = view.estimated.planned.effort_if_all
            st.caption(
                "A factor that was answered before a task was estimated is taken to be in its "
                f"numbers. With every factor on every task the effort would be {plain(every.p50)} "
                f"person-days at even odds and {plain(every.p80)} to be safe."
            )
        st.caption(literal(f"Plan {view.estimated.digest}: the same plan gives the same figures."))


@made_once
def _how_table(estimated: Estimated) -> pd.DataFrame:
    plan = estimated.planned.plan
    rows = [("Optimism all tasks share", plan.bias.median, "", "")]
    rows += [
        (
            factor.label,
            factor.median,
            percent(answer.probability),
            "Thompson" if factor.is_published else "MLPM",
        )
        for factor, answer in plan.causes
    ]
    return pd.DataFrame(
        rows, columns=["What", "Multiplies by", "Applies with a chance of", "Source"]
    )


def tasks(view: TaskEstimateView) -> None:
    """The tasks with their numbers and when each is done."""
    st.header("Tasks", anchor=False)
    with st.container(horizontal=True):
        task_links()
    printing.table(
        _tasks_table(view),
        hide_index=True,
        alt="Tasks with their three numbers and the day by which each is done 8 times in 10",
    )


@made_once
def _tasks_table(view: TaskEstimateView) -> pd.DataFrame:
    ends = {e.name: e.end for e in view.estimated.now.task_ends()} if view.estimated else {}
    shown = view.stored.tasks
    return pd.DataFrame(
        {
            "Task": [t.title or t.task_id for t in shown],
            "Kind": [t.category.label for t in shown],
            "Role": [t.role or NOTHING for t in shown],
            "P10": [t.p10 for t in shown],
            "P50": [t.p50 for t in shown],
            "P90": [t.p90 for t in shown],
            "Waits for": [t.depends_on for t in shown],
            "Status": [t.status.value for t in shown],
            "Spent": [t.spent_days for t in shown],
            "Done by (8 in 10)": [
                day(view.calendar.date_after(ends[t.task_id].p80)) if t.task_id in ends else NOTHING
                for t in shown
            ],
        }
    )


def payback(view: TaskEstimateView) -> None:
    """Whether the value case pays for building it, the time to build counted."""
    if view.case is None:
        st.caption(
            "Name a value case under “Answers and settings of the project” to see whether its "
            "value pays for this."
        )
        return
    verdict = "The value case has no value yet."
    if view.pays_back:
        verdict = view.pays_back.sentence
    with st.container(border=True):
        st.markdown(f":material/balance: **{literal(view.case.title)}**: {literal(verdict)}")
        if view.pays_back:
            npv = view.pays_back.npv
            st.caption(
                literal(
                    f"Present value less all cost: {view.currency} {plain(npv.mean)} on average, "
                    f"{plain(npv.p10)} to {plain(npv.p90)} in 8 of 10 cases; above zero with a "
                    f"chance of {percent(view.pays_back.probability_of_gain)}. Cost and time to "
                    "build are those above; without a usable model there is no benefit."
                )
            )
        st.page_link(
            "plan/value_case.py",
            label="See its assumptions",
            icon=":material/function:",
            query_params=panels.here(case=view.case.value_case_id) | work.OPENED,
        )


def one_page(page: str, name: str) -> None:
    """The estimate on one page of A4 for stakeholders, as a file that any browser prints."""
    st.download_button(
        "One page for stakeholders, to print",
        page,
        file_name=f"{name}-estimate.html",
        mime="text/html",
        icon=":material/print:",
        help="A file that opens in any browser and prints on one page of A4.",
    )
