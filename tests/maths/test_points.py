"""Points that people write are hit, at the limits of what is possible too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from mlpm_core.quantity import Quantity

THREE = np.array([0.1, 0.5, 0.9])
TWO = np.array([0.05, 0.95])
EVERYWHERE = (np.arange(8192) + 0.5) / 8192


def read(text: str, low: float | None = 0, high: float | None = None) -> Quantity:
    return Quantity.read(text, "1" if high == 1 else "money", low=low, high=high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0 | 2 | 9", 0, None),
        ("0 | 0 | 5", 0, None),
        ("0 | 0.001 | 400", 0, None),
        ("0 | 7 | 7", 0, None),
        ("5 | 5 | 9", 0, None),
        ("2 | 5 | 5", 0, None),
        ("-2 | 4 | 9", None, None),
        ("-9 | -4 | -2", None, None),
        ("-1 | 0 | 1", -1, 1),
        ("-0.9 | 0.1 | 0.95", -1, 1),
        ("0.2 | 0.2 | 1", 0, 1),
        ("0 | 0.2 | 0.4", 0, 1),
        ("0 | 0 | 1", 0, 1),
        ("1 | 4 | 12", 1, None),
    ],
)
def test_three_points_are_hit_though_they_touch_a_limit(text, low, high):
    told = read(text, low, high)
    assert told.quantile(THREE) == pytest.approx([float(x) for x in text.split("|")], abs=1e-12)
    drawn = told.quantile(EVERYWHERE)
    assert (np.diff(drawn) >= 0).all()
    assert low is None or drawn.min() >= low
    assert high is None or drawn.max() <= high


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("0 to 400", 0, None), ("0 to 0.4", 0, 1), ("0.6 to 1", 0, 1), ("0 to 1", 0, 1),
     ("-1 to 0.5", -1, 1), ("1 to 12", 1, None), ("2 to 12", 1, None)],
)  # fmt: skip
def test_two_points_are_hit_though_they_touch_a_limit(text, low, high):
    told = read(text, low, high)
    assert told.quantile(TWO) == pytest.approx([float(x) for x in text.split(" to ")], abs=1e-9)


def test_an_amount_that_is_zero_one_time_in_ten_is_zero_one_time_in_ten():
    """`0 | 2 | 9`: normal with s.d. 2/1.28155 below P50 and 7/1.28155 above, at 0 if below 0.

    The mean by hand: of max(0, 2 + 1.5606 z) for z < 0 the integral from z = -1.28155 to 0 is
    2 * .4 - 1.5606 * (.39894 - .17550) = .45130; of 2 + 5.4621 z for z > 0 it is
    1 + 5.4621 * .39894 = 3.17907; together 3.6304.
    """
    drawn = read("0 | 2 | 9").quantile(EVERYWHERE)
    assert np.mean(drawn == 0) == pytest.approx(0.1, abs=1e-3)
    assert drawn.mean() == pytest.approx(3.6304, abs=2e-3)
    # of `0 | 0 | 5`: (5/1.28155) * .39894
    assert read("0 | 0 | 5").quantile(EVERYWHERE).mean() == pytest.approx(1.5565, abs=2e-3)


def test_a_range_from_zero_is_normal_and_what_is_below_lies_at_zero():
    """`0 to 400` is N(200, 400/(2*1.64485)) = N(200, 121.59) with its lowest twentieth at 0.

    The mean of max(0, X) is mu Phi(mu/s) + s phi(mu/s) = 200*.95 + 121.59*.10314 = 202.54.
    """
    drawn = read("0 to 400").quantile(EVERYWHERE)
    mu, s = 200.0, 200 / stats.norm.ppf(0.95)
    expected = mu * stats.norm.cdf(mu / s) + s * stats.norm.pdf(mu / s)
    assert drawn.mean() == pytest.approx(expected, rel=1e-3)
    assert np.mean(drawn == 0) == pytest.approx(0.05, abs=1e-3)


amount = st.floats(0, 1e6, allow_nan=False)


@given(st.lists(amount, min_size=3, max_size=3).map(sorted))
def test_whatever_three_amounts_are_written_are_hit(numbers):
    assume(numbers[0] == 0 or numbers[0] > 1e-6)
    told = read(" | ".join(map(repr, numbers)))
    assert told.quantile(THREE) == pytest.approx(numbers, rel=1e-9, abs=1e-9)
    assert told.quantile(EVERYWHERE).min() >= 0


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted))
def test_whatever_three_shares_are_written_are_hit(numbers):
    assume(all(x in (0, 1) or 1e-6 < x < 1 - 1e-6 for x in numbers))
    told = read(" | ".join(map(repr, numbers)), 0, 1)
    assert told.quantile(THREE) == pytest.approx(numbers, abs=1e-9)
    drawn = told.quantile(EVERYWHERE)
    assert ((drawn >= 0) & (drawn <= 1)).all()


def test_a_range_of_more_than_a_hundred_to_one_says_so():
    """`1 to 1e9`: the logarithm has s.d. ln(1e9)/3.2897 = 6.2994; mean/P50 = exp(s*s/2) = 4.1e8.

    The draws reach only so far up, so what they show of it is less, and what is said.
    """
    told = read("1 to 1e9")
    lifted = told.mean / told.median
    assert lifted > 1e5
    assert told.too_wide == (
        f"spans 1,000,000,000 to 1, so that its highest values lift its mean to "
        f"{float(f'{lifted:.4g}'):,.0f} times its P50"
    )
    assert read("1 to 101").too_wide is not None
    assert read("1 to 99").too_wide is None
    assert read("0 to 1e9").too_wide is None
    assert read("-1 to 1e9", None).too_wide is None
    assert read("0.001 | 5 | 6").too_wide == "spans 70,670 to 1"
