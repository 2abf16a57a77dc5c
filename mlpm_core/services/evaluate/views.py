"""The options of a value case as they are shown, and as a decision keeps them: its evidence."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from mlpm_core.quantity import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.value.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate without its draws."""

    mean: float
    p10: float
    p90: float
    unit: str

    @classmethod
    def of(cls, estimate: Estimate, currency: str) -> Range:
        """The mean and P10 to P90 of an estimate, in a currency."""
        unit = estimate.unit.replace("money", currency)
        return cls(estimate.mean, estimate.p10, estimate.p90, unit)


@dataclass(frozen=True, slots=True)
class MetricView:
    """One metric of a candidate as it was measured; ``feeds_value`` when the mechanism asks it.

    ``written`` is it in the notation of quantities, with the uncertainty it was valued by;
    ``corrected`` is it as the corrected net has it, empty where nothing was corrected.
    """

    name: str
    value: float
    n: int | None
    value_se: float | None
    feeds_value: bool
    written: str = ""
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a leaderboard, without its draws; ``name`` is "none" for adopting nothing.

    ``net`` is what may be promised, corrected for the luck of the best of many; ``measured`` is it
    as measured, None in evidence that was kept before nets were corrected.
    """

    name: str
    net: Range
    kpis: Mapping[Dimension, Range]
    probability_of_loss: float
    p_best: float
    expected_regret: float
    is_dominated: bool
    caveats: tuple[str, ...] = ()
    metrics: tuple[MetricView, ...] = ()
    fixed_cost: float = 0.0
    measured: Range | None = None


@dataclass(frozen=True, slots=True)
class LeaderboardView:
    """The options of a value case, best first, and the candidates that have no value.

    ``options`` is empty, with the reason in ``problem``, when none can be valued. ``deployed`` are
    model and version of what was, is or will be in use for the value case.
    """

    value_case_id: str
    title: str
    currency: str
    against: str
    options: tuple[Option, ...] = ()
    unvalued: tuple[tuple[str, str], ...] = ()
    test_sets: tuple[str, ...] = ()
    quantities: Mapping[str, str] | None = None
    draws: int = 0
    seed: int = 0
    caveat: str | None = None
    problem: str | None = None
    deployed: tuple[tuple[str, str], ...] = ()
    is_corrected: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no candidate was measured."""
        return not self.unvalued and len(self.options) <= 1 and self.problem is None

    @property
    def best(self) -> Option:
        """The option with the highest mean net."""
        return self.options[0]


def frozen(
    view: LeaderboardView, would_choose: Mapping[str, Sequence[str]], rests_on: str
) -> bytes:
    """The options as JSON: with what they rested on, so that they can be judged in hindsight.

    Parameters
    ----------
    would_choose : mapping
        By option the stakeholders who would choose it.
    rests_on : str
        The newest batch of the store: as of it, the same figures follow.
    """
    evidence = {
        "value_case_id": view.value_case_id,
        "currency": view.currency,
        "against": view.against,
        "draws": view.draws,
        "seed": view.seed,
        "rests_on": rests_on,
        "quantities": view.quantities,
        "test_sets": view.test_sets,
        "is_corrected": view.is_corrected,
        "options": [asdict(option) for option in view.options],
        "unvalued": view.unvalued,
        "would_choose": would_choose,
    }
    return json.dumps(evidence, ensure_ascii=True, separators=(",", ":")).encode()


def _range(kept: Mapping[str, Any] | None) -> Range | None:
    return Range(**kept) if kept else None


def thawed(evidence: str | bytes) -> tuple[Option, ...]:
    """The options that `frozen` kept; none when it is not of its making.

    Examples
    --------
    >>> thawed("no evidence"), thawed('{"options": [{"name": "x"}]}')
    ((), ())
    """
    try:
        return tuple(
            Option(
                **(
                    option
                    | {
                        "net": Range(**option["net"]),
                        "measured": _range(option.get("measured")),
                        "kpis": {Dimension(d): Range(**r) for d, r in option["kpis"].items()},
                        "caveats": tuple(option["caveats"]),
                        "metrics": tuple(MetricView(**m) for m in option["metrics"]),
                    }
                )
            )
            for option in json.loads(evidence)["options"]
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()
