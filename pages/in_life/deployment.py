import streamlit as st

from pages.parts.common import controls, panels, period, terms
from pages.parts.in_life import deployments, events, text, value_tiles

project = controls.project()
view = deployments.in_view(project)
value = view.line.value
st.markdown(text.deployment(view), help=f"{terms.SLOT}\n\n{terms.USUAL_RANGE}")
deployments.cards(view)
if view.granularity is None:
    deployments.slots(view)
    deployments.limits(view)
    panels.empty(
        "No monitoring results of this model have come in yet. Upload a file of them, or "
        "of predictions with their outcomes.",
        "data/upload.py",
        "Upload results",
        kind="metric_results",
    )

shown = period.control(project)
if value is not None:
    value_tiles.tiles(project, value.case, shown)
part = deployments.over(view, shown)
marks = events.of_deployment(part)
deployments.value_over_time(part, view, shown, marks)

st.header("Monitored metrics", anchor=False)
deployments.metrics(part, view, shown, marks)
events.listing(marks)
deployments.limits(view)
deployments.segments(view, marks, is_all=shown.is_all)
deployments.slots(view)
deployments.table(view)
if value is not None:
    panels.how_it_was_made(value.case)
