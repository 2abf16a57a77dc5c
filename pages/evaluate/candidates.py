import streamlit as st

from mlpm_core.services.evaluate.funnel import funnel
from pages.parts.common import charts, controls, files, panels, printing, queries, work
from pages.parts.evaluate import tables, text
from pages.parts.plan import insights

project = controls.project()
view = queries.project_view(project)
if not view.lines:
    panels.empty(
        "This project has no value case yet. Without one, the value of a candidate is unknown.",
        "data/registers.py",
        "Add a value case",
        kind="value_cases",
    )

line = controls.line(view.lines)
board = queries.candidates(project, line.case.value_case_id)
if board.is_empty:
    panels.empty(
        "No candidate has been measured for this value case yet. Upload a file with the results of "
        "each candidate: one metric of one candidate in each row.",
        "data/upload.py",
        "Upload evaluations",
        kind="evaluations",
    )

st.markdown(text.lead(board))
st.caption(text.funnel(funnel(board, queries.decisions(project))))
if board.problem is not None:
    panels.empty(
        "The value of a candidate is computed from the numbers of its value case, and some are "
        "missing.",
        "plan/value_case.py",
        "Fill in what is missing",
        case=line.case.value_case_id,
    )

st.header("Net benefit of each option", anchor=False, help=text.computed(board))
charts.draw(
    tables.intervals(board),
    charts.intervals(f"Net benefit, {board.currency} / year"),
    text.chart(board),
    grade=files.PLANNED,
    period=files.A_YEAR,
)

st.header("Side by side", anchor=False)
printing.table(
    tables.options(board),
    hide_index=True,
    alt="Options with net benefit, likely range, risks and measured metrics",
    column_config=tables.explained(board),
)
if caveat := text.board(board):
    st.caption(caveat)

insights.before_choosing(queries.advice_among(project, line.case.value_case_id), board.currency)

if board.unvalued:
    st.header("Candidates without a value", anchor=False)
    printing.table(
        tables.unvalued(board),
        hide_index=True,
        alt="Candidates that cannot be valued, and why",
    )

st.caption(text.rests_on(board))
st.page_link(
    "evaluate/adoption.py",
    label="Record a decision",
    icon=":material/gavel:",
    query_params=panels.here(case=line.case.value_case_id) | work.OPENED,
)
