"""Measured beside implied of a stored KPI: which periods count, since when, and what is missing."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from mlpm_core.services.in_life.come_true import come_true
from mlpm_core.services.in_life.kpi_proof import Reason, Side, Verdict, kpi_proof
from mlpm_core.services.in_life.kpi_view import kpi_view
from pages.parts.in_life.kpi_proof import sentence
from tests.monitored_shop import QUANTITIES, SHOP, clock, in_use, kpi, planned, results, save
from tests.services.test_kpi_view import measured

FIRST, LIVE = np.datetime64("2023-01-02"), 60
"""A Monday, and how many weeks later the model went live."""


def weeks(values):
    days = FIRST + 7 * np.arange(len(values))
    return [f"{day},{value:.0f},P1W" for day, value in zip(days, values, strict=True)]


@pytest.fixture
def shop(workspace):
    """In use from the 61st week on, at an error of 0.24 in each of 30 weeks."""
    planned(workspace, "2024-10-01")
    in_use(workspace, str(FIRST + 7 * LIVE))
    rows = [f"{FIRST + 7 * (LIVE + n)},0.24,P1W,final" for n in range(30)]
    results(workspace, "\n".join(rows))
    kpi(workspace, "revenue", "higher")
    return workspace


def implied(workspace):
    return kpi_view(workspace, SHOP, "revenue").implied[-1].level - 400_000


def series(change, seed=3):
    values = 400_000 + np.random.default_rng(seed).normal(0, 4_000, LIVE + 30)
    values[LIVE:] += change
    return weeks(values)


def test_a_change_as_large_as_implied_supports_and_another_contradicts(shop):
    change = implied(shop)
    measured(shop, "revenue", *series(change))
    proof = kpi_proof(shop, SHOP, "revenue", "P1W")
    seen = proof.agreement
    assert proof.live_at == datetime(2024, 2, 26)
    assert (seen.verdict, seen.n_before, seen.n_after) == (Verdict.SUPPORTS, LIVE, 30)
    assert seen.implied.mean == pytest.approx(change)
    assert seen.measured.low < change < seen.measured.high


def test_nothing_gained_where_much_is_implied_contradicts_for_the_worse(shop):
    measured(shop, "revenue", *series(0.0))
    seen = kpi_proof(shop, SHOP, "revenue", "P1W").agreement
    assert (seen.verdict, seen.side) == (Verdict.CONTRADICTS, Side.WORSE)


def test_the_week_in_which_the_model_went_live_counts_neither_before_nor_after(shop):
    in_use(shop, str(FIRST + 7 * LIVE + 3))
    measured(shop, "revenue", *series(implied(shop)))
    seen = kpi_proof(shop, SHOP, "revenue", "P1W").agreement
    assert (seen.n_before, seen.n_after) == (LIVE, 29)


def test_without_weeks_before_it_says_so(shop):
    measured(shop, "revenue", *series(0.0)[LIVE:])
    seen = kpi_proof(shop, SHOP, "revenue", "P1W").agreement
    assert (seen.verdict, seen.reason) == (Verdict.CANNOT_TELL, Reason.NO_BEFORE)


def test_weeks_that_are_measured_and_not_implied_do_not_count_after(shop):
    rows = series(implied(shop))
    later = FIRST + 7 * (LIVE + 30)
    measured(shop, "revenue", *rows, f"{later},1,P1W")
    assert kpi_proof(shop, SHOP, "revenue", "P1W").agreement.n_after == 30


def test_weeks_that_begin_on_other_days_are_not_forced_into_one_row(shop):
    measured(shop, "revenue", *series(0.0)[:40], "2023-11-01,400000,P1W")
    assert kpi_proof(shop, SHOP, "revenue", "P1W").agreement is None


def test_without_a_model_or_for_another_length_nothing_is_claimed(workspace):
    clock(workspace, "2024-10-01")
    kpi(workspace, "returns", "lower", value_case_id="", baseline=10, target=8)
    measured(workspace, "returns", *weeks(range(20)))
    proof = kpi_proof(workspace, SHOP, "returns", "P1W")
    assert (proof.agreement, proof.links, proof.problem) == (None, {}, None)
    assert kpi_proof(workspace, SHOP, "returns", "P1M").agreement is None


def another_case(workspace):
    save(
        workspace, "value_cases",
        {"value_case_id": "web", "title": "Web orders", "mechanism": "demand_forecast",
         "model_id": "m"},
    )  # fmt: skip
    save(
        workspace, "quantities",
        *({"value_case_id": "web", "name": n, "written": w}
          for n, w in (QUANTITIES | {"margin": "4 to 6"}).items()),
    )  # fmt: skip


def test_another_case_that_may_move_the_kpi_too_is_not_left_out_without_a_word(shop):
    """Two cases each gave half of what was measured: held against one of them it contradicted."""
    change = implied(shop)
    measured(shop, "revenue", *series(2 * change))
    alone = kpi_proof(shop, SHOP, "revenue", "P1W").agreement
    assert (alone.verdict, alone.side) == (Verdict.CONTRADICTS, Side.BETTER)
    another_case(shop)
    proof = kpi_proof(shop, SHOP, "revenue", "P1W")
    seen = proof.agreement
    assert (seen.verdict, seen.reason) == (Verdict.CANNOT_TELL, Reason.OTHER_CASES)
    assert proof.also == ("Web orders",)
    assert proof.beside.mean == pytest.approx(alone.measured.mean - change, rel=0.05)
    text = sentence(seen, proof, "EUR/year", "week")
    assert "“Web orders” changes the same dimension" in text
    assert "alters the verdict, so there is none" in text
    assert come_true(shop).cases == ()
    kpi(shop, "web-revenue", "higher", value_case_id="web")
    seen = kpi_proof(shop, SHOP, "revenue", "P1W").agreement
    assert seen.verdict is Verdict.CONTRADICTS
    web = kpi_view(shop, SHOP, "web-revenue").implied[-1]
    width = alone.measured.high - alone.measured.low + (web.high - web.low) * 1.959964 / 1.281552
    assert proof.beside.high - proof.beside.low == pytest.approx(width, rel=0.03)


def test_a_verdict_that_another_case_cannot_alter_is_said(shop):
    measured(shop, "revenue", *series(5 * implied(shop)))
    another_case(shop)
    proof = kpi_proof(shop, SHOP, "revenue", "P1W")
    seen = proof.agreement
    assert (seen.verdict, seen.side, seen.reason) == (Verdict.CONTRADICTS, Side.BETTER, None)
    assert sentence(seen, proof, "EUR/year", "week").endswith("and the verdict is the same.")
    assert come_true(shop).cases == ()  # measured is still what both did


def test_what_another_case_did_before_the_model_came_is_no_change_since(shop):
    """The other case has run since the first week: it is in before and after alike."""
    change = implied(shop)
    another_case(shop)
    save(shop, "models", {"model_id": "w"})
    save(shop, "value_cases", {"value_case_id": "web", "title": "Web orders",
                               "mechanism": "demand_forecast", "model_id": "w"})  # fmt: skip
    in_use(shop, str(FIRST), model_id="w", deployment_id="w1")
    rows = [f"{FIRST + 7 * n},0.24,P1W,final" for n in range(LIVE + 30)]
    results(shop, "\n".join(rows), model="w")
    measured(shop, "revenue", *series(change))
    proof = kpi_proof(shop, SHOP, "revenue", "P1W")
    assert proof.agreement.verdict is Verdict.SUPPORTS
    assert proof.beside.mean == pytest.approx(proof.agreement.measured.mean)


def test_a_mean_over_cases_is_not_added_to_that_of_other_cases(shop):
    kpi(shop, "hours", "lower", dimension="people_intensity", unit="hour/kcase")
    another_case(shop)
    kpi(shop, "web-revenue", "higher", value_case_id="web")
    measured(shop, "hours", *series(-90_000))
    proof = kpi_proof(shop, SHOP, "hours", "P1W")
    assert (proof.agreement.reason, proof.beside) == (Reason.OTHER_CASES, None)
    assert "cannot be added" in sentence(proof.agreement, proof, "hour/kcase", "week")


def test_an_owner_who_says_that_there_is_no_season_is_told_sooner(shop):
    """40 weeks are too few to take a yearly season out; without one they are enough."""
    change = implied(shop)
    measured(shop, "revenue", *series(change)[LIVE - 25 : LIVE + 15])
    seen = kpi_proof(shop, SHOP, "revenue", "P1W").agreement
    assert (seen.verdict, seen.reason) == (Verdict.CANNOT_TELL, Reason.SEASON_UNSEEN)
    kpi(shop, "revenue", "higher", season="none")
    proof = kpi_proof(shop, SHOP, "revenue", "P1W")
    seen = proof.agreement
    assert (seen.verdict, seen.cycles) == (Verdict.SUPPORTS, ())
    text = sentence(seen, proof, "EUR/year", "week")
    assert "no season, as its owner says" in text
