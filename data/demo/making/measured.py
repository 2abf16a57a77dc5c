"""What the workshop itself counts: hours at the desk and requests on a wrong bench, every week."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from making.story import INES, SEED, WORKSHOP_FIRST_ON, WORKSHOP_LIVE_ON, Row

if TYPE_CHECKING:
    from making.workshop import Requests, Triage

COUNTED_FROM_ON = date(2024, 1, 1)
NEW_PEOPLE_ON = date(2026, 4, 13)
LEARNING_WEEKS = 20
_MINUTES, _AUDIT_MINUTES, _AUDIT_SHARE = 9.18, 4.0, 0.05
_SPREAD = 0.35  # of the minutes of one request
_WEEK_TO_WEEK = 0.03
_SLOWER = 0.2
_HUMAN_ERROR = 31 / 500
_OPEN_WEEKS = 2  # so long ago every job is closed


def workshop_measured(requests: Requests, triage: Triage, seed: int = SEED) -> list[Row]:
    """Desk hours by the time sheets, and wrong benches by the job cards, per 1,000 requests."""
    rng = np.random.default_rng(seed + 2)
    rows: list[Row] = []
    last_week = int(requests.week.max())
    for week in range(last_week + 1):
        monday = WORKSHOP_FIRST_ON + timedelta(weeks=week)
        in_week = requests.week == week
        automatic = triage.is_automatic[in_week] & (monday >= WORKSHOP_LIVE_ON)
        learning = max(0.0, 1 - (monday - NEW_PEOPLE_ON).days / 7 / LEARNING_WEEKS)
        slower = 1 + _SLOWER * learning * (monday >= NEW_PEOPLE_ON)
        mean = _MINUTES * slower * rng.normal(1.0, _WEEK_TO_WEEK)
        read = rng.lognormal(math.log(mean) - _SPREAD**2 / 2, _SPREAD, len(automatic))
        audited = (rng.random(len(automatic)) < _AUDIT_SHARE) * _AUDIT_MINUTES
        hours = np.where(automatic, audited, read) / 60
        is_missed = rng.random(len(automatic)) < _HUMAN_ERROR
        wrong = np.where(automatic, (triage.job != requests.job)[in_week], is_missed)
        counted = {"desk-hours": (hours, "Time sheets of the desk")}
        if week <= last_week - _OPEN_WEEKS:
            counted["wrong-bench"] = (wrong.astype(float), "Job cards: first bench and last")
        if monday >= COUNTED_FROM_ON:
            rows += [_row(kpi, monday, of, source) for kpi, (of, source) in counted.items()]
    return rows


def _row(kpi_id: str, monday: date, values: np.ndarray, source: str) -> Row:
    return {
        "project": "bike-shop-workshop",
        "kpi_id": kpi_id,
        "period_start": monday,
        "value": float(1000 * values.mean()),
        "granularity": "P1W",
        "group": "all",
        "n": len(values),
        "sum": float(values.sum()),
        "sum_sq": float((values**2).sum()),
        "source": source,
    }


def workshop_events() -> list[Row]:
    """What happened around the workshop, as its people wrote it down."""
    written = (
        ("form", "The form asks for the kind of bike", date(2025, 3, 3), "release", "", ""),
        ("e-bikes", "E-bikes for hire: their requests come through the form", date(2025, 4, 1),
         "other", "", "request-triage"),
        ("spring", "Spring campaign: check before the season", date(2026, 3, 9),
         "campaign", "", ""),
        ("desk", "Two new people at the desk", NEW_PEOPLE_ON, "other", "desk-hours", ""),
    )  # fmt: skip
    return [
        {
            "project": "bike-shop-workshop",
            "event_id": event_id,
            "title": title,
            "happened_at": on,
            "event_type": kind,
            "kpi_id": kpi_id,
            "model_id": model_id,
            "note": f"Written down by {INES}",
            "archived": False,
        }
        for event_id, title, on, kind, kpi_id, model_id in written
    ]


def workshop_targets() -> list[Row]:
    """Targets on the way to the last one, and one beyond it."""
    dated = (
        ("desk-hours", date(2025, 2, 28), 100.0, 120.0, 90.0),
        ("wrong-bench", date(2026, 12, 31), 41.0, None, 38.0),
    )
    return [
        {
            "project": "bike-shop-workshop",
            "kpi_id": kpi_id,
            "target_on": on,
            "target": target,
            "at_least": floor,
            "stretch": stretch,
            "archived": False,
        }
        for kpi_id, on, target, floor, stretch in dated
    ]
