"""Cells of a table against the fields they belong to: each distinct cell is read once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.intake.columns.cell_parser import Cell, default_of
from mlpm_core.intake.columns.extra_columns import file_columns
from mlpm_core.intake.columns.fast_path import Cells, read_all, read_plain
from mlpm_core.intake.columns.file_columns import FileColumns
from mlpm_core.intake.columns.metric_rules import IN_PERCENT, NEGATED, check_results
from mlpm_core.intake.columns.readings import Faults, PlainReading, Reading
from mlpm_core.intake.files.lines import Lines, is_blank, read_record
from mlpm_core.intake.files.table import DictionaryColumn, Table
from mlpm_core.intake.messages import Fault, reject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.columns.cell_parser import Grammar
    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.columns.metric_names import Meaning
    from mlpm_core.records import Column

_MOST_LOOKED = 2_000


class Checker:
    """The fields of one file, where each comes from and how its cells are read."""

    def __init__(self, fields: Fields, header: Header, grammar: Grammar, project: str) -> None:
        self._fields, self._header, self._grammar = fields, header, grammar
        self._project = project
        self._n_looked = 0
        self.columns = FileColumns(fields, header)
        self._read = {c.name: self._reader(c) for c in file_columns(fields.record)}
        value = fields.columns.get("value")
        self._read_wide = grammar.reader(_optional(value)) if value is not None else None

    def passes(self, line: str) -> bool:
        """Whether a physical line would be a valid row by itself."""
        header = self._header
        record = read_record(Lines([line], "\n", '"' in line), 0, header.delimiter)
        if record.code is not None or len(record.cells) != len(header.cells):
            return False
        if all(map(is_blank, record.cells)):
            return False
        for field, j in self.columns.at.items():
            if self._read[field](record.cells[j]).fault is not None:
                return False
        self._n_looked += 1
        if self._n_looked > _MOST_LOOKED:  # text of very many lines that are rows but for a rule
            return False
        none = np.zeros(1, dtype=np.int64)
        one = Table(none, [DictionaryColumn.of([c]) for c in record.cells], [], [])
        faults = Faults(none)
        readings = self.readings(one, faults)
        if self._fields.has_metrics and not faults.is_bad[0]:
            check_results(readings, self.columns, faults)
        return not faults.is_bad[0]

    def readings(self, table: Table, faults: Faults) -> dict[str, Reading]:
        """Every field of every record; faulty cells and rows go to ``faults``."""
        left_out = ("metric", "value") if self.columns.wide else ()
        own_columns = [c for c in file_columns(self._fields.record) if c.name not in left_out]
        by_name = dict(
            zip([c.name for c in own_columns], self._each_reading(own_columns, table), strict=True)
        )
        for name, reading in by_name.items():
            if name in self.columns.at:
                faults.add_cells(self.columns.label(name), reading)
        for j, metric in self.columns.wide:
            coded = table.columns[j]
            read = self._read_wide
            if read is not None:
                cells = Cells.of([*map(read, coded.cells)])
                by_name[_wide(metric)] = Reading(coded.codes, coded.cells, cells)
                faults.add_cells(self._header.label(j), by_name[_wide(metric)])
        return by_name

    def _each_reading(self, own_columns: Sequence[Column], table: Table) -> list[Reading]:
        if table.n_records == 1:  # a line that is held against the fields, one of very many
            return [self._reading(column, table) for column in own_columns]
        with ThreadPoolExecutor(2) as pool:  # most of the work is Arrow's, which runs beside Python
            return list(pool.map(lambda column: self._reading(column, table), own_columns))

    def _reading(self, column: Column, table: Table) -> Reading:
        read = self._read[column.name]
        if column.name in self.columns.at:
            coded = table.columns[self.columns.at[column.name]]
            is_plain = self._grammar.is_plain and not (
                column.reserved or column.name in ("project", "metric")
            )
            whole = read_plain(column, coded, self._grammar.now) if is_plain else None
            if whole is not None:
                return PlainReading(coded, whole)
            cells = read_all(column, coded.cells, read, is_plain=is_plain)
            return Reading(coded.codes, coded.cells, cells)
        everywhere = np.broadcast_to(np.zeros(1, dtype=np.int64), len(table.lines))
        given = self._fields.profile.constants.get(column.name)
        if given is None:
            value = self._project if column.name == "project" else default_of(column)
            return Reading(everywhere, [""], Cells([value], {}, {}))
        cell = read(given)
        if cell.fault is not None:
            refused = reject(cell.fault.code, None, column.name, given, **cell.fault.filled)
            raise InputError(f"constants.{column.name}: {refused.message} {refused.hint}")
        return Reading(everywhere, [given], Cells.of([cell]))

    def _reader(self, column: Column) -> Callable[[str], Cell]:
        read = self._grammar.reader(column)
        if column.name == "project":
            return self._project_reader(self._grammar.reader(_optional(column)))
        if self._fields.has_metrics and column.name == "metric":
            return lambda text: _metric(read(text), self._fields.meaning_of)
        return read

    def _project_reader(self, read: Callable[[str], Cell]) -> Callable[[str], Cell]:
        def cell(text: str) -> Cell:
            own = read(text)
            if own.fault is not None or own.value == self._project:
                return own
            if not own.value:
                return Cell(self._project)
            return Cell(None, Fault("not-a-choice", {"choices": self._project}))

        return cell


def _wide(metric: str) -> str:
    """The key under which a wide column's readings are kept; no field has such a name."""
    return f"={metric}"


def _optional(column: Column) -> Column:
    return replace(column, required=False, default=None if column.name == "value" else "")


def _metric(cell: Cell, meaning_of: Callable[[str], Meaning]) -> Cell:
    """A metric by its name in the registry, with what its numbers are beside it."""
    if cell.fault is not None:
        return cell
    name = str(cell.value)
    meaning = meaning_of(name)
    notes = (IN_PERCENT,) * meaning.is_percent + (NEGATED,) * meaning.is_negated
    return cell._replace(value=meaning.metric, notes=cell.notes + notes)
