"""What is common is drawn once, for the plan, for life and for every period."""

from __future__ import annotations

import numpy as np

from mlpm_core.quantity import Quantity
from mlpm_core.value.worth import _common_draws, worth_by_period
from tests.maths.test_worth import M1, uncertain


def test_sixty_periods_draw_once_what_they_share(monkeypatch):
    """Speed is counted, not timed: a period draws its own two metrics and nothing else."""
    months = [{"precision": f"{200 + i}/1000", "recall": f"{600 + i}/1000"} for i in range(60)]
    quantile, n_drawn = Quantity.quantile, 0

    def counted(quantity, p):
        nonlocal n_drawn
        n_drawn += np.size(p) == 1024
        return quantile(quantity, p)

    monkeypatch.setattr(Quantity, "quantile", counted)
    _common_draws.cache_clear()
    worth_by_period(M1, uncertain(), months, draws=1024)
    assert n_drawn == 2 + 2 * 60  # the value and the acceptance of a customer, once
    worth_by_period(M1, uncertain(), months, draws=1024)
    assert n_drawn == 2 + 4 * 60  # and for whoever asks next
