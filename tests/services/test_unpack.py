"""Gzip, workbooks and Parquet: what they hold is judged like text, by their own rows."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from pyarrow import parquet

from mlpm_core.intake import Limits, Profile
from mlpm_core.records import record_of
from mlpm_core.services.ingest import batches, imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.intake_stored import told_of
from tests.workbooks import workbook

HEADER = ["model_id", "metric", "period_start", "value", "n", "note"]
GOOD = [["m1", "recall", f"2024-01-0{i}", 0.8, 100, "as usual"] for i in (1, 2, 3)]


def judged(data, filename="results.xlsx", **options):
    record = record_of(options.pop("kind", "metric_results"))
    profile = Profile.model_validate(options.pop("profile", {}))
    return told_of(
        data, filename, record, project="default", profile=profile, limits=Limits(**options)
    )


def codes(judgement):
    return [(r.code, r.row) for r in judgement.receipt.rejects]


def of_row(judgement, row, name):
    names = list(record_of("metric_results").model_fields)
    return judgement.rows[judgement.lines.index(row)][names.index(name)]


def test_cells_of_a_workbook_keep_what_they_are():
    rows = [
        HEADER,
        ["007", "recall", "2024-01-05", 0.1, 100, 'said "yes", then\nno'],
        ["m1", "recall", "2024-01-06", 1, 12345678, "=1+1"],
        ["m1", "recall", "2024-01-07", 0.5, None, True],
    ]
    judgement = judged(workbook(rows, date_cells=["C3"]))
    assert judgement.receipt.status == "dry_run"
    assert judgement.lines == [2, 3, 4]
    assert of_row(judgement, 2, "model_id") == "007"
    assert of_row(judgement, 2, "note") == 'said "yes", then\nno'
    assert of_row(judgement, 3, "period_start") == datetime(2024, 1, 6)
    assert (of_row(judgement, 3, "value"), of_row(judgement, 3, "n")) == (1.0, 12345678)
    assert of_row(judgement, 3, "note") == "=1+1"
    assert (of_row(judgement, 4, "n"), of_row(judgement, 4, "note")) == (None, "true")


def test_a_fault_is_named_by_its_row_of_the_sheet_even_below_a_cell_of_two_lines():
    rows = [HEADER, ["m1", "recall", "2024-01-01", 0.8, 1, "two\nlines"], *GOOD[1:]]
    rows[3] = ["m1", "recall", "2024-01-03", "much", 1, ""]
    judgement = judged(workbook(rows))
    assert codes(judgement) == [("not-a-number", 4)]
    lines = list(csv.DictReader(io.StringIO(judgement.rejected_csv().decode())))
    assert [(r["_row"], r["value"]) for r in lines] == [("4", "much")]


@pytest.mark.parametrize(
    "hiding", [{"hidden_rows": [3]}, {"hidden_columns": [6]}, {"hidden_sheets": ["Old"]}]
)
def test_what_is_hidden_is_a_question_and_its_answer_holds(hiding):
    data = workbook({"New": [HEADER, *GOOD], "Old": [["by", "Ann"]]}, **hiding)
    (question,) = judged(data).receipt.questions
    assert (question.code, question.key, question.choices) == (
        "hidden-rows", "hidden_rows", ["read", "skip"]
    )  # fmt: skip
    read = judged(data, profile={"hidden_rows": "read"})
    assert (read.receipt.accepted, read.lines) == (3, [2, 3, 4])
    skipped = judged(data, profile={"hidden_rows": "skip"})
    if "hidden_rows" in hiding:
        assert skipped.lines == [2, 4]
    else:
        assert skipped.lines == [2, 3, 4]
    if "hidden_columns" in hiding:
        assert of_row(skipped, 2, "note") == ""


def test_a_sheet_that_is_not_read_is_named():
    data = workbook({"Empty": [], "January": [HEADER, *GOOD], "Notes": [["by", "Ann"]]})
    judgement = judged(data)
    assert judgement.receipt.accepted == 3
    (warning,) = [w for w in judgement.receipt.warnings if w.code == "extra-sheet"]
    assert warning.message == "Sheets that were not read: Notes."


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (workbook([HEADER, *GOOD])[:-400], "results.xlsx", "wrong-type"),
        (workbook([]), "results.xlsx", "empty-file"),
        (workbook([HEADER]), "results.xlsx", "no-rows"),
        (workbook([HEADER, *GOOD]), "results.parquet", "wrong-type"),
        (gzip.compress(b"x" * 100, mtime=0)[:-9], "results.csv.gz", "wrong-type"),
        (gzip.compress(b"\x89PNG and more", mtime=0), "results.csv.gz", "wrong-type"),
        (gzip.compress(gzip.compress(b"a,b\n", mtime=0), mtime=0), "results.csv.gz", "wrong-type"),
        (b"PAR1\x15 and no more PAR1", "results.parquet", "wrong-type"),
    ],
)
def test_what_is_damaged_or_misnamed_is_refused_whole(data, filename, code):
    judgement = judged(data, filename)
    assert codes(judgement) == [(code, None)]
    assert judgement.receipt.lines == 0


def test_an_archive_is_held_to_the_limit_while_it_is_unpacked():
    bomb = gzip.compress(bytes(50 * 2**20))
    assert len(bomb) < 2**16
    assert codes(judged(bomb, "results.csv.gz", file_bytes=2**20)) == [("limit-size", None)]


def text():
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEADER, *GOOD])
    return out.getvalue().encode()


def test_archives_of_several_members_are_one_text():
    whole = text()
    data = gzip.compress(whole[:40], mtime=0) + gzip.compress(whole[40:])
    judgement = judged(data, "results.csv.gz")
    assert (judgement.receipt.status, judgement.receipt.lines) == ("dry_run", 3)


def parquet_of(**columns):
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out)
    return out.getvalue()


def test_a_parquet_file_keeps_its_types():
    data = parquet_of(
        model_id=pa.array(["m1", "m1", "007"]).dictionary_encode(),
        metric=["recall"] * 3,
        period_start=pa.array(
            [datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, 6, tzinfo=UTC), None],
            pa.timestamp("us", "UTC"),
        ),
        value=[0.1, 1e-7, 0.3],
        n=pa.array([100, None, 3], pa.int32()),
        note=["a", "two\nlines", '"'],
    )
    judgement = judged(data, "results.parquet")
    assert codes(judgement) == [("missing-value", 4)]
    fine = judged(parquet_of(
        model_id=["m1", "m1"], metric=["recall"] * 2,
        period_start=pa.array([date(2024, 1, 1), date(2024, 1, 2)]),
        value=[0.1, 1e-7], n=pa.array([100, None], pa.int32()), note=["a", "two\nlines"],
    ), "results.parquet")  # fmt: skip
    assert fine.lines == [2, 3]
    assert (of_row(fine, 3, "value"), of_row(fine, 3, "n")) == (1e-7, None)
    assert of_row(fine, 3, "note") == "two\nlines"
    assert of_row(fine, 2, "period_start") == datetime(2024, 1, 1)


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"rows": 2}, "limit-rows"), ({"columns": 1}, "limit-columns"), ({"file_bytes": 20}, "limit")],
)
def test_a_parquet_file_is_held_to_the_limits_before_it_is_read(limits, code):
    data = parquet_of(model_id=["a", "b", "c"], value=[1.0, 2.0, 3.0])
    assert codes(judged(data, "x.parquet", **limits))[0][0].startswith(code)


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "xlsx", "parquet"])
def test_the_same_table_is_stored_the_same_however_it_comes(tmp_path, suffix):
    data = {
        "csv": text,
        "csv.gz": lambda: gzip.compress(text()),
        "xlsx": lambda: workbook([HEADER, *GOOD]),
        "parquet": lambda: parquet_of(
            **{name: [row[i] for row in GOOD] for i, name in enumerate(HEADER)}
        ),
    }[suffix]()
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    receipt = imports.import_file(
        workspace.acting_as("ada"), "default", "metric_results", f"results.{suffix}", data
    )
    with workspace.store.reader() as reader:
        stored = reader.table(record_of("metric_results"), "default")
    again = imports.import_file(
        workspace.acting_as("ada"), "default", "metric_results", f"results.{suffix}", data
    )
    raw = batches.raw_file(workspace, "default", receipt.batch)
    workspace.close()
    assert (receipt.status, receipt.accepted) == ("committed", 3)
    assert [(r["value"], r["n"], r["note"]) for r in stored] == [(0.8, 100, "as usual")] * 3
    assert again.status == "duplicate"
    assert raw == data
