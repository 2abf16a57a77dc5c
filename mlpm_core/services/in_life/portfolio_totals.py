"""What is delivered over every case in life, dimension by dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from mlpm_core.quantity import Dimension
from mlpm_core.services.session.computing import or_reason
from mlpm_core.value.worth import Estimate, Worth, added

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue


class Mean(NamedTuple):
    """What is planned on average."""

    mean: float
    unit: str


@dataclass(frozen=True, slots=True)
class Total:
    """A dimension (None: net) a year over every case in life; ``unit`` tells currencies apart."""

    dimension: Dimension | None
    unit: str
    planned: Mean
    realised: Estimate
    cases: tuple[str, ...]


def kept_totals(workspace: Workspace, cases: Sequence[CaseValue]) -> tuple[Total, ...]:
    """The `totals` of the same cases as before, or of others made anew.

    A write to a project without any of them leaves them the same objects.
    """
    of = tuple(cases)  # what is kept holds them, so that no other object gets the place of one
    told, _ = workspace.answers.of(
        "totals", "", tuple(map(id, of)), lambda: ((tuple(totals(of)), of), True)
    )
    return told


def totals(cases: Sequence[CaseValue]) -> list[Total]:
    """Money per currency, human hours and bad experiences a year; cycle time is never added."""
    cases = [case for case in cases if case.planned and case.current]
    by_currency: dict[str, list[CaseValue]] = {}
    for case in cases:
        by_currency.setdefault(case.currency, []).append(case)
    totals = [
        _total(None, f"{currency}/year", mine, lambda worth: worth.net)
        for currency, mine in sorted(by_currency.items())
    ]
    for dimension in Dimension:
        if dimension is Dimension.CYCLE_TIME or not cases:
            continue
        is_money = dimension.annual_unit.startswith("money")
        groups = by_currency if is_money else {"": cases}
        for currency, mine in sorted(groups.items()):
            unit = dimension.annual_unit.replace("money", currency)
            annual = partial(Worth.annual, dimension=dimension)
            counted = [case for case in mine if _has_annual(case, dimension)]
            if counted:
                totals.append(_total(dimension, unit, counted, annual))
    return totals


def _has_annual(case: CaseValue, dimension: Dimension) -> bool:
    """Whether a case in life can be added in a dimension; a total names those that it holds."""
    worths = [worth for worth in (case.planned, case.current) if worth]
    what = f"{dimension.label} a year of {case.value_case_id}"
    _, problem = or_reason(what, lambda: [worth.annual(dimension) for worth in worths])
    return problem is None


def _total(
    dimension: Dimension | None,
    unit: str,
    cases: list[CaseValue],
    part: Callable[[Worth], Estimate],
) -> Total:
    planned = Mean(math.fsum(part(case.planned).mean for case in cases if case.planned), unit)
    realised = [part(case.current) for case in cases if case.current]
    titles = tuple(case.title for case in cases)
    return Total(dimension, unit, planned, added(realised, unit), titles)
