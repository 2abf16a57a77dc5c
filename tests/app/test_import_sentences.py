"""What the Upload and Imports screens say of files and batches: each word of it, by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from mlpm_core.records import Question, Receipt, Reject, Warned
from pages.parts.data import import_text as say

NOON = datetime(2026, 6, 3, 12, 5)


def receipt(status="committed", **more):
    usual = {
        "status": status, "kind": "models", "project": "shop", "filename": "*f*.csv",
        "batch": "B*1", "lines": 1010, "accepted": 1000, "rejected": 4, "blank": 5, "ignored": 1,
        "actor": "*ann*", "received_at": NOON,
    }  # fmt: skip
    return Receipt(**usual | more)


SUMS = "Of 1,010 lines, 1,000 accepted, 4 rejected, 5 blank and 1 ignored"
QUESTION = Question(code="c", key="k", message="m")


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (receipt(), rf"**Stored as B\*1.** {SUMS}."),
        (receipt("dry_run"), f"**Ready to store.** {SUMS}."),
        (receipt("dry_run", lines=2, accepted=0, rejected=0, blank=0, ignored=2),
         "**There is nothing to store.** Of 2 lines, 0 accepted, 2 ignored."),
        (receipt("duplicate"), r"**This file is already imported**, as B\*1 on 3 Jun 2026 "
         r"by \*ann\*. Nothing was done again."),
        (receipt("asked", questions=[QUESTION]),
         "**1 question first.** Nothing is checked or stored before the answer."),
        (receipt("asked", questions=[QUESTION] * 2),
         "**2 questions first.** Nothing is checked or stored before the answer."),
        (receipt("failed"), "**The import failed. Nothing was stored.**"),
        (receipt("rejected", lines=0),
         "**The file cannot be taken as it is.** Nothing was stored."),
        (receipt("rejected"), f"**4 lines cannot be taken as they are.** {SUMS}."),
        (receipt("rejected", rejected=1, lines=1),
         "**1 line cannot be taken as it is.** Of 1 line, 1,000 accepted, 1 rejected, 5 blank and "
         "1 ignored."),
        (receipt(lines=52, accepted=52, rejected=0, blank=0, ignored=0),
         r"**Stored as B\*1.** All 52 lines are fine."),
        (receipt("dry_run", lines=1, accepted=1, rejected=0, blank=0, ignored=0),
         "**Ready to store.** The line is fine."),
        (receipt(lines=52, accepted=50, rejected=0, blank=2, ignored=0),
         r"**Stored as B\*1.** Of 52 lines, 50 accepted, 2 blank."),
    ],
)  # fmt: skip
def test_what_an_import_found(told, text):
    assert say.receipt(told) == text


def test_thousands_are_told_apart_in_every_sum():
    told = receipt(rejected=2000, blank=3000, ignored=4000)
    assert "2,000 rejected, 3,000 blank and 4,000 ignored" in say.receipt(told)
    told = receipt(new=1234, changed=5678, identical=9012, undoes=None)
    assert say.stored(told) == (
        "New: 1,234. Changing a stored value: 5,678. Already stored: 9,012. Blank and ignored "
        "lines need no action."
    )
    assert say.undo(told) == (
        r"Undo **B\*1**? Its 1,000 accepted lines stop counting and what they replaced is "
        "current again. The file and its receipt are kept."
    )


def test_who_brought_a_batch():
    assert say.batch(receipt(), "http") == (
        r"By \*ann\* on 3 Jun 2026 12:05 UTC, through the API: file \*f\*\.csv."
    )
    assert say.batch(receipt(received_at=None, undoes="B*0"), "form") == (
        r"By \*ann\* on an unknown time, through a form: undoes B\*0."
    )


def test_a_fault_says_where_it_is():
    fault = Reject(row=3, column="value", code="c", message="No *number*.", hint="h")
    assert say.fault(fault) == r"line 3, value: No \*number\*\."
    assert say.fault(fault.model_copy(update={"column": None})) == r"line 3: No \*number\*\."
    assert say.fault(fault.model_copy(update={"row": None, "column": None})) == (r"No \*number\*\.")
    assert say.fault(fault.model_copy(update={"row": None})) == r"value: No \*number\*\."


def batch(name, undone_by=None):
    return {
        "undone_by": undone_by, "receipt": receipt(batch=name), "received_at": NOON,
        "actor": "*ann*",
    }  # fmt: skip


def test_what_came_in_and_when_last():
    assert say.imports([batch("B*1")]) == (
        r"**1 batch** came in; the newest is B\*1 of 3 Jun 2026 by \*ann\*."
    )
    assert say.imports([batch("B2", "B3"), batch("B1")]) == (
        r"**2 batches** came in, 1 of them undone; the newest is B2 of 3 Jun 2026 by \*ann\*."
    )


@pytest.mark.parametrize(
    ("kind", "answers", "sentence"),
    [
        ("models", [], ""),
        ("metric_results", ["columns.Wert=value in %", "two_heads=yes", "skip_lines=3"],
         "By these answers: names below metrics: Models, or candidates; names of the columns: "
         "Line 4; column Wert: Value in %."),
        ("prediction_log", ["fields.y_true=*churned*", "thresholds.a%3Db=0.5", "columns.x=ignore",
                            "encoding=cp1252"],
         "By these answers: Outcome: \\*churned\\*; threshold of a\\=b: 0\\.5; encoding: cp1252; "
         "column x: not used."),
        ("metric_results", [f"metrics.m{i}=keep" for i in range(9)],
         f"By these answers: {'; '.join(f'metric m{i}: None of these' for i in range(8))}; and 1 "
         "more."),
        ("metric_results", [f"wide={'a,' * 40}"],
         f"By these answers: columns of metrics: {'a,' * 30}…."),
    ],
)  # fmt: skip
def test_answers_stand_on_the_receipt_in_words(kind, answers, sentence):
    assert say.answered(receipt(kind=kind, answers=answers)) == sentence


@pytest.mark.parametrize(
    ("code", "message", "sentence"),
    [
        ("answered-before", "Read as answered before, for B00012: date_order is dmy.",
         "Read as answered before, for B00012: days and months: The day first."),
        ("answered-before", "Columns read as answered before, for B00012: Wert is value.",
         "Columns read as answered before, for B00012."),
        ("totals", "*1* row: x is y.", "\\*1\\* row\\: x is y\\."),
    ],
)  # fmt: skip
def test_what_was_answered_before_is_said_in_words(code, message, sentence):
    warned = Warned(code=code, message=message)
    assert say.warning(receipt(), warned) == sentence
