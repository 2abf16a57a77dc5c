"""M2 and M5 to M12: a worked example of each, and short ways to an answer.

M10 and M11: core/golden/value_examples.json. The others have no published example; theirs is
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
    (Path(__file__).parent / "golden" / "value_examples.json").read_text("utf-8")
)["examples"]
CARDS = {
    "precision": 0.25, "recall": 0.6, "value_detection_rate": 0.7, "transactions": 1_000_000,
    "prevalence": 0.002, "fraud_amount": 150, "recovery": 0.2, "chargeback_fee": 20,
    "legit_amount": 60, "margin_rate": 0.1, "retry": 0.5, "attrition": 0.01, "customer_value": 200,
    "review_share": 0.2, "review_minutes": 6, "review_wait_hours": 2, "wage_per_hour": 30,
    "cashable": 0.5,
}  # fmt: skip
SEARCH = {
    "clicks_model": 1.1, "sessions": 1_000_000, "exposure": 0.8, "clicks_baseline": 1.0,
    "conversion_per_click": 0.05, "margin_per_order": 20, "deadweight": 0.25,
    "infra_cost_per_session": 0.002, "hours_saved": 400, "position_baseline": 6,
    "position_model": 5, "seconds_per_item": 1.8, "abandonment_baseline": 0.5,
    "abandonment_model": 0.45, "wage_per_hour": 30, "cashable": 0.5,
}  # fmt: skip
PUMPS = {
    "precision": 0.4, "recall": 0.6, "assets": 500, "failure_rate": 0.4, "uptake": 0.9,
    "lead_ok": 0.8, "failure_cost": 5000, "planned_cost": 2000, "inspection_cost": 200,
    "unplanned_downtime": 24, "planned_downtime": 4, "margin_per_hour": 100, "failure_hours": 16,
    "planned_hours": 6, "inspection_hours": 2,
}  # fmt: skip
FRAMES = {
    "escape_rate_model": 0.05, "overkill_rate_model": 0.02, "units": 1_000_000,
    "defect_rate": 0.01, "escape_rate_baseline": 0.2, "overkill_rate_baseline": 0.03,
    "escape_cost": 100, "overkill_cost": 4, "inspection_cost_baseline": 0.3,
    "inspection_cost_model": 0.05, "review_cost": 0.5, "seconds_baseline": 18, "seconds_model": 1,
    "review_seconds": 36,
}  # fmt: skip
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
    "M2": CARDS,
    "M5": SEARCH,
    "M6": PUMPS,
    "M7": FRAMES,
    "M8": COURIER,
    "M9": USED_BIKES,
    "M10": EXAMPLES["M10"]["inputs"],
    "M11": EXAMPLES["M11_uplift"]["inputs"],
    "M12": LOANS,
}
EXTRA = {
    ("M2", "incumbent"): {
        "precision_incumbent": 0.2, "recall_incumbent": 0.4, "value_detection_rate_incumbent": 0.5
    },
    ("M5", "none"): {
        "clicks_without_ranking": 0.6, "position_without_ranking": 9,
        "abandonment_without_ranking": 0.7,
    },
    ("M5", "all"): {
        "clicks_same_for_all": 0.95, "position_same_for_all": 7, "abandonment_same_for_all": 0.55
    },
    ("M6", "incumbent"): {"precision_incumbent": 0.3, "recall_incumbent": 0.4},
    ("M6", "all"): {"repairs_by_schedule": 1, "prevented_by_schedule": 0.5},
    ("M7", "all"): {"escape_rate_by_person": 0.1, "overkill_rate_by_person": 0.01},
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
    ("M2", "none"): {},
    ("M2", "all"): {"recall": 1, "precision": 0.002, "value_detection_rate": 1},
    ("M2", "incumbent"): {"precision": 0.2, "recall": 0.4, "value_detection_rate": 0.5},
    ("M5", "none"): {
        "clicks_model": 0.6,
        "position_model": 9,
        "abandonment_model": 0.7,
        "infra_cost_per_session": 0,
        "hours_saved": 0,
    },
    ("M5", "all"): {
        "exposure": 1,
        "clicks_model": 0.95,
        "position_model": 7,
        "abandonment_model": 0.55,
        "infra_cost_per_session": 0,
        "hours_saved": 0,
    },
    ("M5", "incumbent"): {},
    ("M6", "none"): {},
    ("M6", "incumbent"): {"precision": 0.3, "recall": 0.4},
    ("M7", "none"): {
        "escape_rate_model": 1,
        "overkill_rate_model": 0,
        "inspection_cost_model": 0,
        "seconds_model": 0,
    },
    ("M7", "incumbent"): {},
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
# Baselines that are no model with other inputs: their net, worked out where they are tested.
OWN_NETS = {("M6", "all"): -460_000, ("M7", "all"): -20_800}
MONEY = {
    "M2": ["fraud_amount", "chargeback_fee", "legit_amount", "customer_value", "wage_per_hour"],
    "M5": ["margin_per_order", "infra_cost_per_session", "wage_per_hour"],
    "M6": ["failure_cost", "planned_cost", "inspection_cost", "margin_per_hour"],
    "M7": [
        "escape_cost",
        "overkill_cost",
        "inspection_cost_baseline",
        "inspection_cost_model",
        "review_cost",
    ],
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
