"""Values that were looked up: their own mean, in an interval that holds nine times in ten."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from mlpm_core.quantity import Quantity
from mlpm_core.quantity.looked_up import Sample

EVERYWHERE = (np.arange(8192) + 0.5) / 8192
ENDS = np.array([0.05, 0.95])
SIZES = (2, 3, 5, 10, 20, 50)
N_TRIALS = int(os.environ.get("SOAK", "0")) * 4000 or 500
# Three standard errors of a coverage of .9, and what two or three skewed values cannot tell.
LEEWAY = 3 * (0.9 * 0.1 / N_TRIALS) ** 0.5


def read(text: str, low: float | None = 0, high: float | None = None) -> Quantity:
    return Quantity.read(text, "1" if high == 1 else "money", low=low, high=high)


@pytest.mark.parametrize(
    ("values", "mean"),
    [("0, 0, 0, 100", 25), ("1, 100", 50.5), ("0, 1", 0.5), ("3, 4, 4, 5, 900", 183.2),
     ("0.001, 7, 7000", 2335.667)],
)  # fmt: skip
@pytest.mark.parametrize(("low", "high"), [(0, None), (None, None), (0, 1e6), (None, 1e6)])
def test_the_mean_of_the_draws_is_that_of_the_values(values, mean, low, high):
    """Nothing is cut off once the mean is spread: 25 was 39.3 and 50.5 was 74.6 before."""
    drawn = read(f"samples({values})", low, high).quantile(EVERYWHERE)
    assert drawn.mean() == pytest.approx(mean, rel=5e-3)
    assert low is None or drawn.min() >= low
    assert high is None or drawn.max() <= high


@pytest.mark.parametrize(
    ("values", "mean"), [("0, 0, 0, 1", 0.25), ("0.2, 0.9", 0.55), ("0.01, 0.02, 0.4", 0.143333)]
)
def test_the_mean_of_shares_too(values, mean):
    drawn = read(f"samples({values})", 0, 1).quantile(EVERYWHERE)
    assert drawn.mean() == pytest.approx(mean, rel=5e-3)
    assert ((drawn >= 0) & (drawn <= 1)).all()


def test_symmetric_values_have_students_interval():
    """12, 9, 17, 14: mean 13, s/sqrt(4) = 1.683251, t(.95; 3) = 2.353363: 13 -+ 3.961300."""
    ends = read("samples(12, 9, 17, 14)", None).quantile(ENDS)
    assert ends == pytest.approx([9.0387, 16.9613], abs=1e-5)


def test_skewed_values_reach_farther_to_their_side():
    """0, 0, 0, 100: standard error 25, skewness 2/sqrt(3), t(.95; 3) = 2.353363.

    Johnson (1978) adds skewness*(1 + 2 t^2)/(6 sqrt(n)) = 1.154701*12.076639/12 = 1.162067 standard
    errors above: from 25 - 58.834 to 25 + 87.886.
    """
    ends = read("samples(0, 0, 0, 100)", None).quantile(ENDS)
    assert ends == pytest.approx([-33.8341, 112.8858], abs=1e-3)
    mirrored = read("samples(0, 0, 0, -100)", None).quantile(ENDS)
    assert mirrored == pytest.approx([-112.8858, 33.8341], abs=1e-3)


def test_many_values_are_as_sure_as_the_normal_says():
    """0 to 39: s = 11.690, standard error 1.8484, t(.95; 39) = 1.68488: 19.5 -+ 3.1143.

    Of an amount above 0 the logarithm has that interval: up to 19.5 exp(.15971) = 22.877.
    """
    text = f"samples({', '.join(map(str, range(40)))})"
    assert read(text, None).quantile(ENDS) == pytest.approx([16.3857, 22.6143], abs=1e-3)
    assert read(text).quantile(ENDS)[1] == pytest.approx(22.877, abs=1e-3)


def test_a_list_is_read_however_it_is_parted_and_may_be_long():
    one = read("samples(3, 4.5, 6)")
    for text in (
        "samples(3; 4.5; 6)",
        "samples(3 4.5 6)",
        "samples(3\n4.5\n6)",
        "samples(3,4.5,6,)",
    ):
        assert (read(text).quantile(ENDS) == one.quantile(ENDS)).all()
    values = np.random.default_rng(1).gamma(2.0, 3.0, 2000).round(3)
    told = read(f"samples({', '.join(map(str, values))})")
    assert told.quantile(EVERYWHERE).mean() == pytest.approx(values.mean(), rel=1e-4)
    of = Sample.of(values.tolist())
    summary = f"samples(n=2000, mean={of.mean!r}, sd={of.sd!r}, skew={of.skew!r})"
    assert read(summary).quantile(ENDS) == pytest.approx(told.quantile(ENDS), rel=1e-12)


def test_a_list_with_a_unit_is_converted():
    hours = Quantity.read("samples(12, 9, 17, 14) min", "hour/case", low=0)
    assert hours.quantile(EVERYWHERE).mean() == pytest.approx(13 / 60, rel=1e-3)
    same = Quantity.read("samples(n=4, mean=13, sd=3.3665016) min", "hour/case", low=0)
    assert same.quantile(ENDS) == pytest.approx(hours.quantile(ENDS), rel=1e-3)


def _coverage(draw, mean, low, high, n, seed):
    rng = np.random.default_rng(seed)
    hits = 0
    for values in draw(rng, (N_TRIALS, n)):
        ends = Sample.of(values).shape(low, high).quantile(ENDS)
        hits += ends[0] <= mean <= ends[1]
    return hits / N_TRIALS


POPULATIONS = {
    "normal": (lambda rng, size: rng.normal(0, 1, size), 0.0, None, None),
    "costs": (lambda rng, size: rng.normal(100, 20, size), 100.0, 0.0, None),
    "minutes": (lambda rng, size: rng.gamma(4, 2, size), 8.0, 0.0, None),
    "lognormal": (lambda rng, size: rng.lognormal(0, 0.5, size), np.exp(0.125), 0.0, None),
    "shares": (lambda rng, size: rng.beta(2, 5, size), 2 / 7, 0.0, 1.0),
}
SKEWED = {
    "waits": (lambda rng, size: rng.exponential(1, size), 1.0, 0.0, None),
    "claims": (lambda rng, size: rng.lognormal(0, 1, size), np.exp(0.5), 0.0, None),
    "any share": (lambda rng, size: rng.uniform(0, 1, size), 0.5, 0.0, 1.0),
}


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("name", POPULATIONS)
def test_the_interval_holds_the_mean_nine_times_in_ten(name, n):
    """At most .95: one that always holds would tell nothing. The bootstrap's held .5 at n 2."""
    draw, mean, low, high = POPULATIONS[name]
    held = _coverage(draw, mean, low, high, n, seed=n)
    assert 0.88 - LEEWAY <= held <= 0.95 + LEEWAY


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("name", SKEWED)
def test_the_interval_holds_nearly_as_often_of_very_skewed_values(name, n):
    draw, mean, low, high = SKEWED[name]
    held = _coverage(draw, mean, low, high, n, seed=n)
    assert (0.81 if n == 2 else 0.84) - LEEWAY <= held <= 0.96 + LEEWAY


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.just(0.0) | st.floats(1e-6, 1e6), min_size=2, max_size=12), st.floats(0.001, 1000)
)
def test_another_unit_of_money_changes_nothing_else(values, factor):
    if min(values) == max(values) or max(values) - min(values) < 1e-6 * max(values):
        return
    one = Sample.of(values).shape(0.0, None).quantile(EVERYWHERE[::64])
    two = Sample.of([x * factor for x in values]).shape(0.0, None).quantile(EVERYWHERE[::64])
    assert two == pytest.approx(one * factor, rel=1e-6)
    assert (np.diff(one) >= 0).all()


def test_what_is_hardly_above_zero_is_zero():
    """Squares of 1e-320 are zero, so that no spread could be told."""
    one, two = (read(f"samples({x}, 1, 2)").quantile(EVERYWHERE) for x in ("1e-320", "0"))
    assert (one == two).all()
    with pytest.raises(InputError, match="all the same"):
        read("samples(1e-320, 1e-310)")
