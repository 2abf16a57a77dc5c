"""Money of two currencies is never added, compared or subtracted as if it were one."""

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.value.benefits import benefits
from mlpm_core.value.bridge import bridge
from mlpm_core.value.case_file import case_from
from mlpm_core.value.decision import Option, decide
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import worth
from tests.in_use import planned_inputs

M1 = {n: repr(float(v)) for n, v in planned_inputs("M1").items() if n != "customer_value"}
RATE = "at 0.006 EUR/JPY on 2026-01-31"


def choice(euro, yen, common=""):
    """A case file with two options beside none."""
    quantities = "".join(f'{name} = "{text}"\n' for name, text in M1.items())
    return case_from(
        f"""mechanism = "M1"
[quantities]
{quantities}{common}
[options.none]
[options.euro]
{euro}
[options.yen]
{yen}
""".encode(),
        "case.toml",
    )


@pytest.mark.parametrize(
    ("euro", "yen", "common"),
    [
        ('quantities.customer_value = "190 EUR"', 'quantities.customer_value = "190 JPY"', ""),
        (
            'fixed_cost = "10000 EUR/year"', 'fixed_cost = "10000 JPY/year"',
            "customer_value = 190\n",
        ),
        (
            'quantities.customer_value = "190 EUR"',
            'quantities.customer_value = 190\nfixed_cost = "10000 JPY/year"', "",
        ),
    ],
)  # fmt: skip
def test_options_of_two_currencies_are_not_compared(euro, yen, common):
    """190 EUR and 190 JPY are not the same; the sentence names both options and currencies."""
    with pytest.raises(InputError, match="option euro is in EUR and option yen is in JPY"):
        choice(euro, yen, common).to_json()


def test_options_of_one_currency_are_compared():
    """So are an amount without a currency, and one with its rate."""
    customer_value = "customer_value = 190\n"
    options = choice('fixed_cost = "6000 EUR/year"', "fixed_cost = 6000", customer_value).to_json()
    assert options["options"]["euro"]["mean"] == options["options"]["yen"]["mean"]
    rated = decide(
        find_mechanism("M1"),
        M1 | {"customer_value": "190 EUR"},
        [Option("a", fixed_cost="6000"), Option("b", fixed_cost=f"1000000 JPY/year {RATE}")],
        currency="EUR",
    )
    assert rated.means["a"] == pytest.approx(rated.means["b"])


def test_two_values_of_different_currencies_have_no_bridge():
    """A change from EUR to JPY is none of the business."""
    mechanism = find_mechanism("M1")
    one, other = (worth(mechanism, M1 | {"customer_value": f"190 {c}"}) for c in ("EUR", "JPY"))
    with pytest.raises(InputError, match="One value is in EUR, the other in JPY"):
        bridge(one, other)


def test_what_building_and_running_cost_is_in_one_currency():
    """A build cost in EUR and a running cost in JPY have no net present value."""
    sure = Estimate.of(np.full(4, 100_000.0), "money/year")
    with pytest.raises(InputError, match="mix EUR and JPY"):
        benefits(sure, {"build_cost": "60k EUR", "run_cost": "20k JPY/year"})
