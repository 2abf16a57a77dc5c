"""Risks that other records of a project speak of, offered to its register."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.planning.team import LeadGap
from mlpm_core.quantity.written import for_everybody
from mlpm_core.records import (
    Deployment,
    Incident,
    Risk,
    RiskCategory,
    RiskStatus,
    Slot,
    TaskCategory,
)
from mlpm_core.services.ingest.editing import Edit, Saved, save_edits
from mlpm_core.services.plan.checks import checks
from mlpm_core.services.plan.team import team

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlpm_core.services.plan.checks import ChecksView
    from mlpm_core.services.plan.team import TeamView
    from mlpm_core.services.session.workspace import Workspace

_EVEN_ODDS: Final = 0.5
_NOBODY: Final = {"", "nobody", "no one", "no-one", "none", "-", "–", "n/a"}
_LEADS: Final = {
    LeadGap.NOBODY: "Nobody leads the project in technical matters: it may fail without a sign.",
    LeadGap.NOT_A_MODELLING_ROLE: "Led by {names}, in no role that builds models: what goes wrong "
    "may be seen too late.",
    LeadGap.NO_DEPTH: "Led by {names}, without depth in data or models: what goes wrong may be "
    "seen too late.",
    LeadGap.NO_DELIVERY: "Led by {names}, with little knowledge of delivery: dates may slip "
    "unseen.",
}


@dataclass(frozen=True, slots=True)
class OfferedRisk:
    """A risk that the register does not have: what may happen, and which records speak of it.

    ``probability`` is a start, to be changed: even odds where nothing was counted.
    """

    risk_id: str
    title: str
    category: RiskCategory
    said_by: str
    probability: float = _EVEN_ODDS
    model_id: str = ""


def offered_risks(workspace: Workspace, project: str) -> tuple[OfferedRisk, ...]:
    """Risks of people, of harm and of models in use that nobody has written down yet.

    One that was written down from an offer is not offered again, archived or not.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    offers = [
        *_of_people(team(workspace, project)),
        *_of_harm(checks(workspace, project)),
    ]
    with workspace.store.reader() as reader:
        risks = reader.current(Risk, project)
        incidents = [
            i
            for i in reader.current(Incident, project)
            if i.started_at.date() <= workspace.today(project)
        ]
        deployed = [d for d in reader.current(Deployment, project) if not d.archived]
    watched = {r.model_id for r in risks if not r.archived and r.status is not RiskStatus.RETIRED}
    in_use = {d.model_id for d in deployed if d.slot is not Slot.SHADOW} - watched
    offers += _of_incidents([i for i in incidents if i.model_id in in_use])
    there = {r.risk_id for r in risks}
    return tuple(offer for offer in offers if offer.risk_id not in there)


@for_everybody()
def write_down(workspace: Workspace, project: str, risk_id: str) -> Saved:
    """Write an offered risk into the register: one batch, to be undone as one.

    Raises
    ------
    NotFoundError
        When there is no such project.
    InputError
        When it is not offered any more.
    """
    offer = next((o for o in offered_risks(workspace, project) if o.risk_id == risk_id), None)
    if offer is None:
        raise InputError(f"{risk_id!r} is not offered any more. Look at the offers again.")
    values: dict[str, Any] = {
        "risk_id": offer.risk_id,
        "title": offer.title,
        "category": offer.category,
        "probability": offer.probability,
        "model_id": offer.model_id,
        "raised_on": workspace.today(project),
    }
    return save_edits(workspace, project, Risk.kind, [Edit(None, values)])


def _of_people(view: TeamView) -> Iterable[OfferedRisk]:
    """What Thompson (2023) says of leaders who do not understand, and work that one person does."""
    if not view.people:
        return
    for gap, sentence in _LEADS.items():
        names = [name for name, found in view.lead_gaps if found is gap]
        if names:
            title = sentence.format(names=" and ".join(names))
            risk_id = f"people-lead-{gap.value}"
            yield OfferedRisk(risk_id, title, RiskCategory.PEOPLE, "the team on Estimate")
    if view.on_one_person:
        work = ", ".join(TaskCategory(row.category).label.lower() for row in view.on_one_person)
        yield OfferedRisk(
            "people-one-person",
            f"Work that one person alone can do stops when they are gone: {work}.",
            RiskCategory.PEOPLE,
            "the team on Estimate",
        )


def _of_harm(view: ChecksView) -> Iterable[OfferedRisk]:
    for harm in view.harms:
        for when, text in (("works", harm.harm_if_works), ("fails", harm.harm_if_fails)):
            if text.strip().rstrip(".").casefold() not in _NOBODY:
                yield OfferedRisk(
                    f"harm-{when}-{harm.check_id}",
                    f"Harm if it {when}: {text.strip()}",
                    RiskCategory.ETHICS_LEGAL,
                    f"the answer to the check {harm.check_id}",
                )


def _of_incidents(incidents: Sequence[Incident]) -> Iterable[OfferedRisk]:
    for model_id, n in sorted(Counter(i.model_id for i in incidents).items()):
        times = "an incident" if n == 1 else f"{n} incidents"
        yield OfferedRisk(
            f"incident-{model_id}",
            f"What went wrong with {model_id} happens again.",
            RiskCategory.PRODUCTION,
            f"{times} of this model",
            model_id=model_id,
        )
