"""How a project keeps in touch with its stakeholders: contact, answers, demos, early results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.planning.contact import DEMO_DAYS, days_to_answer, early_until
from mlpm_core.records import Interaction, InteractionType, StakeholderRecord, Task, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace

WINDOW_DAYS: Final = 30
"""Days up to today over which the time that stakeholders gave is added up."""


class EarlyState(StrEnum):
    """Whether a first result is shown within the first ten working days."""

    NONE = "no task is marked as an early result"
    UNDATED = "no early result has a due day"
    LATE = "the first early result comes later"
    PLANNED = "planned"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question of a meeting that has no answer yet; ``age_days`` from the day it came up."""

    question: str
    stakeholder: str
    asked_on: date
    age_days: int


@dataclass(frozen=True, slots=True)
class ContactView:
    """How one stakeholder was kept in touch with up to a day.

    ``minutes`` is what they gave over the last `WINDOW_DAYS` days, of which ``n_untimed`` meetings
    say nothing. ``answer_days`` is the median over ``n_answered`` questions. ``content`` has what
    they said of how content they are, 1 to 5, oldest first.
    """

    stakeholder_id: str
    name: str
    channel: str
    contact_every_days: int | None
    last_contact_on: date | None
    days_since: int | None
    minutes: int
    n_untimed: int
    answer_days: float | None
    n_answered: int
    n_open: int
    content: tuple[int, ...]
    was_shown: bool

    @property
    def is_due(self) -> bool:
        """Whether they wait longer than was agreed; whoever was never met waits already."""
        if self.contact_every_days is None:
            return False
        return self.days_since is None or self.days_since > self.contact_every_days


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody was shown on a day, and what they said to it; either may be empty."""

    stakeholder: str
    happened_on: date
    kind: str
    shown: str
    said: str


@dataclass(frozen=True, slots=True)
class EarlyResult:
    """Whether an early result is planned by ``until_on``, and the first one.

    ``is_start_planned`` is whether the project has a start; without one it is counted from today.
    """

    state: EarlyState
    until_on: date
    is_start_planned: bool
    title: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class MeetingsView:
    """Who was met, shown and answered up to a day.

    ``contacts`` has those who wait longest beyond what was agreed first. ``demo_days`` are the days
    since the last demo, None before the first; ``known_days`` those since the project was first
    spoken of or was to start. ``feedback`` is what was shown and said, the newest first.
    """

    day: date
    contacts: tuple[ContactView, ...]
    questions: tuple[OpenQuestion, ...]
    n_meetings: int
    n_prepared: int
    demo_days: int | None
    known_days: int | None
    early: EarlyResult
    feedback: tuple[Feedback, ...]

    @property
    def unanswered_demos(self) -> int:
        """How many times something was shown and nobody wrote down what they said to it."""
        return sum(bool(f.shown) and not f.said for f in self.feedback)

    @property
    def is_demo_due(self) -> bool:
        """Whether nobody was shown anything for more than two weeks."""
        days = self.known_days if self.demo_days is None else self.demo_days
        return days is not None and days > DEMO_DAYS

    @property
    def never_shown(self) -> tuple[str, ...]:
        """Names of the stakeholders who were never shown anything."""
        return tuple(c.name for c in self.contacts if not c.was_shown)

    @property
    def due(self) -> tuple[ContactView, ...]:
        """Those who wait longer than was agreed."""
        return tuple(c for c in self.contacts if c.is_due)


def happened(rows: Sequence[Interaction], day: date) -> list[Interaction]:
    """What took place up to a day and is not archived, oldest first."""
    past = [r for r in rows if not r.archived and r.happened_on <= day]
    return sorted(past, key=lambda r: (r.happened_on, r.interaction_id))


def is_open(row: Interaction, day: date) -> bool:
    """Whether it left a question that has no answer by a day."""
    is_answered = row.answered_on is not None and row.answered_on <= day
    return bool(row.open_question.strip()) and not is_answered


def meetings(workspace: Workspace, project: str) -> MeetingsView:
    """How a project keeps in touch with its stakeholders.

    What lies ahead of the project's day does not count yet.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row = workspace.project(project)
    day = workspace.today(project)
    with workspace.store.reader() as reader:
        everybody = reader.current(StakeholderRecord, project)
        past = happened(reader.current(Interaction, project), day)
        tasks = [t for t in reader.current(Task, project) if not t.archived]
    names = {p.stakeholder_id: p.name for p in everybody}
    contacts = [_contact(p, past, day) for p in everybody if not p.archived]
    sessions = [r for r in past if r.interaction_type is InteractionType.MEETING]
    demos = [r.happened_on for r in past if r.interaction_type is InteractionType.DEMO]
    begun = [r.happened_on for r in past]
    if row.planned_start_on is not None and row.planned_start_on <= day:
        begun.append(row.planned_start_on)
    return MeetingsView(
        day=day,
        contacts=tuple(sorted(contacts, key=_longest_wait)),
        questions=_open_questions(past, names, day),
        n_meetings=len(sessions),
        n_prepared=sum(r.is_prepared for r in sessions),
        demo_days=(day - max(demos)).days if demos else None,
        known_days=(day - min(begun)).days if begun else None,
        early=_early(tasks, row.planned_start_on, day),
        feedback=_feedback(past, names),
    )


def _contact(person: StakeholderRecord, past: Sequence[Interaction], day: date) -> ContactView:
    theirs = [r for r in past if r.stakeholder_id == person.stakeholder_id]
    recent = [r for r in theirs if day - r.happened_on < timedelta(days=WINDOW_DAYS)]
    last = max((r.happened_on for r in theirs), default=None)
    spans = [
        (r.happened_on, r.answered_on)
        for r in theirs
        if r.open_question.strip() and r.answered_on is not None and r.answered_on <= day
    ]
    return ContactView(
        stakeholder_id=person.stakeholder_id,
        name=person.name,
        channel=person.channel,
        contact_every_days=person.contact_every_days,
        last_contact_on=last,
        days_since=None if last is None else (day - last).days,
        minutes=sum(r.minutes or 0 for r in recent),
        n_untimed=sum(r.minutes is None for r in recent),
        answer_days=days_to_answer(spans),
        n_answered=sum(answered >= asked for asked, answered in spans),
        n_open=sum(is_open(r, day) for r in theirs),
        content=tuple(r.satisfaction for r in theirs if r.satisfaction is not None),
        was_shown=any(_was_shown(r) for r in theirs),
    )


def _was_shown(row: Interaction) -> bool:
    return row.interaction_type is InteractionType.DEMO or bool(row.shown.strip())


def _feedback(past: Sequence[Interaction], names: Mapping[str, str]) -> tuple[Feedback, ...]:
    """What was shown and what was said to it, the newest first."""
    return tuple(
        Feedback(
            stakeholder=names.get(r.stakeholder_id, r.stakeholder_id),
            happened_on=r.happened_on,
            kind=r.interaction_type.value,
            shown=r.shown.strip(),
            said=r.said.strip(),
        )
        for r in reversed(past)
        if r.shown.strip() or r.said.strip()
    )


def _open_questions(
    past: Sequence[Interaction], names: Mapping[str, str], day: date
) -> tuple[OpenQuestion, ...]:
    """What nobody has answered yet, the oldest first."""
    return tuple(
        OpenQuestion(
            question=r.open_question.strip(),
            stakeholder=names.get(r.stakeholder_id, r.stakeholder_id),
            asked_on=r.happened_on,
            age_days=(day - r.happened_on).days,
        )
        for r in past
        if is_open(r, day)
    )


def _early(tasks: Sequence[Task], start: date | None, day: date) -> EarlyResult:
    until_on = early_until(start or day)
    marked = [t for t in tasks if t.is_early_result and t.status is not TaskStatus.DROPPED]
    days = ((t.finished_on or t.due_on, t) for t in marked)
    dated = sorted(((on, t.task_id, t) for on, t in days if on), key=lambda item: item[:2])
    if not dated:
        state = EarlyState.UNDATED if marked else EarlyState.NONE
        return EarlyResult(state, until_on, start is not None, marked[0].title if marked else "")
    on, _, first = dated[0]
    if on > until_on:
        state = EarlyState.LATE
    else:
        is_done = first.finished_on is not None or first.status is TaskStatus.DONE
        state = EarlyState.DONE if is_done else EarlyState.PLANNED
        if not is_done and on < day:
            state = EarlyState.LATE
    return EarlyResult(state, until_on, start is not None, first.title, on)


def _longest_wait(contact: ContactView) -> tuple[object, ...]:
    beyond = (contact.days_since or 0) - (contact.contact_every_days or 0)
    return (not contact.is_due, contact.days_since is not None, -beyond, contact.name)
