"""What the Upload and Imports screens say, made from receipts."""

from __future__ import annotations

from calendar import month_name
from typing import TYPE_CHECKING, Any

from mlpm_core.records import columns, record_of
from pages.parts.common.format import counted, day, day_and_time, figure, listed, literal, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Receipt, Reject, Warned

_ANSWERS = {
    ("hidden-rows", "read"): "Read them",
    ("hidden-rows", "skip"): "Skip them",
    ("look-alike", "new"): "A new model",
    ("look-alike", "stored"): "The stored model",
    ("new-model", "new"): "Register what is new",
    ("new-model", "stored"): "Read it as the model in brackets",
    ("period-end", "start"): "The first day",
    ("period-end", "end"): "The last day",
    **{
        (code, length): words
        for code in ("period-length", "period-of-few")
        for length, words in {
            "PT1H": "An hour each",
            "P1D": "A day each",
            "P1W": "A week each",
            "P1M": "A month each",
            "P3M": "A quarter each",
            "P6M": "A half-year each",
            "P1Y": "A year each",
            "instant": "None of these: moments without a length",
        }.items()
    },
    **{
        (code, order): words
        for code in ("date-order", "date-year-first")
        for order, words in {
            "ymd": "The year first",
            "dmy": "The day first",
            "mdy": "The month first",
        }.items()
    },
    ("fiscal-named", "ends"): "The one that ends in it",
    ("fiscal-named", "begins"): "The one that begins in it",
    **{("fiscal-start", str(i)): name for i, name in enumerate(month_name) if name},
    ("week-or-month", "P1M"): "Months",
    ("week-or-month", "P1W"): "Weeks",
    ("month-day", "year"): "A month with its year",
    ("month-day", "day"): "A day of that month",
    ("month-day", "faulty"): "Neither: they are faulty",
    ("cost-days", "P1D"): "That day alone",
    ("cost-days", "P1W"): "A week from that day",
    ("cost-days", "P1M"): "Its whole month",
    ("cost-days", "P3M"): "Its whole quarter",
    ("credits", "negative"): "Yes, they are negative costs",
    ("credits", "positive"): "No, they are costs, too",
    ("running-totals", "as_written"): "Each is of its own period alone",
    ("running-totals", "running"): "Totals: take the one before off each",
    ("running-alone", "as_written"): "Yes, each is of its own period alone",
    **{("running-since", str(i)): name for i, name in enumerate(month_name) if name},
    ("cost-ends", "after"): "The first day after",
    ("cost-ends", "last"): "The last day",
    ("metric-name", "keep"): "None of these",
    ("metric-name", "ignore"): "None of these",
    ("totals", "leave-out"): "Leave its rows out",
    ("totals", "keep"): "It is a name of its own",
    ("sums", "leave-out"): "It is a total: leave it out",
    ("sums", "keep"): "It counts beside them",
    ("outcome-class", "keep"): "None of these: a class of its own",
    ("zone", "UTC"): "None of these: they are UTC",
    **{(code, "UTC"): "They are UTC" for code in ("zone-mixed", "zone-beside", "zone-local")},
    ("zone-header", "UTC"): "It names no zone: they are UTC",
    ("zone-name", "faulty"): "None of these: they are faulty",
    ("epoch", "faulty"): "No, they are faulty",
    ("fill-down", "fill"): "Yes, that of the row above",
    ("fill-down", "faulty"): "No, these rows are faulty",
    ("index-column", "faulty"): "No, it needs a name",
    ("period-columns", "yes"): "Yes, one column a period",
    ("period-columns", "no"): "No, none of these",
    ("models-above", "yes"): "Yes, they are models",
    ("models-above", "no"): "No, the line may be skipped",
    ("two-heads", "yes"): "Models, or candidates",
    ("two-heads", "parts"): "Segments, or test sets",
    ("two-heads", "no"): "None of these",
    ("side-tables", "all"): "All of them, one below the other",
    **{("side-tables", str(i)): f"Only table {i} from the left" for i in range(1, 10)},
    ("side-tables", "one"): "None of these: it is one table",
    ("spread", "se"): "The standard error of the value",
    ("spread", "half-width"): "The half of its 95 % interval",
    ("spread", "interval"): "Its 95 % interval",
    ("spread", "sd"): "The standard deviation of several runs: leave it out",
    ("spread", "n"): "Its number of cases",
    ("spread", "ignore"): "None of these: leave it out",
    ("spread", "faulty"): "These cells are faulty",
    ("word", "keep"): "None of these",
    ("signs", "read"): "Yes, read them so",
    ("signs", "faulty"): "None of these: they are faulty",
    ("missing-words", "empty"): "Yes, nothing is known",
    ("missing-words", "faulty"): "No, they are faulty",
    ("thousands", "none"): "No, they are faulty",
    ("cases-of", "all"): "All cases of a period",
    ("cases-of", "each"): "The cases of each metric",
    ("cases-of", "ignore"): "Neither: leave the number of cases out",
    ("restatement", "confirm"): "Change the stored values",
    ("restatement", "none of these"): "Keep the stored values",
    ("second-table", "first"): "Read only the first table",
    ("second-table", "skip"): "Skip the repeated header",
}
_CODES = {
    "dates_are": "period-end",
    "decimal": "decimal-mark",
    "metrics": "metric-name",
    "outcomes": "outcome-class",
    "period": "period-length",
    "skip_lines": "preamble",
    "words": "word",
    "zones": "zone-name",
}
"""Codes of questions that are called otherwise than their answers."""
_ABOUT = {
    "cases_of": "cases",
    "columns": "column",
    "date_order": "days and months",
    "dates_are": "dates",
    "decimal": "decimal mark",
    "fill_down": "empty cells",
    "member": "file of the archive",
    "metrics": "metric",
    "missing_words": "words for nothing",
    "models_above": "names above metrics",
    "name_columns": "columns of numbers",
    "outcomes": "outcome",
    "period": "length of a period",
    "period_columns": "columns called like dates",
    "positives": "positive class of",
    "restatement": "lines that change",
    "running_totals": "running totals",
    "side_tables": "tables side by side",
    "signs": "signs beside numbers",
    "skip_lines": "names of the columns",
    "spread": "number behind a value",
    "thousands": "thousands mark",
    "thresholds": "threshold of",
    "two_heads": "names below metrics",
    "units_row": "row of units",
    "wide": "columns of metrics",
    "words": "word",
    "zones": "zone",
}
"""What an answer is about, where its key does not say it."""
_MOST_ANSWERS, _LONGEST_ANSWER, _MOST_KPIS = 8, 60, 2
_EVERYWHERE = {
    "none of these": "None of these",
    "all files": "All of them",
    "all sheets": "All of them",
}
_CHANNELS = {
    "screen": "the screen Upload",
    "form": "a form",
    "http": "the API",
    "api": "the API",
    "command": "the command line",
    "demo": "the demo",
    "source": "a scheduled source",
}


def receipt(shown: Receipt) -> str:
    """What became of a file, in one sentence."""
    sums = _sums(shown)
    match shown.status:
        case "committed":
            return f"**Stored as {literal(shown.batch)}.** {sums}."
        case "dry_run":
            head = "Ready to store" if shown.accepted else "There is nothing to store"
            return f"**{head}.** {sums}."
        case "duplicate":
            when = day(shown.received_at)
            return (
                f"**This file is already imported**, as {literal(shown.batch)} on {when} by "
                f"{literal(shown.actor)}. Nothing was done again."
            )
        case "asked":
            return (
                f"**{counted(len(shown.questions), 'question')} first.** Nothing is checked or "
                "stored before the answer."
            )
        case "failed":
            return "**The import failed. Nothing was stored.**"
        case _:
            if shown.lines == 0:
                return "**The file cannot be taken as it is.** Nothing was stored."
            as_is = "as it is" if shown.rejected == 1 else "as they are"
            return f"**{counted(shown.rejected, 'line')} cannot be taken {as_is}.** {sums}."


def _sums(receipt: Receipt) -> str:
    """How many lines of a file are fine, and what the others are."""
    lines = counted(receipt.lines, "line")
    others = (
        (receipt.rejected, "rejected"),
        (receipt.blank, "blank"),
        (receipt.ignored, "ignored"),
    )
    rest = [f"{plain(n)} {word}" for n, word in others if n]
    if not rest:
        return "The line is fine" if receipt.lines == 1 else f"All {lines} are fine"
    return f"Of {lines}, {plain(receipt.accepted)} accepted, {listed(rest)}"


def stored(receipt: Receipt) -> str:
    """What the accepted and ignored lines change."""
    return (
        f"New: {plain(receipt.new)}. Changing a stored value: {plain(receipt.changed)}. Already "
        f"stored: {plain(receipt.identical)}. Blank and ignored lines need no action."
    )


def read_as(receipt: Receipt) -> str:
    """How the file was read, in one line."""
    return f"Read as {literal(receipt.read_as)}."


def effect(receipt: Receipt) -> str:
    """What an import changes for the KPIs, in one line."""

    def kpi_value(value: float | None, unit: str) -> str:
        return "not available" if value is None else figure(value, unit, 4)

    changes = [
        f"{literal(e.title)} {kpi_value(e.after, e.unit)} (now {kpi_value(e.before, e.unit)})"
        for e in receipt.effect[:_MOST_KPIS]
    ]
    left = len(receipt.effect) - len(changes)
    more = f" and {plain(left)} more" if left > 0 else ""
    return f"Then {', '.join(changes)}{more}." if changes else "No KPI changes then."


def answered(receipt: Receipt) -> str:
    """By which answers a file was read, in one line; empty where nothing was asked.

    What a column holds comes last: the rows below show it, too.
    """
    given = sorted(receipt.answers, key=lambda answer: answer.startswith("columns."))
    said = [_answered(receipt.kind, *answer.partition("=")[::2]) for answer in given]
    more = f"; and {plain(len(said) - _MOST_ANSWERS)} more" if len(said) > _MOST_ANSWERS else ""
    return f"By these answers: {'; '.join(said[:_MOST_ANSWERS])}{more}." if said else ""


def warning(receipt: Receipt, warned: Warned) -> str:
    """What is worth knowing about an import; what was answered before is said in words.

    What was said before of columns stands among the answers of the receipt.
    """
    head, _, answer = warned.message.partition(": ")
    if warned.code != "answered-before":
        return literal(warned.message)
    if head.startswith("Columns"):
        return f"{literal(head)}."
    key, _, value = answer.rstrip(".").partition(" is ")
    return f"{literal(head)}: {_answered(receipt.kind, key, value)}."


def _answered(kind: str, key: str, value: str) -> str:
    """One answer: what it is about, and what was said of it."""
    labels = {column.name: column.label for column in columns(record_of(kind))}
    group, _, of = key.partition(".")
    value = value if len(value) <= _LONGEST_ANSWER else f"{value[:_LONGEST_ANSWER]}…"
    name = literal(labels.get(of, of.replace("%3D", "=")))
    field, _, unit = value.partition(" ")
    if value == "ignore" and of:
        said = "not used"
    elif group == "columns":
        said = literal(f"{labels.get(field, field)} {unit}".strip())
    else:
        said = answer(
            _CODES.get(group, "" if of or key == "wide" else key.replace("_", "-")), value
        )
    about = name if of and group not in _ABOUT else _ABOUT.get(group, key.replace("_", " "))
    return f"{about} {name}: {said}" if of and group in _ABOUT else f"{about}: {said}"


def batch(shown: Receipt, channel: str) -> str:
    """Who brought a batch, when and how."""
    when = f"{day_and_time(shown.received_at)} UTC" if shown.received_at else "an unknown time"
    what = f"undoes {literal(shown.undoes)}" if shown.undoes else f"file {literal(shown.filename)}"
    return (
        f"By {literal(shown.actor)} on {when}, through {_CHANNELS.get(channel, channel)}: {what}."
    )


def answer(code: str, choice: str) -> str:
    """An answer in words; what comes from the file, such as a header, stays as it is."""
    if code == "preamble" and choice.isdigit():
        return f"Line {int(choice) + 1}"
    words = _ANSWERS.get((code, choice)) or _EVERYWHERE.get(choice)
    words = words or (f"“{choice}”" if len(choice) == 1 else choice)
    return literal(words)


def fault(reject: Reject) -> str:
    """One fault: where it is, and what is wrong."""
    where = ", ".join(filter(None, (reject.place, reject.column)))
    return f"{literal(where)}: {literal(reject.message)}" if where else literal(reject.message)


def undo(shown: Receipt) -> str:
    """What undoing a batch means."""
    return (
        f"Undo **{literal(shown.batch)}**? Its {plain(shown.accepted)} accepted lines stop "
        "counting and what they replaced is current again. The file and its receipt are kept."
    )


def imports(rows: Sequence[Mapping[str, Any]]) -> str:
    """What came in, and when last."""
    undone = sum(bool(r["undone_by"]) for r in rows)
    newest = rows[0]
    came_in = f"**{counted(len(rows), 'batch', 'batches')}** came in"
    came_in += f", {undone} of them undone" if undone else ""
    return (
        f"{came_in}; the newest is {literal(newest['receipt'].batch)} of "
        f"{day(newest['received_at'])} by {literal(newest['actor'])}."
    )
