"""What the intake promises beyond the specification's cases."""

import gzip
from datetime import date

import pytest

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile, rejected_csv, template
from mlpm_core.records import (
    KINDS,
    Deployment,
    Kpi,
    MetricResult,
    Model,
    Project,
    Reject,
    Status,
    columns,
)
from tests.intake.test_intake_cases import CASES, LEFT, judged
from tests.intake_stored import Shelf, told_of

HEADER = "model_id,metric,period_start,value,note\n"


def check(text, record=MetricResult, *, shelf=None, profile=None, accept_good=False, name="f.csv"):
    return told_of(
        text if isinstance(text, bytes) else text.encode(),
        name,
        record,
        stored=shelf,
        profile=profile,
        accept_good=accept_good,
    )


def row_of(judgement, record=MetricResult, at=0):
    return dict(zip([c.name for c in columns(record)], judgement.rows[at], strict=True))


def codes(judgement):
    return [(r.row, r.column, r.code) for r in judgement.receipt.rejects]


def test_the_template_of_every_kind_imports_without_a_fault_one_after_the_other():
    shelf = Shelf()
    for record in KINDS.values():
        judgement = check(template(record), record, shelf=shelf)
        assert judgement.receipt.status is Status.DRY_RUN, (record.kind, judgement.receipt)
        assert judgement.receipt.new == 1
        assert not [w for w in judgement.receipt.warnings if w.code != "new-model"]
        shelf.put(record, judgement)


def test_a_row_that_names_another_project_is_stopped_at_the_wall():
    text = "project,model_id\np,one\nother,two\n,three\n"
    judgement = check(text, Model)
    assert codes(judgement) == [(3, "project", "not-a-choice")]
    assert [row[0] for row in judgement.rows] == ["p", "p"]


def test_a_project_of_an_impossible_name_is_refused_at_once():
    with pytest.raises(InputError, match="no name for a project"):
        told_of(b"", "f.csv", Model, project=" =p")


def test_a_reference_to_what_is_not_stored_is_refused_and_names_the_nearest():
    text = template(Deployment).replace("triage-of-tickets", "triage-of-ticket")
    shelf = Shelf(models=["triage"], value_cases=["triage-of-tickets"])
    judgement = check(text, Deployment, shelf=shelf)
    assert codes(judgement) == [(2, "value_case_id", "unknown-reference")]
    assert "did you mean triage-of-tickets?" in judgement.receipt.rejects[0].message


def test_fields_of_other_kinds_are_typed_and_bounded():
    header = "deployment_id,model_id,value_case_id,slot,from_on,to_on,fresh_within_days,archived\n"
    shelf = Shelf(models=["m"], value_cases=["v"])
    good = check(header + "d,m,v,shadow,2024-01-31,,7.0,yes\n", Deployment, shelf=shelf)
    row = row_of(good, Deployment)
    assert row["from_on"] == date(2024, 1, 31)
    assert (row["to_on"], row["fresh_within_days"], row["archived"]) == (None, 7, True)
    bad = check(header + "d,m,v,Main,2024-W05,soon,0,maybe\n", Deployment, shelf=shelf)
    assert {(c, code) for _, c, code in codes(bad)} == {
        ("slot", "not-a-choice"),
        ("from_on", "not-a-date"),
        ("to_on", "not-a-date"),
        ("fresh_within_days", "out-of-range"),
        ("archived", "not-a-choice"),
    }
    assert "1 to 3650" in next(r.message for r in bad.receipt.rejects if r.code == "out-of-range")


def test_an_id_may_read_like_a_header_without_a_second_table_being_seen():
    assert check("model_id,purpose\nmodel,decides\n", Model).receipt.status is Status.DRY_RUN
    assert check("title,owner\nTitle of all,x\n", Project).receipt.status is Status.DRY_RUN


@pytest.mark.parametrize(
    "case",
    [c for i, c in CASES.items() if c["expect"]["status"] == "asked" and i not in LEFT],
    ids=lambda c: c["id"],
)
def test_every_question_can_be_answered_by_its_key_until_none_is_left(case):
    said = {"constants.model_id": "m1"}
    for _ in range(6):
        judgement = judged(case)
        if judgement.receipt.status is not Status.ASKED:
            break
        profile = Profile.model_validate(case["options"].get("profile", {}))
        for asked in judgement.receipt.questions:
            value = asked.choices[0] if asked.choices else said[asked.key]
            profile = profile.answered(asked.key, value)
            assert profile.answers()
        options = case["options"] | {"profile": profile.model_dump(exclude_defaults=True)}
        case = case | {"options": options}
    assert judgement.receipt.status is not Status.ASKED
    assert judgement.receipt.lines


@pytest.mark.parametrize(
    ("case", "answers", "values"),
    [
        ("26a", ["decimal=,"], [0.91]),
        ("27a", ["decimal=."], [1.234, 2.345]),
        ("27a", ["decimal=,", "thousands=."], [1234.0, 2345.0]),
        ("25b", ["second_table=skip"], [0.8, 0.81, 0.82]),
        ("25b", ["second_table=first"], [0.8, 0.81]),
        ("24c", ["skip_lines=2"], [0.8]),
        ("19c", ["columns.value(%)=value"], [0.8]),
        ("51a", ["wide=recall,precision"], [0.8, 0.7, 0.81, 0.71]),
        ("51a", ["wide=recall"], [0.8, 0.81]),
        ("51d", ["wide=recall", "constants.model_id=m1"], [0.8]),
        ("14a", ["encoding=UTF-16"], [0.8]),
        ("14f", ["encoding=Shift-JIS"], [0.8]),
        ("40a", ["restatement=confirm"], [0.9, 0.81]),
    ],
)
def test_an_answer_means_what_it_says(case, answers, values):
    profile = Profile()
    for said in answers:
        profile = profile.answered(*said.split("=", 1))
    options = CASES[case]["options"] | {"profile": profile.model_dump(exclude_defaults=True)}
    judgement = judged(CASES[case] | {"options": options})
    assert judgement.receipt.status is Status.DRY_RUN, judgement.receipt
    assert [row_of(judgement, at=i)["value"] for i in range(len(judgement.rows))] == values


def test_a_comma_after_a_decimal_point_was_named_is_asked_about_not_guessed():
    text = "model_id;metric;period_start;value\nm1;mae;2024-01-01;1,234\n"
    first = check(text).receipt.questions[0]
    assert (first.code, first.key) == ("decimal-mark", "decimal")
    second = check(text, profile=Profile(decimal=".")).receipt.questions[0]
    assert (second.key, second.choices) == ("thousands", [",", "none"])
    assert row_of(check(text, profile=Profile(decimal=".", thousands=",")))["value"] == 1234.0
    rejected = check(text, profile=Profile(decimal=".", thousands="none"))
    assert codes(rejected) == [(2, "value", "not-a-number")]


@pytest.mark.parametrize(
    ("day", "header", "said", "expected"),
    [
        ("2024-02-01", "day", "", "P1D"),
        ("2024-02-01", "week", "", "P1W"),
        ("2024-02-01", "Month", "", "P1M"),
        ("2024-W05", "month", "", "P1W"),
        ("2024-02", "date", "", "P1M"),
        ("2024-02-01T00:00:00Z", "date", "", "P1D"),
        ("2024-02-01 07:00", "date", "", ""),
        ("2024-02-01", "week", "P3M", "P3M"),
    ],
)
def test_the_length_of_a_period_comes_from_its_own_row_and_header(day, header, said, expected):
    text = f"model,metric,{header},value,granularity\nm,mae,{day},1,{said}\n"
    assert row_of(check(text))["granularity"] == expected


def test_metrics_are_matched_to_the_registry_like_headers():
    text = (
        HEADER
        + "m,ROC AUC,2024-01-01,0.8,\nm,auc,2024-01-02,0.8,\nm,Average-Precision,2024-01-01,1,\n"
    )
    judgement = check(text)
    assert [row_of(judgement, at=i)["metric"] for i in range(3)] == ["roc_auc", "roc_auc", "pr_auc"]
    assert [w.code for w in judgement.receipt.warnings] == ["new-model"]


def test_a_model_that_looks_like_a_stored_one_is_asked_about_and_both_answers_hold():
    shelf = Shelf(models=["Pay-1"])
    text = HEADER + "p\u0430y 1,recall,2024-01-01,0.8,\n"
    asked = check(text, shelf=shelf).receipt.questions
    assert [(q.code, q.key, q.choices) for q in asked] == [
        ("look-alike", "look_alike", ["new", "stored"])
    ]
    as_stored = check(text, shelf=shelf, profile=Profile(look_alike="stored"))
    assert (row_of(as_stored)["model_id"], as_stored.new_models) == ("Pay-1", [])
    as_new = check(text, shelf=shelf, profile=Profile(look_alike="new"))
    assert as_new.new_models == ["p\u0430y 1"]
    assert check("model_id\npay1\n", Model, shelf=shelf).receipt.status is Status.ASKED


def test_new_changed_and_identical_rows_are_counted_apart():
    shelf = Shelf()
    first = HEADER + "m,recall,2024-01-01,0.8,\nm,recall,2024-01-02,0.8,\n"
    shelf.put(MetricResult, check(first, shelf=shelf))
    second = (
        HEADER + "m,recall,2024-01-01,0.80,\nm,recall,2024-01-02,0.9,\nm,recall,2024-01-03,1,\n"
    )
    judgement = check(second, shelf=shelf, profile=Profile(restatement="confirm"))
    r = judgement.receipt
    assert (r.new, r.changed, r.identical, r.accepted, r.ignored) == (1, 1, 1, 2, 1)
    assert judgement.lines == [3, 4]
    question = check(second, shelf=shelf).receipt.questions[0]
    change = "m, recall, Tue 2 Jan 2024: 0.8 to 0.9"
    assert question.message == f"1 line changes what is stored: {change}. Confirm?"
    assert question.preview == [change]


def test_rejecting_a_row_afterwards_moves_it_and_forgets_its_model():
    text = HEADER + "m1,recall,2024-01-01,0.8,\nm2,recall,2024-01-01,0.8,\n"
    health = check(text)
    judgement = health.judgement
    fault = Reject(row=3, column="model_id", code="rule", message="No.", hint="Mend it.")
    strict = judgement.rejecting([fault], accept_good=False)
    assert strict.receipt.status is Status.REJECTED
    assert (strict.receipt.accepted, strict.receipt.rejected, strict.receipt.new) == (1, 1, 1)
    assert (strict.lines.tolist(), strict.new_models) == ([2], ["m1"])
    lenient = judgement.rejecting([fault], accept_good=True)
    assert lenient.receipt.status is Status.DRY_RUN
    none_left = lenient.rejecting([fault.model_copy(update={"row": 2})], accept_good=True)
    assert none_left.receipt.status is Status.REJECTED
    assert not none_left.receipt.warnings
    assert b"m2,recall,2024-01-01,0.8,,3,model_id,rule,No.,Mend it." in rejected_csv(
        health.asked, strict.receipt.rejects
    )


def test_rejected_cells_and_reasons_are_no_formulas_and_all_else_stays_as_it_came():
    raw = '=1+1,bias,2024-01-01,"-5","@SUM(A1),""x"""'
    lines = check(HEADER + raw + "\n").rejected_csv().decode().splitlines()
    safe = '\'=1+1,bias,2024-01-01,"-5","\'@SUM(A1),""x""",2,model_id,unsafe-name,'
    assert lines[1].startswith(safe + "'=1+1 could be read")


def test_rejected_rows_keep_encoding_preamble_and_line_ends():
    text = "Bericht für März\r\nmodel_id;metric;period_start;value\r\n"
    text += "Müller;recall;2024-01-01;hoch\r\n"
    profile = Profile(encoding="cp1252", skip_lines=1)
    judgement = check(text.encode("cp1252"), profile=profile)
    back = judgement.rejected_csv()
    assert back.startswith(text.encode("cp1252").split(b"model_id")[0] + b"model_id;")
    assert b"\r\nM\xfcller;recall;2024-01-01;hoch;3;value;not-a-number;" in back
    mended = check(back.replace(b"hoch", b"0.5"), profile=profile)
    assert mended.receipt.status is Status.DRY_RUN
    twice = check(back, profile=profile).rejected_csv()
    assert twice == back


def test_a_wide_row_is_stored_as_one_result_per_filled_metric():
    text = "day,model,recall,AUC\n2024-01-01,m,0.8,\n2024-01-02,m,0.7,0.9\n2024-01-03,m,,\n"
    judgement = check(text, profile=Profile(wide=("recall", "AUC")))
    assert judgement.receipt.accepted == 3
    assert judgement.lines == [2, 3, 3]
    assert [row_of(judgement, at=i)["metric"] for i in range(3)] == ["recall", "recall", "roc_auc"]
    twice = check(
        "day,model,auc,ROC AUC\n2024-01-01,m,0.8,0.9\n", profile=Profile(wide=("auc", "roc_auc"))
    )
    assert codes(twice) == [(None, "roc_auc", "duplicate-label")]


def test_a_profile_of_an_earlier_wide_file_does_not_hide_other_metrics():
    asked = check("day,model,wape\n2024-01-01,m,0.8\n", profile=Profile(wide=("recall",)))
    assert [q.code for q in asked.receipt.questions] == ["wide-layout"]


def test_answers_that_name_no_field_are_an_error_of_the_caller():
    with pytest.raises(InputError, match="has no field 'valu'"):
        check(HEADER, profile=Profile(columns={"value(%)": "valu"}))
    with pytest.raises(InputError, match=r"constants\.model_id: =x could be read as a formula"):
        check("metric,day,value\nmae,2024-01-01,1\n", profile=Profile(constants={"model_id": "=x"}))


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        (
            "r.xlsx",
            b"PK\x03\x04..[Content_Types].xml",
            "looks like a damaged workbook",
        ),
        ("r.csv.gz", gzip.compress(b"%PDF-1.7", mtime=0), "looks like a PDF document"),
        ("r.parquet", b"PAR1\x15\x04", "looks like a damaged Parquet file"),
        ("r.csv", b"PAR1\x15\x04", "looks like a Parquet file, not like its name"),
        ("r.csv", b'{"rows": []}', "looks like a JSON document, not like its name"),
        ("r.txt", b"\xef\xbb\xbf<?xml version='1.0'?>", "looks like an XML document"),
        ("r.json", b"a,b\n1,2\n", "looks like text, not like its name"),
        ("r.csv", b"\x89PNG\r\n", "looks like an image"),
        ("r.csv", b"SQLite format 3\x00", "looks like an SQLite database"),
        ("r.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "looks like an XLS workbook"),
    ],
)
def test_what_is_not_text_is_named_for_what_it_is(name, data, says):
    receipt = check(data, name=name).receipt
    assert [(r.row, r.code) for r in receipt.rejects] == [(None, "wrong-type")]
    assert says in receipt.rejects[0].message
    assert "CSV" in receipt.rejects[0].hint


def test_bad_bytes_are_named_by_line_and_byte_and_never_leave_the_receipt():
    data = (HEADER + "m,recall,2024-01-01,0.8,\n").encode() + b"m,recall,2024-01-02,0.8,a\x81,\n"
    data = data.replace(b"a\x81,", "ü".encode() + b"\x81")
    reject = check(data).receipt.rejects[0]
    assert (reject.row, reject.code) == (3, "bad-encoding")
    assert reject.message.startswith("Line 3, byte 27: not valid UTF-8")
    header = check(b"model_id,metric,period_start,value,\x81\xff\nm,mae,2024-01-01,1,\n")
    assert codes(header) == [(None, None, "bad-encoding")]


def test_long_cells_are_caught_in_quoted_records_of_many_short_lines():
    note = "\n".join(["x" * 60] * 600)
    receipt = check(HEADER + f'm,mae,2024-01-01,1,"{note}"\n').receipt
    assert [r.code for r in receipt.rejects] == ["limit-cell"]
    assert "Line 2, note: 36599 characters" in receipt.rejects[0].message


def test_a_broken_quote_in_every_line_is_read_in_linear_time():
    lines = "".join(f'm,mae,2024-01-01,{i},"open\n' for i in range(20_000))
    receipt = check(HEADER + lines).receipt
    assert (receipt.rejected, receipt.lines) == (20_000, 20_000)
    assert receipt.rejects[0].code == "wrong-width"


def test_kpis_are_checked_by_their_own_columns():
    text = template(Kpi).replace("revenue", "fame")
    shelf = Shelf(value_cases=["triage-of-tickets"])
    judgement = check(text, Kpi, shelf=shelf)
    assert codes(judgement) == [(2, "dimension", "not-a-choice")]
    assert "customer_experience" in judgement.receipt.rejects[0].message


@pytest.mark.parametrize(("swallowed", "is_text"), [("0.8", False), ("80", True), ("high", True)])
def test_a_quoted_note_may_hold_a_line_unless_that_is_a_valid_row(swallowed, is_text):
    note = f'"see\nm1,recall,2024-01-02,{swallowed},'
    judgement = check(HEADER + f'm1,recall,2024-01-01,0.8,{note}\nend"\n')
    assert (judgement.receipt.status is Status.DRY_RUN) is is_text
    if is_text:
        assert row_of(judgement)["note"] == f"see\nm1,recall,2024-01-02,{swallowed},\nend"
    else:
        assert (2, "note", "unterminated-quote") in codes(judgement)
