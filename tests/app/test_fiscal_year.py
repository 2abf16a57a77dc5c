"""The one control of time follows the fiscal year of the project in view, and says which it is."""

from __future__ import annotations

from mlpm_core.services.ingest import registers
from tests.app.conftest import button, open_screen, plain, run, said

DEMAND = "bike-shop-demand"
FORM = f"register_projects_{DEMAND}"


def from_april(workspace):
    row = next(p for p in registers.projects(workspace) if p.project == DEMAND).model_dump()
    receipt = registers.save(
        workspace.acting_as("ada"), DEMAND, "projects", [row | {"year_starts_in": 4}]
    )
    assert receipt.status == "committed", receipt


def test_the_last_year_of_every_screen_with_the_control_is_the_fiscal_one(demo):
    """The demo lives on 30 June 2026."""
    from_april(demo)
    for screen in ("kpi", "promised", "deployment"):
        more = {"kpi": "write-downs"} if screen == "kpi" else {}
        app = open_screen(screen, project=DEMAND, range="year", **more)
        told = plain(said(app))
        assert "Shown: FY2026 (from April), 1 Apr 2025 to 31 Mar 2026 (365 days)" in told, screen
        chosen = next(box for box in app.selectbox if box.label == "Time range")
        assert "Last fiscal year" in chosen.options
        assert chosen.value == "year"


def test_another_project_keeps_the_address_and_its_own_year(demo):
    from_april(demo)
    app = open_screen("promised", project="bike-shop-workshop", range="year")
    assert "Shown: 1 Jan to 31 Dec 2025" in plain(said(app))


def test_the_portfolio_says_which_year_is_meant_once_they_differ(demo):
    assert "no fiscal year" not in said(open_screen("portfolio"))
    from_april(demo)
    assert (
        "A year in these sums is any twelve months, no fiscal year: those of the projects begin in "
        "January or April."
    ) in plain(said(open_screen("portfolio")))


def test_the_month_is_chosen_by_its_name(demo):
    app = open_screen("registers", project=DEMAND, kind="projects", record=DEMAND)
    field = app.selectbox(key=f"{FORM}_year_starts_in")
    assert (field.value, field.options[:4]) == ("1", ["January", "February", "March", "April"])
    field.set_value("4")
    run(app)
    button(app, "Save").click()
    run(app)
    assert "Saved as B" in said(app)
    assert demo.project(DEMAND).year_starts_in == 4
