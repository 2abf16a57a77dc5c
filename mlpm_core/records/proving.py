"""What is measured to prove a value: hours that were freed, and units that take a model up."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.records.monitoring import PERIOD_HEADERS, Granularity
from mlpm_core.records.record import Day, Moment, Name, Number, Record, Text, column


class FreedHoursRecord(Record):
    """Hours that were worked less than before over a period, and where they went."""

    kind: ClassVar[str] = "freed_hours"
    singular: ClassVar[str] = "Freed hours"
    plural: ClassVar[str] = "Freed hours"
    key: ClassVar[tuple[str, ...]] = ("project", "value_case_id", "period_start", "granularity")

    project: Name = column("The project; empty is the project of the import.")
    value_case_id: Name = column(
        "The value case whose model freed them.",
        label="Value case",
        refers_to="value_cases",
        aliases=("value_case", "case"),
    )
    period_start: Moment = column(
        "First day or moment of the period, UTC.", label="Period", aliases=PERIOD_HEADERS
    )
    granularity: Granularity = column("Length of the period.", default=Granularity.INSTANT)
    freed: Number = column(
        "Hours that were worked less than before, over the period.",
        aliases=("freed_hours", "hours_freed", "hours_saved", "hours"),
    )
    backlog: Number | None = column(
        "How many of them went into work that had waited.", default=None
    )
    overtime: Number | None = column(
        "How many of them were overtime that is no longer paid.", default=None
    )
    staffing: Number | None = column(
        "How many of them are paid no more, for fewer people do the work.", default=None
    )
    elsewhere: Number | None = column("How many of them went into other work.", default=None)
    source: Text = column("Where the number comes from.", default="")
    note: Text = column("Anything worth knowing.", default="")


class RolloutResult(Record):
    """A KPI of one unit, such as a shop or a team, over a period of a staggered roll-out."""

    kind: ClassVar[str] = "rollout_results"
    singular: ClassVar[str] = "Roll-out result"
    plural: ClassVar[str] = "Roll-out results"
    key: ClassVar[tuple[str, ...]] = (
        "project", "kpi_id", "unit_id", "period_start", "granularity",
    )  # fmt: skip

    project: Name = column("The project; empty is the project of the import.")
    kpi_id: Name = column(
        "The KPI that was measured.", label="KPI", refers_to="kpis", aliases=("kpi",)
    )
    unit_id: Name = column(
        "What takes the model up at a time of its own: a shop, a team, a region.",
        label="Unit",
        aliases=("site", "store", "team", "region", "branch"),
    )
    period_start: Moment = column(
        "First day or moment of the period, UTC.", label="Period", aliases=PERIOD_HEADERS
    )
    value: Number = column("The KPI of this unit in the KPI's own unit.")
    granularity: Granularity = column("Length of the period.", default=Granularity.INSTANT)
    live_on: Day | None = column(
        "First day on which the unit used the model; empty while it does not. One row of a unit "
        "that tells it is enough.",
        label="Live on",
        default=None,
        aliases=("rolled_out_on", "rollout_date", "adopted_on", "first_treated"),
    )
    source: Text = column("Where the number comes from.", default="")
    note: Text = column("Anything worth knowing.", default="")
