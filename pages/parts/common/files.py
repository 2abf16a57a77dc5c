"""Tables and charts as files, each with what it rests on: project, period, as of, ranges, grade.

A file is made when somebody asks for it; until then a screen pays for one button.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from mlpm_core.services.admin.screen_files import picture_file, table_file
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, not_checked, spoken
from pages.parts.common.hover import EIGHT, NINE, QUIET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mlpm_core.services.valuation.value_cases import CaseValue

Files = Iterator[tuple[str, str, str, Callable[[], bytes]]]
"""Label, ending, type and maker of each format."""

_SCREEN: Final = "files_of_screen"
_NAMED: Final = "files_named"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DRAWN: Final = ("line_chart", "bar_chart", "area_chart")
AS_PRINTF: Final = re.compile(r"%[^%a-z]*[a-z]")
_NUMBER_ALONE: Final = re.compile(r"%[^%a-z]*[a-z]\s*")
_LONGEST_NAME: Final = 60
_SOURCE_LETTERS: Final = 66  # of a line below a chart: what a phone is wide
_SOURCE_COLOUR: Final = QUIET.to_dict()

BESIDE: Final = "as written beside each figure"
NO_GRADE: Final = "none, a plan, a record or a count"
COUNTED_AND_IMPLIED: Final = "C for what is implied, none needed for what was counted"
COUNTED: Final = "none needed, as it was counted"
PLANNED: Final = "none, a plan"
IMPLIED: Final = "C, from the model's metrics"
NOT_OVER_TIME: Final = "no time range"
A_YEAR: Final = "figures of one year"
_EIGHT_TIMES: Final = "likely, 8 times in 10"
_NINE_TIMES: Final = "likely, 9 times in 10"
NO_RANGES: Final = "none shown"

_LINK: Final = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\([^)]*\)")
_STYLED: Final = re.compile(r"(?<!\\):[a-z]+(?:-badge)?\[((?:\\.|[^\[\]\\])*)\]")
_ICON: Final = re.compile(r"(?<!\\):material/\w+:\s*")
_BOLD: Final = re.compile(r"(?<!\\)\*\*")
_OVER_TIME: Final = ("period", "month", "week", "on", "told", "year")
"""Columns of charts whose texts name when a row is, in the order of time."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a table or a chart rests on, as it stands in its file."""

    project: str
    period: str
    as_of: str
    ranges: str
    grade: str

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each fact with its name."""
        return (
            ("Project", self.project),
            ("Period", self.period),
            ("As of", self.as_of),
            ("Ranges", self.ranges),
            ("Grade", self.grade),
        )


def grade_of(case: CaseValue) -> str:
    """The grade of a value case's figures: those of its metrics in use, or a plan's."""
    grade = IMPLIED if case.current is not None else PLANNED
    return f"{grade}, {not_checked(case.unchecked)}" if case.unchecked else grade


def begin(project: str, as_of: str, moment: datetime) -> None:
    """Say whose figures the screen shows and as of when, before it draws anything.

    ``moment`` is when they were known; what is drawn without this offers no files.
    """
    st.session_state[_SCREEN] = {"project": project, "as_of": as_of, "moment": moment}
    st.session_state[_NAMED] = {}


def facts(*, period: str, ranges: str, grade: str) -> Facts:
    """What something on this screen rests on."""
    screen = st.session_state.get(_SCREEN, {})
    return Facts(
        project=screen.get("project", NOTHING),
        period=period,
        as_of=screen.get("as_of", NOTHING),
        ranges=ranges,
        grade=grade,
    )


def source_lines(about: Facts) -> dict[str, Any]:
    """What a chart rests on in small lines below it: a picture of the screen has them too."""
    ranges = [about.ranges] if about.ranges != NO_RANGES else []
    written = [about.project]
    for part in (about.period, f"as of {about.as_of}", *ranges, f"grade: {about.grade}"):
        if len(written[-1]) + len(part) < _SOURCE_LETTERS:
            written[-1] += f" · {part}"
        else:
            written.append(part)
    return {
        "text": written,
        "orient": "bottom",
        "anchor": "start",
        "frame": "bounds",
        "fontSize": 11,
        "fontWeight": "normal",
        "lineHeight": 15,
        "offset": 8,
        "color": _SOURCE_COLOUR,
    }


def of_table(
    data: pd.DataFrame,
    columns: Mapping[str, Any],
    name: str,
    *,
    period: str = "",
    ranges: str = "",
    grade: str = "",
    is_markup: bool = False,
) -> None:
    """The button for a table's files; ``name`` is what the table is called for a screen reader.

    What is not said is taken from the table: a column Grade, labels and cells that say likely.
    Where its cells are Markdown, files have their text.
    """
    labels = [label for _, label, _ in shown_columns(data, columns)]
    if not len(data) or not labels or _SCREEN not in st.session_state:
        return

    def made() -> Files:
        about = facts(
            period=period or _period_of(labels),
            ranges=ranges or _ranges_of(labels, data),
            grade=grade or _grade_of(labels, data),
        )
        moment = st.session_state[_SCREEN]["moment"]
        make = partial(_table, data, dict(columns), name, about, moment, is_markup=is_markup)
        yield "CSV", "csv", "text/csv", partial(make, file_format="csv")
        yield "Excel", "xlsx", _XLSX, partial(make, file_format="xlsx")

    _offered(name, made)


def of_chart(
    frame: pd.DataFrame, spec: Mapping[str, Any], name: str, sentence: str, about: Facts
) -> None:
    """The button for a chart's pictures; ``sentence`` says what is seen, as plain text."""
    if _SCREEN not in st.session_state:
        return

    def made() -> Files:
        colours = tuple(st.get_option("theme.light.chartCategoricalColors"))
        make = partial(_picture, frame, spec, name, sentence, about, colours)
        yield "PNG", "png", "image/png", partial(make, file_format="png")
        yield "SVG", "svg", "image/svg+xml", partial(make, file_format="svg")

    _offered(name, made)


def _offered(name: str, made: Callable[[], Files]) -> None:
    """One button, behind which the formats are; they are drawn once it is pressed."""
    slug = _slug(name)
    named = st.session_state.setdefault(_NAMED, {})
    named[slug] = turn = named.get(slug, 0) + 1
    popover = st.popover(
        "Download",
        icon=":material/download:",
        type="tertiary",
        key=f"files_{slug}_{turn}",
        on_change="rerun",
    )
    if not popover.open:
        return
    project = st.session_state.get("project") or "mlpm"
    with popover:
        for label, ending, mime, make in made():
            st.download_button(
                label,
                make,
                file_name=f"{_slug(project)}-{slug}.{ending}",
                mime=mime,
                on_click="ignore",
                key=f"file_{slug}_{turn}_{ending}",
            )


def _slug(text: str) -> str:
    """Words of a text as they stand in a file's name.

    Examples
    --------
    >>> _slug("KPIs: before and after (all)")
    'kpis-before-and-after-all'
    """
    words = re.findall(r"[^\W_]+", text.lower())
    return "-".join(words)[:_LONGEST_NAME].rstrip("-") or "table"


def shown_columns(
    data: pd.DataFrame, columns: Mapping[str, Any]
) -> Iterator[tuple[int, str, str | None]]:
    """Place, label and format of each column that holds text or numbers and is not hidden.

    ``columns`` has by name what `st.column_config` gives, or a label, or None to leave it out.
    """
    for place, name in enumerate(data.columns):
        config = columns.get(name, {})
        config = {"label": config} if isinstance(config, str) else config
        kind = (config or {}).get("type_config") or {}
        if config is None or config.get("hidden") or kind.get("type") in _DRAWN:
            continue
        yield place, str(config.get("label") or name), kind.get("format")


def _table(
    data: pd.DataFrame,
    columns: Mapping[str, Any],
    name: str,
    about: Facts,
    moment: datetime,
    *,
    is_markup: bool,
    file_format: str,
) -> bytes:
    shown = list(shown_columns(data, columns))
    said = written if is_markup else str
    labels = [said(label) for _, label, _ in shown]
    cells = [[_cell(x, form, said) for x in data.iloc[:, place]] for place, _, form in shown]
    rows = list(zip(*cells, strict=True))
    return table_file(name, labels, rows, about.pairs, as_of=moment, file_format=file_format)


def _cell(cell: Any, form: str | None, said: Callable[[str], str]) -> object:  # noqa: ANN401
    """A cell as a file holds it: what is shown, numbers and days as such."""
    if isinstance(cell, list | tuple | dict):
        return ", ".join(map(str, cell))
    if pd.isna(cell):
        return None
    value = cell.item() if isinstance(cell, np.generic) else cell
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime().replace(tzinfo=None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        has_words = form and AS_PRINTF.search(form) and not _NUMBER_ALONE.fullmatch(form)
        return str(form) % value if has_words else value
    return said(value) if isinstance(value, str) else value


def written(markdown: str) -> str:
    r"""A cell or a label without the markup that a screen gives it; user text is as it was.

    Examples
    --------
    >>> written("**[North \\(1\\)](kpi?a=b)**  \n:small[:gray[owner Ada]]")
    'North (1); owner Ada'
    >>> written(":material/payments: Revenue"), written("a*b **c"), written(r"\[x\]\(y\)")
    ('Revenue', 'a*b c', '[x](y)')
    """
    text = _ICON.sub("", _LINK.sub(r"\1", markdown))
    while (inner := _STYLED.sub(r"\1", text)) != text:
        text = inner
    text = _BOLD.sub("", text).replace("  \n", "; ").replace("\N{NO-BREAK SPACE}", " ")
    return spoken(text)


def _period_of(labels: list[str]) -> str:
    """Where a table says when its rows are, or how far its data reach."""
    for label in ("Period", "Month", "Week", "Week from"):
        if label in labels:
            return f"as the column {label} says"
    until = next((label for label in ("Data to", "Results to") if label in labels), "")
    return f"newest results, to the day in the column {until}" if until else NOT_OVER_TIME


def _grade_of(labels: list[str], data: pd.DataFrame) -> str:
    """Where a table says how sure it is: in a column, or beside its figures."""
    column = next((label for label in labels if "Grade" in label), "")
    if column:
        return f"as the column {column} says"
    said = " ".join(str(x) for row in data.to_numpy() for x in row if isinstance(x, str))
    return BESIDE if re.search(r"\bgrade [ABCD]\b", said) else NO_GRADE


def _ranges_of(labels: list[str], data: pd.DataFrame) -> str:
    """What likely means where a table says it, in a label or in its first rows."""
    said = " ".join([*labels, *(str(x) for row in data.head(20).to_numpy() for x in row)])
    if NINE in said:
        return _NINE_TIMES
    return _EIGHT_TIMES if re.search(r"(?i)\blikely|\bP[19]0\b", said) else NO_RANGES


def ranges_of_chart(spec: Mapping[str, Any]) -> str:
    """What the ranges of a chart are, as its tooltips say it."""
    titles = {
        entry.get("title")
        for layer in spec.get("layer", [spec])
        for entry in layer["encoding"].get("tooltip") or ()
    }
    if NINE in titles:
        return _NINE_TIMES
    return _EIGHT_TIMES if EIGHT in titles else NO_RANGES


@made_once
def period_of_chart(frame: pd.DataFrame) -> str:
    """From when to when the rows of a chart are, in the words of its tooltips."""
    column = next((name for name in _OVER_TIME if name in frame), None)
    if column is None or frame.empty:
        return NOT_OVER_TIME
    texts = frame[column]
    moment = next((frame[name].to_numpy() for name in ("start", "day") if name in frame), None)
    ends = (0, -1) if moment is None else (moment.argmin(), moment.argmax())
    first, last = (str(texts.iloc[end]) for end in ends)
    unit = "year " if column == "year" else ""
    return f"{unit}{first}" if first == last else f"{unit}{first} to {last}"


def _picture(
    frame: pd.DataFrame,
    spec: Mapping[str, Any],
    name: str,
    sentence: str,
    about: Facts,
    colours: tuple[str, ...],
    file_format: str,
) -> bytes:
    rows = [
        {str(column): _plain(value) for column, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]
    notes = [*([] if sentence == name else [sentence]), *_events(frame)]
    return picture_file(
        spec, rows, name, notes, about.pairs, colours=colours, file_format=file_format
    )


def _events(frame: pd.DataFrame) -> Iterator[str]:
    """What stands at the numbers above a chart."""
    if "event_no" not in frame:
        return
    for number, event in zip(frame["event_no"], frame["event"], strict=True):
        if not pd.isna(number):
            yield f"Event {number}: {event}"


def _plain(value: Any) -> object:  # noqa: ANN401  of any column
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
