"""How much of what was implied came true, and what that says of the next case."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.proof.realisation_factor import ClosedCase, FactorReason, realisation_factor
from tests.maths.series import holds_at_least, times

N = times(120, 3000)
WRITTEN = np.linspace(50, 150, 1001)


def drawn(rng, n_cases, spread, doubt):
    """Cases whose factors lie around .6, and their true factors."""
    truths = 0.6 + spread * rng.normal(size=n_cases)
    implied = np.exp(rng.normal(size=n_cases))
    errors = 0.2 * implied * np.exp(0.5 * rng.normal(size=n_cases))
    told = implied * (1 + doubt * rng.normal(size=n_cases))
    measured = truths * implied + errors * rng.normal(size=n_cases)
    figures = zip(measured, errors, told, doubt * implied, strict=True)
    return [ClosedCase(f"case {i}", *map(float, f)) for i, f in enumerate(figures)], truths


@pytest.mark.slow
@pytest.mark.parametrize("doubt", [0.0, 0.2])
@pytest.mark.parametrize("spread", [0.0, 0.3])
@pytest.mark.parametrize("n_cases", [3, 8, 25])
def test_factors_hold_the_truth_as_often_as_they_state(n_cases, spread, doubt):
    rng = np.random.default_rng(1)
    mean_held = next_held = held = n_held = n = 0
    for _ in range(N):
        cases, truths = drawn(rng, n_cases, spread, doubt)
        factor = realisation_factor(cases)
        if factor.reason is not None:
            continue
        n += 1
        mean_held += not factor.portfolio.excludes(0.6)
        next_held += not factor.next_case.excludes(0.6 + spread * rng.normal())
        shrunk = [(c.shrunk, t) for c, t in zip(factor.cases, truths, strict=True) if c.shrunk]
        held += sum(not interval.excludes(truth) for interval, truth in shrunk)
        n_held += len(shrunk)
    assert n > 0.8 * N
    assert holds_at_least(mean_held, n)
    assert holds_at_least(next_held, n)
    assert held / n_held > 0.91


@pytest.mark.slow
def test_an_uncertain_implied_change_does_not_draw_the_factor_towards_zero():
    rng = np.random.default_rng(2)
    means = [realisation_factor(drawn(rng, 25, 0.1, 0.25)[0]).portfolio.mean for _ in range(60)]
    assert np.median(means) == pytest.approx(0.6, abs=0.04)


def test_a_case_is_drawn_towards_the_others_as_far_as_noise_explains_its_distance():
    cases = [ClosedCase(f"{i}", 60.0 + i, 4.0, 100.0) for i in range(6)]
    noisy, exact = ClosedCase("noisy", 120.0, 60.0, 100.0), ClosedCase("exact", 120.0, 1.0, 100.0)
    of_noisy, of_exact = (realisation_factor([*cases, c]).cases[-1] for c in (noisy, exact))
    assert of_noisy.own.mean == of_exact.own.mean == 1.2
    assert of_noisy.shrunk.mean < 0.75
    assert of_exact.shrunk.mean == pytest.approx(1.2, abs=0.02)
    assert of_noisy.shrunk.high - of_noisy.shrunk.low < of_noisy.own.high - of_noisy.own.low


def test_a_ratio_over_what_may_be_zero_is_not_told_and_moves_no_other():
    cases = [ClosedCase(f"{i}", 60.0 + 3 * i, 4.0, 100.0, 10.0) for i in range(5)]
    doubtful = ClosedCase("doubtful", 900.0, 1.0, 3.0, 2.0)
    nothing = ClosedCase("nothing", 5.0, 1.0, 0.0)
    factor = realisation_factor([*cases, doubtful, nothing])
    for case in factor.cases[-2:]:
        assert (case.own, case.shrunk) == (None, None)
        assert case.reason is FactorReason.IMPLIED_NEAR_ZERO
    assert factor.n_cases == 5
    assert factor.portfolio == realisation_factor(cases).portfolio


def test_the_interval_of_one_ratio_is_fiellers():
    """Fieller (1954): the factors f at which (70 - 100 f)^2 = 1.96^2 (5^2 + f^2 10^2)."""
    own = realisation_factor([ClosedCase("a", 70.0, 5.0, 100.0, 10.0)]).cases[0].own
    for end in (own.low, own.high):
        square = 1.959964**2 * (25 + end**2 * 100)
        assert (70 - 100 * end) ** 2 == pytest.approx(square, rel=1e-5)
    assert own.low < 0.7 < own.high


def test_a_fall_that_was_implied_and_measured_is_a_factor_above_zero():
    falls = [ClosedCase(f"{i}", -60.0 - i, 4.0, -100.0) for i in range(4)]
    rises = [ClosedCase(f"{i}", 60.0 + i, 4.0, 100.0) for i in range(4)]
    one, other = realisation_factor(falls), realisation_factor(rises)
    assert one.portfolio.mean == pytest.approx(other.portfolio.mean)
    assert one.portfolio.low == pytest.approx(other.portfolio.low)
    against = realisation_factor([ClosedCase(f"{i}", -60.0 - i, 4.0, 100.0) for i in range(4)])
    assert against.portfolio.high < 0


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_than_three_closed_cases_make_no_factor(n):
    factor = realisation_factor([ClosedCase(f"{i}", 60.0, 4.0, 100.0) for i in range(n)])
    assert (factor.reason, factor.portfolio, factor.next_case) == (
        FactorReason.FEW_CASES,
        None,
        None,
    )
    assert factor.applied(WRITTEN) is None
    assert [c.own.mean for c in factor.cases] == [0.6] * n


def test_a_next_case_comes_true_as_its_forerunners_did():
    cases = [ClosedCase(f"{i}", m, 2.0, 100.0) for i, m in enumerate((40, 55, 70, 60, 75, 50, 65))]
    factor = realisation_factor(cases)
    true = factor.applied(WRITTEN)
    assert true.shape == WRITTEN.shape
    assert true.mean() == pytest.approx(factor.next_case.mean * 100, rel=0.03)
    assert np.array_equal(true, factor.applied(WRITTEN))
    assert abs(np.corrcoef(true / WRITTEN, WRITTEN)[0, 1]) < 0.1
    spread = np.quantile(true / 100, 0.9) - np.quantile(true / 100, 0.1)
    assert spread > np.quantile(WRITTEN / 100, 0.9) * 0.6 - np.quantile(WRITTEN / 100, 0.1) * 0.6


def test_equal_cases_and_huge_ones_give_finite_figures():
    for size in (1e-9, 1.0, 1e14):
        factor = realisation_factor([ClosedCase("same", 0.5 * size, 0.1 * size, size)] * 4)
        assert factor.portfolio.mean == pytest.approx(0.5)
        assert all(np.isfinite([factor.portfolio.low, factor.next_case.high, factor.spread]))


@pytest.mark.parametrize(
    "figures", [(1.0, 0.0, 1.0), (1.0, -1.0, 1.0), (np.nan, 1.0, 1.0), (1.0, 1.0, np.inf)]
)
def test_a_case_without_noise_or_number_is_refused(figures):
    with pytest.raises(InputError, match="closed case 'x'"):
        ClosedCase("x", *figures)
