"""The projects as records, which are made anew of rows that changed only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.records import Project, stored

if TYPE_CHECKING:
    Row = dict[str, Any]
    Rows = list[Row]


class ProjectRecords:
    """The record of each project of which a row was seen last.

    Examples
    --------
    >>> records = ProjectRecords()
    >>> shop, again = ({"project": "shop", "phase": "in_life"} for _ in range(2))
    >>> records.of([shop])["shop"] is records.of([again])["shop"]
    True
    >>> records.of([shop | {"phase": "closed"}])["shop"].phase.value
    'closed'
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[Row, Project]] = {}

    def of(self, rows: Rows) -> dict[str, Project]:
        """The record of each of these rows by its short name, in their order."""
        known, made = self._made, {}
        for row in rows:
            name = str(row["project"])
            is_known = name in known and known[name][0] == row
            made[name] = known[name] if is_known else (row, stored(Project, row))
        self._made = made
        return {name: record for name, (_, record) in made.items()}
