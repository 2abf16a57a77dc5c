"""Exports: the same values read back, nothing a spreadsheet would run, by command and route."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime

import pytest
from python_calamine import CalamineWorkbook

from mlpm_core.cli import main
from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.records import KINDS
from mlpm_core.reports import Table, csv_bytes, neutral, xlsx_bytes
from mlpm_core.services.admin.exports import export, tables
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.monitored_shop import SHOP, clock, in_use, kpi, planned, results

AS_OF = datetime(2026, 6, 30, 12)
# OWASP's CSV injection page, ASVS 1.2.10, and ways around a check of the first letter.
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")',
    " =1+1", "  @x", "\t=1", "\r=1", "\n=1", "\x00=1", "\u00a0=1", "\ufeff=1", "\u200b=1",
    "\u2060@x", "＝1+1", "＋1", "－1x", "＠x", "\tplain", "\rplain", "\nplain", "-", "--", "+",
    "=", "@", "-5 to 0", "+49 30 1234", "-2+3+cmd|' /C calc'!D2", "=DDE(\"cmd\",\"/C calc\",\"x\")",
    "\u200e=1", "\u00a0 \u00a0=1", "=1\n2", "=\u200b1", "-A1", "+A1", "@A1", "=A1",
]  # fmt: skip
HARMLESS = [
    "a=b",
    "5 - 3",
    "-5",
    "+5",
    "-1.5e-3",
    "0",
    "note",
    "",
    "'quoted",
    "a,b",
    'say "x"',
    "日本",
]


def sheet(data, name="Table"):
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name).to_python()


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_be_a_formula_is_text_in_both(text):
    assert neutral(text) == f"'{text}"
    table = Table("t", ["x"], [[text]])
    cell = next(csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig").split("\r\n", 1)[1])))
    assert cell[0].startswith("'")
    if text.isprintable():
        assert sheet(xlsx_bytes(table, AS_OF))[1] == [text]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_is(text):
    assert neutral(text) == text
    rows = list(
        csv.reader(
            io.StringIO(csv_bytes(Table("t", ["x", "y"], [[text, "z"]])).decode("utf-8-sig"))
        )
    )
    assert rows[1] == [text, "z"]


def test_a_workbook_has_types_and_says_what_it_rests_on():
    row = ["007", 0.1, 12, True, date(2024, 1, 31), datetime(2024, 1, 31, 6, 30), None, "=1"]
    table = Table("kpis", list("abcdefgh"), [row], [("As of (UTC)", "2026-06-30 12:00:00")])
    data = xlsx_bytes(table, AS_OF)
    read = sheet(data)[1]
    assert read[:4] == ["007", 0.1, 12.0, True]
    assert read[4] in (date(2024, 1, 31), datetime(2024, 1, 31))
    assert read[5:] == [datetime(2024, 1, 31, 6, 30), "", "=1"]
    assert ["As of (UTC)", "2026-06-30 12:00:00"] in sheet(data, "About")
    assert data == xlsx_bytes(table, AS_OF)


def opened(folder):
    workspace = open_recovered(Settings(data=folder, demo=False))
    clock(workspace, "2024-08-01")
    planned(workspace, "2024-08-01")
    in_use(workspace, "2024-07-01")
    kpi(workspace, "margin", "higher", definition='say "so",\nthen')
    results(workspace, "2024-07-08,0.24,P1W,final\n2024-07-15,0.1,P1W,final\n")
    return workspace


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """What is exported and comes in again changes nothing, so that all tests share it."""
    workspace = opened(tmp_path_factory.mktemp("exported"))
    yield workspace
    workspace.close()


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "projects"])
def test_what_was_exported_comes_back_as_what_is_stored(shop, kind):
    for file_format in ("csv", "xlsx"):
        exported = export(shop.acting_as("ada"), SHOP, kind, file_format)
        rows = registers.records(shop, SHOP, kind)
        assert exported.n_rows == len(rows)
        if not rows:
            continue
        receipt = imports.import_file(
            shop.acting_as("ada"), SHOP, kind, exported.filename, exported.data
        )
        assert (receipt.rejected, receipt.new, receipt.changed) == (0, 0, 0), receipt
        assert receipt.lines == receipt.identical == len(rows)


def test_every_table_can_be_exported_and_says_when_it_holds(shop):
    for table in tables():
        exported = export(shop.acting_as("ada"), SHOP, table, "csv")
        assert exported.data.startswith(b"\xef\xbb\xbf")
        assert exported.data.decode("utf-8-sig").count("\r\n") >= exported.n_rows + 1
        assert exported.as_of.microsecond == 0
    history = export(shop.acting_as("ada"), SHOP, "kpis_history", "csv").data.decode("utf-8-sig")
    assert history.startswith("received_at,actor,batch,project")
    values = list(csv.DictReader(io.StringIO(
        export(shop.acting_as("ada"), SHOP, "kpi_values", "csv").data.decode("utf-8-sig")
    )))  # fmt: skip
    assert float(values[0]["value"]) > 400_000


def test_what_cannot_be_exported_is_named(shop):
    with pytest.raises(NotFoundError, match="Did you mean kpis"):
        export(shop.acting_as("ada"), SHOP, "kpi", "csv")
    with pytest.raises(InputError, match="write csv or xlsx"):
        export(shop.acting_as("ada"), SHOP, "kpis", "pdf")
    with pytest.raises(NotFoundError):
        export(shop.acting_as("ada"), "nowhere", "kpis", "csv")


def test_the_command_writes_the_file(tmp_path, monkeypatch, capsys):
    opened(tmp_path / "store").close()
    monkeypatch.setenv("MLPM_DATA", str(tmp_path / "store"))
    monkeypatch.setenv("MLPM_DEMO", "0")
    out = tmp_path / "kpis.xlsx"
    assert main(["export", "kpis", "--project", SHOP, "--out", str(out), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["rows"], document["path"]) == (1, str(out))
    assert datetime.fromisoformat(document["as_of"])
    assert sheet(out.read_bytes())[1][1] == "margin"
    assert main(["export", "kpis", "--project", SHOP, "--out", str(tmp_path / "x.pdf")]) == 2
    assert main(["export", "nothing", "--project", SHOP, "--out", str(out)]) == 2
