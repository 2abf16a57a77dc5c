"""What running the models cost, and the weeks in which chance kept goods on the planners' rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from making.story import LAST_DAY_ON, LIVE_ON, SEED, WORKSHOP_LIVE_ON, Array, Row

if TYPE_CHECKING:
    from making.workshop import Requests

HOLDOUT_ON, HOLDOUT_WEEKS = date(2025, 9, 1), 26
HELD_OUT = 22
"""Goods that keep the planners' rule in a week, of 108; every Monday chance names them anew."""
ORDERED = 1.45
"""Orders are so many times the forecast: dear to be without, cheap to keep for a day."""
MARGIN = 5.0  # EUR a unit that was asked for and not there
_WEEKS_PER_YEAR = 365.25 / 7
_HOSTING_PER_REQUEST = 0.05


def holdout(forecast: Array, planners: Array, actual: Array, seed: int = SEED) -> list[Row]:
    """Margin lost to stock-outs per SKU and week, by what the order of that week was made with.

    Parameters
    ----------
    forecast, planners, actual : array of shape (n_skus, n_days)
        The first column is ``LIVE_ON``, a Monday.
    """
    rng = np.random.default_rng(seed + 3)
    n_skus = len(actual)
    rows: list[Row] = []
    for week in range(HOLDOUT_WEEKS):
        monday = HOLDOUT_ON + timedelta(weeks=week)
        first = (monday - LIVE_ON).days
        days = slice(first, first + 7)
        is_held = np.zeros(n_skus, dtype=bool)
        is_held[rng.permutation(n_skus)[:HELD_OUT]] = True
        used = np.where(is_held[:, None], planners[:, days], forecast[:, days])
        lost = MARGIN * np.maximum(0.0, actual[:, days] - ORDERED * used).sum(axis=1)
        for group, mine in (("treated", lost[~is_held]), ("holdout", lost[is_held])):
            rows.append(
                {
                    "project": "bike-shop-demand",
                    "kpi_id": "stock-out-margin",
                    "period_start": monday,
                    "value": float(mine.mean() * n_skus * _WEEKS_PER_YEAR),
                    "granularity": "P1W",
                    "group": group,
                    "n": len(mine),
                    "sum": float(mine.sum()),
                    "sum_sq": float((mine**2).sum()),
                    "source": "Tills and orders; a case is one SKU in one week",
                }
            )
    return rows


def demand_costs() -> list[Row]:
    """Bills of the demand model, as the accounts have them."""
    model = {"project": "bike-shop-demand", "model_id": "demand-forecast"}
    years = [(LIVE_ON, date(2025, 6, 30)), (date(2025, 7, 1), date(2026, 6, 30))]
    rows = [
        model | _bill(*year, "licence", amount, "Northlight Analytics, support")
        for year, amount in zip(years, (9_600.0, 9_900.0), strict=True)
    ]
    rows += [model | _bill(*m, "inference", 185.0, "hosting") for m in _months(LIVE_ON)]
    rows.append(
        model | _bill(date(2026, 3, 2), date(2026, 3, 15), "incident", 4_300.0, "ERP update")
    )
    return rows


def workshop_costs(requests: Requests) -> list[Row]:
    """Bills of the triage: hosting by the request, relabelling, the yearly support."""
    model = {"project": "bike-shop-workshop", "model_id": "request-triage"}
    rows = []
    for first, last in _months(WORKSHOP_LIVE_ON):
        from_day, to_day = ((on - date(2023, 9, 4)).days for on in (first, last + timedelta(1)))
        n = int(((requests.day >= from_day) & (requests.day < to_day)).sum())
        cost = round(n * _HOSTING_PER_REQUEST, 2)
        rows.append(model | _bill(first, last, "inference", cost, f"{n} requests"))
    for first, last in _months(date(2025, 6, 1)):
        if first.month in (6, 12):
            rows.append(model | _bill(first, last, "labelling", 640.0, "300 requests read again"))
    rows.append(
        model
        | _bill(WORKSHOP_LIVE_ON, date(2025, 8, 31), "licence", 2_400.0, "support, first year")
    )
    rows.append(
        model
        | _bill(date(2025, 9, 1), date(2026, 8, 31), "licence", 2_400.0, "support, second year")
    )
    return rows


def _months(since: date) -> list[tuple[date, date]]:
    """First and last day of every month from a day's on, up to the last that ended."""
    months, first = [], since
    while True:
        following = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
        if following > LAST_DAY_ON + timedelta(days=1):
            return months
        months.append((first, following - timedelta(days=1)))
        first = following


def _bill(first: date, last: date, cost_type: str, amount: float, item: str) -> Row:
    return {
        "period_start": first,
        "period_end": last,
        "cost_type": cost_type,
        "amount": amount,
        "currency": "EUR",
        "item": item,
        "is_estimate": False,
    }
