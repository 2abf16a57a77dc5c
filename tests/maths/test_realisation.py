"""Months from periods: by hand, and what must always hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.in_life.realisation import (
    Judgement,
    Outcome,
    PeriodValue,
    PromiseOutcome,
    Span,
    WindowTotal,
    counted_parts,
    days_within,
    hit_rate,
    judged,
    months,
    over_days,
    together,
    window_totals,
)
from mlpm_core.value.estimate import Estimate

ORIGIN = datetime(2024, 7, 1)
DAY = timedelta(days=1)


def span(first: float, days: float) -> Span:
    """A stretch that begins so many days after 1 July 2024."""
    return Span(ORIGIN + first * DAY, ORIGIN + (first + days) * DAY)


def told(of: Span, *draws: float, is_final: bool = True) -> PeriodValue:
    return PeriodValue((of,), {"net": np.array(draws)}, is_final)


def net(part: WindowTotal) -> list[float]:
    return part.sums["net"].tolist()


def test_a_week_that_lies_in_two_months_is_split_by_its_days():
    """29 July to 4 August 2024 at 10 a day: 3 days or 30 in July, 4 days or 40 in August. The week
    before, 22 to 28 July, at 20 a day adds 140 to July; 21 days of July have no results.
    """
    periods = [told(span(21, 7), 20.0), told(span(28, 7), 10.0)]
    july, august = months([span(0, 35)])
    assert (july, august) == (span(0, 31), span(31, 31))
    of_july, of_august = window_totals(periods, [july, august])
    assert (of_july.days, net(of_july)) == (10.0, [170.0])
    assert (of_august.days, net(of_august)) == (4.0, [40.0])
    assert of_july.mean("net", "EUR").mean == 17.0


def test_draws_are_added_before_quantiles_are_taken():
    """Two weeks whose errors cancel: 7 x draw + 7 x (100 - draw) = 700 in every draw, so the sum is
    exact. Adding the weeks' own P10 would give 7 x 10 + 7 x 10 = 140.
    """
    draws = np.arange(101.0)
    periods = [
        PeriodValue((span(0, 7),), {"net": draws}),
        PeriodValue((span(7, 7),), {"net": 100 - draws}),
    ]
    (july,) = window_totals(periods, [span(0, 31)])
    total = july.total("net", "EUR")
    assert (total.p10, total.p50, total.p90) == (700.0, 700.0, 700.0)
    first = window_totals(periods[:1], [span(0, 31)])[0].total("net", "EUR")
    assert (first.p10, first.p90) == (70.0, 630.0)


def test_an_impossible_draw_counts_with_the_mean_of_its_period():
    """10 and 30 are possible, their mean 20 stands in for the third; 2 days of each."""
    (part,) = window_totals([told(span(0, 2), 10.0, np.nan, 30.0)], [span(0, 31)])
    assert net(part) == [20.0, 40.0, 60.0]


def test_days_whose_labels_are_not_final_are_counted_apart():
    periods = [told(span(0, 7), 1.0), told(span(28, 7), 1.0, is_final=False)]
    totals = window_totals(periods, months([span(0, 35)]))
    assert [(p.days, p.days_not_final) for p in totals] == [(10.0, 3.0), (4.0, 4.0)]
    both = together(totals)
    assert (both.days, both.days_not_final, net(both)) == (14.0, 7.0, [14.0])


def test_of_periods_that_overlap_the_first_counts():
    """A Wednesday of its own takes one day out of its week and splits it in two."""
    day, week = counted_parts([span(2, 1), span(0, 7)])
    assert day == (span(2, 1),)
    assert week == (span(0, 2), span(3, 4))
    assert counted_parts([span(0, 7), span(2, 1)]) == [(span(0, 7),), ()]


def test_a_promise_of_a_year_falls_on_its_days():
    """36,525 a year over 31 days: 36,525 x 31 / 365.25 = 3,100."""
    assert over_days(36_525.0, 31) == pytest.approx(3100.0, abs=1e-9)


def test_months_leave_out_those_that_nothing_touches():
    windows = months([span(5, 3), span(92, 1)])
    assert [(m.start.month, m.days) for m in windows] == [(7, 31.0), (10, 31.0)]
    assert [
        m.start.month for m in months([Span(datetime(2024, 12, 31), datetime(2025, 1, 1))])
    ] == [12]


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="cannot end"):
        span(3, -1)
    (nothing,) = window_totals([], [span(0, 31)])
    with pytest.raises(NotEnoughDataError, match="No day was monitored"):
        nothing.total("net", "EUR")
    with pytest.raises(NotEnoughDataError, match="No day was monitored"):
        together([]).mean("net", "EUR")


@pytest.mark.parametrize(
    ("draws", "higher", "outcome", "probability"),
    [
        ([101, 102, 103, 104], True, Outcome.OVER_DELIVERED, 1.0),
        ([101, 102, 103, 104], False, Outcome.MISSED, 0.0),
        ([96, 97, 98, 99], False, Outcome.OVER_DELIVERED, 1.0),
        ([96, 97, 98, 99], True, Outcome.MISSED, 0.0),
        ([98, 99, 103, 104], True, Outcome.KEPT, 0.5),
        ([98, 99, 103, 104], False, Outcome.MISSED, 0.5),
        ([96, 97, 99, 104], False, Outcome.KEPT, 0.75),
        ([100, 100, 100, 100], True, Outcome.KEPT, 1.0),
        ([100 - 1e-12] * 4, True, Outcome.KEPT, 1.0),
        ([100 + 1e-12] * 4, False, Outcome.KEPT, 1.0),
    ],
)
def test_a_promise_of_100_stands_by_its_direction(draws, higher, outcome, probability):
    level = Estimate.of(np.array(draws, dtype=float), "h")
    assert judged(level, 100.0, higher_is_better=higher) == Judgement(outcome, probability)


def test_more_than_kept_takes_nine_draws_of_ten():
    clear = Estimate.of(np.array([99.0] + [110.0] * 9), "h")
    unclear = Estimate.of(np.array([99.0] * 2 + [110.0] * 8), "h")
    assert judged(clear, 100.0, higher_is_better=True).outcome is Outcome.OVER_DELIVERED
    assert judged(unclear, 100.0, higher_is_better=True).outcome is Outcome.KEPT


def test_the_hit_rate_counts_only_what_can_be_judged():
    rate = hit_rate(
        [
            PromiseOutcome(Outcome.KEPT, 0.75),
            PromiseOutcome(Outcome.OVER_DELIVERED, None),
            PromiseOutcome(Outcome.MISSED, 0.25),
            PromiseOutcome(Outcome.NOT_DUE, 0.9),
            PromiseOutcome(Outcome.UNKNOWN, 0.9),
        ]
    )
    assert (rate.kept, rate.judged, rate.held, rate.n_held) == (2, 3, 0.5, 2)
    assert hit_rate([]).held is None


SPANS = st.builds(
    span, st.integers(0, 400).map(lambda n: n / 4), st.integers(1, 160).map(lambda n: n / 4)
)
PERIODS = st.lists(st.tuples(SPANS, st.floats(-1e6, 1e6)), max_size=12)


def counted(periods: list[tuple[Span, float]]) -> list[PeriodValue]:
    parts = counted_parts([s for s, _ in periods])
    return [
        PeriodValue(p, {"net": np.array([v, v / 2])})
        for p, (_, v) in zip(parts, periods, strict=True)
        if p
    ]


@given(PERIODS)
def test_the_sum_of_months_is_the_sum_of_periods(periods):
    parts = counted(periods)
    total = together(window_totals(parts, months([s for s, _ in periods])))
    by_period = sum(sum(p.days for p in t.parts) * t.values["net"][0] for t in parts)
    assert total.sums.get("net", np.zeros(2))[0] == pytest.approx(by_period, abs=1e-3)
    assert total.days == pytest.approx(sum(p.days for t in parts for p in t.parts))


@given(st.lists(SPANS, max_size=12))
def test_every_moment_counts_once(spans):
    quarters = {s.start + i * DAY / 4 for s in spans for i in range(round(s.days * 4))}
    parts = [p for parts in counted_parts(spans) for p in parts]
    assert sum(p.days for p in parts) == pytest.approx(len(quarters) / 4)
    whole = Span(ORIGIN, ORIGIN + 1000 * DAY)
    assert days_within(spans, whole) == pytest.approx(len(quarters) / 4)
    ends = sorted((p.start, p.end) for p in parts)
    assert all(a[1] <= b[0] for a, b in pairwise(ends))


@given(PERIODS, st.tuples(SPANS, st.floats(-1e6, 1e6)), st.booleans())
def test_another_period_never_changes_a_month_it_does_not_touch(periods, new, is_first):
    windows = months([s for s, _ in [*periods, new]])
    before = window_totals(counted(periods), windows)
    after = window_totals(counted([new, *periods] if is_first else [*periods, new]), windows)
    for window, one, two in zip(windows, before, after, strict=True):
        if new[0].within(window) is None:
            assert one.days == pytest.approx(two.days)
            assert one.sums.keys() == two.sums.keys()
            for name in one.sums:
                np.testing.assert_allclose(one.sums[name], two.sums[name], rtol=1e-9, atol=1e-3)
