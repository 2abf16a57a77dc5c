"""What measured metrics must satisfy beyond their columns, and how wide files become rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.rows import Rows, distinct, flags
from mlpm_core.intake.columns.shares import (
    IN_PERCENT,
    PERCENT,
    RELATIVE,
    ROUNDED,
    SHARES,
    asked_about_percent,
    floats,
    in_hundredths,
    is_empty,
    is_ratio,
    scaled,
)
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.records import METRICS, ColumnKind

if TYPE_CHECKING:
    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.readings import Faults, Reading
    from mlpm_core.intake.columns.rows import Flags
    from mlpm_core.intake.files.table import Codes
    from mlpm_core.intake.profile import Profile

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


NEGATED = "negated"
"""Note of a metric's name: the sign of its numbers is the other one."""


def check_results(readings: dict[str, Reading], file: FileColumns, faults: Faults) -> None:
    """Ranges and percent signs of metrics; in monitoring results also intervals and slices.

    Raises
    ------
    Refusal
        With the question whether a share is in percent, of which every value lies above 1.
    """
    asked_about_percent(readings, file, len(faults.lines))
    hundredths = in_hundredths(readings, file, len(faults.lines))
    out = np.zeros(len(faults.lines), dtype=bool)
    if file.wide:
        for position, metric in file.wide:
            reading = readings[f"={metric}"]
            everywhere = np.zeros(len(faults.lines), dtype=np.int64), [metric]
            label, meaning = file.header_label(position), file.meanings[metric]
            in_percent = hundredths | meaning.is_percent
            signs = np.full(len(faults.lines), -1.0) if meaning.is_negated else None
            _check_range(label, reading, everywhere, in_percent, faults, signs)
    else:
        metrics = distinct(readings["metric"].array(ColumnKind.NAME))
        negated = NEGATED in readings["metric"].notes
        signs = np.where(readings["metric"].noting(NEGATED), -1.0, 1.0) if negated else None
        out = _check_range(
            file.label("value"), readings["value"], metrics, hundredths, faults, signs
        )
    if file.reads_layouts and not file.wide:
        _check_percent_signs(readings, file, out, faults)
    if file.is_results:
        if not file.wide:
            _check_ratio(readings, file, faults)
        _check_interval(readings, file, out, faults)
        _check_slice(readings, file, faults)


def _check_range(
    label: str,
    reading: Reading,
    metrics: tuple[Codes, list[Any]],
    hundredths: Flags,
    faults: Faults,
    signs: Floats | None,
) -> Flags:
    """A metric lies in its range, one in percent once it is a share; where it does not."""
    codes, names = metrics
    standard = [METRICS.get(str(m)) for m in names]
    low = np.array([m.low if m else -np.inf for m in standard])[codes]
    high = np.array([m.high if m else np.inf for m in standard])[codes]
    value = scaled(reading, hundredths)
    value = value if signs is None else value * signs
    out: Flags = (value < low) | (value > high)
    for record in np.nonzero(out)[0].tolist():
        metric = standard[int(codes[record])]
        if metric is not None:
            faults.add(
                record,
                label,
                "out-of-range",
                f"{reading.text(record)}%" if hundredths[record] else reading.text(record),
                range=metric.range,
                field=metric.name,
            )
    return out


def _check_ratio(readings: dict[str, Reading], file: FileColumns, faults: Faults) -> None:
    """A share is its numerator by its denominator, as far as it was rounded."""
    names = ("value", "numerator", "denominator")
    if any(is_empty(readings[name].array(ColumnKind.NUMBER)) for name in names[1:]):
        return
    value, numerator, denominator = (floats(readings[name]) for name in names)
    value = np.where(in_hundredths(readings, file, len(value)), value / PERCENT, value)
    has_ratio = (denominator > 0) & ~np.isnan(value) & ~np.isnan(numerator)
    is_apart = has_ratio & ~is_ratio(value, numerator, denominator)
    for record in np.nonzero(is_apart & _of_share(readings))[0].tolist():
        texts = [shown(readings[name].text(record)) for name in names]
        faults.add(
            record,
            file.label("value"),
            "not-its-ratio",
            texts[0],
            ratio=f"{texts[1]} / {texts[2]}",
        )


def _check_interval(
    readings: dict[str, Reading], file: FileColumns, out_of_range: Flags, faults: Faults
) -> None:
    """An interval has two ends in order, and its value between them."""
    low, high = readings["ci_low"], readings["ci_high"]
    for record in np.nonzero(floats(low) > floats(high))[0].tolist():
        texts = [shown(r.text(record)) for r in (low, high)]
        faults.add(
            record,
            file.label("ci_low"),
            "inconsistent",
            texts[0],
            columns=f"{file.label('ci_low')} and {file.label('ci_high')}",
            values=" and ".join(texts),
        )
    if file.wide:
        return  # the interval is not of all of its metrics
    value, hundredths = readings["value"], in_hundredths(readings, file, len(faults.lines))
    at, *ends = (scaled(reading, hundredths) for reading in (value, low, high))
    room = np.maximum(ROUNDED, RELATIVE * np.abs(at))
    is_out = (ends[0] <= ends[1]) & ~out_of_range
    is_out &= (at < ends[0] - room) | (at > ends[1] + room)
    for record in np.nonzero(is_out)[0].tolist():
        texts = [shown(r.text(record)) for r in (low, high)]
        faults.add(
            record,
            file.label("value"),
            "outside-its-interval",
            shown(value.text(record)),
            interval=" to ".join(texts),
        )


def _check_percent_signs(
    readings: dict[str, Reading], file: FileColumns, out_of_range: Flags, faults: Faults
) -> None:
    """A percent sign at a value stands at its error and its interval, too, where that matters."""
    value, low, high, error = (readings[f] for f in ("value", "ci_low", "ci_high", "value_se"))
    if not any(reading.has_percent_sign().any() for reading in (value, low, high)):
        return
    hundredths = in_hundredths(readings, file, len(faults.lines))
    at, *ends = (scaled(reading, hundredths) for reading in (value, low, high))
    is_either = _is_inside(at * PERCENT, *ends) | _is_inside(at / PERCENT, *ends)
    is_signed, *others = (r.has_percent_sign() for r in (value, low, high))
    # A value that is inside as it is read and as it is written may be meant either way.
    is_apart = is_either & _is_inside(at, *ends) & (is_signed != (others[0] | others[1]))
    is_apart &= ~out_of_range
    for record in np.nonzero(is_apart)[0].tolist():
        texts = [shown(r.text(record)) for r in (value, low, high)]
        beside = f"an interval of {texts[1]} to {texts[2]}"
        faults.add(record, file.label("value"), "percent-apart", texts[0], beside=beside)
    has_error = floats(error) > 0
    for record in np.nonzero(is_signed & has_error & ~error.has_percent_sign())[0].tolist():
        beside = f"a standard error of {shown(error.text(record))}"
        text = shown(value.text(record))
        faults.add(record, file.label("value"), "percent-apart", text, beside=beside)


def _is_inside(at: Floats, low: Floats, high: Floats) -> Flags:
    return (at >= low) & (at <= high)


def _check_slice(readings: dict[str, Reading], file: FileColumns, faults: Faults) -> None:
    key, value = readings["slice_key"], readings["slice_value"]
    has_no_key = ~_is_filled(key) & ~key.is_faulty()
    for record in np.nonzero(has_no_key & _is_filled(value))[0].tolist():
        text = value.text(record)
        faults.add(
            record,
            file.label("slice_value"),
            "inconsistent",
            text,
            columns=f"{file.label('slice_key')} and {file.label('slice_value')}",
            values=f"no key and {shown(text)}",
        )


def _of_share(readings: dict[str, Reading]) -> Flags:
    """Which records of a long file are of a metric that counts hits among cases."""
    codes, metrics = distinct(readings["metric"].array(ColumnKind.NAME))
    return flags(metric in SHARES for metric in metrics)[codes]


def _is_filled(reading: Reading) -> Flags:
    codes, values = distinct(reading.array(ColumnKind.NAME))
    return flags(bool(v) for v in values)[codes]


def result_rows(
    rows: Rows, readings: dict[str, Reading], file: FileColumns, is_good: Flags
) -> Rows:
    """The results of the good records: one each, or one per filled metric of a wide file."""
    if not file.wide:
        if "metric" in readings:
            name = readings["metric"]
            rows = _as_meant(rows, name.noting(IN_PERCENT), name.noting(NEGATED))
        return rows.taken(is_good)
    good = rows.taken(is_good)
    parts = []
    for _, metric in file.wide:
        values = readings[f"={metric}"].array(ColumnKind.NUMBER).filter(pa.array(is_good))
        named = pa.array([metric]).take(pa.array(np.zeros(len(values), dtype=np.int64)))
        is_filled = values.is_valid().to_numpy(zero_copy_only=False)
        meaning, every = file.meanings[metric], np.ones(len(values), dtype=bool)
        part = Rows(good.of, good.fields | {"metric": named, "value": values})
        part = _as_meant(part, every & meaning.is_percent, every & meaning.is_negated)
        parts.append(part.taken(is_filled))
    return Rows.joined(parts)


def _as_meant(rows: Rows, in_percent: Flags, negated: Flags) -> Rows:
    """The rows with the unit, and the sign, that the name of their metric gives them."""
    fields = dict(rows.fields)
    if in_percent.any() and "unit" in fields:
        unit = fields["unit"].cast(pa.string())
        fields["unit"] = pc.if_else(pa.array(in_percent), "%", unit)
    if negated.any():
        chosen = pa.array(negated)
        turned = {n: pc.negate(fields[n]) for n in ("value", "ci_low", "ci_high")}
        turned["ci_low"], turned["ci_high"] = turned["ci_high"], turned["ci_low"]
        fields |= {n: pc.if_else(chosen, column, fields[n]) for n, column in turned.items()}
    return Rows(rows.of, fields)


def with_one_count(rows: Rows, profile: Profile) -> Rows:
    """The results of a long file with one number of cases each: what contradicts it is left out.

    Raises
    ------
    Refusal
        With the question which of two it is, when a share has both and they differ.
    """
    if any(is_empty(rows.fields[name]) for name in ("n", "denominator")):
        return rows
    of_metric, metrics = distinct(rows.fields["metric"])
    n, denominator = (
        rows.fields[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in ("n", "denominator")
    )
    is_share = flags(metric in SHARES for metric in metrics)[of_metric]
    differ = is_share & (np.abs(n - denominator) >= 1)
    if not differ.any():
        return rows
    if profile.cases is None:
        first = int(np.flatnonzero(differ)[0])
        raise Refusal(
            questions=[
                question(
                    "two-counts",
                    "cases",
                    ["n", "denominator"],
                    rows=int(differ.sum()),
                    metric=metrics[int(of_metric[first])],
                    n=f"{n[first]:g}",
                    denominator=f"{denominator[first]:g}",
                )
            ]
        )
    left_out = ("numerator", "denominator") if profile.cases == "n" else ("n",)
    emptied = {
        name: pc.if_else(pa.array(differ), pa.scalar(None, column.type), column)
        for name, column in rows.fields.items()
        if name in left_out
    }
    return Rows(rows.of, rows.fields | emptied)


def unknown_metrics(rows: Rows) -> list[str]:
    """The metrics of these rows that the registry does not know."""
    used = rows.fields["metric"].unique().to_pylist()
    return [m for m in used if m not in METRICS]
