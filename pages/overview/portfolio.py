import streamlit as st

from pages.parts.common import controls, kpi_cards, panels, queries, terms, text
from pages.parts.in_life import come_true

portfolio = queries.whole_portfolio()
if not portfolio.lines:
    panels.empty(
        "No value case yet. Create a project, say how its model creates value, and upload results.",
        "data/registers.py",
        "Create the first project" if not queries.projects() else "Add a value case",
    )

st.markdown(text.portfolio(portfolio))
panels.totals(portfolio)

st.subheader("Value cases, the worst first", anchor=False)
line = controls.line_of_table(portfolio.lines)
st.caption(
    "Values are estimated from model metrics, not measured with a control group (grade C). Likely: "
    "the range in which the value now lies 8 times in 10. After actual cost: the value now, with "
    "what was recorded as spent in the last 92 days in the place of the planned running cost. "
    "Select a row to see its KPIs.",
    help=terms.GRADE,
)

view = queries.project_view(line.project)
panels.project_head(line)
kpi_cards.kpi_cards(line.project, view.day, queries.kpi_lines(line.project))
panels.case_links(line)
come_true.section()
