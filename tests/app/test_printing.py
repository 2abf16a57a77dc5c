"""A screen on paper: every table whole, no text as markup, and whose figures they are."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
import streamlit as st

from mlpm_core.services.in_life.deployments import deployments as every_deployment
from pages.parts.common import printing
from tests.app.conftest import SCREENS, button, open_screen, plain, run, said

WITH_TABLES = ("portfolio", "kpi", "brief", "support", "health", "promised", "adoption", "imports")


@pytest.mark.parametrize("screen", WITH_TABLES)
def test_no_table_scrolls_in_the_print_view(demo, screen):
    shown = open_screen(screen, project="bike-shop-demand")
    on_screen = Counter(len(t.value) for t in shown.dataframe)
    printed = open_screen(screen, project="bike-shop-demand", print="1")
    assert len(printed.dataframe) == 0
    assert on_screen
    assert not on_screen - Counter(len(t.value) for t in printed.table)


def test_the_print_view_is_one_press_away_and_one_back(demo):
    app = open_screen("brief", project="bike-shop-demand")
    button(app, "Print view").click()
    run(app)
    assert app.query_params["print"] == "1"
    assert not app.dataframe
    button(app, "Back to the screen").click()
    run(app)
    assert "print" not in app.query_params
    assert app.dataframe


def test_the_row_that_was_chosen_is_the_one_that_is_printed(demo):
    """It stands in the address; the table on paper cannot be chosen from."""
    first, second, *_ = every_deployment(demo, None)
    app = open_screen("health", print="1")
    assert app.main.header[-1].value == first.case_title
    named = f"{second.project}/{second.deployment_id}"
    app = open_screen("health", print="1", model=named)
    assert app.main.header[-1].value == second.case_title
    assert app.query_params["model"] == named


@pytest.mark.usefixtures("demo")
def test_a_model_that_is_not_there_is_said_and_no_other_is_taken_for_it():
    app = open_screen("health", model="bike-shop-demand/gone")
    assert "There is no model “bike-shop-demand/gone”" in plain(said(app))
    assert [header.value for header in app.main.header] == ["Models in use, the worst first"]


@pytest.mark.parametrize("screen", sorted(SCREENS))
def test_each_screen_says_whose_figures_it_shows_and_as_of_when(demo, screen):
    app = open_screen(screen, project="bike-shop-demand")
    head = plain(app.main.caption[0].value)
    is_of_all = screen in ("portfolio", "health", "settings", "start", "glossary")
    who = "All projects" if is_of_all else "Demand forecast for bikes and parts"
    assert who in head
    assert "demo data" in head
    assert "as of" in head


def test_cells_on_paper_are_texts_never_markup():
    frame = pd.DataFrame(
        {
            "**Who**": ["*a*", "<img src=x>", None],
            "Days": [1234.5, float("nan"), 2.0],
            "n": [1, 20_000, 3],
            "Sparks": [[1, 2], [3], []],
            "On": pd.to_datetime(["2026-06-30"] * 3).date,
            "Is": [True, False, True],
        }
    )
    columns = {
        "Days": st.column_config.NumberColumn("Days of work", format="%.1f"),
        "Sparks": st.column_config.LineChartColumn(),
        "n": None,
    }
    written = printing.on_paper(frame, columns)
    assert list(written) == [r"\*\*Who\*\*", "Days of work", "On", "Is"]
    assert [plain(x) for x in written["Days of work"]] == ["1234.5", "–", "2.0"]
    assert written[r"\*\*Who\*\*"][0] == r"\*a\*"
    assert written[r"\*\*Who\*\*"][2] == "–"
    assert set(written["On"]) == {"30 Jun 2026"}
    assert list(written["Is"]) == ["yes", "no", "yes"]


def test_money_below_nothing_is_in_brackets_on_paper_as_on_the_screen():
    written = printing.on_paper(
        pd.DataFrame({"EUR": [-26505.0, 20755.0]}), {"EUR": printing.AMOUNT}
    )
    assert list(written["EUR"]) == ["(26,505)", "20,755"]


def test_columns_of_one_label_days_and_large_numbers_are_all_written():
    frame = pd.DataFrame({
        "P50": [1_234_567.25, 0.1234], "P80": [2, 3], "On": pd.to_datetime(["2026-06-30", None]),
        "At": pd.to_datetime(["2026-06-30 14:05", "2026-07-01 00:00"]),
    })  # fmt: skip
    written = printing.on_paper(frame, {"P50": "Days", "P80": "Days"})
    assert list(written.columns) == ["Days", "Days", "On", "At"]
    assert written.iloc[0].tolist() == ["1,234,567.25", "2", "30 Jun 2026", "30 Jun 2026 14:05"]
    assert written.iloc[1].tolist() == ["0.1234", "3", "–", "1 Jul 2026"]
