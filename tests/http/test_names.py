"""Names that nothing could address are refused, in every kind of record and in every way in."""

from __future__ import annotations

import csv
import io
from urllib.parse import quote

import pytest

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile
from mlpm_core.records import KINDS, ColumnKind, columns, record_of
from mlpm_core.services.ingest import imports, registers
from tests.http_client import GOOD, RESULTS
from tests.intake_stored import Shelf, told_of

NAMES = [
    (record.kind, column.name)
    for record in KINDS.values()
    for column in columns(record)
    if column.kind is ColumnKind.NAME and column.is_key and column.name != "slice_value"
]
UNADDRESSED = {
    "*": "reserved-name",
    "\uff0a": "reserved-name",  # the full-width one
    ".": "reserved-name",
    "..": "reserved-name",
    " .. ": "reserved-name",
    "a\nb": "control-char",
    "a\x1b[31mb": "control-char",
    "a\u202eb": "control-char",
    "a\x00b": "control-char",
    "a\u2028b": "control-char",
    "x" * 10_000: "too-long",
}


def with_name(kind, column, name):
    """The template's example row with another name in one column."""
    header, row = csv.reader(io.StringIO(registers.template_csv(kind)))
    if column not in header:
        header, row = [*header, column], [*row, ""]
    row[header.index(column)] = name
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, row])
    return out.getvalue().encode()


def judged(kind, column, name):
    shelf = Shelf(value_cases=["triage-of-tickets"])
    return told_of(with_name(kind, column, name), f"{kind}.csv", record_of(kind), stored=shelf)


@pytest.mark.parametrize(("kind", "column"), NAMES)
def test_a_name_that_cannot_be_addressed_is_refused_with_a_sentence(kind, column):
    for name, code in UNADDRESSED.items():
        told = judged(kind, column, name).receipt
        assert told.status == "rejected", (name, told)
        assert (code, column) in {(r.code, r.column) for r in told.rejects}, (name, told.rejects)
        for reject in told.rejects:
            assert reject.message.isprintable()
            assert len(reject.message) < 1000


@pytest.mark.parametrize(("kind", "column"), NAMES)
def test_a_name_of_nothing_but_blanks_is_no_name(kind, column):
    for name in ("", "  ", "\u00a0", "\u200b", "\u00ad \u2060"):
        told = judged(kind, column, name).receipt
        required = next(c for c in columns(record_of(kind)) if c.name == column).required
        codes = {r.code for r in told.rejects if r.column == column}
        assert codes == ({"missing-value"} if required and column != "project" else set())


@pytest.mark.parametrize("name", ["none", "None", "NONE", "all", "All", " all ", "\uff41ll"])
def test_a_candidate_is_not_called_like_what_happens_without_one(name):
    told = judged("evaluations", "candidate", name).receipt
    assert {(r.code, r.column) for r in told.rejects} <= {
        ("reserved-name", "candidate"), ("missing-value", "candidate"),
    }  # fmt: skip
    assert told.status == "rejected"
    assert judged("evaluations", "candidate", "allround").receipt.rejects == []


@pytest.mark.parametrize(
    "project", ["*", ".", "..", "a/../b", "/a", "a/", "a//b", "a/imports/b", "x" * 10_000, "a\nb"]
)
def test_no_project_of_such_a_name_begins(workspace, client, project):
    with pytest.raises(InputError) as told:
        imports.import_file(workspace.acting_as("ada"), project, "metric_results", "r.csv", GOOD)
    assert str(told.value).isprintable()
    assert len(str(told.value)) < 500
    with pytest.raises(InputError):
        registers.save(
            workspace.acting_as("ada"), project, "projects", [{"project": project, "title": "x"}]
        )
    path = f"/api/v1/projects/{quote(project, safe='')}/imports"
    answer = client.request("POST", path, content=GOOD, params=RESULTS)
    assert answer.status_code in (404, 422)
    assert workspace.version == 0


def test_a_column_of_a_wide_file_that_was_said_to_be_a_metric_needs_a_name_too():
    data = b"model_id,period_start,recall,=cmd|x\nm,2024-01-01,0.5,1\n"
    told = told_of(
        data, "w.csv", record_of("metric_results"), profile=Profile(wide=("recall", "=cmd|x"))
    )
    assert [r.code for r in told.receipt.rejects] == ["unsafe-name"]


def test_bands_keep_their_signs():
    data = GOOD.replace(b"value\n", b"value,slice_key,slice_value\n").replace(
        b"0.5\n", b"0.5,age,<30\n"
    )
    data = data.replace(b"0.6\n", b"0.6,any,*\n")
    told = told_of(data, "r.csv", record_of("metric_results"))
    assert (told.receipt.status, told.receipt.accepted) == ("dry_run", 2)
