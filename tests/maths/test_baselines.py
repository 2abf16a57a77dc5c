"""What a model is compared with: possible, and paying for what it does, no more and no less."""

from __future__ import annotations

import pytest

from mlpm_core.quantity import Dimension
from mlpm_core.value.mechanism import find_mechanism, mechanism_from
from mlpm_core.value.worth import worth
from tests.catalogue_examples import EXTRA, GIVEN, answer, near, told

REPAIRS = {"repairs_by_schedule": 1, "prevented_by_schedule": 0.5}
PERSON = {"escape_rate_by_person": 0.1, "overkill_rate_by_person": 0.01}


def costs(of) -> float:
    return of.costs.mean


def test_pumps_against_a_repair_every_year_by_hand():
    """500 pumps fail .4 times a year; a planned repair each year prevents half of the 200 failures.

    prevented 100, repairs 500: revenue (100*24 - 500*4)*100 = 40,000
    cost_saving 100*5,000 - 500*2,000 = -500,000; net -460,000; the model's is 395,280
    cycle (100*24 - 500*4)/500 = .8 h; the model's is 3.456 h
    people (100*16 - 500*6)/500*1000 = -2,800; the model's is 993.6; cx 100/500*1000 = 200; 172.8
    paid whatever it prevents: 500*(2,000 + 4*100) = 1,200,000; the model's looks 183.6*200 = 36,720
    """
    result = answer("M6", "all", **REPAIRS)
    assert told(result) == {
        "revenue": near(172_800 - 40_000),
        "cost_saving": near(222_480 + 500_000),
        "cycle_time": near(3.456 - 0.8),
        "people_intensity": near(993.6 + 2_800),
        "customer_experience": near(172.8 - 200),
        "net": near(395_280 + 460_000),
    }
    assert costs(result) == near(36_720 - 1_200_000)


@pytest.mark.parametrize(
    ("repairs", "prevented", "net"),
    [
        (0.2, 0.3, 204_000),  # every five years: 60*7,400 - 100*2,400
        (0.5, 0.45, 66_000),  # every two years: 90*7,400 - 250*2,400
        (0, 0, 0),  # no schedule is running to failure
    ],
)
def test_a_schedule_prevents_what_it_prevents_and_costs_what_it_costs(repairs, prevented, net):
    """A failure costs 5,000 + 24*100 = 7,400, a planned repair 2,000 + 4*100 = 2,400."""
    schedule = {"repairs_by_schedule": repairs, "prevented_by_schedule": prevented}
    assert answer("M6", "all", **schedule).net.mean == near(395_280 - net)


def test_a_schedule_is_never_better_than_preventing_every_failure():
    free = answer("M6", "all", repairs_by_schedule=0, prevented_by_schedule=1)
    assert free.net.mean == near(395_280 - 200 * 7_400)


def test_frames_against_a_person_at_every_frame_by_hand():
    """A person passes 10 % of the defects, rejects 1 % of the good frames, and costs .5 a frame.

    a frame: .3 - .5 + .01*(.2 - .1)*100 + .99*(.03 - .01)*4 = -.0208; net -20,800
    the model's machine is not paid: before, rejecting everything cost its .05 a frame as well
    time 18 - 36 s a frame; escapes avoided .01*.1*1000 = 1
    """
    result = answer("M7", "all", **PERSON)
    assert told(result) == {
        "revenue": near(0),
        "cost_saving": near(424_950 + 20_800),
        "cycle_time": near((15.9452 + 18) / 3600),
        "people_intensity": near(4.707 + 18 / 3600 * 1000),
        "customer_experience": near(1.5 - 1),
        "net": near(445_750),
    }
    assert costs(result) == near(1_000_000 * (0.05 + 0.0293 * 0.5) - 500_000)
    dearer = answer("M7", "all", **PERSON, inspection_cost_model=0.06)
    assert dearer.net.mean == near(445_750 - 10_000)


def test_a_list_against_one_ranking_for_everybody_by_hand():
    """All 1,000,000 sessions with .95 clicks instead of 1: -50,000 * .75 = -37,500, at no cost.

    It was the model's own ranking in every session: a baseline that no model could ever beat.
    """
    result = answer("M5", "all", **EXTRA["M5", "all"])
    assert result.net.mean == near(64_400 + 37_500)
    assert result.kpis[Dimension.CYCLE_TIME].mean == near((0.8 * 1 + 1) * 1.8 / 3600)
    assert costs(result) == near(800_000 * 0.002)
    better = answer("M5", "all", **EXTRA["M5", "all"] | {"clicks_same_for_all": 1.2})
    assert better.net.mean == near(64_400 - 150_000)


@pytest.mark.parametrize("number", ["M3", "M9", "M10"])
def test_when_all_is_automatic_the_cases_take_what_all_cases_take(number):
    """What the model takes may be quick; what a baseline of all takes is the mean case."""
    examples = {
        "M3": {
            "coverage": 0.62, "selective_error": 0.015, "population": 50_000, "human_error": 0.03,
            "human_minutes": 8, "audit_share": 0.05, "audit_minutes": 4, "wage_per_hour": 32,
            "cashable": 0.5, "cost_per_error": 25, "run_cost_per_case": 0.04,
            "human_wait_hours": 20, "automatic_wait_hours": 0.1, "error_when_all_automated": 0.05,
        },
        "M9": GIVEN["M9"] | EXTRA["M9", "all"],
        "M10": GIVEN["M10"] | EXTRA["M10", "all"],
    }  # fmt: skip
    quick = {"M3": "human_minutes_automatic", "M9": "human_minutes_automatic",
             "M10": "handle_minutes_contained"}[number]  # fmt: skip
    mechanism = find_mechanism(number)
    texts = {name: repr(x) for name, x in examples[number].items()}

    def of_baseline(**more):
        """Net of the baseline itself: against it, less against the natural one."""
        extra = {i.name for i in mechanism.baselines["all"].inputs}
        natural = {n: x for n, x in (texts | more).items() if n not in extra}
        return (
            worth(mechanism, natural, draws=8).net.mean
            - worth(mechanism, texts | more, baseline="all", draws=8).net.mean
        )

    assert of_baseline(**{quick: "2"}) == near(of_baseline())


OWN = """
id = "own"
name = "Own"
sentence = "S."
task = "t"
case = "case"
volume = "cases"
bad_experience = "b"
natural = "none"
sources = ["s"]
[metrics.recall]
label = "R"
question = "q"
unit = "1"
low = 0
high = 1
better = "higher"
[quantities.cases]
label = "C"
question = "q"
unit = "case/year"
[flows]
hits = { formula = "cases * recall", unit = "case/year" }
[kpis]
revenue = { formula = "0" }
cost_saving = { formula = "0" }
cycle_time = { formula = "0" }
people_intensity = { formula = "0" }
customer_experience = { formula = "per(hits, cases)" }
[costs]
[baselines.none]
sentence = "nothing"
[baselines.incumbent]
reason = "r"
[baselines.all]
sentence = "all"
[baselines.all.kpis]
revenue = "0"
cost_saving = "0"
cycle_time = "0"
people_intensity = "0"
customer_experience = "1"
[baselines.all.costs]
"""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('customer_experience = "1"\n', "", "must hold the five dimensions; see customer_exp"),
        ('customer_experience = "1"', 'customer_experience = "hits"', "'hits' at position 1"),
        ('cycle_time = "0"\npeople_intensity = "0"\ncustomer_experience = "1"',
         'cycle_time = "cases"\npeople_intensity = "0"\ncustomer_experience = "1"',
         "yields case/year where hour/case is declared"),
        ("[baselines.all.costs]\n", "", "belongs beside [costs]: write both"),
        ("[costs]\n", "", "belongs beside [costs]: write both"),
        ('sentence = "all"', 'sentence = "all"\nset = { recall = "1" }', "needs set or reason"),
        ("[costs]\n", '[costs]\nlooks = "cases"\n', "yields case/year where money/year"),
        ("[costs]\n", '[costs]\nlooks = 3\n', "looks must be a text in quotes"),
    ],
)  # fmt: skip
def test_a_baseline_of_its_own_is_checked_like_everything_else(old, new, sentence):
    assert mechanism_from(OWN).costs == {}
    assert OWN.count(old) == 1
    with pytest.raises(Exception, match=sentence.replace("[", r"\[").replace("]", r"\]")):
        mechanism_from(OWN.replace(old, new))
