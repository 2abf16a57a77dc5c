"""A scheduled source, read now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from mlpm_core.api.caller import OpenWorkspace, may
from mlpm_core.api.imports import Parameters
from mlpm_core.api.problems import PROBLEMS
from mlpm_core.services.admin.tokens import Action
from mlpm_core.services.ingest import source_runs
from mlpm_core.services.ingest.source_states import SourceRun

ROUTER = APIRouter(prefix="/api/v1", responses=PROBLEMS)
Name = Annotated[str, Path(description="Name of the source in the file of sources.")]


class RunParameters(Parameters):
    """How a source is read."""

    dry_run: bool = Field(default=False, description="Judge what it gives and store nothing.")


@ROUTER.post("/sources/{source}/runs", response_model=SourceRun, dependencies=[may(Action.ADMIN)])
def run_source(
    workspace: OpenWorkspace, source: Name, query: Annotated[RunParameters, Query()]
) -> SourceRun:
    """Read a source now, whenever it is due; what came of it is the answer."""
    return source_runs.run(workspace, source, dry_run=query.dry_run)
