"""The header of a file: where it stands, what separates its cells, which field each names."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError
from mlpm_core.intake.columns.column_answers import ColumnAnswer
from mlpm_core.intake.columns.extra_columns import file_columns
from mlpm_core.intake.columns.header_line import LEAST, likeliest, wider
from mlpm_core.intake.columns.written_units import money_of, times
from mlpm_core.intake.files.lines import Lines, is_blank, read_record
from mlpm_core.intake.messages import Fault, Refusal
from mlpm_core.intake.metric_names import (
    KEEP,
    Meaning,
    known_metric,
    near_metrics,
    normal,
    one_letter_apart,
)
from mlpm_core.intake.profile import IGNORE, NONE_OF_THESE
from mlpm_core.records import ColumnKind, MetricResult, as_written

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mlpm_core.intake.columns.fast_path import Cells
    from mlpm_core.intake.profile import Limits, Profile
    from mlpm_core.records import Column, Record

DELIMITERS = (",", ";", "\t", "|")

_ADDED = frozenset({"_row", "_column", "_code", "_message", "_hint"})
_WITHIN = 40
_WIDEST = 100_000  # cells of a line that may still be a header
_SEPARATOR = re.compile(r'"?sep=([!#-/:-@\[\]^`{|}~\t ])"?', re.IGNORECASE)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def is_own(header: str) -> bool:
    """Whether a column is one that ``rejected_csv`` added."""
    return header.strip() in _ADDED


def column_keys(headers: Sequence[str]) -> list[str]:
    """What answers call each column of a header; see `Header.key`."""
    n = Counter(map(normal, headers))
    return [
        f"column {j}" if is_blank(cell) or n[normal(cell)] > 1 else cell.strip()
        for j, cell in enumerate(headers, start=1)
    ]


class Fields:
    """The fields a record's file may have, and which header names which of them."""

    def __init__(
        self, record: type[Record], profile: Profile, *, by_application: bool = False
    ) -> None:
        self.record = record
        self.columns = {
            c.name: c for c in file_columns(record) if by_application or not c.by_application
        }
        self.profile = profile
        self._by_header = {
            normal(name): c.name for c in self.columns.values() for name in (c.name, *c.aliases)
        }
        # A column "project" is never needed: whoever imports has named the project.
        self.required = frozenset(
            c.name for c in self.columns.values() if c.required and c.name != "project"
        )
        self.is_results = record is MetricResult
        self.has_metrics = {"metric", "value"} <= self.columns.keys()
        chosen = {h: ColumnAnswer.read(f) for h, f in profile.columns.items()}
        wrong = [a.field for a in chosen.values() if a.field not in (IGNORE, *self.columns)]
        wrong += [f for f in (*profile.constants, *profile.fields) if f not in self.columns]
        if wrong:
            raise InputError(
                f"{record.kind} has no field {wrong[0]!r}; it has {', '.join(self.columns)}."
            )
        self._told = {normal(h.replace("%3D", "=")) for h in chosen}
        self._chosen = {normal(h): f for f, h in profile.fields.items() if h != NONE_OF_THESE} | {
            normal(h.replace("%3D", "=")): a.field for h, a in chosen.items()
        }
        answers = {a.field: a for a in chosen.values() if a.field != IGNORE}
        self.units = {f: a.unit for f, a in answers.items() if a.unit}
        self._factors = {
            f: a.factor_of(self.columns[f], keeps_unit=f == "value" and "unit" in self.columns)
            for f, a in answers.items()
        }
        self._wide = {normal(w) for w in profile.wide}
        self.meanings = {
            normal(name.replace("%3D", "=")): Meaning.read(name, answer)
            for name, answer in profile.metrics.items()
            if answer != IGNORE
        }

    def named(self, header: str, key: str = "") -> str | None:
        """The field that a header names by answer, name or alias.

        ``key`` is what answers call its column where the header alone does not tell it.
        """
        name = normal(header.replace("%3D", "="))
        field = self._chosen.get(normal(key)) if key else None
        field = field or self._chosen.get(name)
        if field is None:
            return self._by_header.get(normal(header))
        return None if field == IGNORE else field

    def is_chosen(self, header: str) -> bool:
        """Whether the profile says what a column is."""
        return normal(header) in self._told

    def is_ignored(self, header: str, key: str = "") -> bool:
        """Whether the profile, or the intake itself, put a column aside."""
        answer = self._chosen.get(normal(key)) if key else None
        return is_own(header) or (answer or self._chosen.get(normal(header))) == IGNORE

    def constant(self, field: str) -> str | None:
        """What a field holds in every record, by answer or because a header says so."""
        given = self.profile.constants.get(field)
        if given is not None:
            return given
        if field == "unit":
            return self.units.get("value")
        if field == "currency":
            moneys = [money_of(u, self.profile.own_currency) for u in self.units.values()]
            return next((m.currency for m in moneys if m is not None and m.currency), None)
        return None

    def scale_alike(self, field: str, others: Sequence[str]) -> None:
        """Take the numbers of other fields in the unit of one, from whose column they come."""
        if field in self._factors:
            self._factors |= dict.fromkeys(others, self._factors[field])

    def factor(self, column: Column) -> float:
        """What the numbers of a column are to be multiplied with, as answered or by its unit."""
        return self._factors.get(column.name, 1.0)

    def in_unit(self, column: Column, cells: Cells) -> Cells:
        """The cells of a column, in the unit of its field."""
        factor = self.factor(column)
        if factor == 1.0:
            return cells
        values = [times(v, factor) if isinstance(v, float) else v for v in cells.values]
        if column.kind is not ColumnKind.WHOLE or not self.profile.reads_layouts:
            return cells._replace(values=values)
        counts = [int(v) if isinstance(v, float) and v.is_integer() else v for v in values]
        parts = {i for i, count in enumerate(counts) if isinstance(count, float)}
        return cells._replace(
            values=[None if i in parts else count for i, count in enumerate(counts)],
            faults=cells.faults | dict.fromkeys(parts, Fault("not-an-integer", {})),
        )

    def is_metric(self, header: str) -> bool:
        """Whether a column of a wide file could hold a metric's values."""
        return self.is_results and (
            self.is_answered(header) or self.is_meant(header) or known_metric(header) is not None
        )

    def may_be_metric(self, header: str) -> bool:
        """Whether a column of a wide file holds a metric, or may do once it is answered."""
        return self.is_metric(header) or (self.is_results and bool(self.may_mean(header)))

    def has_metric_columns(self, header: Header) -> bool:
        """Whether a file has columns of metrics, though its date may not be known yet."""
        return (
            self.is_results
            and {"metric", "value"}.isdisjoint({*header.fields, *self.profile.fields})
            and any(
                field is None and not header.is_ignored(j, self) and self.may_be_metric(cell)
                for j, (cell, field) in enumerate(zip(header.cells, header.fields, strict=True))
            )
        )

    def is_answered(self, header: str) -> bool:
        """Whether the profile says that a column holds a metric."""
        return normal(header) in self._wide

    def is_meant(self, name: str) -> bool:
        """Whether the profile says what a name of a metric stands for."""
        return normal(name) in self.meanings

    def meaning_of(self, name: str) -> Meaning:
        """What a name stands for: as answered, else the metric of that name."""
        answered = self.meanings.get(normal(name))
        return answered or Meaning(known_metric(name) or name.strip())

    def may_mean(self, name: str) -> list[str]:
        """The answers to what a name stands for that nobody has told yet; none when it is clear."""
        if normal(name) in self.meanings or name in self.profile.metrics or self.profile.is_replay:
            return []
        near = [meaning.answer for meaning in near_metrics(name)]
        return [*near, KEEP] if near else []

    def is_told(self, name: str) -> bool:
        """Whether nothing is left to ask about a name of a metric."""
        return self.is_meant(name) or self.profile.is_replay

    def metric_of(self, header: str) -> str:
        """The metric that a column of a wide file holds."""
        return self.meaning_of(header).metric

    def near(self, header: str, present: Collection[str]) -> list[str]:
        """The fields, not otherwise present, to which a header comes close."""
        letters = _letters(header)
        near = []
        for column in self.columns.values():
            if column.name in present:
                continue
            names = [_letters(n) for n in (column.name, *column.aliases)]
            if any(
                len(n) >= 4 and (letters.startswith(n) or one_letter_apart(letters, n))
                for n in names
            ):
                near.append(column.name)
        return near

    def n_named(self, headers: Sequence[str]) -> int:
        """How many cells of a line name a field, or a metric of a wide file."""
        fields = [self.named(h) for h in headers]
        n = sum(f is not None for f in fields)
        if n and "metric" not in fields and "value" not in fields:
            n += sum(f is None and self.is_metric(h) for f, h in zip(fields, headers, strict=True))
        return n

    def missing(self, given: Collection[str | None]) -> frozenset[str]:
        """The required fields not among those given; one of a period can give another."""
        missing = self.required - frozenset(given)
        if "period" in given:
            return missing - {"period_start", "period_end"}
        end = self.columns.get("period_end")
        gives_start = "period_end" in given and end is not None and not end.required
        return missing - {"period_start"} if gives_start else missing

    def is_header(self, headers: Sequence[str]) -> bool:
        """Whether a line names every required field, or is the header of a wide file."""
        fields = {self.named(h) for h in headers}
        if len(self.required) < 2 and not all(
            self.named(h) or self.is_ignored(h) or is_blank(h) for h in headers
        ):
            return False
        if not self.missing({*fields, *self.profile.constants}):
            return True
        return (
            self.is_results
            and not fields.isdisjoint({"period_start", "period_end"})
            and fields.isdisjoint({"metric", "value"})
            and any(self.is_metric(h) for h in headers)
        )


def _check_width(line: str, delimiters: Sequence[str], limits: Limits) -> None:
    """Refuse a first line of so many cells that it is not worth taking apart."""
    n_cells = max(line.count(delimiter) for delimiter in delimiters) + 1
    if n_cells > max(_WIDEST, limits.columns):
        raise Refusal.of("limit-columns", got=n_cells, limit=limits.columns)


@dataclass(frozen=True, slots=True)
class Header:
    """The header that was found, and what it says.

    ``line`` and ``below`` (the line on which the records begin) count from 0; ``above`` are the
    lines before it.
    """

    cells: list[str]
    line: int
    below: int
    delimiter: str
    first_line: int
    fields: list[str | None]
    above: tuple[str, ...] = ()
    keys: list[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", column_keys(self.cells))

    @property
    def is_below_preamble(self) -> bool:
        """Whether lines stand above the header that nobody has allowed to skip."""
        return self.line > self.first_line

    def label(self, j: int) -> str:
        """What to call a column in a sentence."""
        header = self.cells[j].strip() if j < len(self.cells) else ""
        return header or f"column {j + 1}"

    def key(self, j: int) -> str:
        """What answers call a column: its header, or its place where that is empty or comes twice.

        Examples
        --------
        >>> header = Header(["week", "", "week"], 0, 1, ",", 0, [None, None, None])
        >>> [header.key(j) for j in range(3)]
        ['column 1', 'column 2', 'column 3']
        """
        return self.keys[j]

    def is_ignored(self, j: int, fields: Fields) -> bool:
        """Whether the profile, or the intake itself, put the column at a place aside."""
        return fields.is_ignored(self.cells[j], self.key(j))

    @classmethod
    def find(cls, lines: Lines, fields: Fields, limits: Limits) -> Header:
        """Find the header among the first lines.

        Raises
        ------
        Refusal
            When it has too many columns, or its quotes are broken.
        """
        separator = _SEPARATOR.fullmatch(lines.lines[0])
        first = max(fields.profile.skip_lines or 0, 1 if separator else 0)
        first = min(first, len(lines.lines) - 1)
        delimiters = (separator.group(1),) if separator else DELIMITERS
        last = min(first + _WITHIN, len(lines.lines))

        _check_width(lines.lines[first], delimiters, limits)

        def at(i: int, delimiter: str) -> tuple[list[str], int]:
            if lines.lines[i].count(delimiter) > _WIDEST:
                return [], i + 1
            record = read_record(lines, i, delimiter, until=last)
            return ([], i + 1) if record.code else (record.cells, record.next)

        line, (delimiter, cells, below) = first, ("", [""], 0)
        tried = [(fields.n_named(at(first, d)[0]), d) for d in delimiters]
        most = max(n for n, _ in tried)
        is_told = fields.profile.skip_lines is not None
        later = (
            (i, d) for i in range(first + 1, first if is_told else last) for d in delimiters
            if fields.is_header(at(i, d)[0])
        )  # fmt: skip
        if most:
            delimiter = next(d for n, d in tried if n == most)
            is_whole = fields.is_header(at(first, delimiter)[0])
            if not is_whole and not fields.profile.is_replay:  # a head may name a field, too
                line, delimiter = next(later, (first, delimiter))
        else:
            line, delimiter = next(later, (first, likeliest(delimiters, first, last, at)))
        if line == first and most < LEAST and not (is_told or fields.profile.is_replay):
            line, delimiter = wider(delimiters, first, last, at) or (line, delimiter)
        record = read_record(lines, line, delimiter, until=last)
        if record.code is not None:
            raise Refusal.of(record.code, column=f"the header, column {len(record.cells) + 1}")
        cells, below = [as_written(c) for c in record.cells], record.next
        if len(cells) > limits.columns:
            raise Refusal.of("limit-columns", got=len(cells), limit=limits.columns)
        keys = column_keys(cells)
        named = [
            None if fields.is_ignored(c, k) else fields.named(c, k)
            for c, k in zip(cells, keys, strict=True)
        ]
        return cls(cells, line, below, delimiter, first, named, tuple(lines.lines[:line]))

    def numbers(self, fields: Fields) -> list[int]:
        """Positions of the columns that hold numbers."""
        kinds = (ColumnKind.NUMBER, ColumnKind.WHOLE)
        return [
            j
            for j, name in enumerate(self.fields)
            if (name is not None and fields.columns[name].kind in kinds)
        ] + self.wide_columns(fields)

    def is_wide(self, fields: Fields) -> bool:
        """Whether it has one column per metric."""
        return (
            fields.is_results
            and not {"period_start", "period_end"}.isdisjoint(self.fields)
            and fields.has_metric_columns(self)
        )

    def wide_columns(self, fields: Fields) -> list[int]:
        """Positions of the metric columns of a wide file."""
        if not self.is_wide(fields):
            return []
        places = [
            j
            for j, name in enumerate(self.fields)
            if name is None and not self.is_ignored(j, fields)
            and fields.is_metric(self.cells[j])
        ]  # fmt: skip
        chosen = [j for j in places if fields.is_answered(self.cells[j])]
        return (
            [j for j in places if j in chosen or fields.is_meant(self.cells[j])]
            if chosen
            else places
        )
