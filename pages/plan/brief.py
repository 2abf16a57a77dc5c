import streamlit as st

from pages.parts.common import charts, controls, files, queries, work
from pages.parts.plan import (
    brief_queries,
    briefs,
    ledger,
    lighthouses,
    meetings,
    personal_notes,
    requirements,
)
from pages.parts.plan import charts as plan_charts

project = controls.project()
view = queries.brief(project)

st.markdown(briefs.sentence(view))
if work.choice("Add or change", project, briefs.PARTS, needed=view.is_empty):
    with work.place("brief"):
        briefs.form(project, view)
briefs.hypothesis(view)
briefs.kpis(view)
if view.is_empty:
    st.info(briefs.first_step(view), icon=":material/info:")
else:
    briefs.warnings(view)
    requirements.gate(brief_queries.sprint_zero(project))
    if view.findings:
        left, right = st.columns([3, 2], gap="medium")
        with left:
            st.header("How well each area is known", anchor=False)
            charts.draw(
                briefs.by_area(view),
                plan_charts.findings_by_area(),
                briefs.areas(view),
                grade=files.COUNTED,
            )
        with right:
            st.header("Area by area", anchor=False)
            briefs.area_sentences(view)
        st.header("Open questions", anchor=False)
        briefs.open_questions(view)
        briefs.settled(view)
    st.header("Stakeholders and what matters to them", anchor=False)
    briefs.stakeholders(view)
    briefs.conflicts(view)

lighthouses.offers(project, brief_queries.offered_findings(project))

st.header("Asked and really needed", anchor=False)
asked = brief_queries.requirements(project)
st.markdown(requirements.sentence(asked))
requirements.table(asked)
requirements.changed(asked)

st.header("Stakeholders and meetings", anchor=False)
met = brief_queries.meetings(project)
st.markdown(meetings.sentence(met))
meetings.alarms(met)
meetings.contacts(met)
meetings.questions(met)
meetings.feedback(met)
meetings.pack(project, met)
personal_notes.form(project, met)

st.header("Promises of dates and costs", anchor=False)
promised = brief_queries.ledger(project)
st.markdown(ledger.sentence(promised))
ledger.table(promised)
st.header("Promises of KPI values", anchor=False)
ledger.kpi_promises(promised)
