"""What experiments say of a project's KPIs: grade A, from cases that chance held out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.in_life.periods import Period
from mlpm_core.in_life.realisation import Grade, Span, counted_parts
from mlpm_core.proof.always_valid import TUNED_WEEKS
from mlpm_core.proof.cells import Sums
from mlpm_core.proof.experiment import Doubt, Experiment, Verdict, experiment
from mlpm_core.proof.grown import Compared
from mlpm_core.proof.interval import Interval
from mlpm_core.quantity.written import fig
from mlpm_core.records import Direction, Group, Kpi, ProofDesign
from mlpm_core.services.evaluate.decisions import DecisionState, decisions
from mlpm_core.services.evaluate.proof_plans import is_per_case, outcome_units
from mlpm_core.services.in_life.before_after import KpiBeforeAfter, before_after
from mlpm_core.services.in_life.rollouts import KpiRollout, rollouts
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.session.consistent import kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.services.evaluate.decisions import DecisionView
    from mlpm_core.services.session.workspace import Workspace

__all__ = [
    "Doubt", "Experiment", "KpiBeforeAfter", "KpiExperiment", "KpiRollout", "Lack", "Proof",
    "ProofDesign", "ProofState", "ProofsView", "Verdict", "proofs",
]  # fmt: skip

_AGREE: Final = 0.1
"""A value and the mean of its cases may be this far apart, as a share, by rounding."""


class Lack(StrEnum):
    """What the measured values do not say, so that no experiment can be read from them."""

    CASES = "number of cases"
    SUMS = "sum and sum of squares"
    LENGTH = "length of the period"


@dataclass(frozen=True, slots=True)
class KpiExperiment:
    """A KPI that was measured by group, and what its experiment says.

    ``plan`` is the decision in force that planned it. ``experiment`` holds figures of one case in
    ``unit`` and the total in ``total_unit``; it is None where ``lack`` or ``reason`` says why.
    ``n_unread`` values of one group and period were left out, for they say no cases or sums, or
    overlap with others. ``until`` is the first moment after the newest period.
    """

    kpi_id: str
    title: str
    higher_is_better: bool
    unit: str
    total_unit: str
    experiment: Experiment | None
    lack: Lack | None
    reason: str | None
    n_unread: int
    until: datetime
    batches: tuple[str, ...]
    plan: DecisionView | None = None

    @property
    def grade(self) -> Grade:
        """How far its figure can be put down to the model."""
        return Grade.RANDOMISED

    @property
    def has_figure(self) -> bool:
        """Whether the groups could be compared."""
        return self.experiment is not None and self.experiment.effect is not None


class ProofState(StrEnum):
    """How far the proof of a decision has come."""

    NO_PLAN = "no plan"
    WAITING = "not measured yet"
    RUNNING = "running"
    PROVEN = "verdict"
    NEVER = "cannot be known"


@dataclass(frozen=True, slots=True)
class Proof:
    """A decision in force and the proof that was planned with it.

    ``due_on`` is the day by which 80 % of such proofs have a verdict; None without one.
    ``weeks_left`` is counted from the newest measurement where there is one, else from the plan.
    """

    decision: DecisionView
    kpi_title: str
    unit: str
    state: ProofState
    due_on: date | None = None
    weeks_left: int | None = None

    @property
    def is_planned(self) -> bool:
        """Whether a proof was planned with the decision."""
        return self.state is not ProofState.NO_PLAN


@dataclass(frozen=True, slots=True)
class ProofsView:
    """What was measured by group, and how far the proofs of the decisions in force have come.

    ``compared`` are those that are planned before and after, beside a group left alone, and
    ``staggered`` those of units that took a model up at different times (grade B).
    """

    experiments: tuple[KpiExperiment, ...]
    proofs: tuple[Proof, ...]
    compared: tuple[KpiBeforeAfter, ...] = ()
    staggered: tuple[KpiRollout, ...] = ()

    @property
    def of_kpis(self) -> tuple[KpiExperiment | KpiBeforeAfter | KpiRollout, ...]:
        """Everything that was measured of single KPIs, the strongest grade first."""
        return (*self.experiments, *self.compared, *self.staggered)


_SPLIT: Final = (ProofDesign.HALVES, ProofDesign.HOLDOUT)
_TUNED: Final = 0.6
"""Intervals are narrowest at this share of the planned weeks: about what one look would take."""


def proofs(workspace: Workspace, project: str) -> ProofsView:
    """Every KPI that was measured by group, and the proof of every decision in force.

    Where a decision in force plans a proof on a KPI, only periods from its day on count for it, and
    its share held out and its effect are those the experiment is held against.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    return kept(workspace, "proofs", project, partial(_proofs, workspace, project))


def _proofs(workspace: Workspace, project: str) -> ProofsView:
    row, today = workspace.project(project), workspace.today(project)
    until = datetime.combine(today + timedelta(days=1), time())
    in_force = [d for d in decisions(workspace, project) if d.state is DecisionState.IN_FORCE]
    plans = {d.proof_kpi_id: d for d in reversed(in_force) if d.proof_by and d.proof_kpi_id}
    with workspace.store.reader() as reader:
        kpis = {k.kpi_id: k for k in reader.current(Kpi, project) if not k.archived}
        rows = reader.rows("kpis_by_group", project=project, until=until)
        of_units = reader.rows("rollout_results", project=project, until=until)
        told = [
            before_after(reader, kpis[name], plan, today)
            for name, plan in plans.items()
            if plan.proof_by is ProofDesign.BEFORE_AFTER and name in kpis
        ]
    compared = {c.kpi_id: c for c in told if c is not None}
    by_kpi: dict[str, list[dict[str, Any]]] = {}
    for measured in rows:
        plan = plans.get(measured["kpi_id"])
        if plan is not None and plan.proof_by is ProofDesign.BEFORE_AFTER:
            continue  # nobody says that chance chose its group
        if plan is None or measured["period_start"].date() >= plan.decided_on:
            by_kpi.setdefault(measured["kpi_id"], []).append(measured)
    read = {
        kpi_id: _read(kpis[kpi_id], row.currency, own, plans.get(kpi_id))
        for kpi_id, own in by_kpi.items()
        if kpi_id in kpis
    }
    return ProofsView(
        tuple(read.values()),
        tuple(
            _proof(
                d, kpis, read.get(d.proof_kpi_id), compared.get(d.proof_kpi_id), row.currency, today
            )
            for d in in_force
        ),
        tuple(compared.values()),
        rollouts(of_units, kpis, in_force, today),
    )


def _proof(
    decision: DecisionView,
    kpis: Mapping[str, Kpi],
    measured: KpiExperiment | None,
    compared: KpiBeforeAfter | None,
    currency: str,
    today: date,
) -> Proof:
    """How far the proof of one decision has come."""
    if not decision.proof_by:
        return Proof(decision, "", "", ProofState.NO_PLAN)
    kpi = kpis.get(decision.proof_kpi_id)
    title = kpi.title if kpi else decision.proof_kpi_id
    unit = outcome_units(kpi.unit, currency)[0] if kpi else ""
    due_on, left = None, None
    if decision.proof_weeks is not None:
        due_on = decision.decided_on + timedelta(weeks=decision.proof_weeks)
        left = max(-((today - due_on).days // 7), 0)
    proof = Proof(decision, title, unit, ProofState.WAITING, due_on, left)
    if decision.proof_by is ProofDesign.BEFORE_AFTER:
        return _before_after(proof, compared)
    found = measured.experiment if measured else None
    if found is None:
        return proof if due_on else replace(proof, state=ProofState.NEVER)
    if found.verdict is not Verdict.CANNOT_TELL:
        return replace(proof, state=ProofState.PROVEN, weeks_left=None)
    if found.doubt in (Doubt.WIDE, Doubt.TOO_SHORT) and found.weeks_left is None:
        return replace(proof, state=ProofState.NEVER, weeks_left=None)
    return replace(proof, state=ProofState.RUNNING, weeks_left=found.weeks_left)


def _before_after(proof: Proof, compared: KpiBeforeAfter | None) -> Proof:
    """How far a proof before and after has come; it is read once, on the day it is due."""
    if compared is None:
        return proof if proof.due_on else replace(proof, state=ProofState.NEVER)
    if not compared.is_due:
        return replace(proof, state=ProofState.RUNNING)
    state = ProofState.PROVEN if compared.is_proven else ProofState.NEVER
    return replace(proof, state=state, weeks_left=None)


def _read(
    kpi: Kpi, currency: str, rows: Sequence[Mapping[str, Any]], plan: DecisionView | None
) -> KpiExperiment:
    unit, total_unit, scale = outcome_units(kpi.unit, currency)
    newest = max(Period(r["period_start"], r["granularity"]).end for r in rows)
    lacks = [_lack(r, kpi.unit) for r in rows]
    usable = [r for r, lack in zip(rows, lacks, strict=True) if lack is None]
    found, reason, n_read = None, None, 0
    if usable:
        what = f"The experiment on KPI {kpi.kpi_id}"
        told, reason = or_reason(what, partial(_judged, kpi, usable, scale, plan))
        found, n_read = told or (None, 0)
    lack = next((x for x in lacks if x), None) if not usable else None
    return KpiExperiment(
        kpi_id=kpi.kpi_id,
        title=kpi.title,
        higher_is_better=kpi.direction == Direction.HIGHER,
        unit=unit,
        total_unit=total_unit,
        experiment=found,
        lack=lack,
        reason=reason,
        n_unread=len(rows) - n_read,
        until=newest,
        batches=tuple(dict.fromkeys(r["batch"] for r in rows)),
        plan=plan,
    )


def _lack(row: Mapping[str, Any], kpi_unit: str) -> Lack | None:
    """What a measured value does not say."""
    if not row["granularity"]:
        return Lack.LENGTH
    if row["n"] is None:
        return Lack.CASES
    is_share = kpi_unit == "1/kcase" and 0 <= row["value"] <= 1000
    has_sum = row["sum"] is not None or is_per_case(kpi_unit)
    if is_share or (has_sum and row["sum_sq"] is not None):
        return None
    return Lack.SUMS


def _judged(
    kpi: Kpi, rows: Iterable[Mapping[str, Any]], scale: float, plan: DecisionView | None
) -> tuple[Experiment, int]:
    """What the values say, and how many of them were read."""
    periods, n_read = _periods(kpi, rows, scale)
    smallest = plan.proof_effect / scale if plan and plan.proof_effect else None
    share, tuned = None, TUNED_WEEKS
    if plan and plan.proof_by in _SPLIT and plan.proof_held_out is not None:
        share = 1 - plan.proof_held_out
    if plan and plan.proof_weeks:
        tuned = max(_TUNED * plan.proof_weeks, 2.0)
    told = experiment(
        periods,
        higher_is_better=kpi.direction == Direction.HIGHER,
        smallest=smallest,
        planned_share=share,
        tuned_weeks=tuned,
    )
    return _in_unit(told, scale), n_read


def _in_unit(told: Experiment, scale: float) -> Experiment:
    """The same with the effect on one case in the KPI's unit, such as per 1,000 cases."""

    def scaled(x: Interval) -> Interval:
        return Interval(x.mean * scale, x.low * scale, x.high * scale)

    return replace(
        told,
        effect=scaled(told.effect) if told.effect else None,
        looks=tuple(replace(look, effect=scaled(look.effect)) for look in told.looks),
    )


def _periods(
    kpi: Kpi, rows: Iterable[Mapping[str, Any]], scale: float
) -> tuple[list[Compared], int]:
    """Periods without overlap, and how many values they hold.

    Those of both groups go first, of these the shorter ones.
    """
    groups: dict[Period, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(Period(row["period_start"], row["granularity"]), {})[row["group"]] = row
    ordered = sorted(groups, key=lambda p: (-len(groups[p]), p.days, p.start))
    spans = [Span(p.start, p.end) for p in ordered]
    periods, n_read = [], 0
    for period, span, parts in zip(ordered, spans, counted_parts(spans), strict=True):
        if parts != (span,):
            continue
        sums = {g: _sums(kpi, row, period, scale) for g, row in groups[period].items()}
        periods.append(
            Compared(period.start, period.days, sums.get(Group.TREATED), sums.get(Group.HOLDOUT))
        )
        n_read += len(sums)
    return periods, n_read


def _sums(kpi: Kpi, row: Mapping[str, Any], period: Period, scale: float) -> Sums | None:
    """The sums over the cases of one group; None when it had no case."""
    n, value = row["n"], row["value"] / scale
    if n == 0:
        return None
    total = value * n if row["sum"] is None else row["sum"]
    squares = total if row["sum_sq"] is None else row["sum_sq"]
    if is_per_case(kpi.unit) and abs(total / n - value) > _AGREE * max(abs(total / n), abs(value)):
        raise InputError(
            f"Of the group {row['group']} {period.when} the value is {fig(row['value']):g} "
            f"{kpi.unit}, but its sum over {fig(n):,} cases makes {fig(scale * total / n):g}. "
            "Correct one of the two."
        )
    return Sums(n, total, squares)
