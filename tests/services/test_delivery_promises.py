"""Promises of dates and costs: what became of them, who answers for unlikely ones, the rate."""

from __future__ import annotations

from datetime import date

import pytest
from scipy.stats import norm

from mlpm_core.errors import InputError
from mlpm_core.planning.promises import DeliveryOutcome, kept_rate
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.delivery_promises import Safety, ledger
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

BASE = {"what": "First model", "measure": "date", "made_on": "2026-05-01"}
DATE = BASE | {"promised_for_on": "2026-06-15"}
COST = BASE | {"measure": "cost", "promised_cost": 10_000}


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with one project that lives on 30 June 2026."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    save(workspace, "projects", {"project": "shop", "title": "S", "clock_on": date(2026, 6, 30)})
    yield workspace
    workspace.close()


def told(workspace, kind, *rows):
    return registers.save(workspace.acting_as("ada"), "shop", kind, rows)


def save(workspace, kind, *rows):
    receipt = told(workspace, kind, *rows)
    assert receipt.status == "committed", receipt.rejects


OUTCOMES = {
    "on-the-day": (DATE | {"delivered_on": "2026-06-15"}, DeliveryOutcome.KEPT),
    "early": (DATE | {"delivered_on": "2026-06-14"}, DeliveryOutcome.OVER),
    "late": (DATE | {"delivered_on": "2026-06-16"}, DeliveryOutcome.MISSED),
    "never": (DATE, DeliveryOutcome.MISSED),
    "due-today": (DATE | {"promised_for_on": "2026-06-30"}, DeliveryOutcome.OPEN),
    "to-come": (DATE | {"delivered_on": "2026-07-15"}, DeliveryOutcome.MISSED),
    "taken-back": (DATE | {"withdrawn": True}, DeliveryOutcome.WITHDRAWN),
    "came-anyway": (
        DATE | {"withdrawn": True, "delivered_on": "2026-06-16"}, DeliveryOutcome.MISSED,
    ),
    "cheaper": (COST | {"delivered_cost": 9_000}, DeliveryOutcome.OVER),
    "free": (COST | {"delivered_cost": 0}, DeliveryOutcome.OVER),
    "exact": (COST | {"delivered_cost": 10_000}, DeliveryOutcome.KEPT),
    "dearer": (COST | {"delivered_cost": 10_001}, DeliveryOutcome.MISSED),
    "not-billed": (COST | {"promised_for_on": "2026-06-01"}, DeliveryOutcome.OPEN),
}  # fmt: skip


def test_every_promise_of_a_date_or_a_cost_comes_to_what_its_days_and_amounts_say(shop):
    save(shop, "delivery_promises", *[{"promise_id": k} | v for k, (v, _) in OUTCOMES.items()])
    view = ledger(shop, "shop")
    outcomes = {line.record.promise_id: line.outcome for line in view.lines}
    assert outcomes == {name: outcome for name, (_, outcome) in OUTCOMES.items()}
    assert (view.rate.kept, view.rate.n) == (5, 10)
    assert view.lines[0].outcome is DeliveryOutcome.OPEN


def test_an_archived_promise_and_one_of_tomorrow_are_not_counted(shop):
    save(
        shop, "delivery_promises",
        {"promise_id": "a", "archived": True} | DATE,
        {"promise_id": "b"} | DATE | {"made_on": "2026-07-01", "promised_for_on": "2026-08-01"},
    )  # fmt: skip
    view = ledger(shop, "shop")
    assert (view.lines, view.rate.share, view.mean_confidence) == ((), None, None)


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (BASE, "promised_for_on", "needs the day"),
        (BASE | {"measure": "cost"}, "promised_cost", "needs the cost"),
        (DATE | {"promised_for_on": "2026-04-30"}, "promised_for_on", "before it was made"),
        (DATE | {"delivered_on": "2026-04-30"}, "delivered_on", "before it was made"),
        (DATE | {"confidence": 0.49}, "overridden_by", "less than even odds"),
        (DATE | {"confidence": 0, "override_reason": "Why"}, "overridden_by", "write who"),
        (
            DATE | {"confidence": 0.2, "overridden_by": "Tom", "override_reason": " "},
            "override_reason", "write why",
        ),
    ],
)  # fmt: skip
def test_a_promise_below_even_odds_or_without_what_it_promises_is_refused(
    shop, row, column, sentence
):
    receipt = told(shop, "delivery_promises", {"promise_id": "a"} | row)
    assert receipt.status == "rejected"
    (reject,) = receipt.rejects
    assert reject.column == column
    assert sentence in reject.message


def test_even_odds_need_nobody_and_an_override_stands_in_the_ledger(shop):
    save(
        shop, "delivery_promises",
        {"promise_id": "even", "confidence": 0.5} | DATE,
        {"promise_id": "brave", "confidence": 0.2, "overridden_by": "Tom",
         "override_reason": "The fair is in June"} | DATE,
    )  # fmt: skip
    view = ledger(shop, "shop")
    assert {ln.record.promise_id: ln.was_overridden for ln in view.lines} == {
        "even": False,
        "brave": True,
    }
    assert (view.mean_confidence, view.n_confident) == (pytest.approx(0.35), 2)


@pytest.mark.parametrize(("kept", "n"), [(0, 1), (1, 1), (3, 4), (50, 80), (9_999, 10_000)])
def test_the_ends_of_the_interval_are_the_shares_that_lie_a_tenth_away(kept, n):
    """Wilson's ends solve (share - p)^2 = z^2 p (1 - p) / n, z of the 90th percentile."""
    rate, z = kept_rate(kept, n), norm.ppf(0.9)
    assert 0 <= rate.low <= rate.share <= rate.high <= 1
    for end in (rate.low, rate.high):
        assert (rate.share - end) ** 2 == pytest.approx(z**2 * end * (1 - end) / n, abs=1e-12)


def test_a_rate_of_impossible_counts_is_refused():
    for kept, n in ((2, 1), (-1, 3)):
        with pytest.raises(InputError, match="not possible"):
            kept_rate(kept, n)


def test_a_promise_is_safe_only_at_p80_of_the_estimate_it_names(shop):
    """40 working days from Monday 4 May 2026 end on Friday 26 June 2026."""
    save(
        shop, "projects",
        {"title": "S", "clock_on": date(2026, 6, 30), "planned_start_on": date(2026, 5, 4)},
    )  # fmt: skip
    estimate = {"taken_on": "2026-05-01", "duration_p80": 40.0, "cost_p80": 12_000.0}
    save(
        shop, "estimate_snapshots",
        estimate | {"snapshot_id": "S1"},
        {"snapshot_id": "blank", "taken_on": "2026-05-01"},
        estimate | {"snapshot_id": "wild", "duration_p80": 1e17},
    )  # fmt: skip
    rows = {
        "on-p80": DATE | {"promised_for_on": "2026-06-26", "snapshot_id": "S1"},
        "day-early": DATE | {"promised_for_on": "2026-06-25", "snapshot_id": "S1"},
        "cost-enough": COST | {"promised_cost": 12_000, "snapshot_id": "S1"},
        "cost-less": COST | {"promised_cost": 11_999, "snapshot_id": "S1"},
        "by-chance": DATE | {"confidence": 0.8},
        "less-likely": DATE | {"confidence": 0.79},
        "silent": DATE,
        "blank": DATE | {"snapshot_id": "blank"},
        "wild": DATE | {"snapshot_id": "wild"},
    }
    save(shop, "delivery_promises", *[{"promise_id": k} | v for k, v in rows.items()])
    view = ledger(shop, "shop")
    safety = {line.record.promise_id: line.safety for line in view.lines}
    assert {k for k, s in safety.items() if s is Safety.SAFE} == {
        "on-p80", "cost-enough", "by-chance",
    }  # fmt: skip
    assert {k for k, s in safety.items() if s is Safety.UNKNOWN} == {"silent", "blank", "wild"}
    assert view.count_safety(Safety.TOO_EARLY) == 3
    assert next(x for x in view.lines if x.record.promise_id == "on-p80").safe_on == date(
        2026, 6, 26
    )
