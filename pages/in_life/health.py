import streamlit as st

from pages.parts.common import panels, printing, queries, terms
from pages.parts.in_life import deployments, text

lines = queries.deployments()
if not lines:
    panels.empty(
        "No model is in use yet. Record where one is, then upload its monitoring results.",
        "data/registers.py",
        "Add a deployment",
        kind="deployments",
    )

st.markdown(text.health(lines), help=terms.HEALTH)

st.header("Models in use, the worst first", anchor=False)
line = deployments.chosen_of_table(lines)
st.caption(
    "Health follows from the age of the results, the limits of the metrics and, for a champion, "
    "its value compared with the plan.",
    help=terms.SLOT,
)
printing.hint("Click a model to see more below.", key="models")
if line is not None:
    deployments.head(line)
