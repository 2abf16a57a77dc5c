"""What an import does to the KPIs, and how its question and its receipt say so, by hand."""

from __future__ import annotations

import pytest

from mlpm_core.errors import InputError
from mlpm_core.records import Effect, Model, Question, Receipt, Reject
from mlpm_core.services.ingest import kpi_effects
from mlpm_core.services.ingest.kpi_effects import (
    MOST_REJECTS,
    Before,
    asks_only_to_confirm,
    effect,
    shortened,
    with_effect_told,
    without_figures,
)
from tests.by_hand import kpi


def of(value, kpi_id):
    return kpi(value, kpi_id=kpi_id, title=kpi_id.upper())


def test_an_effect_is_every_kpi_that_differs():
    before = [of(1.0, "same"), of(1.0, "more"), of(2.0, "gone"), of(None, "told")]
    after = [of(1.0, "same"), of(1.5, "more"), of(7.0, "told"), of(3.0, "new"), of(None, "none")]
    assert effect(before, after) == [
        Effect(
            kpi=name, title=name.upper(), unit="hour/case", before=was, after=now, grade="C",
            before_p10=was and was - 1, before_p90=was and was + 1,
            after_p10=now and now - 1, after_p90=now and now + 1,
        )
        for name, was, now in [
            ("more", 1.0, 1.5), ("gone", 2.0, None), ("told", None, 7.0), ("new", None, 3.0),
        ]
    ]  # fmt: skip


def before_and_after(monkeypatch, *states):
    """What each write after the first state changes; an error is raised in the place of KPIs."""
    asked, left = [], iter(states)

    def moved(*what):
        asked.append(what)
        state = next(left)
        if isinstance(state, Exception):
            raise state
        return state

    monkeypatch.setattr(kpi_effects, "kpis_moved_by", moved)
    before = Before("workspace", "reader", Model, "shop")
    values = [before.effect("reader") for _ in states[1:]]
    assert asked == [("workspace", Model, "shop", "reader")] * len(states)
    return [
        ([(e.before, e.after) for e in changes], [(w.code, w.message) for w in warnings])
        for changes, warnings in values
    ]


def test_each_effect_is_what_was_written_since_the_one_before_it(monkeypatch):
    states = [[of(1.0, "k")], [of(2.0, "k")], [of(2.0, "k")], [of(5.0, "k")]]
    receipts = before_and_after(monkeypatch, *states)
    assert receipts == [([(1.0, 2.0)], []), ([], []), ([(2.0, 5.0)], [])]


def test_an_effect_that_cannot_be_computed_says_why(monkeypatch, caplog):
    first, second = InputError("It has no unit."), InputError("It has no margin.")
    some = [of(1.0, "k")]

    def unknown(why):
        return ([], [("effect-unknown", f"The effect on KPIs is not available: {why}")])

    receipts = before_and_after(monkeypatch, first, some, some, second, first, ValueError(), some)
    log = "It could not be computed; the server's log says why."
    assert receipts == [
        unknown("It has no unit."), ([], []), unknown("It has no margin."),
        unknown("It has no unit."), unknown(log), unknown(log),
    ]  # fmt: skip
    assert [r.getMessage() for r in caplog.records] == ["The KPIs of shop could not be computed"]


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


def test_who_may_not_read_is_told_no_figure():
    asked = [question("restatement"), question("other")]
    asked = [q.model_copy(update={"preview": ["4 was 3"]}) for q in asked]
    whole = receipt(questions=asked, effect=changed(1))
    told = without_figures(whole)
    assert [(q.code, q.message, q.preview) for q in told.questions] == [
        (
            "restatement",
            "Stored values would change, which only a token that may read is shown. Confirm?",
            [],
        ),
        ("other", "other: 2 lines differ. Confirm?", ["4 was 3"]),
    ]
    assert told == whole.model_copy(update={"questions": told.questions, "effect": []})


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
    many = receipt("rejected", rejects=[reject] * (MOST_REJECTS + 1))
    told = shortened(many)
    assert len(told.rejects) == MOST_REJECTS == 10_000
    assert [(w.code, w.message) for w in told.warnings] == [(
        "rejects-cut",
        "Only the first 10,000 of 10,001 rejects are listed here; the file of rejected rows has "
        "all.",
    )]  # fmt: skip
    whole = receipt("rejected", rejects=[reject] * MOST_REJECTS)
    assert shortened(whole) is whole
    assert len(shortened(many.model_copy(update={"warnings": told.warnings})).warnings) == 2
