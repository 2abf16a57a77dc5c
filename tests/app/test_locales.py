"""Readers of several countries at one store: each reads days in one form, his own."""

from __future__ import annotations

import json
import random
import re
import string
from typing import TYPE_CHECKING

import pytest
from babel.localedata import locale_identifiers

from mlpm_core.quantity.written import Form, form, in_form_of
from mlpm_core.services.ingest.imports import import_file
from pages.parts.common.locales import Locale
from pages.parts.common.sidebar import OF_RECEIPTS
from tests.app.conftest import SCREENS, open_screen, plain, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamlit.testing.v1 import AppTest

PROJECT = "bike-shop-demand"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
DAY_FIRST = re.compile(rf"\d{{1,2}} {_MONTH} 20\d\d")
MONTH_FIRST = re.compile(rf"{_MONTH} \d{{1,2}}, 20\d\d")
NUMBER = re.compile(r"\d[.,]\d")
# Names that people gave, and definitions that a command reads too.
NAMES = re.compile(
    r"(?:forecast|triage|forecast-code|forecast-settings|demand|champion|tag)[- /]?[01]\.\d"
    r"|per 1,000 (?:order|req)|wrong bench, per 1,000|(?<=\x00)1\.0(?=\x00)"
    r"|typical = \"[^\"]*\""
    r"|0?%0?\.2f"
)
STORED = re.compile(r"Read as \d+ months")  # of a receipt, which all read
CODE = re.compile(r"luminance\(|clamp\(|https?://|^[\d.]+$")


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


def texts_of(value) -> Iterator[str]:
    """The texts in what JSON holds, without what a browser computes with."""
    if isinstance(value, str):
        if not CODE.search(value):
            yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_of(part)


def told(text: str) -> str:
    """What people see of a text that may hold charts and tables as JSON."""
    found, at = [], 0
    for start in (m.start() for m in re.finditer(r'\{"', text)):
        if start < at:
            continue
        try:
            value, end = json.JSONDecoder().raw_decode(text[start:])
        except json.JSONDecodeError:
            continue
        found += [text[at:start], *texts_of(value)]
        at = start + end
    return " | ".join([*found, text[at:]])


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", SCREENS)
def test_two_readers_of_one_screen_each_read_days_in_their_own_form(screen):
    american, around = own_and_other(
        open_screen(screen, language="en-US", project=PROJECT), MONTH_FIRST, DAY_FIRST
    )
    assert [text for text in around if not STORED.search(text)] == []
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
@pytest.mark.parametrize("screen", [s for s in SCREENS if s not in OF_RECEIPTS])
def test_no_number_of_a_screen_has_marks_that_are_not_its_readers(screen, monkeypatch):
    """Letters as marks, so that any other on the screen was written past the form."""
    strange = Locale(Form("q", "Q"), types=Form("q", "Q"))
    monkeypatch.setattr(Locale, "of", classmethod(lambda cls, tag: strange))
    app = open_screen(screen, language="xx", project=PROJECT)
    texts = [NAMES.sub("", told(text)) for text in sent(app)]
    left = [t[max(0, m.start() - 60) : m.end() + 25] for t in texts for m in NUMBER.finditer(t)]
    assert left == []
    if screen in ("portfolio", "value_case", "deployment", "promised", "estimate"):
        assert any(re.search(r"\d[qQ]\d", text) for text in texts)


@pytest.mark.usefixtures("demo")
def test_a_kept_answer_is_read_by_those_alone_who_write_alike():
    def numbers(language):
        app = open_screen("deployment", language=language, project=PROJECT)
        return re.findall(r"(?<![\w.,-])\d+[.,]\d+(?![\w.,-])", NAMES.sub("", plain(said(app))))

    german, british = numbers("de-DE"), numbers("en-GB")
    assert len(german) > 5
    assert [text.translate(str.maketrans(",.", ".,")) for text in german] == british
    assert numbers("it-IT") == numbers("de-DE") == german


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", OF_RECEIPTS)
def test_what_was_said_about_a_file_stands_among_numbers_of_its_own_form(screen):
    app = open_screen(screen, language="de-DE", project=PROJECT)
    assert "numbers here are written 12,345.6" in plain(app.caption[0].value)
    english = open_screen(screen, language="en-GB", project=PROJECT)
    assert "numbers here are written" not in plain(english.caption[0].value)


def test_what_is_stored_is_in_the_form_of_everybody(demo):
    """A German saves a number out of range: the sentence of the receipt is the one of all."""
    lena = demo.acting_as("Lena")
    rows = b"model_id,model_version,metric,period_start,value\ndemand-forecast,1.0,wape,2026-01-05,"
    with in_form_of(Form(",", ".")):
        german = import_file(lena, PROJECT, "metric_results", "r.csv", rows + b"1234567.5\n")
        assert form() == Form(",", ".")
    english = import_file(lena, PROJECT, "metric_results", "r.csv", rows + b"1234567.5\n")
    assert "1234567.5" in str(english) or "1,234,567.5" in str(english)
    assert (german.rejects, german.questions) == (english.rejects, english.questions)


def test_every_tag_a_browser_may_send_has_a_form():
    tags = [tag.replace("_", "-") for tag in locale_identifiers()]
    assert len(tags) > 500
    forms = {Locale.of(tag).form for tag in tags}
    assert {f.decimal for f in forms} == {".", ","}
    assert {f.group for f in forms} <= {",", ".", "'", "’", "\u00a0", "\u202f"}
    assert all(f.decimal != f.group for f in forms)
    chance = random.Random(1)
    odd = ["".join(chance.choices(string.printable + "é", k=chance.randrange(90))) for _ in tags]
    for tag in [*odd, "../../etc/passwd", "en-US-u-hc-h12", "C", "\x00", "de_DE.UTF-8", "und"]:
        assert Locale.of(tag).form in forms


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("de-DE", "1.234.567,5"),
        ("fr-FR", "1\u202f234\u202f567,5"),
        ("de-CH", "1'234'567.5"),
        ("hi-IN", "12,34,567.5"),
        ("ar-EG", "1,234,567.5"),
        ("en-US", "1,234,567.5"),
    ],
)
def test_a_number_is_written_as_its_reader_does(tag, written):
    assert Locale.of(tag).form.number("1,234,567.5") == written
