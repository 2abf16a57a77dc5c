"""What a row must satisfy beyond its own columns: a mechanism that exists, a unit that fits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError
from mlpm_core.quantity import CURRENCIES, Dimension, Quantity
from mlpm_core.records import (
    Kpi,
    Project,
    QuantityRecord,
    Record,
    Reject,
    Status,
    ValueCase,
    columns,
)
from mlpm_core.value.kpi import per_unit
from mlpm_core.value.mechanism import find_mechanism

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlpm_core.intake import Judgement
    from mlpm_core.store import Reader

__all__ = ["applied"]

Row = dict[str, Any]


def applied(
    judgement: Judgement, record: type[Record], reader: Reader, *, accept_good: bool
) -> Judgement:
    """The judgement after the rules of the row's kind; a broken rule is a reject like any other."""
    rule = _RULES.get(record)
    if rule is None or judgement.receipt.status not in (Status.DRY_RUN, Status.REJECTED):
        return judgement
    names = [c.name for c in columns(record)]
    faults = []
    for line, cells in zip(judgement.lines, judgement.rows, strict=True):
        row = dict(zip(names, cells, strict=True))
        fault = rule(row, reader)
        if fault is not None:
            faults.append(fault.model_copy(update={"row": line}))
    return judgement.rejecting(faults, accept_good=accept_good) if faults else judgement


def _fault(column: str, value: object, error: MlpmError) -> Reject:
    return Reject(
        row=None,
        column=column,
        code="rule",
        value=str(value)[:80],
        message=str(error),
        hint="Correct the cell; the record was not stored.",
    )


def _project(row: Row, reader: Reader) -> Reject | None:
    del reader
    if row["currency"] in CURRENCIES:
        return None
    return _fault(
        "currency",
        row["currency"],
        MlpmError(f"{row['currency']!r} is no currency code; write three letters such as EUR."),
    )


def _value_case(row: Row, reader: Reader) -> Reject | None:
    del reader
    try:
        mechanism = find_mechanism(row["mechanism"])
        mechanism.inputs_for(row["baseline"] or None)
    except MlpmError as error:
        return _fault("mechanism", row["mechanism"], error)
    return None


def _quantity(row: Row, reader: Reader) -> Reject | None:
    cases = {c["value_case_id"]: c for c in reader.current(ValueCase, row["project"])}
    case = cases.get(row["value_case_id"])
    if case is None:
        return None  # the reference check of the intake has said so
    try:
        mechanism = find_mechanism(case["mechanism"])
        entry = mechanism.input(row["name"])
    except MlpmError as error:
        return _fault("name", row["name"], error)
    try:
        Quantity.read(row["written"], entry.unit, low=entry.low, high=entry.high)
    except MlpmError as error:
        return _fault("written", row["written"], error)
    return None


def _kpi(row: Row, reader: Reader) -> Reject | None:
    project = reader.matching(Project, [(row["project"],)])
    currency = project[(row["project"],)]["currency"] if project else "EUR"
    try:
        per_unit(Dimension(row["dimension"]), row["unit"], currency)
    except MlpmError as error:
        return _fault("unit", row["unit"], error)
    return None


_RULES: Mapping[type[Record], Callable[[Row, Reader], Reject | None]] = {
    Project: _project,
    ValueCase: _value_case,
    QuantityRecord: _quantity,
    Kpi: _kpi,
}
