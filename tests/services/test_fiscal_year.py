"""A project's fiscal year: what its quarters and years are, and what they are called."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mlpm_core.planning.response import clock_of, support_years
from mlpm_core.records import Deployment, Incident, Project, Status, columns
from mlpm_core.services.in_life.kpi_view import kpi_view
from mlpm_core.services.in_life.shown_period import Against, shown_period
from mlpm_core.services.ingest import imports, registers
from mlpm_core.store import Store, connection
from pages.parts.common import period_text as say
from pages.parts.in_life import kpi_tables
from tests.monitored_shop import SHOP, clock, kpi, save

TODAY = date(2026, 6, 24)


def told(asked, begins, against=Against.PREVIOUS):
    return say.shown(shown_period(TODAY, asked, against, year_starts_in=begins))


@pytest.mark.parametrize(
    ("asked", "begins", "text"),
    [
        ("year", 4, "Shown: FY2026 (from April), 1 Apr 2025 to 31 Mar 2026 (365 days); compared "
         "with FY2025 (from April), 1 Apr 2024 to 31 Mar 2025 (365 days)."),
        ("quarter", 4, "Shown: Q4 FY2026 (from April), 1 Jan to 31 Mar 2026 (90 days); compared "
         "with Q3 FY2026 (from April), 1 Oct to 31 Dec 2025 (92 days). These have unequal lengths: "
         "means are compared, and totals for as many days."),
        ("ytd", 4, "Shown: 1 Apr to 23 Jun 2026 (84 days), the part of FY2027 (from April), 1 Apr "
         "2026 to 31 Mar 2027 that is over; compared with 1 Apr to 23 Jun 2025 (84 days)."),
        ("2025-04-01..2026-03-31", 4, "Shown: FY2026 (from April), 1 Apr 2025 to 31 Mar 2026 (365 "
         "days); compared with FY2025 (from April), 1 Apr 2024 to 31 Mar 2025 (365 days)."),
        ("2026-03-01..2026-03-31", 4, "Shown: 1 to 31 Mar 2026 (31 days); compared with 1 to 28 "
         "Feb 2026 (28 days). These have unequal lengths: means are compared, and totals for as "
         "many days."),
        ("year", 1, "Shown: 1 Jan to 31 Dec 2025 (365 days); compared with 1 Jan to 31 Dec 2024 "
         "(366 days). These have unequal lengths: means are compared, and totals for as many "
         "days."),
    ],
)  # fmt: skip
def test_the_days_shown_are_called_by_the_fiscal_year(asked, begins, text):
    assert told(asked, begins) == text


def test_a_quarter_is_compared_with_the_same_quarter_of_the_fiscal_year_before():
    assert "compared with Q4 FY2025 (from April), 1 Jan to 31 Mar 2025" in told(
        "quarter", 4, Against.YEAR_AGO
    )


def test_a_fiscal_year_from_february_ends_in_the_january_of_its_name():
    assert told("year", 2).startswith("Shown: FY2026 (from February), 1 Feb 2025 to 31 Jan 2026")


def test_support_by_year_goes_by_the_fiscal_year():
    """In use from 1 Oct 2024; from April: half of FY2025, all of FY2026 with its incident."""
    use = Deployment(
        project="p", deployment_id="a", model_id="m", value_case_id="v", from_on=date(2024, 10, 1)
    )
    incident = Incident(
        project="p", incident_id="i", model_id="m", title="Down",
        started_at=datetime(2025, 12, 1), detected_at=datetime(2025, 12, 1),
    )  # fmt: skip
    one = clock_of(incident, [], datetime(2026, 3, 31))
    years = support_years([one], [use], date(2026, 3, 31), year_starts_in=4)
    assert [(y.label, round(y.model_years, 2), y.n_incidents) for y in years] == [
        ("FY2025", 0.5, 0), ("FY2026", 1.0, 1),
    ]  # fmt: skip
    calendar = support_years([one], [use], date(2026, 3, 31))
    assert [(y.label, y.n_incidents) for y in calendar] == [("2024", 0), ("2025", 1), ("2026", 0)]


def project(workspace):
    with workspace.store.reader() as reader:
        return reader.one(Project, (SHOP,))


def test_a_file_without_the_month_is_of_the_calendar_and_one_with_it_is_kept(workspace):
    clock(workspace, "2026-06-24")
    assert project(workspace).year_starts_in == 1
    text = f"project,title,year_starts_in\n{SHOP},The shop,4\n"
    receipt = imports.import_file(
        workspace.acting_as("test"), SHOP, "projects", "p.csv", text.encode(), channel="http"
    )
    assert receipt.status is Status.ASKED  # the title of before is another
    save(workspace, "projects", {"project": SHOP, "title": "The shop", "year_starts_in": 4})
    assert project(workspace).year_starts_in == 4


@pytest.mark.parametrize("month", [0, 13])
def test_a_month_that_there_is_not_is_refused(workspace, month):
    row = {"project": SHOP, "title": "The shop", "year_starts_in": month}
    receipt = registers.save(workspace.acting_as("test"), SHOP, "projects", [row])
    assert (receipt.status, receipt.rejects[0].column) == (Status.REJECTED, "year_starts_in")


def test_a_store_of_before_goes_by_the_calendar(tmp_path, monkeypatch):
    """Opened by the version before, filled, and opened again by this one."""
    whole, path = connection.migrations(), tmp_path / "mlpm.duckdb"
    first = [m for m in whole if m[0] < 6]
    monkeypatch.setattr(connection, "migrations", lambda: tuple(first))
    store = Store.open(path)
    with store.writer() as writer:
        writer.execute(
            "INSERT INTO projects VALUES (1, 2, 'shop', 'Shop', '', 'EUR', '', NULL, false, false)"
        )
        writer.execute(
            "INSERT INTO batches VALUES (1, 'B00001', 'shop', 'projects', 'form', '', 'ada', "
            "TIMESTAMP '2026-06-01', NULL, '{}')"
        )
    store.close()
    monkeypatch.setattr(connection, "migrations", lambda: whole)
    store = Store.open(path)
    with store.reader() as reader:
        row = reader.one(Project, ("shop",))
    store.close()
    assert (row.title, row.currency, row.year_starts_in) == ("Shop", "EUR", 1)


def test_quarters_of_a_file_are_said_to_be_of_the_calendar(workspace):
    """Q1 was read as January to March: with a fiscal year from April that must not be silent."""
    clock(workspace, "2026-06-24")
    save(workspace, "projects", {"project": SHOP, "title": "The shop", "year_starts_in": 4})
    kpi(workspace, "returns", "lower", value_case_id="")
    text = "kpi_id,period_start,granularity,value\nreturns,2026-01-01,P3M,9\n"
    receipt = imports.import_file(
        workspace.acting_as("test"), SHOP, "kpi_actuals", "a.csv", text.encode()
    )
    assert receipt.status is Status.COMMITTED, receipt
    (warned,) = [w for w in receipt.warnings if w.code == "calendar-quarters"]
    assert (warned.rows, "begins in April" in warned.message) == (1, True)
    weeks = text.replace("P3M", "P1W").replace("01-01", "01-05")
    receipt = imports.import_file(
        workspace.acting_as("test"), SHOP, "kpi_actuals", "b.csv", weeks.encode()
    )
    assert [w.code for w in receipt.warnings if w.code == "calendar-quarters"] == []


def test_a_target_says_which_fiscal_quarter_it_ends(workspace):
    clock(workspace, "2026-06-24")
    save(workspace, "projects", {"project": SHOP, "title": "The shop", "year_starts_in": 4})
    kpi(workspace, "returns", "lower", value_case_id="", target_on="2027-03-31")
    save(workspace, "kpi_targets", {"kpi_id": "returns", "target_on": "2026-06-30", "target": 1})
    frame = kpi_tables.targets(kpi_view(workspace, SHOP, "returns"))
    assert list(frame["By"]) == [
        "30 Jun 2026 (end of Q1 FY2027)", "31 Mar 2027 (end of FY2027)",
    ]  # fmt: skip


def test_every_field_of_a_project_is_read_where_all_projects_are(workspace):
    """One that a query left out had its default for every project, without a word."""
    clock(workspace, "2026-06-24")
    with workspace.store.reader() as reader:
        (row,) = reader.rows("projects")
    assert set(row) == {column.name for column in columns(Project)}
