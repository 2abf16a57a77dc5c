"""The risks of a project: what they put at risk, whom nobody told, and how often they happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlpm_core.planning.mitigation import Mitigation, mitigation_of, reviews_in_effect
from mlpm_core.planning.risk import (
    AtRisk,
    Exposure,
    SharedSince,
    YearlyRisk,
    burn_down,
    exposure,
    is_review_overdue,
    probability_on,
    shared_since,
    yearly_risk,
)
from mlpm_core.records import (
    Deployment,
    Incident,
    Interaction,
    Risk,
    RiskReview,
    RiskStatus,
    Role,
    Slot,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace

__all__ = ["AtRisk", "Exposure", "RiskView", "RisksView", "SharedSince", "YearlyRisk", "risks"]

_YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class RiskView:
    """A risk as it stands today.

    ``probability`` and ``at_risk`` are None when it cannot happen any more, or not yet. ``in_life``
    is how likely it is within a year from counted incidents; None unless it names a model in use.
    ``spared_days`` are the person-days that making it smaller spares on average, before what that
    takes; None when nobody said how likely it is afterwards, or what it would take, and once it is
    done.
    """

    record: Risk
    probability: float | None
    at_risk: Exposure | None
    shared: SharedSince
    is_review_overdue: bool
    last_review: RiskReview | None
    in_life: YearlyRisk | None
    spared_days: float | None = None
    mitigation: Mitigation = field(default_factory=Mitigation)

    @property
    def is_mitigation_dear(self) -> bool | None:
        """Whether making it smaller takes more days than it spares; None when one is not known."""
        takes = self.record.mitigation_days
        return None if takes is None or self.spared_days is None else takes > self.spared_days

    @property
    def is_kept_quiet(self) -> bool:
        """Whether it can still happen and nobody was told of it for more than seven days."""
        return self.record.status is not RiskStatus.RETIRED and self.shared.is_late


@dataclass(frozen=True, slots=True)
class RisksView:
    """All risks of a project on a day.

    ``risks`` has the largest money at risk first, retired ones last; ``weeks`` what was at risk
    week by week, the last of them today. ``day_rate`` is the mean of the roles, None without any.
    """

    title: str
    currency: str
    day: date
    day_rate: float | None
    risks: tuple[RiskView, ...]
    weeks: tuple[AtRisk, ...]

    @property
    def kept_quiet(self) -> tuple[RiskView, ...]:
        """Those that nobody was told of for more than seven days."""
        return tuple(r for r in self.risks if r.is_kept_quiet)

    @property
    def overdue(self) -> tuple[RiskView, ...]:
        """Those whose review is overdue."""
        return tuple(r for r in self.risks if r.is_review_overdue)


def risks(workspace: Workspace, project: str) -> RisksView:
    """The register of risks of a project, as it stands and as it was week by week.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row, today = workspace.project(project), workspace.today(project)
    with workspace.store.reader() as reader:
        records = [r for r in reader.current(Risk, project) if not r.archived]
        reviews = [r for r in reader.current(RiskReview, project) if not r.archived]
        roles = [r for r in reader.current(Role, project) if not r.archived]
        meetings = [i for i in reader.current(Interaction, project) if not i.archived]
        deployed = [d for d in reader.current(Deployment, project) if not d.archived]
        incidents = list(reader.current(Incident, project))
        tasks = reader.current(Task, project)
    by_risk: dict[str, list[RiskReview]] = {}
    for review in reviews:
        by_risk.setdefault(review.risk_id, []).append(review)
    heads = sum(r.heads for r in roles)
    rate = sum(r.heads * r.day_rate for r in roles) / heads if heads else None
    told_on = _told_on(meetings)
    of_model = {
        name: _in_life(name, deployed, incidents, today)
        for name in {r.model_id for r in records if r.model_id}
    }
    made = {r.risk_id: mitigation_of(r, tasks, today) for r in records}
    views = [
        _view(
            record, by_risk.get(record.risk_id, []), made[record.risk_id], told_on, of_model,
            rate, today,
        )
        for record in records
    ]  # fmt: skip
    counted = {
        r.risk_id: reviews_in_effect(r, by_risk.get(r.risk_id, []), made[r.risk_id])
        for r in records
    }
    return RisksView(
        title=row.title,
        currency=row.currency,
        day=today,
        day_rate=rate,
        risks=tuple(sorted(views, key=_most_first)),
        weeks=burn_down(records, counted, today, rate),
    )


def _view(
    record: Risk,
    reviews: Sequence[RiskReview],
    mitigation: Mitigation,
    told_on: Mapping[str, Sequence[date]],
    of_model: Mapping[str, YearlyRisk | None],
    rate: float | None,
    today: date,
) -> RiskView:
    counted = reviews_in_effect(record, reviews, mitigation)
    probability = probability_on(record, counted, today, today)
    done = [r for r in reviews if r.reviewed_on <= today]
    at_risk = None if probability is None else exposure(record, probability, rate)
    return RiskView(
        record=record,
        probability=probability,
        at_risk=at_risk,
        shared=shared_since(record, told_on.get(record.risk_id, ()), today),
        is_review_overdue=is_review_overdue(record, reviews, today),
        last_review=max(done, key=lambda r: r.reviewed_on, default=None),
        in_life=of_model.get(record.model_id),
        spared_days=None if mitigation.done_on else _spared(record, at_risk, rate),
        mitigation=mitigation,
    )


def _spared(record: Risk, at_risk: Exposure | None, rate: float | None) -> float | None:
    """Person-days that a smaller probability spares on average; never below 0."""
    if record.residual_probability is None or at_risk is None or at_risk.days is None:
        return None
    left = exposure(record, record.residual_probability, rate).days
    return None if left is None else max(0.0, at_risk.days - left)


def _told_on(meetings: Sequence[Interaction]) -> dict[str, list[date]]:
    """The days of the meetings in which stakeholders heard of each risk."""
    days: dict[str, list[date]] = {}
    for meeting in meetings:
        for name in meeting.risks_shared.split(";"):
            days.setdefault(name.strip(), []).append(meeting.happened_on)
    return days


def _in_life(
    model_id: str, deployed: Sequence[Deployment], incidents: Sequence[Incident], today: date
) -> YearlyRisk | None:
    """How often incidents of a model happen, over the days on which it was in use."""
    days: set[int] = set()
    for use in deployed:
        if use.model_id == model_id and use.slot is not Slot.SHADOW:
            last = min(use.to_on or today, today)
            days.update(range(use.from_on.toordinal(), last.toordinal() + 1))
    if not days:
        return None
    happened = sum(
        i.model_id == model_id and i.started_at.date().toordinal() in days for i in incidents
    )
    return yearly_risk(happened, len(days) / _YEAR_DAYS)


def _most_first(view: RiskView) -> tuple[object, ...]:
    """What can still happen first, the unsized before the others; then by money, then by days."""
    at_risk = view.at_risk
    if at_risk is None:
        return (2, 0.0, 0.0, view.record.risk_id)
    if at_risk.days is None:
        return (0, 0.0, 0.0, view.record.risk_id)
    return (1, -(at_risk.money or 0.0), -at_risk.days, view.record.risk_id)
