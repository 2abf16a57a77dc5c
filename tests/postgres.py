"""A PostgreSQL server of a test's own: found or installed, started on a free port, and ended."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "mlpm"


def _programs() -> Path:
    """The folder of initdb and pg_ctl: on the system, else through apt.

    Raises
    ------
    RuntimeError
        When there is none; a test of Postgres must fail then, never skip.
    """
    for install in (False, True):
        if install:
            apt = ["apt-get", "install", "-y", "--no-install-recommends", "postgresql"]
            apt = apt if os.geteuid() == 0 else ["sudo", "-n", *apt]
            subprocess.run(apt, check=False, capture_output=True)
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if path := shutil.which("initdb") or (str(found[-1]) if found else None):
            return Path(path).resolve().parent
    raise RuntimeError("The tests of scheduled sources need PostgreSQL: apt-get install postgresql")


@contextmanager
def postgres(password: str) -> Iterator[str]:
    """The address of a server that runs while the block does, for its superuser."""
    programs, port = _programs(), free_port()
    who = {"user": "postgres"} if os.geteuid() == 0 else {}  # Postgres refuses to be root
    with TemporaryDirectory(
        prefix="mlpm-postgres-"
    ) as name:  # of pytest's only root sees the inside
        folder = Path(name)
        data, secret = folder / "data", folder / "password"
        secret.write_text(password)
        for path in (folder, secret) if who else ():
            shutil.chown(path, "postgres")

        def run(*command: str | Path) -> None:
            with (folder / "output").open("a") as output:
                words = [str(word) for word in command]
                subprocess.run(words, check=True, cwd="/", stdout=output, stderr=output, **who)

        run(
            programs / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", "--no-sync",
            f"--pwfile={secret}",
        )  # fmt: skip
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' "
        options += "-c fsync=off"
        run(programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
