"""``python -m mlpm_core.cli`` is ``mlpm``."""

import sys

from mlpm_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
