"""Questions a file's layout and dates raise before any row is judged."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.intake.columns.date_forms import in_any_form, in_form
from mlpm_core.intake.columns.dates import moment
from mlpm_core.intake.columns.mapping import (
    about_column,
    asked_about_end,
    asked_about_fields,
    asked_about_outcomes,
    asked_about_units,
    with_unit,
)
from mlpm_core.intake.columns.marks import about_marks
from mlpm_core.intake.columns.period_words import day_in_words
from mlpm_core.intake.columns.rows import flags
from mlpm_core.intake.columns.time_texts import without_zone
from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.messages import Refusal, question, reject, shown
from mlpm_core.intake.metric_names import KEEP
from mlpm_core.intake.profile import IGNORE, joined
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.columns.readings import Reading
    from mlpm_core.intake.files.table import Table
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question, Reject

_MOST_DATES = 5  # that are shown
NO_DATE = "is no date"
"""What a question says of a date that cannot be read as an answer would have it."""
_MEANS = {
    KEEP: "another metric, kept under its own name; no value rests on it",
    IGNORE: "none of these; the column is not used",
}


def asked_about_layout(
    records: Table, header: Header, fields: Fields, profile: Profile, around: list[str],
    row_at: Callable[[int], int],
) -> Table:  # fmt: skip
    """The table with repeated headers settled.

    Parameters
    ----------
    around : list of str
        The lines about the header with their numbers, as a person sees them before any is skipped.
    row_at : callable
        The number in the file of a line of the text, both from 1.

    Raises
    ------
    Refusal
        With questions about the decimal mark, lines above the header, or a second header.
    """
    questions = []
    if header.is_below_preamble:
        at = header.line
        questions.append(question("preamble", "skip_lines", [str(at)], line=at + 1, preview=around))
    again = _headers_again(records, header, fields)
    if again and profile.second_table is None:
        n_below = int(np.count_nonzero(records.lines >= again[0]))
        preview = [
            f"skip: all {len(records.lines) - len(again):,} rows are read",
            f"first: the {n_below:,} rows from there on are left out",
        ]
        questions.append(
            question(
                "second-table", "second_table", ["skip", "first"],
                line=row_at(again[0] + 1), preview=preview,
            )
        )  # fmt: skip
    elif again and profile.second_table == "skip":
        records = records.without(set(again).__contains__)
    elif again:
        records = records.without(lambda line: line >= again[0])
    questions += about_marks(records, header, fields, profile)
    if questions:
        raise Refusal(questions=questions)
    return records


def _headers_again(records: Table, header: Header, fields: Fields) -> list[int]:
    """The lines of records that name all required fields again."""
    least = min(2, len(fields.required))
    profile_given = fields.profile.constants.keys()
    # A header names every required field, and no number names any: so it can only be where one of
    # these few columns holds a name. The shortest are the quickest to look through.
    columns = [c for c in records.columns if not (c.has_many and c.numbers is not None)]
    n_named = 1 if header.is_wide(fields) else len(fields.required - profile_given)
    columns.sort(key=lambda c: c.has_many)
    is_candidate = np.zeros(len(records.lines), dtype=bool)
    del columns[max(0, len(columns) - max(1, n_named) + 1) :]
    for column in columns:
        is_name = flags(not c[:1].isdigit() and fields.n_named([c]) > 0 for c in column.cells)
        if is_name.any():
            is_candidate |= is_name[column.codes]
    lines = [
        int(records.lines[i])
        for i in np.flatnonzero(is_candidate).tolist()
        if fields.is_header([c.cells[int(c.codes[i])] for c in records.columns])
    ]
    lines += [
        d.line for d in records.damaged if len(d.cells) >= least and fields.is_header(d.cells)
    ]
    return sorted(lines)


def checked_header(records: Table, header: Header, fields: Fields, profile: Profile) -> None:
    """Every required field has one column, and nothing filled goes unnamed.

    Raises
    ------
    Refusal
        With rejects for the whole file, or with questions about its header.
    """
    present = {f for f in header.fields if f is not None}
    given = present | profile.constants.keys()
    is_wide = header.is_wide(fields)
    near = near_fields(header, fields)
    missing = fields.missing({*given, *(f for names in near.values() for f in names)})
    if is_wide or fields.has_metric_columns(header):
        missing -= {"metric", "value", "model_id"}
    rejects = [*_twice(header, fields), *_unnamed(records, header, fields)]
    which: list[Question] | None = []
    if missing and not profile.is_replay:
        every = fields.missing(given) - (
            {"metric", "value"} if fields.has_metric_columns(header) else set()
        )
        which = asked_about_fields(records, header, fields, every)
    if missing and not which:
        names = [c for c in fields.columns if c in missing]
        headers = ", ".join(shown(c) for c in header.cells[:20])
        rejects.append(
            reject("missing-column", None, None, names=", ".join(names), headers=headers)
        )
    if rejects:
        raise Refusal(rejects)
    index = _about_index(records, header, fields) if profile.index_column is None else []
    if which or index:
        raise Refusal(questions=[*index, *(which or [])])
    questions = [
        about_column(
            records,
            j,
            header.cells[j],
            [a for n in names for a in with_unit(n, header.cells[j], fields.columns[n], fields)],
            fields,
        )
        for j, names in near.items()
    ]
    questions += asked_about_end(records, header, fields)
    questions += asked_about_units(records, header, fields)
    questions += asked_about_outcomes(records, header, fields)
    last = len(header.cells) - 1
    if (
        is_blank(header.cells[-1])
        and profile.empty_last_column is None
        and header.fields[-1] is None
        and not header.is_ignored(last, fields)
    ):
        questions.append(question("empty-last-column", "empty_last_column", [IGNORE]))
    if is_wide:
        questions += [
            q
            for j, (cell, field) in enumerate(zip(header.cells, header.fields, strict=True))
            if field is None and not header.is_ignored(j, fields)
            for q in _about_metric(cell, fields, IGNORE)
        ]
        questions += _about_wide(header, fields, has_model="model_id" in given)
    if questions:
        raise Refusal(questions=questions)


def near_fields(header: Header, fields: Fields) -> dict[int, list[str]]:
    """The fields to which headers that name none come close, by the place of their column."""
    given = {f for f in header.fields if f is not None} | fields.profile.constants.keys()
    return _near(header, fields, given, is_wide=header.is_wide(fields))


def _near(
    header: Header, fields: Fields, given: Iterable[str], *, is_wide: bool
) -> dict[int, list[str]]:
    taken = {*given, *(("metric", "value") if is_wide else ())}
    wide = set(header.wide_columns(fields))
    near = {}
    for j, (cell, name) in enumerate(zip(header.cells, header.fields, strict=True)):
        if (
            name is None
            and j not in wide
            and not is_blank(cell)
            and not header.is_ignored(j, fields)
        ):
            names = fields.near(cell, taken)
            if names:
                near[j] = names
    return near


def _twice(header: Header, fields: Fields) -> list[Reject]:
    places: dict[str, list[int]] = defaultdict(list)
    for j, name in enumerate(header.fields):
        if name is not None:
            places[name].append(j)
    for j in header.wide_columns(fields):
        places[fields.metric_of(header.cells[j])].append(j)
    return [
        reject(
            "duplicate-label",
            None,
            name,
            field=name,
            positions=" and ".join(f"{header.label(j)} (column {j + 1})" for j in at),
        )
        for name, at in places.items()
        if len(at) > 1
    ]


def _unnamed(records: Table, header: Header, fields: Fields) -> list[Reject]:
    return [
        reject("blank-label", None, None, position=j + 1)
        for j in nameless_columns(records, header, fields)
        if fields.profile.index_column == "faulty" or not _counts_rows(records, j)
    ]


def nameless_columns(records: Table, header: Header, fields: Fields) -> list[int]:
    """The places of columns that hold something, and have neither a name nor an answer."""
    return [
        j
        for j, cell in enumerate(header.cells)
        if is_blank(cell)
        and header.fields[j] is None
        and not header.is_ignored(j, fields)
        and not all(map(is_blank, records.columns[j].cells))
    ]


def _counts_rows(records: Table, j: int) -> bool:
    """Whether a column counts the rows from 0 or 1, as the index of a data frame does."""
    column = records.columns[j]
    cells = column.cells
    if len(cells) != len(records.lines) or not cells[0].strip().isdigit():
        return False
    first = cells[0].strip()
    return first in ("0", "1") and all(
        cell.strip() == str(i) for i, cell in enumerate(cells, start=int(first))
    )


def _about_index(records: Table, header: Header, fields: Fields) -> list[Question]:
    """The question whether a column without a name that counts the rows may be ignored."""
    return [
        question(
            "index-column", "index_column", [IGNORE, "faulty"], position=j + 1,
            preview=[f"{IGNORE}: the column is not used", "faulty: it lacks its name"],
        )
        for j in nameless_columns(records, header, fields)
        if _counts_rows(records, j)
    ]  # fmt: skip


def _about_wide(header: Header, fields: Fields, *, has_model: bool) -> list[Question]:
    headers = [header.cells[j].strip() for j in header.wide_columns(fields)]
    preview = [f"{h}: metric {fields.metric_of(h)}" for h in headers]
    asked = []
    if headers and not any(map(fields.is_answered, headers)):
        mapping = ", ".join(preview[:12])
        asked.append(
            question(
                "wide-layout", "wide", [joined(headers)],
                asked=f"is this the mapping ({mapping})?", preview=preview,
            )
        )  # fmt: skip
    if not has_model:
        asked.append(question("wide-layout", "constants.model_id", [], asked="which model is it?"))
    return asked


def asked_about_metrics(readings: dict[str, Reading], fields: Fields) -> None:
    """Names of metrics that come close to one of the registry are told apart.

    Raises
    ------
    Refusal
        With a question for each such name.
    """
    if not fields.has_metrics or "metric" not in readings:
        return
    used = readings["metric"].array(ColumnKind.NAME).unique().to_pylist()
    questions = [q for name in used if name for q in _about_metric(name, fields, KEEP)]
    if questions:
        raise Refusal(questions=questions)


def _about_metric(name: str, fields: Fields, other: str) -> list[Question]:
    """The question what a name stands for, if it may be a metric that is known."""
    answers = [other if answer == KEEP else answer for answer in fields.may_mean(name)]
    if not answers:
        return []
    key = f"metrics.{name.strip().replace('=', '%3D')}"
    said = [_MEANS.get(a, f"the metric {a}") for a in answers]
    preview = [f"{a}: {text}" for a, text in zip(answers, said, strict=True)]
    return [question("metric-name", key, answers, name=name.strip(), preview=preview)]


def _about_order(n: Counter[str], samples: Mapping[str, list[str]]) -> list[Question]:
    """The question in which order day and month stand, and the year where all may begin with it."""
    n_dates = {what: count for what, count in n.items() if what != "serial" and count}
    if not n_dates:
        return []
    if all("ymd" in what for what in n_dates):
        texts = [text for what in n_dates for text in samples[what]][:_MOST_DATES]
        orders = [
            order
            for order in ("ymd", "dmy", "mdy")
            if all(in_form(text, "short", order) is not None for text in texts)
        ]
        preview = [f"{o}: {', '.join(_day_of(text, o) for text in texts)}" for o in orders]
        return [question("date-year-first", "date_order", orders, value=texts[0], preview=preview)]
    counts: Counter[str] = Counter()
    shown_by: dict[str, list[str]] = defaultdict(list)
    for what, count in n_dates.items():
        word = what.partition("+")[0]
        counts[word] += count
        shown_by[word] += samples[what]
    order = ["mdy", "dmy"] if counts["mdy"] > counts["dmy"] else ["dmy", "mdy"]
    texts = [text for word in ("both", "dmy", "mdy") for text in shown_by[word][:2]][:_MOST_DATES]
    preview = [f"{o}: {', '.join(_read_in(text, o) for text in texts)}" for o in order]
    return [
        question(
            "date-order", "date_order", order,
            n=counts["both"], a=counts["dmy"], b=counts["mdy"], preview=preview,
        )
    ]  # fmt: skip


def _read_in(text: str, order: str) -> str:
    """What a date is in an order of day and month.

    Examples
    --------
    >>> _read_in("06.07.2026", "dmy"), _read_in("13/07/2026 9:30", "mdy")
    ('06.07.2026 is Mon 6 Jul 2026', '13/07/2026 9:30 is no date')
    """
    plain = without_zone(text)
    read = moment(plain, order, None) or in_any_form(plain, order)
    if read is None or read.at is None:
        return f"{text} {NO_DATE}"
    return f"{text} is {day_in_words(read.local or read.at)}"


def _day_of(text: str, order: str) -> str:
    read = in_form(text, "short", order)
    return f"{read.at:%Y-%m-%d}" if read is not None and read.at is not None else text


def _of_serial(text: str, system: str) -> str:
    read = moment(text, None, system)
    return f"{text} is {read.at:%Y-%m-%d}" if read is not None and read.at is not None else text


def asked_about_dates(readings: dict[str, Reading]) -> None:
    """Dates can be read.

    Raises
    ------
    Refusal
        With the questions of day and month, or of day numbers.
    """
    n: Counter[str] = Counter()
    samples: dict[str, list[str]] = defaultdict(list)
    for reading in readings.values():
        for note in reading.notes:
            what = note.removeprefix("asks ")
            if what == note:
                continue
            where = np.flatnonzero(reading.noting(note))
            n[what] += len(where)
            texts = dict.fromkeys(reading.text(i) for i in where[:200].tolist())
            samples[what] += [shown(text) for text in list(texts)[:5]]
    questions = _about_order(n, samples)
    if n["serial"]:
        systems, serials = ["1900", "1904"], samples["serial"]
        preview = [f"{s}: {', '.join(_of_serial(x, s) for x in serials)}" for s in systems]
        questions.append(question("excel-serial", "excel_serial", systems, preview=preview))
    if questions:
        raise Refusal(questions=questions)
