"""Labelling as work that is planned: hours, weeks, progress, and whether two people agree."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.planning.checks import check_amount, check_number
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.quantity import Quantity

_Z95: Final = 1.959963984540054
_LEVELS: Final = (0.1, 0.5, 0.8, 0.95)
DAYS_A_WEEK: Final = 5.0
_MOST_ITEMS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class LabellingHours:
    """Hours of work, exactly: all of them scale with the minutes of one label."""

    p10: float
    p50: float
    p80: float
    p95: float


@dataclass(frozen=True, slots=True)
class AnnotationPlan:
    """What labelling takes.

    Parameters
    ----------
    items : int
        Things to be labelled, from 1.
    minutes : Quantity
        Minutes for one label of one item, on average over the items.
    labels_per_item : float
        How many people label each item, from 1; 1.2 is one in five twice.
    review_share : float
        Share of the labels that somebody looks at again, as long as the first time; from 0 to 1.
    people : float
        Who labels, in heads, above 0.
    hours_per_day : float
        Hours that each of them labels on a working day, above 0 and up to 24.
    labelled : int
        Items that are done already.

    Raises
    ------
    InputError
        Naming the number that is out of its range, or when more is done than there is.

    Examples
    --------
    >>> from mlpm_core.quantity import Quantity
    >>> photos = AnnotationPlan(6000, Quantity.read("0.5"), labels_per_item=2,
    ...                         review_share=0.15, people=1, hours_per_day=2, labelled=1500)
    >>> round(photos.hours.p50), photos.share_done, round(photos.weeks_left.p50, 1)
    (115, 0.25, 8.6)
    """

    items: int
    minutes: Quantity
    labels_per_item: float = 1.0
    review_share: float = 0.0
    people: float = 1.0
    hours_per_day: float = 4.0
    labelled: int = 0

    def __post_init__(self) -> None:
        check_number("items", self.items, low=1, upto=_MOST_ITEMS, is_whole=True)
        check_amount("minutes for a label", self.minutes)
        check_number("labels per item", self.labels_per_item, low=1, upto=100)
        check_number("share reviewed", self.review_share, low=0, upto=1)
        check_number("people who label", self.people, above=0, upto=100_000)
        check_number("hours of labelling a day", self.hours_per_day, above=0, upto=24)
        check_number("items labelled", self.labelled, low=0, upto=_MOST_ITEMS, is_whole=True)
        if self.labelled > self.items:
            raise InputError(
                f"{fig(self.labelled):,} items are labelled and there are {fig(self.items):,}; "
                "count again what there is to label."
            )

    @property
    def hours(self) -> LabellingHours:
        """Items x minutes x labels per item x (1 + review share) / 60, of all people together."""
        return self._hours(self.items)

    @property
    def hours_left(self) -> LabellingHours:
        """The same of the items that are left."""
        return self._hours(self.items - self.labelled)

    @property
    def weeks_left(self) -> LabellingHours:
        """Weeks of five working days until all is labelled, at the pace of these people."""
        left, pace = self.hours_left, self.people * self.hours_per_day * DAYS_A_WEEK
        return LabellingHours(*(h / pace for h in (left.p10, left.p50, left.p80, left.p95)))

    @property
    def share_done(self) -> float:
        """Share of the items that are labelled, in [0, 1]."""
        return self.labelled / self.items

    def _hours(self, items: int) -> LabellingHours:
        per_minute = items * self.labels_per_item * (1 + self.review_share) / 60
        return LabellingHours(*(self.minutes.quantile(np.array(_LEVELS)) * per_minute).tolist())


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people who labelled the same items agree, beyond luck.

    ``observed`` is the share on which they agree and ``by_luck`` what luck alone would make of
    their habits; ``kappa`` is 1 for full agreement, 0 for luck and below 0 for less than that.
    ``low`` and ``high`` hold kappa 19 times in 20.
    """

    n: int
    observed: float
    by_luck: float
    kappa: float
    low: float
    high: float


def kappa(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Agreement of two labellers by Cohen's kappa.

    Parameters
    ----------
    pairs : sequence of tuple
        What the first and what the second said of the same item, at least two items.

    Raises
    ------
    NotEnoughDataError
        With fewer than two items, or when both gave all items one label: agreement beyond luck is
        then undefined.

    Notes
    -----
    kappa = (observed - by luck) / (1 - by luck); Cohen (1960), A coefficient of agreement for
    nominal scales, Educational and psychological measurement 20(1). The interval is Wilson's
    (1927) for the share observed, with what luck makes taken as known, as in Cohen's standard
    error; unlike that it has a width where all items agree.

    Examples
    --------
    >>> both = [("worn", "worn")] * 20 + [("fine", "fine")] * 15
    >>> answer = kappa(both + [("worn", "fine")] * 5 + [("fine", "worn")] * 10)
    >>> answer.observed, answer.by_luck, round(answer.kappa, 2)
    (0.7, 0.5, 0.4)
    """
    n = len(pairs)
    if n < 2:
        raise NotEnoughDataError(
            f"Agreement needs at least 2 items that two people labelled; there "
            f"{'is' if n == 1 else 'are'} {n}."
        )
    first, second = (Counter(column) for column in zip(*pairs, strict=True))
    by_luck = math.fsum(first[label] * second[label] for label in first) / n**2
    if by_luck == 1:
        raise NotEnoughDataError(
            "Both people gave every item the same one label, so that agreement cannot be told from "
            "luck; have them label items of at least two kinds."
        )
    observed = sum(a == b for a, b in pairs) / n
    low, high = _wilson(observed, n)
    kappas = ((x - by_luck) / (1 - by_luck) for x in (observed, low, high))
    return Agreement(n, observed, by_luck, *(max(-1.0, k) for k in kappas))


def _wilson(share: float, n: int) -> tuple[float, float]:
    z2 = _Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
