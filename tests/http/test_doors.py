"""Attacks on the front door, kept: spellings of hosts, origins and paths, and how one came in."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from mlpm_core.api.security import SecurityMiddleware, content_security_policy
from tests.http_client import INDEX

TOKEN = "a-token-for-tests"
GOOD = {"host": "localhost:8501"}


async def inside(request):
    return PlainTextResponse("inside")


async def talk(websocket):
    await websocket.accept()


APP = Starlette(
    routes=[
        WebSocketRoute("/_stcore/stream", talk),
        Route("/{rest:path}", inside, methods=["GET", "POST", "PUT", "DELETE"]),
        Route("/_stcore/upload_file/{rest:path}", inside, methods=["PUT"]),
    ],
    middleware=[
        Middleware(
            SecurityMiddleware, policy="default-src 'self'", token=TOKEN, address="127.0.0.1"
        )
    ],
)


def knock(path="/", headers=None, *, method="GET", server=("127.0.0.1", 8501), kind="http"):
    """What the door answers: an HTTP status; for a websocket 101 or 403."""
    pairs = (headers or GOOD).items() if isinstance(headers or GOOD, dict) else headers
    raw = [(k.encode(), v.encode("latin-1")) for k, v in pairs]
    scope = {
        "type": kind, "method": method, "path": path, "raw_path": path.encode(), "headers": raw,
        "query_string": b"", "root_path": "", "http_version": "1.1", "scheme": "http",
        "server": server, "client": ("127.0.0.1", 1), "subprotocols": [],
    }  # fmt: skip
    sent = []

    async def receive():
        body = {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "websocket.connect"} if kind == "websocket" else body

    async def send(message):
        sent.append(message)

    asyncio.run(APP(scope, receive, send))
    if kind == "websocket":
        return {"websocket.accept": 101, "websocket.close": 403}[sent[0]["type"]]
    return sent[0]["status"]


@pytest.mark.parametrize(
    ("server", "status"),
    [
        (("127.0.0.1", 8501), 200),
        (("127.0.0.2", 8501), 200),
        (("::1", 8501), 200),
        (("::ffff:127.0.0.1", 8501), 200),
        (("localhost", None), 200),
        (("/run/mlpm.sock", None), 200),
        (None, 200),
        (("0.0.0.0", 8501), 403),
        (("192.168.1.5", 8501), 403),
        (("::ffff:192.168.1.5", 8501), 403),
        (("fe80::1%eth0", 8501), 403),
        (("2001:db8::1", 8501), 403),
        (("255.255.255.255", 80), 403),
        (("testserver", 80), 200),  # a client in this process; no socket has a name
    ],
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/static/x.js", "/_stcore/stream"])
def test_a_connection_from_the_network_is_refused_whatever_it_calls_itself(path, server, status):
    """Any ASGI server may listen anywhere; where a connection came in, it cannot hide."""
    if path == "/_stcore/stream":
        answer = knock(path, server=server, kind="websocket")
        assert answer == {200: 101, 403: 403}[status]
    else:
        assert knock(path, server=server) == status


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST:8501", "localhost.", "127.0.0.1", "127.0.0.1.:8501", "[::1]",
        "[::1]:8501", "localhost:", "127.0.0.1:1",
    ],
)  # fmt: skip
def test_the_same_host_in_other_letters_is_served(host):
    assert knock(headers={"host": host}) == 200


@pytest.mark.parametrize(
    "host",
    [
        "localhost..", ".localhost", "localhost:8501:8501", "localhost:99999", "localhost:-1",
        "localhost:8501@evil.example", "evil.example@localhost", "evil.example#localhost",
        "evil.example?localhost", "localhost?evil", "localhost#evil", "localhost/evil",
        "localhost\\evil", "localhost%00", "localhost%2eevil.example", "loc\talhost",
        "localhost\x00",
        "local host", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.01", "127.0.0.2",
        "0", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "::1", "[::1", "::1]", "[[::1]]",
        "[::1%25lo]", "[localhost]", "localhost.localdomain", "127.0.0.1.nip.io", "ⓛocalhost",
        "xn--localhost", "localhost,localhost", "localhost;evil", "*", "null",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_what_only_looks_like_this_host_is_refused(host, kind):
    path = "/_stcore/stream" if kind == "websocket" else "/"
    assert knock(path, {"host": host.encode().decode("latin-1")}, kind=kind) == 403


def test_a_request_without_a_host_or_with_two_is_refused():
    assert knock(headers={"accept": "*/*"}) == 403
    assert knock(headers={"host": ""}) == 403
    assert knock(headers=[("host", "localhost"), ("host", "localhost")]) == 403
    assert knock(headers=[("host", "localhost"), ("host", "evil.example")]) == 403


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", "http://localhost:8501"),
        ("LOCALHOST:8501", "http://localhost:8501"),
        ("localhost.:8501", "http://localhost.:8501"),
        ("127.0.0.1:8501", "http://127.0.0.1:8501"),
        ("[::1]:8501", "http://[::1]:8501"),
        ("localhost", "http://localhost"),
        ("localhost:80", "http://localhost"),
        ("localhost", "http://localhost:80"),
        ("localhost:443", "https://localhost"),
    ],
)
def test_a_page_speaks_to_the_host_it_came_from(host, origin):
    headers = {"host": host, "origin": origin}
    assert knock("/_stcore/stream", headers, kind="websocket") == 101
    assert knock("/_stcore/upload_file/x", headers, method="PUT") == 200
    assert knock("/healthz", headers) == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:8501", "http://[::1]:8501", "http://127.0.0.2:8501",  # other names of it
        "http://localhost:8502", "http://localhost", "https://localhost", "ws://localhost:8501",
        "http://localhost:8501.evil.example", "http://localhost:8501@evil.example",
        "http://evil.example#localhost:8501", "http://evil.example/localhost:8501",
        "http://localhost%3a8501", "http://localhost..:8501", "http://.localhost:8501",
        "http:localhost:8501", "//localhost:8501", "localhost:8501", "localhost", "null", "",
        "file://", "chrome-extension://localhost:8501", "http://localhost:85011",
        "http://localhost:8501 http://evil.example", "http://[::1", "http://0.0.0.0:8501",
        "data:text/html,x", "blob:http://localhost:8501/x", "http://2130706433:8501",
    ],
)  # fmt: skip
def test_no_other_page_drives_a_screen_or_hands_a_file_in(origin):
    """For another name of this machine too: Streamlit would ask the internet for its address."""
    headers = GOOD | {"origin": origin}
    assert knock("/_stcore/stream", headers, kind="websocket") == 403
    for method in ("PUT", "POST", "DELETE"):
        assert knock("/_stcore/upload_file/x", headers, method=method) == 403


@pytest.mark.parametrize(
    "path",
    [
        "/healthz/", "/readyz/", "/healthz/x", "/readyz%20", "/Readyz/", "/READYZ", "/api",
        "/API/v2",
        "/Api/v1/projects", "/_stcore/metrics", "/_stcore/metrics/", "/_stcore/agent",
        "/base/_stcore/metrics", "/auth/login", "/auth/logout", "/auth/login/", "/oauth2callback",
        "/base/oauth2callback", "/base/auth/login", "", "*", "portfolio",
        "http://localhost/api/v1/projects", "/port\x00folio", "/port\nfolio", "/port\x1b[31m",
        "/\u202eportfolio", "/port\x7f",
    ],
)  # fmt: skip
def test_a_path_that_is_none_is_a_404_and_no_page(path):
    headers = GOOD | {"authorization": f"Bearer {TOKEN}"}
    assert knock(path, headers) == 404


@pytest.mark.parametrize(
    "path",
    [
        "/", "/portfolio", "/healthz", "/readyz", "/api/v1/projects/auth/imports", "/healthy",
        "/api/v1/projects/auth/login/imports", "/api/v1/projects/_stcore/metrics/imports",
        "/authentic", "/auth", "/_stcore/health", "/größe",
    ],
)  # fmt: skip
def test_a_path_that_only_resembles_a_closed_one_is_served(path):
    headers = GOOD | {"authorization": f"Bearer {TOKEN}"}
    assert knock(path, headers) == 200


@pytest.mark.parametrize(
    "path",
    ["/api/v1/projects", "/api/v1/", "/api/v1//", "/api/v1/../v1/projects", "/api/v1/x\u00e9"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_nothing_below_the_interface_is_open_without_a_token(path, method):
    assert knock(path, method=method) == 401


def test_the_policy_keeps_forms_at_home():
    policy = content_security_policy(INDEX.read_text("utf-8"))
    assert "form-action 'self'" in policy.split("; ")
    for closed in ("object-src 'none'", "base-uri 'self'", "frame-ancestors 'self'"):
        assert closed in policy.split("; ")
