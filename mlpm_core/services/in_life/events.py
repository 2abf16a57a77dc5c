"""What happened around a project: what people wrote down, and what MLPM saw itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from functools import partial
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.quantity.written import fig
from mlpm_core.records import (
    Deployment,
    Event,
    EventType,
    Incident,
    Kpi,
    KpiActual,
    KpiTarget,
    Label,
    MetricResult,
    Prediction,
    QuantityRecord,
    ValueCase,
)
from mlpm_core.services.session.consistent import kept
from mlpm_core.services.valuation.mechanisms import definition_changes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader

DEFINING: Final = ("definition", "unit", "direction", "dimension", "value_case_id", "also_moved_by")
"""What a KPI's value means; another one cannot be compared with what was before."""
_WATCHED: Final = (*DEFINING, "baseline", "target", "target_on", "owner", "title")
_MOVED_BY: Final = frozenset(
    record.kind
    for record in (
        Deployment, Kpi, KpiActual, KpiTarget, Label, MetricResult, Prediction, QuantityRecord,
        ValueCase,
    )
)  # fmt: skip
"""The kinds of which an undo moves a figure over time."""


class Origin(StrEnum):
    """Who says that something happened."""

    WRITTEN = "written"
    DEPLOYED = "deployed"
    RETIRED = "retired"
    INCIDENT = "incident"
    UNDO = "undo"
    CHANGED = "changed"
    REDEFINED = "redefined"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event on the time line of a project, or of one KPI or model of it.

    ``subject`` is what it is about: the title that somebody wrote, a model with its version and
    slot, a batch, a KPI. Of a change ``column`` is what was changed, with its value before and
    after.
    """

    at: datetime
    origin: Origin
    event_type: EventType
    subject: str
    kpi_id: str = ""
    model_id: str = ""
    column: str = ""
    before: str = ""
    after: str = ""
    by: str = ""
    batch: str = ""

    @property
    def is_of_a_day(self) -> bool:
        """Whether nothing says more than the day."""
        return self.at.time() == time.min


def events(workspace: Workspace, project: str) -> tuple[Happening, ...]:
    """Everything that happened around a project up to its day, the oldest first.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return kept(workspace, "events", project, partial(_events, workspace, project))


def concerning(
    happenings: Iterable[Happening], *, kpis: Collection[str] = (), models: Collection[str] = ()
) -> tuple[Happening, ...]:
    """The events of some KPIs and models, and those of their whole project.

    Examples
    --------
    >>> sale = Happening(datetime(2026, 6, 1), Origin.WRITTEN, EventType.CAMPAIGN, "Summer sale")
    >>> concerning([sale], kpis=["returns"]) == (sale,)
    True
    """
    return tuple(
        h
        for h in happenings
        if not (h.kpi_id or h.model_id) or h.kpi_id in kpis or h.model_id in models
    )


def kpi_changes(reader: Reader, project: str) -> list[Happening]:
    """Every change of what a KPI means or should reach, the oldest first; not its first version."""
    found = []
    rows = (row for row in reader.history(Kpi, project) if row["undone_in"] is None)
    for kpi_id, versions in groupby(rows, key=lambda row: str(row["kpi_id"])):
        for before, after in pairwise(versions):
            found += [
                _change(kpi_id, column, before, after)
                for column in _WATCHED
                if before[column] != after[column]
            ]
    return sorted(found, key=lambda h: h.at)


def _change(kpi_id: str, column: str, before: dict[str, Any], after: dict[str, Any]) -> Happening:
    is_defining = column in DEFINING
    return Happening(
        at=after["received_at"],
        origin=Origin.CHANGED,
        event_type=EventType.DEFINITION_CHANGE if is_defining else EventType.OTHER,
        subject=str(after["title"]),
        kpi_id=kpi_id,
        column=column,
        before=_written(before[column]),
        after=_written(after[column]),
        by=str(after["actor"]),
        batch=str(after["batch"]),
    )


def _written(value: object) -> str:
    return "" if value is None else f"{fig(value):g}" if isinstance(value, float) else str(value)


def _events(workspace: Workspace, project: str) -> tuple[Happening, ...]:
    today = workspace.today(project)
    with workspace.store.reader() as reader:
        every = [
            *_written_down(reader, project),
            *_deployments(reader, project),
            *_incidents(reader, project),
        ]
        seen = [h for h in every if h.at.date() <= today]
        seen += [
            *kpi_changes(reader, project),
            *_redefinitions(reader, project),
            *_undos(reader, project),
        ]
    return tuple(sorted(seen, key=lambda h: (h.at, h.origin, h.subject)))


def _written_down(reader: Reader, project: str) -> Iterator[Happening]:
    for event in reader.current(Event, project):
        if not event.archived:
            yield Happening(
                event.happened_at, Origin.WRITTEN, event.event_type, event.title,
                kpi_id=event.kpi_id, model_id=event.model_id, after=event.note,
            )  # fmt: skip


def _deployments(reader: Reader, project: str) -> Iterator[Happening]:
    for deployment in reader.current(Deployment, project):
        if deployment.archived:
            continue
        named = f"{deployment.model_id} {deployment.model_version}".strip()
        ends: tuple[tuple[date | None, Origin], ...] = (
            (deployment.from_on, Origin.DEPLOYED),
            (deployment.to_on, Origin.RETIRED),
        )
        for day, origin in ends:
            if day is not None:
                yield Happening(
                    datetime.combine(day, time.min), origin, EventType.RELEASE, named,
                    model_id=deployment.model_id, after=str(deployment.slot),
                )  # fmt: skip


def _incidents(reader: Reader, project: str) -> Iterator[Happening]:
    for incident in reader.current(Incident, project):
        yield Happening(
            incident.started_at, Origin.INCIDENT, EventType.INCIDENT, incident.title,
            model_id=incident.model_id, after=str(incident.severity),
        )  # fmt: skip


def _redefinitions(reader: Reader, project: str) -> Iterator[Happening]:
    """When the mechanism of a value case became another, which moves what its models imply."""
    for case in reader.current(ValueCase, project):
        if not case.archived:
            for at in definition_changes(reader, project, case.mechanism):
                yield Happening(
                    at, Origin.REDEFINED, EventType.DEFINITION_CHANGE, case.title or case.mechanism
                )


def _undos(reader: Reader, project: str) -> Iterator[Happening]:
    for row in reader.rows("undos", project=project):
        if row["kind"] in _MOVED_BY:
            yield Happening(
                row["received_at"], Origin.UNDO, EventType.OTHER, row["undone"],
                column=row["kind"], by=row["actor"], batch=row["batch"],
            )  # fmt: skip
