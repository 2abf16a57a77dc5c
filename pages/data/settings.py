import streamlit as st

from pages.parts import demos, loaders

loaded = loaders.loaded_demo()
st.subheader("The demo", anchor=False)
st.markdown(demos.sentence(loaded))
if loaded.batches:
    demos.details(loaded)
    demos.remove(loaded)
if not loaded.is_whole:
    demos.load(loaded)

if not loaders.projects():
    st.page_link("data/registers.py", label="Create a project of your own", icon=":material/add:")
