"""What only the Brief screen loads: requirements, the end of sprint 0, meetings and promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.plan import requirements as requirements_service
from pages.parts.common.cache import shared, workspace

if TYPE_CHECKING:
    from mlpm_core.services.plan.requirements import RequirementsView, SprintZero


@shared
def requirements(project: str) -> RequirementsView:
    """What was asked of a project, what is really needed, and what of it is kept."""
    return requirements_service.requirements(workspace(), project)


@shared
def sprint_zero(project: str) -> SprintZero:
    """Whether blockers are in somebody's hands and a KPI is moved; blockers fall due by the day."""
    return requirements_service.sprint_zero(workspace(), project)
