"""What an import answers, on screen, over HTTP and on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from mlpm_core.errors import printable

_LONGEST_NAME, _ENDING = 255, 40
_PARTS = frozenset({"member", "sheet", "side_tables", "second_table", "skip_lines"})
_UTC_TOLD = {"type": "string", "description": "A moment in UTC, ISO 8601, without a zone."}
_Utc = Annotated[datetime, WithJsonSchema(_UTC_TOLD)]


def _shown(filename: str) -> str:
    """A file's name as it can be shown anywhere; its ending, which says its form, is kept."""
    name = printable(filename)
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - _ENDING - 3]}...{name[-_ENDING:]}"


class Status(StrEnum):
    """How an import ended."""

    COMMITTED = "committed"
    DRY_RUN = "dry_run"
    REJECTED = "rejected"
    ASKED = "asked"
    DUPLICATE = "duplicate"
    FAILED = "failed"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Reject(_Part):
    """One faulty cell or structural fault; ``row`` is the line of the file, None the whole file.

    ``part`` tells apart what stands in lines of one number: the sheet, or the column of a table
    with several numbers in a line.
    """

    row: int | None
    part: str = ""
    column: str | None
    code: str
    value: str | None = None
    message: str
    hint: str

    @property
    def place(self) -> str:
        """The line and its part, such as ``line 5 (sheet Feb)``; empty for the whole file."""
        if self.row is None:
            return ""
        return f"line {self.row} ({self.part})" if self.part else f"line {self.row}"


class Question(_Part):
    """Something uncertain that the person must decide; ``key`` is what an answer names."""

    code: str
    key: str
    message: str
    choices: list[str] = Field(default_factory=list)
    preview: list[str] = Field(default_factory=list)


class Warned(_Part):
    """Something worth knowing that stopped nothing."""

    code: str
    message: str
    rows: int = 0


class Effect(_Part):
    """A KPI before and after the import, in the KPI's unit; None where it cannot be said.

    Each with the range in which it lies 8 times in 10, and the grade of evidence of both; receipts
    of before have neither.
    """

    kpi: str
    title: str
    unit: str
    before: float | None
    after: float | None
    before_p10: float | None = None
    before_p90: float | None = None
    after_p10: float | None = None
    after_p90: float | None = None
    grade: str | None = None


class Example(_Part):
    """A row as it was read, each cell as text, so that a person can see how the file was taken."""

    line: int
    change: str
    row: dict[str, str]


@dataclass(frozen=True, slots=True)
class Repair:
    """Faults that one and the same step mends; ``rejects`` are all of them, by line."""

    code: str
    hint: str
    rejects: list[Reject]


class Receipt(_Part):
    """The outcome of one import or undo: lines = accepted + rejected + blank + ignored.

    ``answers`` are those of the profile it was read with, ``accept_good`` whether good rows were to
    be stored without the rejected ones: with the raw file they say again what was stored.
    ``read_as`` says in one line how the file was read; ``shape`` tells for which other files its
    answers hold.
    ``stored`` is how many rows the batch holds, those equal to earlier ones included. ``examples``
    are the first new and the first changed rows of a dry run.
    """

    batch: str | None = None
    status: Status
    kind: str
    project: str
    filename: Annotated[str, AfterValidator(_shown)] = ""
    lines: int = 0
    accepted: int = 0
    rejected: int = 0
    blank: int = 0
    ignored: int = 0
    new: int = 0
    changed: int = 0
    identical: int = 0
    stored: int | None = None
    rejects: list[Reject] = Field(default_factory=list)
    questions: list[Question] = Field(default_factory=list)
    warnings: list[Warned] = Field(default_factory=list)
    sha256: str = ""
    actor: str = ""
    received_at: _Utc | None = None
    effect: list[Effect] = Field(default_factory=list)
    undoes: str | None = None
    answers: list[str] = Field(default_factory=list)
    accept_good: bool = False
    read_as: str = ""
    shape: str = ""
    examples: list[Example] = Field(default_factory=list)

    @property
    def chosen_part(self) -> frozenset[str]:
        """Those of its answers that chose which part of a file of several was read.

        Examples
        --------
        >>> answers = ["sheet=June", "decimal=,"]
        >>> receipt = Receipt(status="committed", kind="kpis", project="p", answers=answers)
        >>> sorted(receipt.chosen_part)
        ['sheet=June']
        """
        return frozenset(a for a in self.answers if a.partition("=")[0] in _PARTS)

    @property
    def repairs(self) -> list[Repair]:
        """The rejects by what mends them, the most frequent first.

        Examples
        --------
        >>> texts = {"column": "value", "code": "not-a-number", "message": "!", "hint": "Digits."}
        >>> late = Reject(row=4, column="day", code="not-a-date", message="?", hint="Write ISO.")
        >>> rejects = [late, Reject(row=2, **texts), Reject(row=3, **texts)]
        >>> receipt = Receipt(
        ...     status="rejected", kind="metric_results", project="p", rejects=rejects
        ... )
        >>> [(r.code, [x.row for x in r.rejects]) for r in receipt.repairs]
        [('not-a-number', [2, 3]), ('not-a-date', [4])]
        """
        groups: dict[tuple[str, str], list[Reject]] = {}
        for fault in self.rejects:
            groups.setdefault((fault.code, fault.hint), []).append(fault)
        repairs = [Repair(code, hint, faults) for (code, hint), faults in groups.items()]
        return sorted(repairs, key=lambda repair: -len(repair.rejects))
