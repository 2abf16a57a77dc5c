"""A file in, trusted rows out: read, recognise, map, check, compare; nothing is ever guessed.

``files`` makes text and records of bytes, ``columns`` finds the field of each column and reads its
cells, ``diff`` holds the rows against each other and against what is stored, ``import_plan`` is the
answer. ``pipeline`` strings them together; all before ``diff`` runs in a ``sandbox``.
"""

from __future__ import annotations

from mlpm_core.intake.columns.names import check_project
from mlpm_core.intake.import_plan import ImportPlan
from mlpm_core.intake.messages import Refusal, warned
from mlpm_core.intake.pipeline import judge, judged, read, rejected_csv
from mlpm_core.intake.profile import Limits, Profile
from mlpm_core.intake.request import ImportRequest, StoredRecords
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
    "StoredRecords",
    "check_project",
    "judge",
    "judged",
    "read",
    "rejected_csv",
    "template",
    "warned",
]
