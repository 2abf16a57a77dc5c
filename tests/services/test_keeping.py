"""Keep a model or stop it: what is spent decides nothing, and every net is after running costs."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.services.evaluate.candidates import candidates
from mlpm_core.services.evaluate.decisions import decide, decisions
from mlpm_core.services.evaluate.insights import USE, insight
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.mechanisms import worth_json
from mlpm_core.services.valuation.value_cases import against_baselines, case_value
from mlpm_core.value.decision import NONE
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.keeping import ahead
from pages.parts.plan.insights import choice
from tests.monitored_shop import (
    CASE,
    NET_PER_POINT,
    QUANTITIES,
    SHOP,
    in_use,
    planned,
    results,
    save,
)
from tests.stores import copied

TODAY = "2025-07-15"
AT_PLAN = NET_PER_POINT * 0.06  # 238,582 a year


@pytest.fixture
def workspace(tmp_path, empty_folder):
    opened = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    yield opened
    opened.close()


def written(workspace, **answers):
    save(
        workspace,
        "quantities",
        *({"value_case_id": CASE, "name": name, "written": text} for name, text in answers.items()),
    )


def seen(workspace):
    case = case_value(workspace, SHOP, CASE)
    return case, insight(case, ())


@pytest.mark.parametrize(
    ("since", "yearly", "build", "years"),
    [
        ("2023-07-10", 73_700.0, "250k", 1),  # two years behind, one of three ahead
        ("2025-06-30", 20_000.0, "900k", 3),  # just begun: the whole horizon is ahead
        ("2019-01-01", 5_000.0, "1m", 1),  # longer than the horizon: one more year
    ],
)
def test_a_model_in_use_that_nets_more_than_nothing_is_kept(workspace, since, yearly, build, years):
    """Discounted at 8 %, so many years of the net are above 0 whatever was paid to build it."""
    planned(workspace, TODAY)
    in_use(workspace, since)
    error = 0.3 - yearly / NET_PER_POINT
    results(workspace, f"2025-07-07,{error!r},P1W,final")
    written(workspace, build_cost=build)
    case, found = seen(workspace)
    assert case.current.net.mean == pytest.approx(yearly)
    assert found.pays.npv.mean < 0, "with what was spent it never pays"
    assert (found.decision.best, found.horizon_years) == (USE, years)
    left = sum(yearly / 1.08**t for t in range(1, years + 1))
    assert found.decision.means[USE] == pytest.approx(left)
    assert choice(found)[0] == "Keep the model"
    assert "build_cost" not in found.decision.inputs


def test_a_model_in_use_that_costs_more_than_it_brings_is_stopped(workspace):
    planned(workspace, TODAY)
    in_use(workspace, "2024-07-01")
    results(workspace, "2025-07-07,0.24,P1W,final")
    written(workspace, build_cost="10k", run_cost="300k")
    _, found = seen(workspace)
    assert found.decision.best == NONE
    assert choice(found) == (
        "Stop the model", "This goes by the next 2 years; what building it cost is already spent.",
    )  # fmt: skip


def test_what_is_not_built_yet_has_to_pay_for_its_building(workspace):
    planned(workspace, TODAY)
    written(workspace, build_cost="900k")
    _, found = seen(workspace)
    assert found.decision.best == NONE
    assert found.decision.means[USE] == pytest.approx(found.pays.npv.mean)
    assert choice(found)[0] == "Do not use the model"


def test_years_behind_have_had_their_ramp_up():
    """Steady 100 a year, .5 in the first: after a year in use two full years are ahead, at 10 %."""
    steady = Estimate.of(np.full(8, 100.0), "money/year")
    answers = {"build_cost": "1m", "ramp_first_year": "0.5", "discount_rate": "0.1"}
    begun, later = (ahead(steady, answers, years) for years in (0.9, 1.0))
    assert (begun.years, later.years) == (3, 2)
    assert begun.npv.mean == pytest.approx(50 / 1.1 + 100 / 1.1**2 + 100 / 1.1**3)
    assert later.npv.mean == pytest.approx(100 / 1.1 + 100 / 1.1**2)


@pytest.mark.parametrize("yearly", [20_000.0, 100_000.0, 300_000.0])
def test_one_net_benefit_on_every_path_with_the_running_cost_in_it(workspace, yearly):
    """Plan, current, baselines, candidates, promise, break-even, payback: all after it.

    Net is NET_PER_POINT (.3 - error) - run cost; it is 0 at error .3 - run cost / NET_PER_POINT.
    """
    planned(workspace, TODAY)
    in_use(workspace, "2024-07-01", model_version="best")
    results(workspace, "2025-07-07,0.25,P1W,final", version="best")
    save(workspace, "evaluations", {"value_case_id": CASE, "candidate": "best", "metric": "wape",
         "value": 0.25})  # fmt: skip
    before, _ = seen(workspace)
    written(workspace, run_cost=f"{yearly:.0f}")
    case, found = seen(workspace)
    net = NET_PER_POINT * 0.05 - yearly
    assert before.current.net.mean == pytest.approx(NET_PER_POINT * 0.05)
    assert case.planned.net.mean == pytest.approx(AT_PLAN - yearly)
    assert case.current.net.mean == pytest.approx(net)
    assert case.current.break_even["wape_model"] == pytest.approx(0.3 - yearly / NET_PER_POINT)
    natural = next(b for b in against_baselines(case) if b.name == case.baseline)
    assert natural.worth.net.mean == pytest.approx(net)
    assert found.decision.means[USE] == pytest.approx(net)
    (best,) = (o for o in candidates(workspace, SHOP, CASE).options if o.name == "best")
    assert best.net.mean == pytest.approx(net)
    decide(
        workspace.acting_as("ada"), SHOP, CASE, chosen="best", title="t", why="w", decided_by="ada"
    )
    (decision,) = decisions(workspace, SHOP)
    assert decision.promised.mean == decision.realised.mean == pytest.approx(net)
    quantities = {**QUANTITIES, "wape_model": "0.25", "run_cost": f"{yearly:.0f}"}
    document = worth_json("M4", quantities, None, "EUR")
    assert document["net"]["mean"] == pytest.approx(net)
    written(workspace, build_cost="0", discount_rate="0")
    paid = seen(workspace)[1].pays
    assert paid.npv.mean == pytest.approx(3 * net), "counted once, not twice"
