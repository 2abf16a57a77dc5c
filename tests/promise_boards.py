"""Boards of candidates with a known truth: is what is promised of the best what it turns out to be?

``make soak`` runs 500 boards of every kind: ``python -m tests.promise_boards 500``.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from mlpm_core.evaluation import Agreement, Candidate, Measured, leaderboard
from mlpm_core.quantity import Dimension, Unit
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.policy import Policy

M3 = find_mechanism("M3")
EXAMPLES = Path(__file__).parent / "golden" / "value_examples.json"
INPUTS = json.loads(EXAMPLES.read_text("utf-8"))["examples"]["M3"]["inputs"]
BUSINESS = {n: str(v) for n, v in INPUTS.items() if n not in ("coverage", "selective_error")}
COVERAGE, ERROR = 0.62, 0.02
ALIKE = 0.7  # of the errors of two models on the same cases, on the normal scale
KINDS = (
    (10, 500, 0.01), (10, 500, 0.02), (60, 500, 0.02), (60, 2000, 0.02), (300, 1000, 0.02),
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """Of many boards: how far the best one's net is above its truth, corrected and as measured;
    how often the truth is below the P10 shown; the true value chosen over that of the measured."""

    bias: float
    measured_bias: float
    below: float
    gain: float


def true_nets(coverage, error):
    policy = Policy(M3, M3.baseline(None))
    read = policy.read(policy.inputs, BUSINESS | {"coverage": "0.5", "selective_error": "0.1"})
    medians = {n: np.array(q.median) for n, q in read.items()}
    base = {n: v * Unit.read(read[n].unit).factor for n, v in medians.items()}
    kpis = policy.outcome(base | {"coverage": coverage, "selective_error": error}).kpis
    return kpis[Dimension.REVENUE] + kpis[Dimension.COST_SAVING]


def board(rng, k, n, spread, *, is_common, draws):
    """Candidates as they are measured, how they agree with the first, and their true nets."""
    coverage = np.clip(rng.normal(COVERAGE, spread, k), 0.05, 0.95)
    shared = ALIKE if is_common else 0.0

    def cases():
        own, common = rng.normal(size=(k, n)), rng.normal(size=n)
        return np.sqrt(shared) * common + np.sqrt(1 - shared) * own

    automatic = cases() < ndtri(coverage)[:, None]
    wrong = automatic & (cases() < ndtri(ERROR))
    candidates, agreements = [], []
    for i in range(k):
        metrics = {
            "coverage": Measured(float(automatic[i].mean()), n),
            "selective_error": Measured(
                float(wrong[i].sum() / automatic[i].sum()), int(automatic[i].sum())
            ),
        }
        candidates.append(Candidate(f"c{i}", metrics))
        if is_common and i:
            both = automatic[0] & automatic[i]
            share = float((automatic[0] == automatic[i]).mean())
            agreements.append(Agreement(f"c{i}", "c0", "coverage", share))
            share = float((wrong[0] == wrong[i])[both].mean())
            agreements.append(Agreement(f"c{i}", "c0", "selective_error", share))
    shown = leaderboard(M3, BUSINESS, candidates, agreements=agreements, draws=draws)
    nets = true_nets(coverage, np.full(k, ERROR))
    return shown, dict(zip((c.name for c in candidates), nets.tolist(), strict=True))


def simulate(k, n, spread, boards, *, is_common=False, draws=512, seed=1) -> Result:
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(boards):
        shown, truth = board(rng, k, n, spread, is_common=is_common, draws=draws)
        options = [o for o in shown.options if o.name in truth]
        best = options[0]
        raw = max(options, key=lambda o: o.measured.mean)
        true, raw_true = truth[best.name], truth[raw.name]
        rows.append(
            (
                best.net.mean / true,
                raw.measured.mean / raw_true,
                true < best.net.p10,
                true / raw_true,
            )
        )
    bias, measured, below, gain = np.mean(rows, axis=0)
    return Result(float(bias - 1), float(measured - 1), float(below), float(gain - 1))


def main(boards: int) -> int:
    failed = 0
    for is_common in (False, True):
        for k, n, spread in KINDS:
            result = simulate(k, n, spread, boards, is_common=is_common)
            luck = (0.1 * 0.9 / boards) ** 0.5
            holds = abs(result.bias) <= 0.02 and abs(result.below - 0.1) <= 0.03 + luck
            holds = holds and result.gain >= -0.002
            failed += not holds
            print(
                f"{k:4} candidates, {n:5} cases, spread {spread}, "
                f"{'the same' if is_common else 'own'} cases: promised {result.bias:+.1%} "
                f"(as measured {result.measured_bias:+.1%}), truth below P10 {result.below:.1%}, "
                f"true value {result.gain:+.2%}{'' if holds else '  <-- MISSED'}",
                flush=True,
            )
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1])))
