"""No cell of an export or of rejected rows is a formula, and what was exported can be imported."""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
import zipfile
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.intake import Profile
from mlpm_core.intake.columns.cell_parser import Grammar
from mlpm_core.intake.columns.fast_path import read_all, read_plain
from mlpm_core.intake.files.table import DictionaryColumn
from mlpm_core.records import KpiActual, MetricResult, Status, as_written, columns, safe_cell
from mlpm_core.records.safe_cell import _WORTH_A_LOOK, kept_cell
from mlpm_core.reports import Table, csv_bytes, xlsx_bytes
from mlpm_core.services.admin.exports import export
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.intake_stored import NOW, told_of
from tests.stores import copied

AS_OF = datetime(2026, 6, 30, 12)
SIGNS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe63", "\ufe66"]
UNSEEN = [
    "", " ", "\u00a0", "\ufeff", "\u200b", "\u200c", "\u200d", "\u2060", "\u00ad", "\u180e",
    "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u061c", "\u3000", "\u2003",
    "\u2028", "\u0085", "\t", "\r", "\n", "\x00", "\x1b", "\x7f", "\u3164", "\ufe0f", "\u034f",
    "\ufff9", "\ue000", "\U000e0020", " \u00a0\u200b\ufeff",
]  # fmt: skip
BEFORE = ["", "a;", "a;;", "note\n", "note\r\n", "a\t", 'he said "x";', "a;b\n", ";", "a;\u200b"]
PAYLOADS = [b + u + s + "1+1" for b in BEFORE for u in UNSEEN for s in SIGNS]
PARTS = re.compile("[,;\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
MARKS = "=+-@\uff1d';\"\t\r\n\x00\u200b\ufeff\u00a0 a5.,e\u2028\u00ad"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
HEADER = "model_id,metric,period_start,value,note"


def first_seen(text):
    """What a reader that drops all that is not seen takes for the beginning."""
    seen = (c for c in text if unicodedata.category(c)[0] not in "CZ" and c not in UNSEEN)
    return unicodedata.normalize("NFKC", next(seen, ""))[:1]


def formulas(data):
    """What a careless reader of a CSV would run: with or without quotes, parted at any mark."""
    text = data.decode("utf-8-sig")
    cells = [c for row in csv.reader(io.StringIO(text, newline="")) for c in row]
    careless = [p.lstrip('"') for cell in cells for p in PARTS.split(cell)]
    return [c for c in [*cells, *careless] if first_seen(c) in tuple("=+-@") and not number(c)]


def number(text):
    return NUMBER.fullmatch(text.strip())


def test_no_cell_of_a_csv_is_a_formula_however_it_is_parted():
    table = Table("t", ["x", "=1+1"], [[p, 1] for p in PAYLOADS])
    data = csv_bytes(table)
    assert formulas(data) == []
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert [as_written(row[0]) for row in rows] == PAYLOADS
    assert len(formulas("\n".join('"' + p.replace('"', '""') + '"' for p in SIGNS).encode())) > 9


def test_text_of_a_workbook_is_text_and_its_numbers_are_numbers():
    payloads = [p for p in PAYLOADS if p.isprintable()]
    table = Table("t", ["=1", "n"], [*([p, -5] for p in payloads), ["7", 0.5], ["x", float("inf")]])
    data = xlsx_bytes(table, AS_OF)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "quotePrefix" in styles
    assert sheet.count("<v>-5</v>") == len(payloads)
    assert "inf" not in sheet.casefold()


@settings(max_examples=1000, deadline=None)
@given(st.text(alphabet=MARKS, max_size=12))
def test_what_a_cell_says_comes_back_from_every_way_of_writing_it(text):
    assert as_written(safe_cell(text)) == as_written(kept_cell(text)) == text
    first, *pieces = PARTS.split(safe_cell(text).replace(",", "_"))
    pieces = [first, *(p.lstrip('"') for p in pieces)]
    assert [p for p in pieces if first_seen(p) in tuple("=+-@") and not number(p)] == []


def test_every_character_that_stands_for_a_sign_is_looked_at():
    every = map(chr, range(sys.maxunicode + 1))
    signs = [c for c in every if unicodedata.normalize("NFKC", c)[:1] in tuple("=+-@")]
    assert [c for c in signs if not _WORTH_A_LOOK.search(c)] == []
    assert [c for c in signs if safe_cell(f"\u200b{c}x") != f"'\u200b{c}x"] == []


@pytest.fixture
def shop(tmp_path, empty_folder):
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    yield workspace
    workspace.close()


NOTES = [
    "=1+1", "'=1+1", "''=1+1", "a;=1+1", "a;'=1+1", "two\n=1+1", "two\n'=1+1", "\u200b@x",
    "\ufeff=1", "'quoted'", "don't", "-5", "'-5", "-5;x", " =1", "＝1", "a\t=1", "-", "",
]  # fmt: skip


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_what_was_exported_is_imported_as_what_is_stored(shop, file_format):
    rows = [
        {"kpi_id": f"k{i}", "title": "k", "dimension": "revenue", "unit": "EUR/year",
         "direction": "higher", "baseline": -5, "target": 1, "definition": note}
        for i, note in enumerate(NOTES)
    ]  # fmt: skip
    saved = registers.save(shop.acting_as("ada"), "p", "kpis", rows)
    assert saved.status is Status.COMMITTED, saved.rejects
    stored = {r["kpi_id"]: r["definition"] for r in registers.records(shop, "p", "kpis")}
    assert stored == {f"k{i}": note for i, note in enumerate(NOTES)}
    exported = export(shop.acting_as("ada"), "p", "kpis", file_format)
    assert file_format == "xlsx" or formulas(exported.data) == []
    receipt = imports.import_file(
        shop.acting_as("ada"), "p", "kpis", exported.filename, exported.data
    )
    assert (receipt.rejected, receipt.new, receipt.changed) == (0, 0, 0), receipt
    assert receipt.identical == len(NOTES)


def test_bands_and_quantities_come_back_too(shop):
    data = f"{HEADER},slice_key,slice_value\nm,bias,2024-01-01,-0.5,=1,age,-5 to 0\n"
    stored = imports.import_file(
        shop.acting_as("ada"), "p", "metric_results", "r.csv", data.encode()
    )
    assert stored.status is Status.COMMITTED, stored.rejects
    exported = export(shop.acting_as("ada"), "p", "metric_results", "csv")
    assert formulas(exported.data) == []
    assert b",-0.5," in exported.data
    again = imports.import_file(
        shop.acting_as("ada"), "p", "metric_results", "r.csv", exported.data
    )
    assert (again.identical, again.rejects) == (1, [])


def test_long_columns_of_text_lose_their_marks_like_short_ones():
    note = next(c for c in columns(KpiActual) if c.name == "note")
    read = Grammar(Profile(), NOW).reader(note)
    for extra, meant in (("'=1", "=1"), ("a;'@x", "a;@x"), ("it's", "it's"), ("'x", "'x")):
        texts = [f"note {i}" for i in range(5000)] + [extra]
        assert read_all(note, texts, read, is_plain=True).values[-1] == meant
        whole = read_plain(note, DictionaryColumn.of(texts), NOW)
        assert whole is None or whole.values[-1].as_py() == meant
    rows = "".join(f"m,recall,2024-01-01T00:00:{i / 100:09.6f},0.5,n{i}\n" for i in range(5000))
    told = told_of(f"{HEADER}\n{rows}m,recall,2024-01-02,0.5,'=1\n".encode(), "r.csv", MetricResult)
    assert told.receipt.rejects == []
    assert told.rows[-1][[c.name for c in columns(MetricResult)].index("note")] == "=1"


CELLS = [p for p in PAYLOADS if not p.startswith('he said "') and "\x00" not in p]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_no_cell_of_rejected_rows_is_a_formula_and_they_are_judged_as_before(delimiter):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([*HEADER.split(","), "=2+2", "@x"])
    for payload in CELLS[::7]:
        writer.writerow([payload, "recall", "2024-01-01", "much", payload, payload, "-5"])
        writer.writerow(["-1", "bias", "x", "-1.5", "-", "'=1", "=1"])
    profile = Profile(columns={"=2+2": "ignore", "@x": "ignore"})
    texts = told_of(text.getvalue().encode(), "r.csv", MetricResult, profile=profile)
    assert texts.receipt.rejected == 2 * len(CELLS[::7])
    back = texts.rejected_csv()
    rows = csv.reader(io.StringIO(back.decode(), newline=""), delimiter=delimiter)
    cells = [cell for row in rows for cell in row]
    assert [c for c in cells if first_seen(c) in tuple("=+-@") and not number(c) and c != "-"] == []
    assert "-1.5" in cells
    again = told_of(back, "rejected.csv", MetricResult, profile=profile)
    assert again.rejected_csv() == back
    assert [(r.column, r.code) for r in again.receipt.rejects] == [
        (r.column, r.code) for r in texts.receipt.rejects
    ]


def test_rejected_cells_of_other_countries_and_lines_above_the_header_stay_what_they_are():
    rows = [";bias;2024-01-01;-1.234,5", "m;bias;2024-01-01;- 5"]
    lines = ["=1+1;-2", "model_id;metric;period_start;value", *rows]
    profile = Profile(skip_lines=1, decimal=",", thousands=".")
    texts = told_of("\n".join(lines).encode(), "r.csv", MetricResult, profile=profile)
    back = texts.rejected_csv().decode().splitlines()
    assert back[0] == "'=1+1;-2"
    assert back[2].startswith(f"{rows[0]};3;")
    assert back[3].startswith("m;bias;2024-01-01;'- 5;4;")
    again = told_of("\n".join(back).encode(), "r.csv", MetricResult, profile=profile)
    assert [r.code for r in again.receipt.rejects] == [r.code for r in texts.receipt.rejects]
