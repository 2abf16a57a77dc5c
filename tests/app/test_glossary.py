"""The glossary inside: every word has its meaning and what to do with it, one place for all."""

from __future__ import annotations

import pytest

from pages.parts.common import glossary, terms
from tests.app.conftest import SCREENS, open_screen, plain, run, said

# What a newcomer met on the screens and found nowhere explained.
MET = [
    "P10 to P90", "net", "people intensity", "WAPE", "Selective error", "z", "PSI", "champion",
    "challenger", "shadow", "fallback", "slot", "grade", "Shapley", "Sobol", "CUSUM", "Shewhart",
    "EVPI", "EVPPI", "EVSI", "NPV", "proxy", "P80", "tornado",
]  # fmt: skip


def help_texts():
    return {name: getattr(terms, name) for name in terms.WORDS}


@pytest.mark.parametrize("word", MET)
def test_what_is_met_on_the_screens_is_explained(word):
    assert glossary.about(word), word


def test_help_texts_of_figures_are_those_of_the_glossary_and_say_what_to_do():
    by_help = {term.help: term for term in glossary.terms()}
    assert len(help_texts()) > 20
    for name, text in help_texts().items():
        assert text in by_help, name
        assert by_help[text].to_do, name


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("EVPI", "worth of finding out"), ("p10 TO p90", "likely range"), ("net", "net benefit"),
        (" wape ", "WAPE"), ("shadow", "slot"), ("M4", "demand_forecast"),
    ],
)  # fmt: skip
def test_a_word_is_found_by_any_of_its_names_and_comes_first(wanted, first):
    assert glossary.about(wanted)[0].word == first


def test_a_unit_is_told_apart_from_the_meaning():
    gap = glossary.term("value gap")
    assert (gap.unit, "[" in gap.meaning) == ("money/week", False)


@pytest.mark.usefixtures("empty")
def test_all_words_stand_under_their_headings():
    app = open_screen("glossary")
    sections = list(dict.fromkeys(term.section for term in glossary.terms()))
    assert [header.value for header in app.header] == sections
    text = said(app)
    assert [term.word for term in glossary.terms() if f"**{term.word}**" not in text] == []


@pytest.mark.usefixtures("empty")
def test_an_address_names_a_word_and_a_search_names_it_in_the_address():
    app = open_screen("glossary", term="Shapley values")
    assert [header.value for header in app.header] == ["1 word"]
    assert "**parts of a change**" in said(app)
    app.text_input(key="term").set_value("EVSI")
    run(app)
    assert app.query_params["term"] == "EVSI"
    assert "**worth of a study**" in said(app)
    app.text_input(key="term").set_value("")
    run(app)
    assert "term" not in app.query_params
    assert len(app.header) > 3


@pytest.mark.usefixtures("empty")
def test_what_is_not_found_is_said_letter_by_letter():
    app = open_screen("glossary", term="**no** :red[such]")
    assert "No word here is called “**no** :red[such]”" in plain(app.info[0].value)
    assert r"\*\*no\*\*" in app.info[0].value


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_leads_to_the_glossary(screen):
    app = open_screen(screen)
    (link,) = [link for link in app.sidebar.get("page_link") if link.proto.label == "Glossary"]
    assert link.proto.page == "glossary"


@pytest.mark.usefixtures("empty")
def test_the_search_of_every_screen_finds_words_too():
    app = open_screen("upload")
    field = next(f for f in app.text_input if f.label == "Part of a name")
    field.set_value("wape")
    run(app)
    (link,) = [link for link in app.main.get("page_link") if link.proto.label == "WAPE"]
    assert (link.proto.page, link.proto.query_string) == ("glossary", "term=WAPE")
