"""Whether a KPI moved as its models imply, and whether it moves when their metrics do."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.in_life.periods import following
from mlpm_core.proof.agreement import Agreement, Reason, Side, Verdict, agreement, implied_change
from mlpm_core.proof.interval import Interval
from mlpm_core.proof.link import Link, link
from mlpm_core.quantity import Z90
from mlpm_core.records import METRICS, Direction, Season
from mlpm_core.services.in_life.events import events
from mlpm_core.services.in_life.kpi_view import kpi_view
from mlpm_core.services.in_life.other_cases import live_at, whichever, without_others
from mlpm_core.services.session.computing import or_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mlpm_core.in_life.periods import Period
    from mlpm_core.services.in_life.kpi_view import ImpliedLevel, KpiSeries, KpiView
    from mlpm_core.services.session.workspace import Workspace

__all__ = ["Agreement", "Interval", "KpiProof", "Link", "Reason", "Side", "Verdict", "kpi_proof"]

_CYCLES: Final = {"P1D": 7, "P1W": 52, "P1M": 12, "P3M": 4}
"""The season that a KPI may have, in periods of each length."""
_A_YEAR: Final = {"P1D": 365, "P1W": 52, "P1M": 12, "P3M": 4}


@dataclass(frozen=True, slots=True)
class KpiProof:
    """Measured beside implied since a model went live; ``problem`` says why nothing can be said.

    ``links`` are by the name of the metric and the value case that it feeds. ``also`` are other
    value cases that may act on the KPI: a verdict holds whether they do or not, else there is none.
    ``beside`` is the measured change that is left if they act as they imply.
    """

    live_at: datetime | None = None
    agreement: Agreement | None = None
    links: Mapping[tuple[str, str], Link] = field(default_factory=dict)
    problem: str | None = None
    also: tuple[str, ...] = ()
    beside: Interval | None = None


def kpi_proof(workspace: Workspace, project: str, kpi_id: str, granularity: str) -> KpiProof:
    """The agreement and the links of a KPI, from its measured values of a length of period.

    Raises
    ------
    NotFoundError
        When there is no such project or KPI.
    """
    view = kpi_view(workspace, project, kpi_id)
    series = view.series.get(granularity)
    if series is None or not view.implied or granularity not in _CYCLES:
        return KpiProof()
    began_at = live_at(view.events, view.implied)
    grid = _grid(series)
    if began_at is None or grid is None:
        return KpiProof(began_at)
    found, problem = or_reason(
        f"The agreement of KPI {kpi_id} of {project}",
        lambda: _proof(workspace, view, grid, began_at, granularity),
    )
    return found or KpiProof(began_at, problem=problem)


def _proof(
    workspace: Workspace,
    view: KpiView,
    grid: Mapping[Period, float],
    began_at: datetime,
    granularity: str,
) -> KpiProof:
    def judged(values: Mapping[Period, float]) -> Agreement | None:
        return _agreement(view, values, began_at, granularity)

    seen, beside = judged(grid), None
    if view.also and seen is not None and seen.measured is not None:
        happenings = events(workspace, view.project)
        with workspace.store.reader() as reader:
            rest = without_others(
                reader, view.project, view.day, view.kpi, view.also, grid, happenings
            )
        seen, beside = whichever(seen, rest, judged)
    links = {
        (name, part.case.title): found
        for part in view.parts
        for name, found in _links(part.levels, grid, _cycles(view, granularity)).items()
    }
    return KpiProof(
        began_at, seen, links, also=tuple(case.title for case in view.also), beside=beside
    )


def _cycles(view: KpiView, granularity: str) -> tuple[int, ...]:
    """The season of a KPI in periods; none where its owner says that it has none."""
    return () if view.kpi.season is Season.NONE else (_CYCLES[granularity],)


def _grid(series: KpiSeries) -> dict[Period, float] | None:
    """Every period from the first whole one to the newest, NaN where none was measured.

    None where periods of one length do not follow each other, as weeks that begin on other days.
    """
    values = {v.period: v.value for v in series.whole}
    return {p: values.get(p, float("nan")) for p in following(values)} or None


def _agreement(
    view: KpiView, grid: Mapping[Period, float], began_at: datetime, granularity: str
) -> Agreement | None:
    """The change since the model went live; None where nothing is implied after it."""
    baseline = view.kpi.baseline
    before = [
        value if period.end <= began_at else float("nan")
        for period, value in grid.items()
        if period.start < began_at
    ]
    after, implied = [], []
    for period, value in grid.items():
        if period.start >= began_at:
            level = view.implied_in(period)
            after.append(float("nan") if level is None else value)
            if level is not None and value == value:  # only what is measured and implied counts
                implied.append(level)
    if baseline is None or not implied:
        return None
    half = fmean((i.high - i.low) / 2 for i in view.implied)  # the draws are common to all periods
    return agreement(
        np.array(before),
        np.array(after),
        implied_change(fmean(implied) - baseline, half / Z90),
        cycles=_cycles(view, granularity),
        higher_is_better=view.kpi.direction == Direction.HIGHER,
        horizon=_A_YEAR[granularity],
    )


def _links(
    implied: Sequence[ImpliedLevel], grid: Mapping[Period, float], cycles: tuple[int, ...]
) -> dict[str, Link]:
    """Each metric of the model with the KPI, over the periods that both have."""
    rows = {i.period: i.metrics for i in implied}
    if not rows:
        return {}
    names = sorted({name for metrics in rows.values() for name in metrics if name in METRICS})
    shared = [period for period in grid if any(p >= period for p in rows)]
    shared = [period for period in shared if period >= min(rows)]
    links = {}
    for name in names:
        of_metric = [
            rows[p][name].value if p in rows and name in rows[p] else float("nan") for p in shared
        ]
        if np.isfinite(of_metric).any():
            of_kpi = [grid[p] for p in shared]
            links[name] = link(np.array(of_metric), np.array(of_kpi), cycles=cycles)
    return links
