import streamlit as st

from pages.parts import loaders, panels, sentences, tables

portfolio = loaders.whole_portfolio()
if not portfolio.lines:
    panels.empty(
        "No value case yet. Create a project, say how its model creates value, and upload results.",
        "data/registers.py",
        "Create the first project",
    )

st.markdown(sentences.portfolio(portfolio))
panels.totals(portfolio)

st.subheader("Value cases, largest gap first", anchor=False)
chosen = tables.lines(portfolio.lines, key="portfolio_lines")
st.caption(
    "Now: what the newest monitored metrics imply. Planned: what the value case said. "
    "Select a row to see its KPIs below."
)

line = chosen or portfolio.lines[0]
view = loaders.project_view(line.project)
panels.project_head(view, line)
if view.kpis:
    panels.kpi_cards(view.kpis, view.day)
else:
    st.info("This project has no KPI yet: say what the stakeholders want to move.")
    st.page_link(
        "data/registers.py",
        label="Add a KPI",
        icon=":material/add:",
        query_params={"project": line.project, "kind": "kpis"},
    )
