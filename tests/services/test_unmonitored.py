"""A metric that the value needs and nobody reports is said beside health, which is no good word."""

from mlpm_core.services.in_life import portfolio
from tests.in_use import planned_inputs, results, started, week

AUDITS = [{"week": i, "metric": "selective_error", "value": 0.015, "n": 1000} for i in range(13)]


def line(workspace):
    (only,) = portfolio.portfolio(workspace).lines
    return only


def test_a_metric_that_nobody_reports_leaves_health_unknown_and_is_named(workspace):
    inputs = planned_inputs("M3")
    started(workspace, "M3", week(13), inputs)
    results(workspace, AUDITS)
    health = line(workspace).health
    assert (health.health, health.reason) == (
        "unknown",
        "Coverage is not monitored, so that its planned figure stands in the value.",
    )
    coverage = {"metric": "coverage", "value": inputs["coverage"], "n": 100_000}
    results(workspace, [coverage | {"week": i} for i in range(13)], name="coverage.csv")
    assert line(workspace).health.health == "healthy", line(workspace).health.reason


def test_a_critical_word_is_not_hidden_by_what_is_not_monitored(workspace):
    started(workspace, "M3", week(13), planned_inputs("M3"))
    results(workspace, [row | {"value": 0.4} for row in AUDITS])
    health = line(workspace).health
    assert health.health == "sick"
    assert "Coverage is not monitored" in health.reason


def test_sensitivity_of_nearly_nothing_is_no_good_health(workspace):
    """The same results under the name that statistics has for recall."""
    started(workspace, "M1", week(13), planned_inputs("M1"))
    rows = [
        {"week": i, "metric": m, "value": v, "n": 900}
        for i in range(9, 13)
        for m, v in (("Precision", 0.5), ("Sensitivity", 0.05))
    ]
    results(workspace, rows)
    assert line(workspace).health.health == "sick", line(workspace).health.reason
