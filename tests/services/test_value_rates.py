"""Metrics that cannot be valued alone, and precision where positives are rarer or more frequent."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpm_core.cli import main
from mlpm_core.errors import InputError
from mlpm_core.intake import Profile
from mlpm_core.services.in_life.portfolio import portfolio
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.value_cases import case_value
from mlpm_core.value.rates import false_positive_rate, precision_at, projected_precision
from tests.monitored_shop import CASE, SHOP, in_use, planned

some = st.floats(0.01, 0.99)


def test_precision_of_a_balanced_test_set_does_not_travel():
    """Recall .6, precision .8 at prevalence .5: fpr .6*.5*.2/(.8*.5) = .15.

    At .05: .03 / (.03 + .15*.95) = .1739.
    """
    assert false_positive_rate(0.6, 0.8, 0.5) == pytest.approx(0.15)
    assert projected_precision(0.6, 0.8, 0.5, 0.05) == pytest.approx(0.03 / 0.1725)


@given(some, some, some, some)
def test_there_and_back_is_where_it_was(recall, fpr, here, there):
    precision = float(precision_at(recall, fpr, here))
    assert false_positive_rate(recall, precision, here) == pytest.approx(fpr)
    moved = projected_precision(recall, precision, here, there)
    assert (moved > precision) == (there > here) or moved == pytest.approx(precision)
    assert projected_precision(recall, moved, there, here) == pytest.approx(precision)


def test_what_is_impossible_where_it_was_measured_is_refused():
    """Floor .6*.05 / (.6*.05 + .95) = .0306."""
    with pytest.raises(InputError, match=r"at least 0\.03061"):
        projected_precision(0.6, 0.03, 0.05, 0.2)
    with pytest.raises(InputError, match="above 0"):
        projected_precision(0.6, 0.0, 0.05, 0.2)


@pytest.mark.parametrize("metric", ["roc_auc", "f1", "log_loss"])
def test_the_command_says_why_a_metric_has_no_value_alone(metric, capsys):
    assert main(["value", "M1", "-q", f"{metric}=0.8", "--json"]) == 2
    document = json.loads(capsys.readouterr().out)["error"]
    assert f"{metric} alone cannot be turned into value: it has no operating point." in document
    assert "Measure precision and recall" in document


def test_a_model_of_which_only_such_a_metric_is_monitored_says_so(tmp_path):
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    planned(workspace, "2024-08-01")
    in_use(workspace, "2024-07-01")
    text = "model_id,metric,period_start,value,granularity\nm,f1,2024-07-22,0.8,P1W\n"
    imports.import_file(
        workspace.acting_as("test"),
        SHOP,
        "metric_results",
        "r.csv",
        text.encode(),
        profile=Profile(),
    )
    case = case_value(workspace, SHOP, CASE)
    (line,) = portfolio(workspace).lines
    workspace.close()
    assert case.current is None
    assert re.match("f1 alone cannot be turned into value", case.unvalued)
    assert line.health.health == "unknown"
    assert "f1 alone cannot be turned into value: it has no operating" in line.health.reason
    assert "Measure wape at the threshold" in line.health.reason
