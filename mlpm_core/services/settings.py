"""What the environment says of this process; read before anything heavy is imported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from mlpm_core.intake import Limits

__all__ = ["Settings"]

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Settings:
    """What the environment says: ``MLPM_DATA``, ``MLPM_PORT``, ``MLPM_ADDRESS`` and the rest.

    ``MLPM_MAX_FILE_MB``, ``MLPM_MAX_ROWS`` and ``MLPM_MAX_LOG_ROWS`` (of prediction logs) bound
    what is read.
    """

    data: Path
    port: int = 8501
    address: str = "127.0.0.1"
    demo: bool = True
    read_only: bool = False
    token: str | None = None
    max_file_mb: int = 512
    max_rows: int = 1_000_000
    max_log_rows: int = 20_000_000

    @property
    def max_bytes(self) -> int:
        """The largest file that is taken, once unpacked."""
        return self.max_file_mb * 2**20

    @property
    def spool(self) -> Path:
        """Where uploads lie while they arrive."""
        return self.data / "spool"

    def limits(self, kind: str) -> Limits:
        """The largest file of a kind that is read."""
        from mlpm_core.intake import Limits

        is_log = kind in ("prediction_log", "labels")
        return Limits(self.max_bytes, self.max_log_rows if is_log else self.max_rows)

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings of this process.

        Raises
        ------
        InputError
            When ``MLPM_PORT`` is no port, or a limit no whole number above 0.
        """
        port = os.environ.get("MLPM_PORT", "8501")
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise InputError(
                f"MLPM_PORT is {port!r}; expected a port from 1 to 65535, such as 8501."
            )
        return cls(
            data=Path(os.environ.get("MLPM_DATA") or _ROOT / "data" / "store").resolve(),
            port=int(port),
            address=os.environ.get("MLPM_ADDRESS") or "127.0.0.1",
            demo=os.environ.get("MLPM_DEMO", "1") != "0",
            read_only=os.environ.get("MLPM_READ_ONLY", "0") == "1",
            token=os.environ.get("MLPM_TOKEN") or None,
            max_file_mb=_above_zero("MLPM_MAX_FILE_MB", cls.max_file_mb),
            max_rows=_above_zero("MLPM_MAX_ROWS", cls.max_rows),
            max_log_rows=_above_zero("MLPM_MAX_LOG_ROWS", cls.max_log_rows),
        )


def _above_zero(name: str, default: int) -> int:
    said = os.environ.get(name) or str(default)
    if not (said.isascii() and said.isdigit() and int(said)):
        raise InputError(f"{name} is {said!r}; expected a whole number above 0, such as {default}.")
    return int(said)
