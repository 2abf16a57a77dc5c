"""The bridge between two values: exact, whole, and as published where something is published."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.errors import InputError
from mlpm_core.value.bridge import UNIT_ECONOMICS, VOLUME, bridge, shapley
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import worth
from tests.catalogue_examples import EXAMPLES, GIVEN, near

# NannyML's car loan example, chunks of 5,000: [[TN, FP], [FN, TP]].
CHUNKS = {
    0: ((2305, 109), (180, 2406)),
    1: ((2440, 102), (187, 2271)),
    2: ((2472, 99), (150, 2279)),
    5: ((2313, 190), (237, 2260)),
}
TOTALS = {0: 121_735, 1: 115_380, 2: 117_820, 5: 110_815}
V_TN, V_FP, V_FN, V_TP = 5, -10, -50, 50


def rates(chunk: tuple[tuple[int, int], tuple[int, int]]) -> dict[str, float]:
    (tn, fp), (fn, tp) = chunk
    n = tn + fp + fn + tp
    return {"n": n, "prevalence": (fn + tp) / n, "recall": tp / (fn + tp), "fpr": fp / (tn + fp)}


def loan_value(r: dict[str, float]) -> float:
    positives, negatives = r["n"] * r["prevalence"], r["n"] * (1 - r["prevalence"])
    of_positives = r["recall"] * V_TP + (1 - r["recall"]) * V_FN
    of_negatives = r["fpr"] * V_FP + (1 - r["fpr"]) * V_TN
    return positives * of_positives + negatives * of_negatives


def split(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    names = ["prevalence", "recall", "fpr"]
    return shapley(
        lambda changed: loan_value({n: (after if n in changed else before)[n] for n in before}),
        names,
    )


@pytest.mark.parametrize(("number", "total"), TOTALS.items())
def test_the_chunks_have_their_published_totals(number, total):
    assert loan_value(rates(CHUNKS[number])) == pytest.approx(total, abs=1e-6)


def test_chunk_0_to_2_as_published():
    """By hand: -3,915 = prevalence -6,132.34, recall +1,968.83, fpr +248.51."""
    parts = split(rates(CHUNKS[0]), rates(CHUNKS[2]))
    assert parts["prevalence"] == pytest.approx(-6132.34, abs=0.005)
    assert parts["recall"] == pytest.approx(1968.83, abs=0.005)
    assert parts["fpr"] == pytest.approx(248.51, abs=0.005)
    assert sum(parts.values()) == pytest.approx(-3915, abs=1e-9)


def test_chunk_4_to_5_as_published():
    """By hand: -7,375 = prevalence -600.69, recall -5,633.87, fpr -1,140.44.

    The counts of chunk 4 are not printed there. They are searched for here among all whole counts
    that give its total, 110,815 + 7,375: exactly one gives the three published parts.
    """
    after, found = rates(CHUNKS[5]), []
    for positives in range(2400, 2600):
        for tp in range(int(positives * 0.88), int(positives * 0.96)):
            fn, negatives = positives - tp, 5000 - positives
            # 5 (negatives - fp) - 10 fp - 50 fn + 50 tp = 118,190
            fp, rest = divmod(5 * negatives - 50 * fn + 50 * tp - 118_190, 15)
            if rest or not 0 <= fp <= negatives:
                continue
            parts = split(rates(((negatives - fp, fp), (fn, tp))), after)
            values = [round(parts[name], 2) for name in ("prevalence", "recall", "fpr")]
            if values == [-600.69, -5633.87, -1140.44]:
                found.append(((negatives - fp, fp), (fn, tp)))
    assert len(found) == 1


@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.tuples(st.floats(-10, 10), st.floats(-10, 10)),
        min_size=1,
    )
)
@settings(max_examples=50, deadline=None)
def test_it_is_the_mean_over_all_orders(moments):
    names = sorted(moments)

    def value(changed: frozenset[str]) -> float:
        product, total = 1.0, 0.0
        for name in names:
            now = moments[name][name in changed]
            product, total = product * now, total + now * now
        return product + total

    means = dict.fromkeys(names, 0.0)
    orders = list(permutations(names))
    for order in orders:
        for i, name in enumerate(order):
            step = value(frozenset(order[: i + 1])) - value(frozenset(order[:i]))
            means[name] += step / len(orders)
    parts = shapley(value, names)
    assert parts == pytest.approx(means, abs=1e-6)
    whole = value(frozenset(names)) - value(frozenset())
    assert sum(parts.values()) == pytest.approx(whole, abs=1e-6)


def test_too_many_causes_and_one_twice_are_refused():
    with pytest.raises(InputError, match="at most 10"):
        shapley(lambda _: 0.0, [str(i) for i in range(11)])
    with pytest.raises(InputError, match="named twice"):
        shapley(lambda _: 0.0, ["a", "a"])


LETTERS = {
    "population": "90k to 110k", "prevalence": "0.04 to 0.06", "recall": "0.55 to 0.65",
    "precision": "0.22 to 0.28", "uptake": "0.9", "capacity": "15000", "acceptance": "0.2 to 0.4",
    "customer_value": "150 to 250", "incentive": "10", "contact_cost": "1", "contact_minutes": "6",
    "non_churner_acceptance": "1", "annoyance": "0.05",
}  # fmt: skip


def test_the_parts_of_a_mechanism_sum_to_the_whole():
    letters = find_mechanism("targeted_intervention")
    before = worth(letters, LETTERS, draws=512)
    later = {"population": "120k", "recall": "0.5", "precision": "0.2", "contact_cost": "2"}
    after = worth(letters, LETTERS | later, draws=512)
    change = bridge(before, after)
    assert [p.cause for p in change.parts] == [VOLUME, "fpr", "recall", UNIT_ECONOMICS]
    assert change.before == pytest.approx(before.net.mean, rel=1e-12)
    assert change.after == pytest.approx(after.net.mean, rel=1e-12)
    assert sum(p.change for p in change.parts) == pytest.approx(change.change, rel=1e-9)


def test_one_change_is_the_whole_change():
    letters = find_mechanism("targeted_intervention")
    before = worth(letters, LETTERS, draws=256)
    after = worth(letters, LETTERS | {"customer_value": "120"}, draws=256)
    (part,) = bridge(before, after).parts
    assert part.cause == UNIT_ECONOMICS
    assert part.change == pytest.approx(after.net.mean - before.net.mean, rel=1e-12)
    assert bridge(before, before).parts == ()


def test_rarer_positives_are_not_the_models_fault():
    """With recall and fpr as they were, a falling precision is prevalence's doing alone."""
    letters = find_mechanism("targeted_intervention")
    exact = LETTERS | {"population": "100k", "acceptance": "0.3", "customer_value": "200"}
    before = worth(letters, exact | {"prevalence": "0.05", "recall": "0.6", "precision": "0.25"})
    fpr = 0.6 * 0.05 * 3 / 0.95
    precision = 0.6 * 0.04 / (0.6 * 0.04 + fpr * 0.96)
    after = worth(
        letters, exact | {"prevalence": "0.04", "recall": "0.6", "precision": repr(precision)}
    )
    parts = {p.cause: p.change for p in bridge(before, after).parts}
    assert parts.pop("prevalence") == pytest.approx(after.net.mean - before.net.mean, rel=1e-9)
    assert all(abs(rest) < 1e-6 for rest in parts.values())


def test_two_different_things_have_no_bridge():
    letters = find_mechanism("targeted_intervention")
    with pytest.raises(InputError, match="different draws"):
        bridge(worth(letters, LETTERS, draws=64), worth(letters, LETTERS, draws=128))
    with pytest.raises(InputError, match="no bridge"):
        bridge(worth(letters, LETTERS, draws=64), worth(letters, LETTERS, draws=64, baseline="all"))


def _moments(number: str, before: dict[str, object], after: dict[str, object]):
    given = GIVEN.get(number) or EXAMPLES[number]["inputs"]
    mechanism = find_mechanism(number)
    return [
        worth(
            mechanism, {n: x if isinstance(x, str) else repr(x) for n, x in (given | own).items()}
        )
        for own in (before, after)
    ]


@pytest.mark.parametrize("silent", [{"recall": 0, "precision": 0}, {"recall": 0}])
def test_a_model_that_stops_flagging_has_a_bridge_to_nothing(silent):
    """M1 at recall .6, fpr .6*.05*.75/.25/.95 = .094737: 62,100 to 0, by hand.

    Without false positives 2,700 contacts leave .3*190*2,700 - 2,700 = 151,200; without true ones
    8,100 contacts cost 11 each: -89,100. Shapley: recall ((0 - 151,200) + (-89,100 - 62,100))/2 =
    -151,200, false positive rate (89,100 + 89,100)/2.
    """
    before, after = _moments("M1", {}, silent)
    there = bridge(before, after)
    assert (there.before, there.after) == (near(62_100), 0)
    parts = {part.cause: part.change for part in there.parts}
    assert parts == {"recall": pytest.approx(-151_200), "fpr": pytest.approx(89_100)}
    back = {part.cause: part.change for part in bridge(after, before).parts}
    assert back == {name: pytest.approx(-change) for name, change in parts.items()}


def test_when_nobody_leaves_any_more_the_false_alarms_are_left():
    """Prevalence 0: 8,100 of 95,000 stay flagged among 100,000: 9,000*.094737... contacts.

    fpr .0947368 of 100,000 is 9,473.7 flagged, .9 of them contacted: 8,526.3 at 11 each.
    """
    before, after = _moments("M1", {}, {"prevalence": 0, "precision": 0, "recall": 0})
    parts = {part.cause: part.change for part in bridge(before, after).parts}
    assert parts.keys() == {"prevalence", "recall", "fpr"}
    assert sum(parts.values()) == pytest.approx(-62_100)
    # Of the mixtures the one with prevalence alone changed nets -8,526.3 * 11 = -93,789.5; both of
    # prevalence and recall the same. With the others by hand:
    nets = {"": 62_100, "p": -93_789.473684, "r": -89_100, "f": 151_200, "pr": -93_789.473684}
    nets |= {"pf": 0, "rf": 0, "prf": 0}
    expected = {}
    for one in "prf":
        orders = ["".join(order) for order in permutations("prf")]
        gains = [
            nets["".join(sorted(o[: o.index(one) + 1], key="prf".index))]
            - nets["".join(sorted(o[: o.index(one)], key="prf".index))]
            for o in orders
        ]
        expected[{"p": "prevalence", "r": "recall", "f": "fpr"}[one]] = sum(gains) / len(gains)
    assert parts == {name: pytest.approx(change) for name, change in expected.items()}


@pytest.mark.parametrize(
    ("number", "after"),
    [
        ("M2", {"recall": 0, "precision": 0, "value_detection_rate": 0}),
        ("M2", {"recall": 0, "precision": 0, "value_detection_rate": "0"}),
        ("M6", {"recall": 0, "precision": 0}),
        ("M12", {"recall": 0, "precision": 0}),
        ("M12", {"recall": "0 to 0.4", "precision": "0.1 to 0.4"}),
        ("M11_uplift", {"uplift_at_k": 0.2, "conversion_treated_at_k": 0.3}),
        ("M10", {"containment_rate": 0, "resolution_rate": 0}),
        ("M3", {"coverage": 0}),
        ("M7", {"escape_rate_model": 1, "overkill_rate_model": 0}),
        ("M9", {"automatic_share_model": 0}),
    ],
)
def test_every_change_has_a_bridge_that_adds_up(number, after):
    of = {"M11_uplift": "M11"}.get(number, number)
    for one, two in (({}, after), (after, {})):
        before_it, after_it = _moments(of, one, two)
        change = bridge(before_it, after_it)
        assert (change.before, change.after) == (before_it.net.mean, after_it.net.mean)
        scale = abs(change.before) + abs(change.after) + 1
        assert sum(p.change for p in change.parts) == pytest.approx(change.change, abs=1e-9 * scale)


def test_a_silent_model_has_no_precision_to_blame():
    """M6 knows no prevalence: what it lost is lost by recall alone, whatever precision says."""
    before, after = _moments("M6", {}, {"recall": 0, "precision": 0})
    (part,) = bridge(before, after).parts
    assert (part.cause, part.change) == ("recall", near(-before.net.mean))
