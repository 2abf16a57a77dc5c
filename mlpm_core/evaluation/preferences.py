"""Options weighed by what matters to people, without a score that is kept.

Revenue and cost saving are both money, so one unit of either counts like one of the other; hours
and bad experiences are weighed against money and each other. An option that another equals or beats
in every one of these criteria drops out. Of the others it is told for how many ways of weighing the
criteria each would win, what somebody's own weights choose, and what change of those weights would
choose otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.evaluation.pareto import dominated
from mlpm_core.quantity import Dimension
from mlpm_core.value.draws import SEED, uniform_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


MONEY: Final = (Dimension.REVENUE, Dimension.COST_SAVING)
_OTHERS: Final = tuple(d for d in Dimension if d not in MONEY)
_N_WEIGHTS: Final = 2**14
_TIE: Final = 1e-9
_ROUNDING: Final = 4 * float(np.finfo(np.float64).eps)
"""Of the largest figure that is weighed: what differs by less differs by rounding."""
_SAME: Final = 1e-12  # of two figures of one kind: less apart they are one


class Both(StrEnum):
    """Revenue and cost saving added up, where options differ in both."""

    MONEY = "money"

    @property
    def label(self) -> str:
        """The criterion as people say it."""
        return "Money"


Criterion = Dimension | Both
"""What options are weighed by: money, under the name of its only dimension where there is one."""


@dataclass(frozen=True, slots=True)
class WeightChange:
    """The least move of weight from one criterion to another that makes another option win.

    ``points`` of 100 move. ``price`` is what one unit of ``to`` is then worth, in units of
    ``of``; None when nothing is left on ``of``.
    """

    option: str
    of: Criterion
    to: Criterion
    points: float
    price: float | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody's weights choose: by how many of 100 points, and what would flip it.

    ``flip`` is None when no move between two criteria does.
    """

    option: str
    lead: float
    flip: WeightChange | None


@dataclass(frozen=True, eq=False)
class Weighing:
    """Options in the criteria in which they differ.

    ``survivors`` are those that no other dominates, ``dominated`` the others with one that
    dominates each. ``criteria`` are those in which survivors differ; ``scaled`` has a row for each
    survivor and a column for each criterion: the improvement over adopting nothing, in units of the
    largest such difference among the survivors, which ``scales`` holds. An option that is dominated
    thus changes nothing.
    """

    survivors: tuple[str, ...]
    dominated: Mapping[str, str]
    criteria: tuple[Criterion, ...]
    scales: Array
    scaled: Array

    @cached_property
    def shares(self) -> dict[str, float]:
        """Of all ways to weigh the criteria, the share in which each survivor wins.

        Weights are Dirichlet(1, ..., 1), every mix alike, from 16,384 Sobol points: the error is
        below .005. Ties are shared.
        """
        if not self.criteria:
            return dict.fromkeys(self.survivors, 1 / len(self.survivors))
        spacing = -np.log(uniform_points(len(self.criteria), _N_WEIGHTS, SEED))
        weights = spacing / spacing.sum(axis=0)
        scores = self.scaled @ weights
        wins = scores >= scores.max(axis=0) - _TIE
        shares = np.mean(wins / wins.sum(axis=0), axis=1)
        return dict(zip(self.survivors, shares.tolist(), strict=True))

    def choice(self, weights: Mapping[Dimension, float]) -> Choice:
        """What weights choose among the survivors.

        Parameters
        ----------
        weights : mapping of Dimension to float
            Of at least 0; money has that of revenue and that of cost saving together, and only the
            proportions over the criteria that differ count.

        Raises
        ------
        NotEnoughDataError
            When none of the weight lies on a criterion in which the options differ.
        """
        if len(self.survivors) == 1:
            return Choice(self.survivors[0], 100.0, None)
        given = self._weights(weights)
        if not given.sum() > 0:
            raise NotEnoughDataError(
                "The options do not differ in anything that has a weight; any of them will do."
            )
        share = given / given.sum()
        scores = self.scaled @ share
        order = np.argsort(-scores, kind="stable")
        best = int(order[0])
        lead = float(scores[best] - scores[order[1]]) * 100
        return Choice(self.survivors[best], lead, self._flip(best, share, scores))

    def divides(
        self,
        one: Mapping[Dimension, float],
        two: Mapping[Dimension, float],
        options: tuple[str, str],
    ) -> tuple[Criterion, Criterion]:
        """Why two weightings choose two options: the criterion that speaks most for each."""
        mine, other = (self.scaled[self.survivors.index(name)] for name in options)
        more = self._weights(one) - self._weights(two)
        apart, ahead = more * (mine - other), mine > other
        first = int(np.argmax(np.where(ahead, apart, -np.inf)))
        second = int(np.argmax(np.where(other > mine, apart, -np.inf)))
        return self.criteria[first], self.criteria[second]

    def _weights(self, weights: Mapping[Dimension, float]) -> Array:
        """The weight of each criterion; money has that of both its dimensions."""
        money = sum(weights.get(d, 0.0) for d in MONEY)
        return np.array(
            [
                money if isinstance(c, Both) or c in MONEY else weights.get(c, 0.0)
                for c in self.criteria
            ]
        )

    def _flip(self, best: int, share: Array, scores: Array) -> WeightChange | None:
        least: WeightChange | None = None
        for i, j in np.argwhere(~np.eye(len(share), dtype=bool)):
            gain = self.scaled[:, j] - self.scaled[:, i]
            closing = gain - gain[best]
            with np.errstate(divide="ignore", invalid="ignore"):
                moved = np.where(closing > _TIE, (scores[best] - scores) / closing, np.inf)
            moved[best] = np.inf
            rival = int(np.argmin(moved))
            if moved[rival] <= share[i] and (least is None or moved[rival] * 100 < least.points):
                left, there = share[i] - moved[rival], share[j] + moved[rival]
                price = (there / self.scales[j]) / (left / self.scales[i]) if left > _TIE else None
                least = WeightChange(
                    self.survivors[rival],
                    self.criteria[i],
                    self.criteria[j],
                    float(moved[rival] * 100),
                    None if price is None else float(price),
                )
        return least


def weigh(options: Mapping[str, Mapping[Dimension, float]]) -> Weighing:
    """Options weighed against each other; what is only rounding weighs nothing.

    Parameters
    ----------
    options : mapping of str to mapping of Dimension to float
        The improvement in every dimension, more is better.

    Raises
    ------
    NotEnoughDataError
        When there is no option.
    InputError
        When a number is missing or no number.

    Examples
    --------
    >>> three = (Dimension.REVENUE, Dimension.PEOPLE_INTENSITY, Dimension.CUSTOMER_EXPERIENCE)
    >>> rows = {"a": (62.1, -10.8, 4.05), "b": (50, -2, 1), "c": (40, 0, 6), "d": (39, -3, 1)}
    >>> zero = dict.fromkeys(Dimension, 0)
    >>> preferences = weigh({name: zero | dict(zip(three, row)) for name, row in rows.items()})
    >>> preferences.dominated, {name: round(share, 2) for name, share in preferences.shares.items()}
    ({'d': 'b'}, {'a': 0.13, 'b': 0.02, 'c': 0.85})
    >>> preferences.choice({Dimension.REVENUE: 2, Dimension.PEOPLE_INTENSITY: 0}).option
    'a'
    """
    if not options:
        raise NotEnoughDataError("There is no option to weigh; name at least one.")
    names = list(options)
    rows = np.array([[float(options[n].get(d, np.nan)) for d in Dimension] for n in names])
    if not np.isfinite(rows).all():
        n, d = np.argwhere(~np.isfinite(rows))[0]
        raise InputError(f"{names[n]} has no {list(Dimension)[d].value}; give it a number.")
    money = list(Dimension).index(Dimension.REVENUE), list(Dimension).index(Dimension.COST_SAVING)
    others = [list(Dimension).index(d) for d in _OTHERS]
    rows = _without_rounding(rows)
    criteria = _without_rounding(np.column_stack([rows[:, money].sum(axis=1), rows[:, others]]))
    is_dominated = dominated(criteria)
    kept = criteria[~is_dominated]
    scales = np.abs(kept).max(axis=0)
    differs = kept.max(axis=0) > kept.min(axis=0)
    named = (_named_money(rows[:, money]), *_OTHERS)
    return Weighing(
        survivors=tuple(names[i] for i in np.flatnonzero(~is_dominated)),
        dominated={
            names[i]: names[
                int(np.flatnonzero((criteria >= criteria[i]).all(axis=1) & ~is_dominated)[0])
            ]
            for i in np.flatnonzero(is_dominated)
        },
        criteria=tuple(named[i] for i in np.flatnonzero(differs)),
        scales=scales[differs],
        scaled=kept[:, differs] / scales[differs],
    )


def _without_rounding(rows: Array) -> Array:
    """Figures with those made one that differ by rounding only; shape (options, dimensions).

    Rounding is that of a difference of numbers as large as the largest figure that is not
    dominated, whatever its dimension, and never more than is left of any figure by itself.
    """
    least = _ROUNDING * float(np.abs(rows[~dominated(rows)]).max())
    cleaned = rows.copy()
    for column in cleaned.T:
        order = np.argsort(column)
        ordered = column[order]
        size = np.abs(ordered)
        is_apart = np.diff(ordered) > np.maximum(least, _SAME * np.maximum(size[1:], size[:-1]))
        for same in np.split(order, np.flatnonzero(is_apart) + 1):
            column[same] = column[same[np.argmin(np.abs(column[same]))]]
    return cleaned


def _named_money(rows: Array) -> Criterion:
    """What money is called: the only one of revenue and cost saving that moves, or both."""
    moves = np.flatnonzero((rows != 0).any(axis=0))
    return MONEY[int(moves[0])] if len(moves) == 1 else Both.MONEY
