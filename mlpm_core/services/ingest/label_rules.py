"""Labels against the predictions that are stored: ids in another form, and other class names."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from mlpm_core.intake import Refusal
from mlpm_core.intake.columns.outcomes import class_questions, with_classes
from mlpm_core.intake.columns.rows import Rows, distinct
from mlpm_core.intake.messages import question
from mlpm_core.intake.parsed_file import SET_ASIDE
from mlpm_core.records import Model, Prediction

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.intake import ImportRequest
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.intake.request import StoredRecords
    from mlpm_core.records import Question

AS_WRITTEN: Final = "as written"
_SAMPLE: Final = 500  # labels that are looked up: if none of so many is there, hardly any is
_WIDTHS: Final = range(4, 17)
_UUID: Final = (0, 8, 12, 16, 20, 32)  # where its parts begin and end
_PADDED: Final = "with zeros in front, "


@dataclass(frozen=True, slots=True)
class _Form:
    """Another form of an id, as an answer names it."""

    name: str
    of: Callable[[str], str]


def _without_point(text: str) -> str:
    return text[: text.index(".")] if re.fullmatch(r"[0-9]+\.0+", text) else text


def _plain(text: str) -> str:
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]{1,2}", text):
        number = float(text)
        return str(int(number)) if number.is_integer() else text
    return _without_point(text)


def _uuid(text: str) -> str:
    digits = re.sub(r"[-{}]", "", text).lower()
    is_uuid = re.fullmatch(r"[0-9a-f]{32}", digits) is not None
    return "-".join(digits[i:j] for i, j in pairwise(_UUID)) if is_uuid else text


def _forms() -> list[_Form]:
    forms = [
        _Form("without .0", _without_point),
        _Form("without exponent", _plain),
        _Form("without zeros in front", lambda t: _plain(t).lstrip("0") or "0"),
        _Form("with .0", lambda t: f"{t}.0" if t.isdigit() else t),
        _Form("in small letters", str.lower),
        _Form("in capitals", str.upper),
        _Form("without dashes", lambda t: t.replace("-", "")),
        _Form("without signs at its ends", lambda t: re.sub(r"^\W+|\W+$", "", t)),
        _Form("without signs", lambda t: re.sub(r"[\W_]+", "", t)),
        _Form("as a UUID", _uuid),
        _Form("without its prefix", lambda t: re.sub(r"^[A-Za-z_]+[-_:#/ ]*", "", t)),
    ]
    for width in _WIDTHS:
        forms.append(_Form(f"{_PADDED}{width} digits", _padded(width)))
    return forms


def _padded(width: int) -> Callable[[str], str]:
    return lambda text: _plain(text).zfill(width)


_FORMS: Final = {form.name: form for form in _forms()}


def settled_labels(stored: StoredRecords, asked: ImportRequest, file: ParsedFile) -> ParsedFile:
    """The labels with their ids and classes as those of the predictions, where that was answered.

    Raises
    ------
    Refusal
        With the question in which form the ids are meant when they match in another one than they
        are written in, or which predicted class an outcome is.
    """
    profile = asked.profile
    if profile.is_replay or not len(file.rows.of):
        return file
    form = _FORMS.get(profile.ids or "")
    rows = file.rows if form is None else _in_form(file.rows, form)
    names = [n for n in rows.fields["prediction_id"][:_SAMPLE].to_pylist() if n]
    models = sorted(stored.names(Model.kind))
    existing = _looked_up(stored, asked.project, models, names)
    if profile.ids is None:
        found = {str(name) for name in existing.column("prediction_id").to_pylist()}
        unknown = [name for name in names if name not in found]
        near = _nearest(stored, asked.project, models, unknown, found)
        if near is not None:
            raise Refusal(questions=[_about_ids(unknown, len(names), near)])
    predicted = {str(p) for p in existing.column("y_pred").to_pylist() if p}
    outcomes = [str(y) for y in rows.fields["y_true"].unique().to_pylist() if y]
    questions = class_questions(outcomes, predicted, profile)
    if questions:
        raise Refusal(questions=questions)
    return _without_unknown(replace(file, rows=with_classes(rows, profile)))


def _without_unknown(file: ParsedFile) -> ParsedFile:
    """The file without the outcomes that were answered not to be known yet."""
    codes, values = distinct(file.rows.fields["y_true"])
    is_known = np.array([bool(v) for v in values])[codes]
    if is_known.all():
        return file
    left = file.set_aside
    left[file.rows.of[~is_known]] = True
    notes = file.notes | {SET_ASIDE: left.astype(np.int64)}
    return replace(file, rows=file.rows.taken(is_known), notes=notes)


def _in_form(rows: Rows, form: _Form) -> Rows:
    codes, names = distinct(rows.fields["prediction_id"])
    other = pa.array([None if n is None else form.of(n) for n in names], pa.string())
    return Rows(rows.of, rows.fields | {"prediction_id": other.take(pa.array(codes))})


def _looked_up(
    stored: StoredRecords, project: str, models: list[str], names: list[str]
) -> pa.Table:
    """The stored predictions that have one of these ids, whatever their model."""
    wanted = list(dict.fromkeys(names))
    keys = {
        "project": [project] * len(wanted) * len(models),
        "model_id": [m for m in models for _ in wanted],
        "prediction_id": wanted * len(models),
    }
    columns = {name: pa.array(key, pa.string()) for name, key in keys.items()}
    return stored.matching(Prediction, pa.table(columns))


def _nearest(
    stored: StoredRecords, project: str, models: list[str], names: list[str], found: set[str]
) -> _Form | None:
    """The form in which most of some ids are those of predictions.

    Parameters
    ----------
    found : set of str
        Ids that are those of predictions as they stand; the form may not change any of them.
    """
    most, best = (len(names) // 2 if found else 0), None
    for form in _FORMS.values():
        other = [form.of(n) for n in names]
        if other == names or any(form.of(n) != n for n in found):
            continue
        n = _looked_up(stored, project, models, other).num_rows
        if n > most:
            most, best = n, form
    return best


def _about_ids(names: list[str], n: int, form: _Form) -> Question:
    name = next((n for n in names if form.of(n) != n), names[0])
    return question(
        "label-ids", "ids", [form.name, AS_WRITTEN], name=name, other=form.of(name),
        said="None of these labels has a" if len(names) == n else
             f"{len(names):,} of the first {n:,} labels have no",
        preview=[
            f"{form.name}: {name} is the prediction {form.of(name)}",
            f"{AS_WRITTEN}: kept, and joined when such a prediction comes",
        ],
    )  # fmt: skip
