"""A client of the routes behind the front door, as the application serves them; no port."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import streamlit
from starlette.applications import Starlette

from mlpm_core import api
from mlpm_core.records import Receipt

LOCAL, GIVEN_OUT = "local-token-of-this-machine", "token-given-to-a-pipeline"
GOOD = b"model_id,metric,period_start,value\nm,recall,2026-01-05,0.5\nm,recall,2026-01-12,0.6\n"
BAD = GOOD + b"m,recall,2026-01-19,lots\n"
IMPORTS = "/api/v1/projects/shop/imports"
RESULTS = {"kind": "metric_results", "filename": "results.csv"}
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"


class Client:
    """Sends one request through the front door to the routes; no port, no thread."""

    def __init__(self, data=None):
        door = api.front_door(
            INDEX, token=LOCAL, address="127.0.0.1", api_token=GIVEN_OUT, data=data
        )
        self.app = Starlette(routes=api.ROUTES, middleware=door)

    def request(self, method, path, *, token=LOCAL, headers=None, **more):
        async def ask():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                known = {"Authorization": f"Bearer {token}"} | (headers or {})
                return await http.request(method, path, headers=known, **more)

        return asyncio.run(ask())

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def upload(self, data=GOOD, path=IMPORTS, *, token=LOCAL, headers=None, **params):
        return self.request(
            "POST", path, token=token, headers=headers, content=data, params=RESULTS | params
        )

    def raw(self, path, query, messages, **headers):
        """Status and receipt for a body that arrives in these messages."""
        known = {"host": "localhost", "authorization": f"Bearer {LOCAL}"} | headers
        scope = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
            "query_string": query.encode(), "root_path": "", "http_version": "1.1",
            "scheme": "http", "server": ("localhost", 80), "client": ("127.0.0.1", 1),
            "headers": [(k.encode(), v.encode()) for k, v in known.items()],
        }  # fmt: skip
        sent, waiting = [], list(messages)

        async def receive():
            return waiting.pop(0)

        async def send(message):
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        receipt = Receipt.model_validate_json(b"".join(m.get("body", b"") for m in sent[1:]))
        return sent[0]["status"], receipt


def batches(workspace):
    """Every batch in the store."""
    with workspace.store.reader() as reader:
        return [row["batch"] for row in reader.rows("all_seqs")]


def channel_and_actor(workspace, project="shop"):
    """How the newest batch of a project came in, and who brought it."""
    with workspace.store.reader() as reader:
        row = reader.rows("batches", project=project)[0]
    return row["channel"], row["actor"]
