"""Records with a first and a last day: the last is not before the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError
from mlpm_core.records import Absence, Contract, Deployment, Record, Task, TeamMember, columns
from mlpm_core.services.ingest.outcome_rules import fault_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlpm_core.records import Reject
    from mlpm_core.store import Reader

Row = dict[str, Any]

SPANS: Mapping[type[Record], tuple[str, str]] = {
    Absence: ("from_on", "to_on"),
    Contract: ("starts_on", "ends_on"),
    Deployment: ("from_on", "to_on"),
    Task: ("started_on", "finished_on"),
    TeamMember: ("from_on", "to_on"),
}
"""The first and the last day of a record; either may be empty where its column allows it."""


def span_rule(record: type[Record]) -> Callable[[Reader, str], Callable[[Row], Reject | None]]:
    """The rule that the days of a record follow one another."""
    first, last = SPANS[record]
    labels = {c.name: c.label for c in columns(record)}

    def rule_for(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
        del reader, project

        def rule(row: Row) -> Reject | None:
            begins, ends = row[first], row[last]
            if begins is None or ends is None or begins <= ends:
                return None
            sentence = (
                f"{labels[last]} ({ends}) comes before {labels[first].lower()} ({begins}); correct "
                "one of the two."
            )
            return fault_in(last, ends, MlpmError(sentence))

        return rule

    return rule_for
