"""How the KPI screen says a change: against what, how far it is chance, and why there is none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from mlpm_core.services.in_life.kpi_changes import BASELINE
from mlpm_core.services.in_life.kpi_view import Basis, Change, Missing
from mlpm_core.services.in_life.shown_period import Against
from pages.parts.common import period_text
from pages.parts.common.format import Colour, counted, literal, number, period_name, plain, span

if TYPE_CHECKING:
    from mlpm_core.services.in_life.kpi_changes import Compared
    from mlpm_core.services.in_life.kpi_view import KpiSeries

_SHORTENED: Final = 10_000  # from here on thousands are written as k
_MOST_DECIMALS: Final = 6
_BEFORE: Final = {
    Against.PREVIOUS: "the {word} before",
    Against.YEAR_AGO: "the same {word} a year ago",
    BASELINE: "without the model",
}
_LABELS: Final = {
    Against.PREVIOUS: "Against the {word} before",
    Against.YEAR_AGO: "Against a year ago",
    BASELINE: "Against the baseline",
}


def label(against: str, word: str = "") -> str:
    """What a tile compares with; without a word, days and not one value."""
    if against == Against.PREVIOUS and not word:
        return "Against the period before"
    return _LABELS.get(against, "Against days chosen").format(word=word)


def way(change: Change, direction: str) -> tuple[str, Colour]:
    """Better, worse, or perhaps chance, with its colour."""
    if not change.difference:
        return ("no change" if change.difference == 0 else "not available"), "gray"
    if change.low is not None and not change.is_beyond_chance:
        return "may be chance", "gray"
    is_better = (change.difference > 0) is (direction == "higher")
    if change.low is None:
        return ("better, chance unknown" if is_better else "worse, chance unknown"), "gray"
    return ("better", "green") if is_better else ("worse", "red")


def beside(compared: Compared, against: str, series: KpiSeries, digits: int) -> str:
    """What a change is held against, and how far it may be off, or why nothing says so."""
    change, newest = compared.change, series.newest
    if compared.comparison is not None and compared.comparison.missing is not None:
        return literal(period_text.ranges(compared.comparison))
    if change.missing is not None or newest is None or change.before is None:
        return literal(missing(compared, series))
    word = newest.period.word
    text = f"{number(change.before, digits)} {_held_against(compared, against, word)}"
    if change.low is not None and change.high is not None:
        text += f"; change likely {_ends(change.low, change.high)}"
    elif change.no_interval is not None:
        text += f"; {_no_interval(change.no_interval, word)}"
    if change.scaled is not None:
        newer = f"the newest {word} has" if compared.comparison is None else "the days shown have"
        text += f"; counted for as many days as {newer}"
    return literal(text)


def _held_against(compared: Compared, against: str, word: str) -> str:
    """The days, or the period, of what was before."""
    comparison, period = compared.comparison, compared.change.period
    if comparison is not None and comparison.before is not None:
        n = counted(compared.change.n_before, word)
        return f"from {period_text.days(comparison.before)} ({n})"
    if period is not None and against == Against.YEAR_AGO:
        return period_name(period)
    return _BEFORE[against].format(word=word)


def explained(compared: Compared) -> str:
    """Both stretches of days, what the range rests on, and why there is no per cent: a help."""
    change = compared.change
    return period_text.joined(
        period_text.ranges(compared.comparison) if compared.comparison else "",
        period_text.no_per_cent(change.difference, change.before, change.now),
        interval_help(change.basis) if change.basis else "",
    )


def mean_of(change: Change, word: str) -> str:
    """Of how many values a mean is, and how they count.

    Examples
    --------
    >>> mean_of(Change(now=1.0, n_now=4), "week"), mean_of(Change(now=1.0, n_now=1), "month")
    ('mean of 4 weeks', '1 month')
    """
    if change.n_now == 1:
        return f"1 {word}"
    cases = ", weighted by their cases" if change.by_cases else ""
    return f"mean of {counted(change.n_now, word)}{cases}"


def _ends(low: float, high: float) -> str:
    """The ends of a range, both rounded to what its width can tell.

    Examples
    --------
    >>> _ends(-17.56, 0.391), _ends(6.68, 24.71), _ends(1234.0, 1239.0)
    ('−18 to 0', '7 to 25', '1,234.0 to 1,239.0')
    """
    width = high - low
    if width <= 0 or not math.isfinite(width):
        return span(low, high)
    decimals = 1 - math.floor(math.log10(width))
    ends = [round(end, decimals) for end in (low, high)]
    largest = max(map(abs, ends))
    if largest >= _SHORTENED or decimals > _MOST_DECIMALS:
        return span(low, high)
    texts = [plain(end + 0.0, max(decimals, 0)).replace("-", "−") for end in ends]
    return f"{texts[0]} to {texts[1]}"


def interval_help(basis: Basis | None) -> str:
    """What the interval of a change rests on, for a help text."""
    if basis is Basis.CASES:
        return (
            "The range holds the change 8 times in 10. It follows from the number of cases and "
            "their spread, which the file gives; what differs from one period to the next for "
            "other reasons is not in it."
        )
    return (
        "The range holds the change 8 times in 10 if nothing but the usual movement from one "
        "period to the next is at work. That is taken from how far neighbouring periods lay apart "
        "before (mean square successive difference), and allows for how much of one period carries "
        "over to the next. Fewer than 8 such pairs say nothing."
    )


def missing(compared: Compared, series: KpiSeries) -> str:
    """Why there is nothing to compare."""
    values = series.values
    word = values[-1].period.word if values else "period"
    before = compared.comparison.before if compared.comparison else None
    told = f"from {period_text.days(before)}" if before else "before"
    match compared.change.missing:
        case Missing.NO_EARLIER:
            return f"There is no earlier {word}."
        case Missing.GAP:
            return f"The {word} before has no value, so there is nothing fair to compare with."
        case Missing.NO_YEAR:
            return "There is no value of a year ago."
        case Missing.NO_BASELINE:
            return "Nobody has written where it stood without the model."
        case Missing.NOT_OVER:
            return f"No {word} is over yet."
        case Missing.NOT_BEGUN:
            return "No day of this period is over yet."
        case Missing.TOO_SHORT:
            return f"The days shown are fewer than those of one {word}."
        case Missing.NONE_IN_IT:
            return f"No whole {word} of the days shown has a value."
        case Missing.FEW_DAYS:
            return "Fewer than 9 in 10 of the days shown have a value: nothing fair to compare."
        case Missing.NOTHING_BEFORE:
            return f"No whole {word} {told} has a value, so there is nothing to compare with."
        case Missing.FEW_DAYS_BEFORE:
            return f"Fewer than 9 in 10 days {told} have a value: nothing fair to compare with."
        case _:
            return "There is no value yet."


def _no_interval(why: Missing, word: str) -> str:
    if why is Missing.NEVER_MOVED:
        return "it never moved before, so nothing says how much is chance"
    return f"too few {word}s in a row, and no sums over cases, to say how much is chance"
