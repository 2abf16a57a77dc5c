"""strace for the tests that let calls of the system fail or watch them: found, or installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.patience import PATIENCE, waited_for

if TYPE_CHECKING:
    from tests.forked import Forked


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


def traced(process: Forked, log: Path, *options: str) -> tuple[str, str]:
    """Both outputs of a process that stopped itself at its start, watched from then to its end.

    A process that begins with everything imported is traced in a tenth of the time of a new one.
    """
    pid = process.pid
    waited_for(lambda: _status(pid, "State").startswith(("T", "t")), "process that has stopped")
    strace = subprocess.Popen(
        [find_strace(), "-f", "-qq", "-o", str(log), *options, "-p", str(pid)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        waited_for(lambda: _status(pid, "TracerPid") != "0" or strace.poll() is not None, "tracer")
        if strace.poll() is not None:
            process.kill()
            raise RuntimeError(f"strace cannot watch a process of ours: {strace.stderr.read()}")
        os.kill(pid, signal.SIGCONT)
        said = process.communicate(PATIENCE)
        strace.wait(PATIENCE)
    finally:
        strace.kill()
        strace.communicate()
    return said


def _status(pid: int, name: str) -> str:
    """What the kernel says of a process; empty when it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return line.partition(":")[2].strip()
    return ""
