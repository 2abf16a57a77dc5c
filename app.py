"""The front door: one ASGI application of screens, routes and guards, with its start and stop."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import streamlit as st
from streamlit.runtime.secrets import secrets_singleton as secrets

from mlpm_core.api import ROUTES, MlpmError, front_door, startup_refusal
from mlpm_core.services.server_file import announced, new_token
from mlpm_core.services.workspace import Settings, close_workspace, open_workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HERE = Path(__file__).resolve().parent
INDEX = Path(st.__file__).parent / "static" / "index.html"
PRELOADED = ("pandas", "pyarrow", "altair", "scipy.stats")  # else the first visitor waits for them


def _refuse_to_start(sentence: object) -> NoReturn:
    """One sentence and the end; raising here would bury the sentence under the server's trace."""
    print(f"MLPM does not start: {sentence}", file=sys.stderr, flush=True)
    os._exit(2)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Open everything before the first visitor, close it after the last."""
    for name in PRELOADED:
        importlib.import_module(name)
    try:
        open_workspace(SETTINGS)
    except MlpmError as error:
        _refuse_to_start(error)
    # `streamlit run` knows the port it bound; another ASGI server does not tell
    by_streamlit = Path(sys.argv[0]).resolve() == HERE / "app.py"
    port = int(st.get_option("server.port")) if by_streamlit else SETTINGS.port
    try:
        where = {"port": port, "address": SETTINGS.address, "only_reads": SETTINGS.read_only}
        with announced(SETTINGS.data, token=TOKEN, **where) as server:
            gc.collect()
            gc.freeze()  # Streamlit's reruns then no longer scan the imported libraries
            print(f"MLPM is ready at {server.url}", file=sys.stderr, flush=True)
            yield
    finally:
        close_workspace()


try:
    SETTINGS = Settings.from_environment()
except MlpmError as error:
    _refuse_to_start(error)
TOKEN = new_token()
HAS_SIGN_IN = secrets.load_if_toml_exists() and "auth" in secrets
if refusal := startup_refusal(st.get_option, SETTINGS.address, has_sign_in=HAS_SIGN_IN):
    _refuse_to_start(refusal)

app = st.App(
    HERE / "pages" / "frame.py",
    routes=ROUTES,
    middleware=front_door(
        INDEX,
        token=TOKEN,
        address=SETTINGS.address,
        api_token=SETTINGS.token,
        data=SETTINGS.data,
    ),
    lifespan=lifespan,
)
