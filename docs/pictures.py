"""The pictures of README.md and docs/tour.md: the demo, 1280 wide, light theme.

Run by `make pictures`, which puts the repository on the path for the browser's helpers.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, find_chromium, take_picture, wait_for_app, watched
from tests.serving import run_server

FOLDER = Path(__file__).resolve().parent / "pictures"
SCREENS = {
    "portfolio": "",
    "brief": "brief?project=bike-shop-demand",
    "find_kpi": "find_kpi?project=bike-shop-winback&dimension=customer_experience"
    "&candidate=customers-lost",
    "value_case": "value_case?project=bike-shop-winback",
    "mechanism": "mechanism?project=bike-shop-winback&mechanism=@new",
    "estimate": "estimate?project=bike-shop-wearcheck",
    "candidates": "candidates?project=bike-shop-winback",
    "adoption": "adoption?project=bike-shop-winback",
    "health": "health",
    "deployment": "deployment?project=bike-shop-workshop&deployment=request-triage-form",
    "promised": "promised?project=bike-shop-demand",
    "upload": "upload?project=bike-shop-demand&kind=metric_results",
    "imports": "imports?project=bike-shop-demand",
    "registers": "registers?project=bike-shop-demand&kind=promises",
    "settings": "settings?project=bike-shop-demand",
}


def main() -> None:
    """Take every picture again."""
    FOLDER.mkdir(exist_ok=True)
    window = {"width": 1280, "height": 800}
    with (
        tempfile.TemporaryDirectory() as folder,
        run_server(Path(folder), demo=True) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright), headless=True, args=FLAGS
        )
        for name, address in SCREENS.items():
            with watched(browser.new_context(viewport=window, color_scheme="light")) as page:
                page.goto(f"{server.url}/{address}")
                wait_for_app(page)
                shutil.move(take_picture(page, name), FOLDER / f"{name}.png")
            print(f"docs/pictures/{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
