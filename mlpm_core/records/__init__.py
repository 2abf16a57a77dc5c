"""Records: what is stored, each defined once.

``KINDS`` lists every record that can be uploaded, edited and exported, by its plural word.
"""

from __future__ import annotations

from mlpm_core.errors import NotFoundError
from mlpm_core.records.briefing import (
    Answer,
    Area,
    Confidence,
    Factor,
    FindingRecord,
    StakeholderRecord,
)
from mlpm_core.records.estimating import (
    DeliveryPromise,
    Documentation,
    EstimateRecord,
    EstimateSnapshot,
    EstimatorClass,
    Measure,
)
from mlpm_core.records.evaluating import Decision, Evaluation, ProofDesign
from mlpm_core.records.events import Event, EventType
from mlpm_core.records.file_look import (
    METRIC_PREFIX,
    FileColumn,
    FileField,
    FileLook,
    RejectedLine,
    RejectedLines,
)
from mlpm_core.records.mechanisms import FIRST_MECHANISM, MechanismRecord
from mlpm_core.records.meetings import (
    Comparison,
    Interaction,
    InteractionType,
    Requirement,
    RequirementStatus,
)
from mlpm_core.records.metrics import METRIC_ALIASES, METRICS, PERCENT_ERRORS, Metric
from mlpm_core.records.monitoring import (
    Breach,
    Deployment,
    Granularity,
    LabelStatus,
    MetricLimit,
    MetricResult,
    Model,
    Prediction,
    Site,
    Slot,
    Source,
    Telemetry,
)
from mlpm_core.records.outcomes import (
    Cost,
    CostType,
    Group,
    Incident,
    IncidentStatus,
    KpiActual,
    Label,
)
from mlpm_core.records.planning import (
    Autonomy,
    Baseline,
    Direction,
    Kpi,
    KpiTarget,
    Project,
    Promise,
    QuantityRecord,
    Season,
    ValueCase,
    fiscal_year,
    last_of_fiscal_year,
)
from mlpm_core.records.proving import FreedHoursRecord, RolloutResult
from mlpm_core.records.receipt import (
    Effect,
    Example,
    Question,
    Receipt,
    Reject,
    Repair,
    Status,
    Warned,
)
from mlpm_core.records.record import (
    AnyRecord,
    Column,
    ColumnKind,
    Record,
    columns,
    names_in,
    stored,
)
from mlpm_core.records.risks import (
    Artefact,
    ArtefactType,
    CheckQuestion,
    CheckReply,
    CheckResult,
    Rebuild,
    Risk,
    RiskCategory,
    RiskResponse,
    RiskReview,
    RiskStatus,
)
from mlpm_core.records.safe_cell import as_written, kept_cell, neutral, safe_cell
from mlpm_core.records.support import (
    AnnotationPlan,
    ComputeCampaign,
    Contract,
    ContractClause,
    ContractType,
    Pricing,
    SourcingRecord,
    SupportPlan,
)
from mlpm_core.records.work import (
    Absence,
    ClosedProject,
    Employer,
    Outcome,
    Phase,
    Role,
    Task,
    TaskCategory,
    TaskStatus,
    TeamMember,
)

KINDS: dict[str, type[Record]] = {
    record.kind: record
    for record in (
        Project, StakeholderRecord, FindingRecord,
        Model, MechanismRecord, Kpi, ValueCase, QuantityRecord, Deployment, Promise, MetricLimit,
        MetricResult,
        Prediction, Label, Incident, Cost, KpiActual, FreedHoursRecord, RolloutResult,
        EstimateRecord, Evaluation, Decision,
        Event, KpiTarget,
        Requirement, Interaction, Role, Task, TeamMember, Absence, ClosedProject, EstimateSnapshot,
        DeliveryPromise, Risk, RiskReview, CheckResult, CheckQuestion, Artefact, Rebuild,
        Contract, ContractClause, SourcingRecord, SupportPlan, AnnotationPlan, ComputeCampaign,
    )
}  # fmt: skip


def record_of(kind: str) -> type[Record]:
    """The record class of a kind.

    Examples
    --------
    >>> record_of("kpis").singular
    'KPI'
    """
    try:
        return KINDS[kind]
    except KeyError:
        raise NotFoundError.of("kind of record", kind, KINDS) from None


__all__ = [
    "FIRST_MECHANISM",
    "KINDS",
    "METRICS",
    "METRIC_ALIASES",
    "METRIC_PREFIX",
    "PERCENT_ERRORS",
    "Absence",
    "AnnotationPlan",
    "Answer",
    "AnyRecord",
    "Area",
    "Artefact",
    "ArtefactType",
    "Autonomy",
    "Baseline",
    "Breach",
    "CheckQuestion",
    "CheckReply",
    "CheckResult",
    "ClosedProject",
    "Column",
    "ColumnKind",
    "Comparison",
    "ComputeCampaign",
    "Confidence",
    "Contract",
    "ContractClause",
    "ContractType",
    "Cost",
    "CostType",
    "Decision",
    "DeliveryPromise",
    "Deployment",
    "Direction",
    "Documentation",
    "Effect",
    "Employer",
    "EstimateRecord",
    "EstimateSnapshot",
    "EstimatorClass",
    "Evaluation",
    "Event",
    "EventType",
    "Example",
    "Factor",
    "FileColumn",
    "FileField",
    "FileLook",
    "FindingRecord",
    "FreedHoursRecord",
    "Granularity",
    "Group",
    "Incident",
    "IncidentStatus",
    "Interaction",
    "InteractionType",
    "Kpi",
    "KpiActual",
    "KpiTarget",
    "Label",
    "LabelStatus",
    "Measure",
    "MechanismRecord",
    "Metric",
    "MetricLimit",
    "MetricResult",
    "Model",
    "Outcome",
    "Phase",
    "Prediction",
    "Pricing",
    "Project",
    "Promise",
    "ProofDesign",
    "QuantityRecord",
    "Question",
    "Rebuild",
    "Receipt",
    "Record",
    "Reject",
    "RejectedLine",
    "RejectedLines",
    "Repair",
    "Requirement",
    "RequirementStatus",
    "Risk",
    "RiskCategory",
    "RiskResponse",
    "RiskReview",
    "RiskStatus",
    "Role",
    "RolloutResult",
    "Season",
    "Site",
    "Slot",
    "Source",
    "SourcingRecord",
    "StakeholderRecord",
    "Status",
    "SupportPlan",
    "Task",
    "TaskCategory",
    "TaskStatus",
    "TeamMember",
    "Telemetry",
    "ValueCase",
    "Warned",
    "as_written",
    "columns",
    "fiscal_year",
    "kept_cell",
    "last_of_fiscal_year",
    "names_in",
    "neutral",
    "record_of",
    "safe_cell",
    "stored",
]
