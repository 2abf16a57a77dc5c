"""The ways in which a model creates value, those of MLPM and those a project wrote itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpm_core.errors import InputError, MlpmError, NotFoundError
from mlpm_core.quantity import Unit
from mlpm_core.records import FIRST_MECHANISM, Deployment, MechanismRecord, ValueCase
from mlpm_core.value.benefits import benefit_inputs
from mlpm_core.value.case_file import read_case
from mlpm_core.value.mechanism import (
    Mechanism,
    MechanismFault,
    definition_of,
    find_mechanism,
    formulas_in,
    mechanism_from,
    mechanism_json,
    mechanisms,
    replaced,
)
from mlpm_core.value.running_cost import after_running_costs
from mlpm_core.value.tree import Branch, DriverTree, Node, driver_tree
from mlpm_core.value.worth import worth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader

__all__ = [
    "Branch",
    "DriverTree",
    "Mechanism",
    "MechanismFault",
    "Node",
    "Version",
    "begun",
    "choices",
    "definition_changes",
    "excerpt",
    "formulas_in",
    "grown_at_typical",
    "information_json",
    "mechanism_list",
    "mechanism_of",
    "mechanism_of_case",
    "own",
    "questions",
    "refuse_orphans",
    "versions",
    "with_formula",
    "worth_json",
    "written",
]


@dataclass(frozen=True, slots=True)
class Version:
    """One definition of a project's own mechanism, from the moment it was saved."""

    number: int
    definition: str
    note: str
    saved_at: datetime
    actor: str
    batch: str


def mechanism_list() -> list[dict[str, Any]]:
    """Every mechanism as ``mlpm mechanisms --json`` prints it."""
    return [mechanism_json(m) for m in mechanisms().values()]


@lru_cache(maxsize=64)
def written(definition: str) -> Mechanism:
    """The mechanism that a definition describes.

    Raises
    ------
    MechanismFault
        With the place of the first thing that cannot be computed.
    """
    return mechanism_from(definition)


def mechanism_of(reader: Reader, project: str, mechanism_id: str) -> Mechanism:
    """A mechanism of MLPM or of a project, as it is defined now.

    Raises
    ------
    NotFoundError
        When there is none; it lists near names.
    """
    built_in = mechanisms()
    if mechanism_id in built_in:
        return built_in[mechanism_id]
    mine = {row.mechanism_id: row for row in reader.current(MechanismRecord, project)}
    if mechanism_id not in mine:
        raise NotFoundError.of("mechanism", mechanism_id, [*built_in, *mine])
    return written(mine[mechanism_id].definition)


def mechanism_of_case(reader: Reader, project: str, case: ValueCase) -> Mechanism | None:
    """The mechanism of a case; None when its definition cannot be read, which is said elsewhere."""
    try:
        return mechanism_of(reader, project, case.mechanism)
    except MlpmError:
        return None


def mechanisms_by_model(reader: Reader, project: str) -> dict[str, list[Mechanism]]:
    """The mechanisms of the value cases that each model of a project moves, as named or deployed.

    Archived cases are left out, and those whose mechanism cannot be read.
    """
    cases = {c.value_case_id: c for c in reader.current(ValueCase, project) if not c.archived}
    moved = [(c.model_id, c) for c in cases.values()]
    moved += [
        (d.model_id, cases[d.value_case_id])
        for d in reader.current(Deployment, project)
        if d.value_case_id in cases
    ]
    by_model: dict[str, dict[str, Mechanism]] = {}
    for model_id, case in moved:
        mechanism = mechanism_of_case(reader, project, case)
        if model_id and mechanism is not None:
            by_model.setdefault(model_id, {})[case.value_case_id] = mechanism
    return {model_id: list(of_model.values()) for model_id, of_model in by_model.items()}


def begun(mechanism_id: str | None) -> str:
    """A definition to begin one's own with: a small example, or one of MLPM under another id.

    Raises
    ------
    NotFoundError
        When there is no such mechanism.
    """
    if mechanism_id is None:
        return FIRST_MECHANISM
    text = re.sub(r'(?m)^number = ".*"\n', "", definition_of(mechanism_id))
    return re.sub(r'(?m)^id = "(.*)"$', r'id = "my_\1"', text, count=1)


def with_formula(definition: str, place: str, formula: str) -> str:
    """A definition with another formula at a place of ``formulas_in``."""
    return replaced(definition, tuple(place.split(".")), formula)


def excerpt(definition: str, fault: MechanismFault) -> str:
    """The line of a fault with its number, and a mark under the column."""
    lines = definition.splitlines()
    if fault.line is None or not 1 <= fault.line <= len(lines):
        return ""
    head = f"{fault.line} | "
    text = f"{head}{lines[fault.line - 1]}"
    return text if fault.column is None else f"{text}\n{' ' * (len(head) + fault.column - 1)}^"


def refuse_orphans(reader: Reader, project: str) -> None:
    """Refuse a change of a project's mechanisms that leaves a value case without its own.

    Raises
    ------
    InputError
        Naming the value case and what it would miss.
    """
    for case in reader.current(ValueCase, project):
        if case.archived:
            continue
        try:
            mechanism_of(reader, project, case.mechanism).inputs_for(case.baseline or None)
        except MlpmError as error:
            raise InputError(
                f"Value case {case.value_case_id} would have nothing to be valued by: {error}"
            ) from None


def definition_changes(reader: Reader, project: str, mechanism_id: str) -> tuple[datetime, ...]:
    """When the definition of a project's own mechanism became another; not its first."""
    if mechanism_id in mechanisms():
        return ()
    return tuple(v.saved_at for v in _versions(reader, project, mechanism_id)[1:])


def own(workspace: Workspace, project: str) -> dict[str, Mechanism]:
    """The mechanisms that a project wrote itself, by id; archived ones are left out."""
    with workspace.store.reader() as reader:
        rows = reader.current(MechanismRecord, project)
    return {r.mechanism_id: written(r.definition) for r in rows if not r.archived}


def choices(workspace: Workspace, project: str) -> dict[str, Mechanism]:
    """Every mechanism that a value case of a project may choose, its own first."""
    return own(workspace, project) | mechanisms()


def versions(workspace: Workspace, project: str, mechanism_id: str) -> list[Version]:
    """Every definition that a project's own mechanism has had, the first first."""
    with workspace.store.reader() as reader:
        return _versions(reader, project, mechanism_id)


def _versions(reader: Reader, project: str, mechanism_id: str) -> list[Version]:
    rows = [
        row
        for row in reader.history(MechanismRecord, project)
        if row["mechanism_id"] == mechanism_id
    ]
    firsts = [next(group) for _, group in groupby(rows, key=lambda row: row["definition"])]
    return [
        Version(i, r["definition"], r["note"], r["received_at"], r["actor"], r["batch"])
        for i, r in enumerate(firsts, start=1)
    ]


def grown_at_typical(mechanism: Mechanism, root: str) -> DriverTree:
    """How a result grows out of the inputs where each is in the middle of what is typical.

    An input without a typical range has its default, else 1.

    Raises
    ------
    NotFoundError
        When the mechanism has no such result.
    """
    middles = {
        entry.name: np.array(
            entry.read(entry.typical or entry.default or "1").median * Unit.read(entry.unit).factor
        )
        for entry in mechanism.inputs
        if entry.typical or entry.same_as is None
    }
    return driver_tree(mechanism, middles, root)


def questions(
    workspace: Workspace, project: str, mechanism_id: str, baseline: str | None
) -> dict[str, str]:
    """Everything a value case is asked: the label of each question by its name.

    Raises
    ------
    InputError, NotFoundError
        When there is no such mechanism or baseline.
    """
    with workspace.store.reader() as reader:
        mechanism = mechanism_of(reader, project, mechanism_id)
    asked = (*mechanism.inputs_for(baseline), *benefit_inputs(mechanism))
    return {entry.name: entry.label for entry in asked}


def worth_json(
    mechanism: str, quantities: Mapping[str, str], baseline: str | None, currency: str | None
) -> dict[str, Any]:
    """What a mechanism is worth, as ``mlpm value --json`` prints it.

    Raises
    ------
    InputError
        When inputs are missing, unknown or unreadable; it names all of them.
    NotFoundError
        When there is no such mechanism.
    """
    definition = after_running_costs(find_mechanism(mechanism), quantities)
    result = worth(definition, quantities, baseline=baseline, currency=currency)
    return result.to_json(currency=currency or "EUR")


def information_json(path: Path) -> dict[str, Any]:
    """What it is worth to know more before a choice, as ``mlpm information --json`` prints it.

    Raises
    ------
    InputError
        When the file or something in it cannot be read or valued.
    NotFoundError
        When it names a mechanism or an input that does not exist.
    """
    return read_case(path).to_json()
