"""The brief of a project: what is known so far, and who wants what."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.quantity import Dimension
from mlpm_core.records import Area, Confidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CONFLICT_GAP: Final = 1 / 3


SETTLED: Final = (Confidence.CHECKED, Confidence.PROVEN)
"""The confidences with which a finding is no open question any more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the project needs to know; a blocker is one that work cannot go on without.

    Raises
    ------
    InputError
        When the statement is empty, or the area or confidence is none of the known ones.
    """

    area: Area
    statement: str
    confidence: Confidence = Confidence.UNKNOWN
    is_blocker: bool = False

    def __post_init__(self) -> None:
        if not self.statement.strip():
            raise InputError("A finding needs a statement; write what is known or asked.")
        if self.area not in list(Area):
            raise InputError(f"area is {self.area!r}; write {', '.join(Area)}.")
        if self.confidence not in list(Confidence):
            raise InputError(f"confidence is {self.confidence!r}; write {', '.join(Confidence)}.")

    @property
    def is_settled(self) -> bool:
        """Whether it is checked or proven."""
        return self.confidence in SETTLED


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well one area is known. ``findings`` has its blockers first, then the least certain."""

    area: Area
    findings: tuple[Finding, ...]

    @property
    def n_settled(self) -> int:
        """How many findings are checked or proven."""
        return sum(finding.is_settled for finding in self.findings)

    @property
    def by_confidence(self) -> dict[Confidence, int]:
        """How many findings there are of each confidence, the least certain first."""
        confidences = [Confidence(finding.confidence) for finding in self.findings]
        return {confidence: confidences.count(confidence) for confidence in Confidence}

    @property
    def n_blockers(self) -> int:
        """How many blockers are not settled."""
        return sum(f.is_blocker and not f.is_settled for f in self.findings)

    @property
    def share(self) -> float:
        """Share of findings checked or proven, in [0, 1].

        An area in which nothing was looked for is not covered: 0.
        """
        return self.n_settled / len(self.findings) if self.findings else 0.0

    @property
    def sentence(self) -> str:
        """The area in words."""
        name = Area(self.area).label
        if not self.findings:
            return f"{name}: nothing has been asked yet."
        settled = f"{name}: {self.n_settled} of {len(self.findings)} findings checked or proven"
        if self.n_blockers == 0:
            return f"{settled}."
        return f"{settled}, {self.n_blockers} blocker{'s' if self.n_blockers > 1 else ''} open."


def coverage(findings: Sequence[Finding]) -> tuple[Coverage, ...]:
    """How well each of the six areas is known.

    Returns
    -------
    tuple of Coverage
        All six: those with most open blockers first, then the least covered, then in the order
        of ``Area``.

    Examples
    --------
    >>> first = coverage([Finding(Area.DATA, "Two years of sales?", is_blocker=True)])[0]
    >>> first.sentence
    'Data: 0 of 1 findings checked or proven, 1 blocker open.'
    """
    order = list(Confidence)
    areas = [
        Coverage(
            area,
            tuple(
                sorted(
                    (finding for finding in findings if finding.area == area),
                    key=lambda f: (
                        not (f.is_blocker and not f.is_settled),
                        not f.is_blocker,
                        order.index(Confidence(f.confidence)),
                    ),
                )
            ),
        )
        for area in Area
    ]
    return tuple(sorted(areas, key=lambda c: (-c.n_blockers, c.share)))


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """Somebody with a say, and how much each dimension matters to them.

    Parameters
    ----------
    name : str
        Who.
    influence : float
        How much say, above 0; people use 1 to 5.
    priorities : mapping of Dimension to float
        Any numbers of at least 0; only their proportions count. A dimension left out has none.

    Raises
    ------
    InputError
        When a number is below 0 or no number, or nothing matters to them at all.
    """

    name: str
    influence: float
    priorities: Mapping[Dimension, float]

    def __post_init__(self) -> None:
        if not 0 < self.influence < math.inf:
            raise InputError(f"{self.name}: influence is {self.influence!r}; write 1 to 5.")
        for dimension, weight in self.priorities.items():
            if dimension not in list(Dimension):
                raise InputError(f"{self.name}: {dimension!r} is none of {', '.join(Dimension)}.")
            if not 0 <= weight < math.inf:
                raise InputError(
                    f"{self.name}: {dimension} is {weight!r}; write a number of at least 0."
                )
        if not sum(self.priorities.values()) > 0:
            raise InputError(f"{self.name}: give at least one dimension a weight above 0.")

    @property
    def weights(self) -> dict[Dimension, float]:
        """The weight of every dimension, in [0, 1] and summing to 1."""
        total = math.fsum(self.priorities.values())
        return {d: self.priorities.get(d, 0.0) / total for d in Dimension}


def project_weights(stakeholders: Sequence[Stakeholder]) -> dict[Dimension, float]:
    """The project's weights: the mean of its stakeholders', each counted by influence.

    Returns
    -------
    dict of Dimension to float
        In [0, 1], summing to 1.

    Raises
    ------
    NotEnoughDataError
        When there is no stakeholder.

    Examples
    --------
    >>> two = [
    ...     Stakeholder("Tom", 3, {Dimension.COST_SAVING: 1}),
    ...     Stakeholder("Ines", 1, {Dimension.CYCLE_TIME: 2, Dimension.COST_SAVING: 2}),
    ... ]
    >>> project_weights(two)[Dimension.COST_SAVING]
    0.875
    """
    if not stakeholders:
        raise NotEnoughDataError("There are no weights without a stakeholder; add at least one.")
    total = math.fsum(s.influence for s in stakeholders)
    everyone = [(s.influence / total, s.weights) for s in stakeholders]
    return {d: math.fsum(say * weights[d] for say, weights in everyone) for d in Dimension}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two people who want different things: each one's dimension, and by how much more.

    ``gaps`` are the differences of their weights in ``dimensions``, in [0, 1], that of ``names[0]``
    first.
    """

    names: tuple[str, str]
    dimensions: tuple[Dimension, Dimension]
    gaps: tuple[float, float]
    sentence: str


def conflicts(stakeholders: Sequence[Stakeholder]) -> tuple[Conflict, ...]:
    """The pairs of stakeholders whose weights pull apart, the sharpest first.

    Returns
    -------
    tuple of Conflict
        By the smaller of the two gaps, largest first; the names of a pair in alphabetical order.

    Notes
    -----
    Two people are in conflict when each gives some dimension at least a third of all weight more
    than the other does. One large gap is not enough: what one person puts on a single dimension
    the other may spread over all, and spread interests can be met one by one. The rule and its
    third are the product's own.

    Examples
    --------
    >>> tom = Stakeholder("Tom", 4, {Dimension.COST_SAVING: 6, Dimension.REVENUE: 4})
    >>> jonas = Stakeholder("Jonas", 3, {Dimension.CUSTOMER_EXPERIENCE: 5, Dimension.REVENUE: 5})
    >>> print(conflicts([tom, jonas])[0].sentence)
    Jonas puts 50 of 100 points on customer experience, Tom 0; Tom puts 60 on cost saving, Jonas 0.
    """
    conflicting = []
    for one, two in combinations(sorted(stakeholders, key=lambda s: s.name), 2):
        mine, theirs = one.weights, two.weights
        gaps = {d: mine[d] - theirs[d] for d in Dimension}
        first, second = max(gaps, key=lambda d: gaps[d]), min(gaps, key=lambda d: gaps[d])
        if min(gaps[first], -gaps[second]) >= _CONFLICT_GAP - 1e-9:
            conflicting.append(
                Conflict(
                    names=(one.name, two.name),
                    dimensions=(first, second),
                    gaps=(gaps[first], -gaps[second]),
                    sentence=(
                        f"{one.name} puts {_points(mine[first])} of 100 points on {_said(first)}, "
                        f"{two.name} {_points(theirs[first])}; {two.name} puts "
                        f"{_points(theirs[second])} on {_said(second)}, "
                        f"{one.name} {_points(mine[second])}."
                    ),
                )
            )
    return tuple(sorted(conflicting, key=lambda c: -min(c.gaps)))


def _points(weight: float) -> str:
    return f"{weight * 100:.0f}"


def _said(dimension: Dimension) -> str:
    return dimension.label.lower()
