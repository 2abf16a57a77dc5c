"""A tracker's export of issues as tasks: Jira's CSV of all fields, Cloud and Data Center.

Times are written in seconds there, so that only the hours of a working day are asked. The category
of a task is its first component, label or type of issue, which is asked as any other word.
"""

from __future__ import annotations

import csv
import io
import re
from calendar import month_abbr
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.messages import Refusal, question, warned
from mlpm_core.intake.metric_names import normal
from mlpm_core.records import TaskCategory, TaskStatus, kept_cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.intake.profile import Limits, Profile
    from mlpm_core.records import Warned

_DELIMITERS: Final = ",;|^"
"""What Jira's administrators may choose between."""
_NEEDED: Final = frozenset({"issue key", "summary", "status", "issue type"})
_START: Final = 1 << 16
_SECONDS_PER_HOUR: Final = 3600
_HOURS: Final = ("8", "7.8", "7.7", "7.6", "7.5", "7.25", "7", "6")
_COLUMNS: Final = (
    "task_id", "title", "category", "status", "owner", "added_on", "due_on", "finished_on", "p50",
    "spent_days", "depends_on", "source",
)  # fmt: skip
_MONTHS: Final = tuple(name.lower() for name in month_abbr[1:])
_WRITTEN: Final = re.compile(r"(\d{1,2})/([A-Za-z]{3})/(\d{2}|\d{4})(?:[ T].*)?")
_WITH_TIME: Final = re.compile(r"(\S*\d[/.-]\d\S*?)[ T]\d{1,2}:\d{2}.*")
_STATUS_BY_CATEGORY: Final = {
    "todo": TaskStatus.TODO,
    "inprogress": TaskStatus.DOING,
    "done": TaskStatus.DONE,
}
_STATUS_BY_WORD: Final = {
    **dict.fromkeys(("todo", "open", "backlog", "reopened", "selectedfordevelopment"), "todo"),
    **dict.fromkeys(("inprogress", "inreview", "codereview", "testing", "intest"), "doing"),
    **dict.fromkeys(("blocked", "onhold", "impeded"), "blocked"),
    **dict.fromkeys(("done", "closed", "resolved"), "done"),
    **dict.fromkeys(("wontdo", "cancelled", "canceled", "declined", "rejected"), "dropped"),
}
_NOT_DONE: Final = frozenset(
    (
        *("wontdo", "wontfix", "duplicate", "cannotreproduce", "incomplete", "declined"),
        *("rejected", "cancelled", "canceled", "notabug", "invalid", "obsolete"),
    )
)
"""Resolutions with which nothing was done."""


@dataclass(frozen=True, slots=True)
class Issues:
    """An export as CSV of tasks, the row of the file of each of its lines, and what to say."""

    data: bytes
    rows: dict[int, int]
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class _Issue:
    """The cells of one issue, by name of column; some columns come several times."""

    cells: Mapping[str, tuple[str, ...]]

    def first(self, *names: str) -> str:
        """The first filled cell of the columns of these names."""
        return next((v for name in names for v in self.cells.get(name, ()) if v), "")

    def every(self, *names: str) -> list[str]:
        """All filled cells of these columns, each once."""
        filled = (v for name in names for v in self.cells.get(name, ()) if v)
        return list(dict.fromkeys(filled))


def issues_of(data: bytes, profile: Profile, limits: Limits) -> Issues | None:
    """An export of issues as the CSV of tasks; None when it is no export that is known.

    Raises
    ------
    Refusal
        When it holds times and nobody said how many hours a working day has.
    """
    if len(data) > limits.file_bytes:
        return None
    try:
        text = data.decode("utf-8-sig")
        delimiter = _delimiter(text[:_START])
        records = _records(text, delimiter) if delimiter else []
    except (ValueError, csv.Error):
        return None
    if not records:
        return None
    header = [name.strip().lower() for name in records[0][1]]
    if len(records) - 1 > limits.rows:
        raise Refusal.of("limit-rows", limit=limits.rows)
    return _as_csv(header, records[1:], profile)


def _delimiter(start: str) -> str | None:
    """What stands between the cells of a header of issues; None where the first line is none."""
    line = start.split("\n", 1)[0]
    for delimiter in _DELIMITERS:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        if {cell.strip().lower() for cell in cells} >= _NEEDED:
            return delimiter
    return None


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Every record that is not blank, with the line of the file on which it starts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records, line = [], 1
    for cells in reader:
        if any(map(str.strip, cells)):
            records.append((line, cells))
        line = reader.line_num + 1
    return records


def _as_csv(
    header: Sequence[str], records: Sequence[tuple[int, list[str]]], profile: Profile
) -> Issues:
    """One line an issue, none of which holds a line break, so that lines and rows stay apart."""
    lines: list[tuple[int, Sequence[str]]] = [(1, _COLUMNS)]
    epics = []
    hours = _hours_per_day(header, records, profile)
    for row, cells in records:
        if len(cells) != len(header):
            lines.append((row, _damaged(cells, len(header))))
            continue
        issue = _issue(header, cells)
        if normal(issue.first("issue type")) == "epic":
            epics.append(issue.first("issue key"))
        else:
            lines.append((row, [kept_cell(cell) for cell in _task(issue, hours, profile)]))
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(cells for _, cells in lines)
    left_out = (warned("epics-left-out", len(epics), n=len(epics), names=epics),) if epics else ()
    return Issues(
        out.getvalue().encode("utf-8", "surrogatepass"),
        {line: row for line, (row, _) in enumerate(lines, start=1)},
        left_out,
    )


def _damaged(cells: Sequence[str], width: int) -> list[str]:
    """A record of the wrong width as one of the wrong width, to be told of by its own row."""
    written = [kept_cell(" ".join(cell.split())) for cell in cells]
    n = len(_COLUMNS) + (1 if len(cells) > width else -1)
    return [*written, *[""] * n][:n]


def _issue(header: Sequence[str], cells: Sequence[str]) -> _Issue:
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    for name, cell in zip(header, cells, strict=True):
        by_name[name].append(" ".join(cell.split()))
    return _Issue({name: tuple(values) for name, values in by_name.items()})


def _hours_per_day(
    header: Sequence[str], records: Sequence[tuple[int, list[str]]], profile: Profile
) -> float:
    """Hours of a working day; asked where a time stands in the file."""
    if profile.hours_per_day is not None:
        return float(profile.hours_per_day)
    timed = [i for i, name in enumerate(header) if name in ("original estimate", "time spent")]
    if any(len(c) == len(header) and c[i].strip() for _, c in records for i in timed):
        raise Refusal(questions=[question("hours-per-day", "hours_per_day", [*_HOURS])])
    return float(_HOURS[0])  # there is nothing to divide


def _task(issue: _Issue, hours: float, profile: Profile) -> tuple[str, ...]:
    status = _status(issue)
    is_over = status in (TaskStatus.DONE, TaskStatus.DROPPED)
    return (
        issue.first("issue key"),
        issue.first("summary"),
        _category(issue, profile),
        status,
        issue.first("assignee"),
        _day(issue.first("created")),
        _day(issue.first("due date")),
        _day(issue.first("resolved")) if is_over else "",
        _days(issue.first("original estimate"), hours),
        _days(issue.first("time spent"), hours),
        "; ".join(issue.every("inward issue link (blocks)")),
        "Jira",
    )


def _status(issue: _Issue) -> str:
    """How far an issue is; a status of somebody's own stays as it is written, to be asked."""
    word = _plain(issue.first("status"))
    category = _STATUS_BY_CATEGORY.get(normal(issue.first("status category")))
    status: str = category or _STATUS_BY_WORD.get(word) or issue.first("status")
    if _STATUS_BY_WORD.get(word) in (TaskStatus.BLOCKED, TaskStatus.DROPPED):
        status = _STATUS_BY_WORD[word]
    if status == TaskStatus.DONE and _plain(issue.first("resolution")) in _NOT_DONE:
        return TaskStatus.DROPPED
    return status


def _plain(word: str) -> str:
    return normal(word).replace("'", "").replace("’", "")


def _category(issue: _Issue, profile: Profile) -> str:
    """The word that says what kind of work it is: one that is a category, or was answered."""
    words = issue.every("components", "component/s", "labels") or [issue.first("issue type")]
    own = {normal(name) for c in TaskCategory for name in (c.value, c.label)}
    known = (w for w in words if normal(w) in own or f"category.{w}" in profile.words)
    return next(known, words[0])


def _days(seconds: str, hours: float) -> str:
    """Seconds as person-days; what is no number stays as it is, to be refused by line."""
    try:
        days = float(seconds) / _SECONDS_PER_HOUR / hours
    except ValueError:
        return seconds
    return f"{round(days, 4):g}"


def _day(text: str) -> str:
    """A date without its time, as ISO where the month is a word; else in its own order."""
    if written := _WRITTEN.fullmatch(text):
        day, month, year = written.groups()
        if month.lower() in _MONTHS:
            full = year if len(year) == len("2026") else f"20{year}"
            return f"{full}-{_MONTHS.index(month.lower()) + 1:02}-{int(day):02}"
    if with_time := _WITH_TIME.fullmatch(text):
        return with_time[1]
    return text
