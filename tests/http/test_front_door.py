"""The front door without a port: headers, Host, Origin and token, and what must stay unseen."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import stat
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute

from mlpm_core import api
from mlpm_core.api import health
from mlpm_core.api.security import SecurityMiddleware, content_security_policy, startup_refusal
from mlpm_core.errors import StoreError
from mlpm_core.services.admin.server_file import announced, new_token, read_server_file
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.session.workspace import Check

TOKEN = "a-token-for-tests"
HOME = "http://localhost:8501"
SAFE_OPTIONS = {
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "server.address": "127.0.0.1",
    "client.showErrorDetails": "type",
    "browser.gatherUsageStats": False,
    "server.sslCertFile": None,
}


async def answer(request):
    return PlainTextResponse("inside")


async def fail(request):
    raise RuntimeError("a secret detail")


async def talk(websocket):
    await websocket.accept()
    await websocket.close()


ROUTES = [
    Route("/healthz", answer),
    Route("/readyz", answer),
    Route("/api/v1/openapi.json", answer),
    Route("/api/v1/projects", answer, methods=["GET", "POST"]),
    Route("/api/v1/broken", fail),
    Route("/_stcore/metrics", answer),
    Route("/_stcore/agent/interact", answer, methods=["GET", "POST"]),
    Route("/_stcore/upload_file/x", answer, methods=["PUT"]),
    WebSocketRoute("/_stcore/stream", talk),
    Route("/{rest:path}", answer),
]


class Client:
    """Sends one request through the door; no port, no thread."""

    def __init__(self, routes, address="127.0.0.1", root_path=""):
        door = Middleware(
            SecurityMiddleware, policy="default-src 'self'", token=TOKEN, address=address
        )
        self.app = Starlette(routes=routes, middleware=[door])
        self.root_path = root_path

    def request(self, method, path, headers=None):
        async def ask():
            transport = httpx.ASGITransport(
                self.app, raise_app_exceptions=False, root_path=self.root_path
            )
            async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(ask())

    def get(self, path, headers=None):
        return self.request("GET", path, headers)

    def websocket(self, path, headers):
        """The messages the application answers a websocket's opening with."""
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "websocket", "path": path, "headers": raw, "query_string": b""}
        sent = []

        async def receive():
            return {"type": "websocket.connect"}

        async def send(message):
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        return sent


@pytest.fixture
def client():
    return Client(ROUTES)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


class Checked:
    def __init__(self, *oks):
        self.oks = oks
        self.settings = Settings(data=Path("/nowhere"))

    def now(self):
        return datetime(2026, 1, 1)

    def checks(self):
        return [Check(f"check {i}", ok, "as found") for i, ok in enumerate(self.oks)]


def test_health_is_the_process_and_readiness_is_the_workspace(monkeypatch):
    client = Client(api.ROUTES)
    monkeypatch.setattr(health, "open_workspace", lambda: Checked(True, True))
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(health, "open_workspace", lambda: Checked(True, False))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["ok"] is False
    assert [check["ok"] for check in answer.json()["checks"]] == [True, False]
    assert client.get("/healthz").text == "ok"


def test_a_store_that_cannot_be_opened_is_not_ready(monkeypatch):
    def fail_to_open():
        raise StoreError("Another process holds the store.")

    monkeypatch.setattr(health, "open_workspace", fail_to_open)
    answer = Client(api.ROUTES).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"][0]["detail"] == "Another process holds the store."


def test_an_unknown_api_route_is_not_answered_with_a_page():
    client = Client([*api.ROUTES, Route("/{rest:path}", answer)])
    assert client.get("/api/v1/no-such-thing", bearer(TOKEN)).status_code == 404
    assert "no route" in client.get("/api/v2/x").json()["error"]


def test_the_first_screen_opens_by_its_name_too():
    client = Client(api.ROUTES)
    for query in ("", "?group=owner&find=a%26b"):
        answer = client.get(f"/portfolio{query}")
        assert (answer.status_code, answer.headers["location"]) == (307, f"./{query}")


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/projects", "/_stcore/metrics"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    assert headers["content-security-policy"] == "default-src 'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:9000", "[::1]:8501"])
def test_a_local_host_is_served_on_any_port(client, host):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "user@localhost",
        "localhost/x",
        "0.0.0.0",
        "127.0.0.2",
        "localhost:port",
        "",
        "[::1",
        "localhost, evil.example",
    ],
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/openapi.json", "/static/x.js"])
def test_a_foreign_host_is_refused_everywhere(client, host, path):
    assert client.get(path, headers={"Host": host}).status_code == 403


def test_the_configured_address_is_a_host():
    client = Client(ROUTES, address="10.0.0.5")
    assert client.get("/healthz", headers={"Host": "10.0.0.5:8501"}).status_code == 200


@pytest.mark.parametrize("origin", [HOME, "http://127.0.0.1:8501", "http://[::1]:8501"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/api/v1/openapi.json"])
def test_a_page_of_our_own_may_ask(client, origin, path):
    assert client.get(path, headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://localhost:3000",
        "http://localhost",
        "file://",
        "http://localhost.evil.example:8501",
        "http://localhost:8501@evil.example",
        "http://[::1",
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/api/v1/openapi.json"])
def test_a_foreign_origin_is_refused_on_own_routes(client, origin, path):
    assert client.get(path, headers={"Origin": origin}).status_code == 403


def test_a_foreign_origin_may_not_write_to_streamlit_either(client):
    headers = {"Origin": "https://evil.example"}
    assert client.request("PUT", "/_stcore/upload_file/x", headers).status_code == 403


def test_a_right_token_does_not_excuse_a_foreign_origin(client):
    headers = {**bearer(TOKEN), "Origin": "https://evil.example"}
    assert client.request("POST", "/api/v1/projects", headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost", "Origin": "https://evil.example"},
        {"Host": "localhost", "Origin": "null"},
        {"Host": "evil.example"},
        {"Origin": "http://localhost"},
    ],
)
def test_a_foreign_websocket_is_refused(client, headers):
    (message,) = client.websocket("/_stcore/stream", headers)
    assert (message["type"], message["code"]) == ("websocket.close", 1008)


def test_a_websocket_of_our_own_page_opens(client):
    headers = {"Host": "localhost:8501", "Origin": HOME}
    assert client.websocket("/_stcore/stream", headers)[0]["type"] == "websocket.accept"


@pytest.mark.parametrize("path", ["/api/v1/projects", "/api/v1/nothing", "/api/v1/"])
def test_without_a_token_it_is_401(client, path):
    answer = client.get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "token" in answer.json()["error"]


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN])
def test_something_else_than_a_bearer_token_is_401(client, value):
    assert client.get("/api/v1/projects", headers={"Authorization": value}).status_code == 401


@pytest.mark.parametrize("token", ["wrong", f"{TOKEN}x", TOKEN[:-1], "tökén".encode()])
def test_a_wrong_token_is_403(client, token):
    value = b"Bearer " + (token if isinstance(token, bytes) else token.encode())
    assert client.get("/api/v1/projects", headers={"Authorization": value}).status_code == 403


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_right_token_opens(client, scheme):
    headers = {"Authorization": f"{scheme} {TOKEN}"}
    assert client.request("POST", "/api/v1/projects", headers).text == "inside"


def test_a_proxy_prefix_does_not_go_around_the_token():
    client = Client(ROUTES, root_path="/mlpm")
    assert client.get("/mlpm/api/v1/projects").status_code == 401
    assert (
        client.get("/mlpm/healthz", headers={"Origin": "https://evil.example"}).status_code == 403
    )


def test_a_mounted_application_is_guarded_too():
    client = Client([Mount("/api", routes=[Route("/v1/projects", answer)])])
    assert client.get("/api/v1/projects").status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent", "/base/_stcore/metrics"],
)
def test_metrics_and_the_agent_api_are_closed(client, path):
    assert client.get(path).status_code == 404


def test_an_unexpected_error_is_logged_and_not_shown(client, caplog):
    with caplog.at_level(logging.ERROR, "mlpm.front_door"):
        answer = client.get("/api/v1/broken", headers=bearer(TOKEN))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    reference = answer.json()["error"].split()[-1].rstrip(".")
    assert reference in caplog.text
    assert "a secret detail" in caplog.text


def test_the_policy_allows_the_page_s_own_script_and_no_other():
    """The hash is `printf "alert('a')" | openssl dgst -sha256 -binary | base64`."""
    page = "<script>alert('a')</script><script type='module' src='x.js'></script>"
    policy = content_security_policy(page)
    assert "'sha256-jGpCY/NKkGjstzhpT5ehfokZ/ucM1tD5DofTAVFoZNg='" in policy
    assert policy.count("sha256-") == 1
    assert "'unsafe-eval'" not in policy


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"server.enableXsrfProtection": False}, "enableXsrfProtection"),
        ({"server.enableCORS": False}, "enableCORS"),
        ({"server.enableAgentApi": True}, "enableAgentApi"),
        ({"server.enableStaticServing": True}, "enableStaticServing"),
        ({"client.showErrorDetails": "full"}, "showErrorDetails"),
        ({"server.address": "0.0.0.0"}, "MLPM_ADDRESS"),
        ({"server.address": "192.168.1.5"}, "MLPM_ADDRESS"),
        ({"browser.gatherUsageStats": True}, "gatherUsageStats"),
        ({"server.sslCertFile": "cert.pem"}, "sslCertFile"),
    ],
)
def test_it_does_not_start_unprotected(change, word):
    option = {**SAFE_OPTIONS, **change}.get
    assert word in startup_refusal(option, "127.0.0.1")


def test_it_starts_where_only_this_machine_reaches_it():
    option = SAFE_OPTIONS.get
    assert startup_refusal(option, "127.0.0.1") is None
    assert startup_refusal(option, "10.0.0.5") is not None


def test_the_server_file_is_private_and_says_where(tmp_path):
    data = tmp_path / "new" / "store"
    token = new_token()
    with announced(data, port=8501, address="127.0.0.1", token=token) as server:
        assert stat.S_IMODE((data / "server.json").stat().st_mode) == 0o600
        assert [path.name for path in data.iterdir()] == ["server.json"]
        assert read_server_file(data) == server
        assert server.url == "http://127.0.0.1:8501"
        assert token not in repr(server)
    assert read_server_file(data) is None
    assert list(data.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_text("{"),
        lambda path: path.write_text("[]"),
        lambda path: path.write_text('{"port": 1}'),
        lambda path: path.chmod(0o644),
        lambda path: path.unlink(),
    ],
)
def test_a_server_file_that_cannot_be_trusted_means_none_runs(tmp_path, damage):
    with announced(tmp_path, port=8501, address="127.0.0.1", token=new_token()):
        damage(tmp_path / "server.json")
        assert read_server_file(tmp_path) is None


def test_a_dead_process_means_none_runs(tmp_path):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    with announced(tmp_path, port=8501, address="127.0.0.1", token=new_token()):
        path = tmp_path / "server.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "pid": child}))
        assert read_server_file(tmp_path) is None


def test_a_link_in_place_of_the_server_file_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    with announced(tmp_path / "elsewhere", port=1, address="127.0.0.1", token=new_token()):
        (tmp_path / "server.json").symlink_to(tmp_path / "elsewhere" / "server.json")
        assert read_server_file(tmp_path) is None
