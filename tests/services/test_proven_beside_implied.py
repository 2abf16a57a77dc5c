"""What was proven with a control beside what is implied: of one kind, over one time, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest

from mlpm_core.in_life.periods import Period
from mlpm_core.proof.interval import Interval
from mlpm_core.proof.staggered import Rollout, RolloutVerdict
from mlpm_core.services.in_life.implied_levels import ImpliedLevel
from mlpm_core.services.in_life.proven_beside_implied import beside_implied, proven_level
from mlpm_core.services.in_life.rollouts import KpiRollout

FIRST = datetime(2024, 7, 1)
WEEKS = [Period(FIRST + timedelta(weeks=n), "P1W") for n in range(4)]


def view(unit="hour/kcase", baseline=17.0, weeks=WEEKS):
    """Implied is 12 with P10 and P90 one off, so 1.53 off 19 times in 20."""
    levels = tuple(ImpliedLevel(week, 12.0, 11.0, 13.0) for week in weeks)
    return SimpleNamespace(kpi=SimpleNamespace(baseline=baseline, unit=unit), implied=levels)


def measured(mean, half=0.43):
    change = None if mean is None else Interval(mean, mean - half, mean + half)
    return KpiRollout(
        "hours", "Hours", False, "hour/kcase", (), Rollout(RolloutVerdict.FELL, 9, 5, 0, change),
        None, 14, date(2024, 7, 1), None, True, WEEKS[-1].end, ("B1",),
    )  # fmt: skip


@pytest.mark.parametrize(("mean", "is_less"), [(-2.7, True), (-4.0, None), (-9.0, False)])
def test_less_or_more_than_implied_is_said_beyond_chance_only(mean, is_less):
    shown = view()
    found = beside_implied(shown.kpi, shown.implied, measured(mean))
    assert found.is_less is is_less
    assert (found.implied.mean, found.difference.mean) == (-5.0, pytest.approx(mean + 5))
    assert found.implied.high == pytest.approx(-5 + 1.529, abs=1e-3)  # 1.959964 / 1.281552
    assert found.difference.high - found.difference.mean == pytest.approx(1.589, abs=1e-3)


@pytest.mark.parametrize(
    ("shown", "proven"),
    [
        (view(unit="EUR/year"), measured(-2.7)),  # an amount of some units is not that of all
        (view(baseline=None), measured(-2.7)),
        (view(weeks=[Period(FIRST - timedelta(weeks=5), "P1W")]), measured(-2.7)),
        (view(), measured(None)),
    ],
)
def test_what_is_not_of_one_kind_and_time_is_not_compared(shown, proven):
    assert beside_implied(shown.kpi, shown.implied, proven) is None


def level(*proofs, newest_on=None, **more):
    shown = view(**more)
    return proven_level(shown.kpi, shown.implied, proofs, newest_on)


def test_what_was_proven_to_be_less_is_where_the_kpi_stands():
    """17 hours without the model less the 2.7 that were proven, not less the 5 implied."""
    found = level(measured(-2.7))
    assert (found.level, found.low, found.high) == pytest.approx((14.3, 13.87, 14.73))
    assert (found.grade, found.until) == ("B", WEEKS[-1].end)


@pytest.mark.parametrize("mean", [-4.0, -9.0])
def test_what_chance_explains_or_is_more_leaves_what_is_implied(mean):
    assert level(measured(mean)) is None


def test_nothing_is_proven_before_its_day_by_an_older_model_or_of_another_kind():
    assert level(replace(measured(-2.7), is_due=False)) is None
    assert level(measured(-2.7), newest_on=WEEKS[-1].end.date()) is None
    assert level(measured(-2.7), newest_on=FIRST.date()) is not None
    assert level(measured(-2.7), unit="EUR/year") is None
    assert level() is None


def test_the_strongest_proof_that_can_be_compared_decides():
    """One of as much as implied stands before a weaker one of less; one without a figure no."""
    assert level(measured(-4.0), measured(-2.7)) is None
    assert level(measured(None), measured(-2.7)).level == pytest.approx(14.3)
