"""What plans of support must satisfy: amounts that can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.errors import MlpmError
from mlpm_core.quantity import Quantity
from mlpm_core.records import AnnotationPlan, Record, SourcingRecord, SupportPlan, columns
from mlpm_core.services.ingest.outcome_rules import fault_in
from mlpm_core.services.valuation.currency_rules import currency_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlpm_core.records import Reject
    from mlpm_core.store import Reader

Row = dict[str, Any]

AMOUNTS: Mapping[type[Record], Mapping[str, str]] = {
    SourcingRecord: {
        "build_cost": "money",
        "quote": "money",
        "hiring_cost": "money",
        "change_orders": "money",
        "supplier_cost": "money",
        "team_cost": "money/year",
        "opportunity_cost": "money/year",
        "buyer_cost": "money/year",
        "support_fee": "money/year",
    },
    AnnotationPlan: {"minutes_per_label": "minute"},
    SupportPlan: {
        "fix_hours": "hour",
        "planned_hours": "hour",
        "reach_alone": "hour",
        "standby_reach": "hour",
        "bank_reach": "hour",
    },
}
"""The unit in which each amount of a record is asked; hours and money a year, where it says so."""


def amount(record: type[Record], column: str, text: str, currency: str | None) -> Quantity:
    """An amount of a record, as it is written; at least 0.

    Raises
    ------
    InputError
        When it cannot be read, or is below 0.
    """
    return Quantity.read(text, AMOUNTS[record][column], low=0, currency=currency)


def amounts_rule(
    record: type[Record],
) -> Callable[[Reader, str], Callable[[Row], Reject | None]]:
    """The rule that every amount of a record can be read."""
    optional = {c.name for c in columns(record) if c.default == ""}

    def rule_for(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
        currency = currency_of(reader, project)

        def rule(row: Row) -> Reject | None:
            for name in AMOUNTS[record]:
                if not row[name] and name in optional:
                    continue
                try:
                    amount(record, name, row[name], currency)
                except MlpmError as error:
                    return fault_in(name, row[name], error)
            return None

        return rule

    return rule_for
