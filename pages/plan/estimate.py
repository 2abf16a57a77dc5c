import streamlit as st

from pages.parts.common import charts, controls, queries, record_form, tables
from pages.parts.plan import around_estimate, estimates, terms
from pages.parts.plan import charts as plan_charts

project = controls.project()
views = queries.estimates(project)
record = estimates.RECORD
stored = estimates.in_view(views) if views else None
answer = st.container()

st.subheader("Own guess and answers", anchor=False)
changed = dict(stored.record) if stored and not estimates.adds_another() else None
filled = record_form.record_form(record, project, changed)
view = estimates.tried(project, stored, filled)
record_form.save_record(filled, page="plan/estimate.py")

with answer:
    if view:
        st.markdown(estimates.sentence(view))
        estimates.warning(view)
        if view.figures:
            estimates.figure_cards(view)
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
    else:
        st.info(
            "Nobody has estimated this project yet. Start with one engineer's own guess in days "
            "and answer the questions below: this screen then says what it usually becomes.",
            icon=":material/info:",
        )

around_estimate.show(project)
