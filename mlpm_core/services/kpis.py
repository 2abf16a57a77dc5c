"""Where each KPI stands: its record joined with the value case that moves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpm_core.quantity import Dimension
from mlpm_core.records import Kpi, Project
from mlpm_core.services.valuation import CaseValue, project_cases
from mlpm_core.value.kpi import KpiStanding, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from mlpm_core.services.periods import Period
    from mlpm_core.store import Reader
    from mlpm_core.value.worth import Worth

__all__ = ["KpiValue", "kpi_value", "kpi_values"]


@dataclass(frozen=True, slots=True)
class KpiValue:
    """A KPI with the value that the model's metrics imply, in the KPI's unit."""

    kpi_id: str
    title: str
    dimension: Dimension
    unit: str
    direction: str
    baseline: float
    target: float
    target_on: date | None
    definition: str
    owner: str
    value_case_id: str
    planned: KpiStanding | None
    current: KpiStanding | None
    reason: str | None
    as_of: Period | None
    batches: tuple[str, ...]

    @property
    def value(self) -> float | None:
        """The mean implied value, in the KPI's unit."""
        return self.current.mean if self.current else None


def kpi_values(reader: Reader, project: str, today: Callable[[], date]) -> list[KpiValue]:
    """Every KPI of a project with the value its model's metrics imply.

    Works inside an open transaction, so that an import can show its effect before it is kept.
    """
    found = reader.matching(Project, [(project,)])
    if not found:
        return []
    row = found[(project,)]
    day = row["clock_on"] or today()
    cases = {c.value_case_id: c for c in project_cases(reader, row, day, draws=2048)}
    return [kpi_value(kpi, cases) for kpi in reader.current(Kpi, project) if not kpi["archived"]]


def kpi_value(kpi: Mapping[str, Any], cases: Mapping[str, CaseValue]) -> KpiValue:
    """A KPI's record joined with the value case that moves it."""
    case, reason = None, None
    if kpi["value_case_id"] in cases:
        case = cases[kpi["value_case_id"]]
    elif len(cases) == 1:
        case = next(iter(cases.values()))
    elif cases:
        reason = "The project has several value cases: name the one that moves this KPI."
    else:
        reason = "No value case says yet how the model moves this KPI."
    dimension = Dimension(kpi["dimension"])

    def at(worth: Worth | None) -> KpiStanding | None:
        if worth is None or case is None:
            return None
        return standing(
            worth.kpis[dimension],
            dimension=dimension,
            unit=kpi["unit"],
            currency=case.currency,
            baseline=kpi["baseline"],
            direction=kpi["direction"],
        )

    if case is not None and case.current is None:
        reason = case.problem or "No monitoring results yet: this is a plan."
    return KpiValue(
        **{
            name: kpi[name]
            for name in (
                "kpi_id",
                "title",
                "unit",
                "direction",
                "baseline",
                "target",
                "target_on",
                "definition",
                "owner",
            )
        },  # fmt: skip
        dimension=dimension,
        value_case_id=case.value_case_id if case else "",
        planned=at(case.planned if case else None),
        current=at(case.current if case else None),
        reason=reason,
        as_of=case.as_of if case else None,
        batches=case.batches if case else (),
    )
