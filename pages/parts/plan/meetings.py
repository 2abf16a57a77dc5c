"""The pieces of the Brief screen on stakeholders: who was met, shown and answered, and the pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.services.plan.meetings import WINDOW_DAYS, EarlyState
from pages.parts.common import printing
from pages.parts.common.cache import made_once
from pages.parts.common.format import (
    NOTHING,
    counted,
    day,
    figure,
    listed,
    literal,
    number,
    plain,
    span,
)
from pages.parts.plan import brief_queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.plan.meeting_pack import MeetingPack
    from mlpm_core.services.plan.meetings import ContactView, MeetingsView
    from mlpm_core.services.valuation.kpis import KpiValue

_MOST_LINES = 6


def sentence(view: MeetingsView) -> str:
    """Who waits, how long ago the last demo was, and which questions are open."""
    if not view.contacts:
        return "No stakeholder is named yet, so there is nobody to keep in touch with."
    waiting = [literal(c.name) for c in view.due]
    wait = "nobody waits longer than was agreed"
    if waiting:
        wait = (
            f"**{listed(waiting)}** {'waits' if len(waiting) == 1 else 'wait'} longer than agreed"
        )
    elif all(c.contact_every_days is None for c in view.contacts):
        wait = "nobody agreed with a stakeholder how often they hear of the project"
    demo = "no demo yet"
    if view.demo_days is not None:
        demo = f"{counted(view.demo_days, 'day')} since the last demo"
    asked = "no question is open"
    if view.questions:
        oldest = counted(view.questions[0].age_days, "day")
        asked = f"{counted(len(view.questions), 'open question')}, the oldest for {oldest}"
    text = f"{wait}; {demo}; {asked}."
    return text[:1].upper() + text[1:]


def alarms(view: MeetingsView) -> None:
    """What is wrong with keeping in touch; nothing when all is well."""
    lines = []
    if view.is_demo_due:
        since = "since the work began" if view.demo_days is None else "since the last demo"
        days = view.known_days if view.demo_days is None else view.demo_days
        lines.append(f"{counted(days or 0, 'day')} {since}: show something, at most 14 days apart.")
    if view.contacts and view.never_shown:
        lines.append(f"Never shown anything: {listed(list(view.never_shown))}.")
    if view.contacts:
        lines += _early(view)
    if lines:
        st.warning("  \n".join(map(literal, lines)), icon=":material/notifications:")


def _early(view: MeetingsView) -> list[str]:
    early = view.early
    if early.state in (EarlyState.PLANNED, EarlyState.DONE):
        return []
    until = f"the first ten working days end on {day(early.until_on)}"
    if not early.is_start_planned:
        until += ", counted from today as no start is planned"
    what = {
        EarlyState.NONE: "No early result is planned: mark a task as one",
        EarlyState.UNDATED: f"The early result “{early.title}” has no due day",
        EarlyState.LATE: f"The early result “{early.title}” is not on time ({day(early.due_on)})",
    }[early.state]
    return [f"{what}; {until}."]


def contacts(view: MeetingsView) -> None:
    """Every stakeholder: last contact, time given, days to answer, how content they are."""
    if not view.contacts:
        return
    printing.table(
        _contacts(view),
        hide_index=True,
        column_config={
            "Content, 1 to 5": st.column_config.LineChartColumn(y_min=1, y_max=5, width="small")
        },
        alt="Stakeholders with last contact, agreed rhythm, days to answer, minutes and content",
    )
    text = "Days to answer is the median from question to answer."
    if view.n_meetings:
        text += (
            f" A meeting pack was sent before {view.n_prepared} of "
            f"{counted(view.n_meetings, 'meeting')}."
        )
    st.caption(text)


@made_once
def _contacts(view: MeetingsView) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Stakeholder": [c.name for c in view.contacts],
            "Last contact": [_last(c) for c in view.contacts],
            "Agreed": [_agreed(c) for c in view.contacts],
            "Days to answer": [_answers(c) for c in view.contacts],
            f"Minutes in {WINDOW_DAYS} days": [_minutes(c) for c in view.contacts],
            "Content, 1 to 5": [list(c.content) for c in view.contacts],
            "Last said": [str(c.content[-1]) if c.content else NOTHING for c in view.contacts],
        }
    )


def _last(contact: ContactView) -> str:
    if contact.days_since is None:
        return "never"
    late = ", too long ago" if contact.is_due else ""
    return f"{counted(contact.days_since, 'day')} ago{late}"


def _agreed(contact: ContactView) -> str:
    every = contact.contact_every_days
    rhythm = NOTHING if every is None else f"every {counted(every, 'day')}"
    return f"{rhythm}, {contact.channel}" if contact.channel else rhythm


def _answers(contact: ContactView) -> str:
    still = f", {contact.n_open} open" if contact.n_open else ""
    if contact.answer_days is None:
        return f"{NOTHING}{still}"
    return f"{number(contact.answer_days)} (of {contact.n_answered}{still})"


def _minutes(contact: ContactView) -> str:
    untimed = f", {contact.n_untimed} not timed" if contact.n_untimed else ""
    return f"{plain(contact.minutes)}{untimed}"


def questions(view: MeetingsView) -> None:
    """What is not answered yet, the oldest first."""
    if not view.questions:
        return
    printing.table(
        _questions(view),
        hide_index=True,
        alt="Questions of meetings that have no answer, the oldest first",
    )


@made_once
def _questions(view: MeetingsView) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Open since a meeting": [q.question for q in view.questions],
            "With": [q.stakeholder for q in view.questions],
            "Asked": [day(q.asked_on) for q in view.questions],
            "Age": [counted(q.age_days, "day") for q in view.questions],
        }
    )


def feedback(view: MeetingsView) -> None:
    """What was shown to whom, and what they said to it, the newest first."""
    if not view.feedback:
        return
    printing.table(
        _feedback(view),
        hide_index=True,
        alt="What was shown to whom and what they said to it, the newest first",
    )
    n = view.unanswered_demos
    if n:
        st.caption(
            f"{counted(n, 'time')} something was shown and nobody wrote down what they said."
        )


@made_once
def _feedback(view: MeetingsView) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Day": [day(f.happened_on) for f in view.feedback],
            "With": [f.stakeholder for f in view.feedback],
            "How": [f.kind for f in view.feedback],
            "What was shown": [f.shown or NOTHING for f in view.feedback],
            "What they said": [f.said or NOTHING for f in view.feedback],
        }
    )


def pack(project: str, view: MeetingsView) -> None:
    """One page for the next meeting with a stakeholder, to read, print or download."""
    if not view.contacts:
        return
    with st.expander(
        "Meeting pack: one page for the next meeting",
        icon=":material/description:",
        on_change="rerun",
    ) as opened:
        if not opened.open:
            return
        names = {c.stakeholder_id: c.name for c in view.contacts}
        chosen = st.selectbox("With whom", list(names), format_func=lambda who: names[who])
        text = pack_text(brief_queries.meeting_pack(project, chosen))
        st.code(text, language=None, wrap_lines=True)
        st.download_button(
            "Download as text",
            text,
            file_name=f"{project}-meeting-{view.day.isoformat()}.txt",
            mime="text/plain",
            icon=":material/download:",
            on_click="ignore",
        )


def pack_text(pack: MeetingPack) -> str:
    """The page as plain text; a long list ends with how many more there are."""
    since = f"since {day(pack.since)}" if pack.since else "since the start (never met before)"
    state = [pack.hypothesis or "No hypothesis is written down yet."]
    state += [f"{pack.n_settled} of {pack.n_findings} findings are checked or proven."]
    state += [_kpi(kpi) for kpi in pack.kpis] or ["No KPI is named yet."]
    if pack.needed_by_on:
        state.append(f"Needed by {day(pack.needed_by_on)}.")
    asked = [f"{text} (open for {counted(age, 'day')})" for text, age in pack.questions]
    parts = [
        ("State", state, ""),
        (f"What changed {since}", pack.changes, "Nothing is written down."),
        ("What we need decided", pack.decisions, "Nothing."),
        ("Open questions between us", asked, "None."),
        ("Risks you have not heard of from us", pack.risks, "None that are written down."),
    ]
    head = f"{pack.title}\nMeeting with {pack.stakeholder}, prepared on {day(pack.day)}"
    wants = [f"You want: {pack.wants}"] if pack.wants else []
    return "\n".join([head, *wants, *(_part(*part) for part in parts)])


def _part(title: str, lines: Sequence[str], nothing: str) -> str:
    shown = [f"- {line}" for line in lines[:_MOST_LINES]] or [f"- {nothing}"]
    if len(lines) > _MOST_LINES:
        shown.append(f"- and {len(lines) - _MOST_LINES} more on the Brief screen")
    return "\n".join(["", title.upper(), *shown])


def _kpi(kpi: KpiValue) -> str:
    goal = "" if kpi.target is None else f", target {figure(kpi.target, kpi.unit)}"
    goal += f" by {day(kpi.target_on)}" if kpi.target_on and goal else ""
    for word, level in (("implied by the model now", kpi.current), ("as planned", kpi.planned)):
        if level is not None:
            likely = span(level.p10, level.p90)
            value = f"{figure(level.mean, kpi.unit)} (likely {likely}), {word}"
            as_of = f" on {day(kpi.as_of.last_on)}" if kpi.as_of and level is kpi.current else ""
            return f"{kpi.title}: {value}{as_of}{goal}."
    return f"{kpi.title}: not available{goal}. {kpi.reason or ''}".strip()
