"""What the In life screens say, made from their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.services.in_life.deployments import LimitState
from mlpm_core.services.in_life.metric_signals import Rule
from mlpm_core.services.in_life.portfolio import Health, gap_size
from pages.parts.common.format import (
    NOTHING,
    counted,
    day,
    in_period,
    inner,
    listed,
    literal,
    money,
    number,
    percent,
    plain,
    significant,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.in_life.deployments import DeploymentLine, DeploymentView, LimitCheck
    from mlpm_core.services.in_life.metric_signals import Episode, WatchedMetric
    from mlpm_core.services.in_life.segments import Segments

_MOST_NAMED = 3
_TOO_FEW = (
    "There are too few results that say how many cases they rest on, so a change cannot be told "
    "from chance."
)


def health(lines: Sequence[DeploymentLine]) -> str:
    """How many models are critical, which one costs most, and why."""
    used = [x for x in lines if x.is_in_use]
    if not used:
        return f"None of {counted(len(lines), 'deployment')} is in use today."
    worst_first = (Health.SICK, Health.WATCH, Health.UNKNOWN, Health.HEALTHY)
    n = {health: sum(x.health.health == health for x in used) for health in worst_first}
    counts = ", ".join(f"{n[health]} {health.label}" for health in worst_first if n[health])
    text = f"**{counted(len(used), 'deployment')}** in use: {counts}. "
    valued = [(x, x.value) for x in used if x.value is not None and x.gap is not None]
    below = [(x, value) for x, value in valued if (x.gap or 0) > 0]
    first = None
    if below:
        size = gap_size([value for _, value in below])
        first, _ = max(below, key=lambda pair: size(pair[1]))
        is_one_currency = len({value.case.currency for _, value in below}) == 1
        text += (
            f"**{literal(first.case_title)}** is farthest below its plan, "
            f"{'by' if is_one_currency else 'as a share of it, by'} "
            f"**{literal(gap(first))}**. {literal(first.health.reason)}"
        )
    elif valued:
        text += "None is worth less than planned."
    else:
        text += "How they compare with the plan is not available yet."
    others = [x for x in used if x.health.health is Health.SICK and x is not first]
    if others:
        named = [
            f"{literal(x.model)} ({x.slot}, {literal(x.case_title or x.project_title)})"
            for x in others[:_MOST_NAMED]
        ]
        if len(others) > _MOST_NAMED:
            named.append(f"{len(others) - _MOST_NAMED} more")
        text += f" {'Also critical' if first else 'Critical'}: {listed(named)}."
    return text


def gap(line: DeploymentLine) -> str:
    """The gap between planned and current value, as money a week."""
    if line.gap is None or line.value is None:
        return NOTHING
    return money(line.gap, line.value.case.currency, "week")


def slot(line: DeploymentLine) -> str:
    """Which part a model plays, since when."""
    model = f"**{literal(line.model)}**"
    if not line.is_recorded or line.from_on is None:
        return f"{model}, in use without a record of its deployment"
    if not line.days_in_slot:
        return f"{model}, {line.slot} from {day(line.from_on)} on"
    n = counted(line.days_in_slot, "day")
    if line.is_in_use:
        return f"{model}, {line.slot} since {day(line.from_on)} ({n})"
    return f"{model}, {line.slot} from {day(line.from_on)} to {day(line.to_on)} ({n})"


def deployment(view: DeploymentView) -> str:
    """How it is and why, and what happened last."""
    line = view.line
    value = line.value
    text = slot(line)
    if value and value.current_rate is not None:
        rate = literal(money(value.current_rate, value.case.currency, "week"))
        text += f", is worth **{rate}**"
        if value.planned_rate is not None:
            planned = literal(money(value.planned_rate, value.case.currency, "week"))
            text += f", planned {planned}"
    return (
        f"{text}: {line.health.health.label}. {literal(line.health.reason)} {what_happened(view)}"
    )


def goes_by(view: DeploymentView) -> str:
    """The threshold and the class that metrics of the log go by, and how they are changed."""
    log = view.line.value.case.log if view.line.value else None
    if log is None or not log.goes_by:
        return ""
    return literal(
        f"Computed from the prediction log: {log.goes_by} Upload the next file of the log with "
        "“Ask me again” to change that."
    )


def what_happened(view: DeploymentView) -> str:
    """The event to know of: one that lasts before one that is over, the farthest of them."""
    if not view.metrics:
        return ""
    if all(m.centre is None for m in view.metrics):
        return _TOO_FEW
    events = [(m, e) for m in view.metrics for e in m.episodes]
    worse = [(m, e) for m, e in events if _way(m, e) == "worse"]
    if not events:
        return "No metric has left its usual range."
    watched, event = max(
        worse or events,
        key=lambda x: (x[1].back is None, x[0].series.feeds_value, abs(x[1].z)),
    )
    return f"{literal(episode(watched, event))}. This is not chance."


def episode(watched: WatchedMetric, event: Episode) -> str:
    """When a metric left its range, how far, and whether it came back."""
    way = _way(watched, event)
    times = f"{number(abs(event.z))} times as far as chance usually moves it"
    size = f"for the {way}, {times}" if way else times
    label = watched.series.metric.label
    if event.rule == Rule.CUSUM:
        began = in_period(event.since).partition(" ")[2]
        text = f"{label} has drifted since {began} ({size}), noticed {in_period(event.noticed)}"
        return text if event.back is None else f"{text}, and came back {in_period(event.back)}"
    text = f"{label} left its usual range {in_period(event.since)} ({size})"
    if event.back is None:
        return f"{text} and has not come back"
    return f"{text} and came back {in_period(event.back)}"


def _way(watched: WatchedMetric, event: Episode) -> str:
    """Better or worse; empty for a metric of which neither end is better."""
    better, is_up = watched.series.metric.better, event.z > 0
    if better in ("higher", "lower"):
        return "better" if is_up == (better == "higher") else "worse"
    if better == "zero" and watched.centre is not None:
        is_away = watched.centre == 0 or is_up == (watched.centre > 0)
        return "worse" if is_away else ""
    return ""


def metric(watched: WatchedMetric) -> str:
    """What a metric's chart shows: the newest value, its limit, its last event."""
    series = watched.series
    last = series.points[-1]
    digits = watched.check.digits(last.value) if watched.check else 3
    text = f"{number(last.value, digits)} {in_period(last.period)}"
    if last.monitored.n is not None:
        text += f" over {plain(last.monitored.n)} cases"
    if (said := last.monitored.logged) is not None:
        text += (
            f", computed from the prediction log ({plain(said.n_outcomes)} of {plain(said.n)} "
            "predictions have an outcome yet)"
        )
    elif last.monitored.label_status in ("partial", "estimated"):
        text += f", outcomes {last.monitored.label_status}"
        if last.monitored.labelled_share is not None:
            text += f" ({percent(last.monitored.labelled_share)} known)"
    better = {"higher": "higher is better", "lower": "lower is better", "zero": "best near 0"}
    text += f"; {better.get(series.metric.better, 'neither way is better')}"
    text += "" if series.feeds_value else "; monitored, not part of the value"
    text += ". " + (_limit(watched.check) if watched.check else "No limit is set.")
    if watched.centre is None:
        text += f" {_TOO_FEW}"
    elif watched.latest is None:
        text += " It never left its usual range."
    else:
        text += f" {episode(watched, watched.latest)}."
    batch = f" Batch {last.monitored.batch}." if last.monitored.batch else ""
    return literal(f"{text}{batch}")


def _limit(check: LimitCheck) -> str:
    state = {
        LimitState.INSIDE: "kept",
        LimitState.MAY_BE_CHANCE: "passed, which may be chance",
        LimitState.OUTSIDE: f"passed, so the model counts as {check.breach.label}",
        LimitState.MISSING: "not measured",
    }[check.state]
    return f"Limit {check.limit}: {state}."


def reading() -> str:
    """How to read the charts of metrics."""
    return (
        "Band: likely range, 9 times in 10. Dashed: planned. Dotted: limit. ▲ left its usual range "
        "at once. ◇ moves away from it in many small steps."
    )


def segments(view: Segments) -> str:
    """Which group grew, and whether the model errs more on it."""
    move, drift = view.move, view.drift
    if move is None or drift is None:
        return "Nothing after the first 12 weeks yet, so there is no mix to compare with."
    name, psi = literal(move.name), number(drift.psi, 2)
    if drift.is_drift:
        verb = "rose" if move.now > move.before else "fell"
        before, now = (percent(share, in_words=True) for share in (move.before, move.now))
        text = f"**{name}** {verb} from {before} of all cases in the first 12 weeks to {now} now"
        text += f", first seen {in_period(view.drifted_since)}" if view.drifted_since else ""
        text += f". This is not chance (shift index {psi}: 0 is the same mix, above "
        text += f"{significant(0.25)} another)"
    else:
        text = (
            "The mix of cases is that of the first 12 weeks, or differs only by chance (shift "
            f"index {psi}: 0 is the same mix)"
        )
        if view.drifted_since is not None:
            text += f", though it moved for a time {in_period(view.drifted_since)}"
    if move.error is not None and move.error_of_others is not None:
        text += (
            f". In the newest four weeks {literal(inner(view.measure))} is "
            f"{_error(move.error, view)} on {name}, {_error(move.error_of_others, view)} on others"
        )
    return f"{text}."


def _error(value: float, view: Segments) -> str:
    return percent(value) if view.is_share else number(value)


def followed(view: Segments) -> str:
    """How often people did what the model said."""
    share = percent(view.followed_share or 0.0, in_words=True)
    return f"From the prediction log. People followed the prediction in {share} of the cases."


def shares(view: Segments) -> str:
    """What the chart of shares shows."""
    return f"Share of all cases by {view.title}"


def errors(view: Segments) -> str:
    """What the chart of errors shows."""
    return f"{view.measure[:1].upper()}{view.measure[1:]} by {view.title}, where outcomes are known"
