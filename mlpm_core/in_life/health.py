"""Health of a deployment, derived from freshness and value, never typed in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Health", "Verdict", "verdict"]

_WATCH_BELOW_SHARE = 0.8
_SICK_BELOW_SHARE = 0.5


class Health(StrEnum):
    """One set of words for a dimension, a deployment and a project, best first."""

    HEALTHY = "healthy"
    WATCH = "watch"
    SICK = "sick"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A health and the sentence that says why."""

    health: Health
    reason: str


def verdict(
    *,
    age_days: int | None,
    fresh_within_days: int,
    promised_rate: float | None,
    current_rate: float | None,
    probability_of_loss: float | None,
) -> Verdict:
    """The health that freshness and the value gap imply.

    Parameters
    ----------
    age_days : int or None
        Days from the end of the newest monitored period to today; None without results.
    fresh_within_days : int
        Results older than this say nothing about today.
    promised_rate, current_rate : float or None
        Money a week, promised and as the newest metrics imply.
    probability_of_loss : float or None
        Probability that the current value is below nothing, in [0, 1].

    Returns
    -------
    Verdict

    Notes
    -----
    Sick: more likely a loss than a gain, or less than half of what was promised. Watch: less than
    80 % of it. A promise of nothing or less leaves only the loss to judge by.

    Examples
    --------
    >>> verdict(age_days=2, fresh_within_days=14, promised_rate=100.0, current_rate=40.0,
    ...         probability_of_loss=0.0).health
    <Health.SICK: 'sick'>
    """
    if age_days is None:
        return Verdict(Health.UNKNOWN, "No monitoring results have come in yet.")
    if age_days > fresh_within_days:
        return Verdict(
            Health.UNKNOWN,
            f"The newest results ended {age_days} days ago, expected within {fresh_within_days}.",
        )
    if current_rate is None or probability_of_loss is None:
        return Verdict(Health.UNKNOWN, "Its value cannot be said yet.")
    if probability_of_loss > 0.5:
        return Verdict(Health.SICK, "It more likely loses money than earns it.")
    if promised_rate is None or promised_rate <= 0:
        return Verdict(Health.HEALTHY, "It is worth more than its baseline.")
    share = current_rate / promised_rate
    told = f"It delivers {share:.0%} of the planned value."
    if share < _SICK_BELOW_SHARE:
        return Verdict(Health.SICK, told)
    if share < _WATCH_BELOW_SHARE:
        return Verdict(Health.WATCH, told)
    return Verdict(Health.HEALTHY, told)
