"""Candidates side by side: what each is worth, and how likely it is the best."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.evaluation.candidate import as_idle, not_valuable, quantity_of
from mlpm_core.evaluation.corrected import corrected
from mlpm_core.evaluation.promise import FEWEST
from mlpm_core.evaluation.standing import NONE, Standing, standings
from mlpm_core.quantity.written import fig
from mlpm_core.value.draws import OwnOrders
from mlpm_core.value.policy import Policy
from mlpm_core.value.worth import DRAWS, SEED, Valuation, Worth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.evaluation.candidate import Candidate
    from mlpm_core.evaluation.luck import Agreement
    from mlpm_core.quantity import Quantity
    from mlpm_core.value.mechanism import Mechanism


@dataclass(frozen=True, slots=True)
class Unvalued:
    """A candidate that cannot be valued, and why, in a sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Leaderboard:
    """Every option by its mean net, best first, and the candidates that could not be valued.

    ``is_corrected`` says whether nets are corrected for luck, ``is_paired`` whether the agreement
    of candidates on the same cases is known; their errors are else taken as independent.
    """

    baseline: str
    draws: int
    seed: int
    options: tuple[Standing, ...]
    unvalued: tuple[Unvalued, ...]
    is_corrected: bool = False
    is_paired: bool = False

    @property
    def best(self) -> Standing:
        """The option with the highest mean net; its expected regret is the value of knowing all."""
        return self.options[0]

    @property
    def caveat(self) -> str | None:
        """What holds for the board as a whole; None when there is nothing to add."""
        n = len(self.options) - 1
        parts = []
        if self.is_corrected:
            parts.append(
                f"The best of {fig(n):,} candidates looks better than it is, by luck with its "
                "cases; every net is corrected for that, and the measured one stands beside it."
            )
        elif 1 < n < FEWEST:
            parts.append(
                "The candidates are too few to tell luck from merit: the best of them may look "
                "better than it is."
            )
        if n > 1 and not self.is_paired:
            parts.append(
                "Their errors are taken as independent, for nothing says how often they agree."
            )
        return " ".join(parts) or None

    def option(self, name: str) -> Standing:
        """The option of that name.

        Raises
        ------
        InputError
            When it was not valued; the sentence says why.
        """
        for standing in self.options:
            if standing.name == name:
                return standing
        why = next((u.reason for u in self.unvalued if u.name == name), "It is no candidate here.")
        raise InputError(f"{name} has no value. {why}")


def leaderboard(
    mechanism: Mechanism,
    quantities: Mapping[str, Quantity | str],
    candidates: Sequence[Candidate],
    *,
    baseline: str | None = None,
    currency: str | None = None,
    agreements: Sequence[Agreement] = (),
    draws: int = DRAWS,
    seed: int = SEED,
) -> Leaderboard:
    """What every candidate is worth, all by the same function and the same business.

    Parameters
    ----------
    mechanism : Mechanism
        How a model creates value.
    quantities : mapping of str to Quantity or str
        What the business knows, common to all. Metrics among them are ignored: a candidate is
        valued by what was measured of it, never by what was planned.
    candidates : sequence of Candidate
        Their order does not matter.
    baseline : str, optional
        "none", "all" or "incumbent"; the mechanism's natural baseline when not given.
    currency : str, optional
        The currency in which money is counted; an amount in another one needs its rate.
    agreements : sequence of Agreement
        How alike candidates err on the same test cases. Those whose agreement with no other is
        given err independently; of a pair that is not given, but compared through others, it is
        the mean of what is.
    draws, seed : int
        How many, and which.

    Returns
    -------
    Leaderboard
        Each candidate is either among its options or, with the reason, among its unvalued.

    Raises
    ------
    InputError
        When two candidates have one name, one is called "none", or the quantities are wrong.
    NotFoundError
        When there is no such baseline.

    Notes
    -----
    Draws of the quantities are common to all options, so that differences are sharp. Each metric
    has draws of its own that depend on the seed and the candidate's name only: errors of
    different models are taken as independent unless their agreement is given. Of four candidates
    and more, nets and dimensions are corrected for the luck of the best (``promise.merit``).

    The option "none" keeps the baseline and nets 0. Options that tie for the best share it. In a
    draw in which a candidate's metrics are impossible together it cannot be best, and its regret
    is the mean over the others; ``feasible_share`` says how many those are. Dominance is judged in
    the five dimensions at the medians of all inputs, so that luck in drawing plays no part in it.

    References
    ----------
    Expected regret of the best option is the expected value of perfect information: Raiffa &
    Schlaifer (1961). Applied Statistical Decision Theory.

    Examples
    --------
    >>> from mlpm_core.evaluation.candidate import Candidate, Measured
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> shop = {"periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.3"}
    >>> shop |= {"margin": "5 EUR", "goodwill": "1", "overage": "2", "lead_time_hours": "3 day"}
    >>> shop |= {"override_share_baseline": "0.25", "override_share_model": "0.15"}
    >>> shop |= {"override_minutes": "6 min"}
    >>> board = leaderboard(
    ...     find_mechanism("demand_forecast"),
    ...     shop,
    ...     [
    ...         Candidate("naive", {"wape": Measured(0.31, standard_error=0.01)}),
    ...         Candidate("forest", {"wape": Measured(0.24, standard_error=0.01)}),
    ...     ],
    ... )
    >>> [(o.name, round(o.p_best, 2), o.is_dominated) for o in board.options]
    [('forest', 1.0, False), ('none', 0.0, True), ('naive', 0.0, True)]
    """
    _check_names(candidates)
    metrics = [metric.name for metric in mechanism.metrics]
    common = {name: q for name, q in quantities.items() if name not in metrics}
    orders = OwnOrders(draws, seed)
    valuation = Valuation(
        mechanism,
        common,
        own=metrics,
        baseline=baseline,
        currency=currency,
        draws=draws,
        seed=seed,
        orders=orders,
    )
    readable: list[tuple[Candidate, dict[str, Quantity]]] = []
    valued: list[tuple[Candidate, Worth]] = []
    unvalued = []
    for candidate in sorted((as_idle(c, mechanism) for c in candidates), key=lambda c: c.name):
        reason = not_valuable(candidate, mechanism)
        if reason is None:
            try:
                metrics_read = {
                    metric.name: quantity_of(measured, metric)
                    for metric in mechanism.metrics
                    if (measured := candidate.measured(metric))
                }
                readable.append((candidate, metrics_read))
            except MlpmError as error:
                reason = str(error)
        if reason is not None:
            unvalued.append(Unvalued(candidate.name, reason))
    worths = valuation.worths([read for _, read in readable], [one.name for one, _ in readable])
    for (candidate, _), worth in zip(readable, worths, strict=True):
        if isinstance(worth, MlpmError):
            unvalued.append(Unvalued(candidate.name, str(worth)))
        else:
            valued.append((candidate, worth))
    policy = Policy(mechanism, mechanism.baseline(baseline))
    fair = corrected(policy, valued, agreements, orders)
    return Leaderboard(
        policy.baseline.name,
        draws,
        seed,
        standings(policy, valued, fair, draws),
        tuple(sorted(unvalued, key=lambda one: one.name)),
        is_corrected=fair is not None and fair.is_corrected,
        is_paired=bool(agreements),
    )


def _check_names(candidates: Sequence[Candidate]) -> None:
    counted = Counter(candidate.name for candidate in candidates)
    twice = sorted(name for name, n in counted.items() if n > 1)
    if twice:
        raise InputError(f"Every candidate needs a name of its own; see {', '.join(twice[:5])}.")
    if NONE in counted:
        raise InputError(f"No candidate may be called {NONE!r}: it is the option of adopting none.")
