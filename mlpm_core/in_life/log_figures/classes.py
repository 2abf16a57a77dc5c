"""Metrics of predicted against actual classes."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.in_life.log_figures.figure import Figure, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_POSITIVE: Final = ("1", "true", "yes", "y", "t", "positive", "pos")
_NEGATIVE: Final = ("0", "false", "no", "n", "f", "negative", "neg", "-1")


def class_of(text: str) -> str:
    """A class as it is compared: numbers as numbers, so that 1 and 1.0 are one class.

    Examples
    --------
    >>> class_of("1.0"), class_of("0.50"), class_of("north")
    ('1', '0.5', 'north')
    """
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return str(int(number)) if number.is_integer() else repr(number)


def positive_of(classes: Iterable[str]) -> str | None:
    """The class that counts as positive where the classes say so themselves, else None.

    Examples
    --------
    >>> positive_of(["0", "1"]), positive_of(["no", "Yes"]), positive_of(["cat", "dog"])
    ('1', 'Yes', None)
    """
    listed = list(classes)
    named = [c for c in listed if c.lower() in _POSITIVE]
    rest = [c for c in listed if c.lower() not in _POSITIVE]
    is_clear = len(named) == 1 and (not rest or (len(rest) == 1 and rest[0].lower() in _NEGATIVE))
    return named[0] if is_clear else None


@dataclass(frozen=True, slots=True)
class Confusion:
    """What was predicted against what happened, of a positive class and the rest."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def n(self) -> int:
        """All that was judged."""
        return self.tp + self.fp + self.fn + self.tn

    def figures(self) -> dict[str, Figure]:
        """Its metrics by name; one without a case is left out.

        Examples
        --------
        >>> found = Confusion(tp=60, fp=20, fn=40, tn=880).figures()
        >>> found["precision"].value, found["precision"].n, found["recall"].value
        (0.75, 80, 0.6)
        >>> round(found["f1"].value, 4), round(found["mcc"].value, 4)
        (0.6667, 0.6389)
        """
        tp, fp, fn, tn = self.tp, self.fp, self.fn, self.tn
        false_alarms, missed = share(fp, fp + tn), share(fn, tp + fn)
        shares = {
            "accuracy": share(tp + tn, self.n),
            "error_rate": share(fp + fn, self.n),
            "precision": share(tp, tp + fp),
            "recall": share(tp, tp + fn),
            "specificity": share(tn, fp + tn),
            "fpr": false_alarms,
            "overkill_rate": false_alarms,
            "fnr": missed,
            "escape_rate": missed,
        }
        counted = {
            name: figure
            for name, figure in (shares | {"f1": self._f1(), "mcc": self._mcc()}).items()
            if figure is not None
        }
        if balanced := balanced_accuracy([(tp, tp + fn), (tn, fp + tn)]):
            counted["balanced_accuracy"] = balanced
        return counted

    def _f1(self) -> Figure | None:
        # F1 = 2j / (1 + j), where j = tp / (tp + fp + fn) is a share of those cases (Jaccard);
        # its error follows by the delta method.
        jaccard = share(self.tp, self.tp + self.fp + self.fn)
        if jaccard is None:
            return None
        j, error = jaccard.value, jaccard.error
        slope = 2 / (1 + j) ** 2
        return Figure(2 * j / (1 + j), jaccard.n, None if error is None else slope * error)

    def _mcc(self) -> Figure | None:
        return mcc({("1", "1"): self.tp, ("1", "0"): self.fp, ("0", "1"): self.fn,
                    ("0", "0"): self.tn})  # fmt: skip


def balanced_accuracy(hits_of: Iterable[tuple[int, int]]) -> Figure | None:
    """The mean recall of the classes that happened, each given as hits and cases.

    Its error takes the recalls as independent shares.

    Examples
    --------
    >>> balanced_accuracy([(60, 100), (90, 100)]).value
    0.75
    """
    recalls = [r for hits, n in hits_of if (r := share(hits, n))]
    if not recalls:
        return None
    k = len(recalls)
    error = math.sqrt(math.fsum((r.error or 0.0) ** 2 for r in recalls)) / k
    n = sum(r.n for r in recalls)
    return Figure(math.fsum(r.value for r in recalls) / k, n, error or None)


def mcc(pairs: Mapping[tuple[str, str], int]) -> Figure | None:
    """Matthews' correlation of predicted and actual class; None where either is always the same.

    Examples
    --------
    >>> mcc({("a", "a"): 5, ("b", "b"): 5}).value
    1.0
    """
    n = sum(pairs.values())
    predicted, actual = Counter[str](), Counter[str]()
    for (p, a), count in pairs.items():
        predicted[p] += count
        actual[a] += count
    right = sum(count for (p, a), count in pairs.items() if p == a)
    spread = [n * n - sum(c * c for c in side.values()) for side in (predicted, actual)]
    if not all(spread):
        return None
    together = n * right - sum(predicted[c] * actual[c] for c in predicted)
    return Figure(together / math.sqrt(spread[0] * spread[1]), n)


def several_classes(pairs: Mapping[tuple[str, str], int]) -> dict[str, Figure]:
    """Metrics of more than two classes; those of one of them come from `one_against_rest`.

    Examples
    --------
    >>> found = several_classes({("a", "a"): 8, ("b", "a"): 2, ("b", "b"): 5, ("c", "c"): 5})
    >>> found["accuracy"].value, round(found["balanced_accuracy"].value, 3)
    (0.9, 0.933)
    """
    n = sum(pairs.values())
    right = sum(count for (p, a), count in pairs.items() if p == a)
    actual = Counter[str]()
    for (_, a), count in pairs.items():
        actual[a] += count
    found = {
        "accuracy": share(right, n),
        "error_rate": share(n - right, n),
        "balanced_accuracy": balanced_accuracy(
            (pairs.get((a, a), 0), k) for a, k in actual.items()
        ),
        "mcc": mcc(pairs),
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def one_against_rest(pairs: Mapping[tuple[str, str], int], positive: str) -> Confusion:
    """The confusion of one class and all others.

    Examples
    --------
    >>> one_against_rest({("a", "a"): 8, ("b", "a"): 2, ("b", "b"): 5}, "a")
    Confusion(tp=8, fp=0, fn=2, tn=5)
    """
    cells = Counter[tuple[bool, bool]]()
    for (p, a), count in pairs.items():
        cells[p == positive, a == positive] += count
    return Confusion(
        tp=cells[True, True], fp=cells[True, False], fn=cells[False, True], tn=cells[False, False]
    )
