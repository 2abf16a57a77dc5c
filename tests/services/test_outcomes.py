"""Labels, incidents, costs and measured KPIs: the same way in, and where they count."""

import base64

import pytest

from mlpm_core.records import Label, Status
from mlpm_core.services.in_life import deployments
from mlpm_core.services.ingest import registers
from tests.intake.test_intake_cases import CASES, LEFT, told
from tests.monitored_shop import SHOP, in_use, planned, results, save
from tests.services.test_imports import put, stored

LOG = (
    "prediction_id,ts,model_id,y_pred,y_true\n"
    "p1,2024-01-01T00:00:00Z,m1,1,\n"
    "p2,2024-01-02T00:00:00Z,m1,0,1\n"
    "p1,2024-01-02T00:00:00Z,m2,1,\n"
)


@pytest.mark.parametrize("case", [i for i in LEFT if i != "48a"])
def test_cases_that_need_the_whole_service_are_judged_to_the_letter(case, workspace):
    case = CASES[case]
    for before in case["options"].get("before", []):
        data = base64.b64decode(before["bytes_base64"])
        receipt = put(workspace, data, project=before["project"], kind=before["kind"])
        assert receipt.status is Status.COMMITTED
    receipt = put(
        workspace,
        base64.b64decode(case["bytes_base64"]),
        project="default",
        kind=case["kind"],
        dry_run=True,
    )
    assert told(receipt) == case["expect"]


def judged(workspace, model):
    with workspace.store.reader() as reader:
        rows = reader.rows(
            "log_by_segment", project="shop", model_id=model, model_version="", by="P1W",
            until=workspace.now(),
        )  # fmt: skip
    return [(r["n"], r["n_judged"], r["n_wrong"]) for r in rows]


def test_a_label_joins_its_prediction_whenever_either_comes(workspace):
    labels = "prediction_id,y_true,label_ts\np1,1,2024-04-01\n"
    early = put(workspace, labels, kind="labels")
    assert [(w.code, w.rows) for w in early.warnings] == [("orphan-label", 1)]
    assert "joined later" in early.warnings[0].message
    put(workspace, LOG, kind="prediction_log")
    assert judged(workspace, "m1") == [(2, 2, 1)]
    assert judged(workspace, "m2") == [(1, 1, 0)]
    own = "prediction_id,y_true,model_id\np1,0,m2\n"
    assert put(workspace, own, kind="labels").warnings == []
    assert judged(workspace, "m2") == [(1, 1, 1)]  # the one that names the model goes first
    assert judged(workspace, "m1") == [(2, 2, 1)]
    better = put(workspace, "prediction_id,y_true,model_id\np2,0,m1\n", kind="labels")
    assert better.status is Status.COMMITTED
    assert judged(workspace, "m1") == [(2, 2, 0)]  # what became known later goes before the log


def test_labels_register_no_model(workspace):
    put(workspace, "prediction_id,y_true,model_id\np1,1,m7\n", kind="labels")
    assert stored(workspace)[:1] == []
    assert registers.records(workspace, "shop", "models") == []
    assert [r["model_id"] for r in stored(workspace, Label)] == ["m7"]


INCIDENT = "incident_id,model_id,title,started_at,detected_at,mitigated_at,severity,currency\n"


@pytest.mark.parametrize(
    ("kind", "text", "column", "told"),
    [
        ("incident_log", INCIDENT + "i1,m1,Late,2024-01-02,2024-01-01,,SEV1,\n",
         "Noticed", "comes before began"),
        ("incident_log", INCIDENT + "i1,m1,Late,2024-01-02,,2024-01-01,SEV1,\n",
         "Mitigated", "comes before began"),
        ("incident_log", INCIDENT + "i1,m1,Late,2024-01-02,,,SEV1,XYZ\n",
         "currency", "no currency code"),
        ("cost_log", "model_id,period_start,period_end,cost_type,amount\n"
         "m1,2024-02-01,2024-01-31,inference,10\n", "period_end", "before it begins"),
    ],
)  # fmt: skip
def test_a_record_that_contradicts_itself_is_refused(workspace, kind, text, column, told):
    receipt = put(workspace, text, kind=kind)
    assert receipt.status is Status.REJECTED
    (fault,) = receipt.rejects
    assert (fault.row, fault.code) == (2, "rule")
    assert told in fault.message
    assert column.lower() in (fault.column or "").lower() or column in fault.message


def test_two_costs_of_one_type_are_told_apart_by_their_item(workspace):
    head = "model_id,period_start,period_end,cost_type,amount,item\n"
    twice = head + "m1,2024-01-01,2024-01-31,licence,10,\nm1,2024-01-01,2024-01-31,licence,20,\n"
    assert {r.code for r in put(workspace, twice, kind="cost_log").rejects} == {"conflict"}
    apart = twice.replace(",10,", ",10,a").replace(",20,", ",20,b")
    assert put(workspace, apart, kind="cost_log").new == 2


def test_an_incident_goes_on_under_its_number(workspace):
    opened = INCIDENT + "i1,m1,Late,2024-01-02,2024-01-03,,SEV2,\n"
    assert put(workspace, opened, kind="incident_log").new == 1
    later = opened.replace(",,SEV2", ",2024-01-05T10:00:00Z,SEV2")
    asked = put(workspace, later, kind="incident_log")
    assert [q.code for q in asked.questions] == ["restatement"]
    row = registers.records(workspace, "shop", "incident_log")[0]
    receipt = registers.save(
        workspace.acting_as("ada"), "shop", "incident_log", [row | {"status": "closed"}]
    )
    assert receipt.changed == 1


def test_a_measured_kpi_belongs_to_a_kpi(workspace):
    text = "kpi,month,value,group\nincome,2024-01,12.5,treated\nincome,2024-01,11,holdout\n"
    receipt = put(workspace, text, kind="kpi_actuals")
    assert {r.code for r in receipt.rejects} == {"unknown-reference"}
    put(workspace, registers.template_csv("value_cases"), kind="value_cases")
    put(workspace, registers.template_csv("kpis"), kind="kpis")
    kpi = registers.records(workspace, "shop", "kpis")[0]["kpi_id"]
    assert put(workspace, text.replace("income", kpi), kind="kpi_actuals").new == 2


@pytest.mark.parametrize(
    ("severity", "status", "version", "health"),
    [
        ("SEV1", "open", "", "sick"),
        ("SEV2", "open", "1.0", "sick"),
        ("SEV3", "open", "", "watch"),
        ("SEV1", "mitigated", "", "watch"),
        ("SEV1", "resolved", "", "healthy"),
        ("SEV1", "closed", "", "healthy"),
        ("SEV1", "open", "0.9", "healthy"),
    ],
)
def test_an_incident_that_is_not_over_shows_in_the_health(
    workspace, severity, status, version, health
):
    planned(workspace, "2024-08-06")
    in_use(workspace, "2024-07-01", model_version="1.0")
    results(workspace, "2024-07-29,0.24,P1W,final", version="1.0")
    assert deployments.deployments(workspace, SHOP)[0].health.health == "healthy"
    save(
        workspace, "incident_log",
        {"incident_id": "I-7", "model_id": "m", "title": "Late", "started_at": "2024-08-02",
         "severity": severity, "status": status, "model_version": version},
        {"incident_id": "I-8", "model_id": "m", "title": "Not yet", "started_at": "2024-09-02",
         "severity": "SEV1"},
    )  # fmt: skip
    (line,) = deployments.deployments(workspace, SHOP)
    assert line.health.health == health
    told = f"Incident I-7 ({severity}, {status}) began on 2 Aug 2024"
    assert line.health.reason.startswith(told) == (health != "healthy")
    assert line.value.health == line.health
