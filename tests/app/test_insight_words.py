"""The words of a value case as a choice: how far an input may move, what building may cost."""

from __future__ import annotations

import pytest

from mlpm_core.planning import Condition
from pages.parts.plan.insights import margin, most_to_build


def condition(taken: float, zero_at: float, *, is_floor: bool, pays: bool, **more: object):
    usual: dict[str, object] = {"name": "price", "label": "Price", "unit": "money/customer",
                                "is_metric": False, "typical": None, "reason": ""}  # fmt: skip
    return Condition(**(usual | more), taken=taken, zero_at=zero_at, is_floor=is_floor, pays=pays)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (condition(10, 4, is_floor=True, pays=True), "may fall from 10 to 4 EUR"),
        (condition(4, 10, is_floor=True, pays=False), "must rise from 4 to 10 EUR"),
        (condition(4, 10, is_floor=False, pays=True), "may rise from 4 to 10 EUR"),
        (condition(10, 4, is_floor=False, pays=False), "must fall from 10 to 4 EUR"),
        (
            condition(62_100, 62_149, is_floor=True, pays=False),
            "must rise from 62.10k to 62.15k EUR",
        ),
        (condition(0.99996, 1, is_floor=False, pays=True), "may rise from 0.99996 to 1 EUR"),
        (
            condition(5.0004, 2, is_floor=True, pays=True, also_at=5.0006),
            "between 2 and 5.001 EUR, assumed 5",
        ),
        (condition(0, 0, is_floor=True, pays=False), "must be above 0 EUR"),
        (condition(3, 3, is_floor=False, pays=False), "must be below 3 EUR"),
        (
            condition(5, 2, is_floor=True, pays=True, also_at=9.0),
            "between 2 and 9 EUR, assumed 5",
        ),
        (
            condition(10, 4, is_floor=True, pays=True, pays_elsewhere=True, unit="1"),
            "may fall from 10 to 4; it also pays at other values",
        ),
    ],
)
def test_what_an_input_must_be_in_words(told, words):
    assert margin(told, "EUR") == words


@pytest.mark.parametrize(
    ("affordable", "words"),
    [
        (81_900, "On average it pays up to a build cost of EUR 81.9k."),
        (-5_000, "On average it would not pay at any build cost."),
        (0, "On average it would not pay at any build cost."),
    ],
)
def test_what_loses_every_year_is_worth_no_building(affordable, words):
    assert most_to_build(affordable, "EUR") == words
