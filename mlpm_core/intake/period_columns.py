"""Tables with a column for each period, or for each metric of several models, row by row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.date_forms import form_of, month_of
from mlpm_core.intake.columns.dates import moment
from mlpm_core.intake.columns.period_names import period_name
from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.files.rewritten import n_named, surplus_of, with_short_ones_said
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.intake.row_parts import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.profile import Profile
    from mlpm_core.intake.row_parts import Parts

_LEAST: Final = 2
_PART: Final = re.compile(r"(?:Q[1-4]|H[12]|(?:KW|CW|W|week|woche) ?[0-9]{1,2})", re.IGNORECASE)
_MOST_SHOWN: Final = 5
_PERIODS: Final = ("period", "period_start")
_NUMBERS: Final = ("value", "amount")


def with_rows_of_periods(text: Text, header: Header, fields: Fields, profile: Profile) -> Text:
    """The text with a row for each number of a table whose headers are dates, if that is answered.

    Raises
    ------
    Refusal
        With the question whether each such column is a period.
    """
    period: str | None = next((p for p in _PERIODS if p in fields.columns), None)
    number = next((n for n in _NUMBERS if n in fields.columns), None)
    if period is None or number is None or profile.is_replay or profile.period_columns == "no":
        return text
    if {period, number, "period_start", "period_end"} & set(header.fields):
        return text
    dates = [j for j, name in enumerate(header.fields) if name is None and is_date(header.cells[j])]
    if len(dates) < _LEAST:
        return text
    if profile.period_columns is None:
        cells = [shown(header.cells[j].strip()) for j in dates]
        asked = question(
            "period-columns", "period_columns", ["yes", "no"],
            first=cells[0], last=cells[-1], n=len(cells),
            preview=[
                f"yes: {', '.join(cells[:_MOST_SHOWN])} are periods of each {number}",
                "no: they are columns of another meaning",
            ],
        )  # fmt: skip
        raise Refusal(questions=[asked])
    if profile.reads_layouts and period == "period_start":
        period = "date"  # the name of our own column would say that each is a day
    if names := _names_below(text, header, fields, dates):
        return _ungrouped(text, header, dates, names, period, profile)
    columns = {j: (header.cells[j].strip(),) for j in dates}
    return in_rows(text, header, profile, columns, (period,), number)


def lines_of(text: Text, header: Header) -> Iterator[tuple[int, list[str]]]:
    """The records below a header that hold something, each with its line, from 1."""
    for line, cells in _records(text, header):
        yield line, cells + [""] * (len(header.cells) - len(cells))


def _records(text: Text, header: Header) -> Iterator[tuple[int, list[str]]]:
    """The same with no more cells than stand there."""
    data = text.data.decode("utf-8", "surrogateescape")
    reader = csv.reader(io.StringIO(data, newline=""), delimiter=header.delimiter)
    before = 0
    for cells in reader:
        line, before = before + 1, reader.line_num
        if line > header.line + 1 and not all(map(is_blank, cells)):
            yield line, cells


def _names_below(text: Text, header: Header, fields: Fields, dates: Sequence[int]) -> list[str]:
    """The second line of a header whose dates stand above several columns each; else nothing."""
    below = next(lines_of(text, header), (0, []))[1]
    under = below[dates[0] : len(header.cells)]
    gaps = [header.cells[j] for j in range(dates[0], len(header.cells)) if j not in dates]
    is_named = any(fields.named(cell) or fields.may_be_metric(cell) for cell in under)
    return below if gaps and all(map(is_blank, gaps)) and is_named else []


def _ungrouped(
    text: Text,
    header: Header,
    dates: Sequence[int],
    names: Sequence[str],
    period: str,
    profile: Profile,
) -> Text:
    """The text with a row for each date, of the columns that stand below it."""
    at, _ = next(lines_of(text, header))
    above = [cell.strip() for cell in header.cells]
    above += [""] * (len(names) - len(above))
    ends = [*dates[1:], len(names)]
    own = {j: names[j].strip() or above[j] for j in range(dates[0])}
    below = list(dict.fromkeys(n.strip() for n in names[dates[0] :] if n.strip()))

    def made(cells: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
        for k, (start, end) in enumerate(zip(dates, ends, strict=True)):
            filled = {names[j].strip(): cells[j] for j in range(start, end)}
            if not all(map(is_blank, filled.values())):
                yield k, (above[start], *(filled.get(name, "") for name in below))

    cells = [name.strip() or above[j] for j, name in enumerate(names)]
    both = replace(header, cells=cells, line=at - 1)
    return unfolded(text, both, profile, own, (period, *below), [above[j] for j in dates], made)


def with_models_above(
    text: Text, lines: Sequence[str], header: Header, fields: Fields, profile: Profile
) -> Text:
    """The text with a row for each number of a table whose models stand above their metrics.

    Raises
    ------
    Refusal
        With the question whether the names of the line above the header are models.
    """
    if not header.is_below_preamble or not header.is_wide(fields) or "model_id" in header.fields:
        return text
    if profile.is_replay or profile.models_above == "no":
        return text
    above = next(csv.reader([lines[header.line - 1]], delimiter=header.delimiter), [])
    if len(above) != len(header.cells):
        return text
    model_of: dict[int, str] = {}
    name = ""
    for j in range(len(above)):
        name = above[j].strip() or name
        if name and fields.is_metric(header.cells[j]):
            model_of[j] = name
    if not model_of or len(model_of) != len(header.wide_columns(fields)):
        return text
    if profile.models_above is None:
        models = list(dict.fromkeys(model_of.values()))
        metrics = [
            f"{m}: {', '.join(header.cells[j].strip() for j, n in model_of.items() if n == m)}"
            for m in models
        ]
        asked = question(
            "models-above", "models_above", ["yes", "no"], line=header.line,
            names=" and ".join(models),
            preview=[f"yes: {'; '.join(metrics)}", "no: the line may be skipped"],
        )  # fmt: skip
        raise Refusal(questions=[asked])
    columns = {j: (name, header.cells[j].strip()) for j, name in model_of.items()}
    return in_rows(text, header, profile, columns, ("model", "metric"), "value")


def is_date(cell: str) -> bool:
    """Whether a header is a date, in whatever form."""
    plain = cell.strip()
    if month_of(plain) is not None or _PART.fullmatch(plain) or period_name(plain) is not None:
        return True  # of which year is asked
    if not any(c.isdigit() for c in plain) or (plain.isdigit() and len(plain) not in (4, 8)):
        return False
    return moment(plain, "dmy", None) is not None or form_of([plain]) is not None


def in_rows(
    text: Text,
    header: Header,
    profile: Profile,
    columns: Mapping[int, tuple[str, ...]],
    names: tuple[str, ...],
    number: str,
    named: Mapping[int, str] | None = None,
) -> Text:
    """The text with a row for each number of some columns, and with what these are called.

    Parameters
    ----------
    names : tuple of str
        The fields that what the columns are called belongs to.
    named : mapping of int to str, optional
        Other names of the columns that stay.
    """
    kept = {j: cell for j, cell in enumerate(header.cells) if j not in columns and cell.strip()}
    return unfolded(
        text, header, profile, kept | dict(named or {}), (*names, number),
        [" of ".join(reversed(said)) for said in columns.values()],
        lambda cells: [
            (k, (*said, cells[j]))
            for k, (j, said) in enumerate(columns.items())
            if not is_blank(cells[j])
        ],
    )  # fmt: skip


def unfolded(
    text: Text,
    header: Header,
    profile: Profile,
    kept: Mapping[int, str],
    names: tuple[str, ...],
    sources: Sequence[str],
    made: Callable[[Sequence[str]], Iterable[tuple[int, Sequence[str]]]],
) -> Text:
    """The text with several rows made of each, behind the columns that are kept.

    Parameters
    ----------
    sources : sequence of str
        What the rows that are made of one can be of, such as its columns.
    made : callable
        The rows of a row, each with the place of its source.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=header.delimiter, lineterminator="\n")
    writer.writerow([*kept.values(), *names])
    rows: dict[int, int] = {}
    n_written = 1
    parts, stride = _parts_of(text, sources, profile)
    width, short = n_named(header.cells), []
    for line, written in _records(text, header):
        if len(written) < width:
            short.append(text.place_in_words(line))
        cells = written + [""] * (len(header.cells) - len(written))
        own = [cells[j] for j in kept]
        surplus = surplus_of(cells, width) if profile.reads_layouts else []
        all_made = [(0, [*[""] * len(names), *surplus])] if surplus else made(cells)
        for k, more in all_made:
            writer.writerow([*own, *more])
            n_written += 1
            rows[n_written] = text.row_at(line) + stride * k
    data = out.getvalue().encode("utf-8", "surrogateescape")
    return with_short_ones_said(replace(text, data=data, rows=rows, parts=parts), short)


def _parts_of(text: Text, sources: Sequence[str], profile: Profile) -> tuple[Parts | None, int]:
    """What tells apart the records that are made of one row, and what is added to its number."""
    if not profile.reads_layouts:
        return text.parts, 0
    names = [f"column {shown(source)}" for source in sources]
    n_lines = text.data.count(b"\n") + text.data.count(b"\r") + 1
    parts, stride = numbered(text.rows, text.parts, n_lines, names)
    return (parts, stride) if parts is not None else (text.parts, 0)
