"""What a project's value cases are worth: as planned, and as its monitored metrics imply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from mlpm_core.errors import NotFoundError
from mlpm_core.records import QuantityRecord, ValueCase
from mlpm_core.records.metrics import without_value
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.session.consistent import kept
from mlpm_core.services.valuation.case_value import CaseInput, CaseValue
from mlpm_core.services.valuation.mechanisms import definition_changes, mechanism_of
from mlpm_core.services.valuation.monitored import deployed, recent_reading, seen, years_in_use
from mlpm_core.services.valuation.now import uncounted
from mlpm_core.services.valuation.valuing import CaseQuestion, answered, written_worth
from mlpm_core.value.benefits import benefit_inputs
from mlpm_core.value.kinds import is_typical
from mlpm_core.value.mechanism import unreadable
from mlpm_core.value.running_cost import after_running_costs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, timedelta

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.records import Deployment, Project
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.now import Now
    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Input, Mechanism
    from mlpm_core.value.worth import Worth


__all__ = [
    "BaselineValue",
    "CaseInput",
    "CaseValue",
    "against_baselines",
    "case_value",
    "cases_by_id",
    "kept_cases",
    "project_cases",
    "valued_case",
]


@dataclass(frozen=True, slots=True)
class BaselineValue:
    """A value case against one baseline; ``worth`` is None with the reason in ``problem``."""

    name: str
    sentence: str
    worth: Worth | None
    problem: str | None


def project_cases(reader: Reader, project: Project, today: date) -> list[CaseValue]:
    """Every value case of a project that is not archived, valued or with its problem."""
    cases = []
    for row in reader.current(ValueCase, project.project):
        if row.archived:
            continue
        what = f"Value case {row.value_case_id} of {project.project}"
        case, problem = or_reason(what, partial(valued_case, reader, project, row, today))
        cases.append(case or _uncomputed(project, row, problem or ""))
    return cases


def cases_by_id(reader: Reader, project: Project, today: date) -> dict[str, CaseValue]:
    """Every value case of a project by its id, as ``project_cases``."""
    return {c.value_case_id: c for c in project_cases(reader, project, today)}


def kept_cases(workspace: Workspace, project: str) -> dict[str, CaseValue]:
    """Every value case of a project by its id, as ``project_cases``, valued once for all screens.

    What its caller has read may be older, so it reads anew; what a transaction writes is not in it.
    """

    def cases() -> dict[str, CaseValue]:
        row = workspace.project(project)
        day = row.clock_on or workspace.now().date()
        with workspace.store.reader() as reader:
            return cases_by_id(reader, row, day)

    return dict(kept(workspace, "cases", project, cases))


def _uncomputed(project: Project, row: ValueCase, problem: str) -> CaseValue:
    """A value case of which nothing can be said but why."""
    return CaseValue(
        value_case_id=row.value_case_id,
        title=row.title or row.value_case_id,
        mechanism=unreadable(row.mechanism, problem),
        baseline=row.baseline or "none",
        currency=project.currency,
        inputs=(),
        planned=None,
        current=None,
        problem=problem,
    )


def case_value(
    workspace: Workspace,
    project: str,
    value_case_id: str,
    *,
    changes: Mapping[str, str] | None = None,
) -> CaseValue:
    """One value case, valued; ``changes`` replace written quantities without storing them.

    Raises
    ------
    NotFoundError
        When the project or the value case does not exist.
    """
    row = workspace.project(project)
    with workspace.store.reader() as reader:
        cases = {c.value_case_id: c for c in reader.current(ValueCase, project)}
        if value_case_id not in cases:
            raise NotFoundError.of("value case", value_case_id, cases)
        case = None if changes else kept_cases(workspace, project).get(value_case_id)
        if case is not None and case.inputs:  # else it says itself why it has no value
            return case
        today = workspace.today(project)
        return valued_case(reader, row, cases[value_case_id], today, changes=changes)


def against_baselines(case: CaseValue) -> list[BaselineValue]:
    """The case as it stands against every baseline of its mechanism.

    A model below the better of "none" and "all" is not worth adopting, whatever it is usually
    compared with.
    """
    values = []
    for baseline in case.mechanism.baselines.values():
        if baseline.reason is not None:
            values.append(BaselineValue(baseline.name, baseline.sentence, None, baseline.reason))
        elif baseline.name == case.baseline:
            values.append(BaselineValue(baseline.name, baseline.sentence, case.best, case.problem))
        else:
            asked = {i.name for i in case.mechanism.inputs_for(baseline.name)}
            shown = [i for i in case.inputs if i.name in asked]
            missing = [i.label for i in shown if i.is_needed and i.in_use is None]
            worth_against, problem = written_worth(
                case.mechanism,
                {i.name: i.in_use for i in shown},
                baseline.name,
                case.currency,
                2048,
            )
            if missing:
                problem = f"It still needs: {', '.join(missing)}."
            values.append(BaselineValue(baseline.name, baseline.sentence, worth_against, problem))
    return values


def valued_case(
    reader: Reader,
    project: Project,
    row: ValueCase,
    today: date,
    *,
    changes: Mapping[str, str] | None = None,
    deployment: Deployment | None = None,
) -> CaseValue:
    """The record of a value case, valued by the results of a deployment: its champion's if none.

    What it is worth is kept, but for changes and other deployments.
    """
    is_as_stored = not changes and deployment is None
    place = (project.project, row.value_case_id) if is_as_stored else None
    changes = changes or {}
    deployment, currency = deployment or deployed(reader, row), project.currency
    written = {
        q.name: q
        for q in reader.current(QuantityRecord, row.project)
        if q.value_case_id == row.value_case_id
    }
    mechanism = after_running_costs(
        mechanism_of(reader, row.project, row.mechanism),
        {name: q.written for name, q in written.items()} | dict(changes),
    )
    reading = recent_reading(reader, project.project, deployment, today, mechanism, currency)
    monitored = reading.periods
    inputs = _inputs(mechanism, row, written, changes)
    texts = {i.name: text for i in inputs if i.is_asked and (text := i.planned or i.default)}
    question = CaseQuestion(mechanism, row.baseline, currency, texts, monitored)
    answer = answered(reader, question, place)
    now, current = answer.now, answer.current
    inputs = _with_results(inputs, now)
    as_of = now.newest if now and current else None
    return CaseValue(
        value_case_id=row.value_case_id,
        title=row.title or row.value_case_id,
        mechanism=mechanism,
        baseline=row.baseline or mechanism.natural,
        currency=currency,
        inputs=inputs,
        planned=answer.planned,
        current=current,
        problem=answer.problem,
        as_of=as_of,
        deployment=deployment,
        batches=now.batches if now else (),
        granularities=_granularities(monitored, mechanism, currency),
        unvalued=_unvalued(monitored, mechanism),
        redefined_at=definition_changes(reader, row.project, row.mechanism),
        realisation=tuple(_planned(entry, written, changes) for entry in benefit_inputs(mechanism)),
        rests_on=now.stretch if now and current else None,
        settled_net=now.window.settled_net if now else None,
        settled_loss=now.window.settled_loss if now else None,
        differing=tuple(i.label for i in inputs if now and i.name in now.window.differing),
        uncounted=uncounted(deployment, as_of, today),
        years_in_use=years_in_use(reader, row, today, is_monitored=bool(monitored)),
        log=reading.notes,
    )


def _planned(
    entry: Input, written: Mapping[str, QuantityRecord], changes: Mapping[str, str]
) -> CaseInput:
    """An input with what is written for it, changes first.

    A typical value that somebody changes is no typical value any more.
    """
    record = written.get(entry.name)
    source = record.source if record else ""
    if entry.name in changes and is_typical(source):
        source = ""
    return CaseInput(
        name=entry.name,
        label=entry.label,
        unit=entry.unit,
        question=entry.question,
        is_metric=entry.is_metric,
        planned=changes.get(entry.name) or (record.written if record else None),
        source=source,
        owner=record.owner if record else "",
        default=entry.default,
        is_needed=entry.is_needed,
    )


def _unvalued(
    monitored: Mapping[Period, Mapping[str, Monitored]], mechanism: Mechanism
) -> str | None:
    """Why nothing that is monitored tells a value; None when something does."""
    names = sorted({name for metrics in monitored.values() for name in metrics})
    needed = [metric.reported_as for metric in mechanism.metrics if metric.is_needed]
    return without_value(names, needed)


def _granularities(
    monitored: Mapping[Period, Mapping[str, Monitored]], mechanism: Mechanism, currency: str
) -> tuple[str, ...]:
    """The lengths of period that say something about value, the shortest first."""
    lengths: dict[str, timedelta] = {}
    for period, metrics in monitored.items():
        name = period.granularity
        if name not in lengths and seen(mechanism, period, metrics, currency).observations:
            lengths[name] = period.end - period.start
    return tuple(sorted(lengths, key=lambda granularity: lengths[granularity]))


def _inputs(
    mechanism: Mechanism,
    case: ValueCase,
    written: Mapping[str, QuantityRecord],
    changes: Mapping[str, str],
) -> tuple[CaseInput, ...]:
    """Every input as planned."""
    asked = {i.name for i in mechanism.inputs_for(case.baseline or None)}
    return tuple(
        replace(_planned(entry, written, changes), is_asked=entry.name in asked)
        for entry in mechanism.all_inputs
    )


def _with_results(inputs: Iterable[CaseInput], now: Now | None) -> tuple[CaseInput, ...]:
    """The inputs with what counts as now of them."""
    results = now.results if now else {}
    return tuple(
        replace(
            entry,
            monitored=result.text,
            monitored_value=result.value,
            monitored_in=result.when,
            batch=result.batch,
            computed=result.computed,
        )
        if (result := results.get(entry.name))
        else entry
        for entry in inputs
    )
