"""Results a hundred or a thousand times as large as those stored before, which is asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake import Refusal
from mlpm_core.intake.columns.rows import Rows, distinct, values_in
from mlpm_core.intake.columns.written_units import all_times
from mlpm_core.intake.messages import question, warned
from mlpm_core.records import METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.intake import ImportRequest
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.records import Question
    from mlpm_core.store import Reader

AS_WRITTEN: Final = "as written"
EACH: Final = "each as before"
_JUMPS: Final = (100.0, 1000.0)
_ROOM: Final = 2.0  # so many times more or less is still such a jump
_SCALED: Final = ("value", "value_se", "ci_low", "ci_high")
_MOST_SERIES: Final = 2000
_MOST_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class _Jump:
    """A series that is so much larger or smaller than it was, and the factor that takes it back."""

    model: str
    metric: str
    was: float
    now: float
    factor: float

    @property
    def answer(self) -> str:
        return f"times {self.factor:g}"


def settled_scale(reader: Reader, asked: ImportRequest, file: ParsedFile) -> ParsedFile:
    """The results, those that jump in size as was answered; a warning names every one of them.

    Raises
    ------
    Refusal
        With the question whether they are meant as they are written: nobody answered it, or the
        answer is another factor than that by which a series jumps.
    """
    if asked.profile.is_replay or asked.profile.scale == AS_WRITTEN or not len(file.rows.of):
        return file
    if all(map(_has_ends, values_in(file.rows.fields["metric"]))):
        return file
    of_model, models = distinct(file.rows.fields["model_id"])
    of_metric, metrics = distinct(file.rows.fields["metric"])
    is_open = np.array([not _has_ends(m) for m in metrics])[of_metric]
    if not is_open.any() or len(models) > _MOST_SERIES:
        return file
    names = [m for m in models if m]
    rows = reader.rows("sizes_of_metrics", project=asked.project, model_ids=names)
    stored = {(r["model_id"], r["metric"]): float(r["size"]) for r in rows}
    values = np.abs(file.rows.fields["value"].cast(pa.float64()).to_numpy(zero_copy_only=False))
    factors = np.ones(len(values))
    jumps: list[_Jump] = []
    for (model, metric), size in stored.items():
        if model not in models or metric not in metrics or _has_ends(metric):
            continue
        mine = (of_model == models.index(model)) & (of_metric == metrics.index(metric))
        sizes = values[mine & (values > 0)]
        times = _jump(float(np.median(sizes)) / size) if len(sizes) else None
        if times is not None:
            factors[mine] = 1 / times
            jumps.append(_Jump(model, metric, size, float(np.median(sizes)), 1 / times))
    if not jumps:
        return file
    answers = {jump.answer for jump in jumps}
    if asked.profile.scale not in ({EACH} if len(answers) > 1 else answers):
        raise Refusal(questions=[_about(jumps)])
    fields = dict(file.rows.fields)
    for name in _SCALED:
        numbers = fields[name].cast(pa.float64())
        is_exact = asked.profile.reads_layouts
        fields[name] = (
            all_times(numbers, factors) if is_exact else pc.multiply(numbers, pa.array(factors))
        )
    named = [f"{jump.metric} of {jump.model} ({jump.answer})" for jump in jumps]
    said = warned("scaled", int((factors != 1).sum()), names=named)
    receipt = file.receipt.model_copy(update={"warnings": [*file.receipt.warnings, said]})
    return replace(file, rows=Rows(file.rows.of, fields), receipt=receipt)


def _has_ends(metric: object) -> bool:
    """Whether a metric lies between two ends, so that no unit of it can be mistaken."""
    registered = METRICS.get(str(metric))
    return registered is not None and isfinite(registered.low) and isfinite(registered.high)


def _jump(ratio: float) -> float | None:
    """The power of ten by which a series jumps; None when it does not.

    Examples
    --------
    >>> _jump(1040.0), _jump(0.0098), _jump(3.0)
    (1000.0, 0.01, None)
    """
    for times in _JUMPS:
        for factor in (times, 1 / times):
            if factor / _ROOM <= ratio <= factor * _ROOM:
                return factor
    return None


def _about(jumps: Sequence[_Jump]) -> Question:
    """Whether the series are meant as written; of several factors each is taken by its own."""
    first, answers = jumps[0], {jump.answer for jump in jumps}
    answer = first.answer if len(answers) == 1 else EACH
    shown = jumps[:_MOST_SHOWN]
    more = [f"and {len(jumps) - len(shown)} more series"] if len(jumps) > len(shown) else []
    return question(
        "scale", "scale", [AS_WRITTEN, answer], model=first.model, metric=first.metric,
        stored=f"{first.was:.6g}", now=f"{first.now:.6g}",
        preview=[
            *(f"{AS_WRITTEN}: {j.metric} of {j.model} is now about {j.now:.6g}" for j in shown),
            *(
                f"{answer}: {j.metric} of {j.model} is now about {j.now * j.factor:.6g}"
                + (f" ({j.answer})" if answer == EACH else "")
                for j in shown
            ),
            *more,
        ],
    )  # fmt: skip
