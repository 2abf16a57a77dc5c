"""Measured beside implied on the KPI screen: what the series says, in sentences to read out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.records import METRICS
from mlpm_core.services.in_life.kpi_proof import Reason, Side, Verdict
from pages.parts.common import queries
from pages.parts.common.format import (
    Colour,
    counted,
    day,
    listed,
    literal,
    number,
    percent,
    span,
    written_unit,
)

if TYPE_CHECKING:
    from mlpm_core.services.in_life.kpi_proof import Agreement, Interval, KpiProof, Link
    from mlpm_core.services.in_life.kpi_view import KpiSeries, KpiView

_VERDICTS: Final[dict[Verdict, tuple[str, str, Colour]]] = {
    Verdict.SUPPORTS: ("supports the model", ":material/check_circle:", "green"),
    Verdict.CONTRADICTS: ("contradicts the model", ":material/error:", "red"),
    Verdict.CANNOT_TELL: ("cannot tell yet", ":material/help:", "gray"),
}
_HELP: Final = (
    "The KPI before the model went live is compared with the KPI since, season, trend and the "
    "likeness of neighbouring periods taken out, and the change with what the model's metrics "
    "imply. Ranges hold 19 times in 20. Before and after without a control series is no proof "
    "that the model caused it: something else may have changed at the same time."
)
_LINK_HELP: Final = (
    "Each series less its season, trend and own memory; the strongest of five lags is held "
    "against what luck alone makes in 95 of 100 cases. A link is no proof."
)


def section(view: KpiView, series: KpiSeries) -> None:
    """Whether the measured change agrees with the implied one, and how KPI and metrics move."""
    proof = queries.kpi_proof(view.project, view.kpi.kpi_id, series.granularity)
    if proof.problem:
        st.caption(literal(proof.problem))
    seen = proof.agreement
    if seen is None:
        return
    st.header("Did it move as the model implies?", anchor=False, help=_HELP)
    word, icon, colour = _VERDICTS[seen.verdict]
    st.badge(word, icon=icon, color=colour)
    st.markdown(literal(sentence(seen, proof, view.kpi.unit, _word(series))))
    told = [
        literal(link_sentence(name, found, _word(series))) for name, found in links(view, proof)
    ]
    if told:
        st.caption("  \n".join(told), help=_LINK_HELP)


def _word(series: KpiSeries) -> str:
    return series.values[-1].period.word


def links(view: KpiView, proof: KpiProof) -> list[tuple[str, Link]]:
    """The metrics of which something can be said, with their value case where there are several."""
    return [
        (f"{METRICS[name].label} ({of})" if len(view.parts) > 1 else METRICS[name].label, found)
        for (name, of), found in proof.links.items()
        if found.strongest is not None
    ]


def sentence(seen: Agreement, proof: KpiProof, unit: str, word: str) -> str:
    """The verdict as a manager can read it out, with its reason."""
    since = f"since the model went live on {day(proof.live_at)}"
    implied = f"its metrics imply a change of {number(seen.implied.mean)} ({_ends(seen.implied)})"
    if seen.measured is None:
        return f"It cannot be told yet whether the KPI moved as implied: {_why(seen, word)}"
    amount = f"{number(seen.measured.mean)} {written_unit(unit)}"
    taken_out = "season and trend" if seen.cycles else "trend, and no season, as its owner says,"
    measured = f"{amount} ({taken_out} taken out; {_ends(seen.measured)})"
    counts = f"{counted(seen.n_before, word)} before and {seen.n_after} after"
    moved = f"{since[:1].upper()}{since[1:]} the KPI changed by {measured}, over {counts}"
    match seen.verdict:
        case Verdict.SUPPORTS:
            return f"{moved}; {implied}. The two agree.{_others(proof, unit)}"
        case Verdict.CONTRADICTS:
            side = "better" if seen.side is Side.BETTER else "worse"
            return (
                f"{moved}; {implied}. That is {side} than implied by more than chance: find out "
                "what else moves this KPI before you report the implied value."
                f"{_others(proof, unit)}"
            )
        case _:
            why = "" if seen.reason is Reason.OTHER_CASES else f" {_why(seen, word)}"
            return f"{moved}; {implied}.{why}{_others(proof, unit, alters=not why)}"


def _others(proof: KpiProof, unit: str, *, alters: bool = False) -> str:
    """That other value cases may act on the KPI too, and whether that ``alters`` the verdict."""
    if not proof.also:
        return ""
    is_one = len(proof.also) == 1
    names = listed([f"“{title}”" for title in proof.also])
    told = f" {names} {'changes' if is_one else 'change'} the same dimension, and nothing says "
    told += "whether this KPI is moved too"
    own = (
        f"Name {'it' if is_one else 'them'} in the KPI (Also moved by) or give each value case a "
        "KPI of its own, and it is judged."
    )
    if proof.beside is None:
        return (
            f"{told}: what is implied there cannot be added, so the two cannot be compared. Give "
            "each value case a KPI of its own, and it is judged."
            if alters
            else ""
        )
    amount = f"{number(proof.beside.mean)} {written_unit(unit)} ({_ends(proof.beside)})"
    left = f"{told}: if so, as much as is implied there, {amount} of the change is left"
    if alters:
        return f"{left}, and that alters the verdict, so there is none. {own}"
    return f"{left}, and the verdict is the same."


def _ends(interval: Interval) -> str:
    ends = span(interval.low, interval.high)
    return ends if interval.low == interval.high else f"19 times in 20 {ends}"


def _why(seen: Agreement, word: str) -> str:
    """Why nothing can be told, and how long that stays so."""
    reasons = {
        Reason.NO_BEFORE: f"no {word} before the model went live was measured",
        Reason.FEW_BEFORE: f"only {counted(seen.n_before, word)} before the model went live",
        Reason.FEW_AFTER: f"only {counted(seen.n_after, word)} after the model went live",
        Reason.UNEQUAL_PERIODS: "the periods are not equally long",
        Reason.ALL_EQUAL: f"the KPI was the same in every {word} before",
        Reason.NO_NOISE: "the KPI does not scatter, so nothing says how much is chance",
        Reason.SEASON_UNSEEN: f"too few {word}s to tell the change from the season",
        Reason.NOTHING_IMPLIED: "the model implies no change",
        Reason.TOO_NOISY: f"the KPI moves too much from {word} to {word}",
    }
    why = reasons[seen.reason] if seen.reason else "the series is too short"
    if seen.reason is Reason.SEASON_UNSEEN:
        why += "; if it has none, say so in its record (season: none), and it is told sooner"
    if seen.more_periods:
        return f"{why[:1].upper()}{why[1:]}; {counted(seen.more_periods, f'more {word}')} may tell."
    if seen.reason is Reason.TOO_NOISY:
        return f"{why[:1].upper()}{why[1:]}; a year more would not tell either."
    return f"{why[:1].upper()}{why[1:]}."


def link_sentence(label: str, found: Link, word: str) -> str:
    """Whether the KPI moves when a metric moves."""
    strongest = found.strongest
    if strongest is None or not found.is_linked:
        return f"{label}: no link with the KPI that luck would not make ({found.n_pairs} {word}s)."
    way = "the same way" if strongest.correlation > 0 else "the other way"
    later = f"{counted(strongest.lag, word)} later" if strongest.lag else f"in the same {word}"
    return (
        f"{label}: when it moves, the KPI moves {way} {later} (correlation "
        f"{number(strongest.correlation, 2)} over {counted(found.n_pairs, word)}; luck makes as "
        f"much in {percent(found.p_value or 0.0, in_words=True)} of cases). That is no proof."
    )
