"""What was asked for, what was agreed, and what stakeholders were shown and said."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.records.record import Choice, Day, Flag, Name, Number, Record, Text, Whole, column


class RequirementStatus(Choice):
    """How far a requirement is."""

    DRAFT = "draft"
    AGREED = "agreed"
    MET = "met"
    FAILED = "failed"
    DROPPED = "dropped"


class Comparison(Choice):
    """How a measured value must stand to the limit of a requirement; empty for none."""

    NONE = ""
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Requirement(Record):
    """What was asked for, what is really needed, and who decides what with the prediction."""

    kind: ClassVar[str] = "requirements"
    singular: ClassVar[str] = "Requirement"
    plural: ClassVar[str] = "Requirements"
    key: ClassVar[tuple[str, ...]] = ("project", "requirement_id")

    project: Name = column("The project that must meet it.")
    requirement_id: Name = column("Short name of the requirement.", label="Requirement")
    asked: Text = column("What was asked for, in the words of who asked.")
    why: Text = column("Why they want it.", default="")
    agreed: Text = column("What is really needed, as agreed.", label="Really needed", default="")
    decides: Text = column(
        "Who decides something with the prediction.", label="Who decides", default=""
    )
    decision: Text = column("What they decide with it.", label="What they decide", default="")
    decided_when: Text = column(
        "When they decide: before which step, how often.", label="When they decide", default=""
    )
    stakeholder_id: Name = column(
        "Who asked for it.", label="Asked by", default="", refers_to="stakeholders"
    )
    status: RequirementStatus = column("How far it is.", default=RequirementStatus.DRAFT)
    metric: Name = column("What is measured, such as latency_ms.", default="")
    comparison: Comparison = column(
        "Whether the limit is a least or a most.", default=Comparison.NONE
    )
    limit: Number | None = column("What must be kept.", default=None)
    measured: Number | None = column("What was measured.", default=None)
    unit: Text = column("Unit of limit and measured value.", default="")
    changed_on: Day | None = column(
        "The day on which what is needed last changed.", label="Changed on", default=None
    )
    change_reason: Text = column("Why it changed.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)


class InteractionType(Choice):
    """How people met."""

    MEETING = "meeting"
    DEMO = "demo"
    REPORT = "report"
    CALL = "call"
    QUESTION = "question"


class Interaction(Record):
    """A meeting, a demo, a report or a question: what was shown to whom, and what they said."""

    kind: ClassVar[str] = "interactions"
    singular: ClassVar[str] = "Interaction"
    plural: ClassVar[str] = "Interactions"
    key: ClassVar[tuple[str, ...]] = ("project", "interaction_id")

    project: Name = column("The project it was about.")
    interaction_id: Name = column("Short name of it.", label="Interaction")
    stakeholder_id: Name = column("With whom.", label="Stakeholder", refers_to="stakeholders")
    happened_on: Day = column("The day it took place.", label="Date", aliases=("date",))
    interaction_type: InteractionType = column("How they met.", label="Type")
    minutes: Whole | None = column(
        "How much of the stakeholder's time it took.", default=None, low=0, high=10_000
    )
    is_prepared: Flag = column(
        "Whether a meeting pack was sent before.", label="Prepared", default=False
    )
    shown: Text = column("What they were shown.", label="What was shown", default="")
    said: Text = column("What they said to it.", label="What they said", default="")
    satisfaction: Whole | None = column(
        "How content they were, 1 to 5.", default=None, low=1, high=5
    )
    open_question: Text = column(
        "What one of both did not understand; it stays open until its answer has a day.",
        default="",
    )
    answered_on: Day | None = column(
        "The day that question was answered.", label="Answered on", default=None
    )
    risks_shared: Text = column(
        "Risks they heard of, by short name, separated by semicolons.", default=""
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)
