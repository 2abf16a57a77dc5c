"""Several value cases that move one KPI: their parts draw by draw, so that the sum has its range.

Cases share luck where they rest on the same number: the results of one model, or an input of one
name that both have written alike. Everything else of one case is independent of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import MlpmError
from mlpm_core.quantity import Dimension
from mlpm_core.services.session.computing import or_reason
from mlpm_core.value.draws import DRAWS
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.worth import Valuation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from mlpm_core.services.valuation.case_value import CaseValue
    from mlpm_core.value.mechanism import Mechanism
    from mlpm_core.value.worth import Worth

    Array = NDArray[np.float64]
    Texts = Mapping[str, str]

ADDED: Final = (Dimension.REVENUE, Dimension.COST_SAVING)
"""Money of several cases adds up; a mean over cases does not, for each has cases of its own."""


@dataclass(frozen=True, slots=True)
class Together:
    """What several value cases move a dimension by, in its own unit.

    ``counting`` are the cases that ``current`` rests on; ``left_out`` says of the others why they
    add nothing to it, ``reason`` why there is no ``current``.
    """

    planned: Estimate | None
    current: Estimate | None
    counting: tuple[CaseValue, ...]
    left_out: tuple[str, ...]
    reason: str | None


def moves(mechanism: Mechanism, dimension: Dimension) -> bool:
    """Whether a mechanism moves a dimension at all.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> moves(find_mechanism("demand_forecast"), Dimension.REVENUE)
    True
    """
    rules = [mechanism.kpis.get(dimension)]
    rules += [baseline.kpis.get(dimension.value) for baseline in mechanism.baselines.values()]
    return any(rule is not None and rule.formula.names for rule in rules)


def luck(case: CaseValue, texts: Texts, results: Texts) -> dict[str, str]:
    """Whose luck each input of a case has, for ``Valuation``; equal for what cases share.

    Parameters
    ----------
    texts : mapping of str to str
        What is written of the inputs; one that is left out has its default.
    results : mapping of str to str
        What the results of the case's model say of some of them.
    """
    deployment = case.deployment
    model = f"{deployment.model_id} {deployment.model_version}" if deployment else ""
    asked = case.mechanism.inputs_for(case.baseline or None)
    written = {e.name: f"written {texts.get(e.name, e.default)}" for e in asked}
    return {name: f"results {model}" if name in results else of for name, of in written.items()}


def parts_by_draw(
    case: CaseValue,
    dimension: Dimension,
    texts: Texts,
    periods: Sequence[Texts],
    draws: int = DRAWS,
) -> list[Array]:
    """What a case moves a dimension by in each of some periods, in the dimension's own unit.

    Parameters
    ----------
    texts : mapping of str to str
        What is written of its inputs.
    periods : sequence of mappings
        What its model's results say in each period, in the place of what is written.

    Returns
    -------
    list of arrays of shape (draws,)
        Draws of several cases add sample by sample. One that is not possible counts as their mean.

    Raises
    ------
    InputError, NotEnoughDataError
        When a period has no value.
    """
    asked = case.mechanism.inputs_for(case.baseline or None)
    valuation = Valuation(
        case.mechanism,
        {},
        own={entry.name for entry in asked},
        baseline=case.baseline or None,
        currency=case.currency,
        draws=draws,
    )
    found = valuation.by_draw(
        [{**texts, **period} for period in periods],
        [luck(case, texts, period) for period in periods],
        (dimension,),
    )
    parts = []
    for one in found:
        if isinstance(one, MlpmError):
            raise one
        part = one[dimension]
        parts.append(np.where(np.isnan(part), np.nanmean(part), part))
    return parts


def centred(part: Array, mean: float) -> Array:
    """The same draws around a mean that more draws tell better.

    Examples
    --------
    >>> centred(np.array([1.0, 3.0]), 2.5).tolist()
    [1.5, 3.5]
    """
    return np.asarray(part + (mean - part.mean()))


def together(cases: Sequence[CaseValue], dimension: Dimension, today: date) -> Together:
    """What value cases move a dimension by together, as planned and as their results imply.

    A case that is not in use adds nothing to what is implied; of one that is in use and has no
    results nothing can be said, and so nothing of the sum.
    """
    planned, problem = _sum(cases, dimension, lambda case: case.planned, is_now=False)
    unseen = [c for c in cases if c.current is None and _idle(c, today) is None]
    counting = [c for c in cases if c.current is not None and _idle(c, today) is None]
    counting = counting or [c for c in cases if c.current is not None]
    left_out = tuple(
        f"“{c.title}” {_idle(c, today)}: it adds nothing to what is implied."
        for c in cases
        if counting and c not in counting and c not in unseen
    )
    if not counting:
        reason = problem or "No monitoring results yet: this is a plan."
        return Together(planned, None, (), (), reason)
    if unseen:
        why = unseen[0].problem or "it has no results yet"
        reason = f"“{unseen[0].title}” moves it too, and nothing can be said of that: {why}"
        return Together(planned, None, (), left_out, f"{reason.rstrip('.')}.")
    current, why_none = _sum(counting, dimension, lambda case: case.current, is_now=True)
    return Together(planned, current, tuple(counting), left_out, why_none)


def _idle(case: CaseValue, today: date) -> str | None:
    """Why a case is not in use on a day, as a part of a sentence; None when it is."""
    used = case.deployment
    if used is None or (used.from_on is None and case.current is None):
        return "is not in use yet"
    if used.to_on is not None and used.to_on < today:
        return "is no longer in use"
    if used.from_on is not None and used.from_on > today:
        return "is not in use yet"
    return None


def _sum(
    cases: Sequence[CaseValue],
    dimension: Dimension,
    worth_of: Callable[[CaseValue], Worth | None],
    *,
    is_now: bool,
) -> tuple[Estimate | None, str | None]:
    valued = [(case, worth) for case in cases if (worth := worth_of(case)) is not None]
    missing = next((c for c in cases if worth_of(c) is None), None)
    if missing is not None:
        return None, f"“{missing.title}”: {missing.problem or 'it has no value yet.'}"

    def added() -> Estimate:
        parts = []
        for case, worth in valued:
            asked = [i for i in case.inputs if i.is_asked]
            texts = {i.name: planned for i in asked if (planned := i.planned or i.default)}
            results = {i.name: seen for i in asked if is_now and (seen := i.monitored)}
            (part,) = parts_by_draw(case, dimension, texts, [results])
            parts.append(centred(part, worth.kpis[dimension].mean))
        return Estimate.of(np.sum(parts, axis=0), dimension.unit)

    names = " and ".join(c.value_case_id for c in cases)
    return or_reason(f"The sum of {names}", added)
