"""What a mechanism does with typical numbers, where nobody has given own ones yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.quantity import Dimension
from mlpm_core.value.worth import worth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.value.estimate import Estimate
    from mlpm_core.value.mechanism import Mechanism
    from mlpm_core.value.worth import Worth

_DRAWS: Final = 2048
_USUALLY: Final = 0.9


class Move(StrEnum):
    """What a mechanism does to a dimension."""

    BETTER = "usually better"
    EITHER = "better or worse"
    WORSE = "usually worse"
    NONE = "does not move"


@dataclass(frozen=True, slots=True)
class Typical:
    """A worth, with the inputs for which nobody has said more than what is typical."""

    worth: Worth
    assumed: tuple[str, ...]


def typical_worth(
    mechanism: Mechanism, given: Mapping[str, str] | None = None, *, baseline: str | None = None
) -> Typical:
    """What a mechanism is worth with what is given, its defaults, and what is typical for the rest.

    Parameters
    ----------
    given : mapping of str to str
        Inputs in the notation of quantities.
    baseline : str, optional
        The mechanism's natural baseline when not given.

    Raises
    ------
    InputError
        When an input has neither a number nor a typical range, or the numbers are wrong.
    NotFoundError
        When there is no such baseline.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> typical = typical_worth(find_mechanism("triage_automation"), {"coverage": "0.5"})
    >>> "coverage" in typical.assumed, typical.worth.quantities["coverage"].median
    (False, 0.5)
    """
    stated = {name: text for name, text in (given or {}).items() if text}
    asked = mechanism.inputs_for(baseline)
    # The default comes first, and what an input follows: a value case too takes them until somebody
    # says otherwise.
    filled = {
        e.name: e.default or e.typical for e in asked if e.name not in stated and not e.same_as
    }
    if bare := [name for name, text in filled.items() if not text]:
        raise InputError(
            f"Nothing is typical for {', '.join(bare)}: write what you know of it first."
        )
    texts = {name: text for name, text in filled.items() if text}
    assumed = tuple(e.name for e in asked if e.name in texts and not e.default)
    return Typical(worth(mechanism, stated | texts, baseline=baseline, draws=_DRAWS), assumed)


def moves(mechanism: Mechanism) -> dict[Dimension, Move]:
    """What a mechanism does to each dimension, over the typical range of every input.

    Notes
    -----
    A dimension is not moved when it is 0 in every draw, usually better or worse when it is so in
    at least nine draws of ten.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> moved = moves(find_mechanism("targeted_intervention"))
    >>> [moved[d].value for d in (Dimension.REVENUE, Dimension.COST_SAVING, Dimension.CYCLE_TIME)]
    ['usually better', 'usually worse', 'does not move']
    """
    typical = typical_worth(mechanism).worth
    return {dimension: _move(typical.kpis[dimension]) for dimension in Dimension}


def _move(kpi: Estimate) -> Move:
    better, worse = float((kpi.samples > 0).mean()), float((kpi.samples < 0).mean())
    if better == worse == 0:
        return Move.NONE
    if better >= _USUALLY:
        return Move.BETTER
    return Move.WORSE if worse >= _USUALLY else Move.EITHER
