"""How a model does now: the newest periods that say it, what they tell, and what is only chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mlpm_core.in_life.observation import Observation, between_variance
from mlpm_core.in_life.pooling import written
from mlpm_core.in_life.window import Track, Window, current_window
from mlpm_core.quantity import Unit
from mlpm_core.quantity.words import day_in_words
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.valuation.monitored import WINDOW_DAYS, Seen, newest_period, seen
from mlpm_core.value.kpi import DAYS_PER_YEAR
from mlpm_core.value.levels import mean_nets
from mlpm_core.value.worth import Worth, worth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from mlpm_core.in_life.periods import Monitored, Period
    from mlpm_core.records import Deployment
    from mlpm_core.value.mechanism import Input, Mechanism

N_REFERENCE: Final = 12
"""So many periods, the first ones, say how much periods differ when nothing happens."""

_LOOKS_A_YEAR: Final = 52.0  # at results of single moments
_DRAWS: Final = 512
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Periods of one length that follow each other and count together.

    Examples
    --------
    >>> from datetime import datetime
    >>> from mlpm_core.in_life.periods import Period
    >>> first, last = (Period(datetime(2026, 6, day), "P1W") for day in (1, 22))
    >>> weeks = Stretch(first, last, 4)
    >>> str(weeks), weeks.when
    ('4 weeks to 28 Jun 2026', 'in the 4 weeks to 28 Jun 2026')
    """

    first: Period
    last: Period
    n: int

    @property
    def when(self) -> str:
        """The stretch as a sentence says it."""
        return self.said()

    def said(self, write: Callable[[date], str] = day_in_words) -> str:
        """The stretch as a sentence says it, with its days as ``write`` has them."""
        return self.last.said(write) if self.n == 1 else f"in the {self.named(write)}"

    def named(self, write: Callable[[date], str] = day_in_words) -> str:
        """The stretch by its name, with its days as ``write`` has them."""
        if self.n == 1:
            return self.last.named(write)
        return f"{self.n} {self.last.word}s to {write(self.last.last_on)}"

    def __str__(self) -> str:
        return self.named()


class Computed(NamedTuple):
    """What of an input comes from a prediction log: of how many of its periods, and of what.

    ``n`` are the cases that the metric is defined over; ``n_outcomes`` of the ``n_predictions`` of
    these periods have an outcome yet.
    """

    n_periods: int
    of_periods: int
    n: int
    n_predictions: int
    n_outcomes: int


@dataclass(frozen=True, slots=True)
class Result:
    """What counts as now of one input: as written, its value, when that was, and its batch.

    The batch is empty where all of it is ``computed``.
    """

    text: str
    value: float
    when: str
    batch: str
    computed: Computed | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """What the newest periods say of the inputs of a value case.

    ``results`` are by input. ``window`` says what of a fall is more than chance, in money a year.
    """

    newest: Period
    stretch: Stretch
    results: Mapping[str, Result]
    batches: tuple[str, ...]
    window: Window


def now_of(
    mechanism: Mechanism,
    monitored: Mapping[Period, Mapping[str, Monitored]],
    planned: Worth | None,
    texts: Mapping[str, str],
    *,
    baseline: str,
    currency: str,
) -> Now | None:
    """What counts as now of what was monitored; None when nothing of it tells a value.

    Parameters
    ----------
    monitored : mapping
        As ``recent_periods`` has it.
    planned : Worth or None
        The value as planned.
    texts : mapping of str to str
        What is planned of each input, or its default.
    baseline, currency : str
        Of the value case and its project.
    """
    newest = newest_period(monitored, mechanism, currency)
    if newest is None:
        return None
    of_length = [p for p in monitored if p.granularity == newest.granularity]
    by_period = {p: seen(mechanism, p, monitored[p], currency) for p in of_length}
    oldest = newest.end - timedelta(days=WINDOW_DAYS)
    periods = [p for p in of_length if oldest <= p.start < newest.start or p == newest]
    tracks = [
        _track(entry, by_period, periods)
        for entry in mechanism.inputs
        if any(entry.name in s.observations for s in by_period.values())
    ]
    tracks, base = _against_plan(mechanism, tracks, planned, texts, baseline, currency)
    window = Window(1)
    if base is not None:
        looks = DAYS_PER_YEAR / newest.days if newest.days else _LOOKS_A_YEAR
        nets = partial(mean_nets, base)
        current, _ = or_reason("Now", lambda: current_window(tracks, nets, looks_a_year=looks))
        window = current or window
    stretch = Stretch(periods[-window.length], periods[-1], window.length)
    entries = {entry.name: entry for entry in mechanism.inputs}
    results = {t.name: _result(entries[t.name], t, stretch, by_period, monitored) for t in tracks}
    used = [m for p in periods[-window.length :] for m in _used(mechanism, monitored[p])]
    batches = [r.batch for r in results.values()] + [m.batch for m in reversed(used)]
    return Now(newest, stretch, results, tuple(dict.fromkeys(filter(None, batches))), window)


def uncounted(deployment: Deployment, as_of: Period | None, today: date) -> str | None:
    """Why results say nothing of today, as a part of a sentence; None when they count.

    Examples
    --------
    >>> from datetime import date, datetime
    >>> from mlpm_core.in_life.periods import Period
    >>> from mlpm_core.records import Deployment
    >>> week = Period(datetime(2026, 1, 5), "P1W")
    >>> used = Deployment.model_construct(from_on=date(2025, 1, 1), fresh_within_days=14)
    >>> uncounted(used, week, date(2026, 1, 20)), uncounted(used, week, date(2026, 6, 30))
    (None, 'no results since 11 Jan 2026')
    """
    from_on, to_on = deployment.from_on, deployment.to_on
    if to_on is not None and to_on < today:
        return f"no longer in use since {day_in_words(to_on + timedelta(days=1))}"
    if from_on is not None and from_on > today:
        return f"not in use before {day_in_words(from_on)}"
    if as_of is None:
        return "no results yet"
    if (today - as_of.end.date()).days > deployment.fresh_within_days:
        return f"no results since {day_in_words(as_of.last_on)}"
    return None


def _track(entry: Input, by_period: Mapping[Period, Seen], periods: Sequence[Period]) -> Track:
    """An input over the newest periods; one without any in them keeps its last result."""
    observations = {
        p: o for p, s in by_period.items() if (o := s.observations.get(entry.name)) is not None
    }
    inside = [observations.get(p) for p in periods]
    if not any(inside):
        inside[-1] = list(observations.values())[-1]
    earlier = list(observations.values())
    reference = earlier if not entry.is_metric else earlier[:N_REFERENCE]
    is_known = not entry.is_metric or len(by_period) > N_REFERENCE
    return Track(
        entry.name,
        tuple(inside),
        between=between_variance(reference) if is_known else 0.0,
        low=entry.low,
        high=entry.high,
    )


def _against_plan(
    mechanism: Mechanism,
    tracks: Sequence[Track],
    planned: Worth | None,
    texts: Mapping[str, str],
    baseline: str,
    currency: str,
) -> tuple[list[Track], Worth | None]:
    """The tracks with what is planned of each, and a value in which each of them can be moved."""
    follow = {entry.name: entry.same_as for entry in mechanism.inputs if entry.same_as}
    given = dict(texts)
    for track in tracks:
        followed = follow.get(track.name)
        if track.name not in given and followed in given:
            given[track.name] = given[followed]
    is_planned = planned is not None and all(t.name in given for t in tracks)
    if planned is not None and all(t.name in planned.quantities for t in tracks):
        base: Worth | None = planned
    else:
        newest = {t.name: o for t in tracks if (o := t.newest(1)) is not None}
        given = {name: repr(float(o.value)) for name, o in newest.items()} | given
        base, _ = or_reason(
            "The value as planned",
            lambda: worth(
                mechanism, given, baseline=baseline or None, currency=currency, draws=_DRAWS
            ),
        )
    if base is None or not is_planned:
        return list(tracks), base
    return [_expecting(track, base) for track in tracks], base


def _expecting(track: Track, planned: Worth) -> Track:
    factor = Unit.read(planned.quantities[track.name].unit).factor
    mean = float(np.mean(planned.inputs_by_draw[track.name])) / factor
    return replace(track, expected=mean)


def _result(
    entry: Input,
    track: Track,
    stretch: Stretch,
    by_period: Mapping[Period, Seen],
    monitored: Mapping[Period, Mapping[str, Monitored]],
) -> Result:
    """What counts as now of an input, in the notation of quantities."""
    telling = [p for p, s in by_period.items() if entry.name in s.observations]
    inside = [p for p in telling if stretch.first.start <= p.start <= stretch.last.start]
    used = inside or telling[-1:]
    observation = track.newest(stretch.n) or Observation(0.0)
    if all(by_period[p].is_idle and not by_period[p].observations[entry.name].value for p in used):
        text = "0"
    else:
        planned = track.expected if entry.is_share else None
        text = written(observation, _HALF if planned is None else planned, low=entry.low)
    when = str(stretch) if inside else str(used[-1])
    results = [m for p in used if (m := monitored[p].get(entry.reported_as)) is not None]
    batch = next((m.batch for m in reversed(results) if m.batch), "")
    if not results:
        batch = next(iter(monitored[used[-1]].values())).batch
    return Result(text, observation.value, when, batch, _computed(results))


def _computed(results: Sequence[Monitored]) -> Computed | None:
    """What of some results comes from the prediction log; None when they were all reported."""
    ours = [(m.n or 0, m.logged) for m in results if m.logged is not None]
    if not ours:
        return None
    return Computed(
        n_periods=len(ours),
        of_periods=len(results),
        n=sum(n for n, _ in ours),
        n_predictions=sum(said.n for _, said in ours),
        n_outcomes=sum(said.n_outcomes for _, said in ours),
    )


def _used(mechanism: Mechanism, metrics: Mapping[str, Monitored]) -> list[Monitored]:
    names = {entry.reported_as for entry in mechanism.inputs}
    return [m for name, m in metrics.items() if name in names]
