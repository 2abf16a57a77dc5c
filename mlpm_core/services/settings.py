"""What the environment says of this process; read before anything heavy is imported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mlpm_core.errors import InputError

__all__ = ["Settings"]

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says: ``MLPM_DATA``, ``MLPM_PORT``, ``MLPM_ADDRESS`` and the rest."""

    data: Path
    port: int = 8501
    address: str = "127.0.0.1"
    demo: bool = True
    read_only: bool = False
    token: str | None = None

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings of this process.

        Raises
        ------
        InputError
            When ``MLPM_PORT`` is no port.
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
        )
