"""What incidents, costs, targets and proofs must satisfy; a broken rule becomes a reject."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError
from mlpm_core.quantity import CURRENCIES
from mlpm_core.records import Direction, Incident, Kpi, KpiTarget, Reject, columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.store import Reader

Row = dict[str, Any]


def fault_in(column: str, value: object, error: MlpmError) -> Reject:
    """The reject of a cell that breaks a rule; whoever gives it to a line names the line."""
    return Reject(
        row=None,
        column=column,
        code="rule",
        value=str(value)[:80],
        message=str(error),
        hint="Correct the cell; the record was not stored.",
    )


_MOMENTS = ("started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at")


def incident_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that the moments of an incident follow one another."""
    del reader, project
    labels = {c.name: c.label for c in columns(Incident)}

    def rule(row: Row) -> Reject | None:
        moments = [(name, row[name]) for name in _MOMENTS if row[name] is not None]
        for (earlier, a), (later, b) in pairwise(moments):
            if a > b:
                sentence = (
                    f"{labels[later]} ({b:%Y-%m-%d %H:%M}) comes before "
                    f"{labels[earlier].lower()} ({a:%Y-%m-%d %H:%M}); correct one of the two."
                )
                return fault_in(later, b, MlpmError(sentence))
        return _unknown_currency(row)

    return rule


def cost_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that the period of a cost ends after it begins."""
    del reader, project

    def rule(row: Row) -> Reject | None:
        if row["period_end"] < row["period_start"]:
            sentence = (
                f"The period ends {row['period_end']}, before it begins {row['period_start']}."
            )
            return fault_in("period_end", row["period_end"], MlpmError(sentence))
        return _unknown_currency(row)

    return rule


def target_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that floor, target and stretch follow one another the way the KPI should move."""
    directions = {k.kpi_id: k.direction for k in reader.current(Kpi, project)}
    labels = {c.name: c.label for c in columns(KpiTarget)}

    def rule(row: Row) -> Reject | None:
        is_lower = directions.get(row["kpi_id"]) is Direction.LOWER
        levels = [n for n in ("at_least", "target", "stretch") if row[n] is not None]
        for easier, harder in pairwise(levels):
            a, b = row[easier], row[harder]
            if a != b and (a < b) is is_lower:
                way = "lower" if is_lower else "higher"
                sentence = (
                    f"{labels[harder]} ({b:g}) is easier to reach than {labels[easier].lower()} "
                    f"({a:g}): {way} is better for this KPI. Correct one of the two."
                )
                return fault_in(harder, b, MlpmError(sentence))
        return None

    return rule


def length_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that what is counted over a period says how long the period is."""
    del reader, project

    def rule(row: Row) -> Reject | None:
        if row["granularity"]:
            return None
        sentence = "The length of the period is missing; write P1W for a week or P1M for a month."
        return fault_in("granularity", "", MlpmError(sentence))

    return rule


def _unknown_currency(row: Row) -> Reject | None:
    code = row["currency"]
    if not code or code in CURRENCIES:
        return None
    sentence = f"{code!r} is no currency code; write three letters such as EUR, or leave it empty."
    return fault_in("currency", code, MlpmError(sentence))
