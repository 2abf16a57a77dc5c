"""Forms and addresses in a real browser: reload, Back, two windows on one record, stale links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.browser import hand
from tests.browser.chromium import a_run_of, wait_for_app, watched
from tests.browser.hand import choose, write
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.serving import Server

DEMAND = "bike-shop-demand"
FORM = f"registers?project={DEMAND}&kind=kpis&record=planner-hours"


def go(page: Page, server: Server, address: str) -> None:
    page.goto(f"{server.url}/{address}")
    wait_for_app(page)


def press(page: Page, name: str, role: str = "button") -> None:
    hand.press(page, role, name)


def held(page: Page, label: str) -> str:
    return str(page.get_by_label(label, exact=True).first.input_value())


def shown(page: Page) -> str:
    return str(page.locator("[data-testid=stMain]").inner_text()).replace("\u2060", "")


@pytest.fixture
def second(browser: Browser):
    """The window of another person."""
    window = {"width": 1280, "height": 900}
    with watched(browser.new_context(viewport=window, color_scheme="light")) as page:
        yield page


def test_a_reload_keeps_what_was_typed_and_it_can_be_let_go(page: Page, server: Server):
    go(page, server, FORM)
    stored = held(page, "Owner")
    write(page, "Owner", "Half a na")
    page.reload()
    wait_for_app(page)
    assert held(page, "Owner") == "Half a na"
    assert re.search(r"Unsaved changes from \d\d:\d\d", shown(page))
    with a_run_of(page):  # after a pause in typing, though nobody leaves the field
        page.get_by_label("Title", exact=True).first.press_sequentially("!")
    page.reload()
    wait_for_app(page)
    assert held(page, "Title").count("!") == 1
    press(page, "Discard")
    assert held(page, "Owner") == stored
    page.reload()
    wait_for_app(page)
    assert held(page, "Owner") == stored
    assert "Unsaved changes" not in shown(page)


def test_one_step_back_finds_what_was_typed_and_one_forward_the_other_screen(
    page: Page, server: Server
):
    go(page, server, FORM)
    write(page, "Owner", "Half a na")
    press(page, "Portfolio", "link")
    page.get_by_role("heading", name="Portfolio", exact=True).wait_for()
    page.go_back()
    page.get_by_role("heading", name="All records", exact=True).wait_for()
    wait_for_app(page)
    assert held(page, "Owner") == "Half a na"
    assert "record=planner-hours" in page.url
    page.go_forward()
    page.get_by_role("heading", name="Portfolio", exact=True).wait_for()
    page.go_back()
    page.get_by_role("heading", name="All records", exact=True).wait_for()
    wait_for_app(page)
    press(page, "Discard")


def test_two_windows_on_one_record_lose_nothing_and_undo_takes_back_one_change(
    page: Page, second: Page, server: Server
):
    for window in (page, second):
        go(window, server, FORM)
    before = held(page, "Owner"), held(page, "Target")
    write(page, "Owner", "Ann")
    press(page, "Save")
    write(second, "Target", "11.5")
    press(second, "Save")
    assert "Owner of planner-hours was changed to “Ann” by" in shown(second)
    assert (held(second, "Owner"), held(second, "Target")) == ("Ann", "11.5")
    go(page, server, FORM)
    assert (held(page, "Owner"), held(page, "Target")) == ("Ann", "11.5")

    write(page, "Owner", "Ida")
    press(page, "Save")
    write(second, "Owner", "Ben")
    press(second, "Save")
    assert "Somebody else changed 1 field that you changed too" in shown(second)
    assert "Theirs: Ida" in shown(second)
    assert "Yours: Ben" in shown(second)
    second.get_by_text("Yours: Ben").click()
    wait_for_app(second)
    press(second, "Save with these choices")
    assert held(second, "Owner") == "Ben"
    press(second, "Undo")
    assert "is undone by" in shown(second)
    assert held(second, "Owner") == "Ida"
    _take_back(server, page, before)


def _take_back(server: Server, page: Page, before: tuple[str, str]) -> None:
    """The record as it was, for the server is shared."""
    go(page, server, FORM)
    write(page, "Owner", before[0])
    write(page, "Target", before[1])
    press(page, "Save")


def test_enter_alone_sends_no_form_and_ctrl_enter_sends_all_of_it(page: Page, server: Server):
    """The estimate of a day is never changed again: it is not kept before its form is filled."""
    go(page, server, f"estimate?project={DEMAND}&kind=estimate_snapshots&edit=1")
    reason = page.get_by_label("Why it is kept", exact=True)
    reason.fill("Before the board")
    reason.press("Enter")
    wait_for_app(page)
    assert "The estimate of today is kept" not in shown(page)
    assert reason.input_value() == "Before the board"
    page.get_by_text("As the baseline that the project is held against").click()
    with a_run_of(page):
        page.keyboard.press("Control+Enter")
    assert "The estimate of today is kept as the baseline." in shown(page)
    press(page, "Undo")
    assert "is undone by" in shown(page)


def test_archive_and_restore_in_place(page: Page, server: Server):
    go(page, server, FORM)
    press(page, "Archive")
    assert "is archived" in shown(page)
    go(page, server, f"registers?project={DEMAND}&kind=kpis")
    page.get_by_text(re.compile("Show archived")).click()
    wait_for_app(page)
    choose(page, "What to do", re.compile("archived"))
    press(page, "Restore")
    assert "is restored" in shown(page)
    page.get_by_text(re.compile("Show archived")).wait_for(state="detached")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_gone_stale_is_said_and_leads_on(browser: Browser, server: Server, width: int):
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme="dark")
    with watched(context) as page:
        go(page, server, "value_case?project=no%20longer&case=%2E%2E%2Fetc&case=b")
        assert "There is no project “no longer” (any more); choose one." in shown(page)
        assert page.locator("[data-testid=stMetric]").count() == 0
        choose(page, "Choose a project", re.compile("win-back"))
        assert "project=bike-shop-winback" in page.url
        assert "etc" not in page.url
        assert page.locator("[data-testid=stMetric]").count() > 0
        page.go_back()
        page.get_by_text("There is no project “no longer”").first.wait_for()
        page.go_forward()
        page.locator("[data-testid=stMetric]").first.wait_for()


def test_the_demo_is_removed_in_settings_after_a_question_and_loaded_again(
    page: Page, server_without_demo: Server
):
    token = {"Authorization": f"Bearer {server_without_demo.token}"}
    httpx.post(f"{server_without_demo.url}/api/v1/demo", headers=token, timeout=PATIENCE)
    page.goto(f"{server_without_demo.url}/?project={DEMAND}")
    wait_for_app(page)
    assert page.get_by_role("button", name="Remove the demo").count() == 0
    press(page, "Remove it in Settings", "link")
    page.get_by_role("heading", name="Settings", exact=True).wait_for()
    press(page, "Remove the demo")
    press(page, "Yes, remove the demo")
    page.get_by_text("The demo is not loaded").first.wait_for()
    press(page, "Load the demo")
    page.get_by_text("The demo is loaded").first.wait_for()
    wait_for_app(page)
    press(page, "Remove the demo")
    press(page, "Yes, remove the demo")
    page.get_by_text("The demo is not loaded").first.wait_for()
