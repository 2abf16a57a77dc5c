"""Risks: the days and money they put at risk, week by week, and what each of them still needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from scipy.special import erfcx, gammaincinv, ndtr

from mlpm_core.errors import InputError
from mlpm_core.quantity import Z90
from mlpm_core.quantity.written import fig
from mlpm_core.records import Risk, RiskReview, RiskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

SHARED_WITHIN_DAYS: Final = 7
"""The product's own: a risk that nobody was told of for longer is said to be the team's alone."""
_WEEK: Final = timedelta(days=7)
_MOST_WEEKS: Final = 520
_PRIOR_EVENTS, _PRIOR_YEARS = 0.5, 1.0


def mean_impact(p10: float, p50: float, p90: float) -> float | None:
    """Mean of the two-piece log-normal that has these percentiles.

    Parameters
    ----------
    p10, p50, p90 : float
        Person-days, 0 < p10 <= p50 <= p90.

    Returns
    -------
    float or None
        Person-days. None when the mean would lie above the P90, from a P90 of about 27 times the
        P50 on: it would rest on the tail that nobody gave a number for.

    Raises
    ------
    InputError
        When the three do not rise from above 0.

    Notes
    -----
    X = p50 exp(s z), z standard normal, with s = ln(p50/p10)/1.28155 below the median and
    t = ln(p90/p50)/1.28155 above it. Each half has a mean of its own:
    E[X] = p50 (exp(s^2/2) Phi(-s) + exp(t^2/2) Phi(t)).

    References
    ----------
    Johnson, N. L., Kotz, S., Balakrishnan, N. (1994). Continuous univariate distributions, vol. 1.
    Wiley: partial moments of the log-normal.

    Examples
    --------
    >>> mean_impact(4, 4, 4)
    4.0
    >>> round(mean_impact(2, 4, 8), 3)
    4.63
    >>> mean_impact(1, 2, 200) is None
    True
    """
    if not 0 < p10 <= p50 <= p90 < math.inf:
        raise InputError(
            f"The days are {fig(p10):g}, {fig(p50):g}, {fig(p90):g}; write three that rise, "
            "above 0."
        )
    below = (math.log(p50) - math.log(p10)) / Z90
    above = (math.log(p90) - math.log(p50)) / Z90
    if above**2 / 2 > above * Z90 + math.log(2):  # no exp of what cannot stay below the P90
        return None
    low_half = float(erfcx(below / math.sqrt(2))) / 2
    mean = p50 * (low_half + math.exp(above**2 / 2) * float(ndtr(above)))
    return mean if mean <= p90 or p10 == p90 else None


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a risk takes on average: probability times mean impact.

    ``days`` is in person-days, ``money`` in the project's currency. Each is None when it is not
    known; ``reason`` then says why, in a sentence.
    """

    days: float | None
    money: float | None
    reason: str = ""


def exposure(risk: Risk, probability: float, day_rate: float | None) -> Exposure:
    """Expected days and money of a risk.

    Parameters
    ----------
    risk : Risk
        With its three-point impact, its fixed cost and its cost of a person-day.
    probability : float
        How likely it is, in [0, 1].
    day_rate : float or None
        What a person-day costs where the risk names no cost of its own.

    Examples
    --------
    >>> risk = Risk(project="p", risk_id="r", title="Late data", category="data", probability=0.5,
    ...             p10=4, p50=4, p90=4, fixed_cost=1000)
    >>> exposure(risk, 0.5, 600)
    Exposure(days=2.0, money=1700.0, reason='')
    >>> exposure(risk, 0.5, None).money is None
    True
    """
    numbers = (risk.p10, risk.p50, risk.p90)
    if risk.p10 is None or risk.p50 is None or risk.p90 is None:
        if any(n is not None for n in numbers) or not risk.fixed_cost:
            return Exposure(None, None, "Nobody has said what it would take.")
        return Exposure(0.0, probability * risk.fixed_cost)
    try:
        mean = mean_impact(risk.p10, risk.p50, risk.p90)
    except InputError as error:
        return Exposure(None, None, str(error))
    if mean is None:
        why = "Its days are so far apart that a mean would rest on a guess; split the risk."
        return Exposure(None, None, why)
    days = probability * mean
    rate = day_rate if risk.day_rate is None else risk.day_rate
    if rate is None:
        why = "Neither the risk nor any role of the project says what a person-day costs."
        return Exposure(days, None, why)
    return Exposure(days, probability * (mean * rate + risk.fixed_cost))


def probability_on(
    risk: Risk, reviews: Sequence[RiskReview], day: date, today: date
) -> float | None:
    """How likely a risk seemed on a day, or None when it was not there to happen.

    The newest review on or before the day counts, before the first one what the record says. It
    is not there before the day it was raised, and from the day it was retired on. One that has
    occurred is certain since its newest review, without one since today. One without a day of its
    own is taken to have been there always, so that it never looks like a change.

    Parameters
    ----------
    risk : Risk
        The risk.
    reviews : sequence of RiskReview
        Its own reviews, in any order.
    day, today : date
        The day asked about, and the last that is known.

    Examples
    --------
    >>> from datetime import date
    >>> risk = Risk(project="p", risk_id="r", title="Late", category="data", probability=0.5,
    ...             raised_on=date(2026, 3, 2))
    >>> low = RiskReview(project="p", risk_id="r", reviewed_on=date(2026, 3, 9), probability=0.2)
    >>> days = [date(2026, 3, d) for d in (1, 8, 9)]
    >>> [probability_on(risk, [low], d, date(2026, 3, 30)) for d in days]
    [None, 0.5, 0.2]
    """
    if risk.raised_on is not None and day < risk.raised_on:
        return None
    if risk.status is RiskStatus.RETIRED and day >= (risk.retired_on or today):
        return None
    known = [r for r in reviews if r.reviewed_on <= today]
    last = max((r.reviewed_on for r in known), default=today)
    if risk.status is RiskStatus.OCCURRED and day >= last:
        return 1.0
    newest = max((r for r in known if r.reviewed_on <= day), key=_day_of, default=None)
    return risk.probability if newest is None else newest.probability


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What all risks together take on average, as it seemed on a day.

    ``days`` in person-days, ``money`` in the project's currency, both over the risks that have
    them; ``n`` risks were there, of which ``n_unsized`` are missing in the days and ``n_unpriced``
    in the money.
    """

    day: date
    days: float
    money: float
    n: int
    n_unsized: int
    n_unpriced: int


def at_risk(
    risks: Iterable[Risk],
    reviews: Mapping[str, Sequence[RiskReview]],
    day: date,
    today: date,
    day_rate: float | None,
) -> AtRisk:
    """Expected days and money at risk on a day; ``reviews`` are by the risk's id."""
    exposures = [
        exposure(risk, probability, day_rate)
        for risk in risks
        if (probability := probability_on(risk, reviews.get(risk.risk_id, ()), day, today))
        is not None
    ]
    return AtRisk(
        day=day,
        days=math.fsum(e.days for e in exposures if e.days is not None),
        money=math.fsum(e.money for e in exposures if e.money is not None),
        n=len(exposures),
        n_unsized=sum(e.days is None for e in exposures),
        n_unpriced=sum(e.money is None for e in exposures),
    )


def burn_down(
    risks: Sequence[Risk],
    reviews: Mapping[str, Sequence[RiskReview]],
    today: date,
    day_rate: float | None,
) -> tuple[AtRisk, ...]:
    """Days and money at risk week by week, the last entry as of today.

    It begins in the week in which the first risk was raised or reviewed, at most ten years ago;
    empty without a risk. What a risk would take is as it stands now: only how likely it was, and
    whether it was there, is told by its days and reviews.

    Examples
    --------
    >>> from datetime import date
    >>> risk = Risk(project="p", risk_id="r", title="Late", category="data", probability=0.5,
    ...             p10=4, p50=4, p90=4, raised_on=date(2026, 3, 2), status="retired",
    ...             retired_on=date(2026, 3, 15), evidence="The data came.")
    >>> [(w.day.day, w.days) for w in burn_down([risk], {}, date(2026, 3, 16), 600)]
    [(2, 2.0), (9, 2.0), (16, 0.0)]
    """
    if not risks:
        return ()
    days = [r.raised_on for r in risks if r.raised_on is not None]
    days += [r.reviewed_on for of_one in reviews.values() for r in of_one]
    first = min((d for d in days if d <= today), default=today)
    n_weeks = min(math.ceil((today - first) / _WEEK), _MOST_WEEKS)
    points = [max(today - k * _WEEK, first) for k in range(n_weeks, -1, -1)]
    return tuple(at_risk(risks, reviews, day, today, day_rate) for day in points)


@dataclass(frozen=True, slots=True)
class SharedSince:
    """Whether a stakeholder has heard of a risk.

    ``since`` is the day on which one first did, None while nobody has. ``kept_days`` is for how
    long it has been, or was, the team's alone; None when nobody wrote down when it was raised.
    """

    since: date | None
    kept_days: int | None

    @property
    def is_late(self) -> bool:
        """Whether nobody was told for more than seven days, or since an unknown day."""
        return self.since is None and (
            self.kept_days is None or self.kept_days > SHARED_WITHIN_DAYS
        )


def shared_since(risk: Risk, told_on: Iterable[date], today: date) -> SharedSince:
    """The clock of a risk that was, or was not, shown to a stakeholder.

    Parameters
    ----------
    risk : Risk
        With the day it was raised, and the one on which it was shared.
    told_on : iterable of date
        Days of meetings in which it was told of; days after today do not count.
    today : date
        The last day that is known.

    Examples
    --------
    >>> from datetime import date
    >>> risk = Risk(project="p", risk_id="r", title="Late", category="data", probability=0.5,
    ...             raised_on=date(2026, 3, 2))
    >>> [shared_since(risk, (), date(2026, 3, d)).is_late for d in (9, 10)]
    [False, True]
    """
    days = [*told_on, *([risk.shared_on] if risk.shared_on else [])]
    since = min((d for d in days if d <= today), default=None)
    if risk.raised_on is None:
        return SharedSince(since, None)
    return SharedSince(since, max(((since or today) - risk.raised_on).days, 0))


def is_review_overdue(risk: Risk, reviews: Sequence[RiskReview], today: date) -> bool:
    """Whether the day of the next review has passed and nobody looked at the risk since."""
    if risk.status is RiskStatus.RETIRED or risk.review_on is None or risk.review_on >= today:
        return False
    return not any(risk.review_on <= r.reviewed_on <= today for r in reviews)


@dataclass(frozen=True, slots=True)
class YearlyRisk:
    """How likely something happens at least once in a year, from how often it did.

    ``probability`` is the mean belief, ``low`` and ``high`` are its P10 and P90.
    """

    probability: float
    low: float
    high: float
    n_incidents: int
    years: float


def yearly_risk(n_incidents: int, years: float) -> YearlyRisk:
    """Probability of at least one incident within a year.

    Parameters
    ----------
    n_incidents : int
        How many there were, at least 0.
    years : float
        How long one has watched, at least 0.

    Raises
    ------
    InputError
        When one of both is negative or not finite.

    Notes
    -----
    Incidents are a Poisson process whose rate a year has the belief Gamma(0.5 + k, 1 + T), with
    shape and rate. A year without one then has the probability ((1 + T)/(2 + T))^(0.5 + k). The
    half incident is the prior of Jeffreys; the year that it is worth is the product's own.

    References
    ----------
    Gelman, A. et al. (2013). Bayesian data analysis, 3rd ed., 2.6. CRC Press.

    Examples
    --------
    >>> round(yearly_risk(0, 0.0).probability, 3), round(yearly_risk(2, 1.0).probability, 3)
    (0.293, 0.637)
    """
    if n_incidents < 0 or not 0 <= years < math.inf:
        raise InputError("Incidents and years watched must be at least 0, and the years finite.")
    shape, rate = _PRIOR_EVENTS + n_incidents, _PRIOR_YEARS + years
    low, high = (-math.expm1(-float(gammaincinv(shape, p)) / rate) for p in (0.1, 0.9))
    probability = -math.expm1(-shape * math.log1p(1 / rate))
    return YearlyRisk(probability, low, high, n_incidents, years)


def _day_of(review: RiskReview) -> date:
    return review.reviewed_on
