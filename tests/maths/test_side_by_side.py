"""Options valued as one array are worth what each is worth alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.quantity import Dimension
from mlpm_core.value.mechanism import mechanisms
from mlpm_core.value.worth import Valuation, worth, worth_by_period
from tests.catalogue_examples import GIVEN

SHOP = {
    "periods": "10k to 11k", "mean_demand": "120", "wape_baseline": "0.3", "margin": "4 to 6 EUR",
    "goodwill": "1", "overage": "2", "lead_time_hours": "3 day", "override_share_baseline": "0.25",
    "override_share_model": "0.15", "override_minutes": "6 min", "wape_model": "0.2",
}  # fmt: skip
PLANS = {number: {n: str(v) for n, v in plan.items()} for number, plan in GIVEN.items()}
PLANS["M4"] = SHOP
PLANS["M1"] = {
    "population": "90k to 110k", "prevalence": "0.05", "uptake": "0.8 to 0.95", "capacity": "15000",
    "acceptance": "0.2 to 0.4", "customer_value": "120 to 400", "incentive": "10",
    "contact_cost": "1", "contact_minutes": "4 to 8", "non_churner_acceptance": "0.7 to 0.95",
    "annoyance": "40/1000", "precision": "0.3", "recall": "0.6",
}  # fmt: skip
IDS = sorted(m.id for m in mechanisms().values() if m.number in PLANS)
WRITTEN = st.sampled_from(
    ["0", "0.1", "0.35", "0.9", "1", "12/40", "0/30", "30/30", "0.2 to 0.4", "normal(0.3, 0.02)",
     "nonsense", "1e200"],
)  # fmt: skip


def alone(valuation, option, stream):
    try:
        return valuation.worth(option, stream=stream)
    except MlpmError as error:
        return error


@pytest.mark.slow
@given(st.sampled_from(IDS), st.data())
def test_many_are_worth_what_each_is_worth_alone(mechanism_id, data):
    mechanism = mechanisms()[mechanism_id]
    plan = dict(PLANS[mechanism.number])
    names = [m.name for m in mechanism.metrics if m.name in plan]
    baseline = data.draw(
        st.sampled_from([n for n, b in mechanism.baselines.items() if not b.reason])
    )
    asked = {entry.name for entry in mechanism.inputs_for(baseline)}
    plan = {name: text for name, text in plan.items() if name in asked}
    names = [name for name in names if name in asked]
    options = data.draw(
        st.lists(st.dictionaries(st.sampled_from(names), WRITTEN, max_size=3), max_size=6)
    )
    try:
        valuation = Valuation(mechanism, plan, own=names, baseline=baseline, draws=128)
    except InputError:
        return  # a plan that another baseline asks more of
    together = valuation.worths(options)
    streams = [dict.fromkeys(option, f"period {i}") for i, option in enumerate(options)]
    by_draw = valuation.by_draw(options, streams, list(Dimension))
    for option, stream, one, drawn in zip(options, streams, together, by_draw, strict=True):
        apart = alone(valuation, option, None)
        if isinstance(apart, MlpmError):
            assert (type(one), str(one)) == (type(apart), str(apart))
        else:
            np.testing.assert_allclose(one.net.samples, apart.net.samples, rtol=1e-12)
            assert one.net.p10 == pytest.approx(apart.net.p10, rel=1e-12)
            for d in Dimension:
                assert one.kpis[d].mean == pytest.approx(apart.kpis[d].mean, rel=1e-12)
            assert one.feasible_share == apart.feasible_share
        apart = alone(valuation, option, stream)
        if isinstance(apart, MlpmError):
            assert (type(drawn), str(drawn)) == (type(apart), str(apart))
        else:
            np.testing.assert_allclose(drawn[None], apart.net_by_draw, rtol=1e-12)
            for d in Dimension:
                np.testing.assert_allclose(drawn[d], apart.kpi_by_draw(d), rtol=1e-12)


def test_many_periods_that_are_impossible_at_their_medians_say_why():
    periods = [{"precision": p} for p in ("0.0001", "0.0002", "0.0003")]
    m1 = mechanisms()["targeted_intervention"]
    with pytest.raises(InputError, match=r"at 0\.0001 more customers would be flagged"):
        worth_by_period(m1, PLANS["M1"], periods, draws=128)


def test_the_first_period_that_cannot_be_says_why():
    mechanism = mechanisms()["demand_forecast"]
    periods = [{"wape_model": "0.2"}, {"wape_model": "-1"}, {"wape_model": "0.3"}]
    with pytest.raises(InputError) as together:
        worth_by_period(mechanism, SHOP, periods)
    with pytest.raises(InputError) as apart:
        worth(mechanism, {**SHOP, "wape_model": "-1"})
    assert str(together.value) == str(apart.value)


def test_more_than_fit_at_once_come_in_their_order():
    mechanism = mechanisms()["demand_forecast"]
    errors = np.linspace(0.1, 0.4, 70)
    worths = worth_by_period(
        mechanism, SHOP, [{"wape_model": repr(float(e))} for e in errors], draws=64
    )
    nets = [one.net.mean for one in worths]
    assert len(nets) == 70
    assert nets == sorted(nets, reverse=True)
