"""The front door: one ASGI application of screens, routes and guards, with its start and stop."""

from __future__ import annotations

import os

# Arrays of a few thousand draws: a second thread waits for its part busily, and longer than it
# computes, while other visitors wait for the processor. It is read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.api import ROUTES, front_door, head_of, startup_refusal
from mlpm_core.services.admin.server_file import new_token
from mlpm_core.services.admin.stopping import Stop
from mlpm_core.services.lifecycle import refuse_to_start, serving, settings_or_end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HERE = Path(__file__).resolve().parent
INDEX = Path(st.__file__).parent / "static" / "index.html"
HEAD = head_of(
    {m: (HERE / "pages" / f"{m}.css").read_text("utf-8") for m in ("print", "screen")},
    (HERE / "pages" / "screen.js").read_text("utf-8"),
)
SETTINGS, STOP, TOKEN = settings_or_end(), Stop(), new_token()


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Open everything before the first visitor, close it after the last."""
    async with serving(SETTINGS, STOP, TOKEN):
        yield


if refusal := startup_refusal(st.get_option, SETTINGS.address):
    refuse_to_start(refusal)

app = st.App(
    HERE / "pages" / "frame.py",
    routes=ROUTES,
    middleware=front_door(
        INDEX,
        token=TOKEN,
        address=SETTINGS.address,
        api_token=SETTINGS.token,
        data=SETTINGS.data,
        stop=STOP,
        head=HEAD,
    ),
    lifespan=lifespan,
)
