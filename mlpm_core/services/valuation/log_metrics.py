"""From predictions to metrics: what a prediction log says of its model, period by period.

All of it is read from the counts that every import lays down, however long the log is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.in_life.log_figures import (
    N_BINS,
    Confusion,
    Figure,
    Numbers,
    Scores,
    class_of,
    one_against_rest,
    positive_of,
    several_classes,
    share,
)
from mlpm_core.in_life.periods import Period
from mlpm_core.store import rows_of_one

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mlpm_core.services.session.workspace import Workspace

    Row = Mapping[str, Any]

MOST_CLASSES: Final = 10
"""More outcomes than these, all of them numbers, are a number and no classes."""
FIRST_MONDAY: Final = date(2024, 1, 1)
NUMBERS: Final = frozenset(("mae", "mse", "rmse", "bias", "wape", "r2"))
AUTOMATIC: Final = frozenset(("coverage", "selective_error"))
OF_CLASSES: Final = frozenset(("accuracy", "error_rate", "balanced_accuracy", "mcc"))
OF_ONE_CLASS: Final = frozenset(Confusion(1, 1, 1, 1).figures()) - OF_CLASSES
OF_SCORES: Final = frozenset(("brier", "ece", "roc_auc", "gini", "ks", "pr_auc"))
COMPUTED: Final = NUMBERS | AUTOMATIC | OF_CLASSES | OF_ONE_CLASS | OF_SCORES
"""The metrics that a prediction log gives, by what they are of."""

_TWO = 2


class Task(StrEnum):
    """What a log predicts, by what is in it."""

    NONE = "none"
    BINARY = "binary"
    CLASSES = "classes"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class PeriodMetrics:
    """The metrics of one period by name, of how many predictions, and how many have an outcome."""

    period: Period
    n: int
    n_outcomes: int
    metrics: Mapping[str, Figure]

    @property
    def labelled_share(self) -> float:
        """The share of the predictions whose outcome is known."""
        return self.n_outcomes / self.n


@dataclass(frozen=True, slots=True)
class LogMetrics:
    """What a prediction log says of its model, oldest period first.

    ``classes`` are those predicted or seen, empty for numbers; ``positive`` is the one that recall
    and precision are of, None where nobody said and the classes do not say so themselves.
    ``asks_positive`` and ``asks_threshold`` say what must be answered before there is more: which
    of the classes is the positive one, and from which score on a case is flagged, where a log holds
    scores and no predicted class.
    """

    task: Task
    classes: tuple[str, ...]
    positive: str | None
    asks_positive: bool
    asks_threshold: bool
    periods: tuple[PeriodMetrics, ...]


def metrics_of_log(
    workspace: Workspace,
    project: str,
    model_id: str,
    model_version: str = "",
    *,
    granularity: str = "P1W",
    positive: str | None = None,
    threshold: float | None = None,
) -> LogMetrics:
    """The metrics of a model's prediction log by period, up to today.

    Parameters
    ----------
    model_version : str
        Empty takes every version.
    granularity : str
        P1D, P1W or P1M.
    positive : str, optional
        The class that recall and precision are of; unless told, the one that says so itself, such
        as 1 of 0 and 1. Of more than two classes it is held against all others.
    threshold : float, optional
        The score from which on a case is flagged, a whole hundredth; predicted classes, where the
        log holds any, are then left aside.

    Raises
    ------
    NotFoundError
        When there is no such project.
    InputError
        When the granularity is another, the class is none of the log's, or the threshold is no
        whole hundredth from 0 to 1.
    """
    workspace.project(project)
    if granularity not in ("P1D", "P1W", "P1M"):
        raise InputError(
            f"Metrics of a log come by day, week or month (P1D, P1W, P1M), not {granularity!r}."
        )
    asked = log_question(
        project, model_id, model_version, length=granularity, today=workspace.today(project)
    )
    with workspace.store.reader() as reader:
        pairs = rows_of_one(reader, "log_pairs", asked)
        bins = rows_of_one(reader, "log_bins", asked)
    return LogCounts(pairs, bins).metrics(granularity, positive, threshold)


def log_question(
    project: str,
    model_id: str,
    model_version: str,
    *,
    length: str,
    today: date,
    anchor: date = FIRST_MONDAY,
    days: int = 0,
) -> dict[str, object]:
    """What the counts of a log are asked by: see ``queries/log_pairs.sql``."""
    return {
        "project": project,
        "model_id": model_id,
        "model_version": model_version,
        "by": length,
        "anchor": anchor,
        "until": datetime.combine(today + timedelta(days=1), time()),
        "days": days,
    }


@dataclass(frozen=True, slots=True)
class LogCounts:
    """The counts of a log as ``queries/log_pairs.sql`` and ``log_bins.sql`` give them."""

    pairs: Sequence[Row]
    bins: Sequence[Row]

    def metrics(
        self, granularity: str, positive: str | None, threshold: float | None
    ) -> LogMetrics:
        """All metrics by period: see `metrics_of_log`."""
        task, classes = self._task()
        if positive is not None:
            positive = class_of(positive)
            if positive not in classes and len(classes) != 1:  # of one class the other may be any
                listed = ", ".join(classes) or "none: it predicts numbers, or has no outcomes yet"
                raise InputError(f"The log holds no class {positive!r}. Its classes: {listed}.")
        elif task is Task.BINARY:
            positive = positive_of(classes)
        scores = self.scores(positive) if positive is not None else {}
        if threshold is not None:
            Scores().at(threshold)  # refused whatever the log holds
        return LogMetrics(
            task=task,
            classes=classes,
            positive=positive,
            asks_positive=positive is None and task is Task.BINARY,
            asks_threshold=threshold is None and bool(scores) and not self.has_classes,
            periods=tuple(
                _period(
                    Period(start, granularity),
                    rows,
                    figures_of(task, rows, positive, scores.get(start), threshold),
                )
                for start, rows in self.by_period.items()
            ),
        )

    @property
    def by_period(self) -> dict[datetime, list[Row]]:
        """The pairs of each period, the oldest first."""
        by_period: dict[datetime, list[Row]] = {}
        for row in self.pairs:
            by_period.setdefault(row["period_start"], []).append(row)
        return dict(sorted(by_period.items()))

    @property
    def has_classes(self) -> bool:
        """Whether anything that was predicted has an outcome beside it; else only scores have."""
        return any(_is_judged(row) for row in self.pairs)

    def _task(self) -> tuple[Task, tuple[str, ...]]:
        """What the log predicts, and its classes; as the segments of a log are told."""
        judged = [row for row in self.pairs if _is_judged(row)]
        n, n_numbers = (sum(row[name] for row in judged) for name in ("n", "n_numbers"))
        outcomes = {row["y_true"] for row in judged}
        is_many = None in outcomes or len(outcomes) > MOST_CLASSES
        if n and n == n_numbers and is_many:
            return Task.NUMBERS, ()
        told = [row[side] for row in self.pairs for side in ("y_pred", "y_true") if _is_judged(row)]
        told += [row["y_true"] for row in self.bins]
        classes = tuple(sorted({class_of(text) for text in told if text}))
        if not classes:
            return Task.NONE, ()
        return (Task.BINARY if len(classes) <= _TWO else Task.CLASSES), classes

    def scores(self, positive: str) -> dict[datetime, Scores]:
        """The scored cases by period; without those in which there are too many classes to list."""
        unlisted = {row["period_start"] for row in self.bins if row["y_true"] is None}
        found: dict[datetime, Scores] = {}
        for row in self.bins:
            if row["period_start"] in unlisted or row["y_true"] == "":
                continue
            powers = [row[f"sum_p{power}"] for power in ("", 2, 3, 4)]
            found.setdefault(row["period_start"], Scores()).put(
                row["score_bin"],
                powers,
                row["n"],
                is_positive=class_of(row["y_true"]) == positive,
            )
        return found


def _is_judged(row: Row) -> bool:
    return "" not in (row["y_pred"], row["y_true"])


def _period(period: Period, rows: Iterable[Row], figures: Mapping[str, Figure]) -> PeriodMetrics:
    return PeriodMetrics(period, *n_and_outcomes(rows), figures)


def n_and_outcomes(rows: Iterable[Row]) -> tuple[int, int]:
    """How many predictions these are, and how many of them have an outcome."""
    n = n_outcomes = 0
    for row in rows:
        n += row["n"]
        n_outcomes += row["n"] if row["y_true"] != "" else 0
    return n, n_outcomes


def figures_of(
    task: Task,
    rows: Sequence[Row],
    positive: str | None,
    scores: Scores | None,
    threshold: float | None,
) -> dict[str, Figure]:
    """The metrics of the pairs of one period by name."""
    if task is Task.NUMBERS:
        return numbers_of(rows).figures()
    if threshold is None:
        judged = [row for row in rows if _is_judged(row)]
        figures = _of_classes(task, judged, positive) | _of_automatic(rows, judged)
    else:
        figures = scores.at(threshold).figures() if scores is not None else {}
    if positive is None:
        return figures
    outcomes: Counter[bool] = Counter()
    for row in rows:
        if row["y_true"]:
            outcomes[class_of(row["y_true"]) == positive] += row["n"]
    is_listed = all(row["y_true"] is not None for row in rows)
    prevalence = share(outcomes[True], outcomes.total()) if is_listed else None
    if prevalence is not None:
        figures["prevalence"] = prevalence
    return figures | (scores.figures() if scores is not None else {})


def automatic_at(bins: Iterable[Row], scores: Scores, threshold: float) -> dict[str, Figure]:
    """Coverage and selective error where what scores so much is decided without a person.

    Coverage is of all that was scored, whether its outcome is known or not.

    Parameters
    ----------
    bins : iterable of mapping
        Those of one period.
    scores : Scores
        The same cases, of those whose outcome is known.
    """
    n = n_decided = 0
    for row in bins:
        n += row["n"]
        n_decided += row["n"] if row["score_bin"] >= round(threshold * N_BINS) else 0
    judged = scores.at(threshold)
    return _told(
        {
            "coverage": share(n_decided, n),
            "selective_error": share(judged.fp, judged.tp + judged.fp),
        }
    )


def _of_automatic(rows: Sequence[Row], judged: Sequence[Row]) -> dict[str, Figure]:
    """Coverage and selective error of predictions that were followed.

    None where the whole log has nothing but one of the two: a log without decisions does not say
    who decided, nor one whose decisions are never called like what was predicted.
    """
    if not rows or not 0 < rows[0]["n_overruled"] < rows[0]["n_whole"]:
        return {}
    n, n_followed = (sum(row[name] for row in rows) for name in ("n", "n_followed"))
    figures = {"coverage": share(n_followed, n)}
    if all(row["n_wrong"] in (0, row["n"]) for row in judged):  # else it is not told which
        n_wrong = sum(row["n_followed"] for row in judged if row["n_wrong"])
        figures["selective_error"] = share(n_wrong, sum(row["n_followed"] for row in judged))
    return _told(figures)


def _told(figures: Mapping[str, Figure | None]) -> dict[str, Figure]:
    return {name: figure for name, figure in figures.items() if figure is not None}


def _of_classes(task: Task, judged: Sequence[Row], positive: str | None) -> dict[str, Figure]:
    """The metrics of predicted classes; of too many to list, how many were wrong and no more."""
    if any(row["y_pred"] is None or row["y_true"] is None for row in judged):
        n, n_wrong = (sum(row[name] for row in judged) for name in ("n", "n_wrong"))
        wrong, right = share(n_wrong, n), share(n - n_wrong, n)
        return {"accuracy": right, "error_rate": wrong} if right and wrong else {}
    pairs: Counter[tuple[str, str]] = Counter()
    for row in judged:
        pairs[class_of(row["y_pred"]), class_of(row["y_true"])] += row["n"]
    of_all = several_classes(pairs)
    if positive is None:
        return of_all
    of_one = one_against_rest(pairs, positive).figures()
    return of_one if task is Task.BINARY else of_one | of_all  # accuracy stays that of all classes


def numbers_of(rows: Iterable[Row]) -> Numbers:
    """The sums over predicted numbers of the pairs of one period."""
    total = Numbers()
    names = ("error", "abs_error", "sq_error", "actual", "abs_actual", "sq_actual", "error_actual")
    for row in rows:
        total.add(Numbers(row["n_numbers"], *(row[f"sum_{name}"] for name in names)))
    return total
