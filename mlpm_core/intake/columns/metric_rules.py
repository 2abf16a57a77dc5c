"""What measured metrics must satisfy beyond their columns, and how wide files become rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.rows import Flags, Rows, distinct, flags, values_in
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.quantity import SHARE, is_percent
from mlpm_core.records import METRICS, PERCENT_ERRORS, ColumnKind

if TYPE_CHECKING:
    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.readings import Faults, Reading
    from mlpm_core.intake.files.table import Codes
    from mlpm_core.intake.profile import Profile

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


_SHARES = {name for name, metric in METRICS.items() if metric.is_share}
_ROUNDED = 0.0051  # a share written with two decimals
_RELATIVE = 0.01
_PERCENT = 100.0
_LARGE_ERROR = 2.0  # as a share of the truth
IN_PERCENT, NEGATED = "in percent", "negated"
"""Notes of a metric's name: its numbers are percentages; their sign is the other one."""

_IN_ITS_UNIT = ("value", "value_se", "ci_low", "ci_high")


def check_results(readings: dict[str, Reading], file: FileColumns, faults: Faults) -> None:
    """Ranges of metrics; in monitoring results also intervals and slices."""
    hundredths = _hundredths(readings, len(faults.lines))
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
    value = _scaled(reading, hundredths)
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
    if any(_is_empty(readings[name].array(ColumnKind.NUMBER)) for name in names[1:]):
        return
    value, numerator, denominator = (_floats(readings[name]) for name in names)
    value = np.where(_hundredths(readings, len(value)), value / _PERCENT, value)
    has_ratio = (denominator > 0) & ~np.isnan(value) & ~np.isnan(numerator)
    is_apart = has_ratio & ~_is_ratio(value, numerator, denominator)
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
    for record in np.nonzero(_floats(low) > _floats(high))[0].tolist():
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
    value, hundredths = readings["value"], _hundredths(readings, len(faults.lines))
    at, *ends = (_scaled(reading, hundredths) for reading in (value, low, high))
    room = np.maximum(_ROUNDED, _RELATIVE * np.abs(at))
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
    return flags(metric in _SHARES for metric in metrics)[codes]


def _is_filled(reading: Reading) -> Flags:
    codes, values = distinct(reading.array(ColumnKind.NAME))
    return flags(bool(v) for v in values)[codes]


def _floats(reading: Reading) -> Floats:
    """The numbers of a field, NaN where there is none or a faulty one."""
    numbers = reading.array(ColumnKind.NUMBER).to_numpy(zero_copy_only=False)
    faulty = reading.is_faulty()
    return np.where(faulty, np.nan, numbers) if faulty.any() else numbers


def _scaled(reading: Reading, hundredths: Flags) -> Floats:
    """The numbers of a field; those in percent as shares."""
    numbers = _floats(reading)
    return np.where(hundredths, numbers / _PERCENT, numbers) if hundredths.any() else numbers


def _hundredths(readings: dict[str, Reading], n_records: int) -> Flags:
    """Which records say that their numbers are percentages."""
    hundredths = np.zeros(n_records, dtype=bool)
    if "unit" in readings:
        hundredths |= _in_percent(readings["unit"].array(ColumnKind.TEXT))
    if "metric" in readings and IN_PERCENT in readings["metric"].notes:
        hundredths |= readings["metric"].noting(IN_PERCENT)
    return hundredths


def _is_empty(column: pa.Array) -> bool:
    """Whether a column holds nothing at all."""
    return int(column.null_count) == len(column)


def _in_percent(units: pa.Array) -> Flags:
    if not any(word and is_percent(word) for word in values_in(units)):
        return np.zeros(len(units), dtype=bool)
    codes, words = distinct(units)
    return flags(bool(word) and is_percent(word) for word in words)[codes]


def as_shares(rows: Rows) -> Rows:
    """The rows with their percentages as shares: 24 with the unit % is stored as 0.24."""
    hundredths = _in_percent(rows.fields["unit"]) if "unit" in rows.fields else np.array([False])
    return _divided(rows, hundredths) if hundredths.any() else rows


def with_errors_in(rows: Rows, profile: Profile) -> Rows:
    """The rows with each error that is a share of the truth as one, where no unit says what it is.

    A metric of which most such values are above 2 raises the question: few errors are of 200 %, and
    few of 2 %. Where a numerator and a denominator give the value, it is a share.

    Raises
    ------
    Refusal
        With that question, while nobody has answered it.
    """
    if PERCENT_ERRORS.isdisjoint(values_in(rows.fields["metric"])):
        return rows
    of_metric, metrics = distinct(rows.fields["metric"])
    of_unit, units = distinct(rows.fields["unit"])
    value, *counts = (
        rows.fields[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in ("value", "numerator", "denominator")
    )
    is_bare = flags(not (unit or "").strip() for unit in units)[of_unit]
    is_bare &= ~_is_ratio(value, *counts)
    is_open = np.zeros(len(value), dtype=bool)
    for code, metric in enumerate(metrics):
        if metric in PERCENT_ERRORS:
            mine = is_bare & (of_metric == code)
            is_open |= mine & (bool(mine.any()) and bool(np.median(value[mine]) > _LARGE_ERROR))
    if not is_open.any() or profile.errors_in == "share":
        return rows
    if profile.errors_in == "percent":
        return _divided(rows, is_open)
    first = int(np.flatnonzero(is_open & (value > _LARGE_ERROR))[0])
    asked = question(
        "percent-errors",
        "errors_in",
        ["percent", "share"],
        metric=metrics[int(of_metric[first])],
        value=f"{value[first]:.12g}",
        percent=f"{value[first] * _PERCENT:,.12g}",
        rows=f"{int(is_open.sum()):,}",
    )
    raise Refusal(questions=[asked])


def _is_ratio(value: Floats, numerator: Floats, denominator: Floats) -> Flags:
    """Where a value is its numerator by its denominator, as far as it was rounded."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(denominator > 0, numerator / denominator, np.nan)
    return np.abs(value - ratio) <= np.maximum(_ROUNDED, _RELATIVE * np.abs(ratio))


def _divided(rows: Rows, hundredths: Flags) -> Rows:
    """The rows with the chosen ones, which count hundredths, as shares."""
    chosen = pa.array(hundredths)
    shares = {
        name: pc.if_else(chosen, pc.divide(column, _PERCENT), column)
        for name, column in rows.fields.items()
        if name in _IN_ITS_UNIT
    }
    unit = pc.if_else(chosen, SHARE, rows.fields["unit"].cast(pa.string()))
    return Rows(rows.of, rows.fields | shares | {"unit": unit})


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
    if any(_is_empty(rows.fields[name]) for name in ("n", "denominator")):
        return rows
    of_metric, metrics = distinct(rows.fields["metric"])
    n, denominator = (
        rows.fields[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in ("n", "denominator")
    )
    is_share = flags(metric in _SHARES for metric in metrics)[of_metric]
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
