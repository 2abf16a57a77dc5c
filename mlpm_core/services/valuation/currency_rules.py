"""A project's currency does not change under the amounts that are written in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.quantity import CURRENCIES, Dimension
from mlpm_core.quantity.written import fig
from mlpm_core.records import (
    Decision,
    Evaluation,
    Kpi,
    MetricResult,
    Project,
    Promise,
    QuantityRecord,
    ValueCase,
)
from mlpm_core.services.valuation.mechanisms import mechanism_of_case
from mlpm_core.value.benefits import benefit_inputs

if TYPE_CHECKING:
    from mlpm_core.store import Reader

_PLURALS: Final = {
    "quantity": "quantities",
    "comparison of make and buy": "comparisons of make and buy",
    "promise of delivery": "promises of delivery",
}
_MONEY: Final = {Dimension.REVENUE.value, Dimension.COST_SAVING.value}
_AMOUNTS: Final = {
    "costs": "cost",
    "incidents": "incident",
    "labels": "label",
    "estimates": "estimate",
    "contracts": "contract",
    "clauses": "clause",
    "support_plans": "support plan",
    "sourcing": "comparison of make and buy",
    "labelling": "labelling plan",
    "campaigns": "compute campaign",
    "roles": "role",
    "tasks": "task",
    "risks": "risk",
    "snapshots": "kept forecast",
    "told": "promise of delivery",
}


def currency_of(reader: Reader, project: str) -> str | None:
    """The currency of a project; None where it is not there."""
    row = reader.one(Project, (project,))
    return None if row is None else str(row.currency)


def refuse_other_currency(reader: Reader, project: str, was: str, becomes: str) -> None:
    """Refuse that a project counts money in another currency than its records were written in.

    Raises
    ------
    InputError
        When something rests on the old one; the sentence counts what.
    """
    if was == becomes:
        return
    resting = _resting(reader, project)
    if resting:
        raise InputError(
            f"The project counts money in {was}, and {_listed(resting)} rest on that; in {becomes} "
            f"the same numbers would say something else. Keep {was}, or make a new project in "
            f"{becomes} and write its amounts there, converted."
        )


def _resting(reader: Reader, project: str) -> list[str]:
    """What holds amounts in the currency of a project, each with its number."""
    metrics, quantities = _asked_in_money(reader, project)
    kpis = {k.kpi_id: k for k in reader.current(Kpi, project) if k.dimension in _MONEY}
    counts = {
        "quantity": sum(
            row.name in quantities.get(row.value_case_id, {row.name})
            for row in reader.current(QuantityRecord, project)
        ),
        "KPI": sum(not kpi.archived for kpi in kpis.values()),
        "promise": sum(
            not row.archived and row.kpi_id in kpis for row in reader.current(Promise, project)
        ),
        "evaluation": sum(
            row.fixed_cost_annual is not None or row.metric in metrics.get(row.value_case_id, ())
            for row in reader.current(Evaluation, project)
        ),
        "decision": len(reader.current(Decision, project)),
    }
    amounts = reader.rows("amounts_of_project", project=project)[0]
    counts |= {word: int(amounts[name]) for name, word in _AMOUNTS.items()}
    resting = [_counted(n, word) for word, n in counts.items() if n]
    if any(metrics.values()) and reader.holds_any(MetricResult, project):
        resting.append("its monitoring results")
    return resting


def _asked_in_money(
    reader: Reader, project: str
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The metrics and the quantities of each value case whose unit has money in it.

    A value case whose mechanism cannot be read is left out.
    """
    metrics, quantities = {}, {}
    for case in reader.current(ValueCase, project):
        mechanism = mechanism_of_case(reader, project, case)
        if mechanism is None:
            continue
        names = mechanism.metrics_by_name
        metrics[case.value_case_id] = {n for n, m in names.items() if _has_money(m.unit)}
        entries = (*mechanism.all_inputs, *benefit_inputs(mechanism))
        quantities[case.value_case_id] = {e.name for e in entries if _has_money(e.unit)}
    return metrics, quantities


def _has_money(unit: str) -> bool:
    return not CURRENCIES.union(("money",)).isdisjoint(re.split(r"[*/]", unit))


def _counted(n: int, word: str) -> str:
    plural = _PLURALS.get(word, f"{word}s")
    return f"{fig(n):,} {word if n == 1 else plural}"


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
