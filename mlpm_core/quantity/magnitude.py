"""How large a number may be, so that whatever is computed with it stays a number."""

from __future__ import annotations

import math
from typing import Final

LARGEST: Final = 1e18
"""Of anything that is measured or guessed, in its own unit: no sum of money or time comes near."""

SMALLEST: Final = 1e-100
"""Of values that were looked up: what is nearer to zero is zero."""

LARGEST_SQUARE: Final = LARGEST**2
"""Of numbers that may be squares of such: a mean squared error, a sum of squares."""

MOST_COUNTED: Final = 10**15
"""Of anything that is counted; a double still tells neighbours apart."""

LARGEST_RESULT: Final = 1e100
"""Of anything that is computed: squares and sums of results stay finite below it."""


def finite(value: float | None) -> float | None:
    """A figure that can be told; None where there is none, or it has no finite value.

    Examples
    --------
    >>> finite(0.5), finite(float("inf")), finite(None)
    (0.5, None, None)
    """
    return value if value is not None and math.isfinite(value) else None
