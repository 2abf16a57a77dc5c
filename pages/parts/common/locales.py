"""How the reader writes days and numbers, as the browser says it; the words stay English.

Days follow the reader. Numbers have one form for everybody, 1,234.5: sentences made below the
screens hold numbers too, and two forms on one screen would be read as wrong figures. Whoever
writes them otherwise is told the form on every screen.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import babel
import streamlit as st
from babel.dates import format_date
from babel.numbers import format_decimal, get_decimal_symbol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

SAMPLE: Final = "12,345.6"
"""How a number is written on every screen."""
_ENGLISH: Final = babel.Locale("en")
_LONGEST_TAG: Final = 64
_OF_RUN: ContextVar[Locale | None] = ContextVar("locale", default=None)
_IS_OF_ALL: ContextVar[bool] = ContextVar("locale of all", default=False)


@dataclass(frozen=True, slots=True)
class Locale:
    """How a reader writes; where nothing is known of it, as the British do.

    Parameters
    ----------
    is_month_first : bool
        Whether a month stands before its day, and the year last: Sep 5, 2026.
    decimal : str
        The reader's own mark before decimals.
    sample : str
        `SAMPLE` as the reader would write it.
    """

    is_month_first: bool = False
    decimal: str = "."
    sample: str = SAMPLE

    @classmethod
    def of(cls, tag: str | None) -> Locale:
        """The locale of a browser's language, as far as Babel knows it.

        Examples
        --------
        >>> Locale.of("de-DE")
        Locale(is_month_first=False, decimal=',', sample='12.345,6')
        >>> Locale.of("en-US")
        Locale(is_month_first=True, decimal='.', sample='12,345.6')
        >>> Locale.of(None) == Locale.of("en-GB") == Locale.of("tlh-x-none") == Locale()
        True
        """
        return _locale_of((tag or "")[:_LONGEST_TAG])

    @property
    def column(self) -> str:
        """A day as `st.column_config.DateColumn` takes it."""
        return "MMM D, YYYY" if self.is_month_first else "D MMM YYYY"

    @property
    def chart(self) -> str:
        """A day as a chart takes it."""
        return "%b %-d, %Y" if self.is_month_first else "%-d %b %Y"

    @property
    def day_month(self) -> str:
        """A day without its year, as a chart's axis takes it."""
        return "%b %-d" if self.is_month_first else "%-d %b"

    @property
    def has_decimal_comma(self) -> bool:
        """Whether a comma that was typed may stand before decimals."""
        return self.decimal == ","

    def day(self, on: date) -> str:
        """A day.

        Examples
        --------
        >>> from datetime import date
        >>> Locale().day(date(2026, 9, 5)), Locale.of("en-US").day(date(2026, 9, 5))
        ('5 Sep 2026', 'Sep 5, 2026')
        """
        return _written(on, "MMM d, y" if self.is_month_first else "d MMM y")

    def days(self, first: date, last: date) -> str:
        """A stretch of days, with what the ends share said once.

        Examples
        --------
        >>> from datetime import date
        >>> a, b, c = date(2026, 6, 1), date(2026, 6, 28), date(2026, 7, 5)
        >>> Locale().days(a, b), Locale().days(a, c), Locale().days(a, a)
        ('1 to 28 Jun 2026', '1 Jun to 5 Jul 2026', '1 Jun 2026')
        >>> american = Locale.of("en-US")
        >>> american.days(a, b), american.days(a, c), american.days(date(2025, 12, 29), a)
        ('Jun 1 to 28, 2026', 'Jun 1 to Jul 5, 2026', 'Dec 29, 2025 to Jun 1, 2026')
        """
        if first >= last:
            return self.day(first)
        if first.year != last.year:
            return f"{self.day(first)} to {self.day(last)}"
        is_one_month = first.month == last.month
        if not self.is_month_first:
            return f"{_written(first, 'd' if is_one_month else 'd MMM')} to {self.day(last)}"
        end = _written(last, "d, y" if is_one_month else "MMM d, y")
        return f"{_written(first, 'MMM d')} to {end}"


@lru_cache(maxsize=256)
def _locale_of(tag: str) -> Locale:
    known = _known(tag)
    if known is None:
        return Locale()
    order = [letter for letter in known.date_formats["medium"].pattern if letter in "yMd"]
    return Locale(
        is_month_first=order.index("M") < order.index("d") < order.index("y"),
        decimal=get_decimal_symbol(known, numbering_system="default"),
        sample=format_decimal(12345.6, locale=known, numbering_system="default"),
    )


def _known(tag: str) -> babel.Locale | None:
    """The longest beginning of a tag that Babel knows; extensions behind it say nothing here."""
    parts = tag.replace("_", "-").split("-")
    for n in range(len(parts), 0, -1):
        try:
            return babel.Locale.parse("-".join(parts[:n]), sep="-")
        except (ValueError, babel.UnknownLocaleError):
            continue
    return None


def current() -> Locale:
    """The locale of whoever looks at the screen; each run has a thread, and so a value, of its own.

    It is asked for at the first text, not by the frame: what a button does comes before it.
    """
    if _IS_OF_ALL.get():
        raise RuntimeError("A kept answer is read by all: write days where they are shown.")
    locale = _OF_RUN.get()
    if locale is None:
        locale = Locale.of(st.context.locale) if st.runtime.exists() else Locale()
        _OF_RUN.set(locale)
    return locale


@contextmanager
def of_nobody() -> Iterator[None]:
    """While an answer is made that all readers will share, nobody's locale may enter it."""
    token = _IS_OF_ALL.set(True)
    try:
        yield
    finally:
        _IS_OF_ALL.reset(token)


@lru_cache(maxsize=4096)
def _written(on: date, pattern: str) -> str:
    """A day by one of Unicode's patterns, in English: Babel needs longer than a screen should."""
    return format_date(on, pattern, locale=_ENGLISH)
