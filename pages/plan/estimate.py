import streamlit as st

from pages.parts.common import charts, controls, files, queries, record_form, tables, terms, work
from pages.parts.plan import around_estimate, estimates, kept_estimates, task_queries
from pages.parts.plan import charts as plan_charts
from pages.parts.plan import task_estimates as by_task

project = controls.project()
whole = task_queries.task_estimate(project)
views = queries.estimates(project)
record = estimates.RECORD
is_by_task = by_task.mode(whole) == by_task.TASKS
stored = view = estimates.in_view(views) if views else None

lead = st.container()
is_open = work.choice(
    estimates.form_title(is_by_task=is_by_task),
    project,
    {record.kind},
    needed=whole is None and not views,
)
figures = st.container()
if is_open:
    if is_by_task:
        fields = work.place("estimate")
        figures = st.container()
    else:
        fields, figures = work.beside("estimate", is_first=not views)
    with fields:
        part = kept_estimates.part(project, whole) if whole and is_by_task else record.kind
        if part == record.kind:
            estimates.answered_elsewhere(whole.stored if whole and is_by_task else view)
            changed = dict(stored.record) if stored and not estimates.adds_another() else None
            filled = record_form.record_form(record, project, changed)
            if not is_by_task:
                view = estimates.tried(project, stored, filled)
            record_form.save_record(filled, page="plan/estimate.py")
        elif part:
            kept_estimates.keep(project)

if whole and is_by_task:
    with figures:
        if whole.is_finished:
            by_task.outcome(project, whole)
            kept_estimates.closing(project, whole)
            by_task.learned(whole)
            by_task.payback(whole)
            estimates.found(whole.stored)
            by_task.how(whole)
            kept_estimates.show(project, whole)
        elif whole.estimated:
            by_task.answer(whole)
            around_estimate.warnings(project, whole)
            by_task.one_page(task_queries.page_of_tasks(whole), project)
            by_task.chances(whole)
            around_estimate.waiting(whole)
            left, right = st.columns([3, 2], gap="medium")
            with left:
                by_task.waterfall(whole)
            with right:
                by_task.find_out(whole)
            by_task.roles(whole)
            by_task.learned(whole)
            by_task.payback(whole)
            estimates.found(whole.stored)
            by_task.how(whole)
            kept_estimates.show(project, whole)
        else:
            by_task.problem(whole)
        by_task.tasks(whole)
elif view:
    with lead:
        st.markdown(estimates.sentence(view))
        estimates.warning(view)
    with figures:
        if view.figures:
            estimates.figure_cards(view)
            by_task.one_page(task_queries.page_of_guess(project, view), project)
            estimates.chance(view)
            left, right = work.halves([3, 2], is_narrow=is_open)
            with left:
                st.header("From the guess to the plan", anchor=False, help=terms.WATERFALL)
                shown = estimates.waterfall(view)
                charts.draw(
                    tables.waterfall(view), plan_charts.waterfall(), shown, grade=files.PLANNED
                )
                estimates.steps(view)
            with right:
                st.header("What to find out first", anchor=False)
                estimates.unknowns(view)
        else:
            estimates.questions(view)
        estimates.side_by_side(views)
        estimates.found(view)
        estimates.whose(view)
        estimates.payback(view)
        by_task.invitation()
else:
    with lead:
        st.info(
            "Nobody has estimated this project yet. Start with one engineer's own guess in days "
            "and answer the questions: this screen then says what it usually becomes.",
            icon=":material/info:",
        )
    with figures:
        by_task.invitation()

around_estimate.show(project, whole, view)
