"""What work is estimated to take, what that was on a day, and what was promised of it."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.records.briefing import Answer
from mlpm_core.records.record import Choice, Day, Flag, Name, Number, Record, Text, Whole, column


class Documentation(Choice):
    """Which documents of the model are due."""

    NONE = "none"
    CARD = "card"
    FULL = "full"

    @property
    def label(self) -> str:
        """The documentation as people say it.

        Examples
        --------
        >>> Documentation.CARD.label
        'Model card'
        """
        return {
            Documentation.NONE: "None",
            Documentation.CARD: "Model card",
            Documentation.FULL: "Full documentation",
        }[self]


class EstimatorClass(Choice):
    """How far the three numbers of a project's tasks can be trusted."""

    UNTRIED = "untried"
    PRACTISED = "practised"
    OWN_HISTORY = "own_history"

    @property
    def label(self) -> str:
        """The class as people say it.

        Examples
        --------
        >>> EstimatorClass.OWN_HISTORY.label
        'Own closed projects'
        """
        return {
            EstimatorClass.UNTRIED: "Nobody was held against what came out",
            EstimatorClass.PRACTISED: "Practised estimators",
            EstimatorClass.OWN_HISTORY: "Own closed projects",
        }[self]


class EstimateRecord(Record):
    """One engineer's guess of the work, with what may make it larger."""

    kind: ClassVar[str] = "estimates"
    singular: ClassVar[str] = "Estimate"
    plural: ClassVar[str] = "Estimates"
    key: ClassVar[tuple[str, ...]] = ("project", "estimate_id")

    project: Name = column("The project it belongs to.")
    estimate_id: Name = column("Short name of the estimate.", label="Estimate")
    raw_days: Number = column(
        "The engineer's own guess of the whole work, before any factor.",
        label="Own guess",
        low=0.1,
        high=10_000,
        unit="person-days",
    )
    day_rate: Number = column(
        "What a person-day costs, in the project's currency.",
        label="Cost of a person-day",
        low=0,
        high=1_000_000,
    )
    p_success: Number = column(
        "How likely one cycle (choosing, training and scoring a model) gives a usable model, from "
        "0 to 1.",
        label="Chance of a usable model per cycle",
        low=0,
        high=1,
    )
    title: Text = column("Its name as people say it.", default="")
    value_case_id: Name = column(
        "The value case it would pay for; empty while there is none.",
        label="Value case",
        default="",
        refers_to="value_cases",
    )
    max_cycles: Whole = column(
        "After so many cycles without a usable model the work stops.",
        label="Cycles at most",
        default=3,
        low=1,
        high=100,
    )
    n_models: Whole = column(
        "How many models are built.", label="Models", default=1, low=1, high=1000
    )
    loop_share: Number = column(
        "Share of the work that one modelling cycle is: choosing, training and scoring a model, 0 "
        "to 1. MLPM's 0.25 follows a survey of 2,360 people (Anaconda 2020: 23% of their time).",
        label="Share of the work in a cycle",
        default=0.25,
        low=0,
        high=1,
    )
    repeat_share: Number = column(
        "What each further cycle costs, as a share of the first, from 0 to 1. MLPM's 0.6 is its "
        "own assumption.",
        label="Cost of a further cycle",
        default=0.6,
        low=0,
        high=1,
    )
    stop_point_days: Number | None = column(
        "Days after which the first cycle shows whether there is a usable model, as in a short "
        "first project (a lighthouse). Empty: that is known only at the end.",
        label="First cycle known after",
        default=None,
        low=0.1,
        high=10_000,
        unit="person-days",
    )
    data_complex: Answer = column(
        "Is the data complex?", label="Complex data", default=Answer.UNKNOWN
    )
    data_big: Answer = column("Is the data big?", label="Big data", default=Answer.UNKNOWN)
    platform_complex: Answer = column(
        "Is the platform complex or distributed?", label="Complex platform", default=Answer.UNKNOWN
    )
    data_dirty: Answer = column(
        "Does the data need cleaning?", label="Dirty data", default=Answer.UNKNOWN
    )
    ethics_privacy: Answer = column(
        "Are there questions of ethics, security or privacy?",
        label="Ethics and privacy",
        default=Answer.UNKNOWN,
    )
    unstructured: Answer = column(
        "Is the data unstructured, such as text, images or sound?",
        label="Unstructured data",
        default=Answer.UNKNOWN,
    )
    eval_complicated: Answer = column(
        "Is it complicated to tell whether the model is good?",
        label="Complicated evaluation",
        default=Answer.UNKNOWN,
    )
    documentation: Documentation = column(
        "Which documentation of the model is required.", default=Documentation.NONE
    )
    answered_on: Day | None = column(
        "The day these questions were answered: numbers of tasks that were given later hold them "
        "already.",
        label="Answered on",
        default=None,
    )
    estimator_class: EstimatorClass = column(
        "How far the three numbers of the tasks can be trusted.",
        label="Estimators",
        default=EstimatorClass.UNTRIED,
    )
    focus: Number = column(
        "Share of a day on the project that goes into its tasks, 0 to 1; the rest is meetings "
        "and interruptions.",
        default=0.8,
        low=0.05,
        high=1,
    )
    overhead_share: Number = column(
        "Effort of managing delivery, as a share of all other effort.",
        label="Share of delivery management",
        default=0.12,
        low=0,
        high=2,
    )
    overhead_rate: Number | None = column(
        "What a person-day of delivery management costs; empty takes the cost of a person-day.",
        label="Cost of a day of management",
        default=None,
        low=0,
        high=1_000_000,
    )
    fixed_cost: Number = column(
        "What the project costs beyond people, such as computers and licences, in its currency.",
        default=0.0,
        low=0,
    )
    made_by: Text = column("Who made the guess.", label="Estimated by", default="")
    note: Text = column("Assumptions, and what is left out.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)


def _percentile(of: str, level: str) -> float | None:
    value: float | None = column(
        f"{of} that is enough {level}.",
        default=None,
        low=0,
    )
    return value


class EstimateSnapshot(Record):
    """What the estimate of a project said on a day; never changed, and made again by its hash."""

    kind: ClassVar[str] = "estimate_snapshots"
    singular: ClassVar[str] = "Estimate of a day"
    plural: ClassVar[str] = "Estimates of days"
    key: ClassVar[tuple[str, ...]] = ("project", "snapshot_id")
    is_immutable: ClassVar[bool] = True

    project: Name = column("The project it belongs to.")
    snapshot_id: Name = column("Short name of the snapshot.", label="Snapshot")
    taken_on: Day = column("The day for which it was made.", label="Taken on")
    reason: Text = column("Why it was taken, such as Monday or a finished task.", default="")
    is_baseline: Flag = column(
        "Whether the project is held against it.", label="Baseline", default=False
    )
    effort_p10: Number | None = _percentile("Effort in person-days", "1 time in 10")
    effort_p50: Number | None = _percentile("Effort in person-days", "5 times in 10")
    effort_p80: Number | None = _percentile("Effort in person-days", "8 times in 10")
    effort_p95: Number | None = _percentile("Effort in person-days", "19 times in 20")
    duration_p10: Number | None = _percentile("Duration in working days", "1 time in 10")
    duration_p50: Number | None = _percentile("Duration in working days", "5 times in 10")
    duration_p80: Number | None = _percentile("Duration in working days", "8 times in 10")
    duration_p95: Number | None = _percentile("Duration in working days", "19 times in 20")
    cost_p10: Number | None = _percentile("Cost in the project's currency", "1 time in 10")
    cost_p50: Number | None = _percentile("Cost in the project's currency", "5 times in 10")
    cost_p80: Number | None = _percentile("Cost in the project's currency", "8 times in 10")
    cost_p95: Number | None = _percentile("Cost in the project's currency", "19 times in 20")
    spent_days: Number | None = column(
        "Person-days spent by then.", label="Days spent", default=None, low=0
    )
    p_no_go: Number | None = column(
        "The chance that no usable model comes out, from 0 to 1.",
        label="Chance of no model",
        default=None,
        low=0,
        high=1,
    )
    evidence: Text = column(
        "SHA-256 of the tasks, answers, roles and risks it was made from.",
        default="",
        by_application=True,
    )


class Measure(Choice):
    """What a delivery promise is about."""

    DATE = "date"
    COST = "cost"


class DeliveryPromise(Record):
    """A date or a cost told to a stakeholder, with how likely it seemed then."""

    kind: ClassVar[str] = "delivery_promises"
    singular: ClassVar[str] = "Promise of date or cost"
    plural: ClassVar[str] = "Promises of date or cost"
    key: ClassVar[tuple[str, ...]] = ("project", "promise_id")

    project: Name = column("The project it belongs to.")
    promise_id: Name = column("Short name of the promise.", label="Promise")
    what: Text = column("What was promised, in a few words.")
    measure: Measure = column("Whether a date or a cost was promised.")
    made_on: Day = column("The day it was said.", label="Made on")
    promised_for_on: Day | None = column(
        "The day by which it was promised.", label="Promised for", default=None
    )
    promised_cost: Number | None = column(
        "The cost that was promised, in the project's currency.", default=None, low=0
    )
    stakeholder_id: Name = column(
        "To whom it was promised.", label="Made to", default="", refers_to="stakeholders"
    )
    snapshot_id: Name = column(
        "The estimate it was made on.",
        label="Estimate of a day",
        default="",
        refers_to="estimate_snapshots",
    )
    confidence: Number | None = column(
        "How likely the estimate made it then, from 0 to 1.", default=None, low=0, high=1
    )
    overridden_by: Text = column(
        "Who took it on themselves to promise what was less likely than not.", default=""
    )
    override_reason: Text = column("Why they did.", default="")
    delivered_on: Day | None = column(
        "The day it was delivered.", label="Delivered on", default=None
    )
    delivered_cost: Number | None = column("What it cost in the end.", default=None, low=0)
    withdrawn: Flag = column("Taken back, in agreement with whom it was made to.", default=False)
    note: Text = column("Anything worth knowing.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)
