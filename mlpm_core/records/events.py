"""What happened around a project: a turn in a chart is told from what it was made of."""

from __future__ import annotations

from typing import ClassVar

from mlpm_core.records.record import Choice, Flag, Moment, Name, Record, Text, column


class EventType(Choice):
    """What sort of thing happened."""

    RELEASE = "release"
    INCIDENT = "incident"
    CAMPAIGN = "campaign"
    DEFINITION_CHANGE = "definition_change"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word as people say it.

        Examples
        --------
        >>> EventType.DEFINITION_CHANGE.label
        'Change of definition'
        """
        if self is EventType.DEFINITION_CHANGE:
            return "Change of definition"
        return self.value.capitalize()


class Event(Record):
    """Something that happened on a day or at a moment: a release, a campaign, an outage."""

    kind: ClassVar[str] = "events"
    singular: ClassVar[str] = "Event"
    plural: ClassVar[str] = "Events"
    key: ClassVar[tuple[str, ...]] = ("project", "event_id")

    project: Name = column("The project; empty is the project of the import.")
    event_id: Name = column("Short name of the event.", label="Event", aliases=("id",))
    title: Text = column("What happened, in a few words.", aliases=("summary", "name"))
    happened_at: Moment = column(
        "The day or moment it happened, UTC; a day alone is the whole of it.",
        label="Happened",
        aliases=("date", "day", "at", "timestamp"),
    )
    event_type: EventType = column(
        "What sort of thing it was.", label="Type", default=EventType.OTHER, aliases=("type",)
    )
    kpi_id: Name = column(
        "The KPI it concerns; empty for all of them.",
        label="KPI",
        default="",
        refers_to="kpis",
        aliases=("kpi",),
    )
    model_id: Name = column(
        "The model it concerns; empty for all of them.",
        label="Model",
        default="",
        refers_to="models",
        aliases=("model",),
    )
    note: Text = column("Anything worth knowing.", default="")
    archived: Flag = column("Kept, but no longer shown.", default=False)
