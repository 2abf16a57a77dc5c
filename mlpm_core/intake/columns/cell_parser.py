"""The grammar of cells: one way to read each kind of column, and nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import isinf
from typing import TYPE_CHECKING, NamedTuple

from mlpm_core.intake.columns.date_forms import form_in_words, in_form
from mlpm_core.intake.columns.dates import HALF, Moment, after, moment
from mlpm_core.intake.columns.names import invisible, is_number_like, read_name
from mlpm_core.intake.files.lines import SPACES, is_blank
from mlpm_core.intake.messages import Fault
from mlpm_core.records import Column, ColumnKind, as_written

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.intake.profile import Profile

MISSING = frozenset({"", "null", "none", "na", "n/a", "#n/a", "-", "--", "\u2013", "\u2014"})
_NOT_FINITE = frozenset(
    {"nan", "inf", "infinity", "#div/0!", "#num!", "#value!", "#ref!", "#name?", "#null!"}
)
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SPACE_MARKS = "[ \u00a0\u202f\u2009]"

LOCAL_DAY, RANGE = "local day", "range"
"""Notes of moments: the midnight of a zone other than UTC; a first and a last day."""
ZONE = "zone "
"""What begins the note of a moment that a zone is named behind."""

_OF_RANGES = ("period_start", "period")

FIRST_MOMENT = datetime(1990, 1, 1)
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


class Cell(NamedTuple):
    """A cell as read: its value or its fault; ``notes`` say what else is worth knowing."""

    value: object
    fault: Fault | None = None
    notes: tuple[str, ...] = ()


def is_missing(text: str) -> bool:
    """Whether a cell says in so many words that there is nothing.

    Examples
    --------
    >>> is_missing(" n/a "), is_missing("0")
    (True, False)
    """
    return len(text) < 12 and text.strip(SPACES).lower() in MISSING


def default_of(column: Column) -> object:
    """What stands in a column that a row leaves empty."""
    if column.kind is ColumnKind.CHOICE and column.default is not None:
        return str(column.default)
    return column.default


def range_in_words(low: float | None, high: float | None) -> str:
    """The bounds of a column as a sentence says them.

    Examples
    --------
    >>> range_in_words(0, 1), range_in_words(0, None)
    ('0 to 1', '0 or more')
    """
    if low is None:
        return f"{high:g} or less"
    return f"{low:g} or more" if high is None else f"{low:g} to {high:g}"


@dataclass(frozen=True, slots=True)
class Grammar:
    """How cells are read under one profile at one moment; ``form`` is that of a column's dates."""

    profile: Profile
    now: datetime
    form: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether numbers have a decimal point and no thousands mark."""
        return self.profile.decimal_mark == "." and self.profile.thousands in (None, "none")

    def reader(self, column: Column) -> Callable[[str], Cell]:
        """The way to read the cells of a column."""
        read = {
            ColumnKind.NAME: self._name,
            ColumnKind.TEXT: self._text,
            ColumnKind.NOTATION: self._notation,
            ColumnKind.NUMBER: self._number,
            ColumnKind.WHOLE: self._whole,
            ColumnKind.DAY: self._day,
            ColumnKind.MOMENT: self._moment,
            ColumnKind.CHOICE: self._choice,
            ColumnKind.FLAG: self._flag,
        }[column.kind]
        is_literal = not column.required and column.kind in (
            ColumnKind.NAME, ColumnKind.TEXT, ColumnKind.CHOICE,
        )  # fmt: skip
        default = Cell(default_of(column))

        def cell(text: str) -> Cell:
            text = as_written(text)
            if is_blank(text) if is_literal else is_missing(text):
                if column.required:
                    return Cell(None, Fault("missing-value", {}))
                return default if column.kind is not ColumnKind.TEXT or not text else Cell(text)
            return read(column, text)

        return cell

    def number(self, text: str) -> float | None:
        """A number as this grammar reads it; None when it is none.

        Examples
        --------
        >>> from mlpm_core.intake import Profile
        >>> Grammar(Profile(), datetime(2026, 6, 30)).number("1.5")
        1.5
        """
        number = self._read_number(text)
        return None if isinstance(number, Fault) else number

    def is_number(self, text: str) -> bool:
        """Whether a text is a number."""
        return self.number(text) is not None

    def _name(self, column: Column, text: str) -> Cell:
        name_or_fault = read_name(
            text,
            is_free_to_begin=column.name == "slice_value",
            is_in_paths=column.name == "project",
            reserved=column.reserved,
        )
        if isinstance(name_or_fault, Fault):
            return Cell(None, name_or_fault)
        name, was_trimmed = name_or_fault
        if not name:
            if column.required:
                return Cell(None, Fault("missing-value", {}))
            return Cell(default_of(column))
        notes: tuple[str, ...] = ("trimmed",) if was_trimmed else ()
        if column.name.endswith(("_id", "_version")) and is_number_like(name):
            notes += ("number-like-id",)
        return Cell(name, None, notes)

    def _text(self, column: Column, text: str) -> Cell:
        hidden = invisible(text, "\t\r\n")
        if hidden is not None and (hidden < " " or "\x7f" <= hidden < "\xa0"):
            return Cell(None, Fault("control-char", {"hex": f"{ord(hidden):04X}"}))
        if hidden is not None:
            hidden = next((c for c in text if _is_control(c)), None)
            if hidden is not None:
                return Cell(None, Fault("control-char", {"hex": f"{ord(hidden):04X}"}))
        return Cell(text)

    def _notation(self, column: Column, text: str) -> Cell:
        hidden = invisible(text.strip(SPACES))
        if hidden is not None:
            return Cell(None, Fault("control-char", {"hex": f"{ord(hidden):04X}"}))
        return Cell(text.strip(SPACES))

    def _number(self, column: Column, text: str) -> Cell:
        number = self._read_number(text)
        if isinstance(number, Fault):
            return Cell(None, number)
        fault = _bounds_fault(column, number)
        return Cell(None if fault else number, fault)

    def _whole(self, column: Column, text: str) -> Cell:
        number = self._read_number(text)
        if isinstance(number, Fault):
            return Cell(None, number)
        if not number.is_integer():
            return Cell(None, Fault("not-an-integer", {}))
        fault = _bounds_fault(column, number)
        return Cell(None if fault else int(number), fault)

    def _read_number(self, text: str) -> float | Fault:
        plain = text.strip(SPACES)
        decimal, thousands = self.profile.decimal_mark, self.profile.thousands
        if self.is_plain:
            if _PLAIN.fullmatch(plain):
                number = float(plain)
                return Fault("not-finite", {}) if isinf(number) else number
        else:
            english = _english(plain, decimal, thousands)
            if english is not None:
                number = float(english)
                return Fault("not-finite", {}) if isinf(number) else number
        if plain.lstrip("+-").lower() in _NOT_FINITE:
            return Fault("not-finite", {})
        return Fault("not-a-number", {})

    def _date(self, text: str) -> Moment | None:
        read = moment(text, self.profile.date_order, self.profile.excel_serial)
        if read is None and self.form is not None:
            return in_form(text, self.form, self.profile.date_order)
        return read

    def _day(self, column: Column, text: str) -> Cell:
        day_read = self._date(text.strip(SPACES))
        if day_read is not None and day_read.asks is not None:
            return Cell(None, None, ("asks " + day_read.asks,))
        if day_read is not None and day_read.local is not None and self.profile.reads_zones:
            return self._day(column, f"{day_read.local:%Y-%m-%d}")  # the day of its own zone
        if day_read is None or day_read.at is None or day_read.at.time() != time():
            return Cell(None, Fault("not-a-date", {"form": form_in_words(text.strip(SPACES))}))
        day = day_read.at.date()
        if day_read.grain != "P1D":  # a month begins on its first day and ends on its last
            if column.name not in ("period_start", "period_end") or not day_read.grain:
                return Cell(None, Fault("not-a-date", {"form": form_in_words(text.strip(SPACES))}))
            if column.name == "period_end":
                day = (after(day_read.at, day_read.grain) - timedelta(days=1)).date()
        if not _FIRST_DAY <= day <= _LAST_DAY:
            words = f"{_FIRST_DAY} to {_LAST_DAY}"
            return Cell(None, Fault("out-of-range", {"field": column.name, "range": words}))
        return Cell(day)

    def _moment(self, column: Column, text: str) -> Cell:
        moment_read = self._date(text.strip(SPACES))
        if moment_read is not None and moment_read.is_range and column.name not in _OF_RANGES:
            moment_read = None
        if moment_read is not None and moment_read.grain == HALF and not self.profile.reads_layouts:
            moment_read = None
        if moment_read is not None and moment_read.asks is not None:
            return Cell(None, None, ("asks " + moment_read.asks,))
        if moment_read is None or moment_read.at is None:
            return Cell(None, Fault("not-a-date", {"form": form_in_words(text.strip(SPACES))}))
        last = self.now + timedelta(days=1)
        if not FIRST_MOMENT <= moment_read.at <= last:
            words = f"{FIRST_MOMENT:%Y-%m-%d} to {last:%Y-%m-%d}"
            return Cell(None, Fault("out-of-range", {"field": column.name, "range": words}))
        notes: tuple[str, ...] = ("grain " + moment_read.grain,)
        if moment_read.is_range:
            notes += (RANGE,)
        if moment_read.local is not None:
            notes += (LOCAL_DAY,)
        if moment_read.has_assumed_utc:
            notes += ("utc-assumed",)
        return Cell(moment_read.at, None, notes)

    def _choice(self, column: Column, text: str) -> Cell:
        word = text.strip(SPACES)
        if word in column.choices:
            return Cell(word)
        choices = ", ".join(c for c in column.choices if c)
        return Cell(None, Fault("not-a-choice", {"choices": choices}))

    def _flag(self, column: Column, text: str) -> Cell:
        word = text.strip(SPACES).lower()
        if word in _YES or word in _NO:
            return Cell(word in _YES)
        return Cell(None, Fault("not-a-choice", {"choices": "true, false"}))


def _is_control(character: str) -> bool:
    return character not in "\t\r\n" and (character < " " or "\x7f" <= character < "\xa0")


def _bounds_fault(column: Column, number: float) -> Fault | None:
    low, high = column.low, column.high
    if (low is not None and number < low) or (high is not None and number > high):
        return Fault("out-of-range", {"field": column.name, "range": range_in_words(low, high)})
    if abs(number) > column.largest:
        return Fault("too-large", {"field": column.name, "largest": f"{column.largest:g}"})
    return None


def _english(plain: str, decimal: str, thousands: str | None) -> str | None:
    """A number as ``float`` reads it, or None when it is not written as the profile says."""
    marks = {"space": _SPACE_MARKS, "'": "['\u2019]", "none": None, None: None, "indian": ","}
    mark = marks.get(thousands, re.escape(thousands or ""))
    whole = r"[0-9]+" if mark is None else rf"(?:[0-9]+|[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+)"
    if thousands == "indian":
        whole = r"(?:[0-9]+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3})"
    point = re.escape(decimal)
    pattern = rf"[+-]?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?"
    if re.fullmatch(pattern, plain) is None:
        return None
    digits = plain if mark is None else re.sub(mark, "", plain)
    return digits.replace(decimal, ".")
