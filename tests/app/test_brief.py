"""The Brief screen, and the value case that is paid for by it: what people see and write down."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mlpm_core.quantity import Dimension
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan.briefs import brief
from mlpm_core.services.plan.estimates import of_case, project_estimates
from mlpm_core.services.plan.personal_notes import PersonalNote, PersonalNotes
from mlpm_core.services.valuation.value_cases import case_value
from pages.parts.plan import personal_notes
from tests.app.conftest import open_screen, opening, run, said
from tests.patience import PATIENCE

DEMAND = "bike-shop-demand"
WINBACK = "bike-shop-winback"
ODD = "**x** :red[y] $z$ <img>"


def plain(markdown):
    """What a reader sees of text with its Markdown escaped."""
    return markdown.replace("\\", "")


def save(workspace, kind, *rows, project="p"):
    receipt = registers.save(workspace.acting_as("test"), project, kind, rows)
    assert receipt.status == "committed", receipt.rejects


def person(stakeholder_id, name, points, **more):
    weights = {d.value: p for d, p in zip(Dimension, points, strict=True)}
    told = {"stakeholder_id": stakeholder_id, "name": name, "influence": 3, "wants": "Peace"}
    return told | weights | more


@pytest.fixture
def briefed(empty):
    """A project with a conflict, a stakeholder not asked, and three findings."""
    save(empty, "projects", {"project": "p", "title": "P", "question": "Fewer returns."})
    save(
        empty, "stakeholders",
        person("tom", "Tom", (20, 60, 10, 10, 0), role="Budget holder", has_veto=True),
        person("jonas", "Jonas", (45, 0, 0, 5, 50)),
        person("amal", "Amal", (0, 0, 0, 0, 0)),
    )  # fmt: skip
    save(
        empty, "findings",
        {"finding_id": "a", "area": "data", "statement": "Who has it?", "is_blocker": True,
         "owner": "Pia", "due_on": "2020-01-31"},
        {"finding_id": "b", "area": "data", "statement": "It exists", "confidence": "proven"},
        {"finding_id": "c", "area": "architecture", "statement": "One host",
         "confidence": "assumed"},
    )  # fmt: skip
    return empty


@pytest.mark.usefixtures("briefed")
def test_the_brief_opens_with_what_stands_in_the_way():
    app = open_screen("brief", project="p")
    assert plain(opening(app)) == (
        "**P** is **not understood yet**: 1 of 3 findings checked or proven, 1 blocker open, "
        "4 areas without any question, 1 stakeholder not yet asked what matters and 1 pair of "
        "stakeholders wants different things."
    )
    shown = plain(said(app))
    assert "Fewer returns." in shown
    assert "Data: 1 of 2 findings checked or proven, 1 blocker open." in shown
    assert "Path to production: nothing has been asked yet." in shown
    assert "1 open question is past the date" in plain(app.warning[0].value)
    assert "Amal" in plain(app.warning[0].value)


@pytest.mark.usefixtures("briefed")
def test_weights_stand_beside_the_conflict_that_their_mean_hides():
    """Tom and Jonas of equal influence: cost saving (60 + 0)/2, customer experience (0 + 50)/2."""
    app = open_screen("brief", project="p")
    weights = app.table[0].value.reset_index()
    columns = [next(c for c in weights if c.endswith(d.label)) for d in Dimension]
    assert list(weights.columns[-5:]) == columns
    assert all(c.startswith(":material/") for c in columns)
    by_name = {row["Stakeholder"].split("**")[1]: row for _, row in weights.iterrows()}
    assert list(by_name) == ["Amal", "Jonas", "Tom", "The project"]
    cost, customer = columns[1], columns[4]
    assert (by_name["Tom"][cost], by_name["Tom"][customer]) == (
        ":primary-background[**60**]", ":gray[0]",
    )  # fmt: skip
    assert (by_name["The project"][cost], by_name["The project"][customer]) == ("30", "25")
    assert by_name["Amal"][cost] == "–"
    shown = plain(said(app))
    assert "Jonas puts 50 of 100 points on customer experience, Tom 0;" in shown
    assert "Can stop the project alone: Tom." in shown


@pytest.mark.usefixtures("briefed")
def test_open_questions_show_who_finds_out_and_by_when():
    app = open_screen("brief", project="p")
    asked = next(d.value for d in app.dataframe if "Question" in d.value)
    assert asked.to_dict("records") == [
        {"Question": "Who has it?", "Area": "Data", "Confidence": "unknown, blocker",
         "Owner": "Pia", "Due": "31 Jan 2020, overdue"},
        {"Question": "One host", "Area": "Architecture", "Confidence": "assumed",
         "Owner": "–", "Due": "–"},
    ]  # fmt: skip


def test_an_answer_is_written_down_in_place(briefed):
    app = open_screen("brief", project="p", record="a")
    form = "register_findings_p_a"
    assert app.selectbox(key="record").value == "a"
    app.selectbox(key=f"{form}_confidence").set_value("checked")
    app.text_input(key=f"{form}_evidence").set_value("Asked Pia")
    next(b for b in app.button if b.label == "Save").click()
    run(app)
    view = brief(briefed, "p")
    assert [f.finding_id for f in view.open_questions] == ["c"]
    assert next(f for f in view.settled if f.finding_id == "a").evidence == "Asked Pia"
    assert "2 of 3 findings" in opening(open_screen("brief", project="p"))


def test_an_empty_brief_asks_for_one_thing_at_a_time(empty):
    save(empty, "projects", {"project": "p", "title": "P"})
    app = open_screen("brief", project="p")
    assert "Start with the hypothesis" in app.info[0].value
    (field,) = app.text_area
    field.set_value("Fewer returns: photos tell the size.")
    next(b for b in app.main.button if b.label == "Save").click()
    run(app)
    app = open_screen("brief", project="p")
    assert "Fewer returns: photos tell the size." in plain(said(app))
    assert "Start with the person who holds the budget" in app.info[0].value
    form = "register_stakeholders_new"
    turn = app.session_state["register_turn"]
    app.text_input(key=f"{form}{turn}_stakeholder_id").set_value("mara")
    app.text_input(key=f"{form}{turn}_name").set_value("Mara")
    app.number_input(key=f"{form}{turn}_influence").set_value(5)
    assert app.text_input(key=f"{form}{turn}_revenue").label == "Points for revenue"
    next(b for b in app.main.button if b.label == "Add the stakeholder").click()
    run(app)
    assert [s.name for s in brief(empty, "p").stakeholders] == ["Mara"]
    app = open_screen("brief", project="p", edit="1")
    assert "Mara" in app.table[0].value.to_string()
    assert "no finding is written down yet, 6 areas without any question" in plain(opening(app))
    assert "Open questions" not in said(app)
    areas = app.selectbox(key="register_findings_new0_area").options
    assert "Ethics, security and privacy" in areas


def test_a_hostile_text_stands_letter_by_letter(empty):
    save(empty, "projects", {"project": "p", "title": ODD, "question": ODD, "owner": ODD})
    save(
        empty, "stakeholders",
        person("a", ODD, (9, 0, 0, 0, 0), role=ODD, wants=ODD, has_veto=True),
        person("b", "B", (0, 9, 0, 0, 0), role=ODD, wants=""),
        person("c", ODD + "c", (0, 0, 0, 0, 0), wants=""),
    )  # fmt: skip
    save(
        empty, "findings",
        {"finding_id": "a", "area": "data", "statement": ODD, "owner": ODD, "is_blocker": True},
    )  # fmt: skip
    app = open_screen("brief", project="p")
    cells = [str(c) for c in app.table[0].value.reset_index().to_numpy().ravel()]
    kinds = ("markdown", "caption", "info", "warning", "error", "header")
    texts = cells + [element.value for kind in kinds for element in app.get(kind)]
    odd = [text for text in texts if "img" in text]
    assert len(odd) >= 6
    for part in ("**x**", ":red[", "$z$", "<img>"):
        assert [text for text in odd if part in text] == []
    assert all(ODD in plain(text) for text in odd)


def loaded_estimates(workspace):
    return project_estimates(workspace, WINBACK)


def test_the_value_case_says_what_its_work_costs_and_whether_it_pays(demo):
    app = open_screen("value_case", project=WINBACK)
    shown = plain(said(app))
    (view,) = [v for v in loaded_estimates(demo) if v.record.value_case_id == "voucher-letter"]
    p50, p80 = (f"EUR {f.cost:,}" for f in view.figures[1:3])
    assert f"costs **{p50}** at even odds, and to be safe **{p80}**." in shown
    assert view.pays_back.sentence in shown
    links = {link.proto.label for link in app.get("page_link")}
    assert "See its assumptions" in links
    assert "Estimate the work" not in links


def test_the_payback_follows_numbers_that_are_only_tried(demo):
    (view,) = loaded_estimates(demo)
    changed = case_value(demo, WINBACK, "voucher-letter", changes={"customer_value": "90"})
    (tried,) = of_case([view], changed)
    assert tried.pays_back.probability_of_gain < view.pays_back.probability_of_gain / 2
    app = open_screen("value_case", project=WINBACK, edit="1")
    next(t for t in app.text_input if t.label.startswith("Customer value")).set_value("90")
    run(app)
    shown = plain(said(app))
    assert tried.pays_back.sentence in shown
    assert view.pays_back.sentence not in shown
    assert "(with the changes tried here)" in shown
    assert loaded_estimates(demo)[0].pays_back.sentence == view.pays_back.sentence


@pytest.mark.usefixtures("demo")
def test_a_value_case_without_an_estimate_leads_to_one():
    app = open_screen("value_case", project=DEMAND)
    assert "What building the model costs is not known yet" in said(app)
    link = next(x for x in app.get("page_link") if x.proto.label == "Estimate the work")
    assert link.proto.page == "estimate"


def test_an_archived_estimate_pays_for_nothing(demo):
    (row,) = registers.records(demo, WINBACK, "estimates")
    save(demo, "estimates", dict(row) | {"archived": True}, project=WINBACK)
    assert "What building the model costs is not known yet" in said(
        open_screen("value_case", project=WINBACK)
    )


def test_the_brief_says_what_sprint_0_lacks_and_which_requirement_nobody_uses(briefed):
    save(
        briefed, "requirements",
        {"requirement_id": "r", "asked": f"A forecast {ODD}", "agreed": "An order proposal",
         "changed_on": "2020-02-01", "change_reason": "Nobody acts on a forecast",
         "metric": "latency", "comparison": "at_most", "limit": 200, "measured": 240,
         "unit": "ms"},
    )  # fmt: skip
    app = open_screen("brief", project="p")
    gate = plain(app.warning[1].value)
    assert "Sprint 0 is **not passed**: 2 things missing." in gate
    assert "Sprint 0 is the work before the first model" in said(app)
    assert "Blocker “Who has it?” is past its date." in gate
    assert "No KPI counts yet" in gate
    assert "**0 of 1 requirement** with a use point; limits: 1 missed." in said(app)
    (row,) = next(d.value for d in app.dataframe if "Use point" in d.value).to_dict("records")
    assert row["Use point"].startswith("no use point: who decides, what they decide and when")
    assert (row["Limit"], row["Measured"], row["Kept"]) == (
        "latency at most 200 ms", "240 ms", "missed",
    )  # fmt: skip
    assert "1 Feb 2020: Nobody acts on a forecast" in plain(said(app))
    assert ODD not in said(app)


def test_the_brief_says_who_waits_and_what_nobody_answered(briefed):
    save(briefed, "stakeholders", person("tom", "Tom", (1, 0, 0, 0, 0), contact_every_days=7))
    save(
        briefed, "interactions",
        {"interaction_id": "kick-off", "stakeholder_id": "tom", "happened_on": "2020-01-01",
         "interaction_type": "meeting", "open_question": f"Which {ODD}?", "satisfaction": 4},
    )  # fmt: skip
    app = open_screen("brief", project="p")
    shown = plain(said(app))
    assert "**Tom** waits longer than agreed; no demo yet; 1 open question, the oldest" in shown
    alarm = plain(app.warning[2].value)
    assert "since the work began: show something" in alarm
    assert "Never shown anything: " in alarm
    assert "No early result is planned" in alarm
    table = next(d.value for d in app.dataframe if "Last contact" in d.value)
    (tom,) = table[table["Stakeholder"] == "Tom"].to_dict("records")
    assert tom["Last contact"].endswith("days ago, too long ago")
    assert (tom["Agreed"], tom["Last said"]) == ("every 7 days", "4")
    assert any("Open since a meeting" in d.value for d in app.dataframe)


def test_promises_stand_with_their_rate_and_with_who_took_an_unlikely_one_on(briefed):
    base = {"measure": "date", "made_on": "2020-01-01", "promised_for_on": "2020-02-01"}
    save(
        briefed, "delivery_promises",
        base | {"promise_id": "a", "what": "Plan", "delivered_on": "2020-02-01"},
        base | {"promise_id": "b", "what": f"Model {ODD}", "confidence": 0.3,
                "overridden_by": "Tom", "override_reason": "The fair"},
    )  # fmt: skip
    app = open_screen("brief", project="p")
    shown = plain(said(app))
    assert "**1 of 2 judged promises kept** (50%, likely 16% to 84%, 8 times in 10)" in shown
    assert "They were held to be 30% likely on average (of 1 with a confidence)." in shown
    table = next(d.value for d in app.dataframe if "Outcome" in d.value)
    assert list(table["Outcome"]) == ["missed", "kept"]
    assert table["Likely then"][0] == "30%, on the word of Tom: The fair"
    assert "No KPI value is promised yet." in shown


def test_a_personal_note_is_kept_and_erased_on_the_screen_and_leaves_no_batch(briefed):
    before = briefed.version
    app = open_screen("brief", project="p")
    assert "Note" not in [t.label for t in app.text_area]  # not built before it is opened
    names = {"amal": "Amal", "tom": "Tom"}

    def notes(part, names):
        part("p", names)

    given = {"part": personal_notes.note_form, "names": names}
    form = AppTest.from_function(notes, kwargs=given, default_timeout=PATIENCE)
    run(form)
    form.selectbox[0].set_value("tom")
    run(form)
    form.text_area[0].set_value(ODD)
    next(b for b in form.button if b.label == "Keep").click()
    run(form)
    assert PersonalNotes(briefed).of("p", "tom") == PersonalNote(ODD)
    assert form.text_area[0].value == ODD
    next(b for b in form.button if b.label == "Erase for good").click()
    run(form)
    assert PersonalNotes(briefed).of("p", "tom") is None
    assert form.text_area[0].value == ""
    assert briefed.version == before


def test_a_lighthouses_finding_is_taken_over_by_one_click_with_the_way_back(briefed):
    lamp = {"project": "lamp", "title": f"Lamp {ODD}", "lighthouse_for": "p"}
    save(briefed, "projects", lamp, project="lamp")
    save(
        briefed, "findings",
        {"finding_id": "x", "area": "data", "statement": "Clean", "confidence": "checked"},
        project="lamp",
    )  # fmt: skip
    app = open_screen("brief", project="p")
    assert "**1 finding** of lighthouse projects can be taken over" in said(app)
    app.button(key="take_over_lamp-x").click()
    run(app)
    taken = next(f for f in brief(briefed, "p").findings if f.finding_id == "lamp-x")
    assert taken.evidence == f"Lighthouse Lamp {ODD}"
    assert "can be taken over" not in said(app)
    assert any(b.label == "Undo" for b in app.button)
    save(briefed, "findings", {"finding_id": "x", "area": "data", "statement": "Dirty",
                               "confidence": "proven"}, project="lamp")  # fmt: skip
    assert "differs now" in said(open_screen("brief", project="p"))
