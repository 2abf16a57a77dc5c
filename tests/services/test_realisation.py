"""What of a value arrives: shares of the benefit and never of what is paid, seasons, building."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.services.admin import demo
from mlpm_core.services.evaluate.insights import insight
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.estimates import of_case, project_estimates
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.value_cases import case_value
from mlpm_core.value.benefits import benefits, read_benefit
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.mechanism import find_mechanism, mechanisms
from mlpm_core.value.typical import typical_worth
from mlpm_core.value.worth import worth
from tests.catalogue_examples import EXAMPLES, answer, near

WINBACK, LETTER = "bike-shop-winback", "voucher-letter"
PLAIN = {"build_cost": "0", "discount_rate": "0"}


def sure(net: float, n: int = 4) -> Estimate:
    return Estimate.of(np.full(n, float(net)), "money/year")


def realised(of, **written):
    return benefits(of.net, PLAIN | written, costs=of.costs)


def flows(told) -> list[float]:
    return [year.flow.mean for year in told.years]


def m1():
    inputs = {name: repr(x) for name, x in EXAMPLES["M1"]["inputs"].items()}
    return worth(find_mechanism("M1"), inputs, draws=8)


def test_contacts_and_gifts_are_paid_whoever_the_benefit_belongs_to():
    """Revenue 162,000, contacts 10,800 and gifts 10 * (.3*2,700 + 8,100) = 89,100 a year.

    Attribution .6: .6 * 162,000 - 99,900 = -2,700; less 20,000 of building, over one year: -22,700.
    Sixty percent of net would be 37,260 - 20,000 = 17,260.
    """
    lived = realised(m1(), build_cost="20000", attribution="0.6", horizon_years="1")
    assert lived.npv.mean == near(-22_700)
    assert lived.probability_of_gain == 0


def test_deadweight_and_decay_take_from_the_benefit_alone():
    """Deadweight .1: .9 * 162,000 - 99,900 = 45,900. Decay .2, then .5 from the third year.

    45,900; .9*.8*162,000 - 99,900 = 16,740; .9*.8*.5*162,000 - 99,900 = -41,580;
    .9*.8*.25*162,000 - 99,900 = -70,740.
    """
    lived = realised(m1(), deadweight="0.1", decay="0.2", decay_later="0.5", horizon_years="4")
    assert flows(lived) == pytest.approx([45_900, 16_740, -41_580, -70_740])


def test_frames_decay_by_hand():
    """M7: net 424,950; looks 1,000,000 * (.05 + .0293*.5) = 64,650, so the benefit is 489,600.

    Decay .1: 424,950; 440,640 - 64,650; 396,576 - 64,650: decay goes on as in the second year.
    """
    lived = realised(answer("M7"), decay="0.1")
    assert flows(lived) == pytest.approx([424_950, 375_990, 331_926])


def test_half_the_use_has_half_the_benefit_and_half_the_costs():
    lived = realised(m1(), ramp_first_year="0.5", attribution="0.6", horizon_years="2")
    assert flows(lived) == pytest.approx([-1_350, -2_700])


@pytest.mark.parametrize("name", mechanisms())
def test_when_nothing_is_the_models_doing_its_costs_are_left(name):
    """Of every mechanism of the catalogue against its natural baseline, over typical inputs."""
    of = typical_worth(find_mechanism(name)).worth
    assert of.costs is not None
    assert (of.costs.samples >= 0).all()
    none = realised(of, attribution="0", horizon_years="1")
    assert none.npv.samples == pytest.approx(-of.costs.samples)
    third = realised(of, attribution="0.3", horizon_years="1")
    assert third.npv.samples == pytest.approx(
        0.3 * of.net.samples - 0.7 * of.costs.samples, rel=1e-9, abs=1e-6
    )


def test_costs_belong_to_the_draws_of_the_value():
    with pytest.raises(InputError, match="3 draws of the costs and 4 of the value"):
        benefits(sure(1), PLAIN, costs=sure(1, 3))


@pytest.mark.parametrize(
    ("months", "value"), [("0", 100_000 / 1.1), ("12", 100_000 / 1.21), ("6", 100_000 / 1.1**1.5)]
)
def test_nothing_comes_in_while_it_is_built(months, value):
    """100,000 at the end of a year of use is worth less the longer the building before it."""
    written = {"build_cost": "60k", "build_months": months, "horizon_years": "1"}
    plan = benefits(sure(100_000), written | {"discount_rate": "0.1"})
    assert plan.npv.mean == pytest.approx(value - 60_000)
    assert plan.median_years == pytest.approx(0.6)  # of use


@pytest.mark.parametrize(
    ("peak_month", "share"),
    [("0", 0.25 + 1 / (2 * math.pi)), ("6", 0.25 - 1 / (2 * math.pi)), ("3", 0.25 + 1 / math.tau)],
)
def test_a_season_moves_when_it_pays_back_and_not_what(peak_month, share):
    """Volume 1 + cos(2 pi (u - peak)): in the first quarter 1/4 + [sin(2 pi (u - peak))] / 2 pi.

    From the peak on that is .25 + .15915, from the lowest .25 - .15915; to the peak .25 + .15915.
    """
    cost = share * 100_000
    season = {"peak_volume": "2", "peak_month": peak_month, "discount_rate": "0"}
    plan = benefits(sure(100_000), {"build_cost": repr(cost)} | season)
    assert plan.median_years == pytest.approx(0.25, abs=1e-9)
    assert plan.npv.mean == pytest.approx(300_000 - cost)
    even = benefits(sure(100_000), {"build_cost": repr(cost), "discount_rate": "0"})
    assert even.median_years == pytest.approx(share)


def test_running_costs_have_no_season():
    """Before the peak: after six months .5 - 0 of 100,000, less half of 20,000: 40,000."""
    season = {"peak_volume": "2", "peak_month": "6", "discount_rate": "0", "run_cost": "20k"}
    plan = benefits(sure(100_000), {"build_cost": "40k"} | season)
    assert plan.median_years == pytest.approx(0.5)


def test_what_falls_below_its_cost_again_has_not_paid_back():
    """50,000 in the first year pays 40,000; then 25,000 - 50,000 a year are lost."""
    plan = benefits(
        sure(50_000),
        {"build_cost": "40k", "decay": "0.75", "discount_rate": "0"},
        costs=sure(50_000),
    )
    assert flows(plan) == pytest.approx([50_000, -25_000, -43_750])
    assert plan.median_years is None
    assert (
        plan.sentence
        == "It does not pay back within 3 years of use in any outcome that was computed."
    )


@pytest.mark.parametrize(
    ("net", "run_cost", "chance"),
    [("-1", "0", "0%"), ("0", "0", "0%"), ("-500", "3", "0%"), ("10", "9", "100%")],
)
def test_what_costs_nothing_to_build_does_not_pay_back(net, run_cost, chance):
    """It lost every year and "paid back with a chance of 100 %"."""
    plan = benefits(sure(float(net)), {"build_cost": "0", "run_cost": run_cost})
    assert plan.sentence == (
        "Building costs nothing, so there is nothing to pay back; over 3 years it leaves a gain "
        f"with a chance of {chance}."
    )
    assert plan.probability_by(3) == (chance == "100%")


@pytest.mark.parametrize(
    ("written", "months"),
    [({"build_cost": "1"}, "1 month"), ({"build_cost": "100k"}, "12 months"),
     ({"build_cost": "125k"}, "15 months")],
)  # fmt: skip
def test_when_every_number_is_exact_it_says_when(written, months):
    assert benefits(sure(100_000), written).sentence == f"It pays back within {months} of use."


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("build_cost", "100k USD", "no rate is known"),
        ("run_cost", "30 JPY/year", "no rate is known"),
        ("decay", "0.1 to 0.2 with recall 0.5", "cannot move with another input"),
        ("build_months", "200", "between 0 and 120"),
        ("peak_volume", "3", "between 1 and 2"),
    ],
)
def test_an_answer_that_would_be_counted_wrongly_is_refused(name, text, why):
    with pytest.raises(InputError, match=why):
        read_benefit(name, text, "EUR")


def test_a_rate_that_is_written_is_used():
    """100,000 USD at .92 EUR are 92,000."""
    text = "100k USD at 0.92 EUR/USD on 2026-05-31"
    assert read_benefit("build_cost", text, "EUR").median == near(92_000)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A store with the win-back project of the demo."""
    workspace = open_recovered(Settings(data=tmp_path_factory.mktemp("store"), demo=False))
    for project, kind, path in demo.files():
        if project == WINBACK and kind != "prediction_log":
            imports.import_file(
                workspace.acting_as("demo"), project, kind, path.name, path.read_bytes()
            )
    yield workspace
    workspace.close()


def seen(workspace, **changes):
    case = case_value(workspace, WINBACK, LETTER, changes=changes)
    return case, insight(case, of_case(project_estimates(workspace, WINBACK), case))


def test_a_value_case_pays_for_its_contacts_whatever_the_attribution(shop):
    """On the screens too: with a build cost of its own, and with that of an estimate."""
    for more in ({"build_cost": "10k"}, {}):
        case, found = seen(shop, attribution="0.6", run_cost="0", **more)
        net, costs = case.best.net.samples, case.best.costs.samples
        expected = np.where(found.pays.is_built, 0.6 * net - 0.4 * costs, 0.0)
        assert costs.mean() > 1000
        assert found.pays.years[0].benefit.samples == pytest.approx(expected)


def test_an_amount_in_another_currency_is_a_problem_of_the_case(shop):
    _, found = seen(shop, build_cost="10k USD")
    assert found.pays is None
    assert "no rate is known" in found.problem
