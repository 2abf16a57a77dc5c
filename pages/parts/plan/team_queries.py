"""What the sections around an estimate load; any batch makes it anew, of other projects too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.plan import learning as learning_service
from mlpm_core.services.plan import task_templates as task_templates_service
from mlpm_core.services.plan import team as team_service
from pages.parts.common.cache import shared, workspace

if TYPE_CHECKING:
    from mlpm_core.services.plan.learning import Inside, LearningView
    from mlpm_core.services.plan.task_templates import TemplateView
    from mlpm_core.services.plan.team import Demand, TeamView


@shared
def learning(of_project: str, inside: Inside | None = None) -> LearningView:
    """What earlier work says of an estimate."""
    return learning_service.learning(workspace(), of_project, inside)


@shared
def team(of_project: str, demand: Demand | None = None) -> TeamView:
    """Who covers which work."""
    return team_service.team(workspace(), of_project, demand)


@shared
def task_templates(of_project: str) -> tuple[TemplateView, ...]:
    """Packs of tasks as a project would get them."""
    return task_templates_service.template_views(workspace(), of_project)
