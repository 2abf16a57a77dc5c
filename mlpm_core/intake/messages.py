"""The sentences of an import: rejects, questions and warnings, filled in for one file."""

from __future__ import annotations

from typing import NamedTuple

from mlpm_core.intake.sentences import QUESTIONS, REJECTS, WARNINGS
from mlpm_core.records import Question, Reject, Warned

_SHOWN_CODE = {
    "conflict-of-ids": "conflict",
    "nul-file": "control-char",
    "unread-type": "wrong-type",
    "locked-workbook": "wrong-type",
    "unknown-report": "wrong-type",
    "nothing-in-archive": "wrong-type",
}

_LONGEST_LIST = 600


class Fault(NamedTuple):
    """What is wrong with one cell: a code and what its sentence fills in."""

    code: str
    filled: dict[str, object]


class Refusal(Exception):
    """The file is not judged row by row: one reject for the whole of it, or questions.

    ``shape`` is that of the file as far as it was told before it was refused.
    """

    def __init__(
        self, rejects: list[Reject] | None = None, questions: list[Question] | None = None
    ) -> None:
        super().__init__("refused")
        self.rejects, self.questions = rejects or [], questions or []
        self.shape = ""

    @classmethod
    def of(cls, code: str, *, column: str | None = None, **filled: object) -> Refusal:
        """A refusal with one reject for the whole file."""
        return cls(rejects=[reject(code, None, column, **filled)])


_AS_SPACE = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u3000"), " ")


def shown(value: object, most: int = 80) -> str:
    r"""A value fit for a sentence: not too long, nothing invisible.

    Examples
    --------
    >>> shown("m\x001"), shown("x" * 100) == "x" * 80 + "…"
    ('m\\u00001', True)
    """
    text = str(value).translate(_AS_SPACE)
    cut = text[:most] + "…" if len(text) > most else text
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


def reject(
    code: str, row: int | None, column: str | None, value: object = None, **filled: object
) -> Reject:
    """A reject with its sentence and hint."""
    message, hint = REJECTS[code]
    fill = {k: shown(v, _LONGEST_LIST) if isinstance(v, str) else v for k, v in filled.items()}
    fill.setdefault("form", "")
    fill["value"] = "''" if value == "" else shown(value)
    fill.setdefault("column", column if column is None else shown(column))
    return Reject.model_construct(
        row=row,
        column=None if column is None else shown(column),
        code=_SHOWN_CODE.get(code, code),
        value=None if value is None else shown(value),
        message=message.format_map(fill),
        hint=hint.format_map(fill),
    )


def question(
    code: str,
    key: str,
    choices: list[str],
    *,
    preview: list[str] | None = None,
    **filled: object,
) -> Question:
    """A question with its sentence; ``key`` is what `Profile.answered` takes."""
    fill = {k: shown(v, _LONGEST_LIST) if isinstance(v, str) else v for k, v in filled.items()}
    return Question(
        code=code,
        key=key,
        message=QUESTIONS[code].format_map(fill),
        choices=choices,
        preview=[shown(line, _LONGEST_LIST) for line in preview or []],
    )


def warned(code: str, rows: int = 0, **filled: object) -> Warned:
    """A warning with its sentence; lists of names are cut after twelve."""
    fill = {k: _listed(v) if isinstance(v, list) else v for k, v in filled.items()}
    return Warned(code=code, message=WARNINGS[code].format_map(fill), rows=rows)


def _listed(names: list[str]) -> str:
    listed = ", ".join(shown(n) for n in names[:12])
    return listed if len(names) <= 12 else f"{listed} and {len(names) - 12} more"
