import streamlit as st

from pages.parts import controls, guides, loaders

project = controls.project()
view = loaders.guide(project)
st.markdown(guides.sentence(view))
guides.proxies(view)

st.subheader("1 · What should get better?", anchor=False)
dimension = guides.dimension(view)
if dimension is None:
    st.stop()

st.subheader("2 · What could be counted?", anchor=False)
candidate = guides.candidate(project, dimension)
if candidate is None:
    st.stop()

st.subheader("3 · How would a model move it?", anchor=False)
mechanism = guides.mechanism(candidate)

st.subheader("4 · Where does it stand today?", anchor=False)
guides.baseline(view, candidate)

st.subheader("5 · What must be true for the model to pay?", anchor=False)
guides.break_even(view, candidate, mechanism)
