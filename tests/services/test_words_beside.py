"""Words and digits beside limits, plans and chances never say what the numbers do not."""

import numpy as np
import pytest

from mlpm_core.cli.printing import worth as printed
from mlpm_core.in_life.health import Health, LimitCheck, LimitState, verdict
from mlpm_core.planning.conditions import Condition
from mlpm_core.quantity import Quantity
from mlpm_core.quantity.as_written import as_written
from mlpm_core.quantity.stated import contradiction
from mlpm_core.value.mechanism import find_mechanism
from pages.parts.common.format import percent, spread


def check(value, *, low=None, high=None, at_least=None, at_most=None):
    return LimitCheck("wape", "WAPE", value, low, high, at_least, at_most, Health.SICK)


@pytest.mark.parametrize(
    ("told", "state", "clause"),
    [
        (check(0.1 + 0.2, at_most=0.3), LimitState.INSIDE, "WAPE is 0.3, its limit at most 0.3"),
        (check(0.7 - 0.1, at_least=0.6), LimitState.INSIDE, "WAPE is 0.6, its limit at least 0.6"),
        (
            check(0.25, low=0.2, high=0.7 - 0.1, at_least=0.6),
            LimitState.MAY_BE_CHANCE,
            "WAPE is 0.25, its limit at least 0.6, which may be chance",
        ),
        (
            check(0.3000001, at_most=0.3),
            LimitState.OUTSIDE,
            "WAPE is 0.3000001, its limit at most 0.3",
        ),
        (
            check(2.0000001e-9, at_most=2e-9),
            LimitState.OUTSIDE,
            "WAPE is 2.0000001e-09, its limit at most 2e-09",
        ),
        (check(-0.0, at_least=0.0), LimitState.INSIDE, "WAPE is 0, its limit at least 0"),
    ],
)
def test_the_last_digit_of_a_sum_breaks_no_limit(told, state, clause):
    """0.1 + 0.2 was above 0.3, whose limit was then said to be 0.29999999999999999."""
    assert (told.state, told.clause) == (state, clause)


def test_the_last_digit_of_a_sum_contradicts_no_interval():
    said = contradiction(0.1 + 0.2, is_share=True, interval=(0.2, 0.3))
    assert said is None
    column, _ = contradiction(0.301, is_share=True, interval=(0.2, 0.3)) or ("", "")
    assert column == "ci_low"


@pytest.mark.parametrize(
    ("share", "health", "said"),
    [
        (0.7964, Health.WATCH, "79.6%"),
        (0.79996, Health.WATCH, "79.996%"),
        (0.8, Health.HEALTHY, "80%"),
        (0.4951, Health.SICK, "49.5%"),
        (0.62, Health.WATCH, "62%"),
    ],
)
def test_a_share_of_the_plan_keeps_its_side_of_what_it_is_judged_by(share, health, said):
    """80 % was at risk once, and healthy once."""
    told = verdict(
        age_days=1, fresh_within_days=14, promised_rate=1000.0, current_rate=share * 1000,
        probability_of_loss=0.0,
    )  # fmt: skip
    assert told.health is health
    assert f"it delivers {said} of the planned value" in told.reason.replace("It", "it")


@pytest.mark.parametrize(
    ("taken", "zero_at", "pays", "is_floor", "far"),
    [
        (0.5, 0.002, True, True, "it may fall by more than 99%, and"),
        (100, 0.4, False, False, "it must fall by more than 99% before"),
        (0.5, 0.25, True, True, "it may fall by 50%, and"),
        (2, 4, False, True, "it must rise by 100% before"),
    ],
)
def test_nothing_may_fall_by_all_of_itself(taken, zero_at, pays, is_floor, far):
    """At 0 this model does not pay, though it "may fall by 100%"."""
    told = Condition(
        "recall", "Recall", "1", True, None, taken, pays, zero_at, is_floor, ""
    )  # fmt: skip
    assert far in told.sentence("EUR")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (62_100, 62_149, "likely 62.10k to 62.15k (8 times in 10)"),
        (-0.1235, -0.1234, "likely −0.1235 to −0.1234 (8 times in 10)"),
        (1e12, 1e12 + 1, "exact"),
        (0.3, 0.1 + 0.2, "exact"),
        (1.0, 2.0, "likely 1 to 2 (8 times in 10)"),
    ],
)
def test_an_interval_has_two_ends(low, high, said):
    """62.1k to 62.1k is none."""
    assert spread(low, high) == said


def test_a_quantity_is_described_by_two_ends():
    assert "62,100.1 and 62,100.4" in Quantity.read("62100.1 to 62100.4").describe()
    assert "one time in ten below 5.0001" in Quantity.read("5.0001 | 5.0002 | 5.0003").describe()

    def share(text):
        return Quantity.read(text, low=0, high=1)

    (reading,) = as_written("999000/1000000", share)
    assert reading.sentence == "99.89% to 99.91%, 9 times in 10"


@pytest.mark.parametrize(
    ("share", "said"),
    [(-0.004, ">-1%"), (-0.3, "-30%"), (-0.999, ">-100%"), (-0.006, ">-1%"), (0.0, "0%")],
)
def test_a_percentage_is_0_or_all_only_where_it_is(share, said):
    """-0.4 % was "-0%"."""
    assert percent(share) == said


@pytest.mark.parametrize("text", ["110%", "-1 %", "110 percent", "5 to 110 %"])
def test_a_percentage_out_of_range_is_not_asked_whether_it_is_one(text):
    """It was told to write 0.3 for 30%."""
    with pytest.raises(ValueError, match="It must be between 0% and 100%") as refused:
        as_written(text, lambda notation: Quantity.read(notation, low=0, high=1))
    assert "A percentage?" not in str(refused.value)


def test_a_rare_loss_is_no_chance_of_nothing(capsys):
    """0.04 % was printed as 0.0%."""
    net = dict.fromkeys(("mean", "p10", "p50", "p90"), 1.0) | {"unit": "EUR/year"}
    answer = {
        "mechanism": "m", "baseline": "none", "draws": 4096, "kpis": {}, "break_even": {},
        "notes": [], "net": net | {"probability_of_loss": 0.0004},
    }  # fmt: skip
    printed(answer)
    assert "<0.1%" in capsys.readouterr().out


def test_of_a_model_that_flags_nothing_no_case_tells_of_precision():
    """0 / 0 had been taken as if every case looked at told of it."""
    idle = {"prevalence": np.array(0.002), "recall": np.array(0.0), "precision": np.array(0.0)}
    for mechanism in ("M1", "M2", "M12"):
        assert find_mechanism(mechanism).counted("precision", idle) == 0.0
    maintenance = idle | {"failure_rate": np.array(0.1)}
    assert find_mechanism("M6").counted("precision", maintenance) == 0.0
