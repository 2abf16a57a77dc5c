import streamlit as st

from pages.parts import (
    choosing,
    controls,
    decisions,
    evaluate_sentences,
    evaluate_tables,
    loaders,
    panels,
)

project = controls.project()
view = loaders.project_view(project)
if not view.lines:
    panels.empty(
        "This project has no value case yet, so there is nothing to decide on.",
        "data/registers.py",
        "Add a value case",
        kind="value_cases",
    )

line = controls.line(view.lines)
board = loaders.candidates(project, line.case.value_case_id)
recorded = loaders.decisions(project)
if board.options and not board.is_empty:
    st.markdown(evaluate_sentences.lead(board))
    st.subheader("Options in five dimensions", anchor=False)
    st.dataframe(
        evaluate_tables.five_dimensions(board.options),
        hide_index=True,
        alt="Options side by side in net and five dimensions",
    )
    st.caption(evaluate_sentences.rests_on(board))
    weighed = loaders.choosing(project, line.case.value_case_id)
    if weighed is not None:
        choosing.who_would_choose_what(weighed, board.currency)
    st.subheader("Record the decision", anchor=False)
    decisions.form(project, board, view.day, recorded)

if recorded:
    st.subheader("Recorded decisions", anchor=False)
    decisions.recorded(recorded)

if not board.options:
    panels.empty(
        board.problem
        or "There is nothing to decide yet: no candidate of this value case was measured.",
        "evaluate/candidates.py",
        "Candidates",
        case=line.case.value_case_id,
    )
