"""What a project needs to know and who has a say in it."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.records.record import (
    Choice,
    Day,
    Flag,
    Name,
    Number,
    Record,
    Text,
    Whole,
    column,
)


class Area(Choice):
    """The six areas in which a project must know its ground."""

    ORGANISATION = "organisation"
    DATA = "data"
    ARCHITECTURE = "architecture"
    APPLICATION = "application"
    ETHICS_SECURITY_PRIVACY = "ethics_security_privacy"
    PATH_TO_PRODUCTION = "path_to_production"

    @property
    def label(self) -> str:
        """The area as people say it.

        Examples
        --------
        >>> Area.ETHICS_SECURITY_PRIVACY.label
        'Ethics, security and privacy'
        """
        if self is Area.ETHICS_SECURITY_PRIVACY:
            return "Ethics, security and privacy"
        return self.value.replace("_", " ").capitalize()


class Answer(Choice):
    """Whether something applies; unknown counts as half."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Factor(Choice):
    """What makes the work of a project larger; empty for none."""

    NONE = ""
    DATA_COMPLEX = "data_complex"
    DATA_BIG = "data_big"
    PLATFORM_COMPLEX = "platform_complex"
    DATA_DIRTY = "data_dirty"
    ETHICS_PRIVACY = "ethics_privacy"
    UNSTRUCTURED = "unstructured"
    EVAL_COMPLICATED = "eval_complicated"

    @property
    def label(self) -> str:
        """The factor as people say it.

        Examples
        --------
        >>> Factor.DATA_DIRTY.label
        'Dirty data'
        """
        return {
            Factor.NONE: "None",
            Factor.DATA_COMPLEX: "Complex data",
            Factor.DATA_BIG: "Big data",
            Factor.PLATFORM_COMPLEX: "Complex platform",
            Factor.DATA_DIRTY: "Dirty data",
            Factor.ETHICS_PRIVACY: "Ethics and privacy",
            Factor.UNSTRUCTURED: "Unstructured data",
            Factor.EVAL_COMPLICATED: "Complicated evaluation",
        }[self]


class Confidence(Choice):
    """How far a finding can be relied on, least first."""

    UNKNOWN = "unknown"
    ASSUMED = "assumed"
    CHECKED = "checked"
    PROVEN = "proven"


def _weight(dimension: str) -> float:
    weight: float = column(
        f"How much {dimension} matters to them, in points: give out 100 over the five dimensions. "
        "Only their proportions count.",
        label=f"Points for {dimension}",
        default=0.0,
        low=0,
        high=1000,
    )
    return weight


class StakeholderRecord(Record):
    """Somebody with a say in a project, and what matters to them."""

    kind: ClassVar[str] = "stakeholders"
    singular: ClassVar[str] = "Stakeholder"
    plural: ClassVar[str] = "Stakeholders"
    key: ClassVar[tuple[str, ...]] = ("project", "stakeholder_id")

    project: Name = column("The project they have a say in.")
    stakeholder_id: Name = column("Short name of the stakeholder.", label="Stakeholder")
    name: Text = column("Who it is.")
    influence: Whole = column("How much say they have, 1 to 5.", low=1, high=5)
    interest: Whole = column("How much it matters to them, 1 to 5.", default=3, low=1, high=5)
    role: Text = column("Their part, such as budget holder or product owner.", default="")
    wants: Text = column("What they want, and why.", default="")
    contact_every_days: Whole | None = column(
        "How often they want to hear of the project; empty when nobody agreed on it.",
        label="Contact every",
        default=None,
        low=1,
        high=3650,
        unit="days",
    )
    channel: Text = column("How they want to hear of it.", default="")
    has_veto: Flag = column("Whether they can stop the project alone.", label="Veto", default=False)
    revenue: Number = _weight("revenue")
    cost_saving: Number = _weight("cost saving")
    cycle_time: Number = _weight("cycle time")
    people_intensity: Number = _weight("people intensity")
    customer_experience: Number = _weight("customer experience")
    archived: Flag = column("Kept, but no longer shown.", default=False)


class FindingRecord(Record):
    """One thing that a project needs to know: asked, assumed, checked or proven."""

    kind: ClassVar[str] = "findings"
    singular: ClassVar[str] = "Finding"
    plural: ClassVar[str] = "Findings"
    key: ClassVar[tuple[str, ...]] = ("project", "finding_id")

    project: Name = column("The project that needs to know it.")
    finding_id: Name = column("Short name of the finding.", label="Finding")
    area: Area = column("Which of the six areas it belongs to.")
    statement: Text = column("What is known, or the open question.")
    confidence: Confidence = column(
        "How certain it is: unknown is an open question, assumed a guess, checked was looked into, "
        "proven has evidence.",
        default=Confidence.UNKNOWN,
    )
    is_blocker: Flag = column(
        "Whether work cannot go on before it is checked.", label="Blocker", default=False
    )
    owner: Text = column("Who finds it out, or answers for it.", default="")
    due_on: Day | None = column("By when it must be known.", label="Due", default=None)
    found_on: Day | None = column("The day it was found.", label="Found on", default=None)
    evidence: Text = column("What it rests on: a person, a file, a count.", default="")
    factor: Factor = column(
        "The factor of the estimate that it answers; empty for none.", default=Factor.NONE
    )
    applies: Answer = column(
        "Whether that factor applies.", label="Factor applies", default=Answer.UNKNOWN
    )
    probability: Number | None = column(
        "How likely the factor applies while that is not known, from 0 to 1; empty is even odds.",
        label="Chance that it applies",
        default=None,
        low=0,
        high=1,
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)
