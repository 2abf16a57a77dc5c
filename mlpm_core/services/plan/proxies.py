"""A proxy for a KPI nobody has named: its baseline to count, its record, its value case."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.planning import Measured, find_kpi_template, measured
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import Kpi, Model, ValueCase
from mlpm_core.services.ingest.editing import Edit, save_edits
from mlpm_core.services.ingest.registers import save
from mlpm_core.services.valuation.typed import Asked, typed_number
from mlpm_core.value.mechanism import Mechanism, find_mechanism

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.records import Receipt
    from mlpm_core.services.session.workspace import Workspace

WITHIN: Final = (0.05, 0.1, 0.2, 0.3)
"""How exactly a baseline may be asked for, as a share of it."""

_DAYS_TO_AGREE: Final = 28


@dataclass(frozen=True, slots=True)
class BaselinePlan:
    """How long to count: from ``first_on``, a Monday, up to and with ``last_on``.

    ``measured`` is what the weeks so far say, None before the first; ``weeks`` are those in all,
    ``weeks_left`` those still to come. ``expires_on`` leaves four weeks to agree.
    """

    within: float
    weeks: int
    weeks_left: int
    first_on: date
    last_on: date
    expires_on: date
    measured: Measured | None


@dataclass(frozen=True, slots=True)
class StartedCase:
    """A value case that was just written, with the receipts of what was."""

    value_case_id: str
    receipts: tuple[Receipt, ...]


def baseline_plan(
    workspace: Workspace,
    project: str,
    candidate_id: str,
    *,
    within: float,
    weekly: str = "",
) -> BaselinePlan:
    """How many weeks to count a candidate, and what the weeks so far say.

    Parameters
    ----------
    within : float
        How exactly the mean must be known, as a share of it.
    weekly : str
        Values of the weeks so far, one a line; of a line with commas the second cell counts.

    Raises
    ------
    NotFoundError
        When there is no such project or candidate.
    InputError
        When a line holds no number; the sentence names it.
    """
    day, template = workspace.today(project), find_kpi_template(candidate_id)
    values = _weekly_values(weekly, template.unit)
    so_far = measured(values) if values else None
    if so_far is None:
        left = template.weeks(within)
    else:
        left = so_far.weeks_left(within, usual_spread=template.spread)
    first_on = day + timedelta(days=-day.weekday() % 7)
    last_on = first_on + timedelta(weeks=left, days=-1) if left else day
    return BaselinePlan(
        within=within,
        weeks=len(values) + left,
        weeks_left=left,
        first_on=first_on,
        last_on=last_on,
        expires_on=last_on + timedelta(days=_DAYS_TO_AGREE),
        measured=so_far,
    )


def weekly_sheet(plan: BaselinePlan) -> str:
    """A CSV to note the weeks in: one line for each Monday that is still to be counted."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["week_start", "value", "note"])
    for week in range(plan.weeks_left):
        out.writerow([(plan.first_on + timedelta(weeks=week)).isoformat(), "", ""])
    return text.getvalue()


@for_everybody()
def write_proxy(
    workspace: Workspace,
    project: str,
    candidate_id: str,
    *,
    stands_for: str,
    expires_on: date,
    baseline: float | None = None,
    target: float | None = None,
    owner: str = "",
    counted: str = "",
    since: Mapping[str, Any] | None = None,
) -> Receipt:
    """Write a candidate down as an open proxy, or write the measured baseline into it.

    Goes the way of every register. What the KPI's record already says of its agreement and its
    value case stays.

    Parameters
    ----------
    since : mapping, optional
        The KPI's record as the form was filled from, empty when there was none: what somebody
        changed meanwhile is then kept, or asked about. None takes the record as it is now.
    stands_for : str
        What the stakeholders would rather see better.
    counted : str
        How the baseline was counted, added to the definition.

    Raises
    ------
    NotFoundError
        When there is no such project or candidate.
    InputError
        When nothing says what it stands for, or the KPI is there and is no proxy.
    EditConflictError
        When somebody else changed what is changed here since the form was filled.
    """
    if not stands_for.strip():
        raise InputError(
            "Write what the provisional KPI stands for: what should really get better."
        )
    template, row = find_kpi_template(candidate_id), workspace.project(project)
    with workspace.store.reader() as reader:
        records = {k.kpi_id: k for k in reader.current(Kpi, project)}
        cases = [c for c in reader.current(ValueCase, project) if not c.archived]
    moving = [c.value_case_id for c in cases if c.mechanism in template.mechanisms]
    existing = records.get(candidate_id)
    if existing is not None and not existing.stands_for:
        raise InputError(
            f"{existing.title} is already a KPI of this project, not a provisional one."
        )
    read = since if since is not None else dict(existing or {})
    changes: dict[str, object] = {
        "baseline": baseline,
        "target": target,
        "owner": owner,
        "stands_for": stands_for.strip(),
        "expires_on": expires_on,
        "archived": False,
    }
    if counted or not read:  # else it still says how the baseline in it was counted
        changes["definition"] = f"{template.count} {counted}".strip()
    if len(moving) == 1 and not (existing and existing.moved_by):
        changes["value_case_id"] = moving[0]
    if not read:
        changes |= {
            "kpi_id": template.id,
            "title": template.name,
            "dimension": template.dimension,
            "unit": template.unit_in(row.currency),
            "direction": template.direction,
        }
    edit = Edit(read or None, {k: v for k, v in changes.items() if not read or v != read[k]})
    return save_edits(workspace, project, Kpi.kind, [edit]).receipt


@for_everybody()
def start_case(
    workspace: Workspace, project: str, mechanism_id: str, kpi_id: str = ""
) -> StartedCase:
    """Write a value case with a mechanism, and name it in the KPI that it moves.

    Goes the way of every register. A receipt that is not committed says what is wrong.

    Raises
    ------
    NotFoundError
        When there is no such project or mechanism.
    """
    workspace.project(project)
    mechanism = find_mechanism(mechanism_id)
    with workspace.store.write_locked():  # two who start one at once get two
        return _started(workspace, project, mechanism, kpi_id)


def _started(workspace: Workspace, project: str, mechanism: Mechanism, kpi_id: str) -> StartedCase:
    with workspace.store.reader() as reader:
        taken = {c.value_case_id for c in reader.current(ValueCase, project)}
        models = [m.model_id for m in reader.current(Model, project) if not m.archived]
        kpis = {k.kpi_id: k for k in reader.current(Kpi, project)}
    stem = mechanism.id.replace("_", "-")
    names = (stem, *(f"{stem}-{i}" for i in range(2, len(taken) + 3)))
    name = next(n for n in names if n not in taken)
    case = {
        "value_case_id": name,
        "title": mechanism.name,
        "mechanism": mechanism.id,
        "model_id": models[0] if len(models) == 1 else "",
    }
    receipts = [save(workspace, project, ValueCase.kind, [case])]
    kpi = kpis.get(kpi_id)
    if receipts[0].status == "committed" and kpi and not kpi.moved_by:
        named = Edit(dict(kpi), {"value_case_id": name})
        receipts.append(save_edits(workspace, project, Kpi.kind, [named]).receipt)
    return StartedCase(name, tuple(receipts))


def _weekly_values(text: str, unit: str) -> list[float]:
    values = []
    for number, line in enumerate(text.splitlines(), start=1):
        # A line of the sheet begins with a day; any other comma would be a misread number.
        cell = re.sub(r"^(\d{4}-\d\d-\d\d|week_start)\s*,([^,]*).*$", r"\2", line.strip()).strip()
        if not cell or cell == "value":
            continue
        try:
            readings = typed_number(cell, Asked("The value", unit))
        except InputError:
            raise InputError(
                f"Line {number} of the weekly values is {cell!r}; write one number a line."
            ) from None
        if len(readings) > 1:
            small, large = readings
            raise InputError(
                f"Line {number} of the weekly values is {cell!r}: is it {small.sentence} or "
                f"{large.sentence}? Write {small.notation} or {large.notation}."
            )
        values.append(readings[0].quantity.median)
    return values
