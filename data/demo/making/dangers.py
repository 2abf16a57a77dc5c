"""What could go wrong in each project, and what people thought of it from review to review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from making.story import BUILDER, CLOCK_ON, INES, JONAS, MARA, PIA, TOM, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

DEMAND, WORKSHOP = "bike-shop-demand", "bike-shop-workshop"
WINBACK, WEARCHECK = "bike-shop-winback", "bike-shop-wearcheck"
AMAL = "Dr. Amal Rahmani"


@dataclass(frozen=True, slots=True)
class Danger:
    """A risk with its reviews: (day, how likely it then seemed, what changed).

    ``days`` are person-days at P10, P50 and P90, empty when nobody sized it. ``gone`` is the day
    it was retired on, with what shows it.
    """

    risk_id: str
    title: str
    category: str
    probability: float
    days: tuple[float, ...]
    owner: str
    raised_on: date
    shared_on: date | None
    response: str
    mitigation: str
    reviews: tuple[tuple[date, float, str], ...] = ()
    gone: tuple[date, str] | None = None
    review_on: date | None = None
    delay_share: float = 1.0
    day_rate: float | None = None
    fixed_cost: float = 0.0
    model_id: str = ""


KICK_OFF = date(2023, 8, 21)
OF_DEMAND = (
    Danger("engineer-lost", "The data engineer leaves before the series are clean", "people",
           0.1, (5, 10, 20), BUILDER, KICK_OFF, KICK_OFF, "reduce",
           "A second one reads along from the first week",
           ((date(2023, 10, 16), 0.1, "No sign of it"),
            (date(2023, 11, 27), 0.2, "An offer from elsewhere; she told us"),
            (date(2023, 12, 18), 0.05, "She stays; the second one has built a series alone")),
           (date(2024, 1, 22), "Series handed over and run by the second engineer on 2024-01-19"),
           day_rate=560.0),
    Danger("erp-update", "The ERP changes what it delivers, and the forecast is fed wrong numbers",
           "platform", 0.25, (2, 4, 8), PIA, KICK_OFF, date(2023, 9, 4), "transfer",
           "Standby since April 2026; the ERP team is asked to announce updates",
           ((date(2023, 11, 6), 0.25, "Release notes read: nothing about sales"),
            (date(2024, 2, 19), 0.35, "A release before the season is planned"),
            (date(2024, 4, 15), 0.2, "The release came, the interface held"),
            (date(2025, 1, 20), 0.1, "Half a year in life without an incident"),
            (date(2025, 9, 15), 0.05, "Fourteen months without one: nobody looks any more"),
            (date(2026, 3, 2), 1.0, "It happened: pieces became boxes of ten"),
            (date(2026, 3, 16), 0.6, "Back on the forecast; the next update is not announced"),
            (date(2026, 4, 13), 0.3, "Standby contract, and a way back that was rehearsed"),
            (date(2026, 5, 18), 0.5, "It happened again, small, mitigated in 35 minutes"),
            (date(2026, 6, 15), 0.3, "Input check for pack units is in test")),
           review_on=date(2026, 7, 13), delay_share=0.5, day_rate=560.0,
           model_id="demand-forecast"),
    Danger("history-short", "The sales reach back less far than was promised", "data",
           0.2, (3, 6, 12), PIA, KICK_OFF, date(2023, 9, 4), "investigate",
           "Count the days for each SKU first",
           ((date(2023, 9, 18), 0.1, "All but two shops counted"),),
           (date(2023, 10, 9), "Days counted for each SKU: none missing since June 2022"),
           delay_share=0.8, day_rate=560.0),
    Danger("late-acceptance", "Planners accept the proposals late, for the season has begun",
           "stakeholder", 0.3, (3, 8, 15), TOM, KICK_OFF, KICK_OFF, "reduce",
           "Show proposals of one shop early, and agree on the test before it",
           ((date(2024, 1, 29), 0.4, "The season will have begun by then"),
            (date(2024, 5, 13), 0.2, "Two mornings with the planners"),
            (date(2024, 6, 17), 0.05, "Two weeks beside the planners go well")),
           (date(2024, 6, 28), "Accepted by Tom Okafor on 2024-06-28"), day_rate=0.0),
    Danger("stock-outs-unmarked", "Days without stock teach the model too small a demand", "data",
           0.35, (4, 7, 14), PIA, date(2024, 4, 8), date(2024, 4, 8), "reduce",
           "Mark such days once the tills report them",
           ((date(2025, 1, 20), 0.3, "The tills of two shops report them"),
            (date(2026, 1, 19), 0.2, "Nine of fourteen shops report them"),
            (date(2026, 6, 15), 0.15, "Twelve of fourteen")),
           review_on=date(2026, 9, 14), model_id="demand-forecast"),
    Danger("never-retrained", "Two years without retraining: a season the model has not seen",
           "model", 0.1, (3, 5, 10), BUILDER, date(2025, 7, 7), date(2025, 7, 14), "reduce",
           "Retrain each January, and compare with the planners' rule",
           ((date(2026, 1, 19), 0.2, "Budget for it was moved to the autumn"),),
           review_on=date(2026, 6, 1), model_id="demand-forecast"),
    Danger("one-person", "Pia Holm alone knows the interface and the forecast", "people",
           0.15, (5, 12, 25), MARA, date(2026, 6, 8), None, "",
           "", review_on=date(2026, 7, 13)),
)  # fmt: skip
OF_WORKSHOP = (
    Danger("form-unused", "Customers go on calling, and the form stays empty", "stakeholder",
           0.3, (4, 8, 16), INES, date(2024, 6, 17), date(2024, 6, 24), "reduce",
           "The form is on every receipt",
           ((date(2024, 9, 16), 0.1, "Nine in ten requests come by the form"),),
           (date(2024, 11, 18), "Counted over ten weeks: 94% of requests come by the form")),
    Danger("names-in-texts", "Texts hold names, and are kept longer than allowed", "ethics_legal",
           0.4, (2, 4, 8), AMAL, date(2024, 6, 24), date(2024, 6, 24), "avoid",
           "Delete after 90 days",
           ((date(2024, 7, 22), 0.2, "Deletion is built, not yet switched on"),),
           (date(2024, 8, 5), "Deletion after 90 days runs; sample of 300 texts of 2024-08-05")),
    Danger("e-bike-drift", "E-bikes take over, and their riders write motor for everything",
           "model", 0.3, (6, 12, 25), PIA, date(2025, 11, 3), date(2025, 11, 17), "reduce",
           "Retrain with the texts of 2026",
           ((date(2026, 2, 23), 0.6, "28% of the jobs are e-bikes"),
            (date(2026, 4, 27), 0.85, "The error has left its limits"),
            (date(2026, 6, 22), 0.9, "40% of the jobs; no retraining without the labels")),
           review_on=date(2026, 7, 20), model_id="request-triage"),
    Danger("labels-lost", "The labels of 2024 stay lost, and are made again by hand", "data",
           0.5, (8, 15, 30), BUILDER, date(2026, 3, 16), date(2026, 4, 27), "investigate",
           "Look through the laptops of 2024",
           ((date(2026, 4, 27), 0.7, "Not on the share, nor in the backup"),
            (date(2026, 6, 1), 0.8, "The date promised for finding them has passed")),
           review_on=date(2026, 6, 22), fixed_cost=1_500.0, model_id="request-triage"),
)  # fmt: skip
OF_WINBACK = (
    Danger("consent-missing", "Letters go to members who never agreed", "ethics_legal",
           0.3, (2, 4, 8), JONAS, date(2026, 3, 30), date(2026, 3, 30), "avoid",
           "Join the consent flag before anything else", (),
           (date(2026, 4, 14), "Consent flag joined: 4,000 members without it left out")),
    Danger("districts-left-out", "Distance leaves whole districts without letters", "ethics_legal",
           0.4, (3, 6, 15), AMAL, date(2026, 6, 18), date(2026, 6, 18), "investigate",
           "Count letters by district", review_on=date(2026, 7, 15)),
    Danger("vouchers-of-the-loyal", "Vouchers go to members who would have bought anyway",
           "commercial", 0.5, (1, 2, 4), JONAS, date(2026, 5, 11), date(2026, 5, 18), "reduce",
           "Keep a group without letters", review_on=date(2026, 9, 14), fixed_cost=12_000.0),
)  # fmt: skip
OF_WEARCHECK = (
    Danger("nobody-labels", "Nobody has the hours to label 6,000 photos", "people",
           0.6, (10, 15, 28), INES, date(2026, 6, 9), date(2026, 6, 9), "investigate",
           "A lighthouse with 600 photos first", review_on=date(2026, 8, 31)),
    Danger("other-lamps", "Photos of other lamps look like wear", "data",
           0.4, (3, 6, 12), INES, date(2026, 6, 16), date(2026, 6, 23), "reduce",
           "The same lamp for each bench", review_on=date(2026, 8, 15)),
)  # fmt: skip

OF_PROJECTS = {
    "demand": OF_DEMAND,
    "workshop": OF_WORKSHOP,
    "winback": OF_WINBACK,
    "wearcheck": OF_WEARCHECK,
}
"""By the folder of a project."""


def risks_of(project: str, dangers: Sequence[Danger], day: date = CLOCK_ON) -> list[Row]:
    """The register of a project at the start of a day."""
    return [_risk(project, d, day) for d in dangers if d.raised_on <= day]


def reviews_of(project: str, dangers: Sequence[Danger]) -> list[Row]:
    """Every review, those of a risk one after the other."""
    return [
        {
            "project": project,
            "risk_id": danger.risk_id,
            "reviewed_on": day,
            "probability": probability,
            "reviewed_by": danger.owner,
            "note": note,
            "archived": False,
        }
        for danger in dangers
        for day, probability, note in danger.reviews
    ]


def demand_risks(day: date = CLOCK_ON) -> list[Row]:
    """The register of the demand forecast at the start of a day."""
    return risks_of(DEMAND, OF_DEMAND, day)


def demand_reviews() -> list[Row]:
    """Its reviews, from the kick-off to the last month in life."""
    return reviews_of(DEMAND, OF_DEMAND)


def _risk(project: str, danger: Danger, day: date) -> Row:
    row: Row = {
        "project": project,
        "risk_id": danger.risk_id,
        "title": danger.title,
        "category": danger.category,
        "probability": danger.probability,
        "delay_share": danger.delay_share,
        "day_rate": danger.day_rate,
        "fixed_cost": danger.fixed_cost,
        "response": danger.response,
        "mitigation": danger.mitigation,
        "owner": danger.owner,
        "raised_on": danger.raised_on,
        "review_on": danger.review_on,
        "shared_on": danger.shared_on,
        "status": "open",
        "model_id": danger.model_id,
        "archived": False,
    }
    row |= dict(zip(("p10", "p50", "p90"), map(float, danger.days), strict=False))
    if danger.gone is None or danger.gone[0] > day:
        return row
    return row | {"status": "retired", "retired_on": danger.gone[0], "evidence": danger.gone[1]}
