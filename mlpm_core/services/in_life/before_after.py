"""Grade B: a KPI before and after a decision, beside a group that was left alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpm_core.in_life.periods import Period
from mlpm_core.in_life.realisation import Grade
from mlpm_core.proof.control_series import (
    ControlledChange,
    ControlReason,
    ControlVerdict,
    controlled_change,
)
from mlpm_core.records import Deployment, Direction, Group, Slot
from mlpm_core.services.session.computing import or_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.records import Kpi
    from mlpm_core.services.evaluate.decisions import DecisionView
    from mlpm_core.store import Reader

__all__ = ["ControlReason", "ControlVerdict", "ControlledChange", "KpiBeforeAfter"]


@dataclass(frozen=True, slots=True)
class KpiBeforeAfter:
    """What a KPI changed when its model went live, beyond what the group left alone did.

    ``seen`` holds figures in ``unit``; it is None where ``reason`` says why. It is read once:
    ``until`` is the end of the last period that counts, which never lies after ``due_on``, the day
    that the plan named; before that day nothing is a verdict (``is_due``). ``word`` names the
    length of its periods.
    """

    kpi_id: str
    title: str
    higher_is_better: bool
    unit: str
    live_on: date
    due_on: date
    is_due: bool
    word: str
    seen: ControlledChange | None
    reason: str | None
    until: datetime
    batches: tuple[str, ...]
    plan: DecisionView

    @property
    def grade(self) -> Grade:
        """How far its figure can be put down to the model."""
        return Grade.BEFORE_AFTER

    @property
    def has_figure(self) -> bool:
        """Whether a change is told."""
        return self.seen is not None and self.seen.change is not None

    @property
    def is_proven(self) -> bool:
        """Whether there is a verdict: it changed by more than chance, and its day has come."""
        return (
            self.is_due
            and self.seen is not None
            and self.seen.verdict is not ControlVerdict.CANNOT_TELL
        )

    @property
    def works(self) -> bool | None:
        """Whether it changed for the better; None without a verdict."""
        if not self.is_proven or self.seen is None:
            return None
        return (self.seen.verdict is ControlVerdict.ROSE) is self.higher_is_better


def before_after(
    reader: Reader, kpi: Kpi, plan: DecisionView, today: date
) -> KpiBeforeAfter | None:
    """A KPI that is planned to be proven before and after; None where no group is measured.

    One whose plan names no week, for none would do, is read when its review is due.

    The treated series is the group treated, or else all cases; the control is the group holdout.
    """
    if plan.proof_weeks is not None:
        due_on = plan.decided_on + timedelta(weeks=plan.proof_weeks)
    elif plan.review_on is not None:
        due_on = plan.review_on
    else:
        return None
    until = datetime.combine(min(today + timedelta(days=1), due_on), time())
    rows = _rows(reader, kpi, until)
    controls = [r for r in rows if r["group"] == Group.HOLDOUT]
    if not controls:
        return None
    treated = [r for r in rows if r["group"] == Group.TREATED]
    treated = treated or [r for r in rows if r["group"] == Group.ALL]
    live_on = _live_on(reader, kpi.project, plan)
    what = f"The change of KPI {kpi.kpi_id} before and after"
    told, reason = or_reason(what, partial(_seen, treated, controls, live_on))
    seen, word = told or (None, "period")
    return KpiBeforeAfter(
        kpi_id=kpi.kpi_id,
        title=kpi.title,
        higher_is_better=kpi.direction == Direction.HIGHER,
        unit=kpi.unit,
        live_on=live_on,
        due_on=due_on,
        is_due=due_on <= today,
        word=word,
        seen=seen,
        reason=reason,
        until=max(_period(r).end for r in rows),
        batches=tuple(dict.fromkeys(r["batch"] for r in rows)),
        plan=plan,
    )


def _rows(reader: Reader, kpi: Kpi, until: datetime) -> list[dict[str, Any]]:
    """What was measured of a KPI in whole periods up to a moment, of every group."""
    of_all = [
        r | {"group": Group.ALL.value} for r in reader.rows("measured_kpis", project=kpi.project)
    ]
    rows = of_all + reader.rows("kpis_by_group", project=kpi.project, until=until)
    mine = [r for r in rows if r["kpi_id"] == kpi.kpi_id and r["granularity"] and r["n"] != 0]
    return [r for r in mine if _period(r).end <= until]


def _period(row: Mapping[str, Any]) -> Period:
    return Period(row["period_start"], row["granularity"])


def _live_on(reader: Reader, project: str, plan: DecisionView) -> date:
    """When the decided model came into use; the day of the decision until it is recorded."""
    from_on = [
        d.from_on
        for d in reader.current(Deployment, project)
        if d.model_id == plan.model_id
        and d.slot is Slot.CHAMPION
        and d.from_on is not None
        and d.from_on >= plan.decided_on
    ]
    return min(from_on, default=plan.decided_on)


def _seen(
    treated: Sequence[Mapping[str, Any]], controls: Sequence[Mapping[str, Any]], live_on: date
) -> tuple[ControlledChange, str]:
    """What the series say, over periods of the length that most values have."""
    lengths = Counter(r["granularity"] for r in controls)
    length = lengths.most_common(1)[0][0]
    ours, theirs = _levels(treated, length), _levels(controls, length)
    periods = _following(ours | theirs)
    live = datetime.combine(live_on, time())
    # A period with the first day of use in its midst is neither before nor after.
    mixed = {p for p in periods if p.start < live < p.end}
    rows = [
        [np.nan if p in mixed else levels.get(p, np.nan) for p in periods]
        for levels in (ours, theirs)
    ]
    at = sum(p.end <= live or p in mixed for p in periods)
    word = periods[0].word if periods else "period"
    return controlled_change(np.array(rows[0]), np.array([rows[1]]), at), word


def _levels(rows: Iterable[Mapping[str, Any]], length: str) -> dict[Period, float]:
    return {_period(r): float(r["value"]) for r in rows if r["granularity"] == length}


def _following(levels: Mapping[Period, float]) -> list[Period]:
    """Every period from the first to the last; those that begin on another day are left out."""
    if not levels:
        return []
    period, last = min(levels), max(levels)
    periods = [period]
    while period < last:
        period = Period(period.end, period.granularity)
        periods.append(period)
    return periods
