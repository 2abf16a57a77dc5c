"""What risks and their reviews must satisfy: days that rise, and evidence before one is retired."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError
from mlpm_core.records import Reject, Risk, RiskStatus, columns
from mlpm_core.services.ingest.outcome_rules import fault_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.store import Reader

Row = dict[str, Any]
_POINTS = ("p10", "p50", "p90")


def risk_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that the three numbers rise, and that a retired risk says when and why."""
    del reader, project
    labels = {c.name: c.label for c in columns(Risk)}

    def rule(row: Row) -> Reject | None:
        return _impact_fault(row, labels) or _retirement_fault(row, labels)

    return rule


def review_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that a review lies in the life of its risk."""
    risks = {r.risk_id: r for r in reader.current(Risk, project)}

    def rule(row: Row) -> Reject | None:
        risk, day = risks.get(row["risk_id"]), row["reviewed_on"]
        if risk is None:  # that it must exist is said elsewhere
            return None
        if risk.raised_on is not None and day < risk.raised_on:
            sentence = f"The risk was raised on {risk.raised_on}; a review cannot come before."
            return fault_in("reviewed_on", day, MlpmError(sentence))
        gone = risk.retired_on if risk.status is RiskStatus.RETIRED else None
        if gone is not None and day >= gone and row["probability"] > 0:
            sentence = (
                f"The risk was retired on {gone} and counts as 0 from then on; if it can happen "
                "again, set its status to open first."
            )
            return fault_in("probability", row["probability"], MlpmError(sentence))
        return None

    return rule


def _impact_fault(row: Row, labels: dict[str, str]) -> Reject | None:
    written = [name for name in _POINTS if row[name] is not None]
    if not written:
        return None
    for name in _POINTS:
        if row[name] is None:
            sentence = "Write all three numbers of days, or none of them."
            return fault_in(name, "", MlpmError(sentence))
    if row["p10"] <= 0:
        sentence = f"{labels['p10']} is {row['p10']:g}; write a number above 0."
        return fault_in("p10", row["p10"], MlpmError(sentence))
    for less, more in pairwise(_POINTS):
        if row[less] > row[more]:
            sentence = (
                f"{labels[more]} ({row[more]:g}) is less than {labels[less].lower()} "
                f"({row[less]:g}); the three numbers must rise."
            )
            return fault_in(more, row[more], MlpmError(sentence))
    return None


def _retirement_fault(row: Row, labels: dict[str, str]) -> Reject | None:
    gone, raised = row["retired_on"], row["raised_on"]
    if row["status"] == RiskStatus.RETIRED:
        if not row["evidence"].strip():
            sentence = "Say what shows that it cannot happen any more; only then it is retired."
            return fault_in("evidence", "", MlpmError(sentence))
        if gone is None:
            sentence = "Write the day from which it could no longer happen."
            return fault_in("retired_on", "", MlpmError(sentence))
    elif gone is not None and row["status"] == RiskStatus.OPEN:
        sentence = f"{labels['retired_on']} is {gone}, but its status is open; correct one of both."
        return fault_in("retired_on", gone, MlpmError(sentence))
    if gone is not None and raised is not None and gone < raised:
        sentence = f"It cannot be retired ({gone}) before it was raised ({raised})."
        return fault_in("retired_on", gone, MlpmError(sentence))
    return None
