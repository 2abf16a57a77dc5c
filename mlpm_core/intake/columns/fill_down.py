"""Names and dates that stand in the first of several rows only, as merged cells leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.totals import called_total
from mlpm_core.intake.files.table import DictionaryColumn
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.files.table import Table

_MERGED: Final = (ColumnKind.NAME, ColumnKind.MOMENT, ColumnKind.DAY)
_LEAST: Final = 2  # a single empty cell is a slip
_PART: Final = 3


def filled_down(records: Table, header: Header, fields: Fields, text: Text) -> Table:
    """The table with such cells in each of their rows, once that is answered.

    Raises
    ------
    Refusal
        With the question whether an empty cell is that of the row above.
    """
    profile = fields.profile
    if profile.fill_down == "faulty" or profile.is_replay:
        return records
    blanks = {
        j: blank
        for j, name in enumerate(header.fields)
        if name is not None
        and fields.columns[name].required
        and fields.columns[name].kind in _MERGED
        and _is_merged(blank := records.columns[j].are_blank())
    }
    if not blanks:
        return records
    is_total = called_total(records, np.logical_or.reduce([*blanks.values()]))
    if is_total.any():
        blanks = {j: b for j, blank in blanks.items() if _is_merged(b := blank & ~is_total)}
    if not blanks:
        return records
    holds_more = _holds_more(records, header, fields)
    blanks = {j: blank for j, blank in blanks.items() if holds_more[blank].all()}
    if not blanks:
        return records
    if profile.fill_down is None:
        j, blank = next(iter(blanks.items()))
        i = int(np.flatnonzero(blank)[0])
        place = text.place_in_words(int(records.lines[i]) + 1)
        above = records.columns[j].cells[int(records.columns[j].codes[i - 1])]
        asked = question(
            "fill-down", "fill_down", ["fill", "faulty"],
            column=header.label(j), n=int(blank.sum()), place=place,
            value=above,
            preview=[
                f"fill: {header.label(j)} of {place} is {shown(above)}",
                "faulty: these rows are faulty",
            ],
        )  # fmt: skip
        raise Refusal(questions=[asked])
    for j, blank in blanks.items():
        strings = records.columns[j].strings
        empty = pa.scalar(None, strings.type)
        filled = pc.fill_null_forward(pc.if_else(pa.array(blank), empty, strings))
        records.columns[j] = DictionaryColumn(filled)
    headings = set(records.lines[~holds_more].tolist())
    return records.without(headings.__contains__) if headings else records


def _holds_more(records: Table, header: Header, fields: Fields) -> Flags:
    """Which records hold more than names: a heading of a group, or a footnote, does not."""
    holds = np.zeros(len(records.lines), dtype=bool)
    for j, name in enumerate(header.fields):
        is_name = name is not None and fields.columns[name].kind is ColumnKind.NAME
        if name is not None and not (is_name and fields.columns[name].required):
            holds |= ~records.columns[j].are_blank()
    for j in header.wide_columns(fields):
        holds |= ~records.columns[j].are_blank()
    return holds


def _is_merged(blank: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    """Whether cells are empty as those below the first of merged ones are."""
    n = int(blank.sum())
    return n >= _LEAST and not blank[0] and _PART * n >= len(blank)
