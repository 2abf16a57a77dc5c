import streamlit as st

from pages.parts import charts, controls, loaders, panels, sentences, tables

project = controls.project()
view = loaders.project_view(project)
if not view.lines:
    panels.empty(
        "This project has no value case yet, so nothing says what its metrics are worth.",
        "data/registers.py",
        "Add a value case",
        kind="value_cases",
    )

line = controls.line(view.lines)
st.markdown(sentences.health(line))
panels.health_cards(line)
if not line.case.granularities:
    panels.empty(
        "No monitoring results of its model have come in yet. Upload a file of them.",
        "data/upload.py",
        "Upload results",
    )

granularity = controls.granularity(line)
rates = loaders.value_rates(project, line.case.value_case_id, granularity)
if not rates:
    panels.empty(
        f"The metrics are in, but their value cannot be said. {line.case.problem or ''}",
        "plan/value_case.py",
        "Fill in what is missing",
    )

st.subheader("Value rate that the metrics imply", anchor=False)
charts.draw(
    tables.rates(rates, line.planned_rate),
    charts.value_rate_over_time(f"{line.case.currency} / week"),
    sentences.rates(rates, line),
)
st.caption(sentences.rates(rates, line))

st.subheader("Monitored metrics", anchor=False)
series = loaders.metric_series(project, line.case.value_case_id, granularity)
with st.grid(2, min_column_width=380):
    for one in series:
        with st.container():
            st.markdown(f"**{one.metric.label}**")
            charts.draw(
                tables.metric(one),
                charts.metric_over_time(one.metric.label),
                sentences.metric(one),
            )
            st.caption(sentences.metric(one))

with st.expander("The same as a table", icon=":material/table:", on_change="rerun") as table:
    if table.open:
        st.dataframe(
            tables.metrics_by_period(rates, series),
            hide_index=True,
            alt="Value rate and monitored metrics by period",
        )
panels.how_it_was_made(line.case)
