"""The least team that lasts: enough heads for each role, and somebody who can stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError
from mlpm_core.planning.checks import check_number

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class RoleCover:
    """Whether a role can be kept up by the people there are.

    ``short_heads`` are the full-time people missing for the work, ``has_stand_in`` says that at
    least two can do it, and ``p_somebody_leaves`` how likely one of them is gone within the years.
    """

    role: str
    needed: float
    people: int
    short_heads: float
    has_stand_in: bool
    p_somebody_leaves: float

    @property
    def is_sustained(self) -> bool:
        """Whether nobody is missing, and everybody has a stand-in."""
        return self.has_stand_in and self.short_heads == 0


def sustainable_team(
    needed: Mapping[str, float],
    people: Mapping[str, int],
    *,
    years: float,
    leave_per_year: float,
) -> tuple[RoleCover, ...]:
    """Role by role, whether the work can be kept up.

    Parameters
    ----------
    needed : mapping of role to float
        Full-time people that the work takes, above 0.
    people : mapping of role to int
        How many there are who can do it; a role that is left out has none.
    years : float
        For how long, above 0.
    leave_per_year : float
        Probability that one person leaves within a year, in [0, 1).

    Raises
    ------
    InputError
        When no role is needed or a number is out of its range.

    Notes
    -----
    The rule of two is the product's own: one person alone is on leave, ill or gone at some time.

    Examples
    --------
    >>> roles = sustainable_team({"ML engineer": 0.5}, {"ML engineer": 1}, years=3,
    ...                          leave_per_year=0.15)
    >>> roles[0].is_sustained, round(roles[0].p_somebody_leaves, 2)
    (False, 0.39)
    """
    if not needed:
        raise InputError("No role is needed; name at least one, with the people it takes.")
    check_number("years", years, above=0, upto=30)
    check_number("chance to leave within a year", leave_per_year, low=0, upto=0.95)
    covers = []
    for role, heads in needed.items():
        check_number(f"people needed as {role}", heads, above=0, upto=1000)
        there = people.get(role, 0)
        check_number(f"people who can do {role}", there, low=0, upto=10_000, is_whole=True)
        leaves = 1 - (1 - leave_per_year) ** (there * years)
        covers.append(
            RoleCover(role, heads, there, max(0.0, heads - there), there > 1, float(leaves))
        )
    return tuple(covers)
