"""What only the Brief screen loads: requirements, the end of sprint 0, meetings and promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.plan import delivery_promises as promises_service
from mlpm_core.services.plan import lighthouses as lighthouses_service
from mlpm_core.services.plan import meeting_pack as pack_service
from mlpm_core.services.plan import meetings as meetings_service
from mlpm_core.services.plan import requirements as requirements_service
from pages.parts.common.cache import shared, shared_with, workspace

if TYPE_CHECKING:
    from mlpm_core.services.plan.delivery_promises import Ledger
    from mlpm_core.services.plan.lighthouses import OfferedFinding
    from mlpm_core.services.plan.meeting_pack import MeetingPack
    from mlpm_core.services.plan.meetings import MeetingsView
    from mlpm_core.services.plan.requirements import RequirementsView, SprintZero


@shared
def requirements(project: str) -> RequirementsView:
    """What was asked of a project, what is really needed, and what of it is kept."""
    return requirements_service.requirements(workspace(), project)


@shared
def sprint_zero(project: str) -> SprintZero:
    """Whether blockers are in somebody's hands and a KPI is moved; blockers fall due by the day."""
    return requirements_service.sprint_zero(workspace(), project)


@shared
def meetings(project: str) -> MeetingsView:
    """Who was met, shown and answered up to the day."""
    return meetings_service.meetings(workspace(), project)


@shared
def meeting_pack(project: str, stakeholder_id: str) -> MeetingPack:
    """One page for the next meeting with a stakeholder, as of the day."""
    return pack_service.meeting_pack(workspace(), project, stakeholder_id)


@shared
def ledger(project: str) -> Ledger:
    """What was promised of dates, costs and KPI values; a promise falls due by the day."""
    return promises_service.ledger(workspace(), project)


@shared_with(*lighthouses_service.FINDINGS)
def offered_findings(project: str) -> tuple[OfferedFinding, ...]:
    """What lighthouses, which are other projects, found out for a project."""
    return lighthouses_service.offered_findings(workspace(), project)
