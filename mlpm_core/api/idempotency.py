"""What was done under an Idempotency-Key, kept so that it is not done again."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakValueDictionary

from mlpm_core.errors import InputError
from mlpm_core.records import Receipt, Status
from mlpm_core.services.ingest import batches
from mlpm_core.services.session.private_file import append_private, locked, write_private

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.services.session.workspace import Workspace


class Replays:
    """What was done under an Idempotency-Key, so that a repeated request is not done again.

    It outlives the process: ``idempotency.jsonl`` beside the store says by project and key which
    batch a request made of which bytes. A crash between the two leaves the bytes to tell a repeated
    file: it is a duplicate, and answered with the first receipt.
    """

    def __init__(self, workspace: Workspace, most: int = 1000) -> None:
        self._workspace, self._most = workspace, most
        self._file = workspace.settings.data / "idempotency.jsonl"
        self._done: OrderedDict[tuple[str, str], tuple[str, str, str]] = OrderedDict()
        self._turns: WeakValueDictionary[tuple[str, str], threading.Lock] = WeakValueDictionary()
        self._lock = threading.Lock()
        for line in self._lines():
            with suppress(ValueError, TypeError):  # torn by a crash
                project, key, *stored = json.loads(line)
                request, batch, sha256 = stored
                self._done[project, key] = request, batch, sha256
        while len(self._done) > most:
            self._done.popitem(last=False)

    def once(self, project: str, key: str, request: str, do: Callable[[], Receipt]) -> Receipt:
        """The receipt of a request: of the first time, if it committed something.

        Parameters
        ----------
        project, key : str
            What the client calls the request; keys of two projects are two keys.
        request : str
            Fingerprint of all the request says.

        Raises
        ------
        InputError
            When the key was used for another request.
        """
        with self._lock:
            turn = self._turns.setdefault((project, key), threading.Lock())
        with turn:  # requests with the same key wait for each other
            stands = self._in_force(project, key)
            if stands is None:
                receipt = do()
                if receipt.status is Status.COMMITTED and receipt.batch is not None:
                    self._note(project, key, request, receipt)
                return receipt
            first, receipt = stands
            if first != request:
                raise InputError(
                    f"The Idempotency-Key {key!r} was used for another request; it stored "
                    f"{receipt.batch}. Take a new key for a new request."
                )
            return receipt

    def _in_force(self, project: str, key: str) -> tuple[str, Receipt] | None:
        """What was asked under a key and its receipt, while what it stored counts.

        An undo ends it, and after a restore the number may be another file's: the request is
        then done anew.
        """
        if (project, key) not in self._done:
            return None
        request, batch, sha256 = self._done[project, key]
        receipt = batches.receipt_in_force(self._workspace, project, batch)
        return None if receipt is None or receipt.sha256 != sha256 else (request, receipt)

    def _note(self, project: str, key: str, request: str, receipt: Receipt) -> None:
        stored = request, str(receipt.batch), receipt.sha256
        with self._lock:
            self._done[project, key] = stored
            with suppress(OSError), locked(self._file):  # were the key lost, the bytes still tell
                if len(self._done) > self._most:
                    while len(self._done) > self._most // 2:
                        self._done.popitem(last=False)
                    entries = [
                        (*project_key, *outcome) for project_key, outcome in self._done.items()
                    ]
                    write_private(self._file, "".join(f"{json.dumps(t)}\n" for t in entries))
                    return
                append_private(self._file, json.dumps((project, key, *stored)))

    def _lines(self) -> list[str]:
        try:
            return self._file.read_text("utf-8").splitlines()
        except OSError:
            return []


_replays: WeakKeyDictionary[Workspace, Replays] = WeakKeyDictionary()
_making = threading.Lock()


def replays_of(workspace: Workspace) -> Replays:
    """Those of a workspace, read once."""
    with _making:
        if workspace not in _replays:
            _replays[workspace] = Replays(workspace)
        return _replays[workspace]
