"""Realised belongs to the model that was decided: only its own deployments tell it.

The shop's net is linear in the forecast's error, so that each figure can be had by hand.
"""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from mlpm_core.services.admin.exports import export
from mlpm_core.services.evaluate import candidates as evaluations
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.in_life.portfolio_export import health_json, kpis_json
from mlpm_core.services.in_life.promises import delivered
from mlpm_core.services.ingest import registers
from tests.monitored_shop import (
    CASE,
    NET_PER_POINT,
    SHOP,
    WEEKS,
    clock,
    in_use,
    planned,
    results,
    save,
)
from tests.monitored_shop import kpi as kpi_of


def _fill(workspace):
    """The shop on 10 August 2024 with two candidates, nothing in use and nothing monitored."""
    planned(workspace, "2024-08-10")
    save(
        workspace, "evaluations",
        *({"value_case_id": CASE, "candidate": c, "metric": "wape", "value": v}
          for c, v in (("1.0", 0.24), ("2.0", 0.2))),
    )  # fmt: skip


@pytest.fixture
def shop(filled):
    return filled(_fill)


def decided(workspace, chosen, **what):
    what = {"decided_on": date(2024, 7, 1), "title": "t", "why": "w", "decided_by": "b"} | what
    receipt = decisions.decide(workspace.acting_as("ada"), SHOP, CASE, chosen=chosen, **what)
    assert receipt.status == "committed", receipt.rejects
    return decisions.decisions(workspace, SHOP)[0]


def listed(workspace):
    return decisions.decisions(workspace, SHOP)[0]


def net_at(error):
    return pytest.approx(NET_PER_POINT * (0.30 - error), rel=1e-6, abs=1e-3)


def test_a_candidate_that_never_ran_realised_nothing(shop):
    in_use(shop, "2024-07-10", model_version="1.0")
    results(shop, WEEKS, version="1.0")
    kpi_of(shop, "income", "higher")
    view = decided(shop, "2.0")
    assert view.promised.mean == net_at(0.2)
    assert (view.realised, view.realised_when) == (None, None)
    assert view.realised_reason == "Not deployed yet."
    assert view.instead == "m 1.0 is in use now, since 10 Jul 2024."
    of_case = delivered(shop, SHOP, CASE)
    assert of_case.total.realised.mean > 0  # the value case itself did realise something
    assert of_case.decided == view
    (kpi,) = kpis_json(shop, SHOP)
    assert kpi["model"] == "m 1.0"
    assert health_json(shop, SHOP)[0]["model_version"] == "1.0"
    text = export(shop.acting_as("ada"), SHOP, "decisions", "csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["realised"], row["realised_reason"]) == ("", "Not deployed yet.")
    assert row["in_use_instead"] == view.instead


def test_nothing_in_use_at_all_is_not_deployed(shop):
    view = decided(shop, "1.0")
    assert (view.realised, view.realised_reason, view.instead) == (None, "Not deployed yet.", "")


def test_the_decided_version_tells_what_it_realised(shop):
    in_use(shop, "2024-07-10", model_version="1.0")
    results(shop, WEEKS.replace("0.30,P1W", "0.26,P1W"), version="1.0")
    view = decided(shop, "1.0")
    assert view.realised.mean == net_at(0.26)
    assert view.realised_when.when == "in the week of 29 Jul 2024"
    assert (view.realised_reason, view.instead) == ("", "")


def test_results_of_another_version_are_not_its_own(shop):
    in_use(shop, "2024-07-10", model_version="2.0")
    results(shop, WEEKS, version="1.0")
    view = decided(shop, "2.0")
    assert view.realised is None
    assert view.realised_reason == "In use since 10 Jul 2024; there are no results yet."


def test_a_version_that_was_replaced_keeps_its_figures_and_names_the_next(shop):
    in_use(shop, "2024-07-10", model_version="1.0", to_on="2024-07-21")
    in_use(shop, "2024-07-22", deployment_id="e", model_version="2.0")
    results(shop, "2024-07-08,0.24,P1W,final\n2024-07-15,0.25,P1W,final\n", version="1.0")
    results(shop, "2024-07-22,0.10,P1W,final\n", version="2.0", name="later.csv")
    view = decided(shop, "1.0")
    assert view.realised.mean == net_at(0.25)
    assert view.realised_when.when == "in the week of 15 Jul 2024"
    assert view.instead == "m 2.0 is in use now, since 22 Jul 2024."


def test_results_after_a_version_ended_do_not_count(shop):
    in_use(shop, "2024-07-10", model_version="1.0", to_on="2024-07-21")
    results(shop, WEEKS, version="1.0")
    assert decided(shop, "1.0").realised_when.when == "in the week of 15 Jul 2024"


def test_what_ran_only_before_the_decision_was_not_decided(shop):
    in_use(shop, "2024-06-01", model_version="1.0", to_on="2024-06-30")
    results(shop, "2024-06-03,0.24,P1W,final\n", version="1.0")
    view = decided(shop, "1.0")
    assert (view.realised, view.realised_reason) == (None, "Not deployed yet.")


@pytest.mark.parametrize("slot", ["shadow", "challenger", "fallback"])
def test_only_the_champion_counts(shop, slot):
    in_use(shop, "2024-07-10", model_version="1.0", slot=slot)
    results(shop, WEEKS, version="1.0")
    assert decided(shop, "1.0").realised is None


def test_a_start_that_is_planned_is_told(shop):
    in_use(shop, "2024-09-01", model_version="1.0")
    view = decided(shop, "1.0")
    assert view.realised_reason == "Not deployed yet; it goes into use on 1 Sep 2024."
    clock(shop, "2024-09-02")
    assert "there are no results yet" in listed(shop).realised_reason


def test_adopting_none_claims_nothing(shop):
    in_use(shop, "2024-07-10", model_version="1.0")
    results(shop, "2024-07-08,0.40,P1W,final\n", version="1.0")  # a loss, which none would avoid
    view = decided(shop, "none")
    assert view.promised.mean == 0
    assert view.realised is None
    assert "no value is expected" in view.realised_reason
    assert view.instead == "m 1.0 is in use now, since 10 Jul 2024."


@pytest.mark.parametrize(
    ("version", "runs_as", "is_told"),
    [
        ("prod-7", ("m", "prod-7"), True),
        ("prod-7", ("", "prod-7"), True),
        ("prod-7", ("", ""), False),
        ("prod-7", ("m", "prod-8"), False),
        ("", ("m", ""), True),
        ("", ("", ""), False),
    ],
)
def test_a_candidate_that_runs_under_another_name_is_linked(shop, version, runs_as, is_told):
    in_use(shop, "2024-07-10", model_version=version)
    results(shop, WEEKS, version=version)
    view = decided(shop, "2.0", runs_as=runs_as)
    assert (view.realised is not None) is is_told
    assert (view.model_id, view.model_version) == runs_as


def test_a_deployment_of_every_version_counts_only_the_decided_one(shop):
    in_use(shop, "2024-07-10")
    results(shop, "2024-07-08,0.24,P1W,final\n", version="1.0")
    results(shop, "2024-07-15,0.10,P1W,final\n", version="2.0", name="later.csv")
    assert decided(shop, "1.0").realised.mean == net_at(0.24)


def test_results_without_any_deployment_tell_of_their_version_only(shop):
    results(shop, "2024-07-08,0.24,P1W,final\n", version="1.0")
    assert decided(shop, "1.0").realised.mean == net_at(0.24)
    assert decided(shop, "2.0", title="u").realised_reason == "Not deployed yet."


def test_the_form_is_told_what_is_in_use(shop):
    assert evaluations.candidates(shop, SHOP, CASE).deployed == ()
    in_use(shop, "2024-07-10", model_version="prod-7")
    assert evaluations.candidates(shop, SHOP, CASE).deployed == (("m", "prod-7"),)


def test_a_model_that_is_not_registered_is_no_link(shop):
    what = {"title": "t", "why": "w", "decided_by": "b", "runs_as": ("n", "")}
    receipt = decisions.decide(shop.acting_as("ada"), SHOP, CASE, chosen="1.0", **what)
    assert receipt.rejects[0].code == "unknown-reference"
    assert registers.records(shop, SHOP, "decisions") == []


def test_an_archived_deployment_and_a_lost_value_case_are_said(shop):
    in_use(shop, "2024-07-10", model_version="1.0")
    results(shop, WEEKS, version="1.0")
    decided(shop, "1.0")
    in_use(shop, "2024-07-10", model_version="1.0", archived=True)
    assert listed(shop).realised_reason == "Not deployed yet."
    with shop.store.writer() as writer:
        writer.execute("DELETE FROM value_cases")
    shop.store._cached = {}
    assert "no longer exists" in listed(shop).realised_reason
