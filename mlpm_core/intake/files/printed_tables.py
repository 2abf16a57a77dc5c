"""Tables as programs print them: Markdown, boxes of Spark, psql and DuckDB, columns of pandas, R.

What was printed is not always all: the receipt says it of "only showing top 20 rows" and the like.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from mlpm_core.intake.files.text_of_rows import TextOfRows
from mlpm_core.intake.messages import warned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.records import Warned

_LARGEST: Final = 1 << 22  # bytes: nobody prints more
_LOOKED: Final = 1 << 14  # bytes in which a table shows what it is
_RULE: Final = re.compile(r"[\s+|:\-=\u2500-\u257f]*[-=\u2500-\u257f]{2,}[\s+|:\-=\u2500-\u257f]*")
_BARS: Final = re.compile(r"(?<!\\)[|\u2502\u2503\u2506\u2551]")
_EMPHASIS: Final = re.compile(r"^(\*\*|__|`)(.+)\1$")
_FOOTERS: Final = re.compile(
    r"\s*(?:\(\d+ rows?\)|\[\d+ rows x \d+ columns\]|\d+ rows? in set.*|only showing top \d+.*"
    r"|# \u2139? ?\d.* more.*|# .*tibble.*|shape: \(.*\)|Name: .*dtype.*|\d+ rows?.*\d+ columns?.*"
    r"|[\s|\u2502\u2506]*(?:(?:\.\.+|\u2026|:|\u00b7)[\s|\u2502\u2506]*)+)\s*"
)
_CUT: Final = re.compile(
    r".*(?:only showing top|more rows|omitted|\(\d+ shown\)|\d+ rows x).*|[\s|\u2502\u2506]*"
    r"(?:(?:\.\.+|\u2026|:|\u00b7)[\s|\u2502\u2506]*)+"
)
_TYPES: Final = re.compile(
    r"(?:<?(?:varchar|double|float|u?int(?:8|16|32|64|eger)?|bigint|date|timestamp.*|boolean|bool|str"
    r"|chr|dbl|lgl|fct|dttm|[iuf](?:8|16|32|64)|datetime.*|decimal.*|text|object|---)>?)?"
)
_DELIMITERS: Final = re.compile(r"[,;\t|\u2502\u2503\u2506\u2551]")
_LEAST: Final = 2


class Printed(NamedTuple):
    """A printed table as CSV, the line of the file for each of its lines, and what must be said."""

    data: bytes
    rows: dict[int, int] | None
    warnings: tuple[Warned, ...]


def printed_table(data: bytes) -> Printed | None:
    r"""A table that was printed for people, as CSV; None when a text is none.

    Parameters
    ----------
    data : bytes
        The text, in UTF-8.

    Examples
    --------
    >>> printed_table(b"| model | value |\n|---|---|\n| churn | 0.8 |\n").data
    b'model,value\nchurn,0.8\n'
    >>> printed_table(b"   model  value\n0  churn    0.8\n1  churn    0.9\n").data
    b'model,value\nchurn,0.8\nchurn,0.9\n'
    >>> printed_table(b"model,value\nchurn,0.8\n") is None
    True
    """
    if len(data) > _LARGEST:
        return None
    head = data[:_LOOKED].decode("utf-8", "replace").splitlines()
    first = [line for line in head if line.strip() and not _FOOTERS.fullmatch(line)][:2]
    if len(first) < _LEAST:
        return None
    is_ruled = any(map(_RULE.fullmatch, first))
    has_bars = any(_BARS.search(line) for line in first)
    if not (is_ruled and has_bars) and (is_ruled or _DELIMITERS.search(first[0])):
        return None
    lines = data.decode("utf-8", "surrogateescape").splitlines()
    own = [
        (n, line) for n, line in enumerate(lines, start=1)
        if line.strip() and not _FOOTERS.fullmatch(line) and not _RULE.fullmatch(line)
    ]  # fmt: skip
    rows = _between_bars(own) if is_ruled else _side_by_side(own)
    if rows is None or len(rows) < _LEAST:
        return None
    rows = [row for i, row in enumerate(rows) if i == 0 or not _is_of_types(row[1], i)]
    is_cut = any(map(_CUT.fullmatch, lines))
    text = TextOfRows(_LARGEST * 2)
    for n, cells in rows:
        text.add(n, cells)
    unpacked = text.unpacked()
    return Printed(unpacked.data, unpacked.rows, (warned("print-cut"),) if is_cut else ())


def is_of_bars(data: bytes) -> bool:
    r"""Whether a text begins with a table of bars whose heads are ruled off, as in Markdown.

    Examples
    --------
    >>> is_of_bars(b"| model | auc |\n|:---|---:|\n| a | 0.8 |\n")
    True
    >>> is_of_bars(b"model|auc\na|0.8\n")
    False
    """
    head = data[:_LOOKED].decode("utf-8", "replace").splitlines()
    first = [line for line in head if line.strip()][:_LEAST]
    return any(map(_RULE.fullmatch, first)) and any(_BARS.search(line) for line in first)


def _is_of_types(cells: Sequence[str], i: int) -> bool:
    """Whether one of the first lines says the types of the columns."""
    return i <= _LEAST and any(cells) and all(map(_TYPES.fullmatch, map(str.lower, cells)))


def _between_bars(lines: list[tuple[int, str]]) -> list[tuple[int, list[str]]] | None:
    """The cells between bars; all lines must have as many."""
    rows = []
    for n, line in lines:
        cells = [_EMPHASIS.sub(r"\2", c.strip()) for c in _BARS.split(line.strip())]
        cells = [cell.replace("\\|", "|") for cell in cells]
        is_framed = bool(_BARS.match(line.strip()))
        rows.append((n, cells[1:-1] if is_framed and len(cells) > _LEAST else cells))
    width = len(rows[0][1]) if rows else 0
    return rows if width and all(len(cells) == width for _, cells in rows) else None


def _side_by_side(lines: list[tuple[int, str]]) -> list[tuple[int, list[str]]] | None:
    r"""The cells of a table of which pandas prints some columns below others, after a ``\\``."""
    n_blocks = 1 + sum(line.rstrip().endswith("\\") for _, line in lines)
    size, rest = divmod(len(lines), n_blocks)
    plain = [(n, line.rstrip().removesuffix("\\")) for n, line in lines]
    parts = [_in_columns(plain[i * size : (i + 1) * size]) for i in range(n_blocks)]
    whole = parts[0]
    if rest or whole is None:
        return None
    for part in parts[1:]:
        if part is None:
            return None
        is_again = all(a[:1] == b[:1] for (_, a), (_, b) in zip(whole, part, strict=True))
        whole = [
            (n, [*a, *b[is_again:]]) for (n, a), (_, b) in zip(whole, part, strict=True)
        ]  # fmt: skip
    return whole


def _in_columns(lines: list[tuple[int, str]]) -> list[tuple[int, list[str]]] | None:
    """The cells of columns that stand one below the other, with a gap between any two of them."""
    if any(_DELIMITERS.search(line) and "\t" in line for _, line in lines):
        return None
    width = max(len(line) for _, line in lines)
    padded = [(n, line.ljust(width)) for n, line in lines]
    is_gap = [all(line[i] == " " for _, line in padded) for i in range(width)]
    edges = [i for i, (a, b) in enumerate(pairwise([True, *is_gap, True])) if a != b]
    spans = [*zip(edges[::2], edges[1::2], strict=True)]
    if len(spans) < _LEAST:
        return None
    header, below = padded[0][1], padded[1][1]
    if _is_name_of_index(header, below, spans):  # pandas writes it on a line of its own
        header = "".join(b if a == " " else a for a, b in zip(header, below, strict=True))
        padded = [padded[0], *padded[2:]]
    has_index = not header[slice(*spans[0])].strip() and _counts(
        [line[slice(*spans[0])] for _, line in padded[1:]]
    )
    spans = _with_headers(header, spans, has_index=has_index)
    if len(spans) < _LEAST or len(padded) < _LEAST:
        return None
    cells = [[line[a:b].strip() for a, b in spans] for _, line in padded]
    cells[0] = [header[a:b].strip() for a, b in spans]
    if has_index:
        cells = [row[1:] for row in cells]
    if any(" " in name and "  " in name for name in cells[0]):
        return None
    is_text = any(sum(map(bool, row)) < _LEAST for row in cells[1:] if len(row) > 1)
    return None if is_text else [(n, row) for (n, _), row in zip(padded, cells, strict=True)]


def _is_name_of_index(header: str, below: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a second line only holds names where the first one has none."""
    both = [(header[a:b].strip(), below[a:b].strip()) for a, b in spans]
    return any(name for _, name in both) and all(bool(x) != bool(y) for x, y in both)


def _with_headers(
    header: str, spans: list[tuple[int, int]], *, has_index: bool
) -> list[tuple[int, int]]:
    """Columns that have a header each; a date and its time, below one header, are one column.

    Only the first, where it counts the rows, may have none.
    """
    at_ends = [(header[a] != " ", header[b - 1] != " ") for a, b in spans]
    is_right = sum(last for _, last in at_ends) >= sum(first for first, _ in at_ends)
    whole: list[tuple[int, int]] = []
    start: int | None = None
    for i, (a, b) in enumerate(spans):
        first = a if start is None else start
        if header[a:b].strip() or (i == 0 and has_index):
            whole.append((first, b))
            start = None
        elif is_right or not whole:
            start = first
        else:
            whole[-1] = (whole[-1][0], b)
    return whole


def _counts(cells: Sequence[str]) -> bool:
    """Whether cells number the rows, in any order as those of a sorted frame do."""
    numbers = [cell.strip(' "[]*') for cell in cells if not _TYPES.fullmatch(cell.strip())]
    return all(number.isdigit() for number in numbers) and len({*numbers}) == len(numbers)
