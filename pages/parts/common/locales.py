"""How the reader writes days and numbers, as the browser says it; the words stay English.

The form is in use from a run's first line on, so that sentences made below the screens follow it.
What screens store is written in the plain form all the same, for others read it too.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import babel
import streamlit as st
from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol

from mlpm_core.quantity.written import PLAIN, Form, use

if TYPE_CHECKING:
    from datetime import date

_ENGLISH: Final = babel.Locale("en")
_LONGEST_TAG: Final = 64
_DECIMALS: Final = (".", ",")
_GROUPS: Final = (",", ".", "'", "’", "\u00a0", "\u202f")
_OF_RUN: ContextVar[Locale | None] = ContextVar("locale", default=None)


@dataclass(frozen=True, slots=True)
class Locale:
    """How a reader writes; where nothing is known of it, as the British do.

    Parameters
    ----------
    form : Form
        The marks of numbers, always with the digits 0 to 9, and the order of days.
    types : Form
        How the reader types numbers, whatever form the screen is in.
    """

    form: Form = PLAIN
    types: Form = PLAIN

    @classmethod
    def of(cls, tag: str | None) -> Locale:
        """The locale of a browser's language, as far as Babel knows it.

        Examples
        --------
        >>> Locale.of("de-DE").form
        Form(decimal=',', group='.', by_two=False, is_month_first=False)
        >>> Locale.of("en-US").form.is_month_first, Locale.of("hi-IN").form.by_two
        (True, True)
        >>> Locale.of(None) == Locale.of("en-GB") == Locale.of("tlh-x-none") == Locale()
        True
        """
        return _locale_of((tag or "")[:_LONGEST_TAG])

    @property
    def column(self) -> str:
        """A day as `st.column_config.DateColumn` takes it."""
        return "MMM D, YYYY" if self.form.is_month_first else "D MMM YYYY"

    @property
    def chart(self) -> dict[str, Any]:
        """What a chart's configuration takes: a day's format and the marks of numbers."""
        marks = {
            "decimal": self.form.decimal,
            "thousands": self.form.group,
            "grouping": [3, *[2] * 6] if self.form.by_two else [3],
            "currency": ["", ""],
        }
        days = "%b %-d, %Y" if self.form.is_month_first else "%-d %b %Y"
        return {"timeFormat": days, "locale": {"number": marks}}

    @property
    def has_decimal_comma(self) -> bool:
        """Whether a comma that was typed may stand before decimals."""
        return self.types.decimal == ","

    @property
    def of_receipts(self) -> Locale:
        """The reader's days with the numbers of what is stored for everybody."""
        return replace(self, form=Form(is_month_first=self.form.is_month_first))

    def day(self, on: date) -> str:
        """A day.

        Examples
        --------
        >>> from datetime import date
        >>> Locale().day(date(2026, 9, 5)), Locale.of("en-US").day(date(2026, 9, 5))
        ('5 Sep 2026', 'Sep 5, 2026')
        """
        return _written(on, "MMM d, y" if self.form.is_month_first else "d MMM y")

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
        if not self.form.is_month_first:
            return f"{_written(first, 'd' if is_one_month else 'd MMM')} to {self.day(last)}"
        end = _written(last, "d, y" if is_one_month else "MMM d, y")
        return f"{_written(first, 'MMM d')} to {end}"


@lru_cache(maxsize=256)
def _locale_of(tag: str) -> Locale:
    known = _known(tag)
    if known is None:
        return Locale()
    order = [letter for letter in known.date_formats["medium"].pattern if letter in "yMd"]
    is_month_first = order.index("M") < order.index("d") < order.index("y")
    decimal, group = get_decimal_symbol(known), get_group_symbol(known)
    if decimal not in _DECIMALS or group not in _GROUPS:  # marks that go with other digits
        decimal, group = PLAIN.decimal, PLAIN.group
    by_two = known.decimal_formats[None].grouping == (3, 2)
    form = Form(decimal, group, by_two=by_two, is_month_first=is_month_first)
    return Locale(form, types=form)


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

    It is asked for at the first text, not by the frame: what a button does comes before it. From
    then on sentences made below the screens are written in its form too.
    """
    locale = _OF_RUN.get()
    return _now(_of_reader()) if locale is None else locale


def begin(*, of_receipts: bool) -> None:
    """Begin a screen; one of receipts keeps the form in which they are stored."""
    locale = _of_reader()
    _now(locale.of_receipts if of_receipts else locale)


def _of_reader() -> Locale:
    return Locale.of(st.context.locale) if st.runtime.exists() else Locale()


def _now(locale: Locale) -> Locale:
    _OF_RUN.set(locale)
    use(locale.form)
    return locale


@lru_cache(maxsize=4096)
def _written(on: date, pattern: str) -> str:
    """A day by one of Unicode's patterns, in English: Babel needs longer than a screen should."""
    return format_date(on, pattern, locale=_ENGLISH)
