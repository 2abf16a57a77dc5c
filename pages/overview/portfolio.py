import streamlit as st

from pages.parts.common import controls, panels, queries, text

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
    "Now is what the newest results imply, Likely where it lies in 8 of 10 cases, Planned what the "
    "value case said. Attribution is grade C of A to D: implied by the metrics, with no control "
    "group behind it. Select a row to see its KPIs."
)

view = queries.project_view(line.project)
panels.project_head(line)
panels.kpi_cards(view)
panels.case_links(line)
