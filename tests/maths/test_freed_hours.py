"""Freed hours: how many of them really are, and how many are paid no more."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.proof.freed_hours import Destination, HoursReason, freed_hours
from tests.maths.series import holds_at_least, neighbours_alike, times

N = times(120, 3000)


def weeks(rng, n, phi, cashable):
    freed = 40 + 8 * neighbours_alike(rng, n, phi)
    overtime = 0.5 * cashable * freed + 2 * neighbours_alike(rng, n, phi)
    staffing = 0.5 * cashable * freed + 2 * neighbours_alike(rng, n, phi)
    return freed, {
        Destination.OVERTIME: overtime,
        Destination.STAFFING: staffing,
        Destination.BACKLOG: freed - overtime - staffing - 4,
    }


@pytest.mark.slow
@pytest.mark.parametrize(("n", "phi"), [(8, 0.0), (16, 0.5), (40, 0.4)])
def test_the_cashable_share_holds_the_truth_as_often_as_it_states(n, phi):
    rng = np.random.default_rng(4)
    shares = realised = told = 0
    for _ in range(N):
        hours = freed_hours(*weeks(rng, n, phi, 0.3), 80 + 4 * rng.normal(size=1)
                            + 4 * rng.normal(size=200))  # fmt: skip
        if hours.cashable is None:
            continue
        told += 1
        shares += not hours.cashable.excludes(0.3)
        realised += not hours.realised.excludes(0.5)
    assert told > 0.8 * N
    assert holds_at_least(shares, told)
    assert holds_at_least(realised, told)


def test_what_nobody_can_place_is_told():
    hours = freed_hours(*weeks(np.random.default_rng(1), 30, 0.2, 0.4), [60.0])
    assert hours.unaccounted == pytest.approx(4 / hours.mean)
    assert set(hours.shares) == {
        Destination.OVERTIME, Destination.STAFFING, Destination.BACKLOG,
    }  # fmt: skip
    placed = sum(share.mean for share in hours.shares.values())
    assert placed + hours.unaccounted == pytest.approx(1.0)
    both = hours.shares[Destination.OVERTIME].mean + hours.shares[Destination.STAFFING].mean
    assert hours.cashable.mean == pytest.approx(both)


def test_without_overtime_or_staffing_nothing_is_said_to_be_paid_no_more():
    freed, places = weeks(np.random.default_rng(1), 30, 0.2, 0.4)
    hours = freed_hours(freed, {Destination.BACKLOG: places[Destination.BACKLOG]}, [60.0])
    assert hours.cashable is None
    assert freed_hours(freed, {}, [60.0]).shares == {}


def test_a_share_that_is_the_same_every_week_is_exact():
    freed = np.array([30.0, 34.0, 28.0, 31.0, 29.0] * 4)
    hours = freed_hours(freed, {Destination.STAFFING: freed / 4}, [20.0])
    assert (hours.cashable.low, hours.cashable.high) == (0.25, 0.25)


@pytest.mark.parametrize(
    ("freed", "implied", "reason"),
    [
        ([], [10.0], HoursReason.FEW_PERIODS),
        ([40.0], [10.0], HoursReason.FEW_PERIODS),
        ([np.nan] * 20, [10.0], HoursReason.FEW_PERIODS),
        ([40.0] * 20, [10.0], HoursReason.NO_NOISE),
        ([5.0, -5.0] * 10, [10.0], HoursReason.NONE_FREED),
        ([-50.0, -45.0] * 10, [10.0], HoursReason.NONE_FREED),
        ([50.0, 45.0, 47.0] * 5, [-10.0, 10.0], HoursReason.NOTHING_IMPLIED),
        ([50.0, 45.0, 47.0] * 5, [0.0], HoursReason.NOTHING_IMPLIED),
    ],
)
def test_what_cannot_be_said_has_a_reason(freed, implied, reason):
    hours = freed_hours(freed, {Destination.OVERTIME: np.array(freed) / 2}, implied)
    assert hours.reason is reason
    assert hours.realised is None


def test_shapes_that_differ_and_hours_without_number_are_refused():
    with pytest.raises(InputError, match="for every period"):
        freed_hours([1.0, 2.0], {Destination.BACKLOG: [1.0]}, [1.0])
    with pytest.raises(InputError, match="finite"):
        freed_hours([1.0], {}, [np.nan])
    with pytest.raises(InputError, match="too large"):
        freed_hours([np.inf] * 9, {}, [1.0])
