"""A process that imports one file and says what became of it: ``FOLDER [BOUND]``.

With a bound no file may grow beyond so many bytes from then on.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

from mlpm_core.errors import MlpmError
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.crash.child import file_of

_SET_TRACER = 0x59616D61  # PR_SET_PTRACER; needless and without effect where there is no Yama


def main() -> None:
    """Import the next file."""
    folder = Path(sys.argv[1])
    try:
        workspace = open_recovered(Settings(data=folder, demo=False))
        if len(sys.argv) > 2:
            bound = int(sys.argv[2])
            resource.setrlimit(resource.RLIMIT_FSIZE, (bound, bound))
        told = imports.import_file(
            workspace.acting_as("ada"),
            "shop",
            "metric_results",
            "f.csv",
            file_of(workspace.version),
        )
        if told.status == "committed":
            print(f"ACK {told.batch}", flush=True)
        else:
            print(f"FAILED {told.rejects[0].message}", flush=True)
        workspace.close()
    except MlpmError as error:
        print(f"FAILED {error}", flush=True)


def watched() -> None:
    """The same, once a tracer that may be anybody has let it go on."""
    ctypes.CDLL(None).prctl(_SET_TRACER, ctypes.c_ulong(-1))
    os.kill(os.getpid(), signal.SIGSTOP)
    main()
