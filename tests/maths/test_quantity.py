"""Quantities: what people write is what is drawn, or one sentence says what to write instead."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from mlpm_core.errors import InputError
from mlpm_core.quantity import CURRENCIES, Dimension, Quantity, Unit, said

P = np.array([0.05, 0.1, 0.5, 0.9, 0.95])
positive = st.floats(1e-6, 1e9, allow_nan=False)
share = st.floats(1e-6, 1 - 1e-6, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("0.3", "1", 0.3),
        ("12k", "case/year", 12000.0),
        ("1.5m", "money", 1.5e6),
        (" 7 ", "1", 7.0),
        (".5", "1", 0.5),
        ("1e-05", "1", 1e-05),
        ("-3", "money", -3.0),
        ("6 min", "min/contact", 6.0),
        ("6 min", "hour/case", 0.1),
        ("30 second", "min/case", 0.5),
        ("2 day", "hour", 48.0),
        ("4 EUR", "money/customer", 4.0),
        ("4 EUR/customer", "money/contact", 4.0),
        ("12k customers/year", "case/year", 12000.0),
        ("5 hour/kcase", "hour/case", 0.005),
        ("120 to 120", "money", 120.0),
    ],
)
def test_one_number_is_exact_in_the_unit_asked(text, unit, value):
    quantity = Quantity.read(text, unit)
    assert quantity.is_exact
    assert quantity.median == pytest.approx(value, rel=1e-15)
    assert quantity.quantile(P).tolist() == [quantity.median] * 5


@given(positive, positive)
def test_a_range_is_lognormal_and_hits_p5_and_p95(a, b):
    assume(a < b)
    quantity = Quantity.read(f"{a!r} to {b!r}", "money", low=0)
    low, high = quantity.quantile(np.array([0.05, 0.95]))
    assert low == pytest.approx(a, rel=1e-12)
    assert high == pytest.approx(b, rel=1e-12)
    assert quantity.median == pytest.approx(np.sqrt(a * b), rel=1e-9)


@given(share, share)
def test_a_range_of_a_share_is_logit_normal(a, b):
    assume(a < b)
    quantity = Quantity.read(f"{a!r} to {b!r}", low=0, high=1)
    values = quantity.quantile(np.array([1e-9, 0.05, 0.95, 1 - 1e-9]))
    assert values[1:3] == pytest.approx([a, b], rel=1e-9)
    assert 0 <= values[0] <= values[3] <= 1


@given(st.lists(positive, min_size=3, max_size=3, unique=True).map(sorted))
def test_three_numbers_are_hit_exactly(numbers):
    quantity = Quantity.read(" | ".join(map(repr, numbers)), "money", low=0)
    values = quantity.quantile(np.array([0.1, 0.5, 0.9]))
    assert values == pytest.approx(numbers, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "low", "high", "numbers"),
    [("-2 | 4 | 9", None, None, [-2, 4, 9]), ("0.1 | 0.3 | 0.8", 0, 1, [0.1, 0.3, 0.8])],
)
def test_three_numbers_are_hit_on_every_scale(text, low, high, numbers):
    quantity = Quantity.read(text, low=low, high=high)
    assert quantity.quantile(np.array([0.1, 0.5, 0.9])) == pytest.approx(numbers, rel=1e-12)


def test_a_range_through_zero_is_normal():
    """P5 and P95 of N(2.5, s) are 2.5 -+ 1.6448536 s, so s = 7.5/1.6448536 for -5 to 10."""
    values = Quantity.read("-5 to 10", "money").quantile(P)
    assert values == pytest.approx(stats.norm(2.5, 7.5 / stats.norm.ppf(0.95)).ppf(P), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "low", "high", "expected"),
    [
        ("40/2000", 0, 1, stats.beta(41, 1961)),
        ("0/10", 0, 1, stats.beta(1, 11)),
        ("beta(6, 4)", 0, 1, stats.beta(6, 4)),
        ("triangular(1, 2, 5)", 0, None, stats.triang(0.25, 1, 4)),
        ("triangular(1, 1, 5)", 0, None, stats.triang(0, 1, 4)),
        ("lognormal(200, 0.4)", 0, None, stats.lognorm(0.4, scale=200)),
        ("normal(3, 2)", None, None, stats.norm(3, 2)),
        ("normal(1, 2)", 0, None, stats.truncnorm(-0.5, np.inf, 1, 2)),
        ("normal(0.9, 0.2)", 0, 1, stats.truncnorm(-4.5, 0.5, 0.9, 0.2)),
        ("lognormal(0.02, 0.7)", -1, None, stats.lognorm(0.7, scale=0.02)),
    ],
)
def test_named_distributions_agree_with_scipy(text, low, high, expected):
    assert Quantity.read(text, low=low, high=high).quantile(P) == pytest.approx(
        expected.ppf(P), rel=1e-9
    )


NOTATIONS = ["0.2 to 0.4", "0.1 | 0.2 | 0.6", "40/2000", "beta(2, 3)", "triangular(0.1, 0.2, 0.9)"]
NOTATIONS += ["normal(0.5, 1)", "lognormal(0.2, 2)", "0.3"]


@pytest.mark.parametrize("text", NOTATIONS)
@given(p=st.lists(st.floats(1e-9, 1 - 1e-9), min_size=2, max_size=20))
def test_quantiles_rise_stay_in_range_and_leave_the_probabilities_alone(text, p):
    p = np.sort(p)
    before = p.copy()
    values = Quantity.read(text, low=0, high=1).quantile(p)
    assert (np.diff(values) >= -1e-15).all()
    assert (values >= 0).all()
    assert (values <= 1).all()
    assert (p == before).all()


@pytest.mark.parametrize("text", NOTATIONS[:-1])
def test_a_quantile_is_undone_by_the_distribution(text):
    quantity = Quantity.read(text, low=0, high=1)
    p = np.linspace(0.01, 0.99, 25)
    shape = quantity._shape
    below, upto = shape.cdf(0.0), shape.cdf(1.0)
    back = [(shape.cdf(x) - below) / (upto - below) for x in quantity.quantile(p)]
    assert back == pytest.approx(p.tolist(), abs=1e-9)


@pytest.mark.parametrize(
    ("text", "unit", "low", "high", "sentence"),
    [
        ("30", "1", 0, 1, "A percentage? Write 0.3 for 30%."),
        ("30%", "1", 0, 1, "A percentage? Write 0.3 for 30%."),
        ("0.2 to 30", "1", 0, 1, "A percentage? Write 0.3 for 30%."),
        ("1_000", "1", None, None, "no thousands separator"),
        ("1,5", "1", None, None, "Write a decimal point"),
        ("12 000", "1", None, None, "no thousands separator"),
        ("nan", "1", None, None, "Write a number such as 0.3"),
        ("inf", "1", None, None, "Write a number such as 0.3"),
        ("", "1", None, None, "Write a number such as 0.3"),
        ("1 to 2 to 3", "1", None, None, "Write a number such as 0.3"),
        ("4 | 5", "1", None, None, "2 | 4 | 9"),
        ("1e999", "1", None, None, "too large"),
        ("0x10", "1", None, None, "'x10' is not a unit"),
        ("１２", "1", None, None, "ASCII"),
        ("٣", "1", None, None, "ASCII"),
        ("9 to 2", "1", None, None, "from small to large"),
        ("40/20", "1", 0, 1, "the part before the whole"),
        ("1.5/20", "1", 0, 1, "whole numbers"),
        ("0/0", "1", 0, 1, "whole numbers"),
        ("40/2000", "money", 0, None, "asked in money"),
        ("beta(2, 3)", "money", 0, None, "asked in money"),
        ("beta(0, 3)", "1", 0, 1, "must be above 0"),
        ("normal(1, 0)", "1", None, None, "must be above 0"),
        ("triangular(3, 2, 5)", "1", None, None, "a <= mode <= b"),
        ("uniform(1, 2)", "1", None, None, "triangular(a, mode, b)"),
        ("normal(1)", "1", None, None, "normal(mean, sd)"),
        ("4 EUR", "min", None, None, "write it in min"),
        ("4 EUR", "money/year", None, None, "write it in money/year"),
        ("4 EUR/week", "money/year", None, None, "write it in money/year"),
        ("4 hour", "week", None, None, "write it in week"),
        ("4 mni", "min", None, None, "Did you mean min"),
        ("4 EUR to 5 USD", "money", None, None, "the same unit"),
        ("-1", "money", 0, None, "at least 0"),
        ("7", "money", 0, 5, "between 0 and 5"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(text, unit, low, high, sentence):
    with pytest.raises(InputError) as caught:
        Quantity.read(text, unit, low=low, high=high)
    assert sentence in str(caught.value)
    assert repr(text) in str(caught.value)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        quantity = Quantity.read(text, "money", low=0)
    except InputError:
        return
    assert np.isfinite(quantity.quantile(P)).all()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0.3", "exactly 0.3"),
        ("120 to 400", "between 120 and 400, nine times in ten"),
        ("2 | 4 | 9", "around 4, one time in ten below 2 and one time in ten above 9"),
    ],
)
def test_a_quantity_says_what_it_means(text, sentence):
    assert Quantity.read(text, "money", low=0).describe() == sentence


def test_a_currency_is_remembered():
    assert Quantity.read("4 CHF", "money/contact").currency == "CHF"
    assert Quantity.read("4", "money/contact").currency is None
    assert {"EUR", "USD", "JPY"} <= CURRENCIES


def test_calendar_periods_are_kinds_of_their_own():
    year, week, hour = (Unit.read(f"money/{p}") for p in ("year", "week", "hour"))
    assert len({str(u.dimension) for u in (year, week, hour)}) == 3
    assert week.factor_to(year) is None


def test_two_currencies_in_one_unit_are_refused():
    with pytest.raises(InputError, match="keep one currency"):
        Unit.read("EUR/USD")


def test_cycle_time_has_no_annual_unit():
    assert Dimension.PEOPLE_INTENSITY.annual_unit == "hour/year"
    with pytest.raises(InputError, match="never added"):
        _ = Dimension.CYCLE_TIME.annual_unit


def test_numbers_are_said_shortly():
    assert [said(x) for x in (0.0, 0.03, 1234567.0)] == ["0", "0.03", "1,235,000"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("samples(3)", "There are triangular"),
        ("samples(3, 3)", "all the same"),
        ("samples(3, x)", "cannot be read"),
        ("samples(0.3, 1.2)", "not between 0 and 1"),
        ("samples(0,3; 0,4)", "decimal point"),
        ("samples(0,3 0,4)", "decimal point"),
        ("samples(0.3,, 0.4)", "missing between two commas"),
        ("samples(n=40, mean=0.3)", "Write samples\\(n=40"),
        ("samples(n=40, mean=0.3, sd=0.1, sd=0.2)", "Write samples\\(n=40"),
        ("samples(n=1, mean=0.3, sd=0.1)", "at least 2"),
        ("samples(n=40, mean=0.3, sd=0)", "sd is above 0"),
        ("samples(n=40, mean=1.3, sd=0.1)", "not between 0 and 1"),
        ("samples(" + ", ".join(["0.1"] * 5000) + ", 2)", "20,000 at most"),
    ],
)
def test_samples_that_cannot_be_are_refused(text, sentence):
    with pytest.raises(InputError, match=sentence):
        Quantity.read(text, "1", low=0, high=1)
