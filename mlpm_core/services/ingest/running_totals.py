"""Columns that are called running totals: whether they are is asked, and held against the store."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake import Refusal
from mlpm_core.intake.columns.dates import after
from mlpm_core.intake.columns.field_words import total_since
from mlpm_core.intake.columns.period_words import EACH
from mlpm_core.intake.columns.rows import Rows, distinct
from mlpm_core.intake.columns.running_questions import (
    AS_WRITTEN,
    MOST_SHOWN,
    Named,
    Running,
    about_alone,
    about_fiscal_year,
    about_running,
    as_read,
    number_in_words,
)
from mlpm_core.intake.columns.running_totals import Period, alone
from mlpm_core.intake.messages import warned
from mlpm_core.intake.metric_names import Meaning
from mlpm_core.intake.profile import IGNORE
from mlpm_core.quantity import Dimension, is_percent
from mlpm_core.records import (
    ColumnKind,
    Cost,
    FreedHoursRecord,
    Kpi,
    KpiActual,
    KpiTarget,
    MetricResult,
    Project,
    Promise,
    RolloutResult,
    columns,
)
from mlpm_core.services.ingest.scale_rules import AS_WRITTEN as OF_THAT_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mlpm_core.intake import ImportRequest
    from mlpm_core.intake.columns.running_totals import StoredNumbers
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.records import Record
    from mlpm_core.store import Reader

_SERIES: Final[dict[type[Record], tuple[str, ...]]] = {
    KpiActual: ("kpi_id", "granularity", "group"),
    RolloutResult: ("kpi_id", "unit_id", "granularity"),
    FreedHoursRecord: ("value_case_id", "granularity"),
    Cost: ("model_id", "cost_type", "item", "currency", "is_estimate"),
}
"""What rows of one series have in common: its numbers follow each other from period to period."""
_NO_SERIES: Final[dict[type[Record], str]] = {
    MetricResult: "a metric is no sum over periods that could be taken apart",
    KpiTarget: "a target is where a KPI should be by a day, for no period of its own",
    Promise: "a promise is where a KPI should be by a day, for no period of its own",
}
_BESIDE: Final[dict[type[Record], tuple[str, tuple[str, ...]]]] = {
    KpiActual: ("value", ("n", "sum", "sum_sq")),
    FreedHoursRecord: ("freed", ("backlog", "overtime", "staffing", "elsewhere")),
}
"""Numbers that tell more of another one; beside the number of a period alone they would not."""
_NUMBERS: Final = (ColumnKind.NUMBER, ColumnKind.WHOLE)
_LENGTHS: Final = {
    **dict.fromkeys(("h", "hr", "hour"), "PT1H"), **dict.fromkeys(("d", "day"), "P1D"),
    **dict.fromkeys(("w", "wk", "week"), "P1W"), **dict.fromkeys(("m", "mo", "month"), "P1M"),
    **dict.fromkeys(("q", "qtr", "quarter"), "P3M"), **dict.fromkeys(("y", "yr", "year"), "P1Y"),
}  # fmt: skip
_PER: Final = re.compile(r"\s*/\s*|\s+per\s+")
_SCALED: Final = "the file is taken by a factor, and stored periods before it are not"


def settled_totals(reader: Reader, asked: ImportRequest, file: ParsedFile) -> ParsedFile:
    """The rows with the number of each period alone, where the file has running totals of them.

    Periods before it that the file lacks are those stored. What cannot be told is a fault: a period
    whose predecessor is neither in the file nor stored, or a KPI that is no sum.

    Raises
    ------
    Refusal
        With the question whether a column that is called a running total holds one.
    """
    if not asked.profile.reads_layouts or not len(file.rows.of):
        return file
    named = [*_named(asked, file)]
    if not named:
        return file
    own, said = _first_month(reader, asked), asked.profile.fiscal_start
    month = int(said or own)
    if asked.record in _NO_SERIES:
        return _whole(asked, file, named, month, _NO_SERIES[asked.record])
    if any(one.length == "week" for one in named):
        return _whole(asked, file, named, month, "nothing says on which day its week begins")
    of_series, periods = _periods(file)
    why_not = _why_not(reader, asked, file)
    stored = cache(partial(_stored, reader, asked.project, file, periods))
    read_from = partial(_read, asked, file, named, periods, why_not, stored)
    read = read_from(month)
    changed = {i for one in read for i in one.changes}
    if not changed:
        return file
    if all(why_not[i] for i in changed):
        return _as_written(asked, file, named[0], why_not[min(changed)])
    if asked.profile.running_totals is None:
        raise Refusal(questions=[about_running(read, periods, of_series)])
    if asked.profile.running_totals == AS_WRITTEN:
        return _as_written(asked, file, named[0], "")
    if own != 1 and said is None:
        by_calendar = read_from(1)
        if [one.numbers for one in by_calendar] != [one.numbers for one in read]:
            raise Refusal(questions=[about_fiscal_year([read, by_calendar], periods, of_series)])
    return _taken(file, read, periods, of_series)


def _named(asked: ImportRequest, file: ParsedFile) -> Iterator[Named]:
    """The numbers that a file calls running totals: by a column, or by what it has columns of.

    A name that somebody answered to be a metric may say so, too.
    """
    if asked.record not in {*_SERIES, *_NO_SERIES}:
        return
    every = range(len(file.rows.of))
    numbers = {c.name: c for c in columns(asked.record) if c.kind in _NUMBERS}
    for name, column in numbers.items():
        label = file.labels.get(name, "")
        if name in file.rows.fields and (length := total_since(label)) is not None:
            yield Named(column, label, length, [*every])
    field, called = "metric", dict[str, str]()
    if asked.record is MetricResult:
        answers = {k: v for k, v in asked.profile.metrics.items() if v != IGNORE}
        called = {name: Meaning.read(name, answer).metric for name, answer in answers.items()}
        called = {name: metric for name, metric in called.items() if total_since(metric) is None}
    elif asked.record is RolloutResult and asked.profile.name_columns == "yes":
        field = "unit_id"
        called = {name: name for name in distinct(file.rows.fields[field])[1] if name}
    lengths = {name: length for name in called if (length := total_since(name)) is not None}
    cells = file.rows.fields[field].to_pylist() if lengths else []
    for name, length in lengths.items():
        if rows := [i for i in every if cells[i] == called[name]]:
            yield Named(numbers["value"], name, length, rows)


def _whole(
    asked: ImportRequest, file: ParsedFile, named: Sequence[Named], month: int, why: str
) -> ParsedFile:
    """The rows as they are, which is asked unless every total began with the period of its row."""
    if "period_start" in file.rows.fields:
        periods = _spans(file, [0] * len(file.rows.of))
        if all(one.since(month).is_first(periods[i]) for one in named for i in one.rows):
            return file
    return _as_written(asked, file, named[0], why)


def _periods(file: ParsedFile) -> tuple[list[str], list[Period]]:
    """The name of the series and the period of each row."""
    fields = file.rows.fields
    codes = file.rows.numbered(_SERIES[file.record])
    _, series = np.unique(codes, return_inverse=True)
    named = [name for name in _SERIES[file.record][:3] if name not in ("granularity", "currency")]
    words = zip(*(fields[name].to_pylist() for name in named), strict=True)
    names = [", ".join(str(word) for word in some if word not in ("", "all")) for some in words]
    return names, _spans(file, series.tolist())


def _spans(file: ParsedFile, series: Sequence[int]) -> list[Period]:
    """The period of each row."""
    fields = file.rows.fields
    no_words = [None] * len(series)
    of_rows = zip(
        *(
            fields[name].to_pylist() if name in fields else no_words
            for name in ("period_start", "period_end", "granularity")
        ),
        strict=True,
    )
    return [Period(one, *_span(*row)) for one, row in zip(series, of_rows, strict=True)]


def _span(start: date, last: date | None, length: str | None) -> tuple[datetime, datetime]:
    """The first moment of a period and the first one after it, by its last day or its length."""
    first = _moment(start)
    return first, after(first, str(length)) if last is None else _moment(last) + timedelta(days=1)


def _moment(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time())


def _stored(
    reader: Reader, project: str, file: ParsedFile, periods: Sequence[Period]
) -> Mapping[str, StoredNumbers]:
    """What holds now of the series of a file, by field."""
    record = file.record
    names = [c.name for c in columns(record) if c.kind in _NUMBERS]
    numbers: dict[str, dict[int, dict[tuple[datetime, datetime], float]]] = {
        name: defaultdict(dict) for name in names
    }
    words = zip(*(file.rows.fields[name].to_pylist() for name in _SERIES[record]), strict=True)
    numbered = {key: period.series for key, period in zip(words, periods, strict=True)}
    for row in reader.table(record, project):
        series = numbered.get(tuple(row[name] for name in _SERIES[record]))
        if series is not None:
            span = _span(row["period_start"], row.get("period_end"), row.get("granularity"))
            for name in names:
                if row[name] is not None:
                    numbers[name][series][span] = row[name]
    return numbers


def _why_not(reader: Reader, asked: ImportRequest, file: ParsedFile) -> list[str]:
    """Why the totals of each row are none that could be taken apart; empty where they are."""
    n, fields = len(file.rows.of), file.rows.fields
    if "granularity" not in fields:
        return [""] * n
    of_length, lengths = distinct(fields["granularity"])
    kpis: list[str | None] = [None]
    of_kpi = np.zeros(n, dtype=np.int64)
    stored: dict[str, Kpi] = {}
    if "kpi_id" in fields:
        of_kpi, kpis = distinct(fields["kpi_id"])
        stored = {kpi.kpi_id: kpi for kpi in reader.current(Kpi, asked.project)}
    why = {
        (k, g): _no_sum(stored.get(str(name)), str(length))
        for k, name in enumerate(kpis)
        for g, length in enumerate(lengths)
    }
    return [why[pair] for pair in zip(of_kpi.tolist(), of_length.tolist(), strict=True)]


def _no_sum(kpi: Kpi | None, length: str) -> str:
    """Why the numbers of a KPI are no sum over periods of a length; empty where they may be one."""
    if length not in EACH:
        return "its rows are of moments, which have no period before them"
    if kpi is None:
        return ""
    head, *per = (part.strip().lower() for part in _PER.split(kpi.unit.strip()))
    if is_percent(head) or head in ("1", "share"):
        return f"{kpi.title} is a share ({kpi.unit}), which does not add up over periods"
    of = _LENGTHS.get(per[0].removesuffix("s")) if per else length
    if of is None or kpi.dimension == Dimension.CYCLE_TIME:
        return f"{kpi.title} is an average ({kpi.unit}), which does not add up over periods"
    if of != length:
        return f"{kpi.title} is counted in {kpi.unit}, and its rows are of {EACH[length]} each"
    return ""


def _first_month(reader: Reader, asked: ImportRequest) -> int:
    """The month in which the fiscal year of a project begins."""
    project = reader.one(Project, (asked.project,))
    return project.year_starts_in if project else 1


def _read(
    asked: ImportRequest,
    file: ParsedFile,
    named: Sequence[Named],
    periods: Sequence[Period],
    why_not: Sequence[str],
    stored: Callable[[], Mapping[str, StoredNumbers]],
    month: int,
) -> list[Running]:
    """Everything that is called a running total, read as one."""
    profile, read = asked.profile, []
    is_scaled = profile.scale not in (None, OF_THAT_SIZE)
    for one in named:
        totals = file.rows.fields[one.column.name].to_pylist()
        numbers, faults, since = list(totals), {}, one.since(month)
        mine = [totals[i] for i in one.rows]
        numbers_stored = partial(_of_field, stored, one.column.name)
        of_period, unclear, off = alone(
            [periods[i] for i in one.rows], mine, since, one.column.low,
            None if profile.before_zones else numbers_stored,
        )  # fmt: skip
        if is_scaled:
            unclear |= dict.fromkeys(off, _SCALED)
        for k, (i, total, number) in enumerate(zip(one.rows, mine, of_period, strict=True)):
            is_told = k not in unclear and (not why_not[i] or number == total)
            numbers[i] = number if is_told else None
        for k, why in unclear.items():
            faults[one.rows[k]] = why
        faults |= {i: why_not[i] for i in one.rows if why_not[i] and numbers[i] != totals[i]}
        of_stored = {one.rows[k]: n for k, n in off.items() if one.rows[k] not in faults}
        read.append(Running(one, since, totals, numbers, faults, of_stored))
    return read


def _of_field(stored: Callable[[], Mapping[str, StoredNumbers]], name: str) -> StoredNumbers:
    return stored()[name]


def _as_written(asked: ImportRequest, file: ParsedFile, named: Named, why: str) -> ParsedFile:
    """The rows as they are, once that is answered.

    Raises
    ------
    Refusal
        With the question; ``why`` says why there is no other reading.
    """
    if asked.profile.running_totals == AS_WRITTEN:
        return _said(file, f"{named.label} as numbers of each period alone")
    column = file.rows.fields[named.column.name]
    first = [column[i].as_py() for i in named.rows[:MOST_SHOWN]]
    raise Refusal(questions=[about_alone(named.label, first, why)])


def _said(file: ParsedFile, words: str) -> ParsedFile:
    read_as = ", ".join(filter(None, (file.receipt.read_as, words)))
    return replace(file, receipt=file.receipt.model_copy(update={"read_as": read_as}))


def _taken(
    file: ParsedFile,
    read: Sequence[Running],
    periods: Sequence[Period],
    of_series: Sequence[str],
) -> ParsedFile:
    """The rows with the numbers of their periods alone; those that cannot be told are faults."""
    fields = dict(file.rows.fields)
    for one in read:
        label, name = one.named.label, one.named.column.name
        for i, why in one.faults.items():
            file.faults.add(
                int(file.rows.of[i]), label, "running-total", number_in_words(one.totals[i]),
                series=of_series[i], period=periods[i].label, since=one.since.in_words, why=why,
            )  # fmt: skip
        is_whole = one.named.column.kind is ColumnKind.WHOLE
        numbers = fields[name].to_pylist()
        for i in one.named.rows:
            number = one.numbers[i]
            numbers[i] = int(number) if is_whole and number is not None else number
        fields[name] = pa.array(numbers, fields[name].type)
    file = _said(file, as_read(read))
    warnings = [*file.receipt.warnings]
    if n := len({i for one in read for i in one.falls}):
        labels = [one.named.label for one in read if one.falls]
        warnings.append(warned("running-falls", n, n=n, names=labels))
    if n := len({i for one in read for i in one.stored}):
        first = next(one for one in read if one.stored)
        i, labels = min(first.stored), [one.named.label for one in read if one.stored]
        total, stored = number_in_words(first.totals[i]), number_in_words(first.stored[i])
        of = {"series": [of_series[i]], "period": periods[i].label, "total": total}
        warnings.append(warned("running-stored", n, n=n, names=labels, stored=stored, **of))
    main, beside = _BESIDE.get(file.record, ("", ()))
    of_totals = {one.named.column.name for one in read}
    left = [
        name
        for name in beside
        if main in of_totals and name not in of_totals and fields[name].null_count < len(periods)
    ]
    if left:
        fields |= {name: pa.nulls(len(periods), fields[name].type) for name in left}
        n = int(pc.sum(file.rows.fields[left[0]].is_valid()).as_py())
        warnings.append(warned("running-beside", n, names=[file.labels[name] for name in left]))
    receipt = file.receipt.model_copy(update={"warnings": warnings})
    is_kept = ~file.faults.is_bad[file.rows.of]
    return replace(file, rows=Rows(file.rows.of, fields).taken(is_kept), receipt=receipt)
