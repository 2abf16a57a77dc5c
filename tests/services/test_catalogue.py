"""What M2 and M5 to M12 have in common: break-evens, scale, typical ranges, baselines."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpm_core.cli import main
from mlpm_core.quantity import Dimension, Unit
from mlpm_core.value.break_even import break_evens
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.policy import Policy
from mlpm_core.value.worth import worth
from tests.catalogue_examples import (
    EXTRA,
    GIVEN,
    MONEY,
    OWN_NETS,
    POLICIES,
    answer,
    few,
    size,
    told,
)


@pytest.mark.parametrize("number", list(GIVEN))
@few
@given(st.data())
def test_net_is_zero_at_every_closed_break_even(number, data):
    """Each input up to a third to either side of the example; shares stay shares."""
    factors = {name: data.draw(st.floats(0.67, 1.33), label=name) for name in GIVEN[number]}
    changes = {name: GIVEN[number][name] * factor for name, factor in factors.items()}
    entries = {i.name: i for i in find_mechanism(number).inputs}
    changes = {n: min(x, entries[n].high or math.inf) for n, x in changes.items()}
    result = answer(number, **changes)
    for name in find_mechanism(number).break_even:
        value = result.break_even[name]
        if value is None:
            assert result.break_even_reasons[name].startswith("Net ")
        else:
            there = answer(number, **(changes | {name: value}))
            assert there.net.mean == pytest.approx(0, abs=1e-9 * max(size(result), size(there)))


@pytest.mark.parametrize("number", list(GIVEN))
def test_closed_break_evens_are_those_that_are_searched(number):
    mechanism, found = find_mechanism(number), answer(number)
    policy = Policy(mechanism, mechanism.baseline(None))
    medians = {
        n: np.array(q.median * Unit.read(q.unit).factor) for n, q in found.quantities.items()
    }
    searched = break_evens(policy, medians, closed_forms=False)
    assert mechanism.break_even
    for name in mechanism.break_even:
        assert found.break_even[name] is not None
        assert searched[name].value == pytest.approx(found.break_even[name], rel=1e-9)


@pytest.mark.parametrize("number", list(GIVEN))
@few
@given(st.floats(0.01, 100))
def test_another_currency_changes_money_only(number, scale):
    """M9's slope is sales for each unit of money, so it shrinks as the unit does."""
    inputs = GIVEN[number]
    changes = {name: inputs[name] * scale for name in MONEY[number]}
    if number == "M9":
        changes["demand_slope"] = inputs["demand_slope"] / scale
    one, two = told(answer(number)), told(answer(number, **changes))
    for name, value in one.items():
        factor = scale if name in ("revenue", "cost_saving", "net") else 1
        assert two[name] == pytest.approx(value * factor, rel=1e-9, abs=1e-9 * scale)


@pytest.mark.parametrize("number", list(GIVEN))
def test_twice_the_cases_are_twice_the_money_and_the_same_per_case(number):
    """The merchandising hours that M5 saves are asked a year, so they double as well."""
    totals = [find_mechanism(number).volume, *(["hours_saved"] if number == "M5" else [])]
    one = answer(number)
    two = answer(number, **{name: GIVEN[number][name] * 2 for name in totals})
    for name, value in told(one).items():
        factor = 2 if name in ("revenue", "cost_saving", "net") else 1
        assert told(two)[name] == pytest.approx(value * factor, rel=1e-9, abs=1e-9)
    for dimension in (Dimension.PEOPLE_INTENSITY, Dimension.CUSTOMER_EXPERIENCE):
        assert two.annual(dimension).mean == pytest.approx(2 * one.annual(dimension).mean)


@pytest.mark.parametrize("number", list(GIVEN))
def test_what_is_typical_is_possible_together(number):
    """Ranges as the form proposes them: an answer with a spread, hardly a draw left out."""
    mechanism = find_mechanism(number)
    ranges = {i.name: i.typical or i.default or "" for i in mechanism.inputs}
    valued = worth(mechanism, ranges, draws=1024)
    assert valued.feasible_share > 0.9
    assert valued.net.p10 < valued.net.p50 < valued.net.p90


@pytest.mark.parametrize("baseline", ["none", "all", "incumbent"])
@pytest.mark.parametrize("number", list(GIVEN))
def test_the_command_answers_or_says_why_not(number, baseline, capsys):
    inputs = GIVEN[number] | EXTRA.get((number, baseline), {})
    words = [w for name, value in inputs.items() for w in ("-q", f"{name}={value!r}")]
    status = main(["value", number, *words, "--baseline", baseline, "--json"])
    out, err = capsys.readouterr()
    if (number, baseline) == ("M8", "all"):
        assert status == 2
        assert "Every job gets a promise" in err
        return
    assert (status, err) == (0, "")
    document = json.loads(out)
    mechanism = find_mechanism(number)
    assert (document["mechanism"], document["baseline"]) == (mechanism.id, baseline)
    # Value against a baseline is the model's value less that of the baseline's own policy.
    if (number, baseline) in OWN_NETS:
        without = OWN_NETS[number, baseline]
    else:
        own = POLICIES[number, baseline]
        assert (mechanism.natural == baseline) == (not own)
        without = answer(number, **own).net.mean if own else 0.0
    expected = answer(number).net.mean - without
    assert document["net"]["mean"] == pytest.approx(expected, rel=1e-9, abs=1e-6)
