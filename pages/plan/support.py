import streamlit as st

from pages.parts.common import controls
from pages.parts.plan import support, support_parts, support_queries, support_text

view = support_queries.support(controls.project())

st.markdown(support_text.sentence(view))
support.alarms(view)
st.header("Who looks after the models", anchor=False)
support.care(view)
st.header("When something went wrong", anchor=False)
support.incidents(view)
st.header("What it would take", anchor=False)
chosen = controls.segments("What it would take", support_parts.PARTS, "part", default="help")
support_parts.part(chosen, view)
