"""What an import does to the KPIs, and how its question and its receipt say so, by hand."""

from __future__ import annotations

import pytest

from mlpm_core.records import Effect, Question, Receipt, Reject
from mlpm_core.services.effects import (
    MOST_REJECTS,
    asks_only_to_confirm,
    effect,
    shortened,
    with_effect_told,
)
from tests.by_hand import kpi


def of(value, kpi_id):
    return kpi(value, kpi_id=kpi_id, title=kpi_id.upper())


def test_an_effect_is_every_kpi_that_differs():
    before = [of(1.0, "same"), of(1.0, "more"), of(2.0, "gone"), of(None, "told")]
    after = [of(1.0, "same"), of(1.5, "more"), of(7.0, "told"), of(3.0, "new"), of(None, "none")]
    assert effect(before, after) == [
        Effect(kpi=name, title=name.upper(), unit="hour/case", before=was, after=now)
        for name, was, now in [
            ("more", 1.0, 1.5), ("gone", 2.0, None), ("told", None, 7.0), ("new", None, 3.0),
        ]
    ]  # fmt: skip


def question(code):
    return Question(code=code, key="k", message=f"{code}: 2 lines differ. Confirm?")


def receipt(status="asked", **more):
    return Receipt(status=status, kind="models", project="shop", **more)


@pytest.mark.parametrize(
    ("told", "is_only"),
    [
        (receipt(questions=[question("restatement")]), True),
        (receipt(questions=[question("restatement")] * 2), True),
        (receipt(questions=[question("restatement"), question("other")]), False),
        (receipt(questions=[question("other")]), False),
        (receipt(), False),
        (receipt("rejected", questions=[question("restatement")]), False),
    ],
)
def test_whether_only_a_restatement_is_to_be_confirmed(told, is_only):
    assert asks_only_to_confirm(told) is is_only


def changed(n):
    before, after = [None, 1234.56, 0.5, 4.0], [20_000.0, 1200.0, None, 5.0]
    return [
        Effect(kpi=f"k{i}", title=f"K{i}", unit="h", before=before[i], after=after[i])
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("n", "sentence"),
    [
        (0, "No KPI changes."),
        (1, "KPI effect: K0 unknown to 2e+04 h."),
        (3, "KPI effect: K0 unknown to 2e+04 h; K1 1,235 to 1,200 h; K2 0.5 to unknown h."),
        (4, "KPI effect: K0 unknown to 2e+04 h; K1 1,235 to 1,200 h; K2 0.5 to unknown h and 1 "
         "more."),
    ],
)  # fmt: skip
def test_a_question_says_what_the_change_would_do(n, sentence):
    asked = receipt(questions=[question("restatement")])
    told = with_effect_told(asked, changed(n))
    assert [q.message for q in told.questions] == [
        f"restatement: 2 lines differ. {sentence} Confirm?"
    ]
    assert told.effect == changed(n)


def test_a_receipt_lists_no_more_rejects_than_anybody_reads():
    reject = Reject(row=1, column=None, code="c", message="m", hint="h")
    many = receipt("rejected", rejects=[reject] * (MOST_REJECTS + 2))
    told = shortened(many)
    assert len(told.rejects) == MOST_REJECTS == 10_000
    assert [(w.code, w.message) for w in told.warnings] == [(
        "rejects-cut",
        "2 more rejects are not listed here; the file of rejected rows has all.",
    )]  # fmt: skip
    whole = receipt("rejected", rejects=[reject] * MOST_REJECTS)
    assert shortened(whole) is whole
    assert len(shortened(many.model_copy(update={"warnings": told.warnings})).warnings) == 2
