"""The Support screen: who looks after the models, until when, and what help is worth."""

from __future__ import annotations

import re
from datetime import date

from mlpm_core.planning.care import Gap, care_of
from mlpm_core.records import Contract, Deployment
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan.support import project_support
from pages.parts.plan import support_text
from tests.app.conftest import open_screen, run, said

DEMAND, WORKSHOP = "bike-shop-demand", "bike-shop-workshop"


def shop(empty, **project):
    row = {"project": "p", "title": "P *1*", "clock_on": date(2026, 6, 30)} | project
    registers.save(empty.acting_as("test"), "p", "projects", [row])


def test_an_empty_project_says_that_there_is_nothing_to_look_after(empty):
    shop(empty)
    for part in ("help", "sourcing", "labelling", "tools", "runs"):
        app = open_screen("support", project="p", part=part)
        assert "no model is in use" in said(app)
        assert "P \\*1\\*" in said(app)
        assert app.info


def test_the_screen_opens_with_who_until_when_and_what_is_not_covered(demo):
    view = project_support(demo, DEMAND)
    text = said(open_screen("support", project=DEMAND))
    assert "is looked after by Northlight Analytics until 31 Mar 2027" in text
    assert f"{view.gap_days} days are not covered" in text
    assert "ends before the business stops needing it" in text


def test_whoever_is_liable_without_access_is_an_alarm(demo):
    app = open_screen("support", project=WORKSHOP)
    assert "has no access to it" in app.warning[0].value


def test_a_fee_that_is_typed_is_answered_before_it_is_saved(demo):
    app = open_screen("support", project=DEMAND, edit="1")
    (view,) = project_support(demo, DEMAND).retainers
    assert view.fee is not None
    assert "it **pays**" in said(app)
    field = next(
        t for t in app.text_input if t.label.endswith("fee a year") and "Standby" in t.label
    )
    field.set_value(str(round(view.fee.fee * 2)))
    run(app)
    assert "**does not pay**" in said(app)
    assert "not saved" in said(app)
    (stored,) = project_support(demo, DEMAND).retainers
    assert stored.record.standby_fee == view.record.standby_fee


def test_a_comparison_is_written_down_in_the_form_and_shows_the_trap(demo):
    row = {
        "project": DEMAND, "sourcing_id": "build", "build_cost": "76.2k | 127.2k | 210k",
        "quote": "165k", "hiring_cost": "14k | 22k | 60k", "team_cost": "27k | 38k | 66k",
        "change_orders": "8k | 16k | 36k", "buyer_cost": "15k", "support_fee": "16k | 18k | 22k",
        "supplier_cost": "170k | 190k | 220k", "build_months": 9.0, "p_no_model": 0.064,
        "p_leaves": 0.25, "p_change_orders": 0.35,
    }  # fmt: skip
    receipt = registers.save(demo.acting_as("test"), DEMAND, "sourcing", [row])
    assert receipt.status == "committed"
    app = open_screen("support", project=DEMAND, part="sourcing")
    warned = " ".join(w.value for w in app.warning)
    assert "Building alone looks cheaper than the quote" in warned
    assert "more likely loses money than not" in warned
    assert re.search(r"Making is cheaper in \*\*4\d%\*\* of cases", said(app))


def test_labels_that_are_pasted_are_held_together_and_a_wrong_line_is_named(empty):
    shop(empty)
    app = open_screen("support", project="p", part="labelling")
    (field,) = app.text_area
    field.set_value("worn; worn\nfine, fine\nworn\tfine\nfine; fine")
    run(app)
    assert "Kappa is **0.50**" in said(app)
    app.text_area[0].set_value("worn; worn\nfine")
    run(app)
    assert any("Line 2 has not two labels" in w.value for w in app.warning)


def test_the_sentence_says_who_and_what_is_not_covered_whatever_is_recorded(empty):
    shop(empty)
    save = registers.save
    ada = empty.acting_as("test")
    save(ada, "p", "models", [{"project": "p", "model_id": f"m{i}"} for i in range(5)])
    case = {"project": "p", "value_case_id": "v", "mechanism": "demand_forecast"}
    save(ada, "p", "value_cases", [case])

    def deployed(i, **more):
        return {
            "project": "p", "deployment_id": f"d{i}", "model_id": f"m{i}", "value_case_id": "v",
            "from_on": date(2026, 1, 1),
        } | more  # fmt: skip

    save(ada, "p", "deployments", [deployed(0), deployed(1, looked_after_by="Pia *H*")])
    text = said(open_screen("support", project="p"))
    assert "is looked after by **nobody**, and nobody said until when it is needed" in text
    assert "is looked after by Pia \\*H\\*, without a contract" in text
    needed = date(2026, 7, 9)
    save(ada, "p", "deployments", [deployed(i, needed_until_on=needed) for i in range(2, 5)])
    text = said(open_screen("support", project="p"))
    assert "5 models in use looked after: 1 by your own people and 4 by nobody" in text
    assert "at worst 10 days of need are not covered" in text


def test_own_people_beside_a_contract_are_said_with_what_is_theirs():
    live = Deployment(
        project="p", deployment_id="d", model_id="m", value_case_id="v", contract_id="c",
        from_on=date(2026, 1, 1), looked_after_by="Pia", needed_until_on=date(2027, 12, 31),
    )  # fmt: skip
    today = date(2026, 6, 30)
    for dates, sentence, cell in (
        ({"ends_on": date(2027, 3, 31)},
         "is looked after by North until 31 Mar 2027, and by Pia for what the contract leaves out, "
         "and afterwards for all", "North until 31 Mar 2027, Pia for the rest"),
        ({"ends_on": date(2026, 6, 29)}, "is looked after by Pia, without a contract", "Pia"),
        ({"starts_on": date(2026, 7, 10)},
         "is looked after by Pia, without a contract until North begins on 10 Jul 2026", "Pia"),
    ):  # fmt: skip
        contract = Contract(
            project="p", contract_id="c", counterparty="North", contract_type="support", **dates
        )
        care = care_of(live, contract, [], today)
        assert support_text._kept(care, today) == sentence
        assert support_text.keeper(care) == cell
    assert support_text.gap(care, Gap.OWN_PEOPLE_ONLY) == "Its contract is not in force: Pia alone."


def test_a_contract_that_has_not_begun_is_not_said_to_look_after_anything(empty):
    shop(empty)
    rows = {
        "models": {"model_id": "m"},
        "value_cases": {"value_case_id": "v", "mechanism": "demand_forecast"},
        "contracts": {"contract_id": "c", "counterparty": "North", "contract_type": "support",
                      "starts_on": date(2026, 7, 10)},
        "deployments": {"deployment_id": "d", "model_id": "m", "value_case_id": "v",
                        "from_on": date(2026, 1, 1), "contract_id": "c"},
    }  # fmt: skip
    for kind, row in rows.items():
        receipt = registers.save(empty.acting_as("test"), "p", kind, [{"project": "p"} | row])
        assert receipt.status == "committed", receipt.rejects
    app = open_screen("support", project="p")
    assert "is looked after only from 10 Jul 2026 on, by North" in said(app)
    (kept,) = next(d.value for d in app.dataframe if "Looked after by" in d.value).to_dict(
        "records"
    )
    assert kept["Looked after by"] == "nobody yet: North from 10 Jul 2026"
