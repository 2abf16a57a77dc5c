import streamlit as st

from pages.parts import (
    bridges,
    charts,
    controls,
    deployments,
    in_life_sentences,
    panels,
    sentences,
    tables,
)

view = deployments.in_view(controls.project())
value = view.line.value
st.markdown(in_life_sentences.deployment(view))
deployments.cards(view)
if view.granularity is None:
    deployments.slots(view)
    deployments.limits(view)
    panels.empty(
        "No monitoring results of it have come in yet. Upload a file of them.",
        "data/upload.py",
        "Upload results",
        kind="metric_results",
    )

if value is not None:
    st.subheader("Value rate that the metrics imply", anchor=False)
    if view.rates:
        charts.draw(
            tables.rates(view.rates, value),
            charts.value_rate_over_time(f"{value.case.currency} / week"),
            sentences.rates(view.rates, value),
        )
        st.caption(sentences.rates(view.rates, value))
        bridges.between_periods(value.case, view.rates)
    else:
        deployments.without_value(value)

st.subheader("Monitored metrics", anchor=False)
deployments.metrics(view)
deployments.limits(view)
deployments.segments(view)
deployments.slots(view)
deployments.table(view)
if value is not None:
    panels.how_it_was_made(value.case)
