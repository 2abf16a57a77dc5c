"""The brief: coverage of the six areas, weights of the stakeholders and their conflicts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.planning import (
    Area,
    Confidence,
    Finding,
    Stakeholder,
    conflicts,
    coverage,
    project_weights,
)
from mlpm_core.quantity import Dimension

# Influence, and weights of revenue/cost/cycle/people/experience.
SHOP = {
    "Mara Lindqvist": (5, (0.35, 0.30, 0.10, 0.10, 0.15)),
    "Tom Okafor": (4, (0.2, 0.6, 0.1, 0.1, 0)),
    "Ines Varga": (4, (0, 0.1, 0.4, 0.35, 0.15)),
    "Jonas Weil": (3, (0.45, 0, 0, 0.05, 0.5)),
}
PEOPLE = {
    name: Stakeholder(name, influence, dict(zip(Dimension, weights, strict=True)))
    for name, (influence, weights) in SHOP.items()
}
weights = st.lists(st.floats(0, 10), min_size=5, max_size=5).filter(lambda w: sum(w) > 0.01)
people = st.lists(st.tuples(st.floats(0.1, 5), weights), min_size=1, max_size=5).map(
    lambda rows: [
        Stakeholder(f"P{i}", influence, dict(zip(Dimension, w, strict=True)))
        for i, (influence, w) in enumerate(rows)
    ]
)


def test_all_six_areas_are_told_blockers_first():
    areas = coverage(
        [
            Finding(Area.DATA, "Two years of sales exist", Confidence.PROVEN),
            Finding(Area.DATA, "Stock is booked daily", Confidence.ASSUMED),
            Finding(Area.DATA, "A sample was seen", Confidence.CHECKED),
            Finding(Area.ARCHITECTURE, "Who hosts it?", is_blocker=True),
            Finding(Area.ARCHITECTURE, "One batch a night", Confidence.CHECKED, is_blocker=True),
        ]
    )
    assert [c.area for c in areas[:2]] == [Area.ARCHITECTURE, Area.ORGANISATION]
    assert areas[-1].area is Area.DATA
    assert {c.area for c in areas} == set(Area)
    assert areas[-1].share == pytest.approx(2 / 3)
    assert [f.statement for f in areas[0].findings] == ["Who hosts it?", "One batch a night"]
    assert areas[0].n_blockers == 1
    assert areas[0].sentence == "Architecture: 1 of 2 findings checked or proven, 1 blocker open."
    assert areas[1].share == 0
    assert areas[1].sentence == "Organisation: nothing has been asked yet."


@given(st.permutations([Finding(a, f"q{c}", c) for a in Area for c in Confidence]))
def test_the_order_of_findings_is_irrelevant_to_coverage(findings):
    assert coverage(findings) == coverage(sorted(findings, key=lambda f: f.statement))
    assert all(c.share == 0.5 for c in coverage(findings))


@pytest.mark.parametrize(
    "wrong", [("data", " "), ("weather", "Rain?"), ("data", "Rain?", "believed")]
)
def test_a_wrong_finding_is_refused(wrong):
    with pytest.raises(InputError, match=r"statement|area is|confidence is"):
        Finding(*wrong)


def test_the_project_weighs_people_by_influence():
    """Mara and Tom: revenue (5*.35 + 4*.2)/9 = .283333, cost (5*.3 + 4*.6)/9 = .433333."""
    found = project_weights([PEOPLE["Mara Lindqvist"], PEOPLE["Tom Okafor"]])
    assert found[Dimension.REVENUE] == pytest.approx(2.55 / 9)
    assert found[Dimension.COST_SAVING] == pytest.approx(3.9 / 9)
    with pytest.raises(NotEnoughDataError, match="at least one"):
        project_weights([])


def test_the_designed_conflict_is_found():
    (conflict,) = conflicts([PEOPLE["Tom Okafor"], PEOPLE["Jonas Weil"]])
    assert conflict.names == ("Jonas Weil", "Tom Okafor")
    assert conflict.dimensions == (Dimension.CUSTOMER_EXPERIENCE, Dimension.COST_SAVING)
    assert conflict.gaps == pytest.approx((0.5, 0.6))
    assert conflict.sentence == (
        "Jonas Weil puts 50 of 100 points on customer experience, Tom Okafor 0; "
        "Tom Okafor puts 60 on cost saving, Jonas Weil 0."
    )


def test_like_minded_people_are_no_conflict():
    assert conflicts([PEOPLE["Mara Lindqvist"], PEOPLE["Tom Okafor"]]) == ()
    assert conflicts([PEOPLE["Mara Lindqvist"], PEOPLE["Jonas Weil"]]) == ()


def test_the_shop_has_two_conflicts_the_sharpest_first():
    pairs = conflicts(list(PEOPLE.values()))
    assert [conflict.names for conflict in pairs] == [
        ("Jonas Weil", "Tom Okafor"), ("Ines Varga", "Jonas Weil"),
    ]  # fmt: skip


def test_a_gap_on_one_side_only_is_no_conflict():
    """All of one's weight on revenue, the other's spread evenly: gaps .8 and four times .2."""
    single = Stakeholder("A", 1, {Dimension.REVENUE: 1})
    even = Stakeholder("B", 1, dict.fromkeys(Dimension, 1))
    assert conflicts([single, even]) == ()


def test_a_third_is_enough():
    one = Stakeholder("A", 1, {Dimension.REVENUE: 1, Dimension.CYCLE_TIME: 2})
    two = Stakeholder("B", 1, {Dimension.COST_SAVING: 1, Dimension.CYCLE_TIME: 2})
    assert len(conflicts([one, two])) == 1


@given(people)
def test_weights_sum_to_one(stakeholders):
    for weights_of in (*(s.weights for s in stakeholders), project_weights(stakeholders)):
        assert math.fsum(weights_of.values()) == pytest.approx(1)
        assert all(0 <= w <= 1 + 1e-12 for w in weights_of.values())


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_people_is_irrelevant(stakeholders, random):
    shuffled = list(stakeholders)
    random.shuffle(shuffled)
    one, two = conflicts(stakeholders), conflicts(shuffled)
    assert sorted(one, key=lambda c: c.names) == sorted(two, key=lambda c: c.names)
    assert project_weights(shuffled) == pytest.approx(project_weights(stakeholders))


@given(people, st.floats(0.01, 100))
def test_only_proportions_count(stakeholders, scale):
    scaled = [
        Stakeholder(s.name, s.influence * scale, {d: w * scale for d, w in s.priorities.items()})
        for s in stakeholders
    ]
    assert project_weights(scaled) == pytest.approx(project_weights(stakeholders), abs=1e-9)


@pytest.mark.parametrize(
    ("influence", "priorities", "message"),
    [
        (0, {Dimension.REVENUE: 1}, "influence is 0"),
        (math.nan, {Dimension.REVENUE: 1}, "influence is nan"),
        (1, {Dimension.REVENUE: -1}, "revenue is -1"),
        (1, {"fame": 1}, "'fame' is none of"),
        (1, {Dimension.REVENUE: 0}, "at least one dimension"),
        (1, {}, "at least one dimension"),
    ],
)
def test_wrong_priorities_are_refused(influence, priorities, message):
    with pytest.raises(InputError, match=message):
        Stakeholder("Tom", influence, priorities)
