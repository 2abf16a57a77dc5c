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
from mlpm_core.planning.candidates import Candidate, candidates, find_candidate, read_candidates
from mlpm_core.planning.conditions import Condition, LeastMove, conditions, least_move
from mlpm_core.planning.factors import FACTORS, Answer, Documentation, Factor
from mlpm_core.planning.measuring import (
    CONFIDENCE,
    FEWEST_WEEKS,
    Measured,
    measured,
    weeks_to_measure,
)
from mlpm_core.planning.proxy import Proxy, ProxyState
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
    "CONFIDENCE", "COST_STEP", "DAYS_STEP", "FACTORS", "FEWEST_WEEKS", "Answer", "Area",
    "Candidate", "Condition", "Confidence", "Conflict", "Coverage", "Documentation", "Driver",
    "Factor", "Finding", "LeastMove", "Measured", "Proxy", "ProxyState",
    "QuickEstimate", "QuickInputs", "Spread", "Stakeholder", "Step", "TwentyDayRule", "Unknown",
    "candidates", "conditions", "conflicts", "coverage", "find_candidate", "least_move", "measured",
    "project_weights", "quick_estimate", "read_candidates", "rounded", "weeks_to_measure",
]  # fmt: skip
