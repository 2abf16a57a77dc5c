"""The thread of a serving process that reads what the operator scheduled, one source at a time."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import MlpmError
from mlpm_core.services.ingest import source_runs, source_states

if TYPE_CHECKING:
    from mlpm_core.services.session.workspace import Workspace

LOG = logging.getLogger("mlpm.sources")
_LOOK_SECONDS: Final = 15.0  # how long until it looks again: the file may have changed
_PATIENCE_SECONDS: Final = 3.0


class Scheduler:
    """Reads each source when it is due; started and stopped with the process that serves.

    Examples
    --------
    >>> def main(workspace):
    ...     scheduler = Scheduler(workspace)
    ...     scheduler.start()
    ...     scheduler.stop()
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="mlpm-sources", daemon=True)

    def start(self) -> None:
        """Begin; a copy that only reads begins nothing."""
        if not self._workspace.settings.read_only:
            self._thread.start()

    def stop(self) -> None:
        """Give up what is being read and end; an import that began may outlast the patience."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE_SECONDS)

    def tick(self) -> list[str]:
        """Read what is due now, each source once; the names of those that were read."""
        read = []
        for source in source_states.due(self._workspace.settings, self._workspace.now()):
            if self._stop.is_set():
                break
            try:
                done = source_runs.run(self._workspace, source.name, stop=self._stop)
                LOG.info("Source %s: %s.", source.name, done.outcome)
            except MlpmError as error:
                LOG.warning("Source %s: %s", source.name, error)
            read.append(source.name)
        return read

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                self.tick()
            except Exception as error:  # whatever it meets does not end the thread
                LOG.error("The sources could not be looked at: %s", type(error).__name__)  # noqa: TRY400
            self._stop.wait(_LOOK_SECONDS)
