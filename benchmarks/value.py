"""What valuing 500 candidates costs, beside the same by hand in numpy and with squigglepy.

All value targeted intervention (M1): eleven quantities, eight of them uncertain and common to all
candidates, and two metrics of each candidate known from counts; 8,192 draws; net and five
dimensions with mean, P10, P50 and P90, the chance of a loss, P(best) and expected regret. Rounds
are interleaved, so that a busy machine disturbs all alike; a ratio is the median of its rounds.

By hand takes the same points and the same quantile functions, for another sampler would be another
model. What MLPM does beyond that, the correction of every net for the luck of the best, is measured
as a way of its own. squigglepy is asked for net alone, twice: as its README writes a model, a
function that is called for each draw (its operators on distributions draw a shared input anew at
each place, which is another model); and with its sampler for whole arrays, the formulas then in
numpy. It is timed on fewer candidates and draws and scaled up, as printed.
"""

from __future__ import annotations

import argparse
import functools
import json
import platform
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpm_core.evaluation import Candidate, Leaderboard, Measured, leaderboard
from mlpm_core.evaluation.candidate import quantity_of
from mlpm_core.evaluation.standing import standings
from mlpm_core.value.draws import DRAWS, SEED, own_draws, own_generator, uniform_points
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.policy import Policy
from mlpm_core.value.worth import Valuation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mlpm_core.evaluation.standing import Standing

    Array = NDArray[np.float64]

RESULTS = Path(__file__).resolve().parent / "value_results.json"
GOAL_NUMPY, GOAL_SQUIGGLEPY = 1.3, 20.0
N_CANDIDATES = 500
N_ARRAYS, N_MODEL, N_MODEL_DRAWS = 10, 1, 256
N_CASES = 400
MECHANISM = find_mechanism("targeted_intervention")
COMMON = {
    "population": "90k to 110k", "prevalence": "400/8000", "uptake": "0.8 to 0.95",
    "capacity": "15000", "acceptance": "0.2 to 0.4", "customer_value": "120 to 400",
    "incentive": "10", "contact_cost": "0.8 to 1.2", "contact_minutes": "4 to 8",
    "non_churner_acceptance": "0.7 to 0.95", "annoyance": "40/1000",
}  # fmt: skip


def candidates() -> list[Candidate]:
    """Models with precision and recall counted on 400 cases each."""
    rng = np.random.default_rng(1)
    precise, recalled = (rng.integers(*ends, N_CANDIDATES) for ends in ((60, 200), (120, 320)))
    return [
        Candidate(
            f"model {i}",
            {
                "precision": Measured(p / N_CASES, N_CASES),
                "recall": Measured(r / N_CASES, N_CASES),
            },
        )
        for i, (p, r) in enumerate(zip(precise.tolist(), recalled.tolist(), strict=True))
    ]


def hits(model: Candidate, metric: str) -> int:
    """How many of the 400 cases a metric counts."""
    return round(model.metrics[metric].value * N_CASES)


def corrected_by_mlpm(models: list[Candidate]) -> Leaderboard:
    """The one call that the Candidates screen makes: every net as measured and without luck."""
    return leaderboard(MECHANISM, COMMON, models)


def by_mlpm(models: list[Candidate]) -> tuple[Standing, ...]:
    """The same as measured alone, which is what is done by hand."""
    metrics = {metric.name: metric for metric in MECHANISM.metrics}
    valuation = Valuation(MECHANISM, COMMON, own=list(metrics))
    valued = [
        (
            model,
            valuation.worth(
                {name: quantity_of(one, metrics[name]) for name, one in model.metrics.items()},
                stream=model.name,
            ),
        )
        for model in models
    ]
    board = standings(Policy(MECHANISM, MECHANISM.baseline(None)), valued, None, DRAWS)
    for standing in board:
        dict(standing.kpis)  # made when they are looked at, as by hand they are at once
    return board


def by_hand(models: list[Candidate]) -> dict[str, Array]:
    """The same formulas, points and figures, without units, names, checks or objects."""
    names = [entry.name for entry in MECHANISM.all_inputs]
    points = uniform_points(len(names), DRAWS, SEED)
    entries = {entry.name: entry.read(COMMON[entry.name]) for entry in MECHANISM.quantities}
    x = {name: q.quantile(points[names.index(name)]) for name, q in entries.items()}
    hours = x["contact_minutes"] / 60
    figures = np.empty((len(models), 6, 4))
    losses = np.empty(len(models))
    nets = np.zeros((len(models) + 1, DRAWS))
    for i, model in enumerate(models):
        precision, recall = (
            own_draws(
                MECHANISM.input(m)
                .read(f"{round(model.metrics[m].value * N_CASES)}/{N_CASES}")
                .quantile,
                DRAWS,
                own_generator(SEED, model.name, m),
            )
            for m in ("precision", "recall")
        )
        tp = x["population"] * x["prevalence"] * recall
        fp = tp * (1 - precision) / precision
        is_possible = x["population"] - tp - fp - (x["population"] * x["prevalence"] - tp) >= 0
        contacts = np.minimum(x["capacity"], x["uptake"] * (tp + fp))
        tp_acted, fp_acted = contacts * precision, contacts * (1 - precision)
        kept = x["acceptance"] * tp_acted
        rows = np.zeros((6, DRAWS))
        rows[1] = x["customer_value"] * kept
        rows[2] = -(
            x["contact_cost"] * contacts
            + x["incentive"] * (kept + x["non_churner_acceptance"] * fp_acted)
        )
        rows[4] = -contacts * hours / x["population"] * 1000
        rows[5] = (kept - x["annoyance"] * fp_acted) / x["population"] * 1000
        rows[0] = rows[1] + rows[2]
        nets[i + 1] = np.where(is_possible, rows[0], np.nan)
        rows = rows if is_possible.all() else rows[:, is_possible]
        figures[i, :, 0] = rows.mean(axis=1)
        figures[i, :, 1:] = np.quantile(rows, [0.1, 0.5, 0.9], axis=1).T
        losses[i] = np.mean(rows[0] < 0)
    best = np.nanmax(nets, axis=0)
    is_best = nets == best
    return {
        "figures": figures,
        "losses": losses,
        "p_best": np.mean(is_best / is_best.sum(axis=0), axis=1),
        "regret": np.nanmean(best - nets, axis=1),
    }


def by_squigglepy(models: list[Candidate], draws: int, *, is_model: bool) -> list[Array]:
    """Net of a few candidates, by a model function or by sampling whole arrays."""
    import squigglepy as sq

    def drawn(dist: object) -> Any:
        return sq.sample(dist) if is_model else sq.sample(dist, n=draws)

    def net(precise: int, recalled: int) -> Any:
        precision, recall = (drawn(sq.beta(n + 1, N_CASES - n + 1)) for n in (precise, recalled))
        tp = drawn(sq.to(90_000, 110_000)) * drawn(sq.beta(401, 7601)) * recall
        fp = tp * (1 - precision) / precision
        contacts = np.minimum(15_000, drawn(sq.to(0.8, 0.95)) * (tp + fp))
        kept = drawn(sq.to(0.2, 0.4)) * contacts * precision
        gifts = 10 * (kept + drawn(sq.to(0.7, 0.95)) * contacts * (1 - precision))
        return drawn(sq.to(120, 400)) * kept - drawn(sq.to(0.8, 1.2)) * contacts - gifts

    told = []
    for model in models:
        made = functools.partial(net, hits(model, "precision"), hits(model, "recall"))
        samples = sq.sample(made, n=draws) if is_model else made()
        told.append(np.quantile(samples, [0.1, 0.5, 0.9]))
    return told


def check(options: tuple[Standing, ...], hand: dict[str, Array], models: list[Candidate]) -> None:
    """Both must say the same, or the comparison says nothing."""
    at = {option.name: option for option in options}
    ours = np.array([at[m.name].net.mean for m in models])
    chance = np.array([at[m.name].p_best for m in models])
    np.testing.assert_allclose(hand["figures"][:, 0, 0], ours, rtol=1e-9)
    np.testing.assert_allclose(hand["p_best"][1:], chance, rtol=1e-9, atol=1e-12)


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of this process; other processes do not count."""
    before = time.process_time()
    work()
    return time.process_time() - before


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    models = candidates()
    check(by_mlpm(models), by_hand(models), models)
    scale = N_CANDIDATES / N_MODEL * DRAWS / N_MODEL_DRAWS
    ways: dict[str, Callable[[], float]] = {
        "MLPM": lambda: timed(lambda: by_mlpm(models)),
        "numpy by hand": lambda: timed(lambda: by_hand(models)),
        "MLPM, corrected for luck": lambda: timed(lambda: corrected_by_mlpm(models)),
        "squigglepy, whole arrays": lambda: (
            timed(lambda: by_squigglepy(models[:N_ARRAYS], DRAWS, is_model=False))
            * N_CANDIDATES
            / N_ARRAYS
        ),
        "squigglepy, its model": lambda: (
            timed(lambda: by_squigglepy(models[:N_MODEL], N_MODEL_DRAWS, is_model=True)) * scale
        ),
    }
    for way in ways.values():
        way()
    seconds = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds[name].append(way())
    print(
        f"{N_CANDIDATES} candidates x {DRAWS:,} draws of M1, CPU time, median of {rounds} rounds;\n"
        f"squigglepy scaled up from {N_ARRAYS} candidates (arrays), and from {N_MODEL} candidate "
        f"of {N_MODEL_DRAWS} draws (model)"
    )
    ratios = {}
    for name, told in seconds.items():
        of_mlpm = [t / ours for t, ours in zip(told, seconds["MLPM"], strict=True)]
        ratios[name] = (statistics.median(of_mlpm), min(of_mlpm), max(of_mlpm))
        middle, low, high = ratios[name]
        print(
            f"  {name:<26} {statistics.median(told):10.2f} s {middle:10.2f} x MLPM "
            f"({low:.2f} to {high:.2f})"
        )
    by_hand_ratio = 1 / ratios["numpy by hand"][0]
    model_ratio = ratios["squigglepy, its model"][0]
    print(f"MLPM takes {by_hand_ratio:.2f} times as long as by hand; goal at most {GOAL_NUMPY}")
    print(
        f"squigglepy's model takes {model_ratio:,.0f} times as long as MLPM; goal at least "
        f"{GOAL_SQUIGGLEPY:.0f}"
    )
    told = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "candidates": N_CANDIDATES,
        "draws": DRAWS,
        "cpu_seconds": {name: statistics.median(x) for name, x in seconds.items()},
        "ratio_to_mlpm": {name: list(x) for name, x in ratios.items()},
    }
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
