"""A CSV to fill in: the header of a record and one example row."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from mlpm_core.records import FIRST_MECHANISM, Column, ColumnKind, columns

if TYPE_CHECKING:
    from mlpm_core.records import Record

_EXAMPLES = {
    # Left empty, a project is the one of the import.
    "project": "",
    "title": "Triage of incoming tickets",
    "currency": "EUR",
    "model_id": "triage",
    "value_case_id": "triage-of-tickets",
    "mechanism": "triage_automation",
    "mechanism_id": "meter_reading",
    "definition": FIRST_MECHANISM,
    "kpi_id": "cost-of-triage",
    "baseline": "100",
    "target": "90",
    "deployment_id": "triage-live",
    "promise_id": "first-year",
    "name": "population",
    "metric": "recall",
    "value": "0.82",
    "n": "400",
    "model_version": "1.0",
    "granularity": "P1D",
    "source": "production",
    "label_status": "final",
}
"""Words that fit together, so that the templates of all kinds import one after the other."""

_BY_KIND = {
    ColumnKind.NAME: "example",
    ColumnKind.TEXT: "An example",
    ColumnKind.NUMBER: "100",
    ColumnKind.WHOLE: "14",
    ColumnKind.DAY: "2024-01-31",
    ColumnKind.MOMENT: "2024-01-01",
    ColumnKind.FLAG: "false",
    ColumnKind.NOTATION: "40k to 60k",
}


def template(record: type[Record]) -> str:
    """A CSV header and one example row that imports with no fault.

    Rows that refer to others (a deployment to its model) need those imported first.

    Examples
    --------
    >>> from mlpm_core.records import Model
    >>> print(template(Model))
    project,model_id,purpose,owner,archived
    ,triage,,,false
    <BLANKLINE>
    """
    described = [c for c in columns(record) if not c.by_application]
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow([c.name for c in described])
    out.writerow([_example(c) for c in described])
    return text.getvalue()


def _example(column: Column) -> str:
    if column.kind is ColumnKind.CHOICE:
        example = _EXAMPLES.get(column.name, "")
        if example in column.choices:
            return example
        return column.choices[0]
    if not column.required and column.kind is not ColumnKind.FLAG:
        return "" if column.refers_to is not None else _EXAMPLES.get(column.name, "")
    if column.name == "unit":
        return "EUR/year"
    if column.name in _EXAMPLES:
        return _EXAMPLES[column.name]
    return _bounded(column)


def _bounded(column: Column) -> str:
    if column.low is not None and column.kind in (ColumnKind.NUMBER, ColumnKind.WHOLE):
        return f"{column.low:g}"
    return _BY_KIND[column.kind]
