"""What meetings and promises of date or cost must satisfy beyond their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import MlpmError
from mlpm_core.records import Measure
from mlpm_core.services.ingest.outcome_rules import fault_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.records import Reject
    from mlpm_core.store import Reader

Row = dict[str, Any]
EVEN_ODDS: Final = 0.5


def interaction_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that an answer belongs to a question, and comes no earlier."""
    del reader, project

    def rule(row: Row) -> Reject | None:
        answered_on = row["answered_on"]
        if answered_on is None:
            return None
        if not row["open_question"].strip():
            sentence = "There is a day of an answer and no question; write the question too."
            return fault_in("answered_on", answered_on, MlpmError(sentence))
        if answered_on < row["happened_on"]:
            sentence = (
                f"It was answered on {answered_on}, before the question came up on "
                f"{row['happened_on']}."
            )
            return fault_in("answered_on", answered_on, MlpmError(sentence))
        return None

    return rule


def delivery_promise_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that a promise says what it promised, and who answers for one below even odds."""
    del reader, project

    def rule(row: Row) -> Reject | None:
        fault = _unsaid(row) or _not_overridden(row)
        if fault is None:
            return None
        column, sentence = fault
        value = "" if row[column] is None else row[column]
        return fault_in(column, value, MlpmError(sentence))

    return rule


def _unsaid(row: Row) -> tuple[str, str] | None:
    if row["measure"] == Measure.DATE and row["promised_for_on"] is None:
        return "promised_for_on", "A promise of a date needs the day that was promised."
    if row["measure"] == Measure.COST and row["promised_cost"] is None:
        return "promised_cost", "A promise of a cost needs the cost that was promised."
    if row["promised_for_on"] is not None and row["promised_for_on"] < row["made_on"]:
        return "promised_for_on", (
            f"It was promised for {row['promised_for_on']}, before it was made on {row['made_on']}."
        )
    if row["delivered_on"] is not None and row["delivered_on"] < row["made_on"]:
        return "delivered_on", (
            f"It was delivered on {row['delivered_on']}, before it was made on {row['made_on']}."
        )
    return None


def _not_overridden(row: Row) -> tuple[str, str] | None:
    confidence = row["confidence"]
    if confidence is None or confidence >= EVEN_ODDS:
        return None
    for column, what in (("overridden_by", "who took that on"), ("override_reason", "why")):
        if not row[column].strip():
            return column, (
                f"The estimate gave it {confidence:.0%}, less than even odds: write {what}, or "
                "promise what is likelier."
            )
    return None
