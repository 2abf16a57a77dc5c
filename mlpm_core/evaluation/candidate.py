"""A candidate: what was measured of a model, on how much, and whether that can be valued."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError
from mlpm_core.quantity import Quantity
from mlpm_core.quantity.measured import distribution
from mlpm_core.quantity.written import fig
from mlpm_core.records.metrics import without_value
from mlpm_core.value.rates import flags_nothing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.value.mechanism import Input, Mechanism

_WIDE: Final = 0.1  # a share whose 90 % range is wider rests on too few cases


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of a model, with what says how far off it may be.

    Parameters
    ----------
    value : float
        The metric, in the unit in which its mechanism asks it.
    n : int, optional
        Of how many cases a share is the share: the actual positives for recall, those flagged for
        precision, the automatic ones for an error rate of automatic cases, all for coverage.
    standard_error : float, optional
        Of the value, above 0; for what is no share, or when it was bootstrapped. It comes before
        ``n``.

    Raises
    ------
    InputError
        When a number is out of its range.
    """

    value: float
    n: int | None = None
    standard_error: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise InputError(f"value is {self.value!r}; write a number.")
        if self.n is not None and (isinstance(self.n, bool) or not self.n >= 1 or self.n % 1):
            raise InputError(f"n is {self.n!r}; write a whole number of at least 1.")
        if self.standard_error is not None and not 0 < self.standard_error < math.inf:
            raise InputError(
                f"standard_error is {self.standard_error!r}; write a number above 0, or none."
            )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model version that could be adopted.

    Parameters
    ----------
    name : str
        Unlike every other candidate's.
    metrics : mapping of str to Measured
        By their names as reported (scikit-learn spelling) or as the mechanism calls them.
    fixed_cost_annual : float
        What having it costs a year, beyond what the mechanism counts, in the project's currency.
    is_idle : bool
        Whether it flagged nothing; see :func:`as_idle`.

    Raises
    ------
    InputError
        When the name is empty or the cost is no number.
    """

    name: str
    metrics: Mapping[str, Measured] = field(default_factory=dict)
    fixed_cost_annual: float = 0.0
    is_idle: bool = False

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError("A candidate needs a name.")
        if not math.isfinite(self.fixed_cost_annual):
            raise InputError(
                f"{self.name}: fixed_cost_annual is {self.fixed_cost_annual!r}; write a number."
            )

    def measured(self, metric: Input) -> Measured | None:
        """What was measured of a metric of the mechanism; None when nothing was."""
        return self.metrics.get(metric.name, self.metrics.get(metric.reported_as))


def not_valuable(candidate: Candidate, mechanism: Mechanism) -> str | None:
    """Why a candidate's metrics cannot be turned into value, in a sentence; None when they can.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> scored = Candidate("forest", {"roc_auc": Measured(0.81)})
    >>> print(not_valuable(scored, find_mechanism("M1")))  # doctest: +NORMALIZE_WHITESPACE
    roc_auc alone cannot be turned into value: it has no operating point. Measure precision and
    recall at the threshold that would be used.
    """
    missing = [m for m in mechanism.metrics if m.is_needed and candidate.measured(m) is None]
    if not missing:
        return None
    needed = _listed([metric.reported_as for metric in missing])
    if not candidate.metrics:
        return f"Nothing was measured of it; {mechanism.id} needs {needed}."
    alone = without_value(candidate.metrics, [metric.reported_as for metric in missing])
    if alone is not None:
        return alone
    was = "was" if len(missing) == 1 else "were"
    return f"{mechanism.id} needs {needed}, which {was} not measured."


def as_idle(candidate: Candidate, mechanism: Mechanism) -> Candidate:
    """A candidate that flagged nothing with the metrics that say so; any other one as it is.

    Recall, and what follows it, is exactly 0 then. Precision is not defined and plays no part.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> silent = Candidate("silent", {"recall": Measured(0.0, n=200)})
    >>> as_idle(silent, find_mechanism("M1")).metrics
    {'recall': Measured(value=0.0, n=None, standard_error=None), \
'precision': Measured(value=1.0, n=None, standard_error=None)}
    """
    entries = {entry.reported_as: entry for entry in mechanism.metrics}
    if not {"recall", "precision"} <= entries.keys():
        return candidate
    recall, precision = (candidate.measured(entries[name]) for name in ("recall", "precision"))
    if recall is None or not flags_nothing(
        recall.value,
        None if precision is None else precision.value,
        recall.n,
        None if precision is None else precision.n,
    ):
        return candidate
    follow = [e for e in mechanism.metrics if e.same_as == entries["recall"].name]
    rates = {entry.reported_as: 0.0 for entry in (entries["recall"], *follow)} | {"precision": 1.0}
    metrics = dict(candidate.metrics)
    for name, rate in rates.items():
        written_as = entries[name].name if entries[name].name in metrics else name
        metrics[written_as] = Measured(rate)
    return replace(candidate, metrics=metrics, is_idle=True)


def written(measured: Measured, metric: Input) -> str:
    """A measured metric in the notation of quantities, whether or not it is in range."""
    n, se = measured.n, measured.standard_error
    return distribution(measured.value, n, se, metric.low, is_share=metric.is_share)[0]


def quantity_of(measured: Measured, metric: Input) -> Quantity:
    """A measured metric as an answer to what a mechanism asks.

    A share of n cases is a count; with neither cases nor a standard error the value is taken as
    exact.

    Raises
    ------
    InputError
        When it is out of range, or too large to compute with.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> recall = find_mechanism("M1").input("recall")
    >>> quantity_of(Measured(0.6, n=200), recall).text
    '120/200'
    >>> quantity_of(Measured(0.5, standard_error=0.1), recall).text
    'beta(12, 12)'
    """
    n, se = measured.n, measured.standard_error
    limits = {"low": metric.low, "high": metric.high}
    try:
        return Quantity.measured(measured.value, n, se, unit=metric.unit, **limits)
    except InputError as error:
        raise InputError(f"{metric.name}: {error}") from None


def caveat(measured: Measured, metric: Input, quantity: Quantity) -> str | None:
    """What to keep in mind about one metric of a candidate; None when it is known well."""
    name = metric.label
    if quantity.is_exact:
        if measured.n is not None:
            return f"{name} has no standard error, so it is taken as exact; n alone does not say."
        return f"{name} has neither n nor a standard error, so it is taken as exact."
    low, high = quantity.quantile(np.array([0.05, 0.95]))
    if not metric.is_share or high - low <= _WIDE:
        return None
    on = f"rests on {fig(measured.n or 0):,} cases and " if measured.standard_error is None else ""
    return f"{name} {on}may be anything from {fig(low):.2f} to {fig(high):.2f} (nine times in ten)."


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
