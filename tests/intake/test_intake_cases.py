"""Every case of the intake's specification that is text and of a kind that exists."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mlpm_core.intake import Limits, Profile
from mlpm_core.records import Status, record_of
from tests.intake_stored import Shelf, told_of
from tests.workbooks import workbook

# Copied from the project's specification of the intake.
CASES = {
    c["id"]: c
    for c in json.loads((Path(__file__).parents[1] / "golden" / "intake_cases.json").read_text())
}

LEFT = {
    "48a": "an upload over HTTP that breaks off: tests/http/test_http_imports.py",
    "49a": "labels are held against stored predictions: tests/services/test_outcomes.py",
    "49b": "the same",
    "49c": "the same",
    "50b": "same bytes again are the import service's business: tests/services/test_outcomes.py",
}


def given_bytes(case):
    build = case.get("build", {})
    if build.get("format") in ("xlsx", "xlsm"):
        return workbook(build["sheet"], **{k: v for k, v in build.items() if k != "sheet"})
    if "bytes_base64" in case:
        return base64.b64decode(case["bytes_base64"])
    pieces = []
    for piece in case["repeat"]:
        if "bytes_base64" in piece:
            pieces.append(base64.b64decode(piece["bytes_base64"]) * piece["times"])
        elif "{i}" in piece["text"]:
            first = piece.get("from", 0)
            numbers = range(first, first + piece["times"])
            text = "".join(piece["text"].replace("{i}", str(i)) for i in numbers)
            pieces.append(text.encode())
        else:
            pieces.append(piece["text"].encode() * piece["times"])
    return b"".join(pieces)


def judged(case, data=None):
    options = case.get("options", {})
    project = options.get("project", "default")
    shelf = Shelf()
    for before in options.get("before", []):
        if before["project"] == project:
            record = record_of(before["kind"])
            earlier = told_of(
                base64.b64decode(before["bytes_base64"]), before["filename"], record,
                project=project, stored=shelf,
            )  # fmt: skip
            assert earlier.receipt.status is Status.DRY_RUN
            shelf.put(record, earlier)
    return told_of(
        given_bytes(case) if data is None else data,
        case["filename"],
        record_of(case["kind"]),
        project=project,
        stored=shelf,
        profile=Profile.model_validate(options.get("profile", {})),
        limits=replace(Limits(), **options.get("limits", {})),
        accept_good=options.get("accept_good", False),
    )


def told(receipt):
    rows = {}
    for r in receipt.rejects:
        rows.setdefault(r.code, [])
        if r.row not in rows[r.code]:
            rows[r.code].append(r.row)
    return {
        "status": str(receipt.status),
        "lines": receipt.lines,
        "accepted": receipt.accepted,
        "rejected": receipt.rejected,
        "blank": receipt.blank,
        "ignored": receipt.ignored,
        "codes": sorted(rows),
        "questions": sorted({q.code for q in receipt.questions}),
        "warnings": sorted({w.code for w in receipt.warnings}),
        "rows": rows,
    }


@pytest.mark.parametrize(
    "case", [c for i, c in CASES.items() if i not in LEFT], ids=lambda c: c["id"]
)
def test_case_of_the_specification_is_judged_to_the_letter(case):
    assert told(judged(case).receipt) == case["expect"]


def test_what_is_left_is_exactly_what_a_file_alone_cannot_tell():
    def is_left(case):
        return (
            case.get("build", {}).get("format") == "http"
            or case["kind"] == "labels"
            or case["expect"]["status"] == "duplicate"
        )

    assert set(LEFT) == {i for i, c in CASES.items() if is_left(c)}
