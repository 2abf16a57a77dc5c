"""The worked adoption decision of M3, computed beside the product: exact integrals and sums.

Net benefit of an option d is multilinear in nine independent inputs,

    volume * uptake * (coverage_d * ((minutes - .2) / 60 * 32 * cashable
        + (.03 - error_d) * cost) - run) - fixed_d,

so its mean, and its mean given one input, are products of means: a straight line in that input.
``published`` counts the running cost for every case that arrives, as the decision was first
published; MLPM counts it for the cases that go through the model. The first gives the published
figures again, which is what the second may then be trusted for.

``python -m tests.adoption_reference`` prints both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import ndtri
from scipy.stats import qmc

RUN, FIXED = 0.04, {"none": 0.0, "A": 40_000.0, "B": 30_000.0}
INPUTS = {
    "volume": stats.triang(0.5, 40_000, 20_000),
    "uptake": stats.beta(6, 4),
    "min_human": stats.triang(0.4, 6, 5),
    "cost_error": stats.lognorm(0.6, scale=60),
    "cashable": stats.triang(0.5, 0.2, 0.6),
    "cov_A": stats.beta(62, 38),
    "cov_B": stats.beta(75, 25),
    "err_A": stats.beta(15, 985),
    "err_B": stats.beta(28, 972),
}
_GRID = (np.arange(200_000) + 0.5) / 200_000


@dataclass(frozen=True)
class Reference:
    """Whether running the model is paid for every case that arrives, or that goes through it."""

    published: bool

    def net(self, of, option):
        if option == "none":
            return of["volume"] * 0.0
        saving = (of["min_human"] - 0.05 * 4) / 60 * 32 * of["cashable"]
        errors = (0.03 - of[f"err_{option}"]) * of["cost_error"]
        runs = RUN / of["uptake"] if self.published else RUN
        reached = of["volume"] * of["uptake"]
        return reached * (of[f"cov_{option}"] * (saving + errors) - runs) - FIXED[option]

    def given(self, name, values):
        """Mean net of every option given one input, at each of its values; (options, values)."""
        of = {other: np.full(values.shape, law.mean()) for other, law in INPUTS.items()}
        of[name] = values
        return np.array([self.net(of, option) for option in FIXED])

    def means(self):
        at_means = {name: np.array([law.mean()]) for name, law in INPUTS.items()}
        return {option: float(self.net(at_means, option)[0]) for option in FIXED}

    def evppi(self, name):
        values = INPUTS[name].ppf(_GRID)
        return float(self.given(name, values).max(axis=0).mean() - max(self.means().values()))

    def of_audit(self, n):
        """Worth of counting the errors in n automatic cases of B: sum over beta-binomial counts."""
        a, b = 28, 972
        hits = np.arange(n + 1)
        chance = stats.betabinom(n, a, b).pmf(hits)
        told = self.given("err_B", (a + hits) / (a + b + n))
        return float(told.max(axis=0) @ chance - max(self.means().values()))

    def of_costing(self, n, sd=1.0, prior=0.6):
        """Worth of costing n past errors: the log cost is normal, so is what is learned of it."""
        kept = 1 / (1 / prior**2 + n / sd**2)
        centre = np.log(60) + np.sqrt(prior**2 - kept) * ndtri(_GRID)
        told = self.given("cost_error", np.exp(centre + kept / 2))
        return float(told.max(axis=0).mean() - max(self.means().values()))

    def swings(self):
        """Net of B from P5 to P95 of one input, the others at their medians."""
        middle = {name: np.full(2, law.median()) for name, law in INPUTS.items()}
        found = {}
        for name, law in INPUTS.items():
            if not name.endswith("_A"):
                low, high = self.net(middle | {name: law.ppf([0.05, 0.95])}, "B")
                found[name] = float(abs(high - low))
        return found

    def simulated(self, log2n=22, seed=1):
        """EVPI and how likely each option is the best, by brute force."""
        points = qmc.Sobol(len(INPUTS), rng=seed).random_base2(log2n).clip(1e-9, 1 - 1e-9)
        of = {name: law.ppf(points[:, i]) for i, (name, law) in enumerate(INPUTS.items())}
        nets = np.array([self.net(of, option) for option in FIXED])
        shares = np.bincount(nets.argmax(axis=0), minlength=len(FIXED)) / nets.shape[1]
        evpi = nets.max(axis=0).mean() - max(self.means().values())
        return float(evpi), dict(zip(FIXED, shares.tolist(), strict=True))


def main():
    for published in (True, False):
        of = Reference(published)
        print("as published" if published else "as MLPM counts")
        print("  means", {k: round(v, 2) for k, v in of.means().items()})
        print("  evpi, p_best", of.simulated())
        print("  evppi", {name: round(of.evppi(name), 2) for name in INPUTS})
        print("  costing 20", round(of.of_costing(20), 2))
        print("  audits", [round(of.of_audit(n), 2) for n in (1000, 100)])
        print("  swings", {k: round(v) for k, v in of.swings().items()})


if __name__ == "__main__":
    main()
