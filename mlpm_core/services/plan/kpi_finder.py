"""No KPI given: from a dimension to one that can be counted, and what must be true meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import MlpmError
from mlpm_core.planning import (
    Condition,
    KpiTemplate,
    LeastMove,
    conditions,
    find_kpi_template,
    kpi_templates,
    least_move,
)
from mlpm_core.quantity import Dimension
from mlpm_core.records import Kpi
from mlpm_core.services.plan.briefs import brief
from mlpm_core.services.valuation.kpis import ProxyState, kpi_proxy
from mlpm_core.services.valuation.value_cases import project_cases
from mlpm_core.value.kpi import per_unit
from mlpm_core.value.mechanism import find_mechanism, mechanisms
from mlpm_core.value.typical import Move, moves, typical_worth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.value.estimate import Estimate

__all__ = [
    "Asked",
    "BreakEvenView",
    "CandidateView",
    "Condition",
    "KpiFinderView",
    "KpiLine",
    "LeastMove",
    "MechanismView",
    "Move",
    "break_even",
    "candidate_views",
    "kpi_finder",
]

_N_QUANTITIES: Final = 3
_NEAR: Final = 2.0


@dataclass(frozen=True, slots=True)
class KpiLine:
    """A KPI that the project has, and how it stands as a proxy."""

    kpi_id: str
    title: str
    dimension: Dimension
    state: ProxyState
    sentence: str

    @property
    def counts(self) -> bool:
        """Whether it may be judged: not once it is an expired proxy."""
        return self.state is not ProxyState.EXPIRED


@dataclass(frozen=True, slots=True)
class KpiFinderView:
    """Where a project stands before the first step.

    ``weights`` are what its stakeholders want, summing to 1; None while none was asked.
    """

    project: str
    title: str
    currency: str
    day: date
    kpis: tuple[KpiLine, ...]
    weights: Mapping[Dimension, float] | None
    n_candidates: Mapping[Dimension, int]

    @property
    def has_kpi(self) -> bool:
        """Whether any KPI counts."""
        return any(kpi.counts for kpi in self.kpis)

    @property
    def wanted_most(self) -> Dimension | None:
        """The dimension that weighs most; None while none was asked."""
        if self.weights is None:
            return None
        return max(self.weights, key=lambda d: (self.weights or {})[d])


@dataclass(frozen=True, slots=True)
class Asked:
    """An input that a mechanism asks for."""

    label: str
    question: str
    unit: str
    typical: str | None
    is_metric: bool


@dataclass(frozen=True, slots=True)
class MechanismView:
    """A mechanism with what it moves and what it asks, metrics first."""

    id: str
    number: str
    name: str
    sentence: str
    case: str
    bad_experience: str
    moves: Mapping[Dimension, Move]
    asks: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A candidate in a project: its unit there, the weeks to count, and what moves it.

    ``record`` is the KPI that was already made of it, ``sentence`` how that stands as a proxy.
    """

    candidate: KpiTemplate
    unit: str
    weeks: int
    mechanisms: tuple[MechanismView, ...]
    record: Kpi | None
    sentence: str

    @property
    def id(self) -> str:
        """Its short name, which becomes that of the KPI."""
        return self.candidate.id


@dataclass(frozen=True, slots=True)
class BreakEvenView:
    """What must be true for a mechanism to pay, in place of a KPI that nobody named.

    It rests on the project's value case of that mechanism, if there is one, and on what is typical
    for every input in ``assumed``. ``least`` is the move of the KPI that pays, in its unit; None
    where no single metric decides it. ``problem`` says why nothing can be told.
    """

    mechanism: MechanismView
    currency: str
    value_case_id: str
    case_title: str
    n_asked: int
    assumed: tuple[str, ...]
    net: Estimate | None
    probability_of_loss: float
    metrics: tuple[Condition, ...]
    quantities: tuple[Condition, ...]
    least: LeastMove | None
    problem: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Every condition in words, with its safety margin: those of the model first."""
        return tuple(c.sentence(self.currency) for c in (*self.metrics, *self.quantities))


def kpi_finder(workspace: Workspace, project: str) -> KpiFinderView:
    """Which KPIs a project has, and what its stakeholders want most.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row, day = workspace.project(project), workspace.today(project)
    weights = brief(workspace, project).weights
    with workspace.store.reader() as reader:
        records = [k for k in reader.current(Kpi, project) if not k.archived]
    return KpiFinderView(
        project=project,
        title=row.title,
        currency=row.currency,
        day=day,
        kpis=tuple(_kpi_line(record, day) for record in records),
        weights=weights,
        n_candidates={d: len(_offered(d)) for d in Dimension},
    )


def candidate_views(
    workspace: Workspace, project: str, dimension: Dimension
) -> list[CandidateView]:
    """The candidates of a dimension, each with the mechanisms that move it.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row, day = workspace.project(project), workspace.today(project)
    with workspace.store.reader() as reader:
        records = {k.kpi_id: k for k in reader.current(Kpi, project) if not k.archived}
    return [
        CandidateView(
            candidate=candidate,
            unit=candidate.unit_in(row.currency),
            weeks=candidate.weeks(),
            mechanisms=tuple(_mechanism_view(m) for m in _known(candidate)),
            record=(record := records.get(candidate.id)),
            sentence=kpi_proxy(record).sentence(day) if record else "",
        )
        for candidate in _offered(dimension)
    ]


def break_even(
    workspace: Workspace, project: str, mechanism_id: str, candidate_id: str
) -> BreakEvenView:
    """What must be true for a mechanism to pay: the break-even that replaces a missing KPI.

    Raises
    ------
    NotFoundError
        When there is no such project, mechanism or candidate.
    """
    row, mechanism = workspace.project(project), find_mechanism(mechanism_id)
    candidate = find_kpi_template(candidate_id)
    with workspace.store.reader() as reader:
        cases = project_cases(reader, row, workspace.today(project))
    case = next((c for c in cases if c.mechanism.id == mechanism.id), None)
    view = BreakEvenView(
        mechanism=_mechanism_view(mechanism.id),
        currency=row.currency,
        value_case_id=case.value_case_id if case else "",
        case_title=case.title if case else "",
        n_asked=len(mechanism.inputs_for(case.baseline if case else None)),
        assumed=(),
        net=None,
        probability_of_loss=0.0,
        metrics=(),
        quantities=(),
        least=None,
    )
    try:
        typical = typical_worth(mechanism, _given(case), baseline=case.baseline if case else None)
    except MlpmError as error:
        return replace(view, problem=str(error))
    all_conditions = conditions(typical.worth)
    least = least_move(typical.worth, candidate.dimension)
    factor = per_unit(candidate.dimension, candidate.unit, "money")
    return replace(
        view,
        assumed=typical.assumed,
        net=typical.worth.net,
        probability_of_loss=typical.worth.probability_of_loss,
        metrics=tuple(c for c in all_conditions if c.is_metric),
        quantities=tuple(c for c in all_conditions if not c.is_metric and _is_near(c))[
            :_N_QUANTITIES
        ],
        least=least and replace(least, least=least.least * factor, taken=least.taken * factor),
    )


def _is_near(condition: Condition) -> bool:
    """Whether a break-even is close enough to be worth a thought: a third to three times."""
    return condition.margin is not None and abs(condition.margin) < _NEAR


def _kpi_line(record: Kpi, day: date) -> KpiLine:
    proxy = kpi_proxy(record)
    return KpiLine(
        kpi_id=record.kpi_id,
        title=record.title,
        dimension=record.dimension,
        state=proxy.state(day),
        sentence=proxy.sentence(day),
    )


def _known(candidate: KpiTemplate) -> list[str]:
    """The mechanisms of a candidate that have a file."""
    return [m for m in mechanisms() if m in candidate.mechanisms]


def _offered(dimension: Dimension) -> list[KpiTemplate]:
    return [c for c in kpi_templates().values() if c.dimension is dimension and _known(c)]


@lru_cache(maxsize=64)
def _mechanism_view(mechanism_id: str) -> MechanismView:
    mechanism = find_mechanism(mechanism_id)
    return MechanismView(
        **{
            name: getattr(mechanism, name)
            for name in ("id", "number", "name", "sentence", "case", "bad_experience")
        },
        moves=moves(mechanism),
        asks=tuple(
            Asked(e.label, e.question, e.unit, e.typical, e.is_metric)
            for e in mechanism.inputs_for(None)
        ),
    )


def _given(case: CaseValue | None) -> dict[str, str]:
    """What a value case knows of its inputs, monitored before planned."""
    inputs = case.inputs if case else ()
    return {i.name: i.in_use for i in inputs if i.is_asked and i.in_use}
