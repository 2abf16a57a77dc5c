"""A candidate that flags nothing is worth what does not come from flags, whoever says so how."""

from __future__ import annotations

import pytest

from mlpm_core.evaluation import Candidate, Measured, leaderboard
from mlpm_core.records import Status
from mlpm_core.services.evaluate.candidates import candidates
from mlpm_core.services.evaluate.insights import among
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.value_cases import case_value
from mlpm_core.value.mechanism import find_mechanism
from tests.in_use import CASE, PROJECT, planned_inputs, started, week

WORTH = {"M1": 0.0, "M2": 0.0, "M6": 0.0, "M12": 126_000.0}
"""M12 saves half an hour of 20,000 x .7 automatic decisions at 36 an hour, half of it cashable."""

IDLE = {
    "no precision": {"recall": Measured(0.0, 200)},
    "zero": {"recall": Measured(0.0, 200), "precision": Measured(0.0)},
    "zero of the positives": {"recall": Measured(0.0, 200), "precision": Measured(0.0, 200)},
    "one, as scikit-learn may say": {"recall": Measured(0.0, 200), "precision": Measured(1.0)},
}


def business(mechanism):
    metrics = {m.name for m in find_mechanism(mechanism).metrics}
    given = planned_inputs(mechanism).items()
    return {name: repr(float(value)) for name, value in given if name not in metrics}


def others(mechanism):
    return {
        name: Measured(value)
        for m in find_mechanism(mechanism).metrics
        if (name := m.name) not in ("recall", "precision", "value_detection_rate")
        and (value := planned_inputs(mechanism).get(name)) is not None
    }


@pytest.mark.parametrize("mechanism", WORTH)
@pytest.mark.parametrize("how", IDLE)
def test_a_candidate_that_flags_nothing_is_worth_what_does_not_come_from_flags(mechanism, how):
    idle = Candidate("idle", others(mechanism) | IDLE[how])
    board = leaderboard(find_mechanism(mechanism), business(mechanism), [idle])
    assert board.unvalued == ()
    option = board.option("idle")
    assert option.net.mean == pytest.approx(WORTH[mechanism], abs=1e-6)
    assert option.net.is_exact
    assert "It flagged nothing" in option.caveats[0]


@pytest.mark.parametrize("mechanism", ["M1", "M2", "M6", "M12"])
def test_a_candidate_whose_flags_are_all_wrong_is_another_thing(mechanism):
    """None of 35 flagged was right: that has a cost, and is not idleness."""
    metrics = {"recall": Measured(0.0, 200), "precision": Measured(0.0, 35)}
    board = leaderboard(
        find_mechanism(mechanism), business(mechanism),
        [Candidate("wrong", others(mechanism) | metrics)],
    )  # fmt: skip
    if board.unvalued:
        assert "precision" in board.unvalued[0].reason.lower()
    else:
        assert board.option("wrong").net.mean < WORTH[mechanism]


def test_an_idle_candidate_stands_in_a_file_beside_others(tmp_path):
    """The idle one nets nothing; what to find out is asked of the others."""
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    started(workspace, "M1", week(12))
    rows = ["value_case_id,candidate,metric,value,n"]
    rows += [
        f"{CASE},idle,recall,0,200",
        f"{CASE},idle,precision,0,200",
        f"{CASE},mute,recall,0,200",
    ]
    for i in range(5):
        rows += [f"{CASE},c{i},recall,{0.5 + 0.02 * i},200", f"{CASE},c{i},precision,0.25,300"]
    receipt = imports.import_file(
        workspace.acting_as("test"), PROJECT, "evaluations", "e.csv", "\n".join(rows).encode()
    )
    assert receipt.status is Status.COMMITTED, receipt.rejects
    board = candidates(workspace, PROJECT, CASE)
    nets = {o.name: o.net for o in board.options}
    for name in ("idle", "mute"):
        assert nets[name].mean == pytest.approx(0, abs=1e-6)
        assert nets[name].p90 == pytest.approx(0, abs=1e-6)
    assert board.unvalued == ()
    assert among(case_value(workspace, PROJECT, CASE), board)
    workspace.close()


@pytest.mark.parametrize(
    ("mechanism", "metrics", "name", "errors"),
    [
        ("M3", {"coverage": Measured(0.62)}, "selective_error", (0.001, 0.03, 0.06)),
        ("M4", {}, "wape", (0.01, 0.1, 0.3)),
    ],
)
def test_a_standard_error_moves_no_mean(mechanism, metrics, name, errors):
    """Net is linear in the metric, so however large its error, the mean is that of the value."""
    value = {"selective_error": 0.0333, "wape": 0.2}[name]
    exact = leaderboard(
        find_mechanism(mechanism), business(mechanism),
        [Candidate("c", metrics | {name: Measured(value)})],
    ).option("c").net.mean  # fmt: skip
    spreads = []
    for error in errors:
        net = leaderboard(
            find_mechanism(mechanism), business(mechanism),
            [Candidate("c", metrics | {name: Measured(value, standard_error=error)})],
        ).option("c").net  # fmt: skip
        assert net.mean == pytest.approx(exact, rel=0.02)
        spreads.append(net.p90 - net.p10)
    assert spreads[0] < spreads[1]
