"""What a project has answered about its files, and how large a file may be."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from mlpm_core.errors import InputError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

IGNORE = "ignore"
"""The answer that leaves a column unused."""

NONE_OF_THESE = "none of these"
"""The answer that no column of a file holds a field."""

NO_THRESHOLD: Final = "none"
"""The answer that no threshold turns scores into decisions."""

FAULTY: Final = "faulty"
"""The answer that cells cannot be read."""

_OFFSET: Final = re.compile(r"[+-](?:0[0-9]|1[0-4]):[0-5][0-9]")
_HUNDREDTHS: Final = re.compile(r"0?\.[0-9]{1,2}0*|[01](\.0*)?")

Encoding = Literal[
    "utf-8", "utf-16", "utf-32", "cp1252", "shift_jis", "cp932", "gb18030", "cp1250", "cp1251",
    "cp949", "big5", "mac-roman", "cp850", "cp1253", "cp1254", "cp1255", "cp1256", "iso8859-2",
    "koi8-r", "cp866", "euc_jp", "iso8859-15", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be",
    "utf-8 or cp1252", "none of these",
]  # fmt: skip

MIXED: Final = "utf-8 or cp1252"
"""The answer that each line of a text is in one of two encodings, as appended files are."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file that is read; each bound is the last size still taken."""

    file_bytes: int = 512 * 2**20
    rows: int = 1_000_000
    columns: int = 200
    cell_chars: int = 32_767


class Profile(BaseModel):
    """Answers to the questions of an import; whatever is None is asked when it matters.

    ``columns`` maps headers to fields (or to ``ignore``), ``fields`` fields to headers;
    ``constants`` gives fields that the file has no column for; ``metrics`` says what names of
    metrics stand for, ``words`` what words of a column do and ``outcomes`` what classes do;
    ``thresholds`` gives the score from which on a model flags a case (or ``none``), ``positives``
    the class that its recall and precision are of; ``zones`` gives the offset of abbreviations that
    stand for several time zones (or ``faulty``);
    ``wide`` lists the headers that are
    metrics; ``running_totals`` says whether numbers that are called so (YTD, to date, cumulative)
    are of their own period (``as_written``) or totals to take the one before off (``running``).
    ``is_replay``, ``before_layouts`` and ``before_zones`` are no answers: a file that was stored
    before a question was asked is read as it was then, before any of them; before those about
    tables side by side, two lines of heads and errors within cells; or before zones of whole
    columns and times of day beside days were read, and stored periods taken off running totals. Nor
    is ``own_currency``, in which the project counts money.

    Examples
    --------
    >>> profile = Profile().answered("date_order", "dmy").answered("columns.value(%)", "value")
    >>> profile.answers()
    ['date_order=dmy', 'columns.value(%)=value']
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: Encoding | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal[",", ".", "'", "space", "indian", "none"] | None = None
    signs: Literal["read", "faulty"] | None = None
    missing_words: Literal["empty", "faulty"] | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    excel_serial: Literal["1900", "1904"] | None = None
    epoch: Literal["s", "ms", "us", "ns", "faulty"] | None = None
    empty_last_column: Literal["ignore"] | None = None
    skip_lines: int | None = Field(default=None, ge=0, le=10_000)
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, str] = Field(default_factory=dict)
    wide: tuple[str, ...] = ()
    metrics: dict[str, str] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)
    outcomes: dict[str, str] = Field(default_factory=dict)
    thresholds: dict[str, str] = Field(default_factory=dict)
    positives: dict[str, str] = Field(default_factory=dict)
    zones: dict[str, str] = Field(default_factory=dict)
    ids: str | None = None
    cases_of: Literal["all", "each", "ignore"] | None = None
    hidden_rows: Literal["read", "skip"] | None = None
    restatement: Literal["confirm"] | None = None
    look_alike: Literal["new", "stored"] | None = None
    new_model: Literal["new", "stored"] | None = None
    second_table: Literal["skip", "first"] | None = None
    fill_down: Literal["fill", "faulty"] | None = None
    index_column: Literal["ignore", "faulty"] | None = None
    sheet: str | None = None
    member: str | None = None
    positive_class: str | None = None
    period_columns: Literal["yes", "no"] | None = None
    models_above: Literal["yes", "no"] | None = None
    name_columns: Literal["yes", "no"] | None = None
    spread: Literal["se", "half-width", "interval", "sd", "n", "ignore", "faulty"] | None = None
    two_heads: Literal["yes", "parts", "no"] | None = None
    units_row: Literal["yes", "no"] | None = None
    side_tables: Literal["all", "1", "2", "3", "4", "5", "6", "7", "8", "9", "one"] | None = None
    scale: (
        Literal[
            "as written", "times 0.01", "times 100", "times 0.001", "times 1000", "each as before"
        ]
        | None
    ) = None
    totals: Literal["leave-out", "keep"] | None = None
    running_totals: Literal["as_written", "running"] | None = None
    cases: Literal["n", "denominator"] | None = None
    hours_per_day: Literal["8", "7.8", "7.7", "7.6", "7.5", "7.25", "7", "6"] | None = None
    cost_ends: Literal["after", "last"] | None = None
    credits: Literal["negative", "positive"] | None = None
    year: int | None = Field(default=None, ge=1990, le=2199)
    period: Literal["PT1H", "P1D", "P1W", "P1M", "P3M", "P6M", "P1Y", "instant"] | None = None
    zone: str | None = None
    fiscal_start: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"] | None = (
        None
    )
    fiscal_named: Literal["begins", "ends"] | None = None
    month_day: Literal["year", "day", "faulty"] | None = None
    dates_are: Literal["start", "end"] | None = None
    errors_in: Literal["percent", "share"] | None = None
    is_replay: bool = False
    before_layouts: bool = False
    before_zones: bool = False
    own_currency: str = ""

    @field_validator("encoding", mode="before")
    @classmethod
    def _spelled(cls, value: object) -> object:
        """Encodings by whatever name they usually go."""
        if not isinstance(value, str):
            return value
        try:
            standard_name = codecs.lookup(value).name
        except LookupError:
            return value
        return {"utf-8-sig": "utf-8"}.get(standard_name, standard_name)

    @field_validator("thresholds")
    @classmethod
    def _in_hundredths(cls, given: dict[str, str]) -> dict[str, str]:
        """Scores are counted by hundredths, so that no other threshold can be held against them."""
        for text in given.values():
            if text != NO_THRESHOLD and not _HUNDREDTHS.fullmatch(text):
                raise ValueError(
                    "write a number from 0 to 1 with at most two decimals, such as 0.35, or "
                    f"{NO_THRESHOLD}"
                )
        return given

    @field_validator("zones")
    @classmethod
    def _offsets(cls, given: dict[str, str]) -> dict[str, str]:
        for text in given.values():
            if text not in (FAULTY, "UTC") and not _OFFSET.fullmatch(text) and not _is_place(text):
                raise ValueError(
                    f"write an offset such as +05:30, a place such as Europe/Berlin, or {FAULTY}"
                )
        return given

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError(f"{self.decimal!r} cannot mark both decimals and thousands")
        return self

    @property
    def reads_layouts(self) -> bool:
        """Whether a file is read as today, not as before other layouts of tables were read."""
        return not (self.is_replay or self.before_layouts)

    @property
    def reads_zones(self) -> bool:
        """Whether a file is read as today, not as before zones of whole columns were read."""
        return self.reads_layouts and not self.before_zones

    @property
    def decimal_mark(self) -> str:
        """The decimal mark in force: the answer, or the point unless it marks thousands."""
        return self.decimal or ("," if self.thousands == "." else ".")

    def answered(self, key: str, value: str) -> Profile:
        """The profile with one more answer.

        Parameters
        ----------
        key : str
            The key of a question: a field of the profile, or ``columns.HEADER``,
            ``constants.FIELD`` or ``metrics.NAME``, where an equals sign is written ``%3D``.
        value : str
            One of the question's choices; ``wide`` takes headers with commas between them, where
            a comma of a header is written ``%2C``. ``columns.HEADER`` takes a field, ``FIELD in
            UNIT`` (percent, or money such as k EUR), ``FIELD times FACTOR``, or ``ignore``; a
            column without a name, or whose name comes twice, is called ``columns.column 3``.

        Raises
        ------
        InputError
            When there is no such key, or the value is none of those allowed.

        Examples
        --------
        >>> Profile().answered("date_order", "day first")
        Traceback (most recent call last):
        mlpm_core.errors.InputError: date_order is 'day first'; allowed are dmy, mdy, ymd.
        """
        group, dot, name = key.strip().partition(".")
        given = self.model_dump()
        if group in _GROUPS and dot and name:
            given[group] = {**given[group], name.replace("%3D", "="): value.strip()}
        elif key.strip() in _keys() and not dot:
            given[group] = _split(value) if group == "wide" else value.strip(" ")
        else:
            raise InputError(
                f"There is no answer {quoted(key)}; there are {', '.join(_keys())}, "
                "columns.HEADER, fields.FIELD, constants.FIELD, metrics.NAME, outcomes.CLASS, "
                "thresholds.MODEL, positives.MODEL, zones.NAME and words.COLUMN.WORD."
            )
        try:
            return Profile.model_validate(given)
        except ValidationError as error:
            raise InputError(_why(group, value, error)) from error

    def answers(self) -> list[str]:
        """Every answer as ``key=value``; given to `answered` one by one they rebuild the profile.

        Examples
        --------
        >>> Profile(thousands="space", wide=("recall", "ROC AUC")).answers()
        ['thousands=space', 'wide=recall,ROC AUC']
        """
        answers = []
        for key, value in self.model_dump(exclude_defaults=True, exclude={*_NO_ANSWERS}).items():
            if isinstance(value, dict):
                answers += [f"{key}.{k.replace('=', '%3D')}={v}" for k, v in value.items()]
            elif isinstance(value, tuple):
                answers.append(f"{key}={joined(value)}")
            else:
                answers.append(f"{key}={value}")
        return answers


_GROUPS = (
    *(
        "columns",
        "constants",
        "fields",
        "metrics",
        "outcomes",
        "positives",
        "thresholds",
        "words",
        "zones",
    ),
)


_NO_ANSWERS = ("is_replay", "before_layouts", "before_zones", "own_currency")


def _is_place(text: str) -> bool:
    try:
        return "/" in text and bool(ZoneInfo(text))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _keys() -> list[str]:
    return [k for k in Profile.model_fields if k not in (*_GROUPS, *_NO_ANSWERS)]


def _split(value: str) -> list[str]:
    return [part.strip().replace("%2C", ",") for part in value.split(",") if part.strip()]


def joined(headers: Iterable[str]) -> str:
    """Headers as ``wide`` takes them: commas between them, and %2C for a comma inside.

    Examples
    --------
    >>> joined(["recall", "loss, log"])
    'recall,loss%2C log'
    """
    return ",".join(header.replace(",", "%2C") for header in headers)


def _allowed(annotation: Any) -> list[str]:  # noqa: ANN401  any annotation
    """The words of a ``Literal[...] | None``; none for other fields."""
    inner = next((a for a in get_args(annotation) if a is not type(None)), None)
    return [str(a) for a in get_args(inner)]


def _why(key: str, value: str, error: ValidationError) -> str:
    allowed = _allowed(Profile.model_fields[key].annotation)
    if allowed and value not in allowed:
        return f"{key} is {quoted(value)}; allowed are {', '.join(allowed)}."
    if key == "year":
        return f"year is {quoted(value)}; allowed is a year such as 2024."
    if key == "skip_lines":
        return f"skip_lines is {quoted(value)}; allowed is a whole number from 0 to 10000."
    return f"{key} is {quoted(value)}: {error.errors()[0]['msg']}."
