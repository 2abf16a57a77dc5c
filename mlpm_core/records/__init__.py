"""Records: what is stored, each defined once.

``KINDS`` lists every record that can be uploaded, edited and exported, by its plural word.
"""

from __future__ import annotations

from mlpm_core.errors import NotFoundError
from mlpm_core.records.briefing import Area, Confidence, FindingRecord, StakeholderRecord
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
    Slot,
    Source,
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
    Answer,
    Baseline,
    Direction,
    Documentation,
    EstimateRecord,
    Kpi,
    KpiTarget,
    Project,
    Promise,
    QuantityRecord,
    ValueCase,
)
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
from mlpm_core.records.record import AnyRecord, Column, ColumnKind, Record, columns, stored
from mlpm_core.records.safe_cell import as_written, kept_cell, neutral, safe_cell

KINDS: dict[str, type[Record]] = {
    record.kind: record
    for record in (
        Project, StakeholderRecord, FindingRecord,
        Model, MechanismRecord, Kpi, ValueCase, QuantityRecord, Deployment, Promise, MetricLimit,
        MetricResult,
        Prediction, Label, Incident, Cost, KpiActual, EstimateRecord, Evaluation, Decision,
        Event, KpiTarget,
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
    "Answer",
    "AnyRecord",
    "Area",
    "Baseline",
    "Breach",
    "Column",
    "ColumnKind",
    "Confidence",
    "Cost",
    "CostType",
    "Decision",
    "Deployment",
    "Direction",
    "Documentation",
    "Effect",
    "EstimateRecord",
    "Evaluation",
    "Event",
    "EventType",
    "Example",
    "FileColumn",
    "FileField",
    "FileLook",
    "FindingRecord",
    "Granularity",
    "Group",
    "Incident",
    "IncidentStatus",
    "Kpi",
    "KpiActual",
    "KpiTarget",
    "Label",
    "LabelStatus",
    "MechanismRecord",
    "Metric",
    "MetricLimit",
    "MetricResult",
    "Model",
    "Prediction",
    "Project",
    "Promise",
    "ProofDesign",
    "QuantityRecord",
    "Question",
    "Receipt",
    "Record",
    "Reject",
    "RejectedLine",
    "RejectedLines",
    "Repair",
    "Slot",
    "Source",
    "StakeholderRecord",
    "Status",
    "ValueCase",
    "Warned",
    "as_written",
    "columns",
    "kept_cell",
    "neutral",
    "record_of",
    "safe_cell",
    "stored",
]
