"""Which days are shown and which are compared with them: ISO weeks, months, leap days, by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.in_life.kpi_change import MeasuredValue, Missing
from mlpm_core.in_life.kpi_series import KpiSeries
from mlpm_core.in_life.periods import Period
from mlpm_core.in_life.reporting import NotCompared, ReportingPeriod, relative, span_of

WEDNESDAY = date(2026, 6, 24)


def days(span):
    """The first and the last day of a span."""
    return str(span.start.date()), str((span.end - timedelta(days=1)).date())


def shown(asked, today=WEDNESDAY, **more):
    return ReportingPeriod.of(asked, today, **more)


@pytest.mark.parametrize(
    ("asked", "today", "expected"),
    [
        ("4w", date(2026, 6, 24), ("2026-05-25", "2026-06-21")),
        ("4w", date(2026, 6, 28), ("2026-05-25", "2026-06-21")),  # Sunday is not over
        ("4w", date(2026, 6, 29), ("2026-06-01", "2026-06-28")),
        ("4w", date(2027, 1, 4), ("2026-12-07", "2027-01-03")),  # the 53rd week of 2026
        ("quarter", date(2026, 6, 30), ("2026-01-01", "2026-03-31")),
        ("quarter", date(2026, 1, 1), ("2025-10-01", "2025-12-31")),
        ("year", date(2026, 6, 24), ("2025-01-01", "2025-12-31")),
        ("ytd", date(2026, 6, 24), ("2026-01-01", "2026-06-23")),
        ("2026-06-01..2026-06-30", date(2026, 6, 24), ("2026-06-01", "2026-06-23")),
    ],
)
def test_only_days_that_are_over_are_shown_and_weeks_are_iso_weeks(asked, today, expected):
    assert days(shown(asked, today).span) == expected


@pytest.mark.parametrize(
    ("starts_in", "quarter", "year"),
    [
        (4, ("2026-01-01", "2026-03-31"), ("2025-04-01", "2026-03-31")),
        (2, ("2026-02-01", "2026-04-30"), ("2025-02-01", "2026-01-31")),
        (10, ("2026-01-01", "2026-03-31"), ("2024-10-01", "2025-09-30")),
        (7, ("2026-01-01", "2026-03-31"), ("2024-07-01", "2025-06-30")),
    ],
)
def test_quarters_and_years_follow_the_month_in_which_the_fiscal_year_begins(
    starts_in, quarter, year
):
    assert days(shown("quarter", year_starts_in=starts_in).span) == quarter
    assert days(shown("year", year_starts_in=starts_in).span) == year


@pytest.mark.parametrize(
    ("asked", "today", "against", "expected"),
    [
        ("4w", date(2026, 6, 29), "previous", ("2026-05-04", "2026-05-31")),
        ("4w", date(2026, 6, 29), "year-ago", ("2025-06-02", "2025-06-29")),
        ("quarter", date(2026, 6, 30), "previous", ("2025-10-01", "2025-12-31")),
        ("quarter", date(2026, 6, 30), "year-ago", ("2025-01-01", "2025-03-31")),
        # 175 days of a year so far, with as many of the year before, or the same dates
        ("ytd", date(2026, 6, 25), "previous", ("2025-01-01", "2025-06-24")),
        ("ytd", date(2028, 6, 25), "previous", ("2027-01-01", "2027-06-25")),
        ("ytd", date(2028, 6, 25), "year-ago", ("2027-01-01", "2027-06-24")),
        # months have unequal lengths; part of one is held against as much of the other
        ("2026-03-01..2026-03-31", WEDNESDAY, "previous", ("2026-02-01", "2026-02-28")),
        ("2026-03-01..2026-03-31", date(2026, 3, 31), "previous", ("2026-02-01", "2026-02-28")),
        ("2026-03-01..2026-03-31", date(2026, 3, 11), "previous", ("2026-02-01", "2026-02-10")),
        # leap days
        ("2028-02-01..2028-02-29", date(2029, 1, 1), "year-ago", ("2027-02-01", "2027-02-28")),
        ("2029-02-01..2029-02-28", date(2030, 1, 1), "year-ago", ("2028-02-01", "2028-02-29")),
        ("2028-02-10..2028-02-29", date(2029, 1, 1), "year-ago", ("2027-02-10", "2027-02-28")),
        ("2029-02-10..2029-02-28", date(2030, 1, 1), "year-ago", ("2028-02-10", "2028-02-28")),
        ("2028-02-29..2028-03-10", date(2029, 1, 1), "year-ago", ("2027-02-28", "2027-03-10")),
        ("2028-02-29..2028-03-10", date(2029, 1, 1), "previous", ("2028-02-18", "2028-02-28")),
        # two ISO weeks stay on their weekdays
        ("2026-06-08..2026-06-21", WEDNESDAY, "year-ago", ("2025-06-09", "2025-06-22")),
        ("2026-06-01..2026-06-10", WEDNESDAY, "2025-01-05..2025-01-14",
         ("2025-01-05", "2025-01-14")),
    ],
)  # fmt: skip
def test_what_is_compared_is_cut_as_the_period_shown(asked, today, against, expected):
    told = shown(asked, today).against(against)
    assert days(told.before) == expected
    assert told.is_as_long == (told.now.days == told.before.days)


@pytest.mark.parametrize(
    ("asked", "against", "why"),
    [
        ("all", "previous", NotCompared.ALL),
        ("2026-06-24..2026-06-30", "previous", NotCompared.NOT_BEGUN),
        ("2027-06-24..2027-06-30", "year-ago", NotCompared.NOT_BEGUN),
        ("2026-06-01..2026-06-10", "2026-06-10..2026-06-12", NotCompared.OVERLAP),
        ("2024-01-01..2026-06-10", "year-ago", NotCompared.OVERLAP),
    ],
)
def test_where_nothing_is_fair_to_compare_the_reason_is_told(asked, against, why):
    told = shown(asked).against(against)
    assert (told.before, told.missing) == (None, why)


@pytest.mark.parametrize(
    "text",
    ["", "nan", "-1w", "..", "2026-01-01", "2026-01-01..", "2026-02-30..2026-03-01",
     "2026-03-01..2026-02-01", "0001-01-01..0001-02-01", "9999-01-01..9999-12-31",
     "20260101..20260201", "2026-W01-1..2026-W02-1", "2026-01-01..2026-02-01..2026-03-01"],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_a_sentence(text):
    with pytest.raises(InputError, match=r"period"):
        span_of(text)


def test_per_cent_is_told_only_where_it_means_something():
    assert relative(5.0, 20.0, 25.0) == 0.25
    assert relative(5.0, -20.0, -15.0) == 0.25
    for before, now in ((0.0, 5.0), (-4.0, 4.0), (4.0, -4.0), (1e-9, 5.0)):
        assert relative(now - before, before, now) is None


MONDAY = datetime(2026, 1, 5)


def weekly(values, unit="minute/case", start=MONDAY, **more):
    made = (
        MeasuredValue(Period(start + timedelta(weeks=i), "P1W"), v, **more)
        for i, v in enumerate(values)
        if v is not None
    )
    return KpiSeries("P1W", unit, tuple(made))


FEBRUARY, MARCH = span_of("2026-02-02..2026-03-01"), span_of("2026-03-02..2026-03-29")


def test_four_weeks_are_held_against_four_by_their_means():
    """Weeks 5 to 8 are 10, 12, 14, 16 and weeks 9 to 12 are 20, 20, 22, 22: 13 and 21."""
    series = weekly([9, 9, 9, 9, 10, 12, 14, 16, 20, 20, 22, 22])
    change = series.between(MARCH, FEBRUARY)
    assert (change.now, change.before, change.difference) == (21.0, 13.0, 8.0)
    assert (change.n_now, change.n_before, change.no_interval) == (4, 4, Missing.TOO_FEW)


def test_cases_count_where_the_file_tells_them():
    """Of 90 cases of 10 minutes and 10 of 20 the mean is 11, not 15."""
    values = tuple(
        MeasuredValue(Period(MONDAY + timedelta(weeks=i), "P1W"), v, n, n * v, n * v * v + n)
        for i, (v, n) in enumerate(((10.0, 90), (20.0, 10), (10.0, 10), (20.0, 90)))
    )
    series = KpiSeries("P1W", "minute/case", values)
    change = series.between(
        span_of("2026-01-19..2026-02-01"), span_of("2026-01-05..2026-01-18")
    )  # fmt: skip
    assert (change.before, change.now, change.by_cases) == (11.0, 19.0, True)


def test_totals_of_unequal_months_are_held_against_each_other_for_as_many_days():
    """100 a day in each quarter: 90 days before, 91 after. Three months differ by no cent."""
    months = [Period(datetime(2026, m, 1), "P1M") for m in range(1, 7)]
    series = KpiSeries("P1M", "EUR/month", tuple(MeasuredValue(p, 100 * p.days) for p in months))
    change = series.between(span_of("2026-04-01..2026-06-30"), span_of("2026-01-01..2026-03-31"))
    assert change.difference == pytest.approx(0, abs=1e-9)
    assert change.scaled == pytest.approx(91 / 90)


def test_a_week_belongs_to_the_quarter_of_its_thursday():
    """That of 29 June 2026 holds Thursday 2 July."""
    series = weekly(range(1, 31))
    counted = series.over(span_of("2026-04-01..2026-06-30"))
    assert [str(v.period.start.date()) for v in (counted[0], counted[-1])] == [
        "2026-03-30", "2026-06-22",
    ]  # fmt: skip
    assert len(counted) == 13


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([], Missing.NO_VALUE),
        ([1.0] * 8, Missing.NONE_IN_IT),
        ([1.0] * 11, Missing.FEW_DAYS),
        ([None] * 8 + [1.0] * 4, Missing.NOTHING_BEFORE),
        ([None] * 6 + [1.0] * 6, Missing.FEW_DAYS_BEFORE),
    ],
)
def test_days_without_values_make_no_change(values, why):
    change = weekly(values).between(MARCH, FEBRUARY)
    assert (change.missing, change.difference, change.before) == (why, None, None)


def test_a_month_says_nothing_of_four_weeks():
    month = MeasuredValue(Period(datetime(2026, 3, 1), "P1M"), 5.0)
    series = KpiSeries("P1M", "minute/case", (month,))
    assert series.between(MARCH, FEBRUARY).missing is Missing.TOO_SHORT
    assert series.level_over(MARCH).missing is Missing.TOO_SHORT


def test_a_part_of_a_week_counts_nowhere():
    values = (*weekly([1.0] * 12).values[:-1], MeasuredValue(
        Period(MONDAY + timedelta(weeks=11), "P1W"), 900.0, is_whole=False))  # fmt: skip
    series = KpiSeries("P1W", "minute/case", values)
    assert series.between(MARCH, FEBRUARY).missing is Missing.FEW_DAYS
    assert {v.value for v in series.over(MARCH)} == {1.0}


@pytest.mark.parametrize(("carried", "weeks"), [(0.0, 4), (0.5, 4), (0.5, 13), (0.8, 13)])
def test_values_that_drift_are_not_told_as_changed(carried, weeks, tell):
    """200 series of 39 weeks, seed 5, each near the one before: no change lies in 8 ranges of 10
    or more, where a mean of 13 drifting weeks taken for 13 independent ones misses it in half."""
    random = np.random.default_rng(5)
    noise = random.normal(size=(200, 79))
    walks = np.zeros_like(noise)
    for i in range(1, noise.shape[1]):
        walks[:, i] = carried * walks[:, i - 1] + noise[:, i]
    end = MONDAY + timedelta(weeks=39)
    now = ReportingPeriod.of(
        f"{(end - timedelta(weeks=weeks)).date()}..{(end - timedelta(days=1)).date()}", end.date()
    ).against("previous")
    changes = [weekly(walk[40:].tolist()).between(now.now, now.before) for walk in walks]
    inside = np.mean([not c.is_beyond_chance for c in changes])
    tell(f"{carried} carried over {weeks} weeks: {inside:.1%} hold no change")
    assert inside >= 0.74


@pytest.mark.slow
@pytest.mark.parametrize("carried", [0.0, 0.7, 0.9])
def test_the_newest_week_against_a_year_ago_allows_for_drift(carried):
    """200 series of 60 weeks, seed 1: of weeks that wander far the newest one is not told as
    changed, against a year ago or a fixed level, more than 2 times in 10. 8 of 100 are luck."""
    noise = np.random.default_rng(1).normal(size=(200, 160))
    walks = np.zeros_like(noise)
    for i in range(1, noise.shape[1]):
        walks[:, i] = carried * walks[:, i - 1] + noise[:, i]
    series = [weekly(walk[100:].tolist()) for walk in walks]
    for changes in (
        [s.against_year_ago() for s in series],
        [s.against_baseline(0.0) for s in series],
    ):
        assert np.mean([not c.is_beyond_chance for c in changes]) >= 0.72


def test_a_true_step_is_found():
    steady = np.random.default_rng(3).normal(100, 1, 26).tolist()
    change = weekly([*steady, 106, 105, 107, 106]).between(
        span_of("2026-07-06..2026-08-02"), span_of("2026-06-08..2026-07-05")
    )
    assert change.is_beyond_chance
