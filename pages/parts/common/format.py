"""Figures, days and user text as people read them: no other file of a screen formats any."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Literal

from mlpm_core.quantity import CURRENCIES, Dimension, digits_apart, in_percent
from mlpm_core.quantity.words import unit_in_words
from mlpm_core.quantity.written import fig, form
from mlpm_core.services.evaluate.candidates import NONE
from mlpm_core.services.in_life.kpi_view import KpiState
from mlpm_core.services.in_life.portfolio import Grade, Health
from mlpm_core.services.valuation.kpis import ProxyState
from pages.parts.common.locales import current

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from mlpm_core.services.in_life.kpi_view import Period
    from mlpm_core.services.valuation.case_value import Unchecked
    from mlpm_core.services.valuation.now import Computed, Stretch

percent = in_percent  # one form of a percentage, in tables and in sentences
Colour = Literal["green", "orange", "red", "gray"]

ICONS = {
    Dimension.REVENUE: ":material/payments:",
    Dimension.COST_SAVING: ":material/savings:",
    Dimension.CYCLE_TIME: ":material/timer:",
    Dimension.PEOPLE_INTENSITY: ":material/groups:",
    Dimension.CUSTOMER_EXPERIENCE: ":material/sentiment_satisfied:",
}
"""A dimension keeps its icon on every screen."""

NOTHING = "–"

WORDS = {
    Health.HEALTHY: "✓ healthy",
    Health.WATCH: "! at risk",
    Health.SICK: "✕ critical",
    Health.UNKNOWN: "? unknown",
}
"""Health in a table: a sign and a word, never colour alone."""

BADGES: dict[str, tuple[str, Colour]] = {
    Health.HEALTHY.label: (":material/check_circle:", "green"),
    Health.WATCH.label: (":material/visibility:", "orange"),
    Health.SICK.label: (":material/error:", "red"),
    Health.UNKNOWN.label: (":material/help:", "gray"),
    ProxyState.AGREED.label: (":material/handshake:", "gray"),
    ProxyState.OPEN.label: (":material/hourglass_top:", "orange"),
    ProxyState.EXPIRED.label: (":material/hourglass_disabled:", "red"),
}
"""Icon and colour of a word for health, or for a provisional KPI."""

KPI_STATES: dict[KpiState, tuple[str, str, Colour]] = {
    KpiState.REACHED: ("✓ target reached", ":material/check_circle:", "green"),
    KpiState.ON_THE_WAY: ("… on the way", ":material/trending_flat:", "orange"),
    KpiState.OFF: ("✕ off target", ":material/error:", "red"),
    KpiState.CANNOT_TELL: ("? cannot tell", ":material/help:", "gray"),
}
"""Each state of a KPI with a sign and words, an icon and a colour, never colour alone."""
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")  # but those inside a number
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&^=])")
_FOUND_LATER = re.compile(
    r"(?i)https?:(?=//)|www(?=\.)|[\w.+-](?=@)|:(?=[a-z_][\w/+-]*:)|[<>~=-](?=[<>~=-])"
)
"""What becomes a link, an icon or an arrow only after Markdown was read: no backslash helps."""
_LEAST_WRITTEN = 1e-6  # in full; below it in powers of ten
_SMALL = 1e-4  # six decimals have fewer digits than three
_MOST_DIGITS = 10
_FEW = 3  # digits for which six decimals are enough
_JOINER = "\u2060"  # takes no room; a text with it in between is no link
_ESCAPED = re.compile(r"\\([^\w\s])")
_THOUSAND = "{k}"
_UNITS = {
    "kcase": "{k} cases",
    "hour/kcase": "h per {k} cases",
    "1/kcase": "per {k} cases",
    "1": "share",
    "hour/case": "h per case",
    "minute/case": "min per case",
    "day/case": "days per case",
    "hour/year": "h / year",
    "1/year": "/ year",
}


def literal(text: object) -> str:
    r"""User text for a place that reads Markdown: shown letter by letter, never as markup.

    Examples
    --------
    >>> print(literal("**bold** :red[x] $x$"))
    \*\*bold\*\* \:red\[x\] \$x\$
    >>> literal("a -> https://b.c") == rf"a \-{_JOINER}\> https\:{_JOINER}//b\.c"
    True
    """
    one_line = _SPACES.sub(" ", str(text)).strip()
    return _MARKUP.sub(r"\\\1", _FOUND_LATER.sub(rf"\g<0>{_JOINER}", one_line))


def spoken(text: str) -> str:
    r"""A sentence written for Markdown, as a reader hears it: without what keeps it literal.

    Examples
    --------
    >>> spoken(literal("Likely 198k to 278k (8 times in 10), a -> b."))
    'Likely 198k to 278k (8 times in 10), a -> b.'
    """
    return _ESCAPED.sub(r"\1", text).replace(_JOINER, "")


def number(value: float, digits: int = 3) -> str:
    """A number with thousands shortened, to so many significant digits.

    Examples
    --------
    >>> number(62_100), number(-1_234_567), number(0.0809), number(0), number(999.96), number(5e-10)
    ('62.1k', '−1.23M', '0.0809', '0', '1,000', '5e-10')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else NOTHING
    sign, size = ("−" if value < 0 else ""), abs(value)
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= limit * 0.99995:
            unit = 1e3 if letter == "k" else limit
            return f"{sign}{form().number(_rounded(size / unit, digits))}{letter}"
    if size < _LEAST_WRITTEN:
        return f"{sign}{fig(size):.{digits}g}"
    text = _rounded(size, digits)
    return sign + form().number(text.rstrip("0").rstrip(".") if "." in text else text)


def _rounded(size: float, digits: int) -> str:
    shown = float(f"{size:.{digits - 1}e}")  # 0.99996 is shown as 1.00, not as 1.000
    decimals = max(0, digits - 1 - math.floor(math.log10(shown)))
    return f"{size:,.{min(decimals, 6) if digits <= _FEW else decimals}f}"


def digits_beside(value: float, *others: float | None) -> int:
    """Digits that tell a figure from those that it is held against, as ``number`` writes them.

    Examples
    --------
    >>> digits_beside(62_149, 62_100), digits_beside(62_149, 70_000, None)
    (4, 3)
    """
    digits = digits_apart(value, *others, at_least=_FEW, full=_FEW)
    return min(_MOST_DIGITS, max(digits, _FEW + (0 < abs(value) < _SMALL)))


def money(value: float, currency: str, per: str = "year") -> str:
    """Money a period.

    Examples
    --------
    >>> money(62_100, "EUR")
    'EUR 62.1k / year'
    """
    return f"{currency} {number(value)} / {per}"


def figure(value: float, unit: str, digits: int = 3) -> str:
    """A value with its unit in words.

    Examples
    --------
    >>> figure(62_100, "EUR/year"), figure(12.338, "hour/case")
    ('EUR 62.1k / year', '12.3 h per case')
    """
    head, _, period = unit.partition("/")
    if period in ("year", "month", "week") and head in CURRENCIES:
        return f"{head} {number(value, digits)} / {period}"
    return f"{number(value, digits)} {written_unit(unit)}"


def short_figure(value: float, unit: str, of: Dimension | None) -> tuple[str, str]:
    """A figure of a dimension (None: net) for a card, and what goes in small type under it.

    Examples
    --------
    >>> short_figure(62_100, "EUR/year", None)
    ('EUR 62.1k', 'per year')
    >>> short_figure(80.6, "hour/kcase", Dimension.PEOPLE_INTENSITY)
    ('80.6 h', 'staff hours saved per 1,000 cases')
    """
    head, _, per = unit.partition("/")
    per = f"per {_UNITS.get(per, per).replace(_THOUSAND, plain(1000))}"
    if len(head) == 3 and head.isupper():
        return f"{head} {number(value)}", per
    counted = {
        Dimension.CYCLE_TIME: "saved",
        Dimension.PEOPLE_INTENSITY: "staff hours saved",
        Dimension.CUSTOMER_EXPERIENCE: "bad experiences avoided",
    }
    text = f"{number(value)} {'h' if head == 'hour' else ''}".strip()
    return text, f"{counted[of]} {per}" if of in counted else per


def written_unit(unit: str, currency: str = "money") -> str:
    """A unit in words.

    Examples
    --------
    >>> written_unit("hour/kcase"), written_unit("money/contact", "EUR"), written_unit("1")
    ('h per 1,000 cases', 'EUR / contact', 'share')
    """
    words = _UNITS.get(unit) or unit.replace("/", " / ").replace("money", currency)
    return words.replace("sku_period", "SKU-period").replace(_THOUSAND, plain(1000))


def asked_unit(unit: str, currency: str) -> str:
    """A unit in the question of a field, with its period.

    Examples
    --------
    >>> asked_unit("customer/year", "EUR"), asked_unit("money/contact", "EUR")
    ('customers a year', 'EUR per contact')
    >>> asked_unit("1", "EUR"), asked_unit("1/year", "EUR")
    ('number or %', 'number or % a year')
    """
    words = unit_in_words(unit, currency)
    return f"number or % {words}".strip() if unit.startswith("1") else words


def span(low: float, high: float) -> str:
    """From where to where a figure lies, with as many digits as tell the ends apart.

    Examples
    --------
    >>> span(52_000, 71_500), span(62_100, 62_149), span(0.3, 0.1 + 0.2)
    ('52.0k to 71.5k', '62.10k to 62.15k', 'exact')
    """
    digits = digits_beside(low, high)
    ends = [number(end, max(digits, digits_beside(high, low))) for end in (low, high)]
    return "exact" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def spread(low: float, high: float) -> str:
    """P10 to P90 in plain words; `terms.LIKELY` is the help that goes with it.

    Examples
    --------
    >>> spread(52_000, 71_500), spread(0.3, 0.1 + 0.2)
    ('likely 52.0k to 71.5k (8 times in 10)', 'exact')
    """
    ends = span(low, high)
    return ends if ends == "exact" else f"likely {ends} (8 times in 10)"


def graded(low: float, high: float, grade: Grade | None, unchecked: Unchecked | None = None) -> str:
    """P10 to P90 with the grade of evidence; without a grade it is a plan.

    Examples
    --------
    >>> graded(52_000, 71_500, Grade.MODEL_IMPLIED), graded(1.0, 1.0, None)
    ('likely 52.0k to 71.5k (8 times in 10), grade C', 'exact, planned')
    """
    return f"{spread(low, high)}, {grade_in_words(grade, unchecked)}"


def grade_in_words(grade: Grade | None, unchecked: Unchecked | None = None) -> str:
    """A grade of evidence as it stands behind a figure, and how much of it nobody has checked.

    Examples
    --------
    >>> from mlpm_core.services.valuation.case_value import Unchecked
    >>> grade_in_words(Grade.MODEL_IMPLIED), grade_in_words(None, Unchecked(7, 9))
    ('grade C', 'planned, 7 of 9 numbers not checked')
    """
    words = "planned" if grade is None else f"grade {grade}"
    if unchecked is None:
        return words
    return f"{words}, {not_checked(unchecked)}"


def not_checked(unchecked: Unchecked) -> str:
    """How many numbers of a value case nobody has checked."""
    return f"{unchecked.n} of {unchecked.of} numbers not checked"


def inner(name: str) -> str:
    """A name as it stands inside a sentence; abbreviations stay.

    Examples
    --------
    >>> inner("Value case"), inner("KPIs")
    ('value case', 'KPIs')
    """
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def plain(value: float, decimals: int = 0) -> str:
    """A number in full with so many decimals.

    Examples
    --------
    >>> plain(1234567.4), plain(-2500), plain(1234.5, 2)
    ('1,234,567', '-2,500', '1,234.50')
    """
    return f"{fig(value):,.{decimals}f}"


def significant(value: float, digits: int = 6) -> str:
    """A number of no great size with up to so many significant digits, none shortened.

    Examples
    --------
    >>> significant(1.23456, 3), significant(2.0, 3), significant(1_234_567.5, 10)
    ('1.23', '2', '1,234,567.5')
    """
    return f"{fig(value):,.{digits}g}"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """A number of things.

    Examples
    --------
    >>> counted(1, "line"), counted(1200, "line"), counted(2, "batch", "batches")
    ('1 line', '1,200 lines', '2 batches')
    """
    return f"{plain(n)} {noun if n == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Words in a row, as a sentence holds them.

    Examples
    --------
    >>> listed(["one"]), listed(["one", "two", "three"])
    ('one', 'one, two and three')
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def computed(of: Computed) -> str:
    """That a metric was not reported but comes from a prediction log, and from how much of it.

    Examples
    --------
    >>> from mlpm_core.services.valuation.now import Computed
    >>> computed(Computed(n_periods=4, of_periods=4, n=120, n_predictions=900, n_outcomes=900))
    'computed from the prediction log, n = 120; all of its 900 predictions have an outcome'
    >>> computed(Computed(n_periods=1, of_periods=4, n=9, n_predictions=20, n_outcomes=15))[:53]
    'in 1 of 4 periods computed from the prediction log, n'
    """
    part = f"in {of.n_periods} of {of.of_periods} periods " if of.n_periods < of.of_periods else ""
    outcomes = (
        f"all of its {fig(of.n_predictions):,} predictions have an outcome"
        if of.n_outcomes == of.n_predictions
        else f"{fig(of.n_outcomes):,} of {fig(of.n_predictions):,} predictions have an outcome yet"
    )
    return f"{part}computed from the prediction log, n = {fig(of.n):,}; {outcomes}"


def day(value: date | datetime | None) -> str:
    """A day as its reader writes it."""
    return current().day(value) if value else NOTHING


def day_and_time(value: datetime) -> str:
    """A day with the time, as it is and to the minute."""
    return f"{day(value)} {clock(value)}"


def clock(value: datetime) -> str:
    """A time of day."""
    return f"{value:%H:%M}"


def month(value: date, *, in_full: bool = False) -> str:
    """A month with its year.

    Examples
    --------
    >>> from datetime import date
    >>> month(date(2024, 7, 1)), month(date(2024, 7, 1), in_full=True)
    ('Jul 2024', 'July 2024')
    """
    return f"{value:%B %Y}" if in_full else f"{value:%b %Y}"


def period_name(of: Period | Stretch) -> str:
    """A period, or several that follow each other, with its days as the reader writes them."""
    return of.named(current().day)


def in_period(of: Period | Stretch) -> str:
    """The same as a sentence says when something was."""
    return of.said(current().day)


def option_name(option: str) -> str:
    """An option of a value case as people say it."""
    return "adopt none" if option == NONE else option
