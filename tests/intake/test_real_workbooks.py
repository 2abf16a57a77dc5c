"""Workbooks as people and programs write them: several sheets, formulas, spans of time, serials."""

from datetime import date, datetime
from io import BytesIO

import pytest
import xlsxwriter

from mlpm_core.intake import ImportRequest, Profile
from mlpm_core.intake.pipeline import corrected, to_correct
from mlpm_core.records import KpiActual, MetricResult, Status
from tests.intake.real_cases import NOW, rows_of
from tests.intake_stored import told_of
from tests.workbooks import workbook

HEAD = ["model", "metric", "week", "value", "n"]
JAN = [["churn", "recall", "2024-01-01", 0.8, 10], ["churn", "recall", "2024-01-08", 0.81, 11]]
FEB = [["churn", "recall", "2024-02-05", 0.7, 12]]
NO_RESULT = "=a formula saved without its result"


def told(data, *answers, record=MetricResult):
    profile = Profile()
    for answer in answers:
        profile = profile.answered(*answer.split("=", 1))
    return told_of(data, "book.xlsx", record, now=NOW, profile=profile)


def asked(data, *answers):
    (question,) = told(data, *answers).receipt.questions
    return question


BOOKS = {
    "a sheet a month": ({"Jan": [HEAD, *JAN], "Feb": [HEAD, *FEB]}, ["Jan", "Feb", "all sheets"]),
    "a cover in front": (
        {"Cover": [["Report"]], "Jan": [HEAD, *JAN], "Feb": [HEAD, *FEB]},
        ["Jan", "Feb", "Cover", "all sheets"],
    ),
    "headers of another language": (
        {"Deckblatt": [["Bericht"]], "Daten": [["Modell", "Kennzahl", "Woche", "Wert"], *JAN]},
        ["Daten", "Deckblatt"],
    ),
}


@pytest.mark.parametrize(("sheets", "choices"), BOOKS.values(), ids=BOOKS)
def test_of_several_sheets_one_is_asked_for(sheets, choices):
    question = asked(workbook(sheets))
    assert (question.code, list(question.choices)) == ("sheet", choices)
    assert [line.partition(":")[0] for line in question.preview] == choices


def test_only_one_sheet_with_a_known_header_needs_no_question():
    read = told(workbook({"Jan": [HEAD, *JAN], "Notes": [["nothing", "else"]]}))
    assert (read.receipt.status, read.receipt.accepted) == (Status.DRY_RUN, 2)
    assert "Sheets that were not read: Notes." in [w.message for w in read.receipt.warnings]


def test_all_sheets_with_one_header_are_read_below_each_other():
    book = workbook({"Notes": [["x", "y"]], "Jan": [["Report"], HEAD, *JAN], "Feb": [HEAD, *FEB]})
    read = told(book, "sheet=all sheets")
    assert [r["n"] for r in rows_of(read, "metric_results")] == [10, 11, 12]
    assert "Sheets that were not read: Notes." in [w.message for w in read.receipt.warnings]


def test_what_is_rejected_of_all_sheets_says_its_sheet_and_the_row_in_it():
    """Rows of one number, in two sheets, are two records: each is judged by itself."""
    february = [["churn", "recall", "2024-02-05", "bad", 12], ["churn", "recall", *JAN[0][2:]]]
    february[1][3] = 0.5
    book = workbook({"Jan": [["Report"], HEAD, *JAN], "Feb": [HEAD, *february]})
    read = told(book, "sheet=all sheets")
    assert [(r.row, r.part, r.code) for r in read.receipt.rejects] == [
        (3, "sheet Jan", "conflict"), (2, "sheet Feb", "not-a-number"),
        (3, "sheet Feb", "conflict"),
    ]  # fmt: skip
    assert "Rows 3 (sheet Jan), 3 (sheet Feb) give" in read.receipt.rejects[0].message
    assert (read.receipt.lines, read.receipt.accepted, read.receipt.rejected) == (4, 1, 3)
    lines = read.rejected_csv().decode().splitlines()[1:]
    assert [line.split(",")[3] for line in lines] == ["0.8", "bad", "0.5"]


def test_a_row_of_a_sheet_is_corrected_where_it_stands():
    february = [["churn", "recall", "2024-02-05", "bad", 12], FEB[0]]
    january = [JAN[0], ["churn", "recall", "2024-01-08", 0.81, 11]]
    book = workbook({"Jan": [HEAD, *january], "Feb": [HEAD, *february[:1]]})
    profile = Profile().answered("sheet", "all sheets")
    asked = ImportRequest(book, "book.xlsx", "metric_results", "p", NOW, profile)
    table = to_correct(asked, told(book, "sheet=all sheets").receipt.rejects, 9)
    (line,) = table.lines
    assert (line.place, line.cells[3]) == ("2 (sheet Feb)", "bad")
    data = corrected(asked, {line.row: [*line.cells[:3], "0.7", *line.cells[4:]]})
    read = told_of(data, "book corrected.csv", MetricResult, now=NOW)
    assert [row["value"] for row in rows_of(read, "metric_results")] == [0.8, 0.81, 0.7]


def test_a_sheet_a_model_gives_its_name_to_the_model():
    book = workbook({"churn": [HEAD[1:], JAN[0][1:]], "upsell": [HEAD[1:], FEB[0][1:]]})
    assert list(asked(book).choices) == ["churn", "upsell", "all sheets"]
    (question,) = told(book, "sheet=all sheets").receipt.questions
    assert (question.key, question.choices[0]) == ("fields.model_id", "sheet")
    rows = rows_of(told(book, "sheet=all sheets", "fields.model_id=sheet"), "metric_results")
    assert [(r["model_id"], r["n"]) for r in rows] == [("churn", 10), ("upsell", 12)]


def without_results(cached):
    """A formula as openpyxl (no result) and XlsxWriter (0, and a flag) write it."""
    rows = [HEAD, *[row.copy() for row in JAN]]
    return workbook(rows, formula={"E3": {"f": "E2+1", "cached": cached}})


def test_a_formula_that_nobody_computed_is_no_number_and_no_empty_cell():
    book = without_results("")
    (reject,) = told(book).receipt.rejects
    assert (reject.code, reject.row, reject.column, reject.value) == (
        "not-a-number", 3, "n", NO_RESULT,
    )  # fmt: skip


def test_a_result_of_0_is_0_unless_the_program_computes_nothing():
    assert told(without_results(0)).receipt.accepted == 2
    flagged = workbook(
        [HEAD, *JAN], formula={"E3": {"f": "E2+1", "cached": 0}}, computed_on_load=True
    )
    assert [r.value for r in told(flagged).receipt.rejects] == [NO_RESULT]
    done = workbook(
        [HEAD, *JAN], formula={"E3": {"f": "E2+1", "cached": 11}}, computed_on_load=True
    )
    assert told(done).receipt.accepted == 2


def test_what_was_stored_with_such_a_formula_is_read_again_as_it_was():
    again = told_of(
        without_results(""), "book.xlsx", MetricResult, now=NOW, profile=Profile(is_replay=True)
    )
    assert [r["n"] for r in rows_of(again, "metric_results")] == [10, None]


def test_serial_numbers_are_shown_as_the_days_that_they_may_be():
    rows = [["kpi", "date", "value"], ["k", 45327, 1.0], ["k", 45328, 2.0]]
    question = asked(workbook(rows), "constants.model_id=m", "fields.metric=kpi")
    assert question.preview == [
        "1900: 45327 is 2024-02-05, 45328 is 2024-02-06",
        "1904: 45327 is 2028-02-06, 45328 is 2028-02-07",
    ]


def test_what_is_hidden_is_named():
    book = workbook(
        {"Data": [HEAD, *JAN], "Old": [HEAD, *FEB]},
        hidden_rows=[3], hidden_columns=[5], hidden_sheets=["Old"],
    )  # fmt: skip
    said = "rows of Data: 3; columns of Data: E; sheets: Old"
    assert list(asked(book).preview) == [
        f"read: also the hidden {said}",
        f"skip: not the hidden {said}",
    ]


def test_a_span_of_time_is_no_number_of_days():
    import io

    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for i, row in enumerate([["kpi", "month", "value"], ["k", "2024-01"]]):
        sheet.write_row(i, 0, row)
    sheet.write_number(1, 2, 1.25, book.add_format({"num_format": "[h]:mm:ss"}))
    book.close()
    shelf_row = told(out.getvalue(), record=KpiActual).receipt.rejects
    assert "30:00:00" in [r.value for r in shelf_row]


def test_days_of_the_1904_system_are_the_workbooks_own():
    book = workbook([HEAD, *JAN], date_cells=["C2", "C3"], date1904=True)
    rows = rows_of(told(book), "metric_results")
    assert [r["period_start"] for r in rows] == [datetime(2024, 1, 1), datetime(2024, 1, 8)]
    assert date.fromisoformat(JAN[0][2]) == rows[0]["period_start"].date()


def formatted(number_format, metric="recall"):
    """Metrics whose values a spreadsheet program shows by a format of its own."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    style = book.add_format({"num_format": number_format})
    for i, row in enumerate([HEAD, *JAN]):
        sheet.write_row(i, 0, row)
        if i:
            sheet.write_string(i, 1, metric)
            sheet.write_number(i, 3, row[3] * 100, style)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ('0.0"%"', "80%"), ("0.0\\%", "80%"), ('0" %";[Red]-0" %"', "80 %"),
        ('#,##0.0 "k€"', "80 k€"), ("[$€-407]#,##0.00", "€80"),
        ('"EUR" 0.00', "EUR 80"), ('0.0"Mio"', "80Mio"), ("$#,##0.00", "$80"),
    ],
)  # fmt: skip
def test_a_number_is_read_with_the_signs_that_its_format_shows(number_format, shown):
    question = asked(formatted(number_format))
    assert question.code == "signs"
    assert f"as in {shown}. " in question.message


@pytest.mark.parametrize(
    "number_format",
    ["0.0%", '#,##0,"k"', "General", '0" cases"', "0.00_);[Red](0.00)", "0.00E+00", "# ?/?"],
)
def test_a_format_that_changes_no_meaning_raises_no_question(number_format):
    read = told(formatted(number_format))
    assert [q.code for q in read.receipt.questions] != ["signs"]


def test_what_was_stored_without_such_signs_is_read_again_as_it_was():
    read = told_of(
        formatted('0.0 "k€"', "mae"), "book.xlsx", MetricResult, now=NOW,
        profile=Profile(is_replay=True),
    )  # fmt: skip
    assert [(r["value"], r["unit"]) for r in rows_of(read, "metric_results")] == [
        (80, ""),
        (81, ""),
    ]
