"""Numbers that a file writes in percent or in a currency, held against what they are counted in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.errors import InputError
from mlpm_core.intake.columns.rows import Rows
from mlpm_core.intake.columns.signs import SIGN
from mlpm_core.intake.columns.written_units import all_times
from mlpm_core.quantity import SHARE
from mlpm_core.records import (
    Evaluation,
    Incident,
    Kpi,
    KpiTarget,
    MetricLimit,
    MetricResult,
    Project,
    Promise,
    Requirement,
    columns,
)
from mlpm_core.services.ingest.kpi_units import kpi_factor
from mlpm_core.services.valuation.currency_rules import currency_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.intake import ImportRequest
    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.intake.columns.written_units import Floats
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.store import Reader

_OF_KPIS: Final = {
    (Kpi.kind, "baseline"), (Kpi.kind, "target"), (KpiTarget.kind, "target"),
    (KpiTarget.kind, "at_least"), (KpiTarget.kind, "stretch"), (Promise.kind, "promised"),
}  # fmt: skip
"""Numbers in the unit of a KPI: their own row names it, or its KPI does."""

_OF_METRICS: Final = (MetricResult, Evaluation, MetricLimit, Requirement)
_WITH_CURRENCY: Final = (Incident, Project)


def with_units_held(reader: Reader, asked: ImportRequest, file: ParsedFile) -> ParsedFile:
    """The rows whose numbers are in the unit in which they are counted; others are faults.

    4.5 % of a KPI in percent is 4.5, $12 of a project in EUR is refused, and the loss of an
    incident takes its currency along.
    """
    notes = [note for note in file.notes if note.startswith(SIGN)]
    if not notes or not len(file.rows.of):
        return file
    own = currency_of(reader, asked.project) or "EUR"
    kpis = {kpi.kpi_id: kpi for kpi in reader.current(Kpi, asked.project)}
    shares = {c.name for c in columns(asked.record) if c.high == 1}
    fields = dict(file.rows.fields)
    for note in notes:
        name, _, unit = note.removeprefix(SIGN).partition(" ")
        mine = (file.notes[note][file.rows.of] > 0) & fields[name].is_valid().to_numpy(
            zero_copy_only=False
        )
        if (asked.kind, name) in _OF_KPIS:
            factors = _factors(file, name, unit, mine, kpis, own)
            fields[name] = all_times(fields[name], factors)
        elif unit == SHARE:
            if name not in shares and asked.record not in _OF_METRICS:
                _refuse(file, name, "%", mine, "It counts no share of anything.")
        elif asked.record in _WITH_CURRENCY:
            is_open = pc.and_(pc.equal(fields["currency"], ""), pa.array(mine))
            fields["currency"] = pc.if_else(is_open, unit, fields["currency"])
        elif unit != own:
            _refuse(file, name, unit, mine, f"Its project counts money in {own}.")
    kept = ~file.faults.is_bad[file.rows.of]
    return replace(file, rows=Rows(file.rows.of, fields).taken(kept))


def _factors(
    file: ParsedFile, name: str, unit: str, mine: Flags, kpis: Mapping[str, Kpi], own: str
) -> Floats:
    """What makes the numbers of a field, some of them in a unit, those of their KPIs' units."""
    factors = np.ones(len(mine))
    given = file.rows.fields
    for i in np.flatnonzero(mine).tolist():
        if file.record is Kpi:
            dimension, kpi_unit = (given[c][i].as_py() for c in ("dimension", "unit"))
        elif (kpi := kpis.get(given["kpi_id"][i].as_py())) is not None:
            dimension, kpi_unit = kpi.dimension, kpi.unit
        else:
            continue  # it is refused for that
        try:
            factors[i] = kpi_factor(unit, dimension, kpi_unit, own)
        except InputError as error:
            _refuse_one(file, i, name, "%" if unit == SHARE else unit, str(error))
    return factors


def _refuse(file: ParsedFile, name: str, unit: str, mine: Flags, why: str) -> None:
    for i in np.flatnonzero(mine).tolist():
        _refuse_one(file, i, name, unit, why)


def _refuse_one(file: ParsedFile, i: int, name: str, unit: str, why: str) -> None:
    file.faults.add(int(file.rows.of[i]), file.labels[name], "other-sign", unit, why=why)
