"""Studies before a choice count and price the cases they look at, not those that tell something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from mlpm_core.errors import InputError
from mlpm_core.services.evaluate.insights import advised, studied
from mlpm_core.value.case_file import read_case
from mlpm_core.value.decision import Option, decide
from mlpm_core.value.information import Study, evsi
from mlpm_core.value.mechanism import find_mechanism, read_mechanism

M1 = find_mechanism("M1")
SHOP = {
    "population": "1m", "capacity": "1m", "acceptance": "0.3", "customer_value": "1000",
    "incentive": "20", "contact_cost": "1", "annoyance": "0", "non_churner_acceptance": "1",
    "contact_minutes": "0",
}  # fmt: skip
OWN = {"recall": "0.1 to 0.8", "precision": "0.3 to 0.5"}


def choice(prevalence, fixed_cost):
    return decide(
        M1,
        SHOP | {"prevalence": str(prevalence)},
        [Option("none"), Option("m", OWN, str(fixed_cost))],
    )


def by_sums(nets, known, n):
    """Binomial likelihoods summed by hand: of each count the best option under its posterior."""
    total = sum((nets @ (binom.pmf(hits, n, known) / known.size)).max() for hits in range(n + 1))
    return total - nets.mean(axis=1).max()


@pytest.mark.parametrize(
    ("counted", "cases"), [(0.002, 50_000), (0.05, 2_000), (0.5, 200), (1.0, 100)]
)
def test_cases_looked_at_tell_what_the_counted_among_them_tell(counted, cases):
    """100 positives at a prevalence of .002 are 50,000 cases; 100 cases have one in five times."""
    recall = (np.arange(2048) + 0.5) / 2048
    nets = np.array([np.zeros(2048), recall - 0.45])
    found = evsi(nets, Study("s", "recall", cases), recall, is_share=True, counted=counted)
    assert found.value == pytest.approx(by_sums(nets, recall, 100), rel=0.01)
    few = evsi(nets, Study("s", "recall", 100), recall, is_share=True, counted=counted)
    expected = by_sums(nets, recall, max(1, round(100 * counted))) * min(1, 100 * counted)
    assert few.value == pytest.approx(expected, rel=0.01, abs=1e-6)


@pytest.mark.parametrize(("prevalence", "cost"), [(0.002, 250_000), (0.01, 1_300_000)])
def test_positives_follow_from_prevalence_and_flagged_from_the_flag_rate(prevalence, cost):
    """Flagged are prevalence x recall / precision, at the medians: .28 (of .1 to .8) and .39."""
    chosen = choice(prevalence, cost)
    assert chosen.inputs["m.recall"].counted == pytest.approx(prevalence)
    middle = {n: float(np.median(chosen.inputs[f"m.{n}"].draws)) for n in OWN}
    rate = prevalence * middle["recall"] / middle["precision"]
    assert chosen.inputs["m.precision"].counted == pytest.approx(rate, rel=0.01)


def test_the_cost_of_a_study_is_that_of_all_cases_looked_at():
    """At 5 a case 100 positives among 50,000 cost 250,000, not 500: at .002 no size is worth it.

    The same choice with every positive known for 5 would have been worth a study.
    """
    chosen = choice(0.002, 160_000)
    (advice,) = (a for a in advised(chosen, M1) if a.key == "m.recall")
    positives = round(advice.study.n * 0.002)
    assert advice.study.n == positives / 0.002
    assert advice.how == f"label {advice.study.n:,} more cases of m ({positives:,} of them count)"
    assert advice.most_per_case == pytest.approx(advice.study_worth.value / advice.study.n)
    assert advice.study_worth.value > 5 * positives
    assert advice.study_worth.value < 5 * advice.study.n
    dear = studied(chosen, M1, "m.recall", 5.0)
    assert dear is None or dear[1].value > dear[0].cost == 5.0 * dear[0].n
    study, _ = studied(chosen, M1, "m.recall", 0.0)
    assert study.n >= 10 / 0.002


def test_a_choice_in_a_file_counts_alike(tmp_path):
    """The command's studies say how many cases they look at; of those one in 500 is positive."""
    rows = "".join(f'{name} = "{text}"\n' for name, text in SHOP.items())
    own = "".join(f'{name} = "{text}"\n' for name, text in OWN.items())
    path = tmp_path / "choice.toml"
    path.write_text(
        f'mechanism = "targeted_intervention"\n[quantities]\nprevalence = "0.002"\n{rows}'
        f"[options.none]\n[options.m]\nfixed_cost = 160000\n[options.m.metrics]\n{own}"
        '[[studies]]\nname = "label 100"\nobserves = "m.recall"\nn = 100\ncost = 500\n'
        '[[studies]]\nname = "label 50,000"\nobserves = "m.recall"\nn = 50000\ncost = 250000\n',
        "utf-8",
    )
    by_name = {study["study"]: study for study in read_case(path).to_json()["evsi"]}
    chosen = choice(0.002, 160_000)
    draws = chosen.inputs["m.recall"].draws
    whole = evsi(chosen.nets, Study("s", "recall", 100), draws, is_share=True)
    assert by_name["label 50,000"]["value"] == pytest.approx(whole.value)
    assert by_name["label 100"]["value"] < 0.5 * whole.value


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [("population", "metrics.recall.counted"), ("preval", "Did you mean prevalence")],
)
def test_what_a_study_counts_is_a_share_by_a_formula(tmp_path, counted, sentence):
    text = Path("mlpm_core/catalogue/mechanisms/targeted_intervention.toml").read_text("utf-8")
    path = tmp_path / "targeted_intervention.toml"
    path.write_text(text.replace('counted = "prevalence"', f'counted = "{counted}"', 1), "utf-8")
    with pytest.raises(InputError, match=sentence):
        read_mechanism(path)


@pytest.mark.parametrize("weeks", [0.0, 13.0, 52.0])
def test_waiting_for_a_study_costs_what_the_better_choice_brings_meanwhile(tmp_path, weeks):
    """Weeks / 52 of the lead over what goes on today; the study pays it beside its own cost."""
    chosen = choice(0.01, 500_000)
    lead = max(chosen.means.values())
    assert lead > 0
    assert chosen.waiting(weeks) == pytest.approx(lead * weeks / 52)
    assert chosen.waiting(weeks, today=chosen.best) == 0
    assert chosen.waiting(weeks, years=4) == pytest.approx(lead * weeks / 52 / 4)
    rows = "".join(f'{name} = "{text}"\n' for name, text in SHOP.items())
    own = "".join(f'{name} = "{text}"\n' for name, text in OWN.items())
    path = tmp_path / "choice.toml"
    path.write_text(
        f'mechanism = "targeted_intervention"\n[quantities]\nprevalence = "0.01"\n{rows}'
        f"[options.none]\n[options.m]\nfixed_cost = 500000\n[options.m.metrics]\n{own}"
        f'[[studies]]\nname = "s"\nobserves = "m.recall"\nn = 1000\ncost = 10\nweeks = {weeks}\n',
        "utf-8",
    )
    (study,) = read_case(path).to_json()["evsi"]
    assert study["waiting"] == pytest.approx(lead * weeks / 52)
    assert study["net"] == pytest.approx(study["value"] - 10 - study["waiting"])
