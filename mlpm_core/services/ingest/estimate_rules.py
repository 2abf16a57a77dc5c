"""What an estimate of a day must satisfy: what is too large for its numbers is no baseline."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError
from mlpm_core.planning import TaskSizes, quick_estimate
from mlpm_core.planning.quick_inputs import quick_inputs_of
from mlpm_core.records import EstimateRecord, FindingRecord, Project, Task, TaskCategory, TaskStatus
from mlpm_core.services.ingest.outcome_rules import fault_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.records import Reject
    from mlpm_core.store import Reader


def baseline_rule(reader: Reader, project: str) -> Callable[[dict[str, Any]], Reject | None]:
    """The rule that a baseline rests on no task, and on no guess of the whole, above 20 days.

    The 20-day rule of Thompson (2023), Managing machine learning projects (Manning), by whichever
    way a baseline comes in. A project without tasks and guesses has nothing to hold it against.
    """
    sentence = _too_large(reader, project)

    def rule(row: dict[str, Any]) -> Reject | None:
        if not (row["is_baseline"] and sentence):
            return None
        return fault_in("is_baseline", row["is_baseline"], MlpmError(sentence))

    return rule


def _too_large(reader: Reader, project: str) -> str:
    """Why the project can have no baseline; empty when it can."""
    tasks = [
        t
        for t in reader.current(Task, project)
        if not t.archived and t.status is not TaskStatus.DROPPED
    ]
    if tasks:
        work = [t for t in tasks if t.category is not TaskCategory.WAIT]
        sizes = TaskSizes.of((t.title or t.task_id, t.p50 or 0.0) for t in work)
        return sizes.sentence if sizes.fires else ""
    stored = reader.one(Project, (project,))
    currency = stored.currency if stored else "EUR"
    guesses = [e for e in reader.current(EstimateRecord, project) if not e.archived]
    findings = reader.current(FindingRecord, project) if guesses else []
    if guesses and all(_fires(guess, currency, findings) for guess in guesses):
        return (
            "The work is too large for one guess (20-day rule), so that this can be no baseline: "
            "split it into tasks with three numbers each first."
        )
    return ""


def _fires(guess: EstimateRecord, currency: str, findings: Sequence[FindingRecord]) -> bool:
    with suppress(MlpmError):  # one that cannot be estimated says so on its screen
        return quick_estimate(quick_inputs_of(guess, currency, findings)).twenty_day_rule.fires
    return False
