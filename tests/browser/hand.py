"""What a hand does on a screen: press, write, choose; each ends when the app has answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from playwright.sync_api import TimeoutError as WaitedTooLong

from tests.browser.chromium import a_run_of, wait_for_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

T = TypeVar("T")
N_TRIES = 8
A_LOOK_MS = 15_000  # for a list that is open it is long; one that a run has closed never comes


def again_if_late(act: Callable[[], T]) -> T:
    """What an act gives, done again from its start where a key met what was being drawn anew."""
    for _ in range(N_TRIES - 1):
        try:
            return act()
        except WaitedTooLong:
            continue
    return act()


def press(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    """Press the first button or follow the first link of a name."""
    if isinstance(name, str):  # a button may name its keys behind its words
        name = re.compile(rf"^{re.escape(name)}( Shortcut Ctrl \+ Enter)?$")
    page.get_by_role(role, name=name).first.click()
    wait_for_app(page)


def open_menu(page: Page) -> bool:
    """Open the menu where it is closed, as on a phone; whether it was."""
    opener = page.get_by_test_id("stExpandSidebarButton")
    if not opener.is_visible():
        return False
    opener.click()
    page.locator("[data-testid=stSidebar][data-collapsed=false]").wait_for()
    return True


def write(page: Page, label: str | re.Pattern[str], text: str) -> None:
    """Write into the first field of a label, and leave it."""
    field = page.get_by_label(label, exact=isinstance(label, str)).first
    field.fill(text)
    field.press("Tab")
    wait_for_app(page)


def choose(page: Page, label: str | re.Pattern[str], option: str | re.Pattern[str]) -> None:
    """Choose an option of a select box, looking that it is the one that it shows then, if any.

    A run that ends just then may draw the box anew: its list closes, or moves under the hand. A
    person sees that and chooses again.
    """
    box = page.get_by_role("combobox").and_(page.get_by_label(label, exact=isinstance(label, str)))
    for _ in range(N_TRIES):
        wait_for_app(page)
        box.first.click()
        if isinstance(option, str):
            box.first.fill(option)  # a long list shows only its first options
        offered = page.get_by_role("option", name=option, exact=isinstance(option, str)).first
        try:
            offered.wait_for(timeout=A_LOOK_MS)
            text = offered.inner_text(timeout=A_LOOK_MS)
            offered.click(timeout=A_LOOK_MS)
        except WaitedTooLong:
            page.keyboard.press("Escape")
            continue
        wait_for_app(page)
        if not box.count() or box.first.input_value() == text:
            return
    raise AssertionError(f"{label} does not take {option}: it shows {box.first.input_value()!r}.")


def write_cell(page: Page, grid: Locator, x: float, y: float, text: str) -> None:
    """Write into the cell of a table at a place within it, in pixels from its upper left corner.

    A table that a run draws anew, or that still glides into view, takes no double click: a person
    sees that no field has opened and clicks again.
    """
    field = page.locator("textarea.gdg-input")
    for _ in range(N_TRIES):
        wait_for_app(page)
        grid.scroll_into_view_if_needed()
        box = grid.bounding_box()
        assert box is not None
        page.mouse.dblclick(box["x"] + x, box["y"] + y)
        try:
            field.fill(text, timeout=A_LOOK_MS)
        except WaitedTooLong:
            page.keyboard.press("Escape")
            continue
        with a_run_of(page):
            page.keyboard.press("Enter")
        return
    raise AssertionError(f"No cell opens at {x}, {y} of the table.")
