"""Estimates: what sums of projects say."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.errors import NotEnoughDataError
from mlpm_core.quantity import Quantity
from mlpm_core.value.estimate import Estimate, added


def test_projects_are_added_as_independent():
    """The sum of two N(0, 1) has a P90 of 1.2815516*sqrt(2) = 1.8124."""
    normal = Quantity.read("normal(0, 1)").quantile((np.arange(8192) + 0.5) / 8192)
    one = Estimate.of(normal, "money/year")
    total = added([one, one], "EUR/year")
    assert total.p90 == pytest.approx(1.8124, rel=0.02)
    assert total.mean == pytest.approx(0, abs=1e-9)
    assert total.unit == "EUR/year"
    assert added([one], "EUR/year").p90 == one.p90
    with pytest.raises(NotEnoughDataError):
        added([], "EUR/year")


def test_a_sum_is_the_same_in_whatever_order_its_projects_are_listed():
    u = (np.arange(8192) + 0.5) / 8192
    ones = [
        Estimate.of(Quantity.read(written).quantile(u), "money/year")
        for written in ("200k to 260k", "normal(30k, 9k)", "-5k to 12k", "7k")
    ]
    first = added(ones, "EUR/year")
    for listed in (ones[::-1], ones[1:] + ones[:1], ones[2:] + ones[:2]):
        assert added(listed, "EUR/year") == first
