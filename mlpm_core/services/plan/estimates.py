"""What building a model costs: the quick estimate, and whether the model's value pays for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError
from mlpm_core.planning import (
    Assumption,
    QuickEstimate,
    assumptions,
    cost_in_words,
    cost_of,
    days_in_words,
    quick_estimate,
    rounded_days,
)
from mlpm_core.planning.found_answers import FoundAnswer, found_answers
from mlpm_core.planning.quick_inputs import quick_inputs_of
from mlpm_core.quantity.written import fig
from mlpm_core.records import Answer, EstimateRecord, FindingRecord, columns, stored
from mlpm_core.services.valuation.value_cases import kept_cases
from mlpm_core.value.benefits import Benefits, benefits
from mlpm_core.value.running_cost import before_running_costs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mlpm_core.records import Project
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader


@dataclass(frozen=True, slots=True)
class Figure:
    """A percentile of effort, rounded as it is told: up where it is promised; and its cost.

    ``cost`` is ``days`` times the rate, in whole units of the currency; ``days_text`` and
    ``cost_text`` say both, and of what is less than one that it is.
    """

    name: str
    meaning: str
    days: int
    cost: int
    days_text: str
    cost_text: str


@dataclass(frozen=True, slots=True)
class EstimateView:
    """One estimate: its record, what follows from it, and whether its value case pays for it.

    ``pays_back`` is None without a value case, while that case has no value, and while there is too
    much to ask first; ``found`` are the answers of findings, which go before those of the record;
    ``is_tried`` says that the record is not stored like this.
    """

    record: EstimateRecord
    title: str
    currency: str
    estimate: QuickEstimate
    case: CaseValue | None
    pays_back: Benefits | None
    found: tuple[FoundAnswer, ...] = ()
    is_tried: bool = False

    @property
    def figures(self) -> tuple[Figure, ...]:
        """P10, P50, P80 and P95 of a project that delivers; none before enough is asked."""
        if self.estimate.ask_first is not None:
            return ()
        effort, promise = self.estimate.effort, "may be promised"
        if not self.estimate.is_promisable:
            is_least = self.estimate.twenty_day_rule.fires
            promise = "at least; no promise yet" if is_least else "no promise yet"
        return (
            self._figure("P10", "enough 1 time in 10", effort.p10),
            self._figure("P50", "enough 5 times in 10", effort.p50),
            self._figure("P80", f"enough 8 times in 10; {promise}", effort.p80, is_held=True),
            self._figure("P95", "enough 19 times in 20", effort.p95, is_held=True),
        )

    @property
    def no_go(self) -> Figure:
        """What is spent, as likely more as less, before one knows that no usable model comes."""
        return self._figure("P50", "spent without a usable model", self.estimate.no_go.p50)

    def _figure(self, name: str, meaning: str, days: float, *, is_held: bool = False) -> Figure:
        shown, rate = rounded_days(days, up=is_held), self.estimate.inputs.day_rate
        return Figure(
            name,
            meaning,
            shown,
            cost_of(shown, rate),
            days_in_words(days, up=is_held),
            cost_in_words(days, rate, self.currency, up=is_held),
        )

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What multiplies the guess, by how much, and who says so."""
        return assumptions(self.estimate.inputs)

    @property
    def n_unanswered(self) -> int:
        """How many factors nobody has answered yet."""
        return sum(a is Answer.UNKNOWN for a in self.estimate.inputs.answers.values())


def project_estimates(workspace: Workspace, project: str) -> list[EstimateView]:
    """Every estimate of a project that is not archived, with what follows from it.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    row = workspace.project(project)
    with workspace.store.reader() as reader:
        cases = kept_cases(workspace, project)
        return estimates_of(reader, row, lambda: cases)


def estimates_of(
    reader: Reader, project: Project, cases: Callable[[], Mapping[str, CaseValue]]
) -> list[EstimateView]:
    """The same, read by a reader; ``cases`` are asked only where there is an estimate."""
    records = [e for e in reader.current(EstimateRecord, project.project) if not e.archived]
    if not records:
        return []
    by_id, findings = cases(), reader.current(FindingRecord, project.project)
    return [_view(e, project.currency, by_id.get(e.value_case_id), findings) for e in records]


def of_case(estimates: Iterable[EstimateView], case: CaseValue) -> list[EstimateView]:
    """The estimates of the work that a value case would pay for, with its value as it stands now.

    The case may carry quantities that are only tried: the payback follows them.
    """
    return [
        replace(view, case=case, pays_back=_pays_back(view.estimate, case))
        for view in estimates
        if view.record.value_case_id == case.value_case_id
    ]


def tried(workspace: Workspace, project: str, values: Mapping[str, object]) -> EstimateView:
    """What would follow from an estimate; nothing is stored.

    Parameters
    ----------
    values : mapping
        The fields of the record; those not given have their defaults.

    Raises
    ------
    InputError
        Naming the field that is empty or out of its range: what can be tried can be saved.
    NotFoundError
        When there is no such project.
    """
    row = workspace.project(project)
    blank = {c.name: c.default for c in columns(EstimateRecord)}
    record = stored(EstimateRecord, blank | dict(values))
    _check(record)
    cases = kept_cases(workspace, project)
    case = cases.get(record.value_case_id)
    with workspace.store.reader() as reader:
        findings = reader.current(FindingRecord, project)
    return replace(_view(record, row.currency, case, findings), is_tried=True)


def _check(record: EstimateRecord) -> None:
    for column in columns(EstimateRecord):
        value, low, high = getattr(record, column.name), column.low, column.high
        if low is None or high is None:
            continue
        if value is None and column.default is None and not column.required:
            continue
        if value is None:
            raise InputError(f"{column.label} is empty; write a number.")
        if not low <= value <= high:
            raise InputError(
                f"{column.label} is {fig(value):,.12g}; write a number from {fig(low):g} to "
                f"{fig(high):,.12g}."
            )


def _view(
    record: EstimateRecord,
    currency: str,
    case: CaseValue | None,
    findings: Sequence[FindingRecord],
) -> EstimateView:
    estimate = quick_estimate(quick_inputs_of(record, currency, findings))
    title = record.title or record.estimate_id or "New estimate"
    found = found_answers(findings, record)
    return EstimateView(record, title, currency, estimate, case, _pays_back(estimate, case), found)


def _pays_back(estimate: QuickEstimate, case: CaseValue | None) -> Benefits | None:
    if case is None or case.planned is None or estimate.ask_first is not None:
        return None
    return benefits(
        before_running_costs(case.planned),
        case.benefit_answers,
        costs=case.planned.costs,
        currency=case.currency,
        build_cost=estimate.cost_draws,
        p_no_go=estimate.p_no_go,
        no_go_cost=estimate.no_go_cost_draws,
    )
