"""Periods of every length, in words and to their ends, and results with their uncertainty."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mlpm_core.in_life.periods import Monitored, Period, periods_of
from mlpm_core.in_life.pooling import written


def at(text, granularity):
    return Period(datetime.fromisoformat(text), granularity)


@pytest.mark.parametrize(
    ("period", "end", "word", "text", "when"),
    [
        (at("2026-06-03T14:05", ""), "2026-06-03T14:05", "moment", "3 Jun 2026 14:05",
         "at 3 Jun 2026 14:05"),
        (at("2026-06-03T23:00", "PT1H"), "2026-06-04", "hour", "3 Jun 2026 23:00",
         "at 3 Jun 2026 23:00"),
        (at("2026-06-30", "P1D"), "2026-07-01", "day", "30 Jun 2026", "on 30 Jun 2026"),
        (at("2026-06-29", "P1W"), "2026-07-06", "week", "week of 29 Jun 2026",
         "in the week of 29 Jun 2026"),
        (at("2026-06-01", "P1M"), "2026-07-01", "month", "Jun 2026", "in Jun 2026"),
        (at("2026-12-01", "P1M"), "2027-01-01", "month", "Dec 2026", "in Dec 2026"),
        (at("2026-11-01", "P1M"), "2026-12-01", "month", "Nov 2026", "in Nov 2026"),
        (at("2026-10-01", "P3M"), "2027-01-01", "quarter", "quarter from 1 Oct 2026",
         "in the quarter from 1 Oct 2026"),
        (at("2026-04-01", "P3M"), "2026-07-01", "quarter", "quarter from 1 Apr 2026",
         "in the quarter from 1 Apr 2026"),
        (at("2026-03-01", "P1Y"), "2027-03-01", "year", "year from 1 Mar 2026",
         "in the year from 1 Mar 2026"),
        (at("2026-01-31", "P1M"), "2026-02-28", "month", "Jan 2026", "in Jan 2026"),
        (at("2024-02-29", "P1Y"), "2025-02-28", "year", "year from 29 Feb 2024",
         "in the year from 29 Feb 2024"),
        (at("2025-11-30", "P3M"), "2026-02-28", "quarter", "quarter from 30 Nov 2025",
         "in the quarter from 30 Nov 2025"),
    ],
)  # fmt: skip
def test_a_period_in_words_and_to_its_end(period, end, word, text, when):
    told = (period.end, period.word, str(period), period.when)
    assert told == (datetime.fromisoformat(end), word, text, when)


def result(value, n=None, se=None, **more):
    return Monitored(value, n, se, "B1", **more)


def test_the_standard_error_of_a_result():
    """A share of 8 of 10: Beta(9, 3) has the variance 9 x 3 / (12^2 x 13) = 0.01442."""
    assert result(0.24, 100, 0.01).standard_error(is_share=True) == 0.01
    assert result(0.24, 100, None).standard_error(is_share=False) is None
    assert result(0.24, None, None).standard_error(is_share=True) is None
    assert result(0.24, None, 0.0).standard_error(is_share=True) is None
    error = result(0.8, 10).standard_error(is_share=True)
    assert error == pytest.approx((27 / (144 * 13)) ** 0.5)


def test_a_result_as_a_quantity():
    """A share is its hits and misses; n says nothing of another metric."""

    def text(of, *, is_share=True):
        return written(of.observation(is_share=is_share))

    assert text(result(0.25, 100, 0.01), is_share=False) == "normal(0.25, 0.01)"
    assert text(result(0.25, 100)) == "beta(25, 75)"
    assert text(result(0.123456789, 1000)) == "beta(123.456789, 876.543211)"
    assert text(result(0.0, 100)) == "beta(0.5, 100.5)"
    assert text(result(1.0, 100)) == "beta(100.5, 0.5)"
    assert text(result(0.25, 100), is_share=False) == "0.25"
    assert text(result(0.25)) == "0.25"
    # 0.25 x 0.75 / 0.0125^2 = 1200 cases would have such a standard error
    assert text(result(0.25, None, 0.0125)) == "beta(300, 900)"


def test_the_interval_of_a_result():
    """P5 and P95 of a normal lie 1.6449 standard errors from its mean."""
    file = {"ci_low": 0.1, "ci_high": 0.4}
    near = pytest.approx
    normal = result(0.24, None, 0.01, **file).interval(is_share=False)
    assert normal == near((0.2236, 0.2564), abs=5e-5)
    # a 95 % interval of .3 has a standard error of .3 / 3.92, and 90 % reach 1.6449 of it
    assert result(0.24, 9, None, **file).interval(is_share=False) == near(
        (0.1141, 0.3659), abs=5e-5
    )
    of_90 = result(0.25, 9, None, **file, ci_level=0.9).interval(is_share=False)
    assert of_90 == near((0.1, 0.4))
    share = result(0.8, 100, None, **file).interval(is_share=True)
    assert share == near((0.7254, 0.8562), abs=5e-5)
    assert result(0.24).interval(is_share=True) == (None, None)


def row(start, metric, value, granularity="P1W", **more):
    return {
        "period_start": datetime.fromisoformat(start), "granularity": granularity,
        "metric": metric, "value": value, "n": 9, "value_se": 0.5, "batch": "B1",
        "label_status": "final", "labelled_share": 0.7, "ci_low": 0.1, "ci_high": 0.9,
        "ci_level": 0.9, "numerator": 4.0, "denominator": 8.0, "unit": "min",
    } | more  # fmt: skip


def test_results_are_gathered_by_period_oldest_first():
    later, earlier = at("2026-06-08", "P1W"), at("2026-06-01", "P1W")
    periods = periods_of([
        row("2026-06-08", "wape", 0.3), row("2026-06-01", "wape", 0.2),
        row("2026-06-08", "bias", 0.1), row("2026-06-08", "wape", 0.4, batch="B2"),
    ])  # fmt: skip
    assert list(periods) == [earlier, later]
    assert periods[earlier] == {
        "wape": Monitored(0.2, 9, 0.5, "B1", "final", 0.7, 0.1, 0.9, 0.9, 4.0, 8.0, "min")
    }
    assert {n: (m.value, m.batch) for n, m in periods[later].items()} == {
        "wape": (0.4, "B2"), "bias": (0.1, "B1"),
    }  # fmt: skip
    assert at("2026-06-01", "P1D").end - earlier.start == timedelta(days=1)


def test_a_result_says_nothing_of_labels_unless_told():
    assert result(0.24).label_status == ""


@pytest.mark.parametrize(
    ("n", "denominator", "is_empty", "cases"),
    [
        (None, None, False, None), (0, None, True, 0), (1, None, False, 1), (None, 0.0, True, 0.0),
        (None, 1.0, False, 1.0), (5, 0.0, False, 5), (0, 8.0, True, 0), (5, 8.0, False, 5),
    ],
)  # fmt: skip
def test_how_many_cases_a_result_rests_on(n, denominator, is_empty, cases):
    told = Monitored(0.5, n, None, "B1", denominator=denominator)
    assert (told.is_empty, told.cases) == (is_empty, cases)


def test_how_many_days_a_period_has():
    lengths = {"P1D": 1.0, "P1W": 7.0, "P1M": 30.0, "P3M": 91.0, "P1Y": 365.0}
    assert {g: at("2026-06-01", g).days for g in lengths} == lengths | {"P3M": 92.0}


def test_a_result_in_another_unit_keeps_its_spread():
    assert result(12.0, None, 3.0).observation(is_share=False, factor=1.05).error == 3.0 * 1.05
    assert result(12.0).observation(is_share=False, factor=1.05).error is None
    for factor in (1.05, 1.1):
        assert result(12.0).observation(is_share=False, factor=factor).value == 12.0 * factor


@pytest.mark.parametrize("unit", ["%", "percent"])
def test_a_percentage_stored_before_counts_as_the_share_it_says(unit):
    periods = periods_of([row("2026-06-08", "wape", 24.0) | {
        "unit": unit, "value_se": 1.0, "ci_low": 22.0, "ci_high": None,
    }])  # fmt: skip
    (found,) = periods[at("2026-06-08", "P1W")].values()
    assert (found.value, found.value_se, found.ci_low, found.ci_high) == (0.24, 0.01, 0.22, None)
    assert found.unit == "share"
    assert Monitored(0.2, None, None, "B1").unit == ""
