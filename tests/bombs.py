"""Small files that unpack to very much, or make a careless reader look at them again and again.

Each recipe takes its size, so that a test can double it.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import parquet

from tests.workbooks import workbook

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = ["model_id", "metric", "period_start", "value", "n", "note"]
ROWS = [HEADER, *(["m1", "recall", f"2024-01-0{i}", 0.8, 100, "as usual"] for i in (1, 2, 3))]
SHEET, BOOK, LINKS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS = "xl/sharedStrings.xml"


def changed(
    parts: dict[str, Callable[[bytes], bytes]], more: dict[str, bytes] | None = None
) -> bytes:
    """A good workbook with some of its parts changed and others added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(ROWS))) as was,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as now,
    ):
        for info in was.infolist():
            part = was.read(info)
            now.writestr(info.filename, parts.get(info.filename, lambda x: x)(part))
        for name, part in (more or {}).items():
            now.writestr(name, part)
    return out.getvalue()


def with_rows(rows: bytes) -> bytes:
    """A workbook with more rows in its sheet, as XML."""
    return changed({SHEET: lambda x: x.replace(b"</sheetData>", rows + b"</sheetData>")})


def error_cells(n: int) -> bytes:
    """Error cells that have no text."""
    return with_rows(b'<row r="9"><c r="A9" t="e"></c></row>' * n)


def open_rows(n: int) -> bytes:
    """Rows whose tags never end."""
    return changed({SHEET: lambda x: x.replace(b"</sheetData>", b'<row hidden="' * n)})


def long_tag(n: int) -> bytes:
    """One tag with a very long attribute."""
    return changed(
        {SHEET: lambda x: x.replace(b"<sheetData>", b'<x y="' + b"y" * n + b'"/><sheetData>')}
    )


def far_cell(_: int = 0) -> bytes:
    """One cell in the last row and column there are."""
    return with_rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def no_cell(_: int = 0) -> bytes:
    """A cell where no sheet has one."""
    return with_rows(b'<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>')


def hidden_columns(n: int) -> bytes:
    """The same hidden columns, all of them, said again and again."""
    columns = b"<cols>" + b'<col min="1" max="16384" hidden="1"/>' * n + b"</cols><sheetData>"
    return changed({SHEET: lambda x: x.replace(b"<sheetData>", columns)})


def many_sheets(n: int) -> bytes:
    """Sheets that are all one and the same part."""
    link = b'<Relationship Id="x%d" Type="http://a/worksheet" Target="worksheets/sheet1.xml"/>'
    sheets = b"".join(
        b'<sheet name="s%d" sheetId="%d" r:id="x%d"/>' % (i, i, i) for i in range(2, n)
    )
    links = b"".join(link % i for i in range(2, n))
    return changed({
        BOOK: lambda x: x.replace(b"</sheets>", sheets + b"</sheets>"),
        LINKS: lambda x: x.replace(b"</Relationships>", links + b"</Relationships>"),
    })  # fmt: skip


def shared_text(n: int) -> bytes:
    """One long text in the cells of many rows."""
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(5, 5 + n)
    )
    text = b"<si><t>" + b"x" * 32_000 + b"</t></si>"
    strings = b'<?xml version="1.0"?><sst xmlns="%s">%s</sst>' % (_MAIN.encode(), text)
    return changed(
        {SHEET: lambda x: x.replace(b"</sheetData>", rows + b"</sheetData>")}, {STRINGS: strings}
    )


def wide_rows(n: int) -> bytes:
    """Rows that hold no more than one cell far to the right."""
    return with_rows(
        b"".join(b'<row r="%d"><c r="CV%d"><v>1</v></c></row>' % (i, i) for i in range(5, 5 + n))
    )


def empty_members(n: int) -> bytes:
    """A gzip archive of many members that hold nothing, and a good file."""
    return gzip.compress(b"", mtime=0) * n + gzip.compress(b"model_id\nm1\n", mtime=0)


def zeros(n: int) -> bytes:
    """A gzip archive of so many NUL bytes."""
    return gzip.compress(bytes(n), mtime=0)


def repeated_text(n: int) -> bytes:
    """A Parquet file of one long text, told once and repeated by a dictionary."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * n, pa.int32()), ["x" * 30_000])
    return _parquet(pa.table({"model_id": texts}))


def prefixed_text(n: int) -> bytes:
    """A Parquet file of one long text, each value told as the one before it."""
    return _parquet(
        pa.table({"model_id": pa.array(["x" * 20_000] * n)}),
        use_dictionary=False, column_encoding={"model_id": "DELTA_BYTE_ARRAY"},
    )  # fmt: skip


def repeated_numbers(n: int) -> bytes:
    """A Parquet file of many columns of one and the same number."""
    numbers = pa.array([0.12345678901234567] * n)
    return _parquet(pa.table({f"c{i}": numbers for i in range(100)}))


def row_groups(n: int) -> bytes:
    """A Parquet file of many groups of few rows."""
    out = io.BytesIO()
    parquet.write_table(pa.table({"model_id": ["m"] * n}), out, row_group_size=1)
    return out.getvalue()


def small_footer(_: int = 0) -> bytes:
    """A Parquet file whose footer says that its pages are small; the pages say otherwise."""
    data = _parquet(
        pa.table({"model_id": ["x" * 2**25]}), use_dictionary=False, write_statistics=False
    )
    pages, footer = data[:-400], data[-400:]
    for n_bytes in range(2**25, 2**25 + 200):  # what the footer says of the pages
        footer = footer.replace(_varint(2 * n_bytes), _varint(2 * 2**21))
    return pages + footer


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _parquet(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd", **options)
    return out.getvalue()


def merged_keys(n: int) -> bytes:
    """A model card whose keys are merged from keys that were merged, doubling every time."""
    lines = [b"a%d: &a%d {<<: [*a%d, *a%d]}" % (i, i, i - 1, i - 1) for i in range(1, n)]
    return b"\n".join([b"---", b"a0: &a0 {k: v}", *lines, b"model-index: 1", b"---", b""])


def repeated_results(n: int) -> bytes:
    """A model card of models that all have the same results, each of which has none."""
    results = b"r: &r [" + b",".join([b"&q {x: 1}", *[b"*q"] * n]) + b"]"
    return b"\n".join([b"---", results, b"model-index:", *[b"- {results: *r}"] * n, b"---", b""])


def long_number(n: int) -> bytes:
    """A model card with a number to base sixty."""
    metric = b"metrics: [{type: recall, value: 1" + b":59" * n + b"}]"
    return b"---\nmodel-index: [{name: m, results: [{%s}]}]\n---\n" % metric


def missing_cells(n: int) -> bytes:
    """MLflow's table with very many columns, and rows of one cell."""
    return b"run_id,metrics.a" + b",x" * n + b"\n" + b"1\n" * n


def nearly_rows(n: int) -> bytes:
    """A quoted note whose every line would be a row, were it not for the range of its metric."""
    head = b'model_id,metric,period_start,value,note\nm,recall,2024-01-01,0.5,"\n'
    return head + b"m,recall,2024-01-01,5,n\n" * n + b'"\n'


def open_quotes(n: int) -> bytes:
    """Rows each with a quote that opens and does not close."""
    return b"model_id,metric,period_start,value,note\n" + b'm,recall,2024-01-01,x,"n\nx\n' * n


def delimiters(n: int) -> bytes:
    """One line of nothing but commas."""
    return b"," * n


def delimiters_below(n: int) -> bytes:
    """A header and below it one line of nothing but cells."""
    return b"model_id,metric,period_start,value\n" + b"1," * n + b"\n"


def nested(n: int) -> bytes:
    """JSON nested very deeply."""
    return b'{"a":' * n


def same_metrics(n: int) -> bytes:
    """A report that says the same metric again and again."""
    one = b'{"key": "recall", "value": 0.5, "timestamp": 1}'
    return b'{"runs": [{"data": {"metrics": [%s]}}]}' % b",".join([one] * n)


def far_value(n: int) -> bytes:
    """Blank lines, and below them one value in the last of many columns of months."""
    months = [f"{1990 + i // 12}-{i % 12 + 1:02}" for i in range(190)]
    below = b"\n" * n + b"m1,recall" + b"," * len(months) + b"0.8\n"
    return b"model_id,metric," + ",".join(months).encode() + b"\n" + below
