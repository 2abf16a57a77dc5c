"""What happened afterwards: outcomes, incidents, costs, and the KPIs as they were measured."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.quantity import LARGEST_SQUARE
from mlpm_core.records.monitoring import (
    OUTCOME_HEADERS,
    PERIOD_HEADERS,
    PREDICTION_HEADERS,
    Granularity,
)
from mlpm_core.records.record import (
    Choice,
    Day,
    Flag,
    Moment,
    Name,
    Number,
    Record,
    Text,
    Whole,
    column,
)


class Label(Record):
    """What really happened after a prediction, whenever it became known."""

    kind: ClassVar[str] = "labels"
    singular: ClassVar[str] = "Label"
    plural: ClassVar[str] = "Labels"
    key: ClassVar[tuple[str, ...]] = ("project", "model_id", "prediction_id")

    project: Name = column("The project; empty is the project of the import.")
    prediction_id: Name = column(
        "The prediction it is about.",
        label="Prediction",
        aliases=PREDICTION_HEADERS,
    )
    y_true: Text = column(
        "What really happened: a class or a number.",
        label="Outcome",
        aliases=OUTCOME_HEADERS,
    )
    label_ts: Moment | None = column("When it became known, UTC.", label="Known at", default=None)
    model_id: Name = column(
        "The model that predicted; empty when no other model uses the same numbers.",
        label="Model",
        default="",
        aliases=("model",),
    )
    outcome_value: Number | None = column(
        "What the outcome was worth, in the project's currency.", default=None
    )
    note: Text = column("Anything worth knowing.", default="")


class Severity(Choice):
    """How bad an incident is; SEV1 is the worst."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"


class IncidentStatus(Choice):
    """How far an incident is dealt with."""

    OPEN = "open"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"


class DetectedBy(Choice):
    """Who noticed; empty when nobody wrote it down."""

    UNKNOWN = ""
    ALERT = "alert"
    HUMAN = "human"
    CUSTOMER = "customer"


class RootCause(Choice):
    """Why it happened."""

    UNKNOWN = "unknown"
    DATA_PIPELINE = "data_pipeline"
    SCHEMA_CHANGE = "schema_change"
    COVARIATE_DRIFT = "covariate_drift"
    CONCEPT_DRIFT = "concept_drift"
    MODEL_BUG = "model_bug"
    THRESHOLD_CONFIG = "threshold_config"
    INFRASTRUCTURE = "infrastructure"
    LABEL_QUALITY = "label_quality"
    EXTERNAL_EVENT = "external_event"


class Incident(Record):
    """Something that went wrong with a model at work, from its start to its end."""

    kind: ClassVar[str] = "incident_log"
    singular: ClassVar[str] = "Incident"
    plural: ClassVar[str] = "Incidents"
    key: ClassVar[tuple[str, ...]] = ("project", "incident_id")

    project: Name = column("The project; empty is the project of the import.")
    incident_id: Name = column(
        "Short name of the incident.", label="Incident", aliases=("id", "issue_key")
    )
    model_id: Name = column("The model concerned.", label="Model", aliases=("model",))
    title: Text = column("What went wrong, in a few words.", aliases=("summary",))
    started_at: Moment = column(
        "When it began, UTC.",
        label="Began",
        aliases=("created", "created_at", "created_on", "opened_at"),
    )
    severity: Severity = column(
        "How bad it is; SEV1 is the worst.",
        default=Severity.SEV3,
        aliases=("priority", "priorit\u00e4t", "urgency"),
    )
    status: IncidentStatus = column(
        "How far it is dealt with.", default=IncidentStatus.OPEN, aliases=("state",)
    )
    detected_at: Moment | None = column("When it was noticed.", label="Noticed", default=None)
    acknowledged_at: Moment | None = column(
        "When somebody took it on.", label="Taken on", default=None
    )
    mitigated_at: Moment | None = column("When the harm stopped.", label="Mitigated", default=None)
    resolved_at: Moment | None = column(
        "When it was mended.", label="Resolved", default=None, aliases=("resolved", "resolved_on")
    )
    detected_by: DetectedBy = column("Who noticed.", default=DetectedBy.UNKNOWN)
    root_cause: RootCause = column("Why it happened.", default=RootCause.UNKNOWN)
    model_version: Name = column(
        "The version concerned; empty for all.", label="Version", default="", aliases=("version",)
    )
    slice_key: Name = column("Name of the slice concerned; empty for all cases.", default="")
    slice_value: Name = column("Value of the slice.", default="")
    est_loss: Number | None = column(
        "What it is estimated to have cost.", label="Estimated loss", default=None
    )
    realised_loss: Number | None = column("What it did cost.", default=None)
    currency: Name = column("Currency of the losses; empty is the project's.", default="")
    owner: Text = column("Who answers for it.", default="", aliases=("assignee",))
    action: Text = column("What was or will be done.", default="")
    linked_alert_ids: Text = column("The alerts that belong to it.", default="")
    postmortem_url: Text = column("Where it is written up.", label="Post-mortem", default="")


class CostType(Choice):
    """What money was spent on."""

    INFERENCE = "inference"
    TRAINING = "training"
    LICENCE = "licence"
    DATA = "data"
    LABELLING = "labelling"
    HUMAN_REVIEW = "human_review"
    MAINTENANCE = "maintenance"
    INCIDENT = "incident"
    OTHER = "other"


class Cost(Record):
    """Money spent on a model over a period; it counts by the days of it."""

    kind: ClassVar[str] = "cost_log"
    singular: ClassVar[str] = "Cost"
    plural: ClassVar[str] = "Costs"
    key: ClassVar[tuple[str, ...]] = (
        "project", "model_id", "period_start", "period_end", "cost_type", "item", "is_estimate",
    )  # fmt: skip

    project: Name = column("The project; empty is the project of the import.")
    model_id: Name = column("The model it was spent on.", label="Model", aliases=("model",))
    period_start: Day = column("First day it covers.", label="From")
    period_end: Day = column("Last day it covers.", label="To")
    cost_type: CostType = column("What it was spent on.", aliases=("type",))
    amount: Number = column("How much; a refund is negative.", aliases=("cost",))
    currency: Name = column("Its currency; empty is the project's.", default="")
    item: Name = column(
        "What tells two costs of one type and period apart, such as an invoice's number.",
        default="",
        aliases=("invoice",),
    )
    is_estimate: Flag = column("Not billed yet.", label="Estimate", default=False)
    note: Text = column("Anything worth knowing.", default="")


class Group(Choice):
    """Whose KPI was measured."""

    ALL = "all"
    TREATED = "treated"
    HOLDOUT = "holdout"


class KpiActual(Record):
    """A KPI as the business measured it, over a period."""

    kind: ClassVar[str] = "kpi_actuals"
    singular: ClassVar[str] = "Measured KPI"
    plural: ClassVar[str] = "Measured KPIs"
    key: ClassVar[tuple[str, ...]] = ("project", "kpi_id", "period_start", "granularity", "group")

    project: Name = column("The project; empty is the project of the import.")
    kpi_id: Name = column(
        "The KPI that was measured.", label="KPI", refers_to="kpis", aliases=("kpi",)
    )
    period_start: Moment = column(
        "First day or moment of the period, UTC.",
        label="Period",
        aliases=PERIOD_HEADERS,
    )
    value: Number = column("The KPI in its own unit.")
    granularity: Granularity = column("Length of the period.", default=Granularity.INSTANT)
    group: Group = column(
        "Whose: treated by the model, held out from it, or all.", default=Group.ALL
    )
    n: Whole | None = column(
        "How many cases it rests on.",
        label="Cases",
        default=None,
        low=0,
        aliases=("samples", "count", "n_samples"),
    )
    sum: Number | None = column("Sum over the cases.", default=None)
    sum_sq: Number | None = column(
        "Sum of squares over the cases.", default=None, low=0, largest=LARGEST_SQUARE
    )
    source: Text = column("Where the number comes from.", default="")
    note: Text = column("Anything worth knowing.", default="")
