"""How much of what was implied came true, over every value case whose KPI was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.proof.interval import Interval
from mlpm_core.proof.realisation_factor import (
    FEWEST_CASES,
    CaseFactor,
    ClosedCase,
    FactorReason,
    RealisationFactor,
    realisation_factor,
)
from mlpm_core.services.in_life.kpi_proof import kpi_proof
from mlpm_core.services.in_life.kpi_view import kpi_lines
from mlpm_core.services.session.consistent import consistent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.proof.agreement import Agreement
    from mlpm_core.services.in_life.kpi_view import KpiLine
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.value.estimate import Estimate

__all__ = [
    "FEWEST_CASES",
    "CaseFactor",
    "ComeTrue",
    "FactorReason",
    "Interval",
    "MeasuredCase",
    "RealisationFactor",
    "as_cases_came_true",
    "come_true",
]

_ERRORS_WIDE: Final = 2 * 1.959963984540054  # of an interval that holds 95 %


@dataclass(frozen=True, slots=True)
class MeasuredCase:
    """Value cases with the KPI that tells them best: changes since a model went live, in ``unit``.

    ``factor`` is measured over implied, None where it was not told.
    """

    project: str
    value_cases: tuple[str, ...]
    kpi_id: str
    kpi_title: str
    unit: str
    n_periods: int
    measured: Interval
    implied: Interval
    factor: CaseFactor


@dataclass(frozen=True, slots=True)
class ComeTrue:
    """The realisation factor with the cases that it rests on."""

    factor: RealisationFactor
    cases: tuple[MeasuredCase, ...]


def come_true(workspace: Workspace) -> ComeTrue:
    """Measured over implied changes of all value cases, each by one of its KPIs.

    KPIs of one value case share its luck, so only the one counts whose measured change is told
    best, beside its size. Only whole periods since the model went live count, season and trend
    taken out (see ``agreement``).
    """
    return consistent(workspace, lambda: _come_true(workspace))


def as_cases_came_true(told: ComeTrue, written: Estimate) -> tuple[float, float, float] | None:
    """Mean, P10 and P90 of a figure as written, times what cases came to; None without a factor."""
    draws = told.factor.applied(written.samples)
    if draws is None:
        return None
    low, high = np.quantile(draws, [0.1, 0.9]).tolist()
    return float(draws.mean()), low, high


def _come_true(workspace: Workspace) -> ComeTrue:
    found: list[tuple[str, KpiLine, Agreement, Interval]] = []
    for project in workspace.store.projects():
        if not project.archived:
            found += _best_of(workspace, project.project)
    cases = [
        ClosedCase(
            " ".join((project, *line.kpi.moved_by)),
            measured.mean,
            _error(measured),
            seen.implied.mean,
            _error(seen.implied),
        )
        for project, line, seen, measured in found
    ]
    factor = realisation_factor(cases)
    return ComeTrue(
        factor,
        tuple(
            MeasuredCase(
                project,
                line.kpi.moved_by,
                line.kpi.kpi_id,
                line.kpi.title,
                line.kpi.unit,
                seen.n_after,
                measured,
                seen.implied,
                of,
            )
            for (project, line, seen, measured), of in zip(found, factor.cases, strict=True)
        ),
    )


def _best_of(
    workspace: Workspace, project: str
) -> Sequence[tuple[str, KpiLine, Agreement, Interval]]:
    """Of every value case the KPI whose measured change is told best."""
    told: list[tuple[str, KpiLine, Agreement, Interval]] = []
    for line in kpi_lines(workspace, project):
        if line.newest is None or line.series is None or not line.kpi.moved_by:
            continue
        proof = kpi_proof(workspace, project, line.kpi.kpi_id, line.series.granularity)
        seen = proof.agreement
        if seen is None or seen.measured is None or not _error(seen.measured) > 0:
            continue
        if not proof.also:  # else measured is what more cases did than implied
            told.append((project, line, seen, seen.measured))
    taken: set[str] = set()
    best = []
    for one in sorted(told, key=lambda x: _vague(x[3])):
        mine = one[1].kpi.moved_by
        if taken.isdisjoint(mine):
            taken.update(mine)
            best.append(one)
    return [one for one in told if one in best]


def _error(figure: Interval) -> float:
    """The standard error that an interval stands for."""
    return (figure.high - figure.low) / _ERRORS_WIDE


def _vague(figure: Interval) -> float:
    """How wide a figure is beside its size."""
    return _error(figure) / abs(figure.mean) if figure.mean else float("inf")
