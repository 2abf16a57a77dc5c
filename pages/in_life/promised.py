import streamlit as st

from pages.parts.common import controls, panels, queries
from pages.parts.in_life import promises, promises_text

project = controls.project()
lines = queries.project_view(project).lines
if not lines:
    panels.empty(
        "This project has no value case yet, so nothing says what was promised.",
        "data/registers.py",
        "Add a value case",
        kind="value_cases",
    )

line = controls.line(lines)
told = queries.delivered(project, line.case.value_case_id)
st.markdown(promises_text.lead(told))
if told.total is None or told.total.realised is None:
    if told.promises:
        promises.promises(told)
    panels.empty(
        promises_text.nothing_realised(told),
        "data/upload.py",
        "Upload results",
        kind="metric_results",
    )

promises.cards(told)
shown = promises.months(told)
promises.promises(told)
promises.decisions_due(told)
promises.table(told, shown)
panels.how_it_was_made(told.case)
