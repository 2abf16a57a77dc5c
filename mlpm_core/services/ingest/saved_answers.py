"""Files are read in a sandbox; what a project answered about its files once is not asked again."""

from __future__ import annotations

import atexit
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from mlpm_core.intake import ParserSandbox, Refusal
from mlpm_core.records import Warned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.intake import ImportRequest, Profile
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.records import Question
    from mlpm_core.store import Reader

SANDBOX = ParserSandbox()
atexit.register(SANDBOX.close)

# These are said of one file and its rows; the next file must be asked about anew.
_OF_ONE_FILE = frozenset({"restatement", "look_alike", "new_model", "errors_in"})
_MOST_TURNS = 10


def kept_answers(reader: Reader, project: str, kind: str) -> dict[str, tuple[str, str]]:
    """The project's import profile: what it last answered about files of a kind.

    Returns
    -------
    dict
        By the key of a question: the answer, and the batch it was given for.
    """
    kept: dict[str, tuple[str, str]] = {}
    for row in reader.rows("answered", project=project, kind=kind):
        for answer in json.loads(row["answers"]):
            key, _, value = answer.partition("=")
            if key not in _OF_ONE_FILE:
                kept.setdefault(key, (value, str(row["batch"])))
    return kept


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
    kept: dict[str, tuple[str, str]] | None = {} if ask_again else None
    warnings: list[Warned] = []
    for _ in range(_MOST_TURNS):
        try:
            return asked, SANDBOX.read(asked), warnings
        except Refusal as refusal:
            if not refusal.questions:
                raise
            if kept is None:
                kept = kept_answers(reader, asked.project, asked.kind)
            profile, added = _answered(asked.profile, refusal.questions, kept)
            if not added:
                raise
            warnings += added
            asked = replace(asked, profile=profile)
    raise Refusal  # pragma: no cover  every turn answers at least one of a few questions


def _answered(
    profile: Profile, questions: list[Question], kept: Mapping[str, tuple[str, str]]
) -> tuple[Profile, list[Warned]]:
    warnings = []
    for question in questions:
        answer, batch = kept.get(question.key, ("", ""))
        if answer not in question.choices:
            continue
        profile = profile.answered(question.key, answer)
        sentence = f"Read as answered before, for {batch}: {question.key} is {answer}."
        warnings.append(Warned(code="answered-before", message=sentence))
    return profile, warnings
