"""Units that take a model up at different times, from their file to a verdict of grade B."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mlpm_core.records import Status
from mlpm_core.services.in_life.experiments import proofs
from mlpm_core.services.in_life.rollouts import RolloutReason, rollouts
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from pages.parts.in_life.rollouts import figure, rests_on, sentence, table
from tests.monitored_shop import SHOP, clock, kpi
from tests.stores import copied

COUNTIES = Path(__file__).parents[1] / "golden" / "county_teen_employment.csv"
FIRST, TODAY = date(2024, 1, 1), date(2024, 6, 3)
KPIS = {
    "returns": SimpleNamespace(
        kpi_id="returns",
        title="Returns",
        unit="1/kcase",
        direction="lower",
        moved_by=("c",),
    )
}
LIVE = [FIRST + timedelta(weeks=4)] * 10 + [FIRST + timedelta(weeks=6)] * 10 + [None] * 10


def rows(effect=-3.0, live=LIVE, n=10, seed=1):
    rng = np.random.default_rng(seed)
    y = 50 + 5 * rng.normal(size=(len(live), 1)) + rng.normal(size=(len(live), n))
    return [
        {
            "kpi_id": "returns", "unit_id": f"u{i:02}", "granularity": "P1W", "batch": "B00001",
            "period_start": np.datetime64(FIRST + timedelta(weeks=k), "us").item(), "live_on": day,
            "value": y[i, k] + (effect if day and FIRST + timedelta(weeks=k) >= day else 0.0),
        }
        for i, day in enumerate(live) for k in range(n)
    ]  # fmt: skip


def only(given, decisions=(), today=TODAY):
    (found,) = rollouts(given, KPIS, decisions, today)
    return found


def review(on, **more):
    row = {"proof_kpi_id": "", "proof_weeks": None, "value_case_id": "c", "review_on": on,
           "decided_on": FIRST}  # fmt: skip
    return SimpleNamespace(**(row | more))


@pytest.mark.parametrize(("effect", "works"), [(-3.0, True), (3.0, False), (0.0, None)])
def test_the_change_beyond_units_yet_to_come_is_a_verdict_of_grade_b(effect, works):
    found = only(rows(effect))
    assert found.works is works
    assert found.seen.change.low <= effect <= found.seen.change.high
    assert "grade B" in sentence(found)
    assert "No decision says" in rests_on(found)
    assert "grade B" in figure(found).evidence
    assert set(table(found, found.seen)["Units"]) == {10}


def test_where_a_decision_says_when_later_weeks_change_nothing():
    decision = review(FIRST + timedelta(weeks=8))
    every = rows(n=12)
    first = [r for r in every if r["period_start"].date() < decision.review_on]
    late = [r | {"value": r["value"] + 99} for r in every if r not in first and r["live_on"]]
    then = only(first, [decision])
    assert only(first + late, [decision]).seen == then.seen
    early = only(first, [decision], decision.review_on - timedelta(days=1))
    assert (early.is_due, early.works, early.has_figure) == (False, None, True)
    assert "judged once, on 26 Feb 2024" in sentence(early)


def test_a_day_that_was_over_before_the_first_unit_began_is_not_when_it_is_read():
    assert only(rows(), [review(FIRST)]).read_on is None


def test_a_week_that_few_units_have_told_yet_leaves_no_unit_out():
    late = [r for r in rows(n=11) if r["unit_id"] == "u00" or r["period_start"].month < 3
            or r["period_start"].day < 11]  # fmt: skip
    assert len(late) == len(rows(n=10)) + 1
    found = only(late)
    assert (found.seen.n_left_out, len(found.periods)) == (0, 10)


def test_the_day_of_a_unit_may_stand_in_one_row_and_two_days_are_a_reason():
    whole = only(rows())
    once = [r | {"live_on": r["live_on"] if k % 10 == 9 else None} for k, r in enumerate(rows())]
    assert only(once).seen == whole.seen
    twice = rows()
    twice[0] = twice[0] | {"live_on": FIRST}
    assert "The unit u00 is live on 2024-01-01 in one row" in sentence(only(twice)).replace(
        "\\", ""
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (rows()[:1], RolloutReason.FEW_TREATED),
        (rows(live=[None] * 12), RolloutReason.FEW_TREATED),
        (rows(live=[FIRST] * 10 + [None] * 10), RolloutReason.NO_BEFORE),
        ([r | {"value": 5.0} for r in rows()], RolloutReason.ALL_EQUAL),
        ([r | {"granularity": ""} for r in rows()], RolloutReason.FEW_TREATED),
    ],
)
def test_what_units_cannot_say_has_a_reason(given, reason):
    found = only(given)
    assert (found.seen.reason, found.works) == (reason, None)
    assert "cannot be judged by its roll-out" in sentence(found)


def test_a_published_panel_that_is_uploaded_gives_the_published_figure(tmp_path, empty_folder):
    """Callaway & Sant'Anna (2021): teen employment in 500 counties after the minimum wage rose."""
    shop = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    clock(shop, "2024-01-01")
    kpi(shop, "jobs", "higher", unit="log jobs", value_case_id="", baseline=0, target=1)
    text = "kpi_id,unit_id,period_start,granularity,value,live_on\n"
    for row in csv.DictReader(COUNTIES.read_text("utf-8").splitlines()):
        year = row["first_treated"]
        live = f"{year}-01-01" if year != "0" else ""
        text += "".join(
            f"jobs,{row['countyreal']},{y}-01-01,P1Y,{row[str(y)]},{live}\n"
            for y in range(2003, 2008)
        )
    receipt = imports.import_file(
        shop.acting_as("ada"), SHOP, "rollout_results", "panel.csv", text.encode()
    )
    assert receipt.status is Status.COMMITTED, receipt
    (found,) = proofs(shop, SHOP).staggered
    assert found.seen.change.mean == pytest.approx(-0.03976, abs=5e-6)
    assert found.works is False
    shop.close()
