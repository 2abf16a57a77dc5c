import streamlit as st

from pages.parts.common import controls, period, queries
from pages.parts.in_life import freed_hours, kpi, kpi_proof, kpi_text, kpi_tiles, proof

project = controls.project()
view = kpi.in_view(project)
if view is None:
    kpi.listed(queries.kpi_lines(project))
    st.stop()

series = kpi.series_in_view(view)
shown = period.control(project, kpi_text.word(series))
st.markdown(kpi_text.lead(view, series, shown))
proof.less_than_implied(project, view.kpi.kpi_id)
if series is not None:
    kpi_tiles.tiles(view, series, shown)
    st.caption(kpi_text.unfinished(series, view.kpi.unit))
kpi.chart(view, series, shown)
if series is None:
    kpi.nothing_measured(view)
else:
    kpi_proof.section(view, series)
proof.on_kpi(project, view.kpi.kpi_id)
freed_hours.on_kpi(view)
kpi.who_and_what(view, series)
kpi.what_moves_it(view)
kpi.since(view, series)
if series is not None:
    kpi.table(view, series)
