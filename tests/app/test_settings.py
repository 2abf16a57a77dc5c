"""The demo is removed and loaded in one place, after a question that names what others built."""

from __future__ import annotations

import pytest

from mlpm_core.services.admin import demo as demo_service
from mlpm_core.services.ingest import registers
from tests.app.conftest import SCREENS, button, labels, open_screen, run, said

DEMAND = "bike-shop-demand"


def ours(workspace) -> str:
    """A batch of Ben's that rests on the demo."""
    row = dict(workspace.project(DEMAND)) | {"question": "Ours"}
    return str(registers.save(workspace.acting_as("ben"), DEMAND, "projects", [row]).batch)


@pytest.mark.usefixtures("demo")
def test_no_other_screen_removes_the_demo_and_each_leads_to_where_it_is_done():
    for screen in SCREENS:
        app = open_screen(screen, project=DEMAND)
        assert "Demo data: the Bike Shop is made up" in said(app)
        links = [link.proto for link in app.sidebar.get("page_link")]
        assert [link.page for link in links] == ["settings", "glossary"]
        assert ("Remove the demo" in labels(app)) == (screen == "settings")


def test_it_says_what_is_loaded_by_whom_and_is_removed_after_a_question(demo):
    n_files = len(list(demo_service.files()))
    app = open_screen("settings")
    assert f"**The demo is loaded**: {n_files} batches in 4 projects, loaded on" in said(app)
    assert "Load the demo" not in labels(app)
    button(app, "Remove the demo").click()
    run(app)
    assert len(registers.projects(demo)) == 4
    assert "for everybody" in said(app)
    button(app, "Keep it").click()
    run(app)
    assert "Yes, remove the demo" not in labels(app)

    button(app, "Remove the demo").click()
    run(app)
    button(app, "Yes, remove the demo").click()
    run(app)
    assert registers.projects(demo) == []
    assert "The demo is not loaded" in said(app)
    assert not app.warning

    button(app, "Load the demo").click()
    run(app)
    assert len(registers.projects(demo)) == 4
    assert f"{n_files} batches came in" in said(app)


def test_what_others_built_on_it_is_named_and_taken_only_when_that_is_agreed(demo):
    batch = ours(demo)
    app = open_screen("settings")
    button(app, "Remove the demo").click()
    run(app)
    assert "1 batch of others cannot stay" in said(app)
    named = next(t.value for t in app.dataframe if "By" in t.value)
    assert named[["Batch", "By"]].to_numpy().tolist() == [[batch, "ben"]]
    assert button(app, "Yes, remove").disabled
    app.checkbox(key="demo_remove_others").check()
    run(app)
    button(app, "Yes, remove").click()
    run(app)
    assert registers.projects(demo) == []


def test_a_batch_that_came_after_the_question_is_not_taken_unasked(demo):
    app = open_screen("settings")
    button(app, "Remove the demo").click()
    run(app)
    yes = button(app, "Yes, remove")
    batch = ours(demo)
    yes.click()
    run(app)
    assert len(registers.projects(demo)) == 4
    app = open_screen("settings")
    button(app, "Remove the demo").click()
    run(app)
    assert batch in {b for t in app.dataframe if "By" in t.value for b in t.value["Batch"]}


def test_what_stays_is_counted(demo):
    registers.save(demo.acting_as("ben"), DEMAND, "models", [{"model_id": "ours"}])
    app = open_screen("settings")
    button(app, "Remove the demo").click()
    run(app)
    assert "1 batch of others in its projects will stay" in said(app)
    button(app, "Yes, remove").click()
    run(app)
    assert [p.project for p in registers.projects(demo)] == [DEMAND]
    assert [m["model_id"] for m in registers.records(demo, DEMAND, "models")] == ["ours"]


@pytest.mark.usefixtures("empty")
def test_an_empty_store_loads_it():
    app = open_screen("settings")
    assert "The demo is not loaded" in said(app)
    button(app, "Load the demo").click()
    run(app)
    assert "The demo is loaded" in said(app)
    assert app.sidebar.selectbox(key="project").value
