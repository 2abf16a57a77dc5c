"""What a file states of how far off a metric may be is read, whichever way it says so."""

from __future__ import annotations

import pytest
from scipy.stats import beta, norm

from mlpm_core.in_life.health import Health, LimitCheck, LimitState
from mlpm_core.in_life.periods import Monitored
from mlpm_core.quantity.stated import stated
from mlpm_core.records import Status
from mlpm_core.services.admin.exports import options_table
from mlpm_core.services.evaluate.candidates import candidates
from mlpm_core.services.evaluate.decisions import decide
from mlpm_core.services.evaluate.insights import among
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.value_cases import case_value
from tests.monitored_shop import CASE, NET_PER_POINT, SHOP, planned, save
from tests.stores import copied

AUDITS, QUEUE = "audits", "queue"
M3 = {
    "population": "100k", "uptake": "1", "human_error": "0.04", "human_minutes": "6",
    "audit_share": "0.05", "audit_minutes": "5", "wage_per_hour": "40", "cashable": "0.5",
    "cost_per_error": "60", "run_cost_per_case": "0.05", "human_wait_hours": "8",
    "automatic_wait_hours": "0.1",
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path, empty_folder):
    opened = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    yield opened
    opened.close()


@pytest.fixture
def triage(workspace):
    """A triage case with exact quantities, ready for candidates."""
    for kind, rows in {
        "projects": [{"project": AUDITS, "title": "Audits"}],
        "value_cases": [
            {"value_case_id": QUEUE, "title": "Queue", "mechanism": "triage_automation"}
        ],
        "quantities": [
            {"value_case_id": QUEUE, "name": n, "written": w} for n, w in M3.items()
        ],
    }.items():  # fmt: skip
        receipt = registers.save(workspace.acting_as("test"), AUDITS, kind, rows)
        assert receipt.status is Status.COMMITTED, receipt.rejects
    return workspace


def uploaded(workspace, project, case, text):
    head, _, rest = text.partition("\n")
    lines = "\n".join(f"{case},{line}" for line in rest.strip().splitlines())
    return imports.import_file(
        workspace.acting_as("test"), project, "evaluations", "e.csv",
        f"value_case_id,{head}\n{lines}\n".encode(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("head", "cells", "hits", "n"),
    [
        ("numerator,denominator", "1,30", 1, 30),
        ("n", "30", 1, 30),
        ("numerator,denominator", "34,1000", 34, 1000),
    ],
)
def test_a_share_of_which_the_counts_are_stated_has_their_beta(triage, head, cells, hits, n):
    """1 error in 30 is Beta(2, 30): from .012 to .14 nine times in ten, never exactly .033."""
    value = hits / n
    receipt = uploaded(
        triage, AUDITS, QUEUE,
        f"candidate,metric,value,{head}\na,selective_error,{value!r},{cells}\n"
        f"a,coverage,{value!r},{cells}",
    )  # fmt: skip
    assert receipt.status is Status.COMMITTED, receipt.rejects
    (option,) = (o for o in candidates(triage, AUDITS, QUEUE).options if o.name == "a")
    (metric,) = (m for m in option.metrics if m.name == "selective_error")
    assert metric.written == f"{hits}/{n}"
    low, high = beta(hits + 1, n - hits + 1).ppf([0.05, 0.95])
    if n == 30:
        assert (low, high) == (pytest.approx(0.012, abs=0.001), pytest.approx(0.14, abs=0.005))
    assert option.net.p10 < option.net.mean < option.net.p90


@pytest.mark.parametrize(
    ("low", "high", "level"), [(0.21, 0.27, None), (0.215, 0.265, 0.9), (0.236, 0.244, 0.5)]
)
def test_an_interval_of_what_is_no_share_is_a_standard_error(workspace, low, high, level):
    """Half the width over the normal quantile of its level; .95 where none is stated."""
    planned(workspace, "2025-07-15")
    assert uploaded(
        workspace, SHOP, CASE,
        f"candidate,metric,value,ci_low,ci_high,ci_level\na,wape,0.24,{low},{high},{level or ''}",
    ).status is Status.COMMITTED  # fmt: skip
    (option,) = (o for o in candidates(workspace, SHOP, CASE).options if o.name == "a")
    error = (high - low) / 2 / norm.ppf(0.5 + (level or 0.95) / 2)
    spread = (option.net.p90 - option.net.p10) / (2 * norm.ppf(0.9)) / NET_PER_POINT
    assert spread == pytest.approx(error, rel=0.01)


@pytest.mark.parametrize(
    ("hits", "n", "level"), [(60, 200, 0.95), (3, 40, 0.9), (0, 25, 0.95), (997, 1000, 0.99)]
)
def test_an_interval_of_a_share_stands_for_the_cases_that_make_it_so_wide(hits, n, level):
    """The interval of Beta(hits + 1, misses + 1) is given back its own number of cases."""
    low, high = beta(hits + 1, n - hits + 1).ppf([(1 - level) / 2, (1 + level) / 2])
    error = stated(hits / n, is_share=True, interval=(low, high), level=level)
    assert error.cases == n
    exact = stated(hits / n, is_share=True, interval=(low, high), error=0.01)
    assert exact.error == 0.01, "a standard error says more"


@pytest.mark.parametrize("share", [1e-12, 1e-9, 4e-5, 0.3, 0.9999, 1 - 1e-9])
@pytest.mark.parametrize("sd", [0.5, 0.02, 1e-4])
def test_however_rare_an_interval_says_as_much_as_its_standard_error(share, sd):
    """Of a share p (1 - p) / n is the variance, so n = p (1 - p) / error**2, however many that is.

    A rare share, 1e-9 known to 2 %, is 2,500 hits in 2.5e12 cases; with a bound of 1e9 cases it
    passed for one hit, and a limit at half of it for kept by chance.
    """
    rare = min(share, 1 - share)
    error = sd * rare
    half = error * norm.ppf(0.975)
    found = stated(share, is_share=True, interval=(share - half, share + half))
    if found.cases is None:
        assert found.error == pytest.approx(error, rel=1e-4)
        assert share * (1 - share) / error**2 > 0.9e15, "as many cannot be counted"
    elif sd == 0.5:  # so few hits are no normal distribution: Beta(hits + 1, misses + 1)
        hits = rare * found.cases
        low, high = beta(hits + 1, found.cases - hits + 1).ppf([0.025, 0.975])
        assert high - low == pytest.approx(2 * half, rel=0.1 if found.cases < 50 else 1e-3)
    else:
        assert found.cases == pytest.approx(share * (1 - share) / error**2, rel=0.01)


@pytest.mark.parametrize("stating", ["value_se", "interval"])
def test_a_rare_share_outside_its_limit_is_outside_however_its_error_is_stated(stating):
    """1e-9, known to 1 %, is 50 standard errors above a limit of 5e-10."""
    error = 1e-11
    ends = {"ci_low": 1e-9 - 1.96 * error, "ci_high": 1e-9 + 1.96 * error}
    result = Monitored(
        1e-9, None, error if stating == "value_se" else None, "B00001",
        **(ends if stating == "interval" else {}),
    )  # fmt: skip
    low, high = result.interval(is_share=True)
    assert (low, high) == pytest.approx((0.98355e-9, 1.01645e-9), rel=1e-3)
    check = LimitCheck("escape_rate", "Escape rate", 1e-9, low, high, None, 5e-10, Health.SICK)
    assert check.state is LimitState.OUTSIDE


@pytest.mark.parametrize(
    ("head", "cells", "column", "sentence"),
    [
        ("n,numerator,denominator", "100,1,30", "n", "n says 100 cases and the denominator 30"),
        ("numerator,denominator", "10,30", "value", "numerator over denominator is 0.333333"),
        ("numerator", "1", "denominator", "without a denominator"),
        ("denominator", "0", "denominator", "The denominator is 0"),
        ("ci_low,ci_high", "0.1,0.2", "ci_low", "lies outside its interval"),
        ("ci_low", "0.01", "ci_high", "write both or neither"),
        ("agreement", "0.9", "compared_with", "name the other one"),
        ("agreement,compared_with", "0.9,a", "compared_with", "not with itself"),
    ],
)
def test_statements_that_contradict_each_other_are_a_question(
    triage, head, cells, column, sentence
):
    receipt = uploaded(
        triage, AUDITS, QUEUE, f"candidate,metric,value,{head}\na,selective_error,0.0333,{cells}"
    )
    assert receipt.status is Status.REJECTED
    (reject,) = receipt.rejects
    assert reject.column == column
    assert sentence in reject.message


def test_what_a_candidate_costs_lowers_its_money_on_every_path(workspace):
    """20,000 a year off the net of ``dear``: leaderboard, advice, promise, export."""
    planned(workspace, "2025-07-15")
    assert uploaded(
        workspace, SHOP, CASE,
        "candidate,metric,value,value_se,fixed_cost_annual\n"
        "free,wape,0.24,0.01,\ndear,wape,0.24,0.01,20000",
    ).status is Status.COMMITTED  # fmt: skip
    board = candidates(workspace, SHOP, CASE)
    free, dear = ({o.name: o for o in board.options}[name] for name in ("free", "dear"))
    assert free.net.mean - dear.net.mean == pytest.approx(20_000, abs=1)
    assert (free.fixed_cost, dear.fixed_cost) == (0, 20_000)
    assert dear.is_dominated
    case = case_value(workspace, SHOP, CASE)
    assert among(case, board), "the advice values the same options"
    decide(
        workspace.acting_as("ada"), SHOP, CASE, chosen="dear", title="t", why="w", decided_by="ada"
    )
    rows = {r["option"]: r for r in options_table(workspace, SHOP)}
    assert rows["free"]["net"] - rows["dear"]["net"] == pytest.approx(20_000, abs=1)


def test_two_costs_of_one_candidate_are_said_and_the_others_valued(workspace):
    planned(workspace, "2025-07-15")
    uploaded(
        workspace, SHOP, CASE,
        "candidate,metric,value,fixed_cost_annual\ntwo,wape,0.24,5\ntwo,rmse,9,7\none,wape,0.25,",
    )  # fmt: skip
    board = candidates(workspace, SHOP, CASE)
    assert board.unvalued == (
        ("two", "Candidate two costs 5 and 7 a year; write the same in every row."),
    )
    assert [o.name for o in board.options] == ["one", "none"]


def test_evaluations_stored_before_say_nothing_more(workspace):
    """Columns that came later are empty in a row saved without them."""
    planned(workspace, "2025-07-15")
    save(workspace, "evaluations", {"value_case_id": CASE, "candidate": "a", "metric": "wape",
         "value": 0.24})  # fmt: skip
    (row,) = registers.records(workspace, SHOP, "evaluations")
    assert row["numerator"] is row["ci_low"] is row["fixed_cost_annual"] is row["agreement"] is None
    assert row["compared_with"] == ""
