"""What the screen Portfolio loads beside its value cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.in_life import project_list as project_list_service
from mlpm_core.services.in_life import search as search_service
from mlpm_core.services.plan import plan_summaries as plans_service
from pages.parts.common.cache import shared, workspace

if TYPE_CHECKING:
    from mlpm_core.services.in_life.project_list import ProjectRow
    from mlpm_core.services.in_life.search import SearchResult
    from mlpm_core.services.plan.plan_summaries import PlanSummary


@shared
def project_list() -> tuple[ProjectRow, ...]:
    """Every project that is not archived, one row each."""
    return project_list_service.project_list(workspace())


@shared
def plan_summaries() -> dict[str, PlanSummary]:
    """What the estimate of every project says in a few figures."""
    return plans_service.plan_summaries(workspace())


def moment_in_view() -> str:
    """What names all that is shown: the newest batch, and the past moment or the day."""
    now = workspace()
    return f"{now.version} {now.moment or now.today()}"


def plans_at_hand() -> dict[str, PlanSummary]:
    """The same, of the projects of which it need not be computed first."""
    return plans_service.plan_summaries(workspace(), only_kept=True)


@shared
def names_found(text: str) -> SearchResult:
    """Projects, KPIs, models and decisions with a text in a name or description."""
    return search_service.search(workspace(), text)
