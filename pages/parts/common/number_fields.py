"""The fields of a record that hold a number or a quantity, each asked in its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.records import Column, ColumnKind, Record
from pages.parts.common import numbers, queries
from pages.parts.common.format import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pages.parts.common.forms import Form


_MONEY = frozenset(
    (
        *("amount", "fee_per_year", "hour_rate", "call_out_fee"),
        *("loss_per_hour", "emergency_bill", "standby_fee", "standby_call_out"),
        *("bank_fee", "bank_rate"),
    )
)
"""Amounts of contracts and support plans, in the project's currency."""


def is_typed(column: Column) -> bool:
    """Whether a column holds a number that people write in their own way; few steps are clicked."""
    is_step = column.kind is ColumnKind.WHOLE and column.high is not None
    kinds = (ColumnKind.NUMBER, ColumnKind.WHOLE, ColumnKind.NOTATION)
    return column.kind in kinds and not is_step


def drawn(
    form: Form, record: type[Record], column: Column, project: str, values: Mapping[str, object]
) -> numbers.Entered:
    """The field of such a column, with what was understood below it."""
    label = literal(column.label) + (f", {literal(column.unit)}" if column.unit else "")
    if column.kind is ColumnKind.NOTATION:
        return _quantity(form, column, project, values, label)
    stored: Any = form.read[column.name] if form.read else column.default
    unit, currency = _measure(record, column, project, values)
    asked = numbers.Asked(
        column.label, unit, currency, column.low, column.high, column.kind is ColumnKind.WHOLE
    )
    return numbers.field(
        form,
        column.name,
        asked,
        stored,
        label=label,
        help=literal(column.help),
        disabled=form.read is not None and column.is_key,
    )


def _quantity(
    form: Form, column: Column, project: str, values: Mapping[str, object], label: str
) -> numbers.Entered:
    """The answer to a question of the value case that the form names."""
    text = st.text_input(
        label, help=literal(column.help), key=form.key(column.name), on_change=form.note
    )
    text = text or ""
    which, name = str(values.get("value_case_id") or ""), str(values.get("name") or "")
    is_new = text.strip() and text != form.initial[column.name]
    if not is_new or which not in queries.titles(project, "value_cases") or not name:
        return numbers.Entered(text, text)
    case = queries.case(project, which, ())
    reading = numbers.understood(form, column.name, lambda: numbers.read_answer(case, name, text))
    if reading is None:
        return numbers.Entered(text, None, is_read=False)
    return numbers.Entered(text, reading.notation)


def _measure(
    record: type[Record], column: Column, project: str, values: Mapping[str, object]
) -> tuple[str, str | None]:
    """The unit and the currency in which a number is asked, where they are known."""
    currency = queries.currency(project) if project else None
    match record.kind, column.name:
        case "kpis", "baseline" | "target":
            return str(values.get("unit") or "1"), currency
        case ("promises", "promised") | ("kpi_targets", "target" | "at_least" | "stretch"):
            units = {str(k["kpi_id"]): str(k["unit"]) for k in queries.records(project, "kpis")}
            return units.get(str(values.get("kpi_id")), "1"), currency
        case ("cost_log", "amount") | ("incident_log", "est_loss" | "realised_loss"):
            return "money", str(values.get("currency") or currency)
        case (
            ("estimates" | "annotation_plans", "day_rate")
            | ("contract_clauses", "price")
            | ("compute_campaigns", "gpu_hour_rate")
        ):
            return "money", currency
        case ("contracts" | "support_plans", _) if column.name in _MONEY:
            return "money", currency
        case _:
            return "1", currency
