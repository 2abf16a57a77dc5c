"""The end of the process: asked for by a signal, orderly if it can be, and always in time.

A server waits for its open requests before it ends, however long a client takes. Here they are told
to give up, and what still runs at the limit is ended: rows that nobody was told are stored are
rolled back by the store itself when it is opened again, as after a crash.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import MlpmError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GRACE_SECONDS: Final = 6.0
"""How long the process may take to end by itself once it was asked to."""
CLOSE_SECONDS: Final = 2.0
"""How long closing the store may take after that; a container is killed after ten in all."""
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Stopped(MlpmError):
    """The process was asked to end while it was still starting."""


class Stop:
    """Whether this process was asked to end, for everything that would keep it from doing so."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._waking = asyncio.Event()
        self.signal: signal.Signals | None = None
        """The signal by which it was asked; None while it was not."""

    def check(self) -> None:
        """Give up, if the process was asked to end.

        Raises
        ------
        Stopped
            When it was.
        """
        if self.signal is not None:
            raise Stopped("MLPM was stopped while it was starting.")

    async def wait(self) -> None:
        """Return once the process was asked to end."""
        await self._waking.wait()

    def end_by_signal(self) -> None:
        """End this process as its signal would have ended it, had nobody listened."""
        if self.signal is not None:
            signal.signal(self.signal, signal.SIG_DFL)
            signal.raise_signal(self.signal)

    @contextmanager
    def watched(self, close: Callable[[], None], grace: float = GRACE_SECONDS) -> Iterator[None]:
        """Listen for the signals beside the server that does; end the process at the limit.

        The limit also holds after the block: threads of others may keep a process alive.

        Parameters
        ----------
        close
            Closes what must be closed in order; it is called, for `CLOSE_SECONDS`, before the
            process is ended by force.
        grace
            Seconds from the first signal until then.
        """
        if threading.current_thread() is not threading.main_thread():
            yield  # where signals cannot be listened to, the server's own rules hold
            return
        loop = asyncio.get_running_loop()
        before: dict[int, Any] = {number: signal.getsignal(number) for number in _SIGNALS}

        def listen(number: int, frame: Any) -> None:  # noqa: ANN401  a frame or None
            if self.signal is None:
                self.signal = signal.Signals(number)
                self._asked.set()
                if not loop.is_closed():
                    loop.call_soon_threadsafe(self._waking.set)
            if callable(before[number]):
                before[number](number, frame)
            else:  # the server leaves the end to the system
                self.end_by_signal()

        threading.Thread(target=self._ended_at_limit, args=(close, grace), daemon=True).start()
        for number in _SIGNALS:
            signal.signal(number, listen)
        yield

    def _ended_at_limit(self, close: Callable[[], None], grace: float) -> None:
        """End the process by force when it takes longer than the limit to end by itself."""
        self._asked.wait()
        time.sleep(grace)
        closing = threading.Thread(target=close, daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)
        sentence = (
            f"Something did not stop within {grace:g} seconds, so MLPM was ended. What was "
            "acknowledged is stored.\n"
        )
        os.write(2, sentence.encode())  # sys.stderr may be locked by what does not stop
        os._exit(0)
