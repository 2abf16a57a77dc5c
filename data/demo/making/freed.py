"""What became of the hours: those the triage freed at the desk, and planners desk by desk."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from making.story import SEED, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

FREED_FROM_ON = date(2025, 6, 30)
_BEFORE = 153.0  # desk hours per 1,000 requests by hand, the KPI's baseline
_WENT = {"backlog": 0.41, "overtime": 0.07, "staffing": 0.15, "elsewhere": 0.3}
_FROM_WEEK_TO_WEEK = 0.12

PANEL_FROM_ON, PANEL_MONTHS = date(2024, 1, 1), 18
DESKS = (
    "Altstadt", "Bahnhof", "Brink", "Fischmarkt", "Hafen", "Heide", "Kanal", "Linden", "Markt",
    "Moor", "Nordpark", "Ostring", "Quai", "Seeblick", "Steintor", "Suedstadt", "Uferweg", "Werft",
)  # fmt: skip
WAVES = ((date(2024, 7, 1), 6), (date(2024, 10, 1), 4), (date(2025, 1, 1), 3))
LAST_WAVE_ON = date(2025, 7, 7)
_LEVEL, _DESK_SD, _MONTH_SD, _NOISE_SD = 17.0, 1.6, 0.5, 0.7
_FALLS = (1.2, 2.0, 2.6)
"""What planners really save after one month, two, and from then on; the plan said 4.9."""


def workshop_freed(measured: Sequence[Row], seed: int = SEED) -> list[Row]:
    """Hours that the desk worked less than by hand, week by week, and where Ines says they went.

    Parameters
    ----------
    measured : sequence of dict
        Desk hours by the time sheets, of all requests of a week.
    """
    rng = np.random.default_rng(seed + 7)
    rows: list[Row] = []
    for row in measured:
        if row["kpi_id"] != "desk-hours" or row["period_start"] < FREED_FROM_ON:
            continue
        freed = round(_BEFORE * row["n"] / 1000 - row["sum"], 1)
        went = {
            place: round(2 * freed * share * rng.normal(1, _FROM_WEEK_TO_WEEK)) / 2
            for place, share in _WENT.items()
        }
        rows.append(
            {
                "project": "bike-shop-workshop",
                "value_case_id": "request-triage",
                "period_start": row["period_start"],
                "granularity": "P1W",
                "freed": freed,
                "source": "Time sheets against the desk diary of May 2024; Ines Varga's Fridays",
            }
            | went
        )
    return rows


def planner_rollout(seed: int = SEED) -> list[Row]:
    """Planner hours per 1,000 order decisions of each ordering desk, month by month."""
    rng = np.random.default_rng(seed + 8)
    order = rng.permutation(len(DESKS)).tolist()  # chance names who is trained first
    waves = [on for on, n in WAVES for _ in range(n)]
    began = {DESKS[desk]: waves[i] if i < len(waves) else LAST_WAVE_ON
             for i, desk in enumerate(order)}  # fmt: skip
    months = [date(PANEL_FROM_ON.year + m // 12, m % 12 + 1, 1) for m in range(PANEL_MONTHS)]
    of_month = rng.normal(0, _MONTH_SD, len(months))
    rows: list[Row] = []
    for desk in DESKS:
        level = rng.normal(_LEVEL, _DESK_SD)
        for month, common in zip(months, of_month, strict=True):
            since = 12 * (month.year - began[desk].year) + month.month - began[desk].month
            fall = _FALLS[min(since, len(_FALLS) - 1)] if month >= began[desk] else 0.0
            rows.append(
                {
                    "project": "bike-shop-demand",
                    "kpi_id": "planner-hours",
                    "unit_id": desk,
                    "period_start": month,
                    "value": round(level + float(common) - fall + rng.normal(0, _NOISE_SD), 2),
                    "granularity": "P1M",
                    "live_on": began[desk],
                    "source": "Time sheets of the ordering desks",
                }
            )
    return rows
