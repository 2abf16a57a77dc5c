"""The prediction log of one model: which metrics of a mechanism it gives, period by period."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, Final

from mlpm_core.in_life.log_figures import Figure, Scores, class_of, positive_of
from mlpm_core.in_life.periods import Logged, Monitored, Period
from mlpm_core.quantity.written import fig
from mlpm_core.records import METRICS
from mlpm_core.services.valuation.log_metrics import (
    AUTOMATIC,
    NUMBERS,
    OF_CLASSES,
    OF_ONE_CLASS,
    OF_SCORES,
    LogCounts,
    Task,
    automatic_at,
    figures_of,
    n_and_outcomes,
    numbers_of,
)
from mlpm_core.store import rows_of_one

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from mlpm_core.services.valuation.log_metrics import Row
    from mlpm_core.store import Reader

_USUAL: Final = 0.9  # of the outcomes that earlier periods have
_CLEAR: Final = 2.0
_TWO: Final = 2


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What was answered of a model's log: the score from which a case is flagged, and which class.

    ``thresholds.MODEL=none`` says that no threshold is in use: None, as where nobody was asked.
    ``threshold_from`` and ``positive_from`` are the batches for which it was answered.
    """

    threshold: float | None = None
    positive: str | None = None
    threshold_from: str = ""
    positive_from: str = ""

    @property
    def sentences(self) -> str:
        """What metrics of the log go by, and for which batch it was answered.

        Examples
        --------
        >>> OperatingPoint(0.35, threshold_from="B00002").sentences
        'A case counts as flagged from a score of 0.35 on, as answered for B00002.'
        """
        said = []
        if self.threshold is not None:
            said.append(
                f"A case counts as flagged from a score of {fig(self.threshold):g} on, as answered "
                f"for {self.threshold_from}."
            )
        if self.positive is not None:
            said.append(
                f"The class that counts is {self.positive}, as answered for {self.positive_from}."
            )
        return " ".join(said)


def operating_points(reader: Reader, project: str) -> dict[str, OperatingPoint]:
    """What was answered of the logs of a project's models; the newest answer in force counts."""
    points = {}
    for model, answers in log_answers(reader, project).items():
        threshold, positive = (answers.get(g, (None, "")) for g in ("thresholds", "positives"))
        points[model] = OperatingPoint(
            _threshold(threshold[0]), positive[0], threshold[1], positive[1]
        )
    return points


def log_answers(reader: Reader, project: str) -> dict[str, dict[str, tuple[str, str]]]:
    """By model the newest answers in force about its log, each with the batch it was given for.

    The answers are called ``thresholds`` and ``positives``.
    """
    answers: dict[str, dict[str, tuple[str, str]]] = {}
    for row in rows_of_one(reader, "log_answers", {"project": project}):
        for answer in json.loads(row["answers"]):
            key, _, value = answer.partition("=")
            group, _, model = key.partition(".")
            if group in ("thresholds", "positives"):
                of_model = answers.setdefault(model.replace("%3D", "="), {})
                of_model.setdefault(group, (value, str(row["batch"])))
    return answers


def _threshold(answer: str | None) -> float | None:
    try:
        return None if answer is None else float(answer)
    except ValueError:  # "none"
        return None


def needs_bins(pairs: Sequence[Row], names: Collection[str]) -> bool:
    """Whether scores must be looked at."""
    return bool(OF_SCORES & set(names)) or any(row["y_pred"] == "" for row in pairs)


def needs_answers(pairs: Sequence[Row], names: Collection[str]) -> bool:
    """Whether what was answered of the log may matter."""
    return bool((OF_ONE_CLASS | OF_SCORES) & set(names)) or any(r["y_pred"] == "" for r in pairs)


@dataclass(frozen=True, slots=True)
class ModelLog:
    """The counts of a log, the metrics asked of it, and what is known of how it is read."""

    counts: LogCounts
    names: frozenset[str]
    task: Task
    positive: str | None
    threshold: float | None
    point: OperatingPoint

    @classmethod
    def of(cls, counts: LogCounts, names: Iterable[str], point: OperatingPoint | None) -> ModelLog:
        """The log as it was answered that it is read; classes that say so themselves do."""
        classes = sorted({class_of(text) for text in counts.pairs[0]["classes"]})
        task = Task.BINARY if len(classes) <= _TWO else Task.CLASSES
        point = point or OperatingPoint()
        positive = None if point.positive is None else class_of(point.positive)
        if len(classes) > 1 and positive not in classes:
            positive = positive_of(classes) if task is Task.BINARY else None
        elif positive is None:
            positive = positive_of(classes)
        # Classes that were predicted go before a threshold.
        threshold = None if counts.has_classes else point.threshold
        asked = frozenset(names)
        is_answered = point.positive is not None and positive == class_of(point.positive)
        in_use = replace(
            point,
            threshold=threshold if asked & (OF_ONE_CLASS | OF_CLASSES | AUTOMATIC) else None,
            positive=positive if is_answered else None,
        )
        return cls(counts, asked, task, positive, threshold, in_use)

    @property
    def has_outcomes(self) -> bool:
        """Whether any outcome is known yet."""
        return any(row["y_true"] != "" for row in self.counts.pairs)

    @property
    def asks_threshold(self) -> bool:
        """Whether scores alone are there, and nobody said from which on a case is flagged."""
        return (
            self.threshold is None
            and not self.counts.has_classes
            and bool(self.counts.bins)
            and bool(self.names & (OF_ONE_CLASS | OF_CLASSES | AUTOMATIC))
        )

    @property
    def asks_positive(self) -> bool:
        """Whether nobody said which class recall and the like are of."""
        needs = self.names & (OF_ONE_CLASS | OF_SCORES)
        if not self.counts.has_classes:
            needs |= self.names & AUTOMATIC
        return self.positive is None and bool(needs) and self.has_outcomes

    @property
    def unsaid(self) -> list[str]:
        """The metrics that wait for an answer."""
        names: frozenset[str] = frozenset()
        if self.asks_threshold:
            names |= self.names & (OF_ONE_CLASS | OF_CLASSES | AUTOMATIC)
        if self.asks_positive:
            names |= self.names & (OF_ONE_CLASS | OF_SCORES)
        return sorted(names)

    def computed(
        self, length: str, today: date
    ) -> tuple[dict[Period, dict[str, Monitored]], list[tuple[Period, Logged]]]:
        """The metrics by period, and the periods left out until more outcomes are known."""
        by_period = self.counts.by_period
        ended = [start for start in by_period if Period(start, length).last_on <= today]
        scores = self.counts.scores(self.positive) if self.positive is not None else {}
        bins: dict[datetime, list[Row]] = {}
        for row in self.counts.bins:
            bins.setdefault(row["period_start"], []).append(row)
        computed: dict[Period, dict[str, Monitored]] = {}
        waiting = []
        for start in ended or by_period:
            rows, period = by_period[start], Period(start, length)
            said = Logged(*n_and_outcomes(rows))
            figures = self._figures(rows, scores.get(start), bins.get(start, ()))
            if not is_settled(said, rows[0]["n_earlier"], rows[0]["outcomes_earlier"]):
                waiting.append((period, said))
                figures = {n: f for n, f in figures.items() if n == "coverage"}
            metrics = {n: _monitored(n, f, said) for n, f in figures.items() if n in self.names}
            if metrics:
                computed[period] = metrics
        return computed, waiting

    def _figures(
        self,
        rows: Sequence[Row],
        scores: Scores | None,
        bins: Iterable[Row],
    ) -> dict[str, Figure]:
        figures = figures_of(self.task, rows, self.positive, scores, self.threshold)
        if self.threshold is not None and scores is not None:
            figures |= automatic_at(bins, scores, self.threshold)
        if self.names & NUMBERS:
            n_judged = sum(r["n"] for r in rows if "" not in (r["y_pred"], r["y_true"]))
            numbers = numbers_of(rows)
            # Else some of it is no number, or nothing says how far off it may be.
            if numbers.n == n_judged and numbers.n >= _TWO:
                figures |= numbers.figures()
        return figures


def _monitored(name: str, figure: Figure, said: Logged) -> Monitored:
    """A computed metric as a result is."""
    is_counted = METRICS[name].is_share and figure.numerator is not None
    is_final = said.n == said.n_outcomes or name == "coverage"
    return Monitored(
        value=figure.value,
        n=figure.n,
        value_se=None if is_counted else figure.error,
        batch="",
        label_status="final" if is_final else "partial",
        labelled_share=said.n_outcomes / said.n,
        numerator=figure.numerator if is_counted else None,
        denominator=figure.denominator if is_counted else None,
        logged=said,
    )


def is_settled(said: Logged, n_earlier: int, outcomes_earlier: int) -> bool:
    """Whether as many outcomes are known as is usual for the periods before.

    Fewer than 90 % of the usual share, by more than two standard errors, is fewer.
    """
    if not n_earlier or not outcomes_earlier:
        return True
    usual, own = outcomes_earlier / n_earlier, said.n_outcomes / said.n
    if own >= _USUAL * usual:
        return True
    return own + _CLEAR * sqrt(usual * (1 - usual) / said.n) >= usual
