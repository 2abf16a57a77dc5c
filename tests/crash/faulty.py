"""A process that imports one file and says what became of it: ``python faulty.py FOLDER [BOUND]``.

With a bound no file may grow beyond so many bytes from then on.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from mlpm_core.errors import MlpmError
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.crash.child import file_of


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


if __name__ == "__main__":
    main()
