"""A request's body must arrive: one that goes silent, or only drips, is given up with a sentence.

So is every body that is still on its way when the process is asked to end.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mlpm_core.services.admin.stopping import Stop

SILENT_SECONDS: Final = 30.0
"""How long a client may send nothing in the midst of a body."""
MIN_BYTES_A_SECOND: Final = 1_000
"""How fast a body must come after its first `SILENT_SECONDS`."""


class _GivenUp(Exception):
    """Why a body is not waited for any longer; never leaves this file."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class SlowBodies:
    """Pure ASGI middleware that waits for a body only as long as it makes progress.

    Parameters
    ----------
    app
        The application behind it.
    stop
        Tells when the process was asked to end.
    silent_seconds, min_bytes_a_second
        See `SILENT_SECONDS` and `MIN_BYTES_A_SECOND`; time in which the application does not ask
        for more of the body is not counted.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        stop: Stop,
        silent_seconds: float = SILENT_SECONDS,
        min_bytes_a_second: float = MIN_BYTES_A_SECOND,
    ) -> None:
        self.app, self.stop = app, stop
        self.silent_seconds, self.min_bytes_a_second = silent_seconds, min_bytes_a_second

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer 408 when a body is too slow, 503 when the process ends."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_whole, has_started = False, False
        waited, n_bytes = 0.0, 0

        async def receive_in_time() -> Message:
            nonlocal is_whole, waited, n_bytes
            if is_whole:  # all that can come now is that the client leaves
                return await receive()
            clock = asyncio.get_running_loop().time
            began = clock()
            allowed = self.silent_seconds + n_bytes / self.min_bytes_a_second - waited
            try:
                message = await self._next(receive, min(self.silent_seconds, allowed))
            except _GivenUp:
                if has_started:  # it was answered already, without its body
                    return {"type": "http.disconnect"}
                raise
            waited += clock() - began
            n_bytes += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            return message

        async def watched_send(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive_in_time, watched_send)
        except _GivenUp as error:
            await _answer(send, error)

    async def _next(self, receive: Receive, seconds: float) -> Message:
        """The next part of a body.

        Raises
        ------
        _GivenUp
            When none comes in time, or the process was asked to end.
        """
        arriving = asyncio.ensure_future(receive())
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait(
                {arriving, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if arriving.done():
                return arriving.result()
            if stopping.done():
                raise _GivenUp(
                    503, "MLPM is being stopped. Nothing was stored; send the same file again."
                )
            raise _GivenUp(
                408,
                f"The upload was given up: it must send something every {self.silent_seconds:g} "
                f"seconds, and {self.min_bytes_a_second:,} bytes a second on the whole. Nothing "
                "was stored; send the same file again.",
            )
        finally:
            arriving.cancel()
            stopping.cancel()


async def _answer(send: Send, error: _GivenUp) -> None:
    """Answer with the sentence, and take nothing more from this connection."""
    body = json.dumps({"error": str(error)}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
