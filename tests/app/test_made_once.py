"""What screens make of kept answers is made once, and never shown for other answers."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pytest

from pages.parts.common import format as format_
from pages.parts.common import locales, printing
from pages.parts.common.cache import made_once
from tests.app.conftest import open_screen, run

DEMAND = "bike-shop-demand"


class Answer:
    """Equal to every other, as two frozen answers with the same fields are."""

    def __eq__(self, other):
        return isinstance(other, Answer)

    def __hash__(self):
        return 1


@pytest.fixture
def counting():
    made = []

    @made_once
    def make(*arguments, **named):
        made.append((arguments, named))
        return object()

    return make, made


def test_the_same_answers_give_what_was_made_of_them(counting):
    make, made = counting
    answer, marks = Answer(), [(1, Answer())]
    first = make(answer, marks, digits=3)
    assert make(answer, list(marks), digits=3) is first
    assert made == [((answer, tuple(marks)), {"digits": 3})]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Answer(), Answer()),  # equal, but another one
        (1, True), (1, 1.0), (0, False), ("1", 1), (None, 0),
        ((1, 2), (1, 2.0)), ((), ((),)), ([1], [1, 1]), ({}, {}),
    ],
)  # fmt: skip
def test_other_answers_give_what_is_made_of_those(counting, one, other):
    make, made = counting
    assert make(one) is not make(other)
    assert make(one, named=one) is not make(one, named=other)
    assert make(one, one=other) is not make(one, other=other)
    assert len(made) >= 5


def test_a_reader_who_writes_days_otherwise_gets_what_is_made_for_them():
    made = made_once(lambda on: format_.day(on))
    on = date(2026, 9, 5)
    seen = []
    for tag in ("en-GB", "en-US", "de-DE"):
        token = locales._OF_RUN.set(locales.Locale.of(tag))
        seen.append(made(on))
        locales._OF_RUN.reset(token)
    assert seen == ["5 Sep 2026", "Sep 5, 2026", "5 Sep 2026"]


def test_no_answer_takes_the_place_of_one_that_is_gone(counting):
    make, _ = counting
    seen = [make(object()) for _ in range(500)]
    assert len(set(map(id, seen))) == 500


def test_what_cannot_be_made_is_tried_again():
    tried = []

    @made_once
    def make(answer):
        tried.append(answer)
        raise ValueError("not yet")

    answer = Answer()
    for _ in range(2):
        with pytest.raises(ValueError, match="not yet"):
            make(answer)
    assert len(tried) == 2


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "screen", ["deployment", "estimate", "promised", "brief", "support", "risks", "adoption"]
)
def test_a_rerun_turns_no_table_and_no_chart_into_rows_again(screen, monkeypatch):
    turned = []

    def from_pandas(frame):
        turned.append(list(frame.columns))
        return pa.Table.from_pandas(frame)

    counted = SimpleNamespace(**{name: getattr(pa, name) for name in dir(pa) if name[0] == "A"})
    counted.Table = SimpleNamespace(from_pandas=from_pandas)
    monkeypatch.setattr(printing, "pa", counted)
    app = open_screen(screen, project=DEMAND)
    assert turned
    turned.clear()
    run(app)
    assert turned == []
