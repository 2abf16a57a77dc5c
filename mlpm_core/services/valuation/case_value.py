"""A value case with its inputs and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.value.dots import Dot, outcome_dots
from mlpm_core.value.kinds import Unchecked, is_typical
from mlpm_core.value.running_cost import RUN_COST

if TYPE_CHECKING:
    from datetime import datetime

    from mlpm_core.in_life.periods import Period
    from mlpm_core.records import Deployment
    from mlpm_core.services.valuation.log_reading import LogNotes
    from mlpm_core.services.valuation.now import Computed, Stretch
    from mlpm_core.value.mechanism import Mechanism
    from mlpm_core.value.worth import Worth


__all__ = ["CaseInput", "CaseValue", "Unchecked"]


@dataclass(frozen=True, slots=True)
class CaseInput:
    """One input of a value case: what is planned, what is monitored, and who stands for it.

    ``is_asked`` is False for an input that only another baseline needs, ``is_needed`` for one that
    has a default or follows another input. ``computed`` says what of it comes from the prediction
    log, None when all was reported.
    """

    name: str
    label: str
    unit: str
    question: str
    is_metric: bool
    planned: str | None
    source: str
    owner: str
    default: str | None
    is_needed: bool = True
    is_asked: bool = True
    monitored: str | None = None
    monitored_value: float | None = None
    monitored_in: str | None = None
    batch: str | None = None
    computed: Computed | None = None

    @property
    def in_use(self) -> str | None:
        """What the value rests on today: monitored before planned before default."""
        return self.monitored or self.planned or self.default

    @property
    def is_typical(self) -> bool:
        """Whether what is planned is a typical value that nobody has checked."""
        return self.planned is not None and is_typical(self.source)


@dataclass(frozen=True, slots=True)
class CaseValue:
    """A value case with its inputs and what follows from them.

    ``planned`` rests on the written quantities alone, ``current`` on what is monitored where
    there is something; each is None with a sentence in ``problem`` when it cannot be said.
    ``unvalued`` says so when only metrics are monitored that have no value alone.
    ``redefined_at`` are the moments at which its mechanism's definition became another.
    ``realisation`` holds the questions of ``benefit_inputs``: what it costs and how it arrives.

    ``current`` rests on the periods of ``rests_on``, of which ``as_of`` is the newest.
    ``settled_net``, money a year, and ``settled_loss``, a probability, are what it is with every
    metric that chance explains left as planned; ``differing`` are the labels of the others.
    ``uncounted`` says why it says nothing of today, None when it does.

    A running cost that is written stands among the ``inputs``: every net is after it.
    ``years_in_use`` is None until a model is in use for it; from then on its building is paid.
    """

    value_case_id: str
    title: str
    mechanism: Mechanism
    baseline: str
    currency: str
    inputs: tuple[CaseInput, ...]
    planned: Worth | None
    current: Worth | None
    problem: str | None
    as_of: Period | None = None
    deployment: Deployment | None = None
    batches: tuple[str, ...] = ()
    granularities: tuple[str, ...] = ()
    realisation: tuple[CaseInput, ...] = ()
    unvalued: str | None = None
    redefined_at: tuple[datetime, ...] = ()
    rests_on: Stretch | None = None
    settled_net: float | None = None
    settled_loss: float | None = None
    differing: tuple[str, ...] = ()
    uncounted: str | None = None
    years_in_use: float | None = None
    log: LogNotes | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Labels of the inputs that nobody has given a number yet."""
        return tuple(
            i.label for i in self.inputs if i.is_asked and i.is_needed and i.in_use is None
        )

    @property
    def typical(self) -> tuple[CaseInput, ...]:
        """The inputs that the best value rests on with a typical number nobody has checked."""
        return tuple(
            i
            for i in self.inputs
            if i.is_asked and i.is_typical and not (self.current is not None and i.monitored)
        )

    @property
    def unchecked(self) -> Unchecked | None:
        """How many of the numbers that the best value rests on nobody has checked; None for 0."""
        return Unchecked(len(self.typical), self.n_in_use) if self.typical else None

    @property
    def n_in_use(self) -> int:
        """How many numbers the best value rests on."""
        return sum(i.is_asked and i.in_use is not None for i in self.inputs)

    @property
    def benefit_answers(self) -> dict[str, str]:
        """What is written of how the value arrives, for ``benefits``."""
        answers = {i.name: i.planned for i in self.realisation if i.planned}
        return answers if self.run_cost is None else answers | {RUN_COST: self.run_cost}

    @property
    def run_cost(self) -> str | None:
        """What running costs beyond what the formulas count, as written; None when nothing is."""
        return next((i.planned for i in self.inputs if i.name == RUN_COST and i.planned), None)

    @property
    def is_exact(self) -> bool:
        """Whether every number that the best value rests on is taken as exact."""
        return self.best is not None and all(q.is_exact for q in self.best.quantities.values())

    @property
    def dots(self) -> list[Dot]:
        """Fifty equally likely net outcomes; none while there is no value."""
        return outcome_dots(self.best.net.samples) if self.best else []

    @property
    def best(self) -> Worth | None:
        """The current value if there is one, else the planned."""
        return self.current or self.planned
