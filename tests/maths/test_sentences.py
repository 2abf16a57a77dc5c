"""Sentences about a worth are true, whatever was written: at zero, at a limit, at 1e308."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.planning.conditions import conditions
from mlpm_core.value.mechanism import find_mechanism, mechanisms
from mlpm_core.value.policy import Policy
from mlpm_core.value.typical import typical_worth
from mlpm_core.value.worth import worth
from tests.catalogue_examples import EXAMPLES, GIVEN
from tests.sentences import tally

IS_LONG = bool(os.environ.get("SOAK"))


def given(number: str, **changes: object) -> dict[str, str]:
    inputs = (GIVEN.get(number) or EXAMPLES[number]["inputs"]) | changes
    return {name: x if isinstance(x, str) else repr(x) for name, x in inputs.items()}


def of(number: str, baseline: str | None = None, **changes: object):
    return worth(find_mechanism(number), given(number, **changes), baseline=baseline, draws=256)


def condition(number: str, name: str, baseline: str | None = None, **changes: object) -> str:
    by_name = {c.name: c for c in conditions(of(number, baseline, **changes))}
    return by_name[name].sentence("EUR")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 11] if IS_LONG else [7])
def test_no_sentence_is_false(seed):
    """All mechanisms and baselines; a sentence is read by its words and tried on the formulas."""
    told = tally(20_000 if IS_LONG else 2_000, seed)
    assert told.false == []
    assert set(told.counted) == {"condition", "reason", "note", "pays", "refusal"}


@pytest.mark.parametrize("name", ["recall", "population", "prevalence"])
def test_nothing_at_all_is_worth_nothing_and_is_not_refused(name):
    """It was "Precision must be at least 0 ... at 0 more customers would be flagged"."""
    assert of("M1", **{name: 0}).net.mean == 0
    assert of("M1", **{name: "0", "precision": 0, "recall": 0}).net.mean == 0


@pytest.mark.parametrize("number", ["M1", "M2", "M6", "M12"])
def test_who_flags_nobody_right_has_found_none(number):
    with pytest.raises(InputError, match=r"A precision of 0 goes with a recall of 0, not 0\.[56]"):
        of(number, precision=0)


@pytest.mark.parametrize(
    ("number", "name", "sentence"),
    [
        ("M4", "overage", "a unit left over costs 0, so ordering ever more would be best"),
        (
            "M8",
            "early_cost_per_minute",
            "a minute early costs 0, so an ever larger buffer would be best",
        ),
        ("M8", "late_cost_per_minute", "so the earliest promise would be best"),
    ],
)
def test_what_grows_without_bound_is_said_to(number, name, sentence):
    """Not "look for a zero that it is divided by": there is none."""
    shop = EXAMPLES["M4"]["inputs"] if number == "M4" else GIVEN[number]
    inputs = {n: repr(x) for n, x in (shop | {name: 0}).items()}
    with pytest.raises(InputError, match=sentence):
        worth(find_mechanism(number), inputs)


def test_a_model_that_loses_just_above_its_floor_does_not_pay_whatever_its_precision():
    """M12 against declining everybody, with 30 of 60 defaulters in 1,000 found.

    Everybody declined loses .94*.1*8,000 of each good one; few are declined at a high precision.
    The net is brute force over the precisions that can be: the lowest is .5*.06/(.5*.06 + .94).
    """
    inputs = {n: np.array(float(x)) for n, x in GIVEN["M12"].items()}
    inputs["human_minutes"] = np.array(0.5)
    mechanism = find_mechanism("M12")
    policy = Policy(mechanism, mechanism.baseline("all"))
    floor = 0.03 / (0.03 + 0.94)
    precisions = np.linspace(floor, 1, 20_001)[1:]
    nets = policy.outcome({**inputs, "precision": precisions}).net
    first = precisions[np.argmax(nets > 0)]
    assert nets[0] < 0 < nets[-1]
    by_name = {c.name: c for c in conditions(of("M12", "all"))}["precision"]
    assert by_name.is_floor
    assert by_name.zero_at == pytest.approx(first, abs=1e-4)
    assert "The model pays when precision is at least 0.0" in by_name.sentence("EUR")


def test_a_zero_of_the_volume_is_no_reason_to_say_that_nothing_pays():
    """62,100 at 100,000 customers, 0 at none: it "does not pay, whatever customers scored is"."""
    assert condition("M1", "population", population=0) == (
        "The model pays when customers scored is above 0 customer per year; typical is 10k to 1m. "
        "It is assumed to be 0."
    )
    assert condition("M1", "population") == (
        "With everything else as assumed, the model pays, and no customers scored makes it a loss."
    )


def test_far_away_is_told_as_a_multiple_and_not_in_millions_of_percent():
    """At 60,464,209 % nobody sees what is meant."""
    tiny = condition("M1", "customer_value", customer_value="0.0001")
    assert "%" not in tiny
    assert "times that before the model pays" in tiny


def test_from_next_to_nothing_where_it_must_go_is_told():
    """From 1e-12 to some 60 is no number of times that anybody pictures."""
    nothing = condition("M1", "customer_value", customer_value="1e-12")
    assert "times" not in nothing
    assert re.search(
        r"It is assumed to be 1e-12: it must rise to \d+\.\d+ before the model pays", nothing
    )


def test_what_is_left_out_is_said_with_its_share():
    notes = of("M1", precision="0.02 to 0.3").notes
    share = 1 - of("M1", precision="0.02 to 0.3").feasible_share
    assert 0.05 < share < 0.6
    assert notes[0].startswith(f"{share * 100:.0f}% of the draws are impossible and left out")


def test_a_range_of_a_billion_to_one_is_warned_of():
    notes = of("M1", customer_value="1 to 1e9").notes
    assert notes[0].startswith("Customer value spans 1,000,000,000 to 1")
    assert not any("spans" in note for note in of("M1", customer_value="150 to 250").notes)


def test_what_is_taken_as_what_is_said():
    """Cases a model takes are easy ones: their minutes are asked apart, or said to be the mean."""
    inputs = {n: repr(x) for n, x in EXAMPLES["M3"]["inputs"].items()}
    notes = worth(find_mechanism("M3"), inputs).notes
    assert notes[0] == (
        "Nobody gave a number for “Work for a case that the model takes”: that of "
        "“Work for a case by hand” is used."
    )
    own = worth(find_mechanism("M3"), inputs | {"human_minutes_automatic": "4"})
    assert len(own.notes) == len(notes) - 1


@pytest.mark.parametrize("name", mechanisms())
def test_at_1e308_there_is_a_sentence(name):
    """Every input of every mechanism, one at a time, at the largest double and beyond."""
    mechanism = find_mechanism(name)
    for entry in mechanism.inputs:
        for text in ("1e308", "1e309", "9" * 400, "1e18", "1 to 1e308"):
            try:
                found = typical_worth(mechanism, {entry.name: text}).worth
            except MlpmError as error:
                message = str(error)
                assert not any(
                    word in message for word in ("inf ", "nan", "e+308", "OverflowError")
                )
                assert len(message) < 700
            else:
                assert np.isfinite(found.net.mean)
                for one in conditions(found):
                    assert "no finite" not in one.sentence("EUR")
