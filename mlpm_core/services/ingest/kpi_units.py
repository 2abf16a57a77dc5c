"""Measured KPIs in the unit of their KPI: 51.2 in a column of k EUR is 51,200 a month."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.errors import InputError
from mlpm_core.intake.columns.rows import Rows, distinct
from mlpm_core.intake.columns.written_units import all_times, money_of
from mlpm_core.quantity import Dimension, is_percent
from mlpm_core.records import Kpi, Project
from mlpm_core.value.kpi import is_measured_only, kpi_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.intake import Profile
    from mlpm_core.intake.columns.written_units import Floats
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.store import Reader

_SAME: Final = {
    "h": "hour", "hours": "hour", "hrs": "hour", "min": "minute", "mins": "minute",
    "minutes": "minute", "days": "day", "d": "day", "people": "person",
}  # fmt: skip
_OF_A_MINUTE: Final = {
    "s": 60, "sec": 60, "secs": 60, "second": 60, "seconds": 60, "ms": 60_000, "msec": 60_000,
    "millisecond": 60_000, "milliseconds": 60_000,
}  # fmt: skip
_SCALED: Final = ("value", "sum")
_SHARES: Final = ("1", "share")


def in_kpi_units(reader: Reader, project: str, file: ParsedFile, profile: Profile) -> ParsedFile:
    """The rows of measured KPIs, each in the unit of its KPI; a unit that does not fit is a fault.

    A row without a unit is taken in that of its KPI.
    """
    unit = file.rows.fields.get("unit")
    if unit is None:
        return file
    of_unit, units = distinct(unit)
    if not any(text and text.strip() for text in units):
        return file
    kpis = {k.kpi_id: k for k in reader.current(Kpi, project)}
    row = reader.one(Project, (project,))
    currency = row.currency if row else "EUR"
    of_kpi, names = distinct(file.rows.fields["kpi_id"])
    factors = np.ones(len(of_unit))
    read: dict[tuple[int, int], float | InputError] = {}
    for i, pair in enumerate(zip(of_kpi.tolist(), of_unit.tolist(), strict=True)):
        if pair not in read:
            read[pair] = _factor_or_error(kpis, names[pair[0]], units[pair[1]], currency)
        factor = read[pair]
        if isinstance(factor, InputError):
            text = units[pair[1]]
            file.faults.add(
                int(file.rows.of[i]), file.labels.get("unit", "unit"), "other-unit", text,
                why=str(factor),
            )  # fmt: skip
        else:
            factors[i] = factor
    fields = dict(file.rows.fields)
    scaled = all_times if profile.reads_layouts else _times_as_before
    fields |= {name: scaled(fields[name], factors) for name in _SCALED if name in fields}
    if "sum_sq" in fields:
        fields["sum_sq"] = scaled(scaled(fields["sum_sq"], factors), factors)
    kept = ~file.faults.is_bad[file.rows.of]
    return replace(file, rows=Rows(file.rows.of, fields).taken(kept))


def _times_as_before(numbers: pa.Array, factors: Floats) -> pa.Array:
    return pc.multiply(numbers, pa.array(factors))


def _factor_or_error(
    kpis: Mapping[str, Any], name: str, unit: str | None, currency: str
) -> float | InputError:
    kpi = kpis.get(name)
    if kpi is None or not (unit or "").strip():
        return 1.0
    try:
        return kpi_factor(str(unit), kpi.dimension, kpi.unit, currency)
    except InputError as error:
        return error


def kpi_factor(written: str, dimension: str, unit: str, currency: str) -> float:
    """How many of a KPI's unit one of a written unit is.

    Raises
    ------
    InputError
        When it does not fit.

    Examples
    --------
    >>> kpi_factor("k\u20ac", "cost_saving", "EUR/month", "EUR")
    1000.0
    >>> kpi_factor("s", "cycle_time", "minute/case", "EUR") == 1 / 60
    True
    >>> kpi_factor("h", "cycle_time", "minute/case", "EUR")
    60.0
    """
    text, scale, per = written.strip(), 1.0, unit.partition("/")[2]
    if text == unit:
        return 1.0
    money = money_of(text, currency)
    if money is not None:
        text, scale = f"{money.currency or currency}/{money.per or per}", money.factor
    elif is_percent(text) and unit in _SHARES:
        return 0.01
    elif is_percent(text) and is_percent(unit):
        return 1.0
    elif text in _SHARES and is_percent(unit):
        return 100.0
    elif text in _SHARES and unit in _SHARES:
        return 1.0
    if is_measured_only(Dimension(dimension), unit):
        if text.casefold() == unit.casefold():
            return 1.0
        raise InputError(f"The KPI is measured in {unit}.")
    head, _, behind = text.partition("/")
    if head.lower() in _OF_A_MINUTE:
        head, scale = "minute", 1 / _OF_A_MINUTE[head.lower()]
    text = f"{_SAME.get(head.lower(), head)}/{behind or per}".rstrip("/")
    factors = kpi_units(Dimension(dimension), currency)
    if text not in factors or unit not in factors:
        raise InputError(f"The KPI is measured in {unit}.")
    return scale * factors[unit] / factors[text]
