"""Which maths figures were computed by: figures of another version are computed anew."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import scipy

_PACKAGE: Final = Path(__file__).resolve().parents[2]
_ROOMS: Final = ("quantity", "records", "catalogue", "value", "in_life", "services/valuation")


@cache
def maths_version() -> str:
    """A hash of all the code and mechanisms that figures follow from, and of its libraries.

    Nobody has to think of raising a number, and a checkout with another formula is another version.
    """
    digest = hashlib.sha256(
        f"{platform.python_version()} {np.__version__} {scipy.__version__}".encode()
    )
    for room in _ROOMS:
        for path in sorted((_PACKAGE / room).rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
                digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
