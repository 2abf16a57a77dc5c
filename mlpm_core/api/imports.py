"""Files in, receipts out, and the way back."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakValueDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from mlpm_core.api.endpoint import (
    Endpoint,
    Parameter,
    actor,
    channel,
    flag,
    guarded,
    may_read,
)
from mlpm_core.errors import InputError
from mlpm_core.records import KINDS, Receipt, Status
from mlpm_core.services.admin.tokens import Action
from mlpm_core.services.ingest import batches, uploads
from mlpm_core.services.ingest import undo as undo_service
from mlpm_core.services.ingest.kpi_effects import without_figures
from mlpm_core.services.session.private_file import append_private, locked, write_private

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mlpm_core.services.session.workspace import Workspace

_HTTP_STATUS = {
    Status.COMMITTED: 201,
    Status.DRY_RUN: 200,
    Status.DUPLICATE: 200,
    Status.REJECTED: 422,
    Status.ASKED: 422,
    Status.FAILED: 503,
}


class Replays:
    """What was done under an Idempotency-Key, so that a repeated request is not done again.

    It outlives the process: ``idempotency.jsonl`` beside the store says by project and key which
    batch a request made of which bytes. A crash between the two leaves the bytes to tell a repeated
    file: it is a duplicate, and answered with the first receipt.
    """

    def __init__(self, workspace: Workspace, most: int = 1000) -> None:
        self._workspace, self._most = workspace, most
        self._file = workspace.settings.data / "idempotency.jsonl"
        self._done: OrderedDict[tuple[str, str], tuple[str, str, str]] = OrderedDict()
        self._turns: WeakValueDictionary[tuple[str, str], threading.Lock] = WeakValueDictionary()
        self._lock = threading.Lock()
        for line in self._lines():
            with suppress(ValueError, TypeError):  # torn by a crash
                project, key, *stored = json.loads(line)
                request, batch, sha256 = stored
                self._done[project, key] = request, batch, sha256
        while len(self._done) > most:
            self._done.popitem(last=False)

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
            turn = self._turns.setdefault((project, key), threading.Lock())
        with turn:  # requests with the same key wait for each other
            stands = self._in_force(project, key)
            if stands is None:
                receipt = do()
                if receipt.status is Status.COMMITTED and receipt.batch is not None:
                    self._note(project, key, request, receipt)
                return receipt
            first, receipt = stands
            if first != request:
                raise InputError(
                    f"The Idempotency-Key {key!r} was used for another request; it stored "
                    f"{receipt.batch}. Take a new key for a new request."
                )
            return receipt

    def _in_force(self, project: str, key: str) -> tuple[str, Receipt] | None:
        """What was asked under a key and its receipt, while what it stored counts.

        An undo ends it, and after a restore the number may be another file's: the request is
        then done anew.
        """
        if (project, key) not in self._done:
            return None
        request, batch, sha256 = self._done[project, key]
        receipt = batches.receipt_in_force(self._workspace, project, batch)
        return None if receipt is None or receipt.sha256 != sha256 else (request, receipt)

    def _note(self, project: str, key: str, request: str, receipt: Receipt) -> None:
        stored = request, str(receipt.batch), receipt.sha256
        with self._lock:
            self._done[project, key] = stored
            with suppress(OSError), locked(self._file):  # were the key lost, the bytes still tell
                if len(self._done) > self._most:
                    while len(self._done) > self._most // 2:
                        self._done.popitem(last=False)
                    told = [(*known, *said) for known, said in self._done.items()]
                    write_private(self._file, "".join(f"{json.dumps(t)}\n" for t in told))
                    return
                append_private(self._file, json.dumps((project, key, *stored)))

    def _lines(self) -> list[str]:
        try:
            return self._file.read_text("utf-8").splitlines()
        except OSError:
            return []


_replays: WeakKeyDictionary[Workspace, Replays] = WeakKeyDictionary()
_making = threading.Lock()


def _replays_of(workspace: Workspace) -> Replays:
    with _making:
        if workspace not in _replays:
            _replays[workspace] = Replays(workspace)
        return _replays[workspace]


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
    announced = int(length) if length.isdecimal() and len(length) < 20 else 0
    if announced > uploads.max_bytes():
        return _answer(request, uploads.too_large(workspace, who, upload, announced), 413)
    broken_off = partial(uploads.broken_off, workspace, who, upload, announced=announced)
    said = hashlib.sha256(repr(upload).encode())
    with uploads.spooled(workspace) as (file, path):
        size = 0
        try:
            async for part in request.stream():
                size += len(part)
                if size > uploads.max_bytes():
                    return _answer(request, uploads.too_large(workspace, who, upload, size), 413)
                said.update(part)
                file.write(part)
        except ClientDisconnect:
            return _answer(request, broken_off(size), 400)
        if announced and size != announced:
            return _answer(request, broken_off(size), 400)
        file.flush()

        def do() -> Receipt:
            return uploads.import_upload(workspace, who, upload, path, channel=via)

        key = request.headers.get("idempotency-key")
        if not key:
            return _answer(request, await run_in_threadpool(do))
        once = _replays_of(workspace).once
        return _answer(request, await run_in_threadpool(once, project, key, said.hexdigest(), do))


def _receipt(request: Request, workspace: Workspace) -> Response:
    project, batch = request.path_params["project"], request.path_params["batch"]
    return _answer(request, batches.receipt(workspace, actor(request), project, batch), 200)


def _undo(request: Request, workspace: Workspace) -> Response:
    batch = request.path_params["batch"]
    project = request.path_params.get("project") or batches.project_of(workspace, batch)
    done = undo_service.undo(
        workspace, actor(request), project, batch,
        dry_run=flag(request, "dry_run"), channel=channel(request),
    )  # fmt: skip
    return _answer(request, done, 200)


def _answer(request: Request, receipt: Receipt, status: int | None = None) -> Response:
    if not may_read(request):
        receipt = without_figures(receipt)
    return JSONResponse(receipt.model_dump(mode="json"), status or _HTTP_STATUS[receipt.status])


_TEXT, _YES = {"type": "string"}, {"type": "boolean", "default": False}
PROJECT = Parameter("project", "path", "Short name of the project.", _TEXT, required=True)
BATCH = Parameter("batch", "path", "Number of the batch, such as B00012.", _TEXT, required=True)
NAMED = Parameter(
    "X-MLPM-Actor",
    "header",
    "The user whom a command on this machine names (percent-encoded); only with the local token.",
    {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[A-Za-z0-9_.~-]+$"},
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
        action=Action.IMPORT,
    ),
    Endpoint(
        "GET",
        "/api/v1/projects/{project}/imports/{batch}",
        "receipt",
        "The receipt of a batch.",
        guarded(_receipt),
        {200: Receipt},
        (PROJECT, BATCH),
        action=Action.READ,
    ),
    Endpoint(
        "DELETE",
        "/api/v1/projects/{project}/imports/{batch}",
        "undo",
        "Take a batch back; answers the receipt of the batch that does so.",
        guarded(_undo, "dry_run"),
        {200: Receipt},
        (PROJECT, BATCH, _DRY_UNDO, NAMED),
        action=Action.UNDO,
    ),
    Endpoint(
        "DELETE",
        "/api/v1/imports/{batch}",
        "undo_by_number",
        "Take a batch back, whatever its project.",
        guarded(_undo, "dry_run"),
        {200: Receipt},
        (BATCH, _DRY_UNDO, NAMED),
        action=Action.UNDO,
    ),
)
