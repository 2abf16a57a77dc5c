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
from mlpm_core.planning.calendar import WorkCalendar, each_day
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
from mlpm_core.planning.plan_json import read_plan, written_plan
from mlpm_core.planning.project_estimate import DRAWS, project_estimate
from mlpm_core.planning.project_plan import (
    BIASES,
    Bias,
    FactorAnswer,
    ProjectPlan,
    RiskPlan,
    RolePlan,
    TaskPlan,
)
from mlpm_core.planning.project_result import (
    EffortStep,
    NoGo,
    ProjectEstimate,
    RankDriver,
    TaskEnd,
    TaskSizes,
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
from mlpm_core.planning.role_views import RoleView, role_views
from mlpm_core.planning.rounding import (
    cost_in_words,
    cost_of,
    days_in_words,
    money_in_words,
    rounded_days,
    rounded_money,
)
from mlpm_core.planning.schedule import Reached
from mlpm_core.planning.three_point import ThreePoint
from mlpm_core.planning.tries import LOOP_SHARE, REPEAT_SHARE, Tries
from mlpm_core.planning.updating import (
    Belief,
    Compared,
    Fan,
    Learned,
    UpdatedEstimate,
    remaining_fan,
    updated_estimate,
)
from mlpm_core.records import Answer, Area, Confidence, Documentation

__all__ = [
    "BIASES",
    "CONFIDENCE",
    "DRAWS",
    "FACTORS",
    "FEWEST_WEEKS",
    "LOOP_SHARE",
    "REPEAT_SHARE",
    "Answer",
    "Area",
    "AskFirst",
    "Assumption",
    "Belief",
    "Bias",
    "Compared",
    "Condition",
    "Confidence",
    "Conflict",
    "Coverage",
    "Documentation",
    "Driver",
    "EffortStep",
    "Factor",
    "FactorAnswer",
    "Fan",
    "Finding",
    "KpiTemplate",
    "Learned",
    "LeastMove",
    "Measured",
    "NoGo",
    "ProjectEstimate",
    "ProjectPlan",
    "Proxy",
    "ProxyState",
    "QuickEstimate",
    "QuickInputs",
    "RankDriver",
    "Reached",
    "RiskPlan",
    "RolePlan",
    "RoleView",
    "Spread",
    "Stakeholder",
    "Step",
    "TaskEnd",
    "TaskPlan",
    "TaskSizes",
    "ThreePoint",
    "Tries",
    "TwentyDayRule",
    "Unknown",
    "UpdatedEstimate",
    "WorkCalendar",
    "assumptions",
    "conditions",
    "conflicts",
    "cost_in_words",
    "cost_of",
    "coverage",
    "days_in_words",
    "each_day",
    "find_kpi_template",
    "kpi_templates",
    "least_move",
    "measured",
    "money_in_words",
    "project_estimate",
    "project_weights",
    "quick_estimate",
    "read_kpi_templates",
    "read_plan",
    "remaining_fan",
    "role_views",
    "rounded_days",
    "rounded_money",
    "updated_estimate",
    "weeks_to_measure",
    "written_plan",
]  # fmt: skip
