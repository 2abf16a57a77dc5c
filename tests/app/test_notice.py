"""What the last action did: said once, on the page it is for, with an undo while the page stays."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mlpm_core.services.in_life.kpi_view import line_of
from pages.parts.common import commands, panels
from pages.parts.common.kpi_cards import kpi_cards
from tests.by_hand import TODAY, case, kpi
from tests.patience import PATIENCE

SAID = {"page": None, "is_error": False, "undo": "", "message": "**Saved** it."}
PLAIN = r"\*\*Saved\*\* it\."


def noticed(note, page="health"):
    """The screen after the notice, and what is left to be said on the next one."""

    def screen(panels, page):
        panels.notice(page)

    app = AppTest.from_function(screen, args=(panels, page))
    if note is not None:
        app.session_state["notice"] = note
    app.run(timeout=PATIENCE)
    assert not app.exception, app.exception
    left = app.session_state["notice"] if "notice" in app.session_state else None  # noqa: SIM401  it has no get
    return app, left


def texts(app):
    assert [t.value for t in app.toast] in ([], [x.value for x in (*app.success, *app.error)])
    return (
        [x.value for x in app.success],
        [x.value for x in app.error],
        [b.label for b in app.button],
    )


@pytest.mark.parametrize(
    ("more", "says"),
    [({}, ([PLAIN], [], [])), ({"is_error": True}, ([], [PLAIN], []))],
)
def test_it_is_said_once(more, says):
    app, left = noticed(SAID | more)
    assert (texts(app), left) == (says, None)
    assert [t.value for t in app.toast] == [PLAIN]  # where the eye is, far below the top


def test_it_can_be_undone_as_long_as_the_page_stays():
    app, left = noticed(SAID | {"undo": "B00007"})
    assert texts(app) == ([PLAIN], [], ["Undo"])
    assert left == SAID | {"undo": "B00007", "page": "health"}
    app, left = noticed(left)
    assert texts(app) == ([PLAIN], [], ["Undo"])
    assert not app.toast  # that was said when it was done
    app, left = noticed(left, "portfolio")
    assert (texts(app), left) == (([], [], []), None)


def test_the_button_undoes_what_was_said(monkeypatch):
    undone = []
    monkeypatch.setattr(commands, "undo_what_was_said", lambda: undone.append(True))
    app, _ = noticed(SAID | {"undo": "B00007"})
    app.button[0].click().run(timeout=PATIENCE)
    assert undone == [True]


@pytest.mark.parametrize("note", [None, {}, SAID | {"page": "portfolio"}])
def test_nothing_is_said_of_another_page_or_of_nothing(note):
    app, left = noticed(note)
    assert (texts(app), left) == (([], [], []), None)


def test_a_card_names_what_it_opens(monkeypatch):
    labels = []
    popover = st.popover
    monkeypatch.setattr(
        st, "popover", lambda label, **how: labels.append(label) or popover(label, **how)
    )
    monkeypatch.setattr(st, "page_link", lambda *_, **__: None)  # one screen has no others

    def screen(kpi_cards, today, lines):
        kpi_cards("shop", today, lines)

    lines = (line_of(kpi(9.0), {}, (), TODAY),)
    AppTest.from_function(screen, args=(kpi_cards, TODAY, lines)).run(timeout=PATIENCE)
    assert labels == ["Definition and origin"]


def test_how_a_figure_was_made_says_on_how_many_draws_it_rests(monkeypatch):
    monkeypatch.setattr(panels, "grown", lambda of, result: None)
    monkeypatch.setattr(panels.text, "draws", lambda of: "On 1,024 draws.")

    def screen(panels, of):
        panels.how_it_was_made(of)

    app = AppTest.from_function(screen, args=(panels, case()))
    app.session_state["made"] = True
    app.run(timeout=PATIENCE)
    assert "On 1,024 draws." in [c.value for c in app.caption]
