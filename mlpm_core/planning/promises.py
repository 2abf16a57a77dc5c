"""What became of promises of a date or a cost, and how often such promises are kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError
from mlpm_core.quantity import Z90
from mlpm_core.records import Measure

if TYPE_CHECKING:
    from datetime import date

    from mlpm_core.records import DeliveryPromise


class DeliveryOutcome(StrEnum):
    """What became of a promise of a date or a cost."""

    KEPT = "kept"
    OVER = "over-delivered"
    MISSED = "missed"
    OPEN = "open"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class KeptRate:
    """Share of promises kept, in [0, 1], of ``n`` judged; ``low`` to ``high`` holds 8 in 10 times.

    ``share`` is None without any; the interval is then 0 to 1.
    """

    kept: int
    n: int
    share: float | None
    low: float
    high: float


def delivery_outcome(promise: DeliveryPromise, day: date) -> DeliveryOutcome:
    """What became of a promise by a day.

    Of a date: over-delivered when it came before the promised day, kept when it came on it, missed
    when it came later or has not come by the day after. Of a cost: judged once it is delivered with
    its cost; over-delivered below the promised cost, missed above it. A promise that was taken back
    in agreement is withdrawn, whenever that was, unless what was promised had come already.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.records import DeliveryPromise
    >>> told = DeliveryPromise(
    ...     project="p",
    ...     promise_id="a",
    ...     what="First model",
    ...     measure=Measure.DATE,
    ...     made_on=date(2026, 5, 1),
    ...     promised_for_on=date(2026, 6, 1),
    ... )
    >>> [delivery_outcome(told, date(2026, 6, on)).value for on in (1, 2)]
    ['open', 'missed']
    """
    promised: date | float | None
    reached: date | float | None
    if promise.measure is Measure.DATE:
        promised, reached = promise.promised_for_on, promise.delivered_on
        if reached is not None and reached > day:
            reached = None
    else:
        promised, reached = promise.promised_cost, promise.delivered_cost
    if promised is None:
        return DeliveryOutcome.WITHDRAWN if promise.withdrawn else DeliveryOutcome.OPEN
    if reached is None:
        if promise.withdrawn:
            return DeliveryOutcome.WITHDRAWN
        is_late = promise.measure is Measure.DATE and _is_more(day, promised)
        return DeliveryOutcome.MISSED if is_late else DeliveryOutcome.OPEN
    if reached == promised:
        return DeliveryOutcome.KEPT
    return DeliveryOutcome.MISSED if _is_more(reached, promised) else DeliveryOutcome.OVER


def _is_more(a: date | float, b: date | float) -> bool:
    return a > b  # type: ignore[operator]  # both are days or both are amounts


def kept_rate(kept: int, n: int) -> KeptRate:
    """The share of promises kept with Wilson's interval for 8 times in 10.

    Raises
    ------
    InputError
        When more were kept than judged, or a count is below 0.

    References
    ----------
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22.

    Examples
    --------
    >>> rate = kept_rate(3, 4)
    >>> rate.share, round(rate.low, 3), round(rate.high, 3)
    (0.75, 0.433, 0.922)
    >>> kept_rate(0, 0)
    KeptRate(kept=0, n=0, share=None, low=0.0, high=1.0)
    """
    if not 0 <= kept <= n:
        raise InputError(f"{kept} promises kept of {n} judged is not possible.")
    if n == 0:
        return KeptRate(0, 0, None, 0.0, 1.0)
    share = kept / n
    scale = 1 + Z90**2 / n
    middle = (share + Z90**2 / (2 * n)) / scale
    half = Z90 / scale * sqrt(share * (1 - share) / n + Z90**2 / (4 * n**2))
    return KeptRate(kept, n, share, max(middle - half, 0.0), min(middle + half, 1.0))
