"""What measured metrics must satisfy beyond their columns, and how wide files become rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.intake.faults import shown
from mlpm_core.intake.header import normal
from mlpm_core.intake.rows import Flags, Rows, Values, flags
from mlpm_core.records import METRICS

if TYPE_CHECKING:
    from mlpm_core.intake.check import Checker, Faults, Reading
    from mlpm_core.intake.table import Codes

__all__ = ["check_results", "result_rows", "unknown_metrics"]

_GRAIN_OF_HEADER = {"week": "P1W", "month": "P1M"}


def check_results(readings: dict[str, Reading], checker: Checker, faults: Faults) -> None:
    """Ranges of metrics; in monitoring results also intervals and slices."""
    if checker.wide:
        for position, metric in checker.wide:
            reading = readings[f"={metric}"]
            everywhere = Values(np.zeros(len(reading.codes), dtype=np.int64), [metric])
            _check_range(checker.header_label(position), reading, everywhere, faults)
    else:
        metrics = Values.of(readings["metric"])
        _check_range(checker.label("value"), readings["value"], metrics, faults)
    if checker.is_results:
        _check_interval(readings, checker, faults)
        _check_slice(readings, checker, faults)


def _check_range(label: str, reading: Reading, metrics: Values, faults: Faults) -> None:
    known = [METRICS.get(str(m)) for m in metrics.values]
    low = np.array([m.low if m else -np.inf for m in known])[metrics.ids]
    high = np.array([m.high if m else np.inf for m in known])[metrics.ids]
    value = _floats(reading)
    for record in np.nonzero((value < low) | (value > high))[0].tolist():
        metric = known[int(metrics.ids[record])]
        if metric is not None:
            faults.add(
                record,
                label,
                "out-of-range",
                reading.texts[int(reading.codes[record])],
                range=metric.range,
                field=metric.name,
            )


def _check_interval(readings: dict[str, Reading], checker: Checker, faults: Faults) -> None:
    low, high = readings["ci_low"], readings["ci_high"]
    for record in np.nonzero(_floats(low) > _floats(high))[0].tolist():
        texts = [shown(r.texts[int(r.codes[record])]) for r in (low, high)]
        faults.add(
            record,
            checker.label("ci_low"),
            "inconsistent",
            texts[0],
            columns=f"{checker.label('ci_low')} and {checker.label('ci_high')}",
            values=" and ".join(texts),
        )


def _check_slice(readings: dict[str, Reading], checker: Checker, faults: Faults) -> None:
    key, value = readings["slice_key"], readings["slice_value"]
    has_no_key = flags(not v for v in key.cells.values)[key.codes] & ~key.is_faulty()
    has_value = flags(bool(v) for v in value.cells.values)[value.codes]
    for record in np.nonzero(has_no_key & has_value)[0].tolist():
        text = value.texts[int(value.codes[record])]
        faults.add(
            record,
            checker.label("slice_value"),
            "inconsistent",
            text,
            columns=f"{checker.label('slice_key')} and {checker.label('slice_value')}",
            values=f"no key and {shown(text)}",
        )


def _floats(reading: Reading) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    numbers = Values(reading.codes, reading.cells.values).floats()
    return np.where(reading.is_faulty(), np.nan, numbers)


def result_rows(readings: dict[str, Reading], checker: Checker, is_good: Flags) -> Rows:
    """The results of the good records: one each, or one per filled metric of a wide file."""
    good = np.nonzero(is_good)[0].astype(np.int64)
    fields = {
        f: Values.of(r).taken(good)
        for f, r in readings.items()
        if not f.startswith("=") and f != "granularity"
    }
    fields["granularity"] = _granularity(readings, checker).taken(good)
    if not checker.wide:
        return Rows(good, fields)
    parts = []
    for _, metric in checker.wide:
        values = Values.of(readings[f"={metric}"]).taken(good)
        is_filled = flags(v is not None for v in values.values)[values.ids]
        every = Values(np.zeros(len(good), dtype=np.int64), [metric])
        parts.append(Rows(good, fields | {"metric": every, "value": values}).taken(is_filled))
    return Rows.joined(parts)


def _granularity(readings: dict[str, Reading], checker: Checker) -> Values:
    """The length of each period: as said, else as its date or its header says."""
    said, period = readings["granularity"], readings["period_start"]
    header = _GRAIN_OF_HEADER.get(normal(checker.label("period_start")))
    grains: list[object] = [header or "P1D"] * len(period.texts)
    for note, places in period.cells.notes.items():
        grain = note.removeprefix("grain ")
        if grain != note and (header is None or grain in ("P1W", "P1M")):
            for i in places:
                grains[i] = grain
    values: list[object] = [v or "" for v in said.cells.values]
    is_empty = flags(not v for v in values)[said.codes]
    codes: Codes = np.where(is_empty, period.codes + len(values), said.codes)
    return Values.unified(codes, [*values, *grains])


def unknown_metrics(rows: Rows) -> list[str]:
    """The metrics of these rows that the registry does not know."""
    metrics = rows.fields["metric"]
    used = np.unique(metrics.ids).tolist()
    return [str(metrics.values[i]) for i in used if str(metrics.values[i]) not in METRICS]
