"""How numbers and days are written for whoever reads them: a screen's visitor, or everybody else.

Sentences that are made below the screens write numbers by `fig`, but those about files. What is
stored, sent by a route or printed by a command is in the `PLAIN` form; a screen is in the form of
its reader.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_IN_TEXT: Final = re.compile(r"(?<![\w.,-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w-]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Form:
    """How one reader writes numbers and days.

    Parameters
    ----------
    decimal, group : str
        The marks before decimals and between thousands.
    by_two : bool
        Whether digits above the thousands stand in pairs: 12,34,567.
    is_month_first : bool
        Whether a month stands before its day, and the year last: Sep 5, 2026.
    """

    decimal: str = "."
    group: str = ","
    by_two: bool = False
    is_month_first: bool = False

    @property
    def has_plain_marks(self) -> bool:
        """Whether numbers are written as in the plain form."""
        return self.decimal == "." and self.group == "," and not self.by_two

    def number(self, plain: str) -> str:
        r"""A number, or several in a text of nothing else, out of the plain form.

        Examples
        --------
        >>> german, indian = Form(",", "."), Form(by_two=True)
        >>> german.number("1,234,567.5"), german.number("-0.25%"), indian.number("1,234,567.5")
        ('1.234.567,5', '-0,25%', '12,34,567.5')
        """
        if self.has_plain_marks:
            return plain
        return _NUMBER.sub(self._marked, plain)

    def _marked(self, found: re.Match[str]) -> str:
        whole, decimals = found[1], found[2]
        if "," in whole:
            groups = whole.split(",")
            if self.by_two:
                above = "".join(groups[:-1])
                first = len(above) % 2
                pairs = [above[i : i + 2] for i in range(first, len(above), 2)]
                groups = [*filter(None, [above[:first]]), *pairs, groups[-1]]
            whole = self.group.join(groups)
        return f"{whole}{self.decimal}{decimals[1:]}" if decimals else whole


PLAIN: Final = Form()
"""The form of what is stored, sent and printed: 12,345.6 and 5 Sep 2026."""
_IN_USE: ContextVar[Form] = ContextVar("form of numbers", default=PLAIN)


def form() -> Form:
    """The form in use: that of the reader of the screen that is being made, else `PLAIN`."""
    return _IN_USE.get()


def use(form: Form) -> None:
    """From now on write for this reader, in this thread."""
    _IN_USE.set(form)


@contextmanager
def in_form_of(reader: Form) -> Iterator[None]:
    """For a while write for another reader."""
    token = _IN_USE.set(reader)
    try:
        yield
    finally:
        _IN_USE.reset(token)


for_everybody = partial(in_form_of, PLAIN)
"""Decorates what stores: others read it too."""


class _Written:
    """A number that format specifications write in the form in use."""

    __slots__ = ("_value",)

    def __init__(self, value: float) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        return _IN_USE.get().number(format(self._value, spec))


def fig(value: float) -> _Written:
    """A number for a sentence, where a format specification writes it in the form in use.

    Examples
    --------
    >>> f"{fig(12_345):,} rows, {fig(0.0815):.2g} or {fig(0.5):.1%}"
    '12,345 rows, 0.082 or 50.0%'
    """
    return _Written(value)


def in_form(text: str) -> str:
    """A fixed text of the product with its numbers in the form in use; not one that holds names.

    Examples
    --------
    >>> with in_form_of(Form(",", ".")):
    ...     in_form("20,000 projects; 0.2 is 20% off (models^0.7), see rfc-3.1.")
    '20.000 projects; 0,2 is 20% off (models^0,7), see rfc-3.1.'
    """
    return _IN_TEXT.sub(lambda found: _IN_USE.get().number(found[0]), text)
