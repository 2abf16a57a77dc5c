"""A measured KPI is stored in the unit of its KPI, whatever unit its file has."""

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import KpiActual, Status
from mlpm_core.services.ingest.batches import receipts
from mlpm_core.services.ingest.undo import undo
from tests.intake.real_cases import FOLDER
from tests.services.test_imports import put, stored


@pytest.fixture
def shop(workspace):
    put(workspace, "title,owner,currency\nShop,x,EUR\n", kind="projects")
    head = "kpi_id,title,dimension,unit,direction,baseline,target,owner\n"
    rows = (
        "refund-cost,Refunds,cost_saving,EUR/month,lower,60000,40000,x\n"
        "response-time,Time,cycle_time,minute/case,lower,20,10,x\n"
    )
    receipt = put(workspace, head + rows, kind="kpis")
    assert receipt.status is Status.COMMITTED, receipt
    return workspace


def measured(workspace, unit, kpi="refund-cost", value="51.2"):
    return put(
        workspace, f"kpi,month,value,unit\n{kpi},2024-01,{value},{unit}\n", kind="kpi_actuals"
    )


def test_thousands_of_euros_are_euros(shop):
    receipt = put(shop, (FOLDER / "q20_kpi_unit.csv").read_bytes(), kind="kpi_actuals")
    assert receipt.status is Status.COMMITTED, receipt
    assert [r["value"] for r in stored(shop, KpiActual)] == [51_200.0]
    assert not [w for w in receipt.warnings if w.code == "extra-column"]


@pytest.mark.parametrize(
    ("unit", "kpi", "value"),
    [
        ("TEUR", "refund-cost", 51_200.0),
        ("EUR/month", "refund-cost", 51.2),
        ("Mio EUR", "refund-cost", 51_200_000.0),
        ("h", "response-time", 3072.0),
        ("min", "response-time", 51.2),
        ("s", "response-time", 51.2 / 60),
        ("ms", "response-time", 51.2 / 60_000),
    ],
)
def test_a_unit_that_fits_is_converted(shop, unit, kpi, value):
    assert measured(shop, unit, kpi).status is Status.COMMITTED
    assert [r["value"] for r in stored(shop, KpiActual)] == [pytest.approx(value)]


def test_a_number_without_a_unit_that_is_far_from_where_its_kpi_stands_is_a_question(shop):
    (question,) = measured(shop, "").questions
    assert (question.key, question.choices) == ("scale", ["as written", "times 1000"])
    assert question.message.startswith("Refunds was about 60000 so far and is 51.2 in this file")
    text = "kpi,month,value,sum,sum_sq\nrefund-cost,2024-01,51.2,102.4,5242.88\n"
    profile = Profile(scale="times 1000")
    receipt = put(shop, text, kind="kpi_actuals", profile=profile)
    assert [w.message for w in receipt.warnings if w.code == "scaled"] == [
        "Taken by the factor that makes them as large as before: Refunds (times 1000)."
    ]
    (row,) = stored(shop, KpiActual)
    assert (row["value"], row["sum"], row["sum_sq"]) == (51_200.0, 102_400.0, 5_242_880_000.0)


def test_a_kpi_is_held_against_what_was_measured_of_it_before_where_it_stood(shop):
    assert measured(shop, "", value="60").status is Status.ASKED
    as_written = Profile(scale="as written")
    text = "kpi,month,value\nrefund-cost,2024-01,60\n"
    assert put(shop, text, kind="kpi_actuals", profile=as_written).status is Status.COMMITTED
    later = "kpi,month,value,group\nrefund-cost,2024-02,62,all\nrefund-cost,2024-02,0.6,holdout\n"
    assert put(shop, later, kind="kpi_actuals").status is Status.COMMITTED


def test_a_share_of_a_kpi_in_percent_is_a_question(shop):
    head = "kpi_id,title,dimension,unit,direction,baseline,target,owner\n"
    rate = head + "rate,Conversion,customer_experience,%,higher,3,4,x\n"
    assert put(shop, rate, kind="kpis").status is Status.COMMITTED
    text = "kpi,month,value\nrate,2024-01,0.031\nrate,2024-02,0.034\n"
    (question,) = put(shop, text, kind="kpi_actuals").questions
    assert question.preview == [
        "as written: Conversion is now about 0.0325",
        "times 100: Conversion is now about 3.25",
    ]


@pytest.mark.parametrize(("unit", "kpi"), [("kUSD", "refund-cost"), ("h", "refund-cost"),
                                           ("%", "response-time")])  # fmt: skip
def test_a_unit_that_does_not_fit_is_refused_by_name(shop, unit, kpi):
    receipt = measured(shop, unit, kpi)
    assert [r.code for r in receipt.rejects] == ["other-unit"]
    assert "The KPI is measured in" in receipt.rejects[0].message


@pytest.mark.parametrize(
    ("kpi", "cell", "stored_as"),
    [
        ("refund-cost", "\u20ac12.50", 12.5), ("refund-cost", "51.2k\u20ac", 51_200.0),
        ("refund-cost", "$12.50", None), ("refund-cost", "12%", None),
        ("response-time", "$12.50", None),
        ("share-late", "12%", 0.12), ("percent-late", "12%", 12.0),
    ],
)  # fmt: skip
def test_a_sign_about_a_number_is_held_against_the_unit_of_its_kpi(shop, kpi, cell, stored_as):
    head = "kpi_id,title,dimension,unit,direction,baseline,target,owner\n"
    rows = (
        "share-late,S,customer_experience,share,lower,0.2,0.1,x\n"
        "percent-late,P,customer_experience,%,lower,20,10,x\n"
    )
    assert put(shop, head + rows, kind="kpis").status is Status.COMMITTED
    read = put(
        shop, f"kpi,month,value\n{kpi},2024-01,{cell}\n", kind="kpi_actuals",
        profile=Profile(signs="read"),
    )  # fmt: skip
    if stored_as is None:
        assert [r.code for r in read.rejects] == ["other-unit"]
    else:
        assert read.status is Status.COMMITTED, read
        assert [r["value"] for r in stored(shop, KpiActual)] == [pytest.approx(stored_as)]


def test_a_header_says_the_unit_too(shop):
    text = "kpi,month,value (k EUR)\nrefund-cost,2024-01,51.2\n"
    (question,) = put(shop, text, kind="kpi_actuals").questions
    assert question.choices == ["value in k EUR", "value", "ignore"]


def test_a_kpi_keeps_its_unit_while_values_in_it_are_stored(shop):
    """Values a month would be read as values a year, and contradict the model and its promises."""
    head = "kpi_id,title,dimension,unit,direction,baseline,target,owner\n"
    yearly = head + "refund-cost,Refunds,cost_saving,EUR/year,lower,720000,480000,x\n"
    assert measured(shop, "EUR/month").status is Status.COMMITTED
    again = {"kind": "kpis", "profile": Profile(restatement="confirm")}
    receipt = put(shop, yearly, **again)
    (refused,) = receipt.rejects
    assert refused.column == "unit"
    assert "There is 1 row of measured KPIs in EUR/month" in refused.message
    undo(shop.acting_as("test"), "shop", receipts(shop, "shop")[0]["receipt"].batch)
    assert put(shop, yearly, **again).status is Status.COMMITTED
