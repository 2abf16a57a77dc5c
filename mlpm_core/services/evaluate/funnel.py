"""How many candidates of a value case were tried, and how far each came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.evaluation import NONE
from mlpm_core.services.evaluate.decisions import DecisionState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.evaluate.decisions import DecisionView
    from mlpm_core.services.evaluate.views import LeaderboardView


@dataclass(frozen=True, slots=True)
class Funnel:
    """Candidates measured, of which some have a value, some are beaten by none in everything.

    ``chosen`` were chosen by a decision in force, ``deployed`` are, were or will be in use under
    their own name or the one that a decision gave them.
    """

    measured: int
    valued: int
    undominated: int
    chosen: int
    deployed: int


def funnel(view: LeaderboardView, decisions: Sequence[DecisionView]) -> Funnel:
    """How far the candidates of a value case came.

    Parameters
    ----------
    view : LeaderboardView
        The candidates; while none can be valued, those with a reason are all there are.
    decisions : sequence of DecisionView
        All decisions of the project.
    """
    options = [o for o in view.options if o.name != NONE]
    names = {o.name for o in options} | {name for name, _ in view.unvalued}
    ours = [
        d
        for d in decisions
        if d.value_case_id == view.value_case_id
        and d.state is DecisionState.IN_FORCE
        and d.chosen in names
    ]
    versions = {version for _, version in view.deployed if version}
    runs_as = {d.chosen for d in ours if (d.model_id, d.model_version) in set(view.deployed)}
    return Funnel(
        measured=len(names),
        valued=len(options),
        undominated=sum(not o.is_dominated for o in options),
        chosen=len({d.chosen for d in ours}),
        deployed=len((names & versions) | runs_as),
    )
