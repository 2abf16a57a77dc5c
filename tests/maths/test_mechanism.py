"""Mechanism files: what is read can be computed; what cannot is refused with a fix."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.quantity import Dimension
from mlpm_core.value.mechanism import find_mechanism, mechanism_json, mechanisms, read_mechanism

FOLDER = Path(__file__).resolve().parents[2] / "mlpm_core" / "catalogue" / "mechanisms"
M1 = (FOLDER / "targeted_intervention.toml").read_text("utf-8")


def test_every_mechanism_is_complete():
    catalogue = mechanisms()
    assert {"targeted_intervention", "triage_automation", "demand_forecast"} <= set(catalogue)
    for name, mechanism in catalogue.items():
        assert (FOLDER / f"{name}.toml").exists()
        assert set(mechanism.kpis) == set(Dimension)
        assert mechanism.metrics
        assert mechanism.sources
        assert all(entry.label and entry.question for entry in mechanism.all_inputs)
        assert set(mechanism.baselines) == {"none", "all", "incumbent"}


@pytest.mark.parametrize("name", ["triage_automation", "M3", "m3"])
def test_a_mechanism_is_found_by_name_or_number(name):
    assert find_mechanism(name).id == "triage_automation"


def test_an_unknown_mechanism_lists_near_names():
    with pytest.raises(NotFoundError, match="Did you mean triage_automation"):
        find_mechanism("triage")


def test_metrics_are_reported_under_the_name_of_the_csv():
    assert find_mechanism("M4").input("wape_model").reported_as == "wape"
    assert find_mechanism("M1").input("recall").reported_as == "recall"


def test_a_baseline_asks_only_for_what_it_needs():
    m1 = find_mechanism("M1")
    extra = {i.name for i in m1.inputs_for("incumbent")} - {i.name for i in m1.inputs_for(None)}
    assert extra == {"precision_incumbent", "recall_incumbent"}
    assert m1.inputs_for("all") == m1.inputs_for("none") == m1.inputs
    assert {i.name for i in m1.all_inputs} >= extra


def test_a_baseline_that_makes_no_sense_says_why():
    with pytest.raises(InputError, match="'all': A forecast serves every order"):
        find_mechanism("M4").inputs_for("all")
    with pytest.raises(NotFoundError, match="baseline 'nobody'"):
        find_mechanism("M4").inputs_for("nobody")


def test_an_unknown_input_lists_near_names():
    with pytest.raises(NotFoundError, match="Did you mean recall"):
        find_mechanism("M1").input("recal")


def test_the_json_is_that_of_the_command():
    told = mechanism_json(find_mechanism("M3"))
    assert told["id"] == "triage_automation"
    assert told["volume"] == "population"
    assert {"name": "coverage", "unit": "1"} in told["metrics"]
    wage = next(q for q in told["quantities"] if q["name"] == "wage_per_hour")
    assert wage["unit"] == "money/hour"
    assert wage["question"]


def test_a_mechanism_survives_pickling():
    mechanism = find_mechanism("M1")
    assert pickle.loads(pickle.dumps(mechanism)) == mechanism


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "acceptance * customer_value * tp_acted",
            "acceptance * customer_value * population * contact_minutes",
            "Formula 'kpis.revenue' yields hour*money/case/year where money/year is declared.",
        ),
        (
            'unit = "customer/year"\nlow = 0\ntypical = "10k to 1m"',
            'unit = "customer/week"\nlow = 0\ntypical = "10k to 1m"',
            "volume 'population' must be in cases a year.",
        ),
        (
            'unit = "contact/year" }\ntp_acted',
            'unit = "contact/week" }\ntp_acted',
            "Formula 'flows.contacts' yields case/year where contact/week is declared.",
        ),
        ('"population * prevalence * recall"', '"population * prevalense"', "'prevalense' at pos"),
        ("min(capacity", "minn(capacity", "there is no function 'minn'. Did you mean min"),
        ('"min/contact"', '"mins/contract"', "There is no unit 'contract'. Did you mean contact"),
        ("[kpis.cycle_time]", "[kpis.cycle_tim]", "five dimensions; see cycle_tim, cycle_time"),
        ('tn = "0"', "", "[outcome_values] must hold tp, fp, fn and tn"),
        ('volume = "population"', 'volume = "people"', "volume is 'people'"),
        ('label = "Recall"\n', "", "metrics.recall has no label"),
        ('label = "Recall"', "label = 3", "metrics.recall: label must be a text"),
        ('better = "higher"', 'better = "up"', "better is 'up'; write higher, lower or neither"),
        ('typical = "0.3 to 0.7"', 'typical = "30 to 70"', "A percentage? Write 0.3 for 30%."),
        ('default = "1"', 'default = "x"', "quantities.uptake: 'x'"),
        ("[quantities.annoyance]", "[quantities.tp]", "the name 'tp' is taken"),
        ("[quantities.annoyance]", "[quantities.sqrt]", "'sqrt' cannot be a name"),
        ("low = 0\nhigh = 1\nbetter", 'low = "0"\nhigh = 1\nbetter', "low must be a number"),
        ('recall = "1", precision', 'recal = "1", precision', "Did you mean recall"),
        ("[baselines.none]", "[baselines.nobody]", "[baselines] must hold none, all, incumbent"),
        ('sentence = "contacting nobody"', "", "baselines.none: sentence must be a text"),
        ("for recall {recall}", "for recall {recal}", "{recal} in the sentence is not known"),
        ('natural = "none"', 'natural = "all"', "baselines.none needs set or reason"),
        ('number = "M1"', 'number = "one"', "number is 'one'; write one such as M3"),
        ('task = "classification"', 'tusk = "classification"', "the file has no task"),
        ('task = "classification"', 'task = "x"\nextra = 1', "There is no entry 'extra'"),
        ("[break_even]\nprecision", "[break_even]\nprecison", "Did you mean precision"),
        ("[flows]", "[flows", "is not TOML"),
    ],
)
def test_a_fault_is_refused_with_file_entry_and_fix(tmp_path, old, new, sentence):
    assert old in M1
    path = tmp_path / "mine.toml"
    path.write_text(M1.replace(old, new), "utf-8")
    with pytest.raises(InputError) as caught:
        read_mechanism(path)
    assert str(caught.value).startswith("mine.toml")
    assert sentence in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"mine\.toml cannot be read"):
        read_mechanism(tmp_path / "mine.toml")
