"""How figures of an estimate are told: never more exact than they are."""

from __future__ import annotations

import math
from typing import Final

from mlpm_core.errors import InputError
from mlpm_core.quantity.written import fig

_STEP_DAYS: Final = 5
_HALF: Final = 0.5
_FEW_DAYS: Final = 10  # below it five days more or less would be another figure


def rounded_days(days: float, *, up: bool = False) -> int:
    """Days as a stakeholder should see them: to five, and to one below ten.

    Parameters
    ----------
    days : float
        At least 0.
    up : bool
        Round up, as for what is promised or held in reserve; else to the nearest step.

    Returns
    -------
    int
        At least one for anything above 0, since no work takes no days.

    Raises
    ------
    InputError
        When the days are below 0 or no number.

    Examples
    --------
    >>> rounded_days(242.2), rounded_days(366.0, up=True), rounded_days(3.4), rounded_days(0.2)
    (240, 370, 3, 1)
    """
    if not 0 <= days < math.inf:
        raise InputError(f"{days!r} days cannot be rounded; give a number of at least 0.")
    step = 1 if days < _FEW_DAYS else _STEP_DAYS
    n_steps = days / step
    # Up to a hair above a step is that step: 30.000000001 days are 30.
    whole = math.ceil(n_steps - 1e-9) if up else math.floor(n_steps + 0.5)
    return step * max(whole, 1 if days > 0 else 0)


def cost_of(days: int, day_rate: float) -> int:
    """What the days that are shown cost, in whole units of the currency.

    Money is never rounded apart from its days: whoever multiplies the days shown by the rate comes
    to the money shown.

    Examples
    --------
    >>> cost_of(25, 600.0), cost_of(25, 612.3)
    (15000, 15308)
    """
    # 25 times 612.3 is a half in decimals and a hair less in binary numbers.
    return math.floor(days * day_rate * (1 + 1e-12) + 0.5)


def days_in_words(days: float, *, up: bool = False) -> str:
    """Days as ``rounded_days`` shows them; of less than half a day only that it is less than one.

    Examples
    --------
    >>> days_in_words(242.2), days_in_words(0.9), days_in_words(0.02), days_in_words(0.0)
    ('240 days', '1 day', 'less than 1 day', '0 days')
    """
    shown = rounded_days(days, up=up)
    less = "less than " if 0 < days < _HALF else ""
    return f"{less}{fig(shown):,} day{'' if shown == 1 else 's'}"


def about(amount: str) -> str:
    """An amount in words as one that is rounded.

    Examples
    --------
    >>> about("15 days"), about("less than 1 day")
    ('about 15 days', 'less than 1 day')
    """
    return amount if amount.startswith("less") else f"about {amount}"


def cost_in_words(days: float, day_rate: float, currency: str, *, up: bool = False) -> str:
    """What the days that are shown cost; never nothing for work that is paid.

    Examples
    --------
    >>> cost_in_words(24.1, 600.0, "EUR"), cost_in_words(0.02, 600.0, "EUR")
    ('EUR 15,000', 'less than EUR 600')
    >>> cost_in_words(24.1, 1e-9, "EUR"), cost_in_words(24.1, 0.0, "EUR")
    ('less than EUR 1', 'EUR 0')
    """
    shown = rounded_days(days, up=up)
    cost = cost_of(shown, day_rate)
    is_less = 0 < days < _HALF and day_rate > 0
    if cost == 0 and shown * day_rate > 0:
        is_less, cost = True, 1
    return f"{'less than ' if is_less else ''}{currency} {fig(cost):,}"


def rounded_money(amount: float, *, up: bool = False) -> int:
    """Money as a stakeholder should see it: to thousands, and to two digits below 10,000.

    Raises
    ------
    InputError
        When the amount is below 0 or no number.

    Examples
    --------
    >>> rounded_money(123_310.0), rounded_money(176_030.0, up=True), rounded_money(1_842.0)
    (123000, 177000, 1800)
    """
    if not 0 <= amount < math.inf:
        raise InputError(f"{amount!r} cannot be rounded; give an amount of at least 0.")
    digits = math.floor(math.log10(amount)) if amount >= 1 else 0
    step = 10 ** max(0, min(3, digits - 1))
    n_steps = amount / step
    return int(step * (math.ceil(n_steps - 1e-9) if up else math.floor(n_steps + 0.5)))


def money_in_words(amount: float, currency: str, *, up: bool = False) -> str:
    """An amount as ``rounded_money`` shows it; of less than one only that it is less.

    Examples
    --------
    >>> money_in_words(123_310.0, "EUR"), money_in_words(0.2, "EUR"), money_in_words(0.0, "EUR")
    ('EUR 123,000', 'less than EUR 1', 'EUR 0')
    """
    shown = rounded_money(amount, up=up)
    if 0 < amount < 1:
        return f"less than {currency} 1"
    return f"{currency} {fig(shown):,}"
