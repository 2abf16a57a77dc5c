import streamlit as st

from pages.parts.common import charts, controls, panels, queries
from pages.parts.evaluate import tables, text
from pages.parts.plan import insights

project = controls.project()
view = queries.project_view(project)
if not view.lines:
    panels.empty(
        "This project has no value case yet, so nothing says what a candidate is worth.",
        "data/registers.py",
        "Add a value case",
        kind="value_cases",
    )

line = controls.line(view.lines)
board = queries.candidates(project, line.case.value_case_id)
if board.is_empty:
    panels.empty(
        "No candidate was measured for this value case yet. Upload what was measured of each: one "
        "metric of one candidate a row.",
        "data/upload.py",
        "Upload evaluations",
        kind="evaluations",
    )

st.markdown(text.lead(board))
if board.problem is not None:
    panels.empty(
        "A candidate is valued by the quantities of its value case.",
        "plan/value_case.py",
        "Fill in what is missing",
        case=line.case.value_case_id,
    )

st.subheader("Net value of each option", anchor=False)
charts.draw(
    tables.intervals(board),
    charts.intervals(f"Net value in {board.currency} / year"),
    text.chart(board),
)
st.caption(text.chart(board))

st.subheader("Side by side", anchor=False)
st.dataframe(
    tables.options(board),
    hide_index=True,
    alt="Options with net value, interval, risks and measured metrics",
)
st.caption(text.board(board))

insights.before_choosing(queries.advice_among(project, line.case.value_case_id), board.currency)

if board.unvalued:
    st.subheader("Without a value", anchor=False)
    st.dataframe(tables.unvalued(board), hide_index=True, alt="Candidates that have no value")

st.caption(text.rests_on(board))
st.page_link(
    "evaluate/adoption.py",
    label="Decide on it",
    icon=":material/gavel:",
    query_params=panels.here(case=line.case.value_case_id),
)
