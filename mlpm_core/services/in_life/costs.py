"""What the models of a value case really cost beside the plan, and what a case of theirs cost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.in_life.actual_cost import ActualCost, CostEntry, actual_cost, net_of_cost
from mlpm_core.in_life.realisation import Span, months, together
from mlpm_core.records import ValueCase
from mlpm_core.services.in_life.realised_value import (
    BEFORE_COST,
    planned_inputs,
    without_running_cost,
)
from mlpm_core.services.valuation.log_metrics import MOST_CLASSES
from mlpm_core.services.valuation.monitored import WINDOW_DAYS, champions
from mlpm_core.value.worth import worth

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mlpm_core.services.in_life.realised_value import RealisedValue
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader
    from mlpm_core.value.estimate import Estimate

__all__ = [
    "ActualCost",
    "CasesServed",
    "CostsOfCase",
    "RecentCost",
    "Unallocated",
    "costs_of_case",
    "recent_cost",
    "recent_rows",
]

_DAY: Final = timedelta(days=1)
_DRAWS: Final = 1024
_NEVER: Final = Span(datetime.min, datetime.min)


@dataclass(frozen=True, slots=True)
class CasesServed:
    """Predictions that the models of a value case logged on its days of use.

    ``n_judged`` of them have a class and an outcome; ``n_wrong`` of these are wrong, None where
    they are numbers, which are neither right nor wrong. ``logged`` reaches from the first day with
    any to the last, None without a log; ``cost`` is that of the same days, money.
    """

    n: int
    n_judged: int
    n_wrong: int | None
    logged: tuple[date, date] | None
    cost: ActualCost | None

    @property
    def n_right(self) -> float | None:
        """How many are right, if those without an outcome are right as often as the others."""
        if self.n_wrong is None or not self.n_judged:
            return None
        return self.n * (1 - self.n_wrong / self.n_judged)


@dataclass(frozen=True, slots=True)
class Unallocated:
    """Money that no value case carries, and why: ``model_id`` serves none, or several."""

    model_id: str
    amount: float
    n_cases: int


@dataclass(frozen=True, slots=True)
class CostsOfCase:
    """What the models of a value case cost on its days of use up to today.

    ``months`` stand beside those of the realised value. ``net`` is the realised net to date with
    the recorded costs in the place of the planned running cost, None where nothing is recorded or
    realised. ``elsewhere`` holds amounts in currencies that are not the project's, which are not
    exchanged. ``newest_on`` is the last day that any cost covers; ``other_baseline`` names what
    value is compared with where that would cost something to run, too.
    """

    currency: str
    months: tuple[ActualCost, ...]
    total: ActualCost
    planned_annual: float
    net: Estimate | None
    cases: CasesServed
    unallocated: tuple[Unallocated, ...]
    elsewhere: Mapping[str, float]
    newest_on: date | None
    other_baseline: str = ""

    @property
    def is_recorded(self) -> bool:
        """Whether any cost of a day of use is recorded."""
        return self.total.days_recorded > 0

    @property
    def per_case(self) -> float | None:
        """Cost of a logged prediction, money; None without a record or a log of the same days."""
        return self._spread_over(self.cases.n)

    @property
    def per_right(self) -> float | None:
        """Cost of a prediction that was right, money."""
        return self._spread_over(self.cases.n_right)

    def _spread_over(self, n: float | None) -> float | None:
        cost = self.cases.cost
        return cost.expected / n if n and cost is not None and cost.days_recorded else None


def costs_of_case(
    reader: Reader,
    row: ValueCase,
    case: CaseValue,
    life: RealisedValue,
    today: date,
) -> CostsOfCase:
    """Actual cost beside planned for the days in which a value case was in use.

    Parameters
    ----------
    life : RealisedValue
        Says which days these are, and the net before running cost on them.
    """
    asked = {"project": row.project, "since": date.min, "until": today + _DAY}
    rows = reader.rows("costs_recorded", **asked)
    serving = _cases_by_model(reader, row)
    ours = [r for r in rows if serving.get(r["model_id"]) == {row.value_case_id}]
    planned, use = planned_running_cost(case), life.in_use
    entries = entries_of(ours, case.currency)
    whole = Span(min(s.start for s in use), max(s.end for s in use)) if use else _NEVER
    total = actual_cost(entries, use, whole, planned)
    valued = together([month.window_total for month in life.months])
    net = None
    if total.days_recorded and BEFORE_COST in valued.sums:
        net = net_of_cost(valued.total(BEFORE_COST, case.currency), total)
    return CostsOfCase(
        currency=case.currency,
        months=tuple(actual_cost(entries, use, month, planned) for month in months(use)),
        total=total,
        planned_annual=planned,
        net=net,
        cases=_cases_served(reader, row, today, entries, use, planned),
        unallocated=_unallocated(rows, serving, case.currency),
        elsewhere=_elsewhere(ours, case.currency),
        newest_on=min(max(r["period_end"] for r in ours), today) if ours else None,
        other_baseline=_other_baseline(case),
    )


@dataclass(frozen=True, slots=True)
class RecentCost:
    """What the models of a value case cost of late and what the plan counts, money a week."""

    actual: float
    planned: float
    days: float
    days_recorded: float


def recent_rows(reader: Reader, days: Mapping[str, date]) -> dict[str, list[dict[str, Any]]]:
    """The costs of late of some projects, each up to its day, with one question to the store."""
    if not days:
        return {}
    since = min(days.values()) - timedelta(days=WINDOW_DAYS)
    asked = {"project": next(iter(days)) if len(days) == 1 else "", "since": since}
    rows = reader.rows("costs_recorded", **asked, until=max(days.values()) + _DAY)
    by_project: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_project.setdefault(row["project"], []).append(row)
    return by_project


def recent_cost(
    reader: Reader, row: ValueCase, case: CaseValue, rows: Sequence[Mapping[str, Any]], today: date
) -> RecentCost | None:
    """What the models of a value case cost over the last quarter; None without a record.

    Parameters
    ----------
    rows : sequence of mapping
        The recorded costs of its project, as `recent_rows` gives them.
    """
    serving = _cases_by_model(reader, row)
    ours = [r for r in rows if serving.get(r["model_id"]) == {row.value_case_id}]
    if not ours:
        return None
    window = Span(_midnight(today - timedelta(days=WINDOW_DAYS - 1)), _midnight(today) + _DAY)
    use = [
        Span(
            _midnight(c.from_on) if c.from_on else window.start, _midnight(c.to_on or today) + _DAY
        )
        for c in champions(reader, row)
        if (c.from_on or today) <= (c.to_on or today)
    ]
    planned = planned_running_cost(case)
    cost = actual_cost(entries_of(ours, case.currency), use, window, planned)
    if not cost.days_recorded:
        return None
    weeks = cost.days / 7
    return RecentCost(cost.expected / weeks, cost.planned / weeks, cost.days, cost.days_recorded)


def planned_running_cost(case: CaseValue) -> float:
    """What the plan counts for running the model, in its formulas or beyond, money a year.

    Raises
    ------
    InputError
        When the plan cannot be valued.
    """
    plan, free = planned_inputs(case), without_running_cost(case)
    if case.planned is None or plan == free:
        return 0.0
    net, before = (
        worth(
            case.mechanism,
            written,
            baseline=case.baseline or None,
            currency=case.currency,
            draws=_DRAWS,
        )
        for written in (plan, free)
    )
    return before.net.mean - net.net.mean


def entries_of(rows: Iterable[Mapping[str, Any]], currency: str) -> list[CostEntry]:
    """The stored costs in a currency; an empty one is the project's."""
    return [
        CostEntry(
            Span(_midnight(row["period_start"]), _midnight(row["period_end"]) + _DAY),
            (row["cost_type"], row["model_id"], row["item"]),
            row["amount"],
            is_estimate=row["is_estimate"],
        )
        for row in rows
        if row["currency"] in ("", currency)
    ]


def _other_baseline(case: CaseValue) -> str:
    baseline = case.mechanism.baselines.get(case.baseline)
    return baseline.sentence if baseline and baseline.name == "incumbent" else ""


def _cases_by_model(reader: Reader, row: ValueCase) -> dict[str, set[str]]:
    """The value cases of a project that each model serves as a champion."""
    serving: defaultdict[str, set[str]] = defaultdict(set)
    for case in reader.current(ValueCase, row.project):
        if not case.archived or case.value_case_id == row.value_case_id:
            for champion in champions(reader, case):
                serving[champion.model_id].add(case.value_case_id)
    return dict(serving)


def _unallocated(
    rows: Iterable[Mapping[str, Any]], serving: Mapping[str, set[str]], currency: str
) -> tuple[Unallocated, ...]:
    """What was spent on models that serve no value case, or several; the most first."""
    sums: defaultdict[str, float] = defaultdict(float)
    for entry in entries_of(rows, currency):
        _, model, _ = entry.what
        if len(serving.get(model, ())) != 1:
            sums[model] += entry.amount
    lines = [Unallocated(m, amount, len(serving.get(m, ()))) for m, amount in sums.items()]
    return tuple(sorted(lines, key=lambda line: -abs(line.amount)))


def _elsewhere(rows: Iterable[Mapping[str, Any]], currency: str) -> dict[str, float]:
    """Amounts by currency, without that of the project."""
    sums: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        if row["currency"] not in ("", currency):
            sums[row["currency"]] += row["amount"]
    return dict(sums)


def _cases_served(
    reader: Reader,
    row: ValueCase,
    today: date,
    entries: Sequence[CostEntry],
    use: Sequence[Span],
    planned: float,
) -> CasesServed:
    """The predictions of its champions on their days of use, and what these days cost."""
    counted = [
        reader.rows(
            "log_cases",
            project=row.project,
            model_id=champion.model_id,
            model_version=champion.model_version,
            since=champion.from_on or date.min,
            until=min(champion.to_on or today, today) + _DAY,
        )[0]
        for champion in champions(reader, row)
        if champion.model_id
    ]
    counted = [c for c in counted if c["n"]]
    n, n_judged, n_wrong = (sum(c[k] for c in counted) for k in ("n", "n_judged", "n_wrong"))
    if not n:
        return CasesServed(0, 0, None, None, None)
    are_numbers = any((c["n_outcomes"] or 0) > MOST_CLASSES for c in counted)
    logged = min(c["first_on"] for c in counted), max(c["last_on"] for c in counted)
    window = Span(_midnight(logged[0]), _midnight(logged[1]) + _DAY)
    cost = actual_cost(entries, use, window, planned)
    return CasesServed(n, n_judged, None if are_numbers else n_wrong, logged, cost)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
