"""A file in, trusted rows out: read, recognise, map, check, compare; nothing is ever guessed.

Stages, each in a module of its own: ``recognise`` (type and encoding), ``read`` (records),
``header`` and ``layout`` (fields and questions), ``cells`` and ``check`` (values), ``results``
(monitoring results), ``compare`` (duplicates and stored rows), ``judgement`` (the answer).
``judging`` strings them together; all before ``compare`` runs in a ``cage``.
"""

from __future__ import annotations

from mlpm_core.intake.import_plan import Judgement
from mlpm_core.intake.messages import Refusal, warned
from mlpm_core.intake.pipeline import check_project, judge, judged, read, rejected_csv
from mlpm_core.intake.profile import Limits, Profile
from mlpm_core.intake.request import Asked, Stored
from mlpm_core.intake.sandbox import Bounds, Cage, CageError
from mlpm_core.intake.template import template

__all__ = [
    "Asked",
    "Bounds",
    "Cage",
    "CageError",
    "Judgement",
    "Limits",
    "Profile",
    "Refusal",
    "Stored",
    "check_project",
    "judge",
    "judged",
    "read",
    "rejected_csv",
    "template",
    "warned",
]
