"""What leaves MLPM: tables as files that open elsewhere and come back the same."""

from __future__ import annotations

from mlpm_core.records import neutral, safe_cell
from mlpm_core.reports.export import FORMATS, Table, csv_bytes, xlsx_bytes
from mlpm_core.reports.one_page import Bar, OnePage, one_page
from mlpm_core.reports.picture import Picture, png_bytes, svg_bytes
from mlpm_core.reports.svg import line_in_band, ranges

__all__ = [
    "FORMATS",
    "Bar",
    "OnePage",
    "Picture",
    "Table",
    "csv_bytes",
    "line_in_band",
    "neutral",
    "one_page",
    "png_bytes",
    "ranges",
    "safe_cell",
    "svg_bytes",
    "xlsx_bytes",
]
