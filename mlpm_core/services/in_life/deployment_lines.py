"""A deployment as lists show it, and one of them in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from mlpm_core.in_life.health import LimitCheck, Verdict
    from mlpm_core.services.in_life.metric_signals import WatchedMetric
    from mlpm_core.services.in_life.portfolio import PortfolioRow
    from mlpm_core.services.in_life.segments import Segments
    from mlpm_core.services.valuation.value_rates import RatePoint


@dataclass(frozen=True, slots=True)
class DeploymentLine:
    """A model version in a slot, with its health and what it costs.

    ``deployment_id`` names it in links: that of its record, or ``case:`` and a value case for a
    model that reports results without a record. ``value`` is the value case that it stands for as
    champion, None in another slot: only the champion counts for value.
    """

    project: str
    project_title: str
    is_demo: bool
    deployment_id: str
    is_recorded: bool
    model_id: str
    model_version: str
    slot: str
    value_case_id: str
    case_title: str
    from_on: date | None
    to_on: date | None
    days_in_slot: int | None
    is_in_use: bool
    fresh_within_days: int
    health: Verdict
    age_days: int | None
    data_to: date | None
    checks: tuple[LimitCheck, ...]
    value: PortfolioRow | None

    @property
    def model(self) -> str:
        """The model and its version."""
        return f"{self.model_id} {self.model_version}".strip()

    @property
    def gap(self) -> float | None:
        """Planned minus current value rate, money a week; champions only."""
        return self.value.gap if self.value and self.is_in_use else None


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """One deployment in full, over periods of one length.

    ``rates`` is empty when it does not count for value; ``slots`` are all deployments of the same
    model, this one included.
    """

    line: DeploymentLine
    slots: tuple[DeploymentLine, ...]
    granularities: tuple[str, ...]
    granularity: str | None
    rates: tuple[RatePoint, ...]
    metrics: tuple[WatchedMetric, ...]
    segments: tuple[Segments, ...]

    @property
    def without_limit(self) -> tuple[WatchedMetric, ...]:
        """The metrics for which nobody has set a limit."""
        return tuple(m for m in self.metrics if m.check is None)
