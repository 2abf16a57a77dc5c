"""The page that a browser opens has what is added to its head; nothing else is changed."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from mlpm_core.api.page_head import PageHead, head_of

PAGE = "<html><head><title>x</title></head><body>" + "word " * 900 + "</body></html>"
SHEET = "h1 { color: black }"
HEAD = (
    f'<style media="print">{SHEET}</style><style media="screen">a {{}}</style><script>go()</script>'
)
WITH_HEAD = PAGE.replace("</head>", f"{HEAD}</head>")
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-encoding": "gzip"}


def page(request):
    return HTMLResponse(PAGE, headers={"etag": '"1"', "last-modified": "yesterday"})


def gone(request):
    return HTMLResponse(PAGE, status_code=404)


def told(request):
    return JSONResponse({"html": PAGE})


def answer(path, method="GET", **headers):
    routes = [Route("/", page), Route("/gone", gone), Route("/told", told)]
    head = head_of({"print": SHEET, "screen": "a {}"}, "go()")
    packed = [Middleware(PageHead, head=head), Middleware(GZipMiddleware, minimum_size=500)]
    app = Starlette(routes=routes, middleware=packed)

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(ask())


def test_a_page_that_a_browser_opens_has_the_sheet_and_says_its_length():
    opened = answer("/", **BROWSER)
    assert opened.text == WITH_HEAD
    assert int(opened.headers["content-length"]) == len(WITH_HEAD.encode())
    assert "etag" not in opened.headers
    assert "last-modified" not in opened.headers


@pytest.mark.parametrize("asked", [{"if-none-match": '"1"'}, {"range": "bytes=0-10"}])
def test_a_page_is_sent_whole_whatever_is_asked_of_it(asked):
    assert answer("/", **BROWSER, **asked).text == WITH_HEAD


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/told", "GET", BROWSER),
        ("/gone", "GET", BROWSER),
        ("/", "HEAD", BROWSER),
        ("/", "GET", {"accept": "*/*", "accept-encoding": "gzip"}),
    ],
)
def test_what_no_browser_opens_as_a_page_stays_as_it_is(path, method, headers):
    given = answer(path, method, **headers)
    assert SHEET not in given.text
    if method == "GET":
        assert "word word" in given.text


@pytest.mark.parametrize(
    ("sheet", "script"), [("</style><script>alert(1)</script>", ""), ("", "</script>")]
)
def test_what_is_added_cannot_end_its_own_element(sheet, script):
    with pytest.raises(ValueError, match="end of an element"):
        head_of({"print": sheet}, script)
