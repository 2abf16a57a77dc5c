"""What the KPI screen says, made from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mlpm_core.services.in_life.kpi_changes import kpi_changes
from mlpm_core.services.in_life.kpi_view import (
    Change,
    KpiState,
    Missing,
    Period,
    is_stale,
    periods_missing,
)
from pages.parts.common import event_marks, period_text
from pages.parts.common.format import (
    counted,
    day,
    digits_beside,
    figure,
    in_period,
    listed,
    literal,
    number,
    period_name,
    span,
    spread,
)
from pages.parts.in_life import kpi_change_text

if TYPE_CHECKING:
    from mlpm_core.services.in_life.kpi_since import SinceDay
    from mlpm_core.services.in_life.kpi_view import (
        KpiLine,
        KpiSeries,
        KpiView,
        MeasuredValue,
        Target,
    )
    from mlpm_core.services.in_life.shown_period import ShownPeriod, Span

_WORDS: Final = {
    KpiState.REACHED: ("has reached its target", "have reached their target"),
    KpiState.ON_THE_WAY: ("is on the way", "are on the way"),
    KpiState.OFF: ("is off target", "are off target"),
    KpiState.CANNOT_TELL: ("cannot be told", "cannot be told"),
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
    n_silent = sum(not line.is_measured and line.proven is None for line in lines)
    if n_silent == len(lines):
        return f"{text} None of them was measured: all follow from the models' metrics."
    if n_silent:
        verb = "has" if n_silent == 1 else "have"
        text += f" {n_silent} {verb} no measured values: what is said follows from model metrics."
    return text


def lead(view: KpiView, series: KpiSeries | None, shown: ShownPeriod) -> str:
    """The KPI now, how it moved, and whether it is where it should be, in one sentence."""
    title = f"**{literal(view.kpi.title)}**"
    newest = series.newest if series else None
    if series is None or newest is None:
        return f"{title} {_not_measured(view, series)}"
    digits = digits_of(view, newest)
    if shown.span is not None:
        return f"{title}{_over(view, series, shown, digits)}"
    value = literal(figure(newest.value, view.kpi.unit, digits))
    text = f"{title}: {value} {literal(in_period(newest.period))}"
    before = f"the {newest.period.word} before"
    moved = _moved(series.against_previous(), view.kpi.direction, before, digits)
    text += f", {moved}" if moved else ""
    return f"{text}; {_target(view, newest, series, digits)}."


def _over(view: KpiView, series: KpiSeries, shown: ShownPeriod, digits: int) -> str:
    """The mean of the days shown, how it moved, and how the newest value stands."""
    newest, span = series.newest, shown.span
    if newest is None or span is None:
        return ""
    changes = kpi_changes(view, series, shown)
    level, compared = changes.level, changes.against[shown.against]
    word = newest.period.word
    text = (
        f" has no value for {period_text.days(span if span.days else shown.period.whole or span)}"
    )
    if level.now is not None:
        value = literal(figure(level.now, view.kpi.unit, digits))
        mean = kpi_change_text.mean_of(level, word)
        text = f": {value} from {period_text.days(span)} ({mean})"
    before = compared.comparison.before if compared.comparison else None
    if before is not None:
        told = f"from {period_text.days(before)}"
        moved = _moved(compared.change, view.kpi.direction, told, digits)
        text += f", {moved}" if moved else ""
    target = _target(view, newest, series, digits)
    return f"{text}. By the newest {word}, {literal(period_name(newest.period))}: {target}."


def _not_measured(view: KpiView, series: KpiSeries | None) -> str:
    kpi = view.kpi
    text = "has no measured values yet."
    if series is not None and series.unfinished is not None:
        text = f"has no period that is over yet; {_unfinished(series.unfinished, kpi.unit)}."
    if kpi.current is not None:
        implied = literal(figure(kpi.current.mean, kpi.unit))
        ends = literal(spread(kpi.current.p10, kpi.current.p90))
        proven = view.line.proven
        if proven is not None:
            at = literal(figure(proven.level, kpi.unit))
            between = literal(span(proven.low, proven.high))
            text = (
                f"stands at {at} by what was proven with a control (19 times in 20 {between}, "
                f"grade {proven.grade}). By that it {_WORDS[view.line.state][0]}."
            )
        text += f" The model's metrics imply {implied} ({ends}, grade C)."
    elif kpi.planned is not None:
        text += f" {literal(figure(kpi.planned.mean, kpi.unit))} is planned."
    return text


def word(series: KpiSeries | None) -> str:
    """What one value of a KPI covers: week, month."""
    return series.values[-1].period.word if series and series.values else "period"


def digits_of(view: KpiView, newest: MeasuredValue) -> int:
    """Digits that tell the newest value from its target and its baseline."""
    target = view.line.target.target if view.line.target else None
    return digits_beside(newest.value, target, view.kpi.baseline)


def _moved(change: Change, direction: str, before: str, digits: int) -> str:
    """Better or worse than before."""
    difference = change.difference
    if difference is None:
        return ""
    if difference == 0:
        return f"the same as {before}"
    way = "better" if (difference > 0) is (direction == "higher") else "worse"
    text = f"{literal(number(abs(difference), digits))} {way} than {before}"
    if change.low is None:
        text += ", and nothing says how much of that is chance"
    elif not change.is_beyond_chance:
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
        return "is not met, and its day is past"
    return "is not reached, and it is getting worse"


def unfinished(series: KpiSeries, unit: str) -> str:
    """The period that is not over, which is compared with nothing; empty without one."""
    part = series.unfinished
    if part is None:
        return ""
    told = _unfinished(part, unit)
    return f"{told[:1].upper()}{told[1:]}. It is compared with nothing before it is over."


def _unfinished(part: MeasuredValue, unit: str) -> str:
    value = literal(figure(part.value, unit))
    return f"the {literal(period_name(part.period))} came in before it was over ({value} so far)"


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


def chart(view: KpiView, series: KpiSeries | None, earlier: str = "") -> str:
    """What the chart shows, in one sentence."""
    parts = []
    if series is not None and series.values:
        parts.append(f"Solid: measured by {series.values[-1].period.word}")
    if earlier:
        parts.append(f"grey: measured {earlier}, drawn under the days that it is compared with")
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


def other(view: KpiView, period: Period | Span, measured: float | None) -> tuple[str, str] | None:
    """What the models imply in a period and what is left, with a caption; None without.

    ``measured`` is None where nothing that covers the period was measured.
    """
    implied = view.implied_in(period)
    if implied is None:
        return None
    ends = view.implied_ends_in(period)
    likely = f"{spread(*ends)}; " if ends else ""
    when = in_period(period) if isinstance(period, Period) else f"from {period_text.days(period)}"
    if measured is None:
        return literal(number(implied)), literal(f"{likely}{when}; no measured value covers that")
    rest = measured - implied
    digits = digits_beside(measured, implied)
    sign = "+" if rest > 0 else ""
    other = f"{sign}{number(rest)} other (measured minus implied), {when}"
    return literal(number(implied, digits)), literal(likely + other)


def together(view: KpiView) -> str:
    """That what several value cases imply is added, and which of them add nothing."""
    titles = listed([f"“{case.title}”" for case in view.cases])
    told = f"What {titles} imply is added: each from the day on which its model came into use. "
    if view.kpi.current is None and view.kpi.reason:
        told += f"{view.kpi.reason} "
    told += (
        "The range of the sum is that of draws added one by one; results of one model, and an "
        "input that two value cases have written alike, count as the same number in both."
    )
    return " ".join((told, *view.kpi.left_out))


def no_other(view: KpiView) -> str:
    """Why nothing is implied for the newest measured period."""
    if view.implied:
        return "No results of the model cover the measured period."
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
