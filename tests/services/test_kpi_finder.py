"""The guided path through the store: candidates, baseline, proxy, break-even, value case."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.planning import kpi_templates
from mlpm_core.quantity import Dimension
from mlpm_core.services.in_life import portfolio
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan import kpi_finder, proxies
from mlpm_core.services.session.settings import Settings
from mlpm_core.value.mechanism import mechanisms
from tests.stores import copied

TUESDAY = date(2026, 6, 30)
WAITS = "time-to-result"
NUMBERS = {
    "population": "50k", "coverage": "0.62", "selective_error": "0.015", "human_error": "0.03",
    "human_minutes": "8", "audit_share": "0.05", "audit_minutes": "4", "wage_per_hour": "32",
    "cashable": "0.5", "cost_per_error": "25", "run_cost_per_case": "0.04",
    "human_wait_hours": "20", "automatic_wait_hours": "0.1",
}  # fmt: skip


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A project that lives on Tuesday 30 June 2026 and has nothing else."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    save(
        workspace, "projects",
        {"project": "shop", "title": "Desk", "currency": "CHF", "clock_on": TUESDAY},
    )  # fmt: skip
    yield workspace
    workspace.close()


def save(workspace, kind, *rows):
    receipt = registers.save(workspace.acting_as("ada"), "shop", kind, rows)
    assert receipt.status == "committed", receipt.rejects


def written(workspace, **changed):
    told = {"stands_for": "less waiting", "expires_on": date(2026, 9, 30)} | changed
    receipt = proxies.write_proxy(workspace.acting_as("ada"), "shop", WAITS, **told)
    assert receipt.status == "committed", receipt.rejects
    return receipt


def record(workspace):
    (row,) = registers.records(workspace, "shop", "kpis")
    return row


def test_a_project_without_a_kpi_is_offered_candidates_of_what_is_wanted_most(shop):
    view = kpi_finder.kpi_finder(shop, "shop")
    assert (view.title, view.has_kpi, view.kpis, view.wanted_most) == ("Desk", False, (), None)
    assert sum(view.n_candidates.values()) <= len(kpi_templates())
    assert min(view.n_candidates.values()) >= 3
    save(
        shop, "stakeholders",
        {"stakeholder_id": "ines", "name": "Ines", "influence": 4, "cycle_time": 60,
         "revenue": 40},
    )  # fmt: skip
    assert kpi_finder.kpi_finder(shop, "shop").wanted_most is Dimension.CYCLE_TIME


@pytest.mark.parametrize("dimension", Dimension)
def test_candidates_come_with_mechanisms_that_move_the_dimension(shop, dimension):
    found = kpi_finder.candidate_views(shop, "shop", dimension)
    assert found
    for view in found:
        assert view.candidate.dimension is dimension
        assert "money" not in view.unit
        assert view.weeks >= 5
        assert view.mechanisms
        assert (view.record, view.sentence) == (None, "")
        for mechanism in view.mechanisms:
            assert mechanism.id in view.candidate.mechanisms
            assert mechanism.moves[dimension] in (kpi_finder.Move.BETTER, kpi_finder.Move.EITHER)
            asked = mechanisms()[mechanism.id].inputs_for(None)
            assert [a.label for a in mechanism.asks] == [e.label for e in asked]


def test_the_plan_of_a_baseline_by_hand(shop):
    """Spread 0.2: 13 weeks for 10 %, the first from Monday 6 July, the last to Sunday 4 October.

    5 weeks for 20 %: t(4) 2.132 * 0.2 / sqrt(5) = 0.191.
    """
    plan = proxies.baseline_plan(shop, "shop", WAITS, within=0.1)
    assert (plan.weeks, plan.weeks_left, plan.measured) == (13, 13, None)
    assert (plan.first_on, plan.last_on) == (date(2026, 7, 6), date(2026, 10, 4))
    assert plan.expires_on == date(2026, 11, 1)
    sheet = proxies.weekly_sheet(plan).splitlines()
    assert sheet[:2] == ["week_start,value,note", "2026-07-06,,"]
    assert (len(sheet), sheet[-1]) == (14, "2026-09-28,,")
    assert proxies.baseline_plan(shop, "shop", WAITS, within=0.2).weeks == 5


def test_weeks_that_were_counted_shorten_or_lengthen_the_plan(shop):
    """Mean 22, spread .14374: 8 weeks for 10 %, 3 more (test_guide_maths)."""
    sheet = "week_start,value,note\n2026-05-25,20,\n2026-06-01,24,\n2026-06-08,22,strike\n"
    told = sheet + "2026-06-15,18\n26\n2026-06-29,,\n\n"
    plan = proxies.baseline_plan(shop, "shop", WAITS, within=0.1, weekly=told)
    assert (plan.measured.weeks, plan.measured.mean) == (5, 22)
    assert (plan.weeks, plan.weeks_left) == (8, 3)
    assert plan.last_on == date(2026, 7, 26)
    done = proxies.baseline_plan(shop, "shop", WAITS, within=0.3, weekly=told)
    assert (done.weeks_left, done.last_on) == (0, TUESDAY)
    assert proxies.weekly_sheet(done) == "week_start,value,note\n"


@pytest.mark.parametrize("line", ["a lot", "2026-06-01,much,", "nan", "inf", "12 %", "1 EUR"])
def test_a_week_that_is_no_number_is_named(shop, line):
    with pytest.raises(InputError, match="Line 2 of the weekly values") as caught:
        proxies.baseline_plan(shop, "shop", WAITS, within=0.1, weekly=f"20\n{line}\n")
    assert "one number a line" in str(caught.value)


def test_weeks_are_read_as_people_write_them(shop):
    """1,200 is twelve hundred; 1.200 may be either and is asked."""
    plan = proxies.baseline_plan(shop, "shop", WAITS, within=0.1, weekly="1,200\n1.3k\n")
    assert (plan.measured.weeks, plan.measured.mean) == (2, 1250)
    with pytest.raises(InputError, match=r"Line 2 of the weekly values is '1\.200'"):
        proxies.baseline_plan(shop, "shop", WAITS, within=0.1, weekly="20\n1.200\n")


def test_a_proxy_is_written_with_a_receipt_and_its_baseline_later(shop):
    receipt = written(shop)
    assert (receipt.actor, receipt.kind, receipt.accepted) == ("ada", "kpis", 1)
    row = record(shop)
    assert (row["baseline"], row["target"], row["value_case_id"]) == (None, None, "")
    assert (row["title"], row["unit"]) == ("Hours from arrival to result", "hour/case")
    assert row["definition"] == kpi_templates()[WAITS].count
    (view,) = [
        v for v in kpi_finder.candidate_views(shop, "shop", Dimension.CYCLE_TIME) if v.id == WAITS
    ]
    assert view.record.kpi_id == WAITS
    assert view.sentence.startswith("Provisional KPI for less waiting, not agreed yet")
    assert kpi_finder.kpi_finder(shop, "shop").has_kpi

    save(shop, "kpis", row | {"agreed_by": "Ines", "agreed_on": TUESDAY})
    written(shop, baseline=22.0, target=15.0, owner="Tom", counted="Mean of 8 weeks.")
    row = record(shop)
    assert (row["baseline"], row["target"], row["owner"]) == (22.0, 15.0, "Tom")
    assert row["definition"].endswith("Mean of 8 weeks.")
    assert (row["agreed_by"], row["agreed_on"]) == ("Ines", TUESDAY)
    written(shop, baseline=22.0, target=14.0)
    assert record(shop)["definition"].endswith("Mean of 8 weeks.")


def test_an_expired_proxy_leaves_the_project_without_a_kpi(shop):
    written(shop, expires_on=date(2026, 6, 29))
    view = kpi_finder.kpi_finder(shop, "shop")
    assert (view.has_kpi, view.kpis[0].counts) == (False, False)
    assert "expired 1 day ago" in view.kpis[0].sentence


def test_what_cannot_be_written_is_refused(shop):
    with pytest.raises(InputError, match="what the provisional KPI stands for"):
        written(shop, stands_for=" ")
    with pytest.raises(NotFoundError, match="time-to-result"):
        proxies.write_proxy(
            shop.acting_as("ada"), "shop", "time-to-resul", stands_for="x", expires_on=TUESDAY
        )
    save(
        shop, "kpis",
        {"kpi_id": WAITS, "title": "Waits", "dimension": "cycle_time", "unit": "hour/case",
         "direction": "lower", "baseline": 1, "target": 1},
    )  # fmt: skip
    with pytest.raises(InputError, match="Waits is already a KPI of this project"):
        written(shop)


def test_the_break_even_stands_on_what_is_typical_until_a_case_has_numbers(shop):
    """Value notes 5.3 by hand: coverage .0162933, so 19.9 h * .0162933 = .3242 h per case."""
    view = kpi_finder.break_even(shop, "shop", "triage_automation", WAITS)
    assert (view.value_case_id, view.problem) == ("", "")
    assert len(view.assumed) == len(NUMBERS)
    assert view.sentences[0].startswith("The model pays when coverage is at least ")
    assert view.quantities == ()  # the others are far from theirs
    letters = kpi_finder.break_even(shop, "shop", "targeted_intervention", "customers-lost")
    assert len(letters.quantities) == 3
    assert any("incentive is at most 5.181 CHF per customer" in s for s in letters.sentences)

    started = proxies.start_case(shop.acting_as("ada"), "shop", "triage_automation")
    rows = [
        {"value_case_id": started.value_case_id, "name": name, "written": text}
        for name, text in NUMBERS.items()
    ]
    save(shop, "quantities", *rows)
    view = kpi_finder.break_even(shop, "shop", "triage_automation", WAITS)
    assert (view.value_case_id, view.assumed) == ("triage-automation", ())
    assert view.metrics[0].zero_at == pytest.approx(0.0162933, abs=1e-6)
    assert (view.least.through, view.least.least) == ("Coverage", pytest.approx(0.3242, abs=1e-4))
    assert view.probability_of_loss == 0


def test_the_least_move_is_told_in_the_unit_of_the_kpi(shop):
    """Cost saving a week is that of a year times 7 / 365.25."""
    assert kpi_templates()["pay-by-hand"].unit == "money/week"
    started = proxies.start_case(shop.acting_as("ada"), "shop", "triage_automation")
    rows = [
        {"value_case_id": started.value_case_id, "name": name, "written": text}
        for name, text in NUMBERS.items()
    ]
    save(shop, "quantities", *rows)
    least = kpi_finder.break_even(shop, "shop", "triage_automation", "pay-by-hand").least
    assert least.least == 0
    assert least.taken == pytest.approx(74_105 * 7 / 365.25)


def test_numbers_that_cannot_be_are_told_instead_of_a_break_even(shop):
    started = proxies.start_case(shop.acting_as("ada"), "shop", "credit_approval")
    rows = [
        {"value_case_id": started.value_case_id, "name": name, "written": text}
        for name, text in {"precision": "0.05", "recall": "0.9", "prevalence": "0.5"}.items()
    ]
    save(shop, "quantities", *rows)
    view = kpi_finder.break_even(shop, "shop", "credit_approval", WAITS)
    assert view.problem
    assert (view.net, view.sentences) == (None, ())


def test_a_case_is_started_with_the_only_model_and_named_in_its_kpi(shop):
    save(shop, "models", {"model_id": "desk"})
    written(shop)
    first = proxies.start_case(shop.acting_as("ada"), "shop", "triage_automation", WAITS)
    assert first.value_case_id == "triage-automation"
    assert [(r.kind, r.status) for r in first.receipts] == [
        ("value_cases", "committed"), ("kpis", "committed"),
    ]  # fmt: skip
    (case,) = registers.records(shop, "shop", "value_cases")
    assert (case["model_id"], case["mechanism"]) == ("desk", "triage_automation")
    assert record(shop)["value_case_id"] == "triage-automation"

    second = proxies.start_case(shop.acting_as("ada"), "shop", "triage_automation", WAITS)
    assert (second.value_case_id, len(second.receipts)) == ("triage-automation-2", 1)
    assert record(shop)["value_case_id"] == "triage-automation"


def test_a_proxy_names_the_one_case_that_moves_it(shop):
    proxies.start_case(shop.acting_as("ada"), "shop", "triage_automation")
    proxies.start_case(shop.acting_as("ada"), "shop", "demand_forecast")
    written(shop, baseline=20.0)
    assert record(shop)["value_case_id"] == "triage-automation"
    (kpi,) = portfolio.project_view(shop, "shop").kpis
    assert (kpi.value_case_id, kpi.baseline, kpi.planned) == ("triage-automation", 20, None)
