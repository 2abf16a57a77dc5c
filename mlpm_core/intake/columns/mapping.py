"""The mapping of a file's columns to our fields: what is missing is asked, with its suggestions."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.cell_parser import is_missing
from mlpm_core.intake.columns.date_forms import form_of
from mlpm_core.intake.columns.dates import moment
from mlpm_core.intake.columns.field_words import NOT_MEASURED, WORDS, total_since
from mlpm_core.intake.columns.period_names import period_name
from mlpm_core.intake.columns.period_words import header_length
from mlpm_core.intake.columns.written_units import header_unit, money_of
from mlpm_core.intake.files.lines import SPACES, is_blank
from mlpm_core.intake.messages import question, shown
from mlpm_core.intake.metric_names import known_metric
from mlpm_core.intake.profile import IGNORE, NONE_OF_THESE
from mlpm_core.records import ColumnKind, Prediction

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.table import Table
    from mlpm_core.records import Column, Question

_NUMBERS: Final = (ColumnKind.NUMBER, ColumnKind.WHOLE)
_DATES: Final = (ColumnKind.MOMENT, ColumnKind.DAY)
_CONSTANT: Final = (ColumnKind.NAME, ColumnKind.CHOICE)
_MOST_CLASSES: Final = 20
_LEAST_AMOUNTS: Final = 3  # distinct predictions that are numbers: fewer may be classes
_MOST_SHOWN: Final = 3
_MOST_LOOKED_AT: Final = 50  # cells of a column
_NUMBER: Final = re.compile(r"[^A-Za-z]*[0-9][^A-Za-z]*")
_PLAIN: Final = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})")  # no comma of thousands
_OF_THE_FILE: Final = frozenset({"value_case_id"})  # few files have a column of it
_IDENTITIES: Final = frozenset({"prediction_id", "incident_id", "task_id"})
_TENTH, _PERCENT, _THOUSAND = 10, 100, 1000


def asked_about_fields(
    records: Table, header: Header, fields: Fields, missing: Collection[str]
) -> list[Question] | None:
    """The questions which columns hold the required fields; None when the file cannot have them."""
    if len(header.cells) == 1:
        return None
    unused = _unused(header, fields)
    if _is_one_period(records, header, fields, missing, unused):
        missing = {*missing, "period"} - {"period_start", "period_end"}
    wanted = [c for c in fields.columns.values() if c.name in missing]
    answered = fields.profile.fields
    named = [header.cells[j] for j in unused]
    no_column = [
        c
        for c in wanted
        if answered.get(c.name) == NONE_OF_THESE or not unused
        or (c.name in _OF_THE_FILE and not any(has_own_word(cell, c) for cell in named))
    ]  # fmt: skip
    if any(c.kind not in _CONSTANT or c.name in _IDENTITIES for c in no_column):
        return None
    needs_column = [c for c in wanted if c.kind not in _CONSTANT]
    if len(needs_column) > len(unused):
        return None
    questions = []
    for column in wanted:
        if column in no_column:
            questions.append(
                question(
                    "which-constant", f"constants.{column.name}", [],
                    field=column.label, help=column.help.rstrip("."),
                )
            )  # fmt: skip
        else:
            questions.append(_which(records, header, column, unused))
    return questions


def _is_one_period(
    records: Table, header: Header, fields: Fields, missing: Collection[str], unused: Sequence[int]
) -> bool:
    """Whether one column is to give both days of a period, as that of a quarter does."""
    if not {"period_start", "period_end"} <= set(missing) or "period" not in fields.columns:
        return False
    named = [j for j in unused if header_length(header.cells[j]) is not None]
    dated = [j for j in unused if any(map(_is_date, filled_cells(records, j)))]
    last_day = fields.columns["period_end"]
    if len(dated) > 1 and any(has_own_word(header.cells[j], last_day) for j in dated):
        return False
    dates = [j for j in dated if is_mostly_dates(filled_cells(records, j))]
    return bool(named) or len(dates) == 1


def asked_about_end(records: Table, header: Header, fields: Fields) -> list[Question]:
    """The question whether a second column of dates is the last day of the periods."""
    ends = fields.columns.get("period_end")
    given = {*header.fields, *fields.profile.constants}
    if ends is None or ends.required or "period_end" in given or fields.profile.is_replay:
        return []
    return [
        about_column(records, j, header.cells[j], [ends.name], fields)
        for j in _unused(header, fields)
        if has_own_word(header.cells[j], ends)
        and not fields.is_chosen(header.cells[j])
        and is_mostly_dates(filled_cells(records, j))
    ][:1]


def _unused(header: Header, fields: Fields) -> list[int]:
    """The columns with a name of their own that no field takes."""
    cells = [cell.strip() for cell in header.cells]
    is_wide = fields.has_metric_columns(header)
    return [
        j
        for j, (cell, field) in enumerate(zip(cells, header.fields, strict=True))
        if field is None
        and not is_blank(cell)
        and not header.is_ignored(j, fields)
        and cells.count(cell) == 1
        and not (is_wide and fields.may_be_metric(cell))
    ]


def _which(records: Table, header: Header, column: Column, unused: Sequence[int]) -> Question:
    ranked = sorted(unused, key=lambda j: -fit(header.cells[j], filled_cells(records, j), column))
    cells = [header.cells[j].strip() for j in ranked]
    samples = [", ".join(map(shown, filled_cells(records, j)[:_MOST_SHOWN])) for j in ranked]
    preview = [f"{cell}: {sample}" for cell, sample in zip(cells, samples, strict=True)]
    return question(
        "which-column", f"fields.{column.name}", [*cells, NONE_OF_THESE],
        field=column.label, help=column.help.rstrip("."),
        preview=[*preview, f"{NONE_OF_THESE}: no column of the file"],
    )  # fmt: skip


def filled_cells(records: Table, j: int) -> list[str]:
    """The first cells of a column that hold something."""
    cells = records.columns[j].first(_MOST_LOOKED_AT) if j < len(records.columns) else []
    return [c for cell in cells if not is_missing(c := cell.strip(SPACES))]


def fit(header: str, cells: Sequence[str], column: Column) -> float:
    """How well a column fits a field, by the words of its header and by what it holds."""
    words, own = _words(header), _own_words(column)
    others = {w for name, ws in WORDS.items() if name != column.name for w in ws.split()} - own
    fit = 2.0 * len(words & own) - 0.5 * len(words & others)
    fit += 1.0 if any(w in header for w in own if not w.isascii()) else 0.0
    fit += 2.0 if words == _words(column.label) else 0.0
    is_odd = words & NOT_MEASURED or total_since(header) is not None
    fit -= 3.0 if column.name == "value" and is_odd else 0.0
    if not cells:
        return fit - 4
    n_numbers = _share_of_numbers(cells)
    n_dates = sum(map(_is_date, cells)) / len(cells)
    if column.kind in _NUMBERS:
        return fit + 3 * n_numbers - 4 * n_dates
    if column.kind in _DATES:
        return fit + 4 * n_dates
    if column.name in _IDENTITIES:  # tells all rows apart, and may be a number
        return fit + 2 * len(set(cells)) / len(cells) - 3 * n_dates
    if column.name == "metric" and all(map(known_metric, cells)):
        return fit + 3
    return fit - 2 * n_numbers - 3 * n_dates


def _words(header: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", header.casefold()))


def _own_words(column: Column) -> set[str]:
    return set(WORDS.get(column.name, column.name.replace("_", " ")).split())


def has_own_word(header: str, column: Column) -> bool:
    """Whether a header has a word that suggests a field."""
    own = _own_words(column)
    return bool(_words(header) & own) or any(w in header for w in own if not w.isascii())


def with_one_period(header: Header, fields: Fields) -> Header:
    """A header of which one of the two days that a record needs stands alone: it is a period."""
    profile, days = fields.profile, ("period_start", "period_end")
    given = [name for name in days if name in header.fields]
    told = {*profile.fields, *profile.constants, *header.fields} & {*days, "period"}
    end = fields.columns.get("period_end")
    if len(told) != 1 or not given or "period" not in fields.columns or profile.is_replay:
        return header
    if end is None or not end.required:
        return header
    pairs = list(zip(header.cells, header.fields, strict=True))
    others = [cell for cell, name in pairs if name is None]
    if any(has_own_word(cell, fields.columns[day]) for cell in others for day in days):
        return header  # the other day, under another name
    return replace(header, fields=["period" if name in days else name for _, name in pairs])


def _share_of_numbers(cells: Sequence[str]) -> float:
    return sum(_NUMBER.fullmatch(c) is not None for c in cells) / len(cells)


def is_mostly_numbers(cells: Sequence[str]) -> bool:
    """Whether most cells of a column are numbers, and no dates."""
    if not cells or _share_of_numbers(cells) <= 1 / 2:
        return False
    return sum(moment(c, "dmy", None) is not None for c in cells) <= len(cells) / 2


def is_mostly_dates(cells: Sequence[str]) -> bool:
    """Whether most cells of a column are dates."""
    if not cells:
        return False
    n_dates = sum(_is_date(cell) for cell in cells)
    return 2 * n_dates > len(cells) or form_of(cells) is not None


def _is_date(cell: str) -> bool:
    return moment(cell, "dmy", None) is not None or period_name(cell) is not None


def asked_about_outcomes(records: Table, header: Header, fields: Fields) -> list[Question]:
    """The question which column of a log holds predictions, or outcomes, if one looks like it."""
    profile = fields.profile
    if fields.record is not Prediction or "y_true" in header.fields or profile.is_replay:
        return []
    unused = _unused(header, fields)
    if not {"y_pred", "y_pred_proba"} & {*header.fields, *profile.fields}:
        for guess in (fields.columns["y_pred"], fields.columns["y_pred_proba"]):
            if any(has_own_word(header.cells[j], guess) for j in unused):
                return [_which(records, header, guess, unused)]
    if "y_true" in profile.fields or "y_true" in profile.constants:
        return []
    predicted: set[str] = {"0", "1"}
    if "y_pred" in header.fields:
        predicted = set(filled_cells(records, header.fields.index("y_pred")))
    is_forecast = len(predicted) >= _LEAST_AMOUNTS and _share_of_numbers([*predicted]) == 1
    may_be = [
        j
        for j in unused
        if (cells := filled_cells(records, j))
        and (
            (
                len(records.columns[j].cells) <= _MOST_CLASSES
                and (len({*cells}) > 1 or has_own_word(header.cells[j], fields.columns["y_true"]))
                and predicted >= {*cells}
            )
            or (
                is_forecast
                and fields.profile.reads_layouts
                and has_own_word(header.cells[j], fields.columns["y_true"])
                and is_mostly_numbers(cells)
            )
        )
    ]
    return [_which(records, header, fields.columns["y_true"], may_be)] if may_be else []


def with_unit(field: str, header: str, column: Column, fields: Fields) -> list[str]:
    """The answers for a column whose header names a unit: the field in it, and without it.

    Examples
    --------
    >>> from mlpm_core.intake.columns.header import Fields
    >>> from mlpm_core.intake.profile import Profile
    >>> from mlpm_core.records import MetricResult
    >>> results = Fields(MetricResult, Profile())
    >>> with_unit("value", "value (%)", results.columns["value"], results)
    ['value in %', 'value']
    """
    apart = header_unit(header)
    if apart is None or column.kind is not ColumnKind.NUMBER:
        return [field]
    unit = apart[1]
    takes_any = field == "value" and "unit" in fields.columns
    if unit == "%" or money_of(unit) is not None or takes_any:
        return [f"{field} in {unit}", field]
    return [field]


def asked_about_units(records: Table, header: Header, fields: Fields) -> list[Question]:
    """The questions in which unit a column is that a field takes, where its header names one."""
    questions = []
    for j, (cell, field) in enumerate(zip(header.cells, header.fields, strict=True)):
        if field is None or fields.is_chosen(cell) or not fields.profile.reads_layouts:
            continue
        answers = with_unit(field, cell, fields.columns[field], fields)
        if len(answers) == 1 and (cell != field or fields.record is Prediction):
            answers = _in_its_range(field, filled_cells(records, j), fields.columns[field])
        if len(answers) > 1:
            questions.append(about_column(records, j, cell, answers, fields))
    return questions


def _in_its_range(field: str, cells: Sequence[str], column: Column) -> list[str]:
    """The answers for a column of shares whose cells are percentages, or count up to 1000.

    Examples
    --------
    >>> from mlpm_core.records import Prediction, columns
    >>> score = next(c for c in columns(Prediction) if c.name == "y_pred_proba")
    >>> _in_its_range("y_pred_proba", ["90", "2.5"], score)
    ['y_pred_proba in %', 'y_pred_proba']
    >>> _in_its_range("y_pred_proba", ["910", "25"], score)
    ['y_pred_proba times 0.001', 'y_pred_proba']
    >>> _in_its_range("y_pred_proba", ["0.9", "2.5"], score)
    ['y_pred_proba']
    """
    if (column.low, column.high) != (0, 1) or column.kind is not ColumnKind.NUMBER:
        return [field]
    numbers = [float(c) for c in cells if _PLAIN.fullmatch(c)]
    if len(numbers) < len(cells) or not numbers or min(numbers) < 0 or max(numbers) <= 1:
        return [field]
    if any(0 < n < 1 for n in numbers) and min(n for n in numbers if n) < 1 < max(numbers) < _TENTH:
        return [field]  # shares with a slip among them
    if max(numbers) <= _PERCENT:
        return [f"{field} in %", field]
    return [f"{field} times 0.001", field] if max(numbers) <= _THOUSAND else [field]


def about_column(
    records: Table, j: int, header: str, answers: Sequence[str], fields: Fields
) -> Question:
    """The question whether a column is a field, and in which unit."""
    cells = filled_cells(records, j)[:_MOST_SHOWN]
    own = fields.profile.own_currency
    said = [_as_read(answer, cells, own) for answer in answers] if _has_units(answers) else []
    preview = [f"{a}: {text}" for a, text in zip(answers, said, strict=False)]
    return question(
        "column-match",
        "columns." + header.replace("=", "%3D"),
        [*answers, IGNORE],
        header=header,
        field=" or ".join(answers),
        preview=[*preview, f"{IGNORE}: the column is not used"] if preview else cells,
    )


def _has_units(answers: Sequence[str]) -> bool:
    return any(" in " in answer or " times " in answer for answer in answers)


def _as_read(answer: str, cells: Sequence[str], own: str) -> str:
    unit, factor = answer.partition(" in ")[2], answer.partition(" times ")[2]
    if factor:
        return ", ".join(f"{shown(c)} is {float(c) * float(factor):.12g}" for c in cells)
    if not unit:
        return f"{', '.join(map(shown, cells))} as it stands"
    money = money_of(unit, own)
    texts = []
    for cell in cells:
        try:
            number = float(cell.replace(",", ".") if _DECIMAL.fullmatch(cell) else cell)
        except ValueError:
            texts.append(f"{shown(cell)} {unit}")
            continue
        if unit == "%":
            texts.append(f"{shown(cell)} is {number / 100:.12g}")
        elif money is not None:
            texts.append(
                f"{shown(cell)} is {number * money.factor:,.12g} {money.currency or own}".rstrip()
            )
        else:
            texts.append(f"{shown(cell)} {unit}")
    return ", ".join(texts)
