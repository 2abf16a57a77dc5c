"""How a KPI moved: the days shown against those before, a year ago, and without the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.in_life.kpi_change import Change
from mlpm_core.services.in_life.shown_period import Against, Comparison

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.services.in_life.kpi_view import KpiSeries, KpiView
    from mlpm_core.services.in_life.shown_period import ShownPeriod

BASELINE: Final = "baseline"


@dataclass(frozen=True, slots=True)
class Compared:
    """A change with the days that it compares; None of the newest period alone."""

    change: Change
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class KpiChanges:
    """A KPI over the days shown, and against others.

    ``level`` holds the mean of the whole values in ``now`` and how many they are; it is the newest
    value alone where all days are shown. ``against`` is by ``Against``, by two days that somebody
    chose, or ``BASELINE``.
    """

    level: Change
    against: Mapping[str, Compared]


def kpi_changes(view: KpiView, series: KpiSeries, shown: ShownPeriod) -> KpiChanges:
    """A KPI over the days shown, against the period before, a year ago and without the model.

    Where all days are shown it is the newest period that is compared. Days that somebody chose take
    the place of the year ago.
    """
    baseline = view.kpi.baseline
    if shown.span is None:
        newest = series.newest
        return KpiChanges(
            Change(now=newest.value, n_now=1) if newest else Change(),
            {
                Against.PREVIOUS: Compared(series.against_previous()),
                Against.YEAR_AGO: Compared(series.against_year_ago()),
                BASELINE: Compared(series.against_baseline(baseline)),
            },
        )
    against = {name: _over(series, c) for name, c in shown.comparisons.items()}
    days = Comparison(shown.span, None)
    against[BASELINE] = Compared(series.against_baseline(baseline, shown.span), days)
    return KpiChanges(series.level_over(shown.span), against)


def _over(series: KpiSeries, comparison: Comparison) -> Compared:
    now, before = comparison.now, comparison.before
    change = Change() if now is None or before is None else series.between(now, before)
    return Compared(change, comparison)
