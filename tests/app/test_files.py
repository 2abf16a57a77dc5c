"""What leaves a screen as a file says whose it is, of when, how sure, and reads back as shown."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import datetime
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from python_calamine import CalamineWorkbook

from mlpm_core.intake import Profile
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.imports import import_file
from pages.parts.common import files, lines
from tests.app.conftest import open_screen

WORKSHOP, DEMAND = "bike-shop-workshop", "bike-shop-demand"
FACTS = ("Project", "Period", "As of", "Ranges", "Grade")
SCREENS = {
    "kpi": {"project": WORKSHOP, "kpi": "desk-hours"},
    "deployment": {"project": DEMAND},
    "value_case": {"project": DEMAND},
    "candidates": {"project": DEMAND},
    "portfolio": {},
}


class _Opened:
    """What a popover is while it is open."""

    open = True

    def __init__(self, place):
        self._place = place

    def __enter__(self):
        return self._place.__enter__()

    def __exit__(self, *raised):
        return self._place.__exit__(*raised)


@pytest.fixture
def offered(monkeypatch):
    """Every file that a screen offers once its buttons are pressed: its name and what makes it."""
    found: dict[str, Any] = {}
    asked = st.popover

    def pressed(label, **options):
        place = asked(label, **options)
        return place if label != "Download" else _Opened(place)

    monkeypatch.setattr(st, "popover", pressed)
    was = st.download_button

    def noted(label, data, file_name=None, **options):
        if callable(data):
            found[file_name] = data
        return was(label, data, file_name=file_name, **options)

    monkeypatch.setattr(st, "download_button", noted)
    return found


def made(offered, ending):
    return {name: make() for name, make in offered.items() if name.endswith(ending)}


def texts_of(svg):
    """All that is written in a picture, in one line."""
    return html.unescape(re.sub(r"<[^>]*>", " ", svg.decode()))


@pytest.mark.parametrize("screen", SCREENS)
def test_every_table_and_chart_leaves_with_the_five_facts(demo, offered, screen):
    app = open_screen(screen, **SCREENS[screen])
    title = "All projects" if screen == "portfolio" else next(
        p.title for p in registers.projects(demo) if p.project == SCREENS[screen]["project"]
    )  # fmt: skip
    shown = [len(t.value) for t in app.dataframe] + [len(t.value) for t in app.table]
    tables, books = made(offered, ".csv"), made(offered, ".xlsx")
    assert len(tables) == len(books) == len([n for n in shown if n])
    for name, data in tables.items():
        head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
        assert set(FACTS) <= set(head), name
        assert all(row[head.index(fact)] for row in rows for fact in FACTS), name
        assert len(rows) in shown
        assert not any("\\" in cell for row in rows for cell in row), name
        about = dict(_sheet(books[name.replace(".csv", ".xlsx")], "About"))
        assert title in about["Project"]
        assert set(FACTS) <= set(about)
        whole = _sheet(books[name.replace(".csv", ".xlsx")], "Table")
        assert [str(x) for x in whole[0]] == head
        assert len(whole) == len(rows) + 1
    charts = app.get("vega_lite_chart")
    pictures = made(offered, ".svg")
    assert len(pictures) == len(charts) == len([n for n in offered if n.endswith(".png")])
    for name, data in pictures.items():
        written = texts_of(data)
        assert all(f"{fact}: " in written for fact in FACTS), (name, written)
        assert title in written
        assert "\\" not in written, name
    for chart in charts:
        assert title in chart.proto.spec, "a picture of the screen has them too"
        assert "\\" not in chart.proto.alt


def _sheet(data, name):
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name).to_python()


def test_a_picture_names_the_events_that_it_numbers(demo, offered):
    open_screen("kpi", project=WORKSHOP, kpi="desk-hours")
    (picture,) = [x for n, x in made(offered, ".svg").items() if "desk-hours" in n]
    assert "Event 1: 2 Sep 2024" in texts_of(picture)
    (png,) = [make() for n, make in offered.items() if "desk-hours" in n and n.endswith(".png")]
    assert png.startswith(b"\x89PNG")


def test_a_picture_is_in_the_form_of_the_reader_who_takes_it(demo, offered):
    open_screen("deployment", language="de-DE", project=DEMAND)
    (wape,) = [texts_of(x) for n, x in made(offered, ".svg").items() if "wape" in n.lower()]
    assert re.search(r" 0,3\d? ", wape)  # at its axis
    assert not re.search(r" 0\.\d", wape.partition("Made with")[0])
    tables = [x for x in made(offered, ".csv").values() if b"at most" in x]
    assert tables
    assert all(b"at most 0,3" in x for x in tables)


def test_files_of_a_past_moment_hold_what_was_known_then(demo, offered):
    """They are made later, where no screen says which moment is in view."""
    first, _ = (_add_model(demo, name) for name in ("one", "two"))
    rows = {}
    for as_of in ({}, {"as_of": first}):
        offered.clear()
        open_screen("registers", project=DEMAND, kind="models", **as_of)
        (data,) = made(offered, "models.csv").values()
        rows[bool(as_of)] = data.decode().count("two")
    assert rows == {False: 1, True: 0}


def _add_model(workspace, name):
    """Its batch."""
    receipt = import_file(
        workspace.acting_as("ada"), DEMAND, "models", "m.csv", f"model_id\n{name}\n".encode(),
        profile=Profile(new_model="new", look_alike="new"),
    )  # fmt: skip
    assert receipt.status == "committed", receipt
    return str(receipt.batch)


def test_cells_that_could_be_formulas_and_markup_stay_text():
    frame = pd.DataFrame({"Who": ["=1+1", "*a*"], "n": [1, 2.5], "Gone": [3, 4]})
    about = files.Facts("P", "all", "1 Jan 2026", "none", "none")
    data = files._table(
        frame, {"Gone": None}, "t", about, datetime(2026, 1, 1), is_markup=False, file_format="csv"
    )
    head, first, second = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert head == ["Who", "n", *FACTS]
    assert first[:2] == ["'=1+1", "1.0"]
    assert second[:2] == ["*a*", "2.5"]


def test_a_spike_does_not_flatten_two_years_and_is_said():
    weeks = pd.date_range("2024-07-01", periods=60, freq="7D")
    values = [4000.0 + 300 * (i % 5) for i in range(60)]
    frame = pd.DataFrame({"start": weeks, "rate": values, "low": values, "high": values})
    frame.loc[[40, 41], "rate"] = [-33_600.0, -21_000.0]
    frame.loc[[40, 41], "low"] = [-40_000.0, -30_000.0]
    shown = lines.held(frame, ("rate",), around=("low", "high"))
    assert shown["rate"].min() > -2000
    assert shown["low"].min() == shown["rate"].min()
    assert shown["full_rate"][40] == -33_600, "a tooltip tells the figure itself"
    assert shown["beyond_text"].dropna().tolist() == ["↓ −33.6k"]
    assert "2 values lie beyond the edge" in lines.said(shown)


@pytest.mark.parametrize(
    "few", [[5.0] * 8 + [50.0], [1.0, 2.0] * 10, [float(i) for i in range(40)]]
)
def test_what_is_no_outlier_is_drawn_as_it_is(few):
    frame = pd.DataFrame({"start": range(len(few)), "value": few})
    assert lines.held(frame, ("value",)) is frame
    assert lines.said(frame) == ""


def test_names_of_lines_never_lie_over_each_other():
    frame = pd.DataFrame({"start": [1, 2, 3], "a": [0.0, 5, 5.1], "b": [9.0, 5, 5.0],
                          "c": [1.0, None, None]})  # fmt: skip
    named = lines.named(frame, {"a": "A", "b": "B", "c": "C", "d": "D"}, pixels=130)
    assert named["a_name"].dropna().to_dict() == {2: "A"}
    assert named["c_name"].dropna().to_dict() == {0: "C"}
    assert "d_name" not in named
    assert named["a_name_at"][2] - named["b_name_at"][2] >= 9.0 * 13 / 130 - 1e-9
