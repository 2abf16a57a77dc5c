"""Tables as CSV and XLSX: numbers and dates typed, text never a formula."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.records import neutral, safe_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS: Final = ("csv", "xlsx")
_MOST_ROWS: Final = 1_048_575  # of a sheet, below its header
_LONGEST: Final = 32_767  # characters of a cell


@dataclass(frozen=True, slots=True)
class Table:
    """A table to hand out: what it is, its columns and rows, and what is to be said of it.

    ``rows`` hold text, numbers, yes or no, days, moments in UTC, or None. ``about`` says in pairs
    what the table rests on: project, moment, filters.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    about: Sequence[tuple[str, str]] = ()


def csv_bytes(table: Table) -> bytes:
    r"""A table as CSV: UTF-8 with a mark for Excel, comma, CRLF, quotes where needed (RFC 4180).

    Nothing but the table, so that it can be read back; what ``about`` says stands in XLSX only.
    Text goes through ``safe_cell``; numbers stay numbers, and one that is not finite is empty.

    Examples
    --------
    >>> csv_bytes(Table("t", ["a", "b"], [["=x", 0.1]])).decode("utf-8-sig")
    "a,b\r\n'=x,0.1\r\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in table.columns])
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(table: Table, as_of: datetime) -> bytes:
    """A table as a workbook with a second sheet that says what it rests on.

    Text is text whatever it begins with, also once somebody edits the cell. A number that is not
    finite is empty.

    The same table as of the same moment gives the same bytes.

    Raises
    ------
    InputError
        When it has more rows than a sheet can hold.
    """
    import xlsxwriter

    if len(table.rows) > _MOST_ROWS:
        raise InputError(
            f"A sheet holds {_MOST_ROWS:,} rows, this table has {len(table.rows):,}; take CSV."
        )
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": table.title, "created": as_of})
    head = book.add_format({"bold": True})
    as_text = book.add_format({"quote_prefix": True})
    formats = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    sheet = book.add_worksheet("Table")
    for j, name in enumerate(table.columns):
        sheet.write_string(0, j, name, head)
    for i, row in enumerate(table.rows, start=1):
        for j, cell in enumerate(row):
            match cell:
                case None:
                    pass
                case bool():
                    sheet.write_boolean(i, j, cell)
                case int() | float():
                    if math.isfinite(cell):
                        sheet.write_number(i, j, cell)
                case datetime() | date():
                    sheet.write_datetime(i, j, cell, formats[type(cell)])
                case _:
                    text = str(cell)[:_LONGEST]
                    sheet.write_string(i, j, text, as_text if neutral(text) != text else None)
    sheet.freeze_panes(1, 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    about = book.add_worksheet("About")
    for i, (name, value) in enumerate((("Table", table.title), *table.about)):
        about.write_string(i, 0, name, head)
        about.write_string(i, 1, value)
    about.set_column(0, 1, 28)
    book.close()
    return out.getvalue()


def _plain(cell: object) -> str:
    """A cell as the intake reads it back."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return repr(cell) if math.isfinite(cell) else ""
        case int():
            return str(cell)
        case datetime() | date():
            return cell.isoformat()
        case _:
            return safe_cell(str(cell))
