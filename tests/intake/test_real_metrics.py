"""Names of metrics, what their numbers are, and of how many cases they are the share."""

import pytest

from mlpm_core.intake.metric_names import near_metrics
from mlpm_core.records import METRICS
from mlpm_core.value.mechanism import mechanisms
from tests.intake.real_cases import Case, holds

HEAD = "model,metric,week,value\n"


def named(name, value="0.5"):
    return f"{HEAD}m,{name},2024-02-05,{value}\n"


def wide(header, *rows):
    return "\n".join([f"week,model,{header}", *(f"2024-02-{5 + 7 * i:02},m,{r}" for i, r in
                                                enumerate(rows)), ""])  # fmt: skip


ALIASES = {
    "f1_score": "f1", "F1-Score": "f1", "accuracy_score": "accuracy", "AUROC": "roc_auc",
    "AUC-ROC": "roc_auc", "auc_roc": "roc_auc", "roc_auc_score": "roc_auc",
    "mean_absolute_error": "mae", "Mean Squared Error": "mse", "root_mean_squared_error": "rmse",
    "R2 score": "r2", "average_precision_score": "pr_auc", "Prec.": "precision", "TPR": "recall",
    "Sensitivity": "recall", "True Positive Rate": "recall", "PPV": "precision",
    "true negative rate": "specificity", "miss rate": "fnr", "WMAPE": "wape", "logloss": "log_loss",
    "brier_score_loss": "brier", "Click-Through Rate": "ctr",
}  # fmt: skip

NEAR = {
    "val_recall": ("recall", "keep"),
    "test/precision": ("precision", "keep"),
    "Precision (macro)": ("precision", "keep"),
    "recall_1": ("recall", "keep"),
    "recal": ("recall", "keep"),
    "Recall (%)": ("recall in %", "recall", "keep"),
    "wape_pct": ("wape in %", "wape", "keep"),
    "neg_mean_absolute_error": ("-mae", "keep"),
    "eval_f1": ("f1", "keep"),
    "Trefferquote": ("recall", "keep"),
    "Sensibilit\u00e9": ("recall", "keep"),
    "Genauigkeit": ("accuracy", "precision", "keep"),
    "Genauigkeit (%)": ("accuracy in %", "precision in %", "accuracy", "precision", "keep"),
    "test/bal_acc": ("balanced_accuracy", "keep"),
    "areaUnderPR": ("pr_auc", "keep"),
    "NDCG@10": ("ndcg_at_k", "keep"),
    "false alarm rate": ("fpr", "keep"),
    "R^2": ("r2", "keep"),
}

CASES = [
    *(Case(alias, named(alias), rows=({"metric": name, "value": 0.5},)) for alias, name in
      ALIASES.items()),
    *(Case(name, named(name), asked=("metric-name",), choices=choices) for name, choices in
      NEAR.items()),
    Case("a name of its own needs no question", named("joy_index", "9000"),
         rows=({"metric": "joy_index"},), warns=("unknown-metric",)),
    Case("q17", "q17_sensitivity.csv", n=8, rows=({"metric": "precision", "value": 0.5},
                                                  {"metric": "recall", "value": 0.15})),
    Case("q01", "q01_metric_names.csv", asked=("metric-name",) * 8),
    Case("val_recall is recall", named("val_recall"), answers=("metrics.val_recall=recall",),
         rows=({"metric": "recall", "value": 0.5},)),
    Case("val_recall is another", named("val_recall"), answers=("metrics.val_recall=keep",),
         rows=({"metric": "val_recall"},), warns=("unknown-metric",)),
    Case("a percentage", named("Recall (%)", "81.5"), answers=("metrics.Recall (%)=recall in %",),
         rows=({"metric": "recall", "value": 0.815, "unit": "share"},)),
    Case("no percentage", named("Recall (%)", "81.5"), answers=("metrics.Recall (%)=recall",),
         rejects=("out-of-range",)),
    Case("the sign of scikit-learn's scorers", named("neg_mean_absolute_error", "-3.5"),
         answers=("metrics.neg_mean_absolute_error=-mae",),
         rows=({"metric": "mae", "value": 3.5},)),
    # Columns of metrics.
    Case("wide, near names", wide("val_recall,precision", "0.8,0.7"),
         asked=("metric-name", "wide-layout"), choices=("recall", "ignore")),
    Case("wide, near names answered", wide("Recall (%),f1_score", "80,0.7"),
         answers=("metrics.Recall (%)=recall in %", "wide=f1_score"),
         rows=({"metric": "recall", "value": 0.8}, {"metric": "f1", "value": 0.7})),
    Case("wide, near names left out", wide("val_recall,precision", "0.8,0.7"),
         answers=("metrics.val_recall=ignore", "wide=precision"), n=1,
         rows=({"metric": "precision", "value": 0.7},)),
    # One count beside several shares.
    Case("n-wide", "loan_weekly_asis.csv",
         answers=("constants.model_id=m", "wide=precision,recall,f1,roc_auc,accuracy",
                  "period=P1W", "dates_are=end"), n=435,
         rows=({"metric": "precision", "n": 588}, {"metric": "recall", "n": 582},
               {"metric": "f1"}, {"metric": "roc_auc"}, {"metric": "accuracy", "n": 1157}),
         read_as="n counts all cases; those of precision and recall are worked out"),
    Case("n of rounded shares", wide("precision,recall,n", "0.71,0.82,1000"),
         answers=("wide=precision,recall",), asked=("cases-of",),
         choices=("all", "each", "ignore")),
    Case("n of all cases", wide("precision,recall,prevalence,n", "0.5,0.8,0.05,1000"),
         answers=("wide=precision,recall,prevalence", "cases_of=all"),
         rows=({"metric": "precision", "n": 80}, {"metric": "recall", "n": 50},
               {"metric": "prevalence", "n": 1000})),
    Case("n of all cases, nothing to work it out from", wide("precision,recall,n", "0.71,0.82,900"),
         answers=("wide=precision,recall", "cases_of=all"),
         rows=({"metric": "precision", "n": None}, {"metric": "recall", "n": None}),
         read_as="left open"),
    Case("n of each", wide("precision,recall,n", "0.71,0.82,900"),
         answers=("wide=precision,recall", "cases_of=each"),
         rows=({"metric": "precision", "n": 900}, {"metric": "recall", "n": 900})),
    Case("n of one share needs no question", wide("recall,rmse,n", "0.82,3,900"),
         answers=("wide=recall,rmse",), rows=({"metric": "recall", "n": 900},)),
    # Percentages.
    Case("s07", "s07_mape_percent.csv", asked=("percent-errors",), choices=("percent", "share")),
    Case("s07 percent", "s07_mape_percent.csv", answers=("errors_in=percent",),
         rows=({"metric": "mape", "value": 0.124},)),
    Case("q18", "q18_unit_percent.csv", rows=({"metric": "mape", "value": pytest.approx(0.124)},
                                              {"metric": "wape", "value": pytest.approx(0.119)})),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_metrics_are_what_they_are_called_or_are_asked_about(case):
    holds(case)


def test_no_input_of_a_mechanism_is_taken_for_another_metric():
    inputs = {i.reported_as for m in mechanisms().values() for i in m.inputs} | set(METRICS)
    assert {name: near_metrics(name) for name in inputs if near_metrics(name)} == {}
