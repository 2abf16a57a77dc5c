"""Cells of a table against the fields they belong to: each distinct cell is read once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.intake.columns.cell_parser import Cell, default_of, is_missing
from mlpm_core.intake.columns.extra_columns import file_columns
from mlpm_core.intake.columns.fast_path import Cells, read_all, read_plain
from mlpm_core.intake.columns.file_columns import FileColumns
from mlpm_core.intake.columns.mending import mended
from mlpm_core.intake.columns.metric_rules import NEGATED, check_results
from mlpm_core.intake.columns.named_zones import NamedZones
from mlpm_core.intake.columns.readings import Faults, PlainReading, Reading
from mlpm_core.intake.columns.shares import IN_PERCENT
from mlpm_core.intake.columns.written_units import times
from mlpm_core.intake.files.lines import SPACES, Lines, is_blank, read_record
from mlpm_core.intake.files.table import DictionaryColumn, Table, side_by_side
from mlpm_core.intake.messages import Fault, reject
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.intake.columns.cell_parser import Grammar
    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.metric_names import Meaning
    from mlpm_core.records import Column, Question

_MOST_LOOKED = 2_000
_MOST_TURNS = 2
_NOT_KNOWN = frozenset({"nan", "nat", "<na>", "(null)", "[null]", "\\n"})


class Checker:
    """The fields of one file, where each comes from and how its cells are read."""

    def __init__(self, fields: Fields, header: Header, grammar: Grammar, project: str) -> None:
        self._fields, self._header, self.grammar = fields, header, grammar
        self._project = project
        self._n_looked = 0
        self._asked: dict[str, list[Question]] = {}
        self.columns = FileColumns(fields, header)
        self._read = {c.name: self._reader(self._as_filed(c)) for c in file_columns(fields.record)}
        value = fields.columns.get("value")
        self._read_wide = grammar.reader(_optional(value)) if value is not None else None

    @property
    def questions(self) -> list[Question]:
        """What must be answered before the cells can be read, each once, in the columns' order."""
        asked = [
            question
            for column in file_columns(self._fields.record)
            for question in self._asked.get(column.name, [])
        ]
        return list({question.key: question for question in asked}.values())

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
        readings = self.readings(one, faults, is_one_line=True)
        if self._fields.has_metrics and not faults.is_bad[0]:
            check_results(readings, self.columns, faults)
        return not faults.is_bad[0]

    def readings(
        self, table: Table, faults: Faults, *, is_one_line: bool = False
    ) -> dict[str, Reading]:
        """Every field of every record; faulty cells and rows go to ``faults``."""
        left_out = ("metric", "value") if self.columns.wide else ()
        own_columns = [c for c in file_columns(self._fields.record) if c.name not in left_out]
        by_name = dict(
            zip(
                [c.name for c in own_columns],
                side_by_side(
                    lambda column: self._reading(column, table, is_one_line=is_one_line),
                    own_columns,
                    len(table.lines),
                ),
                strict=True,
            )
        )
        for name, reading in by_name.items():
            if name in self.columns.at:
                faults.add_cells(self.columns.label(name), reading)
        for j, metric in self.columns.wide:
            coded = table.columns[j]
            read = self._read_wide
            if read is not None:
                cells = Cells.of([*map(read, coded.cells)])
                column = self._fields.columns["value"]
                if cells.faults and not is_one_line:
                    cells = self._mended(_optional(column), coded, cells, read)
                by_name[_wide(metric)] = Reading(coded.codes, coded.cells, cells)
                faults.add_cells(self._header.label(j), by_name[_wide(metric)])
        return by_name if is_one_line else self._in_utc(by_name, own_columns, table)

    def _in_utc(
        self, readings: dict[str, Reading], fields: list[Column], table: Table
    ) -> dict[str, Reading]:
        """The readings, with the times of zones that the file names in UTC."""
        zones = NamedZones(self.grammar.profile, self.columns)
        moved = zones.in_utc(readings, fields, table)
        for name, asked in zones.questions.items():
            self._asked.setdefault(name, []).extend(asked)
        self.columns.beside |= zones.used
        return moved

    def _reading(self, column: Column, table: Table, *, is_one_line: bool = False) -> Reading:
        read = self._read[column.name]
        if column.name in self.columns.at:
            coded = table.columns[self.columns.at[column.name]]
            is_plain = self.grammar.is_plain and not (
                column.reserved or column.name in ("project", "metric")
            )
            is_plain_whole = is_plain and self._fields.factor(column) == 1.0
            whole = read_plain(column, coded, self.grammar.now) if is_plain_whole else None
            if whole is not None:
                return PlainReading(coded, whole)
            filed = self._as_filed(column)
            cells = read_all(filed, coded.cells, read, is_plain=is_plain)
            if cells.faults and not is_one_line:
                cells = self._mended(filed, coded, cells, read)
            return Reading(coded.codes, coded.cells, self._fields.in_unit(column, cells))
        everywhere = np.broadcast_to(np.zeros(1, dtype=np.int64), len(table.lines))
        given = self._fields.constant(column.name)
        if given is None:
            value = self._project if column.name == "project" else default_of(column)
            return Reading(everywhere, [""], Cells([value], {}, {}))
        cell = read(given)
        if cell.fault is not None:
            refused = reject(cell.fault.code, None, column.name, given, **cell.fault.filled)
            raise InputError(f"constants.{column.name}: {refused.message} {refused.hint}")
        return Reading(everywhere, [given], Cells.of([cell]))

    def _mended(
        self, column: Column, coded: DictionaryColumn, cells: Cells, read: Callable[[str], Cell]
    ) -> Cells:
        """The cells of a column, some of them faulty, once it is answered how they are meant."""
        for _ in range(_MOST_TURNS):
            counts = np.bincount(coded.codes, minlength=len(coded.cells)).tolist()
            mend = mended(
                column, coded.cells, counts, read, self.grammar,
                are_of_many="kpi_id" in self._fields.columns,
            )  # fmt: skip
            if mend is None:
                return cells
            self._asked.setdefault(column.name, []).extend(mend.questions)
            if mend.read is None:
                return cells
            read = mend.read
            cells = Cells.of([*map(read, coded.cells)])
            if not cells.faults:
                return cells
        return cells

    def _as_filed(self, column: Column) -> Column:
        """A column with its bounds in the unit of the file, such as 0 to 100 for percentages."""
        factor = self._fields.factor(column)
        if factor == 1.0:
            return column
        low, high = (
            end if not end else times(end, 1 / factor) for end in (column.low, column.high)
        )
        is_count = column.kind is ColumnKind.WHOLE and self._fields.profile.reads_layouts
        kind = ColumnKind.NUMBER if is_count else column.kind  # 4.5 thousand are a whole number
        return replace(column, low=low, high=high, kind=kind)

    def _reader(self, column: Column) -> Callable[[str], Cell]:
        read = self.grammar.reader(column)
        if column.name == "project":
            return self._project_reader(self.grammar.reader(_optional(column)))
        if column.name == "y_true":
            return _outcome(self.grammar.reader(_optional(column)))
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


def _outcome(read: Callable[[str], Cell]) -> Callable[[str], Cell]:
    """The way to read outcomes, of which a blank one is not known yet."""

    def cell(text: str) -> Cell:
        is_unknown = is_missing(text) or text.strip(SPACES).lower() in _NOT_KNOWN
        return Cell("") if is_unknown else read(text)

    return cell


def _metric(cell: Cell, meaning_of: Callable[[str], Meaning]) -> Cell:
    """A metric by its name in the registry, with what its numbers are beside it."""
    if cell.fault is not None:
        return cell
    name = str(cell.value)
    meaning = meaning_of(name)
    notes = (IN_PERCENT,) * meaning.is_percent + (NEGATED,) * meaning.is_negated
    return cell._replace(value=meaning.metric, notes=cell.notes + notes)
