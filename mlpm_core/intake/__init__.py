"""A file in, trusted rows out: read, recognise, map, check, compare; nothing is ever guessed.

Stages, each in a module of its own: ``recognise`` (type and encoding), ``read`` (records),
``header`` and ``layout`` (fields and questions), ``cells`` and ``check`` (values), ``results``
(monitoring results), ``compare`` (duplicates and stored rows), ``judgement`` (the answer).
"""

from __future__ import annotations

from mlpm_core.intake.judgement import Judgement
from mlpm_core.intake.judging import Stored, judge
from mlpm_core.intake.profile import Limits, Profile
from mlpm_core.intake.template import template

__all__ = ["Judgement", "Limits", "Profile", "Stored", "judge", "template"]
