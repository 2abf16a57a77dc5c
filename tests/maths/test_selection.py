"""Easy cases, reviews that release, audits that correct, and what is paid for each case.

The worked examples of the catalogue with one number changed, by hand.
"""

from __future__ import annotations

import pytest

from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import worth
from tests.catalogue_examples import EXAMPLES, GIVEN, near


def net(number: str, **changes: float) -> float:
    given = GIVEN.get(number) or EXAMPLES[number]["inputs"]
    written = {name: repr(x) for name, x in (given | changes).items()}
    return worth(find_mechanism(number), written, draws=8).net.mean


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (8, 74_105),  # the mean of all cases: 31,000 * 7.8 min * 16 EUR/h + 11,625 - 2,000
        (4.2, 42_691.666667),  # 31,000 * 4 min = 2,066.67 h, * 16 = 33,066.67
        (2, 24_505),  # 31,000 * 1.8 min = 930 h, * 16 = 14,880
    ],
)
def test_the_cases_a_model_is_sure_of_are_quick_ones(minutes, expected):
    """M3: what is saved is the work of the cases it takes, not of the mean case."""
    assert net("M3", human_minutes_automatic=minutes) == pytest.approx(expected, rel=1e-9)


def test_a_contact_that_an_assistant_closes_is_a_quick_one():
    """M10 at 5 instead of 7.5 minutes: 75,600 closed, 13,608 come back, the others take longer.

    Handed over: 168,000*7.5 - 75,600*5 = 882,000 min. Saved (61,992*5 + 88,200 - 46,200)/60 =
    5,866 h, 91,509.60; less 10,080 of conversations, 3,360 of harm and 22,680 of lost customers.
    """
    assert net("M10", handle_minutes_contained=5) == near(55_389.6)
    assert net("M10", handle_minutes_contained=7.5) == near(90_770.4) == near(net("M10"))


def test_quotes_and_applications_that_become_automatic_are_quick_ones():
    """M9: .4*20,000*10 min = 1,333.33 h, * 20 = 26,666.67, with 200,000 of better prices.

    M12: 300*4,000 - 700*800 = 640,000 by the declines; .7*10,000*12 min = 1,400 h, * 18 = 25,200.
    """
    assert net("M9", human_minutes_automatic=10) == pytest.approx(226_666.666667)
    assert net("M12", human_minutes_automatic=12) == near(665_200)


@pytest.mark.parametrize(("uptake", "expected"), [(0.6, 44_463), (0.1, 7_410.5), (0, 0)])
def test_a_case_that_does_not_reach_the_model_costs_nothing_to_run(uptake, expected):
    """M3 scales with what reaches it: 50,000 * .04 were paid at any uptake."""
    assert net("M3", uptake=uptake) == near(expected)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"audit_correction": 0.8}, 74_570),  # 31,000 * .015 * .05*.8 = 18.6 errors at 25
        ({"audit_correction": 1.0, "audit_share": 1.0}, 54_316.666667),  # 31,000*(4 min, .03*25)
        ({"audit_correction": 1.0, "audit_share": 0.5, "cost_per_error": 100}, 117_350),
    ],
)
def test_an_audit_corrects_the_errors_it_finds(changes, expected):
    """The third: 31,000 * (8 - .5*4) min = 3,100 h, * 16 = 49,600; errors 31,000 * (.03 - .0075) *
    100 = 69,750; less 2,000 of running.
    """
    assert net("M3", **changes) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("release", "more"), [(0.5, 1_800), (1.0, 3_600), (0.0, 0)])
def test_a_review_releases_good_payments(release, more):
    """M2: of 3,600 good payments flagged a fifth is looked at; each released saves 3 + 2 = 5."""
    assert net("M2", review_release=release) - net("M2", review_release=0) == near(more)


@pytest.mark.parametrize(("release", "expected"), [(0.9, 496_230), (0.5, 464_550), (0, 424_950)])
def test_a_review_releases_good_units(release, expected):
    """M7: a person looks at each of 19,800 good units rejected; a unit released saves 4."""
    assert net("M7", review_release=release) == near(expected)
