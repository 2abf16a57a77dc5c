"""What stored numbers mean by other records: a unit, a currency, a mechanism's input.

No change of the one may give the numbers another meaning without a word, and no undo of it either.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.quantity import Unit
from mlpm_core.records import (
    Decision,
    Kpi,
    KpiActual,
    KpiTarget,
    Promise,
    QuantityRecord,
    RolloutResult,
    ValueCase,
)
from mlpm_core.services.valuation.currency_rules import currency_of, refuse_other_currency
from mlpm_core.services.valuation.mechanisms import mechanism_of_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Mechanism

_TOLD_IN_UNIT = (KpiActual, RolloutResult, Promise, KpiTarget, Decision)


class Meaning(NamedTuple):
    """What a quantity means: the unit in which it is asked, and its median in base units."""

    unit: str
    median: float

    def is_read_as(self, other: Meaning) -> bool:
        """Whether the same is meant; a number that says its unit is, in whichever it is asked."""
        mine, its = Unit.read(self.unit), Unit.read(other.unit)
        if (mine.dimension, mine.factor) == (its.dimension, its.factor):
            return True
        return mine.dimension == its.dimension and math.isclose(self.median, other.median)


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the stored numbers of a project mean at a moment.

    ``units`` are by KPI; ``quantities`` by value case, input and what is written.
    """

    currency: str | None
    units: Mapping[str, str]
    quantities: Mapping[tuple[str, str, str], Meaning]


def meanings(reader: Reader, project: str) -> Meanings:
    """What the stored numbers of a project mean."""
    currency = currency_of(reader, project)
    quantities: dict[tuple[str, str, str], Meaning] = {}
    written = reader.current(QuantityRecord, project)
    for case in reader.current(ValueCase, project) if written else ():
        mechanism = mechanism_of_case(reader, project, case)
        mine = [q for q in written if q.value_case_id == case.value_case_id]
        if mechanism is not None:
            quantities |= meanings_of(case.value_case_id, mechanism, mine, currency)
    units = {kpi.kpi_id: kpi.unit for kpi in reader.current(Kpi, project)}
    return Meanings(currency, units, quantities)


def meanings_of(
    value_case_id: str,
    mechanism: Mechanism,
    quantities: Iterable[QuantityRecord],
    currency: str | None,
) -> dict[tuple[str, str, str], Meaning]:
    """What the quantities of a value case mean to a mechanism; what it cannot read is left out."""
    found = {}
    for quantity in quantities:
        with suppress(MlpmError):
            entry = mechanism.input(quantity.name)
            median = entry.read(quantity.written, currency).median * Unit.read(entry.unit).factor
            found[value_case_id, quantity.name, quantity.written] = Meaning(entry.unit, median)
    return found


def refuse_other_meaning(reader: Reader, project: str, before: Meanings) -> None:
    """Refuse that what is stored of a project means something else than before.

    Raises
    ------
    InputError
        Naming what would be read otherwise, and what to do.
    """
    now = meanings(reader, project)
    if before.currency is not None and now.currency is not None:
        refuse_other_currency(reader, project, before.currency, now.currency)
    for kpi_id, was in before.units.items():
        unit = now.units.get(kpi_id, was)
        told = told_in_unit(reader, project, kpi_id, was) if unit != was else None
        if told is not None:
            raise InputError(f"KPI {kpi_id} would be in {unit} again. {told}")
    fault = other_quantity(before.quantities, now.quantities)
    if fault is not None:
        raise InputError(fault)


def told_in_unit(reader: Reader, project: str, kpi_id: str, unit: str) -> str | None:
    """What was told of a KPI in its unit, so that another would change what it means."""
    for record in _TOLD_IN_UNIT:
        rows = reader.table(record, project)
        if record is Decision:
            n = sum(r["proof_kpi_id"] == kpi_id and r["proof_effect"] is not None for r in rows)
        else:
            n = sum(row["kpi_id"] == kpi_id for row in rows)
        if n:
            what = f"{record.plural[:1].lower()}{record.plural[1:]}"
            are = f"is 1 row of {what}" if n == 1 else f"are {n:,} rows of {what}"
            return (
                f"There {are} in {unit}, which would then be read in another unit. Keep the unit, "
                "give the KPI in the new unit a name of its own, or undo those rows first."
            )
    return None


def other_quantity(
    before: Mapping[tuple[str, str, str], Meaning], now: Mapping[tuple[str, str, str], Meaning]
) -> str | None:
    """The first quantity that would be read as another number, in a sentence; None without."""
    for (case, name, written), was in before.items():
        becomes = now.get((case, name, written), was)
        if not was.is_read_as(becomes):
            return (
                f"“{written}” is written for {name} of value case {case} in {was.unit}, and would "
                f"then be read in {becomes.unit}. Keep the unit, write the quantity with its unit "
                "first where it says one, or make another value case."
            )
    return None
