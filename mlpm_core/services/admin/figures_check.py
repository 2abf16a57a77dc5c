"""Whether the figures that are kept of value cases are what their records give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.services.in_life.portfolio import TREND_POINTS
from mlpm_core.services.valuation.trends import trend_key, trend_text
from mlpm_core.services.valuation.value_cases import project_cases
from mlpm_core.services.valuation.value_rates import rates_of
from mlpm_core.store import FigureTable
from mlpm_core.value.kept import draws_to_add, figures_of

if TYPE_CHECKING:
    from datetime import date

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
            day = project.clock_on or workspace.now().date()
            kept = project_cases(reader, project, day)
            reader.figures = None
            anew = project_cases(reader, project, day)
            version = workspace.version_of(project.project)
            for one, other in zip(kept, anew, strict=True):
                place, digest = trend_key(project.project, other, version, day)
                trend = in_store.find(reader.rows, place, digest)
                is_trend = trend is None or trend.text == _trend(reader, project, other, day)
                if not (is_trend and _is_equal(one, other)):
                    wrong.append(f"{one.title} of {project.title}")
                    places += [(project.project, one.value_case_id), place]
    if places:
        workspace.store.forget_figures(places)
    return wrong


def _trend(reader: Reader, project: Project, case: CaseValue, day: date) -> str:
    length = case.as_of.granularity if case.as_of else ""
    return trend_text(rates_of(reader, project.project, case, length, day, last=TREND_POINTS))


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
