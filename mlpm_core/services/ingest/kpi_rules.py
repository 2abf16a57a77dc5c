"""What a KPI's row must satisfy: a unit that fits and stays, cases that move it, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError
from mlpm_core.quantity import Dimension
from mlpm_core.records import (
    Kpi,
    Project,
    QuantityRecord,
    ValueCase,
)
from mlpm_core.services.ingest.meanings import told_in_unit
from mlpm_core.services.ingest.outcome_rules import fault_in
from mlpm_core.services.valuation.kpis import not_added, not_moved
from mlpm_core.services.valuation.mechanisms import mechanism_of_case
from mlpm_core.services.valuation.moved_together import ADDED, moves
from mlpm_core.value.kpi import is_measured_only, kpi_units, per_unit
from mlpm_core.value.running_cost import after_running_costs

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.records import Reject
    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Mechanism

Row = dict[str, Any]


def kpi_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """Judges rows of KPIs: a unit that fits and stays, and numbers to stand on."""
    project_record = reader.one(Project, (project,))
    currency = project_record.currency if project_record else "EUR"
    kpis = {kpi.kpi_id: kpi for kpi in reader.current(Kpi, project)}

    def rule(row: Row) -> Reject | None:
        dimension, unit = Dimension(row["dimension"]), row["unit"]
        is_free = is_measured_only(dimension, unit)
        named = Kpi.model_construct(**row).moved_by
        if is_free and named:
            told = MlpmError(
                f"No value case moves a KPI in {unit}: leave the value case empty, and it is only "
                f"measured; or write {' or '.join(kpi_units(dimension, currency))}."
            )
            return fault_in("unit", unit, told)
        if not is_free:
            try:
                per_unit(dimension, unit, currency)
            except MlpmError as error:
                return fault_in("unit", unit, error)
        before = kpis.get(row["kpi_id"])
        was = before.unit if before else unit
        in_old_unit = told_in_unit(reader, project, row["kpi_id"], was) if was != unit else None
        if in_old_unit is not None:
            return fault_in("unit", unit, MlpmError(in_old_unit))
        fault = _named_twice(row)
        if before is None or (before.moved_by, before.dimension) != (named, dimension):
            fault = fault or _unfit_cases(reader, project, row)
        return fault or _kpi_without_ground(row)

    return rule


def _named_twice(row: Row) -> Reject | None:
    cell = row["also_moved_by"]
    names = [row["value_case_id"], *(part.strip() for part in cell.split(";"))]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is None:
        return None
    sentence = f"The value case {twice} is named twice; it would count once. Name it once."
    return fault_in("also_moved_by", cell, MlpmError(sentence))


def _unfit_cases(reader: Reader, project: str, row: Row) -> Reject | None:
    """What is wrong with the value cases that a KPI names: what they imply must add up to it."""
    dimension = Dimension(row["dimension"])
    named = Kpi.model_construct(**row).moved_by
    if len(named) < 2:
        return None  # it says on every screen that nothing is implied for it
    if dimension not in ADDED:
        return fault_in("also_moved_by", row["also_moved_by"], MlpmError(not_added(row["unit"])))
    cases = {case.value_case_id: case for case in reader.current(ValueCase, project)}
    for name in named:
        mechanism = mechanism_of_case(reader, project, cases[name]) if name in cases else None
        if mechanism is None or moves(_with_run_cost(reader, project, name, mechanism), dimension):
            continue  # one that cannot be read says so elsewhere
        sentence = (
            f"{not_moved(name, mechanism, dimension)} What does not move the KPI adds nothing to "
            "it: take it out, or name a value case that moves it."
        )
        column = "value_case_id" if name == row["value_case_id"] else "also_moved_by"
        return fault_in(column, row[column], MlpmError(sentence))
    return None


def _with_run_cost(reader: Reader, project: str, name: str, mechanism: Mechanism) -> Mechanism:
    written = {
        q.name: q.written
        for q in reader.current(QuantityRecord, project)
        if q.value_case_id == name
    }
    return after_running_costs(mechanism, written)


def _kpi_without_ground(row: Row) -> Reject | None:
    """A KPI has numbers to stand on; a proxy has somebody who agreed to it, or an end."""
    is_agreed = bool(row["agreed_by"].strip())
    if is_agreed != (row["agreed_on"] is not None):
        empty = "agreed_on" if is_agreed else "agreed_by"
        return fault_in(
            empty, "", MlpmError("Write both who agreed and on which day, or neither of them.")
        )
    if row["stands_for"].strip():
        if is_agreed or row["expires_on"] is not None:
            return None
        return fault_in(
            "expires_on",
            "",
            MlpmError("A provisional KPI (stands_for) that nobody agreed to needs an expiry date."),
        )
    for column in ("baseline", "target"):
        if row[column] is None:
            message = (
                f"A KPI needs a {column}; only a provisional KPI (stands_for) may wait for it."
            )
            return fault_in(column, "", MlpmError(message))
    return None
