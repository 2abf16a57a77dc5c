"""The metric registry: which numbers a model may report, their range and which way is better."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from mlpm_core.quantity import is_share

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's range (ends included) and the better end: higher, lower or zero."""

    name: str
    low: float
    high: float
    better: str
    label: str

    @property
    def is_share(self) -> bool:
        """Whether it counts hits among cases, so that their number says how exact it is.

        Examples
        --------
        >>> METRICS["recall"].is_share, METRICS["gini"].is_share, METRICS["wape"].is_share
        (True, False, False)
        """
        return is_share(self.low, self.high)

    @property
    def range(self) -> str:
        """The range in words.

        Examples
        --------
        >>> METRICS["recall"].range, METRICS["wape"].range, METRICS["r2"].range
        ('0 to 1', '0 or more', '1 or less')
        """
        if self.low == -inf:
            return "any number" if self.high == inf else f"{self.high:g} or less"
        return f"{self.low:g} or more" if self.high == inf else f"{self.low:g} to {self.high:g}"


_GROUPS: tuple[tuple[str, float, float, str], ...] = (
    # names, low, high, better (the formulas of each: docs/formulas.md)
    (
        "accuracy balanced_accuracy precision recall specificity f1 roc_auc pr_auc ks coverage "
        "containment_rate resolution_rate value_detection_rate ctr ndcg_at_k mrr map_at_k",
        0.0,
        1.0,
        "higher",
    ),
    ("brier ece fpr fnr error_rate selective_error escape_rate overkill_rate", 0.0, 1.0, "lower"),
    ("prevalence conversion_treated_at_k", 0.0, 1.0, "neither"),
    ("gini mcc uplift_at_k", -1.0, 1.0, "higher"),
    ("r2", -inf, 1.0, "higher"),
    ("wape mape smape mae rmse mse log_loss psi", 0.0, inf, "lower"),
    ("lift clicks", 0.0, inf, "higher"),
    ("bias", -inf, inf, "zero"),
    ("pinball_loss", -inf, inf, "lower"),
    ("dcg_at_k qini auuc", -inf, inf, "higher"),
)

_SPELLED = {"wape": "WAPE", "mape": "MAPE", "smape": "SMAPE", "mae": "MAE", "rmse": "RMSE",
            "mse": "MSE", "psi": "PSI", "roc_auc": "ROC AUC", "pr_auc": "PR AUC", "ks": "KS",
            "fpr": "False positive rate", "fnr": "False negative rate", "f1": "F1", "mcc": "MCC",
            "ece": "ECE", "r2": "R²", "ctr": "Click-through rate", "mrr": "MRR",
            "auuc": "AUUC"}  # fmt: skip

METRICS: dict[str, Metric] = {
    name: Metric(name, low, high, better, _SPELLED.get(name, name.replace("_", " ").capitalize()))
    for names, low, high, better in _GROUPS
    for name in names.split()
}
"""Every known metric by name."""

PERCENT_ERRORS = frozenset(("wape", "mape", "smape"))
"""Errors as a share of the truth, which many tools write in percent; nothing bounds them."""

_ALSO: dict[str, str] = {
    "roc_auc": "auc roc_auc_score auroc auc_roc area_under_roc area_under_roc_curve "
    "area_under_the_roc_curve",
    "pr_auc": "average_precision average_precision_score auprc auc_pr aucpr",
    "f1": "f1_score f1_measure",
    "accuracy": "accuracy_score acc",
    "balanced_accuracy": "balanced_accuracy_score",
    "precision": "precision_score ppv positive_predictive_value prec",
    "recall": "recall_score sensitivity tpr true_positive_rate",
    "specificity": "tnr true_negative_rate",
    "fpr": "false_positive_rate",
    "fnr": "false_negative_rate miss_rate",
    "mae": "mean_absolute_error mean_abs_error",
    "mse": "mean_squared_error",
    "rmse": "root_mean_squared_error root_mean_square_error",
    "mape": "mean_absolute_percentage_error",
    "smape": "symmetric_mean_absolute_percentage_error",
    "wape": "wmape weighted_absolute_percentage_error",
    "r2": "r2_score r_squared r\u00b2 coefficient_of_determination",
    "log_loss": "logloss",
    "brier": "brier_score brier_score_loss",
    "mcc": "matthews_corrcoef matthews_correlation_coefficient",
    "ks": "ks_statistic",
    "psi": "population_stability_index",
    "ctr": "click_through_rate clickthrough_rate",
    "gini": "gini_coefficient",
    "ece": "expected_calibration_error",
}

METRIC_ALIASES: dict[str, str] = {
    alias: name for name, aliases in _ALSO.items() for alias in aliases.split()
}
"""Other spellings of one and the same metric, each of which can mean no other."""

WITHOUT_OPERATING_POINT = frozenset(
    (
        *("roc_auc", "auc", "pr_auc", "average_precision", "f1", "log_loss", "brier"),
        *("brier_score", "gini", "ks", "ece"),
    )
)
"""Metrics that judge a model without saying what is done with it."""


def without_value(names: Collection[str], needed: Collection[str]) -> str | None:
    """Why metrics alone cannot be turned into value, in a sentence; None when that is not so.

    Parameters
    ----------
    names : collection of str
        All that is known of a model.
    needed : collection of str
        What to measure instead.

    Examples
    --------
    >>> without_value(["roc_auc"], ["recall"])  # doctest: +NORMALIZE_WHITESPACE
    'roc_auc alone cannot be turned into value: it has no operating point. Measure recall at the
    threshold that would be used.'
    >>> without_value(["roc_auc", "recall"], ["precision"])
    """
    if not names or not WITHOUT_OPERATING_POINT.issuperset(names):
        return None
    has = "it has" if len(names) == 1 else "they have"
    return (
        f"{_listed(names)} alone cannot be turned into value: {has} no operating point. "
        f"Measure {_listed(needed)} at the threshold that would be used."
    )


def _listed(names: Collection[str]) -> str:
    *first, last = names
    return " and ".join(filter(None, [", ".join(first), last]))
