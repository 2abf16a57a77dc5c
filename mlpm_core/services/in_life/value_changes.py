"""What a model was worth a week over the days shown, against those before and a year ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.errors import NotFoundError
from mlpm_core.in_life.value_change import NoValueChange, ValueChange, summed, value_change
from mlpm_core.records import ValueCase
from mlpm_core.services.in_life.portfolio import lines_of
from mlpm_core.services.in_life.realised_value import NET, realised_value
from mlpm_core.services.valuation.value_cases import kept_cases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.services.in_life.shown_period import Comparison, ShownPeriod
    from mlpm_core.services.session.workspace import Workspace

__all__ = [
    "NoValueChange",
    "ValueChange",
    "ValueChanges",
    "ValueCompared",
    "project_change",
    "summed",
    "value_changes",
]


@dataclass(frozen=True, eq=False, slots=True)
class ValueCompared:
    """A change of value with the days that it compares."""

    change: ValueChange
    comparison: Comparison


@dataclass(frozen=True, eq=False, slots=True)
class ValueChanges:
    """Net value a week over the days shown, and against others.

    ``against`` is by ``Against``, or by two days that somebody chose.
    """

    level: ValueChange
    against: Mapping[str, ValueCompared]


def value_changes(
    workspace: Workspace,
    project: str,
    value_case_id: str,
    shown: ShownPeriod,
    *,
    only_chosen: bool = False,
) -> ValueChanges | None:
    """What a value case was worth a week over the days shown, against those before and others.

    None where all days are shown. Days that were not monitored are never filled in. Where
    ``only_chosen``, they are compared with what is chosen and with nothing else.

    Raises
    ------
    NotFoundError
        When the project or the value case does not exist.
    """
    if shown.span is None:
        return None
    comparisons = {
        name: compared
        for name, compared in shown.comparisons.items()
        if not only_chosen or name == shown.against
    }
    spans = {s for c in comparisons.values() for s in (c.now, c.before) if s} | {shown.span}
    today = workspace.today(project)
    with workspace.store.reader() as reader:
        cases = kept_cases(workspace, project)
        if value_case_id not in cases:
            raise NotFoundError.of("value case", value_case_id, cases)
        rows = {c.value_case_id: c for c in reader.current(ValueCase, project)}
        case = cases[value_case_id]
        life = realised_value(
            reader, rows[value_case_id], case, today, within=spans, only_within=True
        )
    unit = f"{case.currency}/week"
    now = (shown.span, life.within[shown.span])
    compared = {
        name: ValueCompared(
            value_change(now, (c.before, life.within[c.before]) if c.before else None, NET, unit), c
        )
        for name, c in comparisons.items()
    }
    return ValueChanges(value_change(now, None, NET, unit), compared)


def project_change(workspace: Workspace, project: str, shown: ShownPeriod) -> ValueCompared | None:
    """What the models in life of a project were worth a week, against the days chosen.

    None where all days are shown, and for a project without results that say something of today.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    cases = [line.case for line in lines_of(workspace, project) if line.is_counted]
    every = [
        value_changes(workspace, project, case.value_case_id, shown, only_chosen=True)
        for case in cases
    ]
    changes = [found.against[shown.against].change for found in every if found]
    if not changes:
        return None
    return ValueCompared(summed(changes, f"{cases[0].currency}/week"), shown.comparison)
