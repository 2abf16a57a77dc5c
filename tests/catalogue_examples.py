"""M8 to M12: a worked example of each, and short ways to an answer.

M10 and M11: core/golden/value_examples.json. M8, M9 and M12 have no published example; theirs is
worked out by hand where it is tested.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from mlpm_core.quantity import Dimension
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import Worth, worth

EXAMPLES = json.loads(
    (Path(__file__).parent / "core" / "golden" / "value_examples.json").read_text("utf-8")
)["examples"]
COURIER = {
    "jobs": 200_000, "rmse_baseline": 12, "rmse_model": 9, "late_cost_per_minute": 1.5,
    "early_cost_per_minute": 0.5, "badly_late_minutes": 15, "contact_share": 0.3,
    "contact_minutes": 6, "churn": 0.01, "customer_value": 120, "wage_per_hour": 30,
    "cashable": 0.5,
}  # fmt: skip
USED_BIKES = {
    "quotes": 20_000, "demand_slope": 0.0002, "rmse_baseline": 300, "rmse_model": 200,
    "automatic_share_baseline": 0.2, "automatic_share_model": 0.6, "tolerance": 400,
    "human_minutes": 30, "wage_per_hour": 40, "cashable": 0.5, "human_wait_hours": 24,
    "automatic_wait_hours": 0.5,
}  # fmt: skip
LOANS = {
    "precision": 0.3, "recall": 0.5, "applications": 10_000, "prevalence": 0.06,
    "exposure_at_default": 8000, "loss_given_default": 0.5, "return_on_investment": 0.1,
    "automatic_share": 0.7, "human_minutes": 30, "wage_per_hour": 36, "cashable": 0.5,
    "human_wait_hours": 48, "automatic_wait_hours": 0.5,
}  # fmt: skip
GIVEN = {
    "M8": COURIER,
    "M9": USED_BIKES,
    "M10": EXAMPLES["M10"]["inputs"],
    "M11": EXAMPLES["M11_uplift"]["inputs"],
    "M12": LOANS,
}
EXTRA = {
    ("M8", "none"): {"rmse_without_prediction": 20},
    ("M9", "none"): {"rmse_without_valuation": 900},
    ("M9", "all"): {"rmse_when_all_automatic": 260},
    ("M10", "all"): {"resolution_rate_when_all_contained": 0.55},
    ("M10", "incumbent"): {"containment_rate_incumbent": 0.3, "resolution_rate_incumbent": 0.7},
    ("M11", "all"): {"uplift_of_all": 0.015, "conversion_treated_of_all": 0.09},
    ("M11", "incumbent"): {
        "uplift_at_k_incumbent": 0.02, "conversion_treated_at_k_incumbent": 0.12
    },
    ("M12", "incumbent"): {
        "precision_incumbent": 0.2, "recall_incumbent": 0.4, "automatic_share_incumbent": 0.1
    },
}  # fmt: skip
# What the baseline's own policy is, in the inputs of the model; nothing for the natural baseline.
POLICIES = {
    ("M8", "none"): {"rmse_model": 20},
    ("M8", "incumbent"): {},
    ("M9", "none"): {"rmse_model": 900, "automatic_share_model": 0.2},
    ("M9", "all"): {"rmse_model": 260, "automatic_share_model": 1},
    ("M9", "incumbent"): {},
    ("M10", "none"): {},
    ("M10", "all"): {"containment_rate": 1, "resolution_rate": 0.55},
    ("M10", "incumbent"): {"containment_rate": 0.3, "resolution_rate": 0.7},
    ("M11", "none"): {},
    ("M11", "all"): {"share_treated": 1, "uplift_at_k": 0.015, "conversion_treated_at_k": 0.09},
    ("M11", "incumbent"): {"uplift_at_k": 0.02},
    ("M12", "none"): {},
    ("M12", "all"): {"recall": 1, "precision": 0.06},
    ("M12", "incumbent"): {"precision": 0.2, "recall": 0.4, "automatic_share": 0.1},
}
MONEY = {
    "M8": ["late_cost_per_minute", "early_cost_per_minute", "customer_value", "wage_per_hour"],
    "M9": ["rmse_baseline", "rmse_model", "tolerance", "wage_per_hour"],
    "M10": ["llm_cost", "harm_cost", "customer_value", "wage_per_hour"],
    "M11": ["value", "contact_cost", "incentive"],
    "M12": ["exposure_at_default", "wage_per_hour"],
}
share = st.floats(0.05, 0.95)
few = settings(max_examples=20, deadline=None)


def answer(number: str, baseline: str | None = None, **changes: float) -> Worth:
    inputs = GIVEN[number] | changes
    written = {name: repr(value) for name, value in inputs.items()}
    return worth(find_mechanism(number), written, baseline=baseline, draws=64)


def told(of: Worth) -> dict[str, float]:
    """The five dimensions and net by name."""
    return {d.value: of.kpis[d].mean for d in Dimension} | {"net": of.net.mean}


def lines(of: Worth) -> dict[str, float]:
    return {line.name: line.value for line in of.lines}


def size(of: Worth) -> float:
    """How large the money is that net is the difference of."""
    return sum(abs(of.kpis[d].mean) for d in (Dimension.REVENUE, Dimension.COST_SAVING)) + 1


def near(expected: float) -> object:
    return pytest.approx(expected, rel=1e-9, abs=1e-9)
