"""How the mix of cases moves, and where the model errs: from the prediction log, else slices."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from mlpm_core.in_life.control_chart import MixDrift, mix_drift
from mlpm_core.in_life.periods import Monitored, Period
from mlpm_core.records import METRICS, Slot
from mlpm_core.services.valuation.log_metrics import MOST_CLASSES
from mlpm_core.services.valuation.monitored import as_asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mlpm_core.records import Deployment
    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Mechanism

OTHERS = "all others"
UNNAMED = "without a segment"
_REFERENCE = timedelta(weeks=12)
_RECENT = timedelta(weeks=4)
_MOST = 6


@dataclass(frozen=True, slots=True)
class SegmentPoint:
    """A segment in one period: cases, their share of all, and the error of those judged.

    ``error`` is in the measure of its ``Segments``; None when nothing was judged.
    """

    period: Period
    n: int | None
    share: float | None
    n_judged: int
    error: float | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of cases over time, oldest period first."""

    name: str
    points: tuple[SegmentPoint, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """The segment whose share changed most, from the first 12 weeks to the newest period.

    ``error`` and ``error_of_others`` are those of the newest four weeks.
    """

    name: str
    before: float
    now: float
    error: float | None
    error_of_others: float | None


@dataclass(frozen=True, slots=True)
class Segments:
    """One way of telling cases apart, the largest group first.

    ``drift`` compares the mix of the newest period with that of the first 12 weeks, and
    ``drifted_since`` is the first period that differed from them together with its successor.
    """

    title: str
    measure: str
    is_share: bool
    granularity: str
    segments: tuple[Segment, ...]
    drift: MixDrift | None
    drifted_since: Period | None
    move: Move | None
    followed_share: float | None = None


@dataclass(slots=True)
class _Cell:
    """Sums of one segment in one period."""

    n: int = 0
    n_judged: int = 0
    error: float = 0.0

    def add(self, other: _Cell) -> None:
        self.n += other.n
        self.n_judged += other.n_judged
        self.error += other.error


@dataclass(slots=True)
class _Table:
    """Sums by period and segment."""

    cells: dict[Period, dict[str, _Cell]] = field(default_factory=dict)

    def put(self, period: Period, name: str, cell: _Cell) -> None:
        self.cells.setdefault(period, {}).setdefault(name, _Cell()).add(cell)

    def shortened(self) -> _Table:
        """The largest segments, the rest as one."""
        sizes: Counter[str] = Counter()
        for of_period in self.cells.values():
            sizes.update({name: cell.n for name, cell in of_period.items()})
        if len(sizes) <= _MOST:
            return self
        kept = {name for name, _ in sizes.most_common(_MOST - 1)}
        short = _Table()
        for period, of_period in self.cells.items():
            for name, cell in of_period.items():
                short.put(period, name if name in kept else OTHERS, cell)
        return short


def segments_of(
    reader: Reader,
    project: str,
    deployment: Deployment,
    *,
    granularity: str,
    today: date,
    mechanism: Mechanism | None,
    currency: str,
) -> tuple[Segments, ...]:
    """The segments of a model's prediction log; without a log, the slices of its results.

    Parameters
    ----------
    granularity : str
        Length of the periods; a log is told by day, week or month, of other lengths by week.
    today : date
        Later predictions are left out.
    mechanism : Mechanism or None
        In whose units, and the currency, slices are told (``monitored.as_asked``).

    Returns
    -------
    tuple of Segments
        Empty when cases are not told apart; one for each slice key when results are sliced.
    """
    if not deployment.model_id:
        return ()
    whose = {
        "project": project,
        "model_id": deployment.model_id,
        "model_version": deployment.model_version,
    }
    by = granularity if granularity in ("P1D", "P1M") else "P1W"
    until = datetime.combine(today + timedelta(days=1), time())
    rows = reader.rows("log_by_segment", **whose, by=by, until=until)
    if any(row["segment"] for row in rows):
        return (_of_log(rows, by),)
    is_shadow = deployment.slot == Slot.SHADOW
    sliced = reader.rows(
        "sliced_metrics", **whose, also_source="shadow" if is_shadow else "production"
    )
    sliced = [
        r for r in sliced if r["granularity"] == granularity and r["period_start"].date() <= today
    ]
    sliced = _in_asked_units(sliced, mechanism, currency)
    keys = dict.fromkeys(r["slice_key"] for r in sliced)
    return tuple(_of_slices([r for r in sliced if r["slice_key"] == key], key) for key in keys)


def _in_asked_units(
    rows: Iterable[Mapping[str, Any]], mechanism: Mechanism | None, currency: str
) -> list[dict[str, Any]]:
    """Sliced results as the mechanism asks them, without those that do not fit."""
    converted = []
    for row in rows:
        period = Period(row["period_start"], row["granularity"])
        result = Monitored(row["value"], row["n"], None, "", unit=row["unit"]).in_shares()
        asked = as_asked({period: {row["metric"]: result}}, mechanism, currency)[period]
        converted += [{**row, "value": monitored.value} for monitored in asked.values()]
    return converted


def _of_log(rows: Sequence[Mapping[str, Any]], by: str) -> Segments:
    judged = sum(r["n_judged"] for r in rows)
    is_number = 0 < judged == sum(r["n_numbers"] for r in rows) and (
        rows[0]["n_outcomes"] > MOST_CLASSES
    )
    table = _Table()
    for row in rows:
        error = (row["sum_error"] or 0.0) if is_number else row["n_wrong"]
        cell = _Cell(row["n"], row["n_judged"], error)
        table.put(Period(row["period_start"], by), row["segment"] or UNNAMED, cell)
    n = sum(r["n"] for r in rows)
    return _segments(
        "segment",
        "mean absolute error" if is_number else "error share",
        table,
        is_share=not is_number,
        followed_share=sum(r["n_followed"] for r in rows) / n,
    )


def _of_slices(rows: Sequence[Mapping[str, Any]], key: str) -> Segments:
    """Slices by one key, told in the metric that was sliced most often."""
    metric = Counter(r["metric"] for r in rows).most_common(1)[0][0]
    registered = METRICS.get(metric)
    table = _Table()
    latest = {(r["period_start"], r["slice_value"]): r for r in rows if r["metric"] == metric}
    has_sizes = all(r["n"] for r in latest.values())
    for row in latest.values():
        n = row["n"] if has_sizes else 0
        weight = n or 1
        cell = _Cell(n, weight, row["value"] * weight)
        table.put(Period(row["period_start"], row["granularity"]), row["slice_value"], cell)
    return _segments(
        key,
        registered.label if registered else metric,
        table,
        is_share=registered is not None and registered.is_share,
    )


def _segments(
    title: str,
    measure: str,
    table: _Table,
    *,
    is_share: bool,
    followed_share: float | None = None,
) -> Segments:
    drift, since = _drift(table)
    table = table.shortened()
    periods = sorted(table.cells)
    sizes: Counter[str] = Counter()
    for of_period in table.cells.values():
        sizes.update({name: cell.n for name, cell in of_period.items()})
    names = sorted(sizes, key=lambda name: (name == OTHERS, -sizes[name], name))
    totals = {p: sum(cell.n for cell in table.cells[p].values()) for p in periods}
    return Segments(
        title=title,
        measure=measure,
        is_share=is_share,
        granularity=periods[-1].granularity,
        segments=tuple(
            Segment(
                name,
                tuple(_point(p, table.cells[p].get(name, _Cell()), totals[p]) for p in periods),
            )
            for name in names
        ),
        drift=drift,
        drifted_since=since,
        move=_move(table) if drift else None,
        followed_share=followed_share,
    )


def _point(period: Period, cell: _Cell, total: int) -> SegmentPoint:
    return SegmentPoint(
        period=period,
        n=cell.n if total else None,
        share=cell.n / total if total else None,
        n_judged=cell.n_judged if total else 0,
        error=cell.error / cell.n_judged if cell.n_judged else None,
    )


def _reference(table: _Table) -> tuple[list[Period], list[Period]]:
    """The periods of the first 12 weeks, and those after them."""
    periods = sorted(table.cells)
    until = periods[0].start + _REFERENCE
    return [p for p in periods if p.start < until], [p for p in periods if p.start >= until]


def _counts(table: _Table, periods: Iterable[Period]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for period in periods:
        counts.update({name: cell.n for name, cell in table.cells[period].items()})
    return counts


def _drift(table: _Table) -> tuple[MixDrift | None, Period | None]:
    first, later = _reference(table)
    reference = _counts(table, first)
    if not later or not reference.total():
        return None, None
    drifts = []
    for period in later:
        counts = _counts(table, [period])
        names = sorted(reference | counts)
        if counts.total():
            compared = mix_drift([reference[n] for n in names], [counts[n] for n in names])
            drifts.append((period, compared))
    since = None
    for i, (period, compared) in enumerate(drifts):
        is_last = i == len(drifts) - 1
        if compared.is_drift and (is_last or drifts[i + 1][1].is_drift):
            since = period
            break
    return drifts[-1][1] if drifts else None, since


def _move(table: _Table) -> Move | None:
    first, later = _reference(table)
    if not later:
        return None
    newest = later[-1]
    before, now = _counts(table, first), _counts(table, [newest])
    names = [n for n in before | now if n != OTHERS]
    shares = {n: (before[n] / before.total(), now[n] / now.total()) for n in names}
    gains = {n: now - before for n, (before, now) in shares.items()}
    # Of two groups, one loses what the other gains: told is the one that grew.
    moved = max(gains, key=lambda n: (round(abs(gains[n]), 9), gains[n]))
    recent = [p for p in later if newest.start - p.start < _RECENT]
    mine, others = _Cell(), _Cell()
    for period in recent:
        for name, cell in table.cells[period].items():
            (mine if name == moved else others).add(cell)
    return Move(
        moved,
        *shares[moved],
        mine.error / mine.n_judged if mine.n_judged else None,
        others.error / others.n_judged if others.n_judged else None,
    )
