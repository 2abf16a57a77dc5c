"""Names of metrics: those that are ours in another spelling, and those that may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError, quoted
from mlpm_core.quantity import PERCENT_WORDS
from mlpm_core.records import METRIC_ALIASES, METRICS, PERCENT_ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterable

KEEP: Final = "keep"
"""The answer that leaves a metric, or a class of outcomes, under its own name."""

IN_PERCENT: Final = " in %"
_DROPPED: Final = str.maketrans(
    "",
    "",
    " \t\u00a0\u2007\u2009\u202f_-\u2010\u2011\u2012\u2013\u2014"  # spaces and dashes
    "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad",  # and what nobody sees
)
_APART: Final = re.compile(r"[\s_\-/.,:;()\[\]@%#|]+")
_AFFIXES: Final = frozenset(
    {
        *("val", "valid", "validation", "test", "train", "training", "eval", "evaluation", "cv"),
        *("holdout", "oof", "mean", "avg", "weighted", "macro", "micro", "binary", "overall"),
        *("final", "best", "model", "score", "metric", "value", "in", "wert", "anteil", "quote"),
        *PERCENT_WORDS,
    }
)
_NOT_ITSELF: Final = frozenset(
    {
        *("std", "stdev", "stddev", "var", "min", "max", "delta", "diff", "drift", "change"),
        *("lower", "upper", "low", "high", "baseline"),
    }
)
_PERCENT: Final = frozenset(PERCENT_WORDS)
_SHORTEST: Final = 5  # letters of a name that may be misspelt


def normal(name: str) -> str:
    """A name as it is compared: without case, spaces, dashes and underscores.

    Examples
    --------
    >>> normal("Model ID") == normal("model-id") == normal("model_id")
    True
    """
    return name.translate(_DROPPED).casefold()


_NESTED: Final = "metrics."
_METRIC_OF: Final = {normal(m): m for m in METRICS} | {
    normal(a): m for a, m in METRIC_ALIASES.items()
}


def known_metric(name: str) -> str | None:
    """The registry's spelling of a metric, or None; nested ones of JSON are called metrics.NAME.

    Examples
    --------
    >>> known_metric("ROC AUC"), known_metric("Sensitivity"), known_metric("joy_index")
    ('roc_auc', 'recall', None)
    >>> known_metric("metrics.recall")
    'recall'
    """
    return _METRIC_OF.get(normal(name).removeprefix(_NESTED).rstrip("."))


_MAY_MEAN: Final = {
    normal(name): metrics.split()
    for metrics, names in {
        "recall": "trefferquote trefferrate erkennungsrate sensitivit\u00e4t hit_rate "
        "detection_rate rappel sensibilit\u00e9 exhaustividad sensibilidad "
        "revoca\u00e7\u00e3o richiamo",
        "precision": "pr\u00e4zision pr\u00e9cision precisi\u00f3n precis\u00e3o precisione",
        "accuracy precision": "genauigkeit treffgenauigkeit",
        "accuracy": "exactitude exactitud acur\u00e1cia accuratezza",
        "balanced_accuracy": "balanced_acc bal_acc",
        "specificity": "spezifit\u00e4t sp\u00e9cificit\u00e9 especificidad",
        "fpr": "false_alarm_rate fall_out falschalarmrate falsch_positiv_rate",
        "fnr": "falsch_negativ_rate",
        "error_rate": "fehlerrate fehlerquote err_rate misclassification_rate",
        "log_loss": "cross_entropy binary_crossentropy",
        "roc_auc": "roc c_statistic c_index",
        "pr_auc": "area_under_pr area_under_precision_recall_curve",
        "coverage": "abdeckung couverture cobertura copertura abdeckungsrate",
        "f1": "f_score f_measure f_ma\u00df",
        "r2": "r^2 bestimmtheitsma\u00df",
        "ndcg_at_k": "ndcg",
        "map_at_k": "map mean_average_precision",
        "uplift_at_k": "uplift",
        "containment_rate": "containment",
        "resolution_rate": "resolution",
    }.items()
    for name in names.split()
}
"""Words that may mean a metric of ours, in the languages that files come in."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name of a file stands for: a metric, in percent, or with its sign changed."""

    metric: str
    is_percent: bool = False
    is_negated: bool = False

    @property
    def answer(self) -> str:
        """As it is answered.

        Examples
        --------
        >>> Meaning("recall", is_percent=True).answer, Meaning("mae", is_negated=True).answer
        ('recall in %', '-mae')
        """
        sign, unit = "-" * self.is_negated, IN_PERCENT * self.is_percent
        return f"{sign}{self.metric}{unit}"

    @classmethod
    def read(cls, name: str, answer: str) -> Meaning:
        """What an answer says that a name stands for.

        Raises
        ------
        InputError
            When it names no metric.

        Examples
        --------
        >>> Meaning.read("Recall (%)", "recall in %")
        Meaning(metric='recall', is_percent=True, is_negated=False)
        """
        text = answer.strip()
        if text == KEEP:
            return cls(name)
        metric = known_metric(text.removesuffix(IN_PERCENT).removeprefix("-"))
        if metric is None:
            raise InputError(
                f"metrics.{name} is {quoted(answer)}, which is no metric MLPM knows; write one "
                f"such as recall, or {KEEP}."
            )
        return cls(metric, text.endswith(IN_PERCENT), text.startswith("-"))


def near_metrics(name: str) -> list[Meaning]:
    """What a name that is not known may stand for, the likeliest first.

    Examples
    --------
    >>> [m.answer for m in near_metrics("val_recall")], near_metrics("joy_index")
    (['recall'], [])
    >>> [m.answer for m in near_metrics("Recall (%)")]
    ['recall in %', 'recall']
    >>> [m.answer for m in near_metrics("neg_log_loss")]
    ['-log_loss']
    >>> [m.answer for m in near_metrics("Trefferquote")]
    ['recall']
    >>> [m.answer for m in near_metrics("Genauigkeit (%)")]
    ['accuracy in %', 'precision in %', 'accuracy', 'precision']
    """
    if known_metric(name) is not None or len(name) > 60:
        return []
    words = [w for w in _APART.split(name.casefold()) if w]
    if not _NOT_ITSELF.isdisjoint(words):
        return []
    is_negated = words[:1] == ["neg"]
    is_percent = "%" in name or not _PERCENT.isdisjoint(words)
    core = [w for w in words[is_negated:] if w not in _AFFIXES and not w.isdigit()]
    of_words = next((m for some in (words, core) if (m := _MAY_MEAN.get("".join(some)))), None)
    metric = _metric_of(core) or _metric_of(words)
    if metric is None and of_words is None:
        metric = _misspelt(core) if core else None
    metrics = [metric] if metric is not None else of_words or []
    shares = [m for m in metrics if METRICS[m].is_share or m in PERCENT_ERRORS]
    if is_percent and shares:
        return [*(Meaning(m, is_percent=True) for m in shares), *map(Meaning, metrics)]
    return [Meaning(m, is_negated=is_negated) for m in metrics]


def _metric_of(words: list[str]) -> str | None:
    """The metric that some words name, whole or but for the first or last of several."""
    for some in (words, words[1:] if len(words) > 2 else [], words[:1] if len(words) == 2 else []):
        if some and (metric := known_metric("".join(some))) is not None:
            return metric
    return None


def _misspelt(words: Iterable[str]) -> str | None:
    written = "".join(words)
    if len(written) < _SHORTEST:
        return None
    return next(
        (
            metric
            for name, metric in _METRIC_OF.items()
            if len(name) >= _SHORTEST and name[0] == written[0] and one_letter_apart(written, name)
        ),
        None,
    )


def one_letter_apart(one: str, other: str) -> bool:
    """Whether two words differ by one letter changed, added or left out.

    Examples
    --------
    >>> one_letter_apart("recal", "recall"), one_letter_apart("recall", "recall")
    (True, False)
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    i = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[i + (len(one) == len(other)) :] == long[i + 1 :]
