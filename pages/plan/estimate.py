import streamlit as st

from pages.parts.common import charts, controls, printing, queries, record_form, tables
from pages.parts.plan import around_estimate, estimates, task_queries, terms
from pages.parts.plan import charts as plan_charts
from pages.parts.plan import task_estimates as by_task

project = controls.project()
whole = task_queries.task_estimate(project)
views = queries.estimates(project)
record = estimates.RECORD
is_by_task = by_task.mode(whole) == by_task.TASKS

if whole and is_by_task:
    if whole.is_finished:
        by_task.outcome(project, whole)
        by_task.learned(whole)
        by_task.payback(whole)
        by_task.how(whole)
        by_task.snapshots(project, whole)
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
        by_task.how(whole)
        by_task.snapshots(project, whole)
    else:
        by_task.problem(whole)
    by_task.tasks(whole)

stored = estimates.in_view(views) if views else None
answer = st.container()

with printing.work("estimate"):
    st.subheader(estimates.form_title(is_by_task=is_by_task), anchor=False)
    changed = dict(stored.record) if stored and not estimates.adds_another() else None
    filled = record_form.record_form(record, project, changed)
view = None if is_by_task else estimates.tried(project, stored, filled)
record_form.save_record(filled, page="plan/estimate.py")

with answer:
    if view:
        st.markdown(estimates.sentence(view))
        estimates.warning(view)
        if view.figures:
            estimates.figure_cards(view)
            by_task.one_page(task_queries.page_of_guess(project, view), project)
            estimates.chance(view)
            left, right = st.columns([3, 2], gap="medium")
            with left:
                st.subheader("From the guess to the plan", anchor=False, help=terms.WATERFALL)
                shown = estimates.waterfall(view)
                charts.draw(tables.waterfall(view), plan_charts.waterfall(), shown)
                st.caption(shown)
                estimates.steps(view)
            with right:
                st.subheader("What to find out first", anchor=False)
                estimates.unknowns(view)
        else:
            estimates.questions(view)
        estimates.whose(view)
        estimates.payback(view)
        by_task.invitation()
    elif not is_by_task:
        st.info(
            "Nobody has estimated this project yet. Start with one engineer's own guess in days "
            "and answer the questions below: this screen then says what it usually becomes.",
            icon=":material/info:",
        )
        by_task.invitation()

around_estimate.show(project, whole)
