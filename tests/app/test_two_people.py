"""Two people have the same form open: who saves second is told, asked, and overwrites nothing."""

from __future__ import annotations

import pytest

from mlpm_core.intake import Profile
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest import undo as undoing
from pages.parts.common import cache
from tests.app.conftest import button, labels, open_screen, plain, run, said

DEMAND, WINBACK = "bike-shop-demand", "bike-shop-winback"
KPI = f"register_kpis_{DEMAND}_write-downs"


@pytest.fixture(autouse=True)
def _people(monkeypatch):
    """Who is at the screen is set by `act_as`."""
    monkeypatch.setattr(cache, "_actor", lambda: WHO[-1])
    WHO[:] = ["ann"]


WHO = ["ann"]


def act_as(who: str) -> None:
    WHO[:] = [who]


def kpi(workspace, name="write-downs"):
    rows = registers.records(workspace, DEMAND, "kpis")
    return next(r for r in rows if r["kpi_id"] == name)


def press(app, start: str, who: str):
    act_as(who)
    button(app, start).click()
    return run(app)


def opened():
    return open_screen("registers", project=DEMAND, kind="kpis", record="write-downs")


def test_two_tabs_change_two_fields_and_both_arrive(demo):
    first, second = opened(), opened()
    first.text_input(key=f"{KPI}_owner").set_value("Ann")
    press(first, "Save", "ann")
    second.text_input(key=f"{KPI}_target").set_value("590,000")
    press(second, "Save", "ben")
    now = kpi(demo)
    assert (now["owner"], now["target"]) == ("Ann", 590_000)
    assert "Owner of write-downs was changed to “Ann” by ann on" in plain(said(second))
    assert "Saved as B" in said(second)
    assert second.text_input(key=f"{KPI}_owner").value == "Ann"


def test_a_field_that_both_changed_is_asked_and_theirs_may_stay(demo):
    first, second = opened(), opened()
    first.text_input(key=f"{KPI}_target").set_value("580,000")
    press(first, "Save", "ann")
    second.text_input(key=f"{KPI}_target").set_value("590,000")
    second.text_input(key=f"{KPI}_owner").set_value("Ben")
    run(second)
    press(second, "Save", "ben")
    assert (kpi(demo)["target"], kpi(demo)["owner"] == "Ben") == (580_000, False)
    assert "Somebody else changed 1 field that you changed too" in said(second)
    (radio,) = [r for r in second.radio if r.label == "Target"]
    shown = str(radio.proto)
    assert "580,000" in plain(shown)
    assert "590,000" in plain(shown)
    assert "ann" in shown
    assert "Save" not in labels(second)
    assert button(second, "Save with these choices").disabled
    radio.set_value("theirs")
    run(second)
    press(second, "Save with these choices", "ben")
    assert (kpi(demo)["target"], kpi(demo)["owner"]) == (580_000, "Ben")
    assert second.text_input(key=f"{KPI}_target").value == "580,000"
    assert "Save" in labels(second)


def test_a_field_that_both_changed_may_be_taken_over_on_purpose(demo):
    first, second = opened(), opened()
    first.text_input(key=f"{KPI}_target").set_value("580,000")
    press(first, "Save", "ann")
    second.text_input(key=f"{KPI}_target").set_value("590,000")
    press(second, "Save", "ben")
    next(r for r in second.radio if r.label == "Target").set_value("mine")
    run(second)
    press(second, "Save with these choices", "ben")
    assert kpi(demo)["target"] == 590_000


def test_mine_may_be_let_go_as_a_whole(demo):
    first, second = opened(), opened()
    first.text_input(key=f"{KPI}_target").set_value("580,000")
    press(first, "Save", "ann")
    second.text_input(key=f"{KPI}_target").set_value("590,000")
    press(second, "Save", "ben")
    press(second, "Discard all of mine", "ben")
    assert kpi(demo)["target"] == 580_000
    assert second.text_input(key=f"{KPI}_target").value == "580,000"


def test_a_third_who_saves_while_the_second_chooses_is_asked_about_again(demo):
    first, second = opened(), opened()
    first.text_input(key=f"{KPI}_target").set_value("580,000")
    press(first, "Save", "ann")
    second.text_input(key=f"{KPI}_target").set_value("590,000")
    press(second, "Save", "ben")
    third = opened()
    third.text_input(key=f"{KPI}_target").set_value("570,000")
    press(third, "Save", "cy")
    next(r for r in second.radio if r.label == "Target").set_value("mine")
    run(second)
    press(second, "Save with these choices", "ben")
    assert kpi(demo)["target"] == 570_000
    (radio,) = [r for r in second.radio if r.label == "Target"]
    assert "570,000" in plain(str(radio.proto))
    assert "cy" in str(radio.proto)


def test_an_open_form_that_nobody_touched_follows_what_others_save(demo):
    app = opened()
    row = dict(kpi(demo)) | {"owner": "Cy", "target": 1.0}
    registers.save(demo.acting_as("cy"), DEMAND, "kpis", [row])
    run(app)
    assert app.text_input(key=f"{KPI}_owner").value == "Cy"
    assert app.text_input(key=f"{KPI}_target").value == "1"


def test_an_import_by_file_is_another_saver_too(demo):
    app = opened()
    app.text_input(key=f"{KPI}_target").set_value("590,000")
    run(app)
    row = dict(kpi(demo)) | {"target": 555_000.0}
    text = ",".join(row) + "\n" + ",".join("" if v is None else f'"{v}"' for v in row.values())
    done = imports.import_file(demo.acting_as("cy"), DEMAND, "kpis", "k.csv", text.encode(),
                               profile=Profile(restatement="confirm"))  # fmt: skip
    assert done.status == "committed", done.rejects
    press(app, "Save", "ben")
    assert kpi(demo)["target"] == 555_000
    assert done.batch in str(next(r for r in app.radio if r.label == "Target").proto)


def test_a_name_that_somebody_took_meanwhile_is_asked_about(empty):
    registers.save(empty.acting_as("x"), "p", "projects", [{"project": "p", "title": "P"}])
    app = open_screen("registers", project="p", kind="models")
    app.text_input(key="register_models_new0_model_id").set_value("m")
    app.text_input(key="register_models_new0_owner").set_value("Ben")
    registers.save(empty.acting_as("ann"), "p", "models", [{"model_id": "m", "owner": "Ann"}])
    press(app, "Add the model", "ben")
    (row,) = registers.records(empty, "p", "models")
    assert row["owner"] == "Ann"
    assert "Somebody else changed" in said(app)


def test_a_record_that_was_taken_back_is_not_written_again_unasked(empty):
    registers.save(empty.acting_as("x"), "p", "projects", [{"project": "p", "title": "P"}])
    batch = registers.save(
        empty.acting_as("x"), "p", "models", [{"model_id": "m", "owner": "Ann"}]
    ).batch
    app = open_screen("registers", project="p", kind="models", record="m")
    app.text_input(key="register_models_p_m_purpose").set_value("Sorts")
    undoing.undo(empty.acting_as("cy"), "p", batch)
    press(app, "Save", "ben")
    assert registers.records(empty, "p", "models") == []
    assert "There is no record “m”" in plain(said(app))


def test_numbers_of_a_value_case_are_kept_field_by_field(demo):
    def field(app, label):
        return next(t for t in app.text_input if plain(t.label).startswith(label))

    def stored():
        return {q["name"]: q["written"] for q in registers.records(demo, DEMAND, "quantities")}

    first, second = (open_screen("value_case", project=DEMAND, edit="1") for _ in range(2))
    field(first, "Margin").set_value("50")
    run(first)
    press(first, "Save the changes", "ann")
    field(second, "Build cost").set_value("90k")
    run(second)
    assert field(second, "Margin").value == "50"
    press(second, "Save the changes", "ben")
    assert (stored()["margin"], stored()["build_cost"]) == ("50", "90k")

    first, second = (open_screen("value_case", project=DEMAND, edit="1") for _ in range(2))
    field(first, "Margin").set_value("60")
    run(first)
    press(first, "Save the changes", "ann")
    field(second, "Margin").set_value("70")
    run(second)
    press(second, "Save the changes", "ben")
    assert stored()["margin"] == "60"
    (radio,) = [r for r in second.radio if plain(r.label) == "Margin"]
    assert "60" in str(radio.proto)
    radio.set_value("mine")
    run(second)
    press(second, "Save with these choices", "ben")
    assert stored()["margin"] == "70"


def test_the_hypothesis_and_the_owner_are_two_fields(demo):
    def opened_brief():
        app = open_screen("brief", project=DEMAND, edit="1")
        app.segmented_control[-1].set_value("projects")
        return run(app)

    form = f"brief_{DEMAND}"
    first, second = opened_brief(), opened_brief()
    first.text_input(key=f"{form}_owner").set_value("Ann")
    press(first, "Save", "ann")
    second.text_area(key=f"{form}_question").set_value("Fewer write-downs.")
    press(second, "Save", "ben")
    now = demo.project(DEMAND)
    assert (now.owner, now.question) == ("Ann", "Fewer write-downs.")
    first, second = opened_brief(), opened_brief()
    first.text_input(key=f"{form}_owner").set_value("Cy")
    press(first, "Save", "cy")
    second.text_input(key=f"{form}_owner").set_value("Ben")
    press(second, "Save", "ben")
    assert demo.project(DEMAND).owner == "Cy"
    assert "Somebody else changed 1 field" in said(second)


def test_two_versions_of_a_mechanism_are_shown_beside_each_other(demo):
    app = open_screen("mechanism", project=WINBACK, mechanism="@new")
    press(app, "Save the mechanism", "ann")
    first, second = (
        open_screen("mechanism", project=WINBACK, mechanism="meter_reading") for _ in range(2)
    )
    text = first.text_area(key="mechanism_text").value
    ours, theirs = (text.replace('revenue = { formula = "0" }', f'revenue = {{ formula = "{f}" }}')
                    for f in ("0 * 1", "0 * 2"))  # fmt: skip
    first.text_area(key="mechanism_text").set_value(theirs)
    run(first)
    press(first, "Save the mechanism", "ann")
    second.text_area(key="mechanism_text").set_value(ours)
    run(second)
    press(second, "Save the mechanism", "ben")

    def definition():
        (row,) = registers.records(demo, WINBACK, "mechanisms")
        return row["definition"]

    assert definition() == theirs
    blocks = [c.value for c in second.code]
    assert theirs.strip() in blocks
    assert ours.strip() in blocks
    next(r for r in second.radio if r.label == "Definition").set_value("mine")
    run(second)
    press(second, "Save with these choices", "ben")
    assert definition() == ours


def test_a_proxy_is_not_overwritten_by_an_older_form(demo):
    project, of = "bike-shop-wearcheck", "time-to-result"
    form = f"finder_{project}_{of}"

    def opened_guide():
        return open_screen("find_kpi", project=project, dimension="cycle_time", candidate=of)

    app = opened_guide()
    app.text_input(key=f"{form}_stands_for").set_value("waiting")
    run(app)
    press(app, "Save as provisional KPI", "ann")
    first, second = opened_guide(), opened_guide()
    first.text_input(key=f"{form}_owner").set_value("Ann")
    run(first)
    press(first, "Save the provisional KPI", "ann")
    second.text_input(key=f"{form}_target").set_value("5")
    run(second)
    press(second, "Save the provisional KPI", "ben")
    (row,) = [k for k in registers.records(demo, project, "kpis") if k["kpi_id"] == of]
    assert (row["owner"], row["target"]) == ("Ann", 5.0)
    first, second = opened_guide(), opened_guide()
    first.text_input(key=f"{form}_owner").set_value("Ida")
    run(first)
    press(first, "Save the provisional KPI", "ida")
    second.text_input(key=f"{form}_owner").set_value("Ben")
    run(second)
    press(second, "Save the provisional KPI", "ben")
    (row,) = [k for k in registers.records(demo, project, "kpis") if k["kpi_id"] == of]
    assert row["owner"] == "Ida"
    assert "Somebody else changed 1 field" in said(second)


def test_an_estimate_keeps_what_the_other_found_out(demo):
    project = "bike-shop-wearcheck"
    form = f"register_estimates_{project}_engineers-guess"
    first, second = (open_screen("estimate", project=project, edit="1") for _ in range(2))
    first.selectbox(key=f"{form}_data_dirty").set_value("no")
    run(first)
    press(first, "Save", "ann")
    second.text_input(key=f"{form}_raw_days").set_value("9")
    run(second)
    press(second, "Save", "ben")
    row, _ = registers.records(demo, project, "estimates")
    assert (row["data_dirty"], row["raw_days"]) == ("no", 9.0)


def test_a_text_of_a_file_that_looks_like_a_change_but_is_none_stays(demo):
    """Fields that a form cannot show as they are stored are not written back."""
    rows = registers.records(demo, DEMAND, "deployments")
    before = dict(rows[0])
    app = open_screen("registers", project=DEMAND, kind="deployments",
                      record=before["deployment_id"])  # fmt: skip
    form = f"register_deployments_{DEMAND}_{before['deployment_id']}"
    app.number_input(key=f"{form}_fresh_within_days").set_value(9)
    press(app, "Save", "ben")
    now = next(r for r in registers.records(demo, DEMAND, "deployments")
               if r["deployment_id"] == before["deployment_id"])  # fmt: skip
    assert now == before | {"fresh_within_days": 9}
