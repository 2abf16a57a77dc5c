"""A KPI beside its controls: changes are found, shared ones are not, and doubtful ones refused."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.proof.control_series import ControlReason, ControlVerdict, controlled_change
from tests.maths.series import holds_at_least, is_size, neighbours_alike, times


def market(rng, n, phi=0.4, n_controls=2):
    """A KPI and controls that share a season and a random course."""
    shared = np.cumsum(0.5 * rng.normal(size=n)) + 3 * np.sin(2 * np.pi * np.arange(n) / 52)
    controls = np.stack([shared + 0.3 * rng.normal(size=n) for _ in range(n_controls)])
    return controls.mean(axis=0) + neighbours_alike(rng, n, phi), controls


@pytest.mark.slow
@pytest.mark.parametrize(("n", "live_at", "phi"), [(30, 20, 0.0), (60, 40, 0.4), (60, 40, 0.7)])
def test_the_change_beside_controls_holds_the_truth_as_often_as_it_states(n, live_at, phi):
    rng = np.random.default_rng(3)
    many = times(50, 1500)
    held = told = wrong = refused = 0
    for _ in range(many):
        kpi, controls = market(rng, n, phi)
        seen = controlled_change(kpi, controls, live_at)
        wrong += seen.verdict is not ControlVerdict.CANNOT_TELL
        refused += seen.change is None
        if seen.change is not None:
            told += 1
            held += not seen.change.excludes(0.0)
    assert holds_at_least(held, told)
    assert is_size(wrong, many)
    assert refused / many < 0.35


def test_what_happens_to_all_is_no_change_of_one():
    rng = np.random.default_rng(5)
    kpi, controls = market(rng, 60)
    boom = 8.0 * (np.arange(60) >= 40)
    assert controlled_change(kpi + boom, controls + boom, 40).verdict is ControlVerdict.CANNOT_TELL
    assert controlled_change(kpi + boom, controls, 40).verdict is ControlVerdict.ROSE
    assert controlled_change(kpi - boom, controls, 40).verdict is ControlVerdict.FELL


def test_a_kpi_that_left_its_controls_before_the_model_is_refused():
    rng = np.random.default_rng(6)
    kpi, controls = market(rng, 60)
    seen = controlled_change(kpi + 12 * np.arange(60) / 60, controls, 40)
    assert (seen.reason, seen.change) == (ControlReason.PRE_TRENDS_DIFFER, None)


def test_a_change_before_the_model_is_refused():
    rng = np.random.default_rng(8)
    kpi, controls = market(rng, 80, phi=0.0)
    early = 6.0 * ((np.arange(80) >= 24) & (np.arange(80) < 46))
    seen = controlled_change(kpi + early, controls, 60)
    assert seen.reason in (ControlReason.PLACEBO_IN_TIME, ControlReason.PRE_TRENDS_DIFFER)
    assert seen.change is None
    assert any(p.control is None and not p.is_passed for p in seen.placebos)


def test_a_control_that_changed_with_the_model_is_refused():
    rng = np.random.default_rng(9)
    kpi, controls = market(rng, 60, n_controls=3)
    controls[1] += 5.0 * (np.arange(60) >= 40)
    seen = controlled_change(kpi, controls, 40)
    assert (seen.reason, seen.change) == (ControlReason.PLACEBO_ON_CONTROLS, None)


@pytest.mark.parametrize(
    ("kpi", "controls", "live_at", "reason"),
    [
        ([], [], 0, ControlReason.NO_CONTROLS),
        (range(40), [], 20, ControlReason.NO_CONTROLS),
        (range(40), [[1.0, 2.0] * 20], 0, ControlReason.FEW_BEFORE),
        (range(40), [[1.0, 2.0] * 20], 40, ControlReason.FEW_AFTER),
        ([5.0] * 40, [[1.0, 2.0] * 20], 20, ControlReason.NO_NOISE),
        ([1.0, 2.0] * 20, [[1.0, 2.0] * 20], 20, ControlReason.NO_NOISE),
        ([np.nan] * 40, [[1.0, 2.0] * 20], 20, ControlReason.FEW_BEFORE),
    ],
)
def test_what_cannot_be_said_has_a_reason(kpi, controls, live_at, reason):
    seen = controlled_change(list(kpi), controls, live_at)
    assert (seen.reason, seen.change) == (reason, None)


def test_what_is_no_series_is_refused():
    for kpi, controls, live_at in [
        ([1.0], [[1.0, 2.0]], 0),
        ([1.0], [[1.0]], 5),
        ([np.inf], [], 0),
    ]:
        with pytest.raises(InputError, match=r"\.$"):
            controlled_change(kpi, controls, live_at)
