import streamlit as st

from pages.parts import (
    charts,
    controls,
    evaluate_sentences,
    evaluate_tables,
    insights,
    loaders,
    panels,
)

project = controls.project()
view = loaders.project_view(project)
if not view.lines:
    panels.empty(
        "This project has no value case yet, so nothing says what a candidate is worth.",
        "data/registers.py",
        "Add a value case",
        kind="value_cases",
    )

line = controls.line(view.lines)
board = loaders.candidates(project, line.case.value_case_id)
if board.is_empty:
    panels.empty(
        "No candidate was measured for this value case yet. Upload what was measured of each: one "
        "metric of one candidate a row.",
        "data/upload.py",
        "Upload evaluations",
        kind="evaluations",
    )

st.markdown(evaluate_sentences.lead(board))
if board.problem is not None:
    panels.empty(
        "A candidate is valued by the quantities of its value case.",
        "plan/value_case.py",
        "Fill in what is missing",
        case=line.case.value_case_id,
    )

st.subheader("Net value of each option", anchor=False)
charts.draw(
    evaluate_tables.intervals(board),
    charts.intervals(f"Net value in {board.currency} / year"),
    evaluate_sentences.chart(board),
)
st.caption(evaluate_sentences.chart(board))

st.subheader("Side by side", anchor=False)
st.dataframe(
    evaluate_tables.options(board),
    hide_index=True,
    alt="Options with net value, interval, risks and measured metrics",
)
st.caption(evaluate_sentences.board(board))

insights.before_choosing(loaders.advice_among(project, line.case.value_case_id), board.currency)

if board.unvalued:
    st.subheader("Without a value", anchor=False)
    st.dataframe(
        evaluate_tables.unvalued(board), hide_index=True, alt="Candidates that have no value"
    )

st.caption(evaluate_sentences.rests_on(board))
st.page_link(
    "evaluate/adoption.py",
    label="Decide on it",
    icon=":material/gavel:",
    query_params=panels.here(case=line.case.value_case_id),
)
