"""Whether a KPI moves when a metric moves: seldom found where nothing is, never called proof."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.proof.link import LinkReason, link
from tests.maths.series import is_size, neighbours_alike, times


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "phi", "rise"), [(28, 0.0, 0), (40, 0.7, 0), (104, 0.9, 0), (60, 0.5, 8)]
)
def test_two_series_that_have_nothing_to_do_with_each_other_are_seldom_linked(n, phi, rise):
    rng = np.random.default_rng(5)
    many = times(150, 2000)
    trend = rise * np.arange(n) / n
    linked = sum(
        link(neighbours_alike(rng, n, phi) + trend, neighbours_alike(rng, n, phi) + trend).is_linked
        for _ in range(many)
    )
    assert is_size(linked, many)


def test_a_shared_season_is_no_link_once_it_was_seen_twice():
    rng = np.random.default_rng(6)
    season = 5 * np.sin(2 * np.pi * np.arange(60) / 12)
    linked = [
        link(season + rng.normal(size=60), season + rng.normal(size=60), cycles=(12,)).is_linked
        for _ in range(40)
    ]
    assert sum(linked) <= 6


def test_a_kpi_that_follows_its_metric_is_found_with_its_lag():
    rng = np.random.default_rng(7)
    for lag in (0, 1, 3):
        metric = neighbours_alike(rng, 80, 0.5)
        kpi = -3 * np.roll(metric, lag) + rng.normal(size=80)
        found = link(metric, kpi)
        assert found.is_linked
        assert found.strongest.lag == lag
        assert found.strongest.correlation < -found.band
        assert len(found.pairs) == 80 - lag
        assert found.is_proof is False


def test_the_same_series_get_the_same_answer():
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=50), rng.normal(size=50)
    assert link(x, y) == link(x, y)
    assert link(1e9 * x, 1e-9 * y).p_value == link(x, y).p_value


@pytest.mark.parametrize(
    ("metric", "kpi", "reason"),
    [
        ([], [], LinkReason.FEW_PERIODS),
        ([1.0], [2.0], LinkReason.FEW_PERIODS),
        ([np.nan] * 40, range(40), LinkReason.FEW_PERIODS),
        ([3.0] * 40, [1.0, 2.0] * 20, LinkReason.ALL_EQUAL),
        ([0.0] * 40, [0.0] * 40, LinkReason.ALL_EQUAL),
        (range(40), [1.0, 2.0] * 20, LinkReason.ALL_EQUAL),
        ([1.0, 3.0, 2.0] * 8, [1.0, 2.0] * 12, LinkReason.FEW_PERIODS),
    ],
)
def test_what_cannot_be_said_has_a_reason(metric, kpi, reason):
    found = link(list(metric), list(kpi))
    assert (found.is_linked, found.reason, found.strongest) == (False, reason, None)


def test_a_missing_week_is_no_pair():
    rng = np.random.default_rng(9)
    x = rng.normal(size=60)
    y = x + 0.3 * rng.normal(size=60)
    x[[4, 20]], y[33] = np.nan, np.nan
    found = link(x, y)
    assert (found.is_linked, found.n_pairs, len(found.pairs)) == (True, 57, 57)


def test_what_is_no_pair_of_series_is_refused():
    with pytest.raises(InputError, match="every period"):
        link([1.0, 2.0], [1.0])
    with pytest.raises(InputError, match="too large"):
        link([np.inf] * 3, [1.0] * 3)
    with pytest.raises(InputError, match="0 or more"):
        link([1.0], [1.0], longest_lag=-1)
