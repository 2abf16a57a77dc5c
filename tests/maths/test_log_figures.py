"""Metrics from counts are scikit-learn's on the rows, and their errors those of many samples."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from mlpm_core.in_life.log_figures import (
    Confusion,
    Figure,
    Numbers,
    Scores,
    balanced_accuracy,
    class_of,
    mcc,
    one_against_rest,
    positive_of,
    several_classes,
    share,
)
from mlpm_core.records import METRICS


@pytest.fixture(scope="module")
def metrics():
    """Scikit-learn's, which takes a second to load: not for those who leave slow tests out."""
    from sklearn import metrics

    return metrics


def counted(scores, outcomes):
    """The scores as counts, each row put by itself."""
    counts = Scores()
    for p, y in zip(scores, outcomes, strict=True):
        k = min(int(np.floor(np.floor(p * 1000) / 10)), 99)
        counts.put(k, (p, p**2, p**3, p**4), 1, is_positive=bool(y))
    return counts


def summed(predicted, actual):
    error, y = np.asarray(predicted) - actual, np.asarray(actual)
    sums = (error, abs(error), error**2, y, abs(y), y**2, abs(error * y))
    return Numbers(len(y), *(float(x.sum()) for x in sums))


binary = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@pytest.mark.slow
@given(binary)
def test_a_confusion_gives_what_scikit_learn_gives(metrics, rows):
    predicted, actual = np.array(rows, dtype=int).T
    tn, fp, fn, tp = metrics.confusion_matrix(actual, predicted, labels=[0, 1]).ravel()
    found = Confusion(int(tp), int(fp), int(fn), int(tn)).figures()
    expected = {"accuracy": (metrics.accuracy_score(actual, predicted), len(rows))}
    if predicted.any():
        expected["precision"] = metrics.precision_score(actual, predicted), predicted.sum()
    if actual.any():
        expected["recall"] = metrics.recall_score(actual, predicted), actual.sum()
    if not actual.all():
        negatives = (actual == 0).sum()
        expected["specificity"] = metrics.recall_score(actual, predicted, pos_label=0), negatives
    if tp + fp + fn:
        expected["f1"] = metrics.f1_score(actual, predicted), tp + fp + fn
    if len(set(predicted)) == len(set(actual)) == 2:
        expected["mcc"] = metrics.matthews_corrcoef(actual, predicted), len(rows)
    told = {"accuracy", "precision", "recall", "specificity", "f1", "mcc"}
    assert told & found.keys() == expected.keys()
    for name, (value, n) in expected.items():
        assert found[name].value == pytest.approx(value, abs=1e-12), name
        assert found[name].n == n, name
    assert found["error_rate"].value == pytest.approx(1 - found["accuracy"].value)
    classes = sorted(set(actual))
    recalls = [(int(((predicted == c) & (actual == c)).sum()), int((actual == c).sum()))
               for c in classes]  # fmt: skip
    assert found["balanced_accuracy"] == balanced_accuracy(recalls)


def test_rates_by_their_other_names():
    found = Confusion(tp=8, fp=3, fn=2, tn=27).figures()
    assert found["fpr"] == found["overkill_rate"] == share(3, 30)
    assert found["fnr"] == found["escape_rate"] == share(2, 10)
    assert found.keys() <= METRICS.keys()


def test_nothing_counted_gives_no_figure():
    assert Confusion(0, 0, 0, 0).figures() == {}
    assert Scores().figures() == {}
    assert Numbers().figures() == {}
    assert several_classes({}) == {}
    assert share(0, 0) is None


def test_the_error_of_a_share_is_binomial_and_none_where_it_would_be_nought():
    assert share(80, 100) == Figure(0.8, 100, pytest.approx(0.04), 80, 100)
    assert share(100, 100) == Figure(1.0, 100, None, 100, 100)


several = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abc")), min_size=2,
                   max_size=60)  # fmt: skip


@pytest.mark.slow
@given(several)
def test_several_classes_give_what_scikit_learn_gives(metrics, rows):
    predicted, actual = zip(*rows, strict=True)
    found = several_classes(Counter(rows))
    assert found["accuracy"].value == pytest.approx(metrics.accuracy_score(actual, predicted))
    labels = sorted(set(actual))
    recalls = metrics.recall_score(
        actual, predicted, labels=labels, average=None, zero_division=0.0
    )
    assert found["balanced_accuracy"].value == pytest.approx(recalls.mean())
    if "mcc" in found:
        expected = metrics.matthews_corrcoef(actual, predicted)
        assert found["mcc"].value == pytest.approx(expected, abs=1e-12)
    else:
        assert min(len(set(predicted)), len(set(actual))) == 1
    one = one_against_rest(Counter(rows), "a").figures()
    flagged = [p == "a" for p in predicted]
    if any(flagged):
        expected = metrics.precision_score([a == "a" for a in actual], flagged, zero_division=0.0)
        assert one["precision"].value == pytest.approx(expected)


hundredths = st.lists(
    st.tuples(st.integers(0, 100).map(lambda k: k / 100), st.booleans()), min_size=1, max_size=60
)


@pytest.mark.slow
@given(hundredths)
def test_scores_of_whole_hundredths_give_what_scikit_learn_gives(metrics, rows):
    p, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows], dtype=int)
    counts = counted(p, y)
    found = counts.figures()
    assert found["brier"].value == pytest.approx(np.mean((p - y) ** 2), abs=1e-12)
    groups = np.minimum(np.floor(np.floor(p * 1000) / 100), 9)
    ece = sum(abs((p - y)[groups == g].sum()) for g in range(10)) / len(p)
    assert found["ece"].value == pytest.approx(ece, abs=1e-12)
    binned = np.minimum(p, 0.99)  # 1 shares the last bin with 0.99
    assert ("roc_auc" in found) == (len(set(y)) == 2)
    if "roc_auc" in found:
        assert found["roc_auc"].value == pytest.approx(metrics.roc_auc_score(y, binned))
        assert found["gini"].value == pytest.approx(2 * found["roc_auc"].value - 1)
        assert found["pr_auc"].value == pytest.approx(metrics.average_precision_score(y, binned))
        fpr, tpr, _ = metrics.roc_curve(y, binned)
        assert found["ks"].value == pytest.approx(abs(tpr - fpr).max())
        assert {found[name].n for name in found} == {len(rows)}
    for k in range(0, 101, 7):
        flagged = binned >= k / 100
        tn, fp, fn, tp = metrics.confusion_matrix(y, flagged, labels=[0, 1]).ravel()
        assert counts.at(k / 100) == Confusion(tp, fp, fn, tn)


@pytest.mark.slow
def test_the_area_of_the_scores_lies_within_half_of_the_pairs_that_share_a_bin(metrics):
    rng = np.random.default_rng(1)
    y = rng.random(3000) < 0.3
    p = np.clip(rng.normal(0.35 + 0.2 * y, 0.15), 0, 1)
    counts = counted(p, y)
    shared = counts.positives @ counts.negatives / counts.positives.sum() / counts.negatives.sum()
    off = abs(counts.figures()["roc_auc"].value - metrics.roc_auc_score(y, p))
    assert 0 < off < shared / 2 < 0.02


@pytest.mark.parametrize("threshold", [0.005, -0.01, 1.01, float("nan"), float("inf")])
def test_a_threshold_between_hundredths_is_refused_with_what_to_write(threshold):
    with pytest.raises(InputError, match="at most two decimals"):
        counted([0.2], [True]).at(threshold)


numbers = st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=40)


@pytest.mark.slow
@given(numbers)
def test_sums_of_errors_give_what_scikit_learn_gives(metrics, rows):
    predicted, actual = map(np.array, zip(*rows, strict=True))
    found = summed(predicted, actual).figures()
    assert found["mae"].value == pytest.approx(metrics.mean_absolute_error(actual, predicted))
    assert found["mse"].value == pytest.approx(metrics.mean_squared_error(actual, predicted))
    assert found["rmse"].value == pytest.approx(found["mse"].value ** 0.5)
    assert found["bias"].value == pytest.approx(np.mean(predicted - actual), abs=1e-9)
    if "wape" in found:
        assert found["wape"].value == pytest.approx(
            abs(predicted - actual).sum() / abs(actual).sum()
        )
    if np.var(actual) > 1e-3:
        expected = metrics.r2_score(actual, predicted)
        assert found["r2"].value == pytest.approx(expected, rel=1e-5, abs=1e-5)
    assert {f.n for f in found.values()} == {len(rows)}


def test_an_error_of_a_ratio_beyond_all_numbers_is_none():
    tiny = summed([1.0, 5e-277], [5e-277, 5e-277]).figures()["wape"]
    assert tiny.value > 1e275
    assert tiny.error is None


def spread(figures, name):
    """The standard deviation of a figure over samples, and what it says itself on average."""
    values = [f[name].value for f in figures]
    errors = [f[name].error for f in figures]
    return np.std(values), np.mean(errors)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["brier", "roc_auc", "gini"])
def test_errors_of_scores_are_the_spread_over_samples(name):
    rng = np.random.default_rng(7)
    figures = []
    for _ in range(400):
        y = rng.random(400) < 0.3
        figures.append(counted(np.clip(rng.normal(0.35 + 0.2 * y, 0.15), 0, 1), y).figures())
    real, told = spread(figures, name)
    assert told == pytest.approx(real, rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mae", "bias", "wape"])
def test_errors_of_numbers_are_the_spread_over_samples(name):
    rng = np.random.default_rng(7)
    figures = []
    for _ in range(400):
        y = rng.gamma(2.0, 10.0, 300)
        figures.append(summed(y * rng.lognormal(0.05, 0.3, 300), y).figures())
    real, told = spread(figures, name)
    assert told == pytest.approx(real, rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["precision", "recall", "f1", "balanced_accuracy"])
def test_errors_of_a_confusion_are_the_spread_over_samples(name):
    rng = np.random.default_rng(7)
    cells = rng.multinomial(1000, [0.15, 0.05, 0.1, 0.7], size=2000)
    figures = [Confusion(*map(int, row)).figures() for row in cells]
    real, told = spread(figures, name)
    assert told == pytest.approx(real, rel=0.1)


def test_numbers_are_one_class_however_they_are_written():
    assert [class_of(t) for t in ("1", "1.0", " 1", "0.50", "1e3", "nan", "inf", "x")] == [
        "1", "1", "1", "0.5", "1000", "nan", "inf", "x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("classes", "positive"),
    [("01", "1"), ("1", "1"), ("0", None), ("12", None), (["true", "False"], "true"),
     (["1", "yes"], None), (["1", "0", "2"], None), ([], None)],
)  # fmt: skip
def test_a_positive_class_is_taken_only_where_the_classes_say_so(classes, positive):
    assert positive_of(classes) == positive


def test_sums_of_two_days_are_those_of_both():
    whole = summed([1.0, 2.0, 3.0], [2.0, 2.0, 5.0])
    day = summed([1.0], [2.0])
    day.add(summed([2.0, 3.0], [2.0, 5.0]))
    assert day == whole


def test_what_is_always_the_same_has_no_correlation():
    assert mcc({("a", "a"): 5}) is None
