"""What the sections around an estimate load; some records of other projects count, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.plan import learning as learning_service
from mlpm_core.services.plan import task_templates as task_templates_service
from mlpm_core.services.plan import team as team_service
from mlpm_core.services.plan.past_projects import PAST_WORK
from mlpm_core.services.plan.team import PEOPLE
from pages.parts.common.cache import shared_with, workspace

if TYPE_CHECKING:
    from mlpm_core.services.plan.learning import Inside, LearningView
    from mlpm_core.services.plan.task_templates import TemplateView
    from mlpm_core.services.plan.team import Demand, TeamView


@shared_with(*PAST_WORK)
def learning(project: str, inside: Inside | None = None) -> LearningView:
    """What earlier work says of an estimate."""
    return learning_service.learning(workspace(), project, inside)


@shared_with(*PEOPLE)
def team(project: str, demand: Demand | None = None) -> TeamView:
    """Who covers which work."""
    return team_service.team(workspace(), project, demand)


@shared_with(*PAST_WORK)
def task_templates(project: str) -> tuple[TemplateView, ...]:
    """Packs of tasks as a project would get them."""
    return task_templates_service.template_views(workspace(), project)
