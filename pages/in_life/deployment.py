import streamlit as st

from pages.parts.common import charts, controls, panels, tables, terms
from pages.parts.common import text as common_text
from pages.parts.in_life import deployments, events, text
from pages.parts.plan import bridges

view = deployments.in_view(controls.project())
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

marks = events.of_deployment(view)
if value is not None:
    st.subheader("Estimated value per week", anchor=False, help=terms.VALUE_RATE)
    if view.rates:
        charts.draw(
            events.on_periods(tables.rates(view.rates, value), marks),
            charts.value_rate_over_time(f"{value.case.currency} / week"),
            common_text.rates(view.rates, value),
        )
        st.caption(common_text.rates(view.rates, value))
        bridges.between_periods(value.case, view.rates)
    else:
        deployments.without_value(value)

st.subheader("Monitored metrics", anchor=False)
deployments.metrics(view, marks)
events.listing(marks)
deployments.limits(view)
deployments.segments(view, marks)
deployments.slots(view)
deployments.table(view)
if value is not None:
    panels.how_it_was_made(value.case)
