"""From start to end: the store opened before the first visitor, closed after the last."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import threading
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn

from mlpm_core.errors import MlpmError
from mlpm_core.services.admin import demo
from mlpm_core.services.admin.readiness import (
    beyond_loopback,
    progress,
    say,
    say_when_ready,
    served_at,
)
from mlpm_core.services.admin.scheduler import Scheduler
from mlpm_core.services.admin.server_file import NAME, announced, read_server_file
from mlpm_core.services.admin.stopping import Stopped
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.addresses import beyond_this_machine
from mlpm_core.services.session.settings import Settings, misspelt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from mlpm_core.services.admin.server_file import ServerFile
    from mlpm_core.services.admin.stopping import Stop
    from mlpm_core.services.session.addresses import Listener
    from mlpm_core.services.session.workspace import Workspace

_lock = threading.Lock()
_open: dict[str, Workspace] = {}
_PRELOADED: Final = ("pandas", "pyarrow", "altair")  # else the first visitor waits
_LOADED_THEN: Final = "scipy.stats"  # what it draws with, which figures that are kept do not need


def refuse_to_start(sentence: object) -> NoReturn:
    """One sentence and the end; raising would bury the sentence under the server's trace."""
    say(f"MLPM does not start: {sentence}")
    os._exit(2)


def settings_or_end() -> Settings:
    """The settings of this process; the end of it when they cannot be read."""
    for warning in misspelt(os.environ):
        say(warning)
    try:
        return Settings.from_environment()
    except MlpmError as error:
        refuse_to_start(error)


@asynccontextmanager
async def serving(settings: Settings, stop: Stop, token: str) -> AsyncIterator[None]:
    """Open everything, serve as long as the block lasts, and close everything.

    Parameters
    ----------
    settings
        What to open; where this process listens, unless it already does.
    stop
        Learns when the process is asked to end, from here on.
    token
        What opens the interface to commands on this machine.
    """
    with stop.watched(partial(_closed, settings)):
        say("MLPM is starting, for this machine alone; its address follows when it answers.")
        if listener := beyond_loopback():
            _refuse_foreign(listener)
        for name in _PRELOADED:
            importlib.import_module(name)
        try:
            workspace = open_workspace(settings, progress(stop))
        except Stopped:
            stop.end_by_signal()
        except (MlpmError, OSError) as error:
            refuse_to_start(error)
        address, port = served_at(settings.address, settings.port)
        announcing = announced(
            settings.data, port=port, address=address, token=token, only_reads=settings.read_only
        )
        scheduler = Scheduler(workspace)
        try:
            with announcing as server:
                gc.collect()
                gc.freeze()  # Streamlit's reruns then no longer scan the imported libraries
                telling = asyncio.create_task(_tell_and_load(server))
                scheduler.start()
                yield
                telling.cancel()
        finally:
            scheduler.stop()
            close_workspace()


async def _tell_and_load(server: ServerFile) -> None:
    """Say that it is ready, and only then import what nobody may have to wait for."""
    await say_when_ready(server, _refuse_foreign)
    await asyncio.to_thread(importlib.import_module, _LOADED_THEN)
    gc.collect()
    gc.freeze()


def _closed(settings: Settings) -> None:
    """Close everything in the place of a server that does not come to it."""
    close_workspace()
    server = read_server_file(settings.data)
    if server is not None and server.pid == os.getpid():
        (settings.data / NAME).unlink(missing_ok=True)


def _refuse_foreign(listener: Listener) -> NoReturn:
    """Whatever is configured: nothing is served where other machines can reach it."""
    close_workspace()
    refuse_to_start(beyond_this_machine(f"This server listens at {listener.address}"))


def open_workspace(
    settings: Settings | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Workspace:
    """The process's workspace, opened on first use; loads the demo into an empty store.

    Parameters
    ----------
    settings : Settings, optional
        Those of the environment unless given.
    on_progress : callable, optional
        Told what is being done and how far it is: this many of so many.

    Raises
    ------
    StoreError
        When another process holds the store, or it cannot be read.
    """
    with _lock:
        if "it" not in _open:
            workspace = open_recovered(settings or Settings.from_environment())
            try:
                if workspace.settings.demo and not workspace.settings.read_only:
                    demo.load_if_empty(workspace, on_progress)
            except BaseException:
                workspace.close()
                raise
            _open["it"] = workspace
        return _open["it"]


def close_workspace() -> None:
    """Checkpoint and close the process's workspace, if it is open."""
    with _lock:
        workspace = _open.pop("it", None)
        if workspace is not None:
            workspace.close()
