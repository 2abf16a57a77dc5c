"""Personal notes leave the machine by no way that MLPM has, and are erased for good."""

from __future__ import annotations

import json
import logging
import stat
import zipfile

import pytest

from mlpm_core.errors import InputError, NotFoundError, StoreError
from mlpm_core.records import KINDS
from mlpm_core.services.admin.backups import backup, verify
from mlpm_core.services.admin.exports import export
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan.meeting_pack import meeting_pack
from mlpm_core.services.plan.personal_notes import NOTES_FILE, PersonalNote, PersonalNotes
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

SECRET = "Hates-being-surprised-4711"
NOTE = PersonalNote(f"{SECRET} in front of others", f"{SECRET}-source")


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with one project and one stakeholder."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    for kind, row in (
        ("projects", {"project": "shop", "title": "S"}),
        ("stakeholders", {"stakeholder_id": "tom", "name": "Tom", "influence": 5}),
    ):
        receipt = registers.save(workspace.acting_as("ada"), "shop", kind, [row])
        assert receipt.status == "committed", receipt.rejects
    yield workspace
    workspace.close()


def files_with(folder, text):
    """The files of a folder, hidden ones too, that hold a text."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if text.encode() in path.read_bytes()]


def test_a_note_is_kept_for_its_owner_alone(shop):
    notes = PersonalNotes(shop)
    assert notes.of("shop", "tom") is None
    notes.keep("shop", "tom", NOTE)
    assert PersonalNotes(shop).of("shop", "tom") == NOTE
    file = shop.settings.data / NOTES_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert files_with(shop.settings.data, SECRET) == [NOTES_FILE]


def test_no_export_backup_receipt_pack_or_log_holds_a_note(shop, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    before = shop.version
    PersonalNotes(shop).keep("shop", "tom", NOTE)
    assert shop.version == before
    assert all(check.ok for check in verify(shop))
    path, checks = backup(shop, tmp_path / "elsewhere")
    assert all(check.ok for check in checks)
    with zipfile.ZipFile(path) as archive:
        assert [n for n in archive.namelist() if SECRET.encode() in archive.read(n)] == []
        assert NOTES_FILE not in archive.namelist()
    for kind in KINDS:
        for table in (kind, f"{kind}_history"):
            assert SECRET.encode() not in export(shop, "shop", table, "csv").data
    assert SECRET not in repr(meeting_pack(shop, "shop", "tom"))
    assert SECRET not in caplog.text


def test_erasing_a_note_leaves_nothing_of_it_in_the_folder(shop):
    notes = PersonalNotes(shop)
    notes.keep("shop", "tom", NOTE)
    notes.keep("shop", "tom", PersonalNote("Only mornings"))
    assert files_with(shop.settings.data, SECRET) == []
    assert notes.erase("shop", "tom")
    assert not notes.erase("shop", "tom")
    assert notes.of("shop", "tom") is None
    assert files_with(shop.settings.data, "Only mornings") == []
    assert not (shop.settings.data / NOTES_FILE).exists()


def test_erasing_one_note_keeps_those_on_others(shop):
    registers.save(
        shop.acting_as("ada"), "shop", "stakeholders",
        [{"stakeholder_id": "mara", "name": "Mara", "influence": 3}],
    )  # fmt: skip
    notes = PersonalNotes(shop)
    notes.keep("shop", "tom", NOTE)
    notes.keep("shop", "mara", PersonalNote("Likes numbers"))
    notes.erase("shop", "tom")
    assert notes.of("shop", "mara") == PersonalNote("Likes numbers")
    assert files_with(shop.settings.data, SECRET) == []


def test_an_empty_a_long_or_a_homeless_note_is_refused(shop):
    notes = PersonalNotes(shop)
    for note in (PersonalNote(" "), PersonalNote("x" * 4001), PersonalNote("x", "y" * 4001)):
        with pytest.raises(InputError):
            notes.keep("shop", "tom", note)
    for where in (("shop", "nobody"), ("nowhere", "tom")):
        with pytest.raises(NotFoundError):
            notes.keep(*where, NOTE)
    assert not (shop.settings.data / NOTES_FILE).exists()


@pytest.mark.parametrize("damage", ["{", "[1]", '[{"project": "p"}]'])
def test_a_damaged_file_is_told_without_what_stands_in_it(shop, damage):
    file = shop.settings.data / NOTES_FILE
    file.write_text(damage + SECRET if damage == "{" else damage)
    file.chmod(0o600)
    notes = PersonalNotes(shop)
    for act in (
        lambda: notes.of("shop", "tom"),
        lambda: notes.keep("shop", "tom", NOTE),
        lambda: notes.erase("shop", "tom"),
    ):
        with pytest.raises(StoreError, match="damaged") as caught:
            act()
        assert SECRET not in str(caught.value)
        assert caught.value.__suppress_context__
    assert file.exists()


def test_a_copy_that_only_reads_changes_no_note(shop):
    PersonalNotes(shop).keep("shop", "tom", NOTE)
    shop.settings = shop.settings.model_copy(update={"read_only": True})
    for act in (
        lambda: PersonalNotes(shop).erase("shop", "tom"),
        lambda: PersonalNotes(shop).keep("shop", "tom", PersonalNote("x")),
    ):
        with pytest.raises(InputError, match="only reads"):
            act()
    (row,) = json.loads((shop.settings.data / NOTES_FILE).read_text())
    assert row["text"] == NOTE.text
