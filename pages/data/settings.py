import streamlit as st

from pages.parts.common import queries
from pages.parts.data import demo as demos

loaded = queries.loaded_demo()
st.subheader("The demo", anchor=False)
st.markdown(demos.sentence(loaded))
if loaded.batches:
    demos.details(loaded)
    demos.remove(loaded)
if not loaded.is_whole:
    demos.load(loaded)

if not queries.projects():
    st.page_link("data/registers.py", label="Create a project of your own", icon=":material/add:")
