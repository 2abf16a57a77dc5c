"""What requirements leave open: who uses the prediction, and whether their limits are kept."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

from mlpm_core.records import Comparison

if TYPE_CHECKING:
    from mlpm_core.records import Requirement


class LimitState(StrEnum):
    """How a measured value stands to the limit of its requirement."""

    NONE = "no limit"
    UNSAID = "limit incomplete"
    NOT_MEASURED = "not measured"
    MET = "met"
    MISSED = "missed"


class UsePart(StrEnum):
    """A part of a use point: who decides what with the prediction, and when."""

    WHO = "who decides"
    WHAT = "what they decide"
    WHEN = "when they decide"


def limit_state(comparison: Comparison, limit: float | None, measured: float | None) -> LimitState:
    """Whether a limit is met, in the unit that limit and measured value share.

    A value that equals its limit meets it. A limit of which nobody says whether it is a least or a
    most is incomplete, and nothing is judged by it.

    Examples
    --------
    >>> limit_state(Comparison.AT_MOST, 200.0, 240.0).value
    'missed'
    >>> limit_state(Comparison.NONE, 200.0, 240.0).value
    'limit incomplete'
    """
    if limit is None and comparison is Comparison.NONE:
        return LimitState.NONE
    if limit is None or comparison is Comparison.NONE or not math.isfinite(limit):
        return LimitState.UNSAID
    if measured is None or not math.isfinite(measured):
        return LimitState.NOT_MEASURED
    is_met = measured >= limit if comparison is Comparison.AT_LEAST else measured <= limit
    return LimitState.MET if is_met else LimitState.MISSED


def missing_use(requirement: Requirement) -> tuple[UsePart, ...]:
    """Which parts of the use point nobody has written down; empty for a complete one.

    Examples
    --------
    >>> from mlpm_core.records import Requirement
    >>> asked = Requirement(project="p", requirement_id="r", asked="A forecast", decides="Tom")
    >>> [part.value for part in missing_use(asked)]
    ['what they decide', 'when they decide']
    """
    parts = {
        UsePart.WHO: requirement.decides,
        UsePart.WHAT: requirement.decision,
        UsePart.WHEN: requirement.decided_when,
    }
    return tuple(part for part, text in parts.items() if not text.strip())
