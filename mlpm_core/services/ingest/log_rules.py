"""A prediction log that cannot be turned into metrics before its operating point is said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.in_life.log_figures import class_of, positive_of
from mlpm_core.intake import Refusal
from mlpm_core.intake.columns.outcomes import are_foreign, class_questions, in_classes
from mlpm_core.intake.columns.rows import Rows, distinct, values_in
from mlpm_core.intake.messages import question
from mlpm_core.services.ingest.saved_answers import answered_before
from mlpm_core.services.valuation.log_metrics import (
    AUTOMATIC,
    OF_CLASSES,
    OF_ONE_CLASS,
    OF_SCORES,
)
from mlpm_core.services.valuation.mechanisms import mechanisms_by_model
from mlpm_core.services.valuation.model_log import log_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlpm_core.intake import ImportRequest
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.records import Question, Warned
    from mlpm_core.store import Reader

OF_DECISION: Final = OF_ONE_CLASS | OF_CLASSES | AUTOMATIC
_CLASSES: Final = ("y_pred", "y_true")
_MOST_MODELS: Final = 50
_MOST_LISTED: Final = 20
_TWO: Final = 2


def settled_log(
    reader: Reader, asked: ImportRequest, file: ParsedFile, *, ask_again: bool = False
) -> ParsedFile:
    """The log, once the metrics that value cases ask of its models can be computed from it.

    What was answered once of a model, by an import that is in force, is not asked again unless
    ``ask_again``; the file's warnings say it.

    Raises
    ------
    Refusal
        With the questions which threshold turns scores into decisions, and which class recall and
        the like are of; or which of the classes before each class is, where all are others.
    """
    if asked.profile.is_replay or not len(file.rows.of):
        return file
    if len(values_in(file.rows.fields["model_id"])) > _MOST_MODELS:
        return file
    file = _with_stored_classes(reader, asked, file)
    needed = mechanisms_by_model(reader, asked.project)
    if not needed:
        return file
    of_model, models = distinct(file.rows.fields["model_id"])
    said = {} if ask_again else log_answers(reader, asked.project)
    questions: list[Question] = []
    warnings: list[Warned] = []
    for place, model in enumerate(models):
        names = {e.reported_as: e.label for m in needed.get(model or "", ()) for e in m.metrics}
        if not names.keys() & (OF_DECISION | OF_SCORES):
            continue
        rows = file.rows.fields, pa.array(of_model == place)
        kept = said.get(model or "", {})
        for asks in _about_model(str(model), names, *rows):
            group = asks.key.partition(".")[0]
            if model in getattr(asked.profile, group):
                continue
            if group in kept:
                warnings.append(answered_before(asks.key, *kept[group]))
            else:
                questions.append(asks)
    if questions:
        raise Refusal(questions=questions)
    receipt = file.receipt.model_copy(update={"warnings": file.warned(*warnings)})
    return replace(file, receipt=receipt)


def _with_stored_classes(reader: Reader, asked: ImportRequest, file: ParsedFile) -> ParsedFile:
    """The log with the classes that its models had before, where it calls all of them otherwise.

    Counts of a model are of one set of classes: ja beside the 1 of before would be an error, or
    move the class that recall is of.
    """
    stored_classes = defaultdict[str, set[str]](set)
    if asked.profile.reads_layouts:
        for row in reader.rows("log_classes", project=asked.project):
            stored_classes[row["model_id"]].add(row["class"])
    if not stored_classes:
        return file
    fields = dict(file.rows.fields)
    of_model, models = distinct(fields["model_id"])
    questions: dict[str, Question] = {}
    for place, model in enumerate(models):
        are_its = pa.array(of_model == place)
        before = stored_classes[model or ""]
        columns = [fields[name].filter(are_its).unique() for name in _CLASSES] if before else []
        if (
            not columns or max(len(before), *map(len, columns)) > _MOST_LISTED
        ):  # or they are amounts
            continue
        classes = {c for column in columns for c in _filled(column)}
        others = classes - set(asked.profile.outcomes.values())
        if not others or not are_foreign(others, before):
            continue
        questions |= {q.key: q for q in class_questions(sorted(others), before, asked.profile)}
        for name in (*_CLASSES, "decision"):
            renamed = in_classes(fields[name], asked.profile)
            fields[name] = pc.if_else(are_its, renamed, fields[name].cast(pa.string()))
    if questions:
        raise Refusal(questions=[*questions.values()])
    return replace(file, rows=Rows(file.rows.of, fields))


def _about_model(
    model: str,
    names: Mapping[str, str],
    fields: Mapping[str, pa.Array],
    are_its: pa.Array,
) -> Iterator[Question]:
    """What a log does not say of a model whose value case needs some metrics (labels by name)."""
    scores = fields["y_pred_proba"].filter(are_its)
    predicted, outcomes = (_filled(fields[c].filter(are_its)) for c in ("y_pred", "y_true"))
    is_scored = scores.null_count < len(scores) and not predicted
    if is_scored and (waiting := names.keys() & OF_DECISION):
        yield question(
            "log-threshold", _key("thresholds", model), [],
            model=model, names=_listed(names, waiting),
        )  # fmt: skip
    waiting = names.keys() & (OF_ONE_CLASS | OF_SCORES | (AUTOMATIC if is_scored else set()))
    classes = _unnamed([*predicted, *outcomes])
    if waiting and classes:
        yield question(
            "log-positive", _key("positives", model), classes,
            model=model, names=_listed(names, waiting),
        )  # fmt: skip


def _filled(column: pa.Array) -> list[str]:
    """The distinct texts of a column that are not empty."""
    return [text for text in column.unique().to_pylist() if text]


def _unnamed(texts: Iterable[str]) -> list[str]:
    """Classes of which none says itself that it is the positive one; none where one does.

    A single class is not asked about: the other may come later.

    Examples
    --------
    >>> _unnamed(["stay", "leave", "stay"]), _unnamed(["0", "1.0"]), _unnamed(["leave"])
    (['leave', 'stay'], [], [])
    """
    classes = sorted({class_of(text) for text in texts})
    are_listed = _TWO <= len(classes) <= _MOST_LISTED
    if not are_listed or (len(classes) == _TWO and positive_of(classes)):
        return []
    return classes


def _key(group: str, model: str) -> str:
    return f"{group}.{model.replace('=', '%3D')}"


def _listed(names: Mapping[str, str], waiting: Iterable[str]) -> str:
    labels = [label for name, label in names.items() if name in set(waiting)]
    *first, last = labels
    return " and ".join(filter(None, [", ".join(first), last]))
