"""Evaluation: which candidate is worth adopting, and how sure we are."""

from __future__ import annotations

from mlpm_core.evaluation.candidate import Candidate, Measured, not_valuable
from mlpm_core.evaluation.leaderboard import Leaderboard, Unvalued, leaderboard
from mlpm_core.evaluation.luck import Agreement
from mlpm_core.evaluation.pareto import dominated
from mlpm_core.evaluation.standing import NONE, Standing

__all__ = [
    "NONE", "Agreement", "Candidate", "Leaderboard", "Measured", "Standing", "Unvalued",
    "dominated", "leaderboard", "not_valuable",
]  # fmt: skip
