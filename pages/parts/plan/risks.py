"""The register of risks on its screen: what is at risk, who was not told, what needs a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.records import Phase, RiskStatus, record_of
from pages.parts.common import (
    charts,
    controls,
    files,
    panels,
    printing,
    queries,
    registers,
    work,
)
from pages.parts.common import record_form as editors
from pages.parts.common.cache import made_once
from pages.parts.common.format import (
    NOTHING,
    counted,
    day,
    listed,
    literal,
    number,
    percent,
    spread,
)
from pages.parts.plan import risks_charts

if TYPE_CHECKING:
    from mlpm_core.services.plan.checks import ChecksView
    from mlpm_core.services.plan.risks import AtRisk, RisksView, RiskView

PAGE = "plan/risks.py"
FORMS = {
    "risks": "Risk",
    "risk_reviews": "Review",
    "check_results": "Answer to a check",
    "check_questions": "Own question",
    "artefacts": "Artefact",
    "rebuilds": "Rebuild",
    "tasks": "Document or task",
}
_NAMED_BY = {"risks": "title", "tasks": "title", "check_questions": "question"}


def sentence(view: RisksView, asked: ChecksView) -> str:
    """What is at risk now against the start, what nobody was told, and what blocks the phase."""
    parts = [_at_risk(view), _told(view), _blocked(asked)]
    return f"**{literal(view.title)}**: {' '.join(filter(None, parts))}"


def _at_risk(view: RisksView) -> str:
    if not view.risks:
        return "no risk is written down yet, which does not mean that there is none."
    now, start = view.weeks[-1], view.weeks[0]
    if now.n == 0:
        return "**nothing is at risk any more** of what was written down."
    if now.n_unsized == now.n:
        n = counted(now.n, "risk")
        return f"{n} can still happen, and nobody has said what any of them would take."
    are = "is" if _amount(now, view) == "1 person-day" else "are"
    parts = [f"on average **{_amount(now, view)} {are} at risk** now."]
    if start.day < now.day:
        parts.append(_at_start(start, view))
    return " ".join([*parts, *_left_out(now)])


def _amount(of: AtRisk, view: RisksView) -> str:
    """Days, and money where any of it is known."""
    days = "1 person-day" if number(of.days) == "1" else f"{number(of.days)} person-days"
    return days if of.n_unpriced == of.n else f"{days} and {view.currency} {number(of.money)}"


def _at_start(start: AtRisk, view: RisksView) -> str:
    on = f"On {day(start.day)}"
    if start.n == 0:
        return f"{on} none of these risks was there yet."
    if start.n_unsized == start.n:
        return f"{on} no risk was there of which anybody has said what it would take."
    return f"{on} it was {_amount(start, view)}."


def _left_out(now: AtRisk) -> list[str]:
    """What the days and the money of today do not count."""
    parts = []
    if now.n_unsized:
        parts.append(f"That leaves out {counted(now.n_unsized, 'risk')} without a size.")
    if now.n_unpriced == now.n:
        parts.append("Nobody wrote down what these person-days cost, so no money is given.")
    elif now.n_unpriced > now.n_unsized:
        n = counted(now.n_unpriced - now.n_unsized, "risk")
        parts.append(f"The money leaves out {n} whose person-days have no cost.")
    return parts


def _told(view: RisksView) -> str:
    quiet = len(view.kept_quiet)
    if quiet:
        return f"Nobody outside the team was told of **{counted(quiet, 'risk')}** for over a week."
    if all(r.record.status is RiskStatus.RETIRED for r in view.risks):
        return ""
    return "Stakeholders know of every risk that still stands and is older than a week."


def _blocked(asked: ChecksView) -> str:
    if asked.phase is Phase.NONE:
        return "Nobody has said in which phase the project is, so no gate can be told of it."
    n, phase = len(asked.blocking), literal(asked.phase.label)
    if not n:
        return f"No gate is open in the phase {phase}."
    return f"**{counted(n, 'gate')}** of the phase {phase} {'is' if n == 1 else 'are'} open."


def warnings(view: RisksView) -> None:
    """Risks that nobody was told of, and reviews that are overdue."""
    lines = [
        f"No stakeholder was told: {r.record.title} ({_kept(r)}). Say it while they can still help."
        for r in view.kept_quiet
    ]
    lines += [
        f"Review overdue since {day(r.record.review_on)}: {r.record.title}." for r in view.overdue
    ]
    if lines:
        st.warning("  \n".join(map(literal, lines)), icon=":material/warning:")


def _kept(risk: RiskView) -> str:
    days = risk.shared.kept_days
    return "nobody wrote down since when" if days is None else f"for {counted(days, 'day')}"


def burn_down(view: RisksView) -> None:
    """What is at risk week by week, in days or money."""
    if len(view.weeks) < 2:
        return
    st.header("At risk, week by week", anchor=False)
    units = {"days": "Person-days", "money": f"Money, {view.currency}"}
    unit = controls.segments("Unit", units, "unit", default="days") or "days"
    frame = _weeks(view, unit)
    shown = (
        "Probability times mean impact, added up over all risks, from the newest review of each. "
        "A risk counts from the day it was raised to the day it was retired with evidence; what it "
        "would take is as it stands now. An average is no promise: the risks of the estimate have "
        "their whole spread."
    )
    charts.draw(frame, risks_charts.burn_down(f"{units[unit]} at risk"), shown, grade=files.PLANNED)


@made_once
def _weeks(view: RisksView, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": pd.to_datetime([w.day for w in view.weeks]),
            "on": [day(w.day) for w in view.weeks],
            "at_risk": [w.days if unit == "days" else w.money for w in view.weeks],
            "risks": [w.n for w in view.weeks],
            "unsized": [w.n_unsized if unit == "days" else w.n_unpriced for w in view.weeks],
        }
    )


def register(view: RisksView) -> None:
    """Every risk with what it puts at risk, who knows, and when it is looked at next."""
    st.header("Risks", anchor=False)
    if not view.risks:
        st.caption("None is written down yet. Ask everybody on the team what worries them most.")
        return
    printing.table(
        _register(view),
        hide_index=True,
        column_config={"Risk": st.column_config.TextColumn(width="medium")},
        alt="Risks with what they put at risk, whether they were shared, and their next review",
    )
    reasons = {
        f"{r.record.title}: {r.at_risk.reason}"
        for r in view.risks
        if r.at_risk is not None and r.at_risk.reason
    }
    if reasons:
        st.caption("  \n".join(literal(reason) for reason in sorted(reasons)))


@made_once
def _register(view: RisksView) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Risk": [r.record.title for r in view.risks],
            "Status": [_status(r) for r in view.risks],
            "Probability": [
                NOTHING if r.probability is None else percent(r.probability) for r in view.risks
            ],
            "Person-days at risk": [_figure(r, "days") for r in view.risks],
            f"At risk, {view.currency}": [_figure(r, "money") for r in view.risks],
            "Shared": [_shared(r) for r in view.risks],
            "Next review": [_review(r) for r in view.risks],
            "Last review": [_last_review(r) for r in view.risks],
            "Owner": [r.record.owner or NOTHING for r in view.risks],
            "Response": [_response(r) for r in view.risks],
            "In life": [_in_life(r) for r in view.risks],
            "Evidence": [r.record.evidence or NOTHING for r in view.risks],
        }
    )


def _status(risk: RiskView) -> str:
    record = risk.record
    if record.status is RiskStatus.RETIRED:
        return f"retired {day(record.retired_on)}"
    return record.status.value


def _figure(risk: RiskView, which: str) -> str:
    value = None if risk.at_risk is None else getattr(risk.at_risk, which)
    return NOTHING if value is None else number(value)


def _shared(risk: RiskView) -> str:
    shared = risk.shared
    if shared.since is None:
        return "not yet"
    after = "" if shared.kept_days is None else f", after {counted(shared.kept_days, 'day')}"
    return f"since {day(shared.since)}{after}"


def _review(risk: RiskView) -> str:
    on = risk.record.review_on
    if on is None:
        return NOTHING
    return f"{day(on)}, overdue" if risk.is_review_overdue else day(on)


def _last_review(risk: RiskView) -> str:
    review = risk.last_review
    if review is None:
        return "never"
    by = f" by {review.reviewed_by}" if review.reviewed_by else ""
    note = f": {review.note}" if review.note else ""
    return f"{day(review.reviewed_on)}{by}{note}"


def _response(risk: RiskView) -> str:
    """What is done about it, and whether that spares more days than it takes."""
    record = risk.record
    words = record.response.value or "not decided"
    if record.mitigation:
        words += f": {record.mitigation}"
    words += _which_counts(risk)
    if risk.spared_days is None:
        return words
    words += f"; spares {number(risk.spared_days)} days on average"
    if record.mitigation_days is None:
        return words
    verdict = ", more than it spares" if risk.is_mitigation_dear else ""
    return f"{words}, takes {number(record.mitigation_days)}{verdict}"


def _which_counts(risk: RiskView) -> str:
    """Whether the probability before or after the mitigation counts, here and in the estimate."""
    record, made = risk.record, risk.mitigation
    residual = record.residual_probability
    if record.status is not RiskStatus.OPEN or residual is None or risk.probability is None:
        return ""
    now, after = percent(risk.probability), percent(residual)
    if made.done_on:
        if risk.probability == residual:
            return f"; done {day(made.done_on)}, so {after} counts"
        return f"; done {day(made.done_on)} to make it {after}, and by a review since {now} counts"
    if residual > risk.probability:
        after += ", which is more,"
    if made.unknown:
        return f"; {now} counts, for the plan has no task {listed(made.unknown)}"
    if made.dropped:
        was = "was" if len(made.dropped) == 1 else "were"
        return f"; {now} counts, for {listed(made.dropped)} {was} dropped"
    if made.undated:
        return f"; {now} counts, for nobody wrote down when {listed(made.undated)} ended"
    if made.tasks:
        verb = "is" if len(made.tasks) == 1 else "are"
        return f"; {now} counts, and {after} once {listed(made.tasks)} {verb} done"
    return f"; {now} counts, and {after} once tasks are named as its mitigation and done"


def _in_life(risk: RiskView) -> str:
    told = risk.in_life
    if told is None:
        return NOTHING
    likely = spread(told.low * 100, told.high * 100)
    n = counted(told.n_incidents, "incident")
    years = number(told.years, 2)
    return f"{percent(told.probability)} a year ({likely}%), {n} in {years} years of use"


def form(project: str, view: RisksView) -> None:
    """Add or change a risk, a review, an answer, a question, an artefact or a rebuild."""
    chosen = work.part(FORMS, project, "risks")
    if chosen is None:
        return
    record = record_of(chosen)
    if record.kind == "risk_reviews" and not view.risks:
        st.caption("A review needs a risk: write one down first.")
        return
    rows = queries.records(project, record.kind)
    changed = registers.record_in_view(record, rows, named_by=_NAMED_BY.get(record.kind, ""))
    filled = editors.record_form(record, project, changed)
    editors.save_record(filled, page=PAGE, where=work.OPENED)


def upload_link() -> None:
    """Where a whole register comes in as a file."""
    st.page_link(
        "data/upload.py",
        label=f"Upload {listed(['risks', 'reviews', 'answers'])} as files",
        icon=":material/upload_file:",
        query_params=panels.here(kind="risks"),
    )
