"""The edges of months, spans and promises, and every word of what became of a promise."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.in_life.realisation import (
    Grade,
    Judgement,
    Outcome,
    PeriodValue,
    PromiseOutcome,
    Span,
    WindowTotal,
    counted_parts,
    hit_rate,
    judged,
    window_totals,
)
from mlpm_core.value.estimate import Estimate
from tests.maths.test_realisation import span


def test_the_words_of_promises_and_grades():
    assert [o.value for o in Outcome] == [
        "over-delivered", "kept", "missed", "not due yet", "cannot be said",
    ]  # fmt: skip
    assert [g.value for g in Grade] == ["A", "B", "C", "D"]


def test_a_stretch_of_time_may_be_empty_but_never_ends_before_it_starts():
    assert span(3, 0).days == 0
    with pytest.raises(InputError) as error:
        Span(datetime(2024, 7, 2), datetime(2024, 7, 1))
    assert str(error.value) == (
        "A stretch of time from 2024-07-02 00:00:00 cannot end on 2024-07-01 00:00:00."
    )


def test_stretches_that_only_touch_share_no_time():
    assert span(0, 2).within(span(2, 5)) is None
    assert span(2, 5).within(span(0, 2)) is None
    assert span(0, 3).within(span(2, 5)) == span(2, 1)


def test_a_period_begins_or_ends_with_one_that_counts_before_it():
    assert counted_parts([span(0, 2), span(0, 5)]) == [(span(0, 2),), (span(2, 3),)]
    assert counted_parts([span(0, 7), span(3, 4)]) == [(span(0, 7),), ()]
    assert counted_parts([span(0, 7), span(0, 3)]) == [(span(0, 7),), ()]


def test_labels_are_final_unless_told_and_a_month_without_days_holds_nothing():
    july, august = span(0, 31), span(31, 31)
    of_july, of_august = window_totals(
        [PeriodValue((span(0, 7),), {"net": np.array([1.0])})], [july, august]
    )
    assert (of_july.days, of_july.days_not_final) == (7.0, 0.0)
    assert (of_august.days, of_august.sums) == (0.0, {})


@pytest.mark.parametrize(
    "part", [WindowTotal(0.0, 0.0, {"net": np.array([1.0])}), WindowTotal(3.0, 0.0, {})]
)
def test_nothing_is_said_of_what_was_not_monitored(part):
    for ask in (part.total, part.mean):
        with pytest.raises(NotEnoughDataError) as error:
            ask("net", "EUR")
        assert str(error.value) == (
            "No day was monitored, so net is not available; at least one is needed."
        )


def level(*draws):
    return Estimate.of(np.array(draws), "h")


def test_a_total_and_a_mean_are_told_in_their_unit():
    part = WindowTotal(4.0, 0.0, {"net": np.array([8.0, 16.0])})
    total, mean = part.total("net", "EUR"), part.mean("net", "h")
    assert (total.mean, total.unit, mean.mean, mean.unit) == (12.0, "EUR", 3.0, "h")


@pytest.mark.parametrize(
    ("draws", "promised", "is_higher", "outcome", "probability"),
    [
        ((1e6 * (1 - 1e-12),), 1e6, True, Outcome.KEPT, 1.0),
        ((1e6 * (1 + 1e-12),), 1e6, False, Outcome.KEPT, 1.0),
        ((0.0,), 0.0, True, Outcome.KEPT, 1.0),
        ((0.0,), 0.0, False, Outcome.KEPT, 1.0),
        ((1e6 * (1 - 1e-6),), 1e6, True, Outcome.MISSED, 0.0),
        ((11.0,) * 9 + (9.0,), 10.0, True, Outcome.OVER_DELIVERED, 0.9),
        ((11.0,) * 8 + (9.0,) * 2, 10.0, True, Outcome.KEPT, 0.8),
        ((9.0,) * 9 + (11.0,), 10.0, False, Outcome.OVER_DELIVERED, 0.9),
        ((9.0,) * 8 + (11.0,) * 2, 10.0, False, Outcome.KEPT, 0.8),
        ((9.0,) * 8 + (20.0,) * 2, 10.0, False, Outcome.MISSED, 0.8),
    ],
)
def test_what_became_of_a_promise(draws, promised, is_higher, outcome, probability):
    assert judged(level(*draws), promised, higher_is_better=is_higher) == Judgement(
        outcome, probability
    )


def test_only_what_can_be_judged_counts_as_kept_or_not():
    of = PromiseOutcome
    rate = hit_rate([
        of(Outcome.OVER_DELIVERED, 0.9), of(Outcome.KEPT), of(Outcome.MISSED, 0.3),
        of(Outcome.UNKNOWN, 0.5), of(Outcome.NOT_DUE, 0.5),
    ])  # fmt: skip
    assert (rate.kept, rate.judged, rate.held, rate.n_held) == (2, 3, 0.6, 2)
    assert (rate.n_unsure, rate.n_implied) == (3, 3)
    assert hit_rate([PromiseOutcome(Outcome.KEPT)]).held is None


@pytest.mark.parametrize(
    ("outcome", "probability", "n_unsure"),
    [
        (Outcome.KEPT, 0.9, 0), (Outcome.KEPT, 0.89, 1), (Outcome.MISSED, 0.1, 0),
        (Outcome.MISSED, 0.11, 1), (Outcome.OVER_DELIVERED, 0.99, 0), (Outcome.KEPT, None, 1),
    ],
)  # fmt: skip
def test_an_outcome_that_luck_may_have_made_is_counted_as_not_sure(outcome, probability, n_unsure):
    told = PromiseOutcome(outcome, probability=probability, is_measured=True)
    assert (hit_rate([told]).n_unsure, hit_rate([told]).n_implied) == (n_unsure, 0)
