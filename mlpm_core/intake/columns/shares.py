"""Shares of a file's metrics: which numbers are hundredths, as said, as seen or as answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.rows import Flags, Rows, distinct, flags, values_in
from mlpm_core.intake.columns.written_units import all_times
from mlpm_core.intake.messages import Refusal, question
from mlpm_core.quantity import SHARE, is_percent
from mlpm_core.records import METRICS, PERCENT_ERRORS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.readings import Reading
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

SHARES: Final = frozenset(name for name, metric in METRICS.items() if metric.is_share)
ROUNDED: Final = 0.0051  # a share written with two decimals
RELATIVE: Final = 0.01
PERCENT, HUNDREDTH = 100.0, 0.01
IN_PERCENT: Final = "in percent"
"""Note of a metric's name: its numbers are percentages."""

_LARGE_ERROR: Final = 2.0  # as a share of the truth
_SHARE_WORDS: Final = frozenset({"anteil", "ratio", "fraction", "proportion", "quote", "part"})
_LEAST: Final = 2  # values of a metric that all lie above 1: one may be a slip
_FIRST_SPELLINGS: Final = frozenset({"%", "percent", "per cent"})
"""What was read as percent before other words were: files of then are read as then."""

_IN_ITS_UNIT: Final = ("value", "value_se", "ci_low", "ci_high")


def asked_about_percent(readings: dict[str, Reading], file: FileColumns, n_records: int) -> None:
    """Shares of which every value lies between 1 and 100 can only be percentages, or faulty.

    Beside such the others of the file may be percentages below 1: 0.9 % beside 72 %.

    Raises
    ------
    Refusal
        With a question for each metric.
    """
    is_said = in_hundredths(readings, file, n_records) | _has_unit(readings, n_records)
    values: dict[str, Floats] = {}
    if file.wide:
        for position, metric in file.wide:
            if metric in SHARES and not file.meanings[metric].is_percent:
                values[file.header_label(position)] = floats(readings[f"={metric}"])[~is_said]
    elif (pc.max(readings["value"].array(ColumnKind.NUMBER)).as_py() or 0) > 1:
        codes, names = distinct(readings["metric"].array(ColumnKind.NAME))
        numbers = floats(readings["value"])
        for code, name in enumerate(names):
            if name in SHARES:
                label = readings["metric"].text(int(np.argmax(codes == code)))
                values[label] = numbers[(codes == code) & ~is_said]
    open_ones = {
        label: (meant, of_metric[~np.isnan(of_metric)])
        for label, of_metric in values.items()
        if (meant := file.asked_share(label)) is not None
    }
    above = {label for label, (_, some) in open_ones.items() if _all_above_one(some)}
    others = [open_ones[label][0] for label in sorted(above)] or file.answered_in_percent
    others = others if file.reads_layouts else []
    questions = []
    for label, (meant, some) in open_ones.items():
        if label in above or (others and _may_be_percent(some)):
            questions.append(_about_share(label, meant, some, [] if label in above else others))
    if questions:
        raise Refusal(questions=questions)


def _about_share(label: str, meant: str, values: Floats, others: Sequence[str]) -> Question:
    """Whether a share is in percent, since it lies above 1, or since others of the file are."""
    some = [float(v) for v in values[:3]]
    as_it_is = "as it is written" if others else "as it is written, which cannot be"
    return question(
        "percent-beside" if others else "percent-shares",
        f"metrics.{label.replace('=', '%3D')}", [f"{meant} in %", meant],
        metric=meant, values=", ".join(f"{v:g}" for v in some), others=" and ".join(others),
        preview=[
            f"{meant} in %: {', '.join(f'{v:g} is {v / PERCENT:g}' for v in some)}",
            f"{meant}: {as_it_is}",
        ],
    )  # fmt: skip


def _has_unit(readings: dict[str, Reading], n_records: int) -> Flags:
    """Which records have a unit that says what their numbers are."""
    if "unit" not in readings:
        return np.zeros(n_records, dtype=bool)
    column = readings["unit"].array(ColumnKind.TEXT)
    if is_empty(column):
        return np.zeros(n_records, dtype=bool)
    codes, words = distinct(column)
    return flags(not _is_open(word) for word in words)[codes]


def _all_above_one(some: Floats) -> bool:
    """Whether several values all lie above 1 and up to 100."""
    return len(some) >= _LEAST and bool(((some > 1) & (some <= PERCENT)).all())


def _may_be_percent(some: Floats) -> bool:
    """Whether values can be percentages."""
    return bool(((some >= 0) & (some <= PERCENT)).all() and (some > 0).any())


def floats(reading: Reading) -> Floats:
    """The numbers of a field, NaN where there is none or a faulty one."""
    numbers = reading.array(ColumnKind.NUMBER).to_numpy(zero_copy_only=False)
    faulty = reading.is_faulty()
    return np.where(faulty, np.nan, numbers) if faulty.any() else numbers


def scaled(reading: Reading, hundredths: Flags) -> Floats:
    """The numbers of a field; those in percent as shares."""
    numbers = floats(reading)
    return np.where(hundredths, numbers / PERCENT, numbers) if hundredths.any() else numbers


def in_hundredths(readings: dict[str, Reading], file: FileColumns, n_records: int) -> Flags:
    """Which records say that their numbers are percentages."""
    hundredths = np.zeros(n_records, dtype=bool)
    if "unit" in readings:
        units = readings["unit"].array(ColumnKind.TEXT)
        hundredths |= _in_percent(units, is_replay=file.is_replay)
    if "metric" in readings and IN_PERCENT in readings["metric"].notes:
        hundredths |= readings["metric"].noting(IN_PERCENT)
    return hundredths


def is_empty(column: pa.Array) -> bool:
    """Whether a column holds nothing at all."""
    return int(column.null_count) == len(column)


def _in_percent(units: pa.Array, *, is_replay: bool) -> Flags:
    says_percent = _said_percent if is_replay else is_percent
    if not any(word and says_percent(word) for word in values_in(units)):
        return np.zeros(len(units), dtype=bool)
    codes, words = distinct(units)
    return flags(bool(word) and says_percent(word) for word in words)[codes]


def _said_percent(unit: str) -> bool:
    return " ".join(unit.split()).casefold() in _FIRST_SPELLINGS


def as_shares(rows: Rows, profile: Profile) -> Rows:
    """The rows with their percentages as shares: 24 with the unit % is stored as 0.24."""
    if "unit" not in rows.fields or is_empty(rows.fields["unit"]):
        return rows
    hundredths = _in_percent(rows.fields["unit"], is_replay=profile.is_replay)
    rows = _divided(rows, hundredths, profile) if hundredths.any() else rows
    if profile.is_replay:
        return rows
    of_unit, units = distinct(rows.fields["unit"])
    if _SHARE_WORDS.isdisjoint(word.strip().casefold() for word in units if word):
        return rows
    meant = [SHARE if (word or "").strip().casefold() in _SHARE_WORDS else word for word in units]
    return Rows(rows.of, rows.fields | {"unit": pa.array(meant, pa.string()).take(of_unit)})


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
    is_bare = flags(_is_open(unit) for unit in units)[of_unit]
    is_bare &= ~is_ratio(value, *counts)
    is_open = np.zeros(len(value), dtype=bool)
    for code, metric in enumerate(metrics):
        if metric in PERCENT_ERRORS:
            mine = is_bare & (of_metric == code)
            is_open |= mine & (bool(mine.any()) and bool(np.median(value[mine]) > _LARGE_ERROR))
    if not is_open.any() or profile.errors_in == "share":
        return rows
    if profile.errors_in == "percent":
        return _divided(rows, is_open, profile)
    first = int(np.flatnonzero(is_open & (value > _LARGE_ERROR))[0])
    asked = question(
        "percent-errors",
        "errors_in",
        ["percent", "share"],
        metric=metrics[int(of_metric[first])],
        value=f"{value[first]:.12g}",
        percent=f"{value[first] * PERCENT:,.12g}",
        rows=f"{int(is_open.sum()):,}",
    )
    raise Refusal(questions=[asked])


def _is_open(unit: str | None) -> bool:
    """Whether a unit leaves open if a number is a share or in percent; "Anteil" is said of both."""
    word = (unit or "").strip().casefold()
    return not word or word in _SHARE_WORDS


def is_ratio(value: Floats, numerator: Floats, denominator: Floats) -> Flags:
    """Where a value is its numerator by its denominator, as far as it was rounded."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(denominator > 0, numerator / denominator, np.nan)
    return np.abs(value - ratio) <= np.maximum(ROUNDED, RELATIVE * np.abs(ratio))


def _divided(rows: Rows, hundredths: Flags, profile: Profile) -> Rows:
    """The rows with the chosen ones, which count hundredths, as shares."""
    chosen = pa.array(hundredths)
    factors = np.where(hundredths, HUNDREDTH, 1.0)
    shares = {
        name: (
            all_times(column, factors)
            if profile.reads_layouts
            else pc.if_else(chosen, pc.divide(column, PERCENT), column)
        )
        for name, column in rows.fields.items()
        if name in _IN_ITS_UNIT
    }
    unit = pc.if_else(chosen, SHARE, rows.fields["unit"].cast(pa.string()))
    return Rows(rows.of, rows.fields | shares | {"unit": unit})
