import streamlit as st

from pages.parts.common import controls, panels, printing, queries, work
from pages.parts.evaluate import decisions, preferences, proof, tables, text
from pages.parts.in_life import costs

project = controls.project()
view = queries.project_view(project)
if not view.lines:
    panels.empty(
        "This project has no value case yet, so there is nothing to decide.",
        "data/registers.py",
        "Add a value case",
        kind="value_cases",
    )

line = controls.line(view.lines)
board = queries.candidates(project, line.case.value_case_id)
recorded = queries.decisions(project)
if board.options and not board.is_empty:
    st.markdown(text.lead(board))
    is_open = work.choice("Record the decision", project, {"decisions"}, icon="gavel")
    form = work.place("decision") if is_open else None
    st.header("Options compared in five dimensions", anchor=False, help=text.computed(board))
    printing.table(
        tables.five_dimensions(board.options),
        hide_index=True,
        alt="Options side by side: net benefit and five dimensions",
    )
    st.caption(f"{tables.IN_BRACKETS} {text.rests_on(board)}")
    weighed = queries.choosing(project, line.case.value_case_id)
    if weighed is not None:
        preferences.who_would_choose_what(weighed, board.currency)
    designs = proof.section(project, line.case.value_case_id, view.day)
    if form is not None:
        with form:
            decisions.form(project, board, view.day, recorded, designs)

if recorded:
    st.header("Recorded decisions", anchor=False)
    decisions.recorded(recorded)
    costs.beside_decisions(project, line)

if not board.options:
    panels.empty(
        board.problem
        or "There is nothing to decide yet: no candidate of this value case has been measured.",
        "evaluate/candidates.py",
        "Candidates",
        case=line.case.value_case_id,
    )
