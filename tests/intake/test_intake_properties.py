"""What holds for any file: nothing is lost, nothing crashes, and spelling does not matter."""

import csv
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from mlpm_core.intake import Limits, Profile
from mlpm_core.intake.columns.cell_parser import Grammar
from mlpm_core.intake.columns.fast_path import Cells, read_all
from mlpm_core.intake.files.csv_records import table
from mlpm_core.intake.files.lines import Lines
from mlpm_core.records import KINDS, ColumnKind, MetricResult, Receipt, Status, columns
from tests.intake_stored import NOW, Shelf, told_of

HEADER = "model_id,metric,period_start,value,n,note"
BASE = f'''{HEADER}
m1,recall,2024-01-01,0.80,100,fine
m1,recall,2024-01-02,0.81,100,"two
lines, and a ""quote"""
m1,wape,2024-W05,0.3,,
Ünit 7,joy,2024-03-31 02:30,-5,12,=1+1

m2,auc,01/02/2024,0.9,1,
'''.encode()


def judged(data, *, record=MetricResult, shelf=None, profile=None, accept_good=False, name="f.csv"):
    return told_of(data, name, record, stored=shelf, profile=profile, accept_good=accept_good)


def adds_up(judgement):
    r = judgement.receipt
    assert r.lines == r.accepted + r.rejected + r.blank + r.ignored
    assert r.accepted >= len(set(judgement.lines)) == r.new + r.changed
    assert len(judgement.lines) == len(judgement.rows)
    rows_at_fault = {x.row for x in r.rejects if x.row is not None}
    assert len(rows_at_fault) == r.rejected
    assert Receipt.model_validate_json(r.model_dump_json()) == r
    if r.status is Status.ASKED:
        assert r.lines == 0
        assert r.questions
        assert not r.rejects
    elif not r.rejected and not r.rejects:
        assert r.status is Status.DRY_RUN


mutations = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 3),
        st.sampled_from(
            [b'"', b'""', b",", b"\n", b"\r", b"\r\n", b";", b"\x00", b"\x81", b"\xff", b"=", b"-",
             b"\xe2\x80\x8b", b"1e400", b"nan", b"45292", HEADER.encode() + b"\n", b" "]
        ),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(mutations, st.booleans())
def test_a_mutated_file_is_judged_and_every_line_is_accounted_for(changes, is_answered):
    data = BASE
    for where, n_dropped, piece in changes:
        at = int(where * len(data))
        data = data[:at] + piece + data[at + n_dropped :]
    profile = Profile(
        date_order="dmy", excel_serial="1900", second_table="skip", skip_lines=0, decimal=".",
        thousands="none", empty_last_column="ignore", encoding="cp1252",
    )  # fmt: skip
    judgement = judged(data, profile=profile if is_answered else None)
    adds_up(judgement)
    if judgement.receipt.lines:
        judgement.rejected_csv()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_whatever_crash_the_check(data):
    adds_up(judged(data))


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"]), max_size=8)
notes = st.text(st.sampled_from('abc ,;"\t|\n\u00e9='), max_size=8)
results = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 28), st.integers(0, 100), notes),
    min_size=1,
    max_size=8,
    unique_by=lambda r: r[:2],
)


def written(rows, delimiter, end, quoting):
    text = io.StringIO()
    if any("\n" in note for *_, note in rows) and "\n" not in end:
        quoting = csv.QUOTE_ALL  # the csv module quotes a line break only if it ends lines
    out = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    out.writerow(["model_id", "metric", "period_start", "value", "note"])
    for model, day, share, note in rows:
        out.writerow([f"m{model}", "recall", f"2024-01-{day:02}", f"{share / 100:.2f}", note])
    return text.getvalue()


@settings(max_examples=150, deadline=None)
@given(
    results,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
    st.booleans(),
)
def test_line_ends_quotes_delimiter_and_bom_do_not_change_the_rows(
    rows, delimiter, end, quoting, bom, ends_open
):
    # A note that holds a lone quote on a line of its own could pass as a row: that is refused.
    plain = judged(written(rows, ",", "\n", csv.QUOTE_MINIMAL).encode())
    text = written(rows, delimiter, end, quoting)
    other = judged(bom + (text.removesuffix(end) if ends_open else text).encode())
    assert plain.receipt.status is Status.DRY_RUN
    assert other.rows == plain.rows
    assert [r[-1] for r in plain.rows] == [r[3] for r in rows]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text(max_size=5), min_size=3, max_size=3), min_size=1, max_size=10))
def test_whatever_the_csv_module_writes_is_read_back_cell_by_cell(rows):
    rows = [[c.replace("\r", "").replace("\x00", "") for c in r] for r in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    lines = table(Lines.of(text.getvalue()), 0, ",", ["a", "b", "c"], lambda _: False, Limits())
    read = [[c.cells[c.codes[i]] for c in lines.columns] for i in range(len(lines.lines))]
    assert not lines.damaged
    assert read == [r for r in rows if any(c.strip(" \t\u00a0\u202f") for c in r)]


common = st.sampled_from(
    ["", "1", "2", "0.5", "-3", "+.5", "5.", "1e3", "1e400", "nan", "NA", "m1", "m_2", "a b", "a ",
     " 1", "x" * 201, "1E5", "007", "-", "=1", "9" * 20, "12\n34", "\x00", "é", "none"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(common | cells, min_size=1, max_size=6, unique=True),
    st.sampled_from(
        [c for k in KINDS.values() for c in columns(k) if c.kind in
         (ColumnKind.NUMBER, ColumnKind.WHOLE, ColumnKind.NAME, ColumnKind.TEXT)]
    ),
)  # fmt: skip
def test_reading_a_column_at_once_equals_reading_it_cell_by_cell(texts, column):
    read = Grammar(Profile(), NOW).reader(column)
    one_by_one = Cells.of([read(t) for t in texts])
    assert read_all(column, texts, read, is_plain=True) == one_by_one


@settings(max_examples=50, deadline=None)
@given(results, st.integers(1, 7))
def test_any_split_of_a_file_gives_the_same_rows(rows, at):
    whole = judged(written(rows, ",", "\n", csv.QUOTE_MINIMAL).encode())
    parts = [p for p in (rows[:at], rows[at:]) if p]
    split = [judged(written(p, ",", "\n", csv.QUOTE_MINIMAL).encode()).rows for p in parts]
    assert [row for part in split for row in part] == whole.rows


answer = st.sampled_from(
    [("encoding", "cp1252"), ("decimal", ","), ("thousands", "space"), ("date_order", "mdy"),
     ("excel_serial", "1904"), ("empty_last_column", "ignore"), ("skip_lines", "2"),
     ("columns.value(%)", "value"), ("columns.a%3Db=c", "ignore"), ("constants.model_id", "a=b"),
     ("wide", "recall,ROC AUC"), ("hidden_rows", "skip"), ("restatement", "confirm"),
     ("look_alike", "stored"), ("second_table", "first"), ("cases", "denominator")]
)  # fmt: skip


@given(st.lists(answer, max_size=6))
def test_answers_rebuild_the_profile(said):
    profile = Profile()
    for key, value in said:
        if "=" not in key:
            profile = profile.answered(key, value)
    again = Profile()
    for text in profile.answers():
        key, _, value = text.partition("=")
        again = again.answered(key, value)
    assert again == profile


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("date_order", "year", "dmy, mdy, ymd"),
        ("dates", "dmy", "date_order"),
        ("columns", "value", "columns.HEADER"),
        ("skip_lines", "two", "whole number"),
        ("decimal", ";", ". , ,"),
    ],
)
def test_an_answer_that_cannot_be_used_names_what_can(key, value, says):
    with pytest.raises(InputError, match=says.replace(".", r"\.").replace(" ", ".*")):
        Profile().answered(key, value)


@settings(max_examples=100, deadline=None)
@given(
    results,
    st.lists(
        st.sampled_from(["high", "", "1,5", '"0.9', "nan", "0.5,x", "=1", "700"]),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_rejected_rows_come_back_as_they_came_and_once_mended_go_in(rows, bad, end):
    broken = [f"m9,recall,2025-02-{i + 1:02},{v},{end_note}" for i, (v, end_note) in
              enumerate((b, f"n{i}") for i, b in enumerate(bad))]  # fmt: skip
    text = written(rows, ",", end, csv.QUOTE_MINIMAL) + "".join(line + end for line in broken)
    judgement = judged(text.encode(), accept_good=True)
    assert judgement.receipt.status is Status.DRY_RUN
    assert judgement.receipt.rejected == len(bad)
    shelf = Shelf()
    shelf.put(MetricResult, judgement)
    back = judgement.rejected_csv()
    header, *lines = back.decode().removesuffix(end).split(end)
    assert header == "model_id,metric,period_start,value,note,_row,_column,_code,_message,_hint"
    assert len(lines) == len(bad)
    for line, raw in zip(lines, broken, strict=True):
        assert '"0.9' in raw or line.startswith(raw.replace(",=1", ",'=1") + ",")
    unmended = judged(back, shelf=shelf)
    assert unmended.receipt.rejected == len(bad)
    assert not unmended.receipt.warnings
    mended = "\n".join(
        [header] + [",".join([*raw.split(",")[:3], "0.5", "n", *5 * ["x"]]) for raw in broken]
    )
    again = judged(mended.encode(), shelf=shelf)
    assert again.receipt.status is Status.DRY_RUN
    assert again.receipt.accepted == len(bad)


def test_random_files_of_many_rows_are_read_alike_in_parts_and_whole():
    rng = random.Random(7)
    lines = [
        f"m{rng.randrange(50)},recall,2024-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02},"
        f"{rng.random():.3f},{rng.choice(['', 'x', ' ', 'é'])}"
        for _ in range(3000)
    ]
    whole = judged("\n".join(["model_id,metric,period_start,value,note", *lines]).encode())
    adds_up(whole)
    assert whole.receipt.lines == 3000
    assert {r.code for r in whole.receipt.rejects} == {"conflict"}
