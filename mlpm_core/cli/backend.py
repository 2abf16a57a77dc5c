"""Where a command finds its data: the running app, or the store opened by itself."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import time
from contextlib import contextmanager
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from mlpm_core.cli.printing import say
from mlpm_core.errors import InputError, InUseError, NotFoundError, StoreError
from mlpm_core.named_file import open_named, read_named
from mlpm_core.records import Receipt, Status
from mlpm_core.services.admin.server_file import read_server_file
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.uploads import import_upload, max_bytes, too_large
from mlpm_core.services.session.settings import Settings, misspelt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mlpm_core.services.admin.exports import Export
    from mlpm_core.services.admin.server_file import ServerFile
    from mlpm_core.services.ingest.source_states import SourceRun
    from mlpm_core.services.ingest.uploads import Upload
    from mlpm_core.services.session.workspace import Workspace

_ASK_SECONDS, _WORK_SECONDS = 10, 600
_PATIENCE_SECONDS, _POLL_SECONDS = 15.0, 0.1
_open = build_opener(ProxyHandler({})).open  # this machine is never behind a proxy


class Backend(Protocol):
    """What a command may ask for, whoever holds the store."""

    def import_file(self, upload: Upload, file: Path) -> Receipt:
        """Judge a file and store its rows."""

    def undo(self, project: str | None, batch: str, *, dry_run: bool) -> Receipt:
        """Take a batch back."""

    def run_source(self, name: str, *, dry_run: bool) -> SourceRun:
        """Read a scheduled source now."""

    def demo(self, what: str, *, with_others: bool) -> dict[str, int]:
        """Load or remove the demo; ``with_others`` undoes what rests on it too."""

    def export(self, project: str, table: str, file_format: str, as_of: str | None) -> Export:
        """A table of a project as a file."""

    def estimate(self, project: str) -> dict[str, Any]:
        """What a project takes."""

    def verify(self, head: str | None) -> dict[str, Any]:
        """Whether all that is stored agrees, and with a hash noted elsewhere."""

    def rewrite_ledger(self) -> Path:
        """Write the ledger anew from the database; where the old one lies."""

    def backup(self, folder: Path | None) -> dict[str, Any]:
        """Write a backup; ``path`` is where it lies."""


def settings_here() -> Settings:
    """The settings of this command; a variable that only looks like one is told."""
    for warning in misspelt(os.environ):
        say(warning)
    return Settings.from_environment()


def app_runs(settings: Settings) -> bool:
    """Whether the app that serves these data answers."""
    server = read_server_file(settings.data)
    return server is not None and _answers(server)


@contextmanager
def open_backend() -> Iterator[Backend]:
    """The running app if one answers, else the store opened here.

    An app that starts or ends, and another command, hold the store for a moment: this waits for it.

    Raises
    ------
    StoreError
        When another process holds the store and does not answer.
    """
    settings = settings_here()
    backend = _app_or_store(settings)
    try:
        yield backend
    finally:
        if isinstance(backend, LocalBackend):
            backend.close()


def _app_or_store(settings: Settings) -> Backend:

    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        server = read_server_file(settings.data)
        if server is not None and _answers(server):
            return HttpBackend(server, only_reads=settings.read_only)
        try:
            return LocalBackend(open_recovered(settings))
        except InUseError:
            if time.monotonic() > until:
                raise
            time.sleep(_POLL_SECONDS)


# ruff: noqa: D102  what a method of the two does, Backend says


class LocalBackend:
    """The store, opened by this command because no app runs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace.acting_as(_actor())

    def close(self) -> None:
        self._workspace.close()

    def import_file(self, upload: Upload, file: Path) -> Receipt:
        if (size := _size(file)) > max_bytes():
            return too_large(self._workspace, upload, size)
        return import_upload(
            self._workspace, upload, read_named(file, max_bytes()), channel="command"
        )

    def undo(self, project: str | None, batch: str, *, dry_run: bool) -> Receipt:
        from mlpm_core.services.ingest import batches
        from mlpm_core.services.ingest import undo as undo_service

        project_of_batch = project or batches.project_of(self._workspace, batch)
        return undo_service.undo(
            self._workspace, project_of_batch, batch, dry_run=dry_run, channel="command"
        )

    def run_source(self, name: str, *, dry_run: bool) -> SourceRun:
        from mlpm_core.services.ingest import source_runs

        return source_runs.run(self._workspace, name, dry_run=dry_run)

    def demo(self, what: str, *, with_others: bool) -> dict[str, int]:
        from mlpm_core.services.admin import demo

        if what == "load":
            done = demo.load(self._workspace)
            return {"imported": sum(r.status is Status.COMMITTED for r in done)}
        others = None if with_others else ()
        return {"undone": len(demo.remove(self._workspace, others=others))}

    def export(self, project: str, table: str, file_format: str, as_of: str | None) -> Export:
        from mlpm_core.services.admin import exports

        there = self._workspace.as_of(as_of) if as_of else self._workspace
        return exports.export(there, project, table, file_format)

    def estimate(self, project: str) -> dict[str, Any]:
        from mlpm_core.services.plan import plan_summaries

        return plan_summaries.estimate_json(self._workspace, project)

    def verify(self, head: str | None) -> dict[str, Any]:
        from mlpm_core.services.admin import backups

        return backups.checks_json(backups.verify(self._workspace, head=head))

    def rewrite_ledger(self) -> Path:
        from mlpm_core.services.admin import backups

        return backups.rewrite_ledger(self._workspace)

    def backup(self, folder: Path | None) -> dict[str, Any]:
        from mlpm_core.services.admin import backups

        path, checks = backups.backup(self._workspace, folder)
        return backups.checks_json(checks) | {"path": str(path)}


class HttpBackend:
    """The app that serves the store, asked over HTTP."""

    def __init__(self, server: ServerFile, *, only_reads: bool) -> None:
        self._server, self._only_reads = server, only_reads

    def import_file(self, upload: Upload, file: Path) -> Receipt:
        options = [("kind", upload.kind), ("filename", upload.filename)]
        options += [("answer", answer) for answer in upload.answers]
        options += [("profile", upload.profile)] if upload.profile else []
        options += [
            (name, "true")
            for name in ("confirm_restatement", "accept_good", "dry_run", "ask_again")
            if getattr(upload, name)
        ]
        path = f"projects/{quote(upload.project, safe='')}/imports?{urlencode(options)}"
        if (size := _size(file)) > max_bytes():
            # the app refuses it by its announced length, before a byte of it is sent
            return self._receipt("POST", path, b"", announced=size)
        return self._receipt("POST", path, read_named(file, max_bytes()))

    def undo(self, project: str | None, batch: str, *, dry_run: bool) -> Receipt:
        where = f"projects/{quote(project, safe='')}/" if project else ""
        only = "?dry_run=true" if dry_run else ""
        return self._receipt("DELETE", f"{where}imports/{quote(batch, safe='')}{only}")

    def run_source(self, name: str, *, dry_run: bool) -> SourceRun:
        from mlpm_core.services.ingest.source_states import SourceRun

        only = "?dry_run=true" if dry_run else ""
        return SourceRun.model_validate(
            self._call("POST", f"sources/{quote(name, safe='')}/runs{only}")
        )

    def demo(self, what: str, *, with_others: bool) -> dict[str, int]:
        path = "demo?with_others=true" if with_others and what == "remove" else "demo"
        answer: dict[str, int] = self._call("POST" if what == "load" else "DELETE", path)
        return answer

    def export(self, project: str, table: str, file_format: str, as_of: str | None) -> Export:
        from datetime import datetime

        from mlpm_core.services.admin.exports import Export

        options = {"table": table, "format": file_format} | ({"as_of": as_of} if as_of else {})
        query = urlencode(options)
        path = f"projects/{quote(project, safe='')}/export?{query}"
        data, headers = self._ask(_request(self._server, "GET", path))
        return Export(
            table,
            data,
            int(headers["X-MLPM-Rows"]),
            datetime.fromisoformat(headers["X-MLPM-As-Of"]),
        )

    def estimate(self, project: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._call("GET", f"projects/{quote(project, safe='')}/estimate")
        return answer

    def verify(self, head: str | None) -> dict[str, Any]:
        since = f"?{urlencode({'since': head})}" if head else ""
        answer: dict[str, Any] = self._call("GET", f"verify{since}")
        return answer

    def rewrite_ledger(self) -> Path:
        raise InputError("The app is running; stop it before its ledger is written anew.")

    def backup(self, folder: Path | None) -> dict[str, Any]:
        answer: dict[str, Any] = self._call("POST", "backups", b"")
        if folder is not None:  # the app writes under its own folder only
            try:
                folder.mkdir(parents=True, exist_ok=True)
                answer["path"] = shutil.move(answer["path"], folder)
            except OSError as error:
                raise StoreError(
                    f"The backup lies in {answer['path']}; it could not be moved: {error.strerror}."
                ) from error
        return answer

    def _receipt(
        self, method: str, path: str, body: bytes | None = None, announced: int | None = None
    ) -> Receipt:
        return Receipt.model_validate(self._call(method, path, body, announced))

    def _call(
        self, method: str, path: str, body: bytes | None = None, announced: int | None = None
    ) -> Any:  # noqa: ANN401  any JSON
        """The app's answer in JSON."""
        if self._only_reads and method != "GET" and path != "backups":
            raise StoreError("This command only reads (MLPM_READ_ONLY=1); nothing was changed.")
        request = _request(self._server, method, path, body)
        if body is not None:
            request.add_header("Content-Type", "application/octet-stream")
        if announced is not None:
            request.add_header("Content-Length", str(announced))
        return json.loads(self._ask(request)[0])

    def _ask(self, request: Request) -> tuple[bytes, Mapping[str, str]]:
        """The body and headers of an answer; a receipt is one whatever its HTTP status."""
        try:
            with _open(request, timeout=_WORK_SECONDS) as answer:
                return answer.read(), answer.headers
        except HTTPError as error:
            document = _json(error)
            if "status" in document:
                return json.dumps(document).encode(), {}
            message = document.get("error", f"The app answered {error.code} {error.reason}.")
            refusals = {400: InputError, 404: NotFoundError, 422: InputError}
            raise refusals.get(error.code, StoreError)(message) from error
        except (URLError, OSError, HTTPException, ValueError) as error:
            raise StoreError(
                f"The app at {self._server.url} broke off: {error}. Look at its Imports screen "
                "before trying again; the same file is never stored twice."
            ) from error


def _answers(server: ServerFile) -> bool:
    """Whether the app that wrote this file still answers.

    After a crash its process number may belong to another process, and its port to another app;
    the one we look for knows our token.
    """
    try:
        with _open(_request(server, "GET", "projects"), timeout=_ASK_SECONDS) as answer:
            return isinstance(json.load(answer), list)
    except HTTPError as error:
        return error.code == 503 and "error" in _json(error)
    except (URLError, OSError, HTTPException, ValueError):
        return False


def _request(server: ServerFile, method: str, path: str, body: bytes | None = None) -> Request:
    request = Request(f"{server.url}/api/v1/{path}", data=body, method=method)
    request.add_header("Authorization", f"Bearer {server.token}")
    request.add_header("X-MLPM-Actor", quote(_actor()))
    return request


def _json(error: HTTPError) -> dict[str, Any]:
    try:
        document = json.load(error)
    except (ValueError, OSError):
        return {}
    return document if isinstance(document, dict) else {}


def user() -> str:
    """The name of the user whose command this is; empty where the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        return ""


def _actor() -> str:
    return f"{name} (command)" if (name := user()) else "command"


def _size(file: Path) -> int:
    with open_named(file) as opened:
        return os.fstat(opened.fileno()).st_size
