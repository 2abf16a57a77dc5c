"""What the Support screen loads, kept until something is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.plan import support as support_service
from pages.parts.common import cache

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.services.plan.support import SupportView, Tried


@cache.shared
def support(project: str) -> SupportView:
    """Who looks after a project's models, and what help would cost."""
    return support_service.project_support(cache.workspace(), project)


def tried(project: str, kind: str, values: Mapping[str, object]) -> Tried:
    """What a plan of support would say that is not saved."""
    return _tried(project, kind, tuple(sorted(values.items())))


@cache.tried
def _tried(project: str, kind: str, values: tuple[tuple[str, object], ...]) -> Tried:
    return support_service.tried(cache.workspace(), project, kind, dict(values))
