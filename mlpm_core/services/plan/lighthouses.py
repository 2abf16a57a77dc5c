"""What lighthouse projects found out, offered to the brief of the project they are for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import InputError
from mlpm_core.planning.brief import SETTLED
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import FindingRecord
from mlpm_core.services.ingest.editing import Edit, Saved, save_edits

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mlpm_core.records import Area, Confidence, Project
    from mlpm_core.services.session.workspace import Workspace

_TAKEN = ("area", "statement", "confidence", "factor", "applies", "probability")
"""What of a finding is held against the one taken over before."""
_FIRST_ONLY = ("is_blocker", "owner")


@dataclass(frozen=True, slots=True)
class OfferedFinding:
    """A checked or proven finding of a lighthouse that the larger project does not have yet.

    ``finding_id`` is the one it gets there. ``is_update`` is whether it was taken over before and
    one of the two says something else since.
    """

    lighthouse: str
    lighthouse_title: str
    finding_id: str
    area: Area
    statement: str
    confidence: Confidence
    evidence: str
    is_update: bool
    values: Mapping[str, Any]


def lighthouses(workspace: Workspace, project: str) -> tuple[Project, ...]:
    """The projects that are a lighthouse for one, by title.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    workspace.project(project)
    return tuple(
        p
        for p in workspace.store.projects()
        if p.lighthouse_for == project and p.project != project and not p.archived
    )


def offered_findings(workspace: Workspace, project: str) -> tuple[OfferedFinding, ...]:
    """What the lighthouses of a project found out and it does not have yet.

    One that was taken over and archived there was put aside, and is not offered again.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    sources = lighthouses(workspace, project)
    offers = []
    with workspace.store.reader() as reader:
        here = {f.finding_id: f for f in reader.current(FindingRecord, project)}
        for source in sources:
            for finding in reader.current(FindingRecord, source.project):
                if finding.archived or finding.confidence not in SETTLED:
                    continue
                offer = _offer(source, finding, here)
                if offer is not None:
                    offers.append(offer)
    return tuple(offers)


@for_everybody()
def take_over(workspace: Workspace, project: str, finding_ids: Collection[str]) -> Saved:
    """Write offered findings into the brief of the larger project: one batch, to be undone as one.

    Parameters
    ----------
    finding_ids : collection of str
        Those of the offers, as they are called in the larger project.

    Raises
    ------
    NotFoundError
        When there is no such project.
    InputError
        When none is named, or one is not offered any more.
    EditConflictError
        When somebody else changed a finding that is updated meanwhile.
    """
    offers = {offer.finding_id: offer for offer in offered_findings(workspace, project)}
    if not finding_ids:
        raise InputError("Choose at least one finding to take over.")
    gone = sorted(set(finding_ids) - offers.keys())
    if gone:
        raise InputError(f"Not offered any more: {', '.join(gone)}. Look at the offers again.")
    with workspace.store.reader() as reader:
        here = {f.finding_id: f for f in reader.current(FindingRecord, project)}
    edits = []
    for finding_id in dict.fromkeys(finding_ids):
        read = here.get(finding_id)
        edits.append(Edit(None if read is None else dict(read), offers[finding_id].values))
    return save_edits(workspace, project, FindingRecord.kind, edits)


def _offer(
    source: Project, finding: FindingRecord, here: Mapping[str, FindingRecord]
) -> OfferedFinding | None:
    finding_id = f"{source.project}-{finding.finding_id}"
    was = here.get(finding_id)
    values = {name: getattr(finding, name) for name in _TAKEN}
    if was is not None and (was.archived or all(getattr(was, k) == v for k, v in values.items())):
        return None
    evidence = f"Lighthouse {source.title}"
    if finding.evidence.strip():
        evidence += f": {finding.evidence.strip()}"
    values |= {"evidence": evidence, "found_on": finding.found_on}
    if was is None:
        values |= {"finding_id": finding_id}
        values |= {name: getattr(finding, name) for name in _FIRST_ONLY}
    return OfferedFinding(
        lighthouse=source.project,
        lighthouse_title=source.title,
        finding_id=finding_id,
        area=finding.area,
        statement=finding.statement,
        confidence=finding.confidence,
        evidence=evidence,
        is_update=was is not None,
        values=values,
    )
