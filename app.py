"""The front door: one ASGI application of screens, routes and guards, with its start and stop."""

from __future__ import annotations

import gc
import importlib
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.secrets import secrets_singleton

from mlpm_core.api import ROUTES, front_door, startup_refusal
from mlpm_core.services.server_file import announced, new_token
from mlpm_core.services.workspace import Settings, close_workspace, open_workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HERE = Path(__file__).resolve().parent
SETTINGS = Settings.from_environment()
TOKEN = SETTINGS.token or new_token()
PRELOADED = ("pandas", "pyarrow", "altair", "scipy.stats")  # else the first visitor waits for them


def _has_sign_in() -> bool:
    """Whether Streamlit's secrets configure who may sign in."""
    return secrets_singleton.load_if_toml_exists() and "auth" in secrets_singleton


def _port() -> int:
    """The port really bound: `streamlit run` knows it, another ASGI server does not tell."""
    is_launched_by_streamlit = Path(sys.argv[0]).resolve() == HERE / "app.py"
    return int(st.get_option("server.port")) if is_launched_by_streamlit else SETTINGS.port


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Open everything before the first visitor, close it after the last."""
    for name in PRELOADED:
        importlib.import_module(name)
    open_workspace(SETTINGS)
    try:
        with announced(
            SETTINGS.data, port=_port(), address=SETTINGS.address, token=TOKEN
        ) as server:
            gc.collect()
            gc.freeze()  # Streamlit's reruns then no longer scan the imported libraries
            print(f"MLPM is ready at {server.url}", file=sys.stderr, flush=True)
            yield
    finally:
        close_workspace()


if refusal := startup_refusal(st.get_option, SETTINGS.address, has_sign_in=_has_sign_in()):
    sys.exit(f"MLPM does not start: {refusal}")

app = st.App(
    HERE / "pages" / "frame.py",
    routes=ROUTES,
    middleware=front_door(
        Path(st.__file__).parent / "static" / "index.html", token=TOKEN, address=SETTINGS.address
    ),
    lifespan=lifespan,
)
