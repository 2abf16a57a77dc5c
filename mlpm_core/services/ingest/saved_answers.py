"""Files are read in a sandbox; what a project answered about its files once is not asked again."""

from __future__ import annotations

import atexit
import json
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from mlpm_core.errors import InputError
from mlpm_core.intake import ParserSandbox, Refusal
from mlpm_core.intake.files.workbook import ALL_SHEETS
from mlpm_core.intake.parsed_file import PERIOD_UNSAID
from mlpm_core.intake.shape import Shape
from mlpm_core.records import ValueCase, Warned
from mlpm_core.services.valuation.currency_rules import currency_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlpm_core.intake import ImportRequest, Profile
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.records import Question
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.store import Reader

T = TypeVar("T")

SANDBOX = ParserSandbox()
atexit.register(SANDBOX.close)

# These are said of one file and its rows; the next file must be asked about anew.
_OF_ONE_FILE = frozenset(
    {
        "restatement",
        "look_alike",
        "new_model",
        "errors_in",
        "second_table",
        "side_tables",
        "member",
        "year",
    }
)
# That nothing is wrong is said of one file too, and what is wrong of several series each.
_SAID_OF_ROWS = frozenset({"as written", "each as before"})
# These hold for files of the shape even where too few dates raise the question.
_ABOUT_PERIODS = ("period", "dates_are")
# What is said of the columns of a file holds for every file with the same header, whole or not at
# all: a mapping of which only the questions were answered again would be another one.
_ABOUT_COLUMNS = ("columns.", "fields.", "metrics.", "wide")
_CASE = "constants.value_case_id"
_CONTRADICTED_BY = {"dmy": "mdy: ", "mdy": "dmy: "}
_MOST_TURNS = 10


def with_own_currency(workspace: Workspace, project: str, profile: Profile) -> Profile:
    """The profile with the currency in which the project counts money."""
    if not profile.reads_layouts:
        return profile
    with workspace.store.reader() as reader:
        currency = currency_of(reader, project)
    return profile.model_copy(update={"own_currency": currency or ""})


def kept_answers(reader: Reader, project: str, kind: str, shape: str) -> dict[str, tuple[str, str]]:
    """The project's import profile: what it last answered about files of a kind and a shape.

    Returns
    -------
    dict
        By the key of a question: the answer, and the batch it was given for.
    """
    kept: dict[str, tuple[str, str]] = {}
    asked = Shape.read(shape)
    for row in reader.rows("answered", project=project, kind=kind):
        given = Shape.read(row["shape"])
        for answer in json.loads(row["answers"]):
            key, _, value = answer.partition("=")
            if key not in _OF_ONE_FILE and value not in _SAID_OF_ROWS and given.fits(key, asked):
                kept.setdefault(key, (value, str(row["batch"])))
    return kept


def kept_mapping(reader: Reader, project: str, kind: str, shape: str) -> tuple[dict[str, str], str]:
    """What the newest answered batch with the same header said of its columns, and that batch."""
    asked = Shape.read(shape)
    for row in reader.rows("answered", project=project, kind=kind):
        if not Shape.read(row["shape"]).fits("columns", asked):
            continue
        said = dict(answer.partition("=")[::2] for answer in json.loads(row["answers"]))
        of_columns = {k: v for k, v in said.items() if k.startswith(_ABOUT_COLUMNS)}
        if "wide" not in said:  # then metrics are names in cells: each is asked about where it is
            of_columns = {k: v for k, v in of_columns.items() if not k.startswith("metrics.")}
        return of_columns, str(row["batch"])
    return {}, ""


def read_as_before(
    reader: Reader, asked: ImportRequest, *, ask_again: bool = False
) -> tuple[ImportRequest, ParsedFile, list[Warned]]:
    """Read a file; a question that the project answered before is answered the same way.

    An earlier answer is used only where the file raises its question, and only if it is one of the
    choices: a file that raises none is read as it stands. ``ask_again`` uses none.

    Returns
    -------
    tuple
        How the file was read, what was found, and what must be said about it.

    Raises
    ------
    Refusal
        With the questions that nobody answered yet.
    SandboxError
        When the reader was stopped.
    """
    warnings: list[Warned] = []
    is_mapped = ask_again or any(a.startswith(_ABOUT_COLUMNS) for a in asked.profile.answers())
    for _ in range(_MOST_TURNS):
        try:
            parsed = SANDBOX.read(asked)
            if not is_mapped:
                is_mapped = True
                profile, said = _with_columns(reader, asked, parsed.receipt.shape)
                if said:
                    asked, warnings = replace(asked, profile=profile), [*warnings, *said]
                    continue
        except Refusal as refusal:
            if ask_again:
                raise
            if not is_mapped and Shape.read(refusal.shape).header:
                is_mapped = True
                profile, said = _with_columns(reader, asked, refusal.shape)
                if said:
                    asked, warnings = replace(asked, profile=profile), [*warnings, *said]
                    continue
            if not refusal.questions:
                raise
            kept = kept_answers(reader, asked.project, asked.kind, refusal.shape)
            profile, added = _answered(asked.profile, refusal.questions, kept)
            profile, only = _with_only_case(reader, asked.project, profile, refusal.questions)
            added += only
            if not added:
                raise
            warnings += added
            asked = replace(asked, profile=profile)
            continue
        if ask_again:
            return asked, parsed, warnings
        return _with_periods(reader, asked, parsed, warnings)
    raise Refusal  # pragma: no cover  every turn answers at least one of a few questions


def judged_as_before(
    reader: Reader,
    asked: ImportRequest,
    shape: str,
    judge: Callable[[ImportRequest], T],
    *,
    ask_again: bool = False,
) -> tuple[T, ImportRequest, list[Warned]]:
    """Hold a file against what is stored; what the project answered before is answered so again.

    Parameters
    ----------
    shape : str
        Of the file, as its receipt keeps it.
    judge : callable
        Judges what was read by the answers of a request.

    Returns
    -------
    tuple
        What ``judge`` said, by which answers, and what must be said of these.

    Raises
    ------
    Refusal
        With the questions that nobody answered yet.
    """
    warnings: list[Warned] = []
    for _ in range(_MOST_TURNS):
        try:
            return judge(asked), asked, warnings
        except Refusal as refusal:
            if ask_again or not refusal.questions:
                raise
            kept = kept_answers(reader, asked.project, asked.kind, shape)
            profile, added = _answered(asked.profile, refusal.questions, kept)
            if not added:
                raise
            asked, warnings = replace(asked, profile=profile), [*warnings, *added]
    raise Refusal  # pragma: no cover  every turn answers at least one of a few questions


def _with_columns(reader: Reader, asked: ImportRequest, shape: str) -> tuple[Profile, list[Warned]]:
    """The profile with what was said before of the columns of such files, and what to say of it."""
    mapping, batch = kept_mapping(reader, asked.project, asked.kind, shape)
    if not mapping:
        return asked.profile, []
    profile = asked.profile
    try:
        for key, value in mapping.items():
            profile = profile.answered(key, value)
    except InputError:  # an older version took what this one does not
        return asked.profile, []
    names = ", ".join(f"{key.partition('.')[2] or key} is {v}" for key, v in mapping.items())
    sentence = f"Columns read as answered before, for {batch}: {names}."
    return profile, [Warned(code="answered-before", message=sentence)]


def _with_only_case(
    reader: Reader, project: str, profile: Profile, questions: list[Question]
) -> tuple[Profile, list[Warned]]:
    """The profile with the value case of a project that has but one, where a file names none."""
    if _CASE not in {q.key for q in questions}:
        return profile, []
    cases = [c.value_case_id for c in reader.current(ValueCase, project) if not c.archived]
    if len(cases) != 1:
        return profile, []
    sentence = f"Read as of the value case {cases[0]}, the only one of this project."
    return profile.answered(_CASE, cases[0]), [Warned(code="only-case", message=sentence)]


def _with_periods(
    reader: Reader, asked: ImportRequest, parsed: ParsedFile, warnings: list[Warned]
) -> tuple[ImportRequest, ParsedFile, list[Warned]]:
    """The file with what was said of the periods of such files, however few dates it has."""
    if PERIOD_UNSAID not in parsed.notes:
        return asked, parsed, warnings
    kept = kept_answers(reader, asked.project, asked.kind, parsed.receipt.shape)
    profile, added = asked.profile, []
    for key in _ABOUT_PERIODS:
        if key in kept and getattr(profile, key) is None:
            profile = profile.answered(key, kept[key][0])
            added.append(answered_before(key, *kept[key]))
    if not added:
        return asked, parsed, warnings
    again = replace(asked, profile=profile)
    read = SANDBOX.read(again)
    if read.rows.fields["period_start"].equals(parsed.rows.fields["period_start"]) and (
        read.rows.fields["granularity"].equals(parsed.rows.fields["granularity"])
    ):
        return asked, parsed, warnings
    return again, read, [*warnings, *added]


def answered_before(key: str, answer: str, batch: str) -> Warned:
    """That a question was answered by what was said for an earlier batch."""
    sentence = f"Read as answered before, for {batch}: {key} is {answer}."
    return Warned(code="answered-before", message=sentence)


def _answered(
    profile: Profile, questions: list[Question], kept: Mapping[str, tuple[str, str]]
) -> tuple[Profile, list[Warned]]:
    warnings = []
    for question in questions:
        answer, batch = kept.get(question.key, ("", ""))
        against = _CONTRADICTED_BY.get(answer) if question.code == "date-order" else None
        is_one_of_alike = ALL_SHEETS in question.choices and answer != ALL_SHEETS
        if (
            answer not in question.choices
            or is_one_of_alike  # a workbook with a sheet a month has another one by now
            or (against is not None and any(x.startswith(against) for x in question.preview))
        ):
            continue
        profile = profile.answered(question.key, answer)
        warnings.append(answered_before(question.key, answer, batch))
    return profile, warnings
