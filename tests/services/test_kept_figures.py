"""What is kept of a value is what would be computed: after every write, undo, day and restart."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import FIRST_MECHANISM
from mlpm_core.services.admin import backups
from mlpm_core.services.in_life import portfolio as portfolio_service
from mlpm_core.services.in_life.portfolio import portfolio
from mlpm_core.services.in_life.portfolio_export import health_json, kpis_json
from mlpm_core.services.ingest import registers, undo
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.session.workspace import Workspace
from mlpm_core.services.valuation import valuing
from mlpm_core.services.valuation.value_cases import kept_cases, project_cases
from mlpm_core.store import Figures
from mlpm_core.value.kept import Revaluation
from tests.stores import copied

SHOP, CASE = "bike-shop-demand", "daily-orders"
PROJECTS = (SHOP, "bike-shop-workshop", "bike-shop-winback")
AT_A_RATE = "4.5 to 5 USD at 0.9 EUR/USD on 2026-06-01"


def put(workspace, kind, text, project=SHOP):
    receipt = import_file(
        workspace.acting_as("ada"), project, kind, "f.csv", text.encode(),
        profile=Profile(restatement="confirm"),
    )  # fmt: skip
    assert receipt.status == "committed", receipt
    return receipt.batch


def save(workspace, kind, project=SHOP, **row):
    receipt = registers.save(workspace.acting_as("ada"), project, kind, [row])
    assert receipt.status == "committed", receipt
    return receipt.batch


def plan(workspace):
    save(workspace, "quantities", value_case_id=CASE, name="wape_model", written="0.2 to 0.29")


def exchange(workspace):
    save(workspace, "quantities", value_case_id=CASE, name="margin", written=AT_A_RATE)


def running(workspace):
    save(workspace, "quantities", value_case_id=CASE, name="run_cost", written="20k to 30k")


def result(workspace):
    head = "project,model_id,metric,period_start,value,model_version,granularity,n,value_se\n"
    rows = f"{SHOP},demand-forecast,wape,2026-06-22,0.21,1.0,P1W,756,0.01\n"
    return put(workspace, "metric_results", head + rows)


def undone(workspace):
    undo.undo(workspace.acting_as("ada"), SHOP, result(workspace))


def day(workspace):
    (was,) = [p for p in workspace.store.projects() if p.project == SHOP]
    row = was.model_dump() | {"clock_on": "2026-08-20"}
    save(workspace, "projects", **{k: v for k, v in row.items() if k != "project"})


def baseline(workspace):
    rows = "project,value_case_id,title,mechanism,baseline,model_id\n"
    put(
        workspace,
        "value_cases",
        f"{rows}{SHOP},{CASE},Orders,demand_forecast,none,demand-forecast\n",
    )


def mechanism(workspace):
    for times in (1, 2):  # the second is another definition of the same
        text = FIRST_MECHANISM.replace("* wage_per_hour", f"* wage_per_hour * {times}")
        save(workspace, "mechanisms", mechanism_id="meter_reading", definition=text)
        if times == 1:
            save(workspace, "value_cases", value_case_id="meters", mechanism="meter_reading")
            numbers = {"coverage": "0.7 to 0.9", "readings": "100k", "typing_minutes": "1.5",
                       "wage_per_hour": "30"}  # fmt: skip
            for name, written in numbers.items():
                save(workspace, "quantities", value_case_id="meters", name=name, written=written)
            kept_cases(workspace, SHOP)


def opened(folder):
    return open_recovered(Settings(data=folder, demo=False))


def draws(worth):
    """What only the draws say."""
    return {
        "net": worth.net_by_draw,
        **{d.value: worth.kpi_by_draw(d) for d in worth.kpis},
        **{f"input {name}": drawn for name, drawn in worth.inputs_by_draw.items()},
        "costs": None if worth.costs is None else worth.costs.samples,
    }


def figures(worth):
    """Every figure of a worth."""
    if worth is None:
        return None
    names = ("net", "costs", "probability_of_loss", "feasible_share", "currency", "baseline")
    return {
        **{name: getattr(worth, name) for name in (*names, "draws", "seed", "notes")},
        "kpis": dict(worth.kpis),
        "annual": {d: worth.annual(d) for d in worth.kpis if d.value != "cycle_time"},
        "quantities": {name: q.text for name, q in worth.quantities.items()},
        "medians": {name: float(median) for name, median in worth.medians.items()},
    }


NAMES = (
    "value_case_id", "title", "baseline", "currency", "inputs", "problem", "as_of", "deployment",
    "batches", "granularities", "realisation", "unvalued", "redefined_at", "rests_on",
    "settled_net", "settled_loss", "differing", "uncounted", "years_in_use", "missing", "is_exact",
)  # fmt: skip


def shown(case):
    """Everything of a case but draws."""
    said = {name: getattr(case, name) for name in NAMES}
    return said | {"planned": figures(case.planned), "current": figures(case.current)}


def computed_anew(workspace):
    """Every case as it is without anything kept."""
    with workspace.store.reader() as reader:
        reader.figures = None
        return [
            case
            for project in PROJECTS
            for case in project_cases(reader, workspace.project(project), workspace.today(project))
        ]


def kept(workspace):
    return [case for project in PROJECTS for case in kept_cases(workspace, project).values()]


@pytest.fixture
def folder(tmp_path, demo_folder):
    return copied(demo_folder, tmp_path)


@pytest.fixture
def n_computed(monkeypatch):
    """How many values were computed."""
    questions, compute = [], valuing._computed

    def counted(question):
        questions.append(question)
        return compute(question)

    monkeypatch.setattr(valuing, "_computed", counted)
    return questions


def equal(workspace):
    for mine, anew in zip(kept(workspace), computed_anew(workspace), strict=True):
        assert shown(mine) == shown(anew)


@pytest.mark.parametrize(
    "write",
    [None, plan, exchange, running, result, undone, day, baseline, mechanism],
    ids=lambda write: write.__name__ if write else "nothing",
)
def test_what_is_kept_is_what_would_be_computed(folder, n_computed, write):
    workspace = opened(folder)
    portfolio(workspace)
    if write is not None:
        write(workspace)
    equal(workspace)
    before = portfolio(workspace)
    workspace.close()
    again = opened(folder)
    n_computed.clear()
    overview = portfolio(again)
    assert n_computed == []
    assert overview.totals == before.totals
    assert [(x.health, x.current_rate, x.rate_range) for x in overview.lines] == [
        (x.health, x.current_rate, x.rate_range) for x in before.lines
    ]
    equal(again)
    again.close()


def test_draws_are_those_that_were_dropped(folder, monkeypatch):
    monkeypatch.setattr(Revaluation, "N_MADE", 0)
    workspace = opened(folder)
    for mine, anew in zip(kept(workspace), computed_anew(workspace), strict=True):
        for one, other in ((mine.planned, anew.planned), (mine.current, anew.current)):
            if one is None:
                assert other is None
                continue
            same = draws(other)
            for name, values in draws(one).items():
                np.testing.assert_array_equal(values, same[name], err_msg=name)
    workspace.close()


def test_a_write_values_what_it_changed_and_nothing_else(folder, n_computed):
    workspace = opened(folder)
    portfolio(workspace)
    n_computed.clear()
    plan(workspace)
    portfolio(workspace)
    assert [q.texts["wape_model"] for q in n_computed] == ["0.2 to 0.29"]
    n_computed.clear()
    save(workspace, "kpis", kpi_id="k", title="K", dimension="cost_saving", unit="EUR/year",
         direction="lower", baseline=1, target=0)  # fmt: skip
    portfolio(workspace)
    assert n_computed == []
    workspace.close()


def test_trends_are_kept_over_a_restart_and_made_anew_after_a_write(folder, monkeypatch):
    asked, rates = [], portfolio_service.rates_of

    def counted(reader, project, *more, **named):
        asked.append(project)
        return rates(reader, project, *more, **named)

    monkeypatch.setattr(portfolio_service, "rates_of", counted)
    workspace = opened(folder)
    before = kpis_json(workspace, None), health_json(workspace, None)
    n_trends = len(asked)
    workspace.close()
    asked.clear()
    again = opened(folder)
    assert (kpis_json(again, None), health_json(again, None)) == before
    assert asked == []
    plan(again)
    after = kpis_json(again, None)
    assert (set(asked), after != before[0]) == ({SHOP}, True)
    with again.store.writer() as writer:
        writer.execute("DELETE FROM kept_figures")
    again.close()
    asked.clear()
    last = opened(folder)
    assert kpis_json(last, None) == after
    assert n_trends >= len(asked)
    last.close()


def test_another_version_of_the_maths_computes_anew(folder, n_computed, monkeypatch):
    workspace = opened(folder)
    portfolio(workspace)
    workspace.close()
    n_computed.clear()
    monkeypatch.setattr(valuing, "maths_version", lambda: "another")
    again = opened(folder)
    portfolio(again)
    assert len(n_computed) == len(kept(again))
    again.close()


@pytest.mark.parametrize("damage", ["", "{}", "not json", '{"planned": null, "draws": {}}'])
def test_figures_that_cannot_be_read_are_computed(folder, n_computed, damage):
    workspace = opened(folder)
    portfolio(workspace)
    table = workspace.store.figures
    for of_place in table._places.values():
        for digest in of_place:
            of_place[digest] = Figures(damage, b"")
    workspace.answers.__init__()
    n_computed.clear()
    equal(workspace)
    assert n_computed
    workspace.close()


def test_the_table_may_be_deleted_at_any_time(folder, n_computed):
    workspace = opened(folder)
    portfolio(workspace)
    workspace.close()
    again = opened(folder)
    with again.store.writer() as writer:
        writer.execute("DELETE FROM kept_figures")
    n_computed.clear()
    equal(again)
    assert n_computed
    assert again.checks()[1].ok
    again.close()


def test_the_past_is_valued_and_keeps_nothing(folder, n_computed):
    workspace = opened(folder)
    portfolio(workspace)
    before = workspace.version
    plan(workspace)
    portfolio(workspace)
    n_computed.clear()
    past = workspace.as_of(f"B{before:05d}")
    for mine, anew in zip(kept(past), computed_anew(past), strict=True):
        assert shown(mine) == shown(anew)
    workspace.answers.__init__()
    n_computed.clear()
    portfolio(workspace)
    assert n_computed == []
    workspace.close()


def test_a_new_day_does_not_value_what_rests_on_the_same_results(folder, n_computed, monkeypatch):
    workspace = opened(folder)
    save(workspace, "projects", project="meters", title="Meters")
    for kind, row in (
        ("mechanisms", {"mechanism_id": "meter_reading", "definition": FIRST_MECHANISM}),
        ("value_cases", {"value_case_id": "m", "mechanism": "meter_reading"}),
        ("quantities", {"value_case_id": "m", "name": "coverage", "written": "0.7"}),
        ("quantities", {"value_case_id": "m", "name": "readings", "written": "100k"}),
        ("quantities", {"value_case_id": "m", "name": "typing_minutes", "written": "1.5"}),
        ("quantities", {"value_case_id": "m", "name": "wage_per_hour", "written": "30"}),
    ):
        save(workspace, kind, project="meters", **row)
    portfolio(workspace)
    monkeypatch.setattr(Workspace, "now", lambda self: datetime(2031, 1, 1))
    n_computed.clear()
    portfolio(workspace)
    assert n_computed == []
    workspace.close()


def test_an_error_of_ours_is_not_kept(folder, n_computed, monkeypatch):
    """What failed once, for whatever reason, is tried again; a fault of the numbers is not."""
    workspace = opened(folder)
    with workspace.store.writer() as writer:
        writer.execute("DELETE FROM kept_figures")
    with monkeypatch.context() as patched:
        patched.setattr(valuing, "worth", lambda *_, **__: 1 / 0)
        assert {case.planned for case in kept(workspace)} == {None}
    workspace.answers.__init__()
    assert {case.problem for case in kept(workspace)} == {None}
    baseline(workspace)
    portfolio(workspace)
    n_computed.clear()
    workspace.answers.__init__()
    assert [case.problem for case in kept(workspace) if case.problem] != []
    assert n_computed == []
    workspace.close()


CHANGES = {
    "a figure": "UPDATE kept_figures SET figures = "
    "regexp_replace(figures, '\"probability_of_loss\": [0-9.]+', '\"probability_of_loss\": 0.5')",
    "what is not chance": "UPDATE kept_figures SET figures = "
    "regexp_replace(figures, '\"window\": \\[([0-9]+), [-0-9.e+]+', '\"window\": [\\1, 1.0')",
    "a trend": "UPDATE kept_figures SET figures = "
    "regexp_replace(figures, '\"cost_saving\": [-0-9.e+]+', '\"cost_saving\": 1.5') "
    "WHERE value_case_id = 'daily-orders trend'",
    "draws": "UPDATE kept_figures SET draws = repeat('\\x00'::BLOB, octet_length(draws))",
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_verify_finds_figures_that_somebody_changed(folder, change):
    workspace = opened(folder)
    kpis_json(workspace, None)
    workspace.close()
    again = opened(folder)
    assert all(check.ok for check in backups.verify(again))
    with again.store.writer() as writer:
        writer.execute(CHANGES[change])
    (wrong,) = [check for check in backups.verify(again) if not check.ok]
    assert wrong.name == "figures"
    assert "Daily orders" in wrong.detail
    assert all(check.ok for check in backups.verify(again))
    again.close()
    last = opened(folder)
    equal(last)
    last.close()


@pytest.mark.parametrize(("times", "is_too_large"), [("exp(67)", False), ("exp(82)", True)])
def test_a_value_too_large_to_be_added_is_a_reason_and_is_in_no_sum(folder, times, is_too_large):
    """Draws that are added are kept in single precision, which ends at 3e38."""
    workspace = opened(folder)
    mechanism(workspace)
    text = FIRST_MECHANISM.replace("* wage_per_hour", f"* wage_per_hour * {times}")
    save(workspace, "mechanisms", mechanism_id="meter_reading", definition=text)
    case = kept_cases(workspace, SHOP)["meters"]
    assert (case.planned is None) is is_too_large
    if is_too_large:
        assert case.problem.startswith("The value is beyond 3e+38 a year for these inputs")
    assert all(np.isfinite(total.realised.mean) for total in portfolio(workspace).totals)
    workspace.close()
