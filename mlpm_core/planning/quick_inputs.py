"""What the quick estimate asks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError
from mlpm_core.planning.checks import check_number
from mlpm_core.planning.factors import FACTORS, PROBABILITY_ON
from mlpm_core.planning.found_answers import found_answers
from mlpm_core.planning.tries import LOOP_SHARE, REPEAT_SHARE, Tries
from mlpm_core.quantity import CURRENCIES
from mlpm_core.records import Answer, Documentation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlpm_core.records import EstimateRecord, FindingRecord

_LEAST_DAYS: Final = 0.01  # some five minutes: nobody plans less


@dataclass(frozen=True, slots=True)
class QuickInputs:
    """What a sole engineer is asked.

    Parameters
    ----------
    raw_days : float
        The engineer's own guess, in person-days, at least 0.01.
    day_rate : float
        What a person-day costs, in ``currency``, at least 0.
    p_success : float
        Probability that one modelling cycle gives a usable model, in [0, 1].
    max_cycles : int
        After so many cycles without a usable model one stops.
    data_complex, ..., eval_complicated : Answer
        Whether the factor applies; nobody has asked yet when not given.
    documentation : Documentation
        Which documentation is due.
    n_models : int
        How many models; they cost ``n_models**0.7`` times one.
    loop_share : float
        Share of the work that one modelling cycle is, in [0, 1].
    repeat_share : float
        What a further cycle costs, as a share of the first, in [0, 1].
    stop_point_days : float, optional
        Person-days after which the first cycle says whether there is a usable model, as with a
        lighthouse; further cycles come on top. Without it that is known only at the end.
    currency : str
        ISO 4217 code.
    found : mapping of str to float
        How likely factors apply by what was found, in [0, 1]; it goes before the answer.

    Raises
    ------
    InputError
        Naming the value that is out of its range.
    """

    raw_days: float
    day_rate: float
    p_success: float
    max_cycles: int = 3
    data_complex: Answer = Answer.UNKNOWN
    data_big: Answer = Answer.UNKNOWN
    platform_complex: Answer = Answer.UNKNOWN
    data_dirty: Answer = Answer.UNKNOWN
    ethics_privacy: Answer = Answer.UNKNOWN
    unstructured: Answer = Answer.UNKNOWN
    eval_complicated: Answer = Answer.UNKNOWN
    documentation: Documentation = Documentation.NONE
    n_models: int = 1
    loop_share: float = LOOP_SHARE
    repeat_share: float = REPEAT_SHARE
    stop_point_days: float | None = None
    currency: str = "EUR"
    found: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_number("raw_days", self.raw_days, low=_LEAST_DAYS, upto=10_000)
        check_number("day_rate", self.day_rate, low=0, upto=1e9)
        check_number("p_success", self.p_success, low=0, upto=1)
        check_number("max_cycles", self.max_cycles, low=1, upto=100, is_whole=True)
        check_number("n_models", self.n_models, low=1, upto=1000, is_whole=True)
        check_number("loop_share", self.loop_share, low=0, upto=1)
        check_number("repeat_share", self.repeat_share, low=0, upto=1)
        if self.stop_point_days is not None:
            check_number("stop_point_days", self.stop_point_days, above=0, upto=10_000)
        for name in FACTORS:
            if getattr(self, name) not in list(Answer):
                raise InputError(f"{name} is {getattr(self, name)!r}; write yes, no or unknown.")
        for name, probability in self.found.items():
            check_number(f"found {FACTORS[name].label}", probability, low=0, upto=1)
        if self.documentation not in list(Documentation):
            raise InputError(f"documentation is {self.documentation!r}; write none, card or full.")
        if self.currency not in CURRENCIES:
            raise InputError(f"currency is {self.currency!r}; write an ISO code such as EUR.")

    @property
    def answers(self) -> dict[str, Answer]:
        """What was found of every factor, else its answer, in the order of the waterfall."""
        settled = {1.0: Answer.YES, 0.0: Answer.NO}
        return {name: settled.get(p, Answer.UNKNOWN) for name, p in self.likely.items()}

    @property
    def likely(self) -> dict[str, float]:
        """How likely every factor applies, in the order of the waterfall."""
        written = {name: PROBABILITY_ON[Answer(getattr(self, name))] for name in FACTORS}
        return written | dict(self.found)

    def answered(self, names: Iterable[str], answer: Answer) -> QuickInputs:
        """The same, with some factors known to apply, or not to."""
        return replace(self, found={**self.found, **dict.fromkeys(names, PROBABILITY_ON[answer])})

    @property
    def tries(self) -> Tries:
        """The modelling loop."""
        return Tries(self.p_success, self.max_cycles, self.loop_share, self.repeat_share)


def quick_inputs_of(
    record: EstimateRecord, currency: str, findings: Iterable[FindingRecord] = ()
) -> QuickInputs:
    """What a stored guess answers, and the findings of its project before it.

    Raises
    ------
    InputError
        When a number of it is out of its range.
    """
    answers: dict[str, Any] = {name: Answer(getattr(record, name)) for name in FACTORS}
    return QuickInputs(
        raw_days=record.raw_days,
        day_rate=record.day_rate,
        p_success=record.p_success,
        max_cycles=record.max_cycles,
        n_models=record.n_models,
        loop_share=record.loop_share,
        repeat_share=record.repeat_share,
        stop_point_days=record.stop_point_days,
        documentation=record.documentation,
        currency=currency,
        found={f.name: f.probability for f in found_answers(findings)},
        **answers,
    )
