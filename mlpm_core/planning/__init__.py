"""Planning: what a project costs, and what is still unknown about it."""

from __future__ import annotations

from mlpm_core.planning.assumptions import Assumption, assumptions
from mlpm_core.planning.brief import (
    Conflict,
    Coverage,
    Finding,
    Stakeholder,
    conflicts,
    coverage,
    project_weights,
)
from mlpm_core.planning.conditions import Condition, LeastMove, conditions, least_move
from mlpm_core.planning.factors import FACTORS, Factor
from mlpm_core.planning.kpi_templates import (
    KpiTemplate,
    find_kpi_template,
    kpi_templates,
    read_kpi_templates,
)
from mlpm_core.planning.measuring import (
    CONFIDENCE,
    FEWEST_WEEKS,
    Measured,
    measured,
    weeks_to_measure,
)
from mlpm_core.planning.proxy import Proxy, ProxyState
from mlpm_core.planning.quick import quick_estimate
from mlpm_core.planning.quick_inputs import QuickInputs
from mlpm_core.planning.quick_result import (
    AskFirst,
    Driver,
    QuickEstimate,
    Spread,
    Step,
    TwentyDayRule,
    Unknown,
)
from mlpm_core.planning.rounding import cost_in_words, cost_of, days_in_words, rounded_days
from mlpm_core.planning.tries import LOOP_SHARE, REPEAT_SHARE, Tries
from mlpm_core.records import Answer, Area, Confidence, Documentation

__all__ = [
    "CONFIDENCE",
    "FACTORS",
    "FEWEST_WEEKS",
    "LOOP_SHARE",
    "REPEAT_SHARE",
    "Answer",
    "Area",
    "AskFirst",
    "Assumption",
    "Condition",
    "Confidence",
    "Conflict",
    "Coverage",
    "Documentation",
    "Driver",
    "Factor",
    "Finding",
    "KpiTemplate",
    "LeastMove",
    "Measured",
    "Proxy",
    "ProxyState",
    "QuickEstimate",
    "QuickInputs",
    "Spread",
    "Stakeholder",
    "Step",
    "Tries",
    "TwentyDayRule",
    "Unknown",
    "assumptions",
    "conditions",
    "conflicts",
    "cost_in_words",
    "cost_of",
    "coverage",
    "days_in_words",
    "find_kpi_template",
    "kpi_templates",
    "least_move",
    "measured",
    "project_weights",
    "quick_estimate",
    "read_kpi_templates",
    "rounded_days",
    "weeks_to_measure",
]  # fmt: skip
