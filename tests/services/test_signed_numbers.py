"""Numbers in percent or in a currency, and names by their titles, in files of many kinds."""

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import Incident, Kpi, KpiActual, KpiTarget, Promise, RolloutResult, Status
from tests.services.test_imports import put, stored

READ = Profile(signs="read")
KPIS = "kpi_id,title,dimension,unit,direction,baseline,target,owner\n"


@pytest.fixture
def shop(workspace):
    put(workspace, "title,owner,currency\nShop,x,EUR\n", kind="projects")
    rows = (
        "rate,Conversion rate,customer_experience,%,higher,3,4,x\n"
        "sales,Sales,revenue,EUR/month,higher,100000,120000,x\n"
    )
    assert put(workspace, KPIS + rows, kind="kpis").status is Status.COMMITTED
    return workspace


def committed(workspace, text, kind, profile=READ):
    receipt = put(workspace, text, kind=kind, profile=profile)
    assert receipt.status is Status.COMMITTED, receipt
    return receipt


@pytest.mark.parametrize(
    ("kind", "text", "field"),
    [
        (KpiTarget, "kpi,target_on,target\nrate,2030-01-31,4.5%\n", "target"),
        (Promise, "promise_id,kpi_id,promised,promised_for_on,made_on\n"
                  "p,rate,4.5%,2030-01-31,2024-01-31\n", "promised"),
        (RolloutResult, "kpi,site,month,value\nrate,Berlin,2024-01,4.5%\n", "value"),
        (KpiActual, "kpi,month,value\nrate,2024-01,4.5%\n", "value"),
    ],
)  # fmt: skip
def test_percent_of_a_kpi_in_percent_keep_their_size(shop, kind, text, field):
    committed(shop, text, kind.kind)
    assert [row[field] for row in stored(shop, kind)] == [4.5]


def test_a_kpi_is_written_in_its_own_unit(shop):
    committed(
        shop,
        f"{KPIS}nps,Churned,customer_experience,%,lower,3%,2%,x\n"
        "bill,Bill,cost_saving,EUR/month,lower,\u20ac900,\u20ac800,x\n",
        "kpis",
    )
    kept = {row["kpi_id"]: (row["baseline"], row["target"]) for row in stored(shop, Kpi)}
    assert (kept["nps"], kept["bill"]) == ((3.0, 2.0), (900.0, 800.0))


def test_a_header_in_percent_says_it_of_every_number(shop):
    text = "kpi,target_on,target (%)\nrate,2030-01-31,4.5\n"
    told = Profile(columns={"target (%)": "target in %"})
    committed(shop, text, "kpi_targets", told)
    assert [row["target"] for row in stored(shop, KpiTarget)] == [4.5]


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("kpi_targets", "kpi,target_on,target\nsales,2030-01-31,$125000\n", "EUR/month"),
        ("kpi_targets", "kpi,target_on,target\nsales,2030-01-31,4.5%\n", "EUR/month"),
        ("kpis", f"{KPIS}bill,Bill,cost_saving,EUR/month,lower,$900,800,x\n", "EUR/month"),
        ("tasks", "task_id,title,category,fixed_cost\nt,x,data,$12\n", "counts money in EUR"),
        ("tasks", "task_id,title,category,fixed_cost\nt,x,data,12%\n", "no share of anything"),
        ("labels", "id,label,model,outcome_value\n1,1,m,$12\n", "counts money in EUR"),
    ],
)
def test_a_number_in_another_unit_is_refused_with_the_reason(shop, kind, text, why):
    (reject,) = put(shop, text, kind=kind, profile=READ).rejects
    assert reject.code == "other-sign"
    assert why in reject.message


def test_a_loss_takes_its_currency_along(shop):
    text = (
        "id,model,title,started_at,est_loss,currency\n1,m,x,2024-02-05,$12,\n"
        "2,m,x,2024-02-05,12,\n3,m,x,2024-02-05,$12,CAD\n"
    )
    committed(shop, text, "incident_log")
    kept = {row["incident_id"]: row["currency"] for row in stored(shop, Incident)}
    assert kept == {"1": "USD", "2": "", "3": "CAD"}


def test_a_share_of_a_task_or_a_limit_is_one(shop):
    text = "risk_id,title,category,probability,p10,p50,p90\nr,x,data,30%,1,2,3\n"
    assert put(shop, text, kind="risks", profile=READ).rejects == []


def test_titles_and_other_letters_are_short_names(shop):
    text = "kpi,month,value\nConversion-Rate,2024-01,3\nSALES,2024-01,100000\n"
    receipt = committed(shop, text, "kpi_actuals")
    assert sorted(row["kpi_id"] for row in stored(shop, KpiActual)) == ["rate", "sales"]
    assert [w.message for w in receipt.warnings if w.code == "short-names"] == [
        "Taken by the short names of the project: Conversion-Rate as rate, SALES as sales."
    ]


def test_a_title_of_two_kpis_is_neither(shop):
    committed(shop, f"{KPIS}sales-2,Sales,revenue,EUR/month,higher,1,2,x\n", "kpis")
    text = "kpi,month,value\nSales,2024-01,100000\n"
    receipt = put(shop, text, kind="kpi_actuals")
    assert [r.code for r in receipt.rejects] == ["unknown-reference"]


def test_a_target_far_from_its_kpi_is_a_question(shop):
    text = "kpi,target_on,target\nsales,2030-01-31,125\n"
    (question,) = put(shop, text, kind="kpi_targets").questions
    assert (question.key, question.choices) == ("scale", ["as written", "times 1000"])


def test_units_of_a_roll_out_may_be_small_and_shares_of_them_are_asked_about(shop):
    head = "kpi,site,month,value\n"
    committed(shop, f"{head}sales,Berlin,2024-01,1204\n", "rollout_results")
    (question,) = put(shop, f"{head}rate,Berlin,2024-01,0.034\n", kind="rollout_results").questions
    assert question.choices == ["as written", "times 100"]
