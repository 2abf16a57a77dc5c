"""Running totals as a question and a receipt show them: what each reading makes of the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.running_totals import Since
from mlpm_core.intake.messages import question

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.intake.columns.running_totals import Period
    from mlpm_core.records import Column, Question

AS_WRITTEN: Final = "as_written"
RUNNING: Final = "running"
MOST_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Named:
    """Numbers that are called running totals: their field, what calls them so, since when, where.

    ``rows`` are those called so; ``length`` is empty where the name does not say since when.
    """

    column: Column
    label: str
    length: str
    rows: list[int]

    def since(self, month: int) -> Since:
        """When they begin anew, where the year does so in a month."""
        return Since(self.length or "P1Y", month, is_said=bool(self.length))


@dataclass(frozen=True, slots=True)
class Running:
    """Such numbers taken as running totals: the number of each period alone.

    ``faults`` say by row why that number cannot be computed, ``stored`` how much of it was taken
    off for stored periods.
    """

    named: Named
    since: Since
    totals: list[float | None]
    numbers: list[float | None]
    faults: dict[int, str]
    stored: dict[int, float]

    @property
    def changes(self) -> list[int]:
        """The rows that are read otherwise than they are written."""
        pairs = enumerate(zip(self.totals, self.numbers, strict=True))
        return [i for i, (total, number) in pairs if number != total]

    @property
    def falls(self) -> list[int]:
        """The rows of which a total above nothing is lower than the one before it."""
        pairs = enumerate(zip(self.totals, self.numbers, strict=True))
        return [i for i, (t, n) in pairs if t is not None and n is not None and n < 0 < t - n]


def about_running(
    read: Sequence[Running],
    periods: Sequence[Period],
    of_series: Sequence[str],
) -> Question:
    """Whether the numbers of a column are running totals; both readings of its first rows."""
    one = next(one for one in read if one.changes)
    as_running = [_first_rows(one, one.numbers, periods, of_series)]
    if n := len({i for each in read for i in each.stored}):
        as_running.append(f"rows of which stored periods are taken off: {n:,}")
    faults = Counter(why for each in read for why in each.faults.values())
    most = faults.most_common(MOST_SHOWN)
    as_running += [f"rows rejected: {n:,}, since {why}" for why, n in most]
    if more := faults.total() - sum(n for _, n in most):
        as_running.append(f"rows rejected for other reasons: {more:,}")
    preview = [
        f"{AS_WRITTEN}: {_first_rows(one, one.totals, periods, of_series)}",
        f"{RUNNING}: {'; '.join(as_running)}",
    ]
    return question(
        "running-totals", "running_totals", [AS_WRITTEN, RUNNING],
        column=one.named.label, since=one.since.in_words, preview=preview,
    )  # fmt: skip


def about_fiscal_year(
    readings: Sequence[Sequence[Running]],
    periods: Sequence[Period],
    of_series: Sequence[str],
) -> Question:
    """Whether the totals begin anew with the fiscal year or with the calendar's."""
    several = next(
        each for each in zip(*readings, strict=True) if each[0].numbers != each[-1].numbers
    )
    months = [str(one.since.month) for one in several]
    differing = [i for i in range(len(periods)) if len({one.numbers[i] for one in several}) > 1]
    series = periods[differing[0]].series
    differing = [i for i in differing if periods[i].series == series]
    preview = [
        f"{month}: {_in_order(one.numbers, differing, periods, of_series)}"
        for month, one in zip(months, several, strict=True)
    ]
    return question(
        "running-since", "fiscal_start", months,
        column=several[0].named.label, preview=preview,
    )  # fmt: skip


def _first_rows(
    one: Running,
    numbers: Sequence[float | None],
    periods: Sequence[Period],
    of_series: Sequence[str],
) -> str:
    """The first rows of the first series of which the two readings differ."""
    computed = [i for i in one.changes if one.numbers[i] is not None]
    series = periods[(computed or one.changes)[0]].series
    mine = [i for i, period in enumerate(periods) if period.series == series]
    return _in_order(numbers, mine, periods, of_series)


def _in_order(
    numbers: Sequence[float | None],
    rows: Sequence[int],
    periods: Sequence[Period],
    of_series: Sequence[str],
) -> str:
    first = sorted(rows, key=lambda i: periods[i].start)[:MOST_SHOWN]
    said = [f"{periods[i].label} is {number_in_words(numbers[i])}" for i in first]
    return f"{of_series[first[0]]}: {', '.join(said)}"


def number_in_words(number: float | None) -> str:
    """A number of a period as it is shown.

    Examples
    --------
    >>> number_in_words(1234.5), number_in_words(None)
    ('1,234.5', 'unknown')
    """
    return "unknown" if number is None else f"{number:,.12g}"


def about_alone(label: str, first: Sequence[float | None], why: str) -> Question:
    """Whether numbers that are called running totals, and cannot be taken apart, are none."""
    return question(
        "running-alone", "running_totals", [AS_WRITTEN], column=label, why=why,
        preview=[f"{AS_WRITTEN}: {'; '.join(map(number_in_words, first))}"],
    )  # fmt: skip


def as_read(read: Sequence[Running]) -> str:
    """What a receipt says of numbers that were taken as running totals."""
    labels: dict[str, list[str]] = {}
    for one in read:
        labels.setdefault(one.since.in_words, []).append(one.named.label)
    return ", ".join(
        f"{' and '.join(some[:MOST_SHOWN])}{' and others' * (len(some) > MOST_SHOWN)} as totals "
        f"since {since}, each less the one before"
        for since, some in labels.items()
    )
