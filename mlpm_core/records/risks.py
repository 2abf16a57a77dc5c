"""What may go wrong, what is asked of every project, and what it is built from."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.records.record import Choice, Day, Flag, Name, Number, Record, Text, Whole, column
from mlpm_core.records.work import Phase


class RiskCategory(Choice):
    """Where a risk comes from."""

    DATA = "data"
    MODEL = "model"
    PEOPLE = "people"
    PLATFORM = "platform"
    SECURITY = "security"
    ETHICS_LEGAL = "ethics_legal"
    COMMERCIAL = "commercial"
    STAKEHOLDER = "stakeholder"
    PRODUCTION = "production"

    @property
    def label(self) -> str:
        """The category as people say it.

        Examples
        --------
        >>> RiskCategory.ETHICS_LEGAL.label
        'Ethics and law'
        """
        if self is RiskCategory.ETHICS_LEGAL:
            return "Ethics and law"
        return self.value.capitalize()


class RiskResponse(Choice):
    """What is done about a risk; empty when nobody decided."""

    NONE = ""
    AVOID = "avoid"
    REDUCE = "reduce"
    TRANSFER = "transfer"
    ACCEPT = "accept"
    INVESTIGATE = "investigate"


class RiskStatus(Choice):
    """Whether a risk can still happen."""

    OPEN = "open"
    OCCURRED = "occurred"
    RETIRED = "retired"


class Risk(Record):
    """Something that may go wrong: how likely, and what it would take."""

    kind: ClassVar[str] = "risks"
    singular: ClassVar[str] = "Risk"
    plural: ClassVar[str] = "Risks"
    key: ClassVar[tuple[str, ...]] = ("project", "risk_id")

    project: Name = column("The project it threatens.")
    risk_id: Name = column("Short name of the risk.", label="Risk")
    title: Text = column("What may happen, and what would follow.")
    category: RiskCategory = column("Where it comes from.")
    probability: Number = column("How likely it is, from 0 to 1.", low=0, high=1)
    p10: Number | None = column(
        "Person-days it would add: 1 chance in 10 of less.",
        label="Days, 1 in 10 less",
        default=None,
        low=0,
        high=10_000,
        unit="person-days",
    )
    p50: Number | None = column(
        "Person-days it would add: as likely more as less.",
        label="Days, even odds",
        default=None,
        low=0,
        high=10_000,
        unit="person-days",
    )
    p90: Number | None = column(
        "Person-days it would add: 1 chance in 10 of more.",
        label="Days, 1 in 10 more",
        default=None,
        low=0,
        high=10_000,
        unit="person-days",
    )
    delay_share: Number = column(
        "Share of these days by which the whole project would be late, 0 to 1.",
        default=1.0,
        low=0,
        high=1,
    )
    day_rate: Number | None = column(
        "What one of these days costs; empty takes the mean of the project's roles.",
        label="Cost of a person-day",
        default=None,
        low=0,
        high=1_000_000,
    )
    fixed_cost: Number = column(
        "What it would cost beyond the days, in the project's currency.", default=0.0, low=0
    )
    response: RiskResponse = column("What is done about it.", default=RiskResponse.NONE)
    mitigation: Text = column(
        "How it is made smaller: short names of tasks with semicolons between, which say when it "
        "is done, or a description.",
        default="",
    )
    mitigation_days: Number | None = column(
        "Person-days that making it smaller takes.", default=None, low=0, unit="person-days"
    )
    residual_probability: Number | None = column(
        "How likely it is afterwards, from 0 to 1: it counts so from the day the tasks of its "
        "mitigation are done.",
        default=None,
        low=0,
        high=1,
    )
    owner: Text = column("Who watches it.", default="")
    raised_on: Day | None = column("The day it was seen.", label="Raised on", default=None)
    review_on: Day | None = column("When to look at it next.", label="Next review", default=None)
    shared_on: Day | None = column(
        "The day a stakeholder first heard of it; a risk nobody was told of is the team's alone.",
        label="Shared on",
        default=None,
    )
    status: RiskStatus = column(
        "Whether it can still happen. One that occurred counts as certain until it is retired: do "
        "that once its work stands in the tasks.",
        default=RiskStatus.OPEN,
    )
    retired_on: Day | None = column(
        "The day it could no longer happen.", label="Retired on", default=None
    )
    evidence: Text = column("What shows that it cannot happen any more.", default="")
    model_id: Name = column(
        "The model whose incidents count how often it happens, once that is in use.",
        label="Model",
        default="",
        refers_to="models",
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


class RiskReview(Record):
    """What somebody thought of a risk on a day."""

    kind: ClassVar[str] = "risk_reviews"
    singular: ClassVar[str] = "Review of a risk"
    plural: ClassVar[str] = "Reviews of risks"
    key: ClassVar[tuple[str, ...]] = ("project", "risk_id", "reviewed_on")

    project: Name = column("The project it belongs to.")
    risk_id: Name = column("The risk that was looked at.", label="Risk", refers_to="risks")
    reviewed_on: Day = column("The day it was looked at.", label="Reviewed on")
    probability: Number = column("How likely it seemed then, from 0 to 1.", low=0, high=1)
    reviewed_by: Text = column("Who looked at it.", default="")
    note: Text = column("What changed.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)


class CheckReply(Choice):
    """How a question of a check was answered."""

    YES = "yes"
    PARTIAL = "partial"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        """The answer as people say it.

        Examples
        --------
        >>> CheckReply.NOT_APPLICABLE.label
        'Does not apply'
        """
        return {
            CheckReply.YES: "Yes",
            CheckReply.PARTIAL: "In part",
            CheckReply.NO: "No",
            CheckReply.NOT_APPLICABLE: "Does not apply",
        }[self]


class CheckResult(Record):
    """The answer to one question of a check pack, in one phase of a project."""

    kind: ClassVar[str] = "check_results"
    singular: ClassVar[str] = "Check result"
    plural: ClassVar[str] = "Check results"
    key: ClassVar[tuple[str, ...]] = ("project", "check_id", "phase")

    project: Name = column("The project it is about.")
    check_id: Name = column("The question, by its short name in the pack.", label="Check")
    phase: Phase = column("The phase in which it was asked.", default=Phase.NONE)
    reply: CheckReply = column("The answer.", label="Answer")
    answered_on: Day = column("The day it was answered.", label="Answered on")
    reviewer: Text = column("Who answered.", default="")
    evidence: Text = column("What shows it: a document, a test, a count.", default="")
    is_automated: Flag = column(
        "Whether a machine checks it again and again.", label="Automated", default=False
    )
    reason: Text = column("Why it does not apply, if it does not.", default="")
    harm_if_works: Text = column("Who is harmed if the system works as meant, and how.", default="")
    harm_if_fails: Text = column("Who is harmed if it fails, and how.", default="")
    about_version: Name = column(
        "The version of the data or the model that was looked at; another one in use makes the "
        "answer stale.",
        label="About version",
        default="",
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


class CheckQuestion(Record):
    """A question of your own that a project is asked, beside the packs that come with MLPM."""

    kind: ClassVar[str] = "check_questions"
    singular: ClassVar[str] = "Check question"
    plural: ClassVar[str] = "Check questions"
    key: ClassVar[tuple[str, ...]] = ("project", "check_id")

    project: Name = column("The project that is asked.")
    check_id: Name = column("Short name of the question.", label="Check")
    pack: Text = column("The list it belongs to.")
    question: Text = column("What is asked; yes must be the good answer.")
    area: Text = column("Heading under which it stands.", default="")
    phases: Text = column(
        "The phases in which it is asked, separated by semicolons; empty for every phase.",
        default="",
    )
    is_gate: Flag = column(
        "Whether the phase cannot be left before the answer is yes.", label="Gate", default=False
    )
    stale_after_days: Whole | None = column(
        "Days after which the answer must be given again.", default=None, low=1, high=3650
    )
    source: Text = column("Where the question comes from.", default="")
    checked_on: Day | None = column(
        "The day the source was last read.", label="Source read on", default=None
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


class ArtefactType(Choice):
    """What a project is built from."""

    DATASET = "dataset"
    LABELS = "labels"
    FEATURES = "features"
    CODE = "code"
    ENVIRONMENT = "environment"
    CONFIGURATION = "configuration"
    FOUNDATION_MODEL = "foundation_model"
    MODEL = "model"
    TEST_SET = "test_set"
    DOCUMENT = "document"


class Artefact(Record):
    """A dataset, a model or anything else one needs to build a model again."""

    kind: ClassVar[str] = "artefacts"
    singular: ClassVar[str] = "Artefact"
    plural: ClassVar[str] = "Artefacts"
    key: ClassVar[tuple[str, ...]] = ("project", "artefact_id")

    project: Name = column("The project it belongs to.")
    artefact_id: Name = column("Short name with its version.", label="Artefact")
    artefact_type: ArtefactType = column("What it is.", label="Type")
    made_from: Text = column("The artefacts it was made from, separated by semicolons.", default="")
    model_id: Name = column(
        "Of a model: the model it is, as it stands in results.",
        label="Model",
        default="",
        refers_to="models",
    )
    model_version: Name = column("Of a model: its version.", label="Version", default="")
    location: Text = column("Where it lies.", default="")
    digest: Text = column("SHA-256 or another hash of it.", default="")
    licence: Text = column("The licence under which it may be used.", default="")
    holds_personal_data: Flag = column(
        "Whether it holds data of persons.", label="Personal data", default=False
    )
    keep_until_on: Day | None = column("Last day it may be kept.", label="Keep until", default=None)
    owner: Text = column("Who knows it and gives access.", default="")
    created_on: Day | None = column("The day it was made.", label="Created on", default=None)
    archived: Flag = column("Kept, but no longer shown.", default=False)


class Rebuild(Record):
    """A try to build a model again from what is kept of it."""

    kind: ClassVar[str] = "rebuilds"
    singular: ClassVar[str] = "Rebuild"
    plural: ClassVar[str] = "Rebuilds"
    key: ClassVar[tuple[str, ...]] = ("project", "artefact_id", "attempted_on")

    project: Name = column("The project it belongs to.")
    artefact_id: Name = column(
        "The model that was built again.", label="Artefact", refers_to="artefacts"
    )
    attempted_on: Day = column("The day of the try.", label="Tried on")
    metric: Name = column("The metric both were scored by.", default="")
    original: Number | None = column("Its value for the model in use.", default=None)
    rebuilt: Number | None = column(
        "Its value for the model built again; empty if that could not be built.", default=None
    )
    tolerance: Number = column(
        "How far both may lie apart, as a share of the original.", default=0.01, low=0, high=1
    )
    note: Text = column("What was missing, or what helped.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)
