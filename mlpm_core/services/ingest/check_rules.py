"""What answers to checks and questions of one's own must satisfy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError
from mlpm_core.planning.check_packs import check_packs, phases_of, what_is_missing
from mlpm_core.records import CheckQuestion, CheckResult, Reject
from mlpm_core.services.ingest.outcome_rules import fault_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.store import Reader

Row = dict[str, Any]
_MISSING = {
    "reason": "Say why the question does not apply.",
    "harm_if_works": "Say who is harmed if the system works as meant, and how; nobody, if so.",
    "harm_if_fails": "Say who is harmed if it fails, and how; nobody, if so.",
}


def result_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that an answer belongs to a question, and says what it cannot do without."""
    own = {q.check_id for q in reader.current(CheckQuestion, project)}
    known = own | {q.check_id for q in check_packs()}

    def rule(row: Row) -> Reject | None:
        if row["check_id"] not in known:
            sentence = "There is no such question in the packs, nor among the project's own."
            return fault_in("check_id", row["check_id"], MlpmError(sentence))
        missing = what_is_missing(CheckResult(**row))
        return fault_in(missing, "", MlpmError(_MISSING[missing])) if missing else None

    return rule


def question_rule(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    """The rule that a question of one's own has phases that there are, and an id of its own."""
    del reader, project
    taken = {q.check_id for q in check_packs()}

    def rule(row: Row) -> Reject | None:
        if row["check_id"] in taken:
            sentence = f"{row['check_id']!r} is a question of MLPM; choose another short name."
            return fault_in("check_id", row["check_id"], MlpmError(sentence))
        try:
            phases_of(row["phases"])
        except MlpmError as error:
            return fault_in("phases", row["phases"], error)
        return None

    return rule
