"""What makes a risk smaller, whether that is done, and how likely the risk then is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.planning.project_plan import names_in
from mlpm_core.records import RiskReview, RiskStatus, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mlpm_core.records import Risk, Task


@dataclass(frozen=True, slots=True)
class Mitigation:
    """The tasks that make a risk smaller, and the last day on which one of them was done.

    ``tasks`` is empty where the mitigation names none, so that nothing says when it is done.
    ``done_on`` is None while one of them is open. ``undated`` are done without a day: when they
    took effect is not known, so that they do not count. ``dropped`` will never be done. Where some
    of the names are ``unknown`` to the plan, or archived there, nothing else is told.
    """

    tasks: tuple[str, ...] = ()
    done_on: date | None = None
    undated: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def mitigation_of(risk: Risk, tasks: Iterable[Task], today: date) -> Mitigation:
    """What a risk's mitigation names of the plan's tasks.

    Parameters
    ----------
    risk : Risk
        Its mitigation names tasks when all of its parts, between semicolons or commas, are short
        names of tasks; one of which no part is such a name is a description.
    tasks : iterable of Task
        All of the project; one that was dropped is never done.
    today : date
        What is done by then.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.records import Risk, Task
    >>> task = Task(project="p", task_id="T1", title="Ask twice", category="data", status="done",
    ...             finished_on=date(2026, 3, 2))
    >>> risk = Risk(project="p", risk_id="r", title="Late", category="data", probability=0.4,
    ...             mitigation="T1", residual_probability=0.1)
    >>> mitigation_of(risk, [task], date(2026, 3, 2)).done_on
    datetime.date(2026, 3, 2)
    >>> mitigation_of(risk, [task], date(2026, 3, 1)).done_on is None
    True
    """
    by_name = {t.task_id: t for t in tasks}
    names = names_in(risk.mitigation)
    if not any(name in by_name for name in names):
        return Mitigation()
    unknown = tuple(n for n in names if n not in by_name or by_name[n].archived)
    if unknown:
        return Mitigation(unknown=unknown)
    chosen = [by_name[name] for name in names]
    ends = [t.finished_on for t in chosen if t.status is not TaskStatus.DROPPED]
    known = [day for day in ends if day is not None and day <= today]
    done_on = max(known) if len(known) == len(chosen) else None
    undated = [t.task_id for t in chosen if t.status is TaskStatus.DONE and t.finished_on is None]
    dropped = [t.task_id for t in chosen if t.status is TaskStatus.DROPPED]
    return Mitigation(names, done_on, tuple(undated), tuple(dropped))


def reviews_in_effect(
    risk: Risk, reviews: Sequence[RiskReview], mitigation: Mitigation
) -> tuple[RiskReview, ...]:
    """The reviews of a risk, and its residual probability as one of the day its mitigation ended.

    So reviews from that day on go before it, and it goes before those that are older. A risk that
    has occurred, or of which nobody said how likely it is afterwards, has its own reviews only.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.records import Risk
    >>> risk = Risk(project="p", risk_id="r", title="Late", category="data", probability=0.4,
    ...             mitigation="T1", residual_probability=0.1)
    >>> done = Mitigation(("T1",), date(2026, 3, 2))
    >>> [review.probability for review in reviews_in_effect(risk, (), done)]
    [0.1]
    """
    residual = risk.residual_probability
    if mitigation.done_on is None or residual is None or risk.status is RiskStatus.OCCURRED:
        return tuple(reviews)
    after = RiskReview(
        project=risk.project,
        risk_id=risk.risk_id,
        reviewed_on=mitigation.done_on,
        probability=residual,
    )
    return (*reviews, after)
