"""The routes of the application on a port of its own, without screens.

It opens, announces and closes its data as `app.py` does, in a fifth of the time.
"""

from __future__ import annotations

import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import streamlit
import uvicorn
from starlette.applications import Starlette

from mlpm_core import api
from mlpm_core.errors import MlpmError
from mlpm_core.services.admin.server_file import announced, new_token
from mlpm_core.services.admin.stopping import Stop
from mlpm_core.services.lifecycle import close_workspace, open_workspace
from mlpm_core.services.session.settings import Settings
from tests.http_client import INDEX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def main() -> None:
    """Serve until stopped."""
    assert streamlit.__version__
    # Ctrl-C before uvicorn listens must end it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    settings, port, token = Settings.from_environment(), int(sys.argv[1]), new_token()
    stop = Stop()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with (
            stop.watched(close_workspace),  # a request that never ends keeps no process alive
            announced(settings.data, port=port, address=settings.address, token=token),
        ):
            print("READY", flush=True)
            yield

    try:
        open_workspace(settings)
    except MlpmError as error:
        print(f"REFUSED {error}", flush=True)
        sys.exit(2)
    try:
        door = api.front_door(
            INDEX, token=token, address=settings.address, data=settings.data, stop=stop
        )
        app = Starlette(routes=api.ROUTES, middleware=door, lifespan=lifespan)
        uvicorn.run(app, port=port, log_level="error")
    finally:
        close_workspace()
