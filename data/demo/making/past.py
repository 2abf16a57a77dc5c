"""What Northlight built before: five projects, with what was estimated first and what they took."""

from __future__ import annotations

from datetime import date

from making.story import BUILDER, Row

_PAST = (
    ("spare-parts", "Spare parts forecast of a bicycle importer", 30, 48, date(2021, 11, 26)),
    ("returns", "Triage of returns at an outdoor shop", 20, 26, date(2022, 4, 8)),
    ("frame-damage", "Damage to frames from photos, for an insurer", 40, 84, date(2022, 10, 28)),
    ("opening-hours", "Visitors by the hour at a bakery chain", 20, 22, date(2023, 1, 20)),
    ("club-letters", "Letters to members of a sports club", 10, 19, date(2023, 5, 12)),
)
"""Short name, title, person-days estimated before any factor, person-days taken, last day."""


def closed_projects() -> list[Row]:
    """The reference class of the wear check, and of every other estimate of the demo."""
    return [
        {
            "project": "bike-shop-wearcheck",
            "closed_id": name,
            "title": title,
            "estimated_days": float(estimated),
            "actual_days": float(taken),
            "outcome": "delivered",
            "closed_on": ended_on,
            "note": f"Time sheets of {BUILDER}",
            "archived": False,
        }
        for name, title, estimated, taken, ended_on in _PAST
    ]
