"""How long tests wait for what must come, on however busy a machine: nothing is judged by a clock.

A claim about speed is counted (draws, statements, bytes), or measured in processor time with room.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE: Final = 300.0  # seconds; only what hangs takes that long
PATIENCE_MS: Final = PATIENCE * 1000
T = TypeVar("T")


def waited_for(look: Callable[[], T], what: str) -> T:
    """What a look gives as soon as that is something.

    Raises
    ------
    TimeoutError
        When nothing comes; ``what`` says of what.
    """
    end = time.monotonic() + PATIENCE
    while not (seen := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"No {what} within {PATIENCE:g} seconds.")
        time.sleep(0.02)
    return seen
