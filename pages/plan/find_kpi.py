import streamlit as st

from pages.parts.common import controls, queries
from pages.parts.plan import kpi_finder

project = controls.project()
view = queries.kpi_finder(project)
st.markdown(kpi_finder.sentence(view))
kpi_finder.proxies(view)

st.header("1 · What should get better?", anchor=False)
dimension = kpi_finder.dimension(view)
if dimension is None:
    st.stop()

st.header("2 · What can be counted?", anchor=False)
candidate = kpi_finder.candidate(project, dimension)
if candidate is None:
    st.stop()

st.header("3 · How would a model change it?", anchor=False)
mechanism = kpi_finder.mechanism(candidate)

st.header("4 · Where does it stand today?", anchor=False)
kpi_finder.baseline(view, candidate)

st.header("5 · What must be true for the model to pay?", anchor=False)
kpi_finder.break_even(view, candidate, mechanism)
