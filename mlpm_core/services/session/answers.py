"""What was computed of a project, kept until something is written to it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from mlpm_core.quantity.written import form

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from mlpm_core.quantity.written import Form

T = TypeVar("T")


class Answers:
    """The newest answer to each question about a project; what it rests on says how new it is.

    Sentences are written for a reader, so that each form of numbers in use has its own answers.

    Whoever asks while another computes waits for that one answer.

    Examples
    --------
    >>> answers = Answers()
    >>> answers.of("n", "shop", 7, lambda: ("as of batch 7", True))
    'as of batch 7'
    >>> answers.of("n", "shop", 7, lambda: ("computed again", True))
    'as of batch 7'
    >>> answers.of("n", "shop", 8, lambda: ("as of batch 8", True))
    'as of batch 8'
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, Form], _Answer] = {}

    def of(
        self,
        question: str,
        project: str,
        rests_on: Hashable,
        compute: Callable[[], tuple[T, bool]],
    ) -> T:
        """The answer kept for what it rests on, or the one that is computed and may be kept."""
        with self._lock:
            kept = self._kept.setdefault((question, project, form()), _Answer())
        with kept.lock:
            if kept.rests_on == (rests_on,):
                answer: T = kept.answer
                return answer
            answer, may_be_kept = compute()
            kept.answer, kept.rests_on = (answer, (rests_on,)) if may_be_kept else (None, ())
            return answer

    def has(self, question: str, project: str, rests_on: Hashable) -> bool:
        """Whether an answer is kept for what it rests on."""
        with self._lock:
            kept = self._kept.get((question, project, form()))
        return kept is not None and kept.rests_on == (rests_on,)


class _Answer:
    """An answer and what it rests on, which is empty before the first."""

    __slots__ = ("answer", "lock", "rests_on")

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.rests_on: tuple[Hashable, ...] = ()
        self.answer: Any = None
