"""What the screen of risks and checks loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.plan import checks as checks_service
from mlpm_core.services.plan import offered_risks as offers_service
from mlpm_core.services.plan import risks as risks_service
from mlpm_core.services.plan.team import PEOPLE
from pages.parts.common.cache import shared, shared_with, workspace

if TYPE_CHECKING:
    from mlpm_core.services.plan.checks import ChecksView
    from mlpm_core.services.plan.offered_risks import OfferedRisk
    from mlpm_core.services.plan.risks import RisksView


@shared
def project_risks(project: str) -> RisksView:
    """The risks of a project, as they stand and week by week."""
    return risks_service.risks(workspace(), project)


@shared
def project_checks(project: str, phase: str = "") -> ChecksView:
    """What a project is asked in a phase; in the one in which it stands unless named."""
    return checks_service.checks(workspace(), project, phase)


@shared_with(*PEOPLE)
def offered_risks(project: str) -> tuple[OfferedRisk, ...]:
    """Risks that other records speak of; people are counted in every project."""
    return offers_service.offered_risks(workspace(), project)
