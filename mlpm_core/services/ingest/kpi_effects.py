"""What an import does to the KPIs, and how a question says it before anybody agrees."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mlpm_core.in_life.realisation import Grade
from mlpm_core.quantity import finite
from mlpm_core.records import Effect, Receipt, Status, Warned
from mlpm_core.services.ingest.monitored_lines import OF_STORE
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.kpis import kpis_moved_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Record
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.kpis import KpiValue
    from mlpm_core.store import Reader

_UNREAD = "Stored values would change, which only a token that may read is shown. Confirm?"
MOST_REJECTS = 10_000
"""How many rejects a receipt lists; the rejected rows can be had in full as a file."""


class Before:
    """The KPIs of a project as they stand before rows of a kind are written.

    Whether the rows are stored never depends on them: what cannot be computed is a warning. Each
    ``effect`` is what was written since the one before it, in the same transaction.
    """

    def __init__(
        self, workspace: Workspace, reader: Reader, record: type[Record], project: str
    ) -> None:
        self._project = project
        self._moved = partial(kpis_moved_by, workspace, record, project)
        self._kpis, self._problem = self._now(reader)

    def effect(self, reader: Reader) -> tuple[list[Effect], list[Warned]]:
        """What was written since then changes, and that it cannot be said if so.

        The reader is of the same transaction, and has asked nothing before the rows were written.
        """
        before, was_problem = self._kpis, self._problem
        self._kpis, self._problem = after, problem = self._now(reader)
        if before is not None and after is not None:
            return effect(before, after), []
        sentence = f"The effect on KPIs is not available: {problem or was_problem}"
        return [], [Warned(code="effect-unknown", message=sentence)]

    def _now(self, reader: Reader) -> tuple[list[KpiValue] | None, str | None]:
        return or_reason(f"The KPIs of {self._project}", partial(self._moved, reader))


def effect(before: Sequence[KpiValue], after: Sequence[KpiValue]) -> list[Effect]:
    """Every KPI whose value differs; one that is gone or new counts as None on that side."""
    was, now = {k.kpi_id: k for k in before}, {k.kpi_id: k for k in after}
    effects = []
    for kpi_id, kpi in (was | now).items():
        (old, old_low, old_high), (new, new_low, new_high) = _ends(was, kpi_id), _ends(now, kpi_id)
        if old != new:
            effects.append(
                Effect(
                    kpi=kpi_id,
                    title=kpi.title,
                    unit=kpi.unit,
                    before=old,
                    after=new,
                    before_p10=old_low,
                    before_p90=old_high,
                    after_p10=new_low,
                    after_p90=new_high,
                    grade=Grade.MODEL_IMPLIED.value,
                )
            )
    return effects


def _ends(kpis: Mapping[str, KpiValue], kpi_id: str) -> tuple[float | None, ...]:
    """Mean, P10 and P90 of a KPI's implied value; None where it has none."""
    current = kpis[kpi_id].current if kpi_id in kpis else None
    if current is None:
        return None, None, None
    return finite(current.mean), finite(current.p10), finite(current.p90)


def asks_only_to_confirm(receipt: Receipt) -> bool:
    """Whether nothing but a restatement stands between a file and the store."""
    return receipt.status is Status.ASKED and {q.code for q in receipt.questions} == {"restatement"}


def with_effect_told(asked: Receipt, effects: list[Effect]) -> Receipt:
    """A receipt that asks to confirm, with what the change would do to the KPIs."""
    moves = "; ".join(
        f"{e.title} {_value(e.before)} to {_value(e.after)} {e.unit}" for e in effects[:3]
    )
    more = f" and {len(effects) - 3} more" if len(effects) > 3 else ""
    sentence = f"KPI effect: {moves}{more}." if effects else "No KPI changes."
    questions = [
        q.model_copy(update={"message": q.message.replace("Confirm?", f"{sentence} Confirm?")})
        for q in asked.questions
    ]
    return asked.model_copy(update={"questions": questions, "effect": effects})


def without_figures(receipt: Receipt) -> Receipt:
    """A receipt for somebody who may write a project and not read it: no stored or derived value.

    What is left is about the file itself: its lines, its faults, and that something would change.
    """
    questions = [
        question.model_copy(update={"message": _UNREAD, "preview": []})
        if question.code == "restatement"
        else question
        for question in receipt.questions
    ]
    warnings = [w for w in receipt.warnings if w.code not in OF_STORE]
    return receipt.model_copy(update={"questions": questions, "warnings": warnings, "effect": []})


def _value(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.4g}"


def shortened(receipt: Receipt) -> Receipt:
    """A receipt that lists no more rejects than anybody reads; its counts stay as judged."""
    if len(receipt.rejects) <= MOST_REJECTS:
        return receipt
    warning = Warned(
        code="rejects-cut",
        message=f"Only the first {MOST_REJECTS:,} of {len(receipt.rejects):,} rejects are listed "
        "here; the file of rejected rows has all.",
    )
    return receipt.model_copy(
        update={
            "rejects": receipt.rejects[:MOST_REJECTS],
            "warnings": [*receipt.warnings, warning],
        }
    )
