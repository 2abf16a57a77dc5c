"""Metrics of a prediction log from its counts, each with its n and how far off it may be by chance.

Counts by pair of predicted and actual class, sums of errors, and counts by score bins of a
hundredth add up over days, versions and segments: the counts of a week are the sums of its days.
What is exact from them and what is not:

- everything that comes from classes or errors is exact;
- Brier and ECE (ten bins) are exact, for their sums are stored; so are figures at a threshold of a
  whole hundredth;
- ROC AUC and average precision see scores rounded down to hundredths. The AUC of the scores lies
  within half of the share of pairs (one case with, one without the outcome) that share a bin.

References
----------
DeLong, DeLong & Clarke-Pearson (1988). Comparing the areas under two or more correlated receiver
operating characteristic curves: a nonparametric approach. Biometrics 44(3): the error of an AUC.
Cochran (1977). Sampling Techniques, 3rd ed.: the error of a ratio such as WAPE.
Gorodkin (2004). Comparing two K-category assignments by a K-category correlation coefficient.
Computational Biology and Chemistry 28(5-6): MCC of several classes.
Guo, Pleiss, Sun & Weinberger (2017). On calibration of modern neural networks. ICML: ECE.
"""

from mlpm_core.in_life.log_figures.classes import (
    Confusion,
    balanced_accuracy,
    class_of,
    mcc,
    one_against_rest,
    positive_of,
    several_classes,
)
from mlpm_core.in_life.log_figures.figure import Figure, share
from mlpm_core.in_life.log_figures.numbers import Numbers
from mlpm_core.in_life.log_figures.scores import N_BINS, Scores

__all__ = [
    "N_BINS",
    "Confusion",
    "Figure",
    "Numbers",
    "Scores",
    "balanced_accuracy",
    "class_of",
    "mcc",
    "one_against_rest",
    "positive_of",
    "several_classes",
    "share",
]
