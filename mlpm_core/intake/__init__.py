"""A file in, trusted rows out: read, recognise, map, check, compare; nothing is ever guessed.

Stages, each in a module of its own: ``recognise`` (type and encoding), ``read`` (records),
``header`` and ``layout`` (fields and questions), ``cells`` and ``check`` (values), ``results``
(monitoring results), ``compare`` (duplicates and stored rows), ``judgement`` (the answer).
``judging`` strings them together; all before ``compare`` runs in a ``cage``.
"""

from __future__ import annotations

from mlpm_core.intake.import_plan import ImportPlan
from mlpm_core.intake.messages import Refusal, warned
from mlpm_core.intake.pipeline import check_project, judge, judged, read, rejected_csv
from mlpm_core.intake.profile import Limits, Profile
from mlpm_core.intake.request import ImportRequest, Stored
from mlpm_core.intake.sandbox import Bounds, ParserSandbox, SandboxError
from mlpm_core.intake.template import template

__all__ = [
    "Bounds",
    "ImportPlan",
    "ImportRequest",
    "Limits",
    "ParserSandbox",
    "Profile",
    "Refusal",
    "SandboxError",
    "Stored",
    "check_project",
    "judge",
    "judged",
    "read",
    "rejected_csv",
    "template",
    "warned",
]
