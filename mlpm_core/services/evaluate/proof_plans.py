"""Will we ever know: what a proof of a value case rests on, and the designs that could bring it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.proof.plan import Design, DesignKind, Missing, ProofPlan, Setting, proof_plan
from mlpm_core.quantity import Z90, Dimension, is_percent
from mlpm_core.records import Granularity, Group, Kpi, KpiActual, ProofDesign
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.value_cases import CaseValue, kept_cases
from mlpm_core.value.kpi import DAYS_PER_YEAR, is_measured_only, per_unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.value.estimate import Estimate

__all__ = [
    "Design", "DesignKind", "KpiToProve", "Missing", "ProofChoice", "ProofPlan", "ProofQuestion",
    "kpis_to_prove", "outcome_units", "planned_proof", "stored_proof",
]  # fmt: skip

WEEKS_PER_YEAR: Final = DAYS_PER_YEAR / 7
_FEWEST_WEEKS: Final = 12
_PER_THOUSAND: Final = {"1/kcase", "hour/kcase"}
_TOGETHER: Final = {
    "1/kcase": "case", "hour/kcase": "hour", "hour/case": "hour", "minute/case": "minute",
    "day/case": "day",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KpiToProve:
    """A KPI on which a value case could be proven, with what is known of it.

    ``effect`` is what the plan or the target asks of one case and ``spread`` the standard deviation
    of one case, in ``unit``; ``weekly_noise`` that of the whole KPI from week to week, with its
    ``autocorrelation``, over ``weeks_before`` measured weeks. ``value_per_case``, ``value_sd`` and
    ``cost_per_case`` are money. Each is None where nothing says it.
    """

    kpi_id: str
    title: str
    unit: str
    currency: str
    is_share: bool
    effect: float | None
    spread: float | None
    cases_per_week: float | None
    weekly_noise: float | None
    autocorrelation: float
    weeks_before: int
    value_per_case: float | None
    value_sd: float
    cost_per_case: float


@dataclass(frozen=True, slots=True)
class ProofQuestion:
    """What the meeting says of a proof: see ``KpiToProve``; ``None`` takes what is known."""

    kpi_id: str
    effect: float
    spread: float
    cases_per_week: float
    weekly_noise: float | None = None
    autocorrelation: float = 0.0
    control_correlation: float = 0.0


@dataclass(frozen=True, slots=True)
class ProofChoice:
    """The design that a meeting picked."""

    question: ProofQuestion
    kind: DesignKind
    held_out: float


def outcome_units(kpi_unit: str, currency: str) -> tuple[str, str, float]:
    """The unit of one case's outcome, of the sum over cases, and how many of the first one is.

    Examples
    --------
    >>> outcome_units("1/kcase", "EUR"), outcome_units("EUR/year", "EUR")
    (('1/kcase', 'case', 1000.0), ('EUR/case', 'EUR', 1.0))
    """
    if kpi_unit in _TOGETHER:
        return kpi_unit, _TOGETHER[kpi_unit], 1000.0 if kpi_unit in _PER_THOUSAND else 1.0
    if is_percent(kpi_unit):
        return kpi_unit, "case", 100.0
    if is_per_case(kpi_unit):
        return kpi_unit, kpi_unit, 1.0
    return f"{currency}/case", currency, 1.0


def is_per_case(kpi_unit: str) -> bool:
    """Whether a KPI is told per case, or per 1,000, and no amount of money a year.

    One in a unit that no mechanism implies is the mean of its cases.

    Examples
    --------
    >>> is_per_case("hour/case"), is_per_case("EUR/year"), is_per_case("NPS points")
    (True, False, True)
    """
    return kpi_unit in _TOGETHER or is_measured_only(Dimension.REVENUE, kpi_unit)


def kpis_to_prove(workspace: Workspace, project: str, value_case_id: str) -> tuple[KpiToProve, ...]:
    """The KPIs that a value case moves, each with what is known for a plan.

    Raises
    ------
    NotFoundError
        When the project or the value case does not exist.
    """
    cases = kept_cases(workspace, project)
    if value_case_id not in cases:
        raise NotFoundError.of("value case", value_case_id, cases)
    case, today = cases[value_case_id], workspace.today(project)
    with workspace.store.reader() as reader:
        kpis = [
            k for k in reader.current(Kpi, project)
            if not k.archived
            and not is_measured_only(k.dimension, k.unit)
            and (value_case_id in k.moved_by or (not k.moved_by and len(cases) == 1))
        ]  # fmt: skip
        actuals = reader.current(KpiActual, project)
    known = [
        or_reason(
            f"What is known of KPI {k.kpi_id}",
            partial(_known, k, case, [a for a in actuals if a.kpi_id == k.kpi_id], today),
        )[0]
        for k in kpis
    ]
    return tuple(k for k in known if k)


def _known(kpi: Kpi, case: CaseValue, actuals: Sequence[KpiActual], today: date) -> KpiToProve:
    unit, _, scale = outcome_units(kpi.unit, case.currency)
    is_share = kpi.unit == "1/kcase"
    is_money = not is_per_case(kpi.unit)
    factor = per_unit(kpi.dimension, kpi.unit, case.currency)
    worth = case.planned
    volume = _volume(case, kpi.dimension)
    net = _per_case(worth.net, volume) if worth is not None else None
    costs = _per_case(worth.costs, volume) if worth is not None and worth.costs else None
    actuals = [a for a in actuals if a.period_start.date() <= today]
    noise, autocorrelation, weeks = _weekly_noise(actuals)
    if is_money and noise is not None:  # from an amount a period to one a case
        noise = noise / (factor * volume) if volume else None
    effect: float | None = None
    if is_money:
        effect = abs(net[0]) if net else None
    elif kpi.baseline is not None and kpi.target is not None:
        effect = abs(kpi.target - kpi.baseline)
    return KpiToProve(
        kpi_id=kpi.kpi_id,
        title=kpi.title,
        unit=unit,
        currency=case.currency,
        is_share=is_share,
        effect=effect or None,
        spread=_spread(actuals, scale) or (_of_share(kpi.baseline) if is_share else None),
        cases_per_week=volume / WEEKS_PER_YEAR if volume else None,
        weekly_noise=noise,
        autocorrelation=autocorrelation,
        weeks_before=weeks,
        value_per_case=net[0] if net else None,
        value_sd=net[1] if net else 0.0,
        cost_per_case=max(costs[0], 0.0) if costs else 0.0,
    )


def _volume(case: CaseValue, dimension: Dimension) -> float | None:
    """Cases a year, by the plan."""
    worth = case.planned
    if worth is None or not case.mechanism.volumes:
        return None
    volume = case.mechanism.volumes.get(dimension)
    if volume is None:
        volume = next(iter(case.mechanism.volumes.values()))
    cases = float(np.median(volume(worth.inputs_by_draw)))
    return cases if 0 < cases < np.inf else None


def _per_case(annual: Estimate, volume: float | None) -> tuple[float, float] | None:
    """Mean and standard deviation of an annual amount for one case."""
    if not volume:
        return None
    return annual.mean / volume, max(annual.p90 - annual.p10, 0.0) / (2 * Z90) / volume


def _of_share(baseline: float | None) -> float | None:
    """Standard deviation of one case of a share per 1,000, in the same unit."""
    if baseline is None or not 0 < baseline < 1000:
        return None
    return float(np.sqrt(baseline * (1000 - baseline)))


def _spread(actuals: Sequence[KpiActual], scale: float) -> float | None:
    """Standard deviation of one case within groups and periods, where sums were measured."""
    squares, freedom = 0.0, 0
    for a in actuals:
        if a.n is None or a.n < 2 or a.sum is None or a.sum_sq is None:
            continue
        squares += max(a.sum_sq - a.sum * (a.sum / a.n), 0.0)
        freedom += a.n - 1
    return float(np.sqrt(squares / freedom)) * scale if freedom and squares > 0 else None


def _weekly_noise(actuals: Sequence[KpiActual]) -> tuple[float | None, float, int]:
    """Of the weeks of everybody: noise around a straight line, its autocorrelation, the weeks."""
    weeks = sorted(
        (a.period_start, a.value)
        for a in actuals
        if a.group is Group.ALL and a.granularity is Granularity.WEEK
    )
    if len(weeks) < _FEWEST_WEEKS:
        return None, 0.0, len(weeks)
    at = np.array([(start - weeks[0][0]).days for start, _ in weeks], dtype=float)
    values = np.array([value for _, value in weeks])
    at -= at.mean()
    left = values - values.mean() - at * float(at @ values) / float(at @ at)
    total = float(left @ left)
    if not total > 1e-18 * float(values @ values):
        return None, 0.0, len(weeks)
    autocorrelation = float(np.clip(left[1:] @ left[:-1] / total, -0.9, 0.9))
    return float(np.sqrt(total / (len(weeks) - 2))), autocorrelation, len(weeks)


def planned_proof(kpi: KpiToProve, question: ProofQuestion, review_weeks: int) -> ProofPlan:
    """Every design for a question, with weeks to a verdict, cost and chance by the review.

    Raises
    ------
    InputError
        When the question says a number out of its range.
    """
    return proof_plan(
        Setting(
            effect=question.effect,
            spread=question.spread,
            cases_per_week=question.cases_per_week,
            review_weeks=review_weeks,
            weekly_noise=question.weekly_noise,
            autocorrelation=question.autocorrelation,
            weeks_before=kpi.weeks_before,
            control_correlation=question.control_correlation,
            value_per_case=kpi.value_per_case,
            value_sd=kpi.value_sd,
            cost_per_case=kpi.cost_per_case,
        )
    )


def stored_proof(
    kpis: Sequence[KpiToProve], choice: ProofChoice | None, review_weeks: int | None
) -> dict[str, object]:
    """What a decision keeps of the design that was picked; nothing when none was.

    Raises
    ------
    InputError
        When there is no review date, the KPI is not one of the value case, or the design needs a
        number that nobody has given.
    """
    if choice is None:
        return {}
    if not review_weeks:
        raise InputError("Please enter a review date: the chance of a verdict is that by then.")
    kpi = next((k for k in kpis if k.kpi_id == choice.question.kpi_id), None)
    if kpi is None:
        raise InputError("The KPI of the proof is not one that this value case moves.")
    plan = planned_proof(kpi, choice.question, review_weeks)
    wanted = (choice.kind, choice.held_out)
    design = next((d for d in plan.designs if (d.kind, d.held_out) == wanted), None)
    if design is None or design.missing is not None:
        raise InputError("This design cannot be planned yet. Choose another one or none.")
    return {
        "proof_by": ProofDesign(design.kind.value),
        "proof_kpi_id": choice.question.kpi_id,
        "proof_held_out": design.held_out,
        "proof_effect": choice.question.effect,
        "proof_weeks": design.weeks,
        "proof_chance": design.chance,
    }
