import streamlit as st

from pages.parts.common import controls, panels, period, queries
from pages.parts.in_life import (
    come_true,
    costs,
    events,
    freed_hours,
    promises,
    promises_text,
    proof,
    value_tiles,
)

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
view = queries.delivered(project, line.case.value_case_id)
st.markdown(promises_text.lead(view))
if view.total is None or view.total.realised is None:
    if view.promises:
        promises.promises(view)
    proof.section(project, is_in_use=False)
    panels.empty(
        promises_text.nothing_realised(view),
        "data/upload.py",
        "Upload results",
        kind="metric_results",
    )

shown_days = period.control(project)
value_tiles.tiles(project, view.case, shown_days)
value_tiles.to_date_below(shown_days)
promises.cards(view, proof.of_case(queries.proofs(project), view))
marks = events.of_promises(project, view)
shown = promises.months(view, marks)
events.listing(marks)
promises.promises(view)
proof.less_than_implied(project)
proof.section(project)
freed_hours.section(project, view.case)
costs.section(view)
come_true.section(view.case)
promises.decisions_due(view)
promises.table(view, shown)
panels.how_it_was_made(view.case)
