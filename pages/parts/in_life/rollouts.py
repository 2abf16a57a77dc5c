"""What a staggered roll-out says of a KPI: verdict, figure and how it came about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from mlpm_core.services.in_life.rollouts import FEWEST_CONTROLS, FEWEST_TREATED, RolloutReason
from pages.parts.common import printing
from pages.parts.common.format import (
    counted,
    day,
    digits_beside,
    listed,
    literal,
    number,
    written_unit,
)
from pages.parts.in_life.proof_text import of_grade_b

if TYPE_CHECKING:
    from mlpm_core.services.in_life.rollouts import KpiRollout, Rollout
    from pages.parts.in_life.proof_text import Proven

_WORDS: Final = {True: "the model works", False: "the model does harm", None: "cannot be told"}
_ICONS: Final = {
    True: ":material/check_circle:",
    False: ":material/dangerous:",
    None: ":material/hourglass_top:",
}


def told(measured: KpiRollout, implied: str = "") -> None:
    """The verdict of a staggered roll-out, what it rests on, and each group of units.

    ``implied`` is a sentence of what the model's metrics imply for the same time.
    """
    st.markdown(f"{_ICONS[measured.works]} {sentence(measured)} {implied}")
    st.caption(literal(rests_on(measured)))
    seen = measured.seen
    if seen is None or not seen.cohorts:
        return
    printing.folded_table(
        "How it came about",
        lambda: table(measured, seen),
        caption=f"{measured.title}, change in {written_unit(measured.unit)}",
        alt="Change of the units by when they took the model up, in each period since",
        key=f"rollout_{measured.kpi_id}",
    )


def sentence(measured: KpiRollout) -> str:
    """What the units say of a KPI, in sentences to read out."""
    title, seen = literal(measured.title), measured.seen
    if seen is None:
        return f"**{title}** cannot be read by unit. {literal(measured.reason or '')}"
    if seen.change is None:
        return f"**{title}** cannot be judged by its roll-out. {literal(_why(measured, seen))}"
    change = seen.change
    digits = digits_beside(change.mean, change.low, change.high)
    size = literal(f"{number(abs(change.mean), digits)} {written_unit(measured.unit)}")
    way = "rose" if change.mean > 0 else "fell"
    text = (
        f"Measured over a staggered roll-out (grade B): **{_WORDS[measured.works]}**. In the units "
        f"that took the model up, “{title}” {way} by **{size}** more than in those "
        f"that had not yet, on average over the {measured.word}s since (change "
        f"{number(change.low, digits)} to {number(change.high, digits)}, 95 times in 100)."
    )
    if not measured.is_due:
        return f"{text} It is judged once, on {day(measured.read_on)}."
    return f"{text} {literal(_why(measured, seen))}".strip()


def _why(measured: KpiRollout, seen: Rollout) -> str:
    """Why nothing is told, or no verdict."""
    have = f"{counted(measured.n_units, 'unit')} measured, {seen.n_left_out} left out"
    match seen.reason:
        case RolloutReason.FEW_TREATED:
            return f"It takes {FEWEST_TREATED} units that took the model up ({have})."
        case RolloutReason.FEW_CONTROLS:
            return (
                f"It takes {FEWEST_CONTROLS} units that had not taken it up yet at the same time "
                f"({have})."
            )
        case RolloutReason.NO_BEFORE:
            return "No unit was measured before it took the model up."
        case RolloutReason.ALL_EQUAL:
            return "The units do not scatter, so nothing says how much is chance."
        case RolloutReason.PRE_TRENDS_DIFFER:
            return (
                "Units that took it up already moved apart from the others before, so the others "
                "do not say what would have happened without the model."
            )
        case RolloutReason.TOO_NOISY:
            return "Chance alone could explain the change."
        case _:
            return ""


def rests_on(measured: KpiRollout) -> str:
    """Units, periods, checks and batches behind a roll-out."""
    parts, seen = [], measured.seen
    if seen is not None:
        parts.append(
            f"{counted(seen.n_treated, 'unit')} took it up, the first on {day(measured.first_on)}; "
            f"{seen.n_never} have not. {counted(len(measured.periods), measured.word)}, to "
            f"{day(measured.until - timedelta(days=1))}."
        )
        if seen.n_left_out:
            parts.append(
                f"{counted(seen.n_left_out, 'unit')} left out: without a value in one of them, "
                f"none before, or the only one that began in its {measured.word}."
            )
        if seen.change is not None and seen.leads:
            parts.append(
                f"{counted(len(seen.leads), 'check')} before the model found no change, as it "
                "should."
            )
        if seen.change is not None and measured.read_on is None:
            parts.append(
                "No decision says on which day it is read: read again and again, chance passes "
                "for a change more often than 5 times in 100."
            )
    parts.append(f"From {listed(measured.batches[-3:])}.")
    return " ".join(parts)


def figure(measured: KpiRollout) -> Proven:
    """The change of a KPI over its roll-out, for a card."""
    word = "no verdict" if measured.works is None else _WORDS[measured.works]
    title = f"{measured.title}, a unit and {measured.word}, beyond units yet to come"
    return of_grade_b(measured, title, word)


def table(measured: KpiRollout, seen: Rollout) -> pd.DataFrame:
    """The change of the units that began together, in each period since."""
    rows = seen.cohorts
    unit = written_unit(measured.unit)
    return pd.DataFrame(
        {
            "Took it up": [str(measured.periods[c.adopted_at]) for c in rows],
            "Units": [c.n_units for c in rows],
            "Measured": [str(measured.periods[c.period]) for c in rows],
            f"Change, {unit}": [number(c.change) for c in rows],
            "Give or take (95 in 100)": [number(c.half_width) for c in rows],
            "Grade": ["B" for _ in rows],
        }
    )
