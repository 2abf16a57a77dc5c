"""What people plan, aim at and tell each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from mlpm_core.quantity import Dimension
from mlpm_core.records.record import (
    Choice,
    Day,
    Flag,
    Name,
    Notation,
    Number,
    Record,
    Text,
    Whole,
    column,
    names_in,
)
from mlpm_core.records.work import Phase


class Autonomy(Choice):
    """What a system does with its predictions; empty when nobody said."""

    NONE = ""
    ASSISTIVE = "assistive"
    DELEGATIVE = "delegative"
    AUTONOMOUS = "autonomous"


class Project(Record):
    """One machine-learning undertaking, from idea to retirement."""

    kind: ClassVar[str] = "projects"
    singular: ClassVar[str] = "Project"
    plural: ClassVar[str] = "Projects"
    key: ClassVar[tuple[str, ...]] = ("project",)

    project: Name = column("Short name of the project, used in links, files and commands.")
    title: Text = column("The project's name as people say it.")
    question: Text = column(
        "What the stakeholders want to improve, and how the system will do it.",
        label="Hypothesis",
        default="",
    )
    currency: Name = column(
        "The one currency of the project, an ISO 4217 code such as EUR. It cannot be changed once "
        "amounts are stored in it.",
        default="EUR",
    )
    year_starts_in: Whole = column(
        "The month in which its fiscal year begins, 1 to 12; quarters and years that are shown and "
        "what they are compared with follow it.",
        label="Fiscal year begins in",
        default=1,
        low=1,
        high=12,
    )
    owner: Text = column("Who answers for it.", default="")
    phase: Phase = column("Where the project stands.", default=Phase.NONE)
    planned_start_on: Day | None = column(
        "The day work begins; empty for today.", label="Planned start", default=None
    )
    needed_by_on: Day | None = column(
        "The day by which it is needed.", label="Needed by", default=None
    )
    budget: Number | None = column(
        "What may be spent on building it, in the project's currency.", default=None, low=0
    )
    autonomy: Autonomy = column(
        "What the system does with a prediction: assistive shows it to somebody who decides, "
        "delegative decides unless somebody steps in, autonomous decides alone.",
        default=Autonomy.NONE,
    )
    failure_policy: Text = column(
        "What happens to a case while the system is down or not sure.", default=""
    )
    data_version: Name = column(
        "The version of the data in use; answers to checks about another one are stale.",
        default="",
    )
    lighthouse_for: Name = column(
        "The larger project whose open questions this short first one (a lighthouse) answers.",
        label="Lighthouse for",
        default="",
    )
    clock_on: Day | None = column(
        "The day on which the project stands still, such as the demo; empty follows the calendar.",
        label="Clock",
        default=None,
    )
    is_demo: Flag = column(
        "Belongs to the demo and can be removed with it.", label="Demo", default=False
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


def fiscal_year(day: date, year_starts_in: int) -> int:
    """The year that the fiscal year of a day is called by: the one in which it ends.

    Examples
    --------
    >>> from datetime import date
    >>> fiscal_year(date(2025, 4, 1), 4), fiscal_year(date(2026, 3, 31), 4)
    (2026, 2026)
    >>> fiscal_year(date(2025, 4, 1), 1)
    2025
    """
    return day.year + (1 < year_starts_in <= day.month)


def last_of_fiscal_year(year: int, year_starts_in: int) -> date:
    """The last day of the fiscal year that is called by a year.

    Examples
    --------
    >>> last_of_fiscal_year(2026, 4).isoformat(), last_of_fiscal_year(2026, 1).isoformat()
    ('2026-03-31', '2026-12-31')
    """
    if year_starts_in == 1:
        return date(year, 12, 31)
    return date(year, year_starts_in, 1) - timedelta(days=1)


class Direction(Choice):
    """Which way a KPI should move."""

    HIGHER = "higher"
    LOWER = "lower"


class Season(Choice):
    """How the course of a KPI repeats."""

    NATURAL = ""
    NONE = "none"

    @property
    def label(self) -> str:
        """How it repeats, as people say it.

        Examples
        --------
        >>> Season.NONE.label
        'No season: its course does not repeat'
        """
        return {
            Season.NATURAL: "Every year; by day every week",
            Season.NONE: "No season: its course does not repeat",
        }[self]


class Kpi(Record):
    """A number the stakeholders want to improve, with where it stands and where it should go."""

    kind: ClassVar[str] = "kpis"
    singular: ClassVar[str] = "KPI"
    plural: ClassVar[str] = "KPIs"
    key: ClassVar[tuple[str, ...]] = ("project", "kpi_id")

    project: Name = column("The project that moves it.")
    kpi_id: Name = column("Short name of the KPI.", label="KPI")
    title: Text = column("The KPI's name as people say it.")
    dimension: Dimension = column("The dimension whose value moves it.")
    value_case_id: Name = column(
        "The value case that moves it; may be empty while the project has just one.",
        label="Value case",
        default="",
        refers_to="value_cases",
    )
    also_moved_by: Text = column(
        "Further value cases that move it, by short name, separated by semicolons: what they imply "
        "adds up. Only for a KPI in money, for a mean over cases does not add up.",
        label="Also moved by",
        default="",
        refers_to="value_cases",
        several=True,
    )
    unit: Name = column(
        "Unit of baseline and target: money as EUR/year, EUR/month or EUR/week, cycle time as "
        "hour/case or minute/case, people as hour/kcase, customers as 1/kcase (1,000 cases). Any "
        "other, such as %, NPS points, minutes or count/week, is measured only: no model implies "
        "it."
    )
    direction: Direction = column("Which way it should move.")
    baseline: Number | None = column(
        "Where it stands without the model; only a provisional KPI may wait for it to be measured.",
        default=None,
    )
    target: Number | None = column(
        "Where it should be; only a provisional KPI may still be without.", default=None
    )
    target_on: Day | None = column("By when.", label="Target date", default=None)
    definition: Text = column(
        "How it is counted, so that two people get the same number.", default=""
    )
    owner: Text = column("Who answers for it.", default="")
    season: Season = column(
        "How its measured course repeats: every year unless said; none for a KPI without a season, "
        "of which a change is told sooner.",
        default=Season.NATURAL,
    )
    stands_for: Text = column(
        "A provisional KPI (a proxy) only: what should really get better, until the stakeholders "
        "name a KPI of their own.",
        default="",
    )
    agreed_by: Text = column("A provisional KPI only: who agreed to it.", default="")
    agreed_on: Day | None = column(
        "A provisional KPI only: the day they agreed to it.", label="Agreed on", default=None
    )
    expires_on: Day | None = column(
        "A provisional KPI only: the last day on which it counts without having been agreed.",
        label="Expires on",
        default=None,
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)

    @property
    def moved_by(self) -> tuple[str, ...]:
        """The value cases that it names, each once; what they imply adds up.

        Examples
        --------
        >>> Kpi.model_construct(value_case_id="orders", also_moved_by="letters; orders").moved_by
        ('orders', 'letters')
        """
        return names_in(f"{self.value_case_id};{self.also_moved_by}")


class KpiTarget(Record):
    """Where a KPI should be by a day, beside its last target: a goal for each quarter, say."""

    kind: ClassVar[str] = "kpi_targets"
    singular: ClassVar[str] = "Target by date"
    plural: ClassVar[str] = "Targets by date"
    key: ClassVar[tuple[str, ...]] = ("project", "kpi_id", "target_on")

    project: Name = column("The project it belongs to.")
    kpi_id: Name = column("The KPI it is for.", label="KPI", refers_to="kpis", aliases=("kpi",))
    target_on: Day = column("By when.", label="Target date", aliases=("date", "by"))
    target: Number = column("Where the KPI should be by then, in its unit.")
    at_least: Number | None = column(
        "The floor: what must be reached by then in any case.", label="Floor", default=None
    )
    stretch: Number | None = column("What would be more than asked for.", default=None)
    note: Text = column("Anything worth knowing.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)


class Baseline(Choice):
    """What happens without the model."""

    NATURAL = ""
    NONE = "none"
    ALL = "all"
    INCUMBENT = "incumbent"

    @property
    def label(self) -> str:
        """What the model is compared with, as people say it.

        Examples
        --------
        >>> Baseline.INCUMBENT.label
        "Today's way"
        """
        return {
            Baseline.NATURAL: "As the mechanism proposes",
            Baseline.NONE: "Doing nothing",
            Baseline.ALL: "Treating everybody",
            Baseline.INCUMBENT: "Today's way",
        }[self]


class ValueCase(Record):
    """A project's mechanism: how its model creates value."""

    kind: ClassVar[str] = "value_cases"
    singular: ClassVar[str] = "Value case"
    plural: ClassVar[str] = "Value cases"
    key: ClassVar[tuple[str, ...]] = ("project", "value_case_id")

    project: Name = column("The project it belongs to.")
    value_case_id: Name = column("Short name of the value case.", label="Value case")
    title: Text = column("Its name as people say it.", default="")
    mechanism: Name = column("How the model creates value: one of the mechanisms.")
    baseline: Baseline = column(
        "What the model is compared with: none is doing nothing, all is treating everybody, "
        "incumbent is today's way; empty takes what the mechanism proposes.",
        label="Compared with",
        default=Baseline.NATURAL,
    )
    model_id: Name = column(
        "The model whose monitoring results feed it; empty while it is only a plan.",
        label="Model",
        default="",
        refers_to="models",
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)


class QuantityRecord(Record):
    """A number somebody knows or guesses, for one input of a value case."""

    kind: ClassVar[str] = "quantities"
    singular: ClassVar[str] = "Quantity"
    plural: ClassVar[str] = "Quantities"
    key: ClassVar[tuple[str, ...]] = ("project", "value_case_id", "name")

    project: Name = column("The project it belongs to.")
    value_case_id: Name = column(
        "The value case it feeds.", label="Value case", refers_to="value_cases"
    )
    name: Name = column("The input of the mechanism.", label="Input")
    written: Notation = column(
        "The number or range: 0.3, 12k, 120 to 400, 2 | 4 | 9, 40/2000.", label="Value"
    )
    source: Text = column("Where the number comes from.", default="")
    owner: Text = column("Who answers for it.", default="")


class Promise(Record):
    """A KPI value told to a stakeholder, with the confidence it had then."""

    kind: ClassVar[str] = "promises"
    singular: ClassVar[str] = "Promise"
    plural: ClassVar[str] = "Promises"
    key: ClassVar[tuple[str, ...]] = ("project", "promise_id")

    project: Name = column("The project it belongs to.")
    promise_id: Name = column("Short name of the promise.", label="Promise")
    kpi_id: Name = column("The KPI it is about.", label="KPI", refers_to="kpis")
    promised: Number = column("The KPI value that was promised, in the KPI's unit.")
    promised_for_on: Day = column("The day by which it was promised.", label="Promised for")
    made_on: Day = column("The day it was said.", label="Made on")
    made_to: Text = column("To whom.", default="")
    confidence: Number | None = column(
        "How likely it seemed then that the promise would be kept, from 0 to 1.",
        default=None,
        low=0,
        high=1,
    )
    archived: Flag = column("Kept, but no longer shown.", default=False)
