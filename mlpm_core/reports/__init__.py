"""What leaves MLPM: tables as files that open elsewhere and come back the same."""

from __future__ import annotations

from mlpm_core.reports.export import FORMATS, Table, csv_bytes, neutral, xlsx_bytes

__all__ = ["FORMATS", "Table", "csv_bytes", "neutral", "xlsx_bytes"]
