"""Projects, KPIs, models and decisions by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mlpm_core.services.session.workspace import Workspace

MOST: Final = 8
"""So many are shown at once."""


class FoundKind(StrEnum):
    """What was found."""

    PROJECT = "project"
    KPI = "kpi"
    MODEL = "model"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Found:
    """Something with a text in its name or description.

    ``leads_to`` is the deployment of a model, empty without one, and the value case of a decision.
    """

    kind: FoundKind
    project: str
    project_title: str
    id: str
    title: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The first of what was found, and how many there are."""

    found: tuple[Found, ...] = ()
    n_found: int = 0


def search(workspace: Workspace, text: str, most: int = MOST) -> SearchResult:
    """What of the projects that are not archived has a text in it, with one question to the store.

    The text is taken letter by letter, whatever its case: in titles, short names and owners, in the
    hypothesis of a project, the definition of a KPI and what it stands for, the purpose of a model,
    and who decided what. What begins with it comes first.
    """
    find = " ".join(text.split())
    if not find:
        return SearchResult()
    with workspace.store.reader() as reader:
        rows = reader.rows("names_found", find=find, most=most)
    n_found = int(rows[0].pop("n_found")) if rows else 0
    names = ("project", "project_title", "id", "title", "leads_to")
    found = (Found(FoundKind(r["kind"]), *(str(r[name]) for name in names)) for r in rows)
    return SearchResult(tuple(found), n_found)
