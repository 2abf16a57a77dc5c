"""A figure of value keeps range, unit, moment and grade in every file, answer and command.

Whatever is new and brings a number is unknown to the lists below, and fails until somebody says
what it is.
"""

from __future__ import annotations

import csv
import io
import json

import pytest
from python_calamine import CalamineWorkbook

from mlpm_core.cli import main
from mlpm_core.records import KINDS
from mlpm_core.services.admin.exports import export, tables
from mlpm_core.services.lifecycle import close_workspace, open_workspace
from mlpm_core.services.session.settings import Settings
from tests.http_client import Client
from tests.stores import copied

WORKSHOP, DEMAND = "bike-shop-workshop", "bike-shop-demand"
ENDS = ("_p10", "_p90")
ENDS_OF_PROOFS = ("_low", "_high")  # 19 times in 20
DIMENSIONS = {"revenue", "cost_saving", "cycle_time", "people_intensity", "customer_experience"}
# Each figure with the columns of its unit, of its moment, and of its grade; a plan has no grade.
FIGURES = {
    "kpi_values": {
        "value": ("unit", "as_of", "grade"),
        "planned": ("unit", None, None),
        "proven": ("unit", "proven_as_of", "proven_grade"),
    },
    "health": {
        "value_rate": ("unit", "as_of", "grade"),
        "value_gap": ("unit", "as_of", "grade"),
        "value_after_actual_cost": ("unit", "as_of", "grade"),
        "planned_rate": ("unit", None, None),
    },
    "proven": {
        "measured_change": ("unit", "as_of", "grade"),
        "implied_change": ("unit", "as_of", "implied_grade"),
    },
    "decisions": {
        "realised": ("realised_unit", "realised_when", "realised_grade"),
        "promised": ("promised_unit", "decided_on", None),
        "promised_as_measured": ("promised_as_measured_unit", "decided_on", None),
    },
    "decision_options": {
        name: (f"{name}_unit", None, None) for name in {"net", "measured"} | DIMENSIONS
    },
}
# Numbers that are no figure of value, and what they are instead.
OTHERS = {
    "baseline": "what somebody wrote down", "target": "what somebody wrote down",
    "age_days": "the age of results", "actual_cost_rate": "what was recorded as spent",
    "planned_cost_rate": "what the value case says", "proof_held_out": "a share that was decided",
    "proof_effect": "what is planned to be seen", "proof_weeks": "a time that was planned",
    "proof_chance": "a chance that was planned", "probability_of_loss": "a chance",
    "p_best": "a chance", "expected_regret": "the mean of a loss",
    "superseded_by": "a name", "measured": "what the business counted", "model_version": "a name",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory, demo_folder):
    close_workspace()
    folder = copied(demo_folder, tmp_path_factory.mktemp("grades") / "store")
    yield open_workspace(Settings(data=folder, demo=True))
    close_workspace()


def is_number(cell):
    if cell in ("", None) or isinstance(cell, bool):
        return False
    try:
        float(cell)
    except (TypeError, ValueError):
        return False
    return True


def ends_of(table, name):
    return ENDS_OF_PROOFS if "proven" in (table, name) else ENDS


def without(rows, table):
    """What the rows of a table lack of what a figure must bring."""
    faults = set()
    figures = FIGURES.get(table, {})
    ends = {f"{name}{end}" for name in figures for end in ends_of(table, name)}
    if table == "kpi_values":  # the ends of its value have no other name since the first version
        ends |= {"p10", "p90"}
    for row in rows:
        for name, cell in row.items():
            if not is_number(cell) or name in OTHERS or name in ends:
                continue
            if name not in figures:
                faults.add(f"{table}.{name} is a number that nobody has said anything of")
                continue
            low, high = (
                ("p10", "p90") if (table, name) == ("kpi_values", "value") else
                tuple(f"{name}{end}" for end in ends_of(table, name))
            )  # fmt: skip
            unit, moment, grade = figures[name]
            needed = [low, high, unit, moment, grade]
            lack = [n for n in needed if n is not None and row.get(n) in ("", None)]
            faults |= {f"{table}.{name} comes without {n}" for n in lack}
            if not lack and not float(row[low]) <= float(cell) <= float(row[high]):
                faults.add(f"{table}.{name} lies outside of its range")
    return faults


@pytest.mark.parametrize("project", [WORKSHOP, DEMAND])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_no_file_loses_the_range_unit_moment_or_grade_of_a_figure(demo, project, file_format):
    computed = [t for t in tables() if t not in KINDS and not t.endswith("_history")]
    assert set(computed) | {"decisions"} == set(FIGURES), "say what a new table holds"
    for table in FIGURES:
        data = export(demo.acting_as("ada"), project, table, file_format).data
        if file_format == "csv":
            rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        else:
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            header, *cells = book.get_sheet_by_name("Table").to_python()
            rows = [dict(zip(header, row, strict=True)) for row in cells]
            about = dict(book.get_sheet_by_name("About").to_python())
            assert "A: cases held out at random" in about["Grades"]
            assert about["As of (UTC)"]
        assert without(rows, table) == set()
    assert bool(rows) is (project == DEMAND)  # whose decision has options


def test_what_was_proven_and_the_hours_that_were_freed_are_exported_with_their_grades(demo):
    def rows(project):
        data = export(demo.acting_as("ada"), project, "proven", "csv").data
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))

    told = {(r["subject"], r["design"]): r for r in rows(DEMAND)}
    assert told["stock-out-margin", "experiment"]["grade"] == "A"
    desks = told["planner-hours", "staggered roll-out"]
    assert (desks["grade"], desks["verdict"], desks["implied_grade"]) == ("B", "works", "C")
    assert float(desks["implied_change_high"]) < float(desks["measured_change_low"]) < 0
    hours, share = rows(WORKSHOP)
    assert (hours["unit"], hours["grade"], hours["implied_grade"]) == ("hour/week", "D", "C")
    assert (share["unit"], share["implied_change"]) == ("share", "")
    assert float(share["measured_change"]) == pytest.approx(0.2176, abs=1e-4)  # added up by hand
    assert float(hours["measured_change"]) == pytest.approx(44.723, abs=1e-3)


@pytest.mark.parametrize(("path", "table"), [("kpis", "kpi_values"), ("health", "health")])
def test_no_answer_loses_them_either(demo, path, table):
    rows = Client().get(f"/api/v1/{path}").json()
    assert len(rows) >= 2
    assert without(rows, table) == set()


def test_every_number_of_an_answer_is_a_figure_with_its_range_or_said_to_be_none():
    """Routes that answer with something else than a list of such rows are none of figures."""
    document = Client().get("/api/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    rows_of = {"KpiAnswer": "kpi_values", "HealthAnswer": "health"}
    no_figures = {"Project", "SourceAnswer", "Receipt"}
    answered = set()
    for path, methods in document["paths"].items():
        for answer in methods.get("get", {}).get("responses", {}).values():
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            ref = schema.get("items", schema).get("$ref", "")
            if ref and path.startswith("/api/v1/"):
                answered.add(ref.rpartition("/")[2])
    with_numbers = {
        name
        for name in answered - no_figures
        if any('"number"' in json.dumps(p) for p in schemas[name].get("properties", {}).values())
    }
    chances = {"EstimateAnswer"}  # its amounts are percentiles, P10 to P95
    for name in chances:
        told = schemas[name]["properties"].items()
        assert all(k.startswith("p_") for k, v in told if '"number"' in json.dumps(v))
    assert with_numbers - chances == set(rows_of), "say which figures a new answer brings"


def test_the_numbers_that_prometheus_collects_have_ends_grade_and_age(demo):
    lines = Client().get("/api/v1/metrics").text.splitlines()
    by_name = {}
    for line in lines:
        if line[:1] != "#":
            name, _, labels = line.partition("{")
            by_name.setdefault(name, []).append(labels.rpartition("}")[0])
    money = {n for n in by_name if n.startswith("mlpm_") and "value" in n}
    assert money == {
        "mlpm_value_rate", "mlpm_value_rate_p10", "mlpm_value_rate_p90",
        "mlpm_value_rate_end_seconds",
    }  # fmt: skip
    for name in ("mlpm_value_rate", "mlpm_value_rate_p10", "mlpm_value_rate_p90"):
        assert len(by_name[name]) == 2
        assert all('currency="EUR",grade="C"' in labels for labels in by_name[name])
    assert len(by_name["mlpm_value_rate_end_seconds"]) == 2


def numbers_without_ends(document, where=""):
    """Objects that give a mean without P10, P90; and a unit, their own or of the document."""
    if isinstance(document, dict):
        if "mean" in document:
            lack = {"p10", "p90"} - set(document)
            yield from (f"{where} lacks {n}" for n in lack)
        for name, value in document.items():
            yield from numbers_without_ends(value, f"{where}.{name}")


def test_the_commands_that_value_something_say_unit_range_and_that_it_is_a_plan(capsys, tmp_path):
    choice = tmp_path / "choice.toml"
    choice.write_text(
        'mechanism = "demand_forecast"\n[quantities]\nperiods = "10.4k"\nmean_demand = "120"\n'
        'wape_baseline = "0.3"\nmargin = "5 EUR"\ngoodwill = "1"\noverage = "2"\n'
        'lead_time_hours = "3 day"\noverride_share_baseline = "0.25"\n'
        'override_share_model = "0.15"\noverride_minutes = "6 min"\n'
        '[options.none]\n[options.forest.quantities]\nwape_model = "0.22 to 0.32"\n'
    )
    shop = ["periods=10.4k", "mean_demand=120", "wape_baseline=0.3", "margin=5 EUR", "goodwill=1"]
    shop += ["overage=2", "lead_time_hours=3 day", "override_share_baseline=0.25"]
    shop += ["override_share_model=0.15", "override_minutes=6 min", "wape_model=0.22 to 0.28"]
    asked = [part for text in shop for part in ("-q", text)]
    for command in (["value", "demand_forecast", *asked], ["information", str(choice)]):
        assert main([*command, "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert list(numbers_without_ends(document)) == []
        assert document["grade"] is None
        assert document["rests_on"] == "quantities as written; nothing of it is measured"
        assert "EUR/year" in (document.get("unit"), document.get("net", {}).get("unit"))


def test_what_an_import_does_to_a_kpi_has_range_and_grade(demo):
    """A preview of a file of results, as the route and the command print it."""
    text = (
        "model_id,model_version,metric,value,n,period_start,granularity,source\n"
        "demand-forecast,1.0,wape,0.4,756,2026-06-22,P1W,production\n"
    )
    told = Client().upload(
        text.encode(),
        f"/api/v1/projects/{DEMAND}/imports",
        dry_run="true",
        confirm_restatement="true",
    )
    effects = told.json()["effect"]
    assert effects, told.text
    for effect in effects:
        assert effect["grade"] == "C"
        for moment in ("before", "after"):
            low, high = effect[f"{moment}_p10"], effect[f"{moment}_p90"]
            assert low <= effect[moment] <= high
