"""Rows that add up the others: left out where they can be nothing else, asked about where they can.

A row is a total where it cannot be a row of its own, since its key is not whole, and either calls
itself one or holds the sum, or the mean, of the rows above it. The last row of a file that is whole
and still holds the sum of all others is asked about.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mlpm_core.intake.columns.cell_parser import is_missing
from mlpm_core.intake.columns.rows import distinct, keyed
from mlpm_core.intake.columns.shares import floats
from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.messages import Refusal, question, shown, warned
from mlpm_core.intake.metric_names import normal
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.header import Fields
    from mlpm_core.intake.columns.readings import Faults, Reading
    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.files.table import Codes, Table
    from mlpm_core.records import Warned

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

NAMES: Final = frozenset(
    {
        *("total", "totals", "all", "allmodels", "sum", "average", "avg", "mean", "overall"),
        *("gesamt", "summe", "insgesamt", "durchschnitt", "mittelwert", "alle", "somme"),
        *("moyenne", "ensemble", "promedio", "media", "totale", "totaal", "grandtotal"),
        *("subtotal", "gesamtsumme", "zwischensumme", "sumatotal", "totalgeneral", "soma"),
        *("razem", "suma", "celkem", "toplam", "totalt", "summa", "snitt", "gemiddelde"),
        *("\u0438\u0442\u043e\u0433\u043e", "\u0432\u0441\u0435\u0433\u043e"),
        *("\u5408\u8a08", "\u5e73\u5747", "\u5408\u8ba1", "\u603b\u8ba1", "\u5c0f\u8a08"),
        *("\u5c0f\u8ba1", "\u7dcf\u8a08", "\ud569\uacc4", "\ud3c9\uade0"),
    }
)
"""What rows of totals call themselves, without spaces and marks."""

_FIRST_WORDS: Final = re.compile(
    r"(?:grand|sub|running)?[ -]?total(?:s|e)?\b|(?:gesamt|zwischen)?summe\b|sum\b|gesamt\b"
    r"|average\b|mean\b|durchschnitt\b|mittelwert\b|sous-total\b|moyenne\b|insgesamt\b"
    r"|\u0438\u0442\u043e\u0433\u043e\b|\u0432\u0441\u0435\u0433\u043e\b"
)
_LONGEST: Final = 60
_LEAST: Final = 3  # rows that are added up: one or two may be of any size
_MOST_LOOKED: Final = 1000  # faulty rows
_MOST_ROWS: Final = 10_000  # of a file in which rows that are whole may be sums
_ROOM: Final = 1e-9
_NUMBERS: Final = (ColumnKind.NUMBER, ColumnKind.WHOLE)
_NEVER_WORDS: Final = (*_NUMBERS, ColumnKind.DAY, ColumnKind.MOMENT, ColumnKind.CHOICE)
_NAMED: Final = ("model_id", "candidate", "kpi_id", "unit_id")


class Totals(NamedTuple):
    """The lines (from 0) of rows that are left out, and what is said of them."""

    lines: frozenset[int]
    warnings: list[Warned]


def is_total(name: str) -> bool:
    """Whether a name is that of a total.

    Examples
    --------
    >>> is_total("Grand Total:"), is_total("Total churn"), is_total("Gesamt")
    (True, False, True)
    """
    return normal(name).rstrip(".:") in NAMES


def _begins_so(cell: str) -> bool:
    """Whether a cell of a row that is none of its own calls it a total.

    Examples
    --------
    >>> _begins_so("Total 2026"), _begins_so("Sub-total North"), _begins_so("totally new")
    (True, True, False)
    """
    text = cell.strip()
    return len(text) <= _LONGEST and (
        is_total(text) or _FIRST_WORDS.match(text.casefold()) is not None
    )


def _name_of(cells: Sequence[str]) -> str | None:
    """What a row calls itself if that is a total: the first it holds begins so, or a cell is one.

    Further on a text may begin with such a word and mean something else.

    Examples
    --------
    >>> _name_of(["", "Total 2026", "12"]), _name_of(["north", "Total", "12"])
    ('Total 2026', 'Total')
    >>> _name_of(["INC-4", "Total outage", ""]) is None
    True
    """
    filled = [cell.strip() for cell in cells if not is_blank(cell)]
    if filled and _begins_so(filled[0]):
        return filled[0]
    return next((cell for cell in filled if is_total(cell)), None)


def called_total(records: Table, where: Flags) -> Flags:
    """Which of some rows call themselves a total."""
    called = np.zeros(len(where), dtype=bool)
    for i in np.flatnonzero(where)[:_MOST_LOOKED].tolist():
        called[i] = _name_of([column.cell(i) for column in records.columns]) is not None
    return called


def totals_in(
    records: Table,
    readings: dict[str, Reading],
    file: FileColumns,
    fields: Fields,
    faults: Faults,
    text: Text,
) -> Totals:
    """The rows of totals that are left out.

    Raises
    ------
    Refusal
        With the question whether rows that are whole, and the sums of others, are totals.
    """
    profile = fields.profile
    if profile.is_replay or profile.totals == "keep":
        return Totals(frozenset(), [])
    left = _not_whole(records, readings, file, fields, faults)
    if not left:
        left = _whole(records, readings, file, fields, faults, text)
    names = [f"{shown(name)} ({text.place_in_words(i + 1)})" for i, name in left.items()]
    said = [warned("totals", len(left), n=len(left), names=names)] if left else []
    return Totals(frozenset(left), said)


def _not_whole(
    records: Table,
    readings: dict[str, Reading],
    file: FileColumns,
    fields: Fields,
    faults: Faults,
) -> dict[int, str]:
    """The totals among rows that are faulty or damaged: by line, what they are."""
    left: dict[int, str] = {}
    if int((~faults.is_bad).sum()) < _LEAST:
        return left
    kinds = {j: fields.columns[f].kind for f, j in file.at.items()}
    keys = [
        j for f, j in file.at.items() if fields.columns[f].required and kinds[j] not in _NUMBERS
    ]
    no_words = [j for j, kind in kinds.items() if kind in _NEVER_WORDS]
    number = _number(readings, fields)
    last = -1
    for i in np.flatnonzero(faults.is_bad)[:_MOST_LOOKED].tolist():
        cells = [column.cell(i) for column in records.columns]
        lacks_key = any(is_missing(cells[j]) for j in keys)
        in_place_of = next((cells[j].strip() for j in no_words if _begins_so(cells[j])), None)
        word = in_place_of or _name_of(cells)
        if word is None and lacks_key and number is not None:
            word = _figure(i, last, readings[number], faults)
        if word is not None and (lacks_key or in_place_of):
            left[int(records.lines[i])] = word
            last = i
    for damage in records.damaged[:_MOST_LOOKED]:
        words = [cell.strip() for cell in damage.cells if cell.strip()]
        if damage.code in ("missing-cell", "extra-cell") and any(map(_begins_so, words[:2])):
            left[damage.line] = words[0]
    return left


def _number(readings: dict[str, Reading], fields: Fields) -> str | None:
    """The field whose numbers may be added up, where files of the kind have one."""
    own = [c.name for c in fields.columns.values() if c.required and c.kind is ColumnKind.NUMBER]
    is_of_periods = "period_start" in fields.record.key
    return own[0] if is_of_periods and len(own) == 1 and own[0] in readings else None


def _figure(i: int, last: int, reading: Reading, faults: Faults) -> str | None:
    """What the number of a faulty row is of the good rows above it, or of those since a total."""
    numbers = floats(reading)
    value = float(numbers[i])
    digits = len(re.split("[.,]", reading.text(i).strip())[-1]) if value % 1 else 0
    is_good = ~faults.is_bad[:i] & ~np.isnan(numbers[:i])
    for first in {0, last + 1}:
        above = numbers[first:i][is_good[first:]]
        if len(above) < _LEAST:
            continue
        for name, figure in (("sum", above.sum()), ("mean", above.mean())):
            if value and abs(value - figure) <= max(0.5 * 10.0**-digits, _ROOM * abs(figure)):
                return f"the {name} of the rows above"
    return None


def _whole(
    records: Table,
    readings: dict[str, Reading],
    file: FileColumns,
    fields: Fields,
    faults: Faults,
    text: Text,
) -> dict[int, str]:
    """The rows that are whole and the sums of others, where it is answered that they are totals.

    Either one name has the sum of all other names in every period, or the last row that of all.
    """
    number = _number(readings, fields)
    if number is None or number not in file.at or len(records.lines) > _MOST_ROWS:
        return {}
    good = np.flatnonzero(~faults.is_bad)
    numbers = floats(readings[number])[good]
    named = _named_sums(readings, fields, good, numbers)
    if named is not None:
        where, name = named
        words = {"what": name, "n": len(where), "others": "the other names in each period"}
    elif _is_sum(numbers[:-1], numbers[-1:]):
        where, name = good[-1:], "the sum of the rows above"
        place = text.place_in_words(int(records.lines[good[-1]]) + 1)
        words = {"what": place, "n": 1, "others": "all rows above"}
    else:
        return {}
    if fields.profile.totals is None:
        column, whole = file.label(number), float(numbers.sum())
        raise Refusal(
            questions=[
                question(
                    "sums", "totals", ["leave-out", "keep"], **words,
                    preview=[
                        f"leave-out: {column} adds up to {whole / 2:,.12g}, without them",
                        f"keep: {column} adds up to {whole:,.12g}, with them",
                    ],
                )
            ]
        )  # fmt: skip
    return {int(records.lines[i]): name for i in where.tolist()}


def _named_sums(
    readings: dict[str, Reading], fields: Fields, good: Codes, numbers: Floats
) -> tuple[Codes, str] | None:
    """The rows of a name that has the sum of all other names wherever it and these stand."""
    for field in _NAMED:
        if field not in fields.record.key or field not in readings:
            continue
        kinds = {name: fields.columns[name].kind for name in fields.record.key if name in readings}
        codes, names = distinct(readings[field].array(ColumnKind.NAME))
        group = keyed(
            [readings[n].array(kind) for n, kind in kinds.items() if n != field],
            len(codes),
        )
        codes, (_, group) = codes[good], np.unique(group[good], return_inverse=True)
        if len(np.unique(codes)) < _LEAST:
            continue
        sums = np.zeros((int(group.max()) + 1, len(names)))
        n_rows = np.zeros_like(sums)
        np.add.at(sums, (group, codes), np.nan_to_num(numbers))
        np.add.at(n_rows, (group, codes), 1)
        others = sums.sum(axis=1, keepdims=True) - sums
        n_names = (n_rows > 0).sum(axis=1, keepdims=True) - 1
        least = _LEAST - 1 if len(sums) > 1 else _LEAST
        is_sum = (np.abs(sums - others) <= _ROOM * np.abs(others)) & (others != 0)
        is_sum &= (n_names >= least) & (n_rows == 1)
        for place in np.flatnonzero(is_sum.all(axis=0)).tolist():
            if names[place] and not is_total(str(names[place])):
                return good[codes == place], str(names[place])
    return None


def _is_sum(others: Floats, last: Floats) -> bool:
    """Whether a number is the sum of others, of which several are more than nothing."""
    if np.count_nonzero(others) < _LEAST or np.isnan(others).any() or not len(last):
        return False
    figure = float(others.sum())
    return bool(figure) and abs(float(last[0]) - figure) <= _ROOM * abs(figure)
