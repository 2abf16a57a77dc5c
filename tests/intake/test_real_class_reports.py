"""Reports by class and confusion matrices in the forms that people save them in."""

import gzip
import json

import pytest

from tests.intake.real_cases import Case, holds
from tests.workbooks import workbook

TOLD = ("constants.value_case_id=v", "constants.candidate=boost")
PRINTED = """
              precision    recall  f1-score   support

        stay       0.84      0.89      0.87      2070
       leave       0.64      0.54      0.59       748

    accuracy                           0.80      2818
   macro avg       0.74      0.72      0.73      2818
weighted avg       0.79      0.80      0.79      2818
"""
SAVED = (
    ",precision,recall,f1-score,support\nstay,0.84,0.89,0.87,2070.0\nleave,0.64,0.54,0.59,748.0\n"
    "accuracy,0.8,0.8,0.8,0.8\nmacro avg,0.74,0.72,0.73,2818.0\n"
)
TURNED = (
    ",stay,leave,accuracy,macro avg\nprecision,0.84,0.64,0.8,0.74\nrecall,0.89,0.54,0.8,0.72\n"
    "f1-score,0.87,0.59,0.8,0.73\nsupport,2070,748,0.8,2818\n"
)
SHEET = [line.split(",") for line in SAVED.splitlines()]
THREE = {c: {"precision": 0.5, "recall": 0.4, "f1-score": 0.44, "support": 9} for c in "abc"}
MATRIX = ",Predicted no,Predicted yes\nActual no,900,50\nActual yes,20,80\n"
OF_MATRIX = (
    {"metric": "precision", "value": pytest.approx(80 / 130), "n": 130},
    {"metric": "recall", "value": 0.8, "n": 100},
    {"metric": "accuracy", "value": pytest.approx(980 / 1050), "n": 1050},
)
OF_LEAVE = (
    {"metric": "precision", "value": 0.64, "n": 631},
    {"metric": "recall", "value": 0.54, "n": 748},
    {"metric": "f1", "value": 0.59},
    {"metric": "accuracy", "value": 0.8, "n": 2818},
)


def evaluations(name, file, *answers, filename="file.csv", **expected):
    return Case(name, file, kind="evaluations", name=filename, answers=(*TOLD, *answers),
                **expected)  # fmt: skip


FORMS = {
    "printed": (PRINTED, "report.txt"),
    "a data frame": (SAVED, "report.csv"),
    "a data frame turned": (TURNED, "report.csv"),
    "saved again in Germany": (
        SAVED.replace(",", ";").replace(".0\n", "\n").replace(".", ","),
        "report.csv",
    ),
    "a workbook": (workbook(SHEET), "report.xlsx"),
    "gzip": (gzip.compress(SAVED.encode()), "report.csv.gz"),
    "in UTF-16": (SAVED.encode("utf-16"), "report.csv"),
}


@pytest.mark.parametrize(("file", "name"), FORMS.values(), ids=FORMS)
def test_a_report_by_class_asks_for_the_positive_one(file, name):
    more = ("encoding=utf-16",) if file[:2] == b"\xff\xfe" else ()
    comma = ("decimal=,",) if isinstance(file, str) and ";" in file else ()
    holds(evaluations("", file, *more, filename=name, asked=("positive-class",),
                      choices=("leave", "stay", "none of these")))  # fmt: skip
    holds(evaluations("", file, *more, *comma, "positive_class=leave", filename=name, n=4,
                      rows=OF_LEAVE))  # fmt: skip


MATRICES = {
    "named on both sides": MATRIX,
    "turned": ",Actual no,Actual yes\nPredicted no,900,20\nPredicted yes,50,80\n",
    "named in the corner": "actual/predicted,no,yes\nno,900,50\nyes,20,80\n",
    "named in the corner, turned": "predicted \\ actual,no,yes\nno,900,20\nyes,50,80\n",
    "semicolons": MATRIX.replace(",", ";"),
}


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
def test_a_confusion_matrix_gives_its_metrics_once_the_positive_class_is_told(matrix):
    holds(evaluations("", matrix, asked=("positive-class",)))
    holds(evaluations("", matrix, "positive_class=yes", n=3, rows=OF_MATRIX))


CASES = [
    evaluations("a matrix that does not say which side was predicted",
                ",no,yes\nno,900,50\nyes,20,80\n", rejects=("blank-label",)),
    evaluations("three classes", json.dumps(THREE).encode(), filename="report.json",
                asked=("positive-class",), choices=("c", "b", "a", "none of these")),
    evaluations("one of three", json.dumps(THREE).encode(), "positive_class=b",
                filename="report.json",
                rows=({"metric": "precision", "value": 0.5}, {"metric": "recall", "n": 9})),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_other_tables_of_classes(case):
    holds(case)
