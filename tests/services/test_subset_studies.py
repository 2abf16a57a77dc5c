"""Every share says which of the cases looked at tell of it, so that no study seems cheap."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from mlpm_core.services.evaluate.insights import advised, studied
from mlpm_core.value.decision import Option, decide
from mlpm_core.value.information import Study
from mlpm_core.value.mechanism import find_mechanism, mechanisms
from tests.in_use import planned_inputs

ALL = 1.0
LOOKED_UP = 0.0
"""The pay bill says it, no case does."""

INCUMBENT = {
    "precision_incumbent": 0.2, "recall_incumbent": 0.3, "coverage_incumbent": 0.4,
    "containment_rate_incumbent": 0.35, "review_share": 0.5, "review_release": 0.6,
}  # fmt: skip


def late(g):
    """Jobs badly late today: past the cost-optimal promise by so many minutes, normal errors."""
    cost = g["late_cost_per_minute"], g["early_cost_per_minute"]
    z = ndtri(cost[0] / sum(cost))
    return 1 - float(ndtr(z + g["badly_late_minutes"] / g["rmse_baseline"]))


def flagged(g, positives, of=""):
    """Flagged are true and false positives: the former are precision of them."""
    return positives * g[f"recall{of}"] / g[f"precision{of}"]


def contacted(g):
    """Flagged and reached, no more than the capacity."""
    flags = flagged(g, g["prevalence"])
    return min(g["capacity"], g["uptake"] * flags * g["population"]) / g["population"]


def blocked_good(g):
    return flagged(g, g["prevalence"]) - g["prevalence"] * g["recall"]


def declined(g):
    """Good payments blocked that nobody releases."""
    return blocked_good(g) * (1 - g["review_share"] * g["review_release"])


def warned(g, of=""):
    """Machines have several failures or none; no more than all of them tell."""
    return min(1.0, flagged(g, g["failure_rate"], of))


def unsolved(g):
    """Closed by the assistant and not solved."""
    met = g["eligible_share"] * g["containment_rate"]
    return met - met * g["resolution_rate"]


SHARES = {
    "M1": {
        "precision": lambda g: flagged(g, g["prevalence"]),
        "recall": lambda g: g["prevalence"],
        "prevalence": ALL,
        "uptake": lambda g: flagged(g, g["prevalence"]),
        "acceptance": lambda g: contacted(g) * g["precision"],
        "non_churner_acceptance": lambda g: contacted(g) * (1 - g["precision"]),
        "annoyance": lambda g: contacted(g) * (1 - g["precision"]),
        "precision_incumbent": lambda g: flagged(g, g["prevalence"], "_incumbent"),
        "recall_incumbent": lambda g: g["prevalence"],
    },
    "M2": {
        "precision": lambda g: flagged(g, g["prevalence"]),
        "recall": lambda g: g["prevalence"],
        "value_detection_rate": lambda g: g["prevalence"],
        "prevalence": ALL,
        "recovery": lambda g: g["prevalence"],
        "margin_rate": lambda g: 1 - g["prevalence"],
        "retry": declined,
        "attrition": declined,
        "review_share": lambda g: flagged(g, g["prevalence"]),
        "review_release": lambda g: blocked_good(g) * g["review_share"],
        "cashable": LOOKED_UP,
        "precision_incumbent": lambda g: flagged(g, g["prevalence"], "_incumbent"),
        "recall_incumbent": lambda g: g["prevalence"],
        "value_detection_rate_incumbent": lambda g: g["prevalence"],
    },
    "M3": {
        "coverage": ALL,
        "selective_error": ALL,  # an audit draws automatic cases, and says so
        "uptake": ALL,
        "human_error": ALL,
        "audit_share": lambda g: g["uptake"] * g["coverage"],
        "audit_correction": lambda g: (
            g["uptake"] * g["coverage"] * g["audit_share"] * g["selective_error"]
        ),
        "cashable": LOOKED_UP,
        "error_when_all_automated": ALL,
        "coverage_incumbent": ALL,
        "selective_error_incumbent": ALL,  # of those automated today
    },
    "M4": {
        "wape_model": ALL,
        "wape_baseline": ALL,
        "override_share_baseline": ALL,
        "override_share_model": ALL,
        "wape_naive": ALL,
    },
    "M5": {
        "exposure": ALL,
        "conversion_per_click": lambda g: min(1.0, g["clicks_baseline"]),
        "deadweight": lambda g: (
            (g["clicks_model"] - g["clicks_baseline"]) * g["conversion_per_click"] * g["exposure"]
        ),
        "abandonment_baseline": ALL,
        "abandonment_model": lambda g: g["exposure"],
        "cashable": LOOKED_UP,
        "abandonment_without_ranking": ALL,
        "abandonment_same_for_all": ALL,
    },
    "M6": {
        "precision": warned,
        "recall": lambda g: min(1.0, g["failure_rate"]),
        "uptake": warned,
        "lead_ok": lambda g: min(1.0, g["failure_rate"] * g["recall"]),
        "prevented_by_schedule": lambda g: min(1.0, g["failure_rate"]),
        "precision_incumbent": lambda g: warned(g, "_incumbent"),
        "recall_incumbent": lambda g: min(1.0, g["failure_rate"]),
    },
    "M7": {
        "escape_rate_model": lambda g: g["defect_rate"],
        "overkill_rate_model": lambda g: 1 - g["defect_rate"],
        "defect_rate": ALL,
        "escape_rate_baseline": lambda g: g["defect_rate"],
        "overkill_rate_baseline": lambda g: 1 - g["defect_rate"],
        "review_release": lambda g: (1 - g["defect_rate"]) * g["overkill_rate_model"],
        "escape_rate_by_person": lambda g: g["defect_rate"],
        "overkill_rate_by_person": lambda g: 1 - g["defect_rate"],
    },
    "M8": {"contact_share": late, "churn": late, "cashable": LOOKED_UP},
    "M9": {
        "automatic_share_baseline": ALL,
        "automatic_share_model": ALL,
        "cashable": LOOKED_UP,
    },
    "M10": {
        "containment_rate": ALL,
        "resolution_rate": lambda g: g["containment_rate"],
        "eligible_share": ALL,
        "recontact_share": unsolved,
        "assist_cut": lambda g: g["eligible_share"] * (1 - g["containment_rate"]),
        "harm_rate": lambda g: g["eligible_share"],
        "churn": unsolved,
        "cashable": LOOKED_UP,
        "resolution_rate_when_all_contained": ALL,
        "containment_rate_incumbent": ALL,
        "resolution_rate_incumbent": lambda g: g["containment_rate_incumbent"],
    },
    "M11": {
        "uplift_at_k": lambda g: g["share_treated"],
        "conversion_treated_at_k": lambda g: g["share_treated"],
        "share_treated": ALL,
        "annoyance": lambda g: g["share_treated"],
        "uplift_of_all": ALL,
        "conversion_treated_of_all": ALL,
        "uplift_at_k_incumbent": lambda g: g["share_treated"],
        "conversion_treated_at_k_incumbent": lambda g: g["share_treated"],
    },
    "M12": {
        "precision": lambda g: flagged(g, g["prevalence"]),
        "recall": lambda g: g["prevalence"],
        "prevalence": ALL,
        "loss_given_default": lambda g: g["prevalence"],
        "return_on_investment": lambda g: 1 - g["prevalence"],
        "automatic_share": ALL,
        "cashable": LOOKED_UP,
        "precision_incumbent": lambda g: flagged(g, g["prevalence"], "_incumbent"),
        "recall_incumbent": lambda g: g["prevalence"],
        "automatic_share_incumbent": ALL,
    },
}  # fmt: skip
"""Of all cases of the mechanism (for a metric: that the model sees) those its question is of."""


@pytest.mark.parametrize("number", [m.number for m in mechanisms().values()])
def test_every_share_says_of_which_cases_it_is_the_share(number):
    """Whoever adds a share, or a mechanism, must decide which of the cases looked at tell of it."""
    mechanism, shares = find_mechanism(number), SHARES[number]
    assert set(shares) == {entry.name for entry in mechanism.all_inputs if entry.unit == "1"}
    given = INCUMBENT | planned_inputs(number)
    inputs = {name: np.array(float(value)) for name, value in given.items()}
    for name, share in shares.items():
        expected = share(given) if callable(share) else share
        assert mechanism.counted(name, inputs) == pytest.approx(expected, rel=1e-9), name


def choice(number, name, written, fixed_cost="0", **more):
    given = {key: repr(value) for key, value in planned_inputs(number).items()}
    return decide(
        find_mechanism(number),
        given | more | {name: written},
        [Option("none"), Option("use", fixed_cost=fixed_cost)],
    )


def by_sums(nets, known, n):
    """Binomial likelihoods summed by hand: of each count the best option under its posterior."""
    total = sum((nets @ (binom.pmf(hits, n, known) / known.size)).max() for hits in range(n + 1))
    return total - nets.mean(axis=1).max()


@pytest.mark.parametrize(
    ("number", "name", "written", "fixed_cost", "share"),
    [
        ("M1", "acceptance", "0.02 to 0.2", "0", 0.9 * 0.05 * 0.6),
        ("M10", "resolution_rate", "0.6 to 0.95", "95000", 0.45),
        ("M11", "conversion_treated_at_k", "0.06 to 0.3", "30000", 0.3),
        ("M7", "review_release", "0.05 to 0.95", "430000", 0.99 * 0.02),
    ],
)
def test_a_study_of_a_subset_is_worth_what_those_of_it_tell(
    number, name, written, fixed_cost, share
):
    """Of n cases looked at n x share are binomial; every case had been taken as one that tells.

    M1: contacts are .9 of the flagged, .05 x .6 of the customers being flagged churners.
    M10: the assistant closes .45 of the contacts it meets. M11: .3 of the customers are treated.
    M7: .02 of the good units, .99 of all, are rejected.
    """
    chosen = choice(number, name, written, fixed_cost)
    draws = chosen.inputs[name].draws
    cases = round(40 / share)
    expected = by_sums(chosen.nets, draws, round(cases * share))
    of_all = by_sums(chosen.nets, draws, cases)
    shown = chosen.evsi(Study("s", name, cases)).value
    assert shown == pytest.approx(expected, rel=0.02, abs=1)
    assert shown < 0.99 * of_all, "each case looked at had been taken as one that tells"


def test_a_pilot_says_how_many_of_its_cases_count():
    chosen = choice("M1", "acceptance", "0.02 to 0.2")
    (advice,) = advised(chosen, find_mechanism("M1"))
    n = advice.study.n
    assert advice.how == f"pilot with {n:,} customers ({round(n * 0.027):,} of them count)"
    assert advice.most_per_case == pytest.approx(advice.study_worth.value / n)
    all_tell = choice("M1", "prevalence", "0.005 to 0.2", "20000")
    (advice,) = advised(all_tell, find_mechanism("M1"))
    assert advice.how == f"pilot with {advice.study.n:,} customers"


@pytest.mark.parametrize(
    ("name", "cases"),
    [
        ("selective_error", "automatic cases"),
        ("selective_error_incumbent", "cases automated today"),
    ],
)
def test_an_audit_draws_the_cases_that_all_tell_and_says_which(name, cases):
    """The worked decision audits 1,000 automatic cases: n are those, not all that arrive."""
    assert find_mechanism("M3").input(name).looked_at == cases
    if name == "selective_error":
        chosen = choice("M3", name, "0.005 to 0.2", "100000", cost_per_error="100")
        (advice,) = advised(chosen, find_mechanism("M3"))
        assert advice.how == f"label {advice.study.n:,} more automatic cases"


def test_what_no_case_tells_is_looked_up():
    """Whether hours leave the pay bill is not seen in any number of cases."""
    chosen = choice("M3", "cashable", "0.05 to 0.95", "100000")
    assert chosen.evppi["cashable"].value > 0
    (advice,) = advised(chosen, find_mechanism("M3"))
    assert (advice.study, advice.how) == (None, "look it up")
    assert chosen.evsi(Study("s", "cashable", 1000)).value == 0
    assert studied(chosen, find_mechanism("M3"), "cashable", 1.0) is None
