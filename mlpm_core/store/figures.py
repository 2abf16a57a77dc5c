"""Figures that were computed from what is stored, kept so that a restart does not compute again.

They are no record: each lies under a hash of all that it rests on, and may be lost at any time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from copy import copy
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mlpm_core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Ask = Callable[..., list[dict[str, Any]]]
    Place = tuple[str, str]

_MOST_PLACES: Final = 2_000
_MOST_OF_A_PLACE: Final = 2  # what an import would change, and what holds if it is not kept


class Figures(NamedTuple):
    """What was computed: as text, and draws as bytes."""

    text: str
    draws: bytes


class FigureTable:
    """The newest figures of each place, a project and a value case; of the process and the store.

    Examples
    --------
    >>> table = FigureTable()
    >>> table.keep(("shop", "orders"), "hash", Figures("1.5", b""))
    >>> table.newest(("shop", "orders"), "hash").text
    '1.5'
    >>> table.newest(("shop", "orders"), "another") is None
    True
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: OrderedDict[Place, dict[str, Figures]] = OrderedDict()
        self._unsaved: dict[Place, str] = {}
        self._saved: dict[Place, str] = {}
        self._is_read = self._is_past = False

    def of_the_past(self) -> FigureTable:
        """The same figures for a past moment, of which nothing is kept in place of today's."""
        past = copy(self)
        past._is_past = True
        return past

    @property
    def n_unsaved(self) -> int:
        """How many places have figures that a restart would compute again."""
        return len(self._unsaved)

    def find(self, ask: Ask, place: Place, digest: str) -> Figures | None:
        """The figures kept under a hash; the first who asks has those of the store read.

        Parameters
        ----------
        ask : callable
            ``Reader.rows``.
        """
        if not self._is_read:
            self._read(ask)
        return self.newest(place, digest)

    def find_saved(self, ask: Ask, place: Place, digest: str) -> Figures | None:
        """The same, but only those of the store: for what the process itself keeps elsewhere."""
        figures = self.find(ask, place, digest)
        return figures if self._saved.get(place) == digest else None

    def newest(self, place: Place, digest: str) -> Figures | None:
        """The figures at hand under a hash; None without them."""
        with self._lock:
            figures = self._places.get(place, {}).get(digest)
            if figures is not None and not self._is_past:
                self._put(place, digest, figures)
            return figures

    def keep(self, place: Place, digest: str, figures: Figures) -> None:
        """Keep figures under a hash of all that they rest on, in place of older ones."""
        if self._is_past:
            return
        with self._lock:
            self._put(place, digest, figures)

    def save(self, run: Callable[..., None]) -> None:
        """Write what is not in the store yet, by ``Writer.run``.

        Raises
        ------
        StoreError
            When the store refuses; it is tried again another time.
        """
        with self._lock:
            unsaved = [
                (*place, digest, *self._places[place][digest])
                for place, digest in self._unsaved.items()
            ]
            self._saved |= self._unsaved
            self._unsaved = {}
        for project, value_case_id, digest, text, draws in unsaved:
            which = {"project": project, "value_case_id": value_case_id}
            run("forget_figures", **which)
            run("keep_figures", **which, digest=digest, figures=text, draws=draws)

    def forget(self, places: Sequence[Place], run: Callable[..., None]) -> None:
        """Keep nothing of some places any more, here and in the store, by ``Writer.run``."""
        with self._lock:
            for place in places:
                for by_place in (self._places, self._unsaved, self._saved):
                    by_place.pop(place, None)
        for project, value_case_id in places:
            run("forget_figures", project=project, value_case_id=value_case_id)

    def _read(self, ask: Ask) -> None:
        try:
            rows = ask("kept_figures", most=_MOST_PLACES)
        except StoreError:  # an older store that is only read has no such table
            rows = []
        with self._lock:
            for row in [] if self._is_read else rows:
                place = (row["project"], row["value_case_id"])
                if place not in self._places:
                    self._put(place, row["digest"], Figures(row["figures"], row["draws"]))
                    self._saved[place] = row["digest"]
                    del self._unsaved[place]
            self._is_read = True

    def _put(self, place: Place, digest: str, figures: Figures) -> None:
        of_place = self._places.setdefault(place, {})
        of_place.pop(digest, None)
        of_place[digest] = figures
        if self._saved.get(place) == digest:
            self._unsaved.pop(place, None)
        else:
            self._unsaved[place] = digest
        while len(of_place) > _MOST_OF_A_PLACE:
            del of_place[next(iter(of_place))]
        self._places.move_to_end(place)
        while len(self._places) > _MOST_PLACES:
            forgotten, _ = self._places.popitem(last=False)
            self._unsaved.pop(forgotten, None)
            self._saved.pop(forgotten, None)
