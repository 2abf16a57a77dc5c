"""The Evaluate screens: candidates side by side, a decision recorded and found again."""

from __future__ import annotations

import re

import pytest

from mlpm_core.services.evaluate import candidates as evaluations
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest import undo as undoing
from pages.parts.evaluate import tables, text
from tests.app.conftest import button, open_screen, plain, run, said
from tests.meeting import measured

DEMAND, WINBACK = "bike-shop-demand", "bike-shop-winback"
FORM = f"decide_{WINBACK}_voucher-letter"


def press(app):
    """Press the button that records."""
    next(b for b in app.button if b.label == "Record the decision").click()
    run(app)


def test_candidates_open_with_the_best_and_the_score_that_says_otherwise(demo):
    app = open_screen("candidates", project=WINBACK)
    best = evaluations.candidates(demo, WINBACK, "voucher-letter").best
    first = app.markdown[0].value
    assert first.startswith(r"**champion\-1\.0** is worth most")
    assert rf"{best.net.mean / 1000:.1f}k".replace(".", r"\.") in first
    assert "ROC AUC" in first
    measured = "2 candidates measured: 2 with a value, 2 not worse"
    assert any(caption.value.startswith(measured) for caption in app.main.caption)
    shown = app.dataframe[0].value
    assert list(shown["Option"]) == ["champion-1.0", "challenger-1.1", "adopt none"]
    assert {"Chance of loss", "Chance of being best", "Worse in every respect", "ROC AUC"} <= set(
        shown.columns
    )


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", ["candidates", "adoption"])
def test_without_candidates_a_screen_leads_on(screen):
    app = open_screen(screen, project="bike-shop-workshop")
    assert "measured" in app.info[0].value
    (link,) = app.main.get("page_link")
    assert link.proto.page == ("upload" if screen == "candidates" else "candidates")
    assert not app.dataframe


def test_a_candidate_without_a_value_is_shown_with_the_reason(demo):
    row = {"value_case_id": "voucher-letter", "candidate": "forest", "metric": "roc_auc"}
    registers.save(demo.acting_as("test"), WINBACK, "evaluations", [row | {"value": 0.9}])
    app = open_screen("candidates", project=WINBACK)
    (reasons,) = [d.value for d in app.dataframe if "Why it has no value" in d.value]
    assert "operating point" in reasons.iloc[0, 1]


def test_a_decision_is_recorded_and_found_again_beside_what_was_promised(demo):
    app = open_screen("adoption", project=WINBACK, edit="1")
    app.selectbox(key=f"{FORM}_chosen").set_value("champion-1.0")
    app.text_input(key=f"{FORM}_title").set_value("Keep **it**")
    app.text_area(key=f"{FORM}_why").set_value("It is worth more.")
    press(app)
    row = next(
        r for r in registers.records(demo, WINBACK, "decisions") if r["decision_id"] == "D002"
    )
    assert (row["chosen"], row["why"]) == ("champion-1.0", "It is worth more.")
    assert row["review_on"] is not None
    run(app)
    assert not app.text_area  # recorded: the screen is for reading again

    app = open_screen("adoption", project=WINBACK, edit="1")
    assert [t.value for t in app.text_area] == [""]
    assert r"D002: Keep \*\*it\*\*" in said(app)
    promised, realised, *_ = app.metric
    assert promised.value.startswith("EUR")
    assert realised.value == "–"


@pytest.mark.usefixtures("demo")
def test_a_decision_without_a_reason_is_refused_and_keeps_what_was_typed():
    app = open_screen("adoption", project=WINBACK, edit="1")
    app.text_input(key=f"{FORM}_title").set_value("Keep it")
    press(app)
    assert "why" in app.error[0].value
    assert app.text_input(key=f"{FORM}_title").value == "Keep it"


@pytest.mark.usefixtures("demo")
def test_a_meeting_sees_who_would_choose_what_and_why():
    app = open_screen("adoption", project="bike-shop-winback", edit="1")
    shown = said(app).replace("\\", "")
    assert "Who would choose what" in [s.value for s in app.header]
    assert "Mara Lindqvist" in shown
    assert "would choose **champion-1.0**" in shown
    people = next(d.value for d in app.dataframe if "Would choose" in d.value)
    assert people["What would change it"].str.contains("points moved from money to ").any()
    assert "Left out as no better in any criterion: challenger-1.1 than champion-1.0." in shown


@pytest.mark.usefixtures("demo")
def test_before_choosing_it_is_told_what_to_find_out():
    app = open_screen("candidates", project="bike-shop-winback")
    advice = next(d.value for d in app.dataframe if "Find out" in d.value)
    assert advice["How"].str.len().gt(0).all()
    assert "What to find out before choosing" in [s.value for s in app.header]


def decided(demo, **what):
    sound = {"chosen": "champion-1.0", "title": "T", "why": "w", "decided_by": "b"}
    return decisions.decide(demo.acting_as("ada"), WINBACK, "voucher-letter", **(sound | what))


def test_a_decision_takes_the_place_of_an_earlier_one_and_both_say_so(demo):
    app = open_screen("adoption", project=WINBACK, edit="1")
    app.selectbox(key=f"{FORM}_supersedes").set_value("D001")
    app.text_input(key=f"{FORM}_title").set_value("Change")
    app.text_area(key=f"{FORM}_why").set_value("It is worth more.")
    app.text_input(key=f"{FORM}_dissent").set_value("Tom: **too** early")
    press(app)
    first, second = decisions.decisions(demo, WINBACK)
    assert (first.supersedes, second.superseded_by) == ("D001", "D002")
    shown = said(open_screen("adoption", project=WINBACK, edit="1"))
    assert f"Supersedes [D001](#decision-{second.batch.lower()}-d001)" in shown
    assert f"Superseded by [D002](#decision-{first.batch.lower()}-d002)" in shown
    assert r"Dissent: Tom: \*\*too\*\* early" in shown.replace(r"\:", ":")
    assert "This decision was superseded by another one" in shown


def test_a_withdrawn_and_an_imported_decision_are_listed_and_promise_nothing(demo):
    made = decided(demo, title="Gone again")
    undoing.undo(demo.acting_as("eve"), WINBACK, made.batch)
    row = b"decision_id,title,value_case_id,chosen,why,decided_by,decided_on\n"
    row += b"X1,Minutes,voucher-letter,champion-1.0,w,b,2026-05-05\n"
    imports.import_file(demo.acting_as("eve"), WINBACK, "decisions", "d.csv", row, channel="http")
    app = open_screen("adoption", project=WINBACK, edit="1")
    shown = said(app).replace("\\", "")
    titles = [s.value.replace("\\", "") for s in app.header]
    assert {"D002: Gone again", "X1: Minutes"} <= set(titles)
    assert "Withdrawn on" in shown
    assert "by eve" in shown
    badges = [m.value for m in app.markdown if "-badge[" in m.value]
    assert sum("withdrawn" in b for b in badges) == 1
    assert sum("imported" in b for b in badges) == 1
    assert [m.label for m in app.metric].count("Promised then") == 1  # the demo's own


@pytest.mark.usefixtures("demo")
def test_as_what_a_candidate_runs_is_asked_where_names_differ():
    app = open_screen("adoption", project="bike-shop-demand", edit="1")
    form = "decide_bike-shop-demand_daily-orders"
    runs_as = app.selectbox(key=f"{form}_runs_as")
    assert runs_as.options == ["its own name", "demand-forecast 1.0"]
    assert "No candidate has one of these names" in said(app)


def test_the_register_of_decisions_has_no_form_and_leads_to_adoption(demo):
    undoing.undo(demo.acting_as("eve"), WINBACK, decided(demo).batch)
    app = open_screen("registers", project=WINBACK, kind="decisions")
    table = app.dataframe[0].value
    assert dict(zip(table["Decision"], table["Status"], strict=True)) == {
        "D002": "withdrawn", "D001": "in force",
    }  # fmt: skip
    assert set(table["Origin"]) == {"recorded"}
    assert "Record a decision" in [link.proto.label for link in app.get("page_link")]
    assert [field.label for field in app.text_input] == ["Part of a name"]  # the search
    assert "Save" not in " ".join(b.label for b in app.button)


def test_forty_candidates_need_no_forty_columns_nor_bars(demo):
    data = measured(40)
    imports.import_file(demo.acting_as("ada"), WINBACK, "evaluations", "board.csv", data)
    app = open_screen("adoption", project=WINBACK, edit="1")
    table = app.dataframe[0].value
    assert table.shape == (43, 7)
    board = evaluations.candidates(demo, WINBACK, "voucher-letter")
    assert len(tables.intervals(board)) <= text.MOST_DRAWN + 1
    assert "adopt none" in set(tables.intervals(board)["option"])
    assert len(text.chart(board)) < 500
    app = open_screen("candidates", project=WINBACK)
    assert len(app.dataframe[0].value) == 43


def test_a_decision_that_somebody_else_records_meanwhile_empties_no_form(demo):
    app = open_screen("adoption", project=WINBACK, edit="1")
    app.text_input(key=f"{FORM}_title").set_value("Keep it")
    app.text_area(key=f"{FORM}_why").set_value("It is worth more.")
    run(app)
    decided(demo, title="Theirs")
    run(app)
    assert app.text_input(key=f"{FORM}_title").value == "Keep it"
    press(app)
    titles = [d.title for d in decisions.decisions(demo, WINBACK)]
    assert titles[:2] == ["Keep it", "Theirs"]


def test_what_was_chosen_and_is_no_longer_offered_is_asked_again(demo):
    app = open_screen("adoption", project=WINBACK, edit="1")
    app.selectbox(key=f"{FORM}_supersedes").set_value("D001")
    app.text_input(key=f"{FORM}_title").set_value("Change")
    app.text_area(key=f"{FORM}_why").set_value("It is worth more.")
    run(app)
    decided(demo, title="Theirs", supersedes="D001")
    press(app)
    assert "Please choose again under “Supersedes”" in app.error[0].value
    assert "Change" not in {d.title for d in decisions.decisions(demo, WINBACK)}
    app.selectbox(key=f"{FORM}_supersedes").set_value("D002")
    press(app)
    newest = decisions.decisions(demo, WINBACK)[0]
    assert (newest.title, newest.supersedes) == ("Change", "D002")


def test_where_nothing_is_worth_adopting_the_nearest_is_said_with_its_range(demo):
    rows = registers.records(demo, WINBACK, "evaluations")
    poor = [dict(r) | {"value": 0.12} for r in rows if r["metric"] == "precision"]
    assert registers.save(demo.acting_as("ada"), WINBACK, "evaluations", poor).status == "committed"
    told = text.lead(evaluations.candidates(demo, WINBACK, "voucher-letter"))
    ends = r"likely −[\d.k,]+ to −?[\d.k,]+ \(8 times in 10\)"
    told = told.replace("\\", "")
    assert told.startswith("No candidate of **Letter with voucher** is worth adopting: **ch")
    assert re.search(rf" comes nearest with \*\*EUR −[\d.k,]+ / year\*\*, {ends}, compared ", told)


def test_what_becomes_the_best_meanwhile_does_not_take_the_place_of_what_is_chosen(demo):
    app = open_screen("adoption", project=WINBACK, edit="1")
    chosen = app.selectbox(key=f"{FORM}_chosen").value
    rows = [r for r in registers.records(demo, WINBACK, "evaluations")
            if r["candidate"] == chosen]  # fmt: skip
    better = [dict(r) | {"candidate": "better-2.0"} for r in rows]
    for row in better:
        if row["metric"] in ("precision", "recall"):
            row["value"] = 0.99
    assert (
        registers.save(demo.acting_as("ada"), WINBACK, "evaluations", better).status == "committed"
    )
    assert evaluations.candidates(demo, WINBACK, "voucher-letter").best.name == "better-2.0"
    run(app)
    assert "better-2.0" in app.selectbox(key=f"{FORM}_chosen").options
    assert app.selectbox(key=f"{FORM}_chosen").value == chosen


def test_a_decision_is_withdrawn_by_the_message_that_reports_it(demo):
    app = open_screen("adoption", project=WINBACK, edit="1")
    app.text_input(key=f"{FORM}_title").set_value("Too soon")
    app.text_area(key=f"{FORM}_why").set_value("It is worth more.")
    press(app)
    button(app, "Undo").click()
    run(app)
    newest = decisions.decisions(demo, WINBACK)[0]
    assert (newest.title, newest.state) == ("Too soon", "withdrawn")
    assert "Decision D002 is withdrawn: it stays listed with its evidence" in plain(said(app))


def test_before_a_candidate_is_put_to_use_it_is_said_whether_it_was_built_again(demo):
    def save(kind, **row):
        assert registers.save(demo.acting_as("test"), WINBACK, kind, [row]).status == "committed"

    assert "Nothing of **champion-1.0** is kept" in plain(
        said(open_screen("adoption", project=WINBACK, edit="1"))
    )
    save("artefacts", artefact_id="champion-1.0", artefact_type="model", made_from="sample")
    app = open_screen("adoption", project=WINBACK, edit="1")
    assert any("was never built again" in w.value for w in app.warning)
    tried = {"artefact_id": "champion-1.0", "original": 0.78, "tolerance": 0.01}
    save("rebuilds", attempted_on="2026-06-01", rebuilt=0.7, **tried)
    app = open_screen("adoption", project=WINBACK, edit="1")
    assert any("not within its tolerance" in w.value for w in app.warning)
    save("rebuilds", attempted_on="2026-06-02", rebuilt=0.78, **tried)
    app = open_screen("adoption", project=WINBACK, edit="1")
    assert "was built again on 2 Jun 2026" in plain(said(app))
    assert not app.warning


def test_a_review_is_closed_by_a_decision_that_takes_its_place(demo):
    """From the list of what is due, with the form filled in to say which one."""
    (due,) = [d for d in decisions.decisions(demo, DEMAND) if d.is_review_due]
    app = open_screen("promised", project=DEMAND)
    button(app, "Close the review").click()
    run(app)
    assert app.title[0].value == "Adoption"
    where = {"case": due.value_case_id, "supersedes": due.decision_id, "edit": "1"}
    assert {name: app.query_params[name] for name in where} == where
    app = open_screen("adoption", project=DEMAND, **where)
    form = f"decide_{DEMAND}_{due.value_case_id}"
    assert app.selectbox(key=f"{form}_supersedes").value == due.decision_id
    app.text_input(key=f"{form}_title").set_value("Keep it")
    app.text_area(key=f"{form}_why").set_value("It delivers what was promised.")
    press(app)
    newest, *_ = decisions.decisions(demo, DEMAND)
    assert newest.supersedes == due.decision_id
    assert not [d for d in decisions.decisions(demo, DEMAND) if d.is_review_due]
    assert "supersedes" not in app.query_params
    portfolio = open_screen("portfolio")
    assert "**0** decisions to review" in said(portfolio)


@pytest.mark.usefixtures("demo")
def test_who_decides_is_the_owner_of_the_project_never_the_account_of_the_server():
    app = open_screen("adoption", project=WINBACK, edit="1")
    assert app.text_input(key=f"{FORM}_decided_by").value == "Jonas Weil"
