"""The checks on their screen: what a phase asks and what blocks it, documents due, rebuilds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.records import Phase
from mlpm_core.services.plan.checks import CheckState
from pages.parts.common import controls, printing
from pages.parts.common.format import NOTHING, counted, day, listed, literal, number, percent
from pages.parts.plan.phases import elsewhere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.plan.checks import Check, ChecksView, RebuildScore

_STATES = {
    CheckState.UNANSWERED: "not answered",
    CheckState.INCOMPLETE: "incomplete: something it needs is empty",
    CheckState.OLD: "too old: answer again",
    CheckState.OTHER_VERSION: "about another version: answer again",
    CheckState.NO: "no",
    CheckState.PARTIAL: "in part",
    CheckState.YES: "yes",
    CheckState.NOT_APPLICABLE: "does not apply",
}


def phase(of_project: Phase) -> str:
    """The phase whose checks are shown; the project's own comes first."""
    others = [p for p in Phase if p is not of_project and p is not Phase.NONE]
    first = {of_project.value: f"{of_project.label} (now)"} if of_project else {}
    return controls.choose("Phase", first | {p.value: p.label for p in others}, "phase")


def stance(view: ChecksView) -> None:
    """What the system does with a prediction, and what happens when it fails."""
    if said := elsewhere(view.phase):
        st.caption(said)
    project = view.project
    autonomy = project.autonomy.value or "nobody has said yet"
    policy = literal(project.failure_policy) or "nobody has said yet"
    data = literal(project.data_version) or "not named, so no answer grows stale by it"
    st.markdown(
        f":material/robot_2: Autonomy: **{autonomy}**  \n"
        f":material/emergency_home: While it is down or not sure: **{policy}**  \n"
        f":material/database: Version of the data in use: **{data}**"
    )


def blocking(view: ChecksView) -> None:
    """The gates that hold the phase."""
    st.caption(
        "A gate is a question that must be answered with yes, or not apply, before the phase is "
        "left. It is open until then."
    )
    if not view.blocking:
        st.caption("No gate of this phase is open.")
        return
    with st.container(border=True):
        st.markdown(
            "  \n".join(
                f":red[:material/block:] {literal(c.question.question)} "
                f":gray[{literal(c.question.pack)}, {_STATES[c.state]}]"
                for c in view.blocking
            )
        )


def packs(view: ChecksView) -> None:
    """Every question of the phase, pack by pack, built when opened."""
    by_pack: dict[str, list[Check]] = {}
    for check in view.checks:
        by_pack.setdefault(check.question.pack, []).append(check)
    for pack, checks in by_pack.items():
        settled = sum(c.state.is_settled for c in checks)
        title = f"{literal(pack)}: {settled} of {len(checks)} settled"
        with st.expander(title, on_change="rerun", key=f"pack_{pack}") as opened:
            if opened.open:
                _table(checks)


def _table(checks: Sequence[Check]) -> None:
    printing.table(
        pd.DataFrame(
            {
                "Question": [c.question.question for c in checks],
                "Answer": [_STATES[c.state] for c in checks],
                "Gate": ["gate" if c.question.is_gate else "" for c in checks],
                "Answered": [day(c.result.answered_on) if c.result else NOTHING for c in checks],
                "By": [c.result.reviewer if c.result else "" for c in checks],
                "Evidence": [_evidence(c) for c in checks],
                "Short name": [c.question.check_id for c in checks],
                "Source": [_source(c) for c in checks],
            }
        ),
        hide_index=True,
        column_config={"Question": st.column_config.TextColumn(width="large")},
        alt="Questions of a pack with their answers, gates marked, and where they come from",
    )


def _evidence(check: Check) -> str:
    result = check.result
    if result is None:
        return NOTHING
    return "; ".join(filter(None, (result.evidence, result.reason))) or NOTHING


def _source(check: Check) -> str:
    question = check.question
    read = f", read {day(question.checked_on)}" if question.checked_on else ""
    return f"{question.source}{', ' + question.ref if question.ref else ''}{read}"


def harms(view: ChecksView) -> None:
    """Who is harmed if the system works, and who if it fails."""
    for harm in view.harms:
        st.markdown(
            f":material/diversity_3: Harmed if it works: {literal(harm.harm_if_works or NOTHING)}  "
            f"\nHarmed if it fails: {literal(harm.harm_if_fails or NOTHING)}"
        )


def readiness(view: ChecksView) -> None:
    """The readiness score: the weakest section, each section beside it."""
    score = view.readiness
    sections = [f"{name} {number(points)} of {n}" for name, points, n in score.sections]
    weakest = listed([literal(name) for name in score.weakest])
    st.markdown(f"Readiness **{number(score.score)}**, held down by {weakest}.")
    st.caption(
        f"{', '.join(sections)}. The score is the least of the sections, never their mean (ML Test "
        "Score): 1 point for a yes that a machine checks again and again, 1/2 for one by hand."
    )


def documents(view: ChecksView) -> None:
    """Documents that somebody needs by a day."""
    st.header("Documents due", anchor=False)
    if not view.documents:
        st.caption("None. A task of the category Documents with a day stands here until done.")
        return
    printing.table(
        pd.DataFrame(
            {
                "Document": [t.title for t in view.documents],
                "Due": [
                    day(t.due_on) + (", overdue" if t.due_on and t.due_on < view.day else "")
                    for t in view.documents
                ],
                "Owner": [t.owner or "nobody yet" for t in view.documents],
                "Person-days, even odds": [
                    NOTHING if t.p50 is None else number(t.p50) for t in view.documents
                ],
            }
        ),
        hide_index=True,
        alt="Documents with their day, owner and effort, the next one first",
    )


def rebuilds(view: ChecksView) -> None:
    """Whether each model could be built again; red when nobody ever did."""
    st.header("Could we build it again?", anchor=False)
    if not (view.rebuilds or view.not_kept):
        st.caption("No model is kept yet. Add it and what it was made from as artefacts.")
    if view.rebuilds:
        st.caption(
            "One point each: all that it was made from is kept; all of it has a digest, a "
            "fingerprint that shows whether a file was changed; and it was built again with the "
            "same result."
        )
    for name in view.not_kept:
        st.markdown(
            f":red[:material/block:] **{literal(name)}** is in use, and nothing of it is kept here."
        )
    for score in view.rebuilds:
        colour, icon = ("green", "check_circle") if score.points == 3 else ("orange", "warning")
        if not score.is_rebuilt:
            colour, icon = "red", "block"
        st.markdown(
            f":{colour}[:material/{icon}:] **{literal(score.artefact_id)}**: {score.points} of 3. "
            f"{_rebuilt(score)} {_parts(score)}"
        )


def _rebuilt(score: RebuildScore) -> str:
    last = score.last
    if last is None:
        return "It was never built again."
    if last.rebuilt is None:
        return f"It could not be built again on {day(last.attempted_on)}."
    if last.original is None:
        return f"It was built again on {day(last.attempted_on)}, with nothing to compare it to."
    verdict = "within" if score.is_rebuilt else "outside"
    metric = f" {literal(last.metric)}" if last.metric else ""
    return (
        f"Built again on {day(last.attempted_on)}:{metric} {number(last.rebuilt, 4)} against "
        f"{number(last.original, 4)}, {verdict} the tolerance of {percent(last.tolerance, 1)}."
    )


def _parts(score: RebuildScore) -> str:
    if not score.has_parents:
        return "Nothing says what it was made from."
    words = []
    if score.missing:
        words.append(f"Not kept: {listed([literal(n) for n in score.missing])}.")
    if score.without_digest:
        n = counted(len(score.without_digest), "artefact")
        words.append(f"{n} without a digest: {listed([literal(a) for a in score.without_digest])}.")
    return " ".join(words) or "All that it was made from is kept, with a digest."
