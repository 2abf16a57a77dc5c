"""Decisions of a log: its classes, its decisions, or scores with the threshold that was said."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from sklearn import metrics

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile
from mlpm_core.records import Status
from mlpm_core.services.in_life.deployments import deployment as deployment_view
from mlpm_core.services.in_life.deployments import deployments
from mlpm_core.services.ingest.kpi_effects import without_figures
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.undo import undo
from mlpm_core.services.ingest.uploads import Upload, import_upload
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.monitored import recent_reading
from mlpm_core.services.valuation.value_cases import case_value
from pages.parts.in_life.text import goes_by
from tests.monitored_shop import SHOP, clock, save
from tests.services.test_imports import put
from tests.stores import copied

WEEKS = [datetime(2024, 7, day) for day in (1, 8)]
HEAD = "prediction_id,ts,model_id,y_pred,y_pred_proba,y_true,decision\n"


@pytest.fixture
def empty(tmp_path, empty_folder):
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    clock(workspace, "2024-07-20")
    save(workspace, "models", {"model_id": "m"})
    yield workspace
    workspace.close()


def shop(workspace, mechanism):
    case = {"value_case_id": "c", "title": "C", "mechanism": mechanism, "model_id": "m"}
    save(workspace, "value_cases", case)
    return workspace


def rows(n=600, yes="1", no="0", seed=3):
    """Two weeks of cases: id, day, score, outcome; the higher the score the likelier yes."""
    rng = np.random.default_rng(seed)
    scores = np.round(rng.beta(1, 3, n), 3)
    outcomes = np.where(rng.random(n) < scores, yes, no)
    return [
        (f"p{i}", f"2024-07-{1 + i % 14:02}", score, str(outcome))
        for i, (score, outcome) in enumerate(zip(scores.tolist(), outcomes, strict=True))
    ]


def log(workspace, lines, *, ask_again=False, dry_run=False, **answers):
    profile = Profile(**answers)
    text = HEAD + "".join(",".join(map(str, line)) + "\n" for line in lines)
    return put(
        workspace, text, kind="prediction_log", profile=profile, ask_again=ask_again,
        dry_run=dry_run,
    )  # fmt: skip


def scored(cases):
    return [(name, day, "m", "", score, outcome, "") for name, day, score, outcome in cases]


def reading(workspace):
    of = case_value(workspace, SHOP, "c")
    with workspace.store.reader() as reader:
        return recent_reading(
            reader, SHOP, of.deployment, workspace.today(SHOP), of.mechanism, of.currency
        )


def by_week(workspace):
    return [
        {n: (m.value, m.n) for n, m in of.items()} for of in reading(workspace).periods.values()
    ]


def in_week(cases, k):
    return [case for case in cases if (int(case[1][-2:]) > 7) == bool(k)]


def test_scores_alone_ask_for_the_threshold_once_and_then_give_precision_and_recall(empty):
    workspace, cases = shop(empty, "fraud_blocking"), rows()
    asked = log(workspace, scored(cases))
    assert asked.status is Status.ASKED
    (question,) = asked.questions
    assert (question.key, question.choices) == ("thresholds.m", [])
    assert "Recall" in question.message
    shown = log(workspace, scored(cases), thresholds={"m": "0.35"}, dry_run=True)
    assert "as answered for this file." in "".join(w.message for w in shown.warnings)
    done = log(workspace, scored(cases), thresholds={"m": "0.35"})
    assert done.status is Status.COMMITTED
    found = by_week(workspace)
    for k in (0, 1):
        flagged = [score >= 0.35 for _, _, score, _ in in_week(cases, k)]
        actual = [outcome == "1" for *_, outcome in in_week(cases, k)]
        assert found[k]["recall"] == (metrics.recall_score(actual, flagged), sum(actual))
        assert found[k]["precision"] == (metrics.precision_score(actual, flagged), sum(flagged))
    (line,) = [w for w in done.warnings if w.code == "computed-from-log"]
    assert f"Recall {found[1]['recall'][0]:.3g} (n = {found[1]['recall'][1]})" in line.message
    assert "600 of 600 predictions have an outcome yet" in line.message
    assert "computed-from-log" not in {w.code for w in without_figures(done).warnings}
    goes_by = f"A case counts as flagged from a score of 0.35 on, as answered for {done.batch}."
    assert goes_by in line.message
    assert reading(workspace).notes.goes_by == goes_by
    more = [(f"more-{a}", *rest) for a, *rest in scored(cases)]
    later = log(workspace, more)
    assert later.status is Status.COMMITTED  # it is not asked again
    assert f"Read as answered before, for {done.batch}: thresholds.m is 0.35." in {
        w.message for w in later.warnings if w.code == "answered-before"
    }
    assert reading(workspace).notes.asks_threshold is False
    undo(workspace.acting_as("ada"), SHOP, done.batch)
    again = [(f"again-{a}", *rest) for a, *rest in scored(cases)]
    assert log(workspace, again).status is Status.ASKED  # the answer went with its import


def test_another_threshold_is_asked_on_request_and_stands_on_the_screen(empty):
    workspace, cases = shop(empty, "fraud_blocking"), rows(200)
    log(workspace, scored(cases), thresholds={"m": "0.35"})
    more = [(f"more-{a}", *rest) for a, *rest in scored(cases)]
    assert log(workspace, more, ask_again=True).status is Status.ASKED
    done = log(workspace, more, ask_again=True, thresholds={"m": "0.6"})
    save(workspace, "deployments", {"deployment_id": "d", "model_id": "m", "value_case_id": "c",
                                    "from_on": "2024-07-01"})  # fmt: skip
    sentence = goes_by(deployment_view(workspace, SHOP, "d"))
    assert f"from a score of 0.6 on, as answered for {done.batch}." in sentence.replace("\\", "")
    assert "Ask me again" in sentence


def test_a_class_that_was_named_is_said_and_one_that_says_itself_is_not(empty):
    workspace, cases = shop(empty, "fraud_blocking"), rows(200, yes="fraud", no="fine")
    done = log(workspace, scored(cases), thresholds={"m": "0.5"}, positives={"m": "fraud"})
    assert f"The class that counts is fraud, as answered for {done.batch}." in (
        reading(workspace).notes.goes_by
    )
    undo(workspace.acting_as("ada"), SHOP, done.batch)
    classes = [(name, day, "m", int(score > 0.5), "", outcome, "")
               for name, day, score, outcome in rows(200)]  # fmt: skip
    log(workspace, classes)
    assert reading(workspace).notes.goes_by == ""


def test_the_threshold_is_an_answer_of_the_command_and_of_the_route(empty):
    workspace = shop(empty, "fraud_blocking")
    text = HEAD + "".join(",".join(map(str, line)) + "\n" for line in scored(rows()))
    upload = Upload(SHOP, "prediction_log", "log.csv", ("thresholds.m=0.5",))
    receipt = import_upload(workspace.acting_as("ada"), upload, text.encode(), channel="command")
    assert receipt.status is Status.COMMITTED
    assert receipt.answers == ["thresholds.m=0.5"]


@pytest.mark.parametrize("given", ["0.333", "-0.1", "1.2", "half", "nan", "1e-1", ""])
def test_a_threshold_between_two_hundredths_is_refused_with_a_sentence(given):
    with pytest.raises(InputError, match="at most two decimals"):
        Profile().answered("thresholds.m", given)


@pytest.mark.parametrize("given", ["0", "1", "0.3", ".35", "0.350", "1.0", "none"])
def test_a_threshold_of_hundredths_is_taken(given):
    assert Profile().answered("thresholds.m", given).thresholds == {"m": given}


def test_without_a_threshold_health_says_what_is_missing(empty):
    workspace, cases = shop(empty, "fraud_blocking"), rows()
    log(workspace, scored(cases), thresholds={"m": "none"})
    notes = reading(workspace).notes
    assert notes.asks_threshold
    save(workspace, "deployments", {"deployment_id": "d", "model_id": "m", "value_case_id": "c",
                                    "from_on": "2024-07-01"})  # fmt: skip
    (line,) = deployments(workspace, SHOP)
    assert "threshold in use" in line.health.reason
    assert "thresholds.m" in line.health.reason


def test_a_case_that_needs_no_decision_asks_for_no_threshold(empty):
    assert log(shop(empty, "demand_forecast"), scored(rows())).status is Status.COMMITTED


def test_a_model_without_a_value_case_is_asked_nothing(empty):
    assert log(empty, scored(rows())).status is Status.COMMITTED
    shop(empty, "fraud_blocking")
    assert reading(empty).notes.asks_threshold


def test_classes_that_do_not_say_which_is_positive_are_asked_about(empty):
    workspace = shop(empty, "targeted_intervention")
    lines = [
        (a, b, "m", "leaves" if c >= 0.3 else "stays", "", d, "")
        for a, b, c, d in rows(yes="leaves", no="stays")
    ]
    asked = log(workspace, lines)
    (question,) = asked.questions
    assert (question.key, question.choices) == ("positives.m", ["leaves", "stays"])
    assert log(workspace, lines, positives={"m": "leaves"}).status is Status.COMMITTED
    found = by_week(workspace)
    for k in (0, 1):
        week = [line for line in lines if (int(line[1][-2:]) > 7) == bool(k)]
        predicted, actual = [line[3] for line in week], [line[5] for line in week]
        assert found[k]["recall"] == (
            metrics.recall_score(actual, predicted, pos_label="leaves"), actual.count("leaves"),
        )  # fmt: skip


def test_decisions_of_people_give_coverage_and_selective_error(empty):
    """Of three classes; sure cases are followed, the others go to the desk."""
    workspace = shop(empty, "triage_automation")
    rng = np.random.default_rng(5)
    lines = []
    for i in range(700):
        actual, is_sure = "abc"[rng.integers(3)], rng.random() < 0.6
        predicted = actual if rng.random() < (0.95 if is_sure else 0.6) else "a"
        lines.append(
            (f"p{i}", f"2024-07-{1 + i % 14:02}", "m", predicted, "", actual,
             "" if is_sure else "desk")
        )  # fmt: skip
    done = log(workspace, lines)
    found = by_week(workspace)
    for k in (0, 1):
        week = [line for line in lines if (int(line[1][-2:]) > 7) == bool(k)]
        alone = [line for line in week if not line[6]]
        wrong = 1 - metrics.accuracy_score([x[5] for x in alone], [x[3] for x in alone])
        assert found[k]["coverage"] == (len(alone) / len(week), len(week))
        assert found[k]["selective_error"] == (pytest.approx(wrong), len(alone))
    assert not [w for w in done.warnings if w.code == "also-needed"]


@pytest.mark.parametrize("decision", ["", "auto"])
def test_a_log_that_does_not_tell_who_decided_gives_no_coverage(empty, decision):
    """Nobody wrote decisions, or they are never called like what was predicted."""
    workspace = shop(empty, "triage_automation")
    lines = [(a, b, "m", "x", "", "x", decision) for a, b, *_ in rows(100)]
    log(workspace, lines)
    assert reading(workspace).periods == {}


def test_coverage_is_of_all_scored_whether_the_outcome_is_known_or_not(empty):
    workspace, cases = shop(empty, "triage_automation"), rows()
    lines = [(*line[:5], "" if i % 2 else line[5], "") for i, line in enumerate(scored(cases))]
    log(workspace, lines, thresholds={"m": "0.4"})
    for k, of in enumerate(by_week(workspace)):
        week = in_week(cases, k)
        assert of["coverage"] == (np.mean([c[2] >= 0.4 for c in week]), len(week))
    statuses = {(n, m.label_status) for of in reading(workspace).periods.values()
                for n, m in of.items()}  # fmt: skip
    assert statuses == {("coverage", "final"), ("selective_error", "partial")}


def test_what_a_mechanism_needs_and_nobody_reports_is_said_on_the_receipt(empty):
    workspace = shop(empty, "triage_automation")
    save(workspace, "quantities", {"value_case_id": "c", "name": "coverage", "written": "0.5"})
    head = "model_id,metric,value,n,period_start,granularity\n"
    done = put(workspace, head + "m,selective_error,0.04,300,2024-07-01,P1W\n")
    (line,) = [w for w in done.warnings if w.code == "also-needed"]
    assert line.message == (
        "This value case also needs Coverage; nobody reports it, so the plan's value is used."
    )
    assert "also-needed" not in {w.code for w in without_figures(done).warnings}
    both = put(workspace, head + "m,coverage,0.6,300,2024-07-01,P1W\n")
    assert not [w for w in both.warnings if w.code == "also-needed"]


def test_a_metric_that_is_neither_reported_nor_planned_leaves_no_value(empty):
    workspace = shop(empty, "triage_automation")
    done = put(workspace, "model_id,metric,value,n,period_start,granularity\n"
                          "m,selective_error,0.04,300,2024-07-01,P1W\n")  # fmt: skip
    (line,) = [w for w in done.warnings if w.code == "also-needed"]
    assert line.message.endswith(
        "nobody reports it, and nothing is planned of Coverage, so there is no value of now."
    )


def test_the_error_of_a_duration_is_that_of_its_rows_and_its_unit_is_said(empty):
    workspace = shop(empty, "eta")
    rng = np.random.default_rng(2)
    actual = rng.gamma(4, 10, 400)
    predicted = actual + rng.normal(0, 6, 400)
    lines = [
        (f"p{i}", f"2024-07-{1 + i % 14:02}", "m", p, "", y, "")
        for i, (p, y) in enumerate(zip(predicted.round(4), actual.round(4), strict=True))
    ]
    done = log(workspace, lines)
    for k, of in enumerate(reading(workspace).periods.values()):
        week = [line for line in lines if (int(line[1][-2:]) > 7) == bool(k)]
        expected = metrics.root_mean_squared_error([x[5] for x in week], [x[3] for x in week])
        assert of["rmse"].value == pytest.approx(expected)
        assert of["rmse"].value_se == pytest.approx(expected / np.sqrt(2 * len(week)))
    (line,) = [w for w in done.warnings if w.code == "computed-from-log"]
    assert "in min/job" in line.message


@pytest.mark.parametrize("y_true", ["", "n/a", "12"])
def test_a_log_of_one_row_or_without_sense_gives_a_reason_and_no_figure_that_is_wrong(
    empty, y_true
):
    workspace = shop(empty, "eta")
    receipt = log(workspace, [("p", "2024-07-03", "m", "12", "", y_true, "")],
                  outcomes={"n/a": "a class of its own"})  # fmt: skip
    assert receipt.status is Status.COMMITTED, receipt
    assert reading(workspace).periods == {}
    assert case_value(workspace, SHOP, "c").current is None


def test_a_log_that_calls_the_classes_otherwise_is_asked_which_they_are(empty):
    """The class that recall is of had moved for all earlier predictions, too."""
    workspace = shop(empty, "fraud_blocking")
    first = [("a", "2024-07-01", "m", "1", "", "1", ""), ("b", "2024-07-02", "m", "0", "", "1", ""),
             ("c", "2024-07-03", "m", "0", "", "0", "")]  # fmt: skip
    words = {"1": "ja", "0": "nein"}
    then = [
        (f"{i}2", day.replace("-07-0", "-07-1"), m, words[p], s, words[y], d)
        for i, day, m, p, s, y, d in first
    ]
    assert log(workspace, first).status is Status.COMMITTED
    asked = log(workspace, then)
    assert [(q.key, q.choices[0]) for q in asked.questions] == [
        ("outcomes.ja", "1"), ("outcomes.nein", "0")]  # fmt: skip
    done = log(workspace, then, outcomes={"ja": "1", "nein": "0"})
    assert done.status is Status.COMMITTED
    assert [week["recall"] for week in by_week(workspace)] == [(0.5, 2), (0.5, 2)]
    with workspace.store.reader() as reader:
        classes = {row["class"] for row in reader.rows("log_classes", project=SHOP)}
    assert classes == {"0", "1"}
    later = [(f"{i}3", day.replace("-1", "-2"), *rest) for i, day, *rest in then]
    again = log(workspace, later)
    assert again.status is Status.COMMITTED, "as answered before"
    assert "answered-before" in {w.code for w in again.warnings}
    assert by_week(workspace)[-1]["recall"] == (0.5, 2)


def test_classes_of_their_own_are_kept_once_that_is_answered(empty):
    workspace = shop(empty, "fraud_blocking")
    log(workspace, [("a", "2024-07-01", "m", "1", "", "1", "")])
    kept = {"ja": "keep", "nein": "keep"}
    then = [("b", "2024-07-08", "m", "ja", "", "nein", "")]
    done = log(workspace, then, outcomes=kept, positives={"m": "1"})
    assert done.status is Status.COMMITTED
    with workspace.store.reader() as reader:
        classes = {row["class"] for row in reader.rows("log_classes", project=SHOP)}
    assert classes == {"1", "ja", "nein"}
