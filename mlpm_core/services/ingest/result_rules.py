"""Monitored quantities: a result that has a unit is taken only in one that fits its input."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow.compute as pc

from mlpm_core.errors import InputError
from mlpm_core.in_life.periods import Period
from mlpm_core.intake import warned
from mlpm_core.intake.columns.rows import are_among
from mlpm_core.records import METRICS, Project
from mlpm_core.services.valuation.mechanisms import mechanisms_by_model
from mlpm_core.services.valuation.reported_units import (
    PURE_METRICS,
    check_registered,
    error_fault,
    largest_error,
    needs_unit,
    unit_factor,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import pyarrow as pa

    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.records import Warned
    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Input

_WITHOUT_UNIT: Final = ("", "1", "share")


class ResultFault(NamedTuple):
    """What is wrong with a result, and in which column."""

    column: str
    error: InputError


class ReportedQuantities:
    """The inputs of a project's mechanisms that its models may report in a unit of their own.

    Parameters
    ----------
    reader : Reader
    project : str
    """

    def __init__(self, reader: Reader, project: str) -> None:
        row = reader.one(Project, (project,))
        self._currency = row.currency if row else "EUR"
        self._of_model: dict[str, dict[str, Input]] = {}
        for model_id, mechanisms in mechanisms_by_model(reader, project).items():
            entries = self._of_model.setdefault(model_id, {})
            for mechanism in mechanisms:
                entries |= {i.reported_as: i for i in mechanism.inputs}

    @property
    def names(self) -> Collection[str]:
        """What may be reported and says something in a fitting unit only, of any model."""
        return {
            name
            for entries in self._of_model.values()
            for name, entry in entries.items()
            if needs_unit(entry) or entry.unit != "1"
        }

    def suspects(self, rows: pa.Table) -> Flags:
        """Which rows must be looked at: quantities, pure numbers with a unit, and large errors."""
        pure = PURE_METRICS.union(*self._of_model.values())
        is_quantity, is_pure = (
            are_among(rows.column("metric"), set(names)) for names in (self.names, pure)
        )
        is_plain = are_among(rows.column("unit"), _WITHOUT_UNIT)
        return is_quantity | (is_pure & ~is_plain) | _is_far_off(rows)

    def fault(self, row: Mapping[str, Any], *, is_period_said: bool) -> ResultFault | None:
        """Why a result cannot be taken as the input that it is called; None when it can.

        ``is_period_said`` is False for one that passes for that of a day for want of a length.
        """
        entry = self._of_model.get(row["model_id"], {}).get(row["metric"])
        try:
            if entry is None:
                check_registered(row["metric"], row["unit"])
                return _error_fault(row)
            start, length = row["period_start"], row["granularity"]
            period = Period(start, length) if is_period_said else None
            value = row["value"] * unit_factor(entry, row["unit"], period, self._currency)
        except InputError as error:
            return ResultFault("unit", error)
        low = -inf if entry.low is None else entry.low
        high = inf if entry.high is None else entry.high
        if low <= value <= high:
            return _error_fault(row)
        bound = f"at least {low:g}" if value < low else f"at most {high:g}"
        return ResultFault("value", InputError(f"{entry.name} must be {bound}; write it so."))

    def warnings(self, rows: pa.Table, warnings: Iterable[Warned]) -> list[Warned]:
        """The warnings without the quantities among those that are called of no value."""
        reported = set(rows.column("metric").unique().to_pylist()) - set(METRICS)
        unknown = sorted(reported - set(self.names))
        if unknown == sorted(reported):
            return list(warnings)
        kept = [w for w in warnings if w.code != "unknown-metric"]
        return [*kept, warned("unknown-metric", names=unknown)] if unknown else kept


def _error_fault(row: Mapping[str, Any]) -> ResultFault | None:
    fault = error_fault(row)
    return fault and ResultFault(fault[0], InputError(fault[1]))


def _is_far_off(rows: pa.Table) -> Flags:
    """Which rows of metrics with two ends state an error that some of them cannot have."""
    most = {name: error for name in METRICS if (error := largest_error(name))}
    is_far = np.zeros(rows.num_rows, dtype=bool)
    for far in (
        rows.column("value_se"),
        pc.subtract(rows.column("ci_high"), rows.column("ci_low")),
    ):
        if far.null_count < len(far):
            large = pc.fill_null(pc.greater(far, min(most.values())), fill_value=False)
            is_far |= np.asarray(large, dtype=bool)
    return is_far & are_among(rows.column("metric"), most) if is_far.any() else is_far
