"""From a dimension to a KPI that can be counted, and the break-even that stands in for it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.planning.conditions import conditions, least_move
from mlpm_core.planning.kpi_templates import kpi_templates, read_kpi_templates
from mlpm_core.planning.measuring import FEWEST_WEEKS, measured, weeks_to_measure
from mlpm_core.planning.proxy import Proxy, ProxyState
from mlpm_core.quantity import Dimension
from mlpm_core.value.kpi import kpi_units
from mlpm_core.value.mechanism import find_mechanism, mechanisms
from mlpm_core.value.typical import Move, moves, typical_worth
from mlpm_core.value.worth import worth

# The mechanisms of docs/formulas.md.
TWELVE = {
    "targeted_intervention", "fraud_blocking", "triage_automation", "demand_forecast", "ranking",
    "predictive_maintenance", "visual_inspection", "eta", "pricing", "assistant_deflection",
    "uplift_targeting", "credit_approval",
}  # fmt: skip
TODAY = date(2026, 6, 30)
TRIAGE = {
    "population": "50k", "coverage": "0.62", "selective_error": "0.015", "human_error": "0.03",
    "human_minutes": "8", "audit_share": "0.05", "audit_minutes": "4", "wage_per_hour": "32",
    "cashable": "0.5", "cost_per_error": "25", "run_cost_per_case": "0.04",
    "human_wait_hours": "20", "automatic_wait_hours": "0.1",
}  # fmt: skip
ENTRY = """
[waits]
name = "Hours to wait"
dimension = "cycle_time"
unit = "hour/case"
direction = "lower"
mechanisms = ["eta"]
count = "From order to promise."
where = "order system"
spread = 0.2
"""


def by_dimension():
    by_name = {dimension: [] for dimension in Dimension}
    for candidate in kpi_templates().values():
        by_name[candidate.dimension].append(candidate)
    return by_name


def test_every_dimension_has_four_candidates_of_names_of_their_own():
    for dimension, found in by_dimension().items():
        assert len(found) >= 4, dimension
    names = [c.name for c in kpi_templates().values()]
    assert len(set(names)) == len(names)


def test_every_candidate_names_mechanisms_of_the_catalogue_and_a_unit_a_kpi_may_have():
    for candidate in kpi_templates().values():
        assert set(candidate.mechanisms) <= TWELVE, candidate.id
        assert candidate.unit_in("CHF") in kpi_units(candidate.dimension, "CHF")
    assert {m for c in kpi_templates().values() for m in c.mechanisms} == TWELVE


@pytest.mark.parametrize("mechanism", mechanisms().values(), ids=lambda m: m.id)
def test_a_mechanism_has_candidates_where_it_can_help_and_none_where_it_cannot(mechanism):
    """By the formulas over the typical range of every input: no draw above 0 is no help."""
    told = typical_worth(mechanism).worth.kpis
    for dimension, found in by_dimension().items():
        is_named = any(mechanism.id in c.mechanisms for c in found)
        can_help = bool((told[dimension].samples > 0).any())
        if moves(mechanism)[dimension] in (Move.BETTER, Move.EITHER):
            assert is_named, dimension
        if is_named:
            assert can_help, dimension


def test_signs_follow_the_formulas():
    """M1: revenue is a product of positives, costs and work only grow, cycle 0.

    M11: annoyance only adds bad experiences. M3: revenue is 0 by its formula.
    """
    moved = moves(find_mechanism("M1"))
    assert list(moved.values())[:4] == [Move.BETTER, Move.WORSE, Move.NONE, Move.WORSE]
    assert moves(find_mechanism("M11"))[Dimension.CUSTOMER_EXPERIENCE] is Move.WORSE
    assert moves(find_mechanism("M3"))[Dimension.REVENUE] is Move.NONE


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("hour/case", "EUR/year"), "does not fit cycle time"),
        (('["eta"]', "[]"), "at least one mechanism"),
        (('["eta"]', '"eta"'), "list of ids"),
        (("spread = 0.2", "spread = 20"), "spread is 20"),
        (("spread = 0.2", 'spread = "much"'), "spread must be a number"),
        (("spread = 0.2", "spread = 0.2\nwithin = 0"), "within is 0"),
        (("lower", "down"), "'down'"),
        (("cycle_time", "speed"), "'speed'"),
        (("where =", "were ="), "Did you mean where"),
        (('count = "From order to promise."\n', ""), "waits has no count"),
        (('"order system"', '" "'), "where must be a text"),
        (("[waits]", "[waits"), "no TOML"),
    ],
)
def test_a_wrong_candidate_is_refused_with_its_name(change, told):
    assert read_kpi_templates(ENTRY)["waits"].weeks() == 13
    with pytest.raises(InputError, match=told.replace("[", r"\[")):
        read_kpi_templates(ENTRY.replace(*change))


def test_weeks_by_hand():
    """Student's t at 95 %: 12 df 1.782, 11 df 1.796 (any table).

    1.782 * 0.2 / sqrt(13) = 0.0988 is within 0.1, 1.796 * 0.2 / sqrt(12) = 0.1037 is not.
    1.729 * 0.5 / sqrt(20) = 0.1933 (19 df); 1.734 * 0.5 / sqrt(19) = 0.1989 (18 df) is within 0.2,
    1.740 * 0.5 / sqrt(18) = 0.2051 (17 df) is not.
    """
    assert weeks_to_measure(0.2, 0.1) == 13
    assert weeks_to_measure(0.5, 0.2) == 19
    assert weeks_to_measure(0, 0.1) == FEWEST_WEEKS


def test_five_weeks_always_hold_a_month_s_end_and_four_do_not():
    def holds(start, weeks):
        days = [start + timedelta(i) for i in range(7 * weeks)]
        return any((day + timedelta(1)).day == 1 for day in days)

    mondays = [date(2024, 1, 1) + timedelta(7 * i) for i in range(300)]
    assert all(holds(monday, FEWEST_WEEKS) for monday in mondays)
    assert not all(holds(monday, FEWEST_WEEKS - 1) for monday in mondays)
    assert not holds(date(2026, 3, 2), 4)


@given(spread=st.floats(0.01, 2), within=st.floats(0.03, 1), confidence=st.floats(0.5, 0.99))
def test_weeks_are_just_enough(spread, within, confidence):
    weeks = weeks_to_measure(spread, within, confidence=confidence)

    def half_width(n):
        return stats.t.ppf((1 + confidence) / 2, n - 1) * spread / np.sqrt(n)

    assert half_width(weeks) <= within * (1 + 1e-9)
    assert weeks == FEWEST_WEEKS or half_width(weeks - 1) > within * (1 - 1e-9)


def test_the_mean_of_so_many_weeks_is_within_nine_times_in_ten():
    """10,000 baselines of 13 weeks with spread 0.2: their own intervals hold the truth in 0.9.

    The share has a standard error of 0.003.
    """
    rng = np.random.default_rng(20260630)
    weeks = weeks_to_measure(0.2, 0.1)
    means = [measured(rng.normal(50, 10, weeks)) for _ in range(10_000)]
    held = np.mean([abs(m.mean - 50) <= m.within * m.mean for m in means])
    assert held == pytest.approx(0.9, abs=0.012)
    assert np.mean([abs(m.mean - 50) <= 0.1 * 50 for m in means]) > 0.9


@pytest.mark.parametrize(
    ("spread", "within", "confidence"),
    [(-0.1, 0.1, 0.9), (11, 0.1, 0.9), (float("nan"), 0.1, 0.9), (0.1, 0, 0.9), (0.1, 0.1, 1)],
)
def test_weeks_out_of_range_are_refused(spread, within, confidence):
    with pytest.raises(InputError):
        weeks_to_measure(spread, within, confidence=confidence)


def test_own_weeks_replace_the_usual_spread_once_there_are_enough():
    """Mean 22, sd sqrt(40/4) = 3.1623, t(4) = 2.1318: 2.1318 * .14374 / sqrt(5) = .13704.

    For 0.1 a spread of .14374 needs 8 weeks: 1.8946 * .14374 / sqrt(8) = .0963, and 7 weeks give
    1.9432 * .14374 / sqrt(7) = .1056.
    """
    baseline = measured([20, 24, 22, 18, 26])
    assert (baseline.weeks, baseline.mean) == (5, 22)
    assert baseline.within == pytest.approx(0.13704, abs=1e-5)
    assert baseline.weeks_left(0.1, usual_spread=0.5) == 3
    assert baseline.weeks_left(0.2, usual_spread=0.5) == 0
    steady = measured([20, 20.1])
    assert steady.weeks_left(0.2, usual_spread=0.5) == 17
    assert measured([20]).weeks_left(0.2, usual_spread=0.5) == 18
    assert measured([0, 0, 0]).within is None
    with pytest.raises(NotEnoughDataError):
        measured([])
    with pytest.raises(InputError, match="no finite number"):
        measured([1, float("inf")])


@pytest.mark.parametrize(
    ("proxy", "state"),
    [
        (Proxy(""), ProxyState.NONE),
        (Proxy(" ", expires_on=date(2020, 1, 1)), ProxyState.NONE),
        (Proxy("x"), ProxyState.OPEN),
        (Proxy("x", expires_on=TODAY), ProxyState.OPEN),
        (Proxy("x", expires_on=TODAY - timedelta(1)), ProxyState.EXPIRED),
        (Proxy("x", "Ada", TODAY, TODAY - timedelta(1)), ProxyState.AGREED),
        (Proxy("x", "Ada", TODAY - timedelta(900)), ProxyState.AGREED),
        (Proxy("x", "Ada", None, TODAY - timedelta(1)), ProxyState.EXPIRED),
        (Proxy("x", "", TODAY, TODAY - timedelta(1)), ProxyState.EXPIRED),
        (Proxy("x", "Ada", TODAY + timedelta(1), TODAY + timedelta(9)), ProxyState.OPEN),
        (Proxy("x", "Ada", TODAY + timedelta(1), TODAY - timedelta(1)), ProxyState.EXPIRED),
    ],
)
def test_a_proxy_that_nobody_agreed_to_expires_the_day_after(proxy, state):
    assert proxy.state(TODAY) is state
    assert bool(proxy.sentence(TODAY)) is (state is not ProxyState.NONE)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-21, "not agreed, expired 3 weeks ago: agree to it or replace it."),
        (-1, "not agreed, expired 1 day ago: agree to it or replace it."),
        (-13, "not agreed, expired 13 days ago: agree to it or replace it."),
        (0, "not agreed yet: agree to it by 30 Jun 2026, today, or it stops counting."),
        (31, "not agreed yet: agree to it by 31 Jul 2026, in 4 weeks, or it stops counting."),
    ],
)  # fmt: skip
def test_a_proxy_says_how_long_it_has(days, told):
    assert Proxy("less waiting.", expires_on=TODAY + timedelta(days)).sentence(TODAY) == (
        f"Provisional KPI for less waiting, {told}"
    )


def test_an_agreed_proxy_says_by_whom():
    sentence = Proxy("less waiting", "Ines", date(2026, 6, 1), date(2026, 6, 2)).sentence(TODAY)
    assert sentence == "Provisional KPI for less waiting, agreed by Ines on 1 Jun 2026."


def test_conditions_of_the_triage_example_by_hand():
    """Value notes 5.3: saving per case (8 - .05 * 4) / 60 * 32 = 4.16.

    coverage = .04 / (4.16 * .5 + .015 * 25) = .0162933; from .62 that is 97.4 % down.
    selective_error = .03 + (2.08 - .04 / .62) / 25 = .1106194; from .015 that is 7.37 times.
    """
    listed = conditions(worth(find_mechanism("M3"), TRIAGE))
    coverage, error = listed[:2]
    assert coverage.zero_at == pytest.approx(0.0162933, abs=1e-6)
    assert coverage.margin == pytest.approx(1 - 0.0162933 / 0.62, abs=1e-5)
    assert coverage.sentence("EUR") == (
        "The model pays when coverage is at least 0.01629; typical is 0.4 to 0.8. It is assumed "
        "to be 0.62: "
        "it may fall by 97%, and the model still pays."
    )
    assert error.sentence("EUR") == (
        "The model pays when error rate of automatic cases is at most 0.1106; typical is 0.005 to "
        "0.05. It is assumed to be 0.015: it may rise to 7.4 times that, and the model still pays."
    )
    assert not listed[2].is_metric
    margins = [abs(c.margin) for c in listed[2:] if c.margin is not None]
    assert margins == sorted(margins)


def test_a_condition_that_does_not_hold_says_what_it_takes():
    """M11: break-even (0.8 + 5 * .12) / 60 = .0233333; uplift .02 is 17 % short."""
    given_ = {
        "population": "100k", "share_treated": "0.3", "uplift_at_k": "0.02",
        "conversion_treated_at_k": "0.12", "value": "60", "contact_cost": "0.8", "incentive": "5",
        "contact_minutes": "2", "annoyance": "0.01",
    }  # fmt: skip
    first, second, *rest = conditions(worth(find_mechanism("M11"), given_))
    assert first.margin == pytest.approx(-(0.0233333 / 0.02 - 1), abs=1e-4)
    assert "It is assumed to be 0.02: it must rise by 17% before the model pays." in first.sentence(
        "EUR"
    )
    assert second.label == "Conversion of the treated top group"
    price = next(c for c in rest if c.name == "contact_cost")
    assert "at most 0.6 EUR per contact" in price.sentence("EUR")
    assert "it must fall by 25% before" in price.sentence("EUR")


def test_an_input_that_decides_nothing_is_told_so():
    by_name = {c.name: c for c in conditions(worth(find_mechanism("M3"), TRIAGE))}
    wait = by_name["human_wait_hours"]
    assert (wait.zero_at, wait.margin, wait.reason) == (None, None, "Net does not depend on it.")
    assert wait.sentence("EUR") == (
        "With everything else as assumed, the model pays, and no wait by hand makes it a loss."
    )


def test_the_break_even_as_a_move_of_the_kpi_by_hand():
    """At coverage .0162933 of 20 - .1 hours saved each: .324236 h per case; at .62 12.338."""
    move = least_move(worth(find_mechanism("M3"), TRIAGE), Dimension.CYCLE_TIME)
    assert move.least == pytest.approx(0.0162933 * 19.9, abs=1e-5)
    assert (move.taken, move.through) == (pytest.approx(12.338), "Coverage")
    assert least_move(worth(find_mechanism("M3"), TRIAGE), Dimension.REVENUE) is None


def test_what_is_given_replaces_what_is_typical_and_a_default_is_no_assumption():
    typical = typical_worth(find_mechanism("M3"), {"coverage": "0.5", "cashable": ""})
    assert "coverage" not in typical.assumed
    assert "uptake" not in typical.assumed
    assert {"cashable", "population"} <= set(typical.assumed)
    assert typical.worth.quantities["uptake"].median == 1
    full = typical_worth(find_mechanism("M3"), TRIAGE)
    assert full.assumed == ()
    assert full.worth.net.mean == pytest.approx(74_105)
