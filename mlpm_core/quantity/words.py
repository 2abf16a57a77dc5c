"""Units and amounts as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mlpm_core.quantity.written import fig, form

if TYPE_CHECKING:
    from datetime import date

_MOST_AS_PERCENT: Final = 10.0
_PERIODS: Final = ("year", "month", "week", "day")
_NAMES: Final = {
    "min": ("minute", "minutes"),
    "sku_period": ("SKU-period", "SKU-periods"),
    "share": ("", ""),
    "1": ("", ""),
}


def unit_in_words(unit: str, currency: str | None = None, *, is_one: bool = False) -> str:
    """A unit as it follows a number in a sentence; empty for a pure number.

    Parameters
    ----------
    unit : str
        As ``Unit.read`` takes it.
    currency : str, optional
        What stands for money.
    is_one : bool
        Whether the number before it is 1.

    Examples
    --------
    >>> unit_in_words("customer/year"), unit_in_words("money/contact", "EUR")
    ('customers a year', 'EUR per contact')
    >>> unit_in_words("hour/kcase"), unit_in_words("1/year"), unit_in_words("1")
    ('hours per 1,000 cases', 'a year', '')
    """
    head, *rest = unit.split("/")
    words = ["*".join(_name(part, currency, is_one=is_one) for part in head.split("*"))]
    for part in rest:
        article = "a" if part in _PERIODS else "per"
        words.append(f"{article} {_name(part, currency, is_one=True)}")
    return " ".join(filter(None, words))


def _name(name: str, currency: str | None, *, is_one: bool) -> str:
    if name == "money":
        return currency or name
    if name == "kcase":
        return f"{fig(1000):,} cases"
    singular, plural = _NAMES.get(name, (name, f"{name}s"))
    if name.isupper():  # a currency code
        return name
    return singular if is_one else plural


def in_full(value: float) -> str:
    """A number with all of its digits, up to ten, and marks between thousands.

    One with more than six decimals is the result of a conversion and has four digits.

    Examples
    --------
    >>> in_full(200000.0), in_full(0.125), in_full(-1234567.5), in_full(1e18), in_full(1 / 12)
    ('200,000', '0.125', '-1,234,567.5', '1e+18', '0.08333')
    """
    if abs(value) >= 1e15 or 0 < abs(value) < 1e-6:
        return f"{fig(value):.4g}"
    rounded = float(f"{value:.10g}")
    if abs(rounded * 1e6 - round(rounded * 1e6)) > 1e-3:  # nobody wrote that: it was converted
        rounded = float(f"{value:.4g}")
    return form().number(f"{rounded:,.12f}".rstrip("0").rstrip("."))


def in_percent(share: float, decimals: int = 0, *, in_words: bool = False) -> str:
    """A share in percent: 0% and 100% only where it is so; beyond ten times the whole only that.

    Parameters
    ----------
    decimals : int
        Digits after the point.
    in_words : bool
        Whether it stands in a sentence, which says "less than 1%", where a table has "<1%".

    Examples
    --------
    >>> in_percent(0.875), in_percent(0.0004), in_percent(0.9999), in_percent(1.0), in_percent(12.3)
    ('88%', '<1%', '>99%', '100%', '>1,000%')
    >>> in_percent(0.0004, in_words=True), in_percent(0.9999, in_words=True)
    ('less than 1%', 'more than 99%')
    >>> in_percent(0.0002, 1), in_percent(0.25, 1), in_percent(-0.004), in_percent(-1e9)
    ('<0.1%', '25.0%', '>-1%', '<-1,000%')
    """
    less, more = ("less than ", "more than ") if in_words else ("<", ">")
    if abs(share) > _MOST_AS_PERCENT:
        return f"{more}{fig(1000):,}%" if share > 0 else f"{less}{fig(-1000):,}%"
    least = 10.0 ** -(decimals + 2)
    if 0 < abs(share) < least:
        return (
            f"{less}{fig(least):.{decimals}%}" if share > 0 else f"{more}{fig(-least):.{decimals}%}"
        )
    if 1 - least < share < 1:
        return f"{more}{fig(1 - least):.{decimals}%}"
    if -1 < share < -1 + least:
        return f"{more}-100%"
    return f"{fig(share):,.{decimals}%}"


def day_in_words(value: date) -> str:
    """A day with its month as a word, which nobody takes for another day, in the form in use.

    Examples
    --------
    >>> from datetime import date
    >>> day_in_words(date(2026, 9, 5))
    '5 Sep 2026'
    """
    if form().is_month_first:
        return f"{value:%b} {value.day}, {value:%Y}"
    return f"{value.day} {value:%b %Y}"


def spoken(value: float) -> str:
    """A large number with its thousands in words, whatever marks a reader is used to.

    Examples
    --------
    >>> spoken(200_000), spoken(2_125), spoken(-1_500_000), spoken(200)
    ('200 thousand', '2.125 thousand', '-1.5 million', '200')
    """
    for size, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if abs(value) >= size:
            return f"{fig(value / size):.4g} {word}"
    return in_full(value)
