"""A measured number is a quantity at once: just what its notation, read again, would be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from mlpm_core.evaluation.candidate import Measured, quantity_of, written
from mlpm_core.quantity import Quantity
from mlpm_core.value.mechanism import find_mechanism

P = np.array([0.001, 0.05, 0.5, 0.95, 0.999])
METRICS = [
    metric for name in ("M1", "M3", "M4", "M8") for metric in find_mechanism(name).metrics
]  # fmt: skip


@given(
    st.sampled_from(METRICS),
    st.floats(1e-3, 1 - 1e-3),
    st.none() | st.integers(1, 10**6),
    st.none() | st.floats(1e-4, 0.4),
)
def test_it_is_what_its_notation_means(metric, value, n, se):
    measured = Measured(value, n=n, standard_error=se)
    quantity = quantity_of(measured, metric)
    again = metric.read(quantity.text)
    assert quantity.text == written(measured, metric)
    assert (quantity.unit, quantity.low, quantity.high) == (again.unit, again.low, again.high)
    assert (quantity.currency, quantity.is_exact) == (again.currency, again.is_exact)
    np.testing.assert_allclose(quantity.quantile(P), again.quantile(P), rtol=1e-7, atol=1e-12)


@pytest.mark.slow
@given(st.floats(0.02, 0.98), st.integers(1, 10**5))
def test_a_share_of_cases_is_as_exact_as_they_are_many(value, n):
    hits = round(value * n)
    quantity = Quantity.measured(hits / n, n, low=0, high=1)
    assert quantity.text == f"{hits}/{n}"
    assert quantity.mean == pytest.approx((hits + 1) / (n + 2), rel=1e-3)


@pytest.mark.parametrize(
    ("value", "n", "se", "sentence"),
    [
        (1.2, 200, None, "recall: '1.2' is not between 0 and 1. A percentage?"),
        (-0.1, None, 0.02, "recall: 'normal(-0.1, 0.02)' is not between 0 and 1."),
        (0.5, 10**19, None, "1e+18 is the largest"),
    ],
)
def test_what_cannot_be_is_refused_by_name(value, n, se, sentence):
    with pytest.raises(InputError) as refused:
        quantity_of(Measured(value, n=n, standard_error=se), find_mechanism("M1").input("recall"))
    assert str(refused.value).startswith("recall: ")
    assert sentence in str(refused.value)


def test_a_metric_that_is_no_share_does_not_count_cases():
    assert Quantity.measured(12.5, 400, low=0).is_exact
    assert not Quantity.measured(12.5, 400, 0.5, low=0).is_exact
