"""What was measured of a candidate is taken in its unit, as what is monitored is."""

import pytest

from mlpm_core.records import Status
from mlpm_core.services.evaluate.candidates import candidates
from mlpm_core.services.evaluate.insights import among
from mlpm_core.services.ingest import imports
from mlpm_core.services.valuation.value_cases import case_value
from tests.in_use import CASE, PROJECT, net_a_year, planned_inputs, results, save, started, week

HEAD = "value_case_id,candidate,metric,value,value_se,unit\n"


def evaluated(workspace, *rows):
    text = HEAD + "".join(f"{CASE},{row}\n" for row in rows)
    return imports.import_file(
        workspace.acting_as("ada"), PROJECT, "evaluations", "e.csv", text.encode()
    )


def nets(workspace):
    board = candidates(workspace, PROJECT, CASE)
    assert not board.unvalued
    return {option.name: option.measured.mean for option in board.options}


@pytest.mark.parametrize(
    ("mechanism", "row", "sentence"),
    [
        ("M9", "c,rmse,200,,USD", "rmse_model is in USD, the project in EUR"),
        ("M9", "c,rmse,200,,min", "The unit 'min' does not fit rmse_model"),
        ("M9", "c,rmse,0.2,,kEUR", "There is no unit 'kEUR'"),
        ("M8", "c,rmse,9,,EUR", "The unit 'EUR' does not fit rmse_model"),
        ("M8", "c,rmse,9,,minutz", "There is no unit 'minutz'"),
        ("M4", "c,wape,24,,EUR", "The unit 'EUR' does not fit wape_model"),
        ("M1", "c,recall,0.6,,min", "The unit 'min' does not fit recall"),
        ("M4", "c,recall,0.6,,min", "The unit 'min' does not fit recall"),
        ("M1", "c,recall,240,,%", "240% lies outside 0 to 1 of recall"),
    ],
)
def test_a_unit_that_does_not_fit_is_refused(workspace, mechanism, row, sentence):
    """USD 200 are not EUR 200 before a model goes live either."""
    started(workspace, mechanism, week(1))
    receipt = evaluated(workspace, row)
    assert receipt.status is Status.REJECTED
    assert sentence in receipt.rejects[0].message


@pytest.mark.parametrize(
    ("mechanism", "row", "same"),
    [
        ("M9", "rmse,12,1,EUR", "rmse,12,1,"),
        ("M8", "rmse,540,60,second", "rmse,9,1,min/job"),
        ("M8", "rmse,0.15,0.01,hour", "rmse,9,0.6,"),
        ("M4", "wape,24,1,%", "wape,0.24,0.01,"),
        ("M4", "wape,0.24,0.01,share", "wape,0.24,0.01,"),
    ],
)
def test_a_unit_that_fits_is_converted(workspace, mechanism, row, same):
    """With its standard error; the two rows of a case say the same."""
    started(workspace, mechanism, week(1))
    assert evaluated(workspace, f"a,{row}", f"b,{same}").status is Status.COMMITTED
    board = candidates(workspace, PROJECT, CASE)
    assert not board.unvalued
    by_name = {o.name: o.metrics[0] for o in board.options if o.metrics}
    assert by_name["a"].value == pytest.approx(by_name["b"].value)
    assert by_name["a"].value_se == pytest.approx(by_name["b"].value_se)
    net = nets(workspace)
    spread = abs(net["a"]) * 0.02 + 1
    assert net["a"] == pytest.approx(net["b"], abs=spread)
    assert among(case_value(workspace, PROJECT, CASE), board)


def test_a_candidate_and_its_monitoring_are_worth_the_same(workspace):
    """540 seconds among evaluations and among monitoring results are 9 minutes."""
    started(workspace, "M8", week(13))
    evaluated(workspace, "c,rmse,540,,second")
    results(workspace, [{"week": 12, "metric": "rmse", "value": 540, "unit": "second"}])
    nine = net_a_year("M8", planned_inputs("M8") | {"rmse_model": 9})
    assert nets(workspace)["c"] == pytest.approx(nine, rel=1e-9)
    monitored = case_value(workspace, PROJECT, CASE).current
    assert monitored.net.mean == pytest.approx(nine, rel=1e-9)


def test_a_unit_that_fits_no_more_is_said_of_its_candidate_alone(workspace):
    """The value case moves to another mechanism: minutes of error are no prices."""
    started(workspace, "M8", week(1))
    evaluated(workspace, "min,rmse,9,,min", "bare,rmse,9,,")
    # without their unit they would be read as prices, which is refused
    for name in ("rmse_baseline", "rmse_model"):
        save(workspace, "quantities", {"value_case_id": CASE, "name": name, "written": "12 min"})
    save(workspace, "value_cases", {"value_case_id": CASE, "title": "Case", "mechanism": "pricing",
         "model_id": "m"})  # fmt: skip
    for name, value in planned_inputs("M9").items():
        save(workspace, "quantities", {"value_case_id": CASE, "name": name, "written": str(value)})
    board = candidates(workspace, PROJECT, CASE)
    assert [(name, "'min' does not fit" in why) for name, why in board.unvalued] == [("min", True)]
    assert {option.name for option in board.options} == {"bare", "none"}
