"""Answers that need several questions to the store, as of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mlpm_core.errors import MlpmError
from mlpm_core.services.session.workspace import newest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable

    from mlpm_core.records import Record
    from mlpm_core.services.session.workspace import Workspace

T = TypeVar("T")
_TRIES = 3


def consistent(
    workspace: Workspace,
    read: Callable[[], T],
    project: str | None = None,
    elsewhere: Collection[type[Record]] = (),
) -> T:
    """What ``read`` gives when no batch comes in between its questions to the store.

    Of one project when it is named: what comes in for others does not concern it, but rows of the
    kinds ``elsewhere``.

    A batch that comes meanwhile would otherwise leave, say, a sum of which a part stands before it
    and a part after it. It is then read again; while batches keep coming, they wait for the answer.
    """
    for _ in range(_TRIES):
        is_undisturbed = _watch(workspace, project, elsewhere)
        try:
            answer = read()
        except MlpmError:  # such as a project that was there when the question began
            if is_undisturbed():
                raise
            continue
        if is_undisturbed():
            return answer
    with workspace.store.write_locked():
        return read()


def _watch(
    workspace: Workspace, project: str | None, elsewhere: Collection[type[Record]] = ()
) -> Callable[[], bool]:
    """From now on: whether no batch came in since, of one project or of any."""
    store = workspace.store
    n_commits = store.n_commits
    before = workspace.version if project is None else workspace.version_of(project, *elsewhere)

    def is_undisturbed() -> bool:
        is_quiet = store.n_commits == n_commits and not n_commits % 2
        return is_quiet or newest_version(workspace, project, elsewhere) == before

    return is_undisturbed


def newest_version(
    workspace: Workspace, project: str | None, elsewhere: Collection[type[Record]] = ()
) -> int:
    """The newest batch that is committed, of one project or of any; see `newest_of`."""
    with workspace.store.reader() as reader:  # not what is cached: a commit comes before that
        if project is None:
            return int(reader.rows("last_seq")[0]["seq"])
        return newest_of(reader.seqs, project, elsewhere)


def kept(
    workspace: Workspace,
    question: str,
    project: str,
    compute: Callable[[], T],
    *,
    rests_on: Hashable = None,
) -> T:
    """What was computed of a project, computed anew once it was written to or its day is over.

    Parameters
    ----------
    question : str
        Names what is computed.
    compute : callable
        It reads all that it needs itself, of this project alone, and does not wait for the right
        to write. Its answer is shared, and must be left as it is.
    rests_on : hashable, optional
        What it rests on beside this project: another one asks for another answer.
    """

    def answer() -> tuple[T, bool]:
        is_undisturbed = _watch(workspace, project)
        return compute(), is_undisturbed()

    state: tuple[Hashable, ...] = (workspace.version_of(project), workspace.today(project))
    if rests_on is not None:
        state = (*state, rests_on)
    return workspace.answers.of(question, project, state, answer)
