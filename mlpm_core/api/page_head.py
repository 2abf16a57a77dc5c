"""What Streamlit has no place for: style sheets and a script in the head of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_END_OF_HEAD: Final = b"</head>"
_SHORTER: Final = (b"accept-encoding", b"range", b"if-none-match", b"if-modified-since")


def head_of(sheets: Mapping[str, str], script: str) -> str:
    """The elements of a head.

    Parameters
    ----------
    sheets
        Each style sheet by the medium that it is for.
    script
        What the page runs before anything of Streamlit.

    Raises
    ------
    ValueError
        When one of them would end its own element.

    Examples
    --------
    >>> head_of({"print": "h1 { color: black }"}, "go()")
    '<style media="print">h1 { color: black }</style><script>go()</script>'
    """
    if any("</" in part for part in (*sheets.values(), script)):
        raise ValueError("A style sheet or a script may not hold the end of an element.")
    styles = [f'<style media="{medium}">{sheet}</style>' for medium, sheet in sheets.items()]
    return "".join([*styles, f"<script>{script}</script>"])


class PageHead:
    """Pure ASGI middleware that adds to the head of the page that a browser opens.

    The page is asked for whole and as it is: it has 8 kB, and one that was packed could not be
    added to.

    Parameters
    ----------
    app
        The application behind it.
    head
        What is added, from `head_of`.
    """

    def __init__(self, app: ASGIApp, *, head: str) -> None:
        self.app = app
        self.added = head.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; a page that is opened becomes longer by what is added."""
        if not _opens_a_page(scope):
            await self.app(scope, receive, send)
            return
        whole = [(name, value) for name, value in scope["headers"] if name not in _SHORTER]
        is_page = False

        async def send_with_head(message: Message) -> None:
            nonlocal is_page
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_page = message["status"] == 200 and _is_whole_html(headers)
                if is_page:
                    length = int(headers["content-length"]) + len(self.added)
                    headers["content-length"] = str(length)
                    del headers["etag"]  # these name the page as it was
                    del headers["last-modified"]
            elif is_page and _END_OF_HEAD in message.get("body", b""):
                body = message["body"].replace(_END_OF_HEAD, self.added + _END_OF_HEAD, 1)
                message = {**message, "body": body}
                is_page = False
            await send(message)

        await self.app({**scope, "headers": whole}, receive, send_with_head)


def _opens_a_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _is_whole_html(headers: MutableHeaders) -> bool:
    is_html = headers.get("content-type", "").startswith("text/html")
    return is_html and "content-length" in headers and "content-encoding" not in headers
