"""Records: what is stored, each defined once.

``KINDS`` lists every record that can be uploaded, edited and exported, by its plural word.
"""

from __future__ import annotations

from mlpm_core.errors import NotFoundError
from mlpm_core.records.evaluating import Decision, Evaluation
from mlpm_core.records.metrics import METRIC_ALIASES, METRICS, Metric
from mlpm_core.records.monitoring import (
    Deployment,
    Granularity,
    LabelStatus,
    MetricResult,
    Model,
    Slot,
    Source,
)
from mlpm_core.records.planning import (
    Answer,
    Baseline,
    Direction,
    Documentation,
    EstimateRecord,
    Kpi,
    Project,
    Promise,
    QuantityRecord,
    ValueCase,
)
from mlpm_core.records.receipt import Effect, Question, Receipt, Reject, Status, Warned
from mlpm_core.records.record import Column, ColumnKind, Record, columns

KINDS: dict[str, type[Record]] = {
    record.kind: record
    for record in (
        Project, Model, Kpi, ValueCase, QuantityRecord, Deployment, Promise, MetricResult,
        EstimateRecord,
        Evaluation, Decision,
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
    "KINDS", "METRICS", "METRIC_ALIASES", "Answer", "Baseline", "Column", "ColumnKind",
    "Decision", "Deployment", "Direction", "Documentation", "Effect", "EstimateRecord",
    "Evaluation", "Granularity", "Kpi", "LabelStatus", "Metric", "MetricResult", "Model",
    "Project", "Promise", "QuantityRecord", "Question", "Receipt", "Record", "Reject", "Slot",
    "Source", "Status", "ValueCase", "Warned", "columns", "record_of",
]  # fmt: skip
