"""A mapping of columns as a person chose it, as the answers that every other way takes too."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError, quoted
from mlpm_core.intake.metric_names import KEEP, known_metric
from mlpm_core.intake.profile import IGNORE, joined
from mlpm_core.records import METRIC_PREFIX, columns, record_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from mlpm_core.records import FileColumn, FileField, FileLook, Question

_OF_HEADERS: Final = frozenset(
    {"which-column", "which-constant", "column-match", "index-column", "empty-last-column",
     "wide-layout"}
)  # fmt: skip
_OF_COLUMNS: Final = ("columns.", "fields.", "constants.", "wide=", "index_column=",
                      "empty_last_column=")  # fmt: skip
_FACTOR: Final = re.compile(r"(?:times|x|\*|\N{MULTIPLICATION SIGN})?\s*([0-9.]+(?:e[+-]?[0-9]+)?)")

PUT_ASIDE: Final = IGNORE
"""What a column holds that would be read with others, and shall not be."""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """What a person says that a column holds: a field, ``metric:NAME``, or nothing; and its unit.

    See `PUT_ASIDE` for one that would be read with others.

    ``unit`` is a unit such as ``%`` or ``k EUR``, or a factor such as ``times 0.001``.
    """

    holds: str = ""
    unit: str = ""


def is_about_columns(question: Question, kind: str) -> bool:
    """Whether a mapping of the columns answers a question of a file of a kind."""
    if question.code == "metric-name":  # of a header; that of a cell may be kept, not ignored
        return IGNORE in question.choices
    if question.code == "which-column":  # of a field that a file may lack it is asked by itself
        return question.key.removeprefix("fields.") not in _optional(kind)
    return question.code in _OF_HEADERS


def _optional(kind: str) -> set[str]:
    return {column.name for column in columns(record_of(kind)) if not column.required}


def without_mapping(answers: Iterable[str], look: FileLook) -> list[str]:
    """The answers that say nothing of the columns of a file."""
    metrics = tuple(f"metrics.{_escaped(c.header)}=" for c in look.columns if c.header)
    return [a for a in answers if not a.startswith((*_OF_COLUMNS, *metrics))]


def unfilled(
    look: FileLook, choices: Sequence[ColumnChoice], constants: Mapping[str, str]
) -> list[FileField]:
    """The required fields that no column and no constant gives."""
    given = {c.holds for c in choices} | {f for f, value in constants.items() if value.strip()}
    if any(c.holds.startswith(METRIC_PREFIX) for c in choices):
        given |= {"metric", "value"}
    if "period" in given:
        given |= {"period_start", "period_end"}
    if "period_end" in given and any(f.name == "granularity" for f in look.fields):
        given.add("period_start")
    return [f for f in look.fields if f.is_required and f.name not in given]


def mapping_answers(
    look: FileLook,
    choices: Sequence[ColumnChoice],
    constants: Mapping[str, str],
    asked: Collection[str] = (),
) -> list[str]:
    """The answers ``KEY=VALUE`` that read a file as it was mapped.

    Parameters
    ----------
    choices : sequence of ColumnChoice
        One for each column of the look.
    constants : mapping of str to str
        The fields that are the same in every row.
    asked : collection of str
        The keys of the questions that are open.

    Raises
    ------
    InputError
        When the mapping contradicts itself, or leaves a required field without a column.
    """
    held = [c.holds for c in choices if c.holds not in ("", PUT_ASIDE)]
    labels = {f.name: f.label for f in look.fields}
    twice = [holds for holds, n in Counter(held).items() if n > 1]
    if twice:
        names = ", ".join(labels.get(h, h.removeprefix(METRIC_PREFIX)) for h in twice)
        raise InputError(f"Two columns hold {names}. Keep one of them.")
    has_metrics = any(h.startswith(METRIC_PREFIX) for h in held)
    if has_metrics and not {"metric", "value"}.isdisjoint(held):
        raise InputError(
            "A file has either one column for each metric, or the names of the metrics in one "
            "column and their values in another. Choose one of the two."
        )
    missing = unfilled(look, choices, constants)
    if missing:
        names = ", ".join(f.label for f in missing)
        raise InputError(
            f"Nothing holds {names} yet. Choose a column, or write what holds for all rows."
        )
    answers = [
        answer
        for column, choice in zip(look.columns, choices, strict=True)
        for answer in _answers(column, choice, asked)
    ]
    if has_metrics:
        headers = [
            column.header
            for column, choice in zip(look.columns, choices, strict=True)
            if choice.holds.startswith(METRIC_PREFIX)
        ]
        answers.append(f"wide={joined(headers)}")
    given = {f: value.strip() for f, value in constants.items() if value.strip()}
    answers += [f"constants.{f}={value}" for f, value in given.items() if f not in held]
    return answers


def _answers(column: FileColumn, choice: ColumnChoice, asked: Collection[str]) -> list[str]:
    key, unit = f"columns.{_escaped(column.key)}", choice.unit.strip()
    if choice.holds == PUT_ASIDE:
        return [f"{key}={IGNORE}"]
    if not choice.holds:
        if not column.header and "empty_last_column" in asked:
            return ["empty_last_column=ignore"]
        if column.field or column.must_be_told or key in asked:
            return [f"{key}={IGNORE}"]
        return []
    if choice.holds.startswith(METRIC_PREFIX):
        return _of_metric(column, choice.holds.removeprefix(METRIC_PREFIX), unit)
    is_plain = choice.holds == column.field and not unit
    is_read_so = not (column.unit or column.factor != 1.0 or column.suggested_unit)
    if is_plain and is_read_so and not column.is_told:
        return []
    return [f"{key}={choice.holds}{_said(unit)}"]


def _of_metric(column: FileColumn, metric: str, unit: str) -> list[str]:
    if unit not in ("", "%"):
        raise InputError(
            f"The unit of {column.key} is {quoted(unit)}; a metric is in % or as it stands."
        )
    if known_metric(metric.removeprefix("-")) is None:
        return [f"metrics.{_escaped(column.header)}={KEEP}"]
    if known_metric(column.header) == metric and not unit:
        return []
    return [f"metrics.{_escaped(column.header)}={metric}{' in %' * bool(unit)}"]


def _said(unit: str) -> str:
    """A unit or a factor as answers write it."""
    factor = _FACTOR.fullmatch(unit.lower())
    if factor is not None:
        return f" times {factor[1]}"
    return f" in {unit}" if unit else ""


def _escaped(key: str) -> str:
    return key.replace("=", "%3D")
