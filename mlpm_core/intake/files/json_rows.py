"""Rows that came as JSON: a list of objects, one object a line, or columns beside their data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.intake.files.text_of_rows import TextOfRows, Unpacked
from mlpm_core.intake.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlpm_core.intake.profile import Limits

_LISTS: Final = ("data", "records", "rows", "results", "items", "value")
_DEEPEST: Final = 4


def rows_of_json(data: bytes, limits: Limits, *, has_lines: bool = False) -> Unpacked | None:
    r"""The rows of a JSON file as CSV, nested objects with a point in the name; None without any.

    Parameters
    ----------
    has_lines : bool
        Is each line an object, even if there is but one?

    Raises
    ------
    Refusal
        When it has too many rows or columns, or is too large as text.

    Examples
    --------
    >>> from mlpm_core.intake.profile import Limits
    >>> rows_of_json(b'[{"id": 1, "label": {"is": true}}, {"id": 2}]', Limits()).data
    b'id,label.is\n1,true\n2,\n'
    >>> rows_of_json(b'{"id": 1}\n{"id": 2}\n', Limits()).data
    b'id\n1\n2\n'
    """
    records = _records(data.decode("utf-8-sig", "replace"), has_lines=has_lines)
    if not records:
        return None
    if len(records) > limits.rows:
        raise Refusal.of("limit-rows", limit=limits.rows)
    header: dict[str, None] = {}
    flat: list[dict[str, str]] = []
    for record in records:
        cells = dict(_cells(record, "", 0))
        header.update(dict.fromkeys(cells))
        if len(header) > limits.columns:
            raise Refusal.of("limit-columns", got=len(header), limit=limits.columns)
        flat.append(cells)
    text = TextOfRows(limits.file_bytes)
    text.add(1, [*header])
    for i, cells in enumerate(flat, start=2):
        text.add(i, [cells.get(name, "") for name in header])
    return text.unpacked()


def _records(text: str, *, has_lines: bool) -> list[dict[str, Any]] | None:
    """The objects of a file, each of which is a row; None when it is anything else."""
    whole = _parsed(text)
    if whole is None:  # one object a line
        lines = [_parsed(line) for line in text.splitlines() if line.strip()]
        return _objects(lines) if len(lines) > 1 else None
    if isinstance(whole, list):
        return _objects(whole)
    if not isinstance(whole, dict):
        return None
    names, rows = whole.get("columns"), whole.get("data")
    if isinstance(names, list) and isinstance(rows, list):
        is_table = all(isinstance(row, list) and len(row) == len(names) for row in rows)
        return [dict(zip(map(str, names), row, strict=True)) for row in rows] if is_table else None
    lists = [whole[name] for name in _LISTS if isinstance(whole.get(name), list)]
    if len(lists) == 1:
        return _objects(lists[0])
    return [whole] if has_lines else None


def _objects(values: list[Any]) -> list[dict[str, Any]] | None:
    return values if values and all(isinstance(value, dict) for value in values) else None


def _parsed(text: str) -> Any:  # noqa: ANN401  whatever stands in it
    """What a text says, its numbers as they are written; None when it is no JSON."""
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _cells(record: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        name = f"{prefix}{key}"
        match value:
            case None:
                yield name, ""
            case bool():
                yield name, "true" if value else "false"
            case dict() if depth < _DEEPEST:
                yield from _cells(value, f"{name}.", depth + 1)
            case list() | dict():  # no cell holds it
                yield name, ""
            case _:
                yield name, str(value)
