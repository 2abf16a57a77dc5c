"""Heads, sheets, index columns, merged cells and files of other types: always a way on."""

import json

import pytest

from mlpm_core.records import MetricResult
from tests.intake.real_cases import NOW, Case, holds
from tests.intake_stored import told_of
from tests.workbooks import workbook

HEAD = "model,metric,week,value\n"
ROWS = "m,recall,2024-02-05,0.8\n"
MERGED = (
    f"{HEAD}a,recall,2024-02-05,0.8\n,recall,2024-02-12,0.8\n"
    "b,recall,2024-02-05,0.8\n,recall,2024-02-12,0.7\n"
)
WEEKS = (
    "week,model,metric,value\n2024-02-05,a,recall,0.8\n,b,recall,0.7\n"
    "2024-02-12,a,recall,0.8\n,b,recall,0.6\n"
)
INDEX = ",model,metric,week,value\n"

CASES = [
    # An index column.
    Case("t01", "t01_pandas_index.csv", asked=("index-column",), choices=("ignore", "faulty")),
    Case("t01 read", "t01_pandas_index.csv", answers=("index_column=ignore",), n=2,
         rows=({"model_id": "churn", "n": 410},)),
    Case("t01 not read", "t01_pandas_index.csv", answers=("index_column=faulty",),
         rejects=("blank-label",)),
    Case("counted from 1", f"{INDEX}1,{ROWS}2,m,mae,2024-02-05,1\n", asked=("index-column",)),
    Case("no index", f"{INDEX}7,{ROWS}9,m,mae,2024-02-05,1\n", rejects=("blank-label",)),
    # Heads.
    Case("l04", "l04_preamble_names_field.csv", asked=("preamble",), says="1: Model,churn"),
    Case("l04 read", "l04_preamble_names_field.csv", answers=("skip_lines=3",), n=2,
         rows=({"model_id": "churn", "value": 0.81, "n": 410},)),
    Case("l05", "Model,churn\n" + "note,x\n" * 25 + HEAD + ROWS, answers=("skip_lines=26",), n=1),
    Case("what is skipped is shown", f"Report\nof June\n{HEAD}{ROWS}", asked=("preamble",),
         says="2: of June"),
    Case("a head above a header of another language",
         "Bericht;Qualit\u00e4t\nZeitraum;Feb 2024\n\nModell;Kennzahl;Woche;Wert\n"
         "m;recall;2024-02-05;0,8\n", asked=("preamble",), says="2: Zeitraum;Feb 2024"),
    Case("a head above it, skipped",
         "Bericht;Qualit\u00e4t\n\nModell;Kennzahl;Woche;Wert\nm;recall;2024-02-05;0,8\n",
         answers=("skip_lines=2",), asked=("which-column",) * 4),
    Case("one line of text above it", "Report of June\nModell,Kennzahl,Woche,Wert\n"
         "m,recall,2024-02-05,0.8\n", asked=("preamble",), says="1: Report of June"),
    Case("a header of another language alone", "Modell,Kennzahl,Woche,Wert\n"
         "m,recall,2024-02-05,0.8\n", asked=("which-column",) * 4),
    # Merged cells.
    Case("x06", "x06_merged_model.xlsx", asked=("fill-down",), choices=("fill", "faulty")),
    Case("x06 read", "x06_merged_model.xlsx", answers=("fill_down=fill",), n=4,
         rows=({"model_id": "churn"}, {"model_id": "churn"}, {"model_id": "upsell"},
               {"model_id": "upsell"})),
    Case("l08", MERGED, asked=("fill-down",), says="model of line 3 is a"),
    Case("l08 read", MERGED, answers=("fill_down=fill",),
         rows=({"model_id": "a"}, {"model_id": "a"}, {"model_id": "b"}, {"model_id": "b"})),
    Case("l08 not read", MERGED, answers=("fill_down=faulty",), rejects=("missing-value",)),
    Case("dates of merged cells", WEEKS, asked=("fill-down",),
         says="week of line 3 is 2024-02-05"),
    Case("dates of merged cells, filled", answers=("fill_down=fill",), n=4, file=WEEKS,
         rows=({"model_id": "a"}, {"model_id": "b", "granularity": "P1W"})),
    Case("one empty cell is a slip", f"{HEAD}{ROWS},recall,2024-02-12,0.8\n",
         rejects=("missing-value",)),
    # Sheets.
    Case("x03", "x03_cover_sheet.xlsx", asked=("sheet",), choices=("Data", "Cover")),
    Case("x03 read", "x03_cover_sheet.xlsx", answers=("sheet=Data",),
         rows=({"metric": "recall"},), warns=("extra-sheet",)),
    # Other types.
    Case("x20", "x20_old.xls", rejects=("wrong-type",)),
    Case("t11 as another kind", "t11_sagemaker_quality.json", kind="models",
         rejects=("wrong-type",)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_layout_is_read_once_it_is_answered(case):
    holds(case)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "is an XLS workbook, and"),
        (
            "new.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"x" * 600
            + "EncryptedPackage".encode("utf-16-le"),
            "new.xlsx is protected with a password.",
        ),
        ("all.zip", b"PK\x03\x04" + b"x" * 60, "is a damaged zip archive, and"),
        ("some.json", json.dumps({"a": 1}).encode(), "no report that MLPM knows"),
        ("some.csv", json.dumps({"a": 1}).encode(), "looks like a JSON document, not like"),
    ],
)
def test_a_file_that_is_what_its_name_says_is_not_called_otherwise(name, data, sentence):
    (reject,) = told_of(data, name, MetricResult, now=NOW).receipt.rejects
    assert reject.code == "wrong-type"
    assert sentence in reject.message


def test_parquet_may_be_called_pq():
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"model": ["m"], "metric": ["recall"], "week": ["2024-02-05"], "value": [0.8]}
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    told = told_of(file.getvalue(), "results.pq", MetricResult, now=NOW)
    assert told.receipt.accepted == 1


def test_a_first_sheet_with_a_header_needs_no_question():
    sheet = [["model", "metric", "week", "value"], ["m", "recall", "2024-02-05", 0.8]]
    told = told_of(workbook(sheet), "w.xlsx", MetricResult, now=NOW)
    assert told.receipt.accepted == 1
