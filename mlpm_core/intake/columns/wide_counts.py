"""One column of counts beside several metrics: of which cases each metric is the share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.rows import Rows, distinct
from mlpm_core.intake.messages import Refusal, question
from mlpm_core.records import METRICS, ColumnKind

if TYPE_CHECKING:
    from mlpm_core.intake.columns.file_columns import FileColumns
    from mlpm_core.intake.columns.readings import Reading
    from mlpm_core.intake.profile import Profile

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

_OF: Final = {
    "precision": "flagged", "recall": "positives", "fnr": "positives", "specificity": "negatives",
    "fpr": "negatives", "selective_error": "automatic", "escape_rate": "positives",
    "overkill_rate": "negatives",
}  # fmt: skip
"""Of which cases a metric is the share, where it is not of all of them."""

_WHOLE: Final = 0.02  # a count that follows from exact metrics is as near to a whole number
_MOST: Final = 0.8
_IN_PERCENT: Final = 100.0


def with_counts(
    rows: Rows, readings: dict[str, Reading], file: FileColumns, profile: Profile
) -> tuple[Rows, str]:
    """The results of a wide file with the cases that each metric is the share of; what is said.

    All cases are counted where exact metrics leave no other reading: those flagged and those
    positive then follow from accuracy, precision and recall, or from the prevalence.

    Raises
    ------
    Refusal
        With the question which cases the one column counts.
    """
    shares = [m for _, m in file.wide if m in METRICS and METRICS[m].is_share]
    if "n" not in file.at or len({_OF.get(m, "all") for m in shares}) < 2 or profile.is_replay:
        return rows, ""
    answer = profile.cases_of
    counts = _counts(readings, file)
    if answer is None and counts and _are_whole(counts):
        answer = "all"
    if answer is None:
        header = file.label("n")
        asked = question(
            "cases-of", "cases_of", ["all", "each", "ignore"],
            header=header, metrics=" and ".join(m for m in shares if m in _OF),
            preview=[
                f"all: all cases; those of {_listed(shares)} are worked out, or left open",
                f"each: {header} is the number of cases of each metric",
                "ignore: the number of cases is not used",
            ],
        )  # fmt: skip
        raise Refusal(questions=[asked])
    if answer == "each":
        return rows, ""
    return _counted(rows, shares, counts if answer == "all" else None), (
        f"{file.label('n')} counts all cases; those of {_listed(shares)} are "
        + ("worked out from the other metrics" if counts else "left open")
        if answer == "all"
        else f"{file.label('n')} is not used"
    )


def _listed(shares: list[str]) -> str:
    return " and ".join(m for m in shares if m in _OF)


def _counts(readings: dict[str, Reading], file: FileColumns) -> dict[str, Floats]:
    """How many cases are flagged, positive and negative in each record; none if it is unknown."""
    named = dict(file.meanings)
    n = _numbers(readings["n"])

    def value(metric: str) -> Floats:
        number = _numbers(readings[f"={metric}"])
        return number / _IN_PERCENT if named[metric].is_percent else number

    if not {"precision", "recall"} <= named.keys():
        return {}
    precision, recall = value("precision"), value("recall")
    with np.errstate(divide="ignore", invalid="ignore"):
        if "prevalence" in named:
            positives = value("prevalence") * n
        elif "accuracy" in named:
            wrong = n * (1 - value("accuracy"))
            hits = wrong / ((1 / precision - 1) + (1 / recall - 1))
            positives = hits / recall
        else:
            return {}
        flagged = positives * recall / precision
    return {"positives": positives, "negatives": n - positives, "flagged": flagged}


def _numbers(reading: Reading) -> Floats:
    numbers = reading.array(ColumnKind.NUMBER).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(reading.is_faulty(), np.nan, numbers)


def _are_whole(counts: dict[str, Floats]) -> bool:
    """Whether the counts are whole numbers, as only those of the right cases are."""
    both = np.concatenate([counts["positives"], counts["flagged"]])
    both = both[np.isfinite(both)]
    if not len(both):
        return False
    return float(np.mean(np.abs(both - np.round(both)) <= _WHOLE)) >= _MOST


def _counted(rows: Rows, shares: list[str], counts: dict[str, Floats] | None) -> Rows:
    codes, metrics = distinct(rows.fields["metric"])
    n = rows.fields["n"].cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
    for code, metric in enumerate(metrics):
        mine = codes == code
        of = _OF.get(str(metric))
        if counts is None:
            n[mine] = np.nan
        elif of is not None and metric in shares:
            n[mine] = np.round(counts[of][rows.of[mine]]) if of in counts else np.nan
    whole = pa.array(n, from_pandas=True)
    whole = pc.if_else(pc.is_finite(whole), whole, pa.scalar(None, pa.float64()))
    return Rows(rows.of, rows.fields | {"n": whole.cast(pa.int64(), safe=False)})
