"""Whether the figures that are kept of value cases are what their records give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.services.valuation.value_cases import project_cases
from mlpm_core.store import FigureTable
from mlpm_core.value.kept import draws_to_add, figures_of

if TYPE_CHECKING:
    from mlpm_core.records import Project
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.store import Reader
    from mlpm_core.value.worth import Worth


def forget_wrong_figures(workspace: Workspace) -> list[str]:
    """Compute every value case anew, and forget what is kept of those that come out otherwise.

    Returns
    -------
    list of str
        The names of the cases of which something else was kept.
    """
    wrong, places = [], []
    with workspace.store.reader() as reader:
        in_store = FigureTable()
        for project in reader.projects():
            if project.archived:
                continue
            reader.figures = in_store
            kept = _cases(workspace, reader, project)
            reader.figures = None
            anew = _cases(workspace, reader, project)
            for one, other in zip(kept, anew, strict=True):
                if not _is_equal(one, other):
                    wrong.append(f"{one.title} of {project.title}")
                    places.append((project.project, one.value_case_id))
    if places:
        workspace.store.forget_figures(places)
    return wrong


def _cases(workspace: Workspace, reader: Reader, project: Project) -> list[CaseValue]:
    return project_cases(reader, project, project.clock_on or workspace.now().date())


def _is_equal(one: CaseValue, other: CaseValue) -> bool:
    said = ("inputs", "problem", "settled_net", "settled_loss", "rests_on", "as_of", "batches")
    return (
        all(getattr(one, name) == getattr(other, name) for name in said)
        and one.differing == other.differing
        and _worth_is_equal(one.planned, other.planned)
        and _worth_is_equal(one.current, other.current)
        and _draws_are_equal(one.current, other.current)
    )


def _worth_is_equal(one: Worth | None, other: Worth | None) -> bool:
    if one is None or other is None:
        return one is other
    return figures_of(one) == figures_of(other)


def _draws_are_equal(one: Worth | None, other: Worth | None) -> bool:
    if one is None or other is None:
        return one is other
    mine, theirs = draws_to_add(one), draws_to_add(other)
    return mine.keys() == theirs.keys() and all(
        np.array_equal(ordered, theirs[name]) for name, ordered in mine.items()
    )
