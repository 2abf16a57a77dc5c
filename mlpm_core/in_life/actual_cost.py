"""What running a model really cost, held against what the plan counts with.

A cost counts by the days that it covers. A day for which nothing was recorded is not free: the plan
keeps its running cost there, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.in_life.realisation import Span, counted_parts, days_within, over_days
from mlpm_core.value.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class CostEntry:
    """Money spent on a model over a stretch of time; a refund is negative.

    ``what`` tells apart what is paid for: its category first, then whatever names the bill. An
    estimate gives way to a bill for the same on the days that both cover.
    """

    span: Span
    what: tuple[str, ...]
    amount: float
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class ActualCost:
    """What was spent in a window, of shape (categories,), money.

    Attributes
    ----------
    by_category : mapping of str to float
        The largest first.
    estimated : float
        The part of it that is not billed yet.
    days : float
        Days of use in the window.
    days_recorded : float
        Those of them for which any cost is recorded.
    planned : float
        What the plan's running cost is for the days of use.
    planned_recorded : float
        The same for the recorded days alone.
    """

    by_category: Mapping[str, float]
    estimated: float
    days: float
    days_recorded: float
    planned: float
    planned_recorded: float

    @property
    def recorded(self) -> float:
        """All that was recorded, money."""
        return sum(self.by_category.values())

    @property
    def expected(self) -> float:
        """What was recorded, and the plan's running cost on the days without a record."""
        return self.recorded + self.planned - self.planned_recorded

    @property
    def overrun(self) -> float:
        """How much more was spent than planned for the recorded days; less is negative."""
        return self.recorded - self.planned_recorded


def actual_cost(
    entries: Sequence[CostEntry], in_use: Sequence[Span], window: Span, planned_annual: float
) -> ActualCost:
    """What was spent on a model in a window, for its days of use.

    Parameters
    ----------
    entries : sequence of CostEntry
        Those of the models that served; days before or after the use are left out by their share.
    in_use : sequence of Span
        When the models served; where they overlap a day counts once.
    window : Span
    planned_annual : float
        The running cost of the plan, money a year.

    Returns
    -------
    ActualCost

    Examples
    --------
    A bill of 310 for July, and a use that began on the 17th: 15 of 31 days.

    >>> from datetime import datetime
    >>> july = Span(datetime(2024, 7, 1), datetime(2024, 8, 1))
    >>> use = [Span(datetime(2024, 7, 17), datetime(2024, 9, 1))]
    >>> cost = actual_cost([CostEntry(july, ("compute",), 310.0)], use, july, 3652.5)
    >>> cost.by_category, cost.planned, cost.overrun
    ({'compute': 150.0}, 150.0, 0.0)
    """
    use = [part for span in in_use if (part := span.within(window))]
    use = [part for parts in counted_parts(use) for part in parts]
    sums: defaultdict[str, float] = defaultdict(float)
    estimated, recorded = 0.0, []
    of_window = [entry for entry in entries if entry.span.within(window)]
    for entry, counted in _billed_first(of_window):
        shared = [p for part in counted for day in use if (p := part.within(day))]
        if not shared:
            continue
        amount = entry.amount * sum(p.days for p in shared) / entry.span.days
        sums[entry.what[0]] += amount
        estimated += amount if entry.is_estimate else 0.0
        recorded += shared
    days = sum(part.days for part in use)
    days_recorded = days_within(recorded, window)
    return ActualCost(
        dict(sorted(sums.items(), key=lambda x: -x[1])),
        estimated,
        days,
        days_recorded,
        over_days(planned_annual, days),
        over_days(planned_annual, days_recorded),
    )


def _billed_first(entries: Sequence[CostEntry]) -> Iterable[tuple[CostEntry, tuple[Span, ...]]]:
    """Each entry with the stretches in which it counts: an estimate only where no bill does."""
    billed: defaultdict[tuple[str, ...], list[Span]] = defaultdict(list)
    for entry in entries:
        if not entry.is_estimate:
            billed[entry.what].append(entry.span)
    for entry in entries:
        if entry.is_estimate and entry.what in billed:
            yield entry, counted_parts([*billed[entry.what], entry.span])[-1]
        elif entry.span.days:
            yield entry, (entry.span,)


def net_of_cost(before: Estimate, cost: ActualCost) -> Estimate:
    """The realised net with what was really spent in the place of the planned running cost.

    Parameters
    ----------
    before : Estimate
        Net over the monitored days before any running cost.
    cost : ActualCost
        Of all days of use, monitored or not: what was spent was spent.

    Returns
    -------
    Estimate
        In the same draws.

    Examples
    --------
    >>> import numpy as np
    >>> spent = ActualCost({"compute": 50.0}, 0.0, 10.0, 10.0, 20.0, 20.0)
    >>> net_of_cost(Estimate.of(np.array([100.0, 140.0]), "EUR"), spent).samples.tolist()
    [50.0, 90.0]
    """
    return Estimate.of(before.samples - cost.expected, before.unit)
