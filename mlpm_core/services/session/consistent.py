"""Answers that need several questions to the store, as of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mlpm_core.errors import MlpmError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.services.session.workspace import Workspace

T = TypeVar("T")
_TRIES = 3


def consistent(workspace: Workspace, read: Callable[[], T]) -> T:
    """What ``read`` gives when no batch comes in between its questions to the store.

    A batch that comes meanwhile would otherwise leave, say, a sum of which a part stands before it
    and a part after it. It is then read again; while batches keep coming, they wait for the answer.
    """
    for _ in range(_TRIES):
        before = _newest(workspace)
        try:
            answer = read()
        except MlpmError:  # such as a project that was there when the question began
            if _newest(workspace) == before:
                raise
            continue
        if _newest(workspace) == before:
            return answer
    with workspace.store.write_locked():
        return read()


def _newest(workspace: Workspace) -> int:
    with workspace.store.reader() as reader:  # not what is remembered: a commit comes before that
        return int(reader.rows("last_seq")[0]["seq"])
