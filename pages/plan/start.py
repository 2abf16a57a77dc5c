import streamlit as st

from pages.parts.plan import start

st.markdown(
    "Say what the project is called and what its model does. Two answers are enough for a first "
    "value; everything can be changed later."
)
start.new_project()
