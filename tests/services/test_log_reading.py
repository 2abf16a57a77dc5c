"""Reported results leave no room for computed ones, and what a threshold decides is counted."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from mlpm_core.in_life.log_figures import Scores
from mlpm_core.in_life.periods import Logged, Monitored, Period
from mlpm_core.services.valuation.log_metrics import automatic_at
from mlpm_core.services.valuation.log_reading import where_unreported
from mlpm_core.services.valuation.model_log import is_settled

MONDAY = datetime(2024, 1, 1)
RESULT = Monitored(0.5, 10, None, "")
starts = st.integers(0, 70).map(lambda day: MONDAY + timedelta(days=day))
reported = st.lists(
    st.tuples(starts, st.sampled_from(["", "PT1H", "P1D", "P1W", "P1M"]), st.sampled_from("ab")),
    max_size=8,
)


def overlap(one, other):
    is_moment = other.start == other.end
    return (
        one.start <= other.start < one.end
        if is_moment
        else (other.start < one.end and one.start < other.end)
    )


@given(reported)
def test_a_computed_metric_counts_exactly_where_no_result_of_it_overlaps(rows):
    told = {}
    for start, length, name in rows:
        told.setdefault(Period(start, length), {})[name] = RESULT
    weeks = [Period(MONDAY + timedelta(weeks=k), "P1W") for k in range(10)]
    computed = {week: dict.fromkeys("ab", RESULT) for week in weeks}
    free = where_unreported(computed, told, "P1W", 0)
    for week in weeks:
        for name in "ab":
            is_taken = any(overlap(week, p) for p, of in told.items() if name in of)
            assert (name in free.get(week, {})) is not is_taken


scored = st.lists(
    st.tuples(st.integers(0, 100).map(lambda k: k / 100), st.sampled_from(["1", "0", ""])),
    min_size=1, max_size=60,
)  # fmt: skip


@given(scored, st.integers(0, 100))
def test_what_a_threshold_decides_is_what_the_rows_say(rows, k):
    scores, bins = Scores(), []
    for p, y in rows:
        place = min(round(p * 100), 99)
        bins.append({"score_bin": place, "n": 1, "y_true": y})
        if y:
            scores.put(place, (p, p**2, p**3, p**4), 1, is_positive=y == "1")
    found = automatic_at(bins, scores, k / 100)
    decided = [min(p, 0.99) >= k / 100 for p, _ in rows]
    assert found["coverage"].value == pytest.approx(np.mean(decided))
    alone = [y for (_, y), is_its in zip(rows, decided, strict=True) if is_its and y]
    if not alone:
        assert "selective_error" not in found
        return
    wrong = 1 - metrics.accuracy_score(alone, ["1"] * len(alone))
    assert found["selective_error"].value == pytest.approx(wrong)
    assert found["selective_error"].n == len(alone)


@given(st.integers(1, 2000), st.integers(0, 2000), st.floats(0.05, 1))
def test_more_outcomes_never_make_a_period_wait(n, outcomes, usual):
    outcomes = min(outcomes, n)
    earlier = 10_000, round(10_000 * usual)
    if is_settled(Logged(n, outcomes), *earlier):
        assert is_settled(Logged(n, min(outcomes + 1, n)), *earlier)
    assert is_settled(Logged(n, n), *earlier)
    assert is_settled(Logged(n, outcomes), 0, 0)
