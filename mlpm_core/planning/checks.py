"""What every input of planning must satisfy before anything is computed with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, quoted
from mlpm_core.quantity.quantity import said
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpm_core.quantity import Quantity

    Array = NDArray[np.float64]

_WIDEST: Final = 20.0
_STRATA: Final = 4096


def check_number(
    name: str,
    value: float,
    *,
    low: float | None = None,
    above: float | None = None,
    upto: float,
    is_whole: bool = False,
) -> None:
    """Refuse what is no number of a range.

    Parameters
    ----------
    name : str
        How the value is called where it is asked.
    value : float
        What was given.
    low : float, optional
        The least it may be.
    above : float, optional
        Instead of ``low``: what it must lie above.
    upto : float
        The most it may be.
    is_whole : bool
        Whether it counts something.

    Raises
    ------
    InputError
        Naming the value and the range.

    Examples
    --------
    >>> check_number("share", 1.2, low=0, upto=1)
    Traceback (most recent call last):
    ...
    mlpm_core.errors.InputError: share is 1.2; write a number from 0 to 1.
    """
    is_number = isinstance(value, int if is_whole else (int, float)) and value == value
    is_in = is_number and value <= upto
    is_in = is_in and (value >= low if low is not None else value > (above or 0))
    if isinstance(value, bool) or not is_in:
        kind = "a whole number" if is_whole else "a number"
        start = f"from {fig(low):g}" if low is not None else f"above {fig(above or 0):g}"
        shown = repr(value) if isinstance(value, (int, float)) else quoted(value)
        raise InputError(f"{name} is {shown}; write {kind} {start} to {fig(upto):,g}.")


def check_amount(name: str, amount: Quantity) -> None:
    """Refuse a quantity whose average nobody can judge: the high values go too far, or below 0.

    Raises
    ------
    InputError
        When one time in ten it is below 0, or above twenty times its middle: from about 27 times on
        the average of a log-normal lies above its one-in-ten case, and rests on the rarest ones.

    Examples
    --------
    >>> from mlpm_core.quantity import Quantity
    >>> try:
    ...     check_amount("hours", Quantity.read("1 | 2 | 41", "hour", low=0))
    ... except InputError as error:
    ...     print(str(error)[:66])
    hours: the high value, 41, is more than 20 times the middle one, 2
    """
    low, middle, high = amount.quantile(np.array([0.1, 0.5, 0.9])).tolist()
    if low < 0:
        raise InputError(f"{name} is {quoted(amount.text)}; write a number or range from 0.")
    if high > _WIDEST * middle:
        raise InputError(
            f"{name}: the high value, {said(high)}, is more than {_WIDEST:g} times the middle one, "
            f"{said(middle)}; the average would rest on the rarest cases. Write it as two cases, "
            "or less wide."
        )


def strata(amount: Quantity) -> Array:
    """Equally likely values of a quantity, smallest first; shape (4096,)."""
    return amount.quantile((np.arange(_STRATA) + 0.5) / _STRATA)


def share_below(values: Array, limits: Array) -> float:
    """How often one of ``values`` is below one of ``limits``; both equally likely, sorted.

    Examples
    --------
    >>> share_below(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0]))
    0.5
    """
    return float(np.searchsorted(values, limits, side="left").mean() / len(values))
