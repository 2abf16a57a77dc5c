"""Whose turn it is: one writes, many try, and the file is written out when nobody does either.

Who holds the turn to write may begin anything else. Whoever wants both, that nobody tries and that
nobody writes, waits for the first before the second, so that no two wait for one another.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Turns:
    """The turns of one store."""

    def __init__(self) -> None:
        self._write, self._writes = threading.RLock(), 0
        self._n_trials, self._trials = 0, threading.Condition()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let nobody else write while the block runs."""
        with self._write:
            was, self._writes = self._writes, threading.get_ident()
            try:
                yield
            finally:
                self._writes = was

    @contextmanager
    def writing_at_once(self) -> Iterator[bool]:
        """The same if nobody has the turn to write; whether it was so."""
        is_mine = self._write.acquire(blocking=False)
        try:
            with self.writing() if is_mine else nullcontext():
                yield is_mine
        finally:
            if is_mine:
                self._write.release()

    @property
    def is_writing(self) -> bool:
        """Whether this thread has the turn to write."""
        return self._writes == threading.get_ident()

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Begin a transaction beside the one who writes; it may wait for the turn to write."""
        with self._trials:
            self._n_trials += 1
        try:
            yield
        finally:
            with self._trials:
                self._n_trials -= 1
                self._trials.notify_all()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Let nobody write or try while the block runs: DuckDB writes its file out only then."""
        with self._trials:
            self._trials.wait_for(lambda: not self._n_trials)
            with self.writing():
                yield
