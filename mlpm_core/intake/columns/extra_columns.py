"""Columns that a file may have beside those of its record: they say how the others are meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlpm_core.quantity import LARGEST
from mlpm_core.records import Column, ColumnKind, columns

if TYPE_CHECKING:
    from mlpm_core.records import Record

PERIOD_END: Final = Column(
    name="period_end",
    kind=ColumnKind.MOMENT,
    required=False,
    help="Last day of the period, or the first one after it.",
    label="Until",
    default=None,
    aliases=(
        *("period_to", "end_date", "date_to", "week_end", "week_ending", "month_end"),
        *(
            "month_ending",
            "quarter_end",
            "quarter_ending",
            "half_year_end",
            "half_year_ending",
            "year_end",
            "period_ending",
        ),
    ),
    choices=(),
    low=None,
    high=None,
    largest=LARGEST,
    unit="",
    refers_to=None,
    reserved=(),
    is_key=False,
)

UNIT: Final = replace(
    PERIOD_END,
    name="unit",
    kind=ColumnKind.TEXT,
    help="Unit of the value, where it is not that of its KPI, such as k EUR.",
    label="Unit",
    default="",
    aliases=("units",),
)

PERIOD: Final = replace(
    PERIOD_END,
    name="period",
    help="The month, quarter or year that a cost covers.",
    label="Period",
    aliases=("month", "billing_month", "invoice_month", "year_month", "billing_period", "quarter"),
)


def extra_columns(record: type[Record]) -> tuple[Column, ...]:
    """The columns that files of a record may have, and no table.

    Examples
    --------
    >>> from mlpm_core.records import Cost, MetricResult
    >>> [c.name for c in extra_columns(MetricResult)], [c.name for c in extra_columns(Cost)]
    (['period_end'], ['period'])
    """
    names = {c.name for c in columns(record)}
    if {"period_start", "period_end"} <= names:
        return (PERIOD,)
    if not {"period_start", "granularity"} <= names:
        return ()
    return (PERIOD_END, UNIT) if "kpi_id" in names and "unit" not in names else (PERIOD_END,)


def file_columns(record: type[Record]) -> tuple[Column, ...]:
    """Every column that is read from a file of a record."""
    return (*columns(record), *extra_columns(record))
