"""Who covers which work, what hangs on one person, and the days that a team really has."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.errors import InputError
from mlpm_core.planning.capacity import (
    Availability,
    capacity_by_role,
    role_loads,
    working_days,
)
from mlpm_core.planning.handovers import Link, handovers
from mlpm_core.planning.team import (
    USUAL_ROLES,
    Cover,
    LeadGap,
    Pairing,
    Person,
    Shape,
    coverage_matrix,
    lead_gaps,
    pairings,
    t_shape,
    unmet_wishes,
)

MONDAY = date(2026, 6, 1)
FRIDAY = date(2026, 6, 12)
"""Two weeks: ten working days."""

ANA = Person("ana", "Ana", "DS", {"train": 4, "feature": 3, "evaluate": 2, "governance": 2})
BEN = Person("ben", "Ben", "DE", {"data": 3, "feature": 3, "train": 2}, frozenset({"train"}))
CEM = Person("cem", "Cem", "DS", {"train": 3, "data": 1}, frozenset({"deploy"}))


def rows(*people, needed):
    return {row.category: row for row in coverage_matrix(people, needed)}


def test_a_category_that_one_person_does_alone_hangs_on_that_person():
    found = rows(ANA, BEN, CEM, needed={"train", "data", "deploy"})
    assert (found["train"].cover, found["train"].bus_factor) == (Cover.COVERED, 2)
    assert (found["data"].cover, found["data"].alone) == (Cover.ONE_PERSON, ("Ben",))
    assert (found["deploy"].cover, found["deploy"].best) == (Cover.UNCOVERED, 0)
    assert found["feature"].cover is Cover.NOT_NEEDED


def test_the_matrix_shows_the_best_level_of_each_role():
    found = rows(ANA, BEN, CEM, needed={"train"})
    assert found["train"].by_role == {"DS": 4, "DE": 2}
    assert set(found) == set(USUAL_ROLES)


def test_help_is_not_cover():
    assert rows(Person("a", "A", "DS", {"train": 2}), needed={"train"})["train"].bus_factor == 0


def test_nobody_covers_nothing_without_a_crash():
    found = rows(needed={"data"})
    assert (found["data"].cover, found["data"].by_role) == (Cover.UNCOVERED, {})


def test_a_level_beyond_four_is_refused():
    with pytest.raises(InputError, match="from 0 to 4"):
        coverage_matrix([Person("a", "A", "DS", {"train": 5})], {"train"})


@pytest.mark.parametrize(
    ("levels", "index", "shape"),
    [
        ({"train": 4, "feature": 2, "data": 2}, 2, Shape.T_SHAPED),
        ({"train": 4}, 4, Shape.DEEP),
        ({"train": 3, "data": 3}, 0, Shape.DEEP),
        ({"train": 2, "data": 2, "infra": 2}, 0, Shape.BROAD),
        ({"train": 2}, 2, Shape.GROWING),
        ({}, 0, Shape.GROWING),
    ],
)
def test_shape_is_the_highest_level_less_the_second(levels, index, shape):
    found = t_shape(Person("a", "A", "DS", levels))
    assert (found.index, found.shape) == (index, shape)


def lead(**levels):
    return Person("pia", "Pia", "DS", levels, is_lead=True)


@pytest.mark.parametrize(
    ("person", "gaps"),
    [
        (lead(train=3, governance=2), []),
        (lead(train=3, governance=1), [LeadGap.NO_DELIVERY]),
        (lead(train=2, governance=4), [LeadGap.NO_DEPTH]),
        (lead(governance=4, document=4), [LeadGap.NO_DEPTH]),
        (lead(), [LeadGap.NO_DEPTH, LeadGap.NO_DELIVERY]),
    ],
)
def test_a_technical_lead_masters_some_modelling_and_knows_delivery(person, gaps):
    assert [gap for _, gap in lead_gaps([person], {"DS"})] == gaps


def test_a_lead_whose_role_builds_no_models_is_named():
    assert lead_gaps([lead(train=4, governance=3)], {"DE"}) == (
        ("Pia", LeadGap.NOT_A_MODELLING_ROLE),
    )
    assert lead_gaps([lead(train=4, governance=3)], set()) == ()  # nobody said which roles do


def test_a_team_without_a_lead_is_told_so():
    assert lead_gaps([ANA], {"DS"}) == (("", LeadGap.NOBODY),)
    assert lead_gaps([], set()) == (("", LeadGap.NOBODY),)


def test_two_are_paired_where_one_is_a_level_above_and_the_other_wants_to_learn():
    assert pairings([ANA, BEN, CEM], {"train"}) == (Pairing("train", "Ben", "Cem", 2),)
    assert pairings([ANA, BEN, CEM], {"data"}) == ()  # nobody wants it
    assert pairings([ANA, BEN], {"train"}) == ()  # two levels above


def test_a_wish_that_nobody_can_teach_is_named():
    assert unmet_wishes([ANA, BEN, CEM]) == (("Cem", "deploy"),)


def test_weekends_holidays_and_absences_are_no_capacity():
    assert working_days(MONDAY, FRIDAY) == 10
    assert working_days(date(2026, 6, 6), date(2026, 6, 7)) == 0  # a weekend
    twice = [(date(2026, 6, 4), date(2026, 6, 4)), (date(2026, 6, 3), date(2026, 6, 7))]
    assert working_days(MONDAY, FRIDAY, twice) == 7  # a day off twice is off once
    assert working_days(MONDAY, FRIDAY, [(date(2020, 1, 1), date(2030, 1, 1))]) == 0
    assert working_days(MONDAY, FRIDAY, [(FRIDAY, MONDAY)]) == 10  # an absence backwards is none


def test_capacity_counts_shares_dates_absences_and_focus():
    team = [
        Availability("DS", 1.0),
        Availability("DS", 0.5, from_on=date(2026, 6, 8)),
        Availability("DE", 0.5, to_on=date(2026, 6, 3), away=((MONDAY, MONDAY),)),
        Availability("BT", 1.0, from_on=date(2027, 1, 1)),
    ]
    holiday = [(date(2026, 6, 11), date(2026, 6, 11))]
    days = capacity_by_role(team, MONDAY, FRIDAY, holidays=holiday, focus=0.8)
    assert days == {"DS": pytest.approx((9 + 2) * 0.8), "DE": pytest.approx(0.8), "BT": 0.0}


@pytest.mark.parametrize(("fraction", "focus"), [(1.2, 1.0), (-0.1, 1.0), (1.0, 0.0), (1.0, 1.1)])
def test_shares_that_are_none_are_refused(fraction, focus):
    with pytest.raises(InputError):
        capacity_by_role([Availability("DS", fraction)], MONDAY, FRIDAY, focus=focus)


def test_a_role_that_nobody_plays_lacks_all_its_days():
    loads = role_loads({"DE": 40.0, "MLE": 12.0, "DS": 10.0}, {"DE": 30.0, "DS": 20.0, "BT": 5.0})
    assert [(load.role, load.short_days) for load in loads] == [
        ("MLE", 12.0), ("DE", 10.0), ("BT", 0.0), ("DS", 0.0),
    ]  # fmt: skip
    assert [load.load for load in loads] == [None, pytest.approx(40 / 30), 0.0, 0.5]


def test_a_role_whose_people_are_away_has_no_load_to_divide_by():
    (load,) = role_loads({"DE": 4.0}, {"DE": 0.0})
    assert (load.load, load.short_days, load.capacity_days) == (None, 4.0, 0.0)


def test_work_that_goes_back_and_forth_is_counted_each_time():
    tasks = [
        Link("a", "Ana"), Link("b", "Ben", ["a"]), Link("c", "Ana", ["b"]), Link("d", "", ["c"]),
        Link("x", "Ana"), Link("y", "Ana", ["x", "nowhere"]),
    ]  # fmt: skip
    found = handovers(tasks)
    assert (found.n_links, found.n_handovers, found.n_unknown) == (3, 2, 1)
    assert (found.chain, found.chain_handovers) == (("a", "b", "c", "d"), 2)
    assert found.share == pytest.approx(2 / 3)


def test_a_circle_of_tasks_has_no_chain():
    assert handovers([Link("a", "Ana", ["a"])]) is None


def test_no_tasks_have_no_handovers():
    found = handovers([])
    assert (found.share, found.chain, found.chain_handovers) == (None, (), 0)
