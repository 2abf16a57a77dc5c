"""What a receipt says of the metrics that value cases need: what is missing, what a log gives."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.records import (
    KpiActual,
    Label,
    MetricResult,
    Prediction,
    Project,
    QuantityRecord,
    ValueCase,
    Warned,
)
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.mechanisms import mechanism_of_case
from mlpm_core.services.valuation.monitored import deployed, recent_reading, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.records import Record
    from mlpm_core.services.valuation.log_reading import LogReading
    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Input, Mechanism

ALSO_NEEDED: Final = "also-needed"
FROM_LOG: Final = "computed-from-log"
OF_STORE: Final = (ALSO_NEEDED, FROM_LOG)
"""Codes of lines that say something of stored values, not of the file."""

_DATED: Final[dict[type[Record], str]] = {
    MetricResult: "period_start", KpiActual: "period_start", Prediction: "ts",
}  # fmt: skip
_MOST_PERIODS: Final = 1  # the screens have them all


def lines_on_metrics(
    reader: Reader,
    record: type[Record],
    project: str,
    models: Collection[str],
    today: Callable[[], date],
) -> list[Warned]:
    """What an import of results, predictions or labels of some models leaves to be said.

    Of each value case of these models: the metrics that it needs and nobody reports, neither this
    file nor the store, and those that its log gives, with their n. Asked inside the transaction.

    Parameters
    ----------
    models : collection of str
        An empty name stands for every model, as in labels.
    """
    if record not in (MetricResult, Prediction, Label):
        return []
    said, _ = or_reason(
        f"The metrics that value cases of {project} need",
        partial(_lines, reader, record, project, models, today),
    )
    return said or []


def rows_of_later_days(
    reader: Reader, record: type[Record], project: str, rows: pa.Table, today: Callable[[], date]
) -> list[Warned]:
    """That numbers of days after the one on which a project stands change nothing yet."""
    stands = reader.one(Project, (project,)) if record in _DATED else None
    if stands is None or not rows.num_rows:
        return []
    day = stands.clock_on or today()
    days = rows.column(_DATED[record]).cast(pa.date32())
    n = pc.sum(pc.greater(days, pa.scalar(day))).as_py() or 0
    sentence = (
        f"Rows of later days than {day.day} {day:%b %Y}, on which this project stands: {n:,}. They "
        "count from their day on."
    )
    return [Warned(code="later-days", message=sentence, rows=n)] if n else []


def _lines(
    reader: Reader,
    record: type[Record],
    project: str,
    models: Collection[str],
    today: Callable[[], date],
) -> list[Warned]:
    row = reader.one(Project, (project,))
    if row is None:
        return []
    day = row.clock_on or today()
    cases = [c for c in reader.current(ValueCase, project) if not c.archived]
    said: list[Warned] = []
    for case in cases:
        mechanism = mechanism_of_case(reader, project, case)
        deployment = deployed(reader, case)
        if mechanism is None or not ("" in models or deployment.model_id in models):
            continue
        reading = recent_reading(reader, project, deployment, day, mechanism, row.currency)
        name = (
            f"Value case {case.title or case.value_case_id}"
            if len(cases) > 1
            else ("This value case")
        )
        if record is not MetricResult:
            said += _from_log(name, mechanism, reading)
        if reading.periods:
            planned = {
                q.name
                for q in reader.current(QuantityRecord, project)
                if q.value_case_id == case.value_case_id and q.written
            }
            said += _missing(name, mechanism, reading, row.currency, planned)
    return said


def _missing(
    name: str,
    mechanism: Mechanism,
    reading: LogReading,
    currency: str,
    planned: Collection[str],
) -> Iterator[Warned]:
    """That a value case needs more than anybody reports."""
    there = {
        entry
        for period, metrics in reading.periods.items()
        for entry in seen(mechanism, period, metrics, currency).observations
    }
    missing = [e for e in mechanism.metrics if e.is_needed and e.name not in there]
    if not missing:
        return
    also = "also needs" if there else "needs"
    them, value = ("it", "value is") if len(missing) == 1 else ("them", "values are")
    follows = f"so the plan's {value} used"
    if unplanned := [e.label for e in missing if e.name not in planned]:
        follows = f"and nothing is planned of {_listed(unplanned)}, so there is no value of now"
    yield Warned(
        code=ALSO_NEEDED,
        message=f"{name} {also} {_listed([e.label for e in missing])}; nobody reports {them}, "
        f"{follows}.",
    )


def _from_log(name: str, mechanism: Mechanism, reading: LogReading) -> Iterator[Warned]:
    """Which metrics of which periods come from the log."""
    labels = {e.reported_as: e.label for e in mechanism.metrics}
    computed: dict[Period, dict[str, Monitored]] = {}
    for period, metrics in reading.periods.items():
        ours = {n: m for n, m in metrics.items() if m.logged is not None and n in labels}
        if ours:
            computed[period] = ours
    if not computed:
        return
    newest = sorted(computed, reverse=True)[:_MOST_PERIODS]
    told = "; ".join(f"{period}: {_figures(computed[period], labels)}" for period in newest)
    n_more = len(computed) - len(newest)
    word = newest[0].word
    more = f"; and {n_more} earlier {word}{'s' if n_more > 1 else ''}" if n_more else ""
    units = _units(mechanism, {n for metrics in computed.values() for n in metrics})
    goes_by = f" {reading.notes.goes_by}" if reading.notes.goes_by else ""
    yield Warned(
        code=FROM_LOG,
        message=f"{name} takes from the prediction log what nobody reports: {told}{more}. "
        f"{reading.notes.n_outcomes:,} of {reading.notes.n:,} predictions have an outcome yet."
        f"{goes_by}{units}",
    )


def _figures(metrics: Mapping[str, Monitored], labels: Mapping[str, str]) -> str:
    return ", ".join(f"{labels[n]} {m.value:.3g} (n = {m.n or 0:,})" for n, m in metrics.items())


def _units(mechanism: Mechanism, names: Collection[str]) -> str:
    """In which unit errors of predicted numbers are taken."""
    of_unit: list[Input] = [
        e for e in mechanism.metrics if e.reported_as in names and e.unit != "1"
    ]
    if not of_unit:
        return ""
    units = ", ".join(f"{e.label} in {e.unit}" for e in of_unit)
    return f" The log is taken to predict in the unit that the value case asks: {units}."


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return " and ".join(filter(None, [", ".join(first), last]))
