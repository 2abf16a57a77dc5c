"""Planning: what a project costs, and what is still unknown about it."""

from __future__ import annotations

from mlpm_core.planning.brief import (
    Area,
    Confidence,
    Conflict,
    Coverage,
    Finding,
    Stakeholder,
    conflicts,
    coverage,
    project_weights,
)
from mlpm_core.planning.factors import FACTORS, Answer, Documentation, Factor
from mlpm_core.planning.quick import (
    Driver,
    QuickEstimate,
    Spread,
    Step,
    TwentyDayRule,
    Unknown,
    quick_estimate,
)
from mlpm_core.planning.quick_inputs import QuickInputs
from mlpm_core.planning.rounding import COST_STEP, DAYS_STEP, rounded

__all__ = [
    "COST_STEP", "DAYS_STEP", "FACTORS", "Answer", "Area", "Confidence", "Conflict", "Coverage",
    "Documentation", "Driver", "Factor", "Finding", "QuickEstimate", "QuickInputs", "Spread",
    "Stakeholder", "Step", "TwentyDayRule", "Unknown", "conflicts", "coverage", "project_weights",
    "quick_estimate", "rounded",
]  # fmt: skip
