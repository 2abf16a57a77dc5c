"""scikit-learn's reports by class, and which class is the positive one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlpm_core.intake.files.report_parts import Json, ReportedMetric, as_dict, number, text_of
from mlpm_core.intake.messages import question
from mlpm_core.intake.profile import NONE_OF_THESE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question


def by_class(report: Json) -> Iterator[ReportedMetric | str]:
    """``classification_report(output_dict=True)``; support counts the cases of recall only."""
    whole = as_dict(report.get("macro avg") or report.get("weighted avg"))
    for name, values in report.items():
        if not isinstance(values, dict):
            yield number(name, values, n=text_of(whole.get("support")))
            continue
        kind = "average" if name.endswith(" avg") else "class"
        for key, value in values.items():
            if key != "support":
                n = values.get("support") if kind == "class" and key == "recall" else None
                yield number(key, value, n=text_of(n), slice_key=kind, slice_value=name)


def of_positive_class(
    parts: list[ReportedMetric | str], profile: Profile
) -> tuple[Iterator[ReportedMetric | str], list[Question]]:
    """The metrics of a report by class as those of its positive class, and the question for it.

    Of precision it is told how many cases were flagged, as far as the other numbers say it.
    """
    classes = dict.fromkeys(
        str(p.slice_value) for p in parts if not isinstance(p, str) and p.slice_key == "class"
    )
    chosen = profile.positive_class
    asked = []
    if len(classes) > 1 and chosen is None and not profile.is_replay:
        last = [*classes][::-1]
        asked = [question("positive-class", "positive_class", [*last, NONE_OF_THESE])]
    mine = {
        p.metric: p for p in parts
        if not isinstance(p, str) and p.slice_key == "class" and p.slice_value == chosen
    }  # fmt: skip
    return (_of_class(part, mine) for part in parts), asked


def _of_class(
    part: ReportedMetric | str, mine: Mapping[str, ReportedMetric]
) -> ReportedMetric | str:
    if isinstance(part, str) or mine.get(part.metric) is not part:
        return part
    n = _flagged(mine) if part.metric == "precision" else part.n
    return replace(part, slice_key=None, slice_value=None, n=n)


def _flagged(metrics: Mapping[str, ReportedMetric]) -> str | None:
    """How many cases were flagged: those found, by the share of those flagged that they are."""
    recall, precision = metrics.get("recall"), metrics.get("precision")
    if recall is None or precision is None or recall.n is None:
        return None
    try:
        shares = [float(m.value.replace(",", ".")) for m in (recall, precision)]
        flagged = float(recall.n.replace(",", ".")) * shares[0] / shares[1]
    except (ValueError, ZeroDivisionError):
        return None
    return str(round(flagged)) if flagged >= 1 else None
