"""What all models are worth, and which one needs somebody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpm_core.in_life.health import Health, Verdict, verdict
from mlpm_core.quantity import Dimension
from mlpm_core.services.valuation import (
    CaseValue,
    KpiValue,
    RatePoint,
    case_rates,
    kpi_value,
    project_cases,
)
from mlpm_core.records import Kpi
from mlpm_core.value.kpi import DAYS_PER_YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from mlpm_core.services.workspace import Workspace
    from mlpm_core.store import Reader

__all__ = ["Line", "Portfolio", "ProjectView", "Total", "portfolio", "project_view"]


@dataclass(frozen=True, slots=True)
class Line:
    """A value case with its health: one row of the portfolio."""

    project: str
    project_title: str
    is_demo: bool
    case: CaseValue
    health: Verdict
    age_days: int | None
    planned_rate: float | None
    current_rate: float | None

    @property
    def gap(self) -> float | None:
        """Planned minus current value rate, money a week; positive is value not delivered."""
        if self.planned_rate is None or self.current_rate is None:
            return None
        return self.planned_rate - self.current_rate

    @property
    def in_life(self) -> bool:
        """Has the case monitoring results to rest on?"""
        return self.case.current is not None


@dataclass(frozen=True, slots=True)
class Total:
    """A dimension over every case in life, a year; cycle time is never added."""

    dimension: Dimension
    unit: str
    planned: float | None
    realised: float | None
    low: float | None
    high: float | None
    n_cases: int


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Every line, and the totals that may be formed."""

    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    day: date


@dataclass(frozen=True, slots=True)
class ProjectView:
    """One project with its cases and KPIs."""

    project: Mapping[str, Any]
    lines: tuple[Line, ...]
    kpis: tuple[KpiValue, ...]
    day: date
