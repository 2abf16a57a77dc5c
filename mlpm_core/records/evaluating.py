"""What was measured of candidates, and what was decided on it."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.quantity import LARGEST_SQUARE
from mlpm_core.records.record import Choice, Day, Name, Number, Record, Text, Whole, column


class Evaluation(Record):
    """One metric of one candidate, measured on one test set before anything goes live."""

    kind: ClassVar[str] = "evaluations"
    singular: ClassVar[str] = "Evaluation"
    plural: ClassVar[str] = "Evaluations"
    key: ClassVar[tuple[str, ...]] = (
        "project", "value_case_id", "candidate", "metric", "test_set",
    )  # fmt: skip

    project: Name = column("The project it belongs to.")
    value_case_id: Name = column(
        "The value case the candidate would serve.", label="Value case", refers_to="value_cases"
    )
    candidate: Name = column(
        "The model version that could be adopted; any name but none and all.",
        aliases=("model_version", "version"),
        reserved=("none", "all"),
    )
    metric: Name = column("Which metric, spelled as in scikit-learn, such as recall.")
    value: Number = column("The metric's value; a share is written 0 to 1.", largest=LARGEST_SQUARE)
    n: Whole | None = column(
        "Of how many cases a share is the share: actual positives for recall, those flagged for "
        "precision.",
        label="Cases",
        default=None,
        low=1,
        aliases=("samples", "count", "n_samples"),
    )
    value_se: Number | None = column(
        "Standard error of the value.",
        label="Standard error",
        default=None,
        low=0,
        largest=LARGEST_SQUARE,
    )
    numerator: Number | None = column(
        "Numerator, when the value is a ratio, such as the errors among the automatic cases.",
        default=None,
        low=0,
        largest=LARGEST_SQUARE,
    )
    denominator: Number | None = column(
        "Denominator, when the value is a ratio; for a share it is the number of its cases.",
        default=None,
        low=0,
        largest=LARGEST_SQUARE,
    )
    ci_low: Number | None = column(
        "Lower end of the value's confidence interval.",
        label="Interval from",
        default=None,
        largest=LARGEST_SQUARE,
    )
    ci_high: Number | None = column(
        "Upper end of the value's confidence interval.",
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
    unit: Text = column(
        "Unit of the value, where it is not the one its mechanism asks in: 9 hours with the unit "
        "hour, 24 with the unit %.",
        default="",
    )
    test_set: Name = column(
        "The cases it was measured on; candidates are compared best on the same.", default=""
    )
    compared_with: Name = column(
        "Another candidate measured on the same cases, for the agreement beside it.", default=""
    )
    agreement: Number | None = column(
        "Of the cases that the metric counts, the share on which both candidates are right or both "
        "are wrong; for a metric that is not a share, the correlation of their errors.",
        default=None,
        low=-1,
        high=1,
    )
    fixed_cost_annual: Number | None = column(
        "What having the candidate costs a year beyond what the mechanism counts, in the project's "
        "currency; the same in every row of a candidate.",
        label="Cost a year",
        default=None,
        largest=LARGEST_SQUARE,
    )
    evaluated_on: Day | None = column(
        "The day it was measured; of several test sets the newest counts.", default=None
    )
    run_id: Text = column("The run that produced it.", default="")
    note: Text = column("Anything worth knowing, such as the threshold that was used.", default="")


class ProofDesign(Choice):
    """How a decision is to be proven; empty when nobody planned it."""

    NONE = ""
    HALVES = "half and half"
    HOLDOUT = "holdout"
    SWITCHBACK = "switchback"
    BEFORE_AFTER = "before and after"


class Decision(Record):
    """What was chosen, by whom and why; never changed, only superseded by another."""

    kind: ClassVar[str] = "decisions"
    singular: ClassVar[str] = "Decision"
    plural: ClassVar[str] = "Decisions"
    key: ClassVar[tuple[str, ...]] = ("project", "decision_id")
    is_immutable: ClassVar[bool] = True

    project: Name = column("The project it belongs to.")
    decision_id: Name = column("Short name of the decision.", label="Decision")
    title: Text = column("The decision in a few words.")
    value_case_id: Name = column(
        "The value case it is about.", label="Value case", refers_to="value_cases"
    )
    chosen: Name = column(
        "The candidate that was chosen; none, or empty, adopts none of them.", default="none"
    )
    model_id: Name = column(
        "The model under which the chosen candidate is in use, if several serve the value case.",
        label="In use as model",
        default="",
        refers_to="models",
    )
    model_version: Name = column(
        "The version under which the chosen candidate is in use, if that name differs from the "
        "candidate's.",
        label="In use as version",
        default="",
    )
    why: Text = column("Why it was chosen.")
    decided_by: Text = column("Who decided.")
    attendees: Text = column("Who else took part.", label="Also present", default="")
    decided_on: Day = column("The day it was decided; when it was recorded is kept beside it.")
    review_on: Day | None = column(
        "The day to look at it again.", label="Review date", default=None
    )
    supersedes: Name = column(
        "The earlier decision of the project that this one replaces.", default=""
    )
    conditions: Text = column("What must be true for the decision to hold.", default="")
    dissent: Text = column("Who disagreed, and why.", default="")
    proof_by: ProofDesign = column(
        "How it will be known whether the model works; empty when no proof was planned.",
        label="Proof by",
        default=ProofDesign.NONE,
    )
    proof_kpi_id: Name = column(
        "The KPI on which it is to be proven.", label="Proof on KPI", default="", refers_to="kpis"
    )
    proof_held_out: Number | None = column(
        "Share of the cases that are held out from the model meanwhile.",
        label="Share held out",
        default=None,
        low=0,
        high=1,
    )
    proof_effect: Number | None = column(
        "The change of one case that the proof shall be able to see, in the KPI's unit, or in the "
        "project's currency per case where the KPI is an amount of money.",
        label="Effect to be seen",
        default=None,
        low=0,
    )
    proof_weeks: Whole | None = column(
        "Weeks after which a verdict has come in 80 % of such proofs; empty beyond five years.",
        label="Weeks to a verdict",
        default=None,
        low=1,
    )
    proof_chance: Number | None = column(
        "The chance of a verdict by the review date.",
        label="Chance by review",
        default=None,
        low=0,
        high=1,
    )
    evidence: Text = column(
        "SHA-256 of the options that were compared, as they were then.",
        default="",
        by_application=True,
    )
