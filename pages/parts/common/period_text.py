"""What is said of the days shown and of those they are compared with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mlpm_core.services.in_life.shown_period import (
    Against,
    NotCompared,
    month_name,
    relative,
)
from pages.parts.common.format import counted, literal, number, percent
from pages.parts.common.locales import current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.in_life.shown_period import Comparison, ShownPeriod, Span

_WHY = {
    NotCompared.ALL: "All days are shown, so there is nothing before them to compare with.",
    NotCompared.NOT_BEGUN: "No day of this period is over yet.",
    NotCompared.OVERLAP: (
        "The two periods share days, so a change between them would be held against itself; "
        "choose another comparison."
    ),
}


def days(span: Span) -> str:
    """The first and the last day of a stretch of time.

    Examples
    --------
    >>> from mlpm_core.services.in_life.shown_period import span_of
    >>> days(span_of("2026-06-01..2026-06-28")), days(span_of("2025-12-29..2026-01-04"))
    ('1 to 28 Jun 2026', '29 Dec 2025 to 4 Jan 2026')
    >>> days(span_of("2026-05-25..2026-06-21")), days(span_of("2026-06-01..2026-06-01"))
    ('25 May to 21 Jun 2026', '1 Jun 2026')
    """
    return current().days(span.start, span.end - timedelta(days=1))


def ranges(comparison: Comparison) -> str:
    """Both stretches of days that are compared, or why nothing is; for a caption or a help text.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.services.in_life.shown_period import shown_period
    >>> print(ranges(shown_period(date(2026, 4, 1), "quarter").comparison))
    1 Jan to 31 Mar 2026 (90 days) against 1 Oct to 31 Dec 2025 (92 days).
    """
    now, before = comparison.now, comparison.before
    if comparison.missing is not None or now is None or before is None:
        return _WHY[comparison.missing] if comparison.missing else ""
    return f"{days(now)} ({_n(now)}) against {days(before)} ({_n(before)})."


def _n(span: Span) -> str:
    return counted(int(span.days), "day")


def shown(chosen: ShownPeriod, word: str = "", *, can_choose: bool = True) -> str:
    """What is shown and what it is compared with, with both ranges of days.

    ``word`` names the newest period, where that is compared while all days are shown; on paper
    nobody ``can_choose`` a range.
    """
    if chosen.span is None and not word:
        way = "; choose a time range to compare it with another" if can_choose else ""
        return f"All days are shown{way}."
    if chosen.span is None:
        text = f"All days are shown; what is compared is the newest {word}, not all days"
        if chosen.against == Against.YEAR_AGO:
            return f"{text}. Grey: the same {word}s a year before."
        return f"{text}."
    if not chosen.span.days:
        return f"No day of {days(chosen.period.whole or chosen.span)} is over yet."
    text = f"Shown: {_named(chosen, chosen.span)} ({_n(chosen.span)})"
    if chosen.period.is_so_far and chosen.period.whole is not None:
        text += f", the part of {_named(chosen, chosen.period.whole)} that is over"
    before = chosen.comparison.before
    if before is None:
        return f"{text}. {ranges(chosen.comparison)}"
    text += f"; compared with {_named(chosen, before)} ({_n(before)})."
    if not chosen.comparison.is_as_long:
        text += " These have unequal lengths: means are compared, and totals for as many days."
    return text


def _named(chosen: ShownPeriod, span: Span) -> str:
    """Days, with the name of the fiscal year or quarter that they are."""
    name = chosen.name_of(span)
    return f"{name}, {days(span)}" if name else days(span)


def fiscal_years(months: Sequence[int]) -> str:
    """What a year means where fiscal years of several projects begin in some months.

    Examples
    --------
    >>> print(fiscal_years([4]))
    A year in these sums is any twelve months, no fiscal year: those of the projects begin in April.
    """
    return (
        "A year in these sums is any twelve months, no fiscal year: those of the projects begin in "
        f"{' or '.join(month_name(m) for m in months)}."
    )


def change(difference: float | None, before: float | None, now: float | None, digits: int) -> str:
    """A change with its sign, and in per cent of what was before where that means something.

    Examples
    --------
    >>> change(3.0, 60.0, 63.0, 3), change(0.1, 60.0, 60.1, 3), change(None, None, None, 3)
    ('+3 (+5%)', '+0.1 (<1%)', '–')
    >>> change(-5.0, 0.0, -5.0, 3), change(8.0, -4.0, 4.0, 3)
    ('−5', '+8')
    """
    if difference is None or before is None or now is None:
        return "–"
    sign = "+" if difference > 0 else ""
    share = relative(difference, before, now)
    text = f"{sign}{number(difference, digits)}"
    if share:
        size = percent(abs(share))
        text += f" ({'' if size.startswith('<') else sign or '−'}{size})"
    return text


def no_per_cent(difference: float | None, before: float | None, now: float | None) -> str:
    """Why a change is not told in per cent; empty where it is, or where nothing changed.

    Examples
    --------
    >>> no_per_cent(-5.0, 0.0, -5.0), no_per_cent(3.0, 60.0, 63.0)
    ('No per cent: it was zero before.', '')
    """
    if not difference or before is None or now is None:
        return ""
    if relative(difference, before, now) is not None:
        return ""
    if not before:
        return "No per cent: it was zero before."
    if before * now < 0:
        return "No per cent: it was below zero on one side only."
    return "No per cent: it is more than ten times what it was."


def joined(*sentences: str) -> str:
    """Sentences as one help text, empty ones left out."""
    return literal(" ".join(s for s in sentences if s))
