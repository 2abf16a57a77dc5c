"""From nothing to a first value: a project by the kind of its model, with typical numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import Model, Project, QuantityRecord, Status, ValueCase
from mlpm_core.services.ingest.registers import save
from mlpm_core.services.ingest.short_names import free_name, short_name
from mlpm_core.value.kinds import Kind, find_kind, kinds
from mlpm_core.value.worth import Worth, worth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.records import Receipt
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue

__all__ = [
    "Kind",
    "Started",
    "Worth",
    "fill_in",
    "kinds_of",
    "start_project",
    "start_value",
    "typical_value",
]

_DRAWS: Final = 2048


@dataclass(frozen=True, slots=True)
class Started:
    """What was written, with its receipts in their order; one that is refused is the last."""

    project: str
    value_case_id: str
    receipts: tuple[Receipt, ...]

    @property
    def is_done(self) -> bool:
        """Whether all of it was taken."""
        return all(receipt.status is Status.COMMITTED for receipt in self.receipts)


def kinds_of(mechanism_id: str | None = None) -> dict[str, Kind]:
    """The kinds of model that come with MLPM by id; of one mechanism when it is named."""
    return {
        name: kind
        for name, kind in kinds().items()
        if mechanism_id is None or kind.mechanism.id == mechanism_id
    }


def typical_value(kind_id: str, currency: str) -> Worth:
    """What a kind of model is worth by typical numbers alone, all of them guesses.

    Raises
    ------
    NotFoundError
        When there is no such kind.
    """
    kind = find_kind(kind_id)
    return worth(kind.mechanism, kind.written(currency), currency=currency, draws=_DRAWS)


@for_everybody()
def start_project(
    workspace: Workspace,
    title: str,
    *,
    kind_id: str | None,
    currency: str,
    owner: str = "",
    model: str = "",
) -> Started:
    """Write a project, its model, a value case and typical numbers for it, each with a receipt.

    Parameters
    ----------
    title : str
        The project's name as people say it; its short name is made of it.
    kind_id : str, optional
        The kind of its model; without one the project and its model alone are written.
    model : str
        The model's name as result files call it; made of the project's short name when empty.

    Raises
    ------
    InputError
        When there is no title.
    NotFoundError
        When there is no such kind.
    """
    if not title.strip():
        raise InputError("Write what the project is called.")
    kind = find_kind(kind_id) if kind_id else None
    with workspace.store.write_locked():  # two who start one at once get two
        taken = {row.project for row in workspace.store.projects()}
        project = free_name(short_name(title, "project"), taken.__contains__)
        row = {"project": project, "title": title.strip(), "currency": currency, "owner": owner}
        receipts = [save(workspace, project, Project.kind, [row])]
        if receipts[-1].status is Status.COMMITTED:
            name = model.strip() or f"{project}-model"
            rows = [{"model_id": name}]
            receipts.append(save(workspace, project, Model.kind, rows, is_new_model=True))
        if kind is None or receipts[-1].status is not Status.COMMITTED:
            return Started(project, "", tuple(receipts))
        of_case = _started(workspace, project, kind, currency)
    return Started(project, of_case.value_case_id, (*receipts, *of_case.receipts))


@for_everybody()
def start_value(workspace: Workspace, project: str, kind_id: str) -> Started:
    """Write a value case of a kind of model into a project, with typical numbers.

    Raises
    ------
    NotFoundError
        When there is no such project or kind.
    """
    row, kind = workspace.project(project), find_kind(kind_id)
    with workspace.store.write_locked():
        return _started(workspace, project, kind, row.currency)


@for_everybody()
def fill_in(workspace: Workspace, project: str, case: CaseValue, kind_id: str) -> Receipt:
    """Write typical numbers for what a value case still needs; what is written stays.

    Raises
    ------
    InputError
        When nothing is missing, or the kind creates value in another way.
    NotFoundError
        When there is no such kind.
    """
    kind = find_kind(kind_id)
    if kind.mechanism.id != case.mechanism.id:
        raise InputError(f"{kind.title!r} creates value in another way than {case.title!r}.")
    written = kind.written(case.currency)
    needed = [i.name for i in case.inputs if i.is_asked and not i.in_use and i.name in written]
    if not needed:
        raise InputError(f"{case.title!r} has all the numbers that it needs.")
    rows = _rows(kind, case.value_case_id, {name: written[name] for name in needed})
    return save(workspace, project, QuantityRecord.kind, rows)


def _started(workspace: Workspace, project: str, kind: Kind, currency: str) -> Started:
    with workspace.store.reader() as reader:
        taken = {case.value_case_id for case in reader.current(ValueCase, project)}
        models = [m.model_id for m in reader.current(Model, project) if not m.archived]
    name = free_name(kind.id, taken.__contains__)
    case = {
        "value_case_id": name,
        "title": kind.title.partition(":")[0],
        "mechanism": kind.mechanism.id,
        "model_id": models[0] if len(models) == 1 else "",
    }
    receipts = [save(workspace, project, ValueCase.kind, [case])]
    if receipts[0].status is Status.COMMITTED:
        rows = _rows(kind, name, kind.written(currency))
        receipts.append(save(workspace, project, QuantityRecord.kind, rows))
    return Started(project, name, tuple(receipts))


def _rows(kind: Kind, value_case_id: str, written: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {"value_case_id": value_case_id, "name": n, "written": text, "source": kind.source(n)}
        for n, text in written.items()
    ]
