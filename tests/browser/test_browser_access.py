"""Screens for eyes, ears and fingers of all kinds: axe, zoom, keyboard, Back, the phone menu."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as WaitedTooLong

from tests.browser.chromium import wait_for_app, watched
from tests.browser.hand import A_LOOK_MS, again_if_late, choose, press

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, FileChooser, Page

    from tests.serving import Server

DEMAND, WORKSHOP, WINBACK = "bike-shop-demand", "bike-shop-workshop", "bike-shop-winback"
STATES = (
    f"?shown={WORKSHOP}",
    f"?project={DEMAND}&print=1",
    "start",
    "health",
    f"brief?project={DEMAND}&edit=1",
    f"value_case?project={DEMAND}&edit=1",
    "value_case?project=not-there",
    f"estimate?project={DEMAND}",
    f"risks?project={DEMAND}",
    f"support?project={DEMAND}&part=sourcing",
    f"candidates?project={WINBACK}",
    f"adoption?project={DEMAND}&edit=1",
    f"kpi?project={DEMAND}&kpi=planner-hours&range=quarter",
    f"deployment?project={DEMAND}",
    f"promised?project={DEMAND}",
    f"upload?project={DEMAND}",
    f"imports?project={DEMAND}",
    f"registers?project={DEMAND}&kind=kpis&record=planner-hours",
    "settings",
    f"find_kpi?project={DEMAND}&dimension=people_intensity",
    f"mechanism?project={DEMAND}",
)
STREAMLITS = {
    # the menu groups its entries by <div>s within one list
    "list": "[data-testid=stSidebarNavItems]",
    "listitem": "[data-testid=stSidebarNavItems]",
    # a place for the point under the pointer in the small chart of a figure, empty until then
    "svg-img-alt": "[data-testid=stMetric] .role-mark",
    # year, month and day in a date field are smaller than a finger; the calendar beside is not
    "target-size": "[data-testid=stDateInput] [role=spinbutton]",
    # the place where a file is dropped has a name and no role
    "presentation-role-conflict": "[data-testid=stFileUploaderDropzone]",
}
"""What axe finds inside Streamlit's own widgets, where no code of ours reaches, by its rule."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = """([only, own]) => axe.run({runOnly: only, resultTypes: ['violations']}).then(found =>
    found.violations.flatMap(({id, impact, nodes}) => nodes.map(({target, html}) => ({
        rule: id,
        isOwn: !(own[id] && document.querySelector(target[0])?.closest(own[id])),
        text: `${impact} ${id}: ${html.slice(0, 200)}`,
    }))))"""
_HEADINGS = """() => [...document.querySelectorAll('[data-testid=stMain] :is(h1,h2,h3,h4,h5,h6)')]
    .map(heading => Number(heading.tagName[1]))"""
_CHARTS = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]:has(svg, canvas)')]
    .map(chart => chart.ariaLabel ?? '')"""
_IS_DARK = """() => 'dark' ===
    getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme"""
_FITS = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')].every(
    part => part.scrollWidth <= part.clientWidth)"""
_ON_PAPER = """(width) => {
    const main = document.querySelector('[data-testid=stMainBlockContainer]');
    const seen = (sort) => [...document.querySelectorAll(sort)].filter(
        (e) => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().height);
    const inside = (sort) => seen(sort).filter((e) => main.contains(e));
    const said = (e) => `${e.tagName} ${e.dataset.testid ?? ''} ${e.innerText ?? ''}`.slice(0, 80);
    const controls = 'input, textarea, select, [role=slider], button:not([role=tab]), '
        + '[data-testid=stSidebar], [data-testid=stHeader], [data-testid=stToolbar]';
    return [
        ...seen(controls).map((e) => `a control: ${said(e)}`),
        ...inside('p, li, td, th, h1, h2, h3, svg, canvas')
            .filter((e) => e.getBoundingClientRect().right > width + 1)
            .map((e) => `beyond the sheet: ${said(e)}`),
        ...inside('[data-testid=stLayoutWrapper]')
            .filter((e) => !e.innerText.trim() && !e.querySelector('svg, canvas'))
            .map((e) => `an empty frame: ${said(e)}`),
        ...inside('.stVegaLiteChart, .stAlert, .stGridCell, tr')
            .filter((e) => getComputedStyle(e).breakInside !== 'avoid')
            .map((e) => `cut by the end of a sheet: ${said(e)}`),
        ...inside('.stVerticalBlock').filter((e) => getComputedStyle(e).display !== 'block')
            .map((e) => `laid over what follows by the end of a sheet: ${said(e)}`),
        ...(/as of/.test(inside('[data-testid=stCaptionContainer]')[0]?.innerText)
            ? [] : ['no line of whose figures these are']),
    ];
}"""
A4 = 703
"""Pixels between the margins of a sheet."""
_FOCUS = """() => {
    const at = document.activeElement;
    const name = at.ariaLabel || at.innerText || at.value || '';
    return [at.role || at.tagName.toLowerCase(), name.replaceAll('\\u00a0', ' ').trim()];
}"""


@pytest.fixture(scope="module")
def walker(browser: Browser) -> Iterator[Page]:
    """One window for all walks, which loads Streamlit once."""
    window = {"width": 1280, "height": 900}
    context = browser.new_context(viewport=window, color_scheme="light")
    context.add_init_script(script=Axe().axe_script)
    with watched(context) as page:
        yield page


def go(page: Page, server: Server, address: str) -> None:
    page.goto(f"{server.url}/{address}")
    wait_for_app(page)


def findings(page: Page, met: set[str], *rules: str) -> list[str]:
    """What axe finds on a screen that is not Streamlit's own; ``met`` gets the rules of those."""
    only: Any = {"type": "rule", "values": list(rules)} if rules else RULES
    found = page.evaluate(_AXE, [only, STREAMLITS])
    met.update(one["rule"] for one in found if not one["isOwn"])
    return [one["text"] for one in found if one["isOwn"]]


def faults(page: Page, met: set[str]) -> list[str]:
    """All that a screen does wrong, in light and dark, and at twice its size."""
    found = findings(page, met)
    levels = page.evaluate(_HEADINGS)
    if levels[:1] != [1] or any(b > a + 1 for a, b in pairwise(levels)):
        found.append(f"headings jump: {levels}")
    for text in page.evaluate(_CHARTS):
        if len(text) < 20 or "\\" in text or ":material/" in text:
            found.append(f"a chart says {text!r}")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(_IS_DARK)
    found += [f"dark, {one}" for one in findings(page, met, "color-contrast")]
    page.set_viewport_size({"width": 640, "height": 450})
    try:
        page.wait_for_function(_FITS)  # a table draws itself anew
    except WaitedTooLong:
        found.append("scrolls sideways at 200 %")
    page.set_viewport_size({"width": A4, "height": 994})
    page.emulate_media(media="print")
    try:
        page.wait_for_function(f"width => !({_ON_PAPER})(width).length", arg=A4)
    except WaitedTooLong:
        found += [f"on paper, {one}" for one in page.evaluate(_ON_PAPER, A4)]
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    return found


def test_no_screen_has_a_finding_a_jump_of_headings_or_a_sideways_scroll(
    walker: Page, server: Server
):
    """WCAG 2.2 AA by axe; 1.4.10 at 200 %: a window of 1280 pixels is 640 wide then."""
    found, met = [], set()
    for state in STATES:
        go(walker, server, state)
        found += [f"{state}: {fault}" for fault in faults(walker, met)]
    assert not found, "\n".join(found)
    assert met == set(STREAMLITS), "Streamlit has mended some: take them off the list"


def test_an_empty_store_has_none_either(walker: Page, server_without_demo: Server):
    found = []
    for state in ("", "health", "upload", "registers?kind=projects"):
        go(walker, server_without_demo, state)
        found += [f"{state}: {fault}" for fault in faults(walker, set())]
    assert not found, "\n".join(found)


def test_each_screen_is_one_step_back(walker: Page, server: Server):
    """It took up to four: one for each thing that a screen wrote into its address."""
    go(walker, server, f"?project={DEMAND}")
    trail = []
    for title in ("Value case", "Estimate", "Risks and checks", "Deployment", "Upload", "KPI"):
        trail.append((walker.locator("h1").inner_text(), walker.url))
        n_steps = walker.evaluate("() => history.length")
        press(walker, "link", re.compile(f"{title}$"))
        walker.get_by_role("heading", name=title, exact=True, level=1).wait_for()
        wait_for_app(walker)
        assert walker.evaluate("() => history.length") == n_steps + 1, title
    for title, address in reversed(trail):
        walker.go_back()
        walker.get_by_role("heading", name=title, exact=True, level=1).wait_for()
        wait_for_app(walker)
        assert walker.url == address


def test_back_takes_a_choice_back_and_then_leaves_the_screen(walker: Page, server: Server):
    """All days could not be gone back to: the range chosen since came back with each step."""
    go(walker, server, "health")
    go(walker, server, f"kpi?project={DEMAND}&kpi=planner-hours")
    asked = walker.get_by_role("combobox", name="Time range")
    assert asked.input_value() == "All"
    choose(walker, "Time range", "Last quarter")
    choose(walker, "Time range", "Last year")
    for was in ("Last quarter", "All"):
        walker.go_back()
        wait_for_app(walker)
        assert asked.input_value() == was
    assert "range=" not in walker.url
    walker.go_back()
    walker.get_by_role("heading", name="Health", exact=True, level=1).wait_for()
    wait_for_app(walker)

    go(walker, server, "")
    n_rows = walker.get_by_role("link", name=re.compile("open risks?")).count()
    choose(walker, "Owner", "Tom Okafor")
    assert walker.get_by_role("link", name=re.compile("open risks?")).count() < n_rows
    walker.go_back()
    wait_for_app(walker)
    assert walker.get_by_role("combobox", name="Owner").input_value() == "Every owner"
    assert walker.get_by_role("link", name=re.compile("open risks?")).count() == n_rows


def tab_to(page: Page, role: str, name: str | re.Pattern[str]) -> None:
    """Move the focus to what has a role and a name that ends so, by the key alone."""
    for _ in range(250):
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUS)
        ends = name.search(at[1]) if isinstance(name, re.Pattern) else at[1].endswith(name)
        if at[0] == role and ends:
            return
    raise AssertionError(f"no way by the keyboard to {role} {name}")


def enter(page: Page, role: str, name: str) -> None:
    tab_to(page, role, name)
    page.keyboard.press("Enter")
    wait_for_app(page)


def _last_year(page: Page, server: Server) -> None:
    go(page, server, f"kpi?project={DEMAND}&kpi=planner-hours")
    tab_to(page, "combobox", "Time range")
    page.keyboard.type("Last year")
    page.get_by_role("option", name="Last year").wait_for(timeout=A_LOOK_MS)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("range=year"), timeout=A_LOOK_MS)
    wait_for_app(page)


def _file_chooser(page: Page, server: Server) -> FileChooser:
    go(page, server, f"upload?project={DEMAND}&kind=models")
    tab_to(page, "button", "Upload")
    with page.expect_file_chooser(timeout=A_LOOK_MS) as chooser:
        page.keyboard.press("Enter")
    return chooser.value


def test_five_tasks_are_done_by_the_keyboard_alone(walker: Page, server: Server):
    """Open a project, choose a period, upload a file, decide, undo: without a pointer."""
    page = walker
    go(page, server, "")
    enter(page, "a", "Workshop time and triage")
    page.get_by_role("heading", name="Brief", exact=True, level=1).wait_for()
    wait_for_app(page)
    assert f"brief?project={WORKSHOP}" in page.url
    page.go_back()
    page.get_by_role("heading", name="Portfolio", exact=True, level=1).wait_for()
    wait_for_app(page)

    again_if_late(lambda: _last_year(page, server))
    again_if_late(lambda: _file_chooser(page, server)).set_files(
        {"name": "keys.csv", "mimeType": "text/csv", "buffer": b"model_id\nby-keyboard\n"}
    )
    page.get_by_role("heading", name="keys.csv").wait_for()
    wait_for_app(page)
    enter(page, "button", "Store 1 line")
    page.get_by_text(re.compile(r"Stored as B\d+: 1 line")).first.wait_for()
    wait_for_app(page)
    go(page, server, f"imports?project={DEMAND}")
    enter(page, "button", "Undo this batch")
    tab_to(page, "button", re.compile(r"Yes, undo B\d+$"))
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"is undone by B\d+")).first.wait_for()

    go(page, server, f"adoption?project={WINBACK}&edit=1")
    for field, role, text in (
        ("Decision in one line", "input", "Try it with one region"),
        ("Why", "textarea", "It is the cheapest way to learn more"),
        ("Decided by", "input", "Ann"),
    ):
        tab_to(page, role, field)
        page.keyboard.type(text)
    enter(page, "button", "Record the decision")
    page.get_by_text("Decision recorded as").first.wait_for()
    enter(page, "button", "Undo")
    page.get_by_text(re.compile(r"is undone by B\d+")).first.wait_for()


def test_the_menu_of_a_phone_closes_when_a_screen_is_chosen(phone_page: Page, server: Server):
    menu = phone_page.get_by_test_id("stSidebar")
    go(phone_page, server, f"health?project={DEMAND}")
    phone_page.get_by_test_id("stExpandSidebarButton").tap()
    phone_page.locator("[data-testid=stSidebar][data-collapsed=false]").wait_for()
    menu.get_by_role("link", name=re.compile("Brief$")).tap()
    phone_page.get_by_role("heading", name="Brief", exact=True, level=1).wait_for()
    phone_page.locator("[data-testid=stSidebar][data-collapsed=true]").wait_for(state="attached")
