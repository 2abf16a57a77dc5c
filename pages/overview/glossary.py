import streamlit as st

from pages.parts.overview import glossary

st.markdown(
    "What each word means here, and what to do with it. The same texts stand behind the question "
    "marks beside figures."
)
glossary.listing()
