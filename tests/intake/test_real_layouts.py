"""Tables laid out otherwise: quoted lines, tables side by side, two lines of heads, archives."""

import io
import zipfile
from datetime import datetime

import pytest

from mlpm_core.intake import Limits, Profile
from mlpm_core.records import KpiActual, MetricResult, Status
from tests.intake.real_cases import NOW, STORED, Case, holds, rows_of
from tests.intake_stored import Shelf, told_of
from tests.workbooks import workbook

HEAD = "model,metric,week,value\n"
ROWS = "churn,recall,2026-W01,0.8\nchurn,recall,2026-W02,0.7\n"
QUOTED = '"model;metric;week;value;note"\n"churn;recall;2026-W01;0.8;""a; b"""\n'
BESIDE = (
    "model,metric,week,value,,model,metric,week,value\n"
    "churn,recall,2026-W01,0.8,,upsell,recall,2026-W01,0.6\n"
    "churn,recall,2026-W02,0.7,,,,,\n"
)
TITLED = (
    "churn,,,,upsell,,\nmetric,week,value,,metric,week,value\n"
    "recall,2026-W01,0.8,,recall,2026-W01,0.6\n"
)
OTHER = (
    "model,metric,week,value,,kpi,month,amount\n"
    "churn,recall,2026-W01,0.8,,x,2026-01,70\nchurn,recall,2026-W02,0.7,,y,2026-02,71\n"
)
ABOVE = (
    "Report of June,,,,\n,Precision,,Recall,\nweek,churn,upsell,churn,upsell\n"
    "2026-W01,0.8,0.7,0.6,0.5\n2026-W02,0.81,,0.61,0.51\n"
)
PANDAS = (
    "metric,mae,mae,rmse,rmse\nmodel,north,south,north,south\nmonth,,,,\n2026-01,3.1,3.2,4.1,4.2\n"
)
FOLDS = ",accuracy,,f1,\nfold,boost,logit,boost,logit\n1,0.75,0.5,0.25,0.5\n2,0.25,0.5,0.75,0.5\n"
SETS = ";accuracy;;f1;\nCandidate;test;holdout;test;holdout\nboost;0.8;0.7;0.6;0.5\n"
CANDIDATES = ",boost,,logit,\ndataset,recall,f1,recall,f1\ntest,0.8,0.7,0.6,0.5\n"
MEANS = (
    ",recall,recall,recall,precision,precision\n,mean,std,count,mean,std\nmodel,,,,,\n"
    "boost,0.81,0.02,5,0.7,nan\nlogit,0.75,,5,,0.1\n"
)
ERRORS = (
    "week;recall;;f1;\n;Mean;SEM;Mean;SEM\n2026-W01;0,81;0,02;0,7;0,03\n"
    "2026-W02;0,82;0,01;0,6;0,02\n"
)
ENDS = "model,mean,,lower,,upper,\n,auc,mae,auc,mae,auc,mae\nboost,0.8,70,0.75,60.5,0.85,80\n"
FLAT = "model,recall_mean,recall_std,recall_max,Mean F1,f1 (sd)\nboost,0.81,0.02,0.9,0.7,0.03\n"
NAMED = "model,week,recall,recall_se,auc,auc_sem\nchurn,2026-W02,0.81,0.02,0.7,0.03\n"
ENDS_OF_ONE = "model,recall,recall_lower,recall_upper,f1,f1_std\nboost,0.81,0.79,0.83,0.7,0.1\n"
UNDER_MONTHS = (
    "model,2026-01,,2026-02,\n,recall,precision,recall,precision\nchurn,0.8,0.7,0.6,0.5\n"
)
V = "constants.value_case_id=v"
WIDE = ("period_columns=yes", "wide=recall,precision")


def week(day, **more):
    return {"period_start": datetime(2026, 1, day), "granularity": "P1W", **more}


def results(id, file, *answers, **said):
    return Case(id, file, answers=answers, **said)


def evaluated(id, file, *answers, **said):
    return Case(id, file, kind="evaluations", answers=(V, *answers), **said)


UNITS = "model,metric,week,value,n\n,,,(share),cases\nchurn,recall,2026-W01,0.8,120\n"

CASES = [
    # A row of units below the names.
    results("units", UNITS, asked=("units-row",), choices=("yes", "no"),
            says="yes: value (share), n"),
    results("units, read", UNITS, "units_row=yes", "columns.value (share)=value", n=1, ignored=1,
            rows=({"value": 0.8, "n": 120},)),
    results("units in percent", UNITS.replace("(share)", "%").replace("0.8", "80"), "units_row=yes",
            "columns.value (%)=value in %", n=1, ignored=1, rows=({"value": 0.8, "n": 120},)),
    results("no units", UNITS, "units_row=no", rejects=("missing-value", "not-a-number")),
    Case("units of a KPI", "kpi_id;month;value\n;;k EUR\nrefund-cost;2026-01;1,5\n",
         kind="kpi_actuals", answers=("units_row=yes", "columns.value (k EUR)=value in k EUR",
                                      "decimal=,"), n=1, ignored=1, rows=({"value": 1.5},)),
    Case("units with dashes",
         "model_id,month,cost_type,amount\n-,-,-,[USD]\nchurn,2026-01,gpu,100\n",
         kind="cost_log", asked=("units-row",), says="yes: amount (USD)"),
    results("a row without a number is none of units", HEAD + "churn,recall,2026-W01,none\n"
            "churn,recall,2026-W02,0.8\n", rejects=("missing-value",)),
    evaluated("percent signs are no candidates", "candidate,recall,f1\n,%,%\nrf,80,70\nxgb,81,71\n",
              asked=("percent-shares", "percent-shares"), says="recall is a share"),
    results("lines below units are numbered as in the file", "Report\n\n" + UNITS, "units_row=yes",
            asked=("preamble",), says="5: churn,recall,2026-W01,0.8,120"),
    results("a header again below units", UNITS + UNITS, "units_row=yes",
            "columns.value (share)=value", asked=("second-table",), says="in line 4:"),
    # Lines that are quoted as a whole.
    results("quoted lines", QUOTED, n=1, warns=("quoted-lines",),
            rows=({"model_id": "churn", "value": 0.8, "note": "a; b"},)),
    results("quoted below a plain header", HEAD + '"churn,recall,2026-W01,0.8"\n', n=1,
            warns=("quoted-lines",), rows=({"model_id": "churn", "value": 0.8},)),
    results("quoted, with empty cells behind", QUOTED.replace('"\n', '";;;\n'), n=1,
            rows=({"note": "a; b"},)),
    results("cells in quotes are cells",
            '"model","metric","week","value"\n"a","mae","2026-W02","1"\n', n=1,
            rows=({"model_id": "a"},)),
    # Tables side by side.
    results("side by side", BESIDE, asked=("side-tables",), choices=("all", "1", "2", "one"),
            says="1: model, metric, week, value / churn, recall, 2026-W01, 0.8 (2 rows)"),
    results("all of them", BESIDE, "side_tables=all", n=3,
            rows=({"model_id": "churn"}, {"model_id": "churn"}, {"model_id": "upsell"})),
    results("one of them", BESIDE, "side_tables=2", n=1, ignored=2, warns=("side-tables",),
            rows=({"model_id": "upsell", "value": 0.6},)),
    results("none of these", BESIDE, "side_tables=one", rejects=("duplicate-label",)),
    results("titles above them", TITLED, "side_tables=all", asked=("which-column",),
            choices=("table", "none of these"), says="table: churn, upsell"),
    results("titles are models", TITLED, "side_tables=all", "fields.model_id=table",
            rows=({"model_id": "churn", "value": 0.8}, {"model_id": "upsell", "value": 0.6})),
    results("of other columns", OTHER, asked=("side-tables",), choices=("1", "2", "one")),
    results("the known one", OTHER, "side_tables=1", n=2, ignored=2),
    results("a gap for the eye", "model,metric,,week,value\nchurn,recall,,2026-W02,0.8\n", n=1),
    # Metrics above models, and models above metrics.
    results("metrics above models", ABOVE, asked=("two-heads",), choices=("yes", "parts", "no"),
            says="yes: churn, upsell: each a model with Precision, Recall"),
    results("they are models", ABOVE, "two_heads=yes", n=7,
            rows=(week(1, model_id="churn", metric="precision", value=0.8) | {
                      "period_start": datetime(2025, 12, 29)},
                  {"model_id": "upsell", "metric": "precision", "value": 0.7},
                  {"model_id": "churn", "metric": "recall", "value": 0.6},
                  {"model_id": "upsell", "metric": "recall", "value": 0.5})),
    results("they are segments", ABOVE, "two_heads=parts", "constants.model_id=churn", n=7,
            rows=({"slice_key": "segment", "slice_value": "churn", "metric": "precision"},)),
    results("they are neither", ABOVE, "two_heads=no", asked=("preamble",)),
    results("three lines of pandas", PANDAS, "two_heads=yes", n=4,
            rows=({"model_id": "north", "metric": "mae", "value": 3.1, "granularity": "P1M"},)),
    results("dates without a name", ABOVE[len("Report of June,,,,\n"):].replace("week,", ",")
            .replace("2026-W01", "2026-01-05").replace("2026-W02", "2026-01-12"), "two_heads=yes",
            asked=("period-of-few",)),
    evaluated("folds of candidates", FOLDS, "two_heads=yes", n=4,
              rows=({"candidate": "boost", "metric": "accuracy", "value": 0.5},)),
    evaluated("test sets", SETS, asked=("two-heads",), choices=("parts", "no")),
    evaluated("test sets, read", SETS, "two_heads=parts", n=4,
              rows=({"candidate": "boost", "metric": "accuracy", "test_set": "test", "value": 0.8},
                    {"test_set": "holdout", "value": 0.7})),
    # Statistics of each metric, as pandas aggregates them.
    evaluated("means of runs", MEANS, n=3, warns=("means-read",),
              read_as="each value without the standard deviation behind it",
              rows=({"candidate": "boost", "metric": "recall", "value": 0.81},
                    {"candidate": "boost", "metric": "precision", "value": 0.7},
                    {"candidate": "logit", "metric": "recall", "value": 0.75})),
    results("means with their errors", ERRORS, "constants.model_id=churn", "decimal=,", n=4,
            rows=({"metric": "recall", "value": 0.81, "value_se": 0.02},)),
    evaluated("a short record before its names", "recall,recall_se,model\n0.8,0.1,a\n0.7\n",
              rejects=("missing-value",)),
    evaluated("intervals below statistics", ENDS, n=2,
              rows=({"metric": "roc_auc", "value": 0.8, "ci_low": 0.75, "ci_high": 0.85},
                    {"metric": "mae", "value": 70.0, "ci_low": 60.5, "ci_high": 80.0})),
    evaluated("means and deviations by name", FLAT, n=2, warns=("means-read",),
              rows=({"candidate": "boost", "metric": "recall", "value": 0.81},
                    {"candidate": "boost", "metric": "f1", "value": 0.7})),
    results("values with errors by name", NAMED, n=2,
            rows=(week(5, metric="recall", value=0.81, value_se=0.02),
                  week(5, metric="roc_auc", value=0.7, value_se=0.03))),
    evaluated("ends of intervals of one of two", ENDS_OF_ONE, n=2,
              warns=("means-read",),
              rows=({"metric": "recall", "value": 0.81, "ci_low": 0.79, "ci_high": 0.83},
                    {"metric": "f1", "value": 0.7})),
    evaluated("statistics without a mean", MEANS.replace("mean", "median"),
              rejects=("blank-label", "missing-column")),
    evaluated("candidates above metrics", CANDIDATES, "two_heads=yes", n=4,
              rows=({"candidate": "boost", "metric": "recall", "test_set": "test", "value": 0.8},
                    {"candidate": "boost", "metric": "f1", "value": 0.7})),
    evaluated("a plain leaderboard is one", "model,recall,f1\na,0.8,0.7\n", n=2),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_layout_is_read_once_it_is_answered(case):
    holds(case)


def told(data, name, *answers, record=MetricResult, **more):
    profile = Profile()
    for answer in answers:
        profile = profile.answered(*answer.split("=", 1))
    return told_of(data, name, record, now=NOW, profile=profile, **more)


def test_what_is_rejected_of_tables_side_by_side_says_its_table_and_its_line():
    read = told(BESIDE.replace("0.6", "bad").encode(), "f.csv", "side_tables=all")
    (reject,) = read.receipt.rejects
    assert (reject.row, reject.part, reject.value) == (2, "table 2", "bad")
    line = read.rejected_csv().decode().splitlines()[1]
    assert line.startswith("upsell,recall,2026-W01,bad,2 (table 2)")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (ABOVE + "2026-W03,1,234.5,0.6,0.5,0.4\n", ("two_heads=yes",)),
        (ERRORS + "2026-W03;1;234;0,02;0,7;0,03\n", ("constants.model_id=churn", "decimal=,")),
        (BESIDE + "churn,recall,2026-W03,0.7,,upsell,recall,2026-W03,1,234.5\n",
         ("side_tables=all",)),
        (BESIDE + "churn,recall,2026-W03,0.7,,upsell,recall,2026-W03,1,234.5\n",
         ("side_tables=2",)),
        ("metric,2026-01,2026-02\nrecall,0.8,0.7\nprecision,1,234.5,0.7\n",
         ("constants.model_id=churn", "period_columns=yes")),
        ("metric,2026-01,2026-02,\nrecall,0.8,0.7,\nprecision,1,234.5,0.7\n",
         ("constants.model_id=churn", "period_columns=yes")),
        (ABOVE.replace("\n", ",\n") + "2026-W03,1,234.5,0.6,0.5,0.4\n", ("two_heads=yes",)),
        (UNDER_MONTHS + "upsell,1,234.5,0.6,0.5,0.4\n", WIDE),
    ],
)  # fmt: skip
def test_a_record_whose_cells_have_shifted_is_rejected_in_any_layout(text, answers):
    """1,234.5 without quotes is two cells: all behind it had been read one column too early."""
    read = told(text.encode(), "f.csv", *answers)
    (fault,) = read.receipt.rejects
    assert fault.code == "extra-cell"
    assert fault.row == text.count("\n")


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (ABOVE + "2026-W03,0.8,0.7,0.6\n", ("two_heads=yes",)),
        (ERRORS + "2026-W03;0,8;0,02\n", ("constants.model_id=churn", "decimal=,")),
        (BESIDE + "churn,recall,2026-W03,0.7,,upsell,recall,2026-W03\n", ("side_tables=all",)),
        (BESIDE + "churn,recall,2026-W03,0.7,,upsell,recall,2026-W03\n", ("side_tables=2",)),
        ("metric,2026-01,2026-02\nrecall,0.8,0.7\nprecision,0.8\n",
         ("constants.model_id=churn", "period_columns=yes")),
        (UNDER_MONTHS + "upsell,0.8,0.7,0.6\n", WIDE),
    ],
)  # fmt: skip
def test_a_record_that_ends_early_is_named_in_any_layout(text, answers):
    """Spreadsheets leave trailing empty cells out; were one lost before, numbers had shifted."""
    read = told(text.encode(), "f.csv", *answers)
    (said,) = [w for w in read.receipt.warnings if w.code == "short-records"]
    assert said.message.endswith(f"taken as empty: line {text.count(chr(10))}.")
    whole = told(text[: text[:-1].rindex("\n") + 1].encode(), "f.csv", *answers)
    assert "short-records" not in {w.code for w in whole.receipt.warnings}


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("metric,2026-01,2026-02,\nrecall,0.8,0.7\nprecision,0.8,0.7,\n",
         ("constants.model_id=churn", "period_columns=yes")),
        (ABOVE.replace("\n", ",\n", 3) + "2026-W03,0.8,0.7,0.6,0.5\n", ("two_heads=yes",)),
    ],
)  # fmt: skip
def test_nothing_is_said_of_a_column_without_a_name_that_is_left_out(text, answers):
    read = told(text.encode(), "f.csv", *answers)
    assert not read.receipt.rejects
    assert {w.code for w in read.receipt.warnings} == {"new-model"}


def test_what_stands_below_the_last_month_is_read_where_the_first_line_ends_with_it():
    whole = told(UNDER_MONTHS.encode(), "f.csv", *WIDE)
    cut = told(UNDER_MONTHS.replace("2026-02,", "2026-02").encode(), "f.csv", *WIDE)
    assert len(whole.rows) == 4
    assert cut.rows == whole.rows


def test_what_is_rejected_below_two_heads_says_its_column():
    read = told(ABOVE.replace("0.51", "bad").encode(), "f.csv", "two_heads=yes")
    (reject,) = read.receipt.rejects
    assert reject.place == "line 5 (column Recall of upsell)"
    assert "upsell,Recall,bad" in read.rejected_csv().decode().splitlines()[1]


def test_what_is_rejected_of_a_column_for_each_month_says_its_month():
    """Two months of one row are two records: what is wrong with one keeps nothing else out."""
    data = b"kpi,Jan 2026,Feb 2026\nrefund-cost,bad,7\nresponse-time,5,8\n"
    read = told(data, "f.csv", "period_columns=yes", record=KpiActual, accept_good=True,
                stored=Shelf(**STORED))  # fmt: skip
    assert [r.place for r in read.receipt.rejects] == ["line 2 (column Jan 2026)"]
    first = int(read.lines[0])
    fault = read.receipt.rejects[0].model_copy(update={"row": first, "part": ""})
    left = read.judgement.rejecting([fault], accept_good=True)
    assert (left.rows.num_rows, left.receipt.accepted, left.receipt.rejected) == (2, 2, 2)


def test_totals_below_columns_of_months_say_their_line_and_their_month():
    """They had been told with lines that the file does not have."""
    data = b"model,metric,Jan 2026,Feb 2026\nm,mae,1,2\nm,bias,3,4\nTotal,,4,6\n"
    (totals,) = told(data, "f.csv", "period_columns=yes").receipt.warnings[:1]
    places = [f"Total (line 4, column {month} 2026)" for month in ("Jan", "Feb")]
    assert totals.message == f"Rows of totals that are left out: 2, {', '.join(places)}."


# Archives.
def archive(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


ONE = HEAD + "churn,recall,2026-W01,0.8\n"
OTHERS = HEAD + "churn,recall,2026-W02,bad\nchurn,recall,2026-W03,0.7\n"


def test_the_one_file_of_an_archive_is_read_and_the_others_named():
    data = archive(data__report_csv=ONE, README_md="x", MACOSX="y")
    read = told(data, "x.zip")
    assert (read.receipt.status, read.receipt.accepted) == (Status.DRY_RUN, 1)
    assert "Files of the archive that were not read: README.md, MACOSX." in [
        w.message for w in read.receipt.warnings
    ]


def test_a_workbook_of_an_archive_is_read():
    sheet = workbook([["model", "metric", "week", "value"], ["m", "recall", "2026-01-05", 0.8]])
    assert told(archive(book_xlsx=sheet), "x.zip").receipt.accepted == 1


def test_of_several_files_of_an_archive_one_is_asked_for_or_all():
    data = archive(jan_csv=ONE, feb_csv=OTHERS, notes_txt="no table")
    (question,) = told(data, "x.zip").receipt.questions
    assert (question.code, question.choices) == (
        "member", ["jan.csv", "feb.csv", "notes.txt", "all files"],
    )  # fmt: skip
    assert told(data, "x.zip", "member=jan.csv").receipt.accepted == 1
    both = told(data, "x.zip", "member=all files")
    assert (both.receipt.accepted, both.receipt.lines) == (2, 3)
    (reject,) = both.receipt.rejects
    assert (reject.row, reject.part, reject.value) == (2, "file feb.csv", "bad")
    assert rows_of(both, "metric_results")[0]["value"] == 0.8


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (archive(a_csv=ONE)[:-30], "is a damaged zip archive"),
        (archive(a_pdf="%PDF-"), "holds no file that MLPM reads; it holds: a.pdf"),
        (archive(a_zip=archive(a_csv=ONE)), "holds no file that MLPM reads"),
        (archive(a_csv=archive(a_csv=ONE)), "looks like a zip archive"),
        (workbook([["a"]]), "looks like an XLSX workbook"),
    ],
    ids=["damaged", "nothing", "nested", "nested under another name", "a workbook"],
)
def test_an_archive_that_holds_nothing_to_read_is_refused(data, says):
    (reject,) = told(data, "x.zip").receipt.rejects
    assert reject.code == "wrong-type"
    assert says in reject.message


def test_an_archive_is_held_to_the_limit_unpacked():
    data = archive(a_csv=ONE + "x" * 100_000)
    limits = Limits(file_bytes=50_000)
    assert len(data) < 1_000
    (reject,) = told(data, "x.zip", limits=limits).receipt.rejects
    assert reject.code == "limit-size"


def test_an_encrypted_file_of_an_archive_is_refused():
    data = bytearray(archive(a_csv=ONE))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    (reject,) = told(bytes(data), "x.zip").receipt.rejects
    assert "an encrypted zip archive" in reject.message
