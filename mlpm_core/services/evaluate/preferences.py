"""Which option each stakeholder would choose, and where they part."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from mlpm_core.errors import NotEnoughDataError
from mlpm_core.evaluation.preferences import Choice, Criterion, Weighing, WeightChange, weigh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.quantity import Dimension
    from mlpm_core.services.evaluate.views import LeaderboardView
    from mlpm_core.services.plan.briefs import BriefView

__all__ = [
    "Choice",
    "Criterion",
    "Disagreement",
    "Preferences",
    "WeightChange",
    "choosing",
    "weights_of",
]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two people who would choose different options, each for the sake of a criterion."""

    one: str
    two: str
    option_of_one: str
    option_of_two: str
    sake_of_one: Criterion
    sake_of_two: Criterion


@dataclass(frozen=True, slots=True)
class Preferences:
    """The options that no other dominates, and who would choose which.

    ``shares`` is of all ways to weigh the criteria. ``undecided`` are people whose weights lie
    on nothing in which the options differ. ``conflict`` is the sharpest of all partings.
    """

    shares: Mapping[str, float]
    dominated: Mapping[str, str]
    choices: Mapping[str, Choice]
    undecided: tuple[str, ...]
    conflict: Disagreement | None

    @property
    def camps(self) -> dict[str, tuple[str, ...]]:
        """Who would choose each option; those that nobody would choose are left out."""
        options = dict.fromkeys(choice.option for choice in self.choices.values())
        return {
            option: tuple(name for name, c in self.choices.items() if c.option == option)
            for option in options
        }


def weights_of(brief: BriefView) -> dict[str, Mapping[Dimension, float]]:
    """What matters to each stakeholder who was asked."""
    return {s.name: s.weights for s in brief.stakeholders if s.weights is not None}


def choosing(
    board: LeaderboardView, people: Mapping[str, Mapping[Dimension, float]]
) -> Preferences | None:
    """Who would choose which option of a leaderboard; None when there is no option.

    Options are compared by their means in money and the other dimensions; nothing is averaged over
    people.
    """
    if not board.options:
        return None
    weighing = weigh({o.name: {d: r.mean for d, r in o.kpis.items()} for o in board.options})
    choices: dict[str, Choice] = {}
    undecided = []
    for name, weights in people.items():
        try:
            choices[name] = weighing.choice(weights)
        except NotEnoughDataError:
            undecided.append(name)
    return Preferences(
        shares=weighing.shares,
        dominated=weighing.dominated,
        choices=choices,
        undecided=tuple(undecided),
        conflict=_sharpest(weighing, people, choices),
    )


def _sharpest(
    weighing: Weighing,
    people: Mapping[str, Mapping[Dimension, float]],
    choices: Mapping[str, Choice],
) -> Disagreement | None:
    """The parting in which both are surest of their choice."""
    apart = [
        (one, two)
        for one, two in combinations(choices, 2)
        if choices[one].option != choices[two].option
    ]
    if not apart:
        return None
    one, two = max(apart, key=lambda pair: min(choices[name].lead for name in pair))
    options = (choices[one].option, choices[two].option)
    return Disagreement(one, two, *options, *weighing.divides(people[one], people[two], options))
