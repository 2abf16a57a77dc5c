"""server.json: how a command on this machine finds the running application.

One DuckDB file has one writing process, so while the application runs, `mlpm` talks to it and does
not open the store. The file holds the address and a token; only its owner can read it.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from mlpm_core.services.session.private_file import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "server.json"


@dataclass(frozen=True, slots=True)
class ServerFile:
    """Where the application runs, and the token that opens its API."""

    port: int
    address: str
    pid: int
    token: str = field(repr=False)

    @property
    def url(self) -> str:
        """The base address a client on this machine uses.

        Examples
        --------
        >>> ServerFile(8501, "0.0.0.0", 1, "secret").url
        'http://127.0.0.1:8501'
        """
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.address, self.address)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def new_token() -> str:
    """A random token of 256 bits."""
    return secrets.token_urlsafe(32)


@contextmanager
def announced(
    data: Path, *, port: int, address: str, token: str, only_reads: bool = False
) -> Iterator[ServerFile]:
    """Say in ``data`` that this process serves it, as long as the block lasts.

    Parameters
    ----------
    data
        The data directory (MLPM_DATA); created when missing.
    port, address
        Where this process listens.
    token
        The token that opens its API.
    only_reads
        Others may serve the folder beside it: what one of them wrote then stays.

    Yields
    ------
    ServerFile
        What was written.
    """
    server = ServerFile(port=port, address=address, pid=os.getpid(), token=token)
    # Who holds the folder alone may replace what a killed process left, whoever has its number now.
    if not only_reads or read_server_file(data) is None:
        try:
            data.mkdir(parents=True, exist_ok=True)
            write_private(data / NAME, json.dumps(asdict(server)))
        except OSError:
            if not only_reads:  # a folder on a medium that only reads holds no server.json
                raise
    try:
        yield server
    finally:
        if read_server_file(data) == server:
            (data / NAME).unlink(missing_ok=True)


def read_server_file(data: Path) -> ServerFile | None:
    """The running application that serves ``data``, or None.

    A file that another user could have written or read, a dead process and a damaged file all mean
    None. A process number can be reused after a crash, so a caller that gets no connection must
    treat it as "none runs".

    Parameters
    ----------
    data
        The data directory (MLPM_DATA).
    """
    try:
        with os.fdopen(os.open(data / NAME, os.O_RDONLY | os.O_NOFOLLOW), encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            is_ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid()
            if not is_ours or status.st_mode & 0o077:
                return None
            server = ServerFile(**json.load(file))
        os.kill(server.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return server
