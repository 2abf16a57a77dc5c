"""One project takes no other down: whatever is stored in one, all of the others is answered."""

from __future__ import annotations

import csv
import io
import os
import shutil
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from pandas.errors import IndexingError

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile
from mlpm_core.quantity import LARGEST, LARGEST_SQUARE, MOST_COUNTED
from mlpm_core.records import (
    FIRST_MECHANISM,
    KINDS,
    ColumnKind,
    Kpi,
    QuantityRecord,
    Status,
    columns,
    record_of,
)
from mlpm_core.services.in_life import deployments, portfolio
from mlpm_core.services.ingest import batches, imports, kpi_effects, registers
from mlpm_core.services.ingest.undo import undo
from mlpm_core.services.lifecycle import close_workspace, open_workspace
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation import kpis, valuing
from mlpm_core.services.valuation import value_cases as valuation
from tests.batches import add_batch
from tests.everything_read import questions_asked, routes_read, unfit
from tests.http_client import Client
from tests.monitored_shop import QUANTITIES, SHOP, WEEKS, clock, in_use, kpi, planned, results

OTHER = "other"
N_EXAMPLES = 4 * int(os.environ.get("SOAK", "1"))
WILD = """\
[flows]
automatic = { formula = "readings * coverage", unit = "case/year" }
hours = { formula = "automatic * typing_minutes", unit = "hour/year" }
odd = { formula = "%s", unit = "1" }
"""
ODD = [
    "1", "exp(coverage * 700)", "exp(exp(coverage * 7))", "1 / (coverage - coverage)",
    "log(coverage - 1)", "sqrt(0 - coverage)", "ppf(coverage)", "exp(0 - exp(coverage * 9))",
    "normal_loss(exp(coverage * 50))", "1 / max(coverage - 0.5, 0)",
]  # fmt: skip
NUMBERS = [
    *(LARGEST, -LARGEST, LARGEST_SQUARE, -LARGEST_SQUARE, LARGEST * 2, MOST_COUNTED, 1e308, -1e308),
    *(5e-324, -5e-324, 1e-300, 0.0, -0.0, 1.0, -1.0, 0.5, 1e-9, 1e9),
]
NOTATIONS = [
    "1e18", "-1e18", "1e-300", "5e-324", "0", "1e17 to 1e18", "-1e18 to 1e18", "1e300 to 1e308",
    "1e-9 to 1e9", "1 | 2 | 1e18", "0.5", "1/2", "999999999999999/1e15", "beta(1e-9, 1e-9)",
    "beta(1e18, 1e18)", "normal(1, 1e18)", "normal(0.5, 1e-300)", "lognormal(1, 35)",
    "triangular(0, 1e-300, 1e18)", "samples(0, 1e18)", "0.0001 to 0.9999", "1e999", "7",
]  # fmt: skip


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    """A folder with two projects, and what every route said of the first when it was stocked."""
    close_workspace()
    workspace = open_workspace(Settings(data=tmp_path_factory.mktemp("stocked"), demo=False))
    stock(workspace)
    said = routes_read(Client(), SHOP)
    close_workspace()
    return workspace.settings.data, {k: v for k, v in said.items() if SHOP in k}


@contextmanager
def copied(folder, tmp_path_factory):
    """The stocked store, to be written into."""
    copy = tmp_path_factory.mktemp("store") / "data"
    shutil.copytree(folder, copy)
    close_workspace()
    try:
        yield open_workspace(Settings(data=copy, demo=False))
    finally:
        close_workspace()
        shutil.rmtree(copy)


def stock(workspace):
    """The shop with everything, and another with two cases that anything may be written into."""
    clock(workspace, "2024-08-01")
    planned(workspace, "2024-08-01")
    in_use(workspace, "2024-07-01")
    kpi(workspace, "margin", "higher")
    results(workspace, WEEKS)
    stored(workspace, "projects", {"project": OTHER, "title": "Other", "clock_on": "2024-08-01"})
    stored(workspace, "models", {"model_id": "m"})
    own = definition("1")
    stored(workspace, "mechanisms", {"mechanism_id": "meter_reading", "definition": own})
    for name, mechanism in (("orders", "demand_forecast"), ("meters", "meter_reading")):
        case = {"value_case_id": name, "mechanism": mechanism, "model_id": "m"}
        stored(workspace, "value_cases", case)
        use = {"deployment_id": name, "model_id": "m", "value_case_id": name}
        stored(workspace, "deployments", use | {"from_on": "2024-07-01"})
    shade = {"deployment_id": "shade", "slot": "shadow", "value_case_id": "orders"}
    stored(workspace, "deployments", shade | {"model_id": "m", "from_on": "2024-07-01"})
    for metric, value in (("wape", "0.24"), ("coverage", "0.7")):
        row = {"model_id": "m", "metric": metric, "value": value, "granularity": "P1W"}
        stored(workspace, "metric_results", row | {"period_start": "2024-07-08"})
    for case, written in (("orders", QUANTITIES), ("meters", METERS)):
        for name, text in written.items():
            row = {"value_case_id": case, "name": name, "written": text}
            stored(workspace, "quantities", row)
    stored(workspace, "kpis", {
        "kpi_id": "k", "title": "k", "dimension": "revenue", "unit": "EUR/year",
        "direction": "lower", "baseline": "1", "target": "2", "value_case_id": "orders",
    })  # fmt: skip


def stored(workspace, kind, row):
    """A row that must be taken."""
    receipt = write(workspace, kind, row)
    assert receipt.status is Status.COMMITTED, receipt.rejects


METERS = {"coverage": "0.7", "readings": "100k", "typing_minutes": "1", "wage_per_hour": "30"}
REFERENCES = {
    "project": OTHER, "model_id": "m", "model": "m", "value_case_id": "orders", "kpi_id": "k",
    "deployment_id": "orders", "period_start": "2024-07-15", "granularity": "P1W", "metric": "wape",
    "unit": "EUR/year", "currency": "EUR", "ts": "2024-07-15T00:00", "candidate": "c",
    "prediction_id": "1", "y_true": "1", "period_end": "2024-07-20", "mechanism": "demand_forecast",
    "mechanism_id": "meter_reading", "clock_on": "2024-08-01", "dimension": "revenue",
    "name": "margin",
}  # fmt: skip


def definition(odd, revenue="0"):
    """The first mechanism with a step that may have no value, and a result that may rest on it."""
    text = FIRST_MECHANISM.replace(
        'revenue = { formula = "0" }', f'revenue = {{ formula = "{revenue}" }}'
    )
    start = text.index("[flows]")
    return text[:start] + WILD % odd + text[text.index("# The five dimensions") :]


def write(workspace, kind, row):
    """One row as a file of the other project; whatever it holds, the answer is a receipt."""
    out = io.StringIO(newline="")
    names = [c.name for c in columns(record_of(kind))]
    csv.writer(out, lineterminator="\n").writerows([names, [row.get(n, "") for n in names]])
    return imports.import_file(
        workspace.acting_as("eve"), OTHER, kind, f"{kind}.csv", out.getvalue().encode(),
        profile=Profile(restatement="confirm", look_alike="new"),
    )  # fmt: skip


@st.composite
def rows(draw):
    """A row of any kind, with extreme numbers and quantities in it."""
    kind = draw(st.sampled_from(["quantities", "mechanisms", *KINDS]))
    row = {}
    for column in columns(record_of(kind)):
        match column.kind:
            case ColumnKind.NUMBER:
                fitting = (
                    [x for x in NUMBERS if within(column, x)] if draw(st.booleans()) else NUMBERS
                )
                number = repr(draw(st.sampled_from(fitting or NUMBERS)))
                row[column.name] = number if column.required or draw(st.booleans()) else ""
            case ColumnKind.WHOLE:
                fitting = [x for x in (1, 2, MOST_COUNTED, 10**18, 0) if within(column, x)]
                row[column.name] = str(draw(st.sampled_from(fitting)))
            case ColumnKind.NOTATION:
                row[column.name] = draw(st.sampled_from(NOTATIONS))
            case ColumnKind.CHOICE if column.name not in REFERENCES:
                row[column.name] = draw(st.sampled_from(column.choices))
            case ColumnKind.DAY | ColumnKind.MOMENT if column.name not in REFERENCES:
                row[column.name] = "2024-07-20" if column.required else ""
            case ColumnKind.FLAG:
                row[column.name] = "false"
            case _:
                row[column.name] = REFERENCES.get(column.name, "x" if column.required else "")
    if kind == "quantities":
        of = draw(
            st.sampled_from([("orders", n) for n in QUANTITIES] + [("meters", n) for n in METERS])
        )
        row |= {"value_case_id": of[0], "name": of[1]}
    elif kind == "mechanisms":
        row["definition"] = definition(
            draw(st.sampled_from(ODD)),
            draw(
                st.sampled_from(["0", "hours * wage_per_hour * odd", "hours * wage_per_hour / odd"])
            ),
        )
    elif kind == "projects":
        row |= {"project": OTHER, "currency": draw(st.sampled_from(["EUR", "JPY"]))}
    elif kind in ("metric_results", "evaluations"):
        row["metric"] = draw(st.sampled_from(["wape", "mse", "coverage", "recall", "bias", "own"]))
    elif kind == "prediction_log":
        row["y_pred"] = draw(st.sampled_from(["1e308", "-1e308", "nan", "inf", "yes", "1"]))
    elif kind == "labels":
        row["y_true"] = draw(st.sampled_from(["1e308", "-1e308", "nan", "-inf", "no", "0"]))
    return kind, row


def within(column, number):
    """Whether a column takes a number."""
    return (
        (column.low is None or number >= column.low)
        and (column.high is None or number <= column.high)
        and abs(number) <= column.largest
    )


@settings(
    max_examples=N_EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example is short as it is
)
@given(st.lists(rows(), min_size=6, max_size=16))
def test_whatever_one_project_holds_every_answer_is_a_number_or_says_why_not(
    stocked, tmp_path_factory, written
):
    folder, said = stocked
    with copied(folder, tmp_path_factory) as workspace:
        for kind, row in written:
            receipt = write(workspace, kind, row)
            event(f"{kind} {receipt.status}")
            choices = {"questions": {"__all__": {"choices"}}}  # a class of the file may be "nan"
            assert unfit(receipt.model_dump(mode="json", exclude=choices), "receipt") == []
        client = Client()
        now = routes_read(client, SHOP)
        assert {k: v for k, v in now.items() if SHOP in k} == said
        routes_read(client, OTHER)
        for project in (SHOP, OTHER):
            assert unfit(questions_asked(workspace, project), project) == []


@pytest.fixture
def shops(stocked, tmp_path_factory):
    with copied(stocked[0], tmp_path_factory) as workspace:
        yield workspace


def wage(text):
    return {"value_case_id": "meters", "name": "wage_per_hour", "written": text}


def test_what_one_token_sends_of_its_project_is_refused_and_nobody_notices(shops, stocked):
    """The quantity that took every project's KPIs and health down."""
    receipt = write(shops, "quantities", wage("1e300 to 1e308 EUR/hour"))
    assert receipt.status is Status.REJECTED
    assert [(r.code, r.column) for r in receipt.rejects] == [("rule", "written")]
    assert {k: v for k, v in routes_read(Client(), SHOP).items() if SHOP in k} == stocked[1]


def test_numbers_that_an_older_version_stored_are_not_available_with_a_reason(shops, stocked):
    with shops.store.writer() as writer:
        seq = int(writer.rows("last_seq")[0]["seq"]) + 1
        add_batch(writer, seq, project=OTHER)
        minimal = {"project": OTHER, "source": "", "owner": ""}
        writer.append(QuantityRecord, seq, [minimal | wage("1e300 to 1e308 EUR/hour")])
        (old,) = writer.table(Kpi, OTHER)
        large = {"baseline": 1.7e308, "target": -1.7e308, "value_case_id": "orders"}
        writer.append(Kpi, seq, [{c.name: (old | large)[c.name] for c in columns(Kpi)}])
    client = Client()
    assert {k: v for k, v in routes_read(client, SHOP).items() if SHOP in k} == stocked[1]
    routes_read(client, OTHER)
    health = {row["value_case"]: row for row in client.get("/api/v1/health").json()}
    assert health["meters"]["value_rate"] is health["meters"]["planned_rate"] is None
    case = valuation.case_value(shops, OTHER, "meters")
    assert "The number is too large" in case.problem
    assert unfit(questions_asked(shops, OTHER)) == []
    assert undo(shops.acting_as("ada"), SHOP, newest_batch(shops, SHOP)).status is Status.COMMITTED


ERRORS = [
    OverflowError("math range error"), ZeroDivisionError("division by zero"),
    FloatingPointError("overflow encountered"), InputError("Its numbers do not fit."),
    IndexingError("Too many indexers"), np.linalg.LinAlgError("SVD did not converge"),
    KeyError("wape"),
]  # fmt: skip
PLACES = [
    (valuing, "worth", lambda mechanism, *_, **__: mechanism.id == "meter_reading"),
    (valuation, "_inputs", lambda mechanism, *_: mechanism.id == "meter_reading"),
    (valuation, "mechanism_of", lambda _, project, __: project == OTHER),
    (kpis, "standing", lambda *_, direction, **__: direction == "lower"),
    (portfolio, "rates_of", lambda _, project, *__, **___: project == OTHER),
    (portfolio, "health_of", lambda deployment, **_: deployment.deployment_id == "meters"),
    (deployments, "_other", lambda _, project, *__: project.project == OTHER),
]


@pytest.mark.parametrize(
    ("module", "name", "is_hit", "error"),
    [(*place, error) for place, error in zip(PLACES, ERRORS, strict=True)],
    ids=[f"{name}-{type(e).__name__}" for (_, name, _), e in zip(PLACES, ERRORS, strict=True)],
)
def test_what_cannot_be_computed_of_one_case_takes_no_other_down(
    shops, stocked, monkeypatch, module, name, is_hit, error
):
    """Also an import and an undo of that very project say truthfully what was stored."""
    compute, hits = getattr(module, name), []

    def failing(*arguments, **more):
        if is_hit(*arguments, **more):
            hits.append(name)
            raise error
        return compute(*arguments, **more)

    monkeypatch.setattr(module, name, failing)
    with shops.store.writer() as writer:  # else what was computed before is told
        writer.execute("DELETE FROM kept_figures")
    client = Client()
    assert all(row["health"] for row in client.get("/api/v1/health").json())
    kpis_told = {row["project"]: row for row in client.get("/api/v1/kpis").json()}
    assert kpis_told.keys() == {SHOP, OTHER}
    assert client.get("/api/v1/metrics").status_code == 200
    assert {line.project for line in deployments.deployments(shops, None)} == {SHOP, OTHER}
    assert {line.project for line in portfolio.portfolio(shops).lines} == {SHOP, OTHER}
    assert hits
    receipt = write(shops, "quantities", wage("31"))
    assert (receipt.status, receipt.accepted) == (Status.COMMITTED, 1)
    undone = undo(shops.acting_as("ada"), OTHER, receipt.batch)
    assert undone.status is Status.COMMITTED
    assert unfit(undone.model_dump(mode="json")) == []
    assert {k: v for k, v in routes_read(client, SHOP).items() if SHOP in k} == stocked[1]


def test_an_effect_that_cannot_be_computed_is_said_and_the_rows_are_stored(shops, monkeypatch):
    def failing(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(kpi_effects, "kpis_moved_by", failing)
    answer = Client().upload(
        b"value_case_id,name,written\nmeters,wage_per_hour,32\n",
        f"/api/v1/projects/{OTHER}/imports", kind="quantities", confirm_restatement="true",
    )  # fmt: skip
    told = answer.json()
    assert (answer.status_code, told["status"], told["effect"]) == (201, "committed", [])
    (warning,) = [w for w in told["warnings"] if w["code"] == "effect-unknown"]
    assert warning["message"] == (
        "The effect on KPIs is not available: It could not be computed; the server's log says why."
    )
    stored = registers.records(shops, OTHER, "quantities")
    assert [r["written"] for r in stored if r["name"] == "wage_per_hour"] == ["32"]
    undone = undo(shops.acting_as("ada"), OTHER, told["batch"])
    assert (undone.status, undone.effect) == (Status.COMMITTED, [])
    assert "effect-unknown" in {w.code for w in undone.warnings}


def newest_batch(workspace, project):
    return batches.receipts(workspace, project)[0]["receipt"].batch
