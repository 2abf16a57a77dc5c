import streamlit as st

from pages.parts.common import panels, period, text
from pages.parts.common import queries as common
from pages.parts.in_life import come_true
from pages.parts.overview import projects, queries

rows = queries.project_list()
if not rows:
    projects.none()

portfolio = common.whole_portfolio()
if portfolio.lines:
    st.markdown(text.portfolio(portfolio))
    panels.totals(portfolio)
    period.which_year()
else:
    st.markdown(projects.NO_CASE)

st.page_link("plan/start.py", label="New project", icon=":material/add_circle:")
listed, plans = projects.section(rows)
projects.one_project(listed, plans)
come_true.section()
