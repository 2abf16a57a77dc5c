"""A look at the columns of a file: what each is read as, and what it may be."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.column_answers import ColumnAnswer
from mlpm_core.intake.columns.day_times import tells_of_times
from mlpm_core.intake.columns.layout_questions import nameless_columns, near_fields
from mlpm_core.intake.columns.mapping import filled_cells, fit, has_own_word, is_mostly_numbers
from mlpm_core.intake.columns.written_units import header_unit
from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.messages import shown
from mlpm_core.intake.metric_names import Meaning, known_metric, near_metrics, normal
from mlpm_core.records import (
    METRIC_PREFIX,
    METRICS,
    ColumnKind,
    FileColumn,
    FileField,
    FileLook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.table import Table
    from mlpm_core.intake.request import DecodedFile
    from mlpm_core.records import Column

_MOST_SAMPLES: Final = 3
_MOST_LINES: Final = 15
_LEAST_FIT: Final = 1.0


def look_at(opened: DecodedFile) -> FileLook:
    """What a file that was opened looks like; nothing is judged."""
    records, header, fields = opened.table, opened.header, opened.fields
    wide = set(header.wide_columns(fields))
    may_be = _suggestions(records, header, fields, wide)
    told = {*near_fields(header, fields), *nameless_columns(records, header, fields), *wide}
    n_of = Counter(header.fields)
    told |= {j for j, name in enumerate(header.fields) if name and n_of[name] > 1}
    answers = {normal(h.replace("%3D", "=")): a for h, a in fields.profile.columns.items()}
    said = answers.keys() | set(map(normal, fields.profile.fields.values()))
    has_times = fields.profile.reads_zones and any(
        c.kind is ColumnKind.MOMENT for c in fields.columns.values()
    )
    columns = []
    for j, name in enumerate(header.fields):
        cells = filled_cells(records, j)
        key = header.key(j)
        answered = ColumnAnswer.read(answers.get(normal(key), ""))
        meaning = fields.meaning_of(header.cells[j]) if j in wide else None
        suggestion, unit = ("", "") if name else may_be.get(j, ("", ""))
        columns.append(
            FileColumn(
                key=key,
                header=shown(header.cells[j].strip()),
                samples=[shown(cell, 30) for cell in cells[:_MOST_SAMPLES]],
                has_numbers=is_mostly_numbers(cells),
                field=name or (METRIC_PREFIX + _signed(meaning) if meaning else ""),
                unit=answered.unit or ("%" if meaning and meaning.is_percent else ""),
                factor=answered.factor,
                is_ignored=header.is_ignored(j, fields),
                suggestion=suggestion,
                suggested_unit=unit or _unit_of(header.cells[j], fields, name),
                must_be_told=j in told,
                is_told=not said.isdisjoint((normal(key), normal(header.cells[j]))),
                is_beside=has_times and not name and tells_of_times(header, records, j),
            )
        )  # fmt: skip
    return FileLook(
        columns,
        header.line + 1,
        [shown(line, 200) for line in opened.lines.lines[:_MOST_LINES]],
        [_field(c, fields) for c in fields.columns.values() if c.name != "project"],
        dict(fields.profile.constants),
        sorted(METRICS) if fields.is_results else [],
    )


def _field(column: Column, fields: Fields) -> FileField:
    return FileField(
        name=column.name,
        label=column.label,
        help=column.help,
        kind=column.kind.value,
        is_required=column.name in fields.required,
        choices=[c for c in column.choices if c],
        refers_to=column.refers_to,
        tells_rows_apart=column.is_key
        and column.refers_to is None
        and column.name == fields.record.key[-1],
    )


def _signed(meaning: Meaning) -> str:
    return f"{'-' * meaning.is_negated}{meaning.metric}"


def _unit_of(header: str, fields: Fields, name: str | None) -> str:
    """The unit that the header of a column of numbers names."""
    apart = header_unit(header)
    if apart is None or name is None or fields.columns[name].kind is not ColumnKind.NUMBER:
        return ""
    return apart[1]


def _suggestions(
    records: Table, header: Header, fields: Fields, wide: set[int]
) -> dict[int, tuple[str, str]]:
    """What columns without a field may be, each field for one column: the best fit first."""
    free = {
        j
        for j, name in enumerate(header.fields)
        if name is None and j not in wide and not header.is_ignored(j, fields)
    }
    found: dict[int, tuple[str, str]] = {}
    if fields.is_results and {"metric", "value"}.isdisjoint(header.fields):
        for j in sorted(free):
            near = near_metrics(header.cells[j]) or _named_in(header.cells[j])
            if near and is_mostly_numbers(filled_cells(records, j)):
                found[j] = (METRIC_PREFIX + _signed(near[0]), "%" * near[0].is_percent)
        found |= _own_metrics(records, header, fields, free - found.keys())
    has_metrics = bool(found or wide)
    taken = {name for name in header.fields if name} | (
        {"metric", "value"} if has_metrics else set()
    )
    pairs = sorted(_pairs(records, header, fields, free - found.keys(), taken), reverse=True)
    for _, minus_j, field in pairs:
        if -minus_j not in found and field not in taken:
            apart = header_unit(header.cells[-minus_j])
            is_number = fields.columns[field].kind is ColumnKind.NUMBER
            found[-minus_j] = (field, apart[1] if apart and is_number else "")
            taken.add(field)
    if "period" in fields.columns and "period_end" not in taken:  # one column says both days
        start = [j for j, (field, _) in found.items() if field == "period_start"]
        found.update({j: ("period", "") for j in start})
    return found


def _own_metrics(
    records: Table, header: Header, fields: Fields, free: set[int]
) -> dict[int, tuple[str, str]]:
    """Columns of numbers as metrics of their names, where a result has not so many numbers."""
    numbers = [
        j
        for j in sorted(free)
        if not is_blank(header.cells[j]) and is_mostly_numbers(filled_cells(records, j))
    ]
    n_fields = sum(c.kind in (ColumnKind.NUMBER, ColumnKind.WHOLE) for c in fields.columns.values())
    if len(numbers) <= n_fields:
        return {}
    return {j: (METRIC_PREFIX + shown(header.cells[j].strip()), "") for j in numbers}


def _named_in(header: str) -> list[Meaning]:
    """The metric that is one of the words of a header, such as those of a dashboard's series."""
    known = {metric for word in re.findall(r"\w+", header) if (metric := known_metric(word))}
    return [Meaning(metric) for metric in known] if len(known) == 1 else []


def _pairs(
    records: Table, header: Header, fields: Fields, free: set[int], taken: set[str]
) -> Iterator[tuple[float, int, str]]:
    """How well columns fit fields that are not taken: required ones, or such with a word of it."""
    needed = fields.missing({*taken, *fields.profile.constants})
    near = near_fields(header, fields)
    for j in free:
        cells = filled_cells(records, j)
        if not cells or is_blank(header.cells[j]):
            continue
        for field, column in fields.columns.items():
            if field in taken or field == "project":
                continue
            is_named = field in near.get(j, ()) or has_own_word(header.cells[j], column)
            if not is_named and (field not in needed or column.kind is ColumnKind.CHOICE):
                continue
            how_well = fit(header.cells[j], cells, column) + (
                3.0 if field in near.get(j, ()) else 0
            )
            if how_well >= _LEAST_FIT:
                yield how_well + (0.5 if field in needed else 0.0), -j, field
