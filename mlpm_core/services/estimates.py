"""What building a model costs: the quick estimate, and whether the model's value pays for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpm_core.planning import (
    COST_STEP,
    DAYS_STEP,
    FACTORS,
    Answer,
    Documentation,
    Payback,
    QuickEstimate,
    QuickInputs,
    payback,
    quick_estimate,
    rounded,
)
from mlpm_core.records import EstimateRecord
from mlpm_core.services.valuation import project_cases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.services.valuation import CaseValue
    from mlpm_core.services.workspace import Workspace

__all__ = ["HORIZON_YEARS", "EstimateView", "Figure", "project_estimates"]

HORIZON_YEARS = 3.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A percentile of effort and cost, rounded as it is told: up where it is promised."""

    name: str
    meaning: str
    days: int
    cost: int


@dataclass(frozen=True, slots=True)
class EstimateView:
    """One estimate: its record, what follows from it, and whether its value case pays for it.

    ``pays_back`` is None without a value case, or while that case has no value.
    """

    record: Mapping[str, Any]
    title: str
    currency: str
    estimate: QuickEstimate
    case: CaseValue | None
    pays_back: Payback | None

    @property
    def figures(self) -> tuple[Figure, ...]:
        """P10, P50, P80 and P95 of a project that delivers, rounded to 5 days and 1,000."""
        effort, cost = self.estimate.effort, self.estimate.cost
        return tuple(
            Figure(
                name,
                meaning,
                rounded(getattr(effort, name.lower()), DAYS_STEP, up=is_held),
                rounded(getattr(cost, name.lower()), COST_STEP, up=is_held),
            )
            for name, meaning, is_held in (
                ("P10", "if all goes well", False),
                ("P50", "as likely more as less", False),
                ("P80", "what may be promised", True),
                ("P95", "with the reserve", True),
            )
        )

    @property
    def n_unanswered(self) -> int:
        """How many factors nobody has answered yet."""
        return sum(a is Answer.UNKNOWN for a in self.estimate.inputs.answers.values())


def project_estimates(workspace: Workspace, actor: str, project: str) -> list[EstimateView]:
    """Every estimate of a project that is not archived, with what follows from it.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    del actor  # everyone may read until roles come
    row = workspace.project(project)
    with workspace.store.reader() as reader:
        records = [e for e in reader.current(EstimateRecord, project) if not e["archived"]]
        cases = {c.value_case_id: c for c in project_cases(reader, row, workspace.today(project))}
    return [_view(e, row["currency"], cases.get(e["value_case_id"])) for e in records]


def _view(record: Mapping[str, Any], currency: str, case: CaseValue | None) -> EstimateView:
    answers: dict[str, Any] = {name: Answer(record[name]) for name in FACTORS}
    estimate = quick_estimate(
        QuickInputs(
            raw_days=record["raw_days"],
            day_rate=record["day_rate"],
            p_success=record["p_success"],
            max_cycles=record["max_cycles"],
            n_models=record["n_models"],
            documentation=Documentation(record["documentation"]),
            currency=currency,
            **answers,
        )
    )
    pays_back = None
    if case is not None and case.planned is not None:
        pays_back = payback(
            estimate.cost_draws,
            case.planned.net,
            horizon_years=HORIZON_YEARS,
            p_no_go=estimate.p_no_go,
            no_go_cost=estimate.no_go_cost_draws,
        )
    title = record["title"] or record["estimate_id"]
    return EstimateView(record, title, currency, estimate, case, pays_back)
