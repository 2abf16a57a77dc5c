"""A file of several parts is stored part by part; the same part again is a duplicate."""

from __future__ import annotations

import io
import zipfile

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import Status
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.undo import undo
from mlpm_core.services.session.data_folder import DATABASE
from mlpm_core.services.session.settings import Settings
from tests.services.test_imports import HEADER, values
from tests.workbooks import workbook

PARTS = {
    "june": "m1,recall,2024-06-03,0.8,\n",
    "july": "m1,recall,2024-07-01,0.7,\n",
    "august": "m1,recall,2024-08-20,0.6,\n",
}


def zipped(parts: dict[str, str] = PARTS) -> bytes:
    """An archive with a file of results for each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, rows in parts.items():
            archive.writestr(f"{name}.csv", HEADER + rows)
    return out.getvalue()


def sheets() -> bytes:
    """A workbook with a sheet of results for each."""
    lines = {name: (HEADER + rows).splitlines() for name, rows in PARTS.items()}
    return workbook({name: [line.split(",") for line in of] for name, of in lines.items()})


def at(book: bytes, moment: tuple[int, int, int, int, int, int]) -> bytes:
    """A workbook as it would be if it was written at a moment."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as was, zipfile.ZipFile(out, "w") as archive:
        for name in was.namelist():
            archive.writestr(zipfile.ZipInfo(name, moment), was.read(name))
    return out.getvalue()


def put(workspace, data, **options):
    name = "results.xlsx" if b"workbook.xml" in data else "results.zip"
    return import_file(workspace.acting_as("ada"), "shop", "metric_results", name, data, **options)


def answers(made: bytes, part: str) -> Profile:
    return Profile(member=f"{part}.csv") if made[:60].find(b".csv") > 0 else Profile(sheet=part)


@pytest.mark.parametrize("make", [zipped, sheets])
def test_each_part_of_a_file_can_be_stored(workspace, make):
    data = make()
    assert put(workspace, data).status is Status.ASKED
    done = [put(workspace, data, profile=answers(data, part)) for part in PARTS]
    assert [(d.status, d.new) for d in done] == [(Status.COMMITTED, 1)] * 3
    told = "file june.csv" if make is zipped else "sheet june"
    assert done[0].read_as.endswith(told), "which part it is"
    assert sorted(values(workspace).values()) == [0.6, 0.7, 0.8]
    assert all(check.ok for check in backups.verify(workspace))

    for part, first in zip(PARTS, done, strict=True):
        again = put(workspace, data, profile=answers(data, part))
        assert again == first.model_copy(update={"status": Status.DUPLICATE})
    unsaid = put(workspace, data)
    assert (unsaid.status, unsaid.batch) == (Status.DUPLICATE, done[-1].batch)


def test_parts_of_one_file_are_rebuilt_from_the_ledger(tmp_path):
    settings = Settings(data=tmp_path / "data", demo=False)
    workspace = open_recovered(settings)
    data = zipped()
    for part in PARTS:
        put(workspace, data, profile=answers(data, part))
    before = values(workspace)
    workspace.close()
    (settings.data / DATABASE).unlink()
    again = open_recovered(settings)
    try:
        assert len(before) == len(PARTS)
        assert values(again) == before
        assert all(check.ok for check in backups.verify(again))
    finally:
        again.close()


def test_another_part_is_asked_for_where_somebody_wants_to_be_asked(workspace):
    data = zipped()
    first = put(workspace, data, profile=answers(data, "june"))
    asked = put(workspace, data, ask_again=True)
    assert [q.code for q in asked.questions] == ["member"]
    again = put(workspace, data, ask_again=True, profile=answers(data, "june"))
    assert (again.status, again.batch) == (Status.DUPLICATE, first.batch)
    then = put(workspace, data, ask_again=True, profile=answers(data, "july"))
    assert (then.status, then.new) == (Status.COMMITTED, 1)


def test_a_part_that_was_undone_can_be_stored_again(workspace):
    data = zipped()
    first, second = (put(workspace, data, profile=answers(data, p)) for p in ("june", "july"))
    undo(workspace.acting_as("ada"), "shop", first.batch)
    assert put(workspace, data, profile=answers(data, "july")).batch == second.batch
    again = put(workspace, data, profile=answers(data, "june"))
    assert (again.status, again.new) == (Status.COMMITTED, 1)


def test_a_file_of_one_part_is_a_duplicate_however_somebody_wants_to_be_asked(workspace):
    data = zipped({"june": PARTS["june"]})
    first = put(workspace, data)
    again = put(workspace, data, ask_again=True)
    assert (again.status, again.batch) == (Status.DUPLICATE, first.batch)


def test_all_files_of_an_archive_leave_nothing_of_its_parts(workspace):
    data = zipped()
    done = put(workspace, data, profile=Profile(member="all files"))
    assert (done.status, done.new) == (Status.COMMITTED, 3)
    assert done.read_as.endswith("all files")
    part = put(workspace, data, profile=answers(data, "july"), dry_run=True)
    assert (part.new, part.identical) == (0, 1)


def test_which_of_several_sheets_alike_is_read_is_asked_of_every_workbook(workspace):
    """One with a sheet a month had been read for the month that was answered before, for ever."""
    data = sheets()
    put(workspace, data, profile=answers(data, "july"))
    rows = [line.split(",") for line in (HEADER + "m1,recall,2024-09-02,0.5,\n").splitlines()]
    later = workbook({"july": [rows[0], ["m1", "recall", "2024-07-01", "0.7", ""]], "may": rows})
    assert [q.code for q in put(workspace, later).questions] == ["sheet"]
    every = put(workspace, later, profile=Profile(sheet="all sheets"))
    assert (every.new, every.identical) == (1, 1)
    rows[1][2] = "2024-10-07"
    once_more = workbook({"july": rows, "october": rows})
    assert put(workspace, once_more, dry_run=True).status is Status.DRY_RUN, "all, as before"


def test_a_sheet_that_is_like_no_other_is_read_as_answered_before(workspace):
    def book(value):
        return workbook({
            "Notes": [["written", "by"], ["Ada", "x"]],
            "Data": [line.split(",") for line in f"{HEADER}m1,recall,2024-06-03,{value},".split()],
        })  # fmt: skip

    put(workspace, at(book(0.8), (2026, 1, 5, 9, 0, 0)), profile=Profile(sheet="Data"))
    then = put(
        workspace, at(book(0.7), (2026, 2, 2, 9, 30, 0)), profile=Profile(restatement="confirm")
    )
    assert (then.status, then.changed) == (Status.COMMITTED, 1)
    assert "answered-before" in {w.code for w in then.warnings}
