"""Tables laid out otherwise than below one line of names, as one such table.

Lines that are quoted as a whole, tables side by side, and two lines of heads of which one names
metrics and the other models, candidates or test sets.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.files.rewritten import (
    DELIMITERS,
    TableText,
    first_lines,
    number_at,
    records_of,
    surplus_of,
    with_short_ones_said,
)
from mlpm_core.intake.files.two_heads import with_one_head
from mlpm_core.intake.files.units_row import with_units_in_names
from mlpm_core.intake.messages import Refusal, question, warned
from mlpm_core.intake.metric_names import normal
from mlpm_core.intake.row_parts import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.files.rewritten import Rows
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question, Record

_LEAST: Final = 2
_MOST_SHOWN: Final = 5
_MOST_TABLES: Final = 9
_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"[;,\t|]*')
_NUMBER: Final = re.compile(r"[^\w]*[0-9].*")


def laid_out(
    text: Text, record: type[Record], profile: Profile, is_header: Callable[[Sequence[str]], bool]
) -> Text:
    """The text as one table below one line of names; the same where it is one already.

    Raises
    ------
    Refusal
        With the question which of the tables side by side are read, what the heads name, or whether
        a row holds units.
    """
    text = _without_quotes(text)
    text = with_units_in_names(text, profile, is_header)
    text = _one_of_beside(text, profile, is_header)
    return with_one_head(text, record, profile)


def _without_quotes(text: Text) -> Text:
    """The text without the quotes about each of its lines as a whole.

    The header may stand without them: no line of one cell could be its record.
    """
    first = [line for line in first_lines(text) if line.strip()]
    if len(first) < _LEAST or not all(map(_is_whole, first[1:])):
        return text
    if not _is_whole(first[0]) and max(map(first[0].count, DELIMITERS)) == 0:
        return text
    lines = text.data.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    plain, n = [], 0
    for line in lines:
        body = line.rstrip("\r\n")
        if _is_whole(body):
            match = _QUOTED.fullmatch(body)
            inner = match[1].replace('""', '"') if match else body
            plain.append(inner + line[len(body) :])
            n += 1
        else:
            plain.append(line)
    data = "".join(plain).encode("utf-8", "surrogateescape")
    said = warned("quoted-lines", n, n=f"{n:,}")
    return replace(text, data=data, warnings=(*text.warnings, said))


def _is_whole(line: str) -> bool:
    """Whether a line is one cell in quotes that holds several.

    Examples
    --------
    >>> _is_whole('"a,b,c"'), _is_whole('"a","b"'), _is_whole('"a;""b"";c";;'), _is_whole('"a"')
    (True, False, True, False)
    """
    if not line.startswith('"'):
        return False
    match = _QUOTED.fullmatch(line.strip())
    return match is not None and any(d in match[1] for d in DELIMITERS)


class _Block(NamedTuple):
    """The columns of one of several tables side by side."""

    start: int
    stop: int

    def of(self, cells: Sequence[str]) -> list[str]:
        """The cells of a row that belong to it."""
        return [*cells[self.start : self.stop], *[""] * (self.stop - max(len(cells), self.start))]

    def holds(self, cells: Sequence[str]) -> bool:
        """Whether a row has anything in it."""
        return not all(map(is_blank, self.of(cells)))

    def is_short(self, cells: Sequence[str]) -> bool:
        """Whether a row ends within it."""
        return self.start < len(cells) < self.stop


def _one_of_beside(
    text: Text, profile: Profile, is_header: Callable[[Sequence[str]], bool]
) -> Text:
    """The text with one of several tables side by side, or with all of them below each other."""
    if profile.side_tables == "one":
        return text
    found = _beside(text, is_header)
    if found is None:
        return text
    at, rows, delimiter, blocks = found
    headers = [[c.strip() for c in block.of(rows[at][1])] for block in blocks]
    are_alike = len({tuple(map(normal, header)) for header in headers}) == 1
    counts = [sum(block.holds(cells) for _, cells in rows[at + 1 :]) for block in blocks]
    if profile.side_tables is None:
        known = [i for i, header in enumerate(headers) if is_header(header)]
        raise Refusal(
            questions=[_about_tables(rows[at + 1 :], blocks, headers, counts, known, are_alike)]
        )
    if profile.side_tables == "all":
        return _below_each_other(text, at, rows, delimiter, blocks)
    chosen = min(int(profile.side_tables), len(blocks)) - 1
    out = TableText(delimiter)
    short: list[str] = []
    for i, (row, cells) in enumerate(rows):
        if i <= at or blocks[chosen].holds(cells):
            if i > at and blocks[chosen].is_short(cells):
                short.append(text.place_in_words(row))
            surplus = _behind(cells, blocks) if i > at and chosen == len(blocks) - 1 else []
            out.add(text.row_at(row), [*blocks[chosen].of(cells), *surplus])
    n_left = sum(counts) - counts[chosen]
    others = [", ".join(h[:_MOST_SHOWN]) for i, h in enumerate(headers) if i != chosen]
    said = warned("side-tables", n_left, n=f"{n_left:,}", names=others)
    read = replace(
        text, data=out.data, rows=out.rows, n_left=text.n_left + n_left,
        warnings=(*text.warnings, said),
    )  # fmt: skip
    return with_short_ones_said(read, short).of_part(f"table {chosen + 1}")


def _behind(cells: Sequence[str], blocks: Sequence[_Block]) -> list[str]:
    return surplus_of(cells, blocks[-1].stop)


def _beside(
    text: Text, is_header: Callable[[Sequence[str]], bool]
) -> tuple[int, Rows, str, list[_Block]] | None:
    """Where the header of several tables side by side stands, all rows, and their columns."""
    for line in first_lines(text):
        for delimiter in DELIMITERS:
            if not re.search(rf"{re.escape(delimiter)}[ \t]*\"*{re.escape(delimiter)}", line):
                continue
            cells = next(csv.reader([line], delimiter=delimiter), [])
            if len(_blocks(cells)) < _LEAST:
                continue
            rows = records_of(text, delimiter)
            at = next((i for i, (_, other) in enumerate(rows) if other == cells), None)
            if at is None:
                continue
            blocks = _blocks(cells)
            gaps = {*range(blocks[-1].stop)} - {j for b in blocks for j in range(*b)}
            below = rows[at + 1 :]
            are_apart = all(is_blank(c) for _, row in below for j, c in enumerate(row) if j in gaps)
            if below and are_apart and _are_tables(cells, blocks, is_header):
                return at, rows, delimiter, blocks
    return None


def _blocks(cells: Sequence[str]) -> list[_Block]:
    """The runs of names in a line, of at least two each; none where one is a number."""
    blocks, start = [], None
    for j, cell in enumerate([*cells, ""]):
        if not is_blank(cell) and start is None:
            start = j
        elif is_blank(cell) and start is not None:
            blocks.append(_Block(start, j))
            start = None
    if any(b.stop - b.start < _LEAST for b in blocks) or len(blocks) > _MOST_TABLES:
        return []
    return [] if any(map(_NUMBER.fullmatch, cells)) else blocks


def _are_tables(
    cells: Sequence[str],
    blocks: Sequence[_Block],
    is_header: Callable[[Sequence[str]], bool],
) -> bool:
    """Whether blocks of columns are tables of their own, not one table with a gap for the eye."""
    names = [{normal(c) for c in block.of(cells)} for block in blocks]
    if len(set.union(*names)) < sum(map(len, names)):
        return True  # a name comes again
    return any(is_header(block.of(cells)) for block in blocks)


def _about_tables(
    below: Rows,
    blocks: Sequence[_Block],
    headers: Sequence[Sequence[str]],
    counts: Sequence[int],
    known: Sequence[int],
    are_alike: bool,
) -> Question:
    """Which table is read; those whose header is known stand first."""
    order = sorted(range(len(blocks)), key=lambda i: i not in known)
    numbers, preview = [str(i + 1) for i in order], []
    for i in order:
        first = next((blocks[i].of(cells) for _, cells in below if blocks[i].holds(cells)), [])
        preview.append(
            f"{i + 1}: {', '.join(headers[i])} / {', '.join(map(str.strip, first))} ({counts[i]:,} "
            f"rows); the other {sum(counts) - counts[i]:,} rows are left out"
        )
    every = ["all"] if are_alike else []
    preview = [f"all: {sum(counts):,} rows, one table below the other"] * are_alike + preview
    preview.append("one: it is one table, with an empty column in it")
    return question(
        "side-tables", "side_tables", [*every, *numbers, "one"], n=len(blocks), preview=preview
    )


def _below_each_other(
    text: Text, at: int, rows: Rows, delimiter: str, blocks: Sequence[_Block]
) -> Text:
    """All tables one below the other, each row with what stands above its table."""
    titles = [
        next((c.strip() for _, cells in rows[:at][::-1] for c in b.of(cells) if c.strip()), "")
        for b in blocks
    ]
    has_titles = len({*titles}) > 1
    names = [f"table {i}" for i in range(1, len(blocks) + 1)]
    parts, stride = numbered(text.rows, text.parts, rows[-1][0], names)
    out = TableText(delimiter)
    header = blocks[0].of(rows[at][1])
    out.add(text.row_at(rows[at][0]), [*header, "table"] if has_titles else header)
    short: list[str] = []
    for k, block in enumerate(blocks):
        for row, cells in rows[at + 1 :]:
            if block.holds(cells):
                if block.is_short(cells):
                    short.append(text.place_in_words(row))
                more = [titles[k]] if has_titles else []
                surplus = _behind(cells, blocks) if block is blocks[-1] else []
                made = [*block.of(cells), *more, *surplus]
                out.add(number_at(text, row, parts, stride * k), made)
    below = replace(text, data=out.data, rows=out.rows, parts=parts or text.parts)
    return with_short_ones_said(below, short).of_part("all tables")
