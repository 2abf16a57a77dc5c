"""Upload, imports and registers: what a manager does with files and forms."""

from __future__ import annotations

import os
from datetime import date

import pytest

from mlpm_core.services.in_life import portfolio
from mlpm_core.services.ingest import batches, imports, registers, source_runs
from tests.app.conftest import button, labels, open_screen, plain, run, said
from tests.services.test_parts_of_files import zipped

DEMAND = "bike-shop-demand"
HEADER = "model_id,model_version,metric,period_start,granularity,value,n\n"
GOOD = "demand-forecast,1.0,wape,2026-06-29,P1D,0.36,108\n"
BAD = "demand-forecast,1.0,bias,2026-06-29,P1D,abc,108\n"


def dropped(app, name: str, text: str):
    """The screen after a file was dropped on it."""
    app.file_uploader[0].upload(name, text.encode())
    return run(app)


def test_a_preview_stores_nothing_and_shows_what_it_would_change(demo):
    version = demo.version
    app = dropped(open_screen("upload", project=DEMAND), "week.csv", HEADER + GOOD)
    assert "Ready to store" in said(app)
    assert demo.version == version
    (effects,) = [t.value for t in app.dataframe if "Before" in t.value]
    assert list(effects["KPI"])
    assert (effects["Before"] != effects["After"]).all()


def test_a_bad_line_blocks_all_until_the_good_ones_are_taken_on_purpose(demo):
    app = dropped(open_screen("upload", project=DEMAND), "week.csv", HEADER + GOOD + BAD)
    assert "abc is not a number" in said(app).replace("\\", "")
    assert not [x for x in labels(app) if x.startswith("Store")]
    next(c for c in app.checkbox if c.label.startswith("Store the 1 good line")).check()
    run(app)
    button(app, "Store 1 line").click()
    run(app)
    newest = batches.receipts(demo, DEMAND)[0]["receipt"]
    assert (newest.status, newest.accepted, newest.rejected) == ("committed", 1, 1)


def test_what_was_stored_is_undone_in_imports_and_the_kpis_stand_where_they_stood(demo):
    before = [k.value for k in portfolio.project_view(demo, DEMAND).kpis]
    app = dropped(open_screen("upload", project=DEMAND), "week.csv", HEADER + GOOD)
    button(app, "Store 1 line").click()
    run(app)
    batch = batches.receipts(demo, DEMAND)[0]["receipt"].batch
    assert f"Receipt of {batch}" in said(app)
    assert [k.value for k in portfolio.project_view(demo, DEMAND).kpis] != before

    app = open_screen("imports", project=DEMAND, batch=batch)
    button(app, "Undo this batch").click()
    run(app)
    button(app, f"Yes, undo {batch}").click()
    run(app)
    assert [k.value for k in portfolio.project_view(demo, DEMAND).kpis] == before
    app = open_screen("imports", project=DEMAND, batch=batch)
    assert "Undone by" in said(app)
    assert "Undo this batch" not in labels(app)


def test_the_same_file_again_answers_with_the_first_receipt(demo):
    text = HEADER + GOOD
    imports.import_file(demo.acting_as("test"), DEMAND, "metric_results", "week.csv", text.encode())
    app = dropped(open_screen("upload", project=DEMAND), "again.csv", text)
    assert "already imported" in said(app)
    assert not [x for x in labels(app) if x.startswith("Store")]


def test_another_part_of_an_archive_is_read_after_the_first_was_stored(demo):
    """It had been a dead end: the archive was imported already, whichever of its files was."""
    days = ("2026-06-29", "2026-06-30")
    data = zipped({f"d{i}": f"demand-forecast,wape,{d},0.36,\n" for i, d in enumerate(days)})

    def again(app):
        app.file_uploader[0].upload("days.zip", data)
        return run(app)

    def chosen(app, file):
        app.radio[0].set_value(file)
        button(app, "Go on with these answers").click()
        return run(app)

    app = chosen(again(open_screen("upload", project=DEMAND)), "d0.csv")
    assert "Files of the archive that were not read: d1" in said(app).replace("\\", "")
    button(app, "Store 1 line").click()
    app = again(run(app))
    assert "already imported" in said(app)
    button(app, "Read another part of it").click()
    app = chosen(run(app), "d0.csv")
    assert "already imported" in said(app)
    button(app, "Read another part of it").click()
    app = chosen(run(app), "d1.csv")
    button(app, "Store 1 line").click()
    run(app)
    assert batches.receipts(demo, DEMAND)[0]["receipt"].answers == ["member=d1.csv"]


@pytest.mark.usefixtures("demo")
def test_an_uncertain_file_asks_and_goes_on_with_the_answers():
    wide = "day,model,wape,bias\n2026-06-29,demand-forecast,0.25,1.5\n"
    app = dropped(open_screen("upload", project=DEMAND), "wide.csv", wide)
    assert "question" in said(app)
    button(app, "Go on with these columns").click()
    run(app)
    assert "Ready to store" in said(app)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    ("row", "answers", "captions"),
    [
        ("demand-forcast;0.25", ["Register what is new", "Read it as the model in brackets"], []),
        ("demand-forecast;0,25", ["“,”", r"“\.”"], [r"0\.25", "025"]),
        (
            "demand-forecast;0.25;13/02/2026",
            ["The day first", "The month first"],
            [r"13/02/2026 is Fri 13 Feb 2026", "13/02/2026 is no date"],
        ),
    ],
)
def test_answers_are_said_in_words(row, answers, captions):
    """They had been "new" and "stored", ",: 0.25" under a comma, and "dmy" and "mdy"."""
    model, value, day = [*row.split(";"), "2026-06-29"][:3]
    text = f"model_id;metric;period_start;value\n{model};wape;{day};{value}\n"
    app = dropped(open_screen("upload", project=DEMAND), "week.csv", text)
    (radio,) = app.radio
    assert list(radio.options) == answers
    assert list(radio.proto.captions) == captions


@pytest.mark.usefixtures("demo")
def test_lines_that_change_are_named_and_may_be_kept():
    """Two changes beside two answers are no captions of these."""
    row = "demand-forecast,1.0,wape,2026-06-{},P1D,0.36,108,production\n"
    text = HEADER.replace("n\n", "n,source\n") + row.format(22) + row.format(23)
    app = dropped(open_screen("upload", project=DEMAND), "week.csv", text)
    (radio,) = app.radio
    assert list(radio.options) == ["Change the stored values", "Keep the stored values"]
    assert not radio.proto.captions
    (changes,) = [c.value.splitlines() for c in app.code]
    assert changes[0].startswith("demand-forecast, wape, Mon 22 Jun 2026, 1.0: 0.")
    assert [x.endswith(" to 0.36") for x in changes] == [True, True]
    radio.set_value("none of these")
    button(app, "Go on with these answers").click()
    run(app)
    assert "Nothing is stored" in said(app)
    assert not [x for x in labels(app) if x.startswith("Store")]


@pytest.mark.usefixtures("demo")
def test_an_answer_is_told_with_the_receipt_and_can_be_given_anew():
    text = HEADER.replace("granularity,", "") + "demand-forecast,1.0,wape,03/02/2024,0.36,108\n"
    app = dropped(open_screen("upload", project=DEMAND), "week.csv", text)
    assert "Answer anew" not in labels(app)
    read = []
    for order, words in (("mdy", "The month first"), ("dmy", "The day first")):
        app.radio[0].set_value(order)
        button(app, "Go on with these answers").click()
        run(app)
        assert f"By these answers: days and months: {words}." in said(app)
        read.append(plain(said(app)).partition("Read as ")[2][:40])
        button(app, "Answer anew").click()
        run(app)
    assert ("2 Mar 2024" in read[0], "3 Feb 2024" in read[1]) == (True, True)
    assert "By these answers" not in said(app)


@pytest.mark.usefixtures("demo")
def test_the_outcome_of_a_log_is_asked_by_itself_and_never_left_out_unasked():
    """The step of columns took "Not used" for the answer, whoever just went on."""
    text = "customer,at,model,score,churned\nc1,2026-06-01T10:00Z,demand-forecast,0.7,1\n" + (
        "c2,2026-06-01T11:00Z,demand-forecast,0.2,0\n"
    )
    app = open_screen("upload", project=DEMAND, kind="prediction_log")
    app = dropped(app, "log.csv", text)
    button(app, "Go on with these columns").click()
    run(app)
    (radio,) = app.radio
    assert "Which column holds Outcome?" in radio.label
    assert list(radio.options) == ["churned", "None of these"]


def test_a_manager_builds_a_project_from_nothing_led_step_by_step(empty):
    app = open_screen("registers")
    app.text_input(key="register_projects_new0_project").set_value("mail")
    app.text_input(key="register_projects_new0_title").set_value("Mail triage")
    button(app, "Add the project").click()
    run(app)
    assert "name its model" in said(app)

    app = open_screen("registers", project="mail", kind="models")
    app.text_input(key="register_models_new0_model_id").set_value("mailbot")
    button(app, "Add the model").click()
    run(app)

    app = open_screen("registers", project="mail", kind="value_cases")
    app.text_input(key="register_value_cases_new0_value_case_id").set_value("triage")
    app.selectbox(key="register_value_cases_new0_mechanism").set_value("triage_automation")
    assert app.selectbox(key="register_value_cases_new0_model_id").value == "mailbot"
    button(app, "Add the value case").click()
    run(app)
    (case,) = registers.records(empty, "mail", "value_cases")
    assert (case["mechanism"], case["model_id"]) == ("triage_automation", "mailbot")

    app = open_screen("registers", project="mail", kind="kpis")
    assert "give its value case the numbers" in said(app)
    app.selectbox(key="register_kpis_new0_dimension").set_value("people_intensity")
    run(app)
    assert app.selectbox(key="register_kpis_new0_unit").options == ["h per 1,000 cases"]


def test_a_form_with_a_gap_names_it_and_writes_nothing(empty):
    app = open_screen("registers")
    app.text_input(key="register_projects_new0_project").set_value("mail")
    button(app, "Add the project").click()
    run(app)
    assert "Fill in Title" in said(app)
    assert registers.projects(empty) == []


@pytest.mark.usefixtures("demo")
def test_a_register_is_handed_out_as_csv_and_as_a_workbook():
    app = open_screen("registers", project="bike-shop-demand", kind="kpis")
    labels = [b.label for b in app.get("download_button")]
    assert labels[:2] == ["CSV", "Excel"]


def test_a_form_chooses_among_the_models_or_names_a_new_one(demo):
    project = "bike-shop-demand"
    form = "register_cost_log_new0"
    app = open_screen("registers", project=project, kind="cost_log")
    which = app.selectbox(key=f"{form}_model_id")
    assert which.options == ["demand-forecast", "planners-rule", "A new model …"]
    which.set_value("+")
    app.date_input(key=f"{form}_period_start").set_value(date(2026, 1, 1))
    app.date_input(key=f"{form}_period_end").set_value(date(2026, 1, 31))
    app.selectbox(key=f"{form}_cost_type").set_value("inference")
    app.text_input(key=f"{form}_amount").set_value("10")
    run(app)
    app.text_input(key=f"{form}_model_id_named").set_value("demand-forecast-2")
    next(b for b in app.button if b.label == "Add the cost").click()
    run(app)
    assert not app.error, [e.value for e in app.error]
    rows = registers.records(demo, project, "cost_log")
    assert [r["amount"] for r in rows if r["model_id"] == "demand-forecast-2"] == [10.0]
    models = [m["model_id"] for m in registers.records(demo, project, "models")]
    assert "demand-forecast-2" in models


def test_imports_shows_how_each_scheduled_source_stands(empty, tmp_path_factory):
    folder = tmp_path_factory.mktemp("incoming")
    (folder / "week.csv").write_text(
        "model_id,metric,period_start,granularity,value\nm,recall,2026-01-05,P1W,0.5\n"
    )
    os.utime(folder / "week.csv", (1_700_000_000, 1_700_000_000))
    common = 'project = "shop"\nkind = "metric_results"\nevery = "1 day"\n'
    empty.settings.source_file.write_text(
        f'[[source]]\nname = "weekly"\n{common}files = "{folder}"\n'
        f'[[source]]\nname = "gone"\n{common}files = "{folder}/*.parquet"\n'
        f'[[source]]\nname = "other"\n{common.replace("shop", "else")}files = "{folder}"\n'
        f'[[source]]\nname = "half"\nproject = "*shop*"\n'
    )
    source_runs.run(empty, "weekly")
    source_runs.run(empty, "gone")
    app = open_screen("imports", project="shop")
    shown = plain(said(app))
    assert "Scheduled sources" in shown
    assert "1 file stored; the newest batch is B00001." in shown
    assert (
        f"It could not be read, and nothing was stored: No file is there: {folder}/*.parquet"
        in (shown)
    )
    assert "It never succeeded." in shown
    assert "source 4 (half): kind is missing" in shown
    assert "else" not in shown
    assert "through a scheduled source" in shown
    button(app, "Open the receipt of B00001").click()
    run(app)
    assert "Batch B00001" in said(app)
    empty.settings.source_file.unlink()
    assert "Scheduled sources" not in said(open_screen("imports", project="shop"))


@pytest.mark.usefixtures("demo")
def test_each_answer_says_what_it_changes_for_the_kpis():
    """Two readings of one number are two figures of a KPI: whoever answers sees both."""
    text = (HEADER + GOOD.replace(",", ";")).replace(",", ";").replace("0.36", "0,36")
    app = dropped(open_screen("upload", project=DEMAND), "week.csv", text)
    (radio,) = app.radio
    first, second = (plain(caption) for caption in radio.proto.captions)
    assert first.startswith("0.36")
    assert second.startswith("036")
    assert "Then Margin lost to stock-outs EUR" in first
    radio.set_value(",")
    button(app, "Go on with these answers").click()
    app = run(app)
    (effects,) = [t.value for t in app.dataframe if "Before" in t.value]
    assert effects["After"].iloc[0] in first
