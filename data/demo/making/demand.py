"""Demand: what was sold, and what the two forecasts said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from making.story import (
    BACKTEST_ON,
    DAILY_FROM_ON,
    FAULT_ON,
    FAULT_VOLUME_SHARE,
    FIRST_SALE_ON,
    KINDS_OF_GOODS,
    LIVE_ON,
    LOGGED_FROM_ON,
    PACK_SIZE,
    REPEAT_ON,
    REPEAT_VOLUME_SHARE,
    RESENT_DAYS,
    ROLLED_BACK_ON,
    SEED,
    WARM_UP_DAYS,
    Array,
    Row,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sales:
    """Daily sales of all shops together; arrays have one row per SKU, one column per day.

    ``promo`` and ``price`` (relative to the list price) are known in advance, units are not.
    """

    first_on: date
    units: Array
    promo: Array
    price: Array
    goods: NDArray[np.int64]
    list_price: Array

    def day(self, on: date) -> int:
        """The column of a calendar day."""
        return (on - self.first_on).days


def generated_sales(n_skus: int, n_days: int, seed: int = SEED) -> Sales:
    """Sales with season, weekday, trend, promotions, weather and chance.

    Parameters
    ----------
    n_skus : int
        A quarter of them are bikes, which are few and dear; the others are parts.
    n_days : int
        Days from ``FIRST_SALE_ON`` on.
    seed : int
        Seed of all chance in it.
    """
    rng = np.random.default_rng(seed)
    n_bikes = n_skus // 4
    goods = np.concatenate([rng.integers(0, 2, n_bikes), rng.integers(2, 7, n_skus - n_bikes)])
    is_bike = goods < 2
    level = np.where(
        is_bike, rng.lognormal(math.log(1.6), 0.35, n_skus), rng.lognormal(3.5, 0.5, n_skus)
    )
    list_price = np.where(
        is_bike,
        np.where(goods == 1, 1900.0, 560.0) * rng.lognormal(0, 0.2, n_skus),
        rng.lognormal(math.log(8.5), 0.45, n_skus),
    )
    days = np.arange(n_days)
    of_year = (FIRST_SALE_ON.timetuple().tm_yday - 1 + days) / 365.25 * 2 * math.pi
    of_week = (FIRST_SALE_ON.weekday() + days) % 7
    peak = np.array([2.1, 2.1, 2.4, 2.7, 2.8, 5.9, 3.0])[
        goods
    ]  # radians: April, lights in December
    swing = np.array([0.5, 0.45, 0.4, 0.25, 0.2, 0.5, 0.3])[goods]
    season = np.exp(swing[:, None] * np.cos(of_year[None, :] - peak[:, None]))
    weekday = np.array([0.85, 0.85, 0.9, 0.95, 1.15, 1.6, 0.7])[of_week]
    saturday = np.where(of_week == 5, 1 + 0.35 * is_bike[:, None], 1.0)
    trend = np.exp(rng.normal(0.02, 0.04, n_skus)[:, None] * days[None, :] / 365.25)

    weeks = n_days // 7 + 1
    promo = np.repeat(rng.random((n_skus, weeks)) < 0.08, 7, axis=1)[:, :n_days].astype(float)
    price = 1 - promo * rng.uniform(0.1, 0.25, n_skus)[:, None]
    lift = np.exp(promo * rng.normal(0.5, 0.08, n_skus)[:, None])

    weather = _slow_noise(rng, 1, n_days, memory=0.6, spread=0.07)
    fashion = _slow_noise(rng, n_skus, n_days, memory=0.97, spread=0.12)
    chance = rng.gamma(1 / 0.22**2, 0.22**2, (n_skus, n_days))
    expected = level[:, None] * season * weekday * saturday * trend * lift
    units = rng.poisson(expected * np.exp(weather + fashion) * chance).astype(float)
    return Sales(FIRST_SALE_ON, units, promo, price, goods, list_price)


def _slow_noise(
    rng: np.random.Generator, n_rows: int, n_days: int, *, memory: float, spread: float
) -> Array:
    """An AR(1) series per row whose standard deviation is ``spread``."""
    noise = rng.normal(0, spread * math.sqrt(1 - memory**2), (n_rows, n_days))
    noise[:, 0] = rng.normal(0, spread, n_rows)
    for day in range(1, n_days):
        noise[:, day] += memory * noise[:, day - 1]
    return noise


def usual_units(seen: Array, day: int) -> Array:
    """Mean daily units of the last four weeks, plus a half so that it is never zero."""
    return seen[:, day - 28 : day].mean(axis=1) + 0.5


def features(sales: Sales, seen: Array, day: int) -> Array:
    """What the model knows the night before a day, one row per SKU.

    Parameters
    ----------
    sales : Sales
        For what is known in advance: calendar, price, promotion.
    seen : array of shape (n_skus, n_days)
        Units as the interface delivered them; only columns before ``day`` are read.
    day : int
        The day to forecast.
    """
    usual = usual_units(seen, day)
    lags = [
        seen[:, day - 1],
        seen[:, day - 7],
        seen[:, day - 7 : day].mean(axis=1),
        seen[:, [day - 7, day - 14, day - 21, day - 28]].mean(axis=1),
    ]
    angle = (sales.first_on + timedelta(days=day)).timetuple().tm_yday / 365.25 * 2 * math.pi
    calendar = [(sales.first_on.weekday() + day) % 7, math.sin(angle), math.cos(angle)]
    return np.column_stack(
        [
            *((lag + 0.5) / usual for lag in lags),
            np.log(usual),
            *(np.full(len(seen), value) for value in calendar),
            sales.promo[:, day],
            sales.price[:, day],
            sales.promo[:, day - 1],
            sales.promo[:, day - 28 : day].mean(axis=1),
            sales.goods,
            np.log(sales.list_price),
        ]
    )


def fitted_model(
    sales: Sales, until: int, seed: int = SEED, trees: int = 200
) -> HistGradientBoostingRegressor:
    """The demand model, trained on all days before column ``until``.

    It learns the ratio of a day's units to the usual units, so that one tree serves all SKUs.
    """
    days = range(WARM_UP_DAYS, until)
    usual = np.concatenate([usual_units(sales.units, day) for day in days])
    model = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=0.08,
        max_iter=trees,
        max_leaf_nodes=24,
        min_samples_leaf=60,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    return model.fit(
        np.concatenate([features(sales, sales.units, day) for day in days]),
        np.concatenate([sales.units[:, day] for day in days]) / usual,
        sample_weight=usual,
    )


def model_forecast(
    model: HistGradientBoostingRegressor, sales: Sales, seen: Array, days: Sequence[int]
) -> Array:
    """Forecasts for some days, each made the night before; one column per day."""
    ratio = model.predict(np.concatenate([features(sales, seen, day) for day in days]))
    usual = np.concatenate([usual_units(seen, day) for day in days])
    return (ratio * usual).reshape(len(days), -1).T


def planners_forecast(sales: Sales, days: Sequence[int]) -> Array:
    """The planners' rule without a model: mean of the last four same weekdays."""
    columns = [sales.units[:, [day - 7, day - 14, day - 21, day - 28]].mean(axis=1) for day in days]
    return np.column_stack(columns)


def boxed_skus(sales: Sales, before: int, volume_share: float) -> NDArray[np.bool_]:
    """Parts that together hold about ``volume_share`` of the units of the year before a day."""
    volume = sales.units[:, max(0, before - 364) : before].sum(axis=1)
    left = volume_share * volume.sum()
    is_boxed = np.zeros(len(volume), dtype=bool)
    for sku in np.argsort(sales.list_price, kind="stable"):  # small parts come in boxes
        if sales.goods[sku] >= 2 and volume[sku] <= left:
            is_boxed[sku] = True
            left -= volume[sku]
    return is_boxed


def as_delivered(
    sales: Sales, first: int, last: int, is_boxed: NDArray[np.bool_], resent_days: int = RESENT_DAYS
) -> Array:
    """Units as delivered while pieces are read as boxes: ten times too many.

    The nights before the days ``first`` to ``last`` deliver wrong numbers, back to
    ``resent_days`` before ``first``, because the last days are sent again every night.
    """
    seen = sales.units.copy()
    seen[is_boxed, first - resent_days : last] *= PACK_SIZE
    return seen


def live_forecast(model: HistGradientBoostingRegressor, sales: Sales) -> Array:
    """Forecasts in life, from ``LIVE_ON`` on, with story 1 and its repeat in them."""
    live = sales.day(LIVE_ON)
    forecast = model_forecast(model, sales, sales.units, range(live, sales.units.shape[1]))
    for first_on, last_on, volume_share in (
        (FAULT_ON, ROLLED_BACK_ON, FAULT_VOLUME_SHARE),
        (REPEAT_ON, REPEAT_ON, REPEAT_VOLUME_SHARE),
    ):
        first, last = sales.day(first_on), sales.day(last_on)
        seen = as_delivered(sales, first, last, boxed_skus(sales, first, volume_share))
        days = range(first, last + 1)
        forecast[:, first - live : last + 1 - live] = model_forecast(model, sales, seen, days)
    return forecast


def wape(forecast: Array, actual: Array) -> float:
    """Sum of absolute errors over sum of demand."""
    return float(np.abs(forecast - actual).sum() / actual.sum())


def wape_error(forecast: Array, actual: Array) -> float:
    """Standard error of a WAPE: over days if there are several, else over SKUs."""
    axis = 0 if actual.shape[1] > 1 else 1
    surplus = (np.abs(forecast - actual) - wape(forecast, actual) * actual).sum(axis=axis)
    n = len(surplus)
    return float(math.sqrt(n / (n - 1) * (surplus**2).sum()) / actual.sum())


def override_share(forecast: Array, actual: Array) -> float:
    """Share of proposals a planner corrects: those after a day that was off by more than half."""
    off = np.abs(forecast - actual) > 0.5 * np.maximum(forecast, 5.0)
    return float(off[:, :-1].mean())


def shadow_results(forecast: Array, actual: Array) -> list[Row]:
    """Weekly wape of the planners' rule, computed beside the model; as ``demand_results``."""
    whose = {"model_id": "planners-rule", "model_version": "", "source": "shadow"}
    return [
        row | whose
        for row in demand_results(forecast, actual)
        if row["metric"] == "wape" and row["granularity"] == "P1W"
    ]


def demand_results(forecast: Array, actual: Array) -> list[Row]:
    """Weekly wape and bias since ``LIVE_ON``, and daily wape since ``DAILY_FROM_ON``.

    Parameters
    ----------
    forecast, actual : array of shape (n_skus, n_days)
        Units per SKU and day; the first column is ``LIVE_ON``, a Monday.
    """
    common: Row = {
        "project": "bike-shop-demand",
        "model_id": "demand-forecast",
        "model_version": "1.0",
        "source": "production",
        "label_status": "final",
        "labelled_share": 1,
    }
    rows: list[Row] = []
    n_days = actual.shape[1]
    spans = [(first, 7) for first in range(0, n_days, 7)]
    spans += [(first, 1) for first in range((DAILY_FROM_ON - LIVE_ON).days, n_days)]
    for first, length in spans:
        f, a = forecast[:, first : first + length], actual[:, first : first + length]
        row = common | {
            "period_start": LIVE_ON + timedelta(days=first),
            "granularity": "P1W" if length == 7 else "P1D",
            "n": a.size,
        }
        rows.append(
            row
            | {
                "metric": "wape",
                "value": wape(f, a),
                "value_se": wape_error(f, a),
                "numerator": np.abs(f - a).sum(),
                "denominator": a.sum(),
            }
        )
        if length == 7:
            by_day = (f - a).mean(axis=0)
            se = by_day.std(ddof=1) / math.sqrt(length)
            rows.append(
                row
                | {"metric": "bias", "value": by_day.mean(), "value_se": se, "unit": "unit/SKU-day"}
            )
    return rows


def demand_log(sales: Sales, forecast: Array) -> list[Row]:
    """Every forecast since ``LOGGED_FROM_ON``: what was proposed, and what was sold."""
    first, live = sales.day(LOGGED_FROM_ON), sales.day(LIVE_ON)
    rows: list[Row] = []
    for day in range(first, sales.units.shape[1]):
        on = sales.first_on + timedelta(days=day)
        for sku in range(len(sales.units)):
            rows.append(
                {
                    "prediction_id": f"{on:%y%m%d}-{sku:03}",
                    "ts": f"{on}T05:00Z",
                    "model_id": "demand-forecast",
                    "y_pred": round(float(forecast[sku, day - live]), 1),
                    "y_true": int(sales.units[sku, day]),
                    "model_version": "1.0",
                    "segment": KINDS_OF_GOODS[sales.goods[sku]],
                }
            )
    return rows


def demand_candidates(sales: Sales) -> list[Row]:
    """The two forecasts that the meeting of June 2024 compared, on the same held-out quarter."""
    backtest = range(sales.day(BACKTEST_ON), sales.day(LIVE_ON))
    held_out = sales.units[:, backtest[0] : backtest[-1] + 1]
    rows = []
    for name, trees in (("forecast-1.0", 200), ("forecast-0.9", 12)):
        model = fitted_model(sales, backtest[0], trees=trees)
        forecast = model_forecast(model, sales, sales.units, backtest)
        rows.append(
            {
                "project": "bike-shop-demand",
                "value_case_id": "daily-orders",
                "candidate": name,
                "metric": "wape",
                "value": wape(forecast, held_out),
                "value_se": wape_error(forecast, held_out),
                "test_set": "second-quarter-2024",
                "evaluated_on": date(2024, 6, 10),
                "note": f"{trees} trees, trained to March 2024",
            }
        )
    return rows
