"""Whether a candidate could be built again before it is put to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.records import ArtefactType

if TYPE_CHECKING:
    from mlpm_core.planning.rebuild import RebuildScore
    from mlpm_core.records import Artefact
    from mlpm_core.services.plan.checks import ChecksView


def rebuild_of(view: ChecksView, candidate: str) -> RebuildScore | None:
    """The rebuild score of the model that is called as a candidate; None when none is kept.

    A candidate is called as the artefact, as its version, or as its model with that version.
    """
    scores = {score.artefact_id: score for score in view.rebuilds}
    for kept in view.artefacts:
        record = kept.record
        if record.artefact_type is ArtefactType.MODEL and candidate in _names(record):
            return scores.get(record.artefact_id)
    return None


def _names(artefact: Artefact) -> set[str]:
    model, version = artefact.model_id, artefact.model_version
    names = {artefact.artefact_id, version or model}
    if model and version:
        names |= {f"{model} {version}", f"{model}-{version}"}
    return names - {""}
