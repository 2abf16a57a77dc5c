"""Net benefit, after running costs: the one figure that every screen calls net.

A mechanism counts the running costs that its formulas know. What running a model costs beyond them
is one more input, ``run_cost``, and is taken off cost saving. It is part of the formulas then, so
break-evens, swings, bridges and candidates have it in. What building costs never is: it is paid
once, and said apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.quantity import Dimension
from mlpm_core.value.benefits import benefit_inputs
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.formula import Formula

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.value.mechanism import Baseline, Input, Mechanism
    from mlpm_core.value.worth import Worth

RUN_COST: Final = "run_cost"


def after_running_costs(mechanism: Mechanism, written: Mapping[str, object]) -> Mechanism:
    """The mechanism whose net is after running costs: with ``run_cost`` where one is written."""
    return with_running_cost(mechanism) if written.get(RUN_COST) else mechanism


def _with_running_cost(mechanism: Mechanism, entry: Input) -> Mechanism:
    saving = mechanism.kpis[Dimension.COST_SAVING]
    text = f"{saving.formula.text} - {RUN_COST}"
    formula = Formula.read(saving.formula.name, text)
    return replace(
        mechanism,
        inputs=(*mechanism.inputs, entry),
        kpis={**mechanism.kpis, Dimension.COST_SAVING: replace(saving, formula=formula)},
        break_even={},  # written for net without it; the search needs no closed form
        baselines={name: _free(b, mechanism.natural) for name, b in mechanism.baselines.items()},
    )


def with_running_cost(mechanism: Mechanism) -> Mechanism:
    """The same mechanism, asked what running it costs beyond what its formulas count.

    Nothing is added to one that asks for a ``run_cost`` itself. No baseline pays it.

    Examples
    --------
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> from mlpm_core.value.worth import worth
    >>> shop = {"periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.3"}
    >>> shop |= {"margin": "5 EUR", "goodwill": "1", "overage": "2", "lead_time_hours": "3 day"}
    >>> shop |= {"override_share_baseline": "0.25", "override_share_model": "0.15"}
    >>> shop |= {"override_minutes": "6 min", "wape_model": "0.24", "run_cost": "20k"}
    >>> round(worth(with_running_cost(find_mechanism("M4")), shop).net.mean, 2)
    218581.98
    """
    entry = next((i for i in benefit_inputs(mechanism) if i.name == RUN_COST), None)
    is_readable = Dimension.COST_SAVING in mechanism.kpis
    return _with_running_cost(mechanism, entry) if entry and is_readable else mechanism


def before_running_costs(worth: Worth) -> Estimate:
    """Net of a worth without the ``run_cost`` that was taken off it, in the same draws.

    What is realised of a value ramps up, decays and is shared; what running costs does not.
    """
    entries = {entry.name: entry for entry in benefit_inputs()}
    if entries[RUN_COST] not in worth.mechanism.inputs:
        return worth.net
    nets = worth.net_by_draw + worth.inputs_by_draw[RUN_COST]
    return Estimate.of(nets[np.isfinite(nets)], worth.net.unit)


def _free(baseline: Baseline, natural: str) -> Baseline:
    """A baseline that does not pay the model's running cost.

    The formulas are written against the natural one, so nothing is subtracted for it.
    """
    if baseline.name == natural or not baseline.changes:
        return baseline
    return replace(baseline, changes={**baseline.changes, RUN_COST: Formula.read(RUN_COST, "0")})
