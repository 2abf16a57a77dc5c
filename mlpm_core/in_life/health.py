"""Health of a deployment, derived from freshness, metric limits and value, never typed in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mlpm_core.quantity import digits_apart, in_percent, is_same
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WATCH_BELOW_SHARE = 0.8
_SICK_BELOW_SHARE = 0.5
_IN_FULL = 6  # digits of a limit, and of what would else be a power of ten
_LARGE = 1000
_MOST_DECIMALS = 9
_MOST_AS_PERCENT = 10.0
"""Above it a share of the plan is told in words: the plan is then next to nothing."""


class Health(StrEnum):
    """One set of words for a dimension, a deployment and a project, best first."""

    HEALTHY = "healthy"
    WATCH = "watch"
    SICK = "sick"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The word that people read; files and programs keep the stored one.

        Examples
        --------
        >>> [health.label for health in Health]
        ['healthy', 'at risk', 'critical', 'unknown']
        """
        return {Health.WATCH: "at risk", Health.SICK: "critical"}.get(self, self.value)


WORST_FIRST = (Health.SICK, Health.UNKNOWN, Health.WATCH, Health.HEALTHY)


class LimitState(StrEnum):
    """Where a metric lies towards its limit."""

    INSIDE = "inside"
    MAY_BE_CHANCE = "may be chance"
    OUTSIDE = "outside"
    MISSING = "not measured"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A health and the sentence that says why."""

    health: Health
    reason: str


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """The newest value of a metric beside the limit that somebody set for it.

    ``low`` and ``high`` are the ends of the value's 90% interval, None when it carries no
    uncertainty; ``at_least`` and ``at_most`` are the limit; ``breach`` is what the deployment is
    called outside it. A value that ``is_stale`` no longer shows that the limit is kept.

    Examples
    --------
    >>> check = LimitCheck("wape", "WAPE", 0.31, 0.29, 0.33, None, 0.30, Health.SICK)
    >>> check.state.value, check.health.value
    ('may be chance', 'watch')
    """

    metric: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    at_least: float | None
    at_most: float | None
    breach: Health
    is_stale: bool = False

    @property
    def state(self) -> LimitState:
        """Outside only when the whole interval is, or when the value has none."""
        if self.value is None:
            return LimitState.MISSING
        falls_short = self.at_least is not None and _is_below(self.value, self.at_least)
        exceeds = self.at_most is not None and _is_below(self.at_most, self.value)
        if not (falls_short or exceeds):
            return LimitState.INSIDE
        nearest = self.high if falls_short else self.low
        if nearest is None:
            return LimitState.OUTSIDE
        if falls_short:
            reaches = self.at_least is not None and not _is_below(nearest, self.at_least)
        else:
            reaches = self.at_most is not None and not _is_below(self.at_most, nearest)
        return LimitState.MAY_BE_CHANCE if reaches else LimitState.OUTSIDE

    @property
    def health(self) -> Health:
        """What this limit alone makes of the deployment."""
        match self.state:
            case LimitState.OUTSIDE:
                return self.breach
            case LimitState.MAY_BE_CHANCE:
                return Health.WATCH
            case LimitState.MISSING:
                return Health.UNKNOWN
            case _:
                return Health.UNKNOWN if self.is_stale else Health.HEALTHY

    def digits(self, number: float) -> int:
        """Significant digits of a value, or an end of its interval, that stands beside the limit.

        Examples
        --------
        >>> LimitCheck("p", "P", 0.9996, None, None, 0.9999, None, Health.SICK).digits(0.9996)
        4
        """
        digits = digits_apart(number, self.at_least, self.at_most)
        return max(digits, _IN_FULL) if abs(number) >= _LARGE else digits

    @property
    def limit(self) -> str:
        """The limit in words, with as many digits as tell it from the value.

        Examples
        --------
        >>> LimitCheck("bias", "Bias", 0.0, None, None, -0.1, 0.1, Health.WATCH).limit
        'between -0.1 and 0.1'
        """
        digits = max(_IN_FULL, 0 if self.value is None else self.digits(self.value))
        if self.at_least is None:
            return f"at most {fig(self.at_most or 0.0):.{digits}g}"
        if self.at_most is None:
            return f"at least {fig(self.at_least):.{digits}g}"
        digits = max(digits, digits_apart(self.at_least, self.at_most))
        return f"between {fig(self.at_least):.{digits}g} and {fig(self.at_most):.{digits}g}"

    @property
    def clause(self) -> str:
        """What is to be said of it, as a part of a sentence."""
        is_as_written = self.label == self.metric or self.label[:2].isupper()
        name = self.label if is_as_written else self.label[:1].lower() + self.label[1:]
        if self.value is None:
            return f"{name} has a limit but no results"
        value = self.value or 0.0  # never -0
        comparison = f"{name} is {fig(value):.{self.digits(value)}g}, its limit {self.limit}"
        match self.state:
            case LimitState.MAY_BE_CHANCE:
                return f"{comparison}, which may be chance"
            case LimitState.INSIDE if self.is_stale:
                return f"{name} has had no new results for too long"
            case _:
                return comparison


def verdict(
    *,
    age_days: int | None,
    fresh_within_days: int,
    promised_rate: float | None,
    current_rate: float | None,
    probability_of_loss: float | None,
    settled: tuple[float, float] | None = None,
    limits: Iterable[LimitCheck] = (),
    counts_for_value: bool = True,
    unvalued: str | None = None,
    unmonitored: Sequence[str] = (),
    incidents: Iterable[tuple[Health, str]] = (),
    of_log: Iterable[tuple[Health, str]] = (),
    notes: Sequence[str] = (),
) -> Verdict:
    """The health that freshness, metric limits and the value gap imply.

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
    settled : tuple of float, optional
        The current rate and its probability of a loss when every metric whose change chance
        explains is left as planned: these judge. Without them the current ones do.
    limits : iterable of LimitCheck
        The newest value of every metric that has a limit.
    counts_for_value : bool
        False for a challenger, a shadow or a fallback: freshness and limits alone decide.
    unvalued : str, optional
        Why what is monitored tells no value, as a sentence.
    unmonitored : sequence of str
        The metrics on which its value rests though none of their results came in: what is planned
        of them stands in the value, so that a good word would be no news.
    incidents : iterable of tuple
        What each incident that is not over makes of it, and the clause that says so.
    of_log : iterable of tuple
        The same of what its prediction log says, such as that results are reported otherwise.
    notes : sequence of str
        Sentences that change no word and are told after the reason.

    Returns
    -------
    Verdict
        The worst of all findings; its reason tells every finding that is not healthy, the worst
        first.

    Notes
    -----
    Worst first: critical, unknown, at risk, healthy. What cannot be known hides a good word, never
    the worst one. Value: critical is more likely a loss than a gain, or less than half of what was
    promised; at risk is less than 80% of it. A promise of nothing or less leaves only the loss to
    judge by. A fall that chance explains is told and changes no word.

    Examples
    --------
    >>> verdict(age_days=2, fresh_within_days=14, promised_rate=100.0, current_rate=40.0,
    ...         probability_of_loss=0.0).health
    <Health.SICK: 'sick'>
    """
    checks = list(limits)
    findings = [*incidents, *of_log]
    if age_days is None:
        reason = unvalued or "No monitoring results have come in yet."
        if not findings:
            return _with_notes(Verdict(Health.UNKNOWN, reason), notes)
        findings.append((Health.UNKNOWN, f"{reason[:1].lower()}{reason[1:].removesuffix('.')}"))
        return _with_notes(_worst(findings), notes)
    is_stale = age_days > fresh_within_days
    if is_stale:
        days = "1 day" if age_days == 1 else f"{age_days} days"
        age = f"the newest results ended {days} ago, expected within {fresh_within_days}"
        findings.append((Health.UNKNOWN, age))
    if counts_for_value:
        value = _value(promised_rate, current_rate, probability_of_loss, settled)
        findings.append((value[0], unvalued.removesuffix(".")) if unvalued else value)
        if unmonitored and not unvalued:
            findings.append((Health.UNKNOWN, _not_monitored(unmonitored)))
    elif not checks:
        findings.append((Health.UNKNOWN, "no limit is set for its metrics"))
    findings += [
        (check.health, check.clause)
        for check in checks
        # One sentence about age is enough.
        if not (is_stale and check.is_stale and check.state is LimitState.INSIDE)
    ]
    if not counts_for_value and all(health is Health.HEALTHY for health, _ in findings):
        kept = "its limit" if len(checks) == 1 else f"each of its {len(checks)} limits"
        findings = [(Health.HEALTHY, f"it keeps {kept}")]
    return _with_notes(_worst(findings), notes)


def _with_notes(verdict: Verdict, notes: Sequence[str]) -> Verdict:
    return Verdict(verdict.health, " ".join([verdict.reason, *notes]))


def _not_monitored(metrics: Sequence[str]) -> str:
    """That results of some metrics are missing, as a clause.

    Examples
    --------
    >>> _not_monitored(["Recall"])
    'Recall is not monitored, so that its planned figure stands in the value'
    """
    *first, last = metrics
    listed = f"{', '.join(first)} and {last}" if first else last
    are, figure = (
        ("are", "their planned figures stand") if first else ("is", "its planned figure stands")
    )
    return f"{listed} {are} not monitored, so that {figure} in the value"


def _worst(findings: list[tuple[Health, str]]) -> Verdict:
    """The worst finding, told with all that are not healthy."""
    findings.sort(key=lambda finding: WORST_FIRST.index(finding[0]))
    worst = findings[0][0]
    if worst is Health.HEALTHY:
        clauses = findings[0][1]
    else:
        clauses = "; ".join(clause for health, clause in findings if health is not Health.HEALTHY)
    return Verdict(worst, f"{clauses[:1].upper()}{clauses[1:]}.")


def _is_below(one: float, other: float) -> bool:
    return one < other and not is_same(one, other)


def _value(
    promised_rate: float | None,
    current_rate: float | None,
    probability_of_loss: float | None,
    settled: tuple[float, float] | None,
) -> tuple[Health, str]:
    """What the value alone makes of a champion."""
    if current_rate is None or probability_of_loss is None:
        return Health.UNKNOWN, "its value is not available yet"
    rate, loss = settled or (current_rate, probability_of_loss)
    if loss > 0.5:
        return Health.SICK, "it more likely loses money than earns it"
    if promised_rate is None or promised_rate <= 0:
        return Health.HEALTHY, "it is worth more than its baseline"
    share, current_share = rate / promised_rate, current_rate / promised_rate
    clause = _delivers(current_share)
    if _of_share(share) is not _of_share(current_share):
        clause += f", {_part(share)} without what may be chance"
    return _of_share(share), clause


def _delivers(share: float) -> str:
    """How much of the planned value arrives; percent only where they can be pictured."""
    if share < 0:
        return "it loses money on average, where a gain was planned"
    if share > _MOST_AS_PERCENT:
        return "it delivers more than ten times the planned value"
    return f"it delivers {_part(share)} of the planned value"


def _part(share: float) -> str:
    """A share of what was planned, as an object in a sentence, on its side of what it is judged by.

    Examples
    --------
    >>> _part(0.62), _part(0.7999), _part(0.4951)
    ('62%', '79.99%', '49.5%')
    """
    if share < 0:
        return "a loss"
    if share > _MOST_AS_PERCENT:
        return "more than ten times it"
    if 0 < share < 0.01:
        return in_percent(share, in_words=True)
    decimals = 0
    while decimals < _MOST_DECIMALS and _of_share(share) is not _of_share(
        round(share, decimals + 2)
    ):
        decimals += 1
    return f"{fig(share):.{decimals}%}"


def _of_share(share: float) -> Health:
    """What delivering so much of the planned value makes of a champion."""
    if share < _SICK_BELOW_SHARE:
        return Health.SICK
    return Health.WATCH if share < _WATCH_BELOW_SHARE else Health.HEALTHY
