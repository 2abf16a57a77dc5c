"""strace for the tests that let calls of the system fail or watch them: found, or installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from functools import cache

from tests.patience import PATIENCE


@cache
def find_strace() -> str:
    """Where strace is: on the system, else through apt.

    Raises
    ------
    RuntimeError
        When it cannot be had; a test that needs it must fail then, never skip.
    """
    if path := shutil.which("strace"):
        return path
    apt = ["apt-get", "install", "-y", "--no-install-recommends", "strace"]
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            apt if os.geteuid() == 0 else ["sudo", "-n", *apt],
            capture_output=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    if path := shutil.which("strace"):
        return path
    raise RuntimeError(
        "These tests need strace and apt could not install it: run 'apt-get install strace' as "
        "root and try again."
    )
