"""What the airport desk would do with the flags, in numbers, and the value by hand.

The story: passengers of a flight flagged as late are told hours before and may rebook for free.
The mechanism is M1, targeted intervention; its "customer" is a flight with its passengers. Only
the number of flights is data. Everything else is assumed for this test, with the reason beside it.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.real.flights import MODEL, Scored

PROJECT, CASE = "nyc-flights", "late-alerts"


class Stated(NamedTuple):
    """A quantity as it is written, and why."""

    written: str
    reason: str


POPULATION = 327_346
UPTAKE = 0.9
CAPACITY = 58_400
ACCEPTANCE = 0.25
CUSTOMER_VALUE = 1200
INCENTIVE = 150
CONTACT_COST = 40
CONTACT_MINUTES = 20
NON_CHURNER_ACCEPTANCE = 0.15
ANNOYANCE = 0.05
# What is known before the first month in life; monitoring replaces it month by month.
PRECISION, RECALL, PREVALENCE = 0.400, 0.385, 0.236

QUANTITIES = {
    "population": Stated(
        str(POPULATION), "counted: flights of 2013 with a known arrival, not cancelled or diverted"
    ),
    "prevalence": Stated(
        str(PREVALENCE), "counted: flights of January to March 15 minutes late or more"
    ),
    "precision": Stated(str(PRECISION), "measured: held-out days of January to March"),
    "recall": Stated(str(RECALL), "measured: held-out days of January to March"),
    "uptake": Stated(str(UPTAKE), "assumed: 1 flag in 10 comes too late to tell anybody"),
    "capacity": Stated(str(CAPACITY), "assumed: the desk manages 160 flights a day, 365 days"),
    "acceptance": Stated(
        str(ACCEPTANCE), "assumed: of the late flights told about, 1 in 4 causes no loss any more"
    ),
    "customer_value": Stated(
        f"{CUSTOMER_VALUE} USD", "assumed: 120 passengers at 10 USD of claims and lost connections"
    ),
    "incentive": Stated(f"{INCENTIVE} USD", "assumed: 10 passengers rebook, 15 USD each"),
    "contact_cost": Stated(f"{CONTACT_COST} USD", "assumed: messages and a third of a desk hour"),
    "contact_minutes": Stated(
        f"{CONTACT_MINUTES} min", "assumed: the same third of a desk hour, as time"
    ),
    "non_churner_acceptance": Stated(
        str(NON_CHURNER_ACCEPTANCE), "assumed: passengers of 3 in 20 punctual flights rebook too"
    ),
    "annoyance": Stated(str(ANNOYANCE), "assumed: 1 needless alert in 20 brings complaints"),
}


def records(kind: str) -> list[dict[str, str]]:
    """What is planned, as rows of the registers or of a CSV file."""
    return {
        "projects": [
            {
                "project": PROJECT,
                "title": "Late flights from New York",
                "question": "Fewer passengers stranded: tell them before a flight is late.",
                "currency": "USD",
                "clock_on": "2014-01-06",
            }
        ],
        "models": [
            {
                "project": PROJECT,
                "model_id": MODEL,
                "purpose": "Flags flights that will arrive 15 minutes late or more.",
            }
        ],
        "value_cases": [
            {
                "project": PROJECT,
                "value_case_id": CASE,
                "title": "Alerts to passengers",
                "mechanism": "targeted_intervention",
                "model_id": MODEL,
            }
        ],
        "quantities": [
            {
                "project": PROJECT,
                "value_case_id": CASE,
                "name": name,
                "written": stated.written,
                "source": stated.reason,
            }
            for name, stated in QUANTITIES.items()
        ],
    }[kind]


def contacts_a_year(precision, recall, prevalence):
    """Flights told about if every month were like this one, before the desk's capacity."""
    tp = POPULATION * prevalence * recall
    fp = tp * (1 - precision) / precision
    return UPTAKE * (tp + fp)


def value_rate(precision, recall, prevalence, minimum=min):
    """USD a week by hand: M1 of the mechanism catalogue, line by line.

    Shares may be numbers or, with an element-wise ``minimum``, arrays of draws.
    """
    contacts = minimum(CAPACITY, contacts_a_year(precision, recall, prevalence))
    tp_acted = contacts * precision
    fp_acted = contacts * (1 - precision)
    revenue = ACCEPTANCE * CUSTOMER_VALUE * tp_acted
    cost_saving = -(
        CONTACT_COST * contacts
        + INCENTIVE * (ACCEPTANCE * tp_acted + NON_CHURNER_ACCEPTANCE * fp_acted)
    )
    return (revenue + cost_saving) * 7 / 365.25


BREAK_EVEN_PRECISION = (INCENTIVE * NON_CHURNER_ACCEPTANCE + CONTACT_COST) / (
    ACCEPTANCE * (CUSTOMER_VALUE - INCENTIVE) + INCENTIVE * NON_CHURNER_ACCEPTANCE
)


def shares(scored: Scored) -> list[tuple[float, float, float]]:
    """Precision, recall and prevalence of each month, from its counts."""
    return [(m.tp / m.n_flagged, m.tp / m.n_late, m.n_late / m.n_flights) for m in scored.months]
