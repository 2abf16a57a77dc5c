"""The section Scheduled sources of the Imports screen: how each stands, and what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.records import record_of
from mlpm_core.services.ingest import source_states
from mlpm_core.services.ingest.source_states import Outcome, interval
from pages.parts.common import queries
from pages.parts.common.format import counted, day_and_time, inner, listed, literal, plain

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from mlpm_core.services.ingest.source_states import SourceRun, SourceState
    from pages.parts.common.format import Colour

_GOOD: tuple[str, str, Colour] = ("up to date", ":material/check_circle:", "green")
_BADGES: dict[Outcome, tuple[str, str, Colour]] = {
    Outcome.UNREAD: ("could not be read", ":material/error:", "red"),
    Outcome.FAILED: ("failed", ":material/error:", "red"),
    Outcome.REJECTED: ("rejected", ":material/error:", "red"),
    Outcome.ASKED: ("asks a question", ":material/help:", "orange"),
    Outcome.UNDONE: ("undone", ":material/undo:", "orange"),
    Outcome.EMPTY: ("no rows", ":material/info:", "gray"),
}
_MOST_SHOWN = 5


def section(project: str) -> None:
    """The sources of a project, the newest run of each; nothing where none is configured."""
    there = queries.workspace()
    if there.moment is not None:  # how they stand now is no part of a past moment
        return
    file = source_states.source_file(there.settings)
    now = there.now()
    standing = [s for s in source_states.states(there.settings, now) if s.project == project]
    if not standing and not file.faults:
        return
    st.header("Scheduled sources", anchor=False)
    if file.faults:
        faults = "\n".join(f"- {literal(fault)}" for fault in file.faults)
        st.warning(f"What is written wrong is not read; all other sources are.\n\n{faults}")
    with st.grid(2, min_column_width=330):
        for state in standing:
            with st.container(border=True, height="stretch"):
                _card(state, now)


def _card(state: SourceState, now: datetime) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(state.name)}**", width="content")
        if state.last is None:
            st.badge("not read yet", icon=":material/schedule:", color="gray")
        else:
            word, icon, colour = _BADGES.get(state.last.outcome, _GOOD)
            st.badge(word, icon=icon, color=colour)
        if state.is_late:
            st.badge("late", icon=":material/schedule:", color="orange")
    if state.last is not None:
        st.markdown(sentence(state.last))
        if said := details(state.last):
            st.markdown(said)
    st.caption(setup(state))
    st.caption(times(state, now))
    if state.last is not None and state.last.batch:
        st.button(
            f"Open the receipt of {state.last.batch}",
            key=f"source_{state.name}",
            icon=":material/receipt_long:",
            type="tertiary",
            on_click=_show,
            args=(state.last.batch,),
        )


def _show(batch: str) -> None:
    st.session_state["batch"] = batch


def setup(state: SourceState) -> str:
    """What a source brings, from where and how often."""
    what = inner(record_of(state.kind).plural)
    return f"Brings {what} every {interval(state.every)} from {literal(state.reads)}."


def sentence(run: SourceRun) -> str:
    """How a run ended, and what to do about it."""
    others = counted(run.n_stored, "other file")
    stored = f" {others} {'was' if run.n_stored == 1 else 'were'} stored." if run.n_stored else ""
    match run.outcome:
        case Outcome.STORED:
            return f"{counted(run.n_stored, 'file')} stored; the newest batch is {run.batch}."
        case Outcome.UNCHANGED:
            return "Nothing new: all that it gives is imported already."
        case Outcome.EMPTY:
            return "Its query gave no rows, so nothing was stored."
        case Outcome.UNDONE:
            batches = listed(sorted({f.batch for f in run.files if f.batch}))
            return (
                f"What it gives was imported as {batches} and undone. It stays out until its "
                f"content changes; to bring it back, upload the file.{stored}"
            )
        case Outcome.ASKED:
            return (
                f"{counted(len(run.questions), 'question')} first; nothing is stored of a file "
                "before its questions are answered. Write the answer under `answers` of this "
                f"source in `sources.toml`.{stored}"
            )
        case Outcome.REJECTED | Outcome.FAILED:
            return (
                "Not every file could be taken as it is; nothing is stored of one that could not."
                f"{stored}"
            )
        case _:
            nothing = "" if run.n_stored else ", and nothing was stored"
            return f"It could not be read{nothing}: {literal(run.reason)}{stored}"


def details(run: SourceRun) -> str:
    """The faults and questions of a run, one a line."""
    lines = [f"- {literal(f'{each.file}: {fault}')}" for each in run.files for fault in each.faults]
    lines = [*lines[:_MOST_SHOWN], *_left(len(lines))]
    for question in run.questions:
        choices = f" Choices: {literal(', '.join(question.choices))}." if question.choices else ""
        lines.append(f"- {literal(question.message)} Key: {literal(question.key)}.{choices}")
    return "\n".join(lines)


def _left(n: int) -> list[str]:
    return [f"- and {plain(n - _MOST_SHOWN)} more"] if n > _MOST_SHOWN else []


def times(state: SourceState, now: datetime) -> str:
    """When it was read last, how long ago, and when it is read next."""
    said = []
    if state.last is not None:
        age = about(now - state.last.ended_at)
        said.append(f"Last read {moment(state.last.ended_at)}, {age} ago.")
        if state.is_failing:
            good = state.last.succeeded_at
            said.append(
                "It never succeeded."
                if good is None
                else f"It last succeeded {moment(good)}, {about(now - good)} ago."
            )
    if state.due_at is None:
        said.append("This copy of MLPM only reads, so it is not read again.")
    elif state.due_at <= now:
        said.append("It is due now.")
    else:
        said.append(f"Next {moment(state.due_at)}.")
    return " ".join(said)


def moment(when: datetime) -> str:
    """A moment in UTC, to the minute."""
    return f"{day_and_time(when)} UTC"


def about(time: timedelta) -> str:
    """A length of time in its largest unit.

    Examples
    --------
    >>> from datetime import timedelta
    >>> about(timedelta(seconds=20)), about(timedelta(hours=36)), about(timedelta(days=9))
    ('less than a minute', '36 hours', '9 days')
    """
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return counted(minutes, "minute")
    hours = minutes // 60
    return counted(hours, "hour") if hours < 48 else counted(hours // 24, "day")
