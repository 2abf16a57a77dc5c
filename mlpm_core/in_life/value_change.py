"""What a model was worth a week over some days, against others: by draws that both share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.value.estimate import Estimate, added

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.in_life.realisation import Span, WindowTotal

_COVERED: Final = 0.9
_WEEK: Final = 7.0


class NoValueChange(StrEnum):
    """Why nothing is said of how a value changed."""

    NOTHING = "no day monitored"
    FEW_DAYS = "too few days monitored"
    NOTHING_BEFORE = "no day before monitored"
    FEW_DAYS_BEFORE = "too few days before monitored"


@dataclass(frozen=True, eq=False, slots=True)
class ValueChange:
    """A value a week over some days and over others, each with how many days were monitored.

    ``difference`` is None with the reason in ``missing``; its range follows from the draws of both,
    in which an assumption that both rest on is the same, so that it moves neither.
    """

    now: Estimate | None
    days: float
    before: Estimate | None = None
    days_before: float = 0.0
    difference: Estimate | None = None
    missing: NoValueChange | None = None

    @property
    def is_beyond_chance(self) -> bool:
        """Whether no change at all lies outside the range from P10 to P90."""
        change = self.difference
        return change is not None and not change.p10 <= 0 <= change.p90


def value_change(
    now: tuple[Span, WindowTotal], before: tuple[Span, WindowTotal] | None, name: str, unit: str
) -> ValueChange:
    """The mean a week of a value a day over some days, against that over others.

    Both must be monitored on nine tenths of their days, else nothing is compared.

    Parameters
    ----------
    now, before : (Span, WindowTotal)
        Days, and what is known of them.
    name : str
        What of the totals is compared.
    unit : str
        Of the value a week.

    Examples
    --------
    >>> from datetime import datetime
    >>> import numpy as np
    >>> from mlpm_core.in_life.realisation import Span, WindowTotal
    >>> may, june = (Span(datetime(2026, m, 1), datetime(2026, m + 1, 1)) for m in (5, 6))
    >>> luck = np.array([1.0, 2.0, 3.0])  # the same assumption in both
    >>> older, newer = (WindowTotal(d, 0.0, {"net": d * luck * x}) for d, x in ((31, 1), (30, 1)))
    >>> change = value_change((june, newer), (may, older), "net", "EUR/week")
    >>> change.now.mean, change.difference.mean, change.difference.is_exact
    (14.0, 0.0, True)
    """
    span, total = now
    is_now = _a_week(total, name, unit)
    if is_now is None:
        return ValueChange(None, 0.0, missing=NoValueChange.NOTHING)
    told = ValueChange(is_now, total.days)
    if total.days < _COVERED * span.days:
        return ValueChange(is_now, total.days, missing=NoValueChange.FEW_DAYS)
    if before is None:
        return told
    span_before, total_before = before
    was = _a_week(total_before, name, unit)
    if was is None:
        return ValueChange(is_now, total.days, missing=NoValueChange.NOTHING_BEFORE)
    few = total_before.days < _COVERED * span_before.days
    return ValueChange(
        is_now,
        total.days,
        was,
        total_before.days,
        None if few else Estimate.of(is_now.samples - was.samples, unit),
        NoValueChange.FEW_DAYS_BEFORE if few else None,
    )


def summed(changes: Sequence[ValueChange], unit: str) -> ValueChange:
    """The change of several values together, taken as independent of each other.

    It is not available unless each of them is, else a part would be held against the whole: the
    reason is that of the first.

    Parameters
    ----------
    changes : sequence of ValueChange
        Of the same days, one or more.
    unit : str
        Of the value a week.

    Examples
    --------
    >>> import numpy as np
    >>> one = Estimate.of(np.full(8, 5.0), "EUR/week")
    >>> grown = ValueChange(one, 28.0, one, 28.0, one)
    >>> summed([grown, grown], "EUR/week").difference.mean
    10.0
    >>> nothing = ValueChange(None, 0.0, missing=NoValueChange.NOTHING)
    >>> summed([grown, nothing], "EUR/week").missing.value
    'no day monitored'
    """
    fewest = min(c.days for c in changes), min(c.days_before for c in changes)
    missing = next((c.missing for c in changes if c.missing is not None), None)
    if missing is not None:
        return ValueChange(None, fewest[0], None, fewest[1], missing=missing)
    now = [c.now for c in changes if c.now]
    before = [c.before for c in changes if c.before]
    differences = [c.difference for c in changes if c.difference]
    if len(differences) < len(changes):
        return ValueChange(added(now, unit), fewest[0])
    return ValueChange(
        added(now, unit), fewest[0], added(before, unit), fewest[1], added(differences, unit)
    )


def _a_week(total: WindowTotal, name: str, unit: str) -> Estimate | None:
    if not total.days or name not in total.sums:
        return None
    return Estimate.of(total.sums[name] / total.days * _WEEK, unit)
