"""Workbooks written by hand, part by part, so that a test says exactly what stands in them."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATION = "application/vnd.openxmlformats-package.relationships+xml"
_TYPES = (
    f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="{_RELATION}"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.{{main}}+xml"/>'
    "{sheets}"
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>'
)
_RELS = (
    f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships">'
    "{links}</Relationships>"
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STYLES = (
    f'<?xml version="1.0"?><styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
_LAUGHS = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>'


def workbook(sheets: dict[str, list[list[Any]]] | list[list[Any]], **recipe: Any) -> bytes:
    """A workbook of one sheet or several.

    Parameters
    ----------
    sheets : dict of str to rows, or rows
        Cells: str, int, float, bool or None.
    **recipe
        ``formula`` {cell: {"f", "cached"}}, ``error`` {cell: text}, ``date_cells`` [cell],
        ``date1904``, ``computed_on_load``, ``hidden_rows`` [n], ``hidden_columns`` [n],
        ``hidden_sheets`` [name], ``merge`` [range], ``doctype``, ``member`` name,
        ``padding_member`` {name, zero_bytes}.
    """
    named = sheets if isinstance(sheets, dict) else {"Sheet1": sheets}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        numbers = range(1, len(named) + 1)
        main = "sheet.macroEnabled.main" if recipe.get("member") else "sheet.main"
        archive.writestr(
            "[Content_Types].xml",
            _TYPES.format(
                main=main,
                sheets="".join(
                    f'<Override PartName="/xl/worksheets/sheet{i}.xml" '
                    f'ContentType="{_KIND}.worksheet+xml"/>'
                    for i in numbers
                ),
            ),
        )
        link = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        archive.writestr("_rels/.rels", _RELS.format(links=link))
        hidden = recipe.get("hidden_sheets", ())
        entries = "".join(
            f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"'
            f"{' state=' + chr(34) + 'hidden' + chr(34) if name in hidden else ''}/>"
            for i, name in enumerate(named, start=1)
        )
        flag = ' date1904="1"' if recipe.get("date1904") else ""
        computed = '<calcPr fullCalcOnLoad="1"/>' if recipe.get("computed_on_load") else ""
        archive.writestr(
            "xl/workbook.xml",
            f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            f"<workbookPr{flag}/><sheets>{entries}</sheets>{computed}</workbook>",
        )
        links = "".join(
            f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" '
            f'Target="worksheets/sheet{i}.xml"/>'
            for i in numbers
        )
        links += f'<Relationship Id="rId99" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        archive.writestr("xl/_rels/workbook.xml.rels", _RELS.format(links=links))
        archive.writestr("xl/styles.xml", _STYLES)
        for i, rows in enumerate(named.values(), start=1):
            archive.writestr(f"xl/worksheets/sheet{i}.xml", _sheet(rows, recipe))
        if recipe.get("member"):
            archive.writestr(recipe["member"], b"\xd0\xcf\x11\xe0 macros")
        if padding := recipe.get("padding_member"):
            with archive.open(padding["name"], "w", force_zip64=True) as stream:
                for _ in range(padding["zero_bytes"] // 2**20):
                    stream.write(bytes(2**20))
    return out.getvalue()


def _sheet(rows: list[list[Any]], recipe: dict[str, Any]) -> str:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="9" hidden="1"/>' for n in recipe.get("hidden_columns", ())
    )
    body = []
    for i, row in enumerate(rows, start=1):
        mark = ' hidden="1"' if i in recipe.get("hidden_rows", ()) else ""
        cells = "".join(_cell(f"{chr(64 + j)}{i}", x, recipe) for j, x in enumerate(row, start=1))
        body.append(f'<row r="{i}"{mark}>{cells}</row>')
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in recipe.get("merge", ()))
    return (
        f'<?xml version="1.0"?>{_LAUGHS if recipe.get("doctype") else ""}'
        f'<worksheet xmlns="{_MAIN}">'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>{''.join(body)}</sheetData>"
        f"{f'<mergeCells>{merged}</mergeCells>' if merged else ''}</worksheet>"
    )


def _cell(at: str, value: Any, recipe: dict[str, Any]) -> str:
    column, row = at[0], int(at[1:])
    for ref in recipe.get("merge", ()):
        first, last = ref.split(":")
        if column == first[0] and int(first[1:]) < row <= int(last[1:]):
            return f'<c r="{at}"/>'
    if at in recipe.get("error", {}):
        return f'<c r="{at}" t="e"><v>{recipe["error"][at]}</v></c>'
    if at in recipe.get("formula", {}):
        told = recipe["formula"][at]
        return f'<c r="{at}"><f>{told["f"]}</f><v>{told["cached"]}</v></c>'
    if at in recipe.get("date_cells", ()):
        start = date(1904, 1, 1) if recipe.get("date1904") else date(1899, 12, 30)
        return f'<c r="{at}" s="1"><v>{(date.fromisoformat(value) - start).days}</v></c>'
    match value:
        case None:
            return ""
        case bool():
            return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f'<c r="{at}"><v>{value!r}</v></c>'
        case _:
            text = escape(str(value))
            return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
