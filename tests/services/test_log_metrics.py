"""A log alone gives the metrics of its model, period by period, with the n of each."""

from __future__ import annotations

from datetime import datetime

import pytest
from sklearn import metrics

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.in_life.periods import Period
from mlpm_core.records import Status
from mlpm_core.services.valuation.log_metrics import Task, metrics_of_log
from tests.monitored_shop import clock
from tests.services.test_imports import put

WEEK = [Period(datetime(2024, 1, day), "P1W") for day in (1, 8)]


def log(workspace, head, rows, kind="prediction_log"):
    text = head + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    receipt = put(workspace, text, kind=kind)
    assert receipt.status is Status.COMMITTED, receipt


def binary(n=400):
    """Rows of two weeks: id, moment, model, predicted, score, outcome."""
    rows = []
    for i in range(n):
        score = (i * 37 % 100) / 100
        outcome = int((i * 53 % 100) / 100 < score)
        rows.append((f"p{i}", f"2024-01-{1 + i % 14:02}T09:00:00Z", "m", int(score >= 0.3), score,
                     outcome))  # fmt: skip
    return rows


HEAD = "prediction_id,ts,model_id,y_pred,y_pred_proba,y_true"


def in_week(rows, place):
    return [row for row in rows if (int(row[1][8:10]) > 7) == bool(place)]


def test_two_classes_with_scores(workspace):
    rows = binary()
    log(workspace, HEAD, rows)
    found = metrics_of_log(workspace, "shop", "m")
    assert (found.task, found.classes, found.positive) == (Task.BINARY, ("0", "1"), "1")
    assert (found.asks_positive, found.asks_threshold) == (False, False)
    assert [p.period for p in found.periods] == WEEK
    for place, of in enumerate(found.periods):
        predicted, scores, actual = zip(*[row[3:] for row in in_week(rows, place)], strict=True)
        assert (of.n, of.n_outcomes, of.labelled_share) == (len(actual), len(actual), 1.0)
        figures = of.metrics
        assert figures["precision"].value == metrics.precision_score(actual, predicted)
        assert figures["precision"].n == sum(predicted)
        assert figures["recall"].value == metrics.recall_score(actual, predicted)
        assert figures["recall"].n == figures["escape_rate"].n == sum(actual)
        assert figures["prevalence"].value == sum(actual) / len(actual)
        assert figures["roc_auc"].value == pytest.approx(metrics.roc_auc_score(actual, scores))
        assert figures["brier"].value == pytest.approx(metrics.brier_score_loss(actual, scores))


def test_the_threshold_is_asked_where_only_scores_are_given(workspace):
    rows = binary()
    log(workspace, HEAD.replace("y_pred,", ""), [(*row[:3], *row[4:]) for row in rows])
    found = metrics_of_log(workspace, "shop", "m")
    assert found.asks_threshold
    assert "precision" not in found.periods[0].metrics
    assert "roc_auc" in found.periods[0].metrics
    answered = metrics_of_log(workspace, "shop", "m", threshold=0.3)
    assert not answered.asks_threshold
    for place, of in enumerate(answered.periods):
        predicted, _, actual = zip(*[row[3:] for row in in_week(rows, place)], strict=True)
        assert of.metrics["precision"].value == metrics.precision_score(actual, predicted)
    with pytest.raises(InputError, match=r"such as 0\.35"):
        metrics_of_log(workspace, "shop", "m", threshold=0.333)


def test_labels_that_come_late_change_the_metrics_of_their_week(workspace):
    rows = binary()
    log(workspace, HEAD.rpartition(",")[0], [row[:-1] for row in rows])
    assert metrics_of_log(workspace, "shop", "m").task is Task.NONE
    for place in (1, 0):
        part = [(row[0], row[-1]) for row in in_week(rows, place)]
        log(workspace, "prediction_id,y_true", part, kind="labels")
        found = metrics_of_log(workspace, "shop", "m").periods
        assert [p.labelled_share for p in found] == [float(place == 0), 1.0]
    whole = {p.period: p.metrics["recall"].value for p in found}
    for place, period in enumerate(WEEK):
        predicted, _, actual = zip(*[row[3:] for row in in_week(rows, place)], strict=True)
        assert whole[period] == metrics.recall_score(actual, predicted)


def test_the_positive_class_is_asked_where_the_classes_do_not_say(workspace):
    rows = [(f"p{i}", "2024-01-02", "m", ("cat", "dog")[i % 2], ("cat", "dog")[i // 2 % 2])
            for i in range(40)]  # fmt: skip
    log(workspace, "prediction_id,ts,model_id,y_pred,y_true", rows)
    found = metrics_of_log(workspace, "shop", "m")
    assert (found.asks_positive, found.positive) == (True, None)
    assert found.periods[0].metrics.keys() == {
        "accuracy", "error_rate", "balanced_accuracy", "mcc",
    }  # fmt: skip
    answered = metrics_of_log(workspace, "shop", "m", positive="dog").periods[0].metrics
    assert answered["recall"].n == 20
    with pytest.raises(InputError, match="cat, dog"):
        metrics_of_log(workspace, "shop", "m", positive="cow")


def test_several_classes_and_one_of_them(workspace):
    rows = [(f"p{i}", "2024-01-02", "m", "abc"[i % 3], "abc"[i // 2 % 3]) for i in range(60)]
    log(workspace, "prediction_id,ts,model_id,y_pred,y_true", rows)
    found = metrics_of_log(workspace, "shop", "m")
    predicted, actual = zip(*[row[3:] for row in rows], strict=True)
    assert (found.task, found.asks_positive) == (Task.CLASSES, False)
    accuracy = metrics.accuracy_score(actual, predicted)
    assert found.periods[0].metrics["accuracy"].value == accuracy
    one = metrics_of_log(workspace, "shop", "m", positive="b").periods[0].metrics
    assert one["accuracy"].value == accuracy
    expected = metrics.precision_score(actual, predicted, labels=["b"], average=None)[0]
    assert one["precision"].value == expected


def test_too_many_classes_to_list_tell_how_many_were_wrong(workspace):
    rows = [(f"p{i}", "2024-01-02", "m", f"c{i % 30}", f"c{i % 31}") for i in range(310)]
    log(workspace, "prediction_id,ts,model_id,y_pred,y_true", rows)
    found = metrics_of_log(workspace, "shop", "m")
    right = sum(row[3] == row[4] for row in rows)
    assert found.task is not Task.NUMBERS
    assert found.periods[0].metrics.keys() == {"accuracy", "error_rate"}
    assert found.periods[0].metrics["accuracy"].value == right / 310


@pytest.mark.parametrize("a_day", [5, 60])
def test_numbers_however_many_a_day(workspace, a_day):
    rows = [
        (f"p{day}-{i}", f"2024-01-{day:02}", "m", 10 + i * 1.5 + day, 12 + i + day / 2)
        for day in range(1, 15)
        for i in range(a_day)
    ]
    log(workspace, "prediction_id,ts,model_id,y_pred,y_true", rows)
    found = metrics_of_log(workspace, "shop", "m", granularity="P1M")
    predicted, actual = zip(*[row[3:] for row in rows], strict=True)
    (of,) = found.periods
    assert (found.task, found.classes, of.period.start.day) == (Task.NUMBERS, (), 1)
    assert of.metrics["mae"].value == pytest.approx(metrics.mean_absolute_error(actual, predicted))
    assert of.metrics["r2"].value == pytest.approx(metrics.r2_score(actual, predicted))
    assert {f.n for f in of.metrics.values()} == {len(rows)}
    assert of.metrics["wape"].denominator == pytest.approx(sum(actual))


def test_versions_are_told_apart_and_the_future_is_left_out(workspace):
    head = "prediction_id,ts,model_id,model_version,y_pred,y_true"
    rows = [("a", "2024-01-02", "m", "1", 1, 1), ("b", "2024-01-02", "m", "2", 0, 1)]
    log(workspace, head, rows)
    for version, accuracy in (("1", 1.0), ("2", 0.0), ("", 0.5)):
        (of,) = metrics_of_log(workspace, "shop", "m", version).periods
        assert of.metrics["accuracy"].value == accuracy
    log(workspace, head, [("c", "2024-01-09", "m", "2", 1, 1)])
    assert len(metrics_of_log(workspace, "shop", "m").periods) == 2
    clock(workspace, "2024-01-08")
    assert len(metrics_of_log(workspace, "shop", "m").periods) == 1


def test_what_is_not_there_is_said(workspace):
    with pytest.raises(NotFoundError):
        metrics_of_log(workspace, "nowhere", "m")
    log(workspace, HEAD, binary(10))
    with pytest.raises(InputError, match="P1D, P1W, P1M"):
        metrics_of_log(workspace, "shop", "m", granularity="PT1H")
    assert metrics_of_log(workspace, "shop", "other").periods == ()
