"""The work of a project: its tasks, who does them, and what it was estimated to take."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.records.record import Choice, Day, Flag, Name, Number, Record, Text, Whole, column


class Phase(Choice):
    """Where a project or a piece of its work stands; empty when nobody said."""

    NONE = ""
    PRE_PROJECT = "pre_project"
    SPRINT_0 = "sprint_0"
    SPRINT_1 = "sprint_1"
    SPRINT_2 = "sprint_2"
    SPRINT_3 = "sprint_3"
    IN_LIFE = "in_life"
    CLOSED = "closed"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        """The phase as people say it.

        Examples
        --------
        >>> Phase.PRE_PROJECT.label
        'Before the project'
        """
        return {
            Phase.NONE: "Not said",
            Phase.PRE_PROJECT: "Before the project",
            Phase.SPRINT_0: "Sprint 0: set up",
            Phase.SPRINT_1: "Sprint 1: explore the data",
            Phase.SPRINT_2: "Sprint 2: build models",
            Phase.SPRINT_3: "Sprint 3: put into production",
            Phase.IN_LIFE: "In life",
            Phase.CLOSED: "Closed",
            Phase.STOPPED: "Stopped",
        }[self]


class TaskCategory(Choice):
    """What kind of work a task is; the factors of an estimate act on some of them."""

    GOVERNANCE = "governance"
    DATA = "data"
    INFRA = "infra"
    EXPLORE = "explore"
    FEATURE = "feature"
    TRAIN = "train"
    EVALUATE = "evaluate"
    DEPLOY = "deploy"
    DOCUMENT = "document"
    SUPPORT = "support"
    WAIT = "wait"

    @property
    def label(self) -> str:
        """The category as people say it.

        Examples
        --------
        >>> TaskCategory.FEATURE.label
        'Features'
        """
        return {
            TaskCategory.GOVERNANCE: "Management and approvals",
            TaskCategory.INFRA: "Infrastructure",
            TaskCategory.EXPLORE: "Exploration",
            TaskCategory.FEATURE: "Features",
            TaskCategory.TRAIN: "Training",
            TaskCategory.EVALUATE: "Evaluation",
            TaskCategory.DEPLOY: "Deployment",
            TaskCategory.DOCUMENT: "Documents",
            TaskCategory.WAIT: "Waiting",
        }.get(self, self.value.capitalize())


class TaskStatus(Choice):
    """How far a task is."""

    TODO = "todo"
    DOING = "doing"
    BLOCKED = "blocked"
    DONE = "done"
    DROPPED = "dropped"


class Task(Record):
    """A piece of work of ten days or less, with three numbers for what it takes."""

    kind: ClassVar[str] = "tasks"
    singular: ClassVar[str] = "Task"
    plural: ClassVar[str] = "Tasks"
    key: ClassVar[tuple[str, ...]] = ("project", "task_id")

    project: Name = column("The project it belongs to.")
    task_id: Name = column("Short name of the task.", label="Task", aliases=("task", "key"))
    title: Text = column("What is to be done.")
    category: TaskCategory = column("What kind of work it is.")
    p10: Number | None = column(
        "Person-days of which one says: 1 chance in 10 that it takes less.",
        label="Days, 1 in 10 less",
        default=None,
        low=0,
        high=10_000,
        unit="person-days",
    )
    p50: Number | None = column(
        "Person-days of which one says: as likely more as less.",
        label="Days, even odds",
        default=None,
        low=0,
        high=10_000,
        unit="person-days",
    )
    p90: Number | None = column(
        "Person-days of which one says: 1 chance in 10 that it takes more.",
        label="Days, 1 in 10 more",
        default=None,
        low=0,
        high=10_000,
        unit="person-days",
    )
    role: Name = column("The role that does it; empty for waiting.", default="", refers_to="roles")
    depends_on: Text = column(
        "Tasks that must be finished before it starts, separated by semicolons.", default=""
    )
    phase: Phase = column("When in the project it is done.", default=Phase.NONE)
    in_loop: Flag = column(
        "Whether it is done again in each cycle until a model is usable.",
        label="In every cycle",
        default=False,
    )
    status: TaskStatus = column("How far it is.", default=TaskStatus.TODO)
    owner: Text = column("Who does it or answers for it.", default="")
    due_on: Day | None = column(
        "By when it must be done, such as a document somebody needs.", label="Due", default=None
    )
    started_on: Day | None = column("The day it was begun.", label="Started on", default=None)
    finished_on: Day | None = column("The day it was done.", label="Finished on", default=None)
    spent_days: Number | None = column(
        "Person-days spent on it so far; for a wait the working days it took.",
        label="Days spent",
        default=None,
        low=0,
        high=10_000,
        unit="person-days",
    )
    fixed_cost: Number = column(
        "What it costs beyond the time of people, in the project's currency.",
        default=0.0,
        low=0,
    )
    estimated_by: Text = column("Who gave the three numbers.", default="")
    estimated_on: Day | None = column(
        "The day they were given: a factor that was answered before is taken to be in them.",
        label="Estimated on",
        default=None,
    )
    includes: Text = column(
        "Factors that the three numbers hold already whatever the days say, such as data_dirty, "
        "separated by semicolons.",
        label="Factors included",
        default="",
    )
    added_on: Day | None = column(
        "The day it was added to the plan; later than the baseline counts as discovered work.",
        label="Added on",
        default=None,
        aliases=("created",),
    )
    acceptance: Text = column("How one sees that it is done.", default="")
    is_early_result: Flag = column(
        "Whether its result is shown to a stakeholder as an early win.",
        label="Early result",
        default=False,
    )
    saves_days: Number | None = column(
        "Of an improvement of the infrastructure: person-days it saves in each further cycle.",
        label="Days saved per cycle",
        default=None,
        low=0,
        high=10_000,
        unit="person-days",
    )
    source: Text = column("Where it comes from, such as a template or a tracker.", default="")
    note: Text = column("Anything worth knowing.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)


class Role(Record):
    """A part somebody plays in the work, such as data engineer, with how many there are."""

    kind: ClassVar[str] = "roles"
    singular: ClassVar[str] = "Role"
    plural: ClassVar[str] = "Roles"
    key: ClassVar[tuple[str, ...]] = ("project", "role_id")

    project: Name = column("The project it belongs to.")
    role_id: Name = column("Short name of the role, such as DE.", label="Role")
    title: Text = column("The role as people say it.", default="")
    day_rate: Number = column(
        "What a person-day of it costs, in the project's currency.",
        label="Cost of a person-day",
        low=0,
        high=1_000_000,
    )
    heads: Whole = column("How many people play it.", default=1, low=1, high=1000)
    availability: Number = column(
        "Share of their time that each of them has for the project, 0 to 1.",
        default=1.0,
        low=0.01,
        high=1,
    )
    is_core_ml: Flag = column(
        "Whether it is one of the roles that build models: a technical lead needs one of them.",
        label="Builds models",
        default=False,
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


class Employer(Choice):
    """For whom somebody works."""

    INTERNAL = "internal"
    SUPPLIER = "supplier"
    CLIENT = "client"


def _level(work: str) -> int:
    level: int = column(
        f"How well they do {work}: 0 not at all, 1 has seen it, 2 with help, 3 alone, 4 teaches "
        "it.",
        label=f"Level in {work}",
        default=0,
        low=0,
        high=4,
    )
    return level


class TeamMember(Record):
    """Somebody who works on a project, with what they can do and how much of their time it has."""

    kind: ClassVar[str] = "team_members"
    singular: ClassVar[str] = "Team member"
    plural: ClassVar[str] = "Team members"
    key: ClassVar[tuple[str, ...]] = ("project", "person_id")

    project: Name = column("The project they work on.")
    person_id: Name = column("Short name of the person.", label="Person")
    name: Text = column("Who it is.")
    role: Name = column("The role they play.", refers_to="roles")
    employer: Employer = column("For whom they work.", default=Employer.INTERNAL)
    fraction: Number = column(
        "Share of their time for the project, 0 to 1.",
        label="Share of time",
        default=1.0,
        low=0,
        high=1,
    )
    from_on: Day | None = column("First day on the project.", label="From", default=None)
    to_on: Day | None = column("Last day on the project.", label="Until", default=None)
    is_technical_lead: Flag = column(
        "Whether they lead the project in technical matters.", label="Technical lead", default=False
    )
    governance: Whole = _level("managing delivery")
    data: Whole = _level("data engineering")
    infra: Whole = _level("infrastructure")
    explore: Whole = _level("exploring data")
    feature: Whole = _level("features")
    train: Whole = _level("training models")
    evaluate: Whole = _level("evaluation")
    deploy: Whole = _level("deployment")
    document: Whole = _level("documents")
    support: Whole = _level("support")
    wants_to_learn: Text = column(
        "Categories of work they want to learn, separated by semicolons.", default=""
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


class Absence(Record):
    """Days on which somebody, or everybody, does not work."""

    kind: ClassVar[str] = "absences"
    singular: ClassVar[str] = "Absence"
    plural: ClassVar[str] = "Absences and holidays"
    key: ClassVar[tuple[str, ...]] = ("project", "absence_id")

    project: Name = column("The project it belongs to.")
    absence_id: Name = column("Short name of the absence.", label="Absence")
    from_on: Day = column("First day away.", label="From")
    to_on: Day = column("Last day away.", label="Until")
    person_id: Name = column(
        "Who is away; empty for a holiday of everybody.",
        label="Person",
        default="",
        refers_to="team_members",
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


class Outcome(Choice):
    """How a project ended."""

    DELIVERED = "delivered"
    REDUCED = "reduced"
    STOPPED = "stopped"


class ClosedProject(Record):
    """An earlier project of your own: what it was estimated to take, and what it took."""

    kind: ClassVar[str] = "closed_projects"
    singular: ClassVar[str] = "Closed project"
    plural: ClassVar[str] = "Closed projects"
    key: ClassVar[tuple[str, ...]] = ("project", "closed_id")

    project: Name = column("The project for whose estimate it is written down; others use it too.")
    closed_id: Name = column("Short name of the closed project.", label="Closed project")
    title: Text = column("Its name as people say it.", default="")
    estimated_days: Number = column(
        "Person-days its first estimate said, before any factor.", low=0.1, high=100_000
    )
    actual_days: Number = column("Person-days it took.", low=0.1, high=1_000_000)
    outcome: Outcome = column("How it ended.", default=Outcome.DELIVERED)
    closed_on: Day | None = column("The day it ended.", label="Closed on", default=None)
    note: Text = column("Anything worth knowing.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)
