"""Health and Deployment: who is critical, what happened, and names that are never markup."""

from __future__ import annotations

from mlpm_core.services.ingest import registers
from tests.app.conftest import open_screen, said

WORKSHOP = "bike-shop-workshop"
HOSTILE = "**x** :red[y] $z$ <img src=x>"


def test_health_lists_every_model_of_every_project(demo):
    app = open_screen("health", project=WORKSHOP)
    (models,) = [d.value for d in app.dataframe if "Health" in d.value]
    assert len(models) >= 2
    assert "in use" in app.markdown[0].value


def test_the_fault_of_march_is_told_with_its_day_and_its_end(demo):
    app = open_screen(
        "deployment", project="bike-shop-demand", deployment="demand-forecast-central"
    )
    told = said(app).replace("\\", "")
    assert "left its usual range in the week of 2 Mar 2026" in told
    assert "came back in the week of 16 Mar 2026" in told


def test_a_passed_limit_is_called_by_its_word_and_names_stay_letters(demo):
    limit = {"deployment_id": "request-triage-form", "metric": "selective_error", "high": 0.01,
             "breach": "sick", "why": HOSTILE}  # fmt: skip
    assert (
        registers.save(demo.acting_as("test"), WORKSHOP, "metric_limits", [limit]).status
        == "committed"
    )
    case = next(c for c in registers.records(demo, WORKSHOP, "value_cases"))
    registers.save(
        demo.acting_as("test"), WORKSHOP, "value_cases", [dict(case) | {"title": HOSTILE}]
    )
    app = open_screen("deployment", project=WORKSHOP, deployment="request-triage-form")
    assert ": critical" in app.markdown[0].value
    assert "its limit at most 0.01" in app.markdown[0].value.replace("\\", "")
    app = open_screen("health", project=WORKSHOP)
    assert HOSTILE not in said(app)
    assert HOSTILE in said(app).replace("\\", "")


def test_a_project_without_a_model_in_use_says_the_next_step(demo):
    app = open_screen("deployment", project="bike-shop-wearcheck")
    assert "No model of this project is in use" in said(app)
