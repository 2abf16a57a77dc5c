"""Readers of several countries at one store: each reads days in one form, his own."""

from __future__ import annotations

import random
import re
import string
from typing import TYPE_CHECKING

import pytest
from babel.localedata import locale_identifiers

from pages.parts.common import cache
from pages.parts.common.format import day
from pages.parts.common.locales import SAMPLE, Locale
from tests.app.conftest import SCREENS, open_screen, plain

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

PROJECT = "bike-shop-demand"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
DAY_FIRST = re.compile(rf"\d{{1,2}} {_MONTH} 20\d\d")
MONTH_FIRST = re.compile(rf"{_MONTH} \d{{1,2}}, 20\d\d")
# Sentences made below the screens, for exports and commands too, have the day first.
BELOW = re.compile(
    r"of its prediction log|\(proven, |\(stated, |as monitored|Read as|apply since"
    r"|no results since|since \d+ \w+ \d+ \("
)


def sent(app: AppTest) -> list[str]:
    """All that goes to a browser, tables and charts with their data."""

    def texts(block):
        for child in block.children.values():
            proto = getattr(child, "proto", None)
            if proto is not None:
                yield plain(proto.SerializeToString().decode("latin-1"))
            if hasattr(child, "children"):
                yield from texts(child)

    return list(texts(app._tree))


def own_and_other(app: AppTest, own: re.Pattern[str], other: re.Pattern[str]) -> tuple[int, list]:
    """How many days stand in a reader's form, and what stands around those in the other."""
    found = sent(app)
    around = [t[max(0, m.start() - 60) : m.end() + 25] for t in found for m in other.finditer(t)]
    return sum(len(own.findall(text)) for text in found), around


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", SCREENS)
def test_two_readers_of_one_screen_each_read_days_in_their_own_form(screen):
    american, around = own_and_other(
        open_screen(screen, language="en-US", project=PROJECT), MONTH_FIRST, DAY_FIRST
    )
    assert [text for text in around if not BELOW.search(text)] == []
    british, around = own_and_other(
        open_screen(screen, language="en-GB", project=PROJECT), DAY_FIRST, MONTH_FIRST
    )
    assert around == []
    assert british > 0
    assert american > 0
    again, _ = own_and_other(
        open_screen(screen, language="en-US", project=PROJECT), MONTH_FIRST, DAY_FIRST
    )
    assert again == american


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("tag", "is_told"),
    [("de-DE", "12.345,6"), ("en-US", ""), (None, ""), ("en-GB", ""), ("fr-FR", "345,6")],
)
def test_who_writes_numbers_otherwise_is_told_their_form_and_nobody_else(tag, is_told):
    header = plain(open_screen("portfolio", language=tag).caption[0].value)
    assert (f"numbers are written {SAMPLE}, not" in header) == bool(is_told)
    assert is_told in header


def test_a_kept_answer_can_hold_no_day_of_its_first_reader(demo):
    @cache.shared
    def kept():
        return day(demo.today())

    with pytest.raises(RuntimeError, match="read by all"):
        kept()
    assert day(demo.today())


def test_every_tag_a_browser_may_send_has_a_form():
    tags = [tag.replace("_", "-") for tag in locale_identifiers()]
    assert len(tags) > 500
    forms = {Locale.of(tag).column for tag in tags}
    assert forms == {"D MMM YYYY", "MMM D, YYYY"}
    chance = random.Random(1)
    odd = ["".join(chance.choices(string.printable + "é", k=chance.randrange(90))) for _ in tags]
    for tag in [*odd, "../../etc/passwd", "en-US-u-hc-h12", "C", "\x00", "de_DE.UTF-8", "und"]:
        assert Locale.of(tag).column in forms
