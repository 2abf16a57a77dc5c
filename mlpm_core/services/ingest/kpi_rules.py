"""What a KPI's row must satisfy: a unit that fits and stays, and numbers to stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError
from mlpm_core.quantity import Dimension
from mlpm_core.records import Kpi, KpiActual, KpiTarget, Project, Promise, RolloutResult
from mlpm_core.services.ingest.outcome_rules import fault_in
from mlpm_core.value.kpi import is_measured_only, kpi_units, per_unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.records import Reject
    from mlpm_core.store import Reader

Row = dict[str, Any]


def kpi_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """Judges rows of KPIs: a unit that fits and stays, and numbers to stand on."""
    project_record = reader.one(Project, (project,))
    currency = project_record.currency if project_record else "EUR"
    units: dict[str, str] = {kpi.kpi_id: kpi.unit for kpi in reader.current(Kpi, project)}

    def rule(row: Row) -> Reject | None:
        dimension, unit = Dimension(row["dimension"]), row["unit"]
        is_free = is_measured_only(dimension, unit)
        if is_free and row["value_case_id"]:
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
        was = units.get(row["kpi_id"]) or unit
        in_old_unit = _in_unit(reader, project, row["kpi_id"], was) if was != unit else None
        if in_old_unit is not None:
            return fault_in("unit", unit, MlpmError(in_old_unit))
        return _kpi_without_ground(row)

    return rule


def _in_unit(reader: Reader, project: str, kpi_id: str, unit: str) -> str | None:
    """What was told of a KPI in its unit, so that another would change what it means."""
    for record in (KpiActual, RolloutResult, Promise, KpiTarget):
        n = sum(row["kpi_id"] == kpi_id for row in reader.table(record, project))
        if n:
            what = f"{record.plural[:1].lower()}{record.plural[1:]}"
            are = f"is 1 row of {what}" if n == 1 else f"are {n:,} rows of {what}"
            return (
                f"There {are} in {unit}, which would then be read in another unit. Keep the unit, "
                "give the KPI in the new unit a name of its own, or undo those rows first."
            )
    return None


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
