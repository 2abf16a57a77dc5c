"""Numbers a hundred or a thousand times as large as those known before, which is asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from math import isfinite
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake import Refusal
from mlpm_core.intake.columns.rows import Flags, Rows, distinct, flags, values_in
from mlpm_core.intake.columns.written_units import all_times
from mlpm_core.intake.messages import question, warned
from mlpm_core.quantity import is_percent
from mlpm_core.records import METRICS, Group, Kpi, KpiTarget, MetricResult, RolloutResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlpm_core.intake import ImportRequest
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.records import Question, Record
    from mlpm_core.store import Reader

AS_WRITTEN: Final = "as written"
EACH: Final = "each as before"
_JUMPS: Final = (100.0, 1000.0)
_ROOM: Final = 2.0  # so many times more or less is still such a jump
_ROOM_OF_KPIS: Final = 10.0**0.5  # of another length of period, too
_SCALED: Final = {
    "value": 1, "value_se": 1, "ci_low": 1, "ci_high": 1, "sum": 1, "sum_sq": 2,
    "target": 1, "at_least": 1, "stretch": 1,
}  # fmt: skip
"""The fields that hold a number of the series, and to which power."""
_MOST_SERIES: Final = 2000
_MOST_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class _Series:
    """Rows of a file that belong together, and how large those were with which they are held."""

    name: str
    was: float
    rows: Flags


@dataclass(frozen=True, slots=True)
class _Jump:
    """A series that is so much larger or smaller than it was, and the factor that takes it back."""

    name: str
    was: float
    now: float
    factor: float

    @property
    def answer(self) -> str:
        return f"times {self.factor:g}"


def settled_scale(reader: Reader, asked: ImportRequest, file: ParsedFile) -> ParsedFile:
    """The numbers, those that jump in size as was answered; a warning names every series of them.

    A metric is held against what is stored of it. A KPI is too, and before anything was measured
    of it against where it stands without the model: 0.034 of a KPI in % that stands at 3 is a
    share.

    Raises
    ------
    Refusal
        With the question whether they are meant as they are written: nobody answered it, or the
        answer is another factor than that by which a series jumps.
    """
    if asked.profile.is_replay or asked.profile.scale == AS_WRITTEN or not len(file.rows.of):
        return file
    is_of_kpis = asked.record is not MetricResult
    if is_of_kpis and (asked.by_application or not asked.profile.reads_layouts):
        return file
    series = (
        _of_kpis(reader, asked.project, asked.record, file.rows)
        if is_of_kpis
        else _of_metrics(reader, asked.project, file.rows)
    )
    first = next(series, None)  # one at a time: each holds a flag for every row
    if first is None:
        return file
    number = "target" if asked.record is KpiTarget else "value"
    values = np.abs(file.rows.fields[number].cast(pa.float64()).to_numpy(zero_copy_only=False))
    factors = np.ones(len(values))
    jumps: list[_Jump] = []
    room = _ROOM_OF_KPIS if is_of_kpis else _ROOM
    for one in chain([first], series):
        sizes = values[one.rows & (values > 0)]
        times = _jump(float(np.median(sizes)) / one.was, room) if len(sizes) else None
        if times is not None:
            factors[one.rows] = 1 / times
            jumps.append(_Jump(one.name, one.was, float(np.median(sizes)), 1 / times))
    if not jumps:
        return file
    answers = {jump.answer for jump in jumps}
    if asked.profile.scale not in ({EACH} if len(answers) > 1 else answers):
        raise Refusal(questions=[_about(jumps)])
    fields = dict(file.rows.fields)
    for name, power in _SCALED.items():
        if name in fields:
            numbers = fields[name].cast(pa.float64())
            is_exact = asked.profile.reads_layouts
            for _ in range(power):
                numbers = (
                    all_times(numbers, factors)
                    if is_exact
                    else pc.multiply(numbers, pa.array(factors))
                )
            fields[name] = numbers
    named = [f"{jump.name} ({jump.answer})" for jump in jumps]
    said = warned("scaled", int((factors != 1).sum()), names=named)
    receipt = file.receipt.model_copy(update={"warnings": [*file.receipt.warnings, said]})
    return replace(file, rows=Rows(file.rows.of, fields), receipt=receipt)


def _of_metrics(reader: Reader, project: str, rows: Rows) -> Iterator[_Series]:
    """The series of metrics that have no ends, of which something is stored."""
    if all(map(_has_ends, values_in(rows.fields["metric"]))):
        return
    of_model, models = distinct(rows.fields["model_id"])
    of_metric, metrics = distinct(rows.fields["metric"])
    if len(models) > _MOST_SERIES:
        return
    names = [m for m in models if m]
    for row in reader.rows("sizes_of_metrics", project=project, model_ids=names):
        model, metric = row["model_id"], row["metric"]
        if model in models and metric in metrics and not _has_ends(metric):
            mine = (of_model == models.index(model)) & (of_metric == metrics.index(metric))
            yield _Series(f"{metric} of {model}", float(row["size"]), mine)


def _of_kpis(reader: Reader, project: str, record: type[Record], rows: Rows) -> Iterator[_Series]:
    """The KPIs of which the file tells no unit, each over all cases: a group may be small.

    So may a single unit of a roll-out be, of a KPI that adds up; of one in percent it may not.
    """
    of_kpi, names = distinct(rows.fields["kpi_id"])
    is_open = np.ones(len(of_kpi), dtype=bool)
    if "unit" in rows.fields:
        is_open &= flags(not (unit or "").strip() for unit in rows.fields["unit"].to_pylist())
    if "group" in rows.fields:
        is_open &= flags(group == Group.ALL for group in rows.fields["group"].to_pylist())
    stored = {r["kpi_id"]: r["size"] for r in reader.rows("sizes_of_kpis", project=project)}
    for kpi in reader.current(Kpi, project):
        was = abs(stored.get(kpi.kpi_id) or kpi.baseline or kpi.target or 0.0)
        is_whole = record is not RolloutResult or is_percent(kpi.unit)
        if was and is_whole and kpi.kpi_id in names:
            mine = (of_kpi == names.index(kpi.kpi_id)) & is_open
            yield _Series(kpi.title, float(was), mine)


def _has_ends(metric: object) -> bool:
    """Whether a metric lies between two ends, so that no unit of it can be mistaken."""
    registered = METRICS.get(str(metric))
    return registered is not None and isfinite(registered.low) and isfinite(registered.high)


def _jump(ratio: float, room: float = _ROOM) -> float | None:
    """The power of ten by which a series jumps; None when it does not.

    Examples
    --------
    >>> _jump(1040.0), _jump(0.0098), _jump(3.0)
    (1000.0, 0.01, None)
    """
    for times in _JUMPS:
        for factor in (times, 1 / times):
            if factor / room <= ratio <= factor * room:
                return factor
    return None


def _about(jumps: Sequence[_Jump]) -> Question:
    """Whether the series are meant as written; of several factors each is taken by its own."""
    first, answers = jumps[0], {jump.answer for jump in jumps}
    answer = first.answer if len(answers) == 1 else EACH
    shown = jumps[:_MOST_SHOWN]
    more = [f"and {len(jumps) - len(shown)} more series"] if len(jumps) > len(shown) else []
    return question(
        "scale", "scale", [AS_WRITTEN, answer], name=first.name,
        stored=f"{first.was:.6g}", now=f"{first.now:.6g}",
        preview=[
            *(f"{AS_WRITTEN}: {j.name} is now about {j.now:.6g}" for j in shown),
            *(
                f"{answer}: {j.name} is now about {j.now * j.factor:.6g}"
                + (f" ({j.answer})" if answer == EACH else "")
                for j in shown
            ),
            *more,
        ],
    )  # fmt: skip
