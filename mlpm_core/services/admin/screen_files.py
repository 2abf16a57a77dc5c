"""What a screen shows as a file: a table as CSV or XLSX, a chart as PNG or SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core import __version__
from mlpm_core.reports import Picture, Table, csv_bytes, png_bytes, svg_bytes, xlsx_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Pairs = tuple[tuple[str, str], ...]
_MADE_WITH = f"MLPM {__version__}"


def table_file(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    about: Pairs,
    *,
    as_of: datetime,
    file_format: str,
) -> bytes:
    """A table with what it rests on: a column for each pair of ``about`` that it has none of yet.

    A workbook has them on its second sheet too. ``file_format`` is csv or xlsx.
    """
    added = [(name, value) for name, value in about if name not in columns]
    table = Table(
        title=title,
        columns=[*columns, *(name for name, _ in added)],
        rows=[[*row, *(value for _, value in added)] for row in rows],
        about=(*about, ("Made with", _MADE_WITH)),
    )
    return csv_bytes(table) if file_format == "csv" else xlsx_bytes(table, as_of)


def picture_file(
    spec: Mapping[str, Any],
    rows: Sequence[Mapping[str, object]],
    name: str,
    notes: Sequence[str],
    about: Pairs,
    *,
    colours: Sequence[str],
    file_format: str,
) -> bytes:
    """A chart with what is seen and what it rests on above it; ``file_format`` is png or svg."""
    facts = [f"{fact}: {value}" for fact, value in about]
    picture = Picture(spec, rows, name, (*notes, *facts, f"Made with {_MADE_WITH}"), colours)
    return png_bytes(picture) if file_format == "png" else svg_bytes(picture)
