"""Files in, receipts out, and the way back."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from mlpm_core.api.endpoint import Endpoint, Parameter, actor, channel, flag, guarded
from mlpm_core.errors import InputError
from mlpm_core.records import KINDS, Receipt, Status
from mlpm_core.services import batches, undoing, uploads

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mlpm_core.services.workspace import Workspace

__all__ = ["ENDPOINTS", "Replays"]

_HTTP_STATUS = {
    Status.COMMITTED: 201,
    Status.DRY_RUN: 200,
    Status.DUPLICATE: 200,
    Status.REJECTED: 422,
    Status.ASKED: 422,
    Status.FAILED: 503,
}


@dataclass(slots=True)
class _Done:
    """One request that was or is being carried out."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    request: str = ""
    receipt: Receipt | None = None


class Replays:
    """What was done under an Idempotency-Key, so that a repeated request is not done again.

    It is kept while the process lives. After a restart the bytes themselves tell a repeated file:
    it is a duplicate, and answered with the first receipt.
    """

    def __init__(self, most: int = 1000) -> None:
        self._done: OrderedDict[tuple[str, str], _Done] = OrderedDict()
        self._lock = threading.Lock()
        self._most = most

    def once(self, project: str, key: str, request: str, do: Callable[[], Receipt]) -> Receipt:
        """The receipt of a request: of the first time, if it committed something.

        Parameters
        ----------
        project, key : str
            What the client calls the request; keys of two projects are two keys.
        request : str
            Fingerprint of all the request says.

        Raises
        ------
        InputError
            When the key was used for another request.
        """
        with self._lock:
            done = self._done.setdefault((project, key), _Done())
            self._done.move_to_end((project, key))
            while len(self._done) > self._most:
                self._done.popitem(last=False)
        with done.lock:
            if done.receipt is None:
                receipt = do()
                if receipt.status is Status.COMMITTED:
                    done.request, done.receipt = request, receipt
                return receipt
            if done.request != request:
                raise InputError(
                    f"The Idempotency-Key {key!r} was used for another request; it stored "
                    f"{done.receipt.batch}. Take a new key for a new request."
                )
            return done.receipt


_replays: WeakKeyDictionary[Workspace, Replays] = WeakKeyDictionary()


async def _import(request: Request, workspace: Workspace) -> Response:
    query, project = request.query_params, request.path_params["project"]
    who, via = actor(request), channel(request)
    upload = uploads.Upload(
        project=project,
        kind=query.get("kind", ""),
        filename=query.get("filename", ""),
        answers=tuple(query.getlist("answer")),
        profile=query.get("profile"),
        confirm_restatement=flag(request, "confirm_restatement"),
        accept_good=flag(request, "accept_good"),
        dry_run=flag(request, "dry_run"),
        ask_again=flag(request, "ask_again"),
    )
    upload.check()
    if request.headers.get("content-type", "").startswith("multipart/"):
        sentence = "The body is the file itself: curl --data-binary @FILE, not -F."
        return JSONResponse({"error": sentence}, 415)
    length = request.headers.get("content-length", "")
    announced = int(length) if length.isdecimal() else 0
    parts, size = [], 0
    try:
        if announced <= uploads.max_bytes():
            async for part in request.stream():
                size += len(part)
                if size > uploads.max_bytes():
                    break
                parts.append(part)
    except ClientDisconnect:
        return _answer(uploads.broken_off(workspace, who, upload, size, announced), 400)
    if max(size, announced) > uploads.max_bytes():
        return _answer(uploads.too_large(workspace, who, upload, max(size, announced)), 413)
    if announced and size != announced:
        return _answer(uploads.broken_off(workspace, who, upload, size, announced), 400)
    data = b"".join(parts)
    parts.clear()

    def do() -> Receipt:
        return uploads.import_upload(workspace, who, upload, data, channel=via)

    key = request.headers.get("idempotency-key")
    if not key:
        return _answer(await run_in_threadpool(do))
    said = hashlib.sha256(repr(upload).encode())
    said.update(data)
    once = _replays.setdefault(workspace, Replays()).once
    return _answer(await run_in_threadpool(once, project, key, said.hexdigest(), do))


def _receipt(request: Request, workspace: Workspace) -> Response:
    project, batch = request.path_params["project"], request.path_params["batch"]
    return _answer(batches.receipt(workspace, actor(request), project, batch), 200)


def _undo(request: Request, workspace: Workspace) -> Response:
    batch = request.path_params["batch"]
    project = request.path_params.get("project") or batches.project_of(workspace, batch)
    done = undoing.undo(
        workspace, actor(request), project, batch,
        dry_run=flag(request, "dry_run"), channel=channel(request),
    )  # fmt: skip
    return _answer(done, 200)


def _answer(receipt: Receipt, status: int | None = None) -> Response:
    return JSONResponse(receipt.model_dump(mode="json"), status or _HTTP_STATUS[receipt.status])


_TEXT, _YES = {"type": "string"}, {"type": "boolean", "default": False}
PROJECT = Parameter("project", "path", "Short name of the project.", _TEXT, required=True)
BATCH = Parameter("batch", "path", "Number of the batch, such as B00012.", _TEXT, required=True)
NAMED = Parameter(
    "X-MLPM-Actor",
    "header",
    "The user whom a command on this machine names (percent-encoded); only with the local token.",
    _TEXT,
)
_IMPORT = (
    Parameter(
        "kind", "query", "What a row of the file is.", {**_TEXT, "enum": sorted(KINDS)},
        required=True,
    ),
    Parameter("filename", "query", "Name of the file; its ending must fit the content.", _TEXT),
    Parameter("dry_run", "query", "Judge the file and store nothing.", _YES),
    Parameter("ask_again", "query", "Ask also what the project answered before.", _YES),
    Parameter("accept_good", "query", "Store the good rows though others are rejected.", _YES),
    Parameter("confirm_restatement", "query", "New values may replace stored ones.", _YES),
    Parameter(
        "answer", "query", "An answer to a question, as KEY=VALUE.",
        {"type": "array", "items": _TEXT},
    ),
    Parameter("profile", "query", "Answers kept from an earlier import, as JSON.", _TEXT),
    Parameter(
        "Idempotency-Key", "header",
        "The same key again answers the first receipt and stores nothing.", _TEXT,
    ),
)  # fmt: skip
_DRY_UNDO = Parameter("dry_run", "query", "Say what it would do, and do not.", _YES)

ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/v1/projects/{project}/imports",
        "import_file",
        "Import a file; the body is the file. The receipt says what happened.",
        guarded(_import, *(p.name for p in _IMPORT if p.where == "query")),
        {200: Receipt, 201: Receipt, 400: Receipt, 413: Receipt, 422: Receipt, 503: Receipt},
        (PROJECT, *_IMPORT, NAMED),
        takes_file=True,
    ),
    Endpoint(
        "GET",
        "/api/v1/projects/{project}/imports/{batch}",
        "receipt",
        "The receipt of a batch.",
        guarded(_receipt),
        {200: Receipt},
        (PROJECT, BATCH),
    ),
    Endpoint(
        "DELETE",
        "/api/v1/projects/{project}/imports/{batch}",
        "undo",
        "Take a batch back; answers the receipt of the batch that does so.",
        guarded(_undo, "dry_run"),
        {200: Receipt},
        (PROJECT, BATCH, _DRY_UNDO, NAMED),
    ),
    Endpoint(
        "DELETE",
        "/api/v1/imports/{batch}",
        "undo_by_number",
        "Take a batch back, whatever its project.",
        guarded(_undo, "dry_run"),
        {200: Receipt},
        (BATCH, _DRY_UNDO, NAMED),
    ),
)
