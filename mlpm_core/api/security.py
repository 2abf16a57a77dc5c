"""Who may come in: headers, Host, Origin and token, checked before anything else runs.

Streamlit guards only its own routes, so this one ASGI middleware stands in front of everything, for
HTTP and websocket alike. Of what it guards it knows only the path rules below.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import uuid
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders

from mlpm_core.errors import StoreError
from mlpm_core.services.session.addresses import (
    beyond_this_machine,
    is_loopback,
    is_number,
    local_address,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mlpm_core.services.admin.tokens import Token, Tokens

LOG = logging.getLogger("mlpm.front_door")

PROBES: Final = ("/healthz", "/readyz")
OWN_ROUTES: Final = ("/api/", *PROBES)
TOKEN_ROUTES: Final = "/api/v1/"
OPEN_ROUTES: Final = frozenset({"/api/v1/openapi.json"})
CLOSED_ROUTES: Final = (
    "/_stcore/metrics/", "/_stcore/agent/", "/auth/login/", "/auth/logout/", "/oauth2callback/",
)  # fmt: skip  # the last ones would ask other hosts who somebody is, and nothing here asks them
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
CALLER: Final = "mlpm.caller"  # where a request's scope says which token it came with
LOCAL_TOKEN: Final = "local token"
API_TOKEN: Final = "API token"

# option -> (is this value refused?, why in one sentence)
REFUSED_OPTIONS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "server.enableXsrfProtection": (
        lambda on: not on,
        "server.enableXsrfProtection is off: any web page could upload files here. Switch it on.",
    ),
    "server.enableCORS": (
        lambda on: not on,
        "server.enableCORS is off: any web page could drive this application. Switch it on.",
    ),
    "server.enableAgentApi": (
        bool,
        "server.enableAgentApi is on: it goes around sign-in. Switch it off.",
    ),
    "server.enableStaticServing": (
        bool,
        "server.enableStaticServing is on: it serves files nobody checked. Switch it off.",
    ),
    "browser.gatherUsageStats": (
        bool,
        "browser.gatherUsageStats is on: it reports to another host. Switch it off.",
    ),
    "server.sslCertFile": (
        bool,
        "server.sslCertFile is set, but MLPM answers this machine alone, over http. Leave it out.",
    ),
    "client.showErrorDetails": (
        lambda shown: str(shown).lower() in {"full", "true"},
        "client.showErrorDetails is 'full': traces would reach the browser. Use 'type' or 'none'.",
    ),
}


class SecurityMiddleware:
    """Pure ASGI middleware: refuses what is foreign, adds the security headers to all else.

    Parameters
    ----------
    app
        The application behind the door.
    policy
        The Content-Security-Policy to send, from `content_security_policy`.
    token
        What ``Authorization: Bearer`` must carry under ``/api/v1/``: the one of ``server.json``.
    address
        The address served besides the loopback ones; it becomes an accepted Host, as does the
        address of this machine at which a connection came in.
    api_token
        Another token that opens it, given out to other programs.
    given_out
        Tokens of which each opens only some of it; a route then asks what its caller may.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        policy: str,
        token: str,
        address: str,
        api_token: str | None = None,
        given_out: Tokens | None = None,
    ) -> None:
        self.app = app
        self.tokens = {LOCAL_TOKEN: token.encode()}
        if api_token:
            self.tokens[API_TOKEN] = api_token.encode()
        self.given_out = given_out
        self.hosts = LOCAL_HOSTS | {address.strip("[]").lower()}
        self.headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with headers; an unexpected error of an own route stays unseen."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        path = _path(scope)
        is_own = f"{path.lower()}/".startswith(OWN_ROUTES)
        has_started = False

        async def guarded_send(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                if is_own:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self._refusal(scope, path, is_own=is_own)
        if refusal is not None:
            await _refuse(scope, guarded_send, *refusal)
            return
        try:
            await self.app(scope, receive, guarded_send)
        except Exception:
            if not is_own or has_started or scope["type"] != "http":
                raise
            reference = uuid.uuid4().hex[:12]
            LOG.exception("%s %s failed (%s)", scope["method"], path, reference)
            sentence = f"Something failed here; the server's log has it under {reference}."
            await _refuse(scope, guarded_send, 500, sentence)

    def _refusal(self, scope: Scope, path: str, *, is_own: bool) -> tuple[int, str] | None:
        """Status and sentence for a request that may not come in."""
        headers = Headers(scope=scope)
        came_in_at = _came_in_at(scope)
        if came_in_at is not None and not is_loopback(came_in_at):
            return 403, beyond_this_machine(f"This connection came in at {came_in_at}")
        served = self.hosts if came_in_at is None else self.hosts | {local_address(came_in_at)}
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _split_host(hosts[0])[0] not in served:
            return 403, "This Host is not served here."
        is_guarded = is_own or scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        # A page of Streamlit's speaks to the very host it came from; for any other, Streamlit
        # would ask a host of the internet for this machine's address.
        homes = served if is_own else frozenset({_split_host(hosts[0])[0]})
        if is_guarded and not all(
            _is_home(origin, hosts[0], homes) for origin in headers.getlist("origin")
        ):
            return 403, "Requests from another web page are refused."
        if not path.startswith("/") or not path.isprintable():
            return 404, "There is nothing here."
        if is_own:
            is_served = path in PROBES or path.startswith("/api/")
        else:
            is_served = not any(closed in f"{path}/" for closed in CLOSED_ROUTES)
        if not is_served:
            return 404, "There is nothing here."
        if path.startswith(TOKEN_ROUTES) and path not in OPEN_ROUTES:
            return self._token_refusal(scope, headers.getlist("authorization"))
        return None

    def _token_refusal(self, scope: Scope, credentials: list[str]) -> tuple[int, str] | None:
        """Status and sentence unless there is one right bearer token; the scope then says which."""
        scheme, _, token = credentials[0].partition(" ") if len(credentials) == 1 else ("", "", "")
        if scheme.lower() != "bearer" or not token.strip():
            return 401, "A token is needed: send 'Authorization: Bearer TOKEN'."
        given = token.strip().encode("latin-1")
        fitting = [
            name for name, secret in self.tokens.items() if hmac.compare_digest(given, secret)
        ]
        caller: str | Token | None = fitting[0] if fitting else None
        if caller is None and self.given_out is not None:
            try:
                caller = self.given_out.find(token.strip())
            except StoreError as error:
                return 503, str(error)
        if caller is None:
            return 403, "This token does not open this door."
        scope[CALLER] = caller
        return None


def content_security_policy(page: str) -> str:
    """The strictest policy under which Streamlit, its charts and its grids work.

    Parameters
    ----------
    page
        Streamlit's page with what is added to it; the hashes of its inline scripts are allowed,
        and no other inline script.
    """
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in inline
    )
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {hashes} 'wasm-unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' blob: data:",
            "worker-src 'self' blob:",
            "frame-ancestors 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


def startup_refusal(option: Callable[[str], Any], address: str) -> str | None:
    """The sentence with which this configuration must not start; None when it may.

    Parameters
    ----------
    option
        Reads one Streamlit option by name, such as ``streamlit.get_option``.
    address
        The address to be served (MLPM_ADDRESS).

    Examples
    --------
    >>> startup_refusal({"server.enableXsrfProtection": False}.get, "127.0.0.1")
    'server.enableXsrfProtection is off: any web page could upload files here. Switch it on.'
    """
    for name, (is_refused, sentence) in REFUSED_OPTIONS.items():
        if is_refused(option(name)):
            return sentence
    for name, where in (("MLPM_ADDRESS", address), ("server.address", option("server.address"))):
        if not is_loopback(str(where or "")):
            return beyond_this_machine(f"{name} is {repr(where) if where else 'empty'}")
    return None


def _path(scope: Scope) -> str:
    """The path as Starlette's router will see it: without a proxy's prefix."""
    path: str = scope["path"]
    prefix: str = scope.get("root_path", "").rstrip("/")
    return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path


def _came_in_at(scope: Scope) -> str | None:
    """The address of this machine at which a connection came in, where the server tells it.

    A socket's is always a number; a Unix socket has a path, and a client in this process a name.
    """
    host = (scope.get("server") or (None,))[0]
    return host if host is not None and is_number(host) else None


def _is_home(origin: str, host: str, homes: frozenset[str]) -> bool:
    """Whether a page of this origin was served by this very server, under one of these names."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    default = {"http": 80, "https": 443}.get(parts.scheme)
    if default is None or (parts.hostname or "").removesuffix(".") not in homes:
        return False
    return (port or default) == (_split_host(host)[1] or default)


def _split_host(host: str) -> tuple[str, int | None]:
    """Name and port of a Host header; an empty name when it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        if parts.netloc != host or parts.username is not None:
            return "", None
        return (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return "", None


async def _refuse(scope: Scope, send: Send, status: int, sentence: str) -> None:
    """Answer with a sentence; a websocket is closed before it opens, which is a 403."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": sentence})
        return
    body = json.dumps({"error": sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
