"""Names of metrics: those that are ours in another spelling, and those that may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError, quoted
from mlpm_core.quantity import PERCENT_WORDS
from mlpm_core.records import METRIC_ALIASES, METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable

KEEP: Final = "keep"
"""The answer that leaves a metric, or a class of outcomes, under its own name."""

_IN_PERCENT: Final = " in %"
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


_METRIC_OF: Final = {normal(m): m for m in METRICS} | {
    normal(a): m for a, m in METRIC_ALIASES.items()
}


def known_metric(name: str) -> str | None:
    """The registry's spelling of a metric, or None.

    Examples
    --------
    >>> known_metric("ROC AUC"), known_metric("Sensitivity"), known_metric("joy_index")
    ('roc_auc', 'recall', None)
    """
    return _METRIC_OF.get(normal(name).rstrip("."))


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
        sign, unit = "-" * self.is_negated, _IN_PERCENT * self.is_percent
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
        metric = known_metric(text.removesuffix(_IN_PERCENT).removeprefix("-"))
        if metric is None:
            raise InputError(
                f"metrics.{name} is {quoted(answer)}, which is no metric MLPM knows; write one "
                f"such as recall, or {KEEP}."
            )
        return cls(metric, text.endswith(_IN_PERCENT), text.startswith("-"))


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
    """
    if known_metric(name) is not None or len(name) > 60:
        return []
    words = [w for w in _APART.split(name.casefold()) if w]
    if not _NOT_ITSELF.isdisjoint(words):
        return []
    is_negated = words[:1] == ["neg"]
    is_percent = "%" in name or not _PERCENT.isdisjoint(words)
    core = [w for w in words[is_negated:] if w not in _AFFIXES and not w.isdigit()]
    metric = _metric_of(core) or _metric_of(words) or (_misspelt(core) if core else None)
    if metric is None:
        return []
    share = METRICS[metric].is_share or metric in ("wape", "mape", "smape")
    if is_percent and share:
        return [Meaning(metric, is_percent=True), Meaning(metric)]
    return [Meaning(metric, is_negated=is_negated)]


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
