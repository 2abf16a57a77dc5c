"""The list of projects, filtered, in an order, and in groups that lose and double nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mlpm_core.services.in_life.project_list import STATES, net_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from mlpm_core.quantity import Dimension
    from mlpm_core.services.in_life.portfolio import Health
    from mlpm_core.services.in_life.project_list import ProjectRow
    from mlpm_core.services.plan.plan_summaries import PlanSummary
    from mlpm_core.value.estimate import Estimate

ANY = "any"
"""No filter; None is a state of its own."""


class GroupBy(StrEnum):
    """What projects are put together by."""

    OWNER = "owner"
    DIMENSION = "dimension"
    PHASE = "phase"


class Order(StrEnum):
    """Which projects come first."""

    WORST = "worst"
    VALUE = "value"
    DATE = "date"
    BUDGET = "budget"
    NAME = "name"


class Need(StrEnum):
    """What a project waits for."""

    REVIEW = "review"
    INCIDENT = "incident"
    CASE = "case"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects are listed; each of the five is left out by its default.

    ``owner`` is a name, empty for projects that nobody answers for. ``text`` is looked for, letter
    by letter and whatever its case, in the project's names, owner and hypothesis, and in the titles
    of its value cases.
    """

    owner: str | None = None
    state: Health | str | None = ANY
    dimension: Dimension | None = None
    need: Need | None = None
    text: str = ""

    def takes(self, row: ProjectRow) -> bool:
        """Whether a project is listed."""
        return (
            (self.owner is None or row.record.owner == self.owner)
            and (self.state == ANY or row.state is self.state)
            and (self.dimension is None or self.dimension in row.facts.dimensions)
            and (self.need is None or needs(row, self.need))
            and self._is_in(row)
        )

    def _is_in(self, row: ProjectRow) -> bool:
        wanted, record = self.text.strip().casefold(), row.record
        texts = (record.title, record.project, record.owner, record.question)
        cases = (line.case.title for line in row.lines)
        return not wanted or any(wanted in text.casefold() for text in (*texts, *cases))


def needs(row: ProjectRow, need: Need) -> bool:
    """Whether a project waits for something."""
    match need:
        case Need.REVIEW:
            return row.facts.n_reviews_due > 0
        case Need.INCIDENT:
            return row.facts.n_incidents > 0
        case Need.CASE:
            return not row.lines
        case Need.STEP:
            return row.facts.next_step is not None


@dataclass(frozen=True, slots=True)
class ProjectGroup:
    """Some projects together; ``key`` is an owner, the dimensions of their KPIs, or a phase.

    ``nets`` is the net benefit a year of their models in life, by currency.
    """

    key: Hashable
    rows: tuple[ProjectRow, ...]
    nets: Mapping[str, Estimate]

    @property
    def n_by_state(self) -> Counter[Health | None]:
        """How many projects are in each state."""
        return Counter(row.state for row in self.rows)

    @property
    def n_open_risks(self) -> int:
        """Risks that can still happen."""
        return sum(row.facts.n_open_risks for row in self.rows)

    @property
    def n_reviews_due(self) -> int:
        """Decisions whose review is due."""
        return sum(row.facts.n_reviews_due for row in self.rows)

    @property
    def n_incidents(self) -> int:
        """Incidents that are not resolved."""
        return sum(row.facts.n_incidents for row in self.rows)

    @property
    def n_without_case(self) -> int:
        """Projects without a value case."""
        return sum(not row.lines for row in self.rows)


def together(rows: Iterable[ProjectRow], key: Hashable = None) -> ProjectGroup:
    """Projects as one group."""
    rows = tuple(rows)
    by_currency: dict[str, list[ProjectRow]] = {}
    for row in rows:
        by_currency.setdefault(row.record.currency, []).append(row)
    nets = {
        currency: net
        for currency, mine in sorted(by_currency.items())
        if (net := net_of((line for row in mine for line in row.counted), f"{currency}/year"))
    }
    return ProjectGroup(key, rows, nets)


def grouped(rows: Iterable[ProjectRow], by: GroupBy) -> tuple[ProjectGroup, ...]:
    """Every project in exactly one group, the groups with the most projects first.

    By dimension it is the group of all dimensions that its KPIs have.
    """
    groups: dict[Hashable, list[ProjectRow]] = {}
    for row in rows:
        groups.setdefault(group_of(row, by), []).append(row)
    found = [together(mine, key) for key, mine in groups.items()]
    return tuple(sorted(found, key=lambda group: (-len(group.rows), str(group.key))))


def group_of(row: ProjectRow, by: GroupBy) -> Hashable:
    """What puts a project into its group."""
    match by:
        case GroupBy.OWNER:
            return row.record.owner
        case GroupBy.DIMENSION:
            return row.facts.dimensions
        case GroupBy.PHASE:
            return row.record.phase


def in_order(
    rows: Iterable[ProjectRow], order: Order, plans: Mapping[str, PlanSummary]
) -> list[ProjectRow]:
    """Projects in an order; what is not known comes last, and equal ones by title.

    The worst come by state, then by what they earn less than planned as a share of the plan, then
    by incidents and by the chance of being done in time. Money is compared within a currency.
    """

    def chance(row: ProjectRow, name: str) -> float:
        found = getattr(plans.get(row.project), name, None)
        return 2.0 if found is None else float(found)

    def key(row: ProjectRow) -> tuple[object, ...]:
        name = (row.record.title.casefold(), row.project)
        match order:
            case Order.NAME:
                return name
            case Order.VALUE:
                net = row.net
                return (net is None, row.record.currency, -net.mean if net else 0.0, *name)
            case Order.DATE:
                return (chance(row, "p_date"), *name)
            case Order.BUDGET:
                return (chance(row, "p_budget"), *name)
            case Order.WORST:
                state, facts = STATES.index(row.state), row.facts
                chances = chance(row, "p_date"), chance(row, "p_budget")
                return (state, -row.gap, -facts.n_incidents, *chances, *name)

    return sorted(rows, key=key)
