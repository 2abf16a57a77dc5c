"""Where the rows of a page stand in an order, found without sorting all rows.

Rows of which the first columns of an order are the same are sorted by the others alone. Of these,
the engine sees from their first column that most stand behind the page, and leaves them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NARROWED_ABOVE: Final = 50_000
"""So many rows are sorted in the time that one more question takes."""


class Bands(Enum):
    """By what a column puts many rows next to each other."""

    NONE = "nothing"
    VALUE = "its values are few"
    DAY = "it is a moment of few days"


@dataclass(frozen=True, slots=True)
class Term:
    """A column of an order.

    Parameters
    ----------
    by : str
        What is ordered by, as SQL.
    bands : Bands
        Neighbours in this order share so much of it.
    empty : str
        Whether it is empty, as SQL: such rows come last, and none is before another. Empty where
        it cannot be.
    is_descending : bool
        Whether the largest comes first.
    """

    by: str
    bands: Bands = Bands.NONE
    empty: str = ""
    is_descending: bool = False

    @property
    def band(self) -> str:
        """What neighbours share, as SQL; NULL where the column is empty."""
        if self.bands is Bands.DAY:
            return f"CAST({self.by} AS DATE)"
        return f"CASE WHEN NOT {self.empty} THEN {self.by} END" if self.empty else self.by

    def within(self, low: str, high: str) -> str:
        """Whether the band lies between two parameters, ends included."""
        if self.bands is Bands.DAY:
            return f"{self.by} >= ${low} AND {self.by} < ${high} + INTERVAL 1 DAY"
        return f"{self.by} = ${low}" if low == high else f"{self.by} BETWEEN ${low} AND ${high}"

    def way(self, *, is_backwards: bool) -> str:
        """The term in an ``ORDER BY``."""
        empty = f"{self.empty}{' DESC' * is_backwards}, " if self.empty else ""
        return f"{empty}{self.by}{' DESC' * (self.is_descending != is_backwards)}"


def by_all(terms: Iterable[Term], *, is_backwards: bool = False) -> str:
    """The terms as an ``ORDER BY``.

    Examples
    --------
    >>> terms = Term("day", empty="day IS NULL", is_descending=True), Term("name")
    >>> by_all(terms)
    'day IS NULL, day DESC, name'
    >>> by_all(terms, is_backwards=True)
    'day IS NULL DESC, day, name DESC'
    """
    return ", ".join(term.way(is_backwards=is_backwards) for term in terms)


@dataclass(frozen=True, slots=True)
class Place:
    """Some rows of those of a table that meet a condition, in an order.

    Parameters
    ----------
    table, where : str
        As SQL.
    terms : tuple of Term
        The order; no two rows may be the same in all of them.
    first, n : int
        How many rows come before them, and how many they are at most.
    parameters : mapping
        What is bound to the names in ``where``.
    n_met : int
        How many rows meet the condition, once they were counted.
    """

    table: str
    where: str
    terms: tuple[Term, ...]
    first: int
    n: int
    parameters: Mapping[str, object]
    n_met: int = 0

    @property
    def may_be_narrowed(self) -> bool:
        """Whether it is worth one more question to have fewer rows sorted."""
        return self.n_met > NARROWED_ABOVE and self.terms[0].bands is not Bands.NONE

    def meeting(self, condition: str, parameters: Mapping[str, object] | None = None) -> Place:
        """The same of rows that meet another condition, too."""
        where = f"{self.where} AND {condition}" if condition else self.where
        return replace(self, where=where, parameters={**self.parameters, **(parameters or {})})

    def counts(self, archived: str = "", shown: str = "") -> str:
        """The question how many rows there are, how many archived and how many shown.

        Where no condition says which are, none and all.
        """
        n_archived = f"count(*) FILTER ({archived})" if archived else "0"
        n_shown = f"count(*) FILTER ({shown})" if shown else "count(*)"
        return (
            f'SELECT count(*) AS "all", {n_archived} AS archived, {n_shown} AS shown '
            f"FROM {self.table} WHERE {self.where}"
        )

    def bands(self, archived: str = "", shown: str = "") -> str:
        """The same question, and from which to which band of the first term the page reaches.

        Besides ``low`` and ``high``, its ends, it gives how many rows come ``before`` these bands
        and are ``reached`` by them, and whether it ``has_empty`` ones; None where it has no row.
        """
        term = self.terms[0]
        counts = self.counts(archived, shown)
        if term.bands is Bands.NONE:
            return counts
        counts = counts.replace("SELECT", f"SELECT {term.band} AS band,", 1)
        reached = (
            f"FILTER (shown > 0 AND before < {self.first + self.n:d} "
            f"AND before + shown > {self.first:d})"
        )
        return (
            'SELECT ifnull(sum("all"), 0) AS "all", ifnull(sum(archived), 0) AS archived, '
            f"ifnull(sum(shown), 0) AS shown, min(band) {reached} AS low, "
            f"max(band) {reached} AS high, min(before) {reached} AS before, "
            f"sum(shown) {reached} AS reached, bool_or(band IS NULL) {reached} AS has_empty "
            f"FROM (SELECT *, sum(shown) OVER (ORDER BY band{' DESC' * term.is_descending} "
            f"NULLS LAST) - shown AS before FROM ({counts} GROUP BY band))"
        )

    def narrowed(self, answer: Mapping[str, Any]) -> Place:
        """The same rows among fewer, by the answer to `bands`."""
        term, *others = self.terms
        low, high, has_empty = (answer.get(name) for name in ("low", "high", "has_empty"))
        if has_empty is None or (has_empty and low is not None):
            left = (replace(term, bands=Bands.NONE), *others)
            return replace(self, terms=left, n_met=int(answer["shown"]))
        names = [
            f"{end}_{len(self.parameters)}" for end in ("low", "low" if low == high else "high")
        ]
        is_one = low == high and (has_empty or term.bands is Bands.VALUE)
        left = tuple(others) if is_one else (replace(term, bands=Bands.NONE, empty=""), *others)
        if has_empty:
            place = self.meeting(term.empty)
        else:
            place = self.meeting(term.within(*names), dict(zip(names, (low, high), strict=True)))
        first, n_met = self.first - int(answer["before"]), int(answer["reached"])
        return replace(place, terms=left, first=first, n_met=n_met)

    def rows(self, names: str) -> str:
        """The question for columns of these rows, in any order.

        What lies behind the middle is looked for from the end.
        """
        n = min(self.n, self.n_met - self.first)
        behind = self.n_met - self.first - n
        is_backwards = behind < self.first
        return (
            f"SELECT {names} FROM {self.table} WHERE {self.where} "
            f"ORDER BY {by_all(self.terms, is_backwards=is_backwards)} "
            f"LIMIT {n:d} OFFSET {behind if is_backwards else self.first:d}"
        )
