"""A visitor without a browser: opens a screen over the websocket, and hands a file in."""

from __future__ import annotations

import http.client
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

SECONDS = 90
FILE = (
    b'--edge\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\n"
)
"""How the body of an uploaded file begins."""


@dataclass
class Visit:
    """Somebody who has a screen before them: their websocket, session and what they can read."""

    wire: ClientConnection
    session: str = ""
    headings: list[str] = field(default_factory=list)


@contextmanager
def visit(url: str, page: str = "", *, origin: str | None = None) -> Iterator[Visit]:
    """A screen that is open; its script has run to its end."""
    with connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream",
        origin=origin or url, subprotocols=["streamlit"], proxy=None, max_size=None,
        open_timeout=SECONDS,
    ) as wire:  # fmt: skip
        asked = BackMsg()
        asked.rerun_script.page_name = page
        wire.send(asked.SerializeToString())
        seen = Visit(wire)
        while True:
            message = ForwardMsg.FromString(wire.recv(SECONDS))
            if message.HasField("new_session"):
                seen.session = message.new_session.initialize.session_id
            if message.delta.new_element.HasField("heading"):
                seen.headings.append(message.delta.new_element.heading.body)
            if message.HasField("script_finished"):
                break
        yield seen


def page_headers(url: str) -> dict[str, str]:
    """What the page sends with a file: where it is from, and the server's XSRF token twice."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
    try:
        connection.request("GET", "/_stcore/health", headers={"Origin": url})
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    cookie = str(answer.getheader("Set-Cookie")).partition(";")[0]
    return {
        "Origin": url,
        "Cookie": cookie,
        "X-Xsrftoken": cookie.partition("=")[2].strip('"'),
        "Content-Type": "multipart/form-data; boundary=edge",
    }


def upload(url: str, session: str, data: bytes) -> int:
    """The status of a file handed in as the page does it."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
    try:
        path = f"/_stcore/upload_file/{session}/file-1"
        connection.request("PUT", path, FILE + data + b"\r\n--edge--\r\n", page_headers(url))
        return connection.getresponse().status
    finally:
        connection.close()
