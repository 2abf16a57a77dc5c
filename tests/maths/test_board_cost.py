"""What a board of candidates computes, counted: each thing once, and many at once."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.evaluation import Candidate, Measured, leaderboard
from mlpm_core.quantity import Dimension
from mlpm_core.value import draws
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.policy import Policy

M1 = find_mechanism("M1")
SHOP = {
    "population": "90k to 110k", "prevalence": "400/8000", "uptake": "0.8 to 0.95",
    "capacity": "15000", "acceptance": "0.2 to 0.4", "customer_value": "120 to 400",
    "incentive": "10", "contact_cost": "0.8 to 1.2", "contact_minutes": "4 to 8",
    "non_churner_acceptance": "0.7 to 0.95", "annoyance": "40/1000",
}  # fmt: skip
N, DRAWS = 64, 1024


@pytest.fixture(scope="module")
def counted():
    """A board of 64 candidates, the outcomes that were computed and the generators that were made.

    Each outcome is noted as how many options it holds; each generator as whose it is.
    """
    outcomes, generators = [], []
    outcome, generator = Policy.outcome, draws.own_generator

    def counting(policy, inputs):
        outcomes.append(max(v.shape[0] if v.ndim == 2 else 1 for v in inputs.values()))
        return outcome(policy, inputs)

    def making(seed, *whose):
        generators.append(whose)
        return generator(seed, *whose)

    models = [
        Candidate(
            f"model {i:02}",
            {"precision": Measured(0.2 + i / 400, 400), "recall": Measured(0.7 - i / 300, 400)},
            fixed_cost_annual=1000.0 * (i % 2),
        )
        for i in range(N)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Policy, "outcome", counting)
        patch.setattr(draws, "own_generator", making)
        board = leaderboard(M1, SHOP, models, draws=DRAWS)
    return board, outcomes, generators


def test_candidates_are_computed_many_at_once(counted):
    _, outcomes, _ = counted
    # As measured and corrected, 32 at once; all once at the medians; half of them once more, alone,
    # since their fixed cost is taken off what was saved.
    assert sorted(outcomes) == [1] * (1 + N // 2) + [32] * 4


def test_the_order_of_a_candidates_own_draws_is_made_once(counted):
    _, _, generators = counted
    assert len(generators) == len(set(generators)) == 2 * N


def test_draws_that_are_made_again_are_those_of_the_figures(counted):
    board, _, _ = counted
    for option in board.options[::7]:
        for estimate in (option.net, *option.kpis.values()):
            samples = estimate.samples
            assert np.quantile(samples, [0.1, 0.5, 0.9]).tolist() == pytest.approx(
                [estimate.p10, estimate.p50, estimate.p90], rel=1e-12
            )
        money = (option.kpis[d].samples for d in (Dimension.REVENUE, Dimension.COST_SAVING))
        assert sum(money) == pytest.approx(option.net.samples)
        if option.worth is not None:
            money = (
                option.worth.kpi_by_draw(d) for d in (Dimension.REVENUE, Dimension.COST_SAVING)
            )
            assert sum(money) == pytest.approx(option.worth.net_by_draw, nan_ok=True)
