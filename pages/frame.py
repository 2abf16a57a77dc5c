"""The frame around every screen: navigation, the project in view, and the guard."""

import streamlit as st

from mlpm_core.services.admin.readiness import refuse_other_machines
from pages.parts.common import addresses, locales, panels, printing, queries, sidebar
from pages.parts.overview import search

st.set_page_config(page_title="MLPM", page_icon="📈", layout="wide")
addresses.rename("known", "as_of")
addresses.step_back()
addresses.carry("project", "as_of", "range", "against")

page = st.navigation(
    {
        "All projects": [
            st.Page(
                "overview/portfolio.py",
                title="Portfolio",
                icon=":material/dashboard:",
                default=True,
            ),
            st.Page("in_life/health.py", title="Health", icon=":material/monitor_heart:"),
        ],
        "Plan": [
            st.Page("plan/brief.py", title="Brief", icon=":material/fact_check:"),
            st.Page("plan/value_case.py", title="Value case", icon=":material/balance:"),
            st.Page("plan/estimate.py", title="Estimate", icon=":material/calculate:"),
            st.Page("plan/risks.py", title="Risks and checks", icon=":material/shield:"),
            st.Page("plan/support.py", title="Support", icon=":material/support_agent:"),
        ],
        "Evaluate": [
            st.Page("evaluate/candidates.py", title="Candidates", icon=":material/leaderboard:"),
            st.Page("evaluate/adoption.py", title="Adoption", icon=":material/gavel:"),
        ],
        "In life": [
            st.Page("overview/kpi.py", title="KPI", icon=":material/monitoring:"),
            st.Page("in_life/deployment.py", title="Deployment", icon=":material/troubleshoot:"),
            st.Page(
                "in_life/promised.py",
                title="Promised and realised",
                icon=":material/handshake:",
            ),
        ],
        "Data": [
            st.Page("data/upload.py", title="Upload", icon=":material/upload_file:"),
            st.Page("data/imports.py", title="Imports", icon=":material/receipt_long:"),
            st.Page("data/registers.py", title="All records", icon=":material/table_rows:"),
            st.Page("data/settings.py", title="Settings", icon=":material/settings:"),
        ],
        # Steps inside the screens that they serve: Portfolio, all, Brief and KPI, Value case.
        "Steps": [
            st.Page(
                "plan/start.py",
                title="New project",
                icon=":material/add_circle:",
                visibility="hidden",
            ),
            st.Page(
                "overview/glossary.py",
                title="Glossary",
                icon=":material/menu_book:",
                visibility="hidden",
            ),
            st.Page(
                "plan/find_kpi.py",
                title="Find a KPI",
                icon=":material/explore:",
                visibility="hidden",
            ),
            st.Page(
                "plan/mechanism.py",
                title="Mechanism",
                icon=":material/account_tree:",
                visibility="hidden",
            ),
        ],
    },
    expanded=True,
)

locales.begin(of_receipts=page.url_path in sidebar.OF_RECEIPTS)

with panels.guard():
    refuse_other_machines()  # started without app.py, there is no front door
    sidebar.count_visit(page.title)
    sidebar.as_of()
    projects = queries.all_projects()
    unknown = sidebar.project_in_view(projects)
    sidebar.as_of_choice()
    printing.choice()
    sidebar.glossary()
    printing.notice()
    st.set_page_config(page_title=sidebar.tab_title(page.title, projects))
    with printing.head():
        st.title(page.title)
        search.box(page.url_path)
    st.caption(sidebar.header(page.title, projects))
    sidebar.begin_files(page.title, projects)
    panels.mended()
    panels.notice(page.title)
    sidebar.project_notice(projects, unknown)
    sidebar.next_step(page, projects)
    page.run()
