"""What the KPI screen says, made from its numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal

from mlpm_core.services.in_life.kpi_view import (
    Basis,
    Change,
    KpiState,
    Missing,
    is_stale,
    periods_missing,
)
from pages.parts.common import event_marks
from pages.parts.common.format import (
    Colour,
    counted,
    day,
    digits_beside,
    figure,
    literal,
    number,
    percent,
    span,
    spread,
)

if TYPE_CHECKING:
    from mlpm_core.services.in_life.kpi_since import SinceDay
    from mlpm_core.services.in_life.kpi_view import (
        KpiLine,
        KpiSeries,
        KpiView,
        MeasuredValue,
        Target,
    )

_SHORTENED: Final = 10_000  # from here on thousands are written as k
_MOST_DECIMALS: Final = 6
Against = Literal["previous", "year", "baseline"]

_WORDS: Final = {
    KpiState.REACHED: ("has reached its target", "have reached their target"),
    KpiState.ON_THE_WAY: ("is on the way", "are on the way"),
    KpiState.OFF: ("is off target", "are off target"),
    KpiState.CANNOT_TELL: ("cannot be told", "cannot be told"),
}
_BEFORE: Final[dict[Against, str]] = {
    "previous": "the {word} before",
    "year": "the same {word} a year ago",
    "baseline": "without the model",
}
_LABELS: Final[dict[Against, str]] = {
    "previous": "Against the {word} before",
    "year": "Against a year ago",
    "baseline": "Against the baseline",
}


def lead_of_list(lines: tuple[KpiLine, ...]) -> str:
    """How many KPIs stand where, and the first to look at."""
    parts = []
    for state in KpiState:
        n = sum(line.state is state for line in lines)
        if n:
            parts.append(f"{n} {_WORDS[state][n > 1]}")
    text = f"Of {counted(len(lines), 'KPI')}, {', '.join(parts)}."
    first = lines[0]
    if first.state is KpiState.OFF:
        text += f" **{literal(first.kpi.title)}** needs attention first."
    n_silent = sum(not line.is_measured for line in lines)
    if n_silent == len(lines):
        return f"{text} None of them was measured: all follow from the models' metrics."
    if n_silent:
        verb = "has" if n_silent == 1 else "have"
        text += f" {n_silent} {verb} no measured values: what is said follows from model metrics."
    return text


def lead(view: KpiView, series: KpiSeries | None) -> str:
    """The KPI now, how it moved, and whether it is where it should be, in one sentence."""
    title = f"**{literal(view.kpi.title)}**"
    newest = series.newest if series else None
    if series is None or newest is None:
        return f"{title} {_not_measured(view, series)}"
    digits = digits_of(view, newest)
    value = literal(figure(newest.value, view.kpi.unit, digits))
    text = f"{title}: {value} {literal(newest.period.when)}"
    moved = _moved(series.against_previous(), view.kpi.direction, newest.period.word, digits)
    text += f", {moved}" if moved else ""
    return f"{text}; {_target(view, newest, series, digits)}."


def _not_measured(view: KpiView, series: KpiSeries | None) -> str:
    kpi = view.kpi
    text = "has no measured values yet."
    if series is not None and series.unfinished is not None:
        text = f"has no period that is over yet; {_unfinished(series.unfinished, kpi.unit)}."
    if kpi.current is not None:
        implied = literal(figure(kpi.current.mean, kpi.unit))
        ends = literal(spread(kpi.current.p10, kpi.current.p90))
        text += f" The model's metrics imply {implied} ({ends}, grade C)."
    elif kpi.planned is not None:
        text += f" {literal(figure(kpi.planned.mean, kpi.unit))} is planned."
    return text


def digits_of(view: KpiView, newest: MeasuredValue) -> int:
    """Digits that tell the newest value from its target and its baseline."""
    target = view.line.target.target if view.line.target else None
    return digits_beside(newest.value, target, view.kpi.baseline)


def _moved(change: Change, direction: str, word: str, digits: int) -> str:
    """Better or worse than the period before."""
    difference = change.difference
    if difference is None:
        return ""
    if difference == 0:
        return f"the same as the {word} before"
    way = "better" if (difference > 0) is (direction == "higher") else "worse"
    text = f"{literal(number(abs(difference), digits))} {way} than the {word} before"
    if change.low is not None and not change.is_beyond_chance:
        text += ", which may be chance"
    return text


def _target(view: KpiView, newest: MeasuredValue, series: KpiSeries, digits: int) -> str:
    """Where it stands towards the target in force."""
    kpi, target = view.kpi, view.line.target
    if target is None:
        return "its target no longer counts" if kpi.target is not None else "it has no target yet"
    by = f" by {day(target.on)}" if target.on else ""
    named = f"the target of {literal(number(target.target, digits))}{by}"
    match view.line.state:
        case KpiState.REACHED:
            return f"{named} is reached{_barely(target, newest, series)}"
        case KpiState.ON_THE_WAY:
            return f"{named} is not reached yet"
        case KpiState.CANNOT_TELL:
            return f"that is too old to be held against {named}"
        case _:
            return f"{named} {_why_off(view, target, newest)}"


def _barely(target: Target, newest: MeasuredValue, series: KpiSeries) -> str:
    noise = series.noise()
    if isinstance(noise, Missing) or abs(newest.value - target.target) >= noise[0]:
        return ""
    return f", by less than it moves from {newest.period.word} to {newest.period.word}"


def _why_off(view: KpiView, target: Target, newest: MeasuredValue) -> str:
    kpi = view.kpi
    sign = 1 if kpi.direction == "higher" else -1
    if kpi.baseline is not None and sign * (newest.value - kpi.baseline) <= 0:
        return "is far off: this is no better than without the model"
    if target.on is not None and target.on < view.day:
        return "was missed"
    return "is not reached, and it is getting worse"


def label(against: Against, word: str) -> str:
    """What a tile compares with."""
    return _LABELS[against].format(word=word)


def difference(change: Change, digits: int) -> str:
    """A change with its sign, and as a share of what it is held against."""
    if change.difference is None:
        return "–"
    sign = "+" if change.difference > 0 else ""
    text = f"{sign}{number(change.difference, digits)}"
    if change.before and change.difference:
        share = percent(abs(change.difference) / abs(change.before))
        text += f" ({sign or '−'}{share})"
    return text


def way(change: Change, direction: str) -> tuple[str, Colour]:
    """Better, worse, or perhaps chance, with its colour."""
    if not change.difference:
        return ("no change" if change.difference == 0 else "not available"), "gray"
    if change.low is not None and not change.is_beyond_chance:
        return "may be chance", "gray"
    is_better = (change.difference > 0) is (direction == "higher")
    return ("better", "green") if is_better else ("worse", "red")


def beside(change: Change, against: Against, series: KpiSeries, digits: int) -> str:
    """What a change is held against, and how far it may be off, or why nothing says so."""
    newest = series.newest
    if change.missing is not None or newest is None or change.before is None:
        return literal(_missing(change.missing, series))
    word = newest.period.word
    told = _BEFORE[against].format(word=word)
    if change.period is not None and against == "year":
        told = str(change.period)
    text = f"{number(change.before, digits)} {told}"
    if change.low is not None and change.high is not None:
        text += f"; change likely {_ends(change.low, change.high)}"
    elif change.no_interval is not None:
        text += f"; {_no_interval(change.no_interval, word)}"
    if change.scaled is not None:
        text += f"; counted for as many days as the newest {word} has"
    return literal(text)


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
    texts = [f"{end + 0.0:,.{max(decimals, 0)}f}".replace("-", "−") for end in ends]
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
        "before (mean square successive difference). Fewer than 8 such pairs say nothing."
    )


def _missing(why: Missing | None, series: KpiSeries) -> str:
    values = series.values
    word = values[-1].period.word if values else "period"
    match why:
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
        case _:
            return "There is no value yet."


def _no_interval(why: Missing, word: str) -> str:
    if why is Missing.NEVER_MOVED:
        return "it never moved before, so nothing says how much is chance"
    return f"too few {word}s in a row, and no sums over cases, to say how much is chance"


def unfinished(series: KpiSeries, unit: str) -> str:
    """The period that is not over, which is compared with nothing; empty without one."""
    part = series.unfinished
    if part is None:
        return ""
    told = _unfinished(part, unit)
    return f"{told[:1].upper()}{told[1:]}. It is compared with nothing before it is over."


def _unfinished(part: MeasuredValue, unit: str) -> str:
    value = literal(figure(part.value, unit))
    return f"the {literal(str(part.period))} came in before it was over ({value} so far)"


def age(view: KpiView, series: KpiSeries) -> str:
    """How old the newest value is, held against how often one comes."""
    newest = series.newest
    if newest is None:
        return "No period is over yet."
    days = max((view.day - newest.period.end.date()).days, 0)  # as on the cards of Portfolio
    old = f"{counted(days, 'day')} old" if days else "less than a day old"
    text = f"Newest value to {day(newest.period.last_on)}, {old}"
    n = periods_missing(newest.period, view.day)
    if n:
        have = "has" if n == 1 else "have"
        text += f"; {counted(n, f'whole {newest.period.word}')} {have} ended since without a value"
    text += ". That is too old to judge it by." if is_stale(newest.period, view.day) else "."
    return text


def chart(view: KpiView, series: KpiSeries | None) -> str:
    """What the chart shows, in one sentence."""
    parts = []
    if series is not None and series.values:
        parts.append(f"Solid: measured by {series.values[-1].period.word}")
    if view.implied:
        parts.append(
            "dotted: what the model's metrics imply, with its likely range, 8 times in 10 (grade C)"
        )
    if view.kpi.baseline is not None:
        parts.append("grey dashes: without the model")
    if view.targets:
        parts.append("red dashes: target")
    if series is not None and any(not v.is_whole for v in series.values):
        parts.append("hollow: a period that was not over when its value came in")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else "There is nothing to draw yet."


def other(view: KpiView, newest: MeasuredValue) -> tuple[str, str] | None:
    """What the models imply in the newest period and what is left, with a caption; None without."""
    implied, rest = view.implied_in(newest.period), view.other_in(newest)
    if implied is None or rest is None:
        return None
    digits = digits_beside(newest.value, implied)
    sign = "+" if rest > 0 else ""
    ends = view.implied_ends_in(newest.period)
    likely = f"{spread(*ends)}; " if ends else ""
    other = f"{sign}{number(rest)} other (measured minus implied), {newest.period.when}"
    return literal(number(implied, digits)), literal(likely + other)


def no_other(view: KpiView) -> str:
    """Why nothing is implied for the newest measured period."""
    if view.implied:
        return "No results of the model cover the newest measured period."
    return view.no_implied or "No model moves it."


def since(changed: SinceDay) -> str:
    """What it means and what happened since a day, as a list."""
    parts = [*changed.settled, *changed.events]
    if not parts:
        return f"Neither its definition nor its target changed since {day(changed.day)}; no event."
    lines = []
    if not changed.settled:
        lines.append("- Neither its definition nor its target changed.")
    for happening in parts:
        by = f", by {happening.by}" if happening.by else ""
        told = f"{event_marks.when(happening)}: {event_marks.what(happening)}{by}"
        lines.append(f"- {literal(told)}")
    return "\n".join(lines)
