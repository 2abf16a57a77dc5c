"""Portfolio against the period before: each project by its own days, nothing filled in."""

from __future__ import annotations

import pytest

from mlpm_core.services.in_life.portfolio import lines_of
from mlpm_core.services.in_life.shown_period import shown_period
from mlpm_core.services.in_life.value_changes import project_change, value_changes
from mlpm_core.services.ingest import registers
from mlpm_core.store.cursor import Reader
from mlpm_core.value.worth import Valuation
from pages.parts.common.format import number
from tests.app.conftest import open_screen, plain, run, said

DEMAND, WORKSHOP, WINBACK = "bike-shop-demand", "bike-shop-workshop", "bike-shop-winback"
WEAR = "bike-shop-wearcheck"
PREVIOUS, YEAR = "Against the period before", "Against a year ago"


def save(workspace, project, kind, *rows):
    receipt = registers.save(workspace.acting_as("test"), project, kind, list(rows))
    assert receipt.status == "committed", receipt.rejects


def cells(app, column):
    """The cells of a column by project."""
    found = next(t.value for t in app.get("table") if t.value.columns[0] == "Project")
    texts = found[column].map(lambda c: plain(c).replace("\u00a0", " "))
    names = found["Project"].str.extract(r"project=([\w-]+)")[0]
    return dict(zip(names, texts, strict=True))


def changed(workspace, project, days, against):
    shown = shown_period(workspace.today(project), days, against)
    return project_change(workspace, project, shown)


@pytest.mark.usefixtures("demo")
def test_nothing_is_compared_while_all_days_are_shown():
    app = open_screen("portfolio")
    columns = next(t.value for t in app.get("table")).columns
    assert not [name for name in columns if name.startswith("Against")]
    assert "All days are shown; choose a time range" in said(app)


@pytest.mark.parametrize(("against", "column"), [("previous", PREVIOUS), ("year-ago", YEAR)])
def test_each_project_says_the_change_of_its_own_screen_with_both_ranges_of_days(
    demo, against, column
):
    app = open_screen(
        "portfolio", range="quarter", **{"against": against} if against != "previous" else {}
    )
    text = plain(said(app))
    assert "Shown: 1 Jan to 31 Mar 2026 (90 days); compared with 1 " in text
    told = cells(app, column)
    for project in (DEMAND, WORKSHOP):
        change = changed(demo, project, "quarter", against).change
        (line,) = lines_of(demo, project)
        shown = shown_period(demo.today(project), "quarter", against)
        same = value_changes(demo, project, line.case.value_case_id, shown).against[against].change
        assert change.difference.mean == same.difference.mean
        sign = "+" if change.difference.mean > 0 else ""
        assert told[project].startswith(f"[EUR {sign}{number(change.difference.mean, 3)}")
        assert f"promised?project={project}&range=quarter&against={against}" in told[project]
        ends = f"{number(change.before.mean)} to {number(change.now.mean)} a week, grade C"
        assert ends in told[project]
    assert told[WINBACK] == "no model in life"
    assert told[WEAR] == "–"


def test_the_listed_projects_are_told_together_and_only_they(demo):
    app = open_screen("portfolio", range="quarter")
    both = [changed(demo, p, "quarter", "previous").change for p in (DEMAND, WORKSHOP)]
    total = sum(change.difference.mean for change in both)
    assert f"Together they changed by **EUR {number(total)} a week**" in plain(said(app))
    assert "Of 2 projects that can be compared: 2 worse." in said(app)
    app.text_input(key="find").set_value("triage")
    run(app)
    assert f"by **EUR {number(both[1].difference.mean)} a week**" in plain(said(app))
    assert "Of 1 project that can be compared: 1 worse." in said(app)


def test_days_without_results_are_not_compared_and_it_is_said_why(demo):
    """The demand forecast began in July 2024: of the quarter before nothing is known."""
    app = open_screen("portfolio", range="2024-07-01..2024-09-30")
    told = cells(app, PREVIOUS)[DEMAND]
    assert told.startswith("not compared  \n")
    assert "No day from 1 Apr to 30 Jun 2024 was monitored while the model was in use." in told


def test_a_project_with_a_clock_of_its_own_says_its_own_days(demo):
    shop = registers.records(demo, WORKSHOP, "projects")[0]
    save(demo, WORKSHOP, "projects", shop | {"clock_on": "2026-03-30"})
    app = open_screen("portfolio", range="4w")
    assert "Each project is compared on its own days" in said(app)
    assert (
        "2 to 29 Mar 2026 (28 days) against 2 Feb to 1 Mar 2026" in cells(app, PREVIOUS)[WORKSHOP]
    )


def test_only_the_weeks_that_are_compared_are_valued_with_few_questions(demo, monkeypatch):
    """Sixty projects on a store just opened took twice as long, for their whole lives."""
    changed(demo, DEMAND, "quarter", "previous")  # the case itself is kept from here on
    valued, questions, by_draw, rows = [], [], Valuation.by_draw, Reader._rows

    def counted(self, metrics, *more):
        valued.extend(metrics)
        return by_draw(self, metrics, *more)

    def asked(self, sql, parameters):
        questions.append(sql)
        return rows(self, sql, parameters)

    monkeypatch.setattr(Valuation, "by_draw", counted)
    monkeypatch.setattr(Reader, "_rows", asked)
    assert changed(demo, DEMAND, "quarter", "previous").change.difference is not None
    assert len(valued) == 58 + 18  # days that its log tells, and weeks
    assert len(questions) <= 6
