"""The front door in a real browser: drawn under the strict policy, offline, in both themes."""

from __future__ import annotations

import pytest

from tests.browser.chromium import wait_for_app, watched


@pytest.mark.parametrize("window", ["page", "dark_page", "phone_page"])
def test_the_first_screen_is_drawn_without_a_violation(window, server, request):
    page = request.getfixturevalue(window)
    response = page.goto(server.url)
    wait_for_app(page)
    policy = response.headers["content-security-policy"]
    assert "'unsafe-eval'" not in policy
    assert page.locator("[data-testid=stMain] h1").count() == 1
    assert page.locator("[data-testid=stException]").count() == 0


def test_a_violation_would_be_noticed(server, browser):
    inline = "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"

    def break_the_policy():
        with watched(browser.new_context()) as page:
            page.goto(server.url)
            with page.expect_console_message(lambda message: message.type == "error"):
                page.evaluate(inline)

    with pytest.raises(AssertionError, match="policy violation"):
        break_the_policy()
