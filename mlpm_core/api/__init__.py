"""The HTTP side of MLPM: its routes, and the door in front of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware import Middleware

from mlpm_core.api.page_head import PageHead, head_of
from mlpm_core.api.routes import API, ROUTES
from mlpm_core.api.security import SecurityMiddleware, content_security_policy, startup_refusal
from mlpm_core.api.slow_bodies import SlowBodies
from mlpm_core.services.admin.stopping import Stop
from mlpm_core.services.admin.tokens import Tokens

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["API", "ROUTES", "front_door", "head_of", "startup_refusal"]


def front_door(
    index_html: Path,
    *,
    token: str,
    address: str,
    api_token: str | None = None,
    data: Path | None = None,
    stop: Stop | None = None,
    head: str = "",
) -> list[Middleware]:
    """The middleware that stands before everything; see `mlpm_core.api.security`.

    Parameters
    ----------
    index_html
        Streamlit's page, whose inline script the policy must allow.
    token
        The token of this machine's commands, which may name their user.
    address
        The address served.
    api_token
        The token given out to other programs (MLPM_TOKEN).
    data
        Where ``mlpm token`` keeps those that open only a part.
    stop
        Tells when the process was asked to end; without it, it never is.
    head
        What is added to the head of Streamlit's page, from `head_of`.
    """
    door = Middleware(
        SecurityMiddleware,
        policy=content_security_policy(index_html.read_text("utf-8") + head),
        token=token,
        address=address,
        api_token=api_token,
        given_out=Tokens(data) if data is not None else None,
    )
    return [
        door,
        Middleware(SlowBodies, stop=stop or Stop()),
        Middleware(PageHead, head=head),
    ]
