"""Uncertain numbers with units: how people write them, and what they then mean.

A quantity keeps the text it was written as and maps probabilities to values: ``quantile(p)`` is
the inverse of its distribution, so the same uniform points serve every quantity. Money, counts
and calendar periods are kinds of unit of their own, so that a week is never taken for a year and
a currency never for another.
"""

from __future__ import annotations

from mlpm_core.quantity.apart import digits_apart, is_same
from mlpm_core.quantity.dimension import Dimension
from mlpm_core.quantity.magnitude import (
    LARGEST,
    LARGEST_RESULT,
    LARGEST_SQUARE,
    MOST_COUNTED,
    finite,
)
from mlpm_core.quantity.percent import PERCENT_WORDS, SHARE, is_percent, is_share
from mlpm_core.quantity.quantity import Quantity, said
from mlpm_core.quantity.reading import NUMBER, Z90
from mlpm_core.quantity.unit import CURRENCIES, Unit
from mlpm_core.quantity.unit_as_written import currency_of_sign
from mlpm_core.quantity.words import in_percent

__all__ = [
    "CURRENCIES",
    "LARGEST",
    "LARGEST_RESULT",
    "LARGEST_SQUARE",
    "MOST_COUNTED",
    "NUMBER",
    "PERCENT_WORDS",
    "SHARE",
    "Z90",
    "Dimension",
    "Quantity",
    "Unit",
    "currency_of_sign",
    "digits_apart",
    "finite",
    "in_percent",
    "is_percent",
    "is_same",
    "is_share",
    "said",
]
