import streamlit as st

from pages.parts.common import queries
from pages.parts.data import demo

loaded = queries.loaded_demo()
st.header("The demo", anchor=False)
st.markdown(demo.sentence(loaded))
if loaded.batches:
    demo.details(loaded)
    demo.remove(loaded)
if not loaded.is_whole:
    demo.load(loaded)

if not queries.projects():
    st.page_link("data/registers.py", label="Create a project of your own", icon=":material/add:")
