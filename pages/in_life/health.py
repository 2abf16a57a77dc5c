import streamlit as st

from pages.parts import charts, controls, loaders, panels, sentences, tables

project = controls.project()
view = loaders.project_view(project)
if not view.lines:
    panels.empty(
        "This project has no value case yet, so nothing says what its metrics are worth.",
        "data/registers.py",
        "Add a value case",
    )

line = controls.line(view.lines)
st.markdown(sentences.health(line, view))
panels.health_cards(line, view)

periods = loaders.periods(project, line.case.value_case_id)
if not periods:
    panels.empty(
        "No monitoring results of its model have come in yet. Upload a file of them.",
        "data/upload.py",
        "Upload results",
    )
granularity = controls.granularity(periods)
rates = loaders.rates(project, line.case.value_case_id, granularity)

st.subheader("Value rate that the metrics imply", anchor=False)
shown = tables.rates_frame(rates)
st.altair_chart(
    charts.value_rate_chart(shown, f"{line.case.currency} / week", line.planned_rate),
    alt=sentences.rates(rates, line),
)
st.caption(sentences.rates(rates, line))

st.subheader("Monitored metrics", anchor=False)
for metric in tables.metrics_of(rates, line.case):
    frame = tables.metric_frame(rates, metric)
    st.altair_chart(charts.metric_chart(frame, metric.label), alt=sentences.metric(frame, metric))
    st.caption(sentences.metric(frame, metric))

with st.expander("The same as a table", on_change="rerun", key="health_table") as table:
    if table.open:
        st.dataframe(tables.rates_table(rates), hide_index=True)
panels.how_it_was_made(line.case)
