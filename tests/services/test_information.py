"""What it is worth to know more: exact references, invariants, and the case file of the command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import beta

from mlpm_core.cli import main
from mlpm_core.errors import InputError, NotEnoughDataError, NotFoundError
from mlpm_core.value.case_file import read_case
from mlpm_core.value.decision import Option, decide
from mlpm_core.value.draws import uniform_points
from mlpm_core.value.information import Study, evpi, evppi, evsi
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.policy import Policy
from mlpm_core.value.tornado import tornado
from tests.adoption_reference import Reference

FOLDER = Path(__file__).parents[1] / "golden"
ADOPTION = FOLDER / "adoption.toml"
KEYS = {
    "cost_error": "cost_per_error", "err_B": "B.selective_error", "err_A": "A.selective_error",
    "cov_A": "A.coverage", "uptake": "uptake", "cov_B": "B.coverage", "cashable": "cashable",
    "min_human": "human_minutes", "volume": "population",
}  # fmt: skip
# tests/adoption_reference.py: exact but for EVPI (s.e. 0.3). The published decision charged the
# running cost to every case that arrives; here it is that of the cases that reach the model.
EVPPI = {
    "cost_error": 3382.57, "err_B": 2631.88, "err_A": 1264.36, "cov_A": 1159.13, "cov_B": 566.96,
    "uptake": 513.10, "cashable": 296.11, "min_human": 14.45, "volume": 0.0,
}  # fmt: skip
PUBLISHED = {
    "cost_error": 3382.57, "err_B": 2631.88, "err_A": 1264.36, "cov_A": 1159.13, "uptake": 600.61,
    "cov_B": 566.96, "cashable": 316.22, "min_human": 14.45, "volume": 0.0,
}  # fmt: skip
EVSI = {
    "cost 20 past errors": 3131.38,
    "audit 1,000 automatic cases of B": 1674.83,
    "audit 100 automatic cases of B": 437.97,
}
SWINGS = {
    "uptake": 40_856, "cashable": 40_234, "selective_error": 23_387, "human_minutes": 20_845,
    "population": 13_946, "coverage": 9_835, "cost_per_error": 7_317,
}  # fmt: skip


def near(expected: float) -> object:
    """2 % or 30 money units, whichever is larger: the reference decision's own tolerance."""
    return pytest.approx(expected, abs=max(30.0, 0.02 * abs(expected)))


@pytest.fixture(scope="module")
def adoption():
    return read_case(ADOPTION).to_json()


def test_the_worked_adoption_decision_is_reproduced(adoption):
    assert adoption["evpi"] == near(6341.2)
    for name, mean in (("none", 0.0), ("A", 19_182.75), ("B", 20_832.49)):
        assert adoption["options"][name]["mean"] == near(mean)
    for name, p_best in (("none", 0.1158), ("A", 0.3191), ("B", 0.5651)):
        assert adoption["options"][name]["p_best"] == pytest.approx(p_best, abs=0.01)
    assert adoption["best"] == "B"
    assert adoption["options"]["B"]["expected_regret"] == pytest.approx(adoption["evpi"])


def test_the_reference_is_that_of_the_published_decision():
    """Counted as published it gives the published figures; tests/adoption_reference.py says how."""
    published, ours = Reference(published=True), Reference(published=False)
    assert published.means() == pytest.approx({"none": 0, "A": 18_382.75, "B": 20_032.49}, abs=0.01)
    assert {n: published.evppi(n) for n in PUBLISHED} == pytest.approx(PUBLISHED, abs=0.1)
    assert {n: ours.evppi(n) for n in EVPPI} == pytest.approx(EVPPI, abs=0.1)
    audits = [ours.of_audit(n) for n in (1000, 100)]
    expected = [EVSI[f"audit {n} automatic cases of B"] for n in ("1,000", "100")]
    assert audits == pytest.approx(expected, abs=0.01)
    assert ours.of_costing(20) == pytest.approx(EVSI["cost 20 past errors"], abs=0.1)
    assert {KEYS[n].rpartition(".")[2]: x for n, x in ours.swings().items()} == pytest.approx(
        SWINGS, abs=0.5
    )


@pytest.mark.parametrize("name", list(EVPPI))
def test_knowing_one_input_is_worth_what_the_quadrature_says(adoption, name):
    assert adoption["evppi"][KEYS[name]] == near(EVPPI[name])


def test_inputs_are_ranked_by_what_they_are_worth_and_not_by_their_swing(adoption):
    ranked = [KEYS[name] for name in EVPPI]
    assert list(adoption["evppi"])[:7] == ranked[:7]
    assert "population" in adoption["no_detectable_value"]
    assert "cashable" not in adoption["no_detectable_value"]


def test_studies_are_worth_what_the_sums_say(adoption):
    by_name = {study["study"]: study for study in adoption["evsi"]}
    assert {name: study["value"] for name, study in by_name.items()} == {
        name: near(value) for name, value in EVSI.items()
    }
    for study in by_name.values():
        assert study["net"] == pytest.approx(study["value"] - study["cost"])


def test_the_tornado_ranks_by_swing():
    """Net benefit of B from P5 to P95 of one input, the others at their medians (5.14)."""
    case = read_case(ADOPTION)
    policy = Policy(case.mechanism, case.mechanism.baseline(None))
    option = next(o for o in case.options if o.name == "B")
    swings = tornado(policy, policy.read(policy.inputs, {**case.quantities, **option.own}))
    assert [s.name for s in swings] == list(SWINGS)
    assert {s.name: s.size for s in swings} == {
        name: pytest.approx(size, abs=1) for name, size in SWINGS.items()
    }


def test_a_pilot_of_one_share_is_exact():
    """By hand: gamma ~ Beta(6, 14), NB = 297,000 gamma - 91,800; the best pilot is n = 50."""
    gamma = beta(6, 14).ppf(uniform_points(1, 8192, 1)[0])
    nets = np.array([np.zeros(8192), 297_000 * gamma - 91_800])
    assert evpi(nets) == pytest.approx(10_719.84, rel=1e-3)
    known = {10: 5776.48, 25: 7677.89, 50: 8892.03, 100: 9681.05, 200: 10_164.35}
    by_name = {n: evsi(nets, Study("pilot", "g", n), gamma, is_share=True).value for n in known}
    assert by_name == {n: pytest.approx(value, rel=1e-3) for n, value in known.items()}
    net = {n: value - 30 * n for n, value in by_name.items()}
    assert max(net, key=net.get) == 50
    assert net[50] == pytest.approx(7392.03, abs=10)


def test_the_voi_toy_model_is_reproduced():
    """Vignette of the R package voi: p1 ~ N(1, 1), p2 ~ N(0, 2), NB = p1 - p2 against 0.

    At n = 10,000 the spline's s.d. over seeds is .008 for p1 and .01 for p2.
    """
    p1, p2 = (ndtri(u) for u in uniform_points(2, 2**16, 3))
    p1, p2 = 1 + p1, 2 * p2
    nets = np.array([p1 - p2, np.zeros(p1.size)])
    assert evpi(nets) == pytest.approx(0.47981070634839, abs=0.003)
    assert evppi(nets, p1).value == pytest.approx(0.08331547058769, abs=0.004)
    assert evppi(nets, p2).value == pytest.approx(0.39559311480262, abs=0.004)
    for n, value in ((1, 0.02512727), (10, 0.07232512), (100, 0.08211761), (1000, 0.08319461)):
        study = Study("measure", "p1", n, sd=1.0)
        found = evsi(nets, study, p1, is_share=False).value
        assert found == pytest.approx(value, abs=0.004)


def test_what_tells_nothing_has_no_detectable_value():
    """A knife-edge: two options equal on average, an input neither rests on."""
    x, luck = uniform_points(2, 8192, 5)
    nets = np.array([np.zeros(8192), ndtri(luck)])
    assert not evppi(nets, x).is_detectable
    assert evppi(nets, luck).is_detectable
    assert evppi(nets, np.full(8192, 3.0)).value == 0


def test_counting_many_cases_goes_on_where_counting_one_by_one_ends():
    gamma = beta(6, 14).ppf(uniform_points(1, 8192, 1)[0])
    nets = np.array([np.zeros(8192), 297_000 * gamma - 91_800])
    few, many = (
        evsi(nets, Study("pilot", "g", n), gamma, is_share=True).value for n in (4096, 4097)
    )
    assert many == pytest.approx(few, rel=1e-3)


arrays = st.integers(0, 2**32 - 1).map(lambda seed: np.random.default_rng(seed))
few = settings(max_examples=15, deadline=None)


@few
@given(arrays)
def test_knowing_more_is_never_worth_less(rng):
    x = rng.normal(size=(3, 400))
    weights = rng.normal(size=(2, 3))
    nets = np.vstack([np.zeros(400), weights @ x + 0.3 * x[0] * x[1]])
    most = evpi(nets)
    alone = [evppi(nets, row).value for row in x]
    together = evppi(nets, x[0], x[1]).value
    assert all(0 <= value <= most + 1e-12 for value in (*alone, together))
    assert together >= max(alone[:2]) - 1e-12
    order = rng.permutation(400)
    assert evppi(nets[:, order], x[0][order]).value == pytest.approx(alone[0], rel=1e-9, abs=1e-12)
    assert evpi(nets[:, order]) == pytest.approx(most)
    assert evpi(nets - 7) == pytest.approx(most)
    study = Study("look", "x", 5, sd=1.0)
    assert 0 <= evsi(nets, study, x[0], is_share=False).value <= alone[0]


def test_all_inputs_together_are_worth_everything():
    decision = decided()
    assert decision.jointly(*decision.inputs).value == decision.evpi
    keys = list(decision.inputs)[:2]
    assert decision.jointly(*keys).value >= max(decision.evppi[key].value for key in keys)
    with pytest.raises(NotFoundError, match="nothing"):
        decision.jointly("nothing")


def decided(*options: Option):
    case = read_case(ADOPTION)
    return decide(case.mechanism, case.quantities, options or case.options, draws=1024)


def test_options_share_what_is_common_and_differ_in_what_is_their_own():
    one = {"coverage": "beta(62, 38)", "selective_error": "0.015"}
    twins = decided(Option("x", one, "40k"), Option("y", one, "40k"))
    assert twins.means["x"] == pytest.approx(twins.means["y"], rel=0.02)
    assert (twins.nets[0] != twins.nets[1]).any()
    exact = {"coverage": "0.62", "selective_error": "0.015"}
    same = decided(Option("x", exact), Option("y", exact, "10"))
    assert np.allclose(same.nets[0] - same.nets[1], 10)
    assert set(same.inputs) == {
        "population", "uptake", "human_minutes", "cost_per_error", "cashable"
    }  # fmt: skip


def test_an_uncertain_fixed_cost_can_be_found_out_too():
    own = {"coverage": "0.62", "selective_error": "0.015"}
    told = decided(Option("none"), Option("x", own, "20k to 90k"))
    assert told.evppi["x.fixed_cost"].value > 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([Option(" ")], "has no name"),
        ([Option("none", {"coverage": "1"})], "keeps the baseline"),
        ([Option("x"), Option("x")], "see x"),
        ([Option("x", {"cover": "1"})], "Option x: .*needs coverage, selective_error"),
        ([Option("x", {"coverage": "2", "selective_error": "0.1"})], "not between 0 and 1"),
    ],
)
def test_wrong_options_are_named(options, sentence):
    with pytest.raises(InputError, match=sentence):
        decided(*options)


def test_there_must_be_something_to_choose():
    with pytest.raises(NotEnoughDataError):
        decide(find_mechanism("M3"), {}, [])
    with pytest.raises(NotEnoughDataError):
        evpi(np.zeros((0, 4)))


@pytest.mark.parametrize(
    ("study", "sentence"),
    [
        ({"n": 0}, "n is 0"),
        ({"cost": -1.0}, "cost is -1.0"),
        ({"sd": 0.0}, "sd is 0.0"),
        ({"sd": 1.0, "log_sd": 1.0}, "not both"),
    ],
)
def test_wrong_studies_are_named(study, sentence):
    with pytest.raises(InputError, match=sentence):
        Study(**({"name": "s", "observes": "x", "n": 5} | study))


def test_no_logarithm_of_what_may_be_zero():
    x = np.linspace(-1, 1, 100)
    with pytest.raises(InputError, match="no logarithm; give sd"):
        evsi(np.array([x, 0 * x]), Study("s", "x", 5), x, is_share=False)


def test_the_command_prints_the_document_and_words(capsys):
    assert main(["information", str(ADOPTION), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) >= {"options", "evpi", "evppi", "evsi"}
    assert document["options"]["none"]["mean"] == 0
    assert main(["information", str(ADOPTION)]) == 0
    out = capsys.readouterr().out
    assert "no detectable value" in out
    assert "cost 20 past errors" in out


CASE = ADOPTION.read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('mechanism = "triage_automation"', "", "mechanism is missing"),
        ('mechanism = "triage_automation"', 'mechanism = "triage"', "Did you mean triage_auto"),
        ("cashable = ", "cashabl = ", "needs cashable.*cashabl"),
        ('uptake = "beta(6, 4)"', "uptake = true", "quantities.uptake is True"),
        ("[options.none]", "[option.none]", "Did you mean options"),
        ('observes = "cost_per_error"', 'observes = "cost"', "uncertain input 'cost'"),
        ("n = 20\n", "n = 0\n", "n is 0"),
        ("log_sd = 1", "sigma = 1", "no entry 'sigma'"),
        ("cost = 900\n\n[[", 'cost = "much"\n\n[[', "cost is 'much'"),
        ("fixed_cost = 40000", 'fixed_cost = "dear"', "Option A: 'dear'"),
        ("[options.A]\n", "[options.A\n", "is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path, capsys, old, new, sentence):
    assert old in CASE
    path = tmp_path / "case.toml"
    path.write_text(CASE.replace(old, new, 1), "utf-8")
    assert main(["information", str(path), "--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out).keys() == {"error"}
    assert re.search(sentence, captured.err), captured.err


def test_a_horizon_makes_studies_worth_more(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text("horizon_years = 3\n" + CASE, "utf-8")
    for study in read_case(path).to_json()["evsi"]:
        assert study["net"] == pytest.approx(3 * study["value"] - study["cost"])


def test_a_missing_file_is_a_sentence(capsys, tmp_path):
    assert main(["information", str(tmp_path / "no.toml")]) == 2
    assert "cannot be read" in capsys.readouterr().err
