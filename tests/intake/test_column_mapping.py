"""A mapping of columns: what is suggested, and the answers that say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from mlpm_core.errors import InputError
from mlpm_core.intake import ImportRequest, Profile
from mlpm_core.intake.pipeline import corrected, look, to_correct
from mlpm_core.records import MetricResult, Prediction, columns, record_of
from mlpm_core.services.ingest.column_mapping import (
    PUT_ASIDE,
    ColumnChoice,
    mapping_answers,
    unfilled,
    without_mapping,
)
from tests.intake_stored import told_of

NOW = datetime(2026, 6, 30, 12)
GERMAN = "Modell;Kennzahl;Woche;Wert;Anzahl\nm;recall;2024-02-05;0.8;410\n"
TWICE = "model,metric,week,value,value,\nm,recall,2024-02-05,0.8,7,x\n"


def request(text, kind="metric_results", answers=()):
    profile = Profile()
    for answer in answers:
        key, _, value = answer.partition("=")
        profile = profile.answered(key, value)
    data = text if isinstance(text, bytes) else text.encode()
    return ImportRequest(data, "f.csv", kind, "p", NOW, profile)


def suggested(text, **asked):
    return [ColumnChoice(c.field or c.suggestion, c.suggested_unit) for c in seen(text, **asked)]


def seen(text, **asked):
    return look(request(text, **asked)).columns


def rows(text, answers, record=MetricResult, kind="metric_results"):
    asked = request(text, kind, answers)
    told = told_of(asked.data, asked.filename, record, now=NOW, profile=asked.profile)
    assert told.receipt.status == "dry_run", (told.receipt.questions, told.receipt.rejects)
    names = [c.name for c in columns(record)]
    return told.receipt, [dict(zip(names, row, strict=True)) for row in told.rows]


@pytest.mark.parametrize(
    ("text", "kind", "fields"),
    [
        (GERMAN, "metric_results", ["model_id", "metric", "period_start", "value", "n"]),
        ("Model Name,Metric Name,Week Start,Metric Value,Size\nchurn,recall,2024-02-05,1,4\n",
         "metric_results", ["model_id", "metric", "period_start", "value", "n"]),
        ("week,model,val_recall,Recall (%),comment\n2024-02-05,m,0.8,80,fine\n",
         "metric_results",
         ["period_start", "model_id", "metric:recall", "metric:recall", ""]),
        ("model,metric,week,value,colour\nm,recall,2024-02-05,0.8,red\n",
         "metric_results", ["model_id", "metric", "period_start", "value", ""]),
        ("what,which,when,how much\nm,recall,2024-02-05,0.8\n",
         "metric_results", ["", "metric", "period_start", "value"]),
    ],
)  # fmt: skip
def test_columns_are_suggested_by_their_names_and_by_what_they_hold(text, kind, fields):
    assert [c.holds for c in suggested(text, kind=kind)] == fields


def test_the_answers_of_a_mapping_read_the_file_and_are_taken_one_by_one():
    what = look(request(GERMAN))
    answers = mapping_answers(what, suggested(GERMAN), {}, {"fields.model_id"})
    assert answers == [
        "columns.Modell=model_id", "columns.Kennzahl=metric", "columns.Woche=period_start",
        "columns.Wert=value", "columns.Anzahl=n",
    ]  # fmt: skip
    _, (row,) = rows(GERMAN, answers)
    assert (row["model_id"], row["metric"], row["value"], row["n"]) == ("m", "recall", 0.8, 410)
    read = look(request(GERMAN, answers=answers))  # gone through again, nothing is forgotten
    assert mapping_answers(read, [ColumnChoice(c.field) for c in read.columns], {}) == answers


def test_what_no_column_holds_is_a_constant():
    text = "metric,week,value\nrecall,2024-02-05,0.8\n"
    what, choices = look(request(text)), suggested(text)
    assert [f.name for f in unfilled(what, choices, {})] == ["model_id"]
    with pytest.raises(InputError, match="Model"):
        mapping_answers(what, choices, {"model_id": " "})
    answers = mapping_answers(what, choices, {"model_id": "m", "granularity": "P1M"})
    _, (row,) = rows(text.replace("02-05", "02-01"), answers)
    assert (row["model_id"], row["granularity"]) == ("m", "P1M")


BESIDE = "id,Date,Time,tz,zone,model,prediction\n1,2024-02-05,9:30,CET,north,m,1\n"


@pytest.mark.parametrize(
    ("time", "zone", "answers", "expected"),
    [
        ("", "", [], datetime(2024, 2, 5, 8, 30)),
        ("", PUT_ASIDE, ["columns.tz=ignore"], datetime(2024, 2, 5, 9, 30)),
        (PUT_ASIDE, PUT_ASIDE, ["columns.Time=ignore", "columns.tz=ignore"], datetime(2024, 2, 5)),
    ],
)
def test_what_is_read_with_times_beside_it_may_be_put_aside(time, zone, answers, expected):
    asked = {"kind": "prediction_log"}
    assert [c.header for c in seen(BESIDE, **asked) if c.is_beside] == ["Time", "tz"]
    holds = ["prediction_id", "ts", time, zone, "", "model_id", "y_pred"]
    found = mapping_answers(look(request(BESIDE, **asked)), [*map(ColumnChoice, holds)], {},
                            ["fields.ts"])  # fmt: skip
    assert [a for a in found if "ignore" in a] == answers
    _, (row,) = rows(BESIDE, found, Prediction, "prediction_log")
    assert row["ts"] == expected
    put_aside = [c.header for c in seen(BESIDE, **asked, answers=found) if c.is_ignored]
    assert put_aside == [a.split(".")[1].split("=")[0] for a in answers]


def test_columns_of_one_name_or_of_none_are_told_apart_by_their_place():
    assert [c.key for c in seen(TWICE)][3:] == ["column 4", "column 5", "column 6"]
    assert [c.must_be_told for c in seen(TWICE)] == [False] * 3 + [True] * 3
    choices = [ColumnChoice(c.field) for c in seen(TWICE)]
    choices[4:] = [ColumnChoice("n"), ColumnChoice("note")]
    _, (row,) = rows(TWICE, mapping_answers(look(request(TWICE)), choices, {}))
    assert (row["value"], row["n"], row["note"]) == (0.8, 7, "x")
    choices[4:] = [ColumnChoice(), ColumnChoice()]
    _, (row,) = rows(TWICE, mapping_answers(look(request(TWICE)), choices, {}))
    assert (row["value"], row["n"], row["note"]) == (0.8, None, "")


def test_a_metric_per_column_keeps_names_with_commas_and_units():
    text = 'week,model,"loss, log",Recall (%)\n2024-02-05,m,0.4,81\n'
    what = look(request(text))
    choices = [ColumnChoice("period_start"), ColumnChoice("model_id"),
               ColumnChoice("metric:log_loss"), ColumnChoice("metric:recall", "%")]  # fmt: skip
    answers = mapping_answers(what, choices, {})
    assert answers[-1] == "wide=loss%2C log,Recall (%)"
    _, stored = rows(text, answers)
    assert {r["metric"]: r["value"] for r in stored} == {"log_loss": 0.4, "recall": 0.81}
    again = [c.field for c in seen(text, answers=answers)]
    assert again == ["period_start", "model_id", "metric:log_loss", "metric:recall"]
    assert without_mapping([*answers, "date_order=dmy"], what) == ["date_order=dmy"]


COST = "model,month,cost_type,Betrag\nchurn,2024-01,inference,1.5\n"


@pytest.mark.parametrize(
    ("unit", "answer", "amount"),
    [("k EUR", "amount in k EUR", 1500.0), ("times 0.001", "amount times 0.001", 0.0015),
     ("1000", "amount times 1000", 1500.0), ("", "amount", 1.5)],
)  # fmt: skip
def test_a_unit_or_a_factor_is_one_answer_of_its_column(unit, answer, amount):
    choices = [ColumnChoice(c.field) for c in seen(COST, kind="cost_log")]
    choices[3] = ColumnChoice("amount", unit)
    constants = {"currency": "EUR"} if "EUR" not in unit else {}
    answers = mapping_answers(look(request(COST, "cost_log")), choices, constants)
    assert f"columns.Betrag={answer}" in answers
    _, (row,) = rows(COST, answers, record_of("cost_log"), "cost_log")
    assert row["amount"] == amount


@pytest.mark.parametrize(
    ("answer", "says"),
    [("amount in hours", "cannot be converted"), ("model_id in %", "holds no numbers"),
     ("amount times 1e300", "between 1e-12 and 1e12")],
)  # fmt: skip
def test_a_unit_that_cannot_be_converted_is_refused_not_taken_for_percent(answer, says):
    """An amount in hours had been multiplied by 0.01."""
    with pytest.raises(InputError, match=says):
        look(request(COST, "cost_log", [f"columns.Betrag={answer}"]))


@pytest.mark.parametrize(
    ("holds", "says"),
    [(("model_id", "metric", "value", "value"), "Two columns hold Value"),
     (("model_id", "metric:recall", "value", ""), "one column for each metric"),
     (("model_id", "metric", "", ""), "Nothing holds")],
)  # fmt: skip
def test_a_mapping_that_contradicts_itself_says_so(holds, says):
    text = "a,b,c,d\nm,recall,0.8,0.9\n"
    with pytest.raises(InputError, match=says):
        mapping_answers(look(request(text)), [*map(ColumnChoice, holds)], {})


def test_the_line_that_was_told_is_the_header_though_a_later_one_looks_like_one():
    text = "A,B,C,D\nm,recall,2024-02-05,0.8\nmodel,metric,week,value\n"
    assert look(request(text, answers=["skip_lines=0", "second_table=first"])).header_line == 1


# Rejected lines.
BAD = (
    "model,metric,week,value,note\r\n"
    "m,recall,2024-02-05,0.8,ok\r\n"
    "m,recall,2024-02-12,abc,=1+1\r\n"
    "\r\n"
    "m,recall,2024-02-19,0.7\r\n"
    'm,recall,2024-02-26,9,"two\r\nlines"\r\n'
    "m,recall,2024-03-04,0.6,x,y\r\n"
)


def totals(receipt):
    return (receipt.lines, receipt.accepted, receipt.rejected, receipt.blank, receipt.ignored)


def judged(data):
    return told_of(data, "f.csv", MetricResult, now=NOW).receipt


def test_rejected_lines_are_corrected_cell_by_cell_and_no_line_is_lost():
    first = judged(BAD.encode())
    assert totals(first) == (6, 1, 4, 1, 0)
    table = to_correct(request(BAD), first.rejects, 200)
    assert table.headers == ["model", "metric", "week", "value", "note", "extra cell 1"]
    assert [x.row for x in table.lines] == [3, 5, 6, 8]
    assert table.lines[0].cells == ["m", "recall", "2024-02-12", "abc", "=1+1", ""]
    assert table.lines[2].cells[4] == "two\r\nlines"
    assert "abc is not a number" in table.lines[0].message
    anew = {x.row: [*x.cells] for x in table.lines}
    anew[3][3], anew[5][4], anew[6][3], anew[8][5] = "0.81", "-", "0.9", ""
    data = corrected(request(BAD), anew)
    second = judged(data)
    assert totals(second) == (6, 5, 0, 1, 0)
    _, stored = rows(data, [])
    assert [r["note"] for r in stored] == ["ok", "=1+1", "-", "two\r\nlines", "x"]
    assert data.splitlines()[1] == BAD.encode().splitlines()[1]


def test_lines_that_nobody_corrected_stay_as_they_came():
    data = corrected(request(BAD), {3: ["m", "recall", "2024-02-12", "0.81", "fine", ""]})
    assert totals(judged(data)) == (6, 2, 3, 1, 0)
    assert corrected(request(BAD), {}) == BAD.encode()


def test_a_file_in_another_encoding_is_corrected_as_utf_8():
    text = "model;metric;week;value;note\nm;recall;2024-02-05;abc;für\nm;recall;2024-02-12;0.8;é\n"
    asked = request(text.encode("cp1252"), answers=["encoding=cp1252"])
    table = to_correct(asked, told_of(asked.data, "f.csv", MetricResult, now=NOW,
                                      profile=asked.profile).receipt.rejects, 200)  # fmt: skip
    (line,) = table.lines
    anew = replace(line, cells=[*line.cells[:3], "0.7", line.cells[4]])
    data = corrected(asked, {line.row: anew.cells})
    assert data.decode() == text.replace("abc", "0.7")


def test_more_columns_of_numbers_than_a_result_has_are_suggested_as_metrics_of_their_names():
    names = [f"share_{i}" for i in range(12)]
    text = f"model,week,{','.join(names)}\nm,2026-01-05,{','.join(['0.5'] * 12)}\n"
    columns = look(request(text, "metric_results")).columns
    assert [c.suggestion for c in columns[2:]] == [f"metric:{name}" for name in names]
    few = look(request("model,week,a,b\nm,2026-01-05,0.5,0.6\n", "metric_results")).columns
    assert not any(c.suggestion.startswith("metric:") for c in few)
