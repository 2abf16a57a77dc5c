"""The whole check of a file, stage by stage; a stage that refuses or asks ends it.

`read` needs nothing but the file, so it can run in a process of its own; `judge` then asks what is
stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.intake.columns.cell_parser import ZONE, Grammar
from mlpm_core.intake.columns.column_reader import Checker
from mlpm_core.intake.columns.cost_periods import both_days
from mlpm_core.intake.columns.credits import with_credits
from mlpm_core.intake.columns.damaged_records import (
    check_header_bytes,
    structural_rejects,
    without_bad_bytes,
)
from mlpm_core.intake.columns.day_times import with_times_of_day
from mlpm_core.intake.columns.extra_columns import PERIOD, PERIOD_END, extra_columns, file_columns
from mlpm_core.intake.columns.fill_down import filled_down
from mlpm_core.intake.columns.header import Fields, Header
from mlpm_core.intake.columns.layout_questions import (
    asked_about_dates,
    asked_about_layout,
    asked_about_metrics,
    checked_header,
)
from mlpm_core.intake.columns.look import look_at
from mlpm_core.intake.columns.mapping import with_one_period
from mlpm_core.intake.columns.marks import (
    NUMBERS_OR_CLASSES,
    marks_in_words,
    plain_numbers,
    settled_marks,
)
from mlpm_core.intake.columns.metric_rules import (
    check_results,
    result_rows,
    with_one_count,
)
from mlpm_core.intake.columns.names import check_project
from mlpm_core.intake.columns.outcomes import asked_about_classes, known_outcomes, with_classes
from mlpm_core.intake.columns.period_words import periods_in_words, spans_in_words
from mlpm_core.intake.columns.periods import periods_of
from mlpm_core.intake.columns.readings import Faults
from mlpm_core.intake.columns.rows import Rows
from mlpm_core.intake.columns.set_aside import set_aside
from mlpm_core.intake.columns.shares import as_shares, with_errors_in
from mlpm_core.intake.columns.signs import in_codes, units_noted, with_signs
from mlpm_core.intake.columns.spreads import (
    SPREADS_IN_WORDS,
    with_ends,
    with_rows_of_spreads,
    with_spreads_apart,
)
from mlpm_core.intake.columns.totals import totals_in
from mlpm_core.intake.columns.wide_counts import with_counts
from mlpm_core.intake.columns.year_parts import with_whole_dates
from mlpm_core.intake.corrections import corrected_file, rejected_lines
from mlpm_core.intake.diff import compared
from mlpm_core.intake.files.csv_records import table
from mlpm_core.intake.files.detect import text_of
from mlpm_core.intake.files.lines import Lines, is_blank
from mlpm_core.intake.files.table import told_apart
from mlpm_core.intake.import_plan import ImportPlan
from mlpm_core.intake.messages import Refusal, warned
from mlpm_core.intake.name_columns import with_rows_of_counts, with_rows_of_names
from mlpm_core.intake.parsed_file import NOTES, PERIOD_UNSAID, SET_ASIDE, ParsedFile, counted
from mlpm_core.intake.period_columns import with_models_above, with_rows_of_periods
from mlpm_core.intake.reject_file import rejected_records
from mlpm_core.intake.request import DecodedFile
from mlpm_core.intake.shape import Shape, header_shape, marks_in, start_of_file
from mlpm_core.records import (
    Cost,
    KpiActual,
    MetricResult,
    Prediction,
    Receipt,
    RolloutResult,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mlpm_core.intake.columns.readings import Reading
    from mlpm_core.intake.files.table import Table
    from mlpm_core.intake.request import ImportRequest, StoredRecords
    from mlpm_core.records import FileLook, Reject, RejectedLines, Warned

_MOST_ABOVE, _MOST_BELOW = 12, 3  # lines above a header and from it on that are shown


def judge(asked: ImportRequest, stored: StoredRecords, *, accept_good: bool) -> ImportPlan:
    """Check a file and say what storing it would do; nothing is stored.

    Returns
    -------
    ImportPlan
        Its receipt's status is dry_run, rejected or asked.

    Raises
    ------
    InputError
        When the project's name, or an answer of the profile, cannot be used.
    """
    try:
        return judged(read(asked), asked, stored, accept_good=accept_good).placed()
    except Refusal as refusal:
        return ImportPlan(asked.receipt(refusal))


def judged(
    file: ParsedFile, asked: ImportRequest, stored: StoredRecords, *, accept_good: bool
) -> ImportPlan:
    """What storing a file that was read would do.

    Parameters
    ----------
    stored : StoredRecords
        The rows that hold now.
    accept_good : bool
        Would good rows be stored although others are rejected?
    """
    try:
        return compared(file, stored, asked.profile, accept_good=accept_good)
    except Refusal as refusal:
        return ImportPlan(asked.receipt(refusal))


def read(asked: ImportRequest) -> ParsedFile:
    """Everything that the file alone can say.

    Raises
    ------
    Refusal
        When no row can be judged: the file is refused, or raises questions.
    InputError
        When the project's name, or an answer of the profile, cannot be used.
    """
    opened = _opened(asked)
    try:
        return _parsed(opened, asked)
    except Refusal as refusal:
        refusal.shape = opened.shape.text
        raise


def _parsed(opened: DecodedFile, asked: ImportRequest) -> ParsedFile:
    """The records of a file as typed rows, and what is wrong with the others."""
    records, checker = opened.table, opened.checker
    checked_header(records, opened.header, opened.fields, asked.profile)
    if records.n_records == len(records.blank):
        raise Refusal.of("no-rows")
    records = without_bad_bytes(records, opened.text)
    records = filled_down(records, opened.header, opened.fields, opened.text)
    records, of_sides = with_credits(records, opened.header, opened.fields)
    records = with_times_of_day(records, opened.header, opened.fields)
    records, in_dates = with_whole_dates(records, opened.header, opened.fields, asked.profile)
    faults, readings = _cells(records, opened, checker)
    totals = totals_in(records, readings, checker.columns, opened.fields, faults, opened.text)
    if totals.lines:
        records = records.without(totals.lines.__contains__)
        checker = Checker(opened.fields, opened.header, checker.grammar, asked.project)
        faults, readings = _cells(records, opened, checker)
    asked_about_dates(readings)
    if checker.questions:
        raise Refusal(questions=checker.questions)
    asked_about_metrics(readings, opened.fields)
    if opened.fields.has_metrics:
        check_results(readings, checker.columns, faults)
    read_as: list[str] = []
    has_periods = PERIOD_END in extra_columns(asked.record)
    if has_periods:
        periods = periods_of(readings, checker.columns, asked.profile, faults)
        read_as += periods.notes
    left_out = ("metric", "value") if checker.columns.wide else ()
    fields = {
        c.name: readings[c.name].array(c.kind)
        for c in file_columns(asked.record)
        if c.name not in left_out and c not in (PERIOD_END, PERIOD)
    }
    if asked.record is Cost:
        fields["currency"] = with_signs(fields["currency"], readings["amount"])
    if "currency" in fields and asked.profile.reads_layouts:
        fields["currency"] = in_codes(fields["currency"], asked.profile.own_currency)
    if asked.record in (KpiActual, RolloutResult) and not asked.profile.is_replay:
        fields["unit"] = with_signs(fields["unit"], readings["value"])
    if PERIOD in extra_columns(asked.record):
        fields |= both_days(readings, checker.columns, faults, asked.profile)
    if has_periods:
        fields |= {"period_start": periods.starts, "granularity": periods.lengths}
    if not asked.profile.is_replay:
        of_either = NUMBERS_OR_CLASSES & fields.keys()
        fields |= {name: plain_numbers(fields[name], checker.grammar) for name in of_either}
        if asked.record is Prediction:
            fields["y_true"] = known_outcomes(fields["y_true"])
    rows = with_ends(Rows(np.arange(len(records.lines), dtype=np.int64), fields), opened.spread)
    is_left, said = set_aside(asked.record, readings, checker.columns, faults, asked.profile)
    is_good = ~faults.is_bad & ~is_left
    rows = result_rows(rows, readings, checker.columns, is_good)
    if asked.record is Prediction:
        asked_about_classes(rows, asked.profile)
        rows = with_classes(rows, asked.profile)
    if checker.columns.wide:
        rows, counted_cases = with_counts(rows, readings, checker.columns, asked.profile)
        read_as += [counted_cases] if counted_cases else []
    elif asked.record is MetricResult:
        rows = with_one_count(rows, asked.profile)
    if opened.fields.has_metrics:
        rows = as_shares(with_errors_in(rows, asked.profile), asked.profile)
    n = len(records.lines)
    notes = {
        note: counted([r.noting(note) for r in readings.values() if note in r.notes], n)
        for note in NOTES
        if (note != "utc-assumed" or asked.profile.zone in (None, "UTC"))
        and any(note in r.notes for r in readings.values())
    }
    if asked.profile.reads_layouts:
        notes |= units_noted(readings, opened.fields, n)
    if asked.record is MetricResult:
        notes[PERIOD_UNSAID] = periods.is_unsaid.astype(np.int64)
    if has_periods:  # of no good row there is nothing to say
        read_as = [*periods_in_words(rows), *read_as] if len(rows.of) else []
    if asked.record is Cost and is_good.any():
        read_as += spans_in_words(rows)
        if currencies := [c for c in rows.fields["currency"].unique().to_pylist() if c]:
            read_as.append(f"amounts in {' and '.join(sorted(currencies))}")
    if zones := {n.removeprefix(ZONE) for r in readings.values() for n in r.notes if ZONE in n[:5]}:
        read_as.append(f"times of the zone {' and '.join(sorted(zones))}")
    if records.times_of_day:
        of_day = map(opened.header.label, records.times_of_day.values())
        read_as.append(f"times of day from {' and '.join(of_day)}")
    if opened.spread in SPREADS_IN_WORDS:
        read_as.append(SPREADS_IN_WORDS[opened.spread])
    if checker.grammar.profile is not asked.profile:
        read_as.append(marks_in_words(checker.grammar.profile))
    if opened.text.part:
        read_as.append(opened.text.part)
    receipt = Receipt(
        status=Status.DRY_RUN,
        kind=asked.kind,
        project=asked.project,
        filename=asked.filename,
        lines=records.n_records + records.n_left,
        ignored=records.n_left,
        shape=opened.shape.text,
        blank=len(records.blank),
        warnings=[
            *_about_file(opened, records, {*in_dates, *of_sides, *records.times_of_day.values()}),
            *totals.warnings,
            *said,
        ],
        read_as=", ".join(read_as),
    )
    if is_left.any():
        notes[SET_ASIDE] = is_left.astype(np.int64)
    labels = {c.name: checker.columns.label(c.name) for c in file_columns(asked.record)}
    return ParsedFile(
        asked.record, labels, rows, faults, len(records.damaged), notes, receipt, opened.text.parts
    )


def _cells(
    records: Table, opened: DecodedFile, checker: Checker
) -> tuple[Faults, dict[str, Reading]]:
    """Every field of every record, and what is faulty about them so far."""
    structural = [
        r if r.row is None else r.model_copy(update={"row": opened.text.row_at(r.row)})
        for r in structural_rejects(records, opened.own_header, opened.lines, opened.text)
    ]
    faults = Faults(opened.text.rows_of(records.lines), structural)
    return faults, checker.readings(records, faults)


def rejected_csv(asked: ImportRequest, rejects: Sequence[Reject]) -> bytes:
    """The rejected records of a file as they came, each with its reasons behind it.

    Raises
    ------
    Refusal
        When the file is refused as a whole.
    """
    return rejected_records(_opened(asked), rejects)


def look(asked: ImportRequest) -> FileLook:
    """What the columns of a file are read as, and what they may be; no row is judged.

    Raises
    ------
    Refusal
        When its columns cannot be told apart yet: it is refused, or its layout is a question.
    InputError
        When the project's name, or an answer of the profile, cannot be used.
    """
    return look_at(_opened(asked))


def to_correct(asked: ImportRequest, rejects: Sequence[Reject], most: int) -> RejectedLines:
    """The first rejected lines of a file as a table.

    Raises
    ------
    Refusal
        When the file is refused as a whole.
    """
    return rejected_lines(_opened(asked), rejects, most)


def corrected(asked: ImportRequest, corrections: Mapping[int, Sequence[str]]) -> bytes:
    """The file with the cells of some rows written anew.

    Raises
    ------
    Refusal
        When the file is refused as a whole.
    """
    return corrected_file(_opened(asked), corrections)


def _opened(asked: ImportRequest) -> DecodedFile:
    """The file as text, with its records told apart."""
    check_project(asked.project)
    content = asked.content()
    shape = Shape(start_of_file(content))
    try:
        text = text_of(
            content, asked.filename, asked.record, asked.profile, asked.limits,
            lambda cells: Fields(asked.record, asked.profile).is_header(cells),
        )  # fmt: skip
        lines = Lines.of(text.data)
        if all(map(is_blank, lines.lines)):
            raise Refusal.of("empty-file")
        fields = Fields(asked.record, asked.profile, by_application=asked.by_application)
        header = with_one_period(Header.find(lines, fields, asked.limits), fields)
        shape = shape._replace(header=header_shape(header))
        in_rows = with_rows_of_periods(text, header, fields, asked.profile)
        in_rows = with_models_above(in_rows, lines.lines, header, fields, asked.profile)
        if in_rows is text:
            in_rows = with_rows_of_spreads(text, header, fields, asked.profile)
        if in_rows is text:
            in_rows = with_rows_of_counts(text, header, fields, asked.profile)
        if in_rows is text:
            in_rows = with_rows_of_names(text, header, fields, asked.profile)
        if in_rows is not text:
            text, lines = in_rows, Lines.of(in_rows.data)
            header = with_one_period(Header.find(lines, fields, asked.limits), fields)
        check_header_bytes(header, lines, text)
        checker = Checker(fields, header, Grammar(asked.profile, asked.now), asked.project)
        records = table(
            lines, header.below, header.delimiter, header.cells, checker.passes, asked.limits
        )
        named = zip(records.columns, header.fields, strict=True)
        told_apart([column for column, field in named if field is not None])
        own_header = header
        records, header, spread = with_spreads_apart(records, header, fields, asked.profile)
        if header is not own_header:
            checker = Checker(fields, header, Grammar(asked.profile, asked.now), asked.project)
        shape = shape._replace(marks=marks_in(records, header, fields))
        profile = settled_marks(records, header, fields, asked.profile, asked.now)
        if profile is not asked.profile:
            checker = Checker(fields, header, Grammar(profile, asked.now), asked.project)
        first = max(0, header.line - _MOST_ABOVE)
        shown_lines = enumerate(lines.lines[first : header.line + _MOST_BELOW], start=first + 1)
        around = [f"{text.row_at(i)}: {line}" for i, line in shown_lines]
        records = asked_about_layout(records, header, fields, profile, around, text.row_at)
        records.n_left += text.n_left
    except Refusal as refusal:
        refusal.shape = shape.text
        raise
    return DecodedFile(text, lines, fields, own_header, header, checker, records, shape, spread)


def _about_file(opened: DecodedFile, records: Table, in_others: Collection[int]) -> list[Warned]:
    """The warnings about the file as a whole."""
    header, text = opened.header, opened.text
    inner = {i for start, n in records.spans.items() for i in range(start, start + n - 1)}
    inner |= set(range(header.line, header.below - 1))
    warnings = [warned("mixed-newlines")] if len(opened.lines.kinds_of_ends(inner)) > 1 else []
    if text.left:
        warnings.append(warned("extra-sheet", names=list(text.left)))
    if text.unread:
        warnings.append(warned("not-metrics", len(text.unread), names=list(text.unread)))
    warnings += text.warnings
    extra = opened.checker.columns.unused_headers(in_others)
    return [*warnings, warned("extra-column", headers=extra)] if extra else warnings
