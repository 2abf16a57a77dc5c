"""How screens look on paper: one style sheet, for paper only, in the head of Streamlit's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_END_OF_HEAD: Final = b"</head>"
_SHORTER: Final = (b"accept-encoding", b"range", b"if-none-match", b"if-modified-since")


class PrintSheet:
    """Pure ASGI middleware that adds a style sheet for paper to the page that a browser opens.

    Streamlit has no place for one, and what is drawn on a screen stays as its theme says. The page
    is asked for whole and as it is: it has 8 kB, and one that was packed could not be added to.

    Parameters
    ----------
    app
        The application behind it.
    sheet
        The style sheet, without what ends a ``style`` element.

    Raises
    ------
    ValueError
        When the sheet would end its own element.
    """

    def __init__(self, app: ASGIApp, *, sheet: str) -> None:
        if "</" in sheet:
            raise ValueError("A style sheet may not hold the end of an element.")
        self.app = app
        self.added = f'<style media="print">{sheet}</style>'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; a page that is opened becomes longer by the sheet."""
        if not _opens_a_page(scope):
            await self.app(scope, receive, send)
            return
        whole = [(name, value) for name, value in scope["headers"] if name not in _SHORTER]
        is_page = False

        async def send_with_sheet(message: Message) -> None:
            nonlocal is_page
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_page = message["status"] == 200 and _is_whole_html(headers)
                if is_page:
                    length = int(headers["content-length"]) + len(self.added)
                    headers["content-length"] = str(length)
                    del headers["etag"]  # these name the page without the sheet
                    del headers["last-modified"]
            elif is_page and _END_OF_HEAD in message.get("body", b""):
                body = message["body"].replace(_END_OF_HEAD, self.added + _END_OF_HEAD, 1)
                message = {**message, "body": body}
                is_page = False
            await send(message)

        await self.app({**scope, "headers": whole}, receive, send_with_sheet)


def _opens_a_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _is_whole_html(headers: MutableHeaders) -> bool:
    is_html = headers.get("content-type", "").startswith("text/html")
    return is_html and "content-length" in headers and "content-encoding" not in headers
