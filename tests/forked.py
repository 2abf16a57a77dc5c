"""Processes that begin with everything imported: forks of one that only waits.

Importing takes most of a short process's time. ``python -m tests.forked FD`` imports once, opens no
store and starts no thread, and forks for each request. What is forked has files, environment,
folder and arguments of its own, may be killed, and touches nothing of the tests' process.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
PRELOADED = (
    "pandas", "pyarrow", "altair", "scipy.stats", "streamlit.web.cli", "streamlit.web.bootstrap",
"uvicorn", "mlpm_core.api", "mlpm_core.cli.commands",
    "mlpm_core.cli.backend", "mlpm_core.services.lifecycle", "tests.crash.child",
    "tests.crash.faulty", "tests.crash.serve",
)  # fmt: skip
MLPM = "mlpm_core.cli:main"


class Forked:
    """A process as `subprocess.Popen` gives one, with both outputs as text.

    Parameters
    ----------
    target
        The function that is its whole program, as ``module:function``; what it returns is its exit
        status.
    arguments
        What follows the name of the program.
    environment
        All of its environment.
    cwd
        Its folder.
    """

    def __init__(
        self, target: str, arguments: Sequence[object], environment: Mapping[str, str],
        cwd: Path = ROOT,
    ) -> None:  # fmt: skip
        out, err, told = os.pipe(), os.pipe(), os.pipe()
        asked = {
            "target": target,
            "argv": [target, *map(str, arguments)],
            "environment": dict(environment),
            "cwd": str(cwd),
        }
        with _asking:
            socket.send_fds(_nursery(), [json.dumps(asked).encode()], [out[1], err[1], told[1]])
        for _, end in (out, err, told):
            os.close(end)
        self.stdout, self.stderr = os.fdopen(out[0]), os.fdopen(err[0])
        self._told = os.fdopen(told[0])
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._status_within(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Its exit status once it ends; None when it does not in so many seconds."""
        return self._status_within(timeout)

    def _status_within(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            with self._told:
                self.returncode = int(self._told.readline())
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What is left of both outputs, once it has ended."""
        errors: list[str] = []
        reading = threading.Thread(target=lambda: errors.append(self.stderr.read()))
        reading.start()
        overdue = threading.Timer(timeout or threading.TIMEOUT_MAX, self.kill)
        overdue.start()
        said = self.stdout.read()
        reading.join()
        overdue.cancel()
        overdue.join()
        self.wait(timeout)
        self.stdout.close()
        self.stderr.close()
        return said, errors[0]

    def send_signal(self, number: signal.Signals) -> None:
        """Signal it, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def run(
    target: str, arguments: Sequence[object], environment: Mapping[str, str], cwd: Path = ROOT,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """A process from its start to its end, as `subprocess.run` gives it."""
    process = Forked(target, arguments, environment, cwd)
    out, err = process.communicate(timeout)
    assert process.returncode is not None
    return subprocess.CompletedProcess([target, *arguments], process.returncode, out, err)


_asking = threading.Lock()


@cache
def _nursery() -> socket.socket:
    """A line to the process that forks, which ends with this one."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLPM_", "STREAMLIT_"))}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked", str(its.fileno())],
            pass_fds=[its.fileno()], cwd=ROOT, env=kept,
        )  # fmt: skip

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve(line: socket.socket) -> None:
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the tests, and they this
    while True:
        said, fds, *_ = socket.recv_fds(line, 1 << 20, 3)
        with contextlib.suppress(ChildProcessError):  # so that what they cost is counted
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not said:
            return
        if os.fork() == 0:
            line.close()
            _keep(json.loads(said), *fds)
        for fd in fds:
            os.close(fd)


def _keep(asked: dict[str, object], out: int, err: int, told: int) -> NoReturn:
    """Fork the process itself, and tell its number at once and its status at its end."""
    pid = os.fork()
    if pid == 0:
        os.close(told)
        _become(asked, out, err)
    for fd in (out, err):
        os.close(fd)
    os.write(told, b"%d\n" % pid)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):
        os.write(told, b"%d\n" % status)
    os._exit(0)


def _become(asked: dict[str, object], out: int, err: int) -> NoReturn:
    """Be the program that was asked for, to its end."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for fd, place in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(fd, place)
        os.close(fd)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[call-overload]
    os.chdir(str(asked["cwd"]))
    sys.argv = list(asked["argv"])  # type: ignore[call-overload]
    module, _, name = str(asked["target"]).partition(":")
    status: object = 1
    try:
        status = getattr(importlib.import_module(module), name)()
    except SystemExit as end:
        status = end.code
    except BaseException:
        traceback.print_exc()
        status = 1
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]  # as an interpreter does at its end
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    if status is not None and not isinstance(status, int):
        os.write(2, f"{status}\n".encode())
        status = 1
    os._exit(int(status or 0))


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
