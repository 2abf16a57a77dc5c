"""What comes back from models at work."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.quantity import LARGEST_SQUARE
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


class Model(Record):
    """A model of a project; versions are told apart in its results and deployments."""

    kind: ClassVar[str] = "models"
    singular: ClassVar[str] = "Model"
    plural: ClassVar[str] = "Models"
    key: ClassVar[tuple[str, ...]] = ("project", "model_id")

    project: Name = column("The project the model belongs to.")
    model_id: Name = column(
        "Short name of the model, as it stands in result files.", label="Model", aliases=("model",)
    )
    purpose: Text = column("What the model decides or predicts, in one sentence.", default="")
    owner: Text = column("Who answers for it.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)


class Slot(Choice):
    """The part a deployed model plays."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"
    SHADOW = "shadow"
    FALLBACK = "fallback"


class Site(Choice):
    """Where a deployed model runs; empty when nobody said."""

    NONE = ""
    OWN_CLOUD = "own_cloud"
    CUSTOMER_CLOUD = "customer_cloud"
    CUSTOMER_ON_PREMISES = "customer_on_premises"
    EDGE = "edge"


class Telemetry(Choice):
    """How results of a deployed model come back; empty when nobody said."""

    NONE = ""
    PUSH = "push"
    PULL = "pull"
    FILE_DROP = "file_drop"
    NOTHING = "nothing"


class Deployment(Record):
    """A model version in use somewhere."""

    kind: ClassVar[str] = "deployments"
    singular: ClassVar[str] = "Deployment"
    plural: ClassVar[str] = "Deployments"
    key: ClassVar[tuple[str, ...]] = ("project", "deployment_id")

    project: Name = column("The project it belongs to.")
    deployment_id: Name = column("Short name of the deployment.", label="Deployment")
    model_id: Name = column("The model in use.", label="Model", refers_to="models")
    model_version: Name = column(
        "The version in use; empty takes every version.", label="Version", default=""
    )
    slot: Slot = column(
        "The part it plays: only the champion counts for value.", default=Slot.CHAMPION
    )
    value_case_id: Name = column(
        "The value case that says what its metrics are worth.",
        label="Value case",
        refers_to="value_cases",
    )
    from_on: Day = column("First day in use.", label="In use from")
    to_on: Day | None = column(
        "Last day in use; empty while it runs.", label="In use until", default=None
    )
    fresh_within_days: Whole = column(
        "Results older than this many days make its health unknown.",
        default=14,
        low=1,
        high=3650,
        unit="days",
    )
    site: Site = column("Where it runs.", default=Site.NONE)
    telemetry: Telemetry = column(
        "How its results come back: pushed, fetched, by a file somebody brings, or not at all.",
        default=Telemetry.NONE,
    )
    contract_id: Name = column(
        "The contract under which it is looked after; empty while your own people do it.",
        label="Contract",
        default="",
        refers_to="contracts",
    )
    looked_after_by: Text = column(
        "Who of your own people looks after it: whenever no support contract is in force, and for "
        "what the contract leaves out.",
        default="",
    )
    needed_until_on: Day | None = column(
        "The last day on which the business needs it.", label="Needed until", default=None
    )
    run_book: Text = column("Where it is written what to do when it fails.", default="")
    rehearsed_on: Day | None = column(
        "The day on which going back to the version before was last tried.",
        label="Rollback rehearsed on",
        default=None,
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


class Breach(Choice):
    """What a deployment counts as while a metric lies outside its limit."""

    WATCH = "watch"
    SICK = "sick"

    @property
    def label(self) -> str:
        """The word that people read.

        Examples
        --------
        >>> [breach.label for breach in Breach]
        ['At risk', 'Critical']
        """
        return "Critical" if self is Breach.SICK else "At risk"


class MetricLimit(Record):
    """The range in which a metric of a deployment must stay."""

    kind: ClassVar[str] = "metric_limits"
    singular: ClassVar[str] = "Metric limit"
    plural: ClassVar[str] = "Metric limits"
    key: ClassVar[tuple[str, ...]] = ("project", "deployment_id", "metric")

    project: Name = column("The project it belongs to.")
    deployment_id: Name = column(
        "The deployment it watches.", label="Deployment", refers_to="deployments"
    )
    metric: Name = column("Which metric, in scikit-learn's spelling.")
    low: Number | None = column(
        "It must not fall below this, in the unit in which the value case asks the metric.",
        label="At least",
        default=None,
        largest=LARGEST_SQUARE,
    )
    high: Number | None = column(
        "It must not rise above this, in the same unit.",
        label="At most",
        default=None,
        largest=LARGEST_SQUARE,
    )
    breach: Breach = column(
        "What the deployment counts as while the metric lies outside: at risk (watch) or critical "
        "(sick).",
        label="Outside it is",
        default=Breach.WATCH,
    )
    why: Text = column("Why the limit lies there.", default="")
    owner: Text = column("Who is told.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)


class Granularity(Choice):
    """Length of the period a result covers; empty is an instant."""

    INSTANT = ""
    HOUR = "PT1H"
    DAY = "P1D"
    WEEK = "P1W"
    MONTH = "P1M"
    QUARTER = "P3M"
    HALF_YEAR = "P6M"
    YEAR = "P1Y"


class Source(Choice):
    """Where the scored cases come from."""

    NONE = ""
    PRODUCTION = "production"
    SHADOW = "shadow"
    HOLDOUT = "holdout"
    VALIDATION = "validation"


class LabelStatus(Choice):
    """How final the outcomes behind a result are."""

    UNKNOWN = ""
    FINAL = "final"
    PARTIAL = "partial"
    ESTIMATED = "estimated"
    NONE = "none"


PERIOD_HEADERS = (
    *("day", "date", "period", "week", "month", "period_from"),
    *("week_start", "week_starting", "week_beginning", "week_commencing", "month_start"),
)
"""Headers under which the start of a period is known without asking."""


class MetricResult(Record):
    """One metric of one model over one period and slice."""

    kind: ClassVar[str] = "metric_results"
    singular: ClassVar[str] = "Monitoring result"
    plural: ClassVar[str] = "Monitoring results"
    key: ClassVar[tuple[str, ...]] = (
        "project", "model_id", "model_version", "metric", "slice_key", "slice_value",
        "period_start", "granularity", "source",
    )  # fmt: skip

    project: Name = column("The project; empty is the project of the import.")
    model_id: Name = column("The model that was scored.", label="Model", aliases=("model",))
    metric: Name = column("Which metric, in scikit-learn's spelling.")
    period_start: Moment = column(
        "First day or moment of the period, UTC.",
        aliases=(*PERIOD_HEADERS, "timestamp"),
    )
    value: Number = column("The metric's value; a share is written 0 to 1.", largest=LARGEST_SQUARE)
    model_version: Name = column(
        "The version that was scored.", label="Version", default="", aliases=("version",)
    )
    granularity: Granularity = column("Length of the period.", default=Granularity.INSTANT)
    n: Whole | None = column(
        "How many cases a share is the share of: actual positives for recall, those flagged for "
        "precision, automatic ones for their error, all cases for coverage or accuracy; 0 when "
        "there were none.",
        label="Cases",
        default=None,
        low=0,
        aliases=("samples", "count", "n_samples"),
    )
    value_se: Number | None = column(
        "Standard error of the value.",
        label="Standard error",
        default=None,
        low=0,
        largest=LARGEST_SQUARE,
    )
    ci_low: Number | None = column(
        "Lower end of the confidence interval.",
        label="Interval from",
        default=None,
        largest=LARGEST_SQUARE,
    )
    ci_high: Number | None = column(
        "Upper end of the confidence interval.",
        label="Interval to",
        default=None,
        largest=LARGEST_SQUARE,
    )
    ci_level: Number | None = column(
        "Level of the confidence interval, such as 0.9; empty is taken as 0.95.",
        label="Interval level",
        default=None,
        low=0.5,
        high=1,
        aliases=("confidence_level",),
    )
    numerator: Number | None = column(
        "Numerator, when the value is a ratio.", default=None, low=0, largest=LARGEST_SQUARE
    )
    denominator: Number | None = column(
        "Denominator, when the value is a ratio.", default=None, low=0, largest=LARGEST_SQUARE
    )
    slice_key: Name = column("Name of the slice, such as region; empty for all cases.", default="")
    slice_value: Name = column("Value of the slice, such as north.", default="")
    source: Source = column("Where the scored cases come from.", default=Source.NONE)
    label_status: LabelStatus = column("How final the outcomes are.", default=LabelStatus.UNKNOWN)
    labelled_share: Number | None = column(
        "Share of the cases whose outcome is known.", default=None, low=0, high=1
    )
    unit: Text = column(
        "Unit of the value; needed for a quantity such as a yearly volume: 700 customers of a week "
        "have the unit customer and the granularity P1W, or the unit customer/week. 24 with the "
        "unit % is the share 0.24.",
        default="",
    )
    run_id: Text = column("The run that produced it.", default="")
    note: Text = column("Anything worth knowing.", default="")


# What joins a label to its prediction is called alike in both files.
PREDICTION_HEADERS = ("id", "inference_id", "event_id")
OUTCOME_HEADERS = ("target", "label", "actual", "ground_truth")


class Prediction(Record):
    """One prediction of a model in use, with its outcome when that is known."""

    kind: ClassVar[str] = "prediction_log"
    singular: ClassVar[str] = "Prediction"
    plural: ClassVar[str] = "Predictions"
    key: ClassVar[tuple[str, ...]] = ("project", "model_id", "prediction_id")

    project: Name = column("The project; empty is the project of the import.")
    prediction_id: Name = column(
        "What tells this prediction from all others of its model.",
        label="Prediction",
        aliases=PREDICTION_HEADERS,
    )
    ts: Moment = column(
        "When it was made, UTC.",
        label="Made at",
        aliases=("timestamp", "event_time", "scored_at", "inference_timestamp"),
    )
    model_id: Name = column("The model that predicted.", label="Model", aliases=("model",))
    y_pred: Text = column(
        "What it predicted: a class or a number.",
        label="Predicted",
        default="",
        aliases=("prediction", "predicted"),
    )
    y_pred_proba: Number | None = column(
        "The probability it gave, 0 to 1.",
        label="Probability",
        default=None,
        low=0,
        high=1,
        aliases=("score", "probability", "predicted_probability"),
    )
    y_true: Text = column(
        "What really happened, when it is known.",
        label="Outcome",
        default="",
        aliases=OUTCOME_HEADERS,
    )
    decision: Name = column(
        "What was done with it; empty means that the prediction was followed.", default=""
    )
    model_version: Name = column(
        "The version that predicted.", label="Version", default="", aliases=("version",)
    )
    segment: Name = column(
        "The group of cases it belongs to, such as e-bike; empty for none.", default=""
    )
