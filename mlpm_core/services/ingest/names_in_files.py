"""KPIs, value cases and other records that a file calls by their titles, or in other letters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mlpm_core.intake.columns.rows import Rows, distinct
from mlpm_core.intake.messages import shown, warned
from mlpm_core.intake.metric_names import normal
from mlpm_core.records import Model, columns, record_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlpm_core.intake import ImportRequest
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.store import Reader


def with_short_names(reader: Reader, asked: ImportRequest, file: ParsedFile) -> ParsedFile:
    """The rows with the short names of what they refer to, where they tell its title instead.

    Case, spaces and dashes do not matter. What two records are called is taken for neither, and
    models are left alone: a new one is no mistake. A warning names what was taken for what.
    """
    if asked.by_application or not asked.profile.reads_layouts or not len(file.rows.of):
        return file
    fields, taken = dict(file.rows.fields), dict[str, str]()
    for column in columns(asked.record):
        if column.refers_to is None or column.refers_to == Model.kind or column.several:
            continue
        codes, cells = distinct(fields[column.name])
        record = record_of(column.refers_to)
        rows = reader.table(record, asked.project) if any(cells) else []
        meant = _meant(rows, record.key[-1], {cell for cell in cells if cell})
        if meant:
            settled = pa.array([meant.get(cell or "", cell) for cell in cells], pa.string())
            fields[column.name] = settled.take(pa.array(codes))
            taken |= meant
    if not taken:
        return file
    said = warned("short-names", names=[f"{shown(a)} as {shown(b)}" for a, b in taken.items()])
    receipt = file.receipt.model_copy(update={"warnings": file.warned(said)})
    return replace(file, rows=Rows(file.rows.of, fields), receipt=receipt)


def _meant(rows: Iterable[Mapping[str, Any]], key: str, names: set[str]) -> dict[str, str]:
    """The short names that names which are none stand for.

    Examples
    --------
    >>> rows = [{"kpi_id": "nps", "title": "Promoters"}, {"kpi_id": "cr", "title": "Conversion"}]
    >>> _meant(rows, "kpi_id", {"NPS", "cr", "conversion", "churn"}) == {
    ...     "NPS": "nps", "conversion": "cr"
    ... }
    True
    """
    called: dict[str, set[str]] = {}
    for row in rows:
        for name in (row[key], row.get("title") or row.get("name") or row[key]):
            called.setdefault(normal(str(name)), set()).add(row[key])
    existing = {short for shorts in called.values() for short in shorts}
    return {
        name: next(iter(shorts))
        for name in sorted(names - existing)
        if len(shorts := called.get(normal(name), set())) == 1
    }
