"""Who looks after a model: its contract while in force, own people on every other day."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.planning.care import Gap, Keeper, care_of
from mlpm_core.records import Contract, Deployment

TODAY = date(2026, 6, 30)


def care(own, **dates):
    """A model needed to the end of 2027, with a support contract with Northlight."""
    live = Deployment(
        project="p", deployment_id="d", model_id="m", value_case_id="v", contract_id="c",
        from_on=date(2024, 7, 1), needed_until_on=date(2027, 12, 31), looked_after_by=own,
    )  # fmt: skip
    contract = Contract(
        project="p", contract_id="c", counterparty="Northlight", contract_type="support", **dates
    )
    return care_of(live, contract, [], TODAY)


@pytest.mark.parametrize(
    ("dates", "keeper", "is_alone"),
    [
        ({"ends_on": date(2026, 6, 29)}, Keeper.OWN_PEOPLE, True),
        ({"starts_on": date(2026, 7, 10)}, Keeper.OWN_PEOPLE, True),
        ({"ends_on": date(2027, 3, 31)}, Keeper.CONTRACT, False),
    ],
)
def test_own_people_look_after_a_model_whenever_no_contract_is_in_force(dates, keeper, is_alone):
    found = care("Pia Holm", **dates)
    assert (found.keeper, found.gap_days, found.alarms) == (keeper, 0, ())
    assert found.own_people == "Pia Holm"
    assert (Gap.OWN_PEOPLE_ONLY in found.gaps) is is_alone


def test_the_other_party_of_a_contract_is_none_of_ones_own_people():
    found = care(" northlight ", ends_on=date(2026, 6, 29))
    assert (found.keeper, found.own_people) == (Keeper.NOBODY, "")
    assert Gap.CONTRACT_ENDED in found.alarms
