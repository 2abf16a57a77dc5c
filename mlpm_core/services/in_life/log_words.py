"""What a prediction log adds to the words beside health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpm_core.in_life.health import Health
from mlpm_core.quantity import digits_apart
from mlpm_core.quantity.words import day_in_words
from mlpm_core.quantity.written import fig

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlpm_core.in_life.periods import Period
    from mlpm_core.services.valuation.log_reading import Disagreement, LogNotes


def log_findings(notes: LogNotes, model_id: str) -> Iterator[tuple[Health, str]]:
    """What a log makes of a deployment, and the clause that says so."""
    if notes.n and not notes.n_outcomes:
        yield (
            Health.UNKNOWN,
            f"its prediction log holds {fig(notes.n):,} predictions and no outcome yet",
        )
    what = listed(notes.unsaid)
    if notes.asks_threshold:
        yield (
            Health.UNKNOWN,
            f"its prediction log holds scores alone, so that {what} cannot be computed before the "
            f"threshold in use is said: the next file of the log asks for it (answer "
            f"thresholds.{model_id})",
        )
    elif notes.asks_positive:
        yield (
            Health.UNKNOWN,
            f"nothing says which class {what} of its prediction log are of: the next file of the "
            f"log asks for it (answer positives.{model_id})",
        )
    for disagreement in notes.disagreements:
        yield Health.WATCH, _otherwise(disagreement)


def log_notes(notes: LogNotes) -> list[str]:
    """The sentences on a log that change no word."""
    if not notes.waiting or not notes.n_outcomes:
        return []
    are = "waits" if len(notes.waiting) == 1 else "wait"
    return [
        f"{_periods(notes.waiting)} of its prediction log {are} for outcomes: "
        f"{fig(notes.outcomes_waiting):,} of {fig(notes.n_waiting):,} predictions have one yet."
    ]


def _periods(periods: Sequence[Period]) -> str:
    last = max(periods)
    if len(periods) == 1:
        return f"The {last}" if last.granularity in ("P1W", "P3M", "P1Y") else str(last)
    return f"{len(periods)} {last.word}s up to {day_in_words(last.last_on)}"


def _otherwise(of: Disagreement) -> str:
    digits = max(3, digits_apart(of.reported, of.computed))
    same = f"the same {of.n_periods} {of.last.word}s" if of.n_periods > 1 else f"the {of.last}"
    return (
        f"{of.label} is reported as {fig(of.reported):.{digits}g}, while the prediction log gives "
        f"{fig(of.computed):.{digits}g} for {same} (n = {fig(of.n):,}); what is reported counts"
    )


def listed(names: Sequence[str]) -> str:
    """Names as a sentence says them.

    Examples
    --------
    >>> listed(["Recall", "Precision"])
    'Recall and Precision'
    """
    *first, last = names or ("",)
    return " and ".join(filter(None, [", ".join(first), last]))
