"""The pieces of the Brief screen: what is known, who wants what, and the form to write it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.quantity import Dimension
from mlpm_core.records import Area, Confidence, record_of
from mlpm_core.services.ingest import editing
from pages.parts.common import (
    commands,
    forms,
    panels,
    printing,
    queries,
    registers,
    saving,
    work,
)
from pages.parts.common import (
    record_form as editors,
)
from pages.parts.common.cache import made_once
from pages.parts.common.format import ICONS, NOTHING, counted, day, listed, literal, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.records import Record
    from mlpm_core.services.plan.briefs import BriefView, FindingView, StakeholderView

PARTS = {
    "findings": "Finding",
    "stakeholders": "Stakeholder",
    "projects": "Hypothesis",
    "requirements": "Requirement",
    "interactions": "Meeting",
    "delivery_promises": "Promise",
}
_NAMED_BY = {
    "findings": "statement",
    "stakeholders": "name",
    "requirements": "asked",
    "interactions": "interaction_id",
    "delivery_promises": "what",
}
_PROJECT = "**The project**  \n:gray[Average of those asked, weighted by influence]"


def sentence(view: BriefView) -> str:
    """Whether it is understood what is wanted, and what stands in the way."""
    if view.is_empty:
        return f"**{literal(view.title)}**: nothing has been found out yet, and nobody was asked."
    progress = "no finding is written down yet"
    if view.findings:
        progress = (
            f"{len(view.settled)} of {counted(len(view.findings), 'finding')} checked or proven"
        )
    unasked = view.n_areas_unasked
    pairs = len(view.conflicts)
    counts = [
        (len(view.open_blockers), f"{counted(len(view.open_blockers), 'blocker')} open"),
        (unasked, f"{counted(unasked, 'area')} without any question"),
        (
            len(view.not_asked),
            f"{counted(len(view.not_asked), 'stakeholder')} not yet asked what matters",
        ),
        (
            pairs,
            "1 pair of stakeholders wants different things"
            if pairs == 1
            else f"{pairs} pairs of stakeholders want different things",
        ),
    ]
    parts = [progress] + [words for n, words in counts if n]
    answer = "understood, as far as was asked" if view.is_understood else "not understood yet"
    return f"**{literal(view.title)}** is **{answer}**: {listed(parts)}."


def first_step(view: BriefView) -> str:
    """What to write down first."""
    if view.first_missing == "projects":
        return (
            "Start with the hypothesis: what the stakeholders want to improve, and how the system "
            "will do it."
        )
    return (
        "No stakeholder is named yet. Start with the person who holds the budget: what they want, "
        "why, and how much each of the five dimensions matters to them."
    )


def hypothesis(view: BriefView) -> None:
    """What the stakeholders want to improve and how the system will do it, and who answers."""
    if not view.hypothesis:
        return
    with st.container(border=True):
        st.markdown(f":material/lightbulb: {literal(view.hypothesis)}")
        owner = literal(view.owner or "nobody yet")
        st.caption(f"The hypothesis: what should improve, and how. Owner: {owner}.")


def kpis(view: BriefView) -> None:
    """What to do about KPIs: agree a proxy, or find one at all."""
    if not view.kpi_notes:
        return
    colour = "orange" if view.has_kpi else "red"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            "  \n".join(f":{colour}[:material/flag:] {literal(note)}" for note in view.kpi_notes)
        )
        st.page_link(
            "plan/find_kpi.py",
            label="Look at it" if view.has_kpi else "Find a KPI",
            icon=":material/explore:",
            query_params=panels.here(),
        )


def warnings(view: BriefView) -> None:
    """What the records show to be missing."""
    if view.warnings:
        st.warning("  \n".join(map(literal, view.warnings)), icon=":material/warning:")


@made_once
def by_area(view: BriefView) -> pd.DataFrame:
    """The findings of each area by confidence, for their chart."""
    surest_first = list(reversed(Confidence))
    return pd.DataFrame(
        [
            {
                "area": Area(area.area).label,
                "confidence": confidence.capitalize(),
                "rank": rank,
                "findings": area.by_confidence[confidence],
            }
            for area in view.areas
            for rank, confidence in enumerate(surest_first)
        ]
    )


def areas(view: BriefView) -> str:
    """What the chart of the areas shows."""
    n = len(view.findings)
    drawn = {Confidence.PROVEN: " (full)", Confidence.UNKNOWN: " (hollow)"}
    levels = [
        f"{sum(f.confidence is confidence for f in view.findings)} {confidence}"
        f"{drawn.get(confidence, '')}"
        for confidence in reversed(Confidence)
    ]
    return f"{counted(n, 'finding')}: {', '.join(levels)}. Areas with open blockers come first."


def area_sentences(view: BriefView) -> None:
    """Each area in words, with a sign of how it stands."""
    for area in view.areas:
        if area.n_blockers:
            sign = ":red[:material/block:]"
        elif area.share == 1:
            sign = ":green[:material/check_circle:]"
        else:
            sign = ":gray[:material/help:]"
        st.markdown(f"{sign} {literal(area.sentence)}")


def open_questions(view: BriefView) -> None:
    """What is unknown or assumed, with who finds it out and by when."""
    if not view.open_questions:
        st.caption("None. Every finding is checked or proven.")
        return
    printing.table(
        _open_questions(view),
        hide_index=True,
        column_config={"Question": st.column_config.TextColumn(width="large")},
        alt="Open questions with their area, confidence, owner and date, blockers first",
    )


@made_once
def _open_questions(view: BriefView) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Question": [f.statement for f in view.open_questions],
            "Area": [f.area.label for f in view.open_questions],
            "Confidence": [_standing(f) for f in view.open_questions],
            "Owner": [f.owner or NOTHING for f in view.open_questions],
            "Due": [_due(f) for f in view.open_questions],
        }
    )


def settled(view: BriefView) -> None:
    """What is checked or proven, with what it rests on; built when opened."""
    if not view.settled:
        return
    n = counted(len(view.settled), "finding")
    with st.expander(
        f"{n} checked or proven", icon=":material/task_alt:", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        printing.table(
            pd.DataFrame(
                {
                    "Finding": [f.statement for f in view.settled],
                    "Area": [f.area.label for f in view.settled],
                    "Confidence": [f.confidence.value for f in view.settled],
                    "Rests on": [f.evidence or NOTHING for f in view.settled],
                    "Found on": [day(f.found_on) for f in view.settled],
                    "Owner": [f.owner or NOTHING for f in view.settled],
                }
            ),
            hide_index=True,
            column_config={"Finding": st.column_config.TextColumn(width="large")},
            alt="Findings that are checked or proven, with what they rest on",
        )


def _standing(finding: FindingView) -> str:
    return f"{finding.confidence}, blocker" if finding.is_blocker else finding.confidence.value


def _due(finding: FindingView) -> str:
    return f"{day(finding.due_on)}, overdue" if finding.is_overdue else day(finding.due_on)


def stakeholders(view: BriefView) -> None:
    """Who has a say and how they weigh the five dimensions, with the project's weights below."""
    if not view.stakeholders:
        st.caption("No stakeholder is named yet.")
        return
    printing.rows(
        _stakeholders(view),
        alt="Stakeholders with their influence and what each dimension weighs for them",
    )
    st.caption(
        "Influence and interest go from 1 to 5. Each stakeholder has 100 points for the five "
        "dimensions; a third or more is highlighted."
    )


@made_once
def _stakeholders(view: BriefView) -> pd.DataFrame:
    rows = [
        {
            "Stakeholder": _person(s),
            "Influence": str(s.influence),
            "Interest": str(s.interest),
            **_points(s.weights),
        }
        for s in view.stakeholders
    ]
    if view.weights is not None:
        rows.append(
            {"Stakeholder": _PROJECT, "Influence": "", "Interest": "", **_points(view.weights)}
        )
    return pd.DataFrame(rows)


def _person(who: StakeholderView) -> str:
    cell = f"**{literal(who.name)}**"
    if who.role:
        cell += f" :gray[{literal(who.role)}]"
    if who.has_veto:
        cell += " :orange-badge[:material/pan_tool: veto]"
    if who.weights is None:
        cell += " :gray-badge[:material/help: not asked yet]"
    return f"{cell}  \n{literal(who.wants)}" if who.wants else cell


def _points(weights: Mapping[Dimension, float] | None) -> dict[str, str]:
    """A cell of each dimension, in their order."""
    return {
        f"{ICONS[dimension]} {dimension.label}": NOTHING
        if weights is None
        else _weight(weights[dimension])
        for dimension in Dimension
    }


def _weight(weight: float) -> str:
    points = plain(weight * 100)
    if weight >= 1 / 3:
        return f":primary-background[**{points}**]"
    return points if weight else f":gray[{points}]"


def conflicts(view: BriefView) -> None:
    """The pairs who want different things: shown, not averaged away."""
    if not view.conflicts:
        if view.weights is not None:
            st.caption("No two of the stakeholders asked disagree.")
        return
    st.header("Where stakeholders disagree", anchor=False)
    by_name = {s.name: s for s in view.stakeholders}
    for conflict in view.conflicts:
        with st.container(border=True):
            st.markdown(f":material/call_split: {literal(conflict.sentence)}")
            vetoes = [name for name in conflict.names if by_name[name].has_veto]
            if vetoes:
                can = listed([literal(name) for name in vetoes])
                st.caption(f"Can stop the project alone: {can}.")
    st.caption(
        "The row “The project” is only an average, and an average settles no disagreement. Agree "
        "with both, or decide whose wish comes first."
    )


def form(project: str, view: BriefView) -> None:
    """Add or change a finding, a stakeholder or the hypothesis; what is missing comes first."""
    chosen = work.part(PARTS, project, view.first_missing or "findings")
    if chosen == "projects":
        _hypothesis_form(project, view)
    elif chosen:
        _record_form(project, record_of(chosen))


def _record_form(project: str, record: type[Record]) -> None:
    rows = queries.records(project, record.kind)
    changed = registers.record_in_view(record, rows, named_by=_NAMED_BY[record.kind])
    filled = editors.record_form(record, project, changed)
    editors.save_record(filled, page="plan/brief.py", where=work.OPENED)


def _hypothesis_form(project: str, view: BriefView) -> None:
    form = forms.opened(
        f"brief_{project}",
        (project, "projects", "hypothesis"),
        dict(view.project),
        {"question": view.hypothesis, "owner": view.owner},
        lambda read: saving.news(project, "projects", read),
    )
    form.head()
    text = st.text_area(
        "Hypothesis",
        help="What the stakeholders want to improve, and how the system will do it.",
        key=form.key("question"),
        on_change=form.note,
    )
    owner = st.text_input(
        "Owner",
        help="Who answers for the project.",
        key=form.key("owner"),
        live=forms.LIVE,
        on_change=form.note,
    )
    typed = form.remember({"question": text or "", "owner": owner or ""})
    edits = [editing.Edit(form.read, typed)]
    result = saving.offered(
        form,
        project,
        typed,
        lambda: st.button("Save", type="primary", icon=":material/save:"),
        lambda: commands.save_edits(project, "projects", edits),
    )
    if result is None:
        return
    message = f"Saved as {result.receipt.batch}.{saving.kept(form, result)}"
    form.done()
    commands.say_and_rerun(message, result.receipt)
