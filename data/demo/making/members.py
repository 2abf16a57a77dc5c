"""Win-back: which members leave, and the two models that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from making.story import (
    CUT_OF_CHALLENGER,
    CUT_OF_CHAMPION,
    MEMBERS_TESTED_ON,
    SEED,
    Array,
    Row,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


def generated_members(n: int, seed: int = SEED) -> tuple[Array, NDArray[np.bool_]]:
    """What is known of members, one row each, and which of them left in the year after."""
    rng = np.random.default_rng(seed + 2)
    usual_gap = rng.gamma(2, 30, n) + 10  # days between purchases
    since_last = rng.exponential(1.15 * usual_gap)
    spend = rng.normal(5.2, 0.7, n)
    workshop_visits = rng.poisson(0.8, n)
    years, distance = rng.gamma(2, 2, n), rng.gamma(2, 4, n)
    overdue = np.log((since_last + 5) / usual_gap)
    score = (
        -1.75
        + 1.1 * overdue
        - 0.45 * workshop_visits
        + 0.55 * np.maximum(0, distance - 10) / 5 * (workshop_visits == 0)
        - 0.12 * np.minimum(years, 6)
        - 0.3 * (spend - 5.2)
        + 0.9 * ((years < 1) & (overdue > 0))
    )
    has_left = rng.random(n) < 1 / (1 + np.exp(-score))
    known = np.column_stack([since_last, usual_gap, spend, workshop_visits, years, distance])
    return known, has_left


def winback_evaluations(n_train: int = 12_000, n_test: int = 4_000) -> list[Row]:
    """Champion and challenger, trained on some members and measured on others.

    The challenger ranks better, but its cut was set to find four leavers in five: it flags many
    more members, fewer of them leavers, and most letters go to members who would have stayed.
    """
    known, has_left = generated_members(n_train + n_test)
    champion = make_pipeline(StandardScaler(), LogisticRegression())
    challenger = HistGradientBoostingClassifier(
        learning_rate=0.06,
        max_iter=120,
        max_leaf_nodes=12,
        min_samples_leaf=80,
        class_weight="balanced",
        early_stopping=False,
        random_state=SEED,
    )
    leaves = has_left[n_train:]
    rows: list[Row] = []
    for name, model, cut, how in (
        ("champion-1.0", champion, CUT_OF_CHAMPION, "Logistic regression"),
        ("challenger-1.1", challenger, CUT_OF_CHALLENGER, "Boosted trees, weighted classes"),
    ):
        model.fit(known[:n_train], has_left[:n_train])
        score = model.predict_proba(known[n_train:])[:, 1]
        is_flagged = score >= cut
        n_hits = int((is_flagged & leaves).sum())
        common = {
            "project": "bike-shop-winback",
            "value_case_id": "voucher-letter",
            "candidate": name,
            "test_set": "members-2025",
            "evaluated_on": MEMBERS_TESTED_ON,
            "note": f"{how}; flags from a score of {cut} on",
        }
        rows += [
            common | {"metric": metric, "value": value, "n": n}
            for metric, value, n in (
                ("precision", n_hits / int(is_flagged.sum()), int(is_flagged.sum())),
                ("recall", n_hits / int(leaves.sum()), int(leaves.sum())),
                ("roc_auc", float(roc_auc_score(leaves, score)), n_test),
            )
        ]
    return rows
