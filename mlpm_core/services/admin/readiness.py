"""What a start says while it lasts, and that the application answers, once it does."""

from __future__ import annotations

import asyncio
import http.client
import sys
import time
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.services.session.addresses import (
    Listener,
    beyond_this_machine,
    is_loopback,
    listeners,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.services.admin.server_file import ServerFile
    from mlpm_core.services.admin.stopping import Stop

_TRY_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 10.0
_EVERY_SECONDS: Final = 1.0


def say(sentence: str) -> None:
    """Tell whoever started the process something, at once."""
    print(sentence, file=sys.stderr, flush=True)


def progress(stop: Stop) -> Callable[[str, int, int], None]:
    """A callback that says how far something is, at its start, its end and once a second between.

    It raises `Stopped` when the process is asked to end meanwhile.
    """
    last = float("-inf")

    def on_progress(what: str, n: int, of: int) -> None:
        nonlocal last
        stop.check()
        if (now := time.monotonic()) - last >= _EVERY_SECONDS or n == of:
            last = now
            say(f"MLPM is {what}, {n} of {of}.")

    return on_progress


def beyond_loopback() -> Listener | None:
    """Where this process takes connections from other machines; None when nowhere, as it seems."""
    return next((each for each in listeners() if not is_loopback(each.address)), None)


def refuse_other_machines() -> None:
    """See that no other machine is served, for what does not stand behind the front door.

    Raises
    ------
    InputError
        When this process takes connections from other machines.
    """
    if listener := beyond_loopback():
        raise InputError(beyond_this_machine(f"This server listens at {listener.address}"))


def served_at(address: str, port: int) -> Listener:
    """Where this process listens; as configured, if its server has not opened its port yet."""
    own = listeners()
    return own[0] if len(own) == 1 else Listener(address, port)


def answers(server: ServerFile) -> bool:
    """Whether the application that wrote this file answers, and not another one in its place."""
    connection = http.client.HTTPConnection(server.url.partition("//")[2], timeout=_TRY_SECONDS)
    try:
        # No route has this name, which only the right token is told.
        connection.request("GET", "/api/v1/", headers={"Authorization": f"Bearer {server.token}"})
        answer = connection.getresponse()
        return answer.status == 404 and b"There is no route" in answer.read(200)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


async def say_when_ready(server: ServerFile, on_foreign: Callable[[Listener], None]) -> None:
    """Say the address once it answers.

    Parameters
    ----------
    server
        Where the application should answer, and its token.
    on_foreign
        Called when this process turns out to listen beyond this machine.
    """
    began, is_late = time.monotonic(), False
    while not await asyncio.to_thread(answers, server):
        _look(on_foreign)
        if time.monotonic() - began > _PATIENCE_SECONDS and not is_late:
            is_late = True
            say(
                f"MLPM has started but does not answer at {server.url} yet. If its server listens "
                "elsewhere, set MLPM_PORT and MLPM_ADDRESS to that, so that commands find it."
            )
        await asyncio.sleep(_PAUSE_SECONDS)
    _look(on_foreign)
    say(f"MLPM is ready at {server.url}")


def _look(on_foreign: Callable[[Listener], None]) -> None:
    if listener := beyond_loopback():
        on_foreign(listener)
