"""Which column of a file each field stands in, and by which name the file calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.intake.columns.dates import HALF
from mlpm_core.intake.columns.header import is_own
from mlpm_core.intake.columns.names import read_name
from mlpm_core.intake.columns.period_words import header_length
from mlpm_core.intake.columns.written_units import header_unit
from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.messages import Fault, Refusal, reject
from mlpm_core.intake.metric_names import IN_PERCENT, Meaning

if TYPE_CHECKING:
    from collections.abc import Collection

    from mlpm_core.intake.columns.header import Fields, Header


class FileColumns:
    """The columns of one file by the fields that they hold.

    Parameters
    ----------
    fields, header
        What the kind asks for, and what the file has.

    Attributes
    ----------
    at : dict of str to int
        The position of the column that each field stands in.
    wide : list of (int, str)
        In a file with a column for each metric, the position and metric of each of these.
    meanings : dict of str to Meaning
        What the names of these columns stand for, by metric.
    beside : set of int
        The positions of columns that say more of others, such as the zone of times.
    is_results : bool
        Whether a row is a monitoring result.
    is_replay : bool
        Whether the file is read as before today's questions and words.
    reads_layouts : bool
        Whether the file is read as today, when a period may be half a year.

    Raises
    ------
    Refusal
        When the name of a metric's column cannot be used.
    """

    def __init__(self, fields: Fields, header: Header) -> None:
        self._fields, self._header = fields, header
        self.is_results = fields.is_results
        self.is_replay = fields.profile.is_replay
        self.reads_layouts = fields.profile.reads_layouts
        self.wide = [(j, self._metric_of(j)) for j in header.wide_columns(fields)]
        self.meanings = {metric: fields.meaning_of(header.cells[j]) for j, metric in self.wide}
        self.at = {f: j for j, f in enumerate(header.fields) if f is not None}
        self.beside: set[int] = set()

    def label(self, field: str) -> str:
        """The name of the column a field stands in, as the file writes it."""
        return self._header.label(self.at[field]) if field in self.at else field

    def header_length(self, field: str) -> str | None:
        """The length of a period that the header of a field names; None without a column."""
        length = header_length(self.label(field)) if field in self.at else None
        return None if length == HALF and not self.reads_layouts else length

    def header_label(self, position: int) -> str:
        """The name of the column at a position."""
        return self._header.label(position)

    def asked_share(self, name: str) -> str | None:
        """The metric that a name stands for, unless somebody answered what that is."""
        return None if self._fields.is_told(name) else self._fields.metric_of(name)

    @property
    def answered_in_percent(self) -> list[str]:
        """The metrics that somebody answered to be in percent, though their names do not say so."""
        return [
            Meaning.read(name, answer).metric
            for name, answer in self._fields.profile.metrics.items()
            if answer.endswith(IN_PERCENT) and header_unit(name) is None
        ]

    def unused(self, used: Collection[int] = ()) -> list[int]:
        """The positions of columns that no field takes, the intake's own and ``used`` left out."""
        taken = {*used, *self.beside, *(j for j, _ in self.wide)}
        return [
            j
            for j, (cell, name) in enumerate(
                zip(self._header.cells, self._header.fields, strict=True)
            )
            if name is None and j not in taken and not is_blank(cell) and not is_own(cell)
        ]

    def unused_headers(self, used: Collection[int] = ()) -> list[str]:
        """The headers of these columns."""
        return [self._header.label(j) for j in self.unused(used)]

    def is_ignored(self, position: int) -> bool:
        """Whether somebody put the column at a position aside."""
        return self._header.is_ignored(position, self._fields)

    def _metric_of(self, j: int) -> str:
        """The metric that a column of a wide file holds, whose name is the header's."""
        header = self._header.cells[j]
        name = read_name(self._fields.metric_of(header))
        if isinstance(name, Fault):
            raise Refusal([reject(name.code, None, header, header, **name.filled)])
        return name[0]
