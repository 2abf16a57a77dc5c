"""A KPI that several value cases move: chosen in its form, told on its screen and its card."""

from __future__ import annotations

from mlpm_core.records import Kpi
from tests.app.conftest import button, open_screen, plain, run, said
from tests.monitored_shop import CASE, SHOP, WEEKS, in_use, kpi, planned, results
from tests.services.test_several_cases import web, web_in_use, web_results

FORM = f"register_kpis_{SHOP}_both_also_moved_by"


def shop(workspace):
    planned(workspace, "2024-08-10")
    in_use(workspace, "2024-07-08")
    results(workspace, WEEKS)
    web(workspace)
    web_in_use(workspace, "2024-07-22")
    web_results(workspace, "2024-07-22,0.27,P1W,final\n2024-07-29,0.24,P1W,final\n")
    kpi(workspace, "both", "higher")


def stored(workspace):
    with workspace.store.reader() as reader:
        return reader.current(Kpi, SHOP)[0]


def test_further_cases_are_chosen_by_name_kept_over_a_reload_and_taken_out_again(empty):
    shop(empty)
    app = open_screen("registers", project=SHOP, kind="kpis", record="both")
    field = app.multiselect(key=FORM)
    assert (field.value, field.options) == ([], ["Orders", "Web orders"])
    field.set_value(["web"])
    run(app)
    again = open_screen("registers", **{k: app.query_params[k] for k in app.query_params})
    assert again.multiselect(key=FORM).value == ["web"]
    button(again, "Save").click()
    run(again)
    assert "Saved as B" in said(again)
    assert stored(empty).moved_by == (CASE, "web")
    late = open_screen("registers", project=SHOP, kind="kpis", record="both")
    assert late.multiselect(key=FORM).value == ["web"]
    late.multiselect(key=FORM).set_value([])
    run(late)
    button(late, "Save").click()
    run(late)
    assert stored(empty).moved_by == (CASE,)


def test_a_case_that_is_named_already_is_refused_at_its_field(empty):
    shop(empty)
    app = open_screen("registers", project=SHOP, kind="kpis", record="both")
    app.multiselect(key=FORM).set_value([CASE])
    run(app)
    button(app, "Save").click()
    run(app)
    assert "named twice" in said(app)
    assert stored(empty).moved_by == (CASE,)


def test_the_screen_tells_each_part_and_the_sum_with_grade_and_range(empty):
    shop(empty)
    kpi(empty, "both", "higher", also_moved_by="web")
    app = open_screen("kpi", project=SHOP, kpi="both")
    told = plain(said(app))
    assert "What “Orders” and “Web orders” imply is added: each from the day" in told
    (parts,) = [d.value for d in app.dataframe if "Value case" in d.value]
    assert list(parts["Value case"]) == ["Orders", "Web orders", "Together"]
    links = {link.proto.label for link in app.main.get("page_link")}
    assert {"Formulas and inputs of Orders", "Formulas and inputs of Web orders"} <= links
    for case, title in ((CASE, "Orders"), ("web", "Web orders")):
        assert open_screen("promised", project=SHOP, case=case), title
