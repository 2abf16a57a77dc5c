"""Freed hours of a stored value case: which periods count, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.records import Status
from mlpm_core.services.in_life.freed_hours import HoursReason, case_hours
from mlpm_core.services.ingest import batches, imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.undo import undo
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.value_cases import case_value
from pages.parts.in_life.freed_hours import rests_on, sentence, table
from tests.monitored_shop import CASE, SHOP, in_use, planned, results
from tests.stores import copied

FIRST, N = np.datetime64("2024-01-01"), 20
UNDONE: set[str] = set()
A_YEAR = 10_400 * (0.25 - 0.15) * 6 / 60
"""Hours: 10,400 forecasts a year, a tenth fewer overridden, six minutes each."""


def put(workspace, rows, head="period_start,granularity,freed,overtime,backlog"):
    text = f"value_case_id,source,{head}\n" + "".join(f"{CASE},time sheets,{r}\n" for r in rows)
    return imports.import_file(
        workspace.acting_as("ada"), SHOP, "freed_hours", "hours.csv", text.encode()
    )


def weeks(n, factor=0.5, overtime=0.2, seed=1, first=FIRST):
    freed = A_YEAR * 7 / 365.25 * factor * (1 + 0.1 * np.random.default_rng(seed).normal(size=n))
    return [
        f"{day},P1W,{x},{x * overtime},{x * 0.5}"
        for day, x in zip(first + 7 * np.arange(n), freed, strict=True)
    ]


@pytest.fixture(scope="module")
def opened(tmp_path_factory, empty_folder):
    """Monitored for 20 weeks."""
    data = copied(empty_folder, tmp_path_factory.mktemp("hours"))
    workspace = open_recovered(Settings(data=data, demo=False))
    planned(workspace, "2024-06-01")
    in_use(workspace, str(FIRST))
    results(workspace, "\n".join(f"{FIRST + 7 * n},0.24,P1W,final" for n in range(N)))
    yield workspace
    workspace.close()


@pytest.fixture
def shop(opened):
    """The same for every test: what one put in is undone."""
    yield opened
    for row in batches.receipts(opened, SHOP):
        if row["kind"] == "freed_hours" and row["batch"] not in UNDONE:
            UNDONE.update((row["batch"], undo(opened.acting_as("ada"), SHOP, row["batch"]).batch))


def test_half_of_the_implied_hours_and_a_fifth_paid_no_more_are_told(shop):
    assert put(shop, weeks(N)).status is Status.COMMITTED
    hours = case_value(shop, SHOP, CASE)
    found = case_hours(shop, SHOP, CASE)
    told = found.told
    assert told.implied.mean == pytest.approx(A_YEAR * 7 / 365.25)
    assert hours.current is not None
    assert told.realised.low < 0.5 < told.realised.high
    assert told.cashable.mean == pytest.approx(0.2)
    assert told.unaccounted == pytest.approx(0.3)
    text = sentence(found)
    for part in ("over 20 weeks", "grade D", "grade C", "20% (19 times in 20 20% to 20%)",
                 "50% into the backlog", "Of 30% nobody wrote down"):  # fmt: skip
        assert part in text, text
    assert rests_on(found).startswith("To 19 May 2024. Counted by: time sheets. No control group.")
    assert table(found)["Implied, hours"].iloc[0] == "1.99"


def test_weeks_without_metrics_and_the_week_that_is_not_over_do_not_count(shop):
    put(shop, [*weeks(N), "2024-05-20,P1W,9,1,1", "2024-05-27,P1W,9,1,1", "2024-05-01,P1M,8,1,1"])
    found = case_hours(shop, SHOP, CASE)
    assert (found.told.n_periods, found.n_left_out) == (N, 3)


def test_few_weeks_say_how_many_more_it_takes_and_none_says_nothing(shop):
    assert case_hours(shop, SHOP, CASE) is None
    put(shop, weeks(5))
    found = case_hours(shop, SHOP, CASE)
    assert found.told.reason is HoursReason.FEW_PERIODS
    assert "5 weeks of the 8 that it takes are counted in full; 3 more weeks may tell" in sentence(
        found
    )


def test_hours_that_may_be_none_say_nothing_of_where_they_went(shop):
    put(shop, [f"{FIRST + 7 * n},P1W,{(-1) ** n},0,0" for n in range(N)])
    assert "may be none at all" in sentence(case_hours(shop, SHOP, CASE))


def test_weeks_that_begin_on_other_days_are_a_reason(shop):
    put(shop, [*weeks(9), "2024-03-06,P1W,1,1,1"])
    assert "begin on different days" in sentence(case_hours(shop, SHOP, CASE))


def test_without_metrics_of_the_same_time_nothing_is_held_against_them(shop):
    put(shop, weeks(12, first=FIRST - 140))
    found = case_hours(shop, SHOP, CASE)
    assert (found.is_implied, found.told.realised) == (False, None)
    assert "No monitored metric of the same periods" in sentence(found)


def test_a_period_without_a_length_is_refused(shop):
    row = {"value_case_id": CASE, "period_start": "2024-01-01 10:30", "freed": 5}
    receipt = registers.save(shop.acting_as("ada"), SHOP, "freed_hours", [row])
    assert receipt.rejects[0].message.startswith("The length of the period is missing")
